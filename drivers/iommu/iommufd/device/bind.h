/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Devices come to a context and leave it.
 */
#ifndef __IOMMUFD_DEVICE_BIND_H
#define __IOMMUFD_DEVICE_BIND_H

#include "device.h"

extern const struct iommufd_object_ops iommufd_device_object_ops;

struct iommufd_device *device_bind(struct iommufd_ctx *ictx,
				   struct device *dev,
				   struct iommufd_why *why);
void device_unbind(struct iommufd_device *idev);

#endif
