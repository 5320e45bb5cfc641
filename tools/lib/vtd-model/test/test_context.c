// SPDX-License-Identifier: GPL-2.0-only
/*
 * Root and context entries (VT-d chapters 3, 9): what is allowed in them. What
 * is not is in fault_legacy.c and fault_scalable.c.
 */
#include "check.h"
#include "world.h"

static void expect_done(struct world *world, struct vtd_model_request rq)
{
	struct vtd_model_outcome out = world_ask(world, &rq);

	EXPECT_EQ(out.verdict, VTD_MODEL_DONE);
	EXPECT_EQ(out.reason, 0);
}

static u8 reason_of(struct world *world, struct vtd_model_request rq)
{
	return world_ask(world, &rq).reason;
}

static void test_legacy(struct world *world)
{
	world_build(world, LEGACY);
	expect_done(world, RQ(READ, SS_IOVA));
	/* Bits for software */
	world_or(world, CONTEXT + 8, VTD_CTX_HI_AVAIL);
	expect_done(world, RQ(READ, SS_IOVA));
	/* 3 and 5 levels */
	world_clear(world, CONTEXT + 8, VTD_CTX_HI_AW);
	world_or(world, CONTEXT + 8, VTD_AW_57);
	world_put(world, CONTEXT, SS(5) | VTD_CTX_P);
	expect_done(world, RQ(READ, SS_IOVA));
	world_clear(world, CONTEXT + 8, VTD_CTX_HI_AW);
	world_or(world, CONTEXT + 8, VTD_AW_39);
	world_put(world, CONTEXT, SS(3) | VTD_CTX_P);
	expect_done(world, RQ(READ, SS_IOVA));
	EXPECT_EQ(reason_of(world, RQ(READ, 1ULL << 39)), 0x04);

	/* Pass-through has no use for the pointer. */
	world_build(world, LEGACY_PT);
	world_or(world, CONTEXT, BIT_ULL(FULL_HAW));
	expect_done(world, RQ(WRITE, 0x123450));
	check_done("legacy");
}

static void test_scalable(struct world *world)
{
	struct vtd_model_request rq = RQ(READ, SS_IOVA);

	world_build(world, SECOND);
	expect_done(world, RQ(READ, SS_IOVA));
	rq.sid = SID_UPPER;
	expect_done(world, rq);
	/* The other half may be anything. */
	world_put(world, ROOT + 8, ~0ULL ^ VTD_ROOT_P);
	expect_done(world, RQ(READ, SS_IOVA));
	world_put(world, ROOT + 8, AT_UPPER | VTD_ROOT_P);
	world_put(world, ROOT, ~0ULL);
	expect_done(world, rq);
	check_done("scalable: halves of the root entry");
}

#define OTHER(number)	RQ(READ, SS_IOVA, .has_pasid = true, .pasid = (number))

/* The directory ends at 2^(PDTS + 7) entries of 64 PASIDs. */
static void test_pdts(struct world *world)
{
	u32 last, pdts;

	for (pdts = 0; pdts <= VTD_SMCTX_PDTS_MAX; pdts++) {
		world_build(world, SECOND);
		world_or(world, SM_CONTEXT, FIELD_PREP(VTD_SMCTX_PDTS, pdts));
		last = (1u << (pdts + 13)) - 1;
		EXPECT_EQ(reason_of(world, OTHER(last)), 0x51);
		if (pdts == VTD_SMCTX_PDTS_MAX)
			break;
		world_put(world, SM_CONTEXT + 8, last);
		EXPECT_EQ(reason_of(world, RQ(READ, SS_IOVA)), 0x51);
		world_put(world, SM_CONTEXT + 8, last + 1);
		EXPECT_EQ(reason_of(world, RQ(READ, SS_IOVA)), 0x43);
		world_put(world, SM_CONTEXT + 8, RID_PASID);
		EXPECT_EQ(reason_of(world, OTHER(last + 1)), 0x46);
	}
	check_done("scalable: PDTS");
}

/* The PASID is beyond both: the text does not say which counts. */
static void test_pasid_bounds(struct world *world)
{
	struct vtd_model_config config = world_config();
	struct vtd_model_request rq = PRQ(READ, SS_IOVA);
	struct vtd_model_outcome out;

	config.ecap &= ~FIELD_PREP(VTD_ECAP_PSS, 2);
	world_unit(world, &config);
	world_build(world, SECOND);
	rq.pasid = 1 << 18;
	out = world_ask(world, &rq);
	EXPECT_EQ(out.reason, 0x46);
	EXPECT(vtd_model_accepts(&out, 0x89));
	rq.pasid = 1 << 14;
	out = world_ask(world, &rq);
	EXPECT_EQ(out.reason, 0x46);
	EXPECT(!vtd_model_accepts(&out, 0x89));

	/* No such condition is listed for page requests. */
	config.ecap &= ~VTD_ECAP_PSS;
	world_unit(world, &config);
	world_build(world, SECOND);
	rq = PRQ(PAGE_REQUEST, SS_IOVA, .want_read = true);
	EXPECT_EQ(world_ask(world, &rq).reason, 0);
	config = world_config();
	world_unit(world, &config);
	check_done("scalable: PASID beyond PDTS and PSS");
}

/* RPS=0: PASID 0 serves requests without PASID. */
static void test_rid_pasid(struct world *world)
{
	struct vtd_model_config config = world_config();

	config.ecap &= ~VTD_ECAP_RPS;
	world_unit(world, &config);
	world_build(world, SECOND);
	world_put(world, SM_CONTEXT + 8, 0);
	EXPECT_EQ(reason_of(world, RQ(READ, SS_IOVA)), 0x59);
	world_put(world, ENTRY(0), world_get(world, ENTRY(RID_PASID)));
	world_put(world, ENTRY(0) + 8, world_get(world, ENTRY(RID_PASID) + 8));
	expect_done(world, RQ(READ, SS_IOVA));
	config = world_config();
	world_unit(world, &config);
	check_done("scalable: RPS=0");
}

/* FPD counts in an entry that is not present. */
static void test_fpd(struct world *world)
{
	struct vtd_model_request rq = PRQ(READ, SS_IOVA);

	world_build(world, LEGACY);
	world_put(world, CONTEXT, VTD_CTX_FPD);
	rq.has_pasid = false;
	EXPECT(!world_ask(world, &rq).recorded);
	EXPECT(world_ask(world, &rq).qualified);
	world_build(world, SECOND);
	world_put(world, SM_CONTEXT, VTD_SMCTX_FPD);
	EXPECT(!world_ask(world, &rq).recorded);
	rq.has_pasid = true;
	world_build(world, SECOND);
	world_put(world, AT_DIR, VTD_PDE_FPD);
	EXPECT_EQ(world_ask(world, &rq).reason, 0x51);
	EXPECT(!world_ask(world, &rq).recorded);
	world_build(world, SECOND);
	world_put(world, ENTRY(PASID), VTD_PE0_FPD);
	EXPECT_EQ(world_ask(world, &rq).reason, 0x59);
	EXPECT(!world_ask(world, &rq).recorded);
	/* The entry of another PASID says nothing. */
	world_build(world, SECOND);
	world_or(world, ENTRY(RID_PASID), VTD_PE0_FPD);
	world_clear(world, ENTRY(PASID), VTD_PE0_P);
	EXPECT(world_ask(world, &rq).recorded);
	/* Directory's and entry's FPD hold for faults further on. */
	world_build(world, SECOND);
	world_or(world, AT_DIR, VTD_PDE_FPD);
	world_clear(world, SS1, VTD_SS_R | VTD_SS_W);
	EXPECT_EQ(world_ask(world, &rq).reason, 0x79);
	EXPECT(!world_ask(world, &rq).recorded);
	check_done("FPD");
}

static void test_malformed(struct world *world)
{
	static const struct vtd_model_request rqs[] = {
		RQ(READ, SS_IOVA, .privileged = true),
		RQ(READ, SS_IOVA, .execute = true),
		PRQ(WRITE, SS_IOVA, .execute = true),
		PRQ(PAGE_REQUEST, SS_IOVA, .execute = true),
		RQ(READ, SS_IOVA, .has_pasid = true, .pasid = 1 << 20),
		RQ(READ, SS_IOVA, .at = 3),
		RQ(READ, SS_IOVA, .no_write = true),
		RQ(WRITE, SS_IOVA, .at = VTD_FRCD_AT_REQUEST),
		RQ(PAGE_REQUEST, SS_IOVA, .at = VTD_FRCD_AT_TRANSLATED),
		RQ(PAGE_REQUEST, SS_IOVA, .no_write = true),
		RQ(READ, 0x1ffc),
		{ .sid = SID, .access = VTD_ACCESS_WRITE, .addr = SS_IOVA },
		{ .sid = SID, .access = VTD_ACCESS_ATOMIC, .addr = SS_IOVA },
		{ .sid = SID, .access = VTD_ACCESS_READ, .addr = 0,
		  .size = 4097 },
	};
	unsigned int i;

	world_build(world, SECOND);
	for (i = 0; i < sizeof(rqs) / sizeof(rqs[0]); i++)
		EXPECT_ABOUT(world_ask(world, &rqs[i]).verdict ==
			     VTD_MODEL_MALFORMED, "in request %u", i);
	EXPECT_EQ(world->nreads, 0);
	check_done("requests that no device can send");
}

/* Bits of a fault's address that no table of the unit translates read as 0. */
static void test_fault_info(struct world *world)
{
	struct vtd_model_config config = world_config();
	struct vtd_model_request rq = PRQ(READ, ~0ULL << 12);

	world_build(world, SECOND);
	world_clear(world, AT_DIR, VTD_PDE_P);
	EXPECT_EQ(world_ask(world, &rq).record.addr, GENMASK_ULL(56, 12));
	config.cap &= ~(FIELD_PREP(VTD_CAP_SAGAW, VTD_SAGAW_48 | VTD_SAGAW_57) |
			VTD_CAP_FS5LP);
	world_unit(world, &config);
	world_build(world, SECOND);
	world_clear(world, AT_DIR, VTD_PDE_P);
	EXPECT_EQ(world_ask(world, &rq).record.addr, GENMASK_ULL(47, 12));
	config.ecap &= ~(VTD_ECAP_FSTS | VTD_ECAP_NEST | VTD_ECAP_EAFS);
	config.cap &= ~VTD_CAP_FS1GP;
	world_unit(world, &config);
	world_build(world, SECOND);
	world_clear(world, AT_DIR, VTD_PDE_P);
	EXPECT_EQ(world_ask(world, &rq).record.addr,
		  GENMASK_ULL(FULL_HAW - 1, 12));
	config = world_config();
	world_unit(world, &config);
	check_done("the address of a record");
}

void suite_context(void)
{
	struct world *world = world_new();

	test_legacy(world);
	test_scalable(world);
	test_pdts(world);
	test_pasid_bounds(world);
	test_rid_pasid(world);
	test_fpd(world);
	test_malformed(world);
	test_fault_info(world);
	world_free(world);
}
