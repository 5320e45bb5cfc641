// SPDX-License-Identifier: GPL-2.0-only
/*
 * Capabilities decoded: the only reader of CAP, ECAP and VER.
 *
 * A capability that needs another one to mean anything is only reported
 * together with it, so that callers test one field.
 *
 * Calls: hw/
 */
#include <linux/bitfield.h>
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/minmax.h>

#include "../hw/cap.h"
#include "../hw/fault_layout.h"
#include "../hw/pasid_layout.h"
#include "../hw/qi.h"
#include "../hw/regs_layout.h"
#include "../hw/root_layout.h"
#include "caps.h"

static void decode_cap(struct vtd_caps *caps)
{
	u64 cap = caps->cap;

	caps->did_bits = 4 + 2 * FIELD_GET(VTD_CAP_ND, cap);
	/* Seven is reserved; the field of a descriptor has 16 bits. */
	caps->did_bits = min_t(u8, caps->did_bits, 16);
	caps->ndids = 1u << caps->did_bits;
	caps->mgaw = FIELD_GET(VTD_CAP_MGAW, cap) + 1;
	caps->sagaw = FIELD_GET(VTD_CAP_SAGAW, cap) &
		      (VTD_SAGAW_39 | VTD_SAGAW_48 | VTD_SAGAW_57);
	caps->sslps = FIELD_GET(VTD_CAP_SSLPS, cap) &
		      (VTD_SSLPS_2M | VTD_SSLPS_1G);
	caps->fault_at = FIELD_GET(VTD_CAP_FRO, cap) * 16;
	caps->nfaults = FIELD_GET(VTD_CAP_NFR, cap) + 1;
	caps->psi = cap & VTD_CAP_PSI;
	caps->mamv = caps->psi ? FIELD_GET(VTD_CAP_MAMV, cap) : 0;
	if (cap & VTD_CAP_DWD)
		caps->iotlb_drain |= VTD_IOTLB_DESC_DW;
	if (cap & VTD_CAP_DRD)
		caps->iotlb_drain |= VTD_IOTLB_DESC_DR;
	caps->cm = cap & VTD_CAP_CM;
	caps->rwbf = cap & VTD_CAP_RWBF;
	caps->plmr = cap & VTD_CAP_PLMR;
	caps->phmr = cap & VTD_CAP_PHMR;
	caps->zlr = cap & VTD_CAP_ZLR;
	caps->posted = cap & VTD_CAP_PI;
	caps->ecmds = cap & VTD_CAP_ECMDS;
	caps->esirtps = cap & VTD_CAP_ESIRTPS;
	caps->esrtps = cap & VTD_CAP_ESRTPS;
}

static void decode_ecap(struct vtd_caps *caps)
{
	u64 ecap = caps->ecap;

	caps->coherent = ecap & VTD_ECAP_C;
	caps->qi = ecap & VTD_ECAP_QI;
	caps->dev_tlb = ecap & VTD_ECAP_DT && caps->qi;
	caps->ir = ecap & VTD_ECAP_IR && caps->qi;
	caps->eim = ecap & VTD_ECAP_EIM && caps->ir;
	caps->eimer = ecap & VTD_ECAP_EIMER;
	caps->irreq = ecap & VTD_ECAP_IRREQ;
	caps->mhmv = FIELD_GET(VTD_ECAP_MHMV, ecap);
	caps->pt = ecap & VTD_ECAP_PT;
	caps->sc = ecap & VTD_ECAP_SC;
	caps->mts = ecap & VTD_ECAP_MTS;
	caps->iotlb_at = FIELD_GET(VTD_ECAP_IRO, ecap) * 16;
	caps->nwfs = ecap & VTD_ECAP_NWFS;
	caps->dit = ecap & VTD_ECAP_DIT && caps->dev_tlb;
	caps->pms = ecap & VTD_ECAP_PMS && caps->ecmds;
	caps->adms = ecap & VTD_ECAP_ADMS;
	caps->posted &= caps->ir;
}

static void decode_scalable(struct vtd_caps *caps)
{
	u64 ecap = caps->ecap;
	unsigned int bits;

	caps->sm = ecap & VTD_ECAP_SMTS && caps->qi;
	if (!caps->sm)
		return;
	caps->ssts = ecap & VTD_ECAP_SSTS;
	caps->fsts = ecap & VTD_ECAP_FSTS;
	caps->fs1gp = caps->cap & VTD_CAP_FS1GP && caps->fsts;
	caps->fs5lp = caps->cap & VTD_CAP_FS5LP && caps->fsts;
	caps->smpwcs = ecap & VTD_ECAP_SMPWCS;
	caps->ssads = ecap & VTD_ECAP_SSADS && caps->ssts && caps->smpwcs;
	caps->eafs = ecap & VTD_ECAP_EAFS && caps->fsts && caps->smpwcs;
	caps->nest = ecap & VTD_ECAP_NEST && caps->ssts && caps->fsts;
	caps->srs = ecap & VTD_ECAP_SRS;
	caps->rprivs = ecap & VTD_ECAP_RPRIVS && caps->srs;
	caps->rps = ecap & VTD_ECAP_RPS;
	caps->ssirws = ecap & VTD_ECAP_SSIRWS;
	caps->pasid = ecap & VTD_ECAP_PASID;
	bits = FIELD_GET(VTD_ECAP_PSS, ecap) + 1;
	if (caps->pasid)
		caps->pasid_bits = min(bits, VTD_PASID_MAX_BITS);
	caps->pds = ecap & VTD_ECAP_PDS;
	caps->prs = ecap & VTD_ECAP_PRS && caps->dev_tlb;
	caps->sms = ecap & VTD_ECAP_SMS;
}

/**
 * vtd_caps_decode() - name everything that the three words say
 * @cap: CAP
 * @ecap: ECAP
 * @ver: VER
 * @caps: filled
 */
void vtd_caps_decode(u64 cap, u64 ecap, u32 ver, struct vtd_caps *caps)
{
	*caps = (struct vtd_caps){
		.cap = cap,
		.ecap = ecap,
		.ver = ver,
		.major = FIELD_GET(VTD_VER_MAJOR, ver),
		.minor = FIELD_GET(VTD_VER_MINOR, ver),
	};
	decode_cap(caps);
	decode_ecap(caps);
	decode_scalable(caps);
	caps->always_drains = caps->major >= VTD_MAJOR_ALWAYS_DRAINS;
	caps->reg_inval = caps->major < VTD_MAJOR_NO_REG_INVAL;
}

size_t vtd_caps_reg_size(const struct vtd_caps *caps)
{
	size_t size = VTD_REGS_MIN_SIZE;

	size = max_t(size_t, size, VTD_FRCD_AT(caps->fault_at, caps->nfaults));
	size = max_t(size_t, size, VTD_IOTLB_AT(caps->iotlb_at) + 8);
	return round_up(size, VTD_REGS_MIN_SIZE);
}

const char *vtd_caps_unusable(const struct vtd_caps *caps)
{
	if (!caps->qi && !caps->reg_inval)
		return "it has no way to invalidate";
	if (caps->sm && caps->fsts)
		return NULL;
	if (!vtd_caps_best_aw(caps))
		return "it supports no address width";
	return NULL;
}

unsigned int vtd_caps_best_aw(const struct vtd_caps *caps)
{
	return caps->sagaw ? fls(caps->sagaw) - 1 : 0;
}

int vtd_caps_describe(const struct vtd_caps *caps, char *buf, size_t size)
{
	unsigned int aw = vtd_caps_best_aw(caps);
	int n;

	n = scnprintf(buf, size, "version %u.%u, %u domain ids, %u-bit input",
		      caps->major, caps->minor, caps->ndids, caps->mgaw);
	if (aw)
		n += scnprintf(buf + n, size - n, ", %u-level second stage",
			       VTD_AW_LEVELS(aw));
	if (caps->sm)
		n += scnprintf(buf + n, size - n, ", scalable%s%s%s%s",
			       caps->fsts ? " first-stage" : "",
			       caps->ssts ? " second-stage" : "",
			       caps->nest ? " nested" : "",
			       caps->pasid ? " PASID" : "");
	n += scnprintf(buf + n, size - n, "%s%s%s%s%s%s%s%s",
		       caps->pt ? ", pass-through" : "",
		       caps->coherent ? ", coherent" : "",
		       caps->sc ? ", snoop control" : "",
		       caps->dev_tlb ? ", device TLBs" : "",
		       caps->ir ? ", interrupt remapping" : "",
		       caps->posted ? " and posting" : "",
		       caps->cm ? ", caching mode" : "",
		       caps->qi ? "" : ", no queue");
	return n;
}

void vtd_caps_common_init(struct vtd_caps_common *common)
{
	*common = (struct vtd_caps_common){
		.all_qi = true,
		.all_sm = true,
		.all_pt = true,
		.all_coherent = true,
		.all_sc = true,
		.all_ir = true,
		.all_eim = true,
		.all_posted = true,
		.mgaw = 64,
	};
}

void vtd_caps_common_add(struct vtd_caps_common *common,
			 const struct vtd_caps *caps)
{
	common->all_qi &= caps->qi;
	common->all_sm &= caps->sm && (caps->ssts || caps->fsts);
	common->all_pt &= caps->pt;
	common->all_coherent &= caps->coherent;
	common->all_sc &= caps->sc;
	common->all_ir &= caps->ir;
	common->all_eim &= caps->eim;
	common->any_eimer |= caps->eimer;
	common->all_posted &= caps->posted;
	common->any_cm |= caps->cm;
	common->mgaw = min(common->mgaw, caps->mgaw);
}
