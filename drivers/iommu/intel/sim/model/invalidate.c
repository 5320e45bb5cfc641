// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which entries an invalidation removes (VT-d chapter 6).
 *
 * Exactly what the text promises to remove is removed: more would be allowed,
 * but nobody may rely on it. Seeded retention stands for the more.
 */
#include <linux/bitfield.h>

#include "../../hw/pasid_layout.h"
#include "../../hw/regs_layout.h"
#include "cache.h"
#include "invalidate.h"
#include "model.h"

#define PAGE_ORDER	12

/* A descriptor in named fields; those that its type lacks are 0. */
struct inval {
	u64 addr;
	u32 pasid;
	u16 did;
	u16 sid;
	u16 sid_mask;
	u8 g;
	u8 order;		/* 2^order bytes from @addr on */
	bool leaves_only;	/* IH */
	bool scalable;
};

static bool in_range(const struct vtdm_tag *tag, const struct inval *inval)
{
	u8 order = tag->order > inval->order ? tag->order : inval->order;

	return order >= 64 || tag->addr >> order == inval->addr >> order;
}

static bool context_goes(const struct vtdm_tag *tag, const struct inval *inval)
{
	if (inval->g == VTD_CC_G_GLOBAL)
		return true;
	if (inval->g == VTD_CC_G_DOMAIN)
		return inval->scalable || tag->did == inval->did;
	return !((tag->sid ^ inval->sid) & inval->sid_mask) &&
	       (inval->scalable || tag->did == inval->did);
}

static bool pasid_goes(const struct vtdm_tag *tag, const struct inval *inval)
{
	if (inval->g == VTD_PC_G_GLOBAL)
		return true;
	return tag->did == inval->did &&
	       (inval->g == VTD_PC_G_DOMAIN || tag->pasid == inval->pasid);
}

static bool by_address(u8 pgtt)
{
	return pgtt == VTD_PGTT_SECOND || pgtt == VTD_PGTT_PASSTHROUGH;
}

/* Type 2: what has a first stage goes by domain id, whatever the address. */
static bool page_goes(const struct vtdm_tag *tag, const struct inval *inval)
{
	if (inval->g == VTD_IOTLB_G_GLOBAL)
		return true;
	if (tag->did != inval->did)
		return false;
	return inval->g == VTD_IOTLB_G_DOMAIN || !by_address(tag->pgtt) ||
	       in_range(tag, inval);
}

static bool second_goes(const struct vtdm_tag *tag, const struct inval *inval)
{
	if (inval->g == VTD_IOTLB_G_GLOBAL)
		return true;
	if (tag->did != inval->did)
		return false;
	return inval->g == VTD_IOTLB_G_DOMAIN ||
	       (!inval->leaves_only && in_range(tag, inval));
}

static bool first_goes(const struct vtdm_tag *tag, const struct inval *inval)
{
	return inval->g == VTD_IOTLB_G_GLOBAL || tag->did == inval->did;
}

/* Type 6; nothing of legacy mode has a PASID. */
static bool pasid_page_goes(const struct vtdm_tag *tag,
			    const struct inval *inval)
{
	if (tag->legacy || tag->did != inval->did ||
	    tag->pasid != inval->pasid)
		return false;
	return inval->g == VTD_PIOTLB_G_PASID ||
	       (!by_address(tag->pgtt) && in_range(tag, inval));
}

static bool pasid_first_goes(const struct vtdm_tag *tag,
			     const struct inval *inval)
{
	if (tag->did != inval->did || tag->pasid != inval->pasid)
		return false;
	return inval->g == VTD_PIOTLB_G_PASID ||
	       (!inval->leaves_only && in_range(tag, inval));
}

static void cache_drop(struct vtd_model *model, enum vtd_model_cache cache,
		       bool (*goes)(const struct vtdm_tag *tag,
				    const struct inval *inval),
		       const struct inval *inval)
{
	struct vtdm_cached *slot = model->caches.slot[cache];
	u32 i;

	for (i = 0; i < model->caches.nr[cache]; i++) {
		if (slot[i].valid && goes(&slot[i].tag, inval))
			slot[i].valid = false;
	}
}

static void drop_iotlb(struct vtd_model *model, const struct inval *inval)
{
	cache_drop(model, VTD_MODEL_CACHE_PAGE, page_goes, inval);
	cache_drop(model, VTD_MODEL_CACHE_SECOND, second_goes, inval);
	cache_drop(model, VTD_MODEL_CACHE_FIRST, first_goes, inval);
}

static void drop_pasid_iotlb(struct vtd_model *model, const struct inval *inval)
{
	cache_drop(model, VTD_MODEL_CACHE_PAGE, pasid_page_goes, inval);
	cache_drop(model, VTD_MODEL_CACHE_FIRST, pasid_first_goes, inval);
}

static bool interrupt_goes(const struct vtdm_tag *tag,
			   const struct inval *inval)
{
	return tag->addr >> inval->order == inval->addr >> inval->order;
}

static void drop_interrupts(struct vtd_model *model, const struct vtd_desc *desc)
{
	struct inval inval = {
		.addr = FIELD_GET(VTD_IEC_IIDX, desc->qw[0]),
		.order = FIELD_GET(VTD_IEC_IM, desc->qw[0]),
	};

	if (desc->qw[0] & VTD_IEC_G_INDEX)
		cache_drop(model, VTD_MODEL_CACHE_INTERRUPT, interrupt_goes, &inval);
	else
		vtdm_cache_clear_interrupts(model);
}

static u16 sid_mask(u64 fm)
{
	static const u16 masks[] = { 0xffff, 0xfffb, 0xfff9, 0xfff8 };

	return masks[fm];
}

static u16 did_of(const struct vtd_model *model, const struct vtd_desc *desc)
{
	return FIELD_GET(VTD_DESC_DID, desc->qw[0]) &
	       ((1u << model->caps.did_bits) - 1);
}

static struct inval inval_decode(const struct vtd_model *model,
				 const struct vtd_desc *desc)
{
	u64 qw0 = desc->qw[0], qw1 = desc->qw[1];

	return (struct inval){
		.addr = qw1 & VTD_DESC1_ADDR,
		.pasid = FIELD_GET(VTD_DESC_PASID, qw0),
		.did = did_of(model, desc),
		.sid = FIELD_GET(VTD_CC_SID, qw0),
		.sid_mask = sid_mask(FIELD_GET(VTD_CC_FM, qw0)),
		.g = FIELD_GET(VTD_DESC_G, qw0),
		.order = PAGE_ORDER + FIELD_GET(VTD_IOTLB1_AM, qw1),
		.leaves_only = qw1 & VTD_IOTLB1_IH,
		.scalable = FIELD_GET(VTD_RTADDR_TTM, model->rtaddr) !=
			    VTD_TTM_LEGACY,
	};
}

/* No second stage has addresses above MGAW: these bits do not count. */
static void trim_address(const struct vtd_model *model, struct inval *inval)
{
	inval->addr &= (1ULL << model->caps.mgaw) - 1;
}

/**
 * vtd_model_invalidate() - remove what a descriptor names from the caches
 * @model: the unit
 * @desc: a valid descriptor of type 1, 2, 4, 6 or 7; others remove nothing here
 */
void vtd_model_invalidate(struct vtd_model *model, const struct vtd_desc *desc)
{
	struct inval inval = inval_decode(model, desc);

	model->clock++;
	switch (vtd_desc_type(desc)) {
	case VTD_DESC_CONTEXT:
		cache_drop(model, VTD_MODEL_CACHE_CONTEXT, context_goes, &inval);
		break;
	case VTD_DESC_IOTLB:
		/* Of first-stage entries the address does not count. */
		trim_address(model, &inval);
		drop_iotlb(model, &inval);
		break;
	case VTD_DESC_IEC:
		drop_interrupts(model, desc);
		break;
	case VTD_DESC_PASID_IOTLB:
		drop_pasid_iotlb(model, &inval);
		break;
	case VTD_DESC_PASID_CACHE:
		cache_drop(model, VTD_MODEL_CACHE_PASID, pasid_goes, &inval);
		break;
	default:
		break;
	}
}

/**
 * vtdm_invalidate_for_page_request() - what an accepted page request removes
 * @walk: its walk, with the PASID entry
 *
 * A device that asks for a page knows that its translation is out of date.
 */
void vtdm_invalidate_for_page_request(struct vtdm_walk *walk)
{
	struct inval inval = {
		.addr = walk->rq->addr,
		.pasid = walk->pasid,
		.did = walk->pe.did,
		.order = PAGE_ORDER,
		.scalable = true,
	};

	switch (walk->pe.pgtt) {
	case VTD_PGTT_FIRST:
		inval.g = VTD_PIOTLB_G_PAGE;
		drop_pasid_iotlb(walk->model, &inval);
		break;
	case VTD_PGTT_NESTED:
		inval.g = VTD_IOTLB_G_DOMAIN;
		drop_iotlb(walk->model, &inval);
		break;
	default:
		inval.g = VTD_IOTLB_G_PAGE;
		drop_iotlb(walk->model, &inval);
		break;
	}
}
