// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts of simulated functions: MSI-X only.
 *
 * They have an interrupt domain of their own, whose messages name a function and
 * a vector. A message is believed only if the function that sends it is the one
 * that it names, so a device cannot send the interrupts of another one.
 *
 * Locks: vtd_sim_unit.lock for what is raised.
 */
#include <linux/bitops.h>
#include <linux/cleanup.h>
#include <linux/io.h>
#include <linux/irq.h>
#include <linux/irqchip/irq-msi-lib.h>
#include <linux/irqdomain.h>
#include <linux/msi.h>
#include <linux/pci.h>

#include "config.h"
#include "function.h"
#include "msi.h"
#include "sim_unit.h"
#include "sriov.h"

#define MSG_ADDRESS	0xfee00000
#define PBA		(VTD_SIM_BAR4_SIZE / 2)

static_assert(VTD_SIM_VECTORS <= BITS_PER_LONG);

static void msi_compose(struct irq_data *data, struct msi_msg *msg)
{
	*msg = (struct msi_msg){ .address_lo = MSG_ADDRESS, .data = data->hwirq };
}

static struct irq_chip sim_chip = {
	.name = "VT-d-sim",
	.irq_compose_msi_msg = msi_compose,
};

static int domain_alloc(struct irq_domain *domain, unsigned int virq, unsigned int n,
			void *arg)
{
	struct msi_desc *desc = ((msi_alloc_info_t *)arg)->desc;
	struct pci_dev *pdev = msi_desc_to_pci_dev(desc);
	irq_hw_number_t hwirq;

	if (n != 1 || desc->msi_index >= VTD_SIM_VECTORS)
		return -EINVAL;
	hwirq = pdev->devfn * VTD_SIM_VECTORS + desc->msi_index;
	irq_domain_set_info(domain, virq, hwirq, &sim_chip, NULL, handle_simple_irq,
			    NULL, NULL);
	return 0;
}

static void domain_free(struct irq_domain *domain, unsigned int virq, unsigned int n)
{
	irq_domain_reset_irq_data(irq_domain_get_irq_data(domain, virq));
}

static const struct irq_domain_ops domain_ops = {
	.alloc = domain_alloc,
	.free = domain_free,
};

static const struct msi_parent_ops parent_ops = {
	.supported_flags = MSI_GENERIC_FLAGS_MASK | MSI_FLAG_PCI_MSIX,
	.required_flags = MSI_FLAG_USE_DEF_DOM_OPS | MSI_FLAG_USE_DEF_CHIP_OPS |
			  MSI_FLAG_NO_AFFINITY,
	.bus_select_token = DOMAIN_BUS_DMAR,
	.bus_select_mask = MATCH_PCI_MSI,
	.prefix = "VT-d-sim-",
	.init_dev_msi_info = msi_lib_init_dev_msi_info,
};

/**
 * vtd_sim_msi_domain_create() - where the functions of a segment send interrupts
 * @segment: the segment
 *
 * Return: the domain; NULL without memory.
 */
struct irq_domain *vtd_sim_msi_domain_create(u16 segment)
{
	struct irq_domain_info info = {
		.ops = &domain_ops,
		.size = VTD_SIM_SIDS * VTD_SIM_VECTORS,
		.hwirq_max = VTD_SIM_SIDS * VTD_SIM_VECTORS,
		.domain_flags = IRQ_DOMAIN_FLAG_ISOLATED_MSI,
	};
	struct irq_domain *domain;

	info.fwnode = irq_domain_alloc_named_id_fwnode("VT-d-sim", segment);
	if (!info.fwnode)
		return NULL;
	domain = msi_create_parent_irq_domain(&info, &parent_ops);
	if (!domain)
		irq_domain_free_fwnode(info.fwnode);
	return domain;
}

/**
 * vtd_sim_msi_domain_destroy() - undo vtd_sim_msi_domain_create()
 * @domain: the domain; nobody uses it
 */
void vtd_sim_msi_domain_destroy(struct irq_domain *domain)
{
	struct fwnode_handle *fwnode = domain->fwnode;

	irq_domain_remove(domain);
	irq_domain_free_fwnode(fwnode);
}

static void __iomem *entry_of(const struct vtd_sim_function *fn, u32 vector)
{
	return fn->bar4.map + vector * PCI_MSIX_ENTRY_SIZE;
}

static bool is_held_back(const struct vtd_sim_function *fn, u32 vector)
{
	return !vtd_sim_config_has_msix(fn) ||
	       readl(entry_of(fn, vector) + PCI_MSIX_ENTRY_VECTOR_CTRL) &
	       PCI_MSIX_ENTRY_CTRL_MASKBIT;
}

/* The message of a vector as software has it written; -1 if it is not the function's. */
static int message_of(const struct vtd_sim_function *fn, u32 vector)
{
	void __iomem *entry = entry_of(fn, vector);
	u32 data = readl(entry + PCI_MSIX_ENTRY_DATA);

	if (readl(entry + PCI_MSIX_ENTRY_LOWER_ADDR) != MSG_ADDRESS ||
	    data / VTD_SIM_VECTORS != vtd_sim_function_sid(fn))
		return -1;
	return data;
}

static void send_all(struct irq_work *work)
{
	struct vtd_sim_function *fn = container_of(work, struct vtd_sim_function, msi_work);
	unsigned long raised, vector;
	int messages[VTD_SIM_VECTORS];

	scoped_guard(raw_spinlock_irqsave, &fn->unit->lock) {
		raised = fn->raised;
		fn->raised = 0;
		for_each_set_bit(vector, &raised, VTD_SIM_VECTORS)
			messages[vector] = message_of(fn, vector);
	}
	for_each_set_bit(vector, &raised, VTD_SIM_VECTORS) {
		if (messages[vector] >= 0)
			generic_handle_domain_irq(fn->msi, messages[vector]);
	}
}

/**
 * vtd_sim_msi_init() - a function may send interrupts
 * @fn: the function
 */
void vtd_sim_msi_init(struct vtd_sim_function *fn)
{
	fn->msi_work = IRQ_WORK_INIT_HARD(send_all);
}

/**
 * vtd_sim_msi_reset() - every vector is masked, and none is pending
 * @fn: the function
 */
void vtd_sim_msi_reset(struct vtd_sim_function *fn)
{
	u32 vector;

	memset_io(fn->bar4.map, 0, VTD_SIM_BAR4_SIZE);
	for (vector = 0; vector < VTD_SIM_VECTORS; vector++)
		writel(PCI_MSIX_ENTRY_CTRL_MASKBIT,
		       entry_of(fn, vector) + PCI_MSIX_ENTRY_VECTOR_CTRL);
	fn->raised = 0;
}

/**
 * vtd_sim_msi_raise() - a function sends an interrupt
 * @fn: the function
 * @vector: MSI-X vector; one that does not exist is ignored
 *
 * One that is masked stays pending, and is not sent when it is unmasked: nobody
 * sees that.
 */
void vtd_sim_msi_raise(struct vtd_sim_function *fn, u32 vector)
{
	if (vector >= VTD_SIM_VECTORS)
		return;
	if (is_held_back(fn, vector)) {
		writel(readl(fn->bar4.map + PBA) | BIT(vector), fn->bar4.map + PBA);
		return;
	}
	fn->raised |= BIT(vector);
	irq_work_queue(&fn->msi_work);
}
