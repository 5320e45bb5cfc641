// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which descriptors are valid (VT-d chapter 6): for each type each bit that it
 * has and each that is reserved, in every mode and width, for units that have
 * and units that lack what it needs.
 */
#include <linux/kernel.h>

#include "check.h"
#include "world.h"

static struct vtd_model_config config;
static enum world_kind kind;
static u64 width;

/* Put it into the queue of a fresh unit; what does IQERCD say? */
static u64 verdict(struct world *world, u64 qw0, u64 qw1)
{
	struct vtd_desc desc = vtd_desc_words(qw0, qw1);
	u64 stopped;

	world_start(world, &config, kind);
	world_queue(world, width);
	world_do(world, desc);
	stopped = get32(world, VTD_FSTS) & VTD_FSTS_IQE;
	EXPECT_EQ(get64(world, VTD_IQH) == world->tail, !stopped);
	EXPECT_EQ(!stopped, !(get64(world, VTD_IQERCD) & 0xf));
	return get64(world, VTD_IQERCD) & 0xf;
}

static void full(enum world_kind what)
{
	config = world_config();
	kind = what;
	width = VTD_IQA_DW;
}

#define G(g)		FIELD_PREP(VTD_DESC_G, g)

/* A valid form, and all bits that may be set beside it. */
struct form {
	u64 qw0;
	u64 free0;
	u64 free1;
};

static const struct form forms[] = {
	{ VTD_DESC_CONTEXT | G(1), GENMASK_ULL(31, 16) | GENMASK_ULL(49, 32), 0 },
	{ VTD_DESC_IOTLB | G(1), GENMASK_ULL(31, 16) | GENMASK_ULL(7, 6),
	  ~GENMASK_ULL(11, 7) },
	{ VTD_DESC_IOTLB | G(2), GENMASK_ULL(31, 16) | GENMASK_ULL(7, 6),
	  ~GENMASK_ULL(11, 7) },
	{ VTD_DESC_DEV_TLB, GENMASK_ULL(20, 12) | GENMASK_ULL(47, 32) |
	  GENMASK_ULL(63, 52), ~GENMASK_ULL(11, 1) },
	{ VTD_DESC_IEC, GENMASK_ULL(47, 32) | GENMASK_ULL(31, 27), 0 },
	{ VTD_DESC_WAIT, GENMASK_ULL(7, 6) | GENMASK_ULL(63, 32),
	  ~GENMASK_ULL(1, 0) },
	{ VTD_DESC_PASID_IOTLB | G(2), GENMASK_ULL(31, 16) |
	  GENMASK_ULL(51, 32), ~GENMASK_ULL(11, 7) },
	{ VTD_DESC_PASID_CACHE | G(3), GENMASK_ULL(31, 16) |
	  GENMASK_ULL(51, 32), 0 },
	{ VTD_DESC_PASID_CACHE | G(1), GENMASK_ULL(31, 16) |
	  GENMASK_ULL(51, 32), 0 },
	{ VTD_DESC_PASID_CACHE, GENMASK_ULL(31, 16) | GENMASK_ULL(51, 32), 0 },
	{ VTD_DESC_PASID_DEV_TLB, GENMASK_ULL(8, 6) | GENMASK_ULL(63, 12),
	  ~GENMASK_ULL(10, 1) },
	{ VTD_DESC_PAGE_RESPONSE, GENMASK_ULL(51, 12),
	  GENMASK_ULL(11, 2) },
};

static void expect_bit(struct world *world, unsigned int form,
		       unsigned int bit, u64 allowed, u64 got)
{
	u64 wanted = allowed & BIT_ULL(bit % 64) ? VTD_IQEI_NONE :
						   VTD_IQEI_RESERVED;

	EXPECT_ABOUT(got == wanted, "form %u, bit %u: %llu", form, bit,
		     (unsigned long long)got);
}

/* Bits of the type and of the granularity have cases of their own. */
static void test_bits(struct world *world)
{
	u64 apart = GENMASK_ULL(5, 0) | GENMASK_ULL(11, 9);
	const struct form *form;
	unsigned int i, bit;

	full(SECOND);
	for (i = 0; i < ARRAY_SIZE(forms); i++) {
		form = &forms[i];
		EXPECT_ABOUT(!verdict(world, form->qw0, 0), "form %u", i);
		for (bit = 0; bit < 64; bit++) {
			if (!(apart & BIT_ULL(bit)))
				expect_bit(world, i, bit, form->free0,
					   verdict(world, form->qw0 |
						   BIT_ULL(bit), 0));
			expect_bit(world, i, 64 + bit, form->free1,
				   verdict(world, form->qw0, BIT_ULL(bit)));
		}
	}
	check_done("fields and reserved bits of all types");

	/* Bits 5:4 of the types that have no granularity. */
	EXPECT_EQ(verdict(world, VTD_DESC_DEV_TLB | BIT(4), 0),
		  VTD_IQEI_RESERVED);
	EXPECT_EQ(verdict(world, VTD_DESC_DEV_TLB | BIT(5), 0),
		  VTD_IQEI_RESERVED);
	EXPECT_EQ(verdict(world, VTD_DESC_IEC | BIT(5), 0), VTD_IQEI_RESERVED);
	EXPECT_EQ(verdict(world, VTD_DESC_WAIT | BIT(4) | BIT(5), AT_STATUS),
		  VTD_IQEI_NONE);
	EXPECT_EQ(verdict(world, VTD_DESC_PASID_DEV_TLB | BIT(4) | BIT(5), 0),
		  VTD_IQEI_NONE);
	EXPECT_EQ(verdict(world, VTD_DESC_PAGE_RESPONSE | BIT(4), 0),
		  VTD_IQEI_NONE);
	EXPECT_EQ(verdict(world, VTD_DESC_PAGE_RESPONSE | BIT(5), 0),
		  VTD_IQEI_RESERVED);
	check_done("bits where others have a granularity");
}

static void test_upper(struct world *world)
{
	struct vtd_desc desc = vtd_desc_context_global();
	unsigned int i;

	full(SECOND);
	for (i = 2; i < 4; i++) {
		desc = vtd_desc_context_global();
		desc.qw[i] = 1;
		world_start(world, &config, kind);
		world_queue(world, width);
		world_do(world, desc);
		EXPECT_EQ(get64(world, VTD_IQERCD), VTD_IQEI_RESERVED);
	}
	/* Narrow descriptors have no such words. */
	world_start(world, &config, LEGACY);
	world_queue(world, 0);
	world_put(world, AT_QUEUE + 16, VTD_DESC_CONTEXT | G(1));
	world_do(world, vtd_desc_context_global());
	EXPECT_EQ(get32(world, VTD_FSTS), 0);
	check_done("the upper words");
}

static void test_granularity(struct world *world)
{
	static const u8 valid[][4] = {
		[VTD_DESC_CONTEXT] = { 0, 1, 1, 1 },
		[VTD_DESC_IOTLB] = { 0, 1, 1, 1 },
		[VTD_DESC_PASID_IOTLB] = { 0, 0, 1, 1 },
		[VTD_DESC_PASID_CACHE] = { 1, 1, 0, 1 },
	};
	static const u8 types[] = { VTD_DESC_CONTEXT, VTD_DESC_IOTLB,
				    VTD_DESC_PASID_IOTLB,
				    VTD_DESC_PASID_CACHE };
	unsigned int i, g;

	full(SECOND);
	for (i = 0; i < sizeof(types); i++) {
		for (g = 0; g < 4; g++)
			EXPECT_ABOUT(verdict(world, types[i] | G(g), 0) ==
				     (valid[types[i]][g] ? VTD_IQEI_NONE :
							   VTD_IQEI_RESERVED),
				     "type %u, G %u", types[i], g);
	}
	check_done("granularities");

	EXPECT_EQ(verdict(world, VTD_DESC_IOTLB | G(3), 18), VTD_IQEI_NONE);
	EXPECT_EQ(verdict(world, VTD_DESC_IOTLB | G(3), 19), VTD_IQEI_RESERVED);
	EXPECT_EQ(verdict(world, VTD_DESC_IOTLB | G(2), 19), VTD_IQEI_NONE);
	EXPECT_EQ(verdict(world, VTD_DESC_PASID_IOTLB | G(3), 52),
		  VTD_IQEI_NONE);
	EXPECT_EQ(verdict(world, VTD_DESC_IEC | BIT(4) | 15ULL << 27, 0),
		  VTD_IQEI_NONE);
	config.ecap &= ~(1ULL << 20);	/* MHMV 14 */
	EXPECT_EQ(verdict(world, VTD_DESC_IEC | BIT(4) | 15ULL << 27, 0),
		  VTD_IQEI_RESERVED);
	EXPECT_EQ(verdict(world, VTD_DESC_IEC | 15ULL << 27, 0), VTD_IQEI_NONE);
	config.cap &= ~VTD_CAP_PSI;
	EXPECT_EQ(verdict(world, VTD_DESC_IOTLB | G(3), 0), VTD_IQEI_RESERVED);
	EXPECT_EQ(verdict(world, VTD_DESC_PASID_IOTLB | G(3), 0),
		  VTD_IQEI_NONE);
	check_done("orders and page-selective forms");
}

/* Types of a mode; all the others, with their upper bits, are invalid. */
static void test_types(struct world *world)
{
	unsigned int type;
	u64 qw0, wanted;

	full(SECOND);
	for (type = 0; type < 128; type++) {
		qw0 = (type & 0xf) | (type >> 4) << 9 |
		      (type == VTD_DESC_PASID_IOTLB ? G(2) : G(1));
		if (type == VTD_DESC_DEV_TLB)
			qw0 &= ~G(1);
		wanted = type >= 1 && type <= 9 ? VTD_IQEI_NONE :
						  VTD_IQEI_TYPE;
		EXPECT_ABOUT(verdict(world, qw0, 0) == wanted, "type %u", type);
	}
	check_done("types of scalable mode");

	full(LEGACY);
	for (type = 0; type < 16; type++) {
		qw0 = type | (type == VTD_DESC_DEV_TLB ? 0 : G(1));
		wanted = type >= 1 && type <= 5 ? VTD_IQEI_NONE :
						  VTD_IQEI_TYPE;
		width = VTD_IQA_DW;
		EXPECT_ABOUT(verdict(world, qw0, 0) == wanted, "type %u", type);
		width = 0;
		EXPECT_ABOUT(verdict(world, qw0, 0) == wanted, "type %u", type);
	}
	check_done("types of legacy mode");

	full(SECOND);
	config.ecap &= ~(VTD_ECAP_DT | VTD_ECAP_PRS);
	kind = PT;	/* whose context entries no longer matter here */
	EXPECT_EQ(verdict(world, VTD_DESC_DEV_TLB, 0), VTD_IQEI_TYPE);
	EXPECT_EQ(verdict(world, VTD_DESC_PASID_DEV_TLB, 0), VTD_IQEI_TYPE);
	EXPECT_EQ(verdict(world, VTD_DESC_PAGE_RESPONSE, 0), VTD_IQEI_TYPE);
	config.ecap &= ~(VTD_ECAP_DIT | VTD_ECAP_PDS);
	config.ecap |= VTD_ECAP_DT;
	EXPECT_EQ(verdict(world, VTD_DESC_DEV_TLB, 0), VTD_IQEI_NONE);
	EXPECT_EQ(verdict(world, VTD_DESC_DEV_TLB | BIT(12), 0),
		  VTD_IQEI_RESERVED);
	EXPECT_EQ(verdict(world, VTD_DESC_DEV_TLB | BIT_ULL(63), 0),
		  VTD_IQEI_RESERVED);
	EXPECT_EQ(verdict(world, VTD_DESC_PASID_DEV_TLB | BIT(15), 0),
		  VTD_IQEI_RESERVED);
	EXPECT_EQ(verdict(world, VTD_DESC_PASID_DEV_TLB | BIT_ULL(52), 0),
		  VTD_IQEI_RESERVED);
	EXPECT_EQ(verdict(world, VTD_DESC_WAIT | VTD_WAIT_PD, 0),
		  VTD_IQEI_RESERVED);
	check_done("what DT, PRS, DIT and PDS allow");
}

struct mode_case {
	u64 ttm;
	u64 ecap_off;
	u64 width;
	u64 iqei;
};

static const struct mode_case mode_cases[] = {
	{ VTD_TTM_LEGACY, 0, 0, VTD_IQEI_NONE },
	{ VTD_TTM_LEGACY, 0, VTD_IQA_DW, VTD_IQEI_NONE },
	{ VTD_TTM_LEGACY, VTD_ECAP_SMTS, VTD_IQA_DW, VTD_IQEI_NONE },
	{ VTD_TTM_LEGACY, VTD_ECAP_ADMS, VTD_IQA_DW, VTD_IQEI_NONE },
	{ VTD_TTM_LEGACY, VTD_ECAP_SMTS | VTD_ECAP_ADMS, VTD_IQA_DW,
	  VTD_IQEI_WIDTH },
	{ VTD_TTM_LEGACY, VTD_ECAP_SMTS | VTD_ECAP_ADMS, 0, VTD_IQEI_NONE },
	{ VTD_TTM_SCALABLE, 0, VTD_IQA_DW, VTD_IQEI_NONE },
	{ VTD_TTM_SCALABLE, 0, 0, VTD_IQEI_WIDTH },
	{ VTD_TTM_SCALABLE, VTD_ECAP_SMTS, VTD_IQA_DW, VTD_IQEI_TTM },
	{ 2, 0, VTD_IQA_DW, VTD_IQEI_TTM },
	{ 2, 0, 0, VTD_IQEI_TTM },
	{ VTD_TTM_ABORT, 0, VTD_IQA_DW, VTD_IQEI_NONE },
	{ VTD_TTM_ABORT, 0, 0, VTD_IQEI_WIDTH },
	{ VTD_TTM_ABORT, VTD_ECAP_ADMS, VTD_IQA_DW, VTD_IQEI_TTM },
};

static void test_modes(struct world *world)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mode_cases); i++) {
		full(SECOND);
		config.ecap &= ~mode_cases[i].ecap_off;
		world_unit(world, &config);
		world_build(world, SECOND);
		world_unit(world, &config);
		set64(world, VTD_RTADDR, AT_ROOT | mode_cases[i].ttm << 10);
		set32(world, VTD_GCMD, VTD_GCMD_SRTP);
		world_queue(world, mode_cases[i].width);
		world_do(world, vtd_desc_context_global());
		EXPECT_ABOUT(get64(world, VTD_IQERCD) == mode_cases[i].iqei,
			     "case %u", i);
	}
	check_done("modes and widths");
}

void suite_descriptor(void)
{
	struct world *world = world_new();

	test_bits(world);
	test_upper(world);
	test_granularity(world);
	test_types(world);
	test_modes(world);
	world_free(world);
}
