// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of which pages are pinned and charged while users come and go,
 * over a source that only counts.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/user.h>
#include <linux/slab.h>

#include "fake_kunit.h"

static void users_overlap(struct kunit *test)
{
	struct pages_user users[FAKE_NUSERS] = {};
	struct fake *fake = test->priv;

	KUNIT_ASSERT_EQ(test, fake_add(test, &users[0], 10, 20), 0);
	KUNIT_ASSERT_EQ(test, fake_add(test, &users[1], 30, 3 * CHUNK), 0);
	fake_expect_pinned(test, users, 0x3);
	KUNIT_ASSERT_EQ(test, fake_add(test, &users[2], 0, FAKE_NPAGES - 1), 0);
	fake_expect_pinned(test, users, 0x7);
	fake_expect_frames(test, 0, FAKE_NPAGES - 1, 5);

	fake->ncalls = 0;
	KUNIT_ASSERT_EQ(test, fake_add(test, &users[3], 5, 2 * CHUNK), 0);
	KUNIT_EXPECT_EQ(test, fake->ncalls, 0);

	pages_remove_user(fake->pages, &users[1]);
	fake_expect_pinned(test, users, 0xd);
	pages_remove_user(fake->pages, &users[2]);
	fake_expect_pinned(test, users, 0x9);
	fake_expect_frames(test, 5, 2 * CHUNK, 1);
	pages_remove_user(fake->pages, &users[3]);
	fake_expect_pinned(test, users, 0x1);
	pages_remove_user(fake->pages, &users[0]);
	fake_expect_pinned(test, users, 0);
}

static void users_failure_undone(struct kunit *test)
{
	static const unsigned long at[] = {
		0, 1, 99, 100, 101, CHUNK + 100, 2 * CHUNK + 777 % CHUNK,
		FAKE_NPAGES - 1,
	};
	struct pages_user users[FAKE_NUSERS] = {};
	struct fake *fake = test->priv;
	struct iommufd_why why;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, fake_add(test, &users[0], 40, 60), 0);
	KUNIT_ASSERT_EQ(test, fake_add(test, &users[1], 3 * CHUNK, 3 * CHUNK + 9),
			0);
	for (i = 0; i < 2 * ARRAY_SIZE(at); i++) {
		fake->most = i % 2 ? ULONG_MAX : 3;
		fake->refuse_at = at[i / 2];
		why = (struct iommufd_why){};
		KUNIT_ASSERT_EQ(test, -EFAULT,
				pages_add_user(fake->pages, &users[2], 0,
					       FAKE_NPAGES - 1, &why));
		KUNIT_EXPECT_STREQ(test, why.field, "fake");
		KUNIT_EXPECT_EQ(test, why.value, fake->refuse_at);
		fake_expect_pinned(test, users, 0x3);
		fake_expect_frames(test, 40, 60, 5);
		fake_expect_frames(test, 3 * CHUNK, 3 * CHUNK + 9, 5);
	}
	pages_remove_user(fake->pages, &users[0]);
	pages_remove_user(fake->pages, &users[1]);
	fake_expect_pinned(test, users, 0);
}

/* A source that gives less than it was asked for. */
static void users_tiny_batches(struct kunit *test)
{
	struct pages_user users[FAKE_NUSERS] = {};
	struct fake *fake = test->priv;

	fake->most = 1;
	KUNIT_ASSERT_EQ(test, fake_add(test, &users[0], 0, 2 * CHUNK + 20), 0);
	KUNIT_EXPECT_EQ(test, fake->ncalls, 2 * CHUNK + 21);
	fake_expect_pinned(test, users, 0x1);
	fake_expect_frames(test, 0, 2 * CHUNK + 20, 5);
	pages_remove_user(fake->pages, &users[0]);

	fake->most = 7;
	KUNIT_ASSERT_EQ(test, fake_add(test, &users[0], 50, FAKE_NPAGES - 1), 0);
	fake_expect_pinned(test, users, 0x1);
	fake_expect_frames(test, 50, FAKE_NPAGES - 1, 2);
	pages_remove_user(fake->pages, &users[0]);
	fake_expect_pinned(test, users, 0);
}

/* A page moves to another frame while its neighbours stay pinned. */
static void users_frames_move(struct kunit *test)
{
	struct pages_user users[FAKE_NUSERS] = {};
	struct fake *fake = test->priv;

	KUNIT_ASSERT_EQ(test, fake_add(test, &users[0], 200, 210), 0);
	KUNIT_ASSERT_EQ(test, fake_add(test, &users[1], 190, 220), 0);
	pages_remove_user(fake->pages, &users[1]);
	swap(fake->slot[195], fake->slot[215]);
	KUNIT_ASSERT_EQ(test, fake_add(test, &users[1], 190, 220), 0);
	fake_expect_pinned(test, users, 0x3);
	fake_expect_frames(test, 190, 220, 5);
	pages_remove_user(fake->pages, &users[0]);
	pages_remove_user(fake->pages, &users[1]);

	/* The whole chunk was left: no old frame shows. */
	swap(fake->slot[195], fake->slot[215]);
	fake->base += 0x1000;
	KUNIT_ASSERT_EQ(test, fake_add(test, &users[0], 150, 300), 0);
	fake_expect_pinned(test, users, 0x1);
	fake_expect_frames(test, 150, 300, 5);
	pages_remove_user(fake->pages, &users[0]);
	fake_expect_pinned(test, users, 0);
}

static u32 next_random(u32 *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

/* Any order of adds and removes, checked against a plain count. */
static void users_random(struct kunit *test)
{
	struct pages_user users[FAKE_NUSERS] = {};
	struct fake *fake = test->priv;
	unsigned long live = 0, first, n;
	unsigned int step, u, spread;
	u32 state = 1;

	for (step = 0; step < 400; step++) {
		u = next_random(&state) % FAKE_NUSERS;
		fake->most = step % 3 ? ULONG_MAX : 11;
		if (live & BIT(u)) {
			pages_remove_user(fake->pages, &users[u]);
			live &= ~BIT(u);
		} else {
			spread = step % 2 ? 40 : FAKE_NPAGES;
			first = next_random(&state) % FAKE_NPAGES;
			n = next_random(&state) % spread;
			n = min(n, FAKE_NPAGES - 1 - first);
			KUNIT_ASSERT_EQ(test, fake_add(test, &users[u], first,
						       first + n), 0);
			live |= BIT(u);
		}
		fake_expect_pinned(test, users, live);
		for (u = 0; u < FAKE_NUSERS; u++)
			if (live & BIT(u))
				fake_expect_frames(test,
						   cover_span_first(&users[u].span),
						   cover_span_last(&users[u].span),
						   1 + step % 5);
	}
	for (u = 0; u < FAKE_NUSERS; u++)
		if (live & BIT(u))
			pages_remove_user(fake->pages, &users[u]);
	fake_expect_pinned(test, users, 0);
}

static void users_charge(struct kunit *test)
{
	struct pages_user users[FAKE_NUSERS] = {};
	struct rlimit *limit = &current->signal->rlim[RLIMIT_MEMLOCK];
	struct fake *fake = test->priv;
	struct rlimit old = *limit;
	struct iommufd_why why = {};
	long before;

	/* This thread is its own group leader: the limit is its alone. */
	KUNIT_ASSERT_PTR_EQ(test, fake->pages->payer.task, current);
	before = atomic_long_read(&fake->pages->payer.user->locked_vm);
	fake->pages->payer.mode = IOMMUFD_CHARGE_USER;
	limit->rlim_cur = (before + 100) * PAGE_SIZE;

	KUNIT_EXPECT_EQ(test, fake_add(test, &users[0], 0, 79), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&fake->pages->payer.user->locked_vm),
			before + 80);
	KUNIT_EXPECT_EQ(test, -ENOMEM, pages_add_user(fake->pages, &users[1],
						      60, 100, &why));
	KUNIT_EXPECT_STREQ(test, why.reason, "RLIMIT_MEMLOCK exceeded");
	fake_expect_pinned(test, users, 0x1);
	/* Pages that are pinned already are not charged again. */
	KUNIT_EXPECT_EQ(test, fake_add(test, &users[1], 60, 99), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&fake->pages->payer.user->locked_vm),
			before + 100);
	fake_expect_pinned(test, users, 0x3);

	pages_remove_user(fake->pages, &users[0]);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&fake->pages->payer.user->locked_vm),
			before + 40);
	fake->refuse_at = 30;
	KUNIT_EXPECT_EQ(test, fake_add(test, &users[0], 0, 40), -EFAULT);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&fake->pages->payer.user->locked_vm),
			before + 40);
	pages_remove_user(fake->pages, &users[1]);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&fake->pages->payer.user->locked_vm),
			before);
	*limit = old;
}

static struct kunit_case users_cases[] = {
	KUNIT_CASE(users_overlap),
	KUNIT_CASE(users_failure_undone),
	KUNIT_CASE(users_tiny_batches),
	KUNIT_CASE(users_frames_move),
	KUNIT_CASE(users_random),
	KUNIT_CASE(users_charge),
	{}
};

static struct kunit_suite users_suite = {
	.name = "iommufd_pages_users",
	.init = fake_init,
	.exit = fake_exit,
	.test_cases = users_cases,
};

kunit_test_suite(users_suite);
