/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Posted interrupts: entries that set a bit in memory instead of interrupting
 * a CPU with the device's own vector.
 */
#ifndef _VTD_IR_POSTED_H
#define _VTD_IR_POSTED_H

#include "irte.h"

struct irq_data;

/**
 * vtd_ir_set_guest - chip operation irq_set_vcpu_affinity
 * @irqd: data of the interrupt; the descriptor is locked
 * @info: struct intel_iommu_pi_data; NULL gives the interrupt back to the host
 *
 * Return: 0; -EOPNOTSUPP if the unit does not post; -EINVAL for a descriptor
 * that is not aligned; the error of the unit.
 */
int vtd_ir_set_guest(struct irq_data *irqd, void *info);

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
