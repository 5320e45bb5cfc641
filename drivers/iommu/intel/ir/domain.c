// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts of devices behind a unit, between the device's own domain and the
 * vector domain.
 *
 * Owns: struct vtd_ir_irq. Locks: the descriptor of an interrupt serialises
 * what changes its entry.
 * Calls: table.c for entries, sid.c for checks.
 */
#include <linux/cleanup.h>
#include <linux/irq.h>
#include <linux/irqchip/irq-msi-lib.h>
#include <linux/irqdomain.h>
#include <linux/log2.h>
#include <linux/msi.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include <asm/apic.h>
#include <asm/hw_irq.h>
#include <asm/irq_remapping.h>

#include "../../irq_remapping.h"
#include "../unit/list.h"
#include "../unit/unit.h"
#include "domain.h"
#include "posted.h"
#include "sid.h"

static bool x2apic_ids __ro_after_init;

void vtd_ir_set_x2apic(bool x2apic)
{
	x2apic_ids = x2apic;
}

static struct vtd_irte entry_of(struct irq_data *irqd)
{
	struct vtd_ir_irq *irq = irq_data_get_irq_chip_data(irqd);
	struct irq_cfg *cfg = irqd_cfg(irqd);
	struct vtd_irte_target target;
	struct vtd_irte_post post;

	switch (irq->mode) {
	case VTD_IR_POST_GUEST:
		return vtd_irte_posted(&irq->guest, irq->check);
	case VTD_IR_POST_HOST:
		post = vtd_ir_host_post(irqd);
		return vtd_irte_posted(&post, irq->check);
	case VTD_IR_REMAP:
		break;
	}
	target = (struct vtd_irte_target) {
		.apic_id = cfg->dest_apicid,
		.vector = cfg->vector,
		.x2apic = x2apic_ids,
		.logical = apic->dest_mode_logical,
	};
	return vtd_irte_remapped(&target, irq->check);
}

/* Write the entry of an interrupt for its mode. */
static int irq_update(struct irq_data *irqd)
{
	struct vtd_ir_irq *irq = irq_data_get_irq_chip_data(irqd);

	return vtd_ir_write(irq->ir, irq->index, entry_of(irqd));
}

static int set_affinity(struct irq_data *irqd, const struct cpumask *mask,
			bool force)
{
	struct vtd_ir_irq *irq = irq_data_get_irq_chip_data(irqd);
	struct irq_data *parent = irqd->parent_data;
	int ret;

	ret = parent->chip->irq_set_affinity(parent, mask, force);
	if (ret < 0 || ret == IRQ_SET_MASK_OK_DONE)
		return ret;

	/*
	 * A guest's entry does not name the host's vector. An error of the
	 * unit is logged by the queue: the vector has moved, and the entry is
	 * right in memory.
	 */
	if (irq->mode != VTD_IR_POST_GUEST)
		irq_update(irqd);

	/*
	 * Whatever is still on its way to the old vector arrives there: the
	 * vector domain waits for it before it gives the vector away.
	 */
	vector_schedule_cleanup(irqd_cfg(irqd));
	return IRQ_SET_MASK_OK_DONE;
}

static void compose_message(struct irq_data *irqd, struct msi_msg *msg)
{
	struct vtd_ir_irq *irq = irq_data_get_irq_chip_data(irqd);

	*msg = irq->msg;
}

static int set_vcpu_affinity(struct irq_data *irqd, void *info)
{
	int ret = vtd_ir_set_guest(irq_data_get_irq_chip_data(irqd), info);

	return ret ?: irq_update(irqd);
}

static struct irq_chip remap_chip = {
	.name = "INTEL-IR",
	.irq_ack = apic_ack_irq,
	.irq_set_affinity = set_affinity,
	.irq_compose_msi_msg = compose_message,
	.irq_set_vcpu_affinity = set_vcpu_affinity,
};

static struct irq_chip post_chip = {
	.name = "INTEL-IR-POST",
	.irq_ack = intel_ack_posted_msi_irq,
	.irq_set_affinity = set_affinity,
	.irq_compose_msi_msg = compose_message,
	.irq_set_vcpu_affinity = set_vcpu_affinity,
};

/* The check of the device that @info is about, and the subhandle it starts with. */
static int describe_sender(struct vtd_ir *ir, const struct irq_alloc_info *info,
			   struct vtd_ir_irq *irq)
{
	struct vtd_unit *unit;
	u16 sid = 0;

	switch (info->type) {
	case X86_IRQ_ALLOC_TYPE_IOAPIC:
		unit = vtd_unit_of_ioapic(info->devid, &sid);
		irq->check = vtd_sid_check_exact(sid);
		break;
	case X86_IRQ_ALLOC_TYPE_HPET:
		unit = vtd_unit_of_hpet(info->devid, &sid);
		irq->check = vtd_sid_check_hpet(sid);
		break;
	case X86_IRQ_ALLOC_TYPE_PCI_MSI:
	case X86_IRQ_ALLOC_TYPE_PCI_MSIX:
		unit = ir->unit;
		irq->check = vtd_sid_check_pci(msi_desc_to_pci_dev(info->desc));
		if (posted_msi_enabled())
			irq->host_mode = VTD_IR_POST_HOST;
		break;
	default:
		return -EINVAL;
	}
	irq->mode = irq->host_mode;
	return unit == ir->unit ? 0 : -ENODEV;
}

static void free_one(struct irq_domain *domain, unsigned int virq)
{
	struct irq_data *irqd = irq_domain_get_irq_data(domain, virq);

	if (!irqd)
		return;
	kfree(irqd->chip_data);
	irq_domain_reset_irq_data(irqd);
}

static int add_one(struct irq_domain *domain, unsigned int virq,
		   const struct vtd_ir_irq *like, unsigned int subhandle)
{
	struct irq_data *irqd = irq_domain_get_irq_data(domain, virq);
	struct vtd_ir_irq *irq;

	if (!irqd || !irqd_cfg(irqd))
		return -EINVAL;
	irq = kmemdup(like, sizeof(*like), GFP_KERNEL);
	if (!irq)
		return -ENOMEM;
	irqd->hwirq = irq->index;
	irqd->chip_data = irq;
	irqd->chip = irq->host_mode == VTD_IR_POST_HOST ? &post_chip :
							  &remap_chip;
	/* For an I/O APIC the subhandle is what it writes as the vector. */
	vtd_irte_message(irq->index - subhandle, subhandle, &irq->msg);
	return 0;
}

static int domain_alloc(struct irq_domain *domain, unsigned int virq,
			unsigned int nr_irqs, void *arg)
{
	unsigned int order = get_count_order(nr_irqs), i;
	struct vtd_ir *ir = domain->host_data;
	struct irq_alloc_info *info = arg;
	struct vtd_ir_irq like = { .ir = ir };
	int index, ret;

	/* Only the messages of plain MSI share an index, and so are a block. */
	if (!info ||
	    (nr_irqs > 1 && info->type != X86_IRQ_ALLOC_TYPE_PCI_MSI))
		return -EINVAL;
	ret = describe_sender(ir, info, &like);
	if (ret)
		return ret;
	ret = irq_domain_alloc_irqs_parent(domain, virq, nr_irqs, arg);
	if (ret < 0)
		return ret;

	index = vtd_ir_alloc(ir, order);
	if (index < 0) {
		ret = index;
		goto undo_parent;
	}
	for (i = 0; i < nr_irqs; i++) {
		like.index = index + i;
		like.spare = i == nr_irqs - 1 ? BIT(order) - nr_irqs : 0;
		ret = add_one(domain, virq + i, &like, i);
		if (ret)
			goto undo_entries;
	}
	if (info->type == X86_IRQ_ALLOC_TYPE_IOAPIC) {
		struct vtd_ir_irq *irq =
			irq_domain_get_irq_data(domain, virq)->chip_data;

		vtd_irte_message(index, 0, &irq->msg);
		irq->msg.data = info->ioapic.pin;
	}
	return 0;

undo_entries:
	while (i--)
		free_one(domain, virq + i);
	vtd_ir_free(ir, index, order);
undo_parent:
	irq_domain_free_irqs_parent(domain, virq, nr_irqs);
	return ret;
}

static void free_entries(const struct vtd_ir_irq *irq)
{
	unsigned int i;

	for (i = 0; i <= irq->spare; i++)
		vtd_ir_free(irq->ir, irq->index + i, 0);
}

static void domain_free(struct irq_domain *domain, unsigned int virq,
			unsigned int nr_irqs)
{
	struct irq_data *irqd;
	unsigned int i;

	/* One by one: the core does not give a block back as a whole. */
	for (i = 0; i < nr_irqs; i++) {
		irqd = irq_domain_get_irq_data(domain, virq + i);
		if (irqd && irqd->chip_data)
			free_entries(irqd->chip_data);
		free_one(domain, virq + i);
	}
	irq_domain_free_irqs_parent(domain, virq, nr_irqs);
}

static int domain_activate(struct irq_domain *domain, struct irq_data *irqd,
			   bool reserve)
{
	return irq_update(irqd);
}

static void domain_deactivate(struct irq_domain *domain, struct irq_data *irqd)
{
	struct vtd_ir_irq *irq = irq_data_get_irq_chip_data(irqd);

	vtd_ir_write(irq->ir, irq->index, (struct vtd_irte) { });
}

static int domain_select(struct irq_domain *domain, struct irq_fwspec *fwspec,
			 enum irq_domain_bus_token bus_token)
{
	struct vtd_unit *unit = NULL;
	u16 sid;

	if (!irq_remapping_enabled)
		return 0;
	if (x86_fwspec_is_ioapic(fwspec))
		unit = vtd_unit_of_ioapic(fwspec->param[0], &sid);
	else if (x86_fwspec_is_hpet(fwspec))
		unit = vtd_unit_of_hpet(fwspec->param[0], &sid);
	return unit && unit->ir && unit->ir->domain == domain;
}

static const struct irq_domain_ops domain_ops = {
	.select = domain_select,
	.alloc = domain_alloc,
	.free = domain_free,
	.activate = domain_activate,
	.deactivate = domain_deactivate,
};

static const struct msi_parent_ops parent_ops = {
	.supported_flags = X86_VECTOR_MSI_FLAGS_SUPPORTED |
			   MSI_FLAG_MULTI_PCI_MSI,
	.bus_select_token = DOMAIN_BUS_DMAR,
	.bus_select_mask = MATCH_PCI_MSI,
	.prefix = "IR-",
	.init_dev_msi_info = msi_parent_init_dev_msi_info,
};

int vtd_ir_domain_create(struct vtd_ir *ir)
{
	struct irq_domain_info info = {
		.ops = &domain_ops,
		.host_data = ir,
		.parent = arch_get_ir_parent_domain(),
		/*
		 * A device cannot send the interrupts of another one, which
		 * is what VFIO wants to know, unless nobody checks who sends.
		 */
		.domain_flags = disable_sourceid_checking ?
				0 : IRQ_DOMAIN_FLAG_ISOLATED_MSI,
	};

	ir->fwnode = irq_domain_alloc_named_id_fwnode("INTEL-IR", ir->unit->id);
	if (!ir->fwnode)
		return -ENOMEM;
	info.fwnode = ir->fwnode;
	ir->domain = msi_create_parent_irq_domain(&info, &parent_ops);
	if (!ir->domain) {
		irq_domain_free_fwnode(ir->fwnode);
		return -ENOMEM;
	}
	return 0;
}

void vtd_ir_domain_destroy(struct vtd_ir *ir)
{
	if (!ir->domain)
		return;
	irq_domain_remove(ir->domain);
	irq_domain_free_fwnode(ir->fwnode);
	ir->domain = NULL;
}
