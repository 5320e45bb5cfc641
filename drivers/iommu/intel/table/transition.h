/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From one live table entry to another.
 *
 * Root, context and PASID table entries are read by hardware at any moment, in
 * aligned pieces of 16 bytes that may be fetched at different times. A plan is
 * the list of writes, and of invalidations between them, that takes an entry
 * from its old words to its new ones such that no mixture of pieces is ever a
 * translation that is neither the old one nor the new one.
 */
#ifndef VTD_TABLE_TRANSITION_H
#define VTD_TABLE_TRANSITION_H

#include <linux/spinlock.h>
#include <linux/types.h>

struct vtd_unit;

#define VTD_ENTRY_WORDS		8

/**
 * enum vtd_transition - how a change is carried out
 * @VTD_TRANSITION_NONE: nothing differs
 * @VTD_TRANSITION_IDLE: neither entry is present
 * @VTD_TRANSITION_INSTALL: not present to present
 * @VTD_TRANSITION_REMOVE: present to not present
 * @VTD_TRANSITION_UPDATE: hitless, one atomic write makes the change
 * @VTD_TRANSITION_STAGED: hitless too, but words that the old entry does not use
 *                         are prepared first
 * @VTD_TRANSITION_BREAK: not present in between
 */
enum vtd_transition {
	VTD_TRANSITION_NONE,
	VTD_TRANSITION_IDLE,
	VTD_TRANSITION_INSTALL,
	VTD_TRANSITION_REMOVE,
	VTD_TRANSITION_UPDATE,
	VTD_TRANSITION_STAGED,
	VTD_TRANSITION_BREAK,
};

/**
 * enum vtd_sync - what an invalidation in a plan is for
 * @VTD_SYNC_STAGE: no cache may hold a piece from before; nothing was removed
 * @VTD_SYNC_DROP: the old translation is gone for good once this completes
 * @VTD_SYNC_TIDY: the new entry is there; words that it does not use were written
 * @VTD_SYNC_ADD: an entry that was not present is present now
 */
enum vtd_sync {
	VTD_SYNC_STAGE,
	VTD_SYNC_DROP,
	VTD_SYNC_TIDY,
	VTD_SYNC_ADD,
};

/**
 * enum vtd_step_kind - one step of a plan
 * @VTD_STEP_WORD: write the word with that index
 * @VTD_STEP_PAIR: write the word with that even index and the one behind it at once
 * @VTD_STEP_SYNC: invalidate and wait
 */
enum vtd_step_kind {
	VTD_STEP_WORD,
	VTD_STEP_PAIR,
	VTD_STEP_SYNC,
};

/**
 * struct vtd_step - one step of a plan
 * @kind: what to do
 * @index: which word, for writes
 * @sync: what the invalidation is for
 * @lo: value of the word
 * @hi: value of the word behind it, for a pair
 */
struct vtd_step {
	enum vtd_step_kind kind;
	unsigned int index;
	enum vtd_sync sync;
	u64 lo;
	u64 hi;
};

#define VTD_PLAN_STEPS		(2 * VTD_ENTRY_WORDS + 4)

/**
 * struct vtd_plan - a change as a list of steps
 * @kind: how it is done
 * @nsteps: number of steps
 * @step: the steps in order
 */
struct vtd_plan {
	enum vtd_transition kind;
	unsigned int nsteps;
	struct vtd_step step[VTD_PLAN_STEPS];
};

/**
 * struct vtd_shape - what one kind of table entry looks like
 * @nwords: its size in words of 64 bits
 * @quiet: bits of word 0 that hardware honours in an entry that is not present
 * @used: fills in, for a present entry, which bits hardware looks at
 *
 * Bit 0 of word 0 is the present bit of every kind of entry.
 */
struct vtd_shape {
	unsigned int nwords;
	u64 quiet;
	void (*used)(const u64 *entry, u64 *used);
};

#define VTD_ENTRY_PRESENT	1ULL

/**
 * struct vtd_seal - takes an entry away
 * @lock: held for each write of the entry; innermost
 * @closed: the entry is not present, and no transition makes it so
 *
 * Transitions run under mutexes and wait for hardware in between. Whoever has to
 * take an entry away right now, perhaps with interrupts off, closes the
 * seal: a transition that is under way goes on and writes an entry that is
 * not present.
 */
struct vtd_seal {
	raw_spinlock_t lock;
	bool closed;
};

static inline void vtd_seal_init(struct vtd_seal *seal)
{
	raw_spin_lock_init(&seal->lock);
	seal->closed = false;
}

/**
 * struct vtd_live - an entry that hardware may be reading
 * @unit: the unit that reads it; NULL in tests
 * @slot: where it is
 * @shape: what it looks like
 * @coherent: hardware sees the CPU's writes without a cache flush
 * @seal: may take the entry away for good; NULL if nobody ever does
 * @sync: issues the invalidations that a change from @old to @new requires, and
 *        waits; called with each %VTD_STEP_SYNC
 * @planned: told how it is about to change; NULL if nobody wants to know
 * @ctx: for @sync and @planned
 */
struct vtd_live {
	const struct vtd_unit *unit;
	u64 *slot;
	const struct vtd_shape *shape;
	bool coherent;
	struct vtd_seal *seal;
	int (*sync)(void *ctx, enum vtd_sync why, const u64 *old, const u64 *new);
	void (*planned)(void *ctx, enum vtd_transition how, const u64 *old,
			const u64 *new);
	void *ctx;
};

void vtd_transition_plan(struct vtd_plan *plan, const struct vtd_shape *shape,
			 const u64 *old, const u64 *new, bool pair_writes);
int vtd_transition(const struct vtd_live *live, const u64 *new);
void vtd_transition_close(const struct vtd_live *live);
void vtd_transition_open(struct vtd_seal *seal);

#endif
