// SPDX-License-Identifier: GPL-2.0-only
/*
 * What each invalidation removes (VT-d chapter 6): every descriptor against
 * entries of every kind, and what must stay.
 */
#include "check.h"
#include "world.h"

#define OTHER_DID	9
#define IH		VTD_IOTLB1_IH

/* One letter for each cache that must lose what it has of the request. */
#define C	BIT(VTD_MODEL_CACHE_CONTEXT)
#define P	BIT(VTD_MODEL_CACHE_PASID)
#define T	BIT(VTD_MODEL_CACHE_PAGE)
#define S	BIT(VTD_MODEL_CACHE_SECOND)
#define F	BIT(VTD_MODEL_CACHE_FIRST)

/* The IOTLB, and the paging-structure caches that the kind fills. */
#define KINDS	5
static const enum world_kind kinds[KINDS] = { LEGACY, FIRST, SECOND, NESTED, PT };

static u64 address(enum world_kind kind)
{
	return kind == FIRST || kind == NESTED ? FS_VA : SS_IOVA;
}

static struct vtd_model_request request(enum world_kind kind)
{
	struct vtd_model_request rq = RQ(READ, address(kind));

	if (kind != LEGACY && kind != LEGACY_PT) {
		rq.has_pasid = true;
		rq.pasid = PASID;
	}
	return rq;
}

static unsigned int has(const struct world *world)
{
	unsigned int cache, bits = 0;

	for (cache = 0; cache < VTD_MODEL_CACHES; cache++) {
		if (world_count(world, cache))
			bits |= 1u << cache;
	}
	return bits;
}

/* Fills the caches by one request, then applies the descriptor. */
static unsigned int removed(struct world *world, enum world_kind kind,
			    struct vtd_desc desc)
{
	struct vtd_model_config config = world_cached_config(world);
	struct vtd_model_request rq = request(kind);
	unsigned int before;

	world_unit(world, &config);
	world_build(world, kind);
	EXPECT_EQ(world_ask(world, &rq).verdict, VTD_MODEL_DONE);
	before = has(world);
	EXPECT(before & T);
	vtd_model_invalidate(&world->model, &desc);
	return before & ~has(world);
}

/*
 * By kind: legacy, first, second, nested, pass-through. The address is that of
 * the request (AT), of another page in the same 2 MiB (NEAR), or far away.
 */
enum where { AT, NEAR, FAR };

struct row {
	const char *name;
	enum vtd_desc_type type;
	u8 g;
	u16 did;
	u32 pasid;
	enum where where;
	u8 am;
	u64 ih;
	unsigned int gone[KINDS];
};

static const struct row rows[] = {
	{ "type 2 global", VTD_DESC_IOTLB, VTD_IOTLB_G_GLOBAL,
	  OTHER_DID, 0, FAR, 0, 0,
	  { T | S, T | F, T | S, T | S | F, T } },
	{ "type 2 domain", VTD_DESC_IOTLB, VTD_IOTLB_G_DOMAIN,
	  DID, 0, FAR, 0, 0,
	  { T | S, T | F, T | S, T | S | F, T } },
	{ "type 2 domain, another", VTD_DESC_IOTLB, VTD_IOTLB_G_DOMAIN,
	  OTHER_DID, 0, AT, 0, 0, { 0, 0, 0, 0, 0 } },
	/* Nested: the second stage's address is another, so S stays. */
	{ "type 2 page", VTD_DESC_IOTLB, VTD_IOTLB_G_PAGE,
	  DID, 0, AT, 0, 0, { T | S, T | F, T | S, T | F, T } },
	{ "type 2 page, IH", VTD_DESC_IOTLB, VTD_IOTLB_G_PAGE,
	  DID, 0, AT, 0, IH, { T, T | F, T, T | F, T } },
	{ "type 2 page, elsewhere", VTD_DESC_IOTLB, VTD_IOTLB_G_PAGE,
	  DID, 0, FAR, 0, 0, { 0, T | F, 0, T | F, 0 } },
	{ "type 2 page, next to it", VTD_DESC_IOTLB, VTD_IOTLB_G_PAGE,
	  DID, 0, NEAR, 0, IH, { 0, T | F, 0, T | F, 0 } },
	{ "type 2 page, 2 MiB around", VTD_DESC_IOTLB, VTD_IOTLB_G_PAGE,
	  DID, 0, NEAR, 9, IH, { T, T | F, T, T | F, T } },
	{ "type 2 page, another domain", VTD_DESC_IOTLB, VTD_IOTLB_G_PAGE,
	  OTHER_DID, 0, AT, 0, 0, { 0, 0, 0, 0, 0 } },
	{ "type 6 PASID", VTD_DESC_PASID_IOTLB, VTD_PIOTLB_G_PASID,
	  DID, PASID, FAR, 0, 0, { 0, T | F, T, T | F, T } },
	{ "type 6 PASID, another", VTD_DESC_PASID_IOTLB, VTD_PIOTLB_G_PASID,
	  DID, PASID + 1, AT, 0, 0, { 0, 0, 0, 0, 0 } },
	{ "type 6 PASID, another domain", VTD_DESC_PASID_IOTLB,
	  VTD_PIOTLB_G_PASID, OTHER_DID, PASID, AT, 0, 0, { 0, 0, 0, 0, 0 } },
	/* Not of legacy mode, even where PASID 0 would seem to match. */
	{ "type 6 PASID 0", VTD_DESC_PASID_IOTLB, VTD_PIOTLB_G_PASID,
	  DID, 0, AT, 0, 0, { 0, 0, 0, 0, 0 } },
	{ "type 6 page", VTD_DESC_PASID_IOTLB, VTD_PIOTLB_G_PAGE,
	  DID, PASID, AT, 0, 0, { 0, T | F, 0, T | F, 0 } },
	{ "type 6 page, IH", VTD_DESC_PASID_IOTLB, VTD_PIOTLB_G_PAGE,
	  DID, PASID, AT, 0, IH, { 0, T, 0, T, 0 } },
	{ "type 6 page, elsewhere", VTD_DESC_PASID_IOTLB, VTD_PIOTLB_G_PAGE,
	  DID, PASID, FAR, 0, 0, { 0, 0, 0, 0, 0 } },
	{ "type 6 page, next to it", VTD_DESC_PASID_IOTLB, VTD_PIOTLB_G_PAGE,
	  DID, PASID, NEAR, 0, IH, { 0, 0, 0, 0, 0 } },
	{ "type 6 page, all there is", VTD_DESC_PASID_IOTLB,
	  VTD_PIOTLB_G_PAGE, DID, PASID, FAR, 63, 0, { 0, T | F, 0, T | F, 0 } },
	{ "type 6 page, another PASID", VTD_DESC_PASID_IOTLB,
	  VTD_PIOTLB_G_PAGE, DID, PASID + 1, AT, 0, 0, { 0, 0, 0, 0, 0 } },
	{ "type 7 global", VTD_DESC_PASID_CACHE, VTD_PC_G_GLOBAL,
	  OTHER_DID, 0, AT, 0, 0, { 0, P, P, P, P } },
	{ "type 7 domain", VTD_DESC_PASID_CACHE, VTD_PC_G_DOMAIN,
	  DID, 0, AT, 0, 0, { 0, P, P, P, P } },
	{ "type 7 domain, another", VTD_DESC_PASID_CACHE, VTD_PC_G_DOMAIN,
	  OTHER_DID, PASID, AT, 0, 0, { 0, 0, 0, 0, 0 } },
	{ "type 7 PASID", VTD_DESC_PASID_CACHE, VTD_PC_G_PASID,
	  DID, PASID, AT, 0, 0, { 0, P, P, P, P } },
	{ "type 7 PASID, another", VTD_DESC_PASID_CACHE, VTD_PC_G_PASID,
	  DID, PASID + 1, AT, 0, 0, { 0, 0, 0, 0, 0 } },
	{ "type 7 PASID, another domain", VTD_DESC_PASID_CACHE, VTD_PC_G_PASID,
	  OTHER_DID, PASID, AT, 0, 0, { 0, 0, 0, 0, 0 } },
	{ "type 5", VTD_DESC_WAIT, 0, DID, PASID, AT, 0, 0, { 0, 0, 0, 0, 0 } },
};

static struct vtd_desc descriptor(const struct row *row, enum world_kind kind)
{
	u64 addr = address(kind);

	switch (row->where) {
	case AT:
		break;
	case NEAR:
		addr ^= 0x1000;
		break;
	case FAR:
		addr ^= 1ULL << 46;
		break;
	}
	return vtd_desc_words(row->type | FIELD_PREP(VTD_DESC_G, row->g) |
			      FIELD_PREP(VTD_DESC_DID, row->did) |
			      FIELD_PREP(VTD_DESC_PASID, row->pasid),
			      (addr & VTD_DESC1_ADDR) | row->am | row->ih);
}

static void test_rows(struct world *world)
{
	unsigned int i, k, gone;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (k = 0; k < KINDS; k++) {
			gone = removed(world, kinds[k],
				       descriptor(&rows[i], kinds[k]));
			EXPECT_ABOUT(gone == rows[i].gone[k],
				     "kind %u: 0x%x, not 0x%x", kinds[k], gone,
				     rows[i].gone[k]);
		}
		check_done(rows[i].name);
	}
}

/* Context cache: in legacy mode the domain id must match, too. */
static const struct {
	const char *name;
	u8 g;
	u16 did;
	u16 sid;
	u8 fm;
	unsigned int legacy;
	unsigned int scalable;
} context_rows[] = {
	{ "type 1 global", VTD_CC_G_GLOBAL, OTHER_DID, 0, 0, C, C },
	{ "type 1 domain", VTD_CC_G_DOMAIN, DID, 0, 0, C, C },
	{ "type 1 domain, another", VTD_CC_G_DOMAIN, OTHER_DID, 0, 0, 0, C },
	{ "type 1 device", VTD_CC_G_DEVICE, DID, SID, 0, C, C },
	{ "type 1 device, another domain", VTD_CC_G_DEVICE, OTHER_DID, SID, 0,
	  0, C },
	{ "type 1 device, another", VTD_CC_G_DEVICE, DID, SID ^ 8, 0, 0, 0 },
	{ "type 1 device, FM 0", VTD_CC_G_DEVICE, DID, SID ^ 4, 0, 0, 0 },
	{ "type 1 device, FM 1", VTD_CC_G_DEVICE, DID, SID ^ 4, 1, C, C },
	{ "type 1 device, FM 1, bit 1", VTD_CC_G_DEVICE, DID, SID ^ 2, 1, 0, 0 },
	{ "type 1 device, FM 2", VTD_CC_G_DEVICE, DID, SID ^ 6, 2, C, C },
	{ "type 1 device, FM 2, bit 0", VTD_CC_G_DEVICE, DID, SID ^ 1, 2, 0, 0 },
	{ "type 1 device, FM 3", VTD_CC_G_DEVICE, DID, SID ^ 7, 3, C, C },
	{ "type 1 device, FM 3, bit 3", VTD_CC_G_DEVICE, DID, SID ^ 8, 3, 0, 0 },
};

static void test_context_rows(struct world *world)
{
	struct vtd_desc desc;
	unsigned int i;

	for (i = 0; i < sizeof(context_rows) / sizeof(context_rows[0]); i++) {
		desc = vtd_desc_words(VTD_DESC_CONTEXT |
			FIELD_PREP(VTD_DESC_G, context_rows[i].g) |
			FIELD_PREP(VTD_DESC_DID, context_rows[i].did) |
			FIELD_PREP(VTD_CC_SID, context_rows[i].sid) |
			FIELD_PREP(VTD_CC_FM, context_rows[i].fm), 0);
		EXPECT_EQ(removed(world, LEGACY, desc), context_rows[i].legacy);
		EXPECT_EQ(removed(world, SECOND, desc),
			  context_rows[i].scalable);
		EXPECT_EQ(removed(world, NESTED, desc),
			  context_rows[i].scalable);
		check_done(context_rows[i].name);
	}
}

/* Bits that the unit has no use for do not keep an entry alive. */
static void test_ignored_bits(struct world *world)
{
	struct vtd_model_config config = world_cached_config(world);
	struct vtd_model_request rq = request(SECOND);
	struct vtd_desc desc;

	config.cap &= ~(FIELD_PREP(VTD_CAP_ND, 7) |
			FIELD_PREP(VTD_CAP_MGAW, 8));
	world_unit(world, &config);
	world_build(world, SECOND);
	world_ask(world, &rq);
	desc = vtd_desc_iotlb_page(0, DID | 0x10, SS_IOVA | 1ULL << 50, 0, 0);
	vtd_model_invalidate(&world->model, &desc);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_PAGE), 0);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_SECOND), 0);
	check_done("DID above ND, address above MGAW");
}

/*
 * The tables of a nested first stage are pages of the second stage: its
 * upper levels for them go by their own address.
 */
static void test_nested_tables(struct world *world)
{
	EXPECT_EQ(removed(world, NESTED, vtd_desc_iotlb_page(0, DID, GPA_FS,
							     0, 0)),
		  T | S | F);
	EXPECT_EQ(removed(world, NESTED, vtd_desc_iotlb_page(0, DID, GPA_PAGE,
							     0, 0)),
		  T | S | F);
	EXPECT_EQ(removed(world, NESTED, vtd_desc_iotlb_page(0, DID, GPA_PAGE,
							     0, IH)),
		  T | F);
	check_done("second stage of first-stage tables");
}

/* What is removed by an accepted page request, by kind. */
static void test_page_requests(struct world *world)
{
	static const unsigned int gone[KINDS] = { 0, T | F, T | S, T | S | F, T };
	struct vtd_model_config config = world_cached_config(world);
	struct vtd_model_request rq, page_rq;
	unsigned int k, before;

	for (k = 1; k < KINDS; k++) {
		world_unit(world, &config);
		world_build(world, kinds[k]);
		rq = request(kinds[k]);
		world_ask(world, &rq);
		before = has(world);
		page_rq = rq;
		page_rq.access = VTD_ACCESS_PAGE_REQUEST;
		page_rq.want_read = true;
		page_rq.addr ^= 1ULL << 46;
		world_ask(world, &page_rq);
		EXPECT_EQ(before & ~has(world) & ~gone[k], 0);
		if (kinds[k] != NESTED)
			EXPECT_EQ(has(world), before);
		world_ask(world, &rq);
		page_rq.addr = rq.addr;
		EXPECT_EQ(world_ask(world, &page_rq).verdict, VTD_MODEL_DONE);
		EXPECT_EQ(before & ~has(world), gone[k]);
	}
	check_done("page requests");
}

static void test_everything(struct world *world)
{
	struct vtd_model_config config = world_cached_config(world);
	struct vtd_model_request rq = request(NESTED);
	u64 rtaddr;
	u32 smts, esrtps;

	for (esrtps = 0; esrtps < 2; esrtps++) {
		config.cap &= ~VTD_CAP_ESRTPS;
		if (esrtps)
			config.cap |= VTD_CAP_ESRTPS;
		world_unit(world, &config);
		world_build(world, NESTED);
		world_ask(world, &rq);
		rtaddr = world->model.rtaddr;
		EXPECT_EQ(has(world), C | P | T | S | F);
		vtd_model_set_root(&world->model, rtaddr);
		EXPECT_EQ(has(world), esrtps ? 0 : C | P | T | S | F);
	}
	config.cap &= ~VTD_CAP_ESRTPS;
	for (smts = 0; smts < 2; smts++) {
		config.ecap &= ~VTD_ECAP_SMTS;
		if (smts)
			config.ecap |= VTD_ECAP_SMTS;
		world_unit(world, &config);
		world_build(world, LEGACY);
		rq = request(LEGACY);
		world_ask(world, &rq);
		vtd_model_set_translation(&world->model, 1);
		EXPECT_EQ(has(world), C | T | S);
		vtd_model_set_translation(&world->model, 0);
		EXPECT_EQ(has(world), smts ? 0 : C | T | S);
	}
	check_done("ESRTPS, and TE=0 with SMTS");
}

void suite_invalidate(void)
{
	struct world *world = world_new();

	test_rows(world);
	test_context_rows(world);
	test_ignored_bits(world);
	test_nested_tables(world);
	test_page_requests(world);
	test_everything(world);
	world_free(world);
}
