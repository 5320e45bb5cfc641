// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: in-kernel pins through several areas that map the same memory, and by
 * several threads.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/iommu.h>
#include <linux/kthread.h>
#include <linux/mman.h>

#include "ioas.h"

#define IOVA_A SZ_1M
#define IOVA_B SZ_2M
#define NBYTES (2 * PAGE_SIZE)

/**
 * struct scene - an address space that maps two pages twice
 * @ictx: its context
 * @ioas: maps the pages at IOVA_A and at IOVA_B
 * @listener: is told of an unmap while pins are left
 * @ntold: how often it was
 * @rc: what a pin by another thread said
 * @pinned: the other thread has said so
 */
struct scene {
	struct iommufd_ctx *ictx;
	struct iommufd_ioas *ioas;
	struct ioas_listener listener;
	unsigned int ntold;
	int rc;
	struct completion pinned;
};

static void scene_told(struct ioas_listener *listener, unsigned long iova,
		       unsigned long length)
{
	container_of(listener, struct scene, listener)->ntold++;
}

static const struct ioas_listener_ops scene_ops = {
	.unmap = scene_told,
};

static int scene_init(struct kunit *test)
{
	struct scene *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	struct ioas_map_args args = {
		.iova = IOVA_A,
		.length = NBYTES,
		.prot = IOMMU_READ,
		.fixed = true,
	};
	unsigned long addr;

	KUNIT_ASSERT_NOT_NULL(test, s);
	s->ictx = iommufd_ctx_alloc(NULL);
	KUNIT_ASSERT_NOT_NULL(test, s->ictx);
	s->ioas = iommufd_ioas_new(s->ictx);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, s->ioas);
	iommufd_object_publish(s->ictx, &s->ioas->obj);
	init_completion(&s->pinned);
	s->listener.ops = &scene_ops;
	s->listener.needs_pages = true;
	test->priv = s;

	addr = kunit_vm_mmap(test, NULL, 0, NBYTES, PROT_READ,
			     MAP_ANONYMOUS | MAP_PRIVATE, 0);
	KUNIT_ASSERT_NE(test, addr, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(addr));
	KUNIT_ASSERT_EQ(test, 0, ioas_map_user(s->ioas, (void __user *)addr,
					       &args, NULL));
	args.iova = IOVA_B;
	KUNIT_ASSERT_EQ(test, 0, ioas_copy(s->ioas, s->ioas, IOVA_A, &args,
					   NULL));
	KUNIT_ASSERT_EQ(test, 0, ioas_add_listener(s->ioas, &s->listener,
						   NULL));
	return 0;
}

static void scene_exit(struct kunit *test)
{
	struct scene *s = test->priv;

	if (!s || IS_ERR_OR_NULL(s->ioas))
		return;
	ioas_remove_listener(s->ioas, &s->listener);
	iommufd_ctx_free(s->ictx);
}

static void pin(struct kunit *test, unsigned long iova, unsigned long length)
{
	struct scene *s = test->priv;

	KUNIT_ASSERT_EQ(test, 0, ioas_access_pin(s->ioas, iova, length, NULL,
						 false, NULL));
}

/* Nobody has to be told: no pin is left. */
static void unmap_at_once(struct kunit *test, unsigned long iova)
{
	struct scene *s = test->priv;
	unsigned long unmapped;

	KUNIT_EXPECT_EQ(test, 0, ioas_unmap(s->ioas, iova, NBYTES, &unmapped,
					    NULL));
	KUNIT_EXPECT_EQ(test, s->ntold, 0);
}

/* Page by page through one area, in one go through the other. */
static void pins_of_two_areas(struct kunit *test)
{
	struct scene *s = test->priv;

	pin(test, IOVA_A, PAGE_SIZE);
	pin(test, IOVA_A + PAGE_SIZE, PAGE_SIZE);
	pin(test, IOVA_B, NBYTES);
	ioas_access_unpin(s->ioas, IOVA_A, NBYTES);
	unmap_at_once(test, IOVA_A);
	ioas_access_unpin(s->ioas, IOVA_B, NBYTES);
	unmap_at_once(test, IOVA_B);
}

static int pin_fn(void *data)
{
	struct scene *s = data;

	s->rc = ioas_access_pin(s->ioas, IOVA_A, PAGE_SIZE, NULL, false, NULL);
	complete(&s->pinned);
	return 0;
}

/* Who only looks at the address space does not hold up a pin. */
static void pins_share_the_lock(struct kunit *test)
{
	struct scene *s = test->priv;
	struct task_struct *task;
	unsigned long left;

	down_read(&s->ioas->iova_lock);
	task = kthread_run(pin_fn, s, "iommufd_kunit");
	KUNIT_EXPECT_FALSE(test, IS_ERR(task));
	left = wait_for_completion_timeout(&s->pinned, 20 * HZ);
	up_read(&s->ioas->iova_lock);
	KUNIT_EXPECT_NE(test, left, 0);
	if (!left)
		wait_for_completion(&s->pinned);
	KUNIT_EXPECT_EQ(test, s->rc, 0);
	ioas_access_unpin(s->ioas, IOVA_A, PAGE_SIZE);
	unmap_at_once(test, IOVA_A);
}

static struct kunit_case access_cases[] = {
	KUNIT_CASE(pins_of_two_areas),
	KUNIT_CASE(pins_share_the_lock),
	{}
};

static struct kunit_suite access_suite = {
	.name = "iommufd_ioas_access",
	.init = scene_init,
	.exit = scene_exit,
	.test_cases = access_cases,
};

kunit_test_suite(access_suite);
