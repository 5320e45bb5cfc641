// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of the transition routine: every pair of entry kinds, watched by
 * a reader that fetches the pieces of an entry at different times.
 */
#include <kunit/test.h>
#include <linux/string.h>

#include "entry.h"

#define PIECES			(VTD_ENTRY_WORDS / 2)
#define MAX_STATES		(VTD_PLAN_STEPS + 1)

enum kind { EMPTY, SILENT, FIRST_A, FIRST_A5, FIRST_B, SECOND_A, SECOND_B,
	    SECOND_SNOOP, PASS, NESTED_AA, NESTED_BA, NESTED_BB, NESTED_B_ID_AA,
	    NESTED_FLAGS_AA, NESTED_SRE_AA, KINDS };

/* The letters are the first and the second stage; ID_AA has the domain id of AA. */
static struct vtd_pasid_entry build_nested(enum kind kind)
{
	u16 did = kind >= NESTED_B_ID_AA ? 2 + NESTED_AA : 2 + kind;
	struct vtd_entry_attrs attrs = { .did = did };
	struct vtd_entry_stage first = { .root = 0x2000, .levels = 4 };
	struct vtd_pasid_entry second =
		vtd_entry_second(&attrs, kind == NESTED_BB ? 0x4000 : 0x3000, VTD_AW_48);

	if (kind == NESTED_AA || kind >= NESTED_FLAGS_AA)
		first.root = 0x1000;
	if (kind == NESTED_FLAGS_AA)
		first = (struct vtd_entry_stage){
			.root = 0x1000, .levels = 5, .write_protect = true,
			.mark_extended = true,
		};
	first.supervisor = kind == NESTED_SRE_AA;
	return vtd_entry_nested(&second, 0, &first);
}

static void build(enum kind kind, u64 *words)
{
	struct vtd_entry_attrs attrs = { .did = 2 + kind };
	struct vtd_pasid_entry entry = {};

	switch (kind) {
	case EMPTY:
		break;
	case SILENT:
		entry.qw[0] = VTD_PE0_FPD;
		break;
	case FIRST_A:
		entry = vtd_entry_first(&attrs, 0x1000, 4);
		break;
	case FIRST_A5:
		entry = vtd_entry_first(&attrs, 0x1000, 5);
		break;
	case FIRST_B:
		entry = vtd_entry_first(&attrs, 0x2000, 4);
		break;
	case SECOND_A:
		entry = vtd_entry_second(&attrs, 0x3000, VTD_AW_48);
		break;
	case SECOND_B:
		entry = vtd_entry_second(&attrs, 0x4000, VTD_AW_39);
		break;
	case SECOND_SNOOP:
		attrs.snoop_force = true;
		entry = vtd_entry_second(&attrs, 0x3000, VTD_AW_48);
		break;
	case PASS:
		attrs.did = 1;
		entry = vtd_entry_passthrough(&attrs);
		break;
	case NESTED_AA:
	case NESTED_BA:
	case NESTED_BB:
	case NESTED_B_ID_AA:
	case NESTED_FLAGS_AA:
	case NESTED_SRE_AA:
		entry = build_nested(kind);
		break;
	case KINDS:
		break;
	}
	memcpy(words, entry.qw, sizeof(entry.qw));
}

/* What the unit makes of the words: two entries with one meaning are equal. */
static void meaning(const u64 *entry, u64 *out)
{
	u64 used[VTD_ENTRY_WORDS] = {};
	unsigned int i;

	memset(out, 0, VTD_ENTRY_WORDS * sizeof(u64));
	if (!(entry[0] & VTD_ENTRY_PRESENT))
		return;
	vtd_shape_pasid.used(entry, used);
	for (i = 0; i < VTD_ENTRY_WORDS; i++)
		out[i] = entry[i] & used[i];
}

struct watch {
	u64 old[VTD_ENTRY_WORDS];
	u64 new[VTD_ENTRY_WORDS];
	u64 state[MAX_STATES][VTD_ENTRY_WORDS];
	unsigned int nstates;
};

/* Any mixture of the states since the last invalidation, piece by piece. */
static void check_window(struct kunit *test, const struct watch *watch)
{
	unsigned int pick[PIECES] = {};
	u64 seen[VTD_ENTRY_WORDS], got[VTD_ENTRY_WORDS];
	u64 old[VTD_ENTRY_WORDS], new[VTD_ENTRY_WORDS];
	unsigned int i;

	meaning(watch->old, old);
	meaning(watch->new, new);
	for (;;) {
		bool nothing;

		for (i = 0; i < PIECES; i++)
			memcpy(&seen[2 * i], &watch->state[pick[i]][2 * i], 16);
		meaning(seen, got);
		nothing = !memchr_inv(got, 0, sizeof(got));
		KUNIT_ASSERT_TRUE(test, nothing ||
				  !memcmp(got, old, sizeof(got)) ||
				  !memcmp(got, new, sizeof(got)));

		for (i = 0; i < PIECES && ++pick[i] == watch->nstates; i++)
			pick[i] = 0;
		if (i == PIECES)
			break;
	}
}

static void run_plan(struct kunit *test, struct watch *watch,
		     const struct vtd_plan *plan, u64 *slot)
{
	bool installing = !(slot[0] & VTD_ENTRY_PRESENT);
	unsigned int i;

	watch->nstates = 0;
	memcpy(watch->state[watch->nstates++], slot, 64);
	for (i = 0; i < plan->nsteps; i++) {
		const struct vtd_step *step = &plan->step[i];

		if (step->kind == VTD_STEP_SYNC) {
			/*
			 * A present bit that rises is read after the words behind
			 * it were written: that is what its being last promises.
			 */
			if (!installing)
				check_window(test, watch);
			watch->nstates = 0;
			installing = !(slot[0] & VTD_ENTRY_PRESENT);
		} else {
			slot[step->index] = step->lo;
			if (step->kind == VTD_STEP_PAIR)
				slot[step->index + 1] = step->hi;
			if (installing && (slot[0] & VTD_ENTRY_PRESENT))
				KUNIT_ASSERT_MEMEQ(test, slot, watch->new, 64);
		}
		memcpy(watch->state[watch->nstates++], slot, 64);
	}
	if (!installing)
		check_window(test, watch);
}

static void check_pair(struct kunit *test, enum kind from, enum kind to, bool pairs)
{
	struct watch *watch = kunit_kzalloc(test, sizeof(*watch), GFP_KERNEL);
	u64 slot[VTD_ENTRY_WORDS];
	struct vtd_plan plan;

	KUNIT_ASSERT_NOT_NULL(test, watch);
	build(from, watch->old);
	build(to, watch->new);
	memcpy(slot, watch->old, sizeof(slot));
	vtd_transition_plan(&plan, &vtd_shape_pasid, watch->old, watch->new, pairs);
	run_plan(test, watch, &plan, slot);
	KUNIT_EXPECT_MEMEQ(test, slot, watch->new, sizeof(slot));
	kunit_kfree(test, watch);
}

static void vtd_transition_pairs_test(struct kunit *test)
{
	enum kind from, to;

	for (from = 0; from < KINDS; from++)
		for (to = 0; to < KINDS; to++) {
			check_pair(test, from, to, true);
			check_pair(test, from, to, false);
		}
}

static enum vtd_transition kind_of(enum kind from, enum kind to, bool pairs)
{
	u64 old[VTD_ENTRY_WORDS], new[VTD_ENTRY_WORDS];
	struct vtd_plan plan;

	build(from, old);
	build(to, new);
	vtd_transition_plan(&plan, &vtd_shape_pasid, old, new, pairs);
	return plan.kind;
}

static void vtd_transition_kinds_test(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, kind_of(FIRST_A, FIRST_A, true), VTD_TRANSITION_NONE);
	KUNIT_EXPECT_EQ(test, kind_of(EMPTY, SILENT, true), VTD_TRANSITION_IDLE);
	KUNIT_EXPECT_EQ(test, kind_of(EMPTY, PASS, true), VTD_TRANSITION_INSTALL);
	KUNIT_EXPECT_EQ(test, kind_of(PASS, EMPTY, true), VTD_TRANSITION_REMOVE);
	KUNIT_EXPECT_EQ(test, kind_of(SECOND_A, SECOND_B, true), VTD_TRANSITION_UPDATE);
	KUNIT_EXPECT_EQ(test, kind_of(SECOND_A, PASS, true), VTD_TRANSITION_UPDATE);
	KUNIT_EXPECT_EQ(test, kind_of(FIRST_A, SECOND_A, true), VTD_TRANSITION_UPDATE);
	KUNIT_EXPECT_EQ(test, kind_of(PASS, FIRST_A, true), VTD_TRANSITION_STAGED);
	KUNIT_EXPECT_EQ(test, kind_of(SECOND_A, FIRST_A, true), VTD_TRANSITION_STAGED);
	KUNIT_EXPECT_EQ(test, kind_of(FIRST_A, NESTED_AA, true), VTD_TRANSITION_UPDATE);
	/* Domain id and first-stage root are in different pieces. */
	KUNIT_EXPECT_EQ(test, kind_of(FIRST_A, FIRST_B, true), VTD_TRANSITION_BREAK);
	KUNIT_EXPECT_EQ(test, kind_of(SECOND_A, SECOND_B, false), VTD_TRANSITION_BREAK);
}

/* What Documentation/driver-api/vtd/nested.rst says of each pair. */
static void vtd_transition_nested_test(struct kunit *test)
{
	static const struct {
		enum kind from, to;
		enum vtd_transition want, without_pairs;
	} pairs[] = {
		/* Same parent, same device: word 2 alone, whatever of it changes. */
		{ NESTED_AA, NESTED_B_ID_AA, VTD_TRANSITION_UPDATE, VTD_TRANSITION_UPDATE },
		{ NESTED_AA, NESTED_FLAGS_AA, VTD_TRANSITION_UPDATE, VTD_TRANSITION_UPDATE },
		{ NESTED_AA, NESTED_SRE_AA, VTD_TRANSITION_UPDATE, VTD_TRANSITION_UPDATE },
		/* Another domain id as well, or another parent. */
		{ NESTED_AA, NESTED_BA, VTD_TRANSITION_BREAK, VTD_TRANSITION_BREAK },
		{ NESTED_AA, NESTED_BB, VTD_TRANSITION_BREAK, VTD_TRANSITION_BREAK },
		{ NESTED_BA, NESTED_BB, VTD_TRANSITION_UPDATE, VTD_TRANSITION_BREAK },
		/* The parent itself, or another second stage. */
		{ SECOND_A, NESTED_AA, VTD_TRANSITION_STAGED, VTD_TRANSITION_BREAK },
		{ NESTED_AA, SECOND_A, VTD_TRANSITION_UPDATE, VTD_TRANSITION_BREAK },
		{ SECOND_B, NESTED_AA, VTD_TRANSITION_STAGED, VTD_TRANSITION_BREAK },
		{ NESTED_AA, SECOND_B, VTD_TRANSITION_UPDATE, VTD_TRANSITION_BREAK },
		/* SRE counts for every kind, and is in the other piece. */
		{ SECOND_A, NESTED_SRE_AA, VTD_TRANSITION_BREAK, VTD_TRANSITION_BREAK },
		{ NESTED_SRE_AA, SECOND_A, VTD_TRANSITION_BREAK, VTD_TRANSITION_BREAK },
		{ PASS, NESTED_AA, VTD_TRANSITION_STAGED, VTD_TRANSITION_BREAK },
		{ NESTED_AA, PASS, VTD_TRANSITION_UPDATE, VTD_TRANSITION_BREAK },
		{ FIRST_B, NESTED_AA, VTD_TRANSITION_BREAK, VTD_TRANSITION_BREAK },
		{ NESTED_AA, FIRST_B, VTD_TRANSITION_BREAK, VTD_TRANSITION_BREAK },
		{ EMPTY, NESTED_AA, VTD_TRANSITION_INSTALL, VTD_TRANSITION_INSTALL },
		{ NESTED_AA, EMPTY, VTD_TRANSITION_REMOVE, VTD_TRANSITION_REMOVE },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		KUNIT_EXPECT_EQ_MSG(test, kind_of(pairs[i].from, pairs[i].to, true),
				    pairs[i].want, "row %u", i);
		KUNIT_EXPECT_EQ_MSG(test, kind_of(pairs[i].from, pairs[i].to, false),
				    pairs[i].without_pairs, "row %u", i);
	}
}

/* The present bit goes alone, and nothing is reused before the invalidation. */
static void vtd_transition_removal_test(struct kunit *test)
{
	u64 old[VTD_ENTRY_WORDS], new[VTD_ENTRY_WORDS] = {};
	struct vtd_plan plan;

	build(SECOND_A, old);
	vtd_transition_plan(&plan, &vtd_shape_pasid, old, new, true);
	KUNIT_ASSERT_GE(test, plan.nsteps, 3);
	KUNIT_EXPECT_EQ(test, plan.step[0].kind, VTD_STEP_WORD);
	KUNIT_EXPECT_EQ(test, plan.step[0].index, 0);
	KUNIT_EXPECT_EQ(test, plan.step[0].lo, old[0] & ~VTD_ENTRY_PRESENT);
	KUNIT_EXPECT_EQ(test, plan.step[1].kind, VTD_STEP_SYNC);
	KUNIT_EXPECT_EQ(test, plan.step[1].sync, VTD_SYNC_DROP);
}

static void vtd_transition_legacy_test(struct kunit *test)
{
	struct vtd_context a = vtd_entry_context(0x5000, VTD_AW_48, 7,
						 VTD_TT_TRANSLATE);
	struct vtd_context b = vtd_entry_context(0x6000, VTD_AW_39, 8,
						 VTD_TT_TRANSLATE);
	u64 old[2] = { a.lo, a.hi }, new[2] = { b.lo, b.hi };
	struct vtd_plan plan;

	vtd_transition_plan(&plan, &vtd_shape_context, old, new, true);
	KUNIT_EXPECT_EQ(test, plan.kind, VTD_TRANSITION_UPDATE);
	KUNIT_EXPECT_EQ(test, plan.nsteps, 2);
	KUNIT_EXPECT_EQ(test, plan.step[0].kind, VTD_STEP_PAIR);
	KUNIT_EXPECT_EQ(test, plan.step[1].sync, VTD_SYNC_DROP);

	vtd_transition_plan(&plan, &vtd_shape_context, old, new, false);
	KUNIT_EXPECT_EQ(test, plan.kind, VTD_TRANSITION_BREAK);
}

/* A shape of one word must not be read beyond it. */
static void vtd_transition_word_test(struct kunit *test)
{
	u64 old = 0x1001, new = 0x2001;
	struct vtd_plan plan;

	vtd_transition_plan(&plan, &vtd_shape_root_half, &old, &new, true);
	KUNIT_EXPECT_EQ(test, plan.kind, VTD_TRANSITION_UPDATE);
	KUNIT_EXPECT_EQ(test, plan.step[0].kind, VTD_STEP_WORD);
	KUNIT_EXPECT_EQ(test, plan.step[0].lo, new);
}

/**
 * struct closer - somebody who takes an entry away while it changes
 * @live: the entry
 * @seal: its seal
 * @after: at which invalidation of the change
 */
struct closer {
	struct vtd_live live;
	struct vtd_seal seal;
	unsigned int after;
};

static int close_meanwhile(void *ctx, enum vtd_sync why, const u64 *old, const u64 *new)
{
	struct closer *closer = ctx;

	if (!closer->after--)
		vtd_transition_close(&closer->live);
	return 0;
}

static void check_closed(struct kunit *test, enum kind from, enum kind to,
			 unsigned int after)
{
	u64 slot[VTD_ENTRY_WORDS] __aligned(64);
	u64 new[VTD_ENTRY_WORDS];
	struct closer closer = {
		.live = {
			.slot = slot,
			.shape = &vtd_shape_pasid,
			.coherent = true,
			.seal = &closer.seal,
			.sync = close_meanwhile,
			.ctx = &closer,
		},
		.after = after,
	};

	build(from, slot);
	build(to, new);
	vtd_seal_init(&closer.seal);
	KUNIT_EXPECT_EQ(test, vtd_transition(&closer.live, new), 0);
	if (closer.seal.closed)
		KUNIT_EXPECT_FALSE(test, slot[0] & VTD_ENTRY_PRESENT);
	else
		KUNIT_EXPECT_MEMEQ(test, slot, new, sizeof(new));
	/* And nobody can bring it back, whatever is written there later. */
	vtd_transition_close(&closer.live);
	build(FIRST_A5, new);
	vtd_transition(&closer.live, new);
	KUNIT_EXPECT_FALSE(test, slot[0] & VTD_ENTRY_PRESENT);
	KUNIT_EXPECT_EQ(test, slot[0] | VTD_ENTRY_PRESENT, new[0]);
}

static void vtd_transition_closed_test(struct kunit *test)
{
	enum kind from, to;
	unsigned int after;

	for (from = 0; from < KINDS; from++)
		for (to = 0; to < KINDS; to++)
			for (after = 0; after < 3; after++)
				check_closed(test, from, to, after);
}

static struct kunit_case vtd_transition_cases[] = {
	KUNIT_CASE(vtd_transition_pairs_test),
	KUNIT_CASE(vtd_transition_kinds_test),
	KUNIT_CASE(vtd_transition_nested_test),
	KUNIT_CASE(vtd_transition_removal_test),
	KUNIT_CASE(vtd_transition_legacy_test),
	KUNIT_CASE(vtd_transition_word_test),
	KUNIT_CASE(vtd_transition_closed_test),
	{}
};

static struct kunit_suite vtd_transition_suite = {
	.name = "vtd_table_transition",
	.test_cases = vtd_transition_cases,
};

kunit_test_suite(vtd_transition_suite);
