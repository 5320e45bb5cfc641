/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The PCI segment behind a simulated unit: one bus, a function in each slot.
 */
#ifndef __VTD_SIM_BUS_H
#define __VTD_SIM_BUS_H

#include <linux/types.h>

struct vtd_sim_bus;
struct vtd_sim_function_add;
struct vtd_sim_unit;

int vtd_sim_segment_find(void);
int vtd_sim_bus_create(struct vtd_sim_unit *unit);
void vtd_sim_bus_destroy(struct vtd_sim_unit *unit);
int vtd_sim_bus_plug(struct vtd_sim_unit *unit, const struct vtd_sim_function_add *how);
int vtd_sim_bus_unplug(struct vtd_sim_unit *unit, unsigned int slot);

#endif
