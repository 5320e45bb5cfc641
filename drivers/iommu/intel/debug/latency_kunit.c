// SPDX-License-Identifier: GPL-2.0-only
/*
 * Histograms of durations.
 */
#include <kunit/test.h>

#include "latency.h"

static void buckets_are_powers_of_ten(struct kunit *test)
{
	static const struct {
		u64 ns;
		unsigned int bucket;
	} rows[] = {
		{ 0, 0 }, { 99, 0 }, { 100, 1 }, { 999, 1 }, { 1000, 2 },
		{ 9999, 2 }, { 10000, 3 }, { 99999, 3 }, { 100000, 4 },
		{ 999999, 4 }, { 1000000, 5 }, { 9999999, 5 },
		{ 10000000, 6 }, { U64_MAX, 6 },
	};
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct vtd_histogram h = { };

		vtd_histogram_add(&h, rows[i].ns);
		for (j = 0; j < VTD_LATENCY_BUCKETS; j++)
			KUNIT_EXPECT_EQ_MSG(test, h.bucket[j],
					    (u64)(j == rows[i].bucket),
					    "%llu ns", rows[i].ns);
	}
}

static void extremes_and_sum(struct kunit *test)
{
	struct vtd_histogram h = { };

	vtd_histogram_add(&h, 500);
	KUNIT_EXPECT_EQ(test, h.min, 500ULL);
	KUNIT_EXPECT_EQ(test, h.max, 500ULL);
	vtd_histogram_add(&h, 20);
	vtd_histogram_add(&h, 7000);
	KUNIT_EXPECT_EQ(test, h.min, 20ULL);
	KUNIT_EXPECT_EQ(test, h.max, 7000ULL);
	KUNIT_EXPECT_EQ(test, h.sum, 7520ULL);
	KUNIT_EXPECT_EQ(test, h.count, 3ULL);
}

static struct kunit_case latency_cases[] = {
	KUNIT_CASE(buckets_are_powers_of_ten),
	KUNIT_CASE(extremes_and_sum),
	{}
};

static struct kunit_suite latency_suite = {
	.name = "vtd_latency",
	.test_cases = latency_cases,
};

kunit_test_suite(latency_suite);
