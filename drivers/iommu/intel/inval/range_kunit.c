// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of covering a range by blocks.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "range.h"

static void check_cover(struct kunit *test, u64 first, u64 last,
			unsigned int max_order)
{
	struct vtd_cover cover;
	struct vtd_block block;
	u64 npages = last - first + 1, covered = 0, seen = 0, next = first;
	u64 count = vtd_cover_init(&cover, first, last, max_order);

	if (vtd_block_around(first, last, max_order, &block)) {
		KUNIT_ASSERT_LE(test, block.order, max_order);
		KUNIT_ASSERT_LE(test, block.pfn, first);
		KUNIT_ASSERT_GE(test, block.pfn + (1ULL << block.order) - 1, last);
		KUNIT_ASSERT_LT(test, 1ULL << block.order, 2 * npages);
		KUNIT_ASSERT_EQ(test, count, 1);
	} else {
		KUNIT_ASSERT_GT(test, count, 1);
	}

	while (vtd_cover_next(&cover, &block)) {
		u64 size = 1ULL << block.order;

		KUNIT_ASSERT_LE(test, block.order, max_order);
		KUNIT_ASSERT_EQ(test, block.pfn & (size - 1), 0);
		/* Without a hole, and each block brings something new. */
		KUNIT_ASSERT_LE(test, block.pfn, next);
		KUNIT_ASSERT_GE(test, block.pfn + size - 1, next);
		next = block.pfn + size;
		covered += size;
		seen++;
	}
	KUNIT_ASSERT_EQ(test, seen, count);
	KUNIT_ASSERT_GE(test, next - 1, last);
	KUNIT_ASSERT_LT(test, covered, 2 * npages);
	if (npages <= 1ULL << max_order)
		KUNIT_ASSERT_LE(test, count, 2);
}

static void vtd_cover_small_test(struct kunit *test)
{
	u64 first, npages;
	unsigned int max;

	for (first = 0; first < 64; first++)
		for (npages = 1; npages <= 70; npages++)
			for (max = 0; max <= 7; max++)
				check_cover(test, first, first + npages - 1, max);
}

static void vtd_cover_random_test(struct kunit *test)
{
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, 0x7d0feed);
	for (i = 0; i < 20000; i++) {
		u64 first = prandom_u32_state(&rnd) * 16ULL +
			    prandom_u32_state(&rnd) % 16;
		u64 npages = (prandom_u32_state(&rnd) >>
			      (prandom_u32_state(&rnd) % 32)) + 1ULL;

		check_cover(test, first, first + npages - 1, 52);
		if (npages < 1 << 24)
			check_cover(test, first, first + npages - 1, 18);
	}
}

/* 4 KiB on each side of a 1 GiB boundary: two blocks of one page, not 2 GiB. */
static void vtd_cover_boundary_test(struct kunit *test)
{
	struct vtd_cover cover;
	struct vtd_block block;

	KUNIT_EXPECT_EQ(test, vtd_cover_init(&cover, 0x3ffff, 0x40000, 18), 2);
	KUNIT_ASSERT_TRUE(test, vtd_cover_next(&cover, &block));
	KUNIT_EXPECT_EQ(test, block.pfn, 0x3ffff);
	KUNIT_EXPECT_EQ(test, block.order, 0);
	KUNIT_ASSERT_TRUE(test, vtd_cover_next(&cover, &block));
	KUNIT_EXPECT_EQ(test, block.pfn, 0x40000);
	KUNIT_EXPECT_EQ(test, block.order, 0);
	KUNIT_EXPECT_FALSE(test, vtd_cover_next(&cover, &block));
}

/* A large leaf inside the range must never be split between two blocks. */
static void vtd_cover_leaf_test(struct kunit *test)
{
	u64 lead, leaf = 0x200;

	for (lead = 0; lead <= 0x200; lead++) {
		u64 first = 0x800 - lead;
		struct vtd_cover cover;
		struct vtd_block block;
		bool whole = false;

		vtd_cover_init(&cover, first, 0x800 + leaf - 1, 18);
		while (vtd_cover_next(&cover, &block))
			whole |= block.pfn <= 0x800 &&
				 block.pfn + (1ULL << block.order) >= 0x800 + leaf;
		KUNIT_ASSERT_TRUE(test, whole);
	}
}

static struct kunit_case vtd_range_cases[] = {
	KUNIT_CASE(vtd_cover_small_test),
	KUNIT_CASE(vtd_cover_random_test),
	KUNIT_CASE(vtd_cover_boundary_test),
	KUNIT_CASE(vtd_cover_leaf_test),
	{}
};

static struct kunit_suite vtd_range_suite = {
	.name = "vtd_inval_range",
	.test_cases = vtd_range_cases,
};

kunit_test_suite(vtd_range_suite);
