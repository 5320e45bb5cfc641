/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes of software to the config space of a simulated function.
 */
#ifndef __VTD_SIM_CONFIG_WRITE_H
#define __VTD_SIM_CONFIG_WRITE_H

#include <linux/types.h>

struct vtd_sim_function;

/* The lock of the unit is held. */
void vtd_sim_config_write(struct vtd_sim_function *fn, u32 at, u32 size, u32 value);

#endif
