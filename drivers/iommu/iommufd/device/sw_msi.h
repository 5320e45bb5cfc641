/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Software MSI, the group's side: a page table has the doorbells before the
 * group moves to it.
 */
#ifndef __IOMMUFD_DEVICE_SW_MSI_H
#define __IOMMUFD_DEVICE_SW_MSI_H

#include "group.h"

#if IS_ENABLED(CONFIG_IRQ_MSI_IOMMU)
int device_sw_msi_prepare(struct device_group *dgroup,
			  struct iommufd_hw_pagetable *hwpt,
			  struct iommufd_why *why);
void device_sw_msi_done(struct device_group *dgroup);
#else
static inline int device_sw_msi_prepare(struct device_group *dgroup,
					struct iommufd_hw_pagetable *hwpt,
					struct iommufd_why *why)
{
	return 0;
}

static inline void device_sw_msi_done(struct device_group *dgroup)
{
}
#endif

#endif
