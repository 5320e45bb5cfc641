/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Software MSI windows, for hardware that translates MSI writes (Arm).
 *
 *	device --write--> sw_msi_start + pgoff pages --(domain)--> msi_addr
 *
 * A device group has a window of IOVA for that. Each doorbell page gets the
 * same place in the window in all page tables of the context, so that moving a
 * group from one page table to another does not disturb its interrupts.
 */
#ifndef __IOMMUFD_HWPT_SW_MSI_H
#define __IOMMUFD_HWPT_SW_MSI_H

#include <linux/errno.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/types.h>

#include "../object/ctx.h"

struct iommufd_hwpt_paging;

/**
 * struct iommufd_sw_msi_map - a doorbell page and its place in a window
 * @item: on &iommufd_ctx.sw_msi_list
 * @sw_msi_start: IOVA of the window
 * @msi_addr: physical address of the page
 * @pgoff: its page in the window
 * @id: number in the context, bit in &iommufd_hwpt_paging.sw_msi_present
 *
 * All constant once listed; listed until the context is freed.
 */
struct iommufd_sw_msi_map {
	struct list_head item;
	phys_addr_t sw_msi_start;
	phys_addr_t msi_addr;
	unsigned int pgoff;
	unsigned int id;
};

/**
 * iommufd_sw_msi_iova() - where a doorbell page is for devices
 * @map: the page and its place
 *
 * Context: any.
 * Return: its IOVA.
 */
static inline unsigned long
iommufd_sw_msi_iova(const struct iommufd_sw_msi_map *map)
{
	return map->sw_msi_start + ((unsigned long)map->pgoff << PAGE_SHIFT);
}

#if IS_ENABLED(CONFIG_IRQ_MSI_IOMMU)
int iommufd_sw_msi_install(struct iommufd_ctx *ictx,
			   struct iommufd_hwpt_paging *hwpt,
			   struct iommufd_sw_msi_map *map);
#else
static inline int iommufd_sw_msi_install(struct iommufd_ctx *ictx,
					 struct iommufd_hwpt_paging *hwpt,
					 struct iommufd_sw_msi_map *map)
{
	return -EOPNOTSUPP;
}
#endif

/**
 * iommufd_sw_msi_free() - forget the MSI pages of a context
 * @ictx: the context; no device is bound to it any more
 *
 * Context: any.
 */
static inline void iommufd_sw_msi_free(struct iommufd_ctx *ictx)
{
	struct iommufd_sw_msi_map *map, *next;

	list_for_each_entry_safe(map, next, &ictx->sw_msi_list, item)
		kfree(map);
	INIT_LIST_HEAD(&ictx->sw_msi_list);
	ictx->sw_msi_count = 0;
}

#endif
