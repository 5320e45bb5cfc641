// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of faults in words.
 */
#include <kunit/test.h>

#include "../hw/fault_layout.h"
#include "fault.h"

static void expect_text(struct kunit *test, u64 lo, u64 hi, const char *text)
{
	struct vtd_fault fault;
	char buf[192];
	int n;

	vtd_fault_decode(lo, hi, &fault);
	n = vtd_fault_format(&fault, "0000:01:00.0", buf, sizeof(buf));
	KUNIT_EXPECT_STREQ(test, buf, text);
	KUNIT_EXPECT_EQ(test, n, strlen(text));
}

static void vtd_fault_dma_test(struct kunit *test)
{
	/* F, T1: a read; reason 6; source id 01:00.0 */
	expect_text(test, 0xdead000, 0xc000000600000100,
		    "DMA fault: read by 0000:01:00.0 at 0xdead000: no read permission (reason 0x06)");
	expect_text(test, 0x1000, 0x8000000500000100,
		    "DMA fault: write by 0000:01:00.0 at 0x1000: no write permission (reason 0x05)");
}

static void vtd_fault_pasid_test(struct kunit *test)
{
	/* PP with PASID 5 */
	expect_text(test, 0x2000, 0x8000055900000100 | BIT_ULL(31),
		    "DMA fault: write by 0000:01:00.0 PASID 5 at 0x2000: PASID table entry is not present (reason 0x59)");
	/* PP with PASID 0 is a request without PASID as some units record it. */
	expect_text(test, 0x2000, 0x8000005900000100 | BIT_ULL(31),
		    "DMA fault: write by 0000:01:00.0 at 0x2000: PASID table entry is not present (reason 0x59)");
}

static void vtd_fault_ats_test(struct kunit *test)
{
	/* AT 01: a translation request; T1: it asks to read */
	expect_text(test, 0x3000, 0xd000004400000100,
		    "DMA fault: translation request for read by 0000:01:00.0 at 0x3000: ATS is not enabled for the device (reason 0x44)");
}

static void vtd_fault_interrupt_test(struct kunit *test)
{
	expect_text(test, 0x0007000000000000, 0x8000002200000100,
		    "interrupt fault: 0000:01:00.0, table index 7: interrupt entry is not present (reason 0x22)");
}

static void vtd_fault_short_buffer_test(struct kunit *test)
{
	struct vtd_fault fault;
	char buf[20];

	vtd_fault_decode(0x1000, 0x8000000500000100, &fault);
	KUNIT_EXPECT_LT(test, vtd_fault_format(&fault, "0000:01:00.0", buf, sizeof(buf)),
			(int)sizeof(buf));
	KUNIT_EXPECT_EQ(test, strnlen(buf, sizeof(buf)), sizeof(buf) - 1);
}

static struct kunit_case vtd_fault_cases[] = {
	KUNIT_CASE(vtd_fault_dma_test),
	KUNIT_CASE(vtd_fault_pasid_test),
	KUNIT_CASE(vtd_fault_ats_test),
	KUNIT_CASE(vtd_fault_interrupt_test),
	KUNIT_CASE(vtd_fault_short_buffer_test),
	{}
};

static struct kunit_suite vtd_fault_suite = {
	.name = "vtd_event_fault",
	.test_cases = vtd_fault_cases,
};

kunit_test_suite(vtd_fault_suite);
