// SPDX-License-Identifier: GPL-2.0-only
/*
 * The register file (VT-d chapter 11): reset values, writable, reserved and
 * missing bits, widths of accesses, and what a unit without a feature has.
 */
#include <linux/kernel.h>

#include "../../../../drivers/iommu/intel/hw/perf.h"
#include "../../../../drivers/iommu/intel/sim/model/counters.h"
#include "check.h"
#include "world.h"

#define IVA_AT		0x500

/* What a register is after reset, and what of all ones is kept there. */
struct bits {
	u32 at;
	u32 size;
	u64 reset;
	u64 kept;
	int refused;		/* all ones have reserved bits */
	u64 cap;		/* must have this, or this; 0: always there */
	u64 ecap;
};

static const struct bits all_bits[] = {
	{ VTD_VER, 4, FULL_VERSION, FULL_VERSION },
	{ VTD_GSTS, 4, 0, 0 },
	{ VTD_RTADDR, 8, 0, 0xfffffffffffffc80, 1 },
	{ VTD_FECTL, 4, VTD_EVENT_IM, VTD_EVENT_IM, 0 },
	{ VTD_FEDATA, 4, 0, 0xffff, 1 },
	{ VTD_FEADDR, 4, 0, 0xfffffffc, 1 },
	{ VTD_FEUADDR, 4, 0, 0xffffffff, 0, .ecap = VTD_ECAP_EIM },
	{ VTD_PMEN, 4, 0, 0x80000001, 0, .cap = VTD_CAP_PLMR },
	{ VTD_PLMBASE, 4, 0, 0xfff00000, 0, .cap = VTD_CAP_PLMR },
	{ VTD_PLMLIMIT, 4, 0, 0xfff00000, 0, .cap = VTD_CAP_PLMR },
	{ VTD_PHMBASE, 8, 0, 0xfffffffffff00000, 0, .cap = VTD_CAP_PHMR },
	{ VTD_PHMLIMIT, 8, 0, 0xfffffffffff00000, 0, .cap = VTD_CAP_PHMR },
	{ VTD_IQH, 8, 0, 0, 0, .ecap = VTD_ECAP_QI },
	{ VTD_IQT, 8, 0, 0x7fff0, 1, .ecap = VTD_ECAP_QI },
	{ VTD_IQA, 8, 0, 0xfffffffffffff807, 1, .ecap = VTD_ECAP_QI },
	{ VTD_ICS, 4, 0, 0, 1, .ecap = VTD_ECAP_QI },
	{ VTD_IECTL, 4, VTD_EVENT_IM, VTD_EVENT_IM, 0, .ecap = VTD_ECAP_QI },
	{ VTD_IEDATA, 4, 0, 0xffff, 1, .ecap = VTD_ECAP_QI },
	{ VTD_IEADDR, 4, 0, 0xfffffffc, 1, .ecap = VTD_ECAP_QI },
	{ VTD_IEUADDR, 4, 0, 0xffffffff, 0, .ecap = VTD_ECAP_EIM },
	{ VTD_IQERCD, 8, 0, 0, 0, .ecap = VTD_ECAP_QI },
	{ VTD_IRTA, 8, 0, 0xfffffffffffff80f, 1, .ecap = VTD_ECAP_IR },
	{ VTD_PQH, 8, 0, 0x7ffe0, 1, .ecap = VTD_ECAP_PRS },
	{ VTD_PQT, 8, 0, 0x7ffe0, 1, .ecap = VTD_ECAP_PRS },
	{ VTD_PQA, 8, 0, 0xfffffffffffff007, 1, .ecap = VTD_ECAP_PRS },
	{ VTD_PRS, 4, 0, 0, 1, .ecap = VTD_ECAP_PRS },
	{ VTD_PECTL, 4, VTD_EVENT_IM, VTD_EVENT_IM, 0, .ecap = VTD_ECAP_PRS },
	{ VTD_PEDATA, 4, 0, 0xffff, 1, .ecap = VTD_ECAP_PRS },
	{ VTD_PEADDR, 4, 0, 0xfffffffc, 1, .ecap = VTD_ECAP_PRS },
	{ VTD_PEUADDR, 4, 0, 0xffffffff, 0, .ecap = VTD_ECAP_EIM },
	{ VTD_MTRRCAP, 8, 0x50a, 0x50a, 0, .ecap = VTD_ECAP_MTS },
	{ VTD_MTRRDEF, 8, 0, ~0ULL, 0, .ecap = VTD_ECAP_MTS },
	{ VTD_MTRR_FIX64K_00000, 8, 0, ~0ULL, 0, .ecap = VTD_ECAP_MTS },
	{ VTD_MTRR_FIX4K(7), 8, 0, ~0ULL, 0, .ecap = VTD_ECAP_MTS },
	{ VTD_MTRR_PHYSBASE(0), 8, 0, ~0ULL, 0, .ecap = VTD_ECAP_MTS },
	{ VTD_MTRR_PHYSMASK(9), 8, 0, ~0ULL, 0, .ecap = VTD_ECAP_MTS },
	{ VTD_PERFCAP, 8, 0, 0, 1 },
	{ VTD_ECRSP, 8, 0, 0, 0, .cap = VTD_CAP_ECMDS },
	{ VTD_ECEO, 8, 0, 0, 0, .cap = VTD_CAP_ECMDS },
	{ VTD_ECCAP(3), 8, 0, 0, 1 },
	{ VTD_RDTC, 8, 0, 0x1f00000fff, 1, .ecap = VTD_ECAP_RDTS },
	{ VTD_VCRSP, 8, 0, 0, 0, .ecap = VTD_ECAP_VCS },
	{ VTD_VCCAP, 8, 0, 0, 1 },
	{ IVA_AT, 8, 0, 0, 1 },
	{ 0x700, 8, 0, 0, 1 },
	{ 0x58, 8, 0, 0, 1 },
};

#define RICH_CAP	(FULL_CAP | VTD_CAP_PLMR | VTD_CAP_PHMR | \
			 VTD_CAP_ECMDS)
#define RICH_ECAP	(FULL_ECAP | VTD_ECAP_PMS | VTD_ECAP_RDTS | \
			 VTD_ECAP_VCS)

/* FRO must stay out of the way of the command registers. */
static struct vtd_model_config rich_config(void)
{
	struct vtd_model_config config = world_config();

	config.cap = (RICH_CAP & ~VTD_CAP_FRO) | FIELD_PREP(VTD_CAP_FRO, 0x60);
	config.ecap = RICH_ECAP;
	return config;
}

static void expect_bits(struct world *world, const struct bits *bits,
			int there)
{
	unsigned int before = world->nmisuses;
	u64 ones = bits->size == 8 ? ~0ULL : 0xffffffff;
	u64 got;

	got = vtd_model_read(&world->model, bits->at, bits->size);
	EXPECT_ABOUT(got == (there ? bits->reset : 0),
		     "0x%x is 0x%llx after reset", bits->at,
		     (unsigned long long)got);
	vtd_model_write(&world->model, bits->at, bits->size, ones);
	got = vtd_model_read(&world->model, bits->at, bits->size);
	EXPECT_ABOUT(got == (there ? bits->kept : 0),
		     "0x%x keeps 0x%llx", bits->at, (unsigned long long)got);
	EXPECT_ABOUT(world->nmisuses - before == (!there || bits->refused),
		     "0x%x", bits->at);
}

static void test_bits(struct world *world)
{
	struct vtd_model_config config = rich_config(), poor = config;
	unsigned int i;
	int gone;

	/* Control before data and address, which want IM=1. */
	for (i = 0; i < ARRAY_SIZE(all_bits); i++) {
		world_unit(world, &config);
		world->nmisuses = 0;
		expect_bits(world, &all_bits[i], 1);
	}
	check_done("reset values, writable and reserved bits");

	/* Only what other capabilities need, too, must stay. */
	poor.cap &= ~(VTD_CAP_PLMR | VTD_CAP_PHMR | VTD_CAP_ECMDS);
	poor.ecap &= ~(VTD_ECAP_EIM | VTD_ECAP_QI | VTD_ECAP_IR |
		       VTD_ECAP_PRS | VTD_ECAP_MTS | VTD_ECAP_PMS |
		       VTD_ECAP_RDTS | VTD_ECAP_VCS | VTD_ECAP_SMTS);
	for (i = 0; i < ARRAY_SIZE(all_bits); i++) {
		gone = all_bits[i].cap || all_bits[i].ecap;
		world_unit(world, &poor);
		expect_bits(world, &all_bits[i], !gone);
	}
	check_done("registers of features that a unit lacks");
}

static void test_widths(struct world *world)
{
	struct vtd_model_config config = world_config();

	world_unit(world, &config);
	world->nmisuses = 0;
	EXPECT_EQ(get64(world, VTD_CAP), FULL_CAP);
	EXPECT_EQ(get32(world, VTD_CAP), FULL_CAP & 0xffffffff);
	EXPECT_EQ(get32(world, VTD_CAP + 4), FULL_CAP >> 32);
	EXPECT_EQ(get32(world, VTD_ECAP + 4), FULL_ECAP >> 32);
	set32(world, VTD_RTADDR, 0x12345c80);
	set32(world, VTD_RTADDR + 4, 0x9abcdef0);
	EXPECT_EQ(get64(world, VTD_RTADDR), 0x9abcdef012345c80);
	set32(world, VTD_RTADDR, 0);
	EXPECT_EQ(get64(world, VTD_RTADDR), 0x9abcdef000000000);
	/* Of 4 bytes the rest of the value does not count. */
	vtd_model_write(&world->model, VTD_FEDATA, 4, 0xffff00000123ULL);
	EXPECT_EQ(get32(world, VTD_FEDATA), 0x123);
	EXPECT_EQ(get32(world, VTD_GCMD), 0);
	EXPECT_EQ(world->nmisuses, 0);
	check_done("halves of a register");

	EXPECT_EQ(get64(world, VTD_GCMD), ~0ULL);
	EXPECT_EQ(get64(world, VTD_FEADDR), ~0ULL);
	EXPECT_EQ(vtd_model_read(&world->model, VTD_VER, 1), ~0ULL);
	EXPECT_EQ(vtd_model_read(&world->model, VTD_VER, 2), ~0ULL);
	EXPECT_EQ(get32(world, VTD_CAP + 2), 0xffffffff);
	EXPECT_EQ(get64(world, VTD_CAP + 4), ~0ULL);
	EXPECT_EQ(get32(world, vtd_model_size(&world->model)), 0xffffffff);
	EXPECT_EQ(world->nmisuses, 7);
	set64(world, VTD_FEDATA, 0x77);
	EXPECT_EQ(world->nmisuses, 8);
	EXPECT_EQ(get32(world, VTD_FEDATA), 0x123);
	check_done("accesses that no register takes");
}

static void test_places(struct world *world)
{
	struct vtd_model_config config = world_config();

	world_unit(world, &config);
	EXPECT_EQ(vtd_model_size(&world->model), 0x1000);
	config.cap = (config.cap & ~VTD_CAP_FRO) |
		     FIELD_PREP(VTD_CAP_FRO, 0x3ff);
	world_unit(world, &config);
	EXPECT_EQ(vtd_model_size(&world->model), 0x5000);
	EXPECT_EQ(get64(world, 0x3ff0), 0);
	EXPECT_EQ(get64(world, 0x3000), 0);
	set64(world, 0x3000, 0);
	EXPECT_EQ(world->model.registers.misuses, 0);
	set64(world, 0x3000, 1);
	EXPECT_EQ(world->model.registers.misuses, 1);
	config.ecap = (config.ecap & ~VTD_ECAP_IRO) |
		      FIELD_PREP(VTD_ECAP_IRO, 0x3f0);
	config.cap = FULL_CAP;
	world_unit(world, &config);
	EXPECT_EQ(vtd_model_size(&world->model), 0x4000);
	set64(world, 0x3f08, 0x4500000000);
	EXPECT_EQ(get64(world, 0x3f08), 0x4500000000);
	check_done("places of the registers that can move");
}

/* A unit that offers no command answers that there is none such. */
static void test_commands(struct world *world)
{
	struct vtd_model_config config = rich_config();

	world_unit(world, &config);
	set32(world, VTD_ECMD + 4, 0x10000);
	EXPECT_EQ(get64(world, VTD_ECRSP), 0);
	set32(world, VTD_ECMD, 0xf0);
	EXPECT_EQ(get64(world, VTD_ECRSP), 2);
	set64(world, VTD_VCMD, 1);
	EXPECT_EQ(get64(world, VTD_VCRSP), 2);
	check_done("ECMD and VCMD know no command");
}

static void test_counters(struct world *world)
{
	static const struct vtd_dtlb_target target = { .sid = SID };
	struct vtd_model_config config = world_cached_config(world);
	struct vtd_model_counters counters;

	config.nslots[VTD_MODEL_CACHE_PAGE] = 1;
	world_start(world, &config, SECOND);
	world_put(world, SS1 + 8, AT_PAGE | VTD_SS_R);
	world_ask(world, &RQ(READ, SS_IOVA));
	world_ask(world, &RQ(READ, SS_IOVA + 0x1000));
	world_put(world, SS1 + 8, 0);
	world_ask(world, &RQ(READ, SS_IOVA + 0x1000));
	set32(world, VTD_GCMD, VTD_GCMD_TE | 1);
	world->answer = VTD_MODEL_COMPLETE_LATER;
	world_queue(world, VTD_IQA_DW);
	world_do(world, vtd_desc_dev_tlb(&target, 0, 0));
	vtd_model_count(&world->model, &counters);
	EXPECT_EQ(counters.operations, 3);
	EXPECT_EQ(counters.stale, 1);
	EXPECT_EQ(counters.misuses, 1);
	EXPECT_EQ(counters.held[VTD_MODEL_CACHE_PAGE], 1);
	EXPECT_EQ(counters.dropped[VTD_MODEL_CACHE_PAGE], 1);
	EXPECT_EQ(counters.held[VTD_MODEL_CACHE_INTERRUPT], 0);
	EXPECT_EQ(counters.descriptors, 1);
	check_done("counters");
}

static void test_unheard(struct world *world)
{
	struct vtd_model_config config = world->config;
	struct vtd_model_ops ops = *config.ops;

	ops.misuse = NULL;
	config.ops = &ops;
	EXPECT(!vtd_model_init(&world->model, &config));
	set32(world, VTD_GCMD, 1);
	EXPECT_EQ(world->model.registers.misuses, 1);
	check_done("misuse without a callback");
}

void suite_registers(void)
{
	struct world *world = world_new();

	test_bits(world);
	test_widths(world);
	test_places(world);
	test_commands(world);

	test_counters(world);
	test_unheard(world);
	world_free(world);
}
