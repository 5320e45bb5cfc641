/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Config space of a simulated function.
 */
#ifndef __VTD_SIM_CONFIG_H
#define __VTD_SIM_CONFIG_H

#include <linux/types.h>

struct vtd_sim_function;

/* Capabilities */
#define VTD_SIM_CONFIG_PM	0x40
#define VTD_SIM_CONFIG_MSIX	0x50
#define VTD_SIM_CONFIG_EXP	0x60
#define VTD_SIM_CONFIG_DOORBELL	0xa0
#define VTD_SIM_CONFIG_ATS	0x100
#define VTD_SIM_CONFIG_PRI	0x110
#define VTD_SIM_CONFIG_PASID	0x120
#define VTD_SIM_CONFIG_SRIOV	0x140

/* All but vtd_sim_config_place(): the lock of the unit is held. */
void vtd_sim_config_build(struct vtd_sim_function *fn);
void vtd_sim_config_place(struct vtd_sim_function *fn);
u32 vtd_sim_config_read(const struct vtd_sim_function *fn, u32 at, u32 size);
void vtd_sim_config_store(struct vtd_sim_function *fn, u32 at, u32 size, u32 value);
void vtd_sim_config_set(struct vtd_sim_function *fn, u32 at, u32 size, u32 value);

/* What software has switched on; a virtual function has some of it from its physical one. */
bool vtd_sim_config_is_master(const struct vtd_sim_function *fn);
bool vtd_sim_config_has_ats(const struct vtd_sim_function *fn);
bool vtd_sim_config_has_pri(const struct vtd_sim_function *fn);
void vtd_sim_config_set_pri_status(struct vtd_sim_function *fn, u16 bits);
void vtd_sim_config_clear_pri_status(struct vtd_sim_function *fn, u16 bits);
u32 vtd_sim_config_page_requests(const struct vtd_sim_function *fn);
bool vtd_sim_config_has_pasid(const struct vtd_sim_function *fn);
bool vtd_sim_config_has_msix(const struct vtd_sim_function *fn);

#endif
