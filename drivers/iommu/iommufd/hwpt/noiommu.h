/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page tables of devices that have no IOMMU.
 *
 * No hardware reads such a table. It makes an IOAS pin and keep what it maps,
 * so that user space can ask for the physical address behind an IOVA and
 * program the device with that.
 */
#ifndef __IOMMUFD_HWPT_NOIOMMU_H
#define __IOMMUFD_HWPT_NOIOMMU_H

#include <linux/err.h>

#include "../object/ucmd.h"
#include "paging.h"

#ifdef CONFIG_IOMMUFD_NOIOMMU
struct iommu_domain *
hwpt_noiommu_domain_alloc(const struct iommufd_hwpt_paging_args *args);
bool iommufd_hwpt_is_noiommu(const struct iommufd_hw_pagetable *hwpt);
int iommufd_noiommu_get_pa_ioctl(struct iommufd_ucmd *ucmd);
#else
static inline struct iommu_domain *
hwpt_noiommu_domain_alloc(const struct iommufd_hwpt_paging_args *args)
{
	return ERR_PTR(-EOPNOTSUPP);
}

static inline bool
iommufd_hwpt_is_noiommu(const struct iommufd_hw_pagetable *hwpt)
{
	return false;
}

static inline int iommufd_noiommu_get_pa_ioctl(struct iommufd_ucmd *ucmd)
{
	return iommufd_reject(ucmd, "ioctl",
			      "the kernel is built without CONFIG_IOMMUFD_NOIOMMU",
			      -EOPNOTSUPP);
}
#endif

#endif
