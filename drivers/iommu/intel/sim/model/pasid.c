// SPDX-License-Identifier: GPL-2.0-only
/*
 * PASID directory and PASID table (VT-d chapters 3, 9).
 *
 * Reasons are those of conditions SPD.x and SPT.x of chapter 7. A field that
 * the entry's PGTT does not use is ignored, but reserved if the unit lacks
 * its capability.
 */
#include <linux/bitfield.h>

#include "../../hw/pasid_layout.h"
#include "../../hw/root_layout.h"
#include "memory.h"
#include "model.h"
#include "pasid.h"

/**
 * vtdm_pasid_limit() - the first address beyond a second stage
 * @model: the unit
 * @aw: a valid address width code
 *
 * Return: 2 to the power of the smaller of MGAW and the width.
 */
u64 vtdm_pasid_limit(const struct vtd_model *model, u8 aw)
{
	unsigned int width = VTD_AW_WIDTH(aw);

	return 1ULL << (width < model->caps.mgaw ? width : model->caps.mgaw);
}

/**
 * vtdm_pasid_of_legacy() - the PASID entry that a legacy context amounts to
 * @walk: the walk, with its context; its PASID entry is filled
 */
void vtdm_pasid_of_legacy(struct vtdm_walk *walk)
{
	const struct vtdm_context *ctx = &walk->ctx;

	walk->pasid = 0;
	walk->pe = (struct vtdm_pasid){
		.ssptptr = ctx->ssptptr,
		.did = ctx->did,
		.aw = ctx->aw,
		.pgtt = ctx->tt == VTD_TT_PASSTHROUGH ? VTD_PGTT_PASSTHROUGH :
							VTD_PGTT_SECOND,
	};
}

/**
 * vtdm_pasid_number() - by which PASID a request is translated
 * @walk: the walk, with its context
 *
 * Return: the PASID.
 */
u32 vtdm_pasid_number(const struct vtdm_walk *walk)
{
	return walk->rq->has_pasid ? walk->rq->pasid : walk->ctx.rid_pasid;
}

static u8 pasid_directory(struct vtdm_walk *walk, u64 *table)
{
	u64 rsvd = ~(vtdm_caps_host_limit(&walk->model->caps) - 1) |
		   GENMASK_ULL(11, 2);
	u64 addr = walk->ctx.dir +
		   FIELD_GET(VTD_PASID_DIR_INDEX, walk->pasid) * sizeof(u64);
	u64 entry;

	if (vtdm_read_word(walk, VTDM_WORD_PASID_DIR, 0, addr))
		return 0x50;
	entry = walk->trail.word[walk->trail.nr - 1].value;
	walk->pe.fpd = entry & VTD_PDE_FPD;
	if (!(entry & VTD_PDE_P))
		return 0x51;
	if (entry & rsvd)
		return 0x52;
	*table = entry & VTD_PDE_PTR;
	return 0;
}

static u64 reserved_qw0(const struct vtd_model *model, u8 pgtt)
{
	const struct vtdm_caps *caps = &model->caps;
	u64 rsvd = VTD_PE0_RSVD;

	if (!caps->ssts)
		rsvd |= VTD_PE0_AW | VTD_PE0_SSPTPTR;
	if (!caps->ssts || !caps->ssads)
		rsvd |= VTD_PE0_SSADE;
	if (pgtt == VTD_PGTT_SECOND || pgtt == VTD_PGTT_NESTED)
		rsvd |= ~(vtdm_caps_host_limit(caps) - 1);
	return rsvd;
}

static u64 reserved_qw1(const struct vtd_model *model)
{
	const struct vtdm_caps *caps = &model->caps;
	u64 rsvd = VTD_PE1_RSVD;

	rsvd |= VTD_PE1_DID & ~((1ULL << caps->did_bits) - 1);
	if (!caps->smpwcs)
		rsvd |= VTD_PE1_PWSNP;
	if (!caps->sc)
		rsvd |= VTD_PE1_PGSNP;
	if (!caps->mts)
		rsvd |= VTD_PE1_CD | VTD_PE1_EMTE | VTD_PE1_PAT;
	return rsvd;
}

static u64 reserved_qw2(const struct vtd_model *model, u8 pgtt)
{
	const struct vtdm_caps *caps = &model->caps;
	u64 rsvd = VTD_PE2_RSVD;

	if (!caps->srs)
		rsvd |= VTD_PE2_SRE;
	if (!caps->fsts)
		rsvd |= VTD_PE2_FSPM | VTD_PE2_WPE | VTD_PE2_FSPTPTR;
	if (!caps->eafs)
		rsvd |= VTD_PE2_EAFE;
	/* Under nesting it is no address of the host: SPT.4.4 then. */
	if (pgtt == VTD_PGTT_FIRST)
		rsvd |= ~(vtdm_caps_host_limit(caps) - 1);
	return rsvd;
}

/* SPT.3 */
static u8 pasid_reserved(const struct vtd_model *model, const u64 *qw)
{
	u8 pgtt = FIELD_GET(VTD_PE0_PGTT, qw[0]);
	unsigned int i;

	if (qw[0] & reserved_qw0(model, pgtt) || qw[1] & reserved_qw1(model) ||
	    qw[2] & reserved_qw2(model, pgtt))
		return 0x5a;
	for (i = 3; i < 8; i++) {
		if (qw[i])
			return 0x5a;
	}
	return 0;
}

static bool pgtt_offered(const struct vtdm_caps *caps, u8 pgtt)
{
	switch (pgtt) {
	case VTD_PGTT_FIRST:
		return caps->fsts;
	case VTD_PGTT_SECOND:
		return caps->ssts;
	case VTD_PGTT_NESTED:
		return caps->nest;
	case VTD_PGTT_PASSTHROUGH:
		return caps->pt;
	default:
		return false;
	}
}

/* SPT.4 */
static u8 pasid_programmed(const struct vtd_model *model, const u64 *qw)
{
	const struct vtdm_caps *caps = &model->caps;
	u8 pgtt = FIELD_GET(VTD_PE0_PGTT, qw[0]);
	u8 aw = FIELD_GET(VTD_PE0_AW, qw[0]);
	u8 fspm = FIELD_GET(VTD_PE2_FSPM, qw[2]);

	if (!pgtt_offered(caps, pgtt))
		return 0x5b;
	if ((pgtt == VTD_PGTT_SECOND || pgtt == VTD_PGTT_NESTED) &&
	    !vtdm_caps_has_aw(caps, aw))
		return 0x5b;
	if (pgtt != VTD_PGTT_SECOND &&
	    fspm > (caps->fs5l ? VTD_FSPM_5LEVEL : VTD_FSPM_4LEVEL))
		return 0x5b;
	if (pgtt == VTD_PGTT_NESTED &&
	    (qw[2] & VTD_PE2_FSPTPTR) >= vtdm_pasid_limit(model, aw))
		return 0x5b;
	return 0;
}

static void pasid_decode(struct vtdm_pasid *pe, const u64 *qw)
{
	u8 fspm = FIELD_GET(VTD_PE2_FSPM, qw[2]);

	*pe = (struct vtdm_pasid){
		.fsptptr = qw[2] & VTD_PE2_FSPTPTR,
		.ssptptr = qw[0] & VTD_PE0_SSPTPTR,
		.did = FIELD_GET(VTD_PE1_DID, qw[1]),
		.pgtt = FIELD_GET(VTD_PE0_PGTT, qw[0]),
		.aw = FIELD_GET(VTD_PE0_AW, qw[0]),
		.fslevels = fspm == VTD_FSPM_5LEVEL ? 5 : 4,
		.pat = FIELD_GET(VTD_PE1_PAT, qw[1]),
		.fpd = pe->fpd,
		.ssade = qw[0] & VTD_PE0_SSADE,
		.pwsnp = qw[1] & VTD_PE1_PWSNP,
		.pgsnp = qw[1] & VTD_PE1_PGSNP,
		.cd = qw[1] & VTD_PE1_CD,
		.emte = qw[1] & VTD_PE1_EMTE,
		.sre = qw[2] & VTD_PE2_SRE,
		.wpe = qw[2] & VTD_PE2_WPE,
		.eafe = qw[2] & VTD_PE2_EAFE,
	};
}

/**
 * vtdm_pasid_find() - read the directory entry and the PASID entry
 * @walk: the walk, with its context and PASID; its PASID entry is filled
 *
 * Return: a fault reason, or 0 if the entry is valid for any request.
 */
u8 vtdm_pasid_find(struct vtdm_walk *walk)
{
	struct vtd_pasid_entry entry;
	u64 table;
	u8 reason;

	walk->pe = (struct vtdm_pasid){ 0 };
	reason = pasid_directory(walk, &table);
	walk->fpd |= walk->pe.fpd;
	if (reason)
		return reason;
	table += FIELD_GET(VTD_PASID_TABLE_INDEX, walk->pasid) * sizeof(entry);
	if (vtdm_read_entry(walk, VTDM_WORD_PASID, table, entry.qw, 8))
		return 0x58;
	walk->pe.fpd |= !!(entry.qw[0] & VTD_PE0_FPD);
	walk->fpd |= walk->pe.fpd;
	if (!(entry.qw[0] & VTD_PE0_P))
		return 0x59;
	reason = pasid_reserved(walk->model, entry.qw);
	if (!reason)
		reason = pasid_programmed(walk->model, entry.qw);
	if (!reason)
		pasid_decode(&walk->pe, entry.qw);
	return reason;
}

/**
 * vtdm_pasid_judge() - does a valid PASID entry let this request pass?
 * @walk: the walk, with its PASID entry; learns who is a supervisor
 *
 * Return: a fault reason, or 0.
 */
u8 vtdm_pasid_judge(struct vtdm_walk *walk)
{
	const struct vtd_model_request *rq = walk->rq;

	if (rq->access == VTD_ACCESS_PAGE_REQUEST)
		return 0;
	if (rq->execute)
		return 0x5c;
	walk->supervisor = rq->has_pasid ? rq->privileged : walk->ctx.rid_priv;
	return walk->supervisor && !walk->pe.sre ? 0x5d : 0;
}
