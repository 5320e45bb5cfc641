/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A user's table changed, and the user says where.
 */
#ifndef VTD_DOMAIN_INVALIDATE_H
#define VTD_DOMAIN_INVALIDATE_H

struct iommu_domain;
struct iommu_user_data_array;

int vtd_domain_invalidate_user(struct iommu_domain *domain,
			       struct iommu_user_data_array *array);

#endif
