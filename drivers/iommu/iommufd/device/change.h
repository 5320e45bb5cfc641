/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A change of what a device translates through, as one transaction on a slot.
 *
 *	run():	check    is it allowed, how far does it reach
 *		acquire  everything that can fail; the IOMMU driver comes last
 *		commit   nothing can fail
 *	finish(): let go of what the change left over
 *
 * Until commit the old translation is in force and the IOAS behind it knows
 * the device's reserved regions.
 *
 * finish() is a step of its own because it may destroy an automatic hwpt,
 * which waits for ioctls that run on it: the caller must have dropped the
 * group's lock and its own running use of any hwpt before.
 */
#ifndef __IOMMUFD_DEVICE_CHANGE_H
#define __IOMMUFD_DEVICE_CHANGE_H

#include "slot.h"

enum device_change_op {
	DEVICE_CHANGE_ATTACH,
	DEVICE_CHANGE_REPLACE,
	DEVICE_CHANGE_DETACH,
};

/**
 * enum device_change_reach - how far a change goes
 * @DEVICE_CHANGE_NONE: things are as demanded already
 * @DEVICE_CHANGE_MEMBER: one device joins or leaves, the slot's translation
 *	stays
 * @DEVICE_CHANGE_GROUP: the slot's translation changes, for all of the group
 */
enum device_change_reach {
	DEVICE_CHANGE_NONE,
	DEVICE_CHANGE_MEMBER,
	DEVICE_CHANGE_GROUP,
};

/**
 * struct device_change - one attach, replace or detach
 * @idev: the device
 * @op: what to do
 * @pasid: which DMA of it: that with a PASID, or IOMMU_NO_PASID
 * @target: hwpt to translate through; unused for a detach. The caller keeps
 *	it alive until device_change_run() returns.
 * @why: where the reason of a failure goes
 * @ops: those of the slot, found by the check, as the next four
 * @slot: what changes; NULL until an attach made it
 * @reach: how far
 * @from: address space that the devices that change translate into, or NULL
 * @to: address space that they shall translate into, or NULL
 * @next: made by acquire, in force after commit
 * @spent: left over, for device_change_finish()
 *
 * The caller fills the first five, the rest starts as zero.
 */
struct device_change {
	struct iommufd_device *idev;
	enum device_change_op op;
	ioasid_t pasid;
	struct iommufd_hw_pagetable *target;
	struct iommufd_why *why;

	const struct device_slot_ops *ops;
	struct device_slot *slot;
	enum device_change_reach reach;
	struct iommufd_ioas *from;
	struct iommufd_ioas *to;
	struct device_attachment *next;
	struct device_attachment *spent;
};

int device_change_precheck(struct device_change *change);
int device_change_run(struct device_change *change);
void device_change_finish(struct device_change *change);

#endif
