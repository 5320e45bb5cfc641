// SPDX-License-Identifier: GPL-2.0-only
/*
 * Root and context entries (VT-d chapters 3, 9).
 *
 * Reasons are those of conditions RTA.x, LRT.x, LCT.x, SRT.x and SCT.x of
 * chapter 7, checked in the order of their numbers.
 */
#include <linux/bitfield.h>

#include "../../hw/cap.h"
#include "../../hw/pasid_layout.h"
#include "../../hw/regs_layout.h"
#include "../../hw/root_layout.h"
#include "cache.h"
#include "memory.h"
#include "model.h"
#include "root.h"

#define SM_ENTRY_SIZE	sizeof(struct vtd_sm_context)

/* Address bits that the host does not have. */
static u64 beyond_host(const struct vtd_model *model)
{
	return ~(vtdm_caps_host_limit(&model->caps) - 1);
}

static u8 root_mode_valid(const struct vtd_model *model)
{
	switch (FIELD_GET(VTD_RTADDR_TTM, model->rtaddr)) {
	case VTD_TTM_LEGACY:
		return model->rtaddr & VTD_RTADDR_SSIRWE ? 0x30 : 0;
	case VTD_TTM_SCALABLE:
		return model->caps.smts ? 0 : 0x30;
	case VTD_TTM_ABORT:
		return model->caps.adms ? 0 : 0x30;
	default:
		return 0x30;
	}
}

/**
 * vtdm_root_mode() - what RTADDR alone says about a request (RTA.x)
 * @walk: the walk; learns whether the mode is legacy
 *
 * Return: a fault reason, or 0.
 */
u8 vtdm_root_mode(struct vtdm_walk *walk)
{
	const struct vtd_model *model = walk->model;
	const struct vtd_model_request *rq = walk->rq;
	u8 ttm = FIELD_GET(VTD_RTADDR_TTM, model->rtaddr);

	walk->legacy = ttm == VTD_TTM_LEGACY;
	if (root_mode_valid(model))
		return 0x30;
	if (walk->legacy && rq->access == VTD_ACCESS_PAGE_REQUEST)
		return 0x32;
	if (walk->legacy && rq->has_pasid)
		return 0x31;
	if (ttm == VTD_TTM_ABORT)
		return 0x33;
	if (rq->execute && model->caps.major >= VTD_MAJOR_NO_EXEC)
		return 0x34;
	return 0;
}

static u64 root_entry_addr(const struct vtdm_walk *walk)
{
	return (walk->model->rtaddr & VTD_RTADDR_RTA) +
	       (walk->rq->sid >> 8) * sizeof(struct vtd_root_entry);
}

static u8 legacy_root(struct vtdm_walk *walk, u64 *table)
{
	u64 rsvd = (GENMASK_ULL(11, 0) ^ VTD_ROOT_P) | beyond_host(walk->model);
	u64 root[2];

	if (vtdm_read_entry(walk, VTDM_WORD_ROOT, root_entry_addr(walk), root, 2))
		return 0x08;
	if (!(root[0] & VTD_ROOT_P))
		return 0x01;
	if (root[0] & rsvd || root[1])
		return 0x0a;
	*table = root[0] & VTD_ROOT_PTR;
	return 0;
}

/* LCT.4.1 and LCT.4.2; LCT.4.3 shows when the second stage is walked. */
static u8 legacy_programmed(const struct vtd_model *model,
			    const struct vtdm_context *ctx)
{
	if (!vtdm_caps_has_aw(&model->caps, ctx->aw))
		return 0x03;
	switch (ctx->tt) {
	case VTD_TT_TRANSLATE:
		return 0;
	case VTD_TT_TRANSLATE_ATS:
		return model->caps.dt ? 0 : 0x03;
	case VTD_TT_PASSTHROUGH:
		return model->caps.pt ? 0 : 0x03;
	default:
		return 0x03;
	}
}

static u8 legacy_context(struct vtdm_walk *walk)
{
	const struct vtd_model *model = walk->model;
	struct vtdm_context *ctx = &walk->ctx;
	u64 table, entry[2], rsvd_did;
	u8 reason;

	reason = legacy_root(walk, &table);
	if (reason)
		return reason;
	if (vtdm_read_entry(walk, VTDM_WORD_CONTEXT, table +
			    (walk->rq->sid & 0xff) * sizeof(struct vtd_context),
			    entry, 2))
		return 0x09;
	ctx->fpd = entry[0] & VTD_CTX_FPD;
	if (!(entry[0] & VTD_CTX_P))
		return 0x02;
	ctx->tt = FIELD_GET(VTD_CTX_TT, entry[0]);
	ctx->aw = FIELD_GET(VTD_CTX_HI_AW, entry[1]);
	ctx->did = FIELD_GET(VTD_CTX_HI_DID, entry[1]);
	ctx->ssptptr = entry[0] & VTD_CTX_SSPTPTR;
	rsvd_did = VTD_CTX_HI_DID & ~FIELD_PREP(VTD_CTX_HI_DID,
						(1ULL << model->caps.did_bits) - 1);
	if (entry[0] & VTD_CTX_LO_RSVD || entry[1] & (VTD_CTX_HI_RSVD | rsvd_did))
		return 0x0b;
	if (ctx->tt != VTD_TT_PASSTHROUGH && ctx->ssptptr & beyond_host(model))
		return 0x0b;
	return legacy_programmed(model, ctx);
}

/* Only the half of the entry that serves the function counts. */
static u8 scalable_root(struct vtdm_walk *walk, u64 *table)
{
	u64 rsvd = (GENMASK_ULL(11, 0) ^ VTD_ROOT_P) | beyond_host(walk->model);
	u64 root[2], half;

	if (vtdm_read_entry(walk, VTDM_WORD_ROOT, root_entry_addr(walk), root, 2))
		return 0x38;
	half = root[walk->rq->sid >> 7 & 1];
	if (!(half & VTD_ROOT_P))
		return 0x39;
	if (half & rsvd)
		return 0x3a;
	*table = half & VTD_ROOT_PTR;
	return 0;
}

/* SCT.3: reserved always, or because the unit cannot do it. */
static u8 scalable_reserved(const struct vtd_model *model, const u64 *entry)
{
	const struct vtdm_caps *caps = &model->caps;
	u64 rsvd0 = VTD_SMCTX_QW0_RSVD | VTD_SMCTX_HPTE | beyond_host(model);
	u64 rsvd1 = VTD_SMCTX_QW1_RSVD;

	if (!caps->dt)
		rsvd0 |= VTD_SMCTX_DTE;
	if (!caps->pasid)
		rsvd0 |= VTD_SMCTX_PASIDE;
	if (!caps->prs)
		rsvd0 |= VTD_SMCTX_PRE;
	if (!caps->ptrs)
		rsvd0 |= VTD_SMCTX_EPTR;
	if (!caps->rps)
		rsvd1 |= VTD_SMCTX_QW1_RID_PASID;
	if (!caps->rprivs)
		rsvd1 |= VTD_SMCTX_QW1_RID_PRIV;
	if (entry[0] & rsvd0 || entry[1] & rsvd1 || entry[2] || entry[3])
		return 0x42;
	return 0;
}

static u8 scalable_context(struct vtdm_walk *walk)
{
	struct vtdm_context *ctx = &walk->ctx;
	u64 table, entry[4];
	u8 reason;

	reason = scalable_root(walk, &table);
	if (reason)
		return reason;
	if (vtdm_read_entry(walk, VTDM_WORD_CONTEXT,
			    table + (walk->rq->sid & 0x7f) * SM_ENTRY_SIZE,
			    entry, 4))
		return 0x40;
	ctx->fpd = entry[0] & VTD_SMCTX_FPD;
	if (!(entry[0] & VTD_SMCTX_P))
		return 0x41;
	if (scalable_reserved(walk->model, entry))
		return 0x42;
	ctx->dte = entry[0] & VTD_SMCTX_DTE;
	ctx->paside = entry[0] & VTD_SMCTX_PASIDE;
	ctx->pre = entry[0] & VTD_SMCTX_PRE;
	ctx->eptr = entry[0] & VTD_SMCTX_EPTR;
	ctx->dir = entry[0] & VTD_SMCTX_PASIDDIR;
	ctx->ndir = 1u << (FIELD_GET(VTD_SMCTX_PDTS, entry[0]) +
			   VTD_PASID_DIR_MIN_BITS + VTD_PASID_TABLE_BITS);
	ctx->rid_pasid = FIELD_GET(VTD_SMCTX_QW1_RID_PASID, entry[1]);
	ctx->rid_priv = entry[1] & VTD_SMCTX_QW1_RID_PRIV;
	if (ctx->pre && !ctx->dte)
		return 0x43;
	if (ctx->rid_pasid >= ctx->ndir)
		return 0x43;
	return ctx->eptr && !ctx->paside ? 0x43 : 0;
}

/**
 * vtdm_context_find() - read the root and the context entry of a request
 * @walk: the walk; its context and FPD are filled
 *
 * Return: a fault reason, or 0 if the entry is valid for any request.
 */
u8 vtdm_context_find(struct vtdm_walk *walk)
{
	u8 reason;

	walk->ctx = (struct vtdm_context){ 0 };
	if (walk->legacy)
		reason = legacy_context(walk);
	else
		reason = scalable_context(walk);
	walk->fpd = walk->ctx.fpd;
	return reason;
}

static u8 scalable_judge(struct vtdm_walk *walk)
{
	const struct vtd_model_request *rq = walk->rq;
	const struct vtdm_context *ctx = &walk->ctx;

	if (rq->at != VTD_FRCD_AT_UNTRANSLATED && !ctx->dte)
		return 0x44;
	if (rq->has_pasid && !ctx->paside)
		return 0x45;
	if (rq->has_pasid && rq->pasid >= ctx->ndir) {
		if (rq->pasid >> walk->model->caps.pasid_bits)
			vtdm_walk_allow(walk, 0x89, 0);
		return 0x46;
	}
	if (rq->access == VTD_ACCESS_PAGE_REQUEST && !ctx->pre)
		return 0x47;
	if (rq->has_pasid && rq->pasid == ctx->rid_pasid)
		return 0x48;
	if (rq->at == VTD_FRCD_AT_TRANSLATED && rq->has_pasid && !ctx->eptr)
		return 0x49;
	/* The text lists SGN.10 for requests, not for page requests. */
	if (rq->has_pasid && rq->access != VTD_ACCESS_PAGE_REQUEST &&
	    rq->pasid >> walk->model->caps.pasid_bits)
		return 0x89;
	return 0;
}

/**
 * vtdm_context_judge() - does a valid context entry let this request pass?
 * @walk: the walk, with its context
 *
 * Return: a fault reason, or 0.
 */
u8 vtdm_context_judge(struct vtdm_walk *walk)
{
	if (!walk->legacy)
		return scalable_judge(walk);
	if (walk->rq->at != VTD_FRCD_AT_UNTRANSLATED &&
	    walk->ctx.tt != VTD_TT_TRANSLATE_ATS)
		return 0x0d;
	return 0;
}

/**
 * vtd_model_set_root() - latch a root table
 * @model: the unit
 * @rtaddr: as register RTADDR
 *
 * Unless the unit has ESRTPS, everything stays cached.
 */
void vtd_model_set_root(struct vtd_model *model, u64 rtaddr)
{
	if (!model->caps.ssirws)
		rtaddr &= ~VTD_RTADDR_SSIRWE;
	model->rtaddr = rtaddr;
	if (model->caps.esrtps)
		vtdm_cache_clear(model);
}

/**
 * vtd_model_set_translation() - switch DMA remapping on or off
 * @model: the unit
 * @on: 0 is off; then a unit with SMTS empties its caches
 */
void vtd_model_set_translation(struct vtd_model *model, u32 on)
{
	if (model->translating && !on && model->caps.smts)
		vtdm_cache_clear(model);
	model->translating = on;
}
