/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mapping many runs of memory at once.
 */
#ifndef VTD_DOMAIN_FILL_H
#define VTD_DOMAIN_FILL_H

struct iommu_bulk;
struct iommu_domain;

int vtd_domain_fill(struct iommu_domain *domain, const struct iommu_bulk *fill);

#endif
