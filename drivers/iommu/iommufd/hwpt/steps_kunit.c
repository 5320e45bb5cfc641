// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: long work on an IOAS goes in steps, over a page table that only looks
 * at what it is asked.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/iommu.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "../object/ucmd.h"
#include "../pages/source.h"
#include "dirty.h"
#include "paging.h"

#define BIG_NBYTES (4UL * IOAS_AREA_STEP)
#define MANY 2000

/**
 * struct fake - a page table, and the IOAS that it maps
 * @domain: the page table
 * @source: memory that is never pinned
 * @ictx: the context
 * @ioas: the address space
 * @hwpt: the hwpt of @domain
 * @longest: most bytes that the driver was given in one call
 * @nbytes: bytes that it was given in all calls
 * @ncalls: calls of the driver
 * @kill_at: number of the call during which the caller is killed
 * @wait_for: lock that @writer waits for from the first call on, or NULL
 * @calls_per_step: about; once in a step the driver is slow, as readers overtake
 *	a writer that has not waited for some milliseconds
 * @writer: got it
 * @got_it_at: calls until then
 */
struct fake {
	struct iommu_domain domain;
	struct pages_source_ops source;
	struct iommufd_ctx *ictx;
	struct iommufd_ioas *ioas;
	struct iommufd_hwpt_paging *hwpt;
	unsigned long longest;
	unsigned long nbytes;
	unsigned int ncalls;
	unsigned int kill_at;
	struct rw_semaphore *wait_for;
	unsigned int calls_per_step;
	struct completion writer;
	unsigned int got_it_at;
};

static struct fake *to_fake(struct iommu_domain *domain)
{
	return container_of(domain, struct fake, domain);
}

static int writer_run(void *data)
{
	struct fake *fake = data;

	down_write(fake->wait_for);
	fake->got_it_at = fake->ncalls;
	up_write(fake->wait_for);
	complete(&fake->writer);
	return 0;
}

/* Somebody waits for a lock that the caller of the driver holds. */
static void fake_start_writer(struct fake *fake)
{
	struct task_struct *task;

	task = kthread_run(writer_run, fake, "iommufd_kunit");
	if (WARN_ON(IS_ERR(task)))
		return;
	while (!rwsem_is_contended(fake->wait_for))
		msleep(20);
}

static void fake_call(struct fake *fake, size_t nbytes)
{
	fake->longest = max(fake->longest, nbytes);
	fake->nbytes += nbytes;
	if (++fake->ncalls == fake->kill_at)
		send_sig(SIGKILL, current, 1);
	if (!fake->wait_for)
		return;
	if (fake->ncalls == 1)
		fake_start_writer(fake);
	if (fake->ncalls % fake->calls_per_step == 0)
		msleep(50);
}

static size_t fake_unmap_pages(struct iommu_domain *domain, unsigned long iova,
			       size_t pgsize, size_t pgcount,
			       struct iommu_iotlb_gather *gather)
{
	fake_call(to_fake(domain), pgsize * pgcount);
	return pgsize * pgcount;
}

static void fake_free(struct iommu_domain *domain)
{
}

static const struct iommu_domain_ops fake_ops = {
	.unmap_pages = fake_unmap_pages,
	.free = fake_free,
};

static int fake_set_tracking(struct iommu_domain *domain, bool enabled)
{
	return 0;
}

static int fake_read_and_clear(struct iommu_domain *domain, unsigned long iova,
			       size_t size, unsigned long flags,
			       struct iommu_dirty_bitmap *dirty)
{
	fake_call(to_fake(domain), size);
	return 0;
}

static const struct iommu_dirty_ops fake_dirty_ops = {
	.set_dirty_tracking = fake_set_tracking,
	.read_and_clear_dirty = fake_read_and_clear,
};

static void fake_hwpt(struct kunit *test, struct fake *fake)
{
	struct iommufd_hwpt_paging *hwpt;
	struct iommufd_why why = {};

	hwpt = iommufd_object_new(fake->ictx, hwpt, common.obj,
				  IOMMUFD_OBJ_HWPT_PAGING);
	KUNIT_ASSERT_FALSE(test, IS_ERR(hwpt));
	hwpt->ioas = fake->ioas;
	hwpt->common.domain = &fake->domain;
	INIT_LIST_HEAD(&hwpt->item);
	KUNIT_ASSERT_TRUE(test, iommufd_object_hold(&fake->ioas->obj));
	KUNIT_ASSERT_EQ(test, 0, ioas_add_table(fake->ioas, &fake->domain,
						&why));
	iommufd_object_publish(fake->ictx, &hwpt->common.obj);
	fake->hwpt = hwpt;
}

static int fake_init(struct kunit *test)
{
	struct fake *fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, fake);
	fake->source.name = "fake";
	fake->domain.type = IOMMU_DOMAIN_UNMANAGED;
	fake->domain.ops = &fake_ops;
	fake->domain.dirty_ops = &fake_dirty_ops;
	fake->domain.pgsize_bitmap = PAGE_SIZE;
	fake->domain.cookie_type = IOMMU_COOKIE_IOMMUFD;
	init_completion(&fake->writer);
	fake->ictx = iommufd_ctx_alloc(NULL);
	KUNIT_ASSERT_NOT_NULL(test, fake->ictx);
	fake->ioas = iommufd_ioas_new(fake->ictx);
	KUNIT_ASSERT_FALSE(test, IS_ERR(fake->ioas));
	iommufd_object_publish(fake->ictx, &fake->ioas->obj);
	fake_hwpt(test, fake);
	test->priv = fake;
	return 0;
}

static void fake_exit(struct kunit *test)
{
	struct fake *fake = test->priv;

	if (fake)
		iommufd_ctx_free(fake->ictx);
}

/* @n areas of @nbytes, side by side from @nbytes on, in the page table. */
static void fake_map(struct kunit *test, unsigned int n, unsigned long nbytes)
{
	struct fake *fake = test->priv;
	struct pages_desc desc = {
		.source = &fake->source,
		.length = nbytes,
		.charge_mode = IOMMUFD_CHARGE_NONE,
	};
	struct iommufd_pages *pages = pages_alloc(&desc);
	unsigned int i;

	KUNIT_ASSERT_FALSE(test, IS_ERR(pages));
	for (i = 1; i <= n; i++) {
		struct ioas_area *area = ioas_area_alloc(fake->ioas, pages, 0,
							 IOMMU_READ);

		KUNIT_ASSERT_NOT_NULL(test, area);
		area->first = i * nbytes;
		area->last = area->first + nbytes - 1;
		area->state = IOAS_AREA_LIVE;
		area->filled = true;
		guard(rwsem_write)(&fake->ioas->iova_lock);
		MA_STATE(mas, &fake->ioas->areas, area->first, area->last);
		KUNIT_ASSERT_EQ(test, 0, mas_store_gfp(&mas, area, GFP_KERNEL));
	}
	pages_put(pages);
}

static int fake_track(struct fake *fake)
{
	struct iommu_hwpt_set_dirty_tracking cmd = {
		.size = sizeof(cmd),
		.flags = IOMMU_HWPT_DIRTY_TRACKING_ENABLE,
		.hwpt_id = fake->hwpt->common.obj.id,
	};
	struct iommufd_ucmd ucmd = { .ictx = fake->ictx, .cmd = &cmd };

	return iommufd_hwpt_set_dirty_tracking_ioctl(&ucmd);
}

/* A large area leaves its table piece by piece, each flushed with the others. */
static void unmap_large_area(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct iommufd_why why = {};
	unsigned long unmapped;

	fake_map(test, 1, BIG_NBYTES);
	KUNIT_EXPECT_EQ(test, 0, ioas_unmap_all(fake->ioas, &unmapped, &why));
	KUNIT_EXPECT_EQ(test, unmapped, BIG_NBYTES);
	KUNIT_EXPECT_EQ(test, fake->longest, IOAS_AREA_STEP);
	KUNIT_EXPECT_EQ(test, fake->ncalls, BIG_NBYTES / IOAS_AREA_STEP);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&fake->ioas->nflushes), 1);
}

/* What is not begun when the caller is killed stays, and the answer says so. */
static void unmap_killed(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct iommufd_why why = {};
	unsigned long unmapped, rest;

	fake_map(test, MANY, PAGE_SIZE);
	allow_signal(SIGKILL);
	fake->kill_at = 1;
	KUNIT_EXPECT_EQ(test, -EINTR, ioas_unmap_all(fake->ioas, &unmapped,
						     &why));
	flush_signals(current);
	disallow_signal(SIGKILL);
	KUNIT_EXPECT_GE(test, unmapped, PAGE_SIZE);
	KUNIT_EXPECT_LT(test, unmapped, MANY / 2 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, unmapped, fake->nbytes);

	KUNIT_EXPECT_EQ(test, 0, ioas_unmap_all(fake->ioas, &rest, &why));
	KUNIT_EXPECT_EQ(test, rest, MANY * PAGE_SIZE - unmapped);
}

/* What cannot be unmapped is found before anything is. */
static void unmap_refused(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct iommufd_why why = {};
	unsigned long unmapped = 1;

	fake_map(test, MANY, 2 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, -ENOENT,
			ioas_unmap(fake->ioas, 0, (2 * MANY + 1) * PAGE_SIZE,
				   &unmapped, &why));
	KUNIT_EXPECT_EQ(test, unmapped, 0);
	KUNIT_EXPECT_EQ(test, fake->ncalls, 0);
	KUNIT_EXPECT_EQ(test, 0, ioas_unmap_all(fake->ioas, &unmapped, &why));
	KUNIT_EXPECT_EQ(test, unmapped, 2 * MANY * PAGE_SIZE);
}

/* Who waits for the IOAS gets it before the unmap of many areas is done. */
static void unmap_lets_others_in(struct kunit *test)
{
	struct fake *fake = test->priv;
	struct iommufd_why why = {};
	unsigned long unmapped;

	fake_map(test, MANY, PAGE_SIZE);
	fake->wait_for = &fake->ioas->tables_lock;
	fake->calls_per_step = 1;
	KUNIT_EXPECT_EQ(test, 0, ioas_unmap_all(fake->ioas, &unmapped, &why));
	wait_for_completion(&fake->writer);
	KUNIT_EXPECT_LT(test, fake->got_it_at, fake->ncalls);
	KUNIT_EXPECT_EQ(test, fake->nbytes, MANY * PAGE_SIZE);
}

static void track_large_area(struct kunit *test)
{
	struct fake *fake = test->priv;

	fake_map(test, 1, BIG_NBYTES);
	fake->wait_for = &fake->ioas->iova_lock;
	fake->calls_per_step = 1;
	KUNIT_EXPECT_EQ(test, 0, fake_track(fake));
	KUNIT_EXPECT_EQ(test, fake->longest, IOAS_AREA_STEP);
	KUNIT_EXPECT_EQ(test, fake->ncalls, BIG_NBYTES / IOAS_AREA_STEP);
	wait_for_completion(&fake->writer);
	KUNIT_EXPECT_LT(test, fake->got_it_at, fake->ncalls);
}

static void track_many_areas(struct kunit *test)
{
	struct fake *fake = test->priv;

	fake_map(test, MANY, PAGE_SIZE);
	fake->wait_for = &fake->ioas->iova_lock;
	fake->calls_per_step = MANY / 10;
	KUNIT_EXPECT_EQ(test, 0, fake_track(fake));
	KUNIT_EXPECT_EQ(test, fake->ncalls, MANY);
	wait_for_completion(&fake->writer);
	KUNIT_EXPECT_LT(test, fake->got_it_at, MANY);
}

static void track_killed(struct kunit *test)
{
	struct fake *fake = test->priv;

	fake_map(test, 1, BIG_NBYTES);
	allow_signal(SIGKILL);
	fake->kill_at = 2;
	KUNIT_EXPECT_EQ(test, -EINTR, fake_track(fake));
	flush_signals(current);
	disallow_signal(SIGKILL);
	KUNIT_EXPECT_EQ(test, fake->ncalls, 2);
}

static struct kunit_case steps_cases[] = {
	KUNIT_CASE(unmap_large_area),
	KUNIT_CASE(unmap_killed),
	KUNIT_CASE(unmap_refused),
	KUNIT_CASE(unmap_lets_others_in),
	KUNIT_CASE(track_large_area),
	KUNIT_CASE(track_many_areas),
	KUNIT_CASE(track_killed),
	{}
};

static struct kunit_suite steps_suite = {
	.name = "iommufd_steps",
	.init = fake_init,
	.exit = fake_exit,
	.test_cases = steps_cases,
};

kunit_test_suite(steps_suite);
