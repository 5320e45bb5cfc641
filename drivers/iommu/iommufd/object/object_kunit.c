// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: ids, lookup, dependencies. What needs a type's destroy op is tested
 * in ioas/ioas_kunit.c.
 */
#include <kunit/test.h>

#include "ctx.h"
#include "object.h"

/* memory of one object; the destroy op of its type must not run on it */
static struct iommufd_object *new_object(struct kunit *test,
					 struct iommufd_ctx *ictx)
{
	struct iommufd_object *obj;

	obj = iommufd_object_reserve(ictx, sizeof(*obj), IOMMUFD_OBJ_IOAS);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, obj);
	return obj;
}

static struct iommufd_ctx *new_ctx(struct kunit *test)
{
	struct iommufd_ctx *ictx = iommufd_ctx_alloc(NULL);

	KUNIT_ASSERT_NOT_NULL(test, ictx);
	return ictx;
}

/* take a published object out again without its type's destroy op */
static void unpublish(struct iommufd_ctx *ictx, struct iommufd_object *obj)
{
	iommufd_object_abort(ictx, obj);
}

static void object_ids(struct kunit *test)
{
	struct iommufd_ctx *ictx = new_ctx(test);
	struct iommufd_object *a = new_object(test, ictx);
	struct iommufd_object *b = new_object(test, ictx);

	KUNIT_EXPECT_EQ(test, a->id, 1);
	KUNIT_EXPECT_EQ(test, b->id, 2);
	iommufd_object_abort(ictx, a);
	a = new_object(test, ictx);
	KUNIT_EXPECT_EQ(test, a->id, 1);
	iommufd_object_abort(ictx, a);
	iommufd_object_abort(ictx, b);
	KUNIT_EXPECT_TRUE(test, xa_empty(&ictx->objects));
	iommufd_ctx_free(ictx);
}

static void object_lookup(struct kunit *test)
{
	struct iommufd_ctx *ictx = new_ctx(test);
	struct iommufd_object *obj = new_object(test, ictx);
	u32 id = obj->id;

	/* reserved: not there, cannot be destroyed */
	KUNIT_EXPECT_PTR_EQ(test, iommufd_object_get(ictx, id, IOMMUFD_OBJ_ANY),
			    ERR_PTR(-ENOENT));
	KUNIT_EXPECT_EQ(test, iommufd_object_destroy_user(ictx, id), -ENOENT);

	iommufd_object_publish(ictx, obj);
	KUNIT_EXPECT_PTR_EQ(test, iommufd_object_get(ictx, id, IOMMUFD_OBJ_ANY),
			    obj);
	iommufd_object_put(obj);
	KUNIT_EXPECT_PTR_EQ(test,
			    iommufd_object_get(ictx, id, IOMMUFD_OBJ_IOAS), obj);
	iommufd_object_put(obj);
	KUNIT_EXPECT_PTR_EQ(test,
			    iommufd_object_get(ictx, id, IOMMUFD_OBJ_DEVICE),
			    ERR_PTR(-ENOENT));
	KUNIT_EXPECT_PTR_EQ(test,
			    iommufd_object_get(ictx, id + 1, IOMMUFD_OBJ_ANY),
			    ERR_PTR(-ENOENT));
	KUNIT_EXPECT_PTR_EQ(test, iommufd_object_get(ictx, 0, IOMMUFD_OBJ_ANY),
			    ERR_PTR(-ENOENT));
	unpublish(ictx, obj);
	iommufd_ctx_free(ictx);
}

static void object_dependency_blocks_destroy(struct kunit *test)
{
	struct iommufd_ctx *ictx = new_ctx(test);
	struct iommufd_object *obj = new_object(test, ictx);

	iommufd_object_publish(ictx, obj);
	KUNIT_EXPECT_TRUE(test, iommufd_object_hold(obj));
	KUNIT_EXPECT_EQ(test, iommufd_object_destroy_user(ictx, obj->id),
			-EBUSY);
	/* somebody else depends on it: it stays */
	KUNIT_EXPECT_TRUE(test, iommufd_object_hold(obj));
	KUNIT_EXPECT_FALSE(test, iommufd_object_release_auto(ictx, obj));
	KUNIT_EXPECT_PTR_EQ(test,
			    iommufd_object_get(ictx, obj->id, IOMMUFD_OBJ_ANY),
			    obj);
	iommufd_object_put(obj);
	iommufd_object_release(obj);
	unpublish(ictx, obj);
	iommufd_ctx_free(ictx);
}

static struct kunit_case object_cases[] = {
	KUNIT_CASE(object_ids),
	KUNIT_CASE(object_lookup),
	KUNIT_CASE(object_dependency_blocks_destroy),
	{}
};

static struct kunit_suite object_suite = {
	.name = "iommufd_object",
	.test_cases = object_cases,
};

kunit_test_suite(object_suite);
