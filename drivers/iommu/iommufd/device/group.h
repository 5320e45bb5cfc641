/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An iommu group as a context sees it: the unit of DMA isolation.
 *
 *	struct iommufd_device --+
 *	struct iommufd_device --+--> struct device_group --> slots: what is
 *	                              (one per ctx and       translated, see
 *	                               iommu group)          slot.h
 *
 * Every device of a group translates through the same hwpt.
 */
#ifndef __IOMMUFD_DEVICE_GROUP_H
#define __IOMMUFD_DEVICE_GROUP_H

#include <linux/iommu.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/xarray.h>

#include "../hwpt/paging.h"

/**
 * struct device_group - an iommu group within a context
 * @kref: one per bound device; the last one goes under the xa_lock of
 *	&iommufd_ctx.groups
 * @ictx: the context; constant
 * @group: the iommu group, referenced; NULL of a device without IOMMU, which
 *	has a struct of its own; constant
 * @id: key in &iommufd_ctx.groups, with a @group; constant
 * @lock: outermost lock of an attachment; guards what follows
 * @slots: xarray by PASID of struct device_slot: the DMA that is translated;
 *	the rest is blocked
 * @sw_msi_start: IOVA of the software MSI window, PHYS_ADDR_MAX if none; set
 *	at most once, before the hardware attach that needs it
 * @fault_lock: held while a fault is queued and while @bound becomes shorter: no
 *	fault of a device that has left comes into a queue; inside the IOMMU
 *	driver's locks
 * @bound: struct iommufd_device, all that are bound; under the xa_lock of
 *	&iommufd_ctx.groups, not under @lock
 * @sw_msi_required: bit n: a device of the group uses MSI page n of the
 *	context; under &iommufd_ctx.sw_msi_lock, not under @lock
 * @sw_msi_next: page table that the group is about to translate through: it
 *	gets the MSI pages that come meanwhile, too; or NULL; same lock
 */
struct device_group {
	struct kref kref;
	struct iommufd_ctx *ictx;
	struct iommu_group *group;
	unsigned int id;

	struct mutex lock;	/* guards the fields down to the empty line */
	struct xarray slots;
	phys_addr_t sw_msi_start;

	struct mutex fault_lock;	/* queueing a fault, against unbind */
	struct list_head bound;
	DECLARE_BITMAP(sw_msi_required, 64);
	struct iommufd_hwpt_paging *sw_msi_next;
};

/*
 * No IOMMU is in front of the device: it is programmed with physical addresses
 * (IOMMU_IOAS_NOIOMMU_GET_PA). An attachment means that memory stays pinned.
 */
static inline bool device_group_is_noiommu(const struct device_group *dgroup)
{
	return IS_ENABLED(CONFIG_IOMMUFD_NOIOMMU) && !dgroup->group;
}

struct device_group *device_group_get(struct iommufd_ctx *ictx,
				      struct device *dev,
				      struct iommufd_why *why);
void device_group_put(struct device_group *dgroup);

#endif
