// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: an in-kernel user that leaves while an unmap is telling it something.
 *
 *	unmapper: ioas_unmap() --> listener_unmap() ... waits ... --> unpins
 *	remover:  ioas_remove_listener() ........... has to wait --> returns
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/iommu.h>
#include <linux/kthread.h>
#include <linux/mman.h>

#include "ioas.h"

#define IOVA SZ_1M

/**
 * struct scene - one address space, one listener, two threads
 * @ioas: maps a page at IOVA
 * @listener: pins that page
 * @ncalls: how often the listener was told to let go
 * @told: the listener is inside its op
 * @may_return: it may leave it
 * @rc: what the unmap said
 * @unmapped: the unmap is done
 * @removed: the listener is removed
 */
struct scene {
	struct iommufd_ioas *ioas;
	struct ioas_listener listener;
	int ncalls;
	struct completion told;
	struct completion may_return;
	int rc;
	struct completion unmapped;
	struct completion removed;
};

static void listener_unmap(struct ioas_listener *listener, unsigned long iova,
			   unsigned long length)
{
	struct scene *s = container_of(listener, struct scene, listener);

	s->ncalls++;
	complete(&s->told);
	wait_for_completion(&s->may_return);
	ioas_access_unpin(s->ioas, IOVA, PAGE_SIZE);
}

static const struct ioas_listener_ops listener_ops = {
	.unmap = listener_unmap,
};

static int unmapper(void *data)
{
	struct iommufd_why why = {};
	struct scene *s = data;
	unsigned long unmapped;

	s->rc = ioas_unmap(s->ioas, IOVA, PAGE_SIZE, &unmapped, &why);
	complete(&s->unmapped);
	return 0;
}

static int remover(void *data)
{
	struct scene *s = data;

	ioas_remove_listener(s->ioas, &s->listener);
	complete(&s->removed);
	return 0;
}

static void start(struct kunit *test, int (*fn)(void *data), struct scene *s)
{
	struct task_struct *task = kthread_run(fn, s, "iommufd_kunit");

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
}

static void map_and_pin(struct kunit *test, struct scene *s)
{
	struct ioas_map_args args = {
		.iova = IOVA,
		.length = PAGE_SIZE,
		.prot = IOMMU_READ,
		.fixed = true,
	};
	struct iommufd_why why = {};
	unsigned long addr;

	addr = kunit_vm_mmap(test, NULL, 0, PAGE_SIZE, PROT_READ,
			     MAP_ANONYMOUS | MAP_PRIVATE, 0);
	KUNIT_ASSERT_NE(test, addr, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR_VALUE(addr));
	KUNIT_ASSERT_EQ(test, 0, ioas_map_user(s->ioas, (void __user *)addr,
					       &args, &why));
	KUNIT_ASSERT_EQ(test, 0, ioas_add_listener(s->ioas, &s->listener,
						   &why));
	KUNIT_ASSERT_EQ(test, 0, ioas_access_pin(s->ioas, IOVA, PAGE_SIZE, NULL,
						 false, &why));
}

/* Whoever has removed a listener is not called any more, not even late. */
static void listener_removed_while_told(struct kunit *test)
{
	struct scene *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	struct iommufd_ctx *ictx = iommufd_ctx_alloc(NULL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	KUNIT_ASSERT_NOT_NULL(test, ictx);
	s->ioas = iommufd_ioas_new(ictx);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, s->ioas);
	iommufd_object_publish(ictx, &s->ioas->obj);
	s->listener.ops = &listener_ops;
	s->listener.needs_pages = true;
	init_completion(&s->told);
	init_completion(&s->may_return);
	init_completion(&s->unmapped);
	init_completion(&s->removed);
	map_and_pin(test, s);
	KUNIT_EXPECT_EQ(test, s->ioas->alignment, PAGE_SIZE);

	start(test, unmapper, s);
	wait_for_completion(&s->told);
	start(test, remover, s);
	/* gone for whoever comes now ... */
	while (READ_ONCE(s->ioas->alignment) != 1)
		msleep(20);
	msleep(100);
	/* ... but not for whoever has found it before */
	KUNIT_EXPECT_FALSE(test, completion_done(&s->removed));

	complete_all(&s->may_return);
	wait_for_completion(&s->removed);
	wait_for_completion(&s->unmapped);
	KUNIT_EXPECT_EQ(test, s->rc, 0);
	KUNIT_EXPECT_EQ(test, s->ncalls, 1);
	KUNIT_EXPECT_TRUE(test, mtree_empty(&s->ioas->areas));
	iommufd_ctx_free(ictx);
}

static struct kunit_case listener_cases[] = {
	KUNIT_CASE(listener_removed_while_told),
	{}
};

static struct kunit_suite listener_suite = {
	.name = "iommufd_ioas_listener",
	.test_cases = listener_cases,
};

kunit_test_suite(listener_suite);
