// SPDX-License-Identifier: GPL-2.0-only
/*
 * IOMMU_VIOMMU_ALLOC
 *
 * Owns: the core's part of struct iommufd_viommu.
 * Calls: the IOMMU driver, whose struct embeds ours.
 */
#include <linux/cleanup.h>
#include <linux/iommu.h>
#include <linux/iommufd.h>
#include <linux/kernel.h>
#include <linux/uaccess.h>

#include "../../iommu-priv.h"
#include "../device/device.h"
#include "../hwpt/nested.h"
#include "../object/ctx.h"
#include "../object/ucmd.h"
#include "../object/user_data.h"
#include "viommu.h"

static int viommu_check(struct iommufd_ucmd *ucmd)
{
	struct iommu_viommu_alloc *cmd = ucmd->cmd;

	if (cmd->flags)
		return iommufd_reject_flags(ucmd);
	if (cmd->__reserved)
		return iommufd_reject_reserved(ucmd);
	if (cmd->type == IOMMU_VIOMMU_TYPE_DEFAULT)
		return iommufd_reject(ucmd, "type",
				      "a type has to be chosen", -EOPNOTSUPP);
	return 0;
}

/* Return: bytes of the driver's struct, or a negative errno. */
static ssize_t viommu_size(struct iommufd_ucmd *ucmd, struct device *dev)
{
	struct iommu_viommu_alloc *cmd = ucmd->cmd;
	const struct iommu_ops *ops = dev_iommu_ops(dev);
	size_t size = 0;

	if (ops->get_viommu_size && ops->viommu_init)
		size = ops->get_viommu_size(dev, cmd->type);
	if (!size)
		return iommufd_refuse(&ucmd->why, "type",
				      "the IOMMU driver has no vIOMMU of this type",
				      cmd->type, -EOPNOTSUPP);
	if (WARN_ON_ONCE(size < sizeof(struct iommufd_viommu)))
		return -EOPNOTSUPP;
	return size;
}

static int viommu_check_parent(struct iommufd_ucmd *ucmd, struct device *dev,
			       struct iommufd_hwpt_paging *parent)
{
	u32 id = parent->common.obj.id;

	if (!parent->nest_parent)
		return iommufd_refuse(&ucmd->why, "hwpt_id",
				      "the hwpt was not allocated with IOMMU_HWPT_ALLOC_NEST_PARENT",
				      id, -EINVAL);
	/* a driver would take the domain for one of its own */
	if (parent->common.domain->owner != dev_iommu_ops(dev))
		return iommufd_refuse(&ucmd->why, "hwpt_id",
				      "the hwpt belongs to another IOMMU driver than the device's",
				      id, -EINVAL);
	return 0;
}

static int viommu_init(struct iommufd_ucmd *ucmd, struct iommufd_viommu *viommu,
		       struct device *dev, const struct iommu_user_data *data)
{
	int rc;

	/* the device is kept meanwhile: see user_data.h */
	pagefault_disable();
	rc = dev_iommu_ops(dev)->viommu_init(viommu,
					     viommu->hwpt->common.domain,
					     data->len ? data : NULL);
	pagefault_enable();
	if (rc)
		return iommufd_refuse(&ucmd->why, "data_uptr",
				      "the IOMMU driver refuses the vIOMMU or its data (value: the type)",
				      data->type, rc);
	return WARN_ON_ONCE(!viommu->ops) ? -EOPNOTSUPP : 0;
}

/* The new object is the ioctl's; nothing is left on failure. */
static int viommu_new(struct iommufd_ucmd *ucmd, struct device *dev,
		      struct iommufd_hwpt_paging *parent, size_t size,
		      const struct iommu_user_data *data)
{
	struct iommu_viommu_alloc *cmd = ucmd->cmd;
	struct iommufd_object *obj;
	struct iommufd_viommu *viommu;
	int rc;

	obj = iommufd_object_reserve(ucmd->ictx, size, IOMMUFD_OBJ_VIOMMU);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	viommu = to_viommu(obj);
	viommu->ictx = ucmd->ictx;
	/* a physical IOMMU does not go away while the module of its driver is */
	viommu->iommu_dev = __iommu_get_iommu_dev(dev);
	viommu->hwpt = parent;
	viommu->type = cmd->type;
	xa_init_flags(&viommu->vdevs, XA_FLAGS_ACCOUNT);
	INIT_LIST_HEAD(&viommu->veventqs);
	init_rwsem(&viommu->veventqs_rwsem);

	if (!iommufd_object_hold(&parent->common.obj)) {
		rc = iommufd_refuse(&ucmd->why, "hwpt_id",
				    "the hwpt is being destroyed",
				    parent->common.obj.id, -ENOENT);
		goto undo_reserve;
	}
	rc = viommu_init(ucmd, viommu, dev, data);
	if (rc)
		goto undo_hold;

	/* commit: the dispatcher destroys the object if it cannot answer */
	cmd->out_viommu_id = obj->id;
	ucmd->new_obj = obj;
	return 0;

undo_hold:
	iommufd_object_release(&parent->common.obj);
undo_reserve:
	iommufd_object_abort(ucmd->ictx, obj);
	return rc;
}

static void viommu_destroy(struct iommufd_object *obj)
{
	struct iommufd_viommu *viommu = to_viommu(obj);

	if (viommu->ops->destroy)
		viommu->ops->destroy(viommu);
	WARN_ON_ONCE(!xa_empty(&viommu->vdevs));
	xa_destroy(&viommu->vdevs);
	iommufd_object_release(&viommu->hwpt->common.obj);
}

const struct iommufd_object_ops iommufd_viommu_object_ops = {
	.type = IOMMUFD_OBJ_VIOMMU,
	.name = "viommu",
	.destroy = viommu_destroy,
};

/* The part that needs the device: nothing in it waits for user space. */
static int viommu_make(struct iommufd_ucmd *ucmd,
		       const struct iommu_user_data *data)
{
	struct iommu_viommu_alloc *cmd = ucmd->cmd;
	struct iommufd_hwpt_paging *parent;
	struct device *dev;
	ssize_t size;
	int rc;

	struct iommufd_object *dev_obj __free(iommufd_put) =
		device_get_translated(ucmd, cmd->dev_id);
	if (IS_ERR(dev_obj))
		return PTR_ERR(dev_obj);
	dev = to_device(dev_obj)->dev;
	size = viommu_size(ucmd, dev);
	if (size < 0)
		return size;

	struct iommufd_object *hwpt_obj __free(iommufd_put) =
		iommufd_ucmd_get(ucmd, "hwpt_id", cmd->hwpt_id,
				 IOMMUFD_OBJ_HWPT_PAGING);
	if (IS_ERR(hwpt_obj))
		return PTR_ERR(hwpt_obj);
	parent = to_hwpt_paging(to_hwpt(hwpt_obj));
	rc = viommu_check_parent(ucmd, dev, parent);
	if (rc)
		return rc;
	return viommu_new(ucmd, dev, parent, size, data);
}

/**
 * iommufd_viommu_alloc_ioctl() - IOMMU_VIOMMU_ALLOC
 * @ucmd: the ioctl
 *
 * The device is in use while its driver makes the vIOMMU, and not while the
 * driver's data is faulted in.
 *
 * Context: may sleep.
 * Return: 0 with the vIOMMU as the ioctl's new object, or
 * EOPNOTSUPP: flags, the reserved field, no type, or one that the driver does
 * not have;
 * ENOENT: @dev_id is not a device or @hwpt_id not a paging hwpt;
 * EINVAL: the hwpt is no nest parent, or another driver's;
 * EFAULT, ENOMEM, EINTR, or what the driver says to its data.
 */
int iommufd_viommu_alloc_ioctl(struct iommufd_ucmd *ucmd)
{
	struct iommu_viommu_alloc *cmd = ucmd->cmd;
	struct iommufd_user_data user = {
		.data.type = cmd->type,
		.data.uptr = u64_to_user_ptr(cmd->data_uptr),
		.data.len = cmd->data_len,
	};
	int rc;

	rc = viommu_check(ucmd);
	if (rc)
		return rc;
	while ((rc = viommu_make(ucmd, &user.data)) == -EFAULT) {
		rc = iommufd_user_data_fault_in(ucmd, &user);
		if (rc)
			return rc;
	}
	return rc;
}
