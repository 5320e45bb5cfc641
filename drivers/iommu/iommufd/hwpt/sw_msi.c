// SPDX-License-Identifier: GPL-2.0-only
/*
 * Software MSI: doorbell pages in a page table.
 *
 * Built into the kernel together with the IOMMU drivers: they get here when an
 * interrupt is set up. So it calls nothing of the module.
 *
 * Owns: &iommufd_hwpt_paging.sw_msi_present.
 * Locks: &iommufd_ctx.sw_msi_lock, held by the caller.
 */
#include <linux/export.h>
#include <linux/iommu.h>

#include "paging.h"
#include "sw_msi.h"

/**
 * iommufd_sw_msi_install() - map a doorbell page into a page table
 * @ictx: the context
 * @hwpt: page table of the context
 * @map: on &iommufd_ctx.sw_msi_list
 *
 * Context: may sleep; holds @ictx->sw_msi_lock.
 * Return: 0, also when it is mapped already, or iommu_map()'s errno.
 */
int iommufd_sw_msi_install(struct iommufd_ctx *ictx,
			   struct iommufd_hwpt_paging *hwpt,
			   struct iommufd_sw_msi_map *map)
{
	int rc;

	lockdep_assert_held(&ictx->sw_msi_lock);

	if (test_bit(map->id, hwpt->sw_msi_present))
		return 0;

	rc = iommu_map(hwpt->common.domain, iommufd_sw_msi_iova(map),
		       map->msi_addr, PAGE_SIZE,
		       IOMMU_WRITE | IOMMU_READ | IOMMU_MMIO,
		       GFP_KERNEL_ACCOUNT);
	if (!rc)
		__set_bit(map->id, hwpt->sw_msi_present);
	return rc;
}
EXPORT_SYMBOL_NS_GPL(iommufd_sw_msi_install, "IOMMUFD_INTERNAL");
