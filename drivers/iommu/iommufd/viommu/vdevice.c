// SPDX-License-Identifier: GPL-2.0-only
/*
 * IOMMU_VDEVICE_ALLOC: the id of a device in a guest.
 *
 * Owns: &iommufd_viommu.vdevs and &iommufd_device.vdev. Both name a vdevice
 *	exactly while its driver's part is initialised and its retire hook has
 *	not run. The virtual id is taken until the driver's part is destroyed.
 * Locks: &device_group.lock -> the xa_lock of &iommufd_viommu.vdevs, under
 *	which drivers look devices up.
 */
#include <linux/cleanup.h>
#include <linux/iommu.h>
#include <linux/iommufd.h>

#include "../device/device.h"
#include "../hwpt/nested.h"
#include "../object/ctx.h"
#include "../object/ucmd.h"
#include "viommu.h"

static struct iommufd_vdevice *vdevice_alloc(struct iommufd_ucmd *ucmd,
					     struct iommufd_viommu *viommu)
{
	size_t size = viommu->ops->vdevice_size ?:
		      sizeof(struct iommufd_vdevice);
	struct iommu_vdevice_alloc *cmd = ucmd->cmd;
	struct iommufd_vdevice *vdev;
	struct iommufd_object *obj;

	if (WARN_ON_ONCE(size < sizeof(struct iommufd_vdevice)))
		return ERR_PTR(-EOPNOTSUPP);
	obj = iommufd_object_reserve(ucmd->ictx, size, IOMMUFD_OBJ_VDEVICE);
	if (IS_ERR(obj))
		return ERR_CAST(obj);
	vdev = to_vdevice(obj);
	vdev->virt_id = cmd->virt_id;
	vdev->viommu = viommu;
	return vdev;
}

static int vdevice_check_locked(struct iommufd_vdevice *vdev,
				struct iommufd_why *why)
{
	struct iommufd_device *idev = vdev->idev;

	lockdep_assert_held(&idev->dgroup->lock);
	if (idev->unbinding)
		return iommufd_refuse(why, "dev_id",
				      "the device is being unbound",
				      idev->obj.id, -ENOENT);
	if (idev->vdev)
		return iommufd_refuse(why, "dev_id",
				      "the device has a vdevice already (value: its id)",
				      idev->vdev->obj.id, -EEXIST);
	return 0;
}

/* The place of a vdevice among its siblings; lookups do not see it yet. */
static int vdevice_reserve_virt_id(struct iommufd_vdevice *vdev,
				   struct iommufd_why *why)
{
	int rc = xa_insert(&vdev->viommu->vdevs, vdev->virt_id, NULL,
			   GFP_KERNEL_ACCOUNT);

	if (rc == -EBUSY)
		return iommufd_refuse(why, "virt_id",
				      "another device of the vIOMMU has this id",
				      vdev->virt_id, -EEXIST);
	return rc;
}

static int vdevice_init(struct iommufd_vdevice *vdev, struct iommufd_why *why)
{
	const struct iommufd_viommu_ops *ops = vdev->viommu->ops;
	int rc;

	rc = vdevice_reserve_virt_id(vdev, why);
	if (rc || !ops->vdevice_init)
		return rc;
	rc = ops->vdevice_init(vdev);
	if (rc) {
		xa_release(&vdev->viommu->vdevs, vdev->virt_id);
		return iommufd_refuse(why, "virt_id",
				      "the IOMMU driver refuses the device or its id",
				      vdev->virt_id, rc);
	}
	return 0;
}

/* From success on the vdevice is alive; nothing has changed on failure. */
static int vdevice_connect(struct iommufd_ctx *ictx,
			   struct iommufd_vdevice *vdev,
			   struct iommufd_why *why)
{
	struct iommufd_device *idev = vdev->idev;
	int rc;

	guard(mutex)(&idev->dgroup->lock);
	rc = vdevice_check_locked(vdev, why);
	if (rc)
		return rc;
	rc = vdevice_init(vdev, why);
	if (rc)
		return rc;

	/* commit: nothing below can fail; the running use is the retire hook's */
	WARN_ON_ONCE(!iommufd_object_get_known(&idev->obj));
	xa_store(&vdev->viommu->vdevs, vdev->virt_id, vdev, GFP_KERNEL);
	idev->vdev = vdev;
	iommufd_object_publish(ictx, &vdev->obj);
	return 0;
}

/* Unbinding the device waits for this, not for who is running on @obj. */
static void vdevice_retire(struct iommufd_object *obj)
{
	struct iommufd_vdevice *vdev = to_vdevice(obj);
	struct xarray *vdevs = &vdev->viommu->vdevs;
	struct iommufd_device *idev = vdev->idev;

	scoped_guard(mutex, &idev->dgroup->lock) {
		/* the slot exists: storing the reservation cannot fail */
		xa_store(vdevs, vdev->virt_id, XA_ZERO_ENTRY, GFP_KERNEL);
		if (vdev->destroy)
			vdev->destroy(vdev);
		/* the driver is done: the id may mean another device now */
		xa_release(vdevs, vdev->virt_id);
		idev->vdev = NULL;
	}
	iommufd_object_put(&idev->obj);
}

static void vdevice_destroy(struct iommufd_object *obj)
{
	iommufd_object_release(&to_vdevice(obj)->viommu->obj);
}

const struct iommufd_object_ops iommufd_vdevice_object_ops = {
	.type = IOMMUFD_OBJ_VDEVICE,
	.name = "vdevice",
	.retire = vdevice_retire,
	.destroy = vdevice_destroy,
};

/*
 * The device that the ioctl names, with a running use. It is not kept over the
 * answer, and may be another one afterwards.
 */
static struct iommufd_object *vdevice_get_device(struct iommufd_ucmd *ucmd,
						 struct iommufd_viommu *viommu)
{
	struct iommu_vdevice_alloc *cmd = ucmd->cmd;

	struct iommufd_object *obj __free(iommufd_put) =
		device_get_translated(ucmd, cmd->dev_id);
	if (IS_ERR(obj))
		return no_free_ptr(obj);
	if (viommu->iommu_dev != __iommu_get_iommu_dev(to_device(obj)->dev))
		return ERR_PTR(iommufd_reject(ucmd, "dev_id",
					      "the device is not behind the physical IOMMU of the vIOMMU",
					      -EINVAL));
	return no_free_ptr(obj);
}

/*
 * Once connected it can be revoked at any time, so the answer is given before.
 * User space decides how long that takes: it keeps neither the device nor the
 * lock of its group.
 */
static int vdevice_answer(struct iommufd_ucmd *ucmd,
			  struct iommufd_vdevice *vdev)
{
	struct iommu_vdevice_alloc *cmd = ucmd->cmd;
	int rc;

	cmd->out_vdevice_id = vdev->obj.id;
	rc = iommufd_ucmd_respond(ucmd);
	if (rc)
		return rc;

	struct iommufd_object *obj __free(iommufd_put) =
		vdevice_get_device(ucmd, vdev->viommu);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	vdev->idev = to_device(obj);
	return vdevice_connect(ucmd->ictx, vdev, &ucmd->why);
}

static int vdevice_new(struct iommufd_ucmd *ucmd, struct iommufd_viommu *viommu)
{
	struct iommufd_vdevice *vdev;
	int rc;

	vdev = vdevice_alloc(ucmd, viommu);
	if (IS_ERR(vdev))
		return PTR_ERR(vdev);
	if (!iommufd_object_hold(&viommu->obj)) {
		rc = iommufd_refuse(&ucmd->why, "viommu_id",
				    "the vIOMMU is being destroyed",
				    viommu->obj.id, -ENOENT);
		goto undo_alloc;
	}
	rc = vdevice_answer(ucmd, vdev);
	if (!rc)
		return 0;

	iommufd_object_release(&viommu->obj);
undo_alloc:
	iommufd_object_abort(ucmd->ictx, &vdev->obj);
	return rc;
}

/**
 * iommufd_vdevice_alloc_ioctl() - IOMMU_VDEVICE_ALLOC
 * @ucmd: the ioctl
 *
 * Context: may sleep; takes the lock of the device's group.
 * Return: 0, or
 * EINVAL: @virt_id does not fit the kernel's unsigned long, or the device is
 * behind another physical IOMMU than the vIOMMU;
 * ENOENT: no such vIOMMU or device, or the device is being unbound;
 * EEXIST: the device has a vdevice, or the vIOMMU one of this id;
 * EFAULT, ENOMEM, or what the driver says.
 */
int iommufd_vdevice_alloc_ioctl(struct iommufd_ucmd *ucmd)
{
	struct iommu_vdevice_alloc *cmd = ucmd->cmd;
	struct iommufd_object *dev_obj;

	if (cmd->virt_id > ULONG_MAX)
		return iommufd_refuse(&ucmd->why, "virt_id",
				      "wider than this kernel's unsigned long",
				      cmd->virt_id, -EINVAL);

	struct iommufd_object *viommu_obj __free(iommufd_put) =
		iommufd_ucmd_get(ucmd, "viommu_id", cmd->viommu_id,
				 IOMMUFD_OBJ_VIOMMU);
	if (IS_ERR(viommu_obj))
		return PTR_ERR(viommu_obj);

	/* what is wrong with the device is said before anything is answered */
	dev_obj = vdevice_get_device(ucmd, to_viommu(viommu_obj));
	if (IS_ERR(dev_obj))
		return PTR_ERR(dev_obj);
	iommufd_object_put(dev_obj);
	return vdevice_new(ucmd, to_viommu(viommu_obj));
}
