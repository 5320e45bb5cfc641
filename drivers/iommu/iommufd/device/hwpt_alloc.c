// SPDX-License-Identifier: GPL-2.0-only
/*
 * IOMMU_HWPT_ALLOC
 */
#include <linux/iommufd.h>
#include <linux/kernel.h>

#include "../hwpt/nested.h"
#include "../object/ctx.h"
#include "../object/user_data.h"
#include "device.h"
#include "fault.h"

#define HWPT_ALLOC_FLAGS                                                  \
	(IOMMU_HWPT_ALLOC_NEST_PARENT | IOMMU_HWPT_ALLOC_DIRTY_TRACKING | \
	 IOMMU_HWPT_FAULT_ID_VALID | IOMMU_HWPT_ALLOC_PASID)

/* what the struct alone can tell */
static int hwpt_alloc_check(struct iommufd_ucmd *ucmd)
{
	struct iommu_hwpt_alloc *cmd = ucmd->cmd;

	if (cmd->__reserved)
		return iommufd_reject_reserved(ucmd);
	if (cmd->__reserved2)
		return iommufd_reject(ucmd, "__reserved2", "must be zero",
				      -EOPNOTSUPP);
	if (cmd->data_type == IOMMU_HWPT_DATA_NONE && cmd->data_len)
		return iommufd_reject(ucmd, "data_len",
				      "data without a data type",
				      -EINVAL);
	if (cmd->data_type != IOMMU_HWPT_DATA_NONE && !cmd->data_len)
		return iommufd_reject(ucmd, "data_len",
				      "a data type without data",
				      -EINVAL);
	return 0;
}

/* The hwpt is complete but for its fault queue. */
static int hwpt_alloc_done(struct iommufd_ucmd *ucmd,
			   struct iommufd_hw_pagetable *hwpt)
{
	struct iommu_hwpt_alloc *cmd = ucmd->cmd;

	cmd->out_hwpt_id = hwpt->obj.id;
	ucmd->new_obj = &hwpt->obj;
	if (cmd->flags & IOMMU_HWPT_FAULT_ID_VALID)
		return device_fault_connect(ucmd, hwpt, cmd->fault_id);
	return 0;
}

static int hwpt_check_paging_flags(struct iommufd_ucmd *ucmd,
				   struct device *dev)
{
	struct iommu_hwpt_alloc *cmd = ucmd->cmd;

	if (cmd->flags & ~HWPT_ALLOC_FLAGS)
		return iommufd_reject_flags(ucmd);
	if ((cmd->flags & IOMMU_HWPT_ALLOC_DIRTY_TRACKING) &&
	    !device_iommu_capable(dev, IOMMU_CAP_DIRTY_TRACKING))
		return iommufd_reject(ucmd, "flags",
				      "the IOMMU of the device does not track dirty pages",
				      -EOPNOTSUPP);
	if ((cmd->flags & IOMMU_HWPT_ALLOC_NEST_PARENT) &&
	    (cmd->flags & IOMMU_HWPT_FAULT_ID_VALID))
		return iommufd_reject(ucmd, "flags",
				      "a nest parent cannot report faults",
				      -EOPNOTSUPP);
	return 0;
}

/* The page table is empty; nothing is left on failure. */
static struct iommufd_hw_pagetable *
hwpt_make_paging(struct iommufd_ucmd *ucmd, struct iommufd_device *idev,
		 struct iommufd_ioas *ioas, const struct iommu_user_data *data)
{
	struct iommu_hwpt_alloc *cmd = ucmd->cmd;
	struct iommufd_hwpt_paging_args args = {
		.ioas = ioas,
		.dev = idev->dev,
		.flags = cmd->flags & ~IOMMU_HWPT_FAULT_ID_VALID,
		.data = data,
	};
	struct iommufd_hwpt_paging *hwpt;
	int rc;

	rc = hwpt_check_paging_flags(ucmd, idev->dev);
	if (rc)
		return ERR_PTR(rc);
	hwpt = iommufd_hwpt_paging_new(ucmd->ictx, &args, &ucmd->why);
	return IS_ERR(hwpt) ? ERR_CAST(hwpt) : &hwpt->common;
}

static struct iommufd_hw_pagetable *
hwpt_make_nested(struct iommufd_ucmd *ucmd, struct iommufd_device *idev,
		 struct iommufd_object *parent,
		 const struct iommu_user_data *data)
{
	struct iommu_hwpt_alloc *cmd = ucmd->cmd;
	struct iommufd_hwpt_nested_args args = {
		.dev = idev->dev,
		.flags = cmd->flags & ~IOMMU_HWPT_FAULT_ID_VALID,
		.data = data,
	};
	struct iommufd_hwpt_nested *hwpt;

	if (!idev->dev->iommu)
		return ERR_PTR(iommufd_reject(ucmd, "dev_id",
					      "the device has no IOMMU",
					      -EOPNOTSUPP));
	if (parent->type == IOMMUFD_OBJ_VIOMMU) {
		args.viommu = to_viommu(parent);
		args.parent = args.viommu->hwpt;
	} else {
		args.parent = to_hwpt_paging(to_hwpt(parent));
	}
	hwpt = iommufd_hwpt_nested_new(ucmd->ictx, &args, &ucmd->why);
	return IS_ERR(hwpt) ? ERR_CAST(hwpt) : &hwpt->common;
}

static struct iommufd_hw_pagetable *
hwpt_make_under(struct iommufd_ucmd *ucmd, struct iommufd_device *idev,
		struct iommufd_object *parent,
		const struct iommu_user_data *data)
{
	if (!data->len)
		data = NULL;

	switch (parent->type) {
	case IOMMUFD_OBJ_IOAS:
		return hwpt_make_paging(ucmd, idev, to_ioas(parent), data);
	case IOMMUFD_OBJ_HWPT_PAGING:
	case IOMMUFD_OBJ_VIOMMU:
		return hwpt_make_nested(ucmd, idev, parent, data);
	default:
		return ERR_PTR(iommufd_reject(ucmd, "pt_id",
					      "a hwpt cannot be made over an object of this type",
					      -EINVAL));
	}
}

/* The part that needs the device: nothing in it waits for user space. */
static struct iommufd_hw_pagetable *
hwpt_make(struct iommufd_ucmd *ucmd, const struct iommu_user_data *data)
{
	struct iommu_hwpt_alloc *cmd = ucmd->cmd;

	struct iommufd_object *dev_obj __free(iommufd_put) =
		iommufd_ucmd_get(ucmd, "dev_id", cmd->dev_id,
				 IOMMUFD_OBJ_DEVICE);
	if (IS_ERR(dev_obj))
		return ERR_CAST(dev_obj);
	iommufd_why_device(&ucmd->why, to_device(dev_obj)->dev);
	if (!to_device(dev_obj)->dev->iommu &&
	    (cmd->flags || cmd->data_type != IOMMU_HWPT_DATA_NONE))
		return ERR_PTR(iommufd_reject(ucmd, "dev_id",
					      "the device has no IOMMU: its hwpts take neither flags nor data",
					      -EOPNOTSUPP));

	struct iommufd_object *parent __free(iommufd_put) =
		iommufd_object_get(ucmd->ictx, cmd->pt_id, IOMMUFD_OBJ_ANY);
	if (IS_ERR(parent))
		return ERR_PTR(iommufd_reject(ucmd, "pt_id",
					      "no object has this id",
					      -EINVAL));
	return hwpt_make_under(ucmd, to_device(dev_obj), parent, data);
}

/**
 * iommufd_hwpt_alloc_ioctl() - IOMMU_HWPT_ALLOC
 * @ucmd: the ioctl
 *
 * The device is in use while its driver makes the domain, and not while user
 * memory is faulted in, for the driver's data or for the pages of the IOAS.
 *
 * Context: may sleep.
 * Return: 0 with the hwpt as the ioctl's new object, or
 * EOPNOTSUPP: reserved fields, flags, data or a parent that cannot be served;
 * EINVAL: data type and length contradict each other, @pt_id names nothing
 * suitable, or the driver's smallest page is larger than PAGE_SIZE;
 * ENOENT: @dev_id is not a device or @fault_id not a fault queue;
 * EADDRINUSE: the IOAS maps what the page table cannot hold;
 * EFAULT, ENOMEM, EINTR; or what the driver says to its data.
 */
int iommufd_hwpt_alloc_ioctl(struct iommufd_ucmd *ucmd)
{
	struct iommu_hwpt_alloc *cmd = ucmd->cmd;
	struct iommufd_user_data user = {
		.data.type = cmd->data_type,
		.data.uptr = u64_to_user_ptr(cmd->data_uptr),
		.data.len = cmd->data_len,
	};
	struct iommufd_hw_pagetable *hwpt;
	int rc;

	rc = hwpt_alloc_check(ucmd);
	if (rc)
		return rc;

	while (IS_ERR(hwpt = hwpt_make(ucmd, &user.data))) {
		rc = PTR_ERR(hwpt);
		if (rc == -EFAULT)
			rc = iommufd_user_data_fault_in(ucmd, &user);
		if (rc)
			return rc;
	}
	if (hwpt->obj.type == IOMMUFD_OBJ_HWPT_PAGING) {
		rc = iommufd_hwpt_paging_fill(ucmd->ictx, to_hwpt_paging(hwpt),
					      &ucmd->why);
		if (rc)
			return rc;
	}
	return hwpt_alloc_done(ucmd, hwpt);
}
