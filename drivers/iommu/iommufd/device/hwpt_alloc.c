// SPDX-License-Identifier: GPL-2.0-only
/*
 * IOMMU_HWPT_ALLOC
 */
#include <linux/iommufd.h>

#include "../object/ctx.h"
#include "device.h"

#define HWPT_ALLOC_FLAGS                                                  \
	(IOMMU_HWPT_ALLOC_NEST_PARENT | IOMMU_HWPT_ALLOC_DIRTY_TRACKING | \
	 IOMMU_HWPT_FAULT_ID_VALID | IOMMU_HWPT_ALLOC_PASID)

/* what the struct alone can tell */
static int hwpt_alloc_check(struct iommufd_ucmd *ucmd)
{
	struct iommu_hwpt_alloc *cmd = ucmd->cmd;

	if (cmd->__reserved)
		return iommufd_reject(ucmd, "__reserved", "must be zero",
				      -EOPNOTSUPP);
	if (cmd->__reserved2)
		return iommufd_reject(ucmd, "__reserved2", "must be zero",
				      -EOPNOTSUPP);
	if (cmd->data_type == IOMMU_HWPT_DATA_NONE && cmd->data_len)
		return iommufd_reject(ucmd, "data_len",
				      "data of no type",
				      -EINVAL);
	if (cmd->data_type != IOMMU_HWPT_DATA_NONE && !cmd->data_len)
		return iommufd_reject(ucmd, "data_len",
				      "a data type without data",
				      -EINVAL);
	return 0;
}

/* what this kernel can make of a paging hwpt */
#define HWPT_ALLOC_PAGING_FLAGS \
	(IOMMU_HWPT_ALLOC_DIRTY_TRACKING | IOMMU_HWPT_ALLOC_PASID)

static int hwpt_alloc_paging(struct iommufd_ucmd *ucmd,
			     struct iommufd_device *idev,
			     struct iommufd_ioas *ioas)
{
	struct iommu_hwpt_alloc *cmd = ucmd->cmd;
	struct iommu_user_data data = {
		.type = cmd->data_type,
		.uptr = u64_to_user_ptr(cmd->data_uptr),
		.len = cmd->data_len,
	};
	struct hwpt_paging_spec spec = {
		.dev = idev->dev,
		.flags = cmd->flags,
		.data = cmd->data_len ? &data : NULL,
	};
	struct iommufd_hwpt_paging *hwpt;

	if (cmd->flags & ~HWPT_ALLOC_FLAGS)
		return iommufd_reject(ucmd, "flags", "an unknown flag is set",
				      -EOPNOTSUPP);
	if (cmd->flags & ~HWPT_ALLOC_PAGING_FLAGS)
		return iommufd_reject(ucmd, "flags",
				      "not supported by this kernel yet",
				      -EOPNOTSUPP);
	if ((cmd->flags & IOMMU_HWPT_ALLOC_DIRTY_TRACKING) &&
	    !device_iommu_capable(idev->dev, IOMMU_CAP_DIRTY_TRACKING))
		return iommufd_reject(ucmd, "flags",
				      "the IOMMU of the device keeps no dirty bits",
				      -EOPNOTSUPP);

	hwpt = iommufd_hwpt_paging_new(ucmd->ictx, ioas, &spec, &ucmd->why);
	if (IS_ERR(hwpt))
		return PTR_ERR(hwpt);

	cmd->out_hwpt_id = hwpt->common.obj.id;
	ucmd->new_obj = &hwpt->common.obj;
	return 0;
}

static int hwpt_alloc_under(struct iommufd_ucmd *ucmd,
			    struct iommufd_device *idev,
			    struct iommufd_object *parent)
{
	switch (parent->type) {
	case IOMMUFD_OBJ_IOAS:
		return hwpt_alloc_paging(ucmd, idev, to_ioas(parent));
	case IOMMUFD_OBJ_HWPT_PAGING:
	case IOMMUFD_OBJ_VIOMMU:
		return iommufd_reject(ucmd, "pt_id",
				      "nested translation is not supported by this kernel yet",
				      -EOPNOTSUPP);
	default:
		return iommufd_reject(ucmd, "pt_id",
				      "this object cannot have a hwpt on top",
				      -EINVAL);
	}
}

/**
 * iommufd_hwpt_alloc_ioctl() - IOMMU_HWPT_ALLOC
 * @ucmd: the ioctl
 *
 * Context: may sleep.
 * Return: 0 with the hwpt as the ioctl's new object, or
 * EOPNOTSUPP: reserved fields, flags, data or a parent that cannot be served;
 * EINVAL: data type and length contradict each other, @pt_id names nothing
 * suitable, or the driver's smallest page is larger than PAGE_SIZE;
 * ENOENT: @dev_id is not a device; EADDRINUSE: the IOAS maps what the page
 * table cannot hold; EFAULT, ENOMEM, EINTR.
 */
int iommufd_hwpt_alloc_ioctl(struct iommufd_ucmd *ucmd)
{
	struct iommu_hwpt_alloc *cmd = ucmd->cmd;
	int rc;

	rc = hwpt_alloc_check(ucmd);
	if (rc)
		return rc;

	struct iommufd_object *dev_obj __free(iommufd_put) =
		iommufd_ucmd_get(ucmd, "dev_id", cmd->dev_id,
				 IOMMUFD_OBJ_DEVICE);
	if (IS_ERR(dev_obj))
		return PTR_ERR(dev_obj);
	iommufd_why_device(&ucmd->why, to_device(dev_obj)->dev);

	struct iommufd_object *parent __free(iommufd_put) =
		iommufd_object_get(ucmd->ictx, cmd->pt_id, IOMMUFD_OBJ_ANY);
	if (IS_ERR(parent))
		return iommufd_reject(ucmd, "pt_id", "no object has this id",
				      -EINVAL);
	return hwpt_alloc_under(ucmd, to_device(dev_obj), parent);
}
