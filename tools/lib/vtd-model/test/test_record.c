// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fault recording (VT-d chapters 7, 11): the record of each kind of access, the
 * ring, its overflow, the status bits.
 */
#include "check.h"
#include "world.h"

#define FRCD(i)		(0x400 + 16 * (i))
#define HOLE		0x7000

static void start(struct world *world, enum vtd_model_policy choices)
{
	struct vtd_model_config config = world_config();

	config.choices = choices;
	world_start(world, &config, SECOND);
}

static u64 low(struct world *world, unsigned int i)
{
	return get64(world, FRCD(i));
}

static u64 high(struct world *world, unsigned int i)
{
	return get64(world, FRCD(i) + 8);
}

static struct vtd_model_outcome fault(struct world *world,
				      struct vtd_model_request rq)
{
	struct vtd_model_outcome out;

	vtd_model_dma(&world->model, &rq, &out);
	return out;
}

static void clear(struct world *world, unsigned int i)
{
	set32(world, FRCD(i) + 12, VTD_FRCD_F32);
}

#define HI(reason, rest) (VTD_FRCD_HI_F | FIELD_PREP(VTD_FRCD_HI_FR, reason) | \
			  SID | (rest))

static void test_fields(struct world *world)
{
	struct vtd_model_outcome out;

	start(world, VTD_MODEL_STRICT);
	world_or(world, ENTRY(PASID) + 16, VTD_PE2_SRE);
	fault(world, RQ(WRITE, HOLE + 0x123));
	EXPECT_EQ(low(world, 0), HOLE);
	EXPECT_EQ(high(world, 0), HI(0x79, 0));
	fault(world, PRQ(READ, HOLE, .privileged = true));
	EXPECT_EQ(high(world, 1), HI(0x79, VTD_FRCD_HI_T1 | VTD_FRCD_HI_PP |
				     VTD_FRCD_HI_PRIV | (u64)PASID << 40));
	fault(world, PRQ(ATOMIC, HOLE));
	EXPECT_EQ(high(world, 2), HI(0x79, VTD_FRCD_HI_T1 | VTD_FRCD_HI_T2 |
				     VTD_FRCD_HI_PP | (u64)PASID << 40));
	world_clear(world, SM_CONTEXT, VTD_SMCTX_PRE);
	EXPECT_EQ(vtd_model_page_request(&world->model,
					 &RQ(PAGE_REQUEST, HOLE), &out),
		  VTD_MODEL_PAGE_DROPPED);
	EXPECT_EQ(high(world, 3), HI(0x47, VTD_FRCD_HI_T2));
	check_done("the record of each access");

	start(world, VTD_MODEL_STRICT);
	world_clear(world, SM_CONTEXT, VTD_SMCTX_P);
	fault(world, TRQ(HOLE));
	EXPECT_EQ(high(world, 0), HI(0x41, VTD_FRCD_HI_T1 | 1ULL << 60));
	fault(world, RQ(READ, HOLE, .at = VTD_FRCD_AT_TRANSLATED));
	EXPECT_EQ(high(world, 1), HI(0x41, VTD_FRCD_HI_T1 | 2ULL << 60));
	world_or(world, SM_CONTEXT, VTD_SMCTX_P);
	fault(world, PRQ(READ, HOLE, .execute = true));
	EXPECT_EQ(high(world, 2), HI(0x5c, VTD_FRCD_HI_T1 | VTD_FRCD_HI_PP |
				     VTD_FRCD_HI_EXE | (u64)PASID << 40));
	/* A page request is none of these. */
	out = fault(world, RQ(PAGE_REQUEST, HOLE));
	EXPECT_EQ(out.verdict, VTD_MODEL_MALFORMED);
	/* Nor is a fault that FPD keeps back. */
	world_or(world, ENTRY(RID_PASID), VTD_PE0_FPD);
	out = fault(world, RQ(READ, HOLE));
	EXPECT(out.qualified);
	EXPECT_EQ(high(world, 3), 0);
	check_done("the record of each address type");
}

static void test_interrupt(struct world *world)
{
	struct vtd_model_interrupt message = {
		.addr = 0xfee00010 | 5 << 5, .sid = SID,
	};
	struct vtd_model_delivered out;

	start(world, VTD_MODEL_STRICT);
	set64(world, VTD_IRTA, 0x60000 | 7);
	set32(world, VTD_GCMD, VTD_GCMD_TE | VTD_GCMD_SIRTP);
	set32(world, VTD_GCMD, VTD_GCMD_TE | VTD_GCMD_IRE);
	vtd_model_msi(&world->model, &message, &out);
	EXPECT_EQ(out.reason, 0x22);
	EXPECT_EQ(low(world, 0), 5ULL << 48);
	EXPECT_EQ(high(world, 0) & ~VTD_FRCD_HI_T1, HI(0x22, 0));
	world_put(world, 0x60000 + 5 * 16, 0x300001);
	vtd_model_msi(&world->model, &message, &out);
	EXPECT_EQ(out.delivery, VTD_MODEL_REMAPPED);
	EXPECT_EQ(high(world, 1), 0);
	check_done("the record of an interrupt");
}

static void test_ring(struct world *world)
{
	unsigned int i;

	start(world, VTD_MODEL_STRICT);
	for (i = 0; i < 4; i++)
		fault(world, RQ(WRITE, HOLE + (i << 12)));
	EXPECT_EQ(get32(world, VTD_FSTS), VTD_FSTS_PPF);
	/* No room: lost, and everything after it until PFO is cleared. */
	fault(world, RQ(WRITE, 0x20000));
	EXPECT_EQ(get32(world, VTD_FSTS), VTD_FSTS_PPF | VTD_FSTS_PFO);
	clear(world, 0);
	clear(world, 1);
	fault(world, RQ(WRITE, 0x21000));
	EXPECT_EQ(high(world, 0) >> 63, 0);
	set32(world, VTD_FSTS, VTD_FSTS_PFO);
	EXPECT_EQ(get32(world, VTD_FSTS), VTD_FSTS_PPF);
	fault(world, RQ(WRITE, 0x22000));
	EXPECT_EQ(low(world, 0), 0x22000);
	fault(world, RQ(WRITE, 0x23000));
	EXPECT_EQ(low(world, 1), 0x23000);
	fault(world, RQ(WRITE, 0x24000));
	EXPECT_EQ(get32(world, VTD_FSTS), VTD_FSTS_PPF | VTD_FSTS_PFO);
	EXPECT_EQ(low(world, 2), HOLE + 0x2000);
	check_done("overflow");

	/* PPF is all F together; FRI is where the first one since is. */
	set32(world, VTD_FSTS, VTD_FSTS_PFO);
	for (i = 0; i < 3; i++) {
		clear(world, i);
		EXPECT_EQ(get32(world, VTD_FSTS) & VTD_FSTS_PPF, VTD_FSTS_PPF);
	}
	clear(world, 3);
	EXPECT_EQ(get32(world, VTD_FSTS) & VTD_FSTS_PPF, 0);
	fault(world, RQ(WRITE, 0x25000));
	EXPECT_EQ(low(world, 2), 0x25000);
	EXPECT_EQ(get32(world, VTD_FSTS), VTD_FSTS_PPF | 2 << 8);
	fault(world, RQ(WRITE, 0x26000));
	EXPECT_EQ(get32(world, VTD_FSTS), VTD_FSTS_PPF | 2 << 8);
	check_done("PPF and the index of the first fault");

	/* With nothing remapped the ring restarts. */
	fault(world, RQ(WRITE, 0x26800));
	EXPECT_EQ(low(world, 0), 0x26000);
	clear(world, 0);
	clear(world, 2);
	clear(world, 3);
	set32(world, VTD_GCMD, 0);
	set32(world, VTD_GCMD, VTD_GCMD_SRTP);
	set32(world, VTD_GCMD, VTD_GCMD_TE);
	fault(world, RQ(WRITE, 0x27000));
	EXPECT_EQ(low(world, 0), 0x27000);
	check_done("the ring restarts with TES and IRES at 0");

	set32(world, VTD_GCMD, VTD_GCMD_TE | VTD_GCMD_SIRTP);
	set32(world, VTD_GCMD, VTD_GCMD_TE | VTD_GCMD_IRE);
	set32(world, VTD_GCMD, VTD_GCMD_IRE);
	set32(world, VTD_GCMD, VTD_GCMD_IRE | VTD_GCMD_SRTP);
	set32(world, VTD_GCMD, VTD_GCMD_IRE | VTD_GCMD_TE);
	fault(world, RQ(WRITE, 0x28000));
	EXPECT_EQ(low(world, 1), 0x28000);
	set32(world, VTD_GCMD, VTD_GCMD_TE);
	fault(world, RQ(WRITE, 0x29000));
	EXPECT_EQ(low(world, 2), 0x29000);
	check_done("but not while one of them is 1");

	/* IRES is the last to go. */
	clear(world, 1);
	clear(world, 2);
	set32(world, VTD_GCMD, VTD_GCMD_TE | VTD_GCMD_SIRTP);
	set32(world, VTD_GCMD, VTD_GCMD_TE | VTD_GCMD_IRE);
	set32(world, VTD_GCMD, VTD_GCMD_IRE);
	set32(world, VTD_GCMD, 0);
	EXPECT_EQ(world->model.records.next, 0);
	check_done("and when the other goes");
}

/* FRI is replaced, other bits of FSTS stay. */
static void test_status(struct world *world)
{
	start(world, VTD_MODEL_STRICT);
	fault(world, RQ(WRITE, HOLE));
	clear(world, 0);
	EXPECT_EQ(vtd_model_complete(&world->model, SID, 0), 0);
	fault(world, RQ(WRITE, HOLE));
	EXPECT_EQ(get32(world, VTD_FSTS),
		  VTD_FSTS_PPF | VTD_FSTS_ICE | 1 << 8);
	clear(world, 1);
	fault(world, RQ(WRITE, HOLE));
	EXPECT_EQ(get32(world, VTD_FSTS),
		  VTD_FSTS_PPF | VTD_FSTS_ICE | 2 << 8);
	check_done("other errors beside it");
}

static void test_halves(struct world *world)
{
	start(world, VTD_MODEL_STRICT);
	fault(world, RQ(WRITE, HOLE));
	EXPECT_EQ(get32(world, FRCD(0)), HOLE);
	EXPECT_EQ(get32(world, FRCD(0) + 4), 0);
	EXPECT_EQ(get32(world, FRCD(0) + 8), SID);
	EXPECT_EQ(get32(world, FRCD(0) + 12), VTD_FRCD_F32 | 0x79);
	/* Only F of the last word can be written. */
	set64(world, FRCD(0), ~0ULL);
	set32(world, FRCD(0) + 8, ~0u);
	set32(world, FRCD(0) + 12, 0x7fffffff);
	EXPECT_EQ(high(world, 0), HI(0x79, 0));
	set64(world, FRCD(0) + 8, VTD_FRCD_HI_F);
	EXPECT_EQ(high(world, 0) >> 63, 0);
	EXPECT_EQ(get32(world, VTD_FSTS) & VTD_FSTS_PPF, 0);
	check_done("parts of a record");
}

static void test_collapse(struct world *world)
{
	struct vtd_model_request other = RQ(WRITE, HOLE);

	other.sid = SID + 1;
	start(world, VTD_MODEL_LENIENT);
	fault(world, RQ(WRITE, HOLE));
	fault(world, RQ(WRITE, HOLE + 0x1000));
	EXPECT_EQ(high(world, 1), 0);
	fault(world, other);
	EXPECT_EQ(high(world, 1) & 0xffff, SID + 1);
	clear(world, 0);
	fault(world, RQ(WRITE, HOLE + 0x2000));
	EXPECT_EQ(low(world, 2), HOLE + 0x2000);
	check_done("lenient: one record for each device");
}

void suite_record(void)
{
	struct world *world = world_new();

	test_fields(world);
	test_interrupt(world);
	test_ring(world);
	test_status(world);
	test_halves(world);
	test_collapse(world);
	world_free(world);
}
