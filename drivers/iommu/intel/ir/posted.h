/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Posted interrupts: entries that set a bit in memory instead of interrupting
 * a CPU with the device's own vector.
 */
#ifndef _VTD_IR_POSTED_H
#define _VTD_IR_POSTED_H

#include "irte.h"

struct intel_iommu_pi_data;
struct irq_data;
struct vtd_ir_irq;

/**
 * vtd_ir_set_guest - give an interrupt to a virtual CPU, or back to the host
 * @irq: the interrupt; its descriptor is locked
 * @pi: where it is posted; NULL gives it back to the host
 *
 * The caller writes the entry.
 *
 * Return: 0; -EOPNOTSUPP if the unit does not post; -EINVAL for a descriptor
 * that is not aligned.
 */
int vtd_ir_set_guest(struct vtd_ir_irq *irq, const struct intel_iommu_pi_data *pi);

#ifdef CONFIG_X86_POSTED_MSI
/**
 * vtd_ir_host_post - the host's own descriptor of an interrupt's CPU
 * @irqd: data of the interrupt, which has a vector
 *
 * Return: the place, with the interrupt's own vector.
 */
struct vtd_irte_post vtd_ir_host_post(struct irq_data *irqd);
#else
/* posted_msi_enabled() is false: nobody gets here. */
static inline struct vtd_irte_post vtd_ir_host_post(struct irq_data *irqd)
{
	return (struct vtd_irte_post) { };
}
#endif

#endif
