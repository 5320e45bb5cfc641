/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * IOVA that a device cannot have translated.
 */
#ifndef __IOMMUFD_DEVICE_RESV_H
#define __IOMMUFD_DEVICE_RESV_H

#include "device.h"

int device_reserve_regions(struct iommufd_device *idev,
			   struct iommufd_ioas *ioas, struct iommufd_why *why);
void device_unreserve_regions(struct iommufd_device *idev,
			      struct iommufd_ioas *ioas);

#endif
