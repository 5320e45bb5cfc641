// SPDX-License-Identifier: GPL-2.0-only
/*
 * Software MSI, the group's side. Built where hardware translates MSI writes.
 *
 * Locks: device_group.lock -> iommufd_ctx.sw_msi_lock
 */
#include <linux/list.h>

#include "../hwpt/nested.h"
#include "../hwpt/sw_msi.h"
#include "../object/ctx.h"
#include "sw_msi.h"

/**
 * device_sw_msi_prepare() - map the doorbells of a group into a page table
 * @dgroup: the group; its window is known
 * @hwpt: page table the group is about to translate through
 * @why: where the reason of a failure goes
 *
 * Interrupts that are set up already keep the IOVA their devices were told.
 * From here to device_sw_msi_done() those that are set up meanwhile are mapped
 * in @hwpt as well as in what is in force. What was mapped stays when the attach
 * fails: it is only reachable through the window, which no map of an attached
 * IOAS can use.
 *
 * Context: may sleep; under @dgroup->lock; takes &iommufd_ctx.sw_msi_lock.
 * Return: 0, or iommu_map()'s errno, and then device_sw_msi_done() is not due.
 */
int device_sw_msi_prepare(struct device_group *dgroup,
			  struct iommufd_hw_pagetable *hwpt,
			  struct iommufd_why *why)
{
	struct iommufd_ctx *ictx = dgroup->ictx;
	struct iommufd_sw_msi_map *map;
	int rc;

	lockdep_assert_held(&dgroup->lock);

	if (dgroup->sw_msi_start == PHYS_ADDR_MAX)
		return 0;

	guard(mutex)(&ictx->sw_msi_lock);
	list_for_each_entry(map, &ictx->sw_msi_list, item) {
		if (map->sw_msi_start != dgroup->sw_msi_start ||
		    !test_bit(map->id, dgroup->sw_msi_required))
			continue;
		rc = iommufd_sw_msi_install(ictx, iommufd_hwpt_host(hwpt), map);
		if (rc)
			return iommufd_refuse(why, "pt_id",
					      "an interrupt doorbell of the device cannot be mapped (value: its address)",
					      map->msi_addr, rc);
	}
	dgroup->sw_msi_next = iommufd_hwpt_host(hwpt);
	return 0;
}

/**
 * device_sw_msi_done() - the group translates through the page table, or not
 * @dgroup: the group
 *
 * Context: may sleep; under @dgroup->lock; takes &iommufd_ctx.sw_msi_lock.
 */
void device_sw_msi_done(struct device_group *dgroup)
{
	lockdep_assert_held(&dgroup->lock);
	guard(mutex)(&dgroup->ictx->sw_msi_lock);
	dgroup->sw_msi_next = NULL;
}
