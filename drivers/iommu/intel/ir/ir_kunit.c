// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entries, messages and source id checks as golden words (VT-d 5.1, 9.10).
 */
#include <kunit/test.h>
#include <linux/msi.h>

#include "irte.h"
#include "sid.h"

static void remapped_entries(struct kunit *test)
{
	struct vtd_irte_target t = {
		.apic_id = 0x12345678, .vector = 0xec, .x2apic = true,
	};
	struct vtd_irte e = vtd_irte_remapped(&t, 0x40010);

	KUNIT_EXPECT_EQ(test, e.lo, 0x1234567800ec0001ULL);
	KUNIT_EXPECT_EQ(test, e.hi, 0x40010ULL);

	t = (struct vtd_irte_target) {
		.apic_id = 0x05, .vector = 0x31, .logical = true,
	};
	e = vtd_irte_remapped(&t, 0);
	KUNIT_EXPECT_EQ(test, e.lo, 0x000005000031000dULL);

	/* An id that does not fit an xAPIC must not reach reserved bits. */
	t = (struct vtd_irte_target) { .apic_id = 0x105, .vector = 0x31 };
	e = vtd_irte_remapped(&t, 0);
	KUNIT_EXPECT_EQ(test, e.lo, 0x0000050000310001ULL);
}

static void posted_entries(struct kunit *test)
{
	struct vtd_irte_post p = {
		.descriptor = 0x0000001287654340ULL, .vector = 0x41,
	};
	struct vtd_irte e = vtd_irte_posted(&p, 0x401f8);

	KUNIT_EXPECT_EQ(test, e.lo, 0x8765434000418001ULL);
	KUNIT_EXPECT_EQ(test, e.hi, 0x00000012000401f8ULL);
}

static void messages(struct kunit *test)
{
	struct msi_msg msg;

	vtd_irte_message(0, 0, &msg);
	KUNIT_EXPECT_EQ(test, msg.address_lo, 0xfee00018u);
	KUNIT_EXPECT_EQ(test, msg.address_hi, 0u);
	KUNIT_EXPECT_EQ(test, msg.data, 0u);

	vtd_irte_message(0xffff, 31, &msg);
	KUNIT_EXPECT_EQ(test, msg.address_lo, 0xfeeffffcu);
	KUNIT_EXPECT_EQ(test, msg.data, 31u);
	/* What the I/O APIC code takes out of the message. */
	KUNIT_EXPECT_EQ(test, (u32)msg.arch_addr_lo.dmar_index_0_14, 0x7fffu);
	KUNIT_EXPECT_EQ(test, (u32)msg.arch_addr_lo.dmar_index_15, 1u);
	KUNIT_EXPECT_EQ(test, (u32)msg.arch_addr_lo.dmar_format, 1u);
	KUNIT_EXPECT_EQ(test, (u32)msg.arch_data.vector, 31u);
	KUNIT_EXPECT_EQ(test, (u32)msg.arch_data.delivery_mode, 0u);
}

/* Does hardware let a requester pass (VT-d 9.10, fields SID, SQ, SVT)? */
static bool passes(u64 check, u16 sid)
{
	static const u16 ignored[] = { 0, 4, 6, 7 };
	u16 want = check & 0xffff;

	switch ((check >> 18) & 3) {
	case 0:
		return true;
	case 1:
		return !((want ^ sid) & ~ignored[(check >> 16) & 3]);
	case 2:
		return (want >> 8) <= (sid >> 8) && (sid >> 8) <= (want & 0xff);
	}
	return false;
}

static void checks_are_the_strictest(struct kunit *test)
{
	static const struct {
		u16 ids[3];
		unsigned int n;
		u64 check;
	} rows[] = {
		{ { 0x00f8 }, 1, 0x400f8 },
		{ { 0x00f8, 0x00f8 }, 2, 0x400f8 },
		{ { 0x0100, 0x0104 }, 2, 0x50100 },
		{ { 0x0100, 0x0102 }, 2, 0x60100 },
		{ { 0x0107, 0x0100 }, 2, 0x70107 },
		{ { 0x0208, 0x0200 }, 2, 0x80202 },
		{ { 0x0308, 0x0200, 0x0510 }, 3, 0x80205 },
	};
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct vtd_sid_set set = { };
		u64 check;

		for (j = 0; j < rows[i].n; j++)
			vtd_sid_set_add(&set, rows[i].ids[j]);
		check = vtd_sid_set_check(&set);
		KUNIT_EXPECT_EQ_MSG(test, check, rows[i].check, "row %u", i);
		for (j = 0; j < rows[i].n; j++)
			KUNIT_EXPECT_TRUE(test, passes(check, rows[i].ids[j]));
		KUNIT_EXPECT_FALSE(test, passes(check, 0x0600));
	}
}

/* Whatever the set is, each of its members passes. */
static void members_always_pass(struct kunit *test)
{
	u32 seed = 12345;
	unsigned int round, i;

	for (round = 0; round < 2000; round++) {
		struct vtd_sid_set set = { };
		u16 ids[4];
		u64 check;

		for (i = 0; i < ARRAY_SIZE(ids); i++) {
			seed = seed * 1664525 + 1013904223;
			ids[i] = round & 1 ? 0x1230 | (seed >> 29) : seed >> 16;
			vtd_sid_set_add(&set, ids[i]);
		}
		check = vtd_sid_set_check(&set);
		for (i = 0; i < ARRAY_SIZE(ids); i++)
			KUNIT_ASSERT_TRUE_MSG(test, passes(check, ids[i]),
					      "%#x by %#llx", ids[i], check);
	}
}

static struct kunit_case ir_cases[] = {
	KUNIT_CASE(remapped_entries),
	KUNIT_CASE(posted_entries),
	KUNIT_CASE(messages),
	KUNIT_CASE(checks_are_the_strictest),
	KUNIT_CASE(members_always_pass),
	{}
};

static struct kunit_suite ir_suite = {
	.name = "vtd_ir",
	.test_cases = ir_cases,
};

kunit_test_suite(ir_suite);
