/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A translation that is in force for a group: what the iommu core, the way of
 * page faults and software MSI find behind an attach handle.
 */
#ifndef __IOMMUFD_DEVICE_ATTACHMENT_H
#define __IOMMUFD_DEVICE_ATTACHMENT_H

#include <linux/iommu.h>

#include "group.h"

/**
 * struct device_attachment - one translation that is in force
 * @handle: the iommu core's name for it; found by iommu_attach_handle_get()
 * @dgroup: the group that translates; constant
 * @pasid: with which PASID, or IOMMU_NO_PASID; constant
 * @hwpt: what it translates through, and the queue of its page faults;
 *	constant, one dependency
 * @rcu: an IOMMU driver may look which domain @handle is for when it goes
 *
 * A replace makes a second one: the core keeps the old handle until the new
 * one is in place, so that a failure leaves the old in force.
 */
struct device_attachment {
	struct iommu_attach_handle handle;
	struct device_group *dgroup;
	ioasid_t pasid;
	struct iommufd_hw_pagetable *hwpt;
	struct rcu_head rcu;
};

static inline struct device_attachment *
to_attachment(struct iommu_attach_handle *handle)
{
	return container_of(handle, struct device_attachment, handle);
}

struct device_attachment *device_attachment_alloc(struct device_group *dgroup,
						  ioasid_t pasid,
						  struct iommufd_hw_pagetable *hwpt,
						  struct iommufd_why *why);
void device_attachment_free(struct device_attachment *attachment);

#endif
