/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Nested domains of the mock IOMMU: no tables at all, only the slots of a
 * pretended IOTLB that invalidations clear.
 */
#ifndef __IOMMUFD_MOCK_NESTED_H
#define __IOMMUFD_MOCK_NESTED_H

#include <linux/types.h>

struct device;
struct iommu_domain;
struct iommu_user_data;
struct iommufd_ucmd;
struct iommufd_viommu;

/* ops of the mock as an IOMMU driver */
struct iommu_domain *
mock_domain_alloc_nested(struct device *dev, struct iommu_domain *parent,
			 u32 flags, const struct iommu_user_data *user_data);
struct iommu_domain *
mock_viommu_alloc_domain_nested(struct iommufd_viommu *viommu, u32 flags,
				const struct iommu_user_data *user_data);

/* handler of a test op */
int mock_check_iotlb_op(struct iommufd_ucmd *ucmd);

#endif
