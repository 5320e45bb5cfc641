// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interrupt range 0xfee00000 to 0xfeefffff (VT-d chapter 3).
 */
#include "check.h"
#include "world.h"

#define FIRST_BYTE	0xfee00000ULL
#define LAST_WORD	0xfeeffffcULL

static struct vtd_model_outcome ask(struct world *world,
				    struct vtd_model_request rq, u32 size)
{
	rq.size = size;
	return world_ask(world, &rq);
}

static void expect_blocked(struct vtd_model_outcome out)
{
	EXPECT_EQ(out.verdict, VTD_MODEL_BLOCKED);
	EXPECT_EQ(out.reason, 0x29);
	EXPECT(out.recorded);
}

static void test_without_pasid(struct world *world)
{
	struct vtd_model_config config = world_config();
	struct vtd_model_outcome out;
	u32 on;

	for (on = 0; on < 2; on++) {
		world_build(world, PT);
		vtd_model_set_translation(&world->model, on);
		out = ask(world, RQ(WRITE, FIRST_BYTE), 4);
		EXPECT_EQ(out.verdict, VTD_MODEL_INTERRUPT);
		out = ask(world, RQ(WRITE, LAST_WORD), 4);
		EXPECT_EQ(out.verdict, VTD_MODEL_INTERRUPT);
		out = ask(world, RQ(READ, FIRST_BYTE), 0);
		EXPECT_EQ(out.verdict, VTD_MODEL_DONE);
		expect_blocked(ask(world, RQ(WRITE, FIRST_BYTE), 8));
		expect_blocked(ask(world, RQ(WRITE, FIRST_BYTE + 2), 4));
		expect_blocked(ask(world, RQ(READ, FIRST_BYTE), 4));
		expect_blocked(ask(world, RQ(ATOMIC, FIRST_BYTE), 4));
		EXPECT_EQ(world->nreads, 0);
	}
	/* Next to it on both sides: memory. */
	out = ask(world, RQ(WRITE, FIRST_BYTE - 4), 4);
	EXPECT_EQ(out.verdict, VTD_MODEL_DONE);
	out = ask(world, RQ(WRITE, LAST_WORD + 4), 4);
	EXPECT_EQ(out.verdict, VTD_MODEL_DONE);

	/* Parts that do not record it */
	config.choices = VTD_MODEL_LENIENT;
	world_unit(world, &config);
	world_build(world, PT);
	out = ask(world, RQ(READ, FIRST_BYTE), 4);
	EXPECT_EQ(out.verdict, VTD_MODEL_BLOCKED);
	EXPECT(!out.recorded);
	config = world_config();
	world_unit(world, &config);
	check_done("without PASID");
}

static void test_ats(struct world *world)
{
	struct vtd_model_outcome out;

	world_build(world, SECOND);
	out = ask(world, TRQ(FIRST_BYTE), 8);
	EXPECT_EQ(out.verdict, VTD_MODEL_DONE);
	EXPECT(!out.read && out.write && out.ats_u && !out.recorded);
	EXPECT_EQ(out.reason, 0);
	out = ask(world, TRQ(FIRST_BYTE, .no_write = true), 8);
	EXPECT_EQ(out.verdict, VTD_MODEL_DONE);
	EXPECT(!out.read && !out.write && !out.ats_u);
	/* Abort mode refuses whatever it is. */
	vtd_model_set_root(&world->model,
			   FIELD_PREP(VTD_RTADDR_TTM, VTD_TTM_ABORT));
	out = ask(world, TRQ(FIRST_BYTE), 8);
	EXPECT_EQ(out.verdict, VTD_MODEL_UR);
	EXPECT_EQ(out.reason, 0x33);
	/* A page request has no such range. */
	world_build(world, SECOND);
	out = ask(world, RQ(PAGE_REQUEST, FIRST_BYTE, .want_read = true), 0);
	EXPECT_EQ(out.verdict, VTD_MODEL_DONE);
	check_done("translation and page requests");
}

/* With a PASID it is an address as any other. */
static void test_with_pasid(struct world *world)
{
	struct vtd_model_outcome out;

	world_build(world, SECOND);
	world_put(world, SS(3) + 3 * 8, SS(2) | VTD_SS_R | VTD_SS_W);
	world_put(world, SS(2) + 503 * 8, VTD_SS_R | VTD_SS_W | VTD_PT_PS);
	out = ask(world, PRQ(WRITE, FIRST_BYTE), 4);
	EXPECT_EQ(out.verdict, VTD_MODEL_DONE);
	EXPECT_EQ(out.addr, 0);
	out = ask(world, PRQ(READ, FIRST_BYTE), 8);
	EXPECT_EQ(out.verdict, VTD_MODEL_DONE);
	/* An output there is refused, whatever the page grants. */
	world_put(world, SS1, 0xfee01000 | VTD_SS_R);
	EXPECT_EQ(ask(world, PRQ(READ, SS_IOVA), 4).reason, 0x87);
	world_put(world, SS1, 0xfee01000 | VTD_SS_W);
	EXPECT_EQ(ask(world, PRQ(WRITE, SS_IOVA), 4).reason, 0x87);
	check_done("with PASID");
}

void suite_range(void)
{
	struct world *world = world_new();

	test_without_pasid(world);
	test_ats(world);
	test_with_pasid(world);
	world_free(world);
}
