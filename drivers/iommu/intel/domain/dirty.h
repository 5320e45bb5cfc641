/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Dirty tracking: the unit marks second-stage entries of pages that devices write to.
 */
#ifndef VTD_DOMAIN_DIRTY_H
#define VTD_DOMAIN_DIRTY_H

struct iommu_dirty_ops;

extern const struct iommu_dirty_ops vtd_dirty_ops;

#endif
