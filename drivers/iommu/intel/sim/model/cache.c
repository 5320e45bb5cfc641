// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a unit remembers (VT-d chapter 6): slots, context cache, PASID cache,
 * IOTLB. The paging-structure caches are in upper.c.
 *
 * A unit with CM=1 may also remember that something is not there or is wrong,
 * but never of the first stage. The model then always does.
 */
#include <linux/string.h>

#include "../../hw/pasid_layout.h"
#include "cache.h"
#include "choice.h"
#include "model.h"

#define ORDER_4K	12

/* Seeded retention drops an entry at one lookup of this many. */
#define DROP_EVERY	4

static void cache_clear(struct vtdm_caches *caches, enum vtd_model_cache cache)
{
	u32 i;

	for (i = 0; i < caches->nr[cache]; i++)
		caches->slot[cache][i].valid = false;
}

/**
 * vtdm_cache_clear() - forget everything but interrupts
 * @model: the unit
 */
void vtdm_cache_clear(struct vtd_model *model)
{
	unsigned int i;

	for (i = 0; i < VTD_MODEL_CACHE_INTERRUPT; i++)
		cache_clear(&model->caches, i);
}

/**
 * vtdm_cache_clear_interrupts() - forget interrupts
 * @model: the unit
 */
void vtdm_cache_clear_interrupts(struct vtd_model *model)
{
	cache_clear(&model->caches, VTD_MODEL_CACHE_INTERRUPT);
}

/**
 * vtdm_cache_init() - share out the owner's slots
 * @model: the unit
 */
void vtdm_cache_init(struct vtd_model *model)
{
	unsigned int i;
	u32 at = 0;

	for (i = 0; i < VTD_MODEL_CACHES; i++) {
		model->caches.nr[i] = model->config.nslots[i];
		if (model->caches.nr[i])
			model->caches.slot[i] = &model->config.slots[at];
		at += model->caches.nr[i];
	}
	vtdm_cache_clear(model);
	vtdm_cache_clear_interrupts(model);
}

/**
 * vtdm_cache_usable() - may this walk look into a cache?
 * @walk: the walk; one that only looks uses none
 * @cache: which
 *
 * Return: false if it may not, or if there is none.
 */
bool vtdm_cache_usable(struct vtdm_walk *walk, enum vtd_model_cache cache)
{
	struct vtd_model *model = walk->model;
	u32 nr = model->caches.nr[cache];

	if (walk->dry || !nr || model->config.retention == VTD_MODEL_KEEP_NONE)
		return false;
	if (model->config.retention == VTD_MODEL_KEEP_SEEDED &&
	    !(vtdm_random(model) >> 33 & (DROP_EVERY - 1)))
		model->caches.slot[cache][vtdm_random(model) % nr].valid = false;
	return true;
}

static bool same_tag(const struct vtdm_tag *a, const struct vtdm_tag *b)
{
	return a->addr == b->addr && a->pasid == b->pasid && a->sid == b->sid &&
	       a->did == b->did && a->order == b->order &&
	       a->level == b->level && a->pgtt == b->pgtt && a->at == b->at &&
	       a->has_pasid == b->has_pasid &&
	       a->privileged == b->privileged && a->legacy == b->legacy;
}

/* The slot of this tag, a free one, or one whose entry must go. */
static struct vtdm_cached *slot_for(struct vtdm_caches *caches,
				    enum vtd_model_cache cache,
				    const struct vtdm_tag *tag)
{
	struct vtdm_cached *slot, *free = NULL;
	u32 i;

	for (i = 0; i < caches->nr[cache]; i++) {
		slot = &caches->slot[cache][i];
		if (!slot->valid)
			free = free ? free : slot;
		else if (same_tag(&slot->tag, tag))
			return slot;
	}
	if (free)
		return free;
	caches->dropped[cache]++;
	i = caches->next[cache]++ % caches->nr[cache];
	return &caches->slot[cache][i];
}

/**
 * vtdm_cache_put() - remember something
 * @walk: the walk that found it
 * @cache: where
 * @tag: by what it will be found
 * @from: first word of the walk's trail that it was made of
 * @to: the one behind the last
 *
 * Return: an entry for the caller to fill, which has its tag, time and trail;
 * NULL if nothing is remembered.
 */
struct vtdm_cached *vtdm_cache_put(struct vtdm_walk *walk,
				   enum vtd_model_cache cache,
				   const struct vtdm_tag *tag,
				   unsigned int from, unsigned int to)
{
	struct vtdm_cached *slot;

	if (!vtdm_cache_usable(walk, cache))
		return NULL;
	slot = slot_for(&walk->model->caches, cache, tag);
	memset(slot, 0, sizeof(*slot));
	slot->valid = true;
	slot->tag = *tag;
	slot->filled = walk->model->clock;
	slot->trail.nr = to - from;
	memcpy(slot->trail.word, walk->trail.word + from,
	       (to - from) * sizeof(slot->trail.word[0]));
	return slot;
}

/**
 * vtdm_cache_follow() - go on as if the words of an entry had just been read
 * @walk: the walk; its trail grows
 * @entry: the entry that was hit
 *
 * The flags of these words are set already: the entry could not exist else.
 */
void vtdm_cache_follow(struct vtdm_walk *walk, const struct vtdm_cached *entry)
{
	struct vtdm_word *word;
	unsigned int i;

	for (i = 0; i < entry->trail.nr; i++) {
		word = &walk->trail.word[walk->trail.nr++];
		*word = entry->trail.word[i];
		word->set = 0;
		word->holder = 0;
		word->upper = false;
	}
}

/**
 * vtdm_cache_context() - look a device up
 * @walk: the walk
 *
 * Return: the entry, or NULL.
 */
struct vtdm_cached *vtdm_cache_context(struct vtdm_walk *walk)
{
	struct vtdm_caches *caches = &walk->model->caches;
	struct vtdm_cached *slot;
	u32 i;

	if (!vtdm_cache_usable(walk, VTD_MODEL_CACHE_CONTEXT))
		return NULL;
	for (i = 0; i < caches->nr[VTD_MODEL_CACHE_CONTEXT]; i++) {
		slot = &caches->slot[VTD_MODEL_CACHE_CONTEXT][i];
		if (slot->valid && slot->tag.sid == walk->rq->sid)
			return slot;
	}
	return NULL;
}

/* What CM=1 allows to be remembered of root and context entries. */
static bool context_fault_kept(const struct vtd_model *model, u8 reason)
{
	switch (reason) {
	case 0x01:
	case 0x02:
	case 0x03:
	case 0x0a:
	case 0x0b:
	case 0x39:
	case 0x3a:
	case 0x41:
	case 0x42:
	case 0x43:
		return model->caps.cm;
	default:
		return false;
	}
}

/**
 * vtdm_cache_put_context() - remember a device
 * @walk: a walk that has just read its context entry
 * @reason: the fault of it, or 0
 */
void vtdm_cache_put_context(struct vtdm_walk *walk, u8 reason)
{
	struct vtdm_tag tag = {
		.sid = walk->rq->sid,
		.did = reason ? 0 : walk->ctx.did,
		.legacy = walk->legacy,
	};
	struct vtdm_cached *slot;

	if (reason && !context_fault_kept(walk->model, reason))
		return;
	slot = vtdm_cache_put(walk, VTD_MODEL_CACHE_CONTEXT, &tag, 0,
			      walk->trail.nr);
	if (!slot)
		return;
	slot->reason = reason;
	slot->fpd = walk->fpd;
	slot->ctx = walk->ctx;
	slot->upper.root = walk->model->rtaddr;
}

/**
 * vtdm_cache_pasid() - look a PASID of a device up
 * @walk: the walk, with its context and PASID
 *
 * Return: the entry, or NULL.
 */
struct vtdm_cached *vtdm_cache_pasid(struct vtdm_walk *walk)
{
	struct vtdm_caches *caches = &walk->model->caches;
	struct vtdm_cached *slot;
	u32 i;

	if (!vtdm_cache_usable(walk, VTD_MODEL_CACHE_PASID))
		return NULL;
	for (i = 0; i < caches->nr[VTD_MODEL_CACHE_PASID]; i++) {
		slot = &caches->slot[VTD_MODEL_CACHE_PASID][i];
		if (slot->valid && slot->tag.sid == walk->rq->sid &&
		    slot->tag.pasid == walk->pasid)
			return slot;
	}
	return NULL;
}

static bool pasid_fault_kept(const struct vtd_model *model, u8 reason)
{
	switch (reason) {
	case 0x51:
	case 0x52:
	case 0x59:
	case 0x5a:
	case 0x5b:
		return model->caps.cm;
	default:
		return false;
	}
}

/**
 * vtdm_cache_put_pasid() - remember a PASID of a device
 * @walk: a walk that has just read its PASID entry
 * @reason: the fault of it, or 0
 * @from: first word of the trail that belongs to it
 */
void vtdm_cache_put_pasid(struct vtdm_walk *walk, u8 reason, unsigned int from)
{
	struct vtdm_tag tag = {
		.sid = walk->rq->sid,
		.pasid = walk->pasid,
		.did = reason ? 0 : walk->pe.did,
	};
	struct vtdm_cached *slot;

	if (reason && !pasid_fault_kept(walk->model, reason))
		return;
	slot = vtdm_cache_put(walk, VTD_MODEL_CACHE_PASID, &tag, from,
			      walk->trail.nr);
	if (!slot)
		return;
	slot->reason = reason;
	slot->fpd = walk->pe.fpd;
	slot->pe = walk->pe;
	slot->upper.root = walk->ctx.dir;
}

static bool page_matches(const struct vtdm_tag *tag,
			 const struct vtd_model_request *rq)
{
	return tag->sid == rq->sid && tag->has_pasid == rq->has_pasid &&
	       (!rq->has_pasid || tag->pasid == rq->pasid) &&
	       tag->at == rq->at && tag->privileged == rq->privileged &&
	       rq->addr >> tag->order == tag->addr >> tag->order;
}

/**
 * vtdm_cache_page() - look an address up in the IOTLB
 * @walk: the walk
 *
 * Entries carry the source id, so devices never share one. Execute requests
 * are never allowed, so none is remembered.
 *
 * Return: the entry, or NULL.
 */
struct vtdm_cached *vtdm_cache_page(struct vtdm_walk *walk)
{
	struct vtdm_caches *caches = &walk->model->caches;
	const struct vtd_model_request *rq = walk->rq;
	struct vtdm_cached *slot;
	u32 i;

	if (rq->execute || rq->access == VTD_ACCESS_PAGE_REQUEST ||
	    rq->at == VTD_FRCD_AT_TRANSLATED ||
	    !vtdm_cache_usable(walk, VTD_MODEL_CACHE_PAGE))
		return NULL;
	for (i = 0; i < caches->nr[VTD_MODEL_CACHE_PAGE]; i++) {
		slot = &caches->slot[VTD_MODEL_CACHE_PAGE][i];
		if (slot->valid && page_matches(&slot->tag, rq))
			return slot;
	}
	return NULL;
}

/* Second-stage faults of the final page; reasons of both modes. */
static bool page_fault_kept(const struct vtdm_walk *walk, u8 reason)
{
	if (!walk->model->caps.cm ||
	    (walk->pe.pgtt != VTD_PGTT_SECOND && !walk->page.first))
		return false;
	return reason == 0x0c || reason == 0x79 || reason == 0x7a;
}

/* In legacy mode a page that is not there is one without permissions. */
static bool page_kept(const struct vtdm_walk *walk)
{
	return walk->page.read || walk->page.write || walk->model->caps.cm;
}

/**
 * vtdm_cache_put_page() - remember a translation
 * @walk: a walk that has found its page, or a fault
 * @reason: the fault, or 0
 *
 * A large page may be remembered in parts; then an invalidation that covers
 * only a part of it leaves the others.
 */
void vtdm_cache_put_page(struct vtdm_walk *walk, u8 reason)
{
	const struct vtd_model_request *rq = walk->rq;
	struct vtdm_tag tag = {
		.sid = rq->sid, .did = walk->pe.did, .pasid = walk->pasid,
		.has_pasid = rq->has_pasid, .pgtt = walk->pe.pgtt,
		.at = rq->at, .privileged = rq->privileged,
		.legacy = walk->legacy, .order = ORDER_4K,
	};
	struct vtdm_cached *slot;
	u64 offset;

	if (reason ? !page_fault_kept(walk, reason) : !page_kept(walk))
		return;
	if (!reason && vtdm_choose(walk->model, VTD_MODEL_CHOICE_WHOLE_PAGES))
		tag.order = walk->page.order;
	offset = (1ULL << tag.order) - 1;
	tag.addr = rq->addr & ~offset;
	slot = vtdm_cache_put(walk, VTD_MODEL_CACHE_PAGE, &tag, 0,
			      walk->trail.nr);
	if (!slot)
		return;
	slot->reason = reason;
	slot->fpd = walk->fpd;
	slot->dirty = walk->dirty;
	slot->pe = walk->pe;
	slot->page = walk->page;
	slot->page.addr &= ~offset;
}
