// SPDX-License-Identifier: GPL-2.0-only
/*
 * VER, CAP and ECAP in named fields (VT-d chapter 11).
 *
 * A model of a unit that cannot exist would prove nothing, so sets of
 * capabilities that the architecture forbids are refused.
 */
#include <linux/bitfield.h>
#include <linux/kernel.h>

#include "../../hw/cap.h"
#include "caps.h"
#include "config.h"
#include "registers.h"

#define VTDM_HAW_MIN	32
#define VTDM_HAW_MAX	52
#define VTDM_WIDTH_MAX	57

static void caps_decode_cap(struct vtdm_caps *caps, u64 cap)
{
	u8 sslps = FIELD_GET(VTD_CAP_SSLPS, cap);

	caps->did_bits = 4 + 2 * FIELD_GET(VTD_CAP_ND, cap);
	caps->rwbf = cap & VTD_CAP_RWBF;
	caps->cm = cap & VTD_CAP_CM;
	caps->sagaw = FIELD_GET(VTD_CAP_SAGAW, cap);
	caps->mgaw = FIELD_GET(VTD_CAP_MGAW, cap) + 1;
	caps->zlr = cap & VTD_CAP_ZLR;
	caps->fro = 16 * FIELD_GET(VTD_CAP_FRO, cap);
	caps->ss2m = sslps & VTD_SSLPS_2M;
	caps->ss1g = sslps & VTD_SSLPS_1G;
	caps->psi = cap & VTD_CAP_PSI;
	caps->nfr = FIELD_GET(VTD_CAP_NFR, cap) + 1;
	caps->mamv = FIELD_GET(VTD_CAP_MAMV, cap);
	caps->dwd = cap & VTD_CAP_DWD;
	caps->drd = cap & VTD_CAP_DRD;
	caps->fs1g = cap & VTD_CAP_FS1GP;
	caps->pi = cap & VTD_CAP_PI;
	caps->fs5l = cap & VTD_CAP_FS5LP;
	caps->esirtps = cap & VTD_CAP_ESIRTPS;
	caps->esrtps = cap & VTD_CAP_ESRTPS;
	caps->plmr = cap & VTD_CAP_PLMR;
	caps->phmr = cap & VTD_CAP_PHMR;
	caps->ecmds = cap & VTD_CAP_ECMDS;
}

static void caps_decode_ecap(struct vtdm_caps *caps, u64 ecap)
{
	caps->c = ecap & VTD_ECAP_C;
	caps->qi = ecap & VTD_ECAP_QI;
	caps->dt = ecap & VTD_ECAP_DT;
	caps->ir = ecap & VTD_ECAP_IR;
	caps->eim = ecap & VTD_ECAP_EIM;
	caps->pt = ecap & VTD_ECAP_PT;
	caps->sc = ecap & VTD_ECAP_SC;
	caps->iro = 16 * FIELD_GET(VTD_ECAP_IRO, ecap);
	caps->mhmv = FIELD_GET(VTD_ECAP_MHMV, ecap);
	caps->mts = ecap & VTD_ECAP_MTS;
	caps->nest = ecap & VTD_ECAP_NEST;
	caps->prs = ecap & VTD_ECAP_PRS;
	caps->srs = ecap & VTD_ECAP_SRS;
	caps->nwfs = ecap & VTD_ECAP_NWFS;
	caps->eafs = ecap & VTD_ECAP_EAFS;
	caps->pasid_bits = FIELD_GET(VTD_ECAP_PSS, ecap) + 1;
	caps->pasid = ecap & VTD_ECAP_PASID;
	caps->dit = ecap & VTD_ECAP_DIT;
	caps->pds = ecap & VTD_ECAP_PDS;
	caps->smts = ecap & VTD_ECAP_SMTS;
	caps->ssads = ecap & VTD_ECAP_SSADS;
	caps->ssts = ecap & VTD_ECAP_SSTS;
	caps->fsts = ecap & VTD_ECAP_FSTS;
	caps->smpwcs = ecap & VTD_ECAP_SMPWCS;
	caps->rps = ecap & VTD_ECAP_RPS;
	caps->adms = ecap & VTD_ECAP_ADMS;
	caps->rprivs = ecap & VTD_ECAP_RPRIVS;
	caps->ptrs = ecap & VTD_ECAP_PTRS;
	caps->ssirws = ecap & VTD_ECAP_SSIRWS;
	caps->sms = ecap & VTD_ECAP_SMS;
	caps->eimer = ecap & VTD_ECAP_EIMER;
	caps->irreq = ecap & VTD_ECAP_IRREQ;
	caps->pms = ecap & VTD_ECAP_PMS;
	caps->rdts = ecap & VTD_ECAP_RDTS;
	caps->vcs = ecap & VTD_ECAP_VCS;
}

static const char *caps_judge_width(const struct vtdm_caps *caps)
{
	if (caps->haw < VTDM_HAW_MIN || caps->haw > VTDM_HAW_MAX)
		return "host address width is not 32 to 52";
	if (caps->mgaw < caps->haw || caps->mgaw > VTDM_WIDTH_MAX)
		return "MGAW is below the host address width or above 57";
	if (caps->sagaw & ~(VTD_SAGAW_39 | VTD_SAGAW_48 | VTD_SAGAW_57))
		return "SAGAW has reserved bits";
	if (caps->did_bits > 16)
		return "ND is reserved";
	if (caps->pasid_bits > 20)
		return "PSS is above 20 bits";
	return NULL;
}

/* The notes on each bit of these registers say what it needs. */
static const char *caps_judge(const struct vtdm_caps *caps, u64 ecap)
{
	if (ecap & VTD_ECAP_ERS)
		return "execute requests are abolished: ERS must be 0";
	if (ecap & VTD_ECAP_HPTS)
		return "host permission tables are not modelled";
	if (caps->smts && !caps->qi)
		return "SMTS needs QI";
	if (caps->smts && caps->rwbf)
		return "RWBF must be 0 with SMTS";
	if (caps->ssads && !caps->smpwcs)
		return "SSADS needs SMPWCS";
	if (caps->eafs && !(caps->fsts && caps->smpwcs))
		return "EAFS needs FSTS and SMPWCS";
	if (caps->nest && !(caps->fsts && caps->ssts))
		return "NEST needs FSTS and SSTS";
	if ((caps->fs5l || caps->fs1g) && !caps->fsts)
		return "FS5LP and FS1GP need FSTS";
	if (caps->rprivs && !caps->srs)
		return "RPRIVS needs SRS";
	if (caps->ir && !caps->qi)
		return "IR needs QI";
	if (caps->prs && !caps->dt)
		return "PRS needs DT";
	return NULL;
}

/**
 * vtdm_caps_init() - name the fields of the capability registers
 * @caps: filled
 * @config: has the registers
 *
 * Return: NULL, or why no unit can be like this.
 */
const char *vtdm_caps_init(struct vtdm_caps *caps,
			   const struct vtd_model_config *config)
{
	const char *why;

	*caps = (struct vtdm_caps){
		.major = FIELD_GET(VTD_VER_MAJOR, config->version),
		.haw = config->haw,
	};
	caps_decode_cap(caps, config->cap);
	caps_decode_ecap(caps, config->ecap);
	why = caps_judge_width(caps);
	if (!why)
		why = caps_judge(caps, config->ecap);
	return why ? why : vtdm_registers_judge(caps, config);
}
