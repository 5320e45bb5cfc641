// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: bit layouts against words put together by hand from the
 * architecture's tables, bit by bit and not through the masks under test.
 */
#include <kunit/test.h>

#include "fault_layout.h"
#include "irte_layout.h"
#include "pasid_layout.h"
#include "prq_layout.h"
#include "qi.h"
#include "regs_layout.h"
#include "root_layout.h"

/* The word is put together first: sparse gives up on longer expansions. */
static void expect_word(struct kunit *test, u64 is, u64 want)
{
	KUNIT_EXPECT_EQ(test, is, want);
}

#define EXPECT_DESC(test, desc, lo, hi)					\
	do {								\
		struct vtd_desc _d = (desc);				\
									\
		KUNIT_EXPECT_EQ(test, _d.qw[0], (u64)(lo));		\
		KUNIT_EXPECT_EQ(test, _d.qw[1], (u64)(hi));		\
		KUNIT_EXPECT_EQ(test, _d.qw[2] | _d.qw[3], 0ULL);	\
	} while (0)

static void hw_context_desc(struct kunit *test)
{
	EXPECT_DESC(test, vtd_desc_context_global(), 0x11, 0);
	EXPECT_DESC(test, vtd_desc_context_domain(0xbeef), 0xbeef0021, 0);
	EXPECT_DESC(test, vtd_desc_context_device(0x1234, 0xabcd),
		    0xabcd12340031, 0);
}

static void hw_iotlb_desc(struct kunit *test)
{
	u64 drain = BIT(6) | BIT(7);

	EXPECT_DESC(test, vtd_desc_iotlb_global(0), 0x12, 0);
	EXPECT_DESC(test, vtd_desc_iotlb_domain(drain, 0x8001), 0x800100e2, 0);
	EXPECT_DESC(test, vtd_desc_iotlb_page(drain, 7, 0x123456789000, 0, 0),
		    0x700f2, 0x123456789000);
	EXPECT_DESC(test, vtd_desc_iotlb_page(0, 7, 0x200000, 9, VTD_IOTLB1_IH),
		    0x70032, 0x200049);
}

static void hw_pasid_desc(struct kunit *test)
{
	EXPECT_DESC(test, vtd_desc_pasid_iotlb_all(3, 0xfffff),
		    0x000fffff00030026, 0);
	EXPECT_DESC(test,
		    vtd_desc_pasid_iotlb_page(3, 1, 0x7000, 0, VTD_IOTLB1_IH),
		    0x0000000100030036, 0x7040);
	EXPECT_DESC(test, vtd_desc_pasid_cache_global(), 0x37, 0);
	EXPECT_DESC(test, vtd_desc_pasid_cache_domain(0x10), 0x00100007, 0);
	EXPECT_DESC(test, vtd_desc_pasid_cache(0x10, 0x54321),
		    0x0005432100100017, 0);
}

static void hw_dev_tlb_desc(struct kunit *test)
{
	struct vtd_dtlb_target plain = { .sid = 0x0308, .qdep = 0 };
	struct vtd_dtlb_target vf = {
		.sid = 0x0310, .pfsid = 0xabc3, .qdep = 31
	};

	EXPECT_DESC(test, vtd_desc_dev_tlb(&plain, 0x5000, 0),
		    0x0000030800000003, 0x5000);
	/* 2 pages: bit 12 is 0. 4 pages: bit 12 is 1, bit 13 is 0. */
	EXPECT_DESC(test, vtd_desc_dev_tlb(&plain, 0x6000, 1),
		    0x0000030800000003, 0x6001);
	EXPECT_DESC(test, vtd_desc_dev_tlb(&plain, 0x4000, 2),
		    0x0000030800000003, 0x5001);
	EXPECT_DESC(test, vtd_desc_dev_tlb(&plain, 0x200000, 9),
		    0x0000030800000003, 0x2ff001);
	EXPECT_DESC(test, vtd_desc_dev_tlb(&plain, 0, VTD_DTLB_MAX_ORDER),
		    0x0000030800000003, 0x7ffffffffffff001);
	EXPECT_DESC(test, vtd_desc_dev_tlb(&plain, 0, 51),
		    0x0000030800000003, 0x3ffffffffffff001);
	EXPECT_DESC(test, vtd_desc_dev_tlb(&vf, 0x5000, 0),
		    0xabc00310001f3003, 0x5000);
	EXPECT_DESC(test, vtd_desc_pasid_dev_tlb(&vf, 0x12345, 0x4000, 2),
		    0xabc12345031031f8, 0x5800);
	EXPECT_DESC(test, vtd_desc_pasid_dev_tlb(&plain, 1, 0, 64),
		    0x0000000103080008, 0x7ffffffffffff800);
	EXPECT_DESC(test, vtd_desc_pasid_dev_tlb_global(&plain),
		    0x0000000003080008, 0x7ffffffffffff801);
	KUNIT_EXPECT_EQ(test, 0x0310, ({
		struct vtd_desc d = vtd_desc_dev_tlb(&vf, 0, 0);

		vtd_desc_dtlb_sid(&d); }));
	KUNIT_EXPECT_EQ(test, 0x0310, ({
		struct vtd_desc d = vtd_desc_pasid_dev_tlb(&vf, 9, 0, 0);

		vtd_desc_dtlb_sid(&d); }));
	KUNIT_EXPECT_EQ(test, -1, ({
		struct vtd_desc d = vtd_desc_iotlb_global(0);

		vtd_desc_dtlb_sid(&d); }));
}

static void hw_other_desc(struct kunit *test)
{
	EXPECT_DESC(test, vtd_desc_iec_global(), 0x4, 0);
	EXPECT_DESC(test, vtd_desc_iec(0x1230, 4), 0x0000123020000014, 0);
	EXPECT_DESC(test, vtd_desc_wait(VTD_WAIT_SW | VTD_WAIT_FN, 0xcafe,
					0x1004),
		    0x0000cafe00000065, 0x1004);
	KUNIT_EXPECT_EQ(test, VTD_WAIT_IF | VTD_WAIT_PD, 0x90ULL);
	KUNIT_EXPECT_EQ(test, VTD_PGR_RC | VTD_PGR_PP | VTD_PGR_SID,
			0xfffff010ULL);
	KUNIT_EXPECT_EQ(test, VTD_PGR1_PRGI, 0xff8ULL);
	EXPECT_DESC(test, vtd_desc_page_response(0x0510, 0, 0x1ff, VTD_PRR_INVALID),
		    0x0000000005101009, 0xff8);
	EXPECT_DESC(test, vtd_desc_page_response(0xffff, vtd_desc_response_pasid(0xfffff),
						 0, VTD_PRR_SUCCESS),
		    0x000fffffffff0019, 0);
}

static void hw_page_request(struct kunit *test)
{
	struct vtd_page_request raw = { .qw = { 0x0034432105100101, 0x123456789000ffd } };
	struct vtd_request request;

	KUNIT_EXPECT_TRUE(test, vtd_request_decode(&raw, &request));
	KUNIT_EXPECT_EQ(test, request.sid, 0x0510);
	KUNIT_EXPECT_TRUE(test, request.has_pasid);
	KUNIT_EXPECT_EQ(test, request.pasid, 0x44321U);
	KUNIT_EXPECT_TRUE(test, request.read && request.last);
	KUNIT_EXPECT_FALSE(test, request.write);
	KUNIT_EXPECT_TRUE(test, request.privileged && request.execute);
	KUNIT_EXPECT_EQ(test, request.group, 0x1ff);
	KUNIT_EXPECT_EQ(test, request.addr, 0x123456789000000ULL);

	/* Without PASID, what stands in its place is noise. */
	raw.qw[0] = 0x00344321ffff0001;
	raw.qw[1] = 0x1002;
	KUNIT_EXPECT_TRUE(test, vtd_request_decode(&raw, &request));
	KUNIT_EXPECT_EQ(test, request.sid, 0xffff);
	KUNIT_EXPECT_EQ(test, request.pasid, 0U);
	KUNIT_EXPECT_TRUE(test, request.write);
	KUNIT_EXPECT_FALSE(test, request.has_pasid || request.read || request.last ||
			   request.privileged || request.execute);
	KUNIT_EXPECT_EQ(test, request.addr, 0x1000ULL);

	raw.qw[0] = 0x02;
	KUNIT_EXPECT_FALSE(test, vtd_request_decode(&raw, &request));
}

static void hw_stop_marker(struct kunit *test)
{
	struct vtd_request request = { .has_pasid = true, .last = true };

	KUNIT_EXPECT_TRUE(test, vtd_request_is_stop_marker(&request));
	request.write = true;
	KUNIT_EXPECT_FALSE(test, vtd_request_is_stop_marker(&request));
	request = (struct vtd_request){ .has_pasid = true };
	KUNIT_EXPECT_FALSE(test, vtd_request_is_stop_marker(&request));
	request = (struct vtd_request){ .last = true };
	KUNIT_EXPECT_FALSE(test, vtd_request_is_stop_marker(&request));
}

static void hw_entries(struct kunit *test)
{
	expect_word(test, FIELD_PREP(VTD_CTX_TT, VTD_TT_PASSTHROUGH) |
		    VTD_CTX_P, 0x9ULL);
	expect_word(test, FIELD_PREP(VTD_CTX_HI_AW, VTD_AW_48) |
		    FIELD_PREP(VTD_CTX_HI_DID, 0xffff), 0xffff02ULL);
	expect_word(test, VTD_CTX_LO_RSVD | VTD_CTX_P | VTD_CTX_FPD | VTD_CTX_TT
		    | VTD_CTX_SSPTPTR, ~0ULL);
	expect_word(test, VTD_CTX_HI_RSVD | VTD_CTX_HI_AW | VTD_CTX_HI_AVAIL |
		    VTD_CTX_HI_DID, ~0ULL);
	expect_word(test, VTD_SMCTX_P | VTD_SMCTX_DTE | VTD_SMCTX_PASIDE |
		    FIELD_PREP(VTD_SMCTX_PDTS, 7), 0xe0dULL);
	expect_word(test, VTD_SMCTX_QW1_RID_PASID | VTD_SMCTX_QW1_RID_PRIV |
		    VTD_SMCTX_QW1_RSVD, ~0ULL);
	expect_word(test, VTD_PE0_P | FIELD_PREP(VTD_PE0_AW, VTD_AW_48) |
		    FIELD_PREP(VTD_PE0_PGTT, VTD_PGTT_SECOND) | VTD_PE0_SSADE,
		    0x289ULL);
	expect_word(test, VTD_PE0_P | VTD_PE0_FPD | VTD_PE0_AW | VTD_PE0_PGTT |
		    VTD_PE0_SSADE | VTD_PE0_SSPTPTR | VTD_PE0_RSVD, ~0ULL);
	expect_word(test, VTD_PE1_PWSNP | VTD_PE1_PGSNP | VTD_PE1_CD |
		    VTD_PE1_EMTE, 0x7800000ULL);
	expect_word(test, VTD_PE2_SRE | FIELD_PREP(VTD_PE2_FSPM, 1) |
		    VTD_PE2_WPE | VTD_PE2_EAFE, 0x95ULL);
	expect_word(test, VTD_AW_WIDTH(VTD_AW_48), 48);
	expect_word(test, VTD_WIDTH_AW(57), VTD_AW_57);
	expect_word(test, VTD_AW_LEVELS(VTD_AW_39), 3);
	expect_word(test, VTD_PRQ0_RID | VTD_PRQ0_PP | VTD_PRQ0_TYPE,
		    0xffff01ffULL);
}

static void hw_irte(struct kunit *test)
{
	u64 lo = VTD_IRTE_P | VTD_IRTE_TM | FIELD_PREP(VTD_IRTE_DLM, 1) |
		 FIELD_PREP(VTD_IRTE_VECTOR, 0x42) |
		 FIELD_PREP(VTD_IRTE_DST_X2APIC, 0x11223344);
	u64 hi = FIELD_PREP(VTD_IRTE_HI_SID, 0xff00) |
		 FIELD_PREP(VTD_IRTE_HI_SQ, 2) | FIELD_PREP(VTD_IRTE_HI_SVT, 1);

	expect_word(test, lo, 0x1122334400420031ULL);
	expect_word(test, hi, 0x6ff00ULL);
	expect_word(test, FIELD_PREP(VTD_IRTE_DST_XAPIC, 0xff),
		    0xff0000000000ULL);
	expect_word(test, FIELD_PREP(VTD_IRTE_PDA_LO, 0x3ffffff),
		    0xffffffc000000000ULL);
	expect_word(test, VTD_RTE_INDEX_LO | VTD_RTE_REMAPPABLE,
		    0xffff000000000000ULL);
	expect_word(test, VTD_MSI_HANDLE_LO | VTD_MSI_REMAPPABLE | VTD_MSI_SHV |
		    VTD_MSI_HANDLE_HI, 0xffffcUL);
}

static void hw_registers(struct kunit *test)
{
	/* Of the status, everything but the one-shot bits may be written back. */
	expect_word(test, ~VTD_GSTS_KEEP, (u32)(VTD_GCMD_SRTP | VTD_GCMD_SFL |
		    VTD_GCMD_WBF | VTD_GCMD_SIRTP | BIT(30)) & ~BIT(31));
	expect_word(test, VTD_FSTS_QUEUE, 0x70UL);
	expect_word(test, FIELD_PREP(VTD_RTADDR_TTM, VTD_TTM_ABORT), 0xc00ULL);
	expect_word(test, VTD_CCMD_ICC | FIELD_PREP(VTD_CCMD_CIRG, 3),
		    0xe000000000000000ULL);
	expect_word(test, VTD_IOTLB_IVT | FIELD_PREP(VTD_IOTLB_IIRG, 2) |
		    VTD_IOTLB_DR | VTD_IOTLB_DW, 0xa003000000000000ULL);
}

static void hw_fault_decode(struct kunit *test)
{
	struct vtd_fault fault;

	/* A read by 00:02.0 with PASID 0x54321, first-stage entry absent. */
	vtd_fault_decode(0x123456789000, 0xc5432171e0000010ULL, &fault);
	KUNIT_EXPECT_TRUE(test, fault.valid);
	KUNIT_EXPECT_EQ(test, fault.addr, 0x123456789000ULL);
	KUNIT_EXPECT_EQ(test, fault.sid, 0x10);
	KUNIT_EXPECT_EQ(test, fault.reason, 0x71);
	KUNIT_EXPECT_EQ(test, fault.pasid, 0x54321U);
	KUNIT_EXPECT_EQ(test, fault.access, VTD_ACCESS_READ);
	KUNIT_EXPECT_TRUE(test, fault.has_pasid && fault.privileged &&
			  fault.execute);
	KUNIT_EXPECT_EQ(test, vtd_fault_kind(fault.reason),
			VTD_FAULT_DMA_SCALABLE);

	/* A write without PASID; what stands in its PASID field is noise. */
	vtd_fault_decode(0x1000, 0x8fffff0500000300ULL, &fault);
	KUNIT_EXPECT_EQ(test, fault.access, VTD_ACCESS_WRITE);
	KUNIT_EXPECT_EQ(test, fault.pasid, 0U);
	KUNIT_EXPECT_FALSE(test, fault.has_pasid);

	vtd_fault_decode(0x0042000000000000, 0xd00000261000f0f8ULL, &fault);
	KUNIT_EXPECT_EQ(test, fault.irte, 0x42);
	KUNIT_EXPECT_EQ(test, fault.access, VTD_ACCESS_ATOMIC);
	KUNIT_EXPECT_EQ(test, fault.at, VTD_FRCD_AT_REQUEST);
	KUNIT_EXPECT_EQ(test, vtd_fault_kind(fault.reason), VTD_FAULT_INTERRUPT);
	KUNIT_EXPECT_STREQ(test, vtd_fault_text(0x26),
			   "source id of the interrupt does not match");
	KUNIT_EXPECT_NOT_NULL(test, vtd_fault_text(0xff));
}

static struct kunit_case hw_cases[] = {
	KUNIT_CASE(hw_context_desc),
	KUNIT_CASE(hw_iotlb_desc),
	KUNIT_CASE(hw_pasid_desc),
	KUNIT_CASE(hw_dev_tlb_desc),
	KUNIT_CASE(hw_other_desc),
	KUNIT_CASE(hw_page_request),
	KUNIT_CASE(hw_stop_marker),
	KUNIT_CASE(hw_entries),
	KUNIT_CASE(hw_irte),
	KUNIT_CASE(hw_registers),
	KUNIT_CASE(hw_fault_decode),
	{}
};

static struct kunit_suite hw_suite = {
	.name = "vtd_hw",
	.test_cases = hw_cases,
};

kunit_test_suite(hw_suite);
