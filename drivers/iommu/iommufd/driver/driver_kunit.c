// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit tests of what IOMMU drivers call.
 */
#include <kunit/test.h>
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/iommufd.h>
#include <linux/maple_tree.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/refcount.h>
#include <linux/xarray.h>

#include "../device/device.h"
#include "../object/ctx.h"
#include "mmap.h"

/* only ever mapped, never touched */
#define MMIO_ADDR 0xfed00000UL

static void init_object(struct iommufd_object *obj,
			enum iommufd_object_type type)
{
	obj->type = type;
	refcount_set(&obj->users, 1);
	refcount_set(&obj->wait_cnt, 1);
}

static void siblings_depend(struct kunit *test)
{
	struct iommufd_object dependent = {}, depended = {};

	init_object(&dependent, IOMMUFD_OBJ_HW_QUEUE);
	init_object(&depended, IOMMUFD_OBJ_HW_QUEUE);

	KUNIT_ASSERT_EQ(test, 0, _iommufd_object_depend(&dependent, &depended));
	KUNIT_EXPECT_EQ(test, refcount_read(&depended.users), 2);
	KUNIT_EXPECT_EQ(test, refcount_read(&dependent.users), 1);

	_iommufd_object_undepend(&dependent, &depended);
	KUNIT_EXPECT_EQ(test, refcount_read(&depended.users), 1);
}

static void a_dying_sibling_is_refused(struct kunit *test)
{
	struct iommufd_object dependent = {}, depended = {};

	init_object(&dependent, IOMMUFD_OBJ_HW_QUEUE);
	init_object(&depended, IOMMUFD_OBJ_HW_QUEUE);
	refcount_set(&depended.users, 0);

	KUNIT_EXPECT_EQ(test, -ENOENT,
			_iommufd_object_depend(&dependent, &depended));
	KUNIT_EXPECT_EQ(test, refcount_read(&depended.users), 0);
}

static struct iommufd_ctx *test_ctx(struct kunit *test)
{
	struct iommufd_ctx *ictx;

	ictx = kunit_kzalloc(test, sizeof(*ictx), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ictx);
	xa_init(&ictx->objects);
	mt_init_flags(&ictx->mmaps, MT_FLAGS_ALLOC_RANGE);
	return ictx;
}

static void offsets_are_apart_and_not_zero(struct kunit *test)
{
	struct iommufd_ctx *ictx = test_ctx(test);
	struct iommufd_object owner = {};
	unsigned long first = 0, second = 0, again = 0;

	init_object(&owner, IOMMUFD_OBJ_VIOMMU);
	KUNIT_ASSERT_EQ(test, 0, _iommufd_alloc_mmap(ictx, &owner, MMIO_ADDR,
						     4 * PAGE_SIZE, &first));
	KUNIT_ASSERT_EQ(test, 0, _iommufd_alloc_mmap(ictx, &owner, MMIO_ADDR,
						     PAGE_SIZE, &second));
	KUNIT_EXPECT_GE(test, first, PAGE_SIZE);
	KUNIT_EXPECT_TRUE(test, PAGE_ALIGNED(first));
	KUNIT_EXPECT_TRUE(test, PAGE_ALIGNED(second));
	KUNIT_EXPECT_GE(test, second, first + 4 * PAGE_SIZE);

	_iommufd_destroy_mmap(ictx, &owner, first);
	KUNIT_ASSERT_EQ(test, 0, _iommufd_alloc_mmap(ictx, &owner, MMIO_ADDR,
						     2 * PAGE_SIZE, &again));
	KUNIT_EXPECT_EQ(test, again, first);

	_iommufd_destroy_mmap(ictx, &owner, again);
	_iommufd_destroy_mmap(ictx, &owner, second);
	KUNIT_EXPECT_TRUE(test, mtree_empty(&ictx->mmaps));
	KUNIT_EXPECT_EQ(test, refcount_read(&owner.users), 1);
	mtree_destroy(&ictx->mmaps);
}

static const struct file_operations mmap_fops = {
	.mmap = iommufd_fops_mmap,
};

static long map(struct file *filp, size_t length, unsigned long flags,
		unsigned long offset)
{
	return vm_mmap(filp, 0, length, PROT_READ | PROT_WRITE, flags, offset);
}

static void a_mapping_holds_its_owner(struct kunit *test)
{
	struct iommufd_ctx *ictx = test_ctx(test);
	struct iommufd_object owner = { .id = 3 };
	unsigned long offset = 0;
	struct file *filp;
	long uva;

	init_object(&owner, IOMMUFD_OBJ_VIOMMU);
	KUNIT_ASSERT_EQ(test, 0, kunit_attach_mm());
	filp = anon_inode_getfile("iommufd-kunit", &mmap_fops, ictx, O_RDWR);
	KUNIT_ASSERT_FALSE(test, IS_ERR(filp));
	KUNIT_ASSERT_EQ(test, 0, _iommufd_alloc_mmap(ictx, &owner, MMIO_ADDR,
						     2 * PAGE_SIZE, &offset));

	/* before its owner has an id the region is not there */
	KUNIT_EXPECT_EQ(test, -ENXIO,
			map(filp, 2 * PAGE_SIZE, MAP_SHARED, offset));
	KUNIT_ASSERT_EQ(test, 0, xa_err(xa_store(&ictx->objects, owner.id,
						 &owner, GFP_KERNEL)));

	KUNIT_EXPECT_EQ(test, -EINVAL,
			map(filp, 2 * PAGE_SIZE, MAP_PRIVATE, offset));
	KUNIT_EXPECT_EQ(test, -ENXIO, map(filp, PAGE_SIZE, MAP_SHARED, offset));
	KUNIT_EXPECT_EQ(test, -ENXIO,
			map(filp, 3 * PAGE_SIZE, MAP_SHARED, offset));
	KUNIT_EXPECT_EQ(test, -ENXIO,
			map(filp, 2 * PAGE_SIZE, MAP_SHARED, offset + PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, -ENXIO, map(filp, 2 * PAGE_SIZE, MAP_SHARED, 0));
	KUNIT_EXPECT_EQ(test, refcount_read(&owner.users), 1);

	uva = map(filp, 2 * PAGE_SIZE, MAP_SHARED, offset);
	KUNIT_ASSERT_GT(test, uva, 0);
	KUNIT_EXPECT_EQ(test, refcount_read(&owner.users), 2);
	KUNIT_EXPECT_EQ(test, 0, vm_munmap(uva, PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, refcount_read(&owner.users), 2);
	KUNIT_EXPECT_EQ(test, 0, vm_munmap(uva + PAGE_SIZE, PAGE_SIZE));
	KUNIT_EXPECT_EQ(test, refcount_read(&owner.users), 1);

	refcount_set(&owner.users, 0);
	KUNIT_EXPECT_EQ(test, -ENXIO,
			map(filp, 2 * PAGE_SIZE, MAP_SHARED, offset));

	_iommufd_destroy_mmap(ictx, &owner, offset);
	fput(filp);
	xa_destroy(&ictx->objects);
	mtree_destroy(&ictx->mmaps);
}

static void virtual_ids_name_devices(struct kunit *test)
{
	struct iommufd_device idevs[2] = {};
	struct iommufd_vdevice vdevs[2] = {};
	struct iommufd_viommu viommu = {};
	unsigned long id = 0;
	struct device *devs;

	devs = kunit_kcalloc(test, 3, sizeof(*devs), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, devs);
	xa_init(&viommu.vdevs);
	for (unsigned int i = 0; i < ARRAY_SIZE(vdevs); i++) {
		idevs[i].dev = &devs[i];
		vdevs[i].idev = &idevs[i];
		KUNIT_ASSERT_EQ(test, 0,
				xa_err(xa_store(&viommu.vdevs, 0x10 + 8 * i,
						&vdevs[i], GFP_KERNEL)));
	}

	xa_lock(&viommu.vdevs);
	KUNIT_EXPECT_PTR_EQ(test, iommufd_viommu_find_dev(&viommu, 0x10),
			    &devs[0]);
	KUNIT_EXPECT_PTR_EQ(test, iommufd_viommu_find_dev(&viommu, 0x18),
			    &devs[1]);
	KUNIT_EXPECT_NULL(test, iommufd_viommu_find_dev(&viommu, 0x11));
	xa_unlock(&viommu.vdevs);

	KUNIT_EXPECT_EQ(test, 0,
			iommufd_viommu_get_vdev_id(&viommu, &devs[1], &id));
	KUNIT_EXPECT_EQ(test, id, 0x18);
	KUNIT_EXPECT_EQ(test, -ENOENT,
			iommufd_viommu_get_vdev_id(&viommu, &devs[2], &id));
	xa_destroy(&viommu.vdevs);
}

static struct kunit_case iommufd_driver_cases[] = {
	KUNIT_CASE(siblings_depend),
	KUNIT_CASE(a_dying_sibling_is_refused),
	KUNIT_CASE(offsets_are_apart_and_not_zero),
	KUNIT_CASE(a_mapping_holds_its_owner),
	KUNIT_CASE(virtual_ids_name_devices),
	{}
};

static struct kunit_suite iommufd_driver_suite = {
	.name = "iommufd_driver",
	.test_cases = iommufd_driver_cases,
};

kunit_test_suite(iommufd_driver_suite);
