// SPDX-License-Identifier: GPL-2.0-only
/*
 * A source that only counts, for unit tests of what is pinned.
 */
#include <kunit/test.h>
#include <linux/slab.h>

#include "fake_kunit.h"
#include "source.h"

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

int fake_init(struct kunit *test)
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

void fake_exit(struct kunit *test)
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
void fake_expect_pinned(struct kunit *test, struct pages_user *users,
			unsigned long live)
{
	struct fake *fake = test->priv;
	unsigned long i, u, npinned = 0;
	int *pins;

	pins = kunit_kcalloc(test, FAKE_NPAGES, sizeof(*pins), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pins);
	for (i = 0; i < FAKE_NPAGES; i++) {
		for (u = 0; u < FAKE_NUSERS; u++)
			if ((live & BIT(u)) &&
			    cover_span_first(&users[u].span) <= i &&
			    cover_span_last(&users[u].span) >= i)
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
void fake_expect_frames(struct kunit *test, unsigned long first,
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

int fake_add(struct kunit *test, struct pages_user *user, unsigned long first,
	     unsigned long last)
{
	struct fake *fake = test->priv;

	return pages_add_user(fake->pages, user, first, last, NULL);
}
