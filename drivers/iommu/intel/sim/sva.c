// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver of simulated functions that lets processes use them by PASID, as that of an
 * accelerator does: user space rings the doorbell itself, by config space. It takes a
 * function only by its driver_override.
 *
 *   vtd_sim_sva (of a function) ── bonds ── bond (an open file) ── iommu_sva (the core)
 *
 * Owns: struct vtd_sim_sva, struct bond.
 * Locks: the lock of the device, kept by those who bind -> vtd_sim_sva.lock -> the
 *	core's.
 * Calls: the IOMMU core.
 */
#include <linux/anon_inodes.h>
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/iommu.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "sva.h"

/**
 * struct vtd_sim_sva - a function that this driver has
 * @pdev: the function
 * @ref: the driver and each bond have one
 * @lock: guards @bonds, and what they are bound to
 * @bonds: struct bond
 */
struct vtd_sim_sva {
	struct pci_dev *pdev;
	struct kref ref;
	struct mutex lock;	/* bonds */
	struct list_head bonds;
};

/**
 * struct bond - a process that may use a function
 * @node: in vtd_sim_sva.bonds
 * @client: the function
 * @sva: what the core has of it; NULL if the function has gone
 */
struct bond {
	struct list_head node;
	struct vtd_sim_sva *client;
	struct iommu_sva *sva;
};

static void client_free(struct kref *ref)
{
	struct vtd_sim_sva *client = container_of(ref, struct vtd_sim_sva, ref);

	mutex_destroy(&client->lock);
	kfree(client);
}

static void bond_end(struct bond *bond)
	__must_hold(&bond->client->lock)
{
	if (bond->sva)
		iommu_sva_unbind_device(bond->sva);
	bond->sva = NULL;
}

static int bond_release(struct inode *inode, struct file *file)
{
	struct bond *bond = file->private_data;
	struct vtd_sim_sva *client = bond->client;

	scoped_guard(mutex, &client->lock) {
		bond_end(bond);
		list_del(&bond->node);
	}
	kref_put(&client->ref, client_free);
	kfree(bond);
	return 0;
}

static const struct file_operations bond_fops = {
	.owner = THIS_MODULE,
	.release = bond_release,
};

/* The caller's process, which may go before the file does. */
static struct file *bond_open(struct vtd_sim_sva *client, u32 *pasid)
{
	struct bond *bond __free(kfree) = kzalloc_obj(*bond);
	struct file *file;

	if (!bond)
		return ERR_PTR(-ENOMEM);
	guard(mutex)(&client->lock);
	bond->client = client;
	bond->sva = iommu_sva_bind_device(&client->pdev->dev, current->mm);
	if (IS_ERR(bond->sva))
		return ERR_CAST(bond->sva);
	*pasid = iommu_sva_get_pasid(bond->sva);
	file = anon_inode_getfile("[vtd-sim-sva]", &bond_fops, bond, O_RDWR);
	if (IS_ERR(file)) {
		bond_end(bond);
		return file;
	}
	kref_get(&client->ref);
	list_add(&no_free_ptr(bond)->node, &client->bonds);
	return file;
}

static int sva_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct vtd_sim_sva *client;
	int ret;

	if (pdev->vendor != VTD_SIM_PCI_VENDOR)
		return -ENODEV;
	client = kzalloc_obj(*client);
	if (!client)
		return -ENOMEM;
	ret = pci_enable_device(pdev);
	if (ret) {
		kfree(client);
		return ret;
	}
	client->pdev = pdev;
	kref_init(&client->ref);
	mutex_init(&client->lock);
	INIT_LIST_HEAD(&client->bonds);
	pci_set_master(pdev);
	pci_set_drvdata(pdev, client);
	return 0;
}

/* Whoever is bound learns nothing of it: PASIDs of a function that is not there fail. */
static void sva_remove(struct pci_dev *pdev)
{
	struct vtd_sim_sva *client = pci_get_drvdata(pdev);
	struct bond *bond;

	pci_clear_master(pdev);
	scoped_guard(mutex, &client->lock) {
		list_for_each_entry(bond, &client->bonds, node)
			bond_end(bond);
	}
	pci_disable_device(pdev);
	kref_put(&client->ref, client_free);
}

static struct pci_driver sva_driver = {
	.name = "vtd-sim-sva",
	.probe = sva_probe,
	.remove = sva_remove,
};
builtin_pci_driver(sva_driver);

/**
 * vtd_sim_sva_bind() - let the calling process use a function
 * @segment: PCI segment of the function's unit
 * @how: which function; gets the PASID
 *
 * Context: may sleep; no lock of the process is held.
 * Return: a file, which ends it when it is closed. ERR_PTR of -EINVAL; -ENODEV if there
 * is no such function, or another driver has it; an error of iommu_sva_bind_device();
 * -ENOMEM, -ENFILE.
 */
struct file *vtd_sim_sva_bind(u16 segment, struct vtd_sim_sva_bind *how)
{
	struct pci_dev *pdev __free(pci_dev_put) = NULL;

	if (how->slot > PCI_SLOT(U8_MAX) || how->__reserved)
		return ERR_PTR(-EINVAL);
	pdev = pci_get_domain_bus_and_slot(segment, 0, PCI_DEVFN(how->slot, 0));
	if (!pdev)
		return ERR_PTR(-ENODEV);
	guard(device)(&pdev->dev);
	if (pdev->dev.driver != &sva_driver.driver)
		return ERR_PTR(-ENODEV);
	return bond_open(pci_get_drvdata(pdev), &how->out_pasid);
}
