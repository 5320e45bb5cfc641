/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the IOMMU core and /dev/iommu call.
 */
#ifndef VTD_OPS_H
#define VTD_OPS_H

struct iommu_bulk_ops;
struct iommu_ops;

extern const struct iommu_ops intel_iommu_ops;
extern const struct iommu_bulk_ops vtd_bulk_ops;

#endif
