/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Translations of an area: into one page table, and out of it.
 */
#ifndef __IOMMUFD_IOAS_INSTALL_H
#define __IOMMUFD_IOAS_INSTALL_H

struct ioas_area;
struct iommu_domain;
struct iommu_iotlb_gather;
struct iommufd_why;
struct iorange;

int ioas_area_install(struct ioas_area *area, struct iommu_domain *domain,
		      struct iommufd_why *why);
void ioas_areas_remove(const struct iorange *range, struct iommu_domain *domain,
		       struct iommu_iotlb_gather *gather);

#endif
