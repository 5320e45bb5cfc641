// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device TLB of one function (VT-d chapter 4).
 */
#include <linux/bitfield.h>

#include "dtlb.h"
#include "model.h"
#include "note.h"
#include "translate.h"

#define PAGE_ORDER	12

/**
 * vtd_model_dtlb_init() - an empty device TLB
 * @dtlb: memory of the owner
 * @sid: the function's source id
 * @entry: memory for the entries
 * @nr: how many; not 0
 */
void vtd_model_dtlb_init(struct vtd_model_dtlb *dtlb, u16 sid,
			 struct vtd_model_dtlb_entry *entry, u32 nr)
{
	u32 i;

	*dtlb = (struct vtd_model_dtlb){ .entry = entry, .nr = nr, .sid = sid };
	for (i = 0; i < nr; i++)
		entry[i].valid = false;
}

static bool same_space(const struct vtd_model_dtlb_entry *entry,
		       const struct vtd_model_request *rq)
{
	return entry->valid && entry->has_pasid == rq->has_pasid &&
	       (!rq->has_pasid || entry->pasid == rq->pasid) &&
	       entry->privileged == rq->privileged;
}

static u8 order_of(u64 size)
{
	u8 order = PAGE_ORDER;

	while (1ULL << order < size)
		order++;
	return order;
}

static struct vtd_model_dtlb_entry *
entry_for(struct vtd_model_dtlb *dtlb, const struct vtd_model_request *rq)
{
	struct vtd_model_dtlb_entry *entry, *free = NULL;
	u32 i;

	for (i = 0; i < dtlb->nr; i++) {
		entry = &dtlb->entry[i];
		if (!entry->valid)
			free = free ? free : entry;
		else if (same_space(entry, rq) &&
			 entry->addr >> entry->order ==
			 rq->addr >> entry->order)
			return entry;
	}
	return free ? free : &dtlb->entry[dtlb->next++ % dtlb->nr];
}

/**
 * vtd_model_dtlb_fill() - remember the answer to a translation request
 * @dtlb: the device TLB
 * @model: the unit that answered
 * @rq: the translation request
 * @out: its outcome; one that grants nothing to translated requests is not kept
 */
void vtd_model_dtlb_fill(struct vtd_model_dtlb *dtlb,
			 const struct vtd_model *model,
			 const struct vtd_model_request *rq,
			 const struct vtd_model_outcome *out)
{
	if (out->verdict != VTD_MODEL_DONE || out->ats_u ||
	    (!out->read && !out->write))
		return;
	*entry_for(dtlb, rq) = (struct vtd_model_dtlb_entry){
		.addr = rq->addr & ~(out->size - 1),
		.host = out->addr,
		.filled = model->clock,
		.pasid = rq->pasid,
		.order = order_of(out->size),
		.valid = true,
		.has_pasid = rq->has_pasid,
		.privileged = rq->privileged,
		.read = out->read,
		.write = out->write,
	};
}

/**
 * vtd_model_dtlb_find() - what the device knows about an address
 * @dtlb: the device TLB
 * @rq: the request that it wants to make
 *
 * Return: the entry, which may lack the permission; NULL if there is none.
 */
const struct vtd_model_dtlb_entry *
vtd_model_dtlb_find(const struct vtd_model_dtlb *dtlb,
		    const struct vtd_model_request *rq)
{
	const struct vtd_model_dtlb_entry *entry;
	u32 i;

	for (i = 0; i < dtlb->nr; i++) {
		entry = &dtlb->entry[i];
		if (same_space(entry, rq) && entry->addr >> entry->order ==
					     rq->addr >> entry->order)
			return entry;
	}
	return NULL;
}

/* The lowest 0 of the address, from bit 12 up, says how large the range is. */
static u8 range_order(u64 addr, u64 s)
{
	u8 bit = PAGE_ORDER;

	if (!s)
		return PAGE_ORDER;
	while (bit < 63 && addr & 1ULL << bit)
		bit++;
	return bit + 1;
}

static bool entry_overlaps(const struct vtd_model_dtlb_entry *entry, u64 addr,
			   u8 order)
{
	if (order < entry->order)
		order = entry->order;
	return order >= 64 || entry->addr >> order == addr >> order;
}

static bool for_pasid(const struct vtd_model_dtlb_entry *entry,
		      const struct vtd_desc *desc)
{
	if (vtd_desc_type(desc) == VTD_DESC_DEV_TLB)
		return !entry->has_pasid;
	return entry->has_pasid &&
	       (desc->qw[1] & VTD_PDTLB1_GI ||
		entry->pasid == FIELD_GET(VTD_DESC_PASID, desc->qw[0]));
}

/**
 * vtd_model_dtlb_invalidate() - an invalidation request arrives at the device
 * @dtlb: the device TLB
 * @desc: the descriptor that it comes from, of any type
 *
 * Return: how many entries it removed.
 */
u32 vtd_model_dtlb_invalidate(struct vtd_model_dtlb *dtlb,
			      const struct vtd_desc *desc)
{
	u64 addr = desc->qw[1] & VTD_DESC1_ADDR;
	u64 s = vtd_desc_type(desc) == VTD_DESC_DEV_TLB ? VTD_DTLB1_S :
							  VTD_PDTLB1_S;
	u8 order = range_order(addr, desc->qw[1] & s);
	u32 i, removed = 0;

	if (vtd_desc_dtlb_sid(desc) != dtlb->sid)
		return 0;
	for (i = 0; i < dtlb->nr; i++) {
		struct vtd_model_dtlb_entry *entry = &dtlb->entry[i];

		if (entry->valid && for_pasid(entry, desc) &&
		    entry_overlaps(entry, addr, order)) {
			entry->valid = false;
			removed++;
		}
	}
	return removed;
}

static struct vtd_desc inval_needed(const struct vtd_model_dtlb *dtlb,
				    const struct vtd_model_dtlb_entry *entry)
{
	struct vtd_dtlb_target target = { .sid = dtlb->sid };
	unsigned int order = entry->order - PAGE_ORDER;

	if (entry->has_pasid)
		return vtd_desc_pasid_dev_tlb(&target, entry->pasid,
					      entry->addr, order);
	return vtd_desc_dev_tlb(&target, entry->addr, order);
}

/**
 * vtd_model_dtlb_stale() - does the device know more than memory grants?
 * @model: the unit
 * @dtlb: the device TLB
 * @entry: an entry that the device is about to use
 *
 * If so it is noted. Less permissions than memory grants are no concern: the
 * device will ask again.
 *
 * Return: 1 if it does, else 0.
 */
u32 vtd_model_dtlb_stale(struct vtd_model *model,
			 const struct vtd_model_dtlb *dtlb,
			 const struct vtd_model_dtlb_entry *entry)
{
	struct vtd_model_request rq = {
		.addr = entry->addr,
		.pasid = entry->pasid,
		.sid = dtlb->sid,
		.access = VTD_ACCESS_READ,
		.at = VTD_FRCD_AT_REQUEST,
		.has_pasid = entry->has_pasid,
		.privileged = entry->privileged,
	};
	const struct vtdm_leaf *page = &model->fresh.page;
	u8 reason = vtdm_translate_fresh(model, &rq);
	struct vtd_model_note note = {
		.cache = VTD_MODEL_CACHE_DEVICE,
		.addr = entry->addr,
		.filled = entry->filled,
		.at = model->clock,
		.needed = inval_needed(dtlb, entry),
		.pasid = entry->pasid,
		.sid = dtlb->sid,
		.did = model->fresh.pe.did,
	};

	if (!reason && page->addr == entry->host &&
	    page->order >= entry->order &&
	    (!entry->read || page->read) && (!entry->write || page->write))
		return 0;
	model->stale++;
	if (model->config.ops->note)
		model->config.ops->note(model->config.owner, &note);
	return 1;
}
