// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a simulated unit can do: profiles, and what is struck out of them.
 *
 * Calls: hw/
 */
#include <linux/array_size.h>
#include <linux/bitfield.h>
#include <linux/errno.h>
#include <linux/string.h>

#include <uapi/linux/vtd_sim.h>

#include "../hw/cap.h"
#include "profile.h"

/* Behind the registers that have a fixed place, inside the first page. */
#define SIM_FRO		0x600
#define SIM_NFR		8
#define SIM_IRO		0x500

#define CAP_BASE							\
	(FIELD_PREP_CONST(VTD_CAP_ND, 6) |				\
	 FIELD_PREP_CONST(VTD_CAP_MGAW, 48 - 1) | VTD_CAP_ZLR |		\
	 FIELD_PREP_CONST(VTD_CAP_FRO, SIM_FRO / 16) |			\
	 FIELD_PREP_CONST(VTD_CAP_NFR, SIM_NFR - 1) | VTD_CAP_PSI |	\
	 FIELD_PREP_CONST(VTD_CAP_MAMV, 18) | VTD_CAP_DWD | VTD_CAP_DRD |	\
	 VTD_CAP_ESIRTPS | VTD_CAP_ESRTPS)
#define CAP_SECOND							\
	(FIELD_PREP_CONST(VTD_CAP_SAGAW, VTD_SAGAW_39 | VTD_SAGAW_48) |	\
	 FIELD_PREP_CONST(VTD_CAP_SSLPS, VTD_SSLPS_2M | VTD_SSLPS_1G))
#define ECAP_BASE							\
	(VTD_ECAP_C | VTD_ECAP_QI | VTD_ECAP_DT | VTD_ECAP_IR |		\
	 VTD_ECAP_EIM | VTD_ECAP_PT | VTD_ECAP_SC |			\
	 FIELD_PREP_CONST(VTD_ECAP_IRO, SIM_IRO / 16) |			\
	 FIELD_PREP_CONST(VTD_ECAP_MHMV, 15))
#define ECAP_SCALABLE							\
	(VTD_ECAP_SMTS | VTD_ECAP_SMPWCS | VTD_ECAP_PASID |		\
	 FIELD_PREP_CONST(VTD_ECAP_PSS, 20 - 1) | VTD_ECAP_NWFS)
#define ECAP_FULL							\
	(VTD_ECAP_SSTS | VTD_ECAP_FSTS | VTD_ECAP_NEST | VTD_ECAP_SSADS | \
	 VTD_ECAP_EAFS | VTD_ECAP_SRS | VTD_ECAP_PRS | VTD_ECAP_PDS |	\
	 VTD_ECAP_DIT | VTD_ECAP_SMS)
#define CAP_FULL							\
	(CAP_BASE | CAP_SECOND | VTD_CAP_FS1GP | VTD_CAP_FS5LP)

static const struct vtd_sim_caps profiles[VTD_SIM_PROFILES] = {
	[VTD_SIM_LEGACY] = {
		.cap = CAP_BASE | CAP_SECOND,
		.ecap = ECAP_BASE,
	},
	[VTD_SIM_SECOND] = {
		.cap = CAP_BASE | CAP_SECOND,
		.ecap = ECAP_BASE | ECAP_SCALABLE | VTD_ECAP_SSTS,
	},
	[VTD_SIM_FIRST] = {
		.cap = CAP_BASE | CAP_SECOND | VTD_CAP_FS1GP,
		.ecap = ECAP_BASE | ECAP_SCALABLE | VTD_ECAP_FSTS,
	},
	[VTD_SIM_FULL] = {
		.cap = CAP_FULL,
		.ecap = ECAP_BASE | ECAP_SCALABLE | ECAP_FULL,
	},
	[VTD_SIM_FULL_CM] = {
		.cap = CAP_FULL | VTD_CAP_CM,
		.ecap = ECAP_BASE | ECAP_SCALABLE | ECAP_FULL,
	},
	/* What needs snooped walks goes with them. */
	[VTD_SIM_FULL_INCOHERENT] = {
		.cap = CAP_FULL,
		.ecap = (ECAP_BASE | ECAP_SCALABLE | ECAP_FULL) &
			~(VTD_ECAP_C | VTD_ECAP_SMPWCS | VTD_ECAP_SSADS |
			  VTD_ECAP_EAFS),
	},
};

static const struct strike {
	const char *name;
	u64 cap;
	u64 ecap;
	bool adds;
} strikes[] = {
	{ "+cm", VTD_CAP_CM, .adds = true },
	{ "-zlr", VTD_CAP_ZLR },
	{ "-psi", VTD_CAP_PSI },
	{ "-ss2m", FIELD_PREP_CONST(VTD_CAP_SSLPS, VTD_SSLPS_2M) },
	{ "-ss1g", FIELD_PREP_CONST(VTD_CAP_SSLPS, VTD_SSLPS_1G) },
	{ "-sagaw39", FIELD_PREP_CONST(VTD_CAP_SAGAW, VTD_SAGAW_39) },
	{ "-sagaw48", FIELD_PREP_CONST(VTD_CAP_SAGAW, VTD_SAGAW_48) },
	{ "-fs1gp", VTD_CAP_FS1GP },
	{ "-fs5lp", VTD_CAP_FS5LP },
	{ "-esrtps", VTD_CAP_ESRTPS },
	{ "-esirtps", VTD_CAP_ESIRTPS },
	{ "-dt", 0, VTD_ECAP_DT },
	{ "-ir", 0, VTD_ECAP_IR },
	{ "-eim", 0, VTD_ECAP_EIM },
	{ "-pt", 0, VTD_ECAP_PT },
	{ "-sc", 0, VTD_ECAP_SC },
	{ "-nest", 0, VTD_ECAP_NEST },
	{ "-prs", 0, VTD_ECAP_PRS },
	{ "-pds", 0, VTD_ECAP_PDS },
	{ "-srs", 0, VTD_ECAP_SRS },
	{ "-nwfs", 0, VTD_ECAP_NWFS },
	{ "-eafs", 0, VTD_ECAP_EAFS },
	{ "-pasid", 0, VTD_ECAP_PASID | VTD_ECAP_PSS },
	{ "-dit", 0, VTD_ECAP_DIT },
	{ "-ssads", 0, VTD_ECAP_SSADS },
	{ "-ssts", 0, VTD_ECAP_SSTS },
	{ "-fsts", 0, VTD_ECAP_FSTS },
	{ "-smpwcs", 0, VTD_ECAP_SMPWCS },
	{ "-smts", 0, VTD_ECAP_SMTS },
	{ "-sms", 0, VTD_ECAP_SMS },
};

static const struct strike *find_strike(const char *name, size_t len)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(strikes); i++) {
		if (strlen(strikes[i].name) == len &&
		    !memcmp(strikes[i].name, name, len))
			return &strikes[i];
	}
	return NULL;
}

/**
 * vtd_sim_profile() - the capabilities of a new unit
 * @profile: enum vtd_sim_profile
 * @struck: what is struck out, as in struct vtd_sim_unit_add
 * @caps: filled
 *
 * Return: 0; -EINVAL for a profile or a name that does not exist.
 */
int vtd_sim_profile(u32 profile, const char *struck, struct vtd_sim_caps *caps)
{
	const struct strike *strike;
	size_t len;

	if (profile >= VTD_SIM_PROFILES)
		return -EINVAL;
	*caps = profiles[profile];
	caps->version = FIELD_PREP(VTD_VER_MAJOR, 5);
	while (*struck) {
		len = strcspn(struck, ",");
		strike = find_strike(struck, len);
		if (!strike)
			return -EINVAL;
		if (strike->adds) {
			caps->cap |= strike->cap;
			caps->ecap |= strike->ecap;
		} else {
			caps->cap &= ~strike->cap;
			caps->ecap &= ~strike->ecap;
		}
		struck += len;
		if (*struck)
			struck++;
	}
	return 0;
}
