// SPDX-License-Identifier: GPL-2.0-only
/*
 * A, D and EA of paging entries (VT-d chapter 3).
 *
 * Flags are set by atomic updates, before the translation is used, and only in
 * tables that are read with snooping. Reasons are those of conditions SSS.5,
 * SSS.6 and SFS.8 to SFS.10 of chapter 7.
 */
#include "../../hw/pasid_layout.h"
#include "../../hw/stage.h"
#include "choice.h"
#include "flags.h"
#include "model.h"

/* A word whose flags somebody else changes all the time is given up. */
#define UPDATE_TRIES	8

#define FIRST_FLAGS	(VTD_FS_A | VTD_FS_D | VTD_FS_EA)
#define SECOND_FLAGS	(VTD_SS_A | VTD_SS_D)

static bool needs_update(const struct vtdm_word *word)
{
	return word->set & ~word->value;
}

/* Sets the word's flags if nothing but flags changed since it was read. */
static u8 word_update(struct vtdm_walk *walk, struct vtdm_word *word,
		      u64 flags, u8 failed)
{
	const struct vtd_model_config *config = &walk->model->config;
	unsigned int tries;
	u64 seen;
	int ret;

	for (tries = 0; tries < UPDATE_TRIES && needs_update(word); tries++) {
		ret = config->ops->cmpxchg(config->owner, word->addr, word->value,
					   word->value | word->set, &seen);
		if (ret < 0)
			return failed;
		if (!ret)
			seen = word->value | word->set;
		else if ((seen ^ word->value) & ~flags)
			return VTDM_AGAIN;
		word->value = seen;
	}
	return needs_update(word) ? VTDM_AGAIN : 0;
}

static u8 second_update(struct vtdm_walk *walk, struct vtdm_word *word)
{
	if (!needs_update(word))
		return 0;
	if (!walk->pe.pwsnp)
		return 0x7c;
	return word_update(walk, word, SECOND_FLAGS, 0x7d);
}

static u8 first_update(struct vtdm_walk *walk, struct vtdm_word *word)
{
	if (!needs_update(word))
		return 0;
	if (!walk->pe.pwsnp)
		return 0x90;
	if (word->frozen) {
		u32 lenient = vtdm_choose(walk->model,
					  VTD_MODEL_CHOICE_SECOND_CODES);

		vtdm_walk_allow(walk, lenient ? 0x77 : 0x85, 0);
		return lenient ? 0x85 : 0x77;
	}
	return word_update(walk, word, FIRST_FLAGS, 0x91);
}

/* A write into a first-stage table dirties the page that holds the table. */
static void dirty_holders(struct vtdm_walk *walk)
{
	struct vtdm_trail *trail = &walk->trail;
	unsigned int i;

	for (i = 0; i < trail->nr; i++) {
		struct vtdm_word *word = &trail->word[i];

		if (word->kind == VTDM_WORD_FIRST && word->holder &&
		    needs_update(word) && walk->pe.ssade)
			trail->word[word->holder - 1].set |= VTD_SS_D;
	}
}

/**
 * vtdm_flags_want_dirty() - the request writes: leaves must have D
 * @walk: a walk that found its page, which may be written
 */
void vtdm_flags_want_dirty(struct vtdm_walk *walk)
{
	struct vtdm_word *word = walk->trail.word;

	if (walk->page.first)
		word[walk->page.first - 1].set |= VTD_FS_D;
	if (walk->page.second && walk->pe.ssade)
		word[walk->page.second - 1].set |= VTD_SS_D;
}

/**
 * vtdm_flags_set() - set all flags that the translation needs
 * @walk: a walk without a fault; learns whether a write finds D set
 *
 * The second stage's come first: they stand for the pages that hold the first
 * stage's tables.
 *
 * Return: a fault reason, VTDM_AGAIN if a word changed under the walk, or 0.
 */
u8 vtdm_flags_set(struct vtdm_walk *walk)
{
	struct vtdm_trail *trail = &walk->trail;
	unsigned int i;
	u8 reason = 0;

	if (!walk->dry) {
		dirty_holders(walk);
		for (i = 0; i < trail->nr && !reason; i++) {
			if (trail->word[i].kind == VTDM_WORD_SECOND)
				reason = second_update(walk, &trail->word[i]);
		}
		for (i = 0; i < trail->nr && !reason; i++) {
			if (trail->word[i].kind == VTDM_WORD_FIRST)
				reason = first_update(walk, &trail->word[i]);
		}
	}
	walk->dirty = true;
	if (walk->page.first)
		walk->dirty &= !!(trail->word[walk->page.first - 1].value &
				  VTD_FS_D);
	if (walk->page.second && walk->pe.ssade)
		walk->dirty &= !!(trail->word[walk->page.second - 1].value &
				  VTD_SS_D);
	return reason;
}

/**
 * vtdm_flags_set_on_fault() - set A and EA where a faulting walk came by
 * @walk: the walk
 *
 * Allowed, not demanded. What stands in the way of it makes no second fault.
 */
void vtdm_flags_set_on_fault(struct vtdm_walk *walk)
{
	struct vtdm_trail *trail = &walk->trail;
	unsigned int i;

	if (!walk->pe.pwsnp ||
	    !vtdm_choose(walk->model, VTD_MODEL_CHOICE_FLAGS_ON_FAULT))
		return;
	for (i = 0; i < trail->nr; i++) {
		struct vtdm_word *word = &trail->word[i];

		word->set &= word->kind == VTDM_WORD_FIRST ?
			VTD_FS_A | VTD_FS_EA : VTD_SS_A;
		if (word->kind == VTDM_WORD_SECOND)
			word_update(walk, word, SECOND_FLAGS, 0);
		else if (word->kind == VTDM_WORD_FIRST && !word->frozen)
			word_update(walk, word, FIRST_FLAGS, 0);
	}
}
