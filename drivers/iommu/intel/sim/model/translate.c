// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a request to its outcome (VT-d chapters 3, 4, 7).
 */
#include <linux/string.h>

#include "../../hw/irte_layout.h"
#include "../../hw/pasid_layout.h"
#include "ats.h"
#include "cache.h"
#include "choice.h"
#include "first.h"
#include "flags.h"
#include "invalidate.h"
#include "model.h"
#include "nested.h"
#include "pasid.h"
#include "reason.h"
#include "root.h"
#include "second.h"
#include "stale.h"
#include "translate.h"
#include "upper.h"

/* A walk whose words keep changing is given up. */
#define WALK_TRIES	16

#define PAGE_BYTES	4096
#define ORDER_4K	12
#define ORDER_2M	21
#define ORDER_1G	30

static bool in_interrupt_range(u64 addr)
{
	return addr >= VTD_MSI_BASE && addr <= VTD_MSI_LAST;
}

static bool request_shaped(const struct vtd_model_request *rq)
{
	if (rq->at == VTD_FRCD_AT_REQUEST)
		return rq->access == VTD_ACCESS_READ;
	if (rq->access == VTD_ACCESS_PAGE_REQUEST)
		return rq->at == VTD_FRCD_AT_UNTRANSLATED && !rq->no_write;
	if (rq->at > VTD_FRCD_AT_TRANSLATED || rq->no_write)
		return false;
	if (!rq->size)
		return rq->access == VTD_ACCESS_READ;
	return rq->size <= PAGE_BYTES - rq->addr % PAGE_BYTES;
}

/* What PCI Express cannot carry is a mistake of the owner, no fault. */
static bool request_possible(const struct vtd_model_request *rq)
{
	if (!rq->has_pasid && (rq->privileged || rq->execute))
		return false;
	if (rq->execute && rq->access == VTD_ACCESS_PAGE_REQUEST)
		return rq->want_read;
	if (rq->execute && rq->access != VTD_ACCESS_READ)
		return false;
	return rq->pasid < 1u << VTD_PASID_MAX_BITS && request_shaped(rq);
}

/* Untranslated, without a PASID, to the interrupt range: no DMA. */
static void interrupt_range(struct vtdm_walk *walk,
			    struct vtd_model_outcome *out)
{
	const struct vtd_model_request *rq = walk->rq;

	if (rq->access == VTD_ACCESS_WRITE && rq->size == sizeof(u32) &&
	    !(rq->addr % sizeof(u32))) {
		out->verdict = VTD_MODEL_INTERRUPT;
		return;
	}
	if (rq->access == VTD_ACCESS_READ && !rq->size) {
		out->verdict = VTD_MODEL_DONE;
		return;
	}
	out->verdict = VTD_MODEL_BLOCKED;
	if (vtdm_choose(walk->model, VTD_MODEL_CHOICE_SILENT_RANGE))
		return;
	out->reason = 0x29;
	vtdm_reason_record(walk, 0x29, out);
}

/* TES=0: memory is open, but nothing of ATS and PRI works. */
static void not_translating(const struct vtdm_walk *walk,
			    struct vtd_model_outcome *out)
{
	if (walk->rq->access == VTD_ACCESS_PAGE_REQUEST) {
		out->verdict = VTD_MODEL_INVALID;
	} else if (walk->rq->at != VTD_FRCD_AT_UNTRANSLATED) {
		out->verdict = VTD_MODEL_UR;
	} else {
		out->addr = walk->rq->addr;
		out->size = PAGE_BYTES;
		out->read = true;
		out->write = true;
		out->snoop = !walk->rq->no_snoop;
	}
}

/* LGN.1.2, LGN.4, SGN.4.1, SGN.8: the device says it knows the page. */
static u8 walk_translated(struct vtdm_walk *walk)
{
	u64 addr = walk->rq->addr;

	if (addr >= vtdm_caps_host_limit(&walk->model->caps))
		return walk->legacy ? 0x04 : 0x83;
	if (in_interrupt_range(addr))
		return walk->legacy ? 0x0e : 0x87;
	walk->page = (struct vtdm_leaf){
		.addr = addr,
		.order = ORDER_4K,
		.read = true,
		.write = true,
	};
	return 0;
}

/* The largest page that has nothing of the interrupt range. */
static u8 passthrough_order(u64 addr)
{
	static const u8 orders[] = { ORDER_1G, ORDER_2M };
	unsigned int i;

	for (i = 0; i < sizeof(orders); i++) {
		if (addr >> orders[i] != VTD_MSI_BASE >> orders[i])
			return orders[i];
	}
	return ORDER_4K;
}

/* LGN.1.3, SGN.4.2 */
static u8 walk_passthrough(struct vtdm_walk *walk)
{
	u64 addr = walk->rq->addr;

	if (addr >= vtdm_caps_host_limit(&walk->model->caps))
		return walk->legacy ? 0x04 : 0x83;
	walk->page = (struct vtdm_leaf){
		.addr = addr,
		.order = passthrough_order(addr),
		.read = true,
		.write = true,
	};
	return 0;
}

static u8 find_page(struct vtdm_walk *walk)
{
	u8 reason;

	switch (walk->pe.pgtt) {
	case VTD_PGTT_FIRST:
		return vtdm_first_translate(walk);
	case VTD_PGTT_NESTED:
		reason = vtdm_first_translate(walk);
		return reason ? reason : vtdm_nested_page(walk);
	case VTD_PGTT_PASSTHROUGH:
		return walk_passthrough(walk);
	default:
		return vtdm_second_translate(walk);
	}
}

/* LGN.2, LGN.3, SGN.6, SGN.7 */
static u8 walk_permit(const struct vtdm_walk *walk, enum vtd_access access, u32 size)
{
	const struct vtdm_leaf *page = &walk->page;
	bool zero_length = !size && walk->model->caps.zlr;

	if (access != VTD_ACCESS_READ && !page->write)
		return walk->legacy ? 0x05 : 0x85;
	if (access != VTD_ACCESS_WRITE && !page->read &&
	    !(zero_length && page->write))
		return walk->legacy ? 0x06 : 0x86;
	return 0;
}

/* A page that grants less than was asked for is no fault of ATS. */
static u8 permit_ats(const struct vtdm_walk *walk)
{
	if (vtdm_ats_wants_write(walk))
		return walk_permit(walk, VTD_ACCESS_ATOMIC, PAGE_BYTES);
	return walk_permit(walk, VTD_ACCESS_READ, PAGE_BYTES);
}

static bool walk_writes(const struct vtdm_walk *walk)
{
	if (vtdm_walk_is_ats(walk))
		return vtdm_ats_wants_write(walk);
	return walk->rq->access != VTD_ACCESS_READ;
}

/* What a page must be for this request: permissions, range. */
static u8 judge_page(const struct vtdm_walk *walk)
{
	u8 reason;

	if (!vtdm_walk_is_ats(walk)) {
		reason = walk_permit(walk, walk->rq->access, walk->rq->size);
		if (reason)
			return reason;
	}
	if ((walk->page.read || walk->page.write) &&
	    in_interrupt_range(walk->page.addr))
		return walk->legacy ? 0x0e : 0x87;
	return 0;
}

static u8 find_context(struct vtdm_walk *walk)
{
	struct vtdm_cached *known = vtdm_cache_context(walk);
	u8 reason;

	if (known) {
		vtdm_stale_context(walk, known);
		vtdm_cache_follow(walk, known);
		walk->ctx = known->ctx;
		walk->fpd = known->fpd;
		walk->legacy = known->tag.legacy;
		return known->reason;
	}
	reason = vtdm_context_find(walk);
	vtdm_cache_put_context(walk, reason);
	return reason;
}

static u8 find_pasid(struct vtdm_walk *walk)
{
	unsigned int from = walk->trail.nr;
	struct vtdm_cached *known;
	u8 reason;

	if (walk->legacy) {
		vtdm_pasid_of_legacy(walk);
		return 0;
	}
	walk->pasid = vtdm_pasid_number(walk);
	known = vtdm_cache_pasid(walk);
	if (known) {
		vtdm_stale_pasid(walk, known);
		vtdm_cache_follow(walk, known);
		walk->pe = known->pe;
		walk->fpd |= known->fpd;
		reason = known->reason;
	} else {
		reason = vtdm_pasid_find(walk);
		vtdm_cache_put_pasid(walk, reason, from);
	}
	return reason ? reason : vtdm_pasid_judge(walk);
}

/* The paging structures, and what is remembered of them. */
static u8 walk_stages(struct vtdm_walk *walk)
{
	u8 reason;

	reason = find_page(walk);
	if (!reason)
		reason = judge_page(walk);
	if (!reason) {
		if (walk_writes(walk) && walk->page.write)
			vtdm_flags_want_dirty(walk);
		reason = vtdm_flags_set(walk);
	}
	if (reason != VTDM_AGAIN) {
		vtdm_upper_put(walk);
		vtdm_cache_put_page(walk, reason);
	}
	return reason;
}

/* One way through the tables. */
static u8 walk_tables(struct vtdm_walk *walk)
{
	u8 reason;

	walk->trail.nr = 0;
	walk->also[0] = 0;
	walk->also[1] = 0;
	walk->page = (struct vtdm_leaf){ 0 };
	reason = find_context(walk);
	if (!reason)
		reason = vtdm_context_judge(walk);
	if (reason)
		return reason;
	if (walk->rq->at == VTD_FRCD_AT_TRANSLATED)
		return walk_translated(walk);
	reason = find_pasid(walk);
	if (reason || walk->rq->access == VTD_ACCESS_PAGE_REQUEST)
		return reason;
	return walk_stages(walk);
}

/* The flags could not be set in any of many tries: the update failed. */
static u8 given_up(const struct vtdm_walk *walk)
{
	return walk->pe.pgtt == VTD_PGTT_SECOND ? 0x7d : 0x91;
}

/* By tables, with or without caches; the walk has its request and knows the mode. */
static u8 translate_tables(struct vtdm_walk *walk)
{
	unsigned int tries;
	u8 reason;

	for (tries = 0; tries < WALK_TRIES; tries++) {
		reason = walk_tables(walk);
		if (reason != VTDM_AGAIN)
			return reason;
	}
	return given_up(walk);
}

/**
 * vtdm_translate_fresh() - walk a request without caches and without a trace
 * @model: the unit; its fresh walk has the page then
 * @rq: the request
 *
 * Return: the fault reason, or 0.
 */
u8 vtdm_translate_fresh(struct vtd_model *model, const struct vtd_model_request *rq)
{
	struct vtdm_walk *fresh = &model->fresh;
	u8 reason;

	memset(fresh, 0, sizeof(*fresh));
	fresh->model = model;
	fresh->rq = rq;
	fresh->dry = true;
	reason = vtdm_root_mode(fresh);
	if (!reason)
		reason = translate_tables(fresh);
	return reason;
}

/*
 * The IOTLB is asked before anything else. A write to a page whose D is not
 * known to be set must go through the tables again.
 */
static u8 walk_translate(struct vtdm_walk *walk)
{
	struct vtdm_cached *known = vtdm_cache_page(walk);
	u64 offset;
	u8 reason;

	if (!known || (walk_writes(walk) && known->page.write && !known->dirty))
		return translate_tables(walk);
	offset = (1ULL << known->tag.order) - 1;
	walk->pe = known->pe;
	walk->page = known->page;
	walk->page.addr |= walk->rq->addr & offset;
	walk->fpd = known->fpd;
	walk->legacy = known->tag.legacy;
	walk->dirty = known->dirty;
	reason = known->reason ? known->reason : judge_page(walk);
	if (walk->model->config.check)
		vtdm_stale_page(walk, known, reason,
				vtdm_translate_fresh(walk->model, walk->rq));
	return reason;
}

static void set_memtype(const struct vtdm_walk *walk,
			struct vtd_model_outcome *out)
{
	u8 pgtt = walk->pe.pgtt;
	bool first = pgtt == VTD_PGTT_FIRST || pgtt == VTD_PGTT_NESTED;
	bool second = pgtt == VTD_PGTT_SECOND || pgtt == VTD_PGTT_NESTED;

	if (!walk->model->caps.mts || walk->rq->at == VTD_FRCD_AT_TRANSLATED)
		return;
	out->emt = walk->page.emt;
	if (first)
		out->pat = walk->pe.pat >> 4 * walk->page.pat & 0xf;
	if (walk->pe.cd)
		out->memtype = VTD_MODEL_MT_UC;
	else if (second && walk->pe.emte)
		out->memtype = first && !walk->page.ipat ?
			VTD_MODEL_MT_EMT_PAT : VTD_MODEL_MT_EMT;
	else
		out->memtype = first ? VTD_MODEL_MT_MTRR_PAT :
				       VTD_MODEL_MT_MTRR;
}

/* It asks for no page: its address is undefined. */
static bool is_stop_marker(const struct vtd_model_request *rq)
{
	return rq->has_pasid && rq->last && !rq->want_read && !rq->want_write;
}

static void walk_finish(struct vtdm_walk *walk, struct vtd_model_outcome *out)
{
	const struct vtdm_leaf *page = &walk->page;

	out->verdict = VTD_MODEL_DONE;
	if (walk->rq->access == VTD_ACCESS_PAGE_REQUEST) {
		if (!is_stop_marker(walk->rq))
			vtdm_invalidate_for_page_request(walk);
		return;
	}
	out->addr = page->addr;
	out->size = 1ULL << page->order;
	out->read = page->read;
	out->write = page->write;
	out->snoop = !walk->rq->no_snoop || page->snp;
	if (walk->rq->at != VTD_FRCD_AT_TRANSLATED)
		out->snoop |= walk->pe.pgsnp;
	set_memtype(walk, out);
	if (vtdm_walk_is_ats(walk)) {
		out->reason = permit_ats(walk);
		vtdm_ats_answer(walk, out);
	}
}

static void walk_fail(struct vtdm_walk *walk, u8 reason,
		      struct vtd_model_outcome *out)
{
	vtdm_flags_set_on_fault(walk);
	vtdm_reason_apply(walk, reason, out);
	if (vtdm_walk_is_ats(walk) && out->verdict == VTD_MODEL_DONE)
		vtdm_ats_answer_nothing(walk, out);
}

/**
 * vtd_model_translate() - what becomes of one request
 * @model: the unit
 * @rq: the request; page requests are judged, not queued
 * @out: filled
 *
 * Tables are read and their flags set by the model's callbacks.
 */
void vtd_model_translate(struct vtd_model *model,
			 const struct vtd_model_request *rq,
			 struct vtd_model_outcome *out)
{
	struct vtdm_walk *walk = &model->walk;
	bool range = !rq->has_pasid && in_interrupt_range(rq->addr) &&
		     rq->access != VTD_ACCESS_PAGE_REQUEST;
	u8 reason;

	memset(out, 0, sizeof(*out));
	model->clock++;
	if (!request_possible(rq)) {
		out->verdict = VTD_MODEL_MALFORMED;
		return;
	}
	memset(walk, 0, sizeof(*walk));
	walk->model = model;
	walk->rq = rq;
	if (range && rq->at == VTD_FRCD_AT_UNTRANSLATED) {
		interrupt_range(walk, out);
		return;
	}
	if (!model->translating) {
		not_translating(walk, out);
		return;
	}
	reason = vtdm_root_mode(walk);
	if (!reason && range && rq->at == VTD_FRCD_AT_REQUEST) {
		vtdm_ats_answer_range(walk, out);
		return;
	}
	if (!reason)
		reason = walk_translate(walk);
	out->stale = walk->stale;
	if (reason)
		walk_fail(walk, reason, out);
	else
		walk_finish(walk, out);
}
