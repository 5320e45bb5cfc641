/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef IOMMU_SELFTEST_REJECT_RECIPE_H
#define IOMMU_SELFTEST_REJECT_RECIPE_H

/* Documentation/userspace-api/iommufd/reasons.awk, ended by a zero. */
extern const char reasons_awk[];

#endif
