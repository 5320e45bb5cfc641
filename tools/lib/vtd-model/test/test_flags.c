// SPDX-License-Identifier: GPL-2.0-only
/*
 * A, D and EA (VT-d chapter 3): which are set, when, and by atomic updates.
 */
#include "check.h"
#include "world.h"

#define SSADE(world)	world_or(world, ENTRY(PASID), VTD_PE0_SSADE)
#define FLAGS		(VTD_FS_A | VTD_FS_D | VTD_FS_EA)
#define SSFLAGS		(VTD_SS_A | VTD_SS_D)

static u8 ask(struct world *world, struct vtd_model_request rq)
{
	return world_ask(world, &rq).reason;
}

static void unit_of(struct world *world, enum vtd_model_policy policy,
		    enum world_kind kind)
{
	struct vtd_model_config config = world_config();

	config.choices = policy;
	world_unit(world, &config);
	world_build(world, kind);
}

static void expect_first(struct world *world, u64 leaf, u64 table)
{
	EXPECT_EQ(world_get(world, FS1) & FLAGS, leaf);
	EXPECT_EQ(world_get(world, FS2) & FLAGS, table);
	EXPECT_EQ(world_get(world, FS3) & FLAGS, table);
	EXPECT_EQ(world_get(world, FS4) & FLAGS, table);
}

static void expect_second(struct world *world, u64 leaf, u64 table)
{
	EXPECT_EQ(world_get(world, SS1) & SSFLAGS, leaf);
	EXPECT_EQ(world_get(world, SS2) & SSFLAGS, table);
	EXPECT_EQ(world_get(world, SS3) & SSFLAGS, table);
	EXPECT_EQ(world_get(world, SS4) & SSFLAGS, table);
}

static void test_first(struct world *world)
{
	unit_of(world, VTD_MODEL_STRICT, FIRST);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)), 0);
	expect_first(world, VTD_FS_A, VTD_FS_A);
	EXPECT_EQ(world->nupdates, 4);
	EXPECT_EQ(ask(world, PRQ(WRITE, FS_VA)), 0);
	expect_first(world, VTD_FS_A | VTD_FS_D, VTD_FS_A);
	EXPECT_EQ(world->nupdates, 5);
	EXPECT_EQ(ask(world, PRQ(ATOMIC, FS_VA)), 0);
	EXPECT_EQ(world->nupdates, 5);

	unit_of(world, VTD_MODEL_STRICT, FIRST);
	world_or(world, ENTRY(PASID) + 16, VTD_PE2_EAFE);
	EXPECT_EQ(ask(world, PRQ(ATOMIC, FS_VA)), 0);
	expect_first(world, VTD_FS_A | VTD_FS_D | VTD_FS_EA,
		     VTD_FS_A | VTD_FS_EA);
	check_done("first stage");
}

/* Nothing is due, so the walk need not be snooped. */
static void test_preset(struct world *world)
{
	unit_of(world, VTD_MODEL_STRICT, FIRST);
	world_clear(world, ENTRY(PASID) + 8, VTD_PE1_PWSNP);
	world_or(world, FS1, VTD_FS_A | VTD_FS_D);
	world_or(world, FS2, VTD_FS_A);
	world_or(world, FS3, VTD_FS_A);
	world_or(world, FS4, VTD_FS_A);
	EXPECT_EQ(ask(world, PRQ(WRITE, FS_VA)), 0);
	world_clear(world, FS1, VTD_FS_D);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)), 0);
	EXPECT_EQ(ask(world, PRQ(WRITE, FS_VA)), 0x90);
	/* A page that cannot be written needs no D. */
	world_clear(world, FS1, VTD_FS_RW);
	EXPECT_EQ(ask(world, TRQ(FS_VA, .has_pasid = true, .pasid = PASID)),
		  0x85);
	check_done("flags set beforehand");
}

static void test_second(struct world *world)
{
	unit_of(world, VTD_MODEL_STRICT, SECOND);
	EXPECT_EQ(ask(world, PRQ(WRITE, SS_IOVA)), 0);
	expect_second(world, 0, 0);
	SSADE(world);
	EXPECT_EQ(ask(world, PRQ(READ, SS_IOVA)), 0);
	expect_second(world, VTD_SS_A, VTD_SS_A);
	EXPECT_EQ(ask(world, PRQ(WRITE, SS_IOVA)), 0);
	expect_second(world, VTD_SS_A | VTD_SS_D, VTD_SS_A);
	check_done("second stage");
}

/* A translation request counts as a write, unless NW says otherwise. */
static void test_ats(struct world *world)
{
	unit_of(world, VTD_MODEL_STRICT, FIRST);
	EXPECT_EQ(ask(world, TRQ(FS_VA, .no_write = true)), 0);
	expect_first(world, VTD_FS_A, VTD_FS_A);
	EXPECT_EQ(ask(world, TRQ(FS_VA)), 0);
	expect_first(world, VTD_FS_A | VTD_FS_D, VTD_FS_A);
	/* D only where the answer grants W. */
	unit_of(world, VTD_MODEL_STRICT, FIRST);
	world_clear(world, FS2, VTD_FS_RW);
	EXPECT_EQ(ask(world, TRQ(FS_VA)), 0x85);
	expect_first(world, VTD_FS_A, VTD_FS_A);
	check_done("translation requests");
}

static void test_nested(struct world *world)
{
	unit_of(world, VTD_MODEL_STRICT, NESTED);
	SSADE(world);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)), 0);
	expect_first(world, VTD_FS_A, VTD_FS_A);
	expect_second(world, VTD_SS_A, VTD_SS_A);
	EXPECT_EQ(world_get(world, SS1_OF_FS(2)) & SSFLAGS, SSFLAGS);
	EXPECT_EQ(ask(world, PRQ(WRITE, FS_VA)), 0);
	expect_first(world, VTD_FS_A | VTD_FS_D, VTD_FS_A);
	expect_second(world, VTD_SS_A | VTD_SS_D, VTD_SS_A);
	EXPECT_EQ(world_get(world, SS1_OF_FS(5)) & SSFLAGS, 0);
	check_done("nested");
}

/* Whether a mere read of a table dirties its page is a choice. */
static void test_table_clean(struct world *world)
{
	unit_of(world, VTD_MODEL_LENIENT, NESTED);
	SSADE(world);
	world_or(world, FS2, VTD_FS_A);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)), 0);
	EXPECT_EQ(world_get(world, SS1_OF_FS(2)) & SSFLAGS, VTD_SS_A);
	/* Here a flag was written into the table. */
	EXPECT_EQ(world_get(world, SS1_OF_FS(3)) & SSFLAGS, SSFLAGS);
	unit_of(world, VTD_MODEL_STRICT, NESTED);
	SSADE(world);
	world_or(world, FS2, VTD_FS_A);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)), 0);
	EXPECT_EQ(world_get(world, SS1_OF_FS(2)) & SSFLAGS, SSFLAGS);
	check_done("D of pages that hold tables");
}

/* A request that faults may leave A and EA behind, but never D. */
static void test_fault(struct world *world)
{
	unit_of(world, VTD_MODEL_STRICT, FIRST);
	world_clear(world, FS1, VTD_FS_RW);
	EXPECT_EQ(ask(world, PRQ(WRITE, FS_VA)), 0x85);
	expect_first(world, 0, 0);
	unit_of(world, VTD_MODEL_LENIENT, FIRST);
	world_clear(world, FS1, VTD_FS_RW);
	world_or(world, ENTRY(PASID) + 16, VTD_PE2_EAFE);
	EXPECT_EQ(ask(world, PRQ(WRITE, FS_VA)), 0x85);
	expect_first(world, VTD_FS_A | VTD_FS_EA, VTD_FS_A | VTD_FS_EA);
	unit_of(world, VTD_MODEL_LENIENT, NESTED);
	SSADE(world);
	world_clear(world, SS1, VTD_SS_W);
	world_clear(world, SS1_OF_FS(1), VTD_SS_D);
	EXPECT_EQ(ask(world, PRQ(WRITE, FS_VA)), 0x85);
	expect_second(world, VTD_SS_A, VTD_SS_A);
	expect_first(world, VTD_FS_A, VTD_FS_A);
	/* Not where it must not write. */
	unit_of(world, VTD_MODEL_LENIENT, NESTED);
	world_clear(world, SS1_OF_FS(1), VTD_SS_W);
	world_clear(world, SS1, VTD_SS_W | VTD_SS_R);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)), 0x79);
	expect_first(world, 0, VTD_FS_A);
	unit_of(world, VTD_MODEL_LENIENT, FIRST);
	world_clear(world, ENTRY(PASID) + 8, VTD_PE1_PWSNP);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)), 0x90);
	expect_first(world, 0, 0);
	check_done("flags of a request that faults");
}

/* Somebody else sets another flag in between: both stay. */
static void set_other_flag(struct world *world, u64 addr)
{
	if (addr == FS1 && world->countdown && world->countdown--)
		world_or(world, FS1, VTD_FS_D);
	if (addr == SS1 && world->countdown && world->countdown--)
		world_or(world, SS1, VTD_SS_D);
}

/* The owner of the tables takes the page away in between. */
static void unmap(struct world *world, u64 addr)
{
	if (addr == FS1)
		world_clear(world, FS1, VTD_FS_P);
	if (addr == SS1)
		world_clear(world, SS1, VTD_SS_R | VTD_SS_W);
}

/* And somebody maps another page each time. */
static void remap(struct world *world, u64 addr)
{
	if (addr == FS1)
		world_put(world, FS1, world_get(world, FS1) ^ 0x100000);
	if (addr == SS1)
		world_put(world, SS1, world_get(world, SS1) ^ 0x100000);
}

/* And somebody clears flags as fast as they are set. */
static void clear_flags(struct world *world, u64 addr)
{
	if (addr == FS1)
		world_put(world, FS1, world_get(world, FS1) ^ VTD_FS_D);
}

static void test_races(struct world *world)
{
	struct vtd_model_outcome out;
	struct vtd_model_request rq = PRQ(READ, FS_VA);

	unit_of(world, VTD_MODEL_STRICT, FIRST);
	world->on_update = set_other_flag;
	world->countdown = 1;
	EXPECT_EQ(ask(world, rq), 0);
	expect_first(world, VTD_FS_A | VTD_FS_D, VTD_FS_A);

	unit_of(world, VTD_MODEL_STRICT, FIRST);
	world->on_update = unmap;
	EXPECT_EQ(ask(world, rq), 0x71);
	EXPECT_EQ(world_get(world, FS1) & FLAGS, 0);

	unit_of(world, VTD_MODEL_STRICT, FIRST);
	world->on_update = remap;
	EXPECT_EQ(ask(world, rq), 0x91);
	unit_of(world, VTD_MODEL_STRICT, FIRST);
	world->on_update = clear_flags;
	EXPECT_EQ(ask(world, rq), 0x91);

	rq.addr = SS_IOVA;
	unit_of(world, VTD_MODEL_STRICT, SECOND);
	SSADE(world);
	world->on_update = set_other_flag;
	world->countdown = 1;
	EXPECT_EQ(ask(world, rq), 0);
	expect_second(world, VTD_SS_A | VTD_SS_D, VTD_SS_A);
	world_build(world, SECOND);
	SSADE(world);
	world->on_update = unmap;
	EXPECT_EQ(ask(world, rq), 0x79);
	world_build(world, SECOND);
	SSADE(world);
	world->on_update = remap;
	out = world_ask(world, &rq);
	EXPECT_EQ(out.reason, 0x7d);
	check_done("words that change under the walk");
}

void suite_flags(void)
{
	struct world *world = world_new();

	test_first(world);
	test_preset(world);
	test_second(world);
	test_ats(world);
	test_nested(world);
	test_table_clean(world);
	test_fault(world);
	test_races(world);
	world_free(world);
}
