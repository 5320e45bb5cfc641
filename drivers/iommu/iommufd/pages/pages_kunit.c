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

#include "pages.h"
#include "source.h"

#define CHUNK PAGES_CHUNK_NPAGES
#define FAKE_NPAGES (4 * CHUNK)
#define FAKE_START (7 * SZ_2M - 100 * PAGE_SIZE)
#define FAKE_NUSERS 8

/*
 * A source that counts. Page i is frame base + slot[i]; two pages may be in the
 * same frame.
 */
struct fake {
	struct pages_source_ops ops;
	struct kunit *test;
	struct iommufd_pages *pages;
	unsigned long base;
	unsigned int slot[FAKE_NPAGES];
	int pins[FAKE_NPAGES];
	unsigned long most;
	unsigned long refuse_at;
	unsigned int ncalls;
};

static struct fake *to_fake(struct iommufd_pages *pages)
{
	return (struct fake *)container_of_const(pages->source, struct fake,
						 ops);
}

static long fake_pin(struct iommufd_pages *pages, unsigned long index,
		     unsigned long n, unsigned long *pfns,
		     struct iommufd_why *why)
{
	struct fake *fake = to_fake(pages);
	unsigned long i;

	fake->ncalls++;
	if (index == fake->refuse_at)
		return iommufd_refuse(why, "fake", "told to", index, -EFAULT);
	n = min(n, fake->most);
	for (i = 0; i < n && index + i != fake->refuse_at; i++) {
		fake->pins[fake->slot[index + i]]++;
		pfns[i] = fake->base + fake->slot[index + i];
	}
	return i;
}

static void fake_unpin(struct iommufd_pages *pages, unsigned long pfn,
		       unsigned long npages)
{
	struct fake *fake = to_fake(pages);
	unsigned long slot = pfn - fake->base;
	unsigned long i;

	for (i = 0; i < npages; i++) {
		KUNIT_ASSERT_LT(fake->test, slot + i, FAKE_NPAGES);
		KUNIT_ASSERT_GT(fake->test, fake->pins[slot + i], 0);
		fake->pins[slot + i]--;
	}
}

/* Two chunks of huge pages, scattered ones, and every 16th in a shared frame. */
static void fake_frames(struct fake *fake)
{
	unsigned int i;

	for (i = 0; i < FAKE_NPAGES; i++) {
		fake->slot[i] = i;
		if (i >= 2 * CHUNK)
			fake->slot[i] = 2 * CHUNK + (i * 37) % (2 * CHUNK);
		if (i % 16 == 5 && i > 3 * CHUNK)
			fake->slot[i] = 2 * CHUNK + 3;
	}
}

static int fake_init(struct kunit *test)
{
	struct pages_desc desc = {
		.start = FAKE_START,
		.length = FAKE_NPAGES * PAGE_SIZE,
		.writable = true,
		.charge_mode = IOMMUFD_CHARGE_NONE,
	};
	struct fake *fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, fake);
	fake->test = test;
	fake->ops.name = "fake";
	fake->ops.pin = fake_pin;
	fake->ops.unpin = fake_unpin;
	fake->base = 0x1000;
	fake->most = ULONG_MAX;
	fake->refuse_at = ULONG_MAX;
	fake_frames(fake);
	desc.source = &fake->ops;
	fake->pages = pages_alloc(&desc);
	KUNIT_ASSERT_FALSE(test, IS_ERR(fake->pages));
	test->priv = fake;
	return 0;
}

static void fake_exit(struct kunit *test)
{
	struct fake *fake = test->priv;

	if (fake && !IS_ERR_OR_NULL(fake->pages))
		pages_put(fake->pages);
}

/* An object without users keeps no record of frames, so no array either. */
static void expect_no_records(struct kunit *test)
{
	struct fake *fake = test->priv;
	unsigned long covered, i;
	struct pages_run run;

	for (i = 0; i < FAKE_NPAGES; i++)
		KUNIT_ASSERT_EQ(test, 0,
				pages_chunks_load(&fake->pages->chunks, i, i,
						  &run, 1, &covered));
}

/* Exactly the pages that @users cover are pinned, each once. */
static void expect_pinned(struct kunit *test, struct pages_user *users,
			  unsigned long live)
{
	struct fake *fake = test->priv;
	unsigned long i, u, npinned = 0;
	int *pins;

	pins = kunit_kcalloc(test, FAKE_NPAGES, sizeof(*pins), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pins);
	for (i = 0; i < FAKE_NPAGES; i++) {
		for (u = 0; u < FAKE_NUSERS; u++)
			if ((live & BIT(u)) && users[u].node.start <= i &&
			    users[u].node.last >= i)
				break;
		if (u == FAKE_NUSERS)
			continue;
		pins[fake->slot[i]]++;
		npinned++;
	}
	for (i = 0; i < FAKE_NPAGES; i++)
		KUNIT_ASSERT_EQ_MSG(test, fake->pins[i], pins[i], "slot %lu",
				    i);
	KUNIT_EXPECT_EQ(test, fake->pages->npinned, npinned);
	if (!npinned)
		expect_no_records(test);
	kunit_kfree(test, pins);
}

/* The runs of a span say the frames the source gave. */
static void expect_frames(struct kunit *test, unsigned long first,
			  unsigned long last, unsigned int nruns)
{
	struct fake *fake = test->priv;
	struct pages_run runs[5];
	unsigned long covered, j, index = first;
	unsigned int i, n;

	while (index <= last) {
		n = pages_get_runs(fake->pages, index, last, runs, nruns,
				   &covered);
		KUNIT_ASSERT_GT(test, n, 0);
		KUNIT_ASSERT_LE(test, n, nruns);
		for (i = 0; i < n; i++)
			for (j = 0; j < runs[i].npages; j++, index++, covered--)
				KUNIT_ASSERT_EQ_MSG(test, runs[i].pfn + j,
						    fake->base +
						    fake->slot[index],
						    "page %lu", index);
		KUNIT_ASSERT_EQ(test, covered, 0);
	}
	KUNIT_EXPECT_EQ(test, index, last + 1);
}

static int add(struct kunit *test, struct pages_user *user, unsigned long first,
	       unsigned long last)
{
	struct fake *fake = test->priv;

	user->kind = PAGES_USER_TABLES;
	return pages_add_user(fake->pages, user, first, last, NULL);
}

static void users_overlap(struct kunit *test)
{
	struct pages_user users[FAKE_NUSERS] = {};
	struct fake *fake = test->priv;

	KUNIT_ASSERT_EQ(test, add(test, &users[0], 10, 20), 0);
	KUNIT_ASSERT_EQ(test, add(test, &users[1], 30, 3 * CHUNK), 0);
	expect_pinned(test, users, 0x3);
	KUNIT_ASSERT_EQ(test, add(test, &users[2], 0, FAKE_NPAGES - 1), 0);
	expect_pinned(test, users, 0x7);
	expect_frames(test, 0, FAKE_NPAGES - 1, 5);

	fake->ncalls = 0;
	KUNIT_ASSERT_EQ(test, add(test, &users[3], 5, 2 * CHUNK), 0);
	KUNIT_EXPECT_EQ(test, fake->ncalls, 0);

	pages_remove_user(fake->pages, &users[1]);
	expect_pinned(test, users, 0xd);
	pages_remove_user(fake->pages, &users[2]);
	expect_pinned(test, users, 0x9);
	expect_frames(test, 5, 2 * CHUNK, 1);
	pages_remove_user(fake->pages, &users[3]);
	expect_pinned(test, users, 0x1);
	pages_remove_user(fake->pages, &users[0]);
	expect_pinned(test, users, 0);
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

	KUNIT_ASSERT_EQ(test, add(test, &users[0], 40, 60), 0);
	KUNIT_ASSERT_EQ(test, add(test, &users[1], 3 * CHUNK, 3 * CHUNK + 9),
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
		expect_pinned(test, users, 0x3);
		expect_frames(test, 40, 60, 5);
		expect_frames(test, 3 * CHUNK, 3 * CHUNK + 9, 5);
	}
	pages_remove_user(fake->pages, &users[0]);
	pages_remove_user(fake->pages, &users[1]);
	expect_pinned(test, users, 0);
}

/* A source that gives less than it was asked for. */
static void users_tiny_batches(struct kunit *test)
{
	struct pages_user users[FAKE_NUSERS] = {};
	struct fake *fake = test->priv;

	fake->most = 1;
	KUNIT_ASSERT_EQ(test, add(test, &users[0], 0, 2 * CHUNK + 20), 0);
	KUNIT_EXPECT_EQ(test, fake->ncalls, 2 * CHUNK + 21);
	expect_pinned(test, users, 0x1);
	expect_frames(test, 0, 2 * CHUNK + 20, 5);
	pages_remove_user(fake->pages, &users[0]);

	fake->most = 7;
	KUNIT_ASSERT_EQ(test, add(test, &users[0], 50, FAKE_NPAGES - 1), 0);
	expect_pinned(test, users, 0x1);
	expect_frames(test, 50, FAKE_NPAGES - 1, 2);
	pages_remove_user(fake->pages, &users[0]);
	expect_pinned(test, users, 0);
}

/* A page moves to another frame while its neighbours stay pinned. */
static void users_frames_move(struct kunit *test)
{
	struct pages_user users[FAKE_NUSERS] = {};
	struct fake *fake = test->priv;

	KUNIT_ASSERT_EQ(test, add(test, &users[0], 200, 210), 0);
	KUNIT_ASSERT_EQ(test, add(test, &users[1], 190, 220), 0);
	pages_remove_user(fake->pages, &users[1]);
	swap(fake->slot[195], fake->slot[215]);
	KUNIT_ASSERT_EQ(test, add(test, &users[1], 190, 220), 0);
	expect_pinned(test, users, 0x3);
	expect_frames(test, 190, 220, 5);
	pages_remove_user(fake->pages, &users[0]);
	pages_remove_user(fake->pages, &users[1]);

	/* The whole chunk was left: no old frame shows. */
	swap(fake->slot[195], fake->slot[215]);
	fake->base += 0x1000;
	KUNIT_ASSERT_EQ(test, add(test, &users[0], 150, 300), 0);
	expect_pinned(test, users, 0x1);
	expect_frames(test, 150, 300, 5);
	pages_remove_user(fake->pages, &users[0]);
	expect_pinned(test, users, 0);
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
			KUNIT_ASSERT_EQ(test, add(test, &users[u], first,
						  first + n), 0);
			live |= BIT(u);
		}
		expect_pinned(test, users, live);
		for (u = 0; u < FAKE_NUSERS; u++)
			if (live & BIT(u))
				expect_frames(test, users[u].node.start,
					      users[u].node.last, 1 + step % 5);
	}
	for (u = 0; u < FAKE_NUSERS; u++)
		if (live & BIT(u))
			pages_remove_user(fake->pages, &users[u]);
	expect_pinned(test, users, 0);
}

static void users_access(struct kunit *test)
{
	unsigned long first = 2 * CHUNK - 5, last = 2 * CHUNK + 60;
	struct pages_user users[FAKE_NUSERS] = {};
	struct fake *fake = test->priv;
	unsigned long i;
	struct page **out;

	out = kunit_kcalloc(test, FAKE_NPAGES, sizeof(*out), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, out);

	/* A page table's user of the same span is not taken for the access. */
	KUNIT_ASSERT_EQ(test, add(test, &users[0], first, last), 0);
	KUNIT_ASSERT_EQ(test, pages_access_pin(fake->pages, first, last, out,
					       NULL), 0);
	KUNIT_EXPECT_EQ(test, users[0].count, 0);
	for (i = first; i <= last; i++)
		KUNIT_EXPECT_EQ(test, page_to_pfn(out[i - first]),
				fake->base + fake->slot[i]);

	/* The same span nests. */
	KUNIT_ASSERT_EQ(test, pages_access_pin(fake->pages, first, last, NULL,
					       NULL), 0);
	KUNIT_ASSERT_EQ(test, pages_access_pin(fake->pages, first, first + 3,
					       out, NULL), 0);
	pages_remove_user(fake->pages, &users[0]);
	users[1].node.start = first;
	users[1].node.last = last;
	expect_pinned(test, users, 0x2);
	KUNIT_EXPECT_EQ(test, pages_access_unpin(fake->pages, first, last), 1);
	expect_pinned(test, users, 0x2);
	KUNIT_EXPECT_EQ(test, pages_access_unpin(fake->pages, first, last), 1);
	users[1].node.last = first + 3;
	expect_pinned(test, users, 0x2);
	KUNIT_EXPECT_EQ(test, pages_access_unpin(fake->pages, first, first + 3),
			1);
	expect_pinned(test, users, 0);

	/* Pinned page by page, one of them twice, and unpinned in one go. */
	for (i = first; i <= last; i++)
		KUNIT_ASSERT_EQ(test, pages_access_pin(fake->pages, i, i, out,
						       NULL), 0);
	KUNIT_ASSERT_EQ(test, pages_access_pin(fake->pages, last, last, out,
					       NULL), 0);
	KUNIT_EXPECT_EQ(test, pages_access_unpin(fake->pages, first, last),
			last - first + 1);
	users[1].node.start = last;
	users[1].node.last = last;
	expect_pinned(test, users, 0x2);
	KUNIT_EXPECT_EQ(test, pages_access_unpin(fake->pages, last, last), 1);
	expect_pinned(test, users, 0);

	fake->refuse_at = last;
	KUNIT_EXPECT_EQ(test, pages_access_pin(fake->pages, first, last, out,
					       NULL), -EFAULT);
	expect_pinned(test, users, 0);
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

	KUNIT_EXPECT_EQ(test, add(test, &users[0], 0, 79), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&fake->pages->payer.user->locked_vm),
			before + 80);
	KUNIT_EXPECT_EQ(test, -ENOMEM, pages_add_user(fake->pages, &users[1],
						      60, 100, &why));
	KUNIT_EXPECT_STREQ(test, why.reason, "RLIMIT_MEMLOCK exceeded");
	expect_pinned(test, users, 0x1);
	/* Pages that are pinned already are not charged again. */
	KUNIT_EXPECT_EQ(test, add(test, &users[1], 60, 99), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&fake->pages->payer.user->locked_vm),
			before + 100);
	expect_pinned(test, users, 0x3);

	pages_remove_user(fake->pages, &users[0]);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&fake->pages->payer.user->locked_vm),
			before + 40);
	fake->refuse_at = 30;
	KUNIT_EXPECT_EQ(test, add(test, &users[0], 0, 40), -EFAULT);
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
	KUNIT_CASE(users_access),
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
