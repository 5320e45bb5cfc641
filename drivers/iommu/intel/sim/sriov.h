/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual functions of simulated functions.
 */
#ifndef __VTD_SIM_SRIOV_H
#define __VTD_SIM_SRIOV_H

#include <linux/types.h>

struct vtd_sim_function;
struct vtd_sim_unit;

/* Source ids of one bus */
#define VTD_SIM_SIDS	256

/* Of both: the lock of the unit is held. */
struct vtd_sim_function *vtd_sim_sriov_find(const struct vtd_sim_unit *unit, u16 sid);
u32 vtd_sim_sriov_enabled(const struct vtd_sim_function *fn);

#endif
