/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What /sys/class/iommu/dmar<n>/intel-iommu shows.
 */
#ifndef _VTD_DEBUG_SYSFS_H
#define _VTD_DEBUG_SYSFS_H

struct attribute_group;

/* For iommu_device_sysfs_add(), whose device has the vtd_unit's handle. */
extern const struct attribute_group *vtd_unit_groups[];

#endif
