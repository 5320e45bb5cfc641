/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupts of simulated functions.
 */
#ifndef __VTD_SIM_MSI_H
#define __VTD_SIM_MSI_H

#include <linux/types.h>

struct irq_domain;
struct vtd_sim_function;

struct irq_domain *vtd_sim_msi_domain_create(u16 segment);
void vtd_sim_msi_domain_destroy(struct irq_domain *domain);

void vtd_sim_msi_init(struct vtd_sim_function *fn);

/* Of both: the lock of the unit is held. */
void vtd_sim_msi_reset(struct vtd_sim_function *fn);
void vtd_sim_msi_raise(struct vtd_sim_function *fn, u32 vector);

#endif
