// SPDX-License-Identifier: GPL-2.0-only
/*
 * The PASID entry (VT-d chapter 9): which field counts for which kind of
 * translation, and which is reserved on which unit.
 */
#include "check.h"
#include "world.h"

#define FS_ONLY	BIT(FIRST)
#define SS_ONLY	BIT(SECOND)
#define NEST	BIT(NESTED)
#define PASS	BIT(PT)
#define ALL	(FS_ONLY | SS_ONLY | NEST | PASS)

static u8 ask(struct world *world, enum world_kind kind)
{
	u64 addr = kind == FIRST || kind == NESTED ? FS_VA : SS_IOVA;
	struct vtd_model_request rq = PRQ(READ, addr);

	return world_ask(world, &rq).reason;
}

/*
 * One field set on a unit that has all. Where it counts, that has the reason
 * named (0: no fault comes of it); elsewhere it is ignored.
 */
static const struct {
	const char *name;
	unsigned int word;
	u64 clear;
	u64 set;
	unsigned int counts;	/* bits of enum world_kind */
	u8 reason;
} fields[] = {
	{ "FPD", 0, 0, VTD_PE0_FPD, 0, 0 },
	{ "AW of no width", 0, VTD_PE0_AW, FIELD_PREP(VTD_PE0_AW, 7),
	  SS_ONLY | NEST, 0x5b },
	{ "bit 5", 0, 0, BIT(5), ALL, 0x5a },
	{ "bit 10", 0, 0, BIT(10), ALL, 0x5a },
	{ "bit 11", 0, 0, BIT(11), ALL, 0x5a },
	{ "SSADE", 0, 0, VTD_PE0_SSADE, 0, 0 },
	{ "SSPTPTR beyond the host", 0, 0, BIT_ULL(FULL_HAW), SS_ONLY | NEST,
	  0x5a },
	{ "SSPTPTR that cannot be read", 0, VTD_PE0_SSPTPTR, MEM_SIZE,
	  SS_ONLY | NEST, 0x7b },
	{ "DID", 1, VTD_PE1_DID, 0xffff, 0, 0 },
	{ "word 1, bit 16", 1, 0, BIT(16), ALL, 0x5a },
	{ "word 1, bit 22", 1, 0, BIT(22), ALL, 0x5a },
	{ "PWSNP cleared", 1, VTD_PE1_PWSNP, 0, FS_ONLY | NEST, 0x90 },
	{ "PWSNP", 1, 0, VTD_PE1_PWSNP, 0, 0 },
	{ "PGSNP, CD, EMTE, PAT", 1, 0, VTD_PE1_PGSNP | VTD_PE1_CD |
	  VTD_PE1_EMTE | VTD_PE1_PAT, 0, 0 },
	{ "word 1, bit 27", 1, 0, BIT(27), ALL, 0x5a },
	{ "word 1, bit 31", 1, 0, BIT(31), ALL, 0x5a },
	{ "SRE", 2, 0, VTD_PE2_SRE, 0, 0 },
	{ "bit 129", 2, 0, BIT(1), ALL, 0x5a },
	{ "FSPM reserved", 2, 0, FIELD_PREP(VTD_PE2_FSPM, 2),
	  FS_ONLY | NEST | PASS, 0x5b },
	{ "WPE", 2, 0, VTD_PE2_WPE, 0, 0 },
	{ "bits 133, 134", 2, 0, BIT(5) | BIT(6), 0, 0 },
	{ "EAFE", 2, 0, VTD_PE2_EAFE, 0, 0 },
	{ "bit 136", 2, 0, BIT(8), ALL, 0x5a },
	{ "bit 139", 2, 0, BIT(11), ALL, 0x5a },
	{ "FSPTPTR beyond the host", 2, 0, BIT_ULL(52), FS_ONLY, 0x5a },
	{ "FSPTPTR that cannot be read", 2, VTD_PE2_FSPTPTR, MEM_SIZE,
	  FS_ONLY, 0x73 },
	{ "FSPTPTR that is not mapped", 2, VTD_PE2_FSPTPTR, MEM_SIZE,
	  NEST, 0x79 },
	{ "word 3", 3, 0, BIT(0), ALL, 0x5a },
	{ "word 4, HPT", 4, 0, BIT_ULL(63), ALL, 0x5a },
	{ "word 5, HPTDID", 5, 0, BIT(0), ALL, 0x5a },
	{ "word 6", 6, 0, BIT_ULL(32), ALL, 0x5a },
	{ "word 7", 7, 0, BIT_ULL(63), ALL, 0x5a },
};

static void test_fields(struct world *world)
{
	enum world_kind kind;
	unsigned int i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		for (kind = FIRST; kind <= PT; kind++) {
			u64 addr = ENTRY(PASID) + 8 * fields[i].word;
			u8 want = fields[i].counts & BIT(kind) ?
				fields[i].reason : 0;
			u8 seen;

			/* Beyond 48 bits under nesting: SPT.4.4 */
			if (fields[i].set == BIT_ULL(52) && kind == NESTED)
				want = 0x5b;
			/* Not mapped, or not readable: only one of both */
			if (fields[i].set == MEM_SIZE && fields[i].word == 2 &&
			    !(fields[i].counts & BIT(kind)))
				continue;
			world_build(world, kind);
			world_clear(world, addr, fields[i].clear);
			world_or(world, addr, fields[i].set);
			seen = ask(world, kind);
			EXPECT_ABOUT(seen == want, "but 0x%x, not 0x%x, kind %u",
				     seen, want, kind);
		}
		check_done(fields[i].name);
	}
}

/* A field whose capability the unit lacks is reserved, whoever uses it. */
static const struct {
	const char *name;
	u64 cap_off;
	u64 ecap_off;
	unsigned int word;
	u64 set;
	unsigned int kinds;	/* that such a unit has */
} lacking[] = {
	{ "AW without SSTS", 0, VTD_ECAP_SSTS | VTD_ECAP_NEST, 0,
	  FIELD_PREP(VTD_PE0_AW, VTD_AW_48), FS_ONLY | PASS },
	{ "SSPTPTR without SSTS", 0, VTD_ECAP_SSTS | VTD_ECAP_NEST, 0,
	  BIT(12), FS_ONLY | PASS },
	{ "SSADE without SSTS", 0, VTD_ECAP_SSTS | VTD_ECAP_NEST, 0,
	  VTD_PE0_SSADE, FS_ONLY | PASS },
	{ "SSADE without SSADS", 0, VTD_ECAP_SSADS, 0, VTD_PE0_SSADE, ALL },
	{ "DID beyond ND", FIELD_PREP(VTD_CAP_ND, 4), 0, 1, BIT(8), ALL },
	{ "PGSNP without SC", 0, VTD_ECAP_SC, 1, VTD_PE1_PGSNP, ALL },
	{ "CD without MTS", 0, VTD_ECAP_MTS, 1, VTD_PE1_CD, ALL },
	{ "EMTE without MTS", 0, VTD_ECAP_MTS, 1, VTD_PE1_EMTE, ALL },
	{ "PAT without MTS", 0, VTD_ECAP_MTS, 1, BIT_ULL(63), ALL },
	{ "SRE without SRS", 0, VTD_ECAP_SRS | VTD_ECAP_RPRIVS, 2,
	  VTD_PE2_SRE, ALL },
	{ "EAFE without EAFS", 0, VTD_ECAP_EAFS, 2, VTD_PE2_EAFE, ALL },
	{ "FSPM without FSTS", VTD_CAP_FS5LP | VTD_CAP_FS1GP,
	  VTD_ECAP_FSTS | VTD_ECAP_NEST | VTD_ECAP_EAFS, 2,
	  FIELD_PREP(VTD_PE2_FSPM, VTD_FSPM_5LEVEL), SS_ONLY | PASS },
	{ "WPE without FSTS", VTD_CAP_FS5LP | VTD_CAP_FS1GP,
	  VTD_ECAP_FSTS | VTD_ECAP_NEST | VTD_ECAP_EAFS, 2,
	  VTD_PE2_WPE, SS_ONLY | PASS },
	{ "FSPTPTR without FSTS", VTD_CAP_FS5LP | VTD_CAP_FS1GP,
	  VTD_ECAP_FSTS | VTD_ECAP_NEST | VTD_ECAP_EAFS, 2,
	  BIT(12), SS_ONLY | PASS },
};

static void test_lacking(struct world *world)
{
	struct vtd_model_config config;
	enum world_kind kind;
	unsigned int i;

	for (i = 0; i < sizeof(lacking) / sizeof(lacking[0]); i++) {
		config = world_config();
		config.cap &= ~lacking[i].cap_off;
		config.ecap &= ~lacking[i].ecap_off;
		world_unit(world, &config);
		for (kind = FIRST; kind <= PT; kind++) {
			if (!(lacking[i].kinds & BIT(kind)))
				continue;
			world_build(world, kind);
			EXPECT_EQ(ask(world, kind), 0);
			world_or(world, ENTRY(PASID) + 8 * lacking[i].word,
				 lacking[i].set);
			EXPECT_EQ(ask(world, kind), 0x5a);
		}
		check_done(lacking[i].name);
	}
	/* PWSNP needs SMPWCS; without it flags cannot be set, so none may be due. */
	config = world_config();
	config.ecap &= ~(VTD_ECAP_SMPWCS | VTD_ECAP_SSADS | VTD_ECAP_EAFS);
	world_unit(world, &config);
	world_build(world, SECOND);
	EXPECT_EQ(ask(world, SECOND), 0x5a);
	world_clear(world, ENTRY(PASID) + 8, VTD_PE1_PWSNP);
	EXPECT_EQ(ask(world, SECOND), 0);
	check_done("PWSNP without SMPWCS");
}

/* SPT.4: kinds and depths that a unit does not offer. */
static const struct {
	const char *name;
	enum world_kind kind;
	u64 cap_off;
	u64 ecap_off;
	u64 fspm;
} unoffered[] = {
	{ "first stage without FSTS", PT, VTD_CAP_FS5LP | VTD_CAP_FS1GP,
	  VTD_ECAP_FSTS | VTD_ECAP_NEST | VTD_ECAP_EAFS },
	{ "nested without NEST", NESTED, 0, VTD_ECAP_NEST },
	{ "pass-through without PT", PT, 0, VTD_ECAP_PT },
	{ "5 levels without FS5LP", FIRST, VTD_CAP_FS5LP, 0, 1 },
	{ "5 levels without FS5LP, pass-through", PT, VTD_CAP_FS5LP, 0, 1 },
	{ "AW without its SAGAW bit", SECOND,
	  FIELD_PREP(VTD_CAP_SAGAW, VTD_SAGAW_48), 0 },
};

static void test_unoffered(struct world *world)
{
	struct vtd_model_config config;
	unsigned int i;

	for (i = 0; i < sizeof(unoffered) / sizeof(unoffered[0]); i++) {
		config = world_config();
		config.cap &= ~unoffered[i].cap_off;
		config.ecap &= ~unoffered[i].ecap_off;
		world_unit(world, &config);
		world_build(world, unoffered[i].kind);
		world_or(world, ENTRY(PASID) + 16,
			 FIELD_PREP(VTD_PE2_FSPM, unoffered[i].fspm));
		/* The pointer would be reserved: PGTT alone must tell. */
		if (unoffered[i].ecap_off & VTD_ECAP_FSTS) {
			world_clear(world, ENTRY(PASID), VTD_PE0_PGTT);
			world_or(world, ENTRY(PASID),
				 FIELD_PREP(VTD_PE0_PGTT, VTD_PGTT_FIRST));
		}
		EXPECT_EQ(ask(world, unoffered[i].kind), 0x5b);
		check_done(unoffered[i].name);
	}
	config = world_config();
	config.ecap &= ~(VTD_ECAP_SSTS | VTD_ECAP_NEST);
	world_unit(world, &config);
	world_build(world, PT);
	world_clear(world, ENTRY(PASID), VTD_PE0_PGTT);
	world_or(world, ENTRY(PASID), FIELD_PREP(VTD_PE0_PGTT, VTD_PGTT_SECOND));
	EXPECT_EQ(ask(world, PT), 0x5b);
	check_done("second stage without SSTS");
}

/* The 64 bytes are read in four pieces, each at another time. */
static void tear(struct world *world, u64 addr)
{
	if (addr == ENTRY(PASID) + 16)
		world_put(world, ENTRY(PASID) + 16, 0);
	if (addr == ENTRY(PASID) + 48)
		world_put(world, ENTRY(PASID) + 8, 0);
}

static void test_pieces(struct world *world)
{
	struct vtd_model_config config = world_config();
	static const u64 parts[] = { 0, 16, 32, 48 };
	unsigned int i, first;

	world_unit(world, &config);
	world_build(world, FIRST);
	EXPECT_EQ(ask(world, FIRST), 0);
	for (first = 0; world->read_at[first] != ENTRY(PASID); first++)
		;
	for (i = 0; i < 4; i++)
		EXPECT_EQ(world->read_at[first + i], ENTRY(PASID) + parts[i]);

	/* The new pointer with the rest of the old entry */
	world_build(world, FIRST);
	world->on_read = tear;
	world->nreads = 0;
	EXPECT_EQ(ask(world, FIRST), 0x71);
	EXPECT_EQ(world->read_at[world->nreads - 1], 8);

	config.choices = VTD_MODEL_LENIENT;
	world_unit(world, &config);
	world_build(world, FIRST);
	EXPECT_EQ(ask(world, FIRST), 0);
	for (first = 0; world->read_at[first] != ENTRY(PASID) + 48; first++)
		;
	for (i = 0; i < 4; i++)
		EXPECT_EQ(world->read_at[first + i],
			  ENTRY(PASID) + parts[3 - i]);
	check_done("the entry is read in pieces");
}

/* By seed, every order of four pieces turns up. */
static void test_orders(struct world *world)
{
	struct vtd_model_config config = world_config();
	unsigned int i, j, k, nseen = 0, code;
	u64 seen = 0;

	config.choices = VTD_MODEL_SEEDED;
	for (i = 0; i < 400; i++) {
		config.seed = i;
		world_unit(world, &config);
		world_build(world, SECOND);
		EXPECT_EQ(ask(world, SECOND), 0);
		for (j = 0; world->read_at[j] < ENTRY(PASID); j++)
			;
		/* Place of each piece, the last one follows. */
		code = 0;
		for (k = 0; k < 3; k++)
			code = code * 4 +
				(world->read_at[j + k] - ENTRY(PASID)) / 16;
		if (!(seen & BIT_ULL(code))) {
			seen |= BIT_ULL(code);
			nseen++;
		}
	}
	EXPECT_EQ(nseen, 4 * 3 * 2);
	check_done("pieces in every order");
}

void suite_pasid(void)
{
	struct world *world = world_new();

	test_fields(world);
	test_lacking(world);
	test_unoffered(world);
	test_pieces(world);
	test_orders(world);
	world_free(world);
}
