/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What first-stage and second-stage domains have in common.
 */
#ifndef VTD_DOMAIN_PAGING_H
#define VTD_DOMAIN_PAGING_H

#include "../device/device.h"

struct vtd_domain;
struct vtd_unit;

struct vtd_domain *vtd_paging_new(const struct vtd_unit *unit, bool first_stage);
void vtd_paging_free(struct iommu_domain *domain);
int vtd_paging_attach(struct iommu_domain *domain, struct device *dev,
		      struct iommu_domain *old);
int vtd_paging_set_pasid(struct iommu_domain *domain, struct device *dev,
			 ioasid_t pasid, struct iommu_domain *old);
void vtd_paging_sync(struct iommu_domain *domain, struct iommu_iotlb_gather *gather);
void vtd_paging_flush_all(struct iommu_domain *domain);

int vtd_first_check(const struct vtd_domain *domain, const struct vtd_unit *unit);
struct iommu_domain *vtd_first_alloc(struct vtd_unit *unit);
void vtd_first_describe(struct vtd_domain *domain, struct vtd_translation *how);
int vtd_second_check(const struct vtd_domain *domain, const struct vtd_unit *unit);
struct iommu_domain *vtd_second_alloc(struct vtd_unit *unit);
void vtd_second_describe(struct vtd_domain *domain, struct vtd_translation *how);

#endif
