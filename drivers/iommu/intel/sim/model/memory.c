// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading tables, in the pieces in which a unit reads them.
 *
 * Entries of 8 and 16 bytes are read at once. Larger ones are read in pieces
 * of 16 bytes at different times (VT-d chapter 6), so that a writer's order of
 * stores shows: each piece is one call of the owner.
 */
#include "choice.h"
#include "memory.h"
#include "model.h"

#define PIECE_WORDS	2
#define PIECES_MAX	4

static void trail_add(struct vtdm_walk *walk, enum vtdm_word_kind kind,
		      unsigned int level, u64 addr, u64 value)
{
	walk->trail.word[walk->trail.nr++] = (struct vtdm_word){
		.addr = addr,
		.value = value,
		.kind = kind,
		.level = level,
	};
}

/* Which of @nr pieces is read as the @nth, by policy. */
static void pieces_order(struct vtd_model *model, u8 *order, unsigned int nr)
{
	unsigned int i, j;
	u8 swap;

	for (i = 0; i < nr; i++)
		order[i] = i;
	if (!vtdm_choose(model, VTD_MODEL_CHOICE_PIECES))
		return;
	for (i = nr - 1; i > 0; i--) {
		j = model->config.choices == VTD_MODEL_SEEDED ?
			vtdm_random(model) % (i + 1) : nr - 1 - i;
		if (j > i)
			continue;
		swap = order[i];
		order[i] = order[j];
		order[j] = swap;
	}
}

/**
 * vtdm_read_entry() - read an entry of 16, 32 or 64 bytes
 * @walk: the walk, whose trail gets the words
 * @kind: whose entry
 * @addr: host address, aligned to the entry's size
 * @words: filled
 * @nr: words of 8 bytes: 2, 4 or 8
 *
 * Return: 0, or -1 if memory cannot be read.
 */
int vtdm_read_entry(struct vtdm_walk *walk, enum vtdm_word_kind kind, u64 addr,
		    u64 *words, unsigned int nr)
{
	struct vtd_model *model = walk->model;
	unsigned int i, pieces = nr / PIECE_WORDS;
	u8 order[PIECES_MAX];

	pieces_order(model, order, pieces);
	for (i = 0; i < pieces; i++) {
		unsigned int at = order[i] * PIECE_WORDS;

		if (model->config.ops->read(model->config.owner,
					    addr + at * sizeof(u64),
					    words + at, sizeof(u64) * 2))
			return -1;
	}
	for (i = 0; i < nr; i++)
		trail_add(walk, kind, 0, addr + i * sizeof(u64), words[i]);
	return 0;
}

/**
 * vtdm_read_word() - read an entry of 8 bytes
 * @walk: the walk, whose trail gets the word
 * @kind: whose entry
 * @level: level of a stage's entry, else 0
 * @addr: host address, aligned to 8
 *
 * Return: 0, and the word is the trail's last; -1 if memory cannot be read.
 */
int vtdm_read_word(struct vtdm_walk *walk, enum vtdm_word_kind kind,
		   unsigned int level, u64 addr)
{
	struct vtd_model *model = walk->model;
	u64 value;

	if (model->config.ops->read(model->config.owner, addr, &value,
				    sizeof(value)))
		return -1;
	trail_add(walk, kind, level, addr, value);
	return 0;
}
