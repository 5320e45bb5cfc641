// SPDX-License-Identifier: GPL-2.0-only
/*
 * PASIDs of selftest devices: plays the part of VFIO, which remembers the
 * PASIDs of a device to detach them before it unbinds the device.
 *
 * Calls: the in-kernel device interface, as VFIO does; the iommu core to see
 *	what came of it.
 */
#include <linux/iommu.h>
#include <linux/iommufd.h>

#include "../../iommu-priv.h"
#include "../device/device.h"
#include "../hwpt/paging.h"
#include "../iommufd_test.h"
#include "../object/ucmd.h"
#include "device.h"
#include "iommu.h"
#include "pasid.h"

static struct iommufd_object *pasid_get_stdev(struct iommufd_ucmd *ucmd)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;

	return iommufd_ucmd_get(ucmd, "id", cmd->id, IOMMUFD_OBJ_SELFTEST);
}

/**
 * mock_pasid_attach_op() - PASID_ATTACH: attach a PASID of a selftest device
 * @ucmd: the ioctl; its id names the selftest device
 *
 * Context: may sleep.
 * Return: 0; ENOENT: no such selftest device; ENOMEM, or as
 * iommufd_device_attach().
 */
int mock_pasid_attach_op(struct iommufd_ucmd *ucmd)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;
	struct iommufd_object *obj __free(iommufd_put) = pasid_get_stdev(ucmd);
	u32 pasid = cmd->pasid_attach.pasid;
	struct mock_stdev *stdev;
	int rc;

	if (IS_ERR(obj))
		return PTR_ERR(obj);
	stdev = to_mock_stdev(obj);

	guard(mutex)(&stdev->pasid_lock);
	guard(rwsem_write)(&stdev->mdev->dma_lock);
	rc = iommufd_device_attach(stdev->idev, pasid,
				   &cmd->pasid_attach.pt_id);
	if (rc)
		return rc;
	rc = ida_alloc_range(&stdev->pasids, pasid, pasid, GFP_KERNEL);
	if (rc < 0) {
		iommufd_device_detach(stdev->idev, pasid);
		return rc;
	}
	return 0;
}

/**
 * mock_pasid_replace_op() - PASID_REPLACE: attach it to something else
 * @ucmd: the ioctl; its id names the selftest device
 *
 * Context: may sleep.
 * Return: 0; ENOENT: no such selftest device; or as iommufd_device_replace().
 */
int mock_pasid_replace_op(struct iommufd_ucmd *ucmd)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;
	struct iommufd_object *obj __free(iommufd_put) = pasid_get_stdev(ucmd);
	struct mock_stdev *stdev;

	if (IS_ERR(obj))
		return PTR_ERR(obj);
	stdev = to_mock_stdev(obj);

	guard(mutex)(&stdev->pasid_lock);
	guard(rwsem_write)(&stdev->mdev->dma_lock);
	return iommufd_device_replace(stdev->idev, cmd->pasid_replace.pasid,
				      &cmd->pasid_replace.pt_id);
}

/**
 * mock_pasid_detach_op() - PASID_DETACH: detach it
 * @ucmd: the ioctl; its id names the selftest device
 *
 * Context: may sleep.
 * Return: 0, also when it is not attached; ENOENT: no such selftest device.
 */
int mock_pasid_detach_op(struct iommufd_ucmd *ucmd)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;
	struct iommufd_object *obj __free(iommufd_put) = pasid_get_stdev(ucmd);
	u32 pasid = cmd->pasid_detach.pasid;
	struct mock_stdev *stdev;

	if (IS_ERR(obj))
		return PTR_ERR(obj);
	stdev = to_mock_stdev(obj);

	guard(mutex)(&stdev->pasid_lock);
	guard(rwsem_write)(&stdev->mdev->dma_lock);
	iommufd_device_detach(stdev->idev, pasid);
	if (pasid <= INT_MAX && ida_exists(&stdev->pasids, pasid))
		ida_free(&stdev->pasids, pasid);
	return 0;
}

/* the domain that a PASID is attached to, NULL for none; not to be followed */
static struct iommu_domain *pasid_domain(struct iommufd_device *idev,
					 u32 pasid)
{
	struct iommu_attach_handle *handle;

	guard(mutex)(&idev->dgroup->lock);
	handle = iommu_attach_handle_get(idev->dgroup->group, pasid, 0);
	return IS_ERR(handle) ? NULL : handle->domain;
}

/**
 * mock_pasid_check_op() - PASID_CHECK_HWPT: what is a PASID attached to
 * @ucmd: the ioctl; its id names the selftest device, a hwpt_id of 0 stands
 *	for nothing
 *
 * Context: may sleep; takes the lock of the device's group.
 * Return: 0; ENOENT: no such selftest device or hwpt; EINVAL: it is attached
 * to something else.
 */
int mock_pasid_check_op(struct iommufd_ucmd *ucmd)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;
	struct iommufd_object *obj __free(iommufd_put) = pasid_get_stdev(ucmd);
	u32 id = cmd->pasid_check.hwpt_id;
	struct iommu_domain *wanted = NULL;

	if (IS_ERR(obj))
		return PTR_ERR(obj);

	if (id) {
		struct iommufd_object *hwpt __free(iommufd_put) =
			iommufd_ucmd_get(ucmd, "hwpt_id", id, IOMMUFD_OBJ_ANY);

		if (IS_ERR(hwpt))
			return PTR_ERR(hwpt);
		if (hwpt->type != IOMMUFD_OBJ_HWPT_PAGING &&
		    hwpt->type != IOMMUFD_OBJ_HWPT_NESTED)
			return iommufd_refuse(&ucmd->why, "hwpt_id",
					      "not a hwpt", id, -ENOENT);
		wanted = to_hwpt(hwpt)->domain;
	}
	if (pasid_domain(to_mock_stdev(obj)->idev, cmd->pasid_check.pasid) !=
	    wanted)
		return iommufd_refuse(&ucmd->why, "pasid",
				      "it is attached to something else",
				      cmd->pasid_check.pasid, -EINVAL);
	return 0;
}
