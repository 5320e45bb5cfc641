/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest changed, by the names that it knows.
 */
#ifndef VTD_GUEST_INVALIDATE_H
#define VTD_GUEST_INVALIDATE_H

struct iommu_user_data_array;
struct iommufd_viommu;

int vtd_viommu_invalidate(struct iommufd_viommu *viommu,
			  struct iommu_user_data_array *array);

#endif
