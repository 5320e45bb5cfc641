// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is asked of a bound device.
 */
#include <linux/iommufd.h>

#include "device.h"

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
