/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VER, CAP and ECAP in named fields (VT-d chapter 11).
 */
#ifndef __VTD_SIM_MODEL_CAPS_H
#define __VTD_SIM_MODEL_CAPS_H

#include <linux/types.h>

struct vtd_model_config;

/* Fields have the architecture's names; widths are in bits. */
struct vtdm_caps {
	u8 major;
	u8 haw;
	u8 mgaw;
	u8 sagaw;		/* bit n: address width code n */
	u8 did_bits;
	u8 pasid_bits;
	u8 mamv;
	u8 mhmv;
	u16 nfr;		/* fault recording registers */
	u32 fro;		/* in bytes */
	u32 iro;		/* in bytes */
	bool cm:1, zlr:1, psi:1, rwbf:1, pi:1, esrtps:1, esirtps:1;
	bool ss2m:1, ss1g:1, fs1g:1, fs5l:1, dwd:1, drd:1;
	bool c:1, qi:1, dt:1, ir:1, eim:1, pt:1, sc:1, mts:1, nest:1, prs:1;
	bool srs:1, nwfs:1, eafs:1, pasid:1, dit:1, pds:1, smts:1, ssads:1;
	bool ssts:1, fsts:1, smpwcs:1, rps:1, adms:1, rprivs:1, ptrs:1;
	bool ssirws:1, sms:1, eimer:1, irreq:1;
	bool plmr:1, phmr:1, ecmds:1, pms:1, rdts:1, vcs:1;
};

const char *vtdm_caps_init(struct vtdm_caps *caps,
			   const struct vtd_model_config *config);

/* Not a valid address code (0 included) makes no width. */
static inline bool vtdm_caps_has_aw(const struct vtdm_caps *caps, u8 aw)
{
	return aw >= 1 && aw <= 3 && caps->sagaw & 1u << aw;
}

/* The first address that is too large for the host. */
static inline u64 vtdm_caps_host_limit(const struct vtdm_caps *caps)
{
	return 1ULL << caps->haw;
}

#endif
