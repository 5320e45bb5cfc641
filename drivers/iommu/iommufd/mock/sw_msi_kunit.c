// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: an interrupt is set up while its device moves to another page table.
 *
 * The mock plays the part of the interrupt core, at the moment when the device
 * is attached to the one page table and the core still knows the other.
 */
#include <kunit/test.h>
#include <linux/iommu.h>
#include <linux/iommufd.h>
#include <linux/msi.h>
#include <linux/slab.h>

#include "../../iommu-priv.h"
#include "../device/bind.h"
#include "../hwpt/sw_msi.h"
#include "../object/ctx.h"
#include "iommu.h"

#define DOORBELL 0xfee00000UL

/**
 * struct scene - a device, two address spaces, an interrupt
 * @ictx: the context
 * @mdev: the device
 * @idev: bound to @ictx
 * @ioas: the address spaces
 * @domain: the page table that the device leaves
 * @desc: the interrupt
 * @rc: what the interrupt core was told, 1: nothing yet
 */
struct scene {
	struct iommufd_ctx *ictx;
	struct mock_device *mdev;
	struct iommufd_device *idev;
	struct iommufd_ioas *ioas[2];
	struct iommu_domain *domain;
	struct msi_desc desc;
	int rc;
};

static struct scene *scene;

static void set_up_interrupt(struct mock_device *mdev)
{
	scene->rc = iommufd_sw_msi(scene->domain, &scene->desc, DOORBELL);
}

static struct iommu_domain *domain_of(struct kunit *test, u32 id)
{
	struct iommufd_object *obj = iommufd_object_get(scene->ictx, id,
							IOMMUFD_OBJ_HWPT_PAGING);
	struct iommu_domain *domain;

	KUNIT_ASSERT_FALSE(test, IS_ERR(obj));
	domain = to_hwpt(obj)->domain;
	iommufd_object_put(obj);
	return domain;
}

static struct iommufd_ioas *scene_ioas(struct kunit *test)
{
	struct iommufd_ioas *ioas = iommufd_ioas_new(scene->ictx);

	KUNIT_ASSERT_FALSE(test, IS_ERR(ioas));
	iommufd_object_publish(scene->ictx, &ioas->obj);
	return ioas;
}

static void scene_make(struct kunit *test)
{
	struct iommufd_why why = {};

	scene = kunit_kzalloc(test, sizeof(*scene), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, scene);
	scene->rc = 1;
	scene->ictx = iommufd_ctx_alloc(NULL);
	KUNIT_ASSERT_NOT_NULL(test, scene->ictx);
	scene->ioas[0] = scene_ioas(test);
	scene->ioas[1] = scene_ioas(test);
	scene->mdev = mock_device_add(MOCK_DEVICE_SW_MSI);
	KUNIT_ASSERT_FALSE(test, IS_ERR(scene->mdev));
	scene->desc.dev = &scene->mdev->dev;
	scene->idev = device_bind(scene->ictx, &scene->mdev->dev, &why);
	KUNIT_ASSERT_FALSE(test, IS_ERR(scene->idev));
}

static void scene_end(void)
{
	iommufd_device_detach(scene->idev, IOMMU_NO_PASID);
	device_unbind(scene->idev);
	mock_device_remove(scene->mdev);
	iommufd_sw_msi_free(scene->ictx);
	iommufd_ctx_free(scene->ictx);
}

static void expect_doorbell(struct kunit *test, u32 hwpt)
{
	KUNIT_EXPECT_EQ(test, DOORBELL,
			iommu_iova_to_phys(domain_of(test, hwpt),
					   MOCK_SW_MSI_START));
}

static void interrupt_during_replace(struct kunit *test)
{
	u32 from, to;

	scene_make(test);
	from = scene->ioas[0]->obj.id;
	to = scene->ioas[1]->obj.id;
	KUNIT_ASSERT_EQ(test, 0, iommufd_device_attach(scene->idev,
						       IOMMU_NO_PASID, &from));
	scene->domain = domain_of(test, from);

	scene->mdev->attaching = set_up_interrupt;
	KUNIT_ASSERT_EQ(test, 0, iommufd_device_replace(scene->idev,
							IOMMU_NO_PASID, &to));
	scene->mdev->attaching = NULL;
	KUNIT_EXPECT_EQ(test, 0, scene->rc);
	/* the device writes where it was told to, by its new page table */
	expect_doorbell(test, to);

	/* one that was set up before comes along, too, and back */
	to = scene->ioas[0]->obj.id;
	KUNIT_ASSERT_EQ(test, 0, iommufd_device_replace(scene->idev,
							IOMMU_NO_PASID, &to));
	expect_doorbell(test, to);
	scene_end();
}

static struct kunit_case sw_msi_cases[] = {
	KUNIT_CASE(interrupt_during_replace),
	{}
};

static struct kunit_suite sw_msi_suite = {
	.name = "iommufd_sw_msi",
	.test_cases = sw_msi_cases,
};

kunit_test_suite(sw_msi_suite);
