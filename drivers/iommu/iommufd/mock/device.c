// SPDX-License-Identifier: GPL-2.0-only
/*
 * Selftest devices: plays the part of VFIO for a mock device.
 *
 * Calls: the in-kernel device interface, as VFIO does.
 */
#include <linux/iommu.h>
#include <linux/iommufd.h>

#include "../device/bind.h"
#include "../iommufd_test.h"
#include "../object/ucmd.h"
#include "device.h"
#include "iommu.h"
#include "mock.h"

#define MOCK_DEVICE_FLAGS (MOCK_FLAGS_DEVICE_NO_DIRTY | MOCK_FLAGS_DEVICE_PASID)

static int mock_stdev_attach(struct mock_stdev *stdev,
			     struct iommufd_ucmd *ucmd, u32 *pt_id)
{
	int rc;

	/*
	 * The context destroys the stdev, so the binding must not keep the
	 * context alive.
	 */
	stdev->idev = device_bind(ucmd->ictx, &stdev->mdev->dev, &ucmd->why);
	if (IS_ERR(stdev->idev))
		return PTR_ERR(stdev->idev);

	rc = iommufd_device_attach(stdev->idev, IOMMU_NO_PASID, pt_id);
	if (rc)
		device_unbind(stdev->idev);
	return rc;
}

static int mock_stdev_plug(struct mock_stdev *stdev, struct iommufd_ucmd *ucmd,
			   u32 dev_flags, u32 *pt_id)
{
	int rc;

	stdev->mdev = mock_device_add(dev_flags);
	if (IS_ERR(stdev->mdev))
		return PTR_ERR(stdev->mdev);

	rc = mock_stdev_attach(stdev, ucmd, pt_id);
	if (rc)
		mock_device_remove(stdev->mdev);
	return rc;
}

static void mock_stdev_destroy(struct iommufd_object *obj)
{
	struct mock_stdev *stdev = to_mock_stdev(obj);
	int pasid;

	scoped_guard(rwsem_write, &stdev->mdev->dma_lock) {
		while ((pasid = ida_find_first(&stdev->pasids)) >= 0) {
			iommufd_device_detach(stdev->idev, pasid);
			ida_free(&stdev->pasids, pasid);
		}
		iommufd_device_detach(stdev->idev, IOMMU_NO_PASID);
	}
	mutex_destroy(&stdev->pasid_lock);
	device_unbind(stdev->idev);
	mock_device_remove(stdev->mdev);
}

const struct iommufd_object_ops iommufd_selftest_object_ops = {
	.type = IOMMUFD_OBJ_SELFTEST,
	.name = "selftest",
	.destroy = mock_stdev_destroy,
};

static int mock_stdev_create(struct iommufd_ucmd *ucmd, u32 dev_flags)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;
	u32 pt_id = cmd->id;
	struct mock_stdev *stdev;
	int rc;

	stdev = iommufd_object_new(ucmd->ictx, stdev, obj,
				   IOMMUFD_OBJ_SELFTEST);
	if (IS_ERR(stdev))
		return PTR_ERR(stdev);
	mutex_init(&stdev->pasid_lock);
	ida_init(&stdev->pasids);

	rc = mock_stdev_plug(stdev, ucmd, dev_flags, &pt_id);
	if (rc) {
		iommufd_object_abort(ucmd->ictx, &stdev->obj);
		return rc;
	}

	/* commit: the dispatcher destroys the object if it cannot answer */
	ucmd->new_obj = &stdev->obj;
	cmd->mock_domain.out_stdev_id = stdev->obj.id;
	cmd->mock_domain.out_hwpt_id = pt_id;
	cmd->mock_domain.out_idev_id = iommufd_device_to_id(stdev->idev);
	return 0;
}

/**
 * mock_stdev_create_op() - MOCK_DOMAIN: plug in, bind and attach a device
 * @ucmd: the ioctl; its id is what to attach to
 *
 * Context: may sleep.
 * Return: 0, or the errno of plugging in, binding or attaching.
 */
int mock_stdev_create_op(struct iommufd_ucmd *ucmd)
{
	return mock_stdev_create(ucmd, 0);
}

/**
 * mock_stdev_create_flags_op() - MOCK_DOMAIN_FLAGS: the same with properties
 * @ucmd: the ioctl; its id is what to attach to
 *
 * Context: may sleep.
 * Return: as mock_stdev_create_op(); EINVAL: unknown flag.
 */
int mock_stdev_create_flags_op(struct iommufd_ucmd *ucmd)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;
	u32 dev_flags = cmd->mock_domain_flags.dev_flags;

	/* both ops answer in the fields of the first */
	static_assert(offsetof(struct iommu_test_cmd,
			       mock_domain.out_stdev_id) ==
		      offsetof(struct iommu_test_cmd,
			       mock_domain_flags.out_stdev_id));
	static_assert(offsetof(struct iommu_test_cmd,
			       mock_domain.out_hwpt_id) ==
		      offsetof(struct iommu_test_cmd,
			       mock_domain_flags.out_hwpt_id));
	static_assert(offsetof(struct iommu_test_cmd,
			       mock_domain.out_idev_id) ==
		      offsetof(struct iommu_test_cmd,
			       mock_domain_flags.out_idev_id));

	if (dev_flags & ~MOCK_DEVICE_FLAGS)
		return iommufd_refuse(&ucmd->why, "dev_flags",
				      "unknown kind of mock device", dev_flags,
				      -EINVAL);
	return mock_stdev_create(ucmd, dev_flags);
}

/**
 * mock_stdev_replace_op() - MOCK_DOMAIN_REPLACE: attach to something else
 * @ucmd: the ioctl; its id names the selftest device
 *
 * Context: may sleep.
 * Return: 0; ENOENT: no such selftest device; or as iommufd_device_replace().
 */
int mock_stdev_replace_op(struct iommufd_ucmd *ucmd)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;
	struct iommufd_object *obj __free(iommufd_put) =
		iommufd_ucmd_get(ucmd, "id", cmd->id, IOMMUFD_OBJ_SELFTEST);

	struct mock_stdev *stdev;

	if (IS_ERR(obj))
		return PTR_ERR(obj);
	stdev = to_mock_stdev(obj);

	guard(rwsem_write)(&stdev->mdev->dma_lock);
	return iommufd_device_replace(stdev->idev, IOMMU_NO_PASID,
				      &cmd->mock_domain_replace.pt_id);
}
