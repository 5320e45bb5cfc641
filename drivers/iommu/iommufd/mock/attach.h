/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What mock devices and their PASIDs translate by.
 */
#ifndef __IOMMUFD_MOCK_ATTACH_H
#define __IOMMUFD_MOCK_ATTACH_H

#include <linux/iommu.h>

struct mock_device;

int mock_device_attach(struct mock_device *mdev, struct iommu_domain *domain,
		       struct iommu_domain *old);
int mock_device_set_pasid(struct mock_device *mdev, ioasid_t pasid,
			  struct iommu_domain *domain, struct iommu_domain *old);
void mock_device_forget_pasid(struct mock_device *mdev, ioasid_t pasid);

#endif
