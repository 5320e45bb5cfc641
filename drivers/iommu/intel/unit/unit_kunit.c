// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: capabilities as real and emulated units report them, and the command
 * protocol against registers that check it.
 */
#include <kunit/test.h>

#include "../hw/cap.h"
#include "../hw/perf.h"
#include "../hw/qi.h"
#include "../hw/root_layout.h"
#include "cmd.h"
#include "did.h"
#include "regs.h"

/* An emulated unit with the smallest set: 48 bits, no scalable mode. */
static void caps_legacy(struct kunit *test)
{
	struct vtd_caps caps;
	char words[256];

	vtd_caps_decode(0x00d2008c222f0606, 0xf00f4a, 0x10, &caps);
	KUNIT_EXPECT_EQ(test, caps.major, 1);
	KUNIT_EXPECT_EQ(test, caps.ndids, 65536U);
	KUNIT_EXPECT_EQ(test, caps.mgaw, 48);
	KUNIT_EXPECT_EQ(test, caps.sagaw, VTD_SAGAW_39 | VTD_SAGAW_48);
	KUNIT_EXPECT_EQ(test, caps.sslps, VTD_SSLPS_2M | VTD_SSLPS_1G);
	KUNIT_EXPECT_EQ(test, caps.fault_at, 0x220);
	KUNIT_EXPECT_EQ(test, caps.nfaults, 1);
	KUNIT_EXPECT_EQ(test, caps.iotlb_at, 0xf0);
	KUNIT_EXPECT_EQ(test, caps.mamv, 18);
	KUNIT_EXPECT_EQ(test, caps.mhmv, 15);
	KUNIT_EXPECT_EQ(test, caps.iotlb_drain,
			VTD_IOTLB_DESC_DR | VTD_IOTLB_DESC_DW);
	KUNIT_EXPECT_TRUE(test, caps.psi && caps.qi && caps.ir && caps.pt);
	KUNIT_EXPECT_FALSE(test, caps.cm || caps.coherent || caps.sm ||
			   caps.eim || caps.dev_tlb || caps.esrtps || caps.sc ||
			   caps.rwbf || caps.pasid || caps.fs1gp || caps.posted);
	KUNIT_EXPECT_EQ(test, vtd_caps_best_aw(&caps), VTD_AW_48);
	KUNIT_EXPECT_NULL(test, vtd_caps_unusable(&caps));
	KUNIT_EXPECT_EQ(test, vtd_caps_reg_size(&caps), 0x1000UL);
	vtd_caps_describe(&caps, words, sizeof(words));
	KUNIT_EXPECT_NOT_NULL(test, strstr(words, "version 1.0, 65536 domain"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(words, ", 4-level second stage, "));
	KUNIT_EXPECT_NOT_NULL(test, strstr(words, ", interrupt remapping"));
	KUNIT_EXPECT_NULL(test, strstr(words, "scalable"));
	KUNIT_EXPECT_NULL(test, strstr(words, "caching mode"));
}

static void caps_scalable(struct kunit *test)
{
	struct vtd_caps caps;

	vtd_caps_decode(0x81d2008c222f0686, 0x00008d9a20f00f5e, 0x10, &caps);
	KUNIT_EXPECT_TRUE(test, caps.sm && caps.fsts && caps.fs1gp && caps.cm &&
			  caps.pasid && caps.dev_tlb && caps.prs && caps.pds &&
			  caps.nwfs && caps.eim && caps.esrtps);
	KUNIT_EXPECT_FALSE(test, caps.ssts || caps.nest || caps.smpwcs ||
			   caps.ssads || caps.dit || caps.srs);
	KUNIT_EXPECT_EQ(test, caps.pasid_bits, 20);

	vtd_caps_decode(0x00d2008c222f0606, 0x0000480080f00f4a, 0x10, &caps);
	KUNIT_EXPECT_TRUE(test, caps.sm && caps.ssts && caps.srs);
	KUNIT_EXPECT_FALSE(test, caps.fsts || caps.pasid);
	KUNIT_EXPECT_EQ(test, caps.pasid_bits, 0);
}

/* What depends on something else is not there without it. */
static void caps_dependent(struct kunit *test)
{
	struct vtd_caps caps;

	/* Everything but the queue and scalable mode. */
	vtd_caps_decode(~0ULL, ~(VTD_ECAP_QI | VTD_ECAP_SMTS), 0x10, &caps);
	KUNIT_EXPECT_FALSE(test, caps.qi || caps.dev_tlb || caps.ir || caps.eim ||
			   caps.sm || caps.ssts || caps.fsts || caps.nest ||
			   caps.pasid || caps.prs || caps.ssads || caps.posted);
	KUNIT_EXPECT_NULL(test, vtd_caps_unusable(&caps));
	vtd_caps_decode(~0ULL, ~(VTD_ECAP_QI | VTD_ECAP_SMTS), 0x60, &caps);
	KUNIT_EXPECT_NOT_NULL(test, vtd_caps_unusable(&caps));

	vtd_caps_decode(~0ULL, ~VTD_ECAP_SMPWCS, 0x60, &caps);
	KUNIT_EXPECT_TRUE(test, caps.sm && caps.nest && caps.always_drains);
	KUNIT_EXPECT_FALSE(test, caps.ssads || caps.eafs || caps.reg_inval);
	KUNIT_EXPECT_EQ(test, caps.ndids, 65536U);
	KUNIT_EXPECT_EQ(test, caps.sagaw,
			VTD_SAGAW_39 | VTD_SAGAW_48 | VTD_SAGAW_57);
	/* 256 records from 0x3ff0 on. */
	KUNIT_EXPECT_EQ(test, vtd_caps_reg_size(&caps), 0x5000UL);

	vtd_caps_decode(0x00d2008c222f0006, 0xf00f4a, 0x10, &caps);
	KUNIT_EXPECT_STREQ(test, vtd_caps_unusable(&caps),
			   "it supports no address width");
	vtd_caps_decode(0, 0, 0, &caps);
	KUNIT_EXPECT_EQ(test, caps.mamv, 0);
	KUNIT_EXPECT_EQ(test, caps.ndids, 16U);
}

static void caps_in_common(struct kunit *test)
{
	struct vtd_caps_common common;
	struct vtd_caps caps;

	vtd_caps_common_init(&common);
	vtd_caps_decode(0x00d2008c222f0686, 0x0000480080f00fda, 0x10, &caps);
	vtd_caps_common_add(&common, &caps);
	KUNIT_EXPECT_TRUE(test, common.all_sm && common.all_sc && common.all_eim &&
			  common.any_cm && common.all_pt);
	vtd_caps_decode(0x00d2008c22260206, 0xf00f4a, 0x10, &caps);
	vtd_caps_common_add(&common, &caps);
	KUNIT_EXPECT_FALSE(test, common.all_sm || common.all_sc || common.all_eim);
	KUNIT_EXPECT_TRUE(test, common.all_qi && common.all_ir && common.any_cm);
	KUNIT_EXPECT_EQ(test, common.mgaw, 39);
}

/*
 * Registers that hold a command writer to the rules: one change at a time, no
 * one-shot bit that was not meant.
 */
struct strict_regs {
	struct vtd_reg_hook hook;
	struct vtd_unit unit;
	struct kunit *test;
	u64 cap, ecap;
	u32 gsts, pmen;
	u64 rtaddr, latched, irta;
	u64 ccmd, iva, iotlb;
	u64 iqt, iqa;
	u64 ecmd, eceo, ecrsp;
	unsigned int commands;
};

#define STRICT_LEVEL	(VTD_GCMD_TE | VTD_GCMD_QIE | VTD_GCMD_IRE | VTD_GCMD_CFI)
#define STRICT_ONE_SHOT	(VTD_GCMD_SRTP | VTD_GCMD_SIRTP | VTD_GCMD_WBF)

static struct strict_regs *to_strict(const struct vtd_reg_hook *hook)
{
	return container_of(hook, struct strict_regs, hook);
}

static void strict_gcmd(struct strict_regs *regs, u32 value)
{
	u32 changed = (value ^ regs->gsts) & STRICT_LEVEL;
	u32 shots = value & STRICT_ONE_SHOT;

	regs->commands++;
	KUNIT_EXPECT_EQ(regs->test, 1U, hweight32(changed) + hweight32(shots));
	KUNIT_EXPECT_EQ(regs->test, 0U, value & ~(STRICT_LEVEL | STRICT_ONE_SHOT));
	regs->gsts ^= changed;
	if (shots & VTD_GCMD_SRTP) {
		regs->gsts |= VTD_GSTS_RTPS;
		regs->latched = regs->rtaddr;
	}
	if (shots & VTD_GCMD_SIRTP)
		regs->gsts |= VTD_GSTS_IRTPS;
}

static u32 strict_read32(const struct vtd_reg_hook *hook, u32 at)
{
	struct strict_regs *regs = to_strict(hook);

	switch (at) {
	case VTD_VER:
		return 0x10;
	case VTD_GSTS:
		return regs->gsts;
	case VTD_PMEN:
		return regs->pmen;
	}
	KUNIT_FAIL(regs->test, "32-bit read of %#x", at);
	return 0;
}

static u64 strict_read64(const struct vtd_reg_hook *hook, u32 at)
{
	struct strict_regs *regs = to_strict(hook);

	switch (at) {
	case VTD_CAP:
		return regs->cap;
	case VTD_ECAP:
		return regs->ecap;
	case VTD_RTADDR:
		return regs->rtaddr;
	case VTD_IRTA:
		return regs->irta;
	case VTD_CCMD:
		return regs->ccmd;
	case 0xf8:
		return regs->iotlb;
	case VTD_ECCAP(3):
		return VTD_ECCAP3_PERF;
	case VTD_ECCAP(0):
		return 0;
	case VTD_ECRSP:
		return regs->ecrsp;
	}
	KUNIT_FAIL(regs->test, "64-bit read of %#x", at);
	return 0;
}

static void strict_write32(const struct vtd_reg_hook *hook, u32 at, u32 value)
{
	struct strict_regs *regs = to_strict(hook);

	switch (at) {
	case VTD_GCMD:
		strict_gcmd(regs, value);
		return;
	case VTD_PMEN:
		regs->pmen = value & VTD_PMEN_EPM ? value | VTD_PMEN_PRS :
						    value & ~VTD_PMEN_PRS;
		return;
	}
	KUNIT_FAIL(regs->test, "32-bit write of %#x", at);
}

static void strict_write64(const struct vtd_reg_hook *hook, u32 at, u64 value)
{
	struct strict_regs *regs = to_strict(hook);

	switch (at) {
	case VTD_RTADDR:
		regs->rtaddr = value;
		return;
	case VTD_IRTA:
		regs->irta = value;
		return;
	case VTD_IQT:
		regs->iqt = value;
		return;
	case VTD_IQA:
		KUNIT_EXPECT_FALSE(regs->test, regs->gsts & VTD_GSTS_QIES);
		KUNIT_EXPECT_EQ(regs->test, regs->iqt, 0ULL);
		regs->iqa = value;
		return;
	case VTD_CCMD:
		KUNIT_EXPECT_TRUE(regs->test, value & VTD_CCMD_ICC);
		regs->ccmd = (value & ~VTD_CCMD_ICC) |
			     (value & VTD_CCMD_CIRG) >> 2;
		return;
	case 0xf0:
		regs->iva = value;
		return;
	case 0xf8:
		/* Refuses the page-selective form. */
		regs->iotlb = value & ~VTD_IOTLB_IVT;
		if (FIELD_GET(VTD_IOTLB_IIRG, value) != VTD_IIRG_PAGE)
			regs->iotlb |= FIELD_PREP(VTD_IOTLB_IAIG, 1);
		return;
	case VTD_ECEO:
		regs->eceo = value;
		return;
	case VTD_ECMD:
		regs->ecmd = value;
		return;
	}
	KUNIT_FAIL(regs->test, "64-bit write of %#x", at);
}

static struct strict_regs *strict_new(struct kunit *test, u64 cap)
{
	struct strict_regs *regs = kunit_kzalloc(test, sizeof(*regs), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, regs);
	*regs = (struct strict_regs){
		.hook = { strict_read32, strict_read64, strict_write32,
			  strict_write64 },
		.test = test,
		.cap = 0x00d2008c222f0606 | cap,
		.ecap = 0xf00f4a,
	};
	vtd_unit_init_hooked(&regs->unit, &regs->hook);
	return regs;
}

static void cmd_protocol(struct kunit *test)
{
	struct strict_regs *regs = strict_new(test, 0);
	struct vtd_unit *unit = &regs->unit;

	KUNIT_EXPECT_EQ(test, 0, vtd_unit_enable_queue(unit, 0x1000));
	KUNIT_EXPECT_EQ(test, 0, vtd_unit_set_irta(unit, 0x200f));
	KUNIT_EXPECT_EQ(test, 0, vtd_unit_enable_remapping(unit));
	KUNIT_EXPECT_EQ(test, 0, vtd_unit_set_root(unit, 0x3000));
	KUNIT_EXPECT_EQ(test, regs->latched, 0x3000ULL);
	KUNIT_EXPECT_EQ(test, 0, vtd_unit_enable_translation(unit));
	KUNIT_EXPECT_TRUE(test, unit->translating);
	/* A second root while all status bits stand: none is repeated. */
	KUNIT_EXPECT_EQ(test, 0, vtd_unit_set_root(unit, 0x4000));
	KUNIT_EXPECT_EQ(test, regs->latched, 0x4000ULL);
	KUNIT_EXPECT_EQ(test, 0, vtd_unit_block_compatibility(unit));
	regs->gsts |= VTD_GSTS_CFIS;
	KUNIT_EXPECT_EQ(test, 0, vtd_unit_block_compatibility(unit));
	KUNIT_EXPECT_FALSE(test, regs->gsts & VTD_GSTS_CFIS);
	KUNIT_EXPECT_EQ(test, 0, vtd_unit_disable_translation(unit));
	KUNIT_EXPECT_FALSE(test, unit->translating);
	KUNIT_EXPECT_EQ(test, 0, vtd_unit_disable_remapping(unit));
	KUNIT_EXPECT_EQ(test, 0, vtd_unit_disable_queue(unit));
	KUNIT_EXPECT_EQ(test, regs->commands, 10U);
	KUNIT_EXPECT_EQ(test, regs->gsts & STRICT_LEVEL, 0U);
	vtd_unit_exit_hooked(unit);
}

static void cmd_write_buffer(struct kunit *test)
{
	struct strict_regs *regs = strict_new(test, 0);

	vtd_unit_flush_write_buffer(&regs->unit);
	KUNIT_EXPECT_EQ(test, regs->commands, 0U);
	vtd_unit_force_write_buffer(&regs->unit);
	vtd_unit_flush_write_buffer(&regs->unit);
	KUNIT_EXPECT_EQ(test, regs->commands, 1U);
	KUNIT_EXPECT_EQ(test, 0, vtd_unit_set_root(&regs->unit, 0x1000));
	KUNIT_EXPECT_EQ(test, regs->commands, 3U);
	vtd_unit_exit_hooked(&regs->unit);
}

static void cmd_protected_memory(struct kunit *test)
{
	struct strict_regs *regs = strict_new(test, VTD_CAP_PLMR);

	regs->pmen = VTD_PMEN_EPM | VTD_PMEN_PRS | 0x100;
	KUNIT_EXPECT_EQ(test, 0,
			vtd_unit_disable_protected_memory(&regs->unit));
	KUNIT_EXPECT_EQ(test, regs->pmen & (VTD_PMEN_EPM | VTD_PMEN_PRS), 0UL);
	vtd_unit_exit_hooked(&regs->unit);
}

static void cmd_registers(struct kunit *test)
{
	u64 global = FIELD_PREP(VTD_CCMD_CIRG, VTD_CIRG_GLOBAL);
	u64 domain = FIELD_PREP(VTD_IOTLB_IIRG, VTD_IIRG_DOMAIN);
	u64 page = FIELD_PREP(VTD_IOTLB_IIRG, VTD_IIRG_PAGE);
	struct strict_regs *regs = strict_new(test, 0);
	struct vtd_unit *unit = &regs->unit;

	KUNIT_EXPECT_EQ(test, 0, vtd_unit_reg_context(unit, global));
	KUNIT_EXPECT_EQ(test, 0, vtd_unit_reg_iotlb(unit, 0, domain));
	KUNIT_EXPECT_EQ(test, regs->iva, 0ULL);
	/* A refusal is no success. */
	KUNIT_EXPECT_EQ(test, -EIO, vtd_unit_reg_iotlb(unit, 0x1000, page));
	KUNIT_EXPECT_EQ(test, regs->iva, 0x1000ULL);
	KUNIT_EXPECT_FALSE(test, unit->dead);
	vtd_unit_exit_hooked(unit);
}

static void cmd_enhanced(struct kunit *test)
{
	struct strict_regs *regs = strict_new(test, VTD_CAP_ECMDS);
	struct vtd_unit *unit = &regs->unit;

	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, vtd_unit_command(unit, 1, 0, 0));
	KUNIT_EXPECT_EQ(test, 0, vtd_unit_command(unit, VTD_ECMD_COUNTER_ENABLE,
						  3, 0x55));
	KUNIT_EXPECT_EQ(test, regs->ecmd, 0x300f0ULL);
	KUNIT_EXPECT_EQ(test, regs->eceo, 0x55ULL);
	regs->ecrsp = 2 << 1;
	KUNIT_EXPECT_EQ(test, -EAGAIN, vtd_unit_command(unit, VTD_ECMD_FREEZE,
							0, 0));
	regs->ecrsp = 16 << 1;
	KUNIT_EXPECT_EQ(test, -EINVAL, vtd_unit_command(unit, VTD_ECMD_FREEZE,
							0, 0));
	vtd_unit_exit_hooked(unit);
}

static void did_limits(struct kunit *test)
{
	struct strict_regs *regs = strict_new(test, 0);
	struct vtd_unit *unit = &regs->unit;
	unsigned int n;

	unit->caps.ndids = 16;
	KUNIT_EXPECT_EQ(test, 0, vtd_did_reserve(unit, 5));
	KUNIT_EXPECT_EQ(test, -EBUSY, vtd_did_reserve(unit, 5));
	KUNIT_EXPECT_EQ(test, -EINVAL, vtd_did_reserve(unit, 16));
	for (n = 0; n < 16 - VTD_DID_FIRST_DYNAMIC - 1; n++) {
		int did = vtd_did_alloc(unit);

		KUNIT_EXPECT_GE(test, did, VTD_DID_FIRST_DYNAMIC);
		KUNIT_EXPECT_NE(test, did, 5);
		KUNIT_EXPECT_LT(test, did, 16);
	}
	KUNIT_EXPECT_EQ(test, vtd_did_count(unit), n + 1);
	KUNIT_EXPECT_EQ(test, -ENOSPC, vtd_did_alloc(unit));
	vtd_did_free(unit, 5);
	KUNIT_EXPECT_EQ(test, 5, vtd_did_alloc(unit));
	vtd_unit_exit_hooked(unit);
}

static struct kunit_case unit_cases[] = {
	KUNIT_CASE(caps_legacy),
	KUNIT_CASE(caps_scalable),
	KUNIT_CASE(caps_dependent),
	KUNIT_CASE(caps_in_common),
	KUNIT_CASE(cmd_protocol),
	KUNIT_CASE(cmd_write_buffer),
	KUNIT_CASE(cmd_protected_memory),
	KUNIT_CASE(cmd_registers),
	KUNIT_CASE(cmd_enhanced),
	KUNIT_CASE(did_limits),
	{}
};

static struct kunit_suite unit_suite = {
	.name = "vtd_unit",
	.test_cases = unit_cases,
};

kunit_test_suite(unit_suite);
