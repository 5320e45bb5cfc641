/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Slots: the DMA of a group that translates as one. All DMA without a PASID is
 * one slot, that with a certain PASID is another.
 *
 *	struct device_group
 *	   slots: IOMMU_NO_PASID --> device_slot --> attachment --> hwpt
 *	                                 |              its handle and its faults
 *	          PASID 5 ---------> device_slot ...
 *	                                 |
 *	                                 +--> members: the devices that attached
 *
 * The iommu core attaches a slot for a whole group. So the first device that
 * attaches brings the translation into force, others join it, and the last one
 * that detaches blocks it.
 */
#ifndef __IOMMUFD_DEVICE_SLOT_H
#define __IOMMUFD_DEVICE_SLOT_H

#include <linux/list.h>

#include "attachment.h"
#include "device.h"

/**
 * struct device_member - a device that attached a slot
 * @item: on &device_slot.members
 * @idev: the device
 */
struct device_member {
	struct list_head item;
	struct iommufd_device *idev;
};

/**
 * struct device_slot - DMA of a group that translates as one
 * @pasid: which DMA: that with a PASID, or IOMMU_NO_PASID; constant
 * @attachment: what is in force
 * @members: struct device_member in the order of their attaches
 *
 * In &device_group.slots by @pasid, under &device_group.lock. Outside the lock
 * a slot has an attachment and at least one member.
 */
struct device_slot {
	ioasid_t pasid;
	struct device_attachment *attachment;
	struct list_head members;
};

/**
 * struct device_slot_ops - what differs between DMA with and without a PASID
 * @check: may a device attach @hwpt to the slot of @pasid
 * @reserve: keep an address space off what the device cannot translate, or
 *	NULL: nothing to reserve; undone by @unreserve
 * @unreserve: having reserved nothing is fine
 * @set: bring @next into force, in place of the slot's attachment if it has
 *	one; a failure leaves that in force
 * @clear: block the DMA; the attachment is still there
 *
 * All under &device_group.lock. @check, @reserve and @set refuse with a reason.
 */
struct device_slot_ops {
	int (*check)(struct iommufd_device *idev, ioasid_t pasid,
		     struct iommufd_hw_pagetable *hwpt,
		     struct iommufd_why *why);
	int (*reserve)(struct iommufd_device *idev, struct iommufd_ioas *ioas,
		       struct iommufd_why *why);
	void (*unreserve)(struct iommufd_device *idev,
			  struct iommufd_ioas *ioas);
	int (*set)(struct device_slot *slot, struct iommufd_device *idev,
		   struct device_attachment *next, struct iommufd_why *why);
	void (*clear)(struct device_slot *slot, struct iommufd_device *idev);
};

struct device_slot *device_slot_find_locked(struct device_group *dgroup,
					    ioasid_t pasid);
bool device_slot_has_locked(struct device_slot *slot,
			    struct iommufd_device *idev);
struct device_slot *device_slot_enter_locked(struct iommufd_device *idev,
					     ioasid_t pasid);
void device_slot_leave_locked(struct device_slot *slot,
			      struct iommufd_device *idev);
bool device_has_pasids_locked(struct device_group *dgroup);

bool device_is_attached(struct iommufd_device *idev);
ioasid_t device_first_pasid(struct iommufd_device *idev);
bool device_group_is_attached(struct device_group *dgroup);

/**
 * struct device_state - what a device is attached to
 * @hwpt_id: hwpt of its DMA without PASID, 0: it is blocked
 * @npasids: PASIDs that are attached
 */
struct device_state {
	u32 hwpt_id;
	unsigned int npasids;
};

int device_get_state(struct iommufd_device *idev, struct device_state *state);

#endif
