// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does memory still say what a cache entry says?
 *
 * Context, PASID and paging-structure entries: each word that they were made
 * of is read again. IOTLB entries: the request is walked anew without caches,
 * for a change above them need not change what they say.
 */
#include <linux/bitfield.h>
#include <linux/string.h>

#include "../../hw/page.h"
#include "../../hw/pasid_layout.h"
#include "../../hw/root_layout.h"
#include "../../hw/stage.h"
#include "cache.h"
#include "model.h"
#include "note.h"
#include "root.h"
#include "stale.h"

#define ORDER_4K	12

/* Of an absent PASID entry only FPD means something, and that it is absent. */
static u64 absent_meaning(const struct vtdm_word *word)
{
	return word->addr % sizeof(struct vtd_pasid_entry) ? 0 : VTD_PE0_P | VTD_PE0_FPD;
}

/* The bits of a word that say what is translated, and how. */
static u64 word_meaning(const struct vtdm_word *word, bool absent)
{
	switch (word->kind) {
	case VTDM_WORD_PASID:
		return absent ? absent_meaning(word) : ~0ULL;
	case VTDM_WORD_FIRST:
		return VTD_FS_P | VTD_FS_RW | VTD_FS_US | VTD_PT_PS |
		       VTD_PT_ADDR;
	case VTDM_WORD_SECOND:
		return VTD_SS_R | VTD_SS_W | VTD_SS_IR | VTD_SS_IW |
		       VTD_PT_PS | VTD_SS_SNP | VTD_PT_ADDR;
	default:
		return ~0ULL;
	}
}

/* A word that cannot be read any more has changed, too. */
static u64 read_again(const struct vtd_model *model, u64 addr)
{
	u64 value;

	if (model->config.ops->read(model->config.owner, addr, &value,
				    sizeof(value)))
		return 0;
	return value;
}

/* It was an absent PASID entry, and is one. */
static bool stays_absent(const struct vtd_model *model, const struct vtdm_cached *known)
{
	const struct vtdm_word *word;
	unsigned int i;

	for (i = 0; i < known->trail.nr; i++) {
		word = &known->trail.word[i];
		if (word->kind == VTDM_WORD_PASID &&
		    !(word->addr % sizeof(struct vtd_pasid_entry)))
			return !((word->value | read_again(model, word->addr)) & VTD_PE0_P);
	}
	return false;
}

/* The first word of an entry that changed in one of these bits, or NULL. */
static const struct vtdm_word *changed_word(const struct vtd_model *model,
					    const struct vtdm_cached *known,
					    u64 flags, u64 *now)
{
	bool absent = stays_absent(model, known);
	const struct vtdm_word *word;
	unsigned int i;

	for (i = 0; i < known->trail.nr; i++) {
		word = &known->trail.word[i];
		*now = read_again(model, word->addr);
		if ((*now ^ word->value) & (word_meaning(word, absent) | flags))
			return word;
	}
	*now = 0;
	return NULL;
}

/* A descriptor that removes a second-stage or pass-through entry. */
static struct vtd_desc needed_second(const struct vtdm_tag *tag, u64 addr)
{
	u64 page = addr & ~((1ULL << tag->order) - 1);

	return vtd_desc_iotlb_page(0, tag->did, page, tag->order - ORDER_4K, 0);
}

static struct vtd_desc needed_first(const struct vtdm_tag *tag, u64 addr)
{
	u64 page = addr & ~((1ULL << tag->order) - 1);

	return vtd_desc_pasid_iotlb_page(tag->did, tag->pasid, page,
					 tag->order - ORDER_4K, 0);
}

/* Of an IOTLB entry; a change of the second stage under nesting takes all. */
static struct vtd_desc needed_page(const struct vtdm_tag *tag, u64 addr,
				   u8 word_kind)
{
	switch (tag->pgtt) {
	case VTD_PGTT_FIRST:
		return needed_first(tag, addr);
	case VTD_PGTT_NESTED:
		if (word_kind == VTDM_WORD_FIRST)
			return needed_first(tag, addr);
		return vtd_desc_iotlb_domain(0, tag->did);
	default:
		return needed_second(tag, addr);
	}
}

static struct vtd_desc inval_needed(enum vtd_model_cache cache,
				    const struct vtdm_tag *tag, u64 addr,
				    u8 word_kind)
{
	switch (cache) {
	case VTD_MODEL_CACHE_CONTEXT:
		return vtd_desc_context_device(tag->did, tag->sid);
	case VTD_MODEL_CACHE_PASID:
		return vtd_desc_pasid_cache(tag->did, tag->pasid);
	case VTD_MODEL_CACHE_SECOND:
		return needed_second(tag, addr);
	case VTD_MODEL_CACHE_FIRST:
		if (word_kind == VTDM_WORD_SECOND)
			return vtd_desc_iotlb_domain(0, tag->did);
		return needed_first(tag, addr);
	case VTD_MODEL_CACHE_INTERRUPT:
		return vtd_desc_iec(tag->addr, 0);
	default:
		return needed_page(tag, addr, word_kind);
	}
}

static void stale_report(struct vtdm_walk *walk, enum vtd_model_cache cache,
			 const struct vtdm_cached *known,
			 const struct vtdm_word *word, u64 now)
{
	struct vtd_model *model = walk->model;
	const struct vtdm_tag *tag = &known->tag;
	u64 addr = cache == VTD_MODEL_CACHE_SECOND ? tag->addr :
						     walk->rq->addr;
	struct vtd_model_note note = {
		.cache = cache,
		.word = *word,
		.now = now,
		.addr = addr,
		.filled = known->filled,
		.at = model->clock,
		.needed = inval_needed(cache, tag, addr, word->kind),
		.pasid = tag->pasid,
		.sid = walk->rq->sid,
		.did = tag->did,
	};

	walk->stale++;
	model->stale++;
	if (model->config.ops->note)
		model->config.ops->note(model->config.owner, &note);
}

/* Each word of an entry. */
static void check_words(struct vtdm_walk *walk, enum vtd_model_cache cache,
			const struct vtdm_cached *known)
{
	const struct vtdm_word *word;
	u64 now;

	word = changed_word(walk->model, known, 0, &now);
	if (word)
		stale_report(walk, cache, known, word, now);
}

/* Nothing of the entry need have changed, but what led to it did. */
static void report_above(struct vtdm_walk *walk, enum vtd_model_cache cache,
			 const struct vtdm_cached *known,
			 enum vtdm_word_kind above, u64 now)
{
	struct vtdm_word pointer = {
		.kind = above,
		.value = known->upper.root,
	};

	stale_report(walk, cache, known, &pointer, now);
}

/**
 * vtdm_stale_context() - look at a hit in the context cache
 * @walk: the walk
 * @known: what it hit
 */
void vtdm_stale_context(struct vtdm_walk *walk, const struct vtdm_cached *known)
{
	u64 root = walk->model->rtaddr;

	if (!walk->model->config.check)
		return;
	if (known->upper.root != root)
		report_above(walk, VTD_MODEL_CACHE_CONTEXT, known,
			     VTDM_WORD_ROOT, root);
	else
		check_words(walk, VTD_MODEL_CACHE_CONTEXT, known);
}

/**
 * vtdm_stale_pasid() - look at a hit in the PASID cache
 * @walk: the walk, with its context
 * @known: what it hit
 */
void vtdm_stale_pasid(struct vtdm_walk *walk, const struct vtdm_cached *known)
{
	u64 root = walk->ctx.dir;

	if (!walk->model->config.check)
		return;
	if (known->upper.root != root)
		report_above(walk, VTD_MODEL_CACHE_PASID, known,
			     VTDM_WORD_CONTEXT, root);
	else
		check_words(walk, VTD_MODEL_CACHE_PASID, known);
}

/**
 * vtdm_stale_interrupt() - look at a hit in the interrupt entry cache
 * @walk: the walk of the interrupt
 * @known: what it hit
 */
void vtdm_stale_interrupt(struct vtdm_walk *walk,
			  const struct vtdm_cached *known)
{
	u64 root = walk->model->irta;

	if (!walk->model->config.check)
		return;
	if (known->upper.root != root)
		report_above(walk, VTD_MODEL_CACHE_INTERRUPT, known,
			     VTDM_WORD_IRTE, root);
	else
		check_words(walk, VTD_MODEL_CACHE_INTERRUPT, known);
}

static bool same_second(const struct vtdm_pasid *a, const struct vtdm_pasid *b)
{
	return a->ssptptr == b->ssptptr && a->aw == b->aw &&
	       a->ssade == b->ssade;
}

static bool same_first(const struct vtdm_pasid *a, const struct vtdm_pasid *b)
{
	return a->pgtt == b->pgtt && a->fsptptr == b->fsptptr &&
	       a->fslevels == b->fslevels && a->eafe == b->eafe &&
	       (a->pgtt != VTD_PGTT_NESTED || same_second(a, b));
}

/**
 * vtdm_stale_upper() - look at a hit in a paging-structure cache
 * @walk: the walk, with its PASID entry
 * @cache: which of them
 * @known: what it hit
 */
void vtdm_stale_upper(struct vtdm_walk *walk, enum vtd_model_cache cache,
		      const struct vtdm_cached *known)
{
	bool second = cache == VTD_MODEL_CACHE_SECOND;
	bool same = second ? same_second(&known->pe, &walk->pe) :
			     same_first(&known->pe, &walk->pe);

	if (!walk->model->config.check)
		return;
	if (!same)
		report_above(walk, cache, known, VTDM_WORD_PASID,
			     second ? walk->pe.ssptptr : walk->pe.fsptptr);
	else
		check_words(walk, cache, known);
}

static bool same_page(const struct vtdm_walk *walk,
		      const struct vtdm_walk *fresh)
{
	const struct vtdm_leaf *a = &walk->page, *b = &fresh->page;

	return a->addr == b->addr && a->order == b->order &&
	       a->read == b->read && a->write == b->write &&
	       a->snp == b->snp && a->ipat == b->ipat && a->emt == b->emt &&
	       a->pat == b->pat;
}

/* What of the PASID entry shows in the outcome, or in flags that are set. */
static bool same_entry(const struct vtdm_walk *walk,
		       const struct vtdm_walk *fresh)
{
	const struct vtdm_pasid *a = &walk->pe, *b = &fresh->pe;

	return a->did == b->did && a->pgtt == b->pgtt &&
	       a->pgsnp == b->pgsnp && a->cd == b->cd && a->emte == b->emte &&
	       a->pat == b->pat && a->ssade == b->ssade && a->eafe == b->eafe;
}

/* Software cleared D, and a write goes on without setting it. */
static bool lost_dirty(const struct vtdm_walk *walk,
		       const struct vtdm_walk *fresh)
{
	return walk->rq->access != VTD_ACCESS_READ && walk->dirty &&
	       !fresh->dirty;
}

/**
 * vtdm_stale_page() - look at a hit in the IOTLB
 * @walk: the walk, as the entry has it
 * @known: the entry
 * @reason: the fault that the request meets by it, or 0
 * @truth: the same by vtdm_translate_fresh(), whose walk is in the unit
 */
void vtdm_stale_page(struct vtdm_walk *walk, const struct vtdm_cached *known,
		     u8 reason, u8 truth)
{
	const struct vtdm_walk *fresh = &walk->model->fresh;
	static const struct vtdm_word none;
	const struct vtdm_word *word;
	u64 now;

	if (truth == reason && (truth || (same_page(walk, fresh) &&
					  same_entry(walk, fresh) &&
					  !lost_dirty(walk, fresh))))
		return;
	word = changed_word(walk->model, known, 0, &now);
	if (!word)
		word = changed_word(walk->model, known, VTD_FS_D | VTD_SS_D |
				    VTD_SS_EMT | VTD_SS_IPAT |
				    VTD_FS_PAT_4K | VTD_FS_PAT_LARGE, &now);
	stale_report(walk, VTD_MODEL_CACHE_PAGE, known, word ? word : &none, now);
}
