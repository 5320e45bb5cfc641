/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mock as a driver of virtual IOMMUs.
 */
#ifndef __IOMMUFD_MOCK_VIOMMU_H
#define __IOMMUFD_MOCK_VIOMMU_H

#include <linux/iommu.h>

size_t mock_get_viommu_size(struct device *dev, enum iommu_viommu_type type);
int mock_viommu_init(struct iommufd_viommu *viommu,
		     struct iommu_domain *parent_domain,
		     const struct iommu_user_data *user_data);

#endif
