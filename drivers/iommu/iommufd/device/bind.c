// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices: bound by their driver, gone when it unbinds them.
 *
 * Owns: DMA ownership of the iommu group on behalf of the context.
 */
#include <linux/iommufd.h>
#include <linux/module.h>

#include "../object/ctx.h"
#include "bind.h"
#include "fault.h"
#include "slot.h"

static bool allow_unsafe_interrupts;
module_param(allow_unsafe_interrupts, bool, 0644);
MODULE_PARM_DESC(allow_unsafe_interrupts,
		 "Bind devices although their MSI writes are not isolated: user space can then inject interrupts that are not its own");

/* A vdevice has a running use of its device, which would wait for ever. */
static void device_object_retire(struct iommufd_object *obj)
{
	struct iommufd_device *idev = to_device(obj);
	struct iommufd_vdevice *vdev;

	scoped_guard(mutex, &idev->dgroup->lock) {
		idev->unbinding = true;
		vdev = idev->vdev;
		/* it is idle only after it has left @idev under this lock */
		if (vdev && WARN_ON_ONCE(!iommufd_object_get_known(&vdev->obj)))
			vdev = NULL;
	}
	if (vdev)
		iommufd_object_revoke(idev->ictx, &vdev->obj);
}

/* Its group may translate on for others: no fault of the device stays in a queue. */
static void device_leave_group(struct iommufd_device *idev)
{
	struct device_group *dgroup = idev->dgroup;
	struct device_slot *slot;
	unsigned long pasid;

	scoped_guard(mutex, &dgroup->fault_lock) {
		xa_lock(&idev->ictx->groups);
		list_del(&idev->bound_item);
		xa_unlock(&idev->ictx->groups);
	}
	guard(mutex)(&dgroup->lock);
	xa_for_each(&dgroup->slots, pasid, slot)
		device_fault_answer(slot->attachment, idev->dev);
}

static void device_object_destroy(struct iommufd_object *obj)
{
	struct iommufd_device *idev = to_device(obj);

	device_leave_group(idev);
	if (!device_group_is_noiommu(idev->dgroup))
		iommu_device_release_dma_owner(idev->dev);
	device_group_put(idev->dgroup);
}

const struct iommufd_object_ops iommufd_device_object_ops = {
	.type = IOMMUFD_OBJ_DEVICE,
	.name = "device",
	.retire = device_object_retire,
	.destroy = device_object_destroy,
};

/*
 * Without isolation a device can write any interrupt message, so whoever
 * programs it can reach CPUs and handlers that are not its own.
 */
static int device_check_msi(struct iommufd_device *idev,
			    struct iommufd_why *why)
{
	if (iommu_group_has_isolated_msi(idev->dgroup->group))
		return 0;
	if (!allow_unsafe_interrupts)
		return iommufd_refuse(why, "device",
				      "its interrupts are not isolated by the platform and allow_unsafe_interrupts is off",
				      0, -EPERM);
	dev_warn(idev->dev,
		 "iommufd: bound without isolated interrupts, as allow_unsafe_interrupts demands\n");
	return 0;
}

static int device_claim_dma(struct iommufd_device *idev,
			    struct iommufd_why *why)
{
	int rc;

	if (!device_iommu_capable(idev->dev, IOMMU_CAP_CACHE_COHERENCY))
		return iommufd_refuse(why, "device",
				      "its IOMMU cannot make DMA coherent with the CPU caches",
				      0, -EINVAL);
	rc = device_check_msi(idev, why);
	if (rc)
		return rc;

	rc = iommu_device_claim_dma_owner(idev->dev, idev->ictx);
	if (rc)
		iommufd_refuse(why, "device",
			       "its iommu group is in use by somebody else",
			       idev->dgroup->id, rc);
	return rc;
}

/* On failure nothing of the group or the DMA ownership is left. */
static int device_claim(struct iommufd_device *idev, struct iommufd_why *why)
{
	struct device_group *dgroup;
	int rc;

	dgroup = device_group_get(idev->ictx, idev->dev, why);
	if (IS_ERR(dgroup))
		return PTR_ERR(dgroup);
	idev->dgroup = dgroup;

	/* DMA that nothing translates has no owner; VFIO asked for RAWIO */
	if (device_group_is_noiommu(dgroup))
		return 0;
	rc = device_claim_dma(idev, why);
	if (rc)
		device_group_put(dgroup);
	return rc;
}

/**
 * device_bind() - bind without keeping the context alive
 * @ictx: the context
 * @dev: the device
 * @why: where the reason of a failure goes
 *
 * For an owner that is itself an object of the context: a reference would keep
 * the context, and so the owner, alive for ever. Undone by device_unbind().
 *
 * Context: may sleep.
 * Return: as iommufd_device_bind().
 */
struct iommufd_device *device_bind(struct iommufd_ctx *ictx,
				   struct device *dev, struct iommufd_why *why)
{
	struct iommufd_device *idev;
	int rc;

	idev = iommufd_object_new(ictx, idev, obj, IOMMUFD_OBJ_DEVICE);
	if (IS_ERR(idev))
		return idev;
	idev->ictx = ictx;
	idev->dev = dev;

	rc = device_claim(idev, why);
	if (rc) {
		iommufd_object_abort(ictx, &idev->obj);
		return ERR_PTR(rc);
	}

	/* commit: nothing below can fail; a dependency for the owner */
	xa_lock(&ictx->groups);
	list_add_tail(&idev->bound_item, &idev->dgroup->bound);
	xa_unlock(&ictx->groups);
	iommufd_object_hold(&idev->obj);
	iommufd_object_publish(ictx, &idev->obj);
	return idev;
}

/**
 * iommufd_device_bind() - put a physical device under a context
 * @ictx: the context
 * @dev: a device whose driver is probed and does no DMA on its own
 * @id: out: the id user space names the device by
 *
 * The context becomes the owner of the DMA of the whole iommu group, which is
 * blocked until the first attach. The driver ends this with
 * iommufd_device_unbind(). The caller keeps one device from being bound to
 * one context twice.
 *
 * Context: may sleep.
 * Return: the bound device, or ERR_PTR:
 * ENODEV: no IOMMU is in front of the device;
 * EINVAL: the IOMMU is not coherent with the CPU caches;
 * EPERM: interrupts are not isolated, or the group belongs to somebody else;
 * EBUSY: the group is in use with a domain of its own; ENOMEM.
 */
struct iommufd_device *iommufd_device_bind(struct iommufd_ctx *ictx,
					   struct device *dev, u32 *id)
{
	struct iommufd_why why = {};
	struct iommufd_device *idev;

	iommufd_why_device(&why, dev);
	idev = device_bind(ictx, dev, &why);
	if (IS_ERR(idev)) {
		iommufd_report_refusal("device_bind", 0, &why, PTR_ERR(idev));
		return idev;
	}
	iommufd_ctx_get(ictx);
	*id = idev->obj.id;
	return idev;
}
EXPORT_SYMBOL_NS_GPL(iommufd_device_bind, "IOMMUFD");

/**
 * device_unbind() - undo device_bind()
 * @idev: the bound device, detached; gone afterwards
 *
 * Waits for ioctls that use the device.
 *
 * Context: may sleep.
 */
void device_unbind(struct iommufd_device *idev)
{
	WARN_ON_ONCE(device_is_attached(idev));
	/* the PASIDs first, then what has none */
	while (device_is_attached(idev))
		iommufd_device_detach(idev, device_first_pasid(idev));
	iommufd_object_destroy_kernel(idev->ictx, &idev->obj);
}

/**
 * iommufd_device_unbind() - take a device away from its context
 * @idev: the bound device, detached; gone afterwards
 *
 * Waits for ioctls that use the device. The context may be freed.
 *
 * Context: may sleep.
 */
void iommufd_device_unbind(struct iommufd_device *idev)
{
	struct iommufd_ctx *ictx = idev->ictx;

	device_unbind(idev);
	iommufd_ctx_put(ictx);
}
EXPORT_SYMBOL_NS_GPL(iommufd_device_unbind, "IOMMUFD");
