// SPDX-License-Identifier: GPL-2.0-only
/*
 * Protected memory regions (VT-d chapters 3, 11).
 */
#include <string.h>

#include "check.h"
#include "world.h"

static struct vtd_model_config region_config(u32 version)
{
	struct vtd_model_config config = world_config();

	config.cap |= VTD_CAP_PLMR | VTD_CAP_PHMR;
	config.version = version;
	return config;
}

static void set_regions(struct world *world)
{
	set32(world, VTD_PLMBASE, 0x300000);
	set32(world, VTD_PLMLIMIT, 0x500000);
	set64(world, VTD_PHMBASE, 0x900000000);
	set64(world, VTD_PHMLIMIT, 0x900000000);
	set32(world, VTD_PMEN, VTD_PMEN_EPM);
}

static enum vtd_model_verdict ask(struct world *world,
				  struct vtd_model_request rq)
{
	struct vtd_model_outcome out;

	memset(&out, 0xff, sizeof(out));
	vtd_model_dma(&world->model, &rq, &out);
	/* What is blocked says nothing of the memory behind it. */
	EXPECT(!out.recorded || out.reason);
	EXPECT(out.verdict == VTD_MODEL_DONE || (!out.addr && !out.read));
	return out.verdict;
}

static void test_regions(struct world *world)
{
	struct vtd_model_config config = region_config(FULL_VERSION);
	struct vtd_model_request rq;

	world_unit(world, &config);
	EXPECT_EQ(ask(world, RQ(READ, 0x300000)), VTD_MODEL_DONE);
	set_regions(world);
	EXPECT_EQ(get32(world, VTD_PMEN), VTD_PMEN_EPM | VTD_PMEN_PRS);
	EXPECT_EQ(ask(world, RQ(READ, 0x2ffff8)), VTD_MODEL_DONE);
	EXPECT_EQ(ask(world, RQ(READ, 0x300000)), VTD_MODEL_BLOCKED);
	/* The limit's last unit is inside. */
	EXPECT_EQ(ask(world, RQ(WRITE, 0x5ffff8)), VTD_MODEL_BLOCKED);
	rq = RQ(READ, 0x5ffff0);
	rq.size = 0;
	EXPECT_EQ(ask(world, rq), VTD_MODEL_BLOCKED);
	/* Its first and its last byte. */
	rq = RQ(READ, 0x5fffff);
	rq.size = 1;
	EXPECT_EQ(ask(world, rq), VTD_MODEL_BLOCKED);
	rq.addr = 0x300000;
	EXPECT_EQ(ask(world, rq), VTD_MODEL_BLOCKED);
	EXPECT_EQ(ask(world, RQ(READ, 0x600000)), VTD_MODEL_DONE);
	EXPECT_EQ(ask(world, RQ(READ, 0x8fffffff8)), VTD_MODEL_DONE);
	EXPECT_EQ(ask(world, RQ(READ, 0x9000ffff8)), VTD_MODEL_BLOCKED);
	EXPECT_EQ(ask(world, RQ(READ, 0x900100000)), VTD_MODEL_DONE);
	EXPECT_EQ(get32(world, VTD_FSTS), 0);
	/* An empty region, and none. */
	set32(world, VTD_PMEN, 0);
	EXPECT_EQ(get32(world, VTD_PMEN), 0);
	EXPECT_EQ(ask(world, RQ(READ, 0x300000)), VTD_MODEL_DONE);
	set32(world, VTD_PLMBASE, 0x600000);
	set32(world, VTD_PMEN, VTD_PMEN_EPM);
	EXPECT_EQ(ask(world, RQ(READ, 0x500000)), VTD_MODEL_DONE);
	EXPECT_EQ(ask(world, RQ(READ, 0x600000)), VTD_MODEL_DONE);
	set32(world, VTD_PMEN, VTD_PMEN_EPM);
	EXPECT_EQ(world->nmisuses, 0);
	EXPECT_EQ(ask(world, RQ(PAGE_REQUEST, 0x300000)),
		  VTD_MODEL_MALFORMED);
	check_done("both regions");
}

static void test_translated(struct world *world)
{
	struct vtd_model_config config = region_config(FULL_VERSION);
	struct vtd_model_request rq;

	world_start(world, &config, SECOND);
	set_regions(world);
	world_put(world, SS1, 0x300000 | VTD_SS_R | VTD_SS_W);
	EXPECT_EQ(ask(world, RQ(READ, SS_IOVA)), VTD_MODEL_BLOCKED);
	EXPECT_EQ(ask(world, TRQ(SS_IOVA)), VTD_MODEL_DONE);
	EXPECT_EQ(ask(world, RQ(READ, 0x300000,
				.at = VTD_FRCD_AT_TRANSLATED)), VTD_MODEL_UR);
	/* No page, and no memory either. */
	rq = RQ(READ, 0xfee00000);
	rq.size = 0;
	EXPECT_EQ(ask(world, rq), VTD_MODEL_DONE);
	EXPECT_EQ(get32(world, VTD_FSTS), 0);
	check_done("translated requests, too");

	config = region_config(0x20);
	world_start(world, &config, SECOND);
	set_regions(world);
	world_put(world, SS1, 0x300000 | VTD_SS_R | VTD_SS_W);
	EXPECT_EQ(ask(world, RQ(READ, SS_IOVA)), VTD_MODEL_BLOCKED);

	config = region_config(0x10);
	world_start(world, &config, SECOND);
	set_regions(world);
	world_put(world, SS1, 0x300000 | VTD_SS_R | VTD_SS_W);
	EXPECT_EQ(ask(world, RQ(READ, SS_IOVA)), VTD_MODEL_DONE);
	set32(world, VTD_GCMD, 0);
	EXPECT_EQ(ask(world, RQ(READ, 0x300000)), VTD_MODEL_BLOCKED);
	check_done("old units let them through");
}

static void test_lacking(struct world *world)
{
	struct vtd_model_config config = region_config(FULL_VERSION);

	config.cap &= ~VTD_CAP_PHMR;
	world_unit(world, &config);
	set_regions(world);
	EXPECT_EQ(ask(world, RQ(READ, 0x300000)), VTD_MODEL_BLOCKED);
	EXPECT_EQ(ask(world, RQ(READ, 0x900000000)), VTD_MODEL_DONE);
	config = region_config(FULL_VERSION);
	config.cap &= ~VTD_CAP_PLMR;
	world_unit(world, &config);
	set_regions(world);
	EXPECT_EQ(ask(world, RQ(READ, 0x300000)), VTD_MODEL_DONE);
	EXPECT_EQ(ask(world, RQ(READ, 0x900000000)), VTD_MODEL_BLOCKED);
	check_done("units with one region");
}

static void test_slow(struct world *world)
{
	struct vtd_model_config config = region_config(FULL_VERSION);

	config.command_reads = 2;
	world_unit(world, &config);
	world->nmisuses = 0;
	set_regions(world);
	EXPECT_EQ(ask(world, RQ(READ, 0x300000)), VTD_MODEL_DONE);
	EXPECT_EQ(get32(world, VTD_PMEN), VTD_PMEN_EPM);
	EXPECT_EQ(get32(world, VTD_PMEN), VTD_PMEN_EPM | VTD_PMEN_PRS);
	EXPECT_EQ(ask(world, RQ(READ, 0x300000)), VTD_MODEL_BLOCKED);
	set32(world, VTD_PMEN, 0);
	EXPECT_EQ(world->nmisuses, 0);
	set32(world, VTD_PMEN, VTD_PMEN_EPM);
	EXPECT_EQ(world->nmisuses, 1);
	EXPECT_EQ(get32(world, VTD_PMEN), VTD_PMEN_PRS);
	EXPECT_EQ(get32(world, VTD_PMEN), 0);
	check_done("the status follows");
}

void suite_protect(void)
{
	struct world *world = world_new();

	test_regions(world);
	test_translated(world);
	test_lacking(world);
	test_slow(world);
	world_free(world);
}
