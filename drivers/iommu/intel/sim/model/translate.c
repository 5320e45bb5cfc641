// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a request to its outcome (VT-d chapters 3, 4, 7).
 */
#include <linux/string.h>

#include "../../hw/irte.h"
#include "../../hw/pasid.h"
#include "ats.h"
#include "first.h"
#include "flags.h"
#include "model.h"
#include "nested.h"
#include "pasid.h"
#include "reason.h"
#include "root.h"
#include "second.h"

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
static u8 translated(struct vtdm_walk *walk)
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
static u8 passthrough(struct vtdm_walk *walk)
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
		return passthrough(walk);
	default:
		return vtdm_second_translate(walk);
	}
}

/* LGN.2, LGN.3, SGN.6, SGN.7 */
static u8 permit(const struct vtdm_walk *walk, enum vtd_access access, u32 size)
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
		return permit(walk, VTD_ACCESS_ATOMIC, PAGE_BYTES);
	return permit(walk, VTD_ACCESS_READ, PAGE_BYTES);
}

static bool writes(const struct vtdm_walk *walk)
{
	if (vtdm_walk_is_ats(walk))
		return vtdm_ats_wants_write(walk);
	return walk->rq->access != VTD_ACCESS_READ;
}

/* Everything behind the page tables: permissions, range, flags. */
static u8 use_page(struct vtdm_walk *walk)
{
	u8 reason;

	if (!vtdm_walk_is_ats(walk)) {
		reason = permit(walk, walk->rq->access, walk->rq->size);
		if (reason)
			return reason;
	}
	if ((walk->page.read || walk->page.write) &&
	    in_interrupt_range(walk->page.addr))
		return walk->legacy ? 0x0e : 0x87;
	if (writes(walk) && walk->page.write)
		vtdm_flags_want_dirty(walk);
	return vtdm_flags_set(walk);
}

/* One way through the tables. */
static u8 walk_tables(struct vtdm_walk *walk)
{
	u8 reason;

	walk->trail.nr = 0;
	walk->also[0] = 0;
	walk->also[1] = 0;
	reason = vtdm_context_find(walk);
	if (!reason)
		reason = vtdm_context_judge(walk);
	if (reason)
		return reason;
	if (walk->rq->at == VTD_FRCD_AT_TRANSLATED)
		return translated(walk);
	if (walk->legacy) {
		vtdm_pasid_of_legacy(walk);
	} else {
		walk->pasid = vtdm_pasid_number(walk);
		reason = vtdm_pasid_find(walk);
		if (!reason)
			reason = vtdm_pasid_judge(walk);
		if (reason)
			return reason;
	}
	if (walk->rq->access == VTD_ACCESS_PAGE_REQUEST)
		return 0;
	reason = find_page(walk);
	return reason ? reason : use_page(walk);
}

/* The flags could not be set in any of many tries: the update failed. */
static u8 given_up(const struct vtdm_walk *walk)
{
	return walk->pe.pgtt == VTD_PGTT_SECOND ? 0x7d : 0x91;
}

static u8 walk_until_stable(struct vtdm_walk *walk)
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

static void finish(struct vtdm_walk *walk, struct vtd_model_outcome *out)
{
	const struct vtdm_leaf *page = &walk->page;

	out->verdict = VTD_MODEL_DONE;
	if (walk->rq->access == VTD_ACCESS_PAGE_REQUEST)
		return;
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

static void fail(struct vtdm_walk *walk, u8 reason,
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
		reason = walk_until_stable(walk);
	if (reason)
		fail(walk, reason, out);
	else
		finish(walk, out);
}
