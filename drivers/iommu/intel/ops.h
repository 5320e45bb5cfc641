/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the IOMMU core calls.
 */
#ifndef VTD_OPS_H
#define VTD_OPS_H

struct iommu_ops;

extern const struct iommu_ops intel_iommu_ops;

#endif
