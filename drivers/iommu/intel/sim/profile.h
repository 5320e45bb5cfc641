/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a simulated unit can do.
 */
#ifndef __VTD_SIM_PROFILE_H
#define __VTD_SIM_PROFILE_H

#include <linux/types.h>

/**
 * struct vtd_sim_caps - the capability registers of a unit
 * @cap: CAP
 * @ecap: ECAP
 * @version: VER
 */
struct vtd_sim_caps {
	u64 cap;
	u64 ecap;
	u32 version;
};

int vtd_sim_profile(u32 profile, const char *struck, struct vtd_sim_caps *caps);

#endif
