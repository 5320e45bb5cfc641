// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each change of a table that lacks its invalidation is noticed at the next
 * hit: which word, and a descriptor that would have helped.
 */
#include "check.h"
#include "world.h"

#define PE(word)	(ENTRY(PASID) + 8 * (word))

struct change {
	const char *name;
	enum world_kind kind;
	u64 addr;		/* the word that changes */
	u64 clear;
	u64 set;
	enum vtd_model_cache cache;	/* whose entry is noticed first */
	enum vtdm_word_kind word;
	u8 truth;		/* the reason by the new tables */
	enum vtd_desc_type needed;
	u64 ecap_off;
};

/* With a read first, and a write after the change. */
static const struct change changes[] = {
	{ "root entry", LEGACY, ROOT, VTD_ROOT_P, 0, VTD_MODEL_CACHE_PAGE,
	  VTDM_WORD_ROOT, 0x01, VTD_DESC_IOTLB },
	{ "context entry, P", LEGACY, CONTEXT, VTD_CTX_P, 0,
	  VTD_MODEL_CACHE_PAGE, VTDM_WORD_CONTEXT, 0x02, VTD_DESC_IOTLB },
	{ "context entry, SSPTPTR", LEGACY, CONTEXT, VTD_CTX_SSPTPTR,
	  0x90000, VTD_MODEL_CACHE_PAGE, VTDM_WORD_CONTEXT, 0x05,
	  VTD_DESC_IOTLB },
	{ "context entry, DID", LEGACY, CONTEXT + 8, 0, BIT(12),
	  VTD_MODEL_CACHE_PAGE, VTDM_WORD_CONTEXT, 0, VTD_DESC_IOTLB },
	{ "legacy leaf", LEGACY, SS1, VTD_SS_R | VTD_SS_W, 0,
	  VTD_MODEL_CACHE_PAGE, VTDM_WORD_SECOND, 0x05, VTD_DESC_IOTLB },
	{ "legacy leaf, W", LEGACY, SS1, VTD_SS_W, 0, VTD_MODEL_CACHE_PAGE,
	  VTDM_WORD_SECOND, 0x05, VTD_DESC_IOTLB },
	{ "leaf, another page", SECOND, SS1, 0, BIT(20), VTD_MODEL_CACHE_PAGE,
	  VTDM_WORD_SECOND, 0, VTD_DESC_IOTLB },
	{ "leaf, SNP", SECOND, SS1, 0, VTD_SS_SNP, VTD_MODEL_CACHE_PAGE,
	  VTDM_WORD_SECOND, 0, VTD_DESC_IOTLB },
	{ "leaf, EMT", SECOND, SS1, 0, FIELD_PREP(VTD_SS_EMT, 3),
	  VTD_MODEL_CACHE_PAGE, VTDM_WORD_SECOND, 0, VTD_DESC_IOTLB },
	{ "leaf, IPAT", NESTED, SS1, 0, VTD_SS_IPAT,
	  VTD_MODEL_CACHE_PAGE, VTDM_WORD_SECOND, 0, VTD_DESC_IOTLB },
	{ "page size", SECOND, SS2, VTD_PT_ADDR, VTD_PT_PS | 0x200000,
	  VTD_MODEL_CACHE_PAGE, VTDM_WORD_SECOND, 0, VTD_DESC_IOTLB },
	{ "upper level, W", SECOND, SS3, VTD_SS_W, 0, VTD_MODEL_CACHE_PAGE,
	  VTDM_WORD_SECOND, 0x85, VTD_DESC_IOTLB },
	{ "PASID directory entry", SECOND, AT_DIR, VTD_PDE_P, 0,
	  VTD_MODEL_CACHE_PAGE, VTDM_WORD_PASID_DIR, 0x51, VTD_DESC_IOTLB },
	{ "PASID entry, P", FIRST, PE(0), VTD_PE0_P, 0, VTD_MODEL_CACHE_PAGE,
	  VTDM_WORD_PASID, 0x59, VTD_DESC_PASID_IOTLB },
	{ "PASID entry, DID", FIRST, PE(1), 0, BIT(8), VTD_MODEL_CACHE_PAGE,
	  VTDM_WORD_PASID, 0, VTD_DESC_PASID_IOTLB },
	{ "PASID entry, PGSNP", FIRST, PE(1), 0, VTD_PE1_PGSNP,
	  VTD_MODEL_CACHE_PAGE, VTDM_WORD_PASID, 0, VTD_DESC_PASID_IOTLB },
	{ "PASID entry, CD", FIRST, PE(1), 0, VTD_PE1_CD,
	  VTD_MODEL_CACHE_PAGE, VTDM_WORD_PASID, 0, VTD_DESC_PASID_IOTLB },
	{ "PASID entry, EMTE", FIRST, PE(1), 0, VTD_PE1_EMTE,
	  VTD_MODEL_CACHE_PAGE, VTDM_WORD_PASID, 0, VTD_DESC_PASID_IOTLB },
	{ "PASID entry, PAT", FIRST, PE(1), 0, BIT_ULL(32),
	  VTD_MODEL_CACHE_PAGE, VTDM_WORD_PASID, 0, VTD_DESC_PASID_IOTLB },
	{ "PASID entry, PGTT", PT, PE(0), VTD_PE0_PGTT,
	  FIELD_PREP(VTD_PE0_PGTT, VTD_PGTT_SECOND) | SS(4) |
	  FIELD_PREP(VTD_PE0_AW, VTD_AW_48), VTD_MODEL_CACHE_PAGE,
	  VTDM_WORD_PASID, 0, VTD_DESC_IOTLB },
	{ "first-stage leaf, P", FIRST, FS1, VTD_FS_P, 0, VTD_MODEL_CACHE_PAGE,
	  VTDM_WORD_FIRST, 0x71, VTD_DESC_PASID_IOTLB },
	{ "first-stage leaf, R/W", FIRST, FS1, VTD_FS_RW, 0,
	  VTD_MODEL_CACHE_PAGE, VTDM_WORD_FIRST, 0x85, VTD_DESC_PASID_IOTLB },
	{ "first-stage leaf, U/S", FIRST, FS1, VTD_FS_US, 0,
	  VTD_MODEL_CACHE_PAGE, VTDM_WORD_FIRST, 0x81, VTD_DESC_PASID_IOTLB },
	{ "first-stage leaf, PAT", FIRST, FS1, 0, VTD_FS_PAT_4K,
	  VTD_MODEL_CACHE_PAGE, VTDM_WORD_FIRST, 0, VTD_DESC_PASID_IOTLB },
	{ "first-stage leaf, D", FIRST, FS1, VTD_FS_D, 0,
	  VTD_MODEL_CACHE_PAGE, VTDM_WORD_FIRST, 0, VTD_DESC_PASID_IOTLB },
	{ "first-stage table", FIRST, FS2, VTD_FS_P, 0, VTD_MODEL_CACHE_PAGE,
	  VTDM_WORD_FIRST, 0x71, VTD_DESC_PASID_IOTLB },
	{ "nested, first-stage leaf", NESTED, FS1, VTD_FS_P, 0,
	  VTD_MODEL_CACHE_PAGE, VTDM_WORD_FIRST, 0x71, VTD_DESC_PASID_IOTLB },
	{ "nested, second-stage leaf", NESTED, SS1, VTD_SS_R | VTD_SS_W, 0,
	  VTD_MODEL_CACHE_PAGE, VTDM_WORD_SECOND, 0x79, VTD_DESC_IOTLB },
	{ "nested, page of a table", NESTED, SS1_OF_FS(2),
	  VTD_SS_R | VTD_SS_W, 0, VTD_MODEL_CACHE_PAGE, VTDM_WORD_SECOND, 0x79,
	  VTD_DESC_IOTLB },
	{ "table out of reach", SECOND, SS2, VTD_PT_ADDR, MEM_SIZE,
	  VTD_MODEL_CACHE_PAGE, VTDM_WORD_SECOND, 0x78, VTD_DESC_IOTLB },
};

static u64 address(enum world_kind kind)
{
	return kind == FIRST || kind == NESTED ? FS_VA : SS_IOVA;
}

static struct vtd_model_request request(enum world_kind kind)
{
	struct vtd_model_request rq = RQ(WRITE, address(kind));

	if (kind != LEGACY) {
		rq.has_pasid = true;
		rq.pasid = PASID;
	}
	return rq;
}

static void unit_of(struct world *world, enum world_kind kind)
{
	struct vtd_model_config config = world_cached_config(world);

	world_unit(world, &config);
	world_build(world, kind);
}

static void run_change(struct world *world, const struct change *c)
{
	struct vtd_model_request rq = request(c->kind);
	struct vtd_model_outcome out;
	unsigned int tries;

	unit_of(world, c->kind);
	out = world_ask(world, &rq);
	EXPECT_EQ(out.verdict, VTD_MODEL_DONE);
	out = world_ask(world, &rq);
	EXPECT_EQ(out.stale, 0);
	EXPECT_EQ(world->nnotes, 0);

	world_clear(world, c->addr, c->clear);
	world_or(world, c->addr, c->set);
	out = world_ask(world, &rq);
	EXPECT_EQ(out.verdict, VTD_MODEL_DONE);
	EXPECT_EQ(out.stale, 1);
	EXPECT_EQ(world->nnotes, 1);
	EXPECT_EQ(world->model.stale, 1);
	EXPECT_EQ(world->note.cache, c->cache);
	EXPECT_EQ(world->note.word.kind, c->word);
	EXPECT_EQ(world->note.word.addr, c->addr);
	EXPECT_EQ(world->note.now, world_get(world, c->addr));
	EXPECT_EQ(world->note.addr, rq.addr);
	EXPECT_EQ(world->note.did, DID);
	EXPECT_EQ(world->note.sid, SID);
	EXPECT_EQ(world->note.filled, 1);
	EXPECT_EQ(world->note.at, 3);
	EXPECT_EQ(vtd_desc_type(&world->note.needed), c->needed);

	/* What is named helps, entry by entry, until nothing is stale. */
	for (tries = 0; tries < 16; tries++) {
		world->nnotes = 0;
		out = world_ask(world, &rq);
		if (!out.stale)
			break;
		vtd_model_invalidate(&world->model, &world->note.needed);
	}
	EXPECT_EQ(out.stale, 0);
	EXPECT_EQ(world->nnotes, 0);
	EXPECT_EQ(out.reason, c->truth);
}

static void test_changes(struct world *world)
{
	unsigned int i;

	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		run_change(world, &changes[i]);
		check_done(changes[i].name);
	}
}

/* Flags that hardware set, and bits that nobody reads, are no change. */
static void test_no_change(struct world *world)
{
	struct vtd_model_request rq = request(NESTED);

	unit_of(world, NESTED);
	world_ask(world, &rq);
	world_or(world, SS1, BIT_ULL(52) | VTD_SS_A);
	world_or(world, FS2, BIT_ULL(55) | BIT(9) | VTD_FS_EA);
	world_clear(world, FS2, VTD_FS_A);
	world_or(world, SM_CONTEXT + 16, 0);
	EXPECT_EQ(world_ask(world, &rq).stale, 0);
	rq.addr += 0x1000;
	world_put(world, FS1 + 8, world_get(world, FS1));
	EXPECT_EQ(world_ask(world, &rq).stale, 0);
	EXPECT_EQ(world->model.stale, 0);
	check_done("what is no change");
}

/* Each cache by itself: the ones in front of it have been emptied. */
static void test_deeper(struct world *world)
{
	struct vtd_model_request rq = request(SECOND);
	struct vtd_desc desc;

	unit_of(world, SECOND);
	world_ask(world, &rq);
	world_or(world, SM_CONTEXT, VTD_SMCTX_FPD);
	desc = vtd_desc_iotlb_global(0);
	vtd_model_invalidate(&world->model, &desc);
	EXPECT_EQ(world_ask(world, &rq).stale, 1);
	EXPECT_EQ(world->note.cache, VTD_MODEL_CACHE_CONTEXT);
	EXPECT_EQ(world->note.word.addr, SM_CONTEXT);
	EXPECT_EQ(vtd_desc_type(&world->note.needed), VTD_DESC_CONTEXT);

	unit_of(world, SECOND);
	world_ask(world, &rq);
	world_or(world, ENTRY(PASID) + 16, VTD_PE2_SRE);
	vtd_model_invalidate(&world->model, &desc);
	EXPECT_EQ(world_ask(world, &rq).stale, 1);
	EXPECT_EQ(world->note.cache, VTD_MODEL_CACHE_PASID);
	EXPECT_EQ(world->note.word.addr, ENTRY(PASID) + 16);
	EXPECT_EQ(vtd_desc_type(&world->note.needed), VTD_DESC_PASID_CACHE);

	/* IH=1 leaves the upper level that was replaced. */
	unit_of(world, SECOND);
	world_ask(world, &rq);
	world_put(world, SS2, 0x98000 | VTD_SS_R | VTD_SS_W);
	desc = vtd_desc_iotlb_page(0, DID, SS_IOVA, 0, VTD_IOTLB1_IH);
	vtd_model_invalidate(&world->model, &desc);
	EXPECT_EQ(world_ask(world, &rq).stale, 1);
	EXPECT_EQ(world->note.cache, VTD_MODEL_CACHE_SECOND);
	EXPECT_EQ(world->note.word.addr, SS2);
	EXPECT_EQ(world->note.word.level, 2);
	EXPECT_EQ(vtd_desc_type(&world->note.needed), VTD_DESC_IOTLB);
	EXPECT_EQ(world->note.needed.qw[1] & VTD_IOTLB1_IH, 0);

	rq = request(FIRST);
	unit_of(world, FIRST);
	world_ask(world, &rq);
	world_put(world, FS2, 0x98000 | VTD_FS_P);
	desc = vtd_desc_pasid_iotlb_page(DID, PASID, FS_VA, 0, VTD_IOTLB1_IH);
	vtd_model_invalidate(&world->model, &desc);
	EXPECT_EQ(world_ask(world, &rq).stale, 1);
	EXPECT_EQ(world->note.cache, VTD_MODEL_CACHE_FIRST);
	EXPECT_EQ(vtd_desc_type(&world->note.needed), VTD_DESC_PASID_IOTLB);
	check_done("one cache after the other");
}

/* Nested: the host's page of a table moves, only the leaf is invalidated. */
static void test_moved_table(struct world *world)
{
	struct vtd_model_request rq = request(NESTED);
	struct vtd_desc desc;

	unit_of(world, NESTED);
	world_ask(world, &rq);
	world_clear(world, SS1_OF_FS(1), VTD_SS_R | VTD_SS_W);
	desc = vtd_desc_pasid_iotlb_page(DID, PASID, FS_VA, 0, VTD_IOTLB1_IH);
	vtd_model_invalidate(&world->model, &desc);
	EXPECT_EQ(world_ask(world, &rq).stale, 1);
	EXPECT_EQ(world->note.cache, VTD_MODEL_CACHE_FIRST);
	EXPECT_EQ(world->note.word.addr, SS1_OF_FS(1));
	desc = vtd_desc_iotlb_domain(0, DID);
	EXPECT_EQ(world->note.needed.qw[0], desc.qw[0]);
	check_done("nested: a table's page moves");
}

/* The pointer above an entry changes; the words of the entry do not. */
static void test_pointers(struct world *world)
{
	struct vtd_model_request rq = request(SECOND);
	struct vtd_desc iotlb = vtd_desc_iotlb_global(0);
	struct vtd_desc pasids = vtd_desc_pasid_cache_global();
	struct vtd_desc contexts = vtd_desc_context_global();

	unit_of(world, SECOND);
	world_ask(world, &rq);
	vtd_model_set_root(&world->model, world->model.rtaddr + 0x100000);
	vtd_model_invalidate(&world->model, &iotlb);
	EXPECT_EQ(world_ask(world, &rq).stale, 1);
	EXPECT_EQ(world->note.cache, VTD_MODEL_CACHE_CONTEXT);
	EXPECT_EQ(world->note.word.addr, 0);
	EXPECT_EQ(world->note.word.kind, VTDM_WORD_ROOT);
	EXPECT_EQ(world->note.now, world->model.rtaddr);

	unit_of(world, SECOND);
	world_ask(world, &rq);
	world_put(world, SM_CONTEXT, world_get(world, SM_CONTEXT) ^ 0x100000);
	vtd_model_invalidate(&world->model, &iotlb);
	vtd_model_invalidate(&world->model, &contexts);
	EXPECT_EQ(world_ask(world, &rq).stale, 1);
	EXPECT_EQ(world->note.cache, VTD_MODEL_CACHE_PASID);
	EXPECT_EQ(world->note.word.kind, VTDM_WORD_CONTEXT);

	unit_of(world, SECOND);
	world_ask(world, &rq);
	world_put(world, ENTRY(PASID), world_get(world, ENTRY(PASID)) ^ 0x100000);
	iotlb = vtd_desc_iotlb_page(0, DID, SS_IOVA, 0, VTD_IOTLB1_IH);
	vtd_model_invalidate(&world->model, &iotlb);
	vtd_model_invalidate(&world->model, &pasids);
	EXPECT_EQ(world_ask(world, &rq).stale, 1);
	EXPECT_EQ(world->note.cache, VTD_MODEL_CACHE_SECOND);
	EXPECT_EQ(world->note.word.kind, VTDM_WORD_PASID);
	EXPECT_EQ(world->note.now, SS(4) ^ 0x100000);
	check_done("pointers above an entry");
}

/* The mode changes under what is cached. */
static void test_mode(struct world *world)
{
	struct vtd_model_request rq = request(LEGACY);

	unit_of(world, LEGACY);
	world_ask(world, &rq);
	vtd_model_set_root(&world->model, AT_ROOT |
			   FIELD_PREP(VTD_RTADDR_TTM, VTD_TTM_SCALABLE));
	EXPECT_EQ(world_ask(world, &rq).stale, 1);
	EXPECT_EQ(world->note.cache, VTD_MODEL_CACHE_PAGE);
	EXPECT_EQ(world->note.word.addr, 0);
	rq.addr ^= 0x1000;
	EXPECT_EQ(world_ask(world, &rq).reason, 0x05);
	check_done("legacy entries in scalable mode");
}

/* More permissions than before: the old entry may go on to refuse. */
static void test_increase(struct world *world)
{
	struct vtd_model_request rq = request(SECOND);
	struct vtd_model_outcome out;

	unit_of(world, SECOND);
	world_clear(world, SS1, VTD_SS_W);
	rq.access = VTD_ACCESS_READ;
	world_ask(world, &rq);
	world_or(world, SS1, VTD_SS_W);
	rq.access = VTD_ACCESS_WRITE;
	out = world_ask(world, &rq);
	EXPECT_EQ(out.reason, 0x85);
	EXPECT_EQ(out.stale, 1);
	check_done("more permissions than before");
}

/* One large page in the place of small ones, with the same bytes. */
static void test_page_size(struct world *world)
{
	struct vtd_model_request rq = request(SECOND);
	struct vtd_model_outcome out;

	unit_of(world, SECOND);
	world_put(world, SS1, SS_IOVA | VTD_SS_R | VTD_SS_W);
	out = world_ask(world, &rq);
	world_put(world, SS2, VTD_SS_R | VTD_SS_W | VTD_PT_PS);
	EXPECT_EQ(world_ask(world, &rq).stale, 1);
	EXPECT_EQ(world_ask(world, &rq).addr, out.addr);
	check_done("page size");
}

/* A table that cannot be read any more says nothing that could be trusted. */
static void test_out_of_reach(struct world *world)
{
	struct vtd_model_request rq = request(SECOND);

	unit_of(world, SECOND);
	world_ask(world, &rq);
	world->fail_read = SS3;
	EXPECT_EQ(world_ask(world, &rq).stale, 1);
	EXPECT_EQ(world->note.word.addr, SS3);
	EXPECT_EQ(world->note.now, 0);
	check_done("a table that cannot be read any more");
}

/* The depth of a stage changes above entries that are as they were. */
static void test_depth(struct world *world)
{
	struct vtd_desc pasids = vtd_desc_pasid_cache_global();
	struct vtd_model_request rq = request(SECOND);
	struct vtd_desc leaf;

	unit_of(world, SECOND);
	world_ask(world, &rq);
	leaf = vtd_desc_iotlb_page(0, DID, SS_IOVA, 0, VTD_IOTLB1_IH);
	vtd_model_invalidate(&world->model, &leaf);
	vtd_model_invalidate(&world->model, &pasids);
	world_clear(world, ENTRY(PASID), VTD_PE0_AW);
	world_or(world, ENTRY(PASID), FIELD_PREP(VTD_PE0_AW, VTD_AW_57));
	EXPECT_EQ(world_ask(world, &rq).stale, 1);
	EXPECT_EQ(world->note.word.kind, VTDM_WORD_PASID);

	rq = request(FIRST);
	unit_of(world, FIRST);
	world_ask(world, &rq);
	leaf = vtd_desc_pasid_iotlb_page(DID, PASID, FS_VA, 0, VTD_IOTLB1_IH);
	vtd_model_invalidate(&world->model, &leaf);
	vtd_model_invalidate(&world->model, &pasids);
	world_or(world, ENTRY(PASID) + 16,
		 FIELD_PREP(VTD_PE2_FSPM, VTD_FSPM_5LEVEL));
	EXPECT_EQ(world_ask(world, &rq).stale, 1);
	EXPECT_EQ(world->note.word.kind, VTDM_WORD_PASID);

	unit_of(world, FIRST);
	world_ask(world, &rq);
	vtd_model_invalidate(&world->model, &leaf);
	vtd_model_invalidate(&world->model, &pasids);
	world_put(world, ENTRY(PASID) + 16, FS(5));
	EXPECT_EQ(world_ask(world, &rq).stale, 1);
	EXPECT_EQ(world->note.now, FS(5));
	check_done("levels and first-stage root");
}

/* Nobody need listen, and nobody need look. */
static void test_quiet(struct world *world)
{
	struct vtd_model_config config = world_cached_config(world);
	struct vtd_model_request rq = request(SECOND);
	struct vtd_model_ops ops;

	unit_of(world, SECOND);
	ops = *world->config.ops;
	ops.note = NULL;
	world->model.config.ops = &ops;
	world_ask(world, &rq);
	world_clear(world, SS1, VTD_SS_W | VTD_SS_R);
	EXPECT_EQ(world_ask(world, &rq).stale, 1);
	EXPECT_EQ(world->nnotes, 0);

	config.check = 0;
	world_unit(world, &config);
	world_build(world, SECOND);
	world_ask(world, &rq);
	world_clear(world, SS1, VTD_SS_W | VTD_SS_R);
	EXPECT_EQ(world_ask(world, &rq).stale, 0);
	world_ask(world, &rq);
	rq.addr ^= 0x1000;
	EXPECT_EQ(world_ask(world, &rq).stale, 0);
	check_done("no listener, no check");
}

void suite_stale(void)
{
	struct world *world = world_new();

	test_changes(world);
	test_no_change(world);
	test_deeper(world);
	test_moved_table(world);
	test_pointers(world);
	test_mode(world);
	test_increase(world);
	test_page_size(world);
	test_out_of_reach(world);
	test_depth(world);
	test_quiet(world);
	world_free(world);
}
