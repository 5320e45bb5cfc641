/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Simulated units for people: /sys/kernel/debug/vtd-sim/UNIT.
 */
#ifndef __VTD_SIM_DEBUGFS_H
#define __VTD_SIM_DEBUGFS_H

struct vtd_sim_unit;

#ifdef CONFIG_DEBUG_FS
void vtd_sim_debugfs_add(struct vtd_sim_unit *unit);
void vtd_sim_debugfs_remove(struct vtd_sim_unit *unit);
#else
static inline void vtd_sim_debugfs_add(struct vtd_sim_unit *unit) { }
static inline void vtd_sim_debugfs_remove(struct vtd_sim_unit *unit) { }
#endif

#endif
