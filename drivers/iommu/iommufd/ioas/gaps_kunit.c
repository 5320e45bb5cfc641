// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: walking over what may be mapped, while it holds still and while it
 * changes.
 */
#include <kunit/test.h>

#include "ioas.h"

/* Several batches; every other MiB is reserved. */
#define NRESERVED 50UL
#define STEP SZ_2M

static struct iommufd_ioas *new_ioas(struct kunit *test,
				     struct iommufd_ctx *ictx)
{
	struct iommufd_ioas *ioas;

	KUNIT_ASSERT_NOT_NULL(test, ictx);
	ioas = iommufd_ioas_new(ictx);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ioas);
	iommufd_object_publish(ictx, &ioas->obj);
	return ioas;
}

static void reserve(struct kunit *test, struct iommufd_ioas *ioas,
		    unsigned long first, unsigned long last, const void *owner)
{
	struct iommufd_why why = {};

	KUNIT_ASSERT_EQ(test, 0, ioas_reserve(ioas, first, last, owner, &why));
}

static void reserve_many(struct kunit *test, struct iommufd_ioas *ioas)
{
	unsigned long i;

	for (i = 0; i < NRESERVED; i++)
		reserve(test, ioas, i * STEP, i * STEP + SZ_1M - 1, ioas);
}

/* The walk to its end; it gives what ioas_get_gaps() gives. */
static void walk_agrees(struct kunit *test, struct iommufd_ioas *ioas,
			struct ioas_gap_walk *walk)
{
	struct iorange *gaps = kunit_kcalloc(test, NRESERVED + 2,
					     sizeof(*gaps), GFP_KERNEL);
	unsigned long want, seen = 0;
	int n, i;

	KUNIT_ASSERT_NOT_NULL(test, gaps);
	want = ioas_get_gaps(ioas, gaps, NRESERVED + 2);
	KUNIT_ASSERT_LE(test, want, NRESERVED + 2);
	while ((n = ioas_gaps_walk(ioas, walk)) > 0) {
		KUNIT_ASSERT_EQ(test, n, walk->ngaps);
		for (i = 0; i < n; i++, seen++) {
			KUNIT_ASSERT_LT(test, seen, want);
			KUNIT_EXPECT_EQ(test, walk->gaps[i].first,
					gaps[seen].first);
			KUNIT_EXPECT_EQ(test, walk->gaps[i].last,
					gaps[seen].last);
		}
	}
	KUNIT_EXPECT_EQ(test, n, 0);
	KUNIT_EXPECT_EQ(test, seen, want);
	KUNIT_EXPECT_EQ(test, ioas_gaps_walk(ioas, walk), 0);
}

static void gaps_in_batches(struct kunit *test)
{
	struct iommufd_ctx *ictx = iommufd_ctx_alloc(NULL);
	struct iommufd_ioas *ioas = new_ioas(test, ictx);
	struct ioas_gap_walk walk = {};

	/* nothing reserved: one gap, of everything */
	walk_agrees(test, ioas, &walk);
	KUNIT_EXPECT_EQ(test, walk.alignment, 1);

	reserve_many(test, ioas);
	walk = (struct ioas_gap_walk){};
	walk_agrees(test, ioas, &walk);

	/* the last gap ends before the end, then there is none at all */
	reserve(test, ioas, ULONG_MAX - 5, ULONG_MAX, test);
	walk = (struct ioas_gap_walk){};
	walk_agrees(test, ioas, &walk);
	reserve(test, ioas, 0, ULONG_MAX, test);
	walk = (struct ioas_gap_walk){};
	walk_agrees(test, ioas, &walk);
	iommufd_ctx_free(ictx);
}

/* Every change between two batches is noticed, also one that is undone. */
static void gaps_change_meanwhile(struct kunit *test)
{
	struct iommufd_ctx *ictx = iommufd_ctx_alloc(NULL);
	struct iommufd_ioas *ioas = new_ioas(test, ictx);
	struct ioas_gap_walk walk = {};

	reserve_many(test, ioas);
	KUNIT_EXPECT_GT(test, ioas_gaps_walk(ioas, &walk), 0);
	reserve(test, ioas, SZ_1M, SZ_1M, test);
	KUNIT_EXPECT_EQ(test, ioas_gaps_walk(ioas, &walk), -EAGAIN);
	KUNIT_EXPECT_EQ(test, walk.ngaps, 0);

	walk = (struct ioas_gap_walk){};
	KUNIT_EXPECT_GT(test, ioas_gaps_walk(ioas, &walk), 0);
	ioas_unreserve(ioas, test);
	KUNIT_EXPECT_EQ(test, ioas_gaps_walk(ioas, &walk), -EAGAIN);

	walk = (struct ioas_gap_walk){};
	KUNIT_EXPECT_GT(test, ioas_gaps_walk(ioas, &walk), 0);
	reserve(test, ioas, SZ_1M, SZ_1M, test);
	ioas_unreserve(ioas, test);
	KUNIT_EXPECT_EQ(test, ioas_gaps_walk(ioas, &walk), -EAGAIN);

	/* what concerns nothing reserved does not disturb */
	walk = (struct ioas_gap_walk){};
	KUNIT_EXPECT_GT(test, ioas_gaps_walk(ioas, &walk), 0);
	ioas_unreserve(ioas, test);
	KUNIT_EXPECT_GT(test, ioas_gaps_walk(ioas, &walk), 0);
	iommufd_ctx_free(ictx);
}

static struct kunit_case gaps_cases[] = {
	KUNIT_CASE(gaps_in_batches),
	KUNIT_CASE(gaps_change_meanwhile),
	{}
};

static struct kunit_suite gaps_suite = {
	.name = "iommufd_ioas_gaps",
	.test_cases = gaps_cases,
};

kunit_test_suite(gaps_suite);
