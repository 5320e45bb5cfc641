/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupt messages of a simulated unit.
 */
#ifndef __VTD_SIM_UNIT_MSI_H
#define __VTD_SIM_UNIT_MSI_H

#include <linux/types.h>

struct vtd_sim_unit;

void vtd_sim_unit_msi_init(struct vtd_sim_unit *unit);
void vtd_sim_unit_msi_exit(struct vtd_sim_unit *unit);
void vtd_sim_unit_msi_post(struct vtd_sim_unit *unit, u64 addr, u32 data);

#endif
