// SPDX-License-Identifier: GPL-2.0-only
/*
 * Golden words: entries as the specification's tables spell them out.
 */
#include <kunit/test.h>

#include "entry.h"

static void expect_words(struct kunit *test, const struct vtd_pasid_entry *entry,
			 u64 qw0, u64 qw1, u64 qw2)
{
	unsigned int i;

	KUNIT_EXPECT_EQ(test, entry->qw[0], qw0);
	KUNIT_EXPECT_EQ(test, entry->qw[1], qw1);
	KUNIT_EXPECT_EQ(test, entry->qw[2], qw2);
	for (i = 3; i < 8; i++)
		KUNIT_EXPECT_EQ(test, entry->qw[i], 0);
}

static void vtd_entry_first_test(struct kunit *test)
{
	struct vtd_entry_attrs attrs = { .did = 0x1234 };
	struct vtd_pasid_entry entry = vtd_entry_first(&attrs, 0x7fabc000, 4);

	expect_words(test, &entry, 0x41, 0x1234, 0x7fabc000);

	attrs.snoop_walk = true;
	attrs.snoop_force = true;
	attrs.aw = VTD_AW_48;
	entry = vtd_entry_first(&attrs, 0x7fabc000, 5);
	expect_words(test, &entry, 0x49, 0x1801234, 0x7fabc004);

	/* Memory types: eight fields, the one of index 0 is write-back, 6. */
	attrs.pat = VTD_PAT_DEFAULT;
	entry = vtd_entry_first(&attrs, 0x7fabc000, 5);
	expect_words(test, &entry, 0x49, 0x0746074601801234, 0x7fabc004);
}

/* Execution may be forbidden; nothing is privileged, and no bit of the kernel's is set. */
static void vtd_entry_process_test(struct kunit *test)
{
	struct vtd_entry_attrs attrs = { .did = 5, .snoop_walk = true, .snoop_force = true };
	struct vtd_pasid_entry entry = vtd_entry_process(&attrs, 0x7fabc000, 4);

	expect_words(test, &entry, 0x41, 0x1800005, 0x7fabc020);
	entry = vtd_entry_process(&attrs, 0x7fabc000, 5);
	expect_words(test, &entry, 0x41, 0x1800005, 0x7fabc024);
	entry = vtd_entry_ended();
	expect_words(test, &entry, 0x2, 0, 0);
}

/* What a CPU starts with, and what Linux makes of it. */
static void vtd_entry_pat_test(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, vtd_entry_pat(0x0007040600070406ULL), VTD_PAT_DEFAULT);
	KUNIT_EXPECT_EQ(test, vtd_entry_pat(0x0407050600070106ULL), 0x47560716);
}

static void vtd_entry_second_test(struct kunit *test)
{
	struct vtd_entry_attrs attrs = { .did = 2 };
	struct vtd_pasid_entry entry = vtd_entry_second(&attrs, 0x12345000, VTD_AW_48);

	expect_words(test, &entry, 0x12345089, 2, 0);

	attrs.snoop_force = true;
	entry = vtd_entry_second(&attrs, 0x12345000, VTD_AW_39);
	expect_words(test, &entry, 0x12345085, 0x1000002, 0);
}

static void vtd_entry_nested_test(struct kunit *test)
{
	struct vtd_entry_attrs attrs = { .did = 3, .snoop_walk = true, .snoop_force = true };
	struct vtd_entry_stage first = { .root = 0x7fabc000, .levels = 4 };
	struct vtd_pasid_entry second = vtd_entry_second(&attrs, 0x12345000, VTD_AW_48);
	struct vtd_pasid_entry entry = vtd_entry_nested(&second, 0, &first);

	expect_words(test, &entry, 0x123450c9, 0x1800003, 0x7fabc000);

	first.levels = 5;
	entry = vtd_entry_nested(&second, VTD_PAT_DEFAULT, &first);
	expect_words(test, &entry, 0x123450c9, 0x0746074601800003, 0x7fabc004);

	/* Each of the guest's bits, and marks of the second stage. */
	first = (struct vtd_entry_stage){ .root = 0x1000, .levels = 4, .supervisor = true };
	entry = vtd_entry_nested(&second, 0, &first);
	KUNIT_EXPECT_EQ(test, entry.qw[2], 0x1001);
	first.supervisor = false;
	first.write_protect = true;
	entry = vtd_entry_nested(&second, 0, &first);
	KUNIT_EXPECT_EQ(test, entry.qw[2], 0x1010);
	first.write_protect = false;
	first.mark_extended = true;
	second.qw[0] |= VTD_PE0_SSADE;
	entry = vtd_entry_nested(&second, 0, &first);
	expect_words(test, &entry, 0x123452c9, 0x1800003, 0x1080);
}

static void vtd_entry_passthrough_test(struct kunit *test)
{
	struct vtd_entry_attrs attrs = { .did = 1, .snoop_walk = true };
	struct vtd_pasid_entry entry = vtd_entry_passthrough(&attrs);

	expect_words(test, &entry, 0x101, 1, 0);
}

static void vtd_entry_context_test(struct kunit *test)
{
	struct vtd_context entry;

	entry = vtd_entry_context(0xabcde000, VTD_AW_48, 0x55, VTD_TT_TRANSLATE);
	KUNIT_EXPECT_EQ(test, entry.lo, 0xabcde001);
	KUNIT_EXPECT_EQ(test, entry.hi, 0x5502);

	entry = vtd_entry_context(0xabcde000, VTD_AW_39, 0xffff,
				  VTD_TT_TRANSLATE_ATS);
	KUNIT_EXPECT_EQ(test, entry.lo, 0xabcde005);
	KUNIT_EXPECT_EQ(test, entry.hi, 0xffff01);

	entry = vtd_entry_context(0, VTD_AW_57, 1, VTD_TT_PASSTHROUGH);
	KUNIT_EXPECT_EQ(test, entry.lo, 0x9);
	KUNIT_EXPECT_EQ(test, entry.hi, 0x103);
}

/* A device with ATS: what passes requests through, or is absent, stays as it is. */
static void vtd_entry_ats_test(struct kunit *test)
{
	struct vtd_context translate =
		vtd_entry_context(0xabcde000, VTD_AW_48, 0x55, VTD_TT_TRANSLATE);
	struct vtd_context pass =
		vtd_entry_context(0, VTD_AW_57, 1, VTD_TT_PASSTHROUGH);
	struct vtd_context absent = {};

	KUNIT_EXPECT_EQ(test, vtd_entry_with_ats(translate).lo, 0xabcde005);
	KUNIT_EXPECT_EQ(test, vtd_entry_with_ats(translate).hi, 0x5502);
	KUNIT_EXPECT_EQ(test, vtd_entry_with_ats(pass).lo, 0x9);
	KUNIT_EXPECT_EQ(test, vtd_entry_with_ats(absent).lo, 0);
	KUNIT_EXPECT_TRUE(test, vtd_entry_answers_ats(&translate));
	KUNIT_EXPECT_FALSE(test, vtd_entry_answers_ats(&pass));
	KUNIT_EXPECT_FALSE(test, vtd_entry_answers_ats(&absent));
}

static void vtd_entry_sm_context_test(struct kunit *test)
{
	struct vtd_sm_context entry = vtd_entry_sm_context(0x44000, 7);

	KUNIT_EXPECT_EQ(test, entry.qw[0], 0x44001);
	KUNIT_EXPECT_EQ(test, entry.qw[1], 0);

	/* 20 bits of PASID: 2^14 directory entries. */
	entry = vtd_entry_sm_context(0x44000, 14);
	KUNIT_EXPECT_EQ(test, entry.qw[0], 0x44e01);
}

static struct kunit_case vtd_entry_cases[] = {
	KUNIT_CASE(vtd_entry_first_test),
	KUNIT_CASE(vtd_entry_process_test),
	KUNIT_CASE(vtd_entry_pat_test),
	KUNIT_CASE(vtd_entry_second_test),
	KUNIT_CASE(vtd_entry_nested_test),
	KUNIT_CASE(vtd_entry_passthrough_test),
	KUNIT_CASE(vtd_entry_context_test),
	KUNIT_CASE(vtd_entry_ats_test),
	KUNIT_CASE(vtd_entry_sm_context_test),
	{}
};

static struct kunit_suite vtd_entry_suite = {
	.name = "vtd_table_entry",
	.test_cases = vtd_entry_cases,
};

kunit_test_suite(vtd_entry_suite);
