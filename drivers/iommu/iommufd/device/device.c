// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bound devices: looked up by ioctls, and what drivers ask of them.
 */
#include <linux/iommufd.h>

#include "device.h"

/**
 * device_get_translated() - look up a device that has an IOMMU
 * @ucmd: the ioctl; a refusal names the device from here on
 * @dev_id: its field of this name
 *
 * Context: any.
 * Return: the device, iommufd_object_put() it, or ERR_PTR: ENOENT: @dev_id is
 * not a device; EOPNOTSUPP: it has no IOMMU.
 */
struct iommufd_object *device_get_translated(struct iommufd_ucmd *ucmd,
					     u32 dev_id)
{
	struct iommufd_object *obj __free(iommufd_put) =
		iommufd_ucmd_get(ucmd, "dev_id", dev_id, IOMMUFD_OBJ_DEVICE);

	if (IS_ERR(obj))
		return no_free_ptr(obj);
	iommufd_why_device(&ucmd->why, to_device(obj)->dev);
	if (!to_device(obj)->dev->iommu)
		return ERR_PTR(iommufd_reject(ucmd, "dev_id",
					      "the device has no IOMMU",
					      -EOPNOTSUPP));
	return no_free_ptr(obj);
}

/**
 * iommufd_device_to_ictx() - the context of a bound device
 * @idev: the bound device
 *
 * Context: any.
 * Return: the context, valid until the device is unbound.
 */
struct iommufd_ctx *iommufd_device_to_ictx(struct iommufd_device *idev)
{
	return idev->ictx;
}
EXPORT_SYMBOL_NS_GPL(iommufd_device_to_ictx, "IOMMUFD");

/**
 * iommufd_device_to_id() - the id of a bound device
 * @idev: the bound device
 *
 * Context: any.
 * Return: the id in the device's context.
 */
u32 iommufd_device_to_id(struct iommufd_device *idev)
{
	return idev->obj.id;
}
EXPORT_SYMBOL_NS_GPL(iommufd_device_to_id, "IOMMUFD");
