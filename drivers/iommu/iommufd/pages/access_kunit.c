// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of which pages in-kernel accesses pin and unpin, over a source that
 * only counts.
 */
#include <kunit/test.h>
#include <linux/mm.h>

#include "access.h"
#include "fake_kunit.h"

/* A user for fake_expect_pinned() to count, which is not there. */
static void stand_in(struct pages_user *user, unsigned long first,
		     unsigned long last)
{
	user->span.open.key = first * 2;
	user->span.close.key = (last + 1) * 2 + 1;
}

static int access_pin(struct kunit *test, struct pages_access *access,
		      unsigned long first, unsigned long last,
		      struct page **out)
{
	struct fake *fake = test->priv;

	return pages_access_pin(fake->pages, access, first, last, out, NULL);
}

static unsigned int access_unpin(struct kunit *test,
				 struct pages_access *access,
				 unsigned long first, unsigned long last)
{
	struct fake *fake = test->priv;

	return pages_access_unpin(fake->pages, access, first, last);
}

static void access_spans(struct kunit *test)
{
	unsigned long first = 2 * CHUNK - 5, last = 2 * CHUNK + 60;
	struct pages_user users[FAKE_NUSERS] = {};
	struct pages_access access = {};
	struct fake *fake = test->priv;
	unsigned long i;
	struct page **out;

	out = kunit_kcalloc(test, FAKE_NPAGES, sizeof(*out), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, out);

	/* A page table's user of the same span is not taken for the access. */
	KUNIT_ASSERT_EQ(test, fake_add(test, &users[0], first, last), 0);
	KUNIT_ASSERT_EQ(test, access_pin(test, &access, first, last, out), 0);
	for (i = first; i <= last; i++)
		KUNIT_EXPECT_EQ(test, page_to_pfn(out[i - first]),
				fake->base + fake->slot[i]);

	/* The same span nests. */
	KUNIT_ASSERT_EQ(test, access_pin(test, &access, first, last, NULL), 0);
	KUNIT_ASSERT_EQ(test, access_pin(test, &access, first, first + 3, out),
			0);
	pages_remove_user(fake->pages, &users[0]);
	stand_in(&users[1], first, last);
	fake_expect_pinned(test, users, 0x2);
	KUNIT_EXPECT_EQ(test, access_unpin(test, &access, first, last), 1);
	fake_expect_pinned(test, users, 0x2);
	KUNIT_EXPECT_EQ(test, access_unpin(test, &access, first, last), 1);
	stand_in(&users[1], first, first + 3);
	fake_expect_pinned(test, users, 0x2);
	KUNIT_EXPECT_EQ(test, access_unpin(test, &access, first, first + 3), 1);
	fake_expect_pinned(test, users, 0);

	/* Pinned page by page, one of them twice, and unpinned in one go. */
	for (i = first; i <= last; i++)
		KUNIT_ASSERT_EQ(test, access_pin(test, &access, i, i, out), 0);
	KUNIT_ASSERT_EQ(test, access_pin(test, &access, last, last, out), 0);
	KUNIT_EXPECT_EQ(test, access_unpin(test, &access, first, last),
			last - first + 1);
	stand_in(&users[1], last, last);
	fake_expect_pinned(test, users, 0x2);
	KUNIT_EXPECT_EQ(test, access_unpin(test, &access, last, last), 1);
	fake_expect_pinned(test, users, 0);

	fake->refuse_at = last;
	KUNIT_EXPECT_EQ(test, access_pin(test, &access, first, last, out),
			-EFAULT);
	fake_expect_pinned(test, users, 0);
}

/* Two areas map one object; each unpins what was pinned through itself. */
static void access_ways(struct kunit *test)
{
	struct pages_user users[FAKE_NUSERS] = {};
	struct pages_access a = {}, b = {};

	/* page by page through one, in one go through the other */
	KUNIT_ASSERT_EQ(test, access_pin(test, &a, 8, 8, NULL), 0);
	KUNIT_ASSERT_EQ(test, access_pin(test, &a, 9, 9, NULL), 0);
	KUNIT_ASSERT_EQ(test, access_pin(test, &b, 8, 9, NULL), 0);
	stand_in(&users[0], 8, 9);
	KUNIT_EXPECT_EQ(test, access_unpin(test, &a, 8, 9), 2);
	fake_expect_pinned(test, users, 0x1);
	KUNIT_EXPECT_EQ(test, access_unpin(test, &b, 8, 9), 1);
	fake_expect_pinned(test, users, 0);

	/* the same span through both */
	KUNIT_ASSERT_EQ(test, access_pin(test, &a, 8, 9, NULL), 0);
	KUNIT_ASSERT_EQ(test, access_pin(test, &b, 8, 9, NULL), 0);
	KUNIT_EXPECT_EQ(test, access_unpin(test, &b, 8, 9), 1);
	fake_expect_pinned(test, users, 0x1);
	KUNIT_EXPECT_EQ(test, access_unpin(test, &a, 8, 9), 1);
	fake_expect_pinned(test, users, 0);
}

/*
 * What happens when the record of a frame is lost, which is a bug: no page of
 * somebody else is handed out or unpinned.
 */
static void access_lost_record(struct kunit *test)
{
	struct pages_user user = {};
	struct pages_access access = {};
	struct fake *fake = test->priv;
	struct page *out[4] = {};
	unsigned long covered;
	struct pages_run run;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, fake_add(test, &user, 10, 13), 0);
	pages_chunks_clear(&fake->pages->chunks, 10, 10);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, access_pin(test, &access, 10, 13, out),
				-EFAULT);
		KUNIT_EXPECT_EQ(test, 0, pages_get_runs(fake->pages, 10, 13,
							&run, 1, &covered));
		pages_remove_user(fake->pages, &user);
	}
	KUNIT_EXPECT_TRUE(test, RB_EMPTY_ROOT(&access.pins));
	KUNIT_EXPECT_EQ(test, fake->pages->cover.nspans, 0);
	for (i = 0; i < ARRAY_SIZE(out); i++) {
		KUNIT_EXPECT_NULL(test, out[i]);
		KUNIT_EXPECT_EQ(test, fake->pins[10 + i], 1);
	}
}

/* A span that was never pinned this way is not unpinned. */
static void access_stranger(struct kunit *test)
{
	struct pages_user users[FAKE_NUSERS] = {};
	struct pages_access a = {}, b = {};

	KUNIT_ASSERT_EQ(test, access_pin(test, &a, 8, 9, NULL), 0);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, access_unpin(test, &b, 8, 9), 0);
		KUNIT_EXPECT_EQ(test, access_unpin(test, &a, 8, 8), 0);
		KUNIT_EXPECT_EQ(test, access_unpin(test, &a, 8, 10), 0);
	}
	stand_in(&users[0], 8, 9);
	fake_expect_pinned(test, users, 0x1);
	KUNIT_EXPECT_EQ(test, access_unpin(test, &a, 8, 9), 1);
	fake_expect_pinned(test, users, 0);
}

static struct kunit_case access_cases[] = {
	KUNIT_CASE(access_spans),
	KUNIT_CASE(access_ways),
	KUNIT_CASE(access_stranger),
	KUNIT_CASE(access_lost_record),
	{}
};

static struct kunit_suite access_suite = {
	.name = "iommufd_pages_access",
	.init = fake_init,
	.exit = fake_exit,
	.test_cases = access_cases,
};

kunit_test_suite(access_suite);
