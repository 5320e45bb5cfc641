// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is cached, and by what it is found (VT-d chapter 6).
 */
#include "check.h"
#include "world.h"

static void unit_of(struct world *world, enum world_kind kind)
{
	struct vtd_model_config config = world_cached_config(world);

	world_unit(world, &config);
	world_build(world, kind);
}

static u8 ask(struct world *world, struct vtd_model_request rq)
{
	return world_ask(world, &rq).reason;
}

/* How often memory is read for a request. */
static unsigned int reads(struct world *world, struct vtd_model_request rq)
{
	world->model.config.check = 0;
	world->nreads = 0;
	EXPECT_EQ(ask(world, rq), 0);
	return world->nreads;
}

static void test_hits(struct world *world)
{
	unit_of(world, FIRST);
	EXPECT_EQ(reads(world, PRQ(READ, FS_VA)), 1 + 2 + 1 + 4 + 4);
	EXPECT_EQ(reads(world, PRQ(READ, FS_VA)), 0);
	/* Another page of the same table: one word. */
	world_put(world, FS1 + 8, world_get(world, FS1));
	EXPECT_EQ(reads(world, PRQ(READ, FS_VA + 0x1000)), 1);
	/* The same without PASID has an entry of its own, as the PASID has. */
	EXPECT_EQ(reads(world, RQ(READ, FS_VA)), 1 + 4 + 4);
	EXPECT_EQ(reads(world, RQ(READ, FS_VA)), 0);
	/* So has a translation request. */
	EXPECT_EQ(reads(world, TRQ(FS_VA)), 1);
	EXPECT_EQ(reads(world, TRQ(FS_VA)), 0);

	unit_of(world, NESTED);
	EXPECT_EQ(reads(world, PRQ(READ, FS_VA)), 8 + 4 * (4 + 1) + 4);
	EXPECT_EQ(reads(world, PRQ(READ, FS_VA)), 0);
	/* First-stage leaf, second-stage leaf of the page */
	world_put(world, FS1 + 8, world_get(world, FS1));
	EXPECT_EQ(reads(world, PRQ(READ, FS_VA + 0x1000)), 2);
	check_done("hits");
}

/* Another device shares no page, but the tables of its domain. */
static void test_devices(struct world *world)
{
	struct vtd_model_request rq = PRQ(READ, SS_IOVA);

	unit_of(world, SECOND);
	EXPECT_EQ(reads(world, rq), 1 + 2 + 1 + 4 + 4);
	rq.sid = SID_UPPER;
	EXPECT_EQ(reads(world, rq), 1 + 2 + 1 + 4 + 1);
	EXPECT_EQ(reads(world, rq), 0);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_CONTEXT), 2);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_PASID), 2);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_PAGE), 2);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_SECOND), 3);
	check_done("two devices");
}

static void test_keep_none(struct world *world)
{
	struct vtd_model_config config = world_cached_config(world);
	unsigned int all;

	config.retention = VTD_MODEL_KEEP_NONE;
	world_unit(world, &config);
	world_build(world, FIRST);
	all = reads(world, PRQ(READ, FS_VA));
	EXPECT_EQ(reads(world, PRQ(READ, FS_VA)), all);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_PAGE), 0);
	check_done("keep none");
}

static void test_keep_seeded(struct world *world)
{
	struct vtd_model_config config = world_cached_config(world);
	unsigned int i, hits = 0;

	config.retention = VTD_MODEL_KEEP_SEEDED;
	config.nslots[VTD_MODEL_CACHE_PAGE] = 2;
	world_unit(world, &config);
	world_build(world, FIRST);
	for (i = 0; i < 200; i++)
		hits += !reads(world, PRQ(READ, FS_VA));
	EXPECT_ABOUT(hits > 20 && hits < 180, "%u of 200 are hits", hits);
	check_done("keep by seed");
}

/* A full cache drops the oldest, and counts it. */
static void test_full(struct world *world)
{
	struct vtd_model_config config = world_cached_config(world);

	config.nslots[VTD_MODEL_CACHE_PAGE] = 2;
	world_unit(world, &config);
	world_build(world, FIRST);
	world_put(world, FS1 + 8, world_get(world, FS1));
	world_put(world, FS1 + 16, world_get(world, FS1));
	reads(world, PRQ(READ, FS_VA));
	reads(world, PRQ(READ, FS_VA + 0x1000));
	EXPECT_EQ(world->model.caches.dropped[VTD_MODEL_CACHE_PAGE], 0);
	reads(world, PRQ(READ, FS_VA + 0x2000));
	EXPECT_EQ(world->model.caches.dropped[VTD_MODEL_CACHE_PAGE], 1);
	EXPECT_EQ(reads(world, PRQ(READ, FS_VA + 0x1000)), 0);
	EXPECT_EQ(reads(world, PRQ(READ, FS_VA + 0x2000)), 0);
	EXPECT_EQ(reads(world, PRQ(READ, FS_VA)), 1);
	check_done("a full cache");
}

/* A write must find D set, or set it. */
static void test_dirty(struct world *world)
{
	unit_of(world, FIRST);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)), 0);
	EXPECT_EQ(reads(world, PRQ(WRITE, FS_VA)), 1);
	EXPECT(world_get(world, FS1) & VTD_FS_D);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_PAGE), 1);
	EXPECT_EQ(reads(world, PRQ(WRITE, FS_VA)), 0);
	EXPECT_EQ(reads(world, PRQ(ATOMIC, FS_VA)), 0);

	unit_of(world, SECOND);
	world_or(world, ENTRY(PASID), VTD_PE0_SSADE);
	EXPECT_EQ(ask(world, PRQ(READ, SS_IOVA)), 0);
	EXPECT_EQ(ask(world, PRQ(WRITE, SS_IOVA)), 0);
	EXPECT(world_get(world, SS1) & VTD_SS_D);

	/* One without permission to write needs none. */
	unit_of(world, FIRST);
	world_clear(world, FS1, VTD_FS_RW);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)), 0);
	world->nreads = 0;
	world->model.config.check = 0;
	EXPECT_EQ(ask(world, PRQ(WRITE, FS_VA)), 0x85);
	EXPECT_EQ(world->nreads, 0);
	check_done("D of a cached page");
}

/* Upper levels stay, although the request that came by faulted. */
static void test_upper_of_fault(struct world *world)
{
	unit_of(world, SECOND);
	world_clear(world, SS1, VTD_SS_R | VTD_SS_W);
	EXPECT_EQ(ask(world, PRQ(READ, SS_IOVA)), 0x79);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_SECOND), 3);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_PAGE), 0);

	/* Of the first stage only where A was set already. */
	unit_of(world, FIRST);
	world_clear(world, FS1, VTD_FS_P);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)), 0x71);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_FIRST), 0);
	world_or(world, FS4, VTD_FS_A);
	world_or(world, FS3, VTD_FS_A);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)), 0x71);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_FIRST), 2);
	check_done("upper levels on the way to a fault");
}

/* What is remembered of a table's place under nesting. */
static void test_nested_upper(struct world *world)
{
	struct vtd_model_config config = world_cached_config(world);
	const struct vtdm_cached *slot;

	unit_of(world, NESTED);
	world_clear(world, FS1, VTD_FS_P);
	world_or(world, FS4, VTD_FS_A);
	world_or(world, FS3, VTD_FS_A);
	world_or(world, FS2, VTD_FS_A);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)), 0x71);
	slot = world->model.caches.slot[VTD_MODEL_CACHE_FIRST];
	EXPECT(slot[0].valid && slot[0].upper.has_host);
	EXPECT_EQ(slot[0].upper.table, GPA_FS + 0x2000);
	EXPECT_EQ(slot[0].upper.host, FS(3));

	/* With SSADE flags of the second stage must be set first. */
	unit_of(world, NESTED);
	world_or(world, ENTRY(PASID), VTD_PE0_SSADE);
	world_clear(world, FS1, VTD_FS_P);
	world_or(world, FS4, VTD_FS_A);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)), 0x71);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_FIRST), 0);
	unit_of(world, NESTED);
	world_or(world, ENTRY(PASID), VTD_PE0_SSADE);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)), 0);
	EXPECT(slot[0].valid && slot[0].upper.has_host);

	/* The page of a table is clean: a write of flags must go there again. */
	config.choices = VTD_MODEL_LENIENT;
	world_unit(world, &config);
	world_build(world, NESTED);
	world_or(world, ENTRY(PASID), VTD_PE0_SSADE);
	world_or(world, FS2, VTD_FS_A);
	world_or(world, FS1, VTD_FS_A);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)), 0);
	EXPECT_EQ(world_get(world, SS1_OF_FS(1)) & VTD_SS_D, 0);
	EXPECT(slot[0].upper.has_host && !slot[2].upper.has_host);
	EXPECT_EQ(ask(world, PRQ(WRITE, FS_VA)), 0);
	EXPECT(world_get(world, SS1_OF_FS(1)) & VTD_SS_D);
	EXPECT(world_get(world, FS1) & VTD_FS_D);

	/* A table that may not be written stays so from the cache. */
	unit_of(world, NESTED);
	world_or(world, FS1, VTD_FS_A);
	world_clear(world, SS1_OF_FS(1), VTD_SS_W);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)), 0);
	EXPECT_EQ(ask(world, PRQ(WRITE, FS_VA)), 0x77);
	check_done("upper levels under nesting");
}

/* The IOTLB may have a large page whole or in parts. */
static void test_large(struct world *world)
{
	u64 large = 0x200000 | VTD_SS_R | VTD_SS_W | VTD_PT_PS;
	struct vtd_model_config config = world_cached_config(world);
	struct vtd_model_request rq = PRQ(READ, SS_IOVA);
	struct vtd_model_outcome out;

	unit_of(world, SECOND);
	world_put(world, SS2, large);
	reads(world, PRQ(READ, SS_IOVA));
	EXPECT_EQ(reads(world, PRQ(READ, SS_IOVA)), 0);
	EXPECT_EQ(reads(world, PRQ(READ, SS_IOVA + 0x1000)), 1);
	out = world_ask(world, &rq);
	EXPECT_EQ(out.size, 1 << 21);
	EXPECT_EQ(out.addr, 0x200000 + SS_IOVA);

	config.choices = VTD_MODEL_LENIENT;
	world_unit(world, &config);
	world_build(world, SECOND);
	world_put(world, SS2, large);
	reads(world, PRQ(READ, SS_IOVA));
	EXPECT_EQ(reads(world, PRQ(READ, SS_IOVA + 0x1008)), 0);
	rq.addr += 0x1008;
	EXPECT_EQ(world_ask(world, &rq).addr, 0x200000 + SS_IOVA + 0x1008);
	rq.at = VTD_FRCD_AT_REQUEST;
	EXPECT_EQ(world_ask(world, &rq).addr, 0x200000);
	EXPECT_EQ(world_ask(world, &rq).addr, 0x200000);
	check_done("large pages, whole and in parts");
}

/* Only a unit with CM=1 remembers what is not there. */
static const struct {
	const char *name;
	enum world_kind kind;
	u64 addr;
	u64 clear;
	u64 set;
	u8 reason;
	int kept;
	enum vtd_model_cache cache;
} absent[] = {
	{ "root entry", LEGACY, ROOT, VTD_ROOT_P, 0, 0x01, 1,
	  VTD_MODEL_CACHE_CONTEXT },
	{ "root entry, reserved", LEGACY, ROOT, 0, BIT(1), 0x0a, 1,
	  VTD_MODEL_CACHE_CONTEXT },
	{ "context entry", LEGACY, CONTEXT, VTD_CTX_P, 0, 0x02, 1,
	  VTD_MODEL_CACHE_CONTEXT },
	{ "context entry, invalid", LEGACY, CONTEXT, 0, VTD_CTX_TT, 0x03, 1,
	  VTD_MODEL_CACHE_CONTEXT },
	{ "context entry, reserved", LEGACY, CONTEXT, 0, BIT(4), 0x0b, 1,
	  VTD_MODEL_CACHE_CONTEXT },
	{ "context table out of reach", LEGACY, ROOT, VTD_ROOT_PTR, MEM_SIZE,
	  0x09, 0, VTD_MODEL_CACHE_CONTEXT },
	{ "scalable root entry", SECOND, ROOT, VTD_ROOT_P, 0, 0x39, 1,
	  VTD_MODEL_CACHE_CONTEXT },
	{ "scalable root entry, reserved", SECOND, ROOT, 0, BIT(1), 0x3a, 1,
	  VTD_MODEL_CACHE_CONTEXT },
	{ "scalable context entry", SECOND, SM_CONTEXT, VTD_SMCTX_P, 0, 0x41, 1,
	  VTD_MODEL_CACHE_CONTEXT },
	{ "scalable context entry, reserved", SECOND, SM_CONTEXT, 0, BIT(7),
	  0x42, 1, VTD_MODEL_CACHE_CONTEXT },
	{ "scalable context entry, invalid", SECOND, SM_CONTEXT, VTD_SMCTX_DTE,
	  0, 0x43, 1, VTD_MODEL_CACHE_CONTEXT },
	{ "scalable context table out of reach", SECOND, ROOT, VTD_ROOT_PTR,
	  MEM_SIZE, 0x40, 0, VTD_MODEL_CACHE_CONTEXT },
	{ "PASID directory entry", SECOND, AT_DIR, VTD_PDE_P, 0, 0x51, 1,
	  VTD_MODEL_CACHE_PASID },
	{ "PASID directory entry, reserved", SECOND, AT_DIR, 0, BIT(2), 0x52, 1,
	  VTD_MODEL_CACHE_PASID },
	{ "PASID entry", SECOND, ENTRY(PASID), VTD_PE0_P, 0, 0x59, 1,
	  VTD_MODEL_CACHE_PASID },
	{ "PASID entry, reserved", SECOND, ENTRY(PASID), 0, BIT(5), 0x5a, 1,
	  VTD_MODEL_CACHE_PASID },
	{ "PASID entry, invalid", SECOND, ENTRY(PASID), VTD_PE0_AW, 0, 0x5b, 1,
	  VTD_MODEL_CACHE_PASID },
	{ "PASID table out of reach", SECOND, AT_DIR, VTD_PDE_PTR, MEM_SIZE,
	  0x58, 0, VTD_MODEL_CACHE_PASID },
	{ "page", SECOND, SS1, VTD_SS_R | VTD_SS_W, 0, 0x79, 1,
	  VTD_MODEL_CACHE_PAGE },
	{ "page, reserved", SECOND, SS1, 0, VTD_SS_IW, 0x7a, 1,
	  VTD_MODEL_CACHE_PAGE },
	{ "table out of reach", SECOND, SS2, VTD_PT_ADDR, MEM_SIZE, 0x78, 0,
	  VTD_MODEL_CACHE_PAGE },
	{ "legacy page, reserved", LEGACY, SS1, 0, VTD_SS_IW, 0x0c, 1,
	  VTD_MODEL_CACHE_PAGE },
	{ "nested, final page", NESTED, SS1, VTD_SS_R | VTD_SS_W, 0, 0x79, 1,
	  VTD_MODEL_CACHE_PAGE },
	{ "nested, page of a table", NESTED, SS1_OF_FS(1), VTD_SS_R | VTD_SS_W,
	  0, 0x79, 0, VTD_MODEL_CACHE_PAGE },
	{ "first-stage page", FIRST, FS1, VTD_FS_P, 0, 0x71, 0,
	  VTD_MODEL_CACHE_PAGE },
	{ "nested first-stage page", NESTED, FS1, VTD_FS_P, 0, 0x71, 0,
	  VTD_MODEL_CACHE_PAGE },
};

static void test_caching_mode(struct world *world)
{
	struct vtd_model_config config = world_cached_config(world);
	struct vtd_model_request rq;
	unsigned int i, cm;

	for (i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
		for (cm = 0; cm < 2; cm++) {
			const struct vtdm_caches *caches = &world->model.caches;
			enum vtd_model_cache cache = absent[i].cache;

			config.cap = FULL_CAP | (cm ? VTD_CAP_CM : 0);
			world_unit(world, &config);
			world_build(world, absent[i].kind);
			world_clear(world, absent[i].addr, absent[i].clear);
			world_or(world, absent[i].addr, absent[i].set);
			rq = RQ(READ, SS_IOVA);
			if (absent[i].kind != LEGACY)
				rq = PRQ(READ, SS_IOVA);
			if (absent[i].kind == FIRST || absent[i].kind == NESTED)
				rq.addr = FS_VA;
			EXPECT_EQ(world_ask(world, &rq).reason,
				  absent[i].reason);
			EXPECT_EQ(world_count(world, cache),
				  absent[i].kept && cm);
			if (!world_count(world, cache))
				continue;
			/* Tags: 0, but for pages */
			EXPECT_EQ(caches->slot[cache][0].tag.did,
				  cache == VTD_MODEL_CACHE_PAGE ? DID : 0);
			world_or(world, absent[i].addr, absent[i].clear);
			world_clear(world, absent[i].addr, absent[i].set);
			EXPECT_EQ(world_ask(world, &rq).reason,
				  absent[i].reason);
		}
		check_done(absent[i].name);
	}
}

/* In legacy mode a page that is not there is one without permissions. */
static void test_caching_mode_legacy(struct world *world)
{
	struct vtd_model_config config = world_cached_config(world);

	unit_of(world, LEGACY_ATS);
	world_clear(world, SS1, VTD_SS_R | VTD_SS_W);
	EXPECT_EQ(ask(world, TRQ(SS_IOVA)), 0x05);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_PAGE), 0);
	config.cap |= VTD_CAP_CM;
	world_unit(world, &config);
	EXPECT_EQ(ask(world, TRQ(SS_IOVA)), 0);
	vtd_model_set_root(&world->model, AT_ROOT);
	vtd_model_set_translation(&world->model, 1);
	EXPECT_EQ(ask(world, TRQ(SS_IOVA)), 0x05);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_PAGE), 1);
	check_done("legacy page that is not there");
}

/* FPD is remembered with the entry. */
static void test_fpd(struct world *world)
{
	struct vtd_model_request rq = PRQ(WRITE, FS_VA);
	struct vtd_model_outcome out;

	unit_of(world, FIRST);
	world_or(world, ENTRY(PASID), VTD_PE0_FPD);
	world_clear(world, FS1, VTD_FS_RW);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)), 0);
	out = world_ask(world, &rq);
	EXPECT_EQ(out.reason, 0x85);
	EXPECT(out.qualified && !out.recorded);
	/* From the PASID cache */
	rq.addr += 1 << 21;
	out = world_ask(world, &rq);
	EXPECT_EQ(out.reason, 0x71);
	EXPECT(out.qualified && !out.recorded);
	/* From the context cache */
	unit_of(world, FIRST);
	world_or(world, SM_CONTEXT, VTD_SMCTX_FPD);
	EXPECT_EQ(ask(world, RQ(READ, FS_VA)), 0);
	world_clear(world, ENTRY(PASID), VTD_PE0_P);
	out = world_ask(world, &rq);
	EXPECT_EQ(out.reason, 0x59);
	EXPECT(out.qualified && !out.recorded);
	check_done("FPD");
}

/* Nothing is cached of requests that are never allowed, or not translated. */
static void test_not_cached(struct world *world)
{
	unit_of(world, FIRST);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)), 0);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA, .execute = true)), 0x5c);
	EXPECT_EQ(ask(world, RQ(READ, AT_PAGE, .at = VTD_FRCD_AT_TRANSLATED)), 0);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_PAGE), 1);
	/* A supervisor's entry is no user's. */
	world_or(world, ENTRY(PASID) + 16, VTD_PE2_SRE);
	world_clear(world, FS1, VTD_FS_US);
	vtd_model_set_root(&world->model, world->model.rtaddr);
	unit_of(world, FIRST);
	world_or(world, ENTRY(PASID) + 16, VTD_PE2_SRE);
	world_clear(world, FS1, VTD_FS_US);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA, .privileged = true)), 0);
	EXPECT_EQ(ask(world, PRQ(READ, FS_VA)), 0x81);
	check_done("what is not cached, or not shared");
}

void suite_cache(void)
{
	struct world *world = world_new();

	test_hits(world);
	test_devices(world);
	test_keep_none(world);
	test_keep_seeded(world);
	test_full(world);
	test_dirty(world);
	test_upper_of_fault(world);
	test_nested_upper(world);
	test_large(world);
	test_caching_mode(world);
	test_caching_mode_legacy(world);
	test_fpd(world);
	test_not_cached(world);
	world_free(world);
}
