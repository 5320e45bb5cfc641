// SPDX-License-Identifier: GPL-2.0-only
/*
 * Paging-structure caches (VT-d chapter 6): the tables that upper levels lead
 * to, so that a walk begins further down.
 *
 * Those of the second stage are found by domain id and its input address, which
 * under nesting is the guest's; so walks of all devices of a domain share them.
 * Those of the first stage are found by PASID, domain id and address; under
 * nesting they also know the host address of the table they lead to.
 *
 * Neither has the root pointer in its tag: whoever changes it must invalidate.
 */
#include "../../hw/page.h"
#include "../../hw/pasid_layout.h"
#include "../../hw/stage.h"
#include "cache.h"
#include "model.h"
#include "upper.h"

static bool tag_covers(const struct vtdm_tag *tag, u64 addr)
{
	return addr >> tag->order == tag->addr >> tag->order;
}

/**
 * vtdm_upper_second() - how far down a second-stage walk may begin
 * @walk: the walk, with its PASID entry
 * @input: input address of the stage
 *
 * Return: the entry of the lowest level, or NULL.
 */
struct vtdm_cached *vtdm_upper_second(struct vtdm_walk *walk, u64 input)
{
	struct vtdm_caches *caches = &walk->model->caches;
	struct vtdm_cached *slot, *best = NULL;
	u32 i;

	if (!vtdm_cache_usable(walk, VTD_MODEL_CACHE_SECOND))
		return NULL;
	for (i = 0; i < caches->nr[VTD_MODEL_CACHE_SECOND]; i++) {
		slot = &caches->slot[VTD_MODEL_CACHE_SECOND][i];
		if (slot->valid && slot->tag.did == walk->pe.did &&
		    tag_covers(&slot->tag, input) &&
		    (!best || slot->tag.level < best->tag.level))
			best = slot;
	}
	return best;
}

/**
 * vtdm_upper_first() - how far down a first-stage walk may begin
 * @walk: the walk, with its PASID entry
 *
 * Return: the entry of the lowest level, or NULL.
 */
struct vtdm_cached *vtdm_upper_first(struct vtdm_walk *walk)
{
	struct vtdm_caches *caches = &walk->model->caches;
	struct vtdm_cached *slot, *best = NULL;
	u32 i;

	if (!vtdm_cache_usable(walk, VTD_MODEL_CACHE_FIRST))
		return NULL;
	for (i = 0; i < caches->nr[VTD_MODEL_CACHE_FIRST]; i++) {
		slot = &caches->slot[VTD_MODEL_CACHE_FIRST][i];
		if (slot->valid && slot->tag.did == walk->pe.did &&
		    slot->tag.pasid == walk->pasid &&
		    tag_covers(&slot->tag, walk->rq->addr) &&
		    (!best || slot->tag.level < best->tag.level))
			best = slot;
	}
	return best;
}

static struct vtdm_tag tag_of(const struct vtdm_walk *walk,
			      const struct vtdm_word *word)
{
	u8 order = 12 + VTD_PT_LEVEL_BITS * (word->level - 1);

	return (struct vtdm_tag){
		.did = walk->pe.did,
		.addr = word->input & ~((1ULL << order) - 1),
		.order = order,
		.level = word->level,
	};
}

static void put_second(struct vtdm_walk *walk, unsigned int at)
{
	const struct vtdm_word *word = &walk->trail.word[at];
	struct vtdm_tag tag = tag_of(walk, word);
	struct vtdm_cached *slot;

	slot = vtdm_cache_put(walk, VTD_MODEL_CACHE_SECOND, &tag, word->start,
			      at + 1);
	if (!slot)
		return;
	slot->pe = walk->pe;
	slot->upper = (struct vtdm_upper){
		.root = walk->pe.ssptptr,
		.table = word->value & VTD_PT_ADDR,
		.grants = word->grants,
	};
}

/* The next first-stage word, which is in the table that @at leads to. */
static unsigned int next_first(const struct vtdm_trail *trail, unsigned int at)
{
	while (++at < trail->nr) {
		if (trail->word[at].kind == VTDM_WORD_FIRST)
			return at;
	}
	return 0;
}

/* Whether a flag is still to be set in any of these words. */
static bool flags_due(const struct vtdm_walk *walk, unsigned int from,
		      unsigned int to)
{
	unsigned int i;

	for (i = from; i < to; i++) {
		if (walk->trail.word[i].set & ~walk->trail.word[i].value)
			return true;
	}
	return false;
}

/*
 * Whether the second stage's work for a table may be remembered with it: every
 * flag is set there that any use of the table may need.
 */
static bool host_known(const struct vtdm_walk *walk, unsigned int at,
		       unsigned int next)
{
	const struct vtdm_word *word = walk->trail.word;
	const struct vtdm_word *leaf;

	if (!next || !word[next].holder || flags_due(walk, at + 1, next))
		return false;
	leaf = &word[word[next].holder - 1];
	return !walk->pe.ssade || leaf->value & VTD_SS_D;
}

static void put_first(struct vtdm_walk *walk, unsigned int at)
{
	const struct vtdm_word *word = &walk->trail.word[at], *lower;
	unsigned int next = next_first(&walk->trail, at);
	bool with_host = host_known(walk, at, next);
	struct vtdm_tag tag = tag_of(walk, word);
	struct vtdm_cached *slot;

	tag.pasid = walk->pasid;
	slot = vtdm_cache_put(walk, VTD_MODEL_CACHE_FIRST, &tag, word->start,
			      with_host ? next : at + 1);
	if (!slot)
		return;
	slot->pe = walk->pe;
	slot->upper = (struct vtdm_upper){
		.root = walk->pe.fsptptr,
		.table = word->value & VTD_PT_ADDR,
		.grants = word->grants,
		.has_host = with_host,
	};
	if (with_host) {
		lower = &walk->trail.word[next];
		slot->upper.host = lower->addr & VTD_PT_ADDR;
		slot->upper.frozen = lower->frozen;
	}
}

/**
 * vtdm_upper_put() - remember the tables that a walk came by
 * @walk: the walk, whether it found its page or not
 *
 * An entry may be remembered only when its flags and those of all levels above
 * it are set.
 */
void vtdm_upper_put(struct vtdm_walk *walk)
{
	const struct vtdm_word *word;
	unsigned int i;

	for (i = 0; i < walk->trail.nr; i++) {
		word = &walk->trail.word[i];
		if (!word->upper || flags_due(walk, word->start, i + 1))
			continue;
		if (word->kind == VTDM_WORD_SECOND)
			put_second(walk, i);
		else
			put_first(walk, i);
	}
}
