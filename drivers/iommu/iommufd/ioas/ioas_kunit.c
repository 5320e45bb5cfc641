// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: life of an IOAS as an object, from publish to destroy.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/kthread.h>

#include "ioas.h"

static struct iommufd_ctx *new_ctx(struct kunit *test)
{
	struct iommufd_ctx *ictx = iommufd_ctx_alloc(NULL);

	KUNIT_ASSERT_NOT_NULL(test, ictx);
	return ictx;
}

static struct iommufd_object *new_ioas(struct kunit *test,
				       struct iommufd_ctx *ictx)
{
	struct iommufd_ioas *ioas = iommufd_ioas_new(ictx);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, ioas);
	return &ioas->obj;
}

struct destroyer {
	struct iommufd_ctx *ictx;
	u32 id;
	int rc;
	struct completion done;
};

static int destroyer_run(void *data)
{
	struct destroyer *d = data;

	d->rc = iommufd_object_destroy_user(d->ictx, d->id);
	complete(&d->done);
	return 0;
}

/* a running user delays DESTROY, lookups fail meanwhile, nobody sees EBUSY */
static void object_destroy_waits_for_running_user(struct kunit *test)
{
	struct iommufd_ctx *ictx = new_ctx(test);
	struct destroyer d = { .ictx = ictx, .rc = 1 };
	struct iommufd_object *obj;
	struct task_struct *task;
	unsigned int spins;

	obj = new_ioas(test, ictx);
	iommufd_object_publish(ictx, obj);
	d.id = obj->id;
	init_completion(&d.done);
	KUNIT_ASSERT_PTR_EQ(test,
			    iommufd_object_get(ictx, d.id, IOMMUFD_OBJ_ANY),
			    obj);

	task = kthread_run(destroyer_run, &d, "iommufd_kunit");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	for (spins = 0; spins < 500; spins++) {
		struct iommufd_object *seen =
			iommufd_object_get(ictx, d.id, IOMMUFD_OBJ_ANY);

		if (IS_ERR(seen))
			break;
		iommufd_object_put(seen);
		msleep(20);
	}
	KUNIT_EXPECT_LT(test, spins, 500);
	KUNIT_EXPECT_FALSE(test, iommufd_object_hold(obj));
	KUNIT_EXPECT_EQ(test, d.rc, 1);
	KUNIT_EXPECT_FALSE(test, completion_done(&d.done));

	iommufd_object_put(obj);
	wait_for_completion(&d.done);
	KUNIT_EXPECT_EQ(test, d.rc, 0);
	KUNIT_EXPECT_TRUE(test, xa_empty(&ictx->objects));
	iommufd_ctx_free(ictx);
}

/* the last dependency of an automatic object takes it along */
static void object_release_auto_destroys(struct kunit *test)
{
	struct iommufd_ctx *ictx = new_ctx(test);
	struct iommufd_object *obj = new_ioas(test, ictx);

	iommufd_object_publish(ictx, obj);
	KUNIT_EXPECT_TRUE(test, iommufd_object_hold(obj));
	KUNIT_EXPECT_TRUE(test, iommufd_object_release_auto(ictx, obj));
	KUNIT_EXPECT_TRUE(test, xa_empty(&ictx->objects));
	iommufd_ctx_free(ictx);
}

/* the id of a revoked object names nothing, and is not given away */
static void object_revoke_keeps_id(struct kunit *test)
{
	struct iommufd_ctx *ictx = new_ctx(test);
	struct iommufd_object *obj = new_ioas(test, ictx);
	u32 id = obj->id;

	iommufd_object_publish(ictx, obj);
	KUNIT_ASSERT_TRUE(test, iommufd_object_get_known(obj));
	iommufd_object_revoke(ictx, obj);
	KUNIT_EXPECT_PTR_EQ(test, iommufd_object_get(ictx, id, IOMMUFD_OBJ_ANY),
			    ERR_PTR(-ENOENT));
	KUNIT_EXPECT_EQ(test, iommufd_object_destroy_user(ictx, id), -ENOENT);
	obj = new_ioas(test, ictx);
	KUNIT_EXPECT_NE(test, obj->id, id);
	iommufd_object_publish(ictx, obj);
	iommufd_ctx_free(ictx);
}

/* closing the file leaves nothing behind */
static void object_destroy_all(struct kunit *test)
{
	struct iommufd_ctx *ictx = new_ctx(test);
	struct iommufd_object *obj;
	unsigned int i;

	for (i = 0; i < 100; i++) {
		obj = new_ioas(test, ictx);
		iommufd_object_publish(ictx, obj);
	}
	iommufd_ctx_free(ictx);
}

static struct kunit_case ioas_cases[] = {
	KUNIT_CASE(object_destroy_waits_for_running_user),
	KUNIT_CASE(object_release_auto_destroys),
	KUNIT_CASE(object_revoke_keeps_id),
	KUNIT_CASE(object_destroy_all),
	{}
};

static struct kunit_suite ioas_suite = {
	.name = "iommufd_ioas",
	.test_cases = ioas_cases,
};

kunit_test_suite(ioas_suite);
