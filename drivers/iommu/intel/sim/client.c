// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver for simulated functions that uses the DMA API: what is mapped is reached,
 * what is unmapped is not. It has no ids: only driver_override gives it a function. The
 * file "rounds" of the device runs so many rounds before the write to it returns.
 *
 * Owns: nothing but its buffers.
 * Locks: client.lock: one run at a time.
 * Calls: nothing of the simulation; it knocks at config space as any driver.
 */
#include <linux/cleanup.h>
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/init.h>
#include <linux/iommu.h>
#include <linux/kstrtox.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/random.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include <uapi/linux/vtd_sim.h>

#include "window.h"

#define ROUNDS_MAX	100000
#define PIECES		4
#define AT(field)	offsetof(struct vtd_sim_doorbell, field)

/**
 * struct client - a function that the driver has
 * @pdev: the function
 * @doorbell: where it is in config space
 * @strict: what is unmapped is gone at once
 * @lock: guards the buffers
 * @from: what the device reads
 * @to: what it writes
 * @listed: what it read of a list
 */
struct client {
	struct pci_dev *pdev;
	int doorbell;
	bool strict;
	/* one run at a time */
	struct mutex lock;
	u8 *from;
	u8 *to;
	u8 *listed;
};

static u32 dma_run(struct client *client, u32 command, dma_addr_t addr, u32 nbytes, u32 offset)
{
	struct pci_dev *pdev = client->pdev;
	u32 status = ~0;

	pci_write_config_dword(pdev, client->doorbell + AT(addr_lo), lower_32_bits(addr));
	pci_write_config_dword(pdev, client->doorbell + AT(addr_hi), upper_32_bits(addr));
	pci_write_config_dword(pdev, client->doorbell + AT(nbytes), nbytes);
	pci_write_config_dword(pdev, client->doorbell + AT(offset), offset);
	pci_write_config_dword(pdev, client->doorbell + AT(command), command);
	pci_read_config_dword(pdev, client->doorbell + AT(status), &status);
	return status;
}

static int status_check(struct client *client, const char *what, u32 status, u32 wanted)
{
	if (status == wanted)
		return 0;
	pci_err(client->pdev, "%s: status %u, not %u\n", what, status, wanted);
	return -EIO;
}

/* In strict mode nothing is left of a mapping. Old data may be reached in lazy mode. */
static int check_unmapped(struct client *client, u32 command, dma_addr_t addr)
{
	if (!client->strict)
		return 0;
	return status_check(client, "access to what is unmapped",
			    dma_run(client, command, addr, 1, 0), VTD_SIM_BLOCKED);
}

static int transfer_single(struct client *client, u32 command, void *buf, u32 nbytes,
			   enum dma_data_direction dir)
{
	struct device *dev = &client->pdev->dev;
	dma_addr_t addr = dma_map_single(dev, buf, nbytes, dir);
	int ret;

	if (dma_mapping_error(dev, addr))
		return -ENOMEM;
	ret = status_check(client, "access to what is mapped",
			   dma_run(client, command, addr, nbytes, 0), VTD_SIM_OK);
	dma_unmap_single(dev, addr, nbytes, dir);
	return ret ?: check_unmapped(client, command, addr);
}

static int bytes_compare(struct client *client, const u8 *wanted, u32 nbytes)
{
	if (!memcmp(wanted, client->to, nbytes))
		return 0;
	pci_err(client->pdev, "%u bytes came back as other ones\n", nbytes);
	return -EIO;
}

/* There and back, in one piece each. */
static int run_single(struct client *client)
{
	u32 nbytes = get_random_u32_inclusive(1, VTD_SIM_OP_BYTES);
	int ret;

	get_random_bytes(client->from, nbytes);
	ret = transfer_single(client, VTD_SIM_OP_READ, client->from, nbytes, DMA_TO_DEVICE);
	if (!ret)
		ret = transfer_single(client, VTD_SIM_OP_WRITE, client->to, nbytes,
				      DMA_FROM_DEVICE);
	return ret ?: bytes_compare(client, client->from, nbytes);
}

/* Pieces of the buffer, in disorder. */
static void fill_list(struct client *client, struct scatterlist *list)
{
	static const u8 order[PIECES] = { 2, 0, 3, 1 };
	u32 piece = VTD_SIM_OP_BYTES / PIECES, i;

	sg_init_table(list, PIECES);
	for (i = 0; i < PIECES; i++)
		sg_set_buf(&list[i], client->from + order[i] * piece, piece);
}

static int read_list(struct client *client, struct scatterlist *list, int n)
{
	struct scatterlist *sg;
	u32 offset = 0;
	int ret = 0, i;

	for_each_sg(list, sg, n, i) {
		ret = ret ?: status_check(client, "access to a list",
					  dma_run(client, VTD_SIM_OP_READ, sg_dma_address(sg),
						  sg_dma_len(sg), offset), VTD_SIM_OK);
		offset += sg_dma_len(sg);
	}
	return ret;
}

static int run_list(struct client *client)
{
	struct device *dev = &client->pdev->dev;
	struct scatterlist list[PIECES];
	dma_addr_t first;
	int n, ret;

	get_random_bytes(client->from, VTD_SIM_OP_BYTES);
	fill_list(client, list);
	n = dma_map_sg(dev, list, PIECES, DMA_TO_DEVICE);
	if (!n)
		return -ENOMEM;
	first = sg_dma_address(list);
	ret = read_list(client, list, n);
	dma_unmap_sg(dev, list, PIECES, DMA_TO_DEVICE);
	if (!ret)
		ret = check_unmapped(client, VTD_SIM_OP_READ, first);
	if (!ret)
		ret = transfer_single(client, VTD_SIM_OP_WRITE, client->to, VTD_SIM_OP_BYTES,
				      DMA_FROM_DEVICE);
	/* It came back in the order of the list. */
	sg_copy_to_buffer(list, PIECES, client->listed, VTD_SIM_OP_BYTES);
	return ret ?: bytes_compare(client, client->listed, VTD_SIM_OP_BYTES);
}

static int run_coherent(struct client *client)
{
	struct device *dev = &client->pdev->dev;
	dma_addr_t addr;
	int ret;
	u8 *buf;

	buf = dma_alloc_coherent(dev, PAGE_SIZE, &addr, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	get_random_bytes(client->from, PAGE_SIZE);
	memcpy(buf, client->from, PAGE_SIZE);
	ret = status_check(client, "read of coherent memory",
			   dma_run(client, VTD_SIM_OP_READ, addr, PAGE_SIZE, 0), VTD_SIM_OK);
	memset(buf, 0, PAGE_SIZE);
	if (!ret)
		ret = status_check(client, "write to coherent memory",
				   dma_run(client, VTD_SIM_OP_WRITE, addr, PAGE_SIZE, 0),
				   VTD_SIM_OK);
	memcpy(client->to, buf, PAGE_SIZE);
	dma_free_coherent(dev, PAGE_SIZE, buf, addr);
	return ret ?: bytes_compare(client, client->from, PAGE_SIZE);
}

static ssize_t rounds_store(struct device *dev, struct device_attribute *attr,
			    const char *text, size_t len)
{
	struct client *client = dev_get_drvdata(dev);
	unsigned int rounds, i;
	int ret;

	ret = kstrtouint(text, 0, &rounds);
	if (ret || rounds > ROUNDS_MAX)
		return ret ?: -ERANGE;
	guard(mutex)(&client->lock);
	for (i = 0; !ret && i < rounds; i++) {
		ret = run_single(client);
		if (!ret)
			ret = run_list(client);
		if (!ret)
			ret = run_coherent(client);
		if (!ret && signal_pending(current))
			ret = -EINTR;
		cond_resched();
	}
	return ret ?: len;
}
static DEVICE_ATTR_WO(rounds);

static struct attribute *client_attrs[] = {
	&dev_attr_rounds.attr,
	NULL,
};
ATTRIBUTE_GROUPS(client);

static int client_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct iommu_domain *domain = iommu_get_domain_for_dev(&pdev->dev);
	struct client *client;
	u32 magic = 0;
	int ret;

	client = devm_kzalloc(&pdev->dev, sizeof(*client), GFP_KERNEL);
	if (!client)
		return -ENOMEM;
	client->pdev = pdev;
	client->strict = domain && domain->type == IOMMU_DOMAIN_DMA;
	mutex_init(&client->lock);
	client->doorbell = pci_find_capability(pdev, PCI_CAP_ID_VNDR);
	pci_read_config_dword(pdev, client->doorbell + AT(magic), &magic);
	if (!client->doorbell || magic != VTD_SIM_MAGIC)
		return -ENODEV;
	client->from = devm_kzalloc(&pdev->dev, VTD_SIM_OP_BYTES, GFP_KERNEL);
	client->to = devm_kzalloc(&pdev->dev, VTD_SIM_OP_BYTES, GFP_KERNEL);
	client->listed = devm_kzalloc(&pdev->dev, VTD_SIM_OP_BYTES, GFP_KERNEL);
	if (!client->from || !client->to || !client->listed)
		return -ENOMEM;
	ret = pcim_enable_device(pdev);
	if (!ret)
		ret = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (ret)
		return ret;
	pci_set_master(pdev);
	pci_set_drvdata(pdev, client);
	return 0;
}

static struct pci_driver client_driver = {
	.name = "vtd-sim-dma",
	.probe = client_probe,
	.dev_groups = client_groups,
};

static int __init client_init(void)
{
	return vtd_sim_window_exists() ? pci_register_driver(&client_driver) : 0;
}
late_initcall(client_init);
