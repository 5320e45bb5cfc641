// SPDX-License-Identifier: GPL-2.0-only
/*
 * The only writer of live table entries.
 *
 * Owns: the order of writes and invalidations when an entry changes.
 * Locks: the caller keeps other writers of the same entry out, but for the one
 *        that closes its seal: vtd_seal.lock is held for each write.
 * Calls: the invalidation that comes with the entry.
 *
 * Spec: 6.5.3.3 (what to invalidate), 9.3 to 9.6 (entries).
 */
#include <linux/cacheflush.h>
#include <linux/cleanup.h>
#include <linux/cpufeature.h>
#include <linux/string.h>

#include "../mutant.h"
#include "../unit/regs.h"
#include "transition.h"

static bool is_present(const u64 *entry)
{
	return entry[0] & VTD_ENTRY_PRESENT;
}

static bool word_differs(const struct vtd_shape *shape, const u64 *old, const u64 *new,
			 unsigned int index)
{
	return index < shape->nwords && old[index] != new[index];
}

static struct vtd_step *add_step(struct vtd_plan *plan, enum vtd_step_kind kind)
{
	struct vtd_step *step = &plan->step[plan->nsteps++];

	*step = (struct vtd_step){ .kind = kind };
	return step;
}

static void add_word(struct vtd_plan *plan, unsigned int index, u64 value)
{
	struct vtd_step *step = add_step(plan, VTD_STEP_WORD);

	step->index = index;
	step->lo = value;
}

static void add_sync(struct vtd_plan *plan, enum vtd_sync why)
{
	add_step(plan, VTD_STEP_SYNC)->sync = why;
}

/* Fill an entry that is not present, its present bit last. */
static void add_fill(struct vtd_plan *plan, unsigned int nwords,
		     const u64 *from, const u64 *to)
{
	unsigned int i;

	if (vtd_mutant(VTD_MUTANT_PRESENT_FIRST) && is_present(to))
		add_word(plan, 0, to[0]);
	for (i = nwords - 1; i; i--)
		if (from[i] != to[i])
			add_word(plan, i, to[i]);
	if (from[0] != to[0])
		add_word(plan, 0, to[0]);
}

static void plan_install(struct vtd_plan *plan, const struct vtd_shape *shape,
			 const u64 *old, const u64 *new)
{
	plan->kind = VTD_TRANSITION_INSTALL;
	add_fill(plan, shape->nwords, old, new);
	add_sync(plan, VTD_SYNC_ADD);
}

/* The present bit alone goes first; the rest when no cache holds a piece. */
static u64 add_removal(struct vtd_plan *plan, const struct vtd_shape *shape,
		       const u64 *old, const u64 *new)
{
	u64 word = (old[0] & ~VTD_ENTRY_PRESENT & ~shape->quiet) |
		   (new[0] & shape->quiet);

	if (vtd_mutant(VTD_MUTANT_SYNC_FIRST))
		add_sync(plan, VTD_SYNC_DROP);
	add_word(plan, 0, word);
	if (!vtd_mutant(VTD_MUTANT_SYNC_FIRST))
		add_sync(plan, VTD_SYNC_DROP);
	return word;
}

static void plan_remove(struct vtd_plan *plan, const struct vtd_shape *shape,
			const u64 *old, const u64 *new)
{
	u64 left[VTD_ENTRY_WORDS];

	plan->kind = VTD_TRANSITION_REMOVE;
	memcpy(left, old, shape->nwords * sizeof(u64));
	if (vtd_mutant(VTD_MUTANT_PRESENT_LAST))
		add_fill(plan, shape->nwords, old, new);
	left[0] = add_removal(plan, shape, old, new);
	add_fill(plan, shape->nwords, left, new);
}

static void plan_break(struct vtd_plan *plan, const struct vtd_shape *shape,
		       const u64 *old, const u64 *new)
{
	u64 left[VTD_ENTRY_WORDS];

	plan->kind = VTD_TRANSITION_BREAK;
	memcpy(left, old, shape->nwords * sizeof(u64));
	left[0] = add_removal(plan, shape, old, new);
	add_fill(plan, shape->nwords, left, new);
	add_sync(plan, VTD_SYNC_ADD);
}

/**
 * struct change - a present entry that becomes another present entry
 * @staged: the old entry, with the new words' values wherever it does not look
 * @pieces: bit n is set if the switch has to write piece n
 */
struct change {
	u64 staged[VTD_ENTRY_WORDS];
	unsigned int pieces;
};

static void change_compare(struct change *change, const struct vtd_shape *shape,
			   const u64 *old, const u64 *new)
{
	u64 used_old[VTD_ENTRY_WORDS] = {}, used_new[VTD_ENTRY_WORDS] = {};
	unsigned int i;

	shape->used(old, used_old);
	shape->used(new, used_new);
	change->pieces = 0;
	for (i = 0; i < shape->nwords; i++) {
		change->staged[i] = (old[i] & used_old[i]) |
				    (new[i] & ~used_old[i]);
		if ((change->staged[i] ^ new[i]) & used_new[i])
			change->pieces |= BIT(i / 2);
	}
}

/*
 * At most one piece has to change at one moment. Everything else is prepared
 * while the old entry does not look at it, or tidied while the new one does not.
 */
static void plan_hitless(struct vtd_plan *plan, const struct vtd_shape *shape,
			 const u64 *old, const u64 *new, const struct change *change)
{
	unsigned int piece = change->pieces ? __ffs(change->pieces) : UINT_MAX;
	unsigned int i, nsteps;

	plan->kind = VTD_TRANSITION_UPDATE;
	for (i = shape->nwords; i--;) {
		if (i / 2 == piece || change->staged[i] == old[i])
			continue;
		add_word(plan, i, change->staged[i]);
		plan->kind = VTD_TRANSITION_STAGED;
	}
	if (change->pieces) {
		i = 2 * piece;
		if (plan->kind == VTD_TRANSITION_STAGED && !vtd_mutant(VTD_MUTANT_STAGE_SYNC))
			add_sync(plan, VTD_SYNC_STAGE);
		if (word_differs(shape, old, new, i) && word_differs(shape, old, new, i + 1)) {
			struct vtd_step *step = add_step(plan, VTD_STEP_PAIR);

			step->index = i;
			step->lo = new[i];
			step->hi = new[i + 1];
		} else if (word_differs(shape, old, new, i)) {
			add_word(plan, i, new[i]);
		} else {
			add_word(plan, i + 1, new[i + 1]);
		}
	}
	add_sync(plan, VTD_SYNC_DROP);
	nsteps = plan->nsteps;
	for (i = 0; i < shape->nwords; i++)
		if (i / 2 != piece && change->staged[i] != new[i])
			add_word(plan, i, new[i]);
	if (plan->nsteps > nsteps && !vtd_mutant(VTD_MUTANT_TIDY_SYNC))
		add_sync(plan, VTD_SYNC_TIDY);
}

static void plan_change(struct vtd_plan *plan, const struct vtd_shape *shape,
			const u64 *old, const u64 *new, bool pair_writes)
{
	struct change change;
	unsigned int i;

	change_compare(&change, shape, old, new);
	if (hweight32(change.pieces) > 1)
		return plan_break(plan, shape, old, new);

	i = change.pieces ? 2 * __ffs(change.pieces) : 0;
	if (change.pieces && !pair_writes &&
	    word_differs(shape, old, new, i) && word_differs(shape, old, new, i + 1))
		return plan_break(plan, shape, old, new);

	plan_hitless(plan, shape, old, new, &change);
}

/**
 * vtd_transition_plan() - decide how an entry changes
 * @plan: the result
 * @shape: what the entry looks like
 * @old: its words now
 * @new: its words afterwards
 * @pair_writes: the CPU can write 16 bytes at once
 *
 * Context: any; pure.
 */
void vtd_transition_plan(struct vtd_plan *plan, const struct vtd_shape *shape,
			 const u64 *old, const u64 *new, bool pair_writes)
{
	*plan = (struct vtd_plan){ .kind = VTD_TRANSITION_NONE };

	if (!memcmp(old, new, shape->nwords * sizeof(u64)))
		return;

	if (is_present(old) && is_present(new)) {
		plan_change(plan, shape, old, new, pair_writes);
	} else if (is_present(old)) {
		plan_remove(plan, shape, old, new);
	} else if (is_present(new)) {
		plan_install(plan, shape, old, new);
	} else {
		plan->kind = VTD_TRANSITION_IDLE;
		add_fill(plan, shape->nwords, old, new);
		if ((old[0] ^ new[0]) & shape->quiet)
			add_sync(plan, VTD_SYNC_DROP);
	}
}

static void write_pair(u64 *slot, u64 lo, u64 hi)
{
	u128 *pair = (u128 *)slot;
	u128 new = ((u128)hi << 64) | lo;
	u128 old = *pair;

	while (!try_cmpxchg128(pair, &old, new))
		;
}

/* @mask: bits of word 0 that may be set */
static void write_step(const struct vtd_live *live, const struct vtd_step *step,
		       u64 mask)
{
	u64 *word = live->slot + step->index;
	u64 lo = step->index ? step->lo : step->lo & mask;
	size_t nbytes = sizeof(u64);

	if (step->kind == VTD_STEP_PAIR) {
		write_pair(word, lo, step->hi);
		nbytes *= 2;
	} else {
		/* Hardware must not see the present bit before what it guards. */
		wmb();
		WRITE_ONCE(*word, lo);
	}
	if (!live->coherent)
		clflush_cache_range(word, nbytes);
	if (live->unit)
		vtd_stored(live->unit);
}

static int run_step(const struct vtd_live *live, const struct vtd_step *step,
		    const u64 *old, const u64 *new)
{
	if (step->kind == VTD_STEP_SYNC)
		return live->sync(live->ctx, step->sync, old, new);
	if (!live->seal) {
		write_step(live, step, ~0ULL);
		return 0;
	}
	guard(raw_spinlock_irqsave)(&live->seal->lock);
	write_step(live, step, live->seal->closed ? ~VTD_ENTRY_PRESENT : ~0ULL);
	return 0;
}

/**
 * vtd_transition_close() - take an entry away at once
 * @live: the entry, with its seal; its sync function is not called
 *
 * The caller invalidates whatever may have come from the entry; as a transition
 * of it may be half done, that is anything.
 *
 * Context: any but NMI; other writers need not be kept out.
 */
void vtd_transition_close(const struct vtd_live *live)
{
	guard(raw_spinlock_irqsave)(&live->seal->lock);
	WRITE_ONCE(live->seal->closed, true);
	if (live->unit)
		vtd_changes(live->unit, live->slot, live->shape->nwords);
	WRITE_ONCE(*live->slot, *live->slot & ~VTD_ENTRY_PRESENT);
	if (!live->coherent)
		clflush_cache_range(live->slot, sizeof(u64));
	if (live->unit) {
		vtd_stored(live->unit);
		vtd_changed(live->unit);
	}
}

/**
 * vtd_transition_open() - an entry that was taken away may be present again
 * @seal: its seal
 *
 * The entry stays as it is until the next transition.
 *
 * Context: any but NMI.
 */
void vtd_transition_open(struct vtd_seal *seal)
{
	guard(raw_spinlock_irqsave)(&seal->lock);
	WRITE_ONCE(seal->closed, false);
}

/**
 * vtd_transition() - change an entry that hardware may be reading
 * @live: the entry
 * @new: its new words
 *
 * All steps are carried out even if an invalidation fails: stopping half way
 * would leave an entry that nobody asked for.
 *
 * Context: the caller keeps other writers of the entry out. Sleeps only if the
 * entry's sync function does.
 * Return: 0, or the error of the first invalidation that failed.
 */
int vtd_transition(const struct vtd_live *live, const u64 *new)
{
	u64 old[VTD_ENTRY_WORDS] = {};
	struct vtd_plan plan;
	unsigned int i;
	int ret = 0;

	memcpy(old, live->slot, live->shape->nwords * sizeof(u64));
	vtd_transition_plan(&plan, live->shape, old, new, system_has_cmpxchg128());
	if (live->planned)
		live->planned(live->ctx, plan.kind, old, new);
	if (live->unit)
		vtd_changes(live->unit, live->slot, live->shape->nwords);
	for (i = 0; i < plan.nsteps; i++) {
		int err = run_step(live, &plan.step[i], old, new);

		if (err && !ret)
			ret = err;
	}
	if (live->unit)
		vtd_changed(live->unit);
	return ret;
}
