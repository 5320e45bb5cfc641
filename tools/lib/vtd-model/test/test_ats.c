// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a translation completion carries (VT-d chapter 4), and translated
 * requests. The answers to faults are in test_fault.c.
 */
#include "check.h"
#include "world.h"

#define AT_HOST		.at = VTD_FRCD_AT_TRANSLATED
#define PTRQ(address, ...) TRQ(address, .has_pasid = true, .pasid = PASID, \
			       ## __VA_ARGS__)

static struct vtd_model_outcome ask(struct world *world,
				    struct vtd_model_request rq)
{
	struct vtd_model_outcome out = world_ask(world, &rq);

	EXPECT_EQ(out.verdict, VTD_MODEL_DONE);
	EXPECT(!out.recorded);
	return out;
}

static void test_page(struct world *world)
{
	static const struct {
		enum world_kind kind;
		u64 iova;
	} kinds[] = {
		{ LEGACY_ATS, SS_IOVA },
		{ FIRST, FS_VA },
		{ SECOND, SS_IOVA },
		{ NESTED, FS_VA },
	};
	struct vtd_model_outcome out;
	unsigned int i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		world_build(world, kinds[i].kind);
		out = ask(world, TRQ(kinds[i].iova + 0x123));
		EXPECT_EQ(out.addr, AT_PAGE);
		EXPECT_EQ(out.size, 4096);
		EXPECT(out.read && out.write);
		EXPECT(!out.ats_u && !out.ats_priv && !out.ats_n);
		EXPECT_EQ(out.reason, 0);
	}
	check_done("page, size, R and W");
}

static void test_no_write(struct world *world)
{
	struct vtd_model_config config = world_config();
	struct vtd_model_outcome out;

	world_build(world, SECOND);
	out = ask(world, TRQ(SS_IOVA, .no_write = true));
	EXPECT(out.read && !out.write);
	EXPECT_EQ(out.reason, 0);
	world_clear(world, SS1, VTD_SS_W);
	out = ask(world, TRQ(SS_IOVA, .no_write = true));
	EXPECT(out.read && !out.write);
	EXPECT_EQ(out.reason, 0);

	config.ecap &= ~VTD_ECAP_NWFS;
	world_unit(world, &config);
	world_build(world, SECOND);
	out = ask(world, TRQ(SS_IOVA, .no_write = true));
	EXPECT(out.read && out.write);
	check_done("NW and NWFS");
}

static void test_privileged(struct world *world)
{
	struct vtd_model_outcome out;

	world_build(world, FIRST);
	world_clear(world, FS1, VTD_FS_US | VTD_FS_RW);
	world_or(world, ENTRY(PASID) + 16, VTD_PE2_SRE);
	world_or(world, ENTRY(RID_PASID) + 16, VTD_PE2_SRE);
	out = ask(world, PTRQ(FS_VA, .privileged = true));
	EXPECT(out.read && out.write && out.ats_priv);
	out = ask(world, PTRQ(FS_VA));
	EXPECT(!out.read && !out.write && !out.ats_priv);
	EXPECT_EQ(out.reason, 0x81);
	/* An answer that grants nothing has PRIV and a size as well. */
	out = ask(world, PTRQ(FS_VA + 0x1000, .privileged = true));
	EXPECT_EQ(out.reason, 0x71);
	EXPECT(!out.read && !out.write && out.ats_priv);
	EXPECT_EQ(out.size, 4096);

	/* RID_PRIV: privileged permissions, but PRIV stays 0. */
	world_or(world, SM_CONTEXT + 8, VTD_SMCTX_QW1_RID_PRIV);
	out = ask(world, TRQ(FS_VA));
	EXPECT(out.read && out.write && !out.ats_priv);

	/* WPE makes them heed R/W. */
	world_or(world, ENTRY(PASID) + 16, VTD_PE2_WPE);
	out = ask(world, PTRQ(FS_VA, .privileged = true));
	EXPECT(out.read && !out.write);
	EXPECT_EQ(out.reason, 0x85);
	check_done("PRIV, RID_PRIV, WPE");
}

static void test_snoop(struct world *world)
{
	static const struct {
		enum world_kind kind;
		u64 iova;
		int by_entry;	/* PGSNP counts */
		int by_leaf;	/* SNP counts */
	} kinds[] = {
		{ LEGACY_ATS, SS_IOVA, 0, 1 },
		{ FIRST, FS_VA, 1, 0 },
		{ SECOND, SS_IOVA, 1, 1 },
		{ NESTED, FS_VA, 1, 1 },
		{ PT, SS_IOVA, 1, 0 },
	};
	struct vtd_model_outcome out;
	unsigned int i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		world_build(world, kinds[i].kind);
		world_or(world, ENTRY(RID_PASID) + 8, VTD_PE1_PGSNP);
		out = ask(world, TRQ(kinds[i].iova));
		EXPECT_EQ(out.ats_n, kinds[i].by_entry);
		out = ask(world, RQ(READ, kinds[i].iova, .no_snoop = true));
		EXPECT_EQ(out.snoop, kinds[i].by_entry);

		world_build(world, kinds[i].kind);
		world_or(world, SS1, VTD_SS_SNP);
		out = ask(world, TRQ(kinds[i].iova));
		EXPECT_EQ(out.ats_n, kinds[i].by_leaf);
		out = ask(world, RQ(READ, kinds[i].iova, .no_snoop = true));
		EXPECT_EQ(out.snoop, kinds[i].by_leaf);

		world_build(world, kinds[i].kind);
		EXPECT(ask(world, RQ(READ, kinds[i].iova)).snoop);
		EXPECT(!ask(world, RQ(READ, kinds[i].iova,
				      .no_snoop = true)).snoop);
	}
	check_done("N and snoop");
}

static void test_passthrough(struct world *world)
{
	struct vtd_model_outcome out;

	world_build(world, PT);
	out = ask(world, TRQ(0x123456789));
	EXPECT_EQ(out.size, 1 << 30);
	EXPECT_EQ(out.addr, 0x100000000);
	out = ask(world, TRQ(0xc0123456));
	EXPECT_EQ(out.size, 1 << 21);
	EXPECT_EQ(out.addr, 0xc0000000);
	/* Next to the interrupt range, in its 2 MiB. */
	out = ask(world, TRQ(0xfef00123));
	EXPECT_EQ(out.size, 1 << 12);
	EXPECT_EQ(out.addr, 0xfef00000);
	check_done("pass-through: a large page without the interrupt range");
}

/* In legacy mode a page that is not there has a size, but no permissions. */
static void test_legacy_absent(struct world *world)
{
	struct vtd_model_outcome out;

	world_build(world, LEGACY_ATS);
	world_clear(world, SS2, VTD_SS_R | VTD_SS_W);
	out = ask(world, TRQ(SS_IOVA));
	EXPECT(!out.read && !out.write);
	EXPECT_EQ(out.size, 1 << 21);
	check_done("legacy page that is not there");
}

static void test_translated(struct world *world)
{
	struct vtd_model_outcome out;

	world_build(world, SECOND);
	out = ask(world, RQ(WRITE, 0x12345670, AT_HOST));
	EXPECT_EQ(out.addr, 0x12345670);
	EXPECT(out.read && out.write);
	/* The context entry alone counts. */
	world_clear(world, AT_DIR, VTD_PDE_P);
	ask(world, RQ(WRITE, 0x12345670, AT_HOST));
	EXPECT(!ask(world, RQ(WRITE, 0x12345670, AT_HOST,
			      .no_snoop = true)).snoop);

	world_or(world, SM_CONTEXT, VTD_SMCTX_EPTR);
	ask(world, PRQ(WRITE, 0x12345670, AT_HOST));

	world_build(world, LEGACY_ATS);
	out = ask(world, RQ(ATOMIC, 0x12345670, AT_HOST));
	EXPECT_EQ(out.addr, 0x12345670);
	check_done("translated requests");
}

static void test_off(struct world *world)
{
	struct vtd_model_outcome out;
	struct vtd_model_request rq = TRQ(SS_IOVA);

	world_build(world, SECOND);
	vtd_model_set_translation(&world->model, 0);
	out = ask(world, RQ(WRITE, 0x123456, .no_snoop = true));
	EXPECT_EQ(out.addr, 0x123456);
	EXPECT(out.read && out.write && !out.snoop);
	EXPECT_EQ(out.size, 4096);
	EXPECT(ask(world, RQ(WRITE, 0x123456)).snoop);
	EXPECT_EQ(world_ask(world, &rq).verdict, VTD_MODEL_UR);
	rq.at = VTD_FRCD_AT_TRANSLATED;
	out = world_ask(world, &rq);
	EXPECT_EQ(out.verdict, VTD_MODEL_UR);
	EXPECT(!out.recorded);
	rq = RQ(PAGE_REQUEST, SS_IOVA, .want_read = true);
	EXPECT_EQ(world_ask(world, &rq).verdict, VTD_MODEL_INVALID);
	EXPECT_EQ(world->nreads, 0);
	check_done("TES=0: open to DMA, closed to ATS and PRI");
}

static void test_page_request(struct world *world)
{
	struct vtd_model_request rq;

	world_build(world, FIRST);
	ask(world, RQ(PAGE_REQUEST, FS_VA, .want_read = true));
	ask(world, PRQ(PAGE_REQUEST, FS_VA, .want_write = true));
	/* Only context and PASID entry are looked at. */
	world_clear(world, FS4, VTD_FS_P);
	ask(world, PRQ(PAGE_REQUEST, FS_VA, .want_write = true));
	ask(world, PRQ(PAGE_REQUEST, FS_VA, .want_read = true, .execute = true));
	ask(world, PRQ(PAGE_REQUEST, FS_VA, .privileged = true));
	world_clear(world, ENTRY(PASID), VTD_PE0_P);
	rq = PRQ(PAGE_REQUEST, FS_VA, .want_read = true);
	EXPECT_EQ(world_ask(world, &rq).reason, 0x59);
	check_done("page requests");
}

void suite_ats(void)
{
	struct world *world = world_new();

	test_page(world);
	test_privileged(world);
	test_snoop(world);
	test_passthrough(world);
	test_legacy_absent(world);
	test_translated(world);
	test_off(world);
	test_page_request(world);
	test_no_write(world);
	world_free(world);
}
