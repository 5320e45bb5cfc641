// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: two devices of one group attach, replace and detach.
 *
 * The group is one without IOMMU: there is nothing to program, all the rest of
 * the transaction takes place. PASIDs, which such a group has not, are tried
 * with the membership of slots alone.
 */
#include <kunit/device.h>
#include <kunit/test.h>
#include <linux/iommufd.h>

#include "../object/ctx.h"
#include "bind.h"
#include "slot.h"

/**
 * struct scene - a group of two devices, and two address spaces
 * @ictx: the context
 * @ioas: the address spaces
 * @idev: the devices
 */
struct scene {
	struct iommufd_ctx *ictx;
	struct iommufd_ioas *ioas[2];
	struct iommufd_device *idev[2];
};

/* A device without IOMMU has a group of its own: @idev moves to that of @to. */
static void join_group(struct iommufd_device *idev, struct iommufd_device *to)
{
	list_move(&idev->bound_item, &to->dgroup->bound);
	device_group_put(idev->dgroup);
	kref_get(&to->dgroup->kref);
	idev->dgroup = to->dgroup;
}

static struct scene *scene_make(struct kunit *test)
{
	static const char * const names[] = { "slot-a", "slot-b" };
	struct iommufd_why why = {};
	struct scene *s;
	int i;

	s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, s);
	s->ictx = iommufd_ctx_alloc(NULL);
	KUNIT_ASSERT_NOT_NULL(test, s->ictx);
	for (i = 0; i < 2; i++) {
		struct device *dev = kunit_device_register(test, names[i]);

		KUNIT_ASSERT_FALSE(test, IS_ERR(dev));
		s->idev[i] = device_bind(s->ictx, dev, &why);
		KUNIT_ASSERT_FALSE(test, IS_ERR(s->idev[i]));
		s->ioas[i] = iommufd_ioas_new(s->ictx);
		KUNIT_ASSERT_FALSE(test, IS_ERR(s->ioas[i]));
		iommufd_object_publish(s->ictx, &s->ioas[i]->obj);
	}
	join_group(s->idev[1], s->idev[0]);
	return s;
}

static void scene_end(struct kunit *test, struct scene *s)
{
	KUNIT_EXPECT_TRUE(test, xa_empty(&s->idev[0]->dgroup->slots));
	device_unbind(s->idev[0]);
	device_unbind(s->idev[1]);
	iommufd_ctx_free(s->ictx);
}

/* the hwpt that a device translates through, 0: none */
static u32 hwpt_of(struct kunit *test, struct iommufd_device *idev)
{
	struct device_state state;

	KUNIT_EXPECT_EQ(test, device_get_state(idev, &state), 0);
	return state.hwpt_id;
}

static void expect_hwpts(struct kunit *test, struct scene *s, u32 first,
			 u32 second)
{
	KUNIT_EXPECT_EQ(test, hwpt_of(test, s->idev[0]), first);
	KUNIT_EXPECT_EQ(test, hwpt_of(test, s->idev[1]), second);
	KUNIT_EXPECT_EQ(test, device_is_attached(s->idev[0]), !!first);
	KUNIT_EXPECT_EQ(test, device_is_attached(s->idev[1]), !!second);
	KUNIT_EXPECT_EQ(test, device_group_is_attached(s->idev[0]->dgroup),
			first || second);
}

static int attach(struct iommufd_device *idev, struct iommufd_ioas *ioas,
		  u32 *hwpt)
{
	*hwpt = ioas->obj.id;
	return iommufd_device_attach(idev, IOMMU_NO_PASID, hwpt);
}

static int replace(struct iommufd_device *idev, struct iommufd_ioas *ioas,
		   u32 *hwpt)
{
	*hwpt = ioas->obj.id;
	return iommufd_device_replace(idev, IOMMU_NO_PASID, hwpt);
}

static void slot_two_devices(struct kunit *test)
{
	struct scene *s = scene_make(test);
	u32 first, second, other;

	expect_hwpts(test, s, 0, 0);
	KUNIT_EXPECT_EQ(test, replace(s->idev[0], s->ioas[0], &other), -EINVAL);

	/* the first brings it into force, the second joins */
	KUNIT_ASSERT_EQ(test, attach(s->idev[0], s->ioas[0], &first), 0);
	expect_hwpts(test, s, first, 0);
	KUNIT_EXPECT_EQ(test, attach(s->idev[0], s->ioas[0], &other), -EBUSY);
	KUNIT_EXPECT_EQ(test, attach(s->idev[1], s->ioas[1], &other), -EINVAL);
	KUNIT_EXPECT_EQ(test, replace(s->idev[1], s->ioas[0], &other), -EINVAL);
	expect_hwpts(test, s, first, 0);
	KUNIT_ASSERT_EQ(test, attach(s->idev[1], s->ioas[0], &second), 0);
	KUNIT_EXPECT_EQ(test, first, second);
	expect_hwpts(test, s, first, first);

	/* a replace moves both, whoever asks for it */
	KUNIT_ASSERT_EQ(test, replace(s->idev[1], s->ioas[1], &second), 0);
	KUNIT_EXPECT_NE(test, first, second);
	expect_hwpts(test, s, second, second);
	KUNIT_EXPECT_EQ(test, replace(s->idev[0], s->ioas[1], &other), 0);
	KUNIT_EXPECT_EQ(test, other, second);

	/* it stays for the one that is left */
	iommufd_device_detach(s->idev[0], IOMMU_NO_PASID);
	iommufd_device_detach(s->idev[0], IOMMU_NO_PASID);
	expect_hwpts(test, s, 0, second);
	KUNIT_EXPECT_EQ(test, replace(s->idev[0], s->ioas[0], &other), -EINVAL);
	iommufd_device_detach(s->idev[1], IOMMU_NO_PASID);
	expect_hwpts(test, s, 0, 0);
	scene_end(test, s);
}

static void slot_no_pasids(struct kunit *test)
{
	struct scene *s = scene_make(test);
	u32 hwpt, id;

	KUNIT_ASSERT_EQ(test, attach(s->idev[0], s->ioas[0], &hwpt), 0);
	id = hwpt;
	KUNIT_EXPECT_EQ(test, iommufd_device_attach(s->idev[1], 1, &id),
			-EOPNOTSUPP);
	iommufd_device_detach(s->idev[1], 1);
	expect_hwpts(test, s, hwpt, 0);
	iommufd_device_detach(s->idev[0], IOMMU_NO_PASID);
	scene_end(test, s);
}

static void slot_members(struct kunit *test)
{
	struct scene *s = scene_make(test);
	struct iommufd_device *a = s->idev[0], *b = s->idev[1];
	struct device_group *dgroup = a->dgroup;
	struct device_slot *rid, *high, *low;

	mutex_lock(&dgroup->lock);
	rid = device_slot_enter_locked(a, IOMMU_NO_PASID);
	KUNIT_ASSERT_FALSE(test, IS_ERR(rid));
	KUNIT_EXPECT_FALSE(test, device_has_pasids_locked(dgroup));
	high = device_slot_enter_locked(a, 70000);
	KUNIT_ASSERT_FALSE(test, IS_ERR(high));
	low = device_slot_enter_locked(a, 3);
	KUNIT_ASSERT_FALSE(test, IS_ERR(low));
	KUNIT_EXPECT_PTR_EQ(test, device_slot_enter_locked(b, 70000), high);
	KUNIT_EXPECT_TRUE(test, device_has_pasids_locked(dgroup));
	KUNIT_EXPECT_PTR_EQ(test, device_slot_find_locked(dgroup, 3), low);
	KUNIT_EXPECT_NULL(test, device_slot_find_locked(dgroup, 4));
	KUNIT_EXPECT_TRUE(test, device_slot_has_locked(low, a));
	KUNIT_EXPECT_FALSE(test, device_slot_has_locked(low, b));
	KUNIT_EXPECT_FALSE(test, device_slot_has_locked(NULL, a));
	mutex_unlock(&dgroup->lock);

	KUNIT_EXPECT_EQ(test, device_first_pasid(a), 3);
	KUNIT_EXPECT_EQ(test, device_first_pasid(b), 70000);
	KUNIT_EXPECT_TRUE(test, device_is_attached(b));

	mutex_lock(&dgroup->lock);
	device_slot_leave_locked(low, a);
	KUNIT_EXPECT_NULL(test, device_slot_find_locked(dgroup, 3));
	device_slot_leave_locked(high, a);
	KUNIT_EXPECT_PTR_EQ(test, device_slot_find_locked(dgroup, 70000), high);
	device_slot_leave_locked(high, b);
	KUNIT_EXPECT_FALSE(test, device_has_pasids_locked(dgroup));
	mutex_unlock(&dgroup->lock);

	/* what has no PASID does not count as one */
	KUNIT_EXPECT_EQ(test, device_first_pasid(a), IOMMU_NO_PASID);
	KUNIT_EXPECT_TRUE(test, device_is_attached(a));
	KUNIT_EXPECT_FALSE(test, device_is_attached(b));
	mutex_lock(&dgroup->lock);
	device_slot_leave_locked(rid, a);
	mutex_unlock(&dgroup->lock);
	scene_end(test, s);
}

static struct kunit_case slot_cases[] = {
	KUNIT_CASE(slot_two_devices),
	KUNIT_CASE(slot_no_pasids),
	KUNIT_CASE(slot_members),
	{}
};

static struct kunit_suite slot_suite = {
	.name = "iommufd_device_slot",
	.test_cases = slot_cases,
};

kunit_test_suite(slot_suite);
