// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nested translation (VT-d chapter 3): what each access needs of the second
 * stage, and where the text leaves a choice.
 */
#include "check.h"
#include "world.h"

static struct vtd_model_outcome ask(struct world *world,
				    struct vtd_model_request rq)
{
	return world_ask(world, &rq);
}

static void unit_of(struct world *world, enum vtd_model_policy policy)
{
	struct vtd_model_config config = world_config();

	config.choices = policy;
	world_unit(world, &config);
	world_build(world, NESTED);
}

/* All flags that a walk would set, so that it sets none. */
static void preset(struct world *world)
{
	world_or(world, FS1, VTD_FS_A | VTD_FS_D);
	world_or(world, FS2, VTD_FS_A);
	world_or(world, FS3, VTD_FS_A);
	world_or(world, FS4, VTD_FS_A);
}

static void test_sizes(struct world *world)
{
	u64 flags = VTD_FS_P | VTD_FS_RW | VTD_FS_US;
	struct vtd_model_outcome out;

	unit_of(world, VTD_MODEL_STRICT);
	out = ask(world, PRQ(WRITE, FS_VA + 0x20));
	EXPECT_EQ(out.verdict, VTD_MODEL_DONE);
	EXPECT_EQ(out.addr, AT_PAGE + 0x20);
	EXPECT_EQ(out.size, 1 << 12);

	/* 2 MiB of the guest in pages of 4 KiB of the host */
	world_put(world, FS2, flags | VTD_PT_PS);
	world_put(world, SS(1) + 0x04 * 8, 0x77000 | VTD_SS_R | VTD_SS_W);
	out = ask(world, PRQ(WRITE, FS_VA + 0x20));
	EXPECT_EQ(out.addr, 0x77020);
	EXPECT_EQ(out.size, 1 << 12);

	/* 4 KiB of the guest in 2 MiB of the host */
	unit_of(world, VTD_MODEL_STRICT);
	world_put(world, FS1, 0x2345000 | flags);
	world_put(world, SS(2) + 0x11 * 8,
		  0x6000000 | VTD_SS_R | VTD_SS_W | VTD_PT_PS);
	out = ask(world, PRQ(WRITE, FS_VA + 0x20));
	EXPECT_EQ(out.addr, 0x6145020);
	EXPECT_EQ(out.size, 1 << 12);

	/* 2 MiB in 1 GiB */
	unit_of(world, VTD_MODEL_STRICT);
	world_put(world, FS2, 0x40200000 | VTD_PT_PS | flags);
	world_put(world, SS(3) + 8, 0x80000000 | VTD_SS_R | VTD_SS_W | VTD_PT_PS);
	out = ask(world, PRQ(WRITE, FS_VA + 0x20));
	EXPECT_EQ(out.addr, 0x80204020);
	EXPECT_EQ(out.size, 1 << 21);
	check_done("the smaller page counts");
}

/* The table of what each access needs. */
static void test_table_reads(struct world *world)
{
	unit_of(world, VTD_MODEL_STRICT);
	preset(world);
	world_clear(world, SS1_OF_FS(4), VTD_SS_W);
	world_clear(world, SS1_OF_FS(1), VTD_SS_W);
	EXPECT_EQ(ask(world, PRQ(WRITE, FS_VA)).reason, 0);
	EXPECT_EQ(world->nupdates, 0);
	/* A table that may not be written, and a flag that must be. */
	world_clear(world, FS1, VTD_FS_D);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)).reason, 0);
	EXPECT_EQ(ask(world, PRQ(WRITE, FS_VA)).reason, 0x77);
	EXPECT_EQ(world_get(world, FS1) & VTD_FS_D, 0);

	unit_of(world, VTD_MODEL_STRICT);
	preset(world);
	world_or(world, ENTRY(PASID), VTD_PE0_SSADE);
	world_clear(world, SS1_OF_FS(4), VTD_SS_W);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)).reason, 0x77);

	/* At an upper level of the second stage as well. */
	unit_of(world, VTD_MODEL_STRICT);
	world_clear(world, SS3, VTD_SS_R);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)).reason, 0x75);
	check_done("table reads: R, with SSADE R and W");
}

static void test_final(struct world *world)
{
	struct vtd_model_outcome out;

	unit_of(world, VTD_MODEL_STRICT);
	world_clear(world, SS1, VTD_SS_W);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)).reason, 0);
	EXPECT_EQ(ask(world, PRQ(WRITE, FS_VA)).reason, 0x85);
	EXPECT_EQ(ask(world, PRQ(ATOMIC, FS_VA)).reason, 0x85);
	world_put(world, SS1, AT_PAGE | VTD_SS_W);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)).reason, 0x86);
	EXPECT_EQ(ask(world, PRQ(WRITE, FS_VA)).reason, 0);
	EXPECT_EQ(ask(world, PRQ(ATOMIC, FS_VA)).reason, 0x86);
	/* A supervisor may write where R/W=0, if the second stage lets it. */
	unit_of(world, VTD_MODEL_STRICT);
	world_or(world, ENTRY(PASID) + 16, VTD_PE2_SRE);
	world_clear(world, FS1, VTD_FS_RW | VTD_FS_US);
	EXPECT_EQ(ask(world, PRQ(WRITE, FS_VA, .privileged = true)).reason, 0);
	world_clear(world, SS1, VTD_SS_W);
	EXPECT_EQ(ask(world, PRQ(WRITE, FS_VA, .privileged = true)).reason,
		  0x85);
	/* Each stage takes what the other one grants. */
	unit_of(world, VTD_MODEL_STRICT);
	world_clear(world, FS1, VTD_FS_RW);
	world_clear(world, SS1, VTD_SS_R);
	out = ask(world, TRQ(FS_VA));
	EXPECT_EQ(out.verdict, VTD_MODEL_DONE);
	EXPECT(!out.read && !out.write);
	check_done("final page: both stages");
}

/* The first stage's input is only judged by its form. */
static void test_ranges(struct world *world)
{
	unit_of(world, VTD_MODEL_STRICT);
	world_put(world, ENTRY(PASID), SS(3) | VTD_PE0_P |
		  FIELD_PREP(VTD_PE0_AW, VTD_AW_39) |
		  FIELD_PREP(VTD_PE0_PGTT, VTD_PGTT_NESTED));
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)).reason, 0);
	EXPECT_EQ(ask(world, PRQ(READ, (1ULL << 46) + FS_VA)).reason, 0x71);
	EXPECT_EQ(ask(world, PRQ(READ, 1ULL << 47)).reason, 0x80);
	world_or(world, FS1, 1ULL << 39);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)).reason, 0x74);
	/* The very first address that is too large */
	world_put(world, FS1, VTD_FS_P | VTD_FS_US | 1ULL << 39);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)).reason, 0x74);
	world_put(world, ENTRY(PASID) + 16, 1ULL << 39);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)).reason, 0x5b);
	/* A guest address may be wider than the host's. */
	unit_of(world, VTD_MODEL_STRICT);
	world_or(world, FS1, BIT_ULL(FULL_HAW));
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)).reason, 0x79);
	check_done("ranges of guest addresses");
}

/* Specific reasons or those of the second stage: both are allowed. */
static void test_codes(struct world *world)
{
	static const struct {
		unsigned int level;	/* whose table page */
		u64 clear;
		u64 ssade;
		u8 specific;
		u8 second;
		u8 third;
	} rows[] = {
		{ 4, VTD_SS_R, 0, 0x75, 0x86, 0 },
		{ 2, VTD_SS_R, 0, 0x76, 0x86, 0 },
		{ 2, VTD_SS_W, 0, 0x77, 0x85, 0 },
		{ 4, VTD_SS_W, VTD_PE0_SSADE, 0x77, 0x85, 0x75 },
		{ 2, VTD_SS_W, VTD_PE0_SSADE, 0x77, 0x85, 0x76 },
	};
	struct vtd_model_outcome out;
	unsigned int i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum vtd_model_policy policy;

		for (policy = VTD_MODEL_STRICT; policy <= VTD_MODEL_SEEDED;
		     policy++) {
			unit_of(world, policy);
			world_or(world, ENTRY(PASID), rows[i].ssade);
			world_clear(world, SS1_OF_FS(rows[i].level),
				    rows[i].clear);
			out = ask(world, PRQ(READ, FS_VA));
			EXPECT(vtd_model_accepts(&out, rows[i].specific));
			EXPECT(vtd_model_accepts(&out, rows[i].second));
			if (rows[i].third)
				EXPECT(vtd_model_accepts(&out, rows[i].third));
			EXPECT(!vtd_model_accepts(&out, 0x79));
			EXPECT(!vtd_model_accepts(&out, 0));
			if (policy == VTD_MODEL_STRICT)
				EXPECT_EQ(out.reason, rows[i].specific);
			if (policy == VTD_MODEL_LENIENT)
				EXPECT_EQ(out.reason, rows[i].second);
		}
	}
	check_done("allowed reasons");
}

/* The outcome of a translation request goes with the reason that is given. */
static void test_codes_ats(struct world *world)
{
	struct vtd_model_outcome out;

	unit_of(world, VTD_MODEL_LENIENT);
	world_clear(world, SS1_OF_FS(2), VTD_SS_R);
	out = ask(world, TRQ(FS_VA));
	EXPECT_EQ(out.reason, 0x86);
	EXPECT_EQ(out.verdict, VTD_MODEL_DONE);
	EXPECT(!out.read && !out.write && !out.recorded);
	check_done("allowed reasons, translation request");
}

void suite_nested(void)
{
	struct world *world = world_new();

	test_sizes(world);
	test_table_reads(world);
	test_final(world);
	test_ranges(world);
	test_codes(world);
	test_codes_ats(world);
	world_free(world);
}
