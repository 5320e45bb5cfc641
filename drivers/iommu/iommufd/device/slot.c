// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slots of a group and the devices that are attached to them.
 *
 * Owns: &device_group.slots.
 * Locks: device_group.lock
 */
#include <linux/slab.h>

#include "slot.h"

/**
 * device_slot_find_locked() - the slot of a PASID
 * @dgroup: the group
 * @pasid: the PASID, or IOMMU_NO_PASID
 *
 * Context: under the group's lock.
 * Return: the slot, or NULL: its DMA is blocked.
 */
struct device_slot *device_slot_find_locked(struct device_group *dgroup,
					    ioasid_t pasid)
{
	lockdep_assert_held(&dgroup->lock);
	return xa_load(&dgroup->slots, pasid);
}

static struct device_member *slot_member(struct device_slot *slot,
					 struct iommufd_device *idev)
{
	struct device_member *member;

	list_for_each_entry(member, &slot->members, item)
		if (member->idev == idev)
			return member;
	return NULL;
}

/**
 * device_slot_has_locked() - did a device attach a slot
 * @slot: slot of the device's group, or NULL: of DMA that is blocked
 * @idev: the device
 *
 * Context: under the group's lock.
 * Return: true while it is attached.
 */
bool device_slot_has_locked(struct device_slot *slot,
			    struct iommufd_device *idev)
{
	lockdep_assert_held(&idev->dgroup->lock);
	return slot && slot_member(slot, idev);
}

static struct device_slot *slot_find_or_make(struct device_group *dgroup,
					     ioasid_t pasid)
{
	struct device_slot *slot = device_slot_find_locked(dgroup, pasid);
	int rc;

	if (slot)
		return slot;
	slot = kzalloc_obj(*slot, GFP_KERNEL_ACCOUNT);
	if (!slot)
		return ERR_PTR(-ENOMEM);
	slot->pasid = pasid;
	INIT_LIST_HEAD(&slot->members);
	rc = xa_insert(&dgroup->slots, pasid, slot, GFP_KERNEL_ACCOUNT);
	if (rc) {
		kfree(slot);
		return ERR_PTR(rc);
	}
	return slot;
}

static void slot_free_if_empty(struct device_group *dgroup,
			       struct device_slot *slot)
{
	if (!list_empty(&slot->members))
		return;
	xa_erase(&dgroup->slots, slot->pasid);
	kfree(slot);
}

/**
 * device_slot_enter_locked() - make a device a member of a slot
 * @idev: the device, which is none
 * @pasid: which slot; it is made when there is none
 *
 * Context: under the group's lock. A new slot has no attachment: the caller
 * gives it one or calls device_slot_leave_locked() before it drops the lock.
 * Return: the slot, or ERR_PTR: ENOMEM.
 */
struct device_slot *device_slot_enter_locked(struct iommufd_device *idev,
					     ioasid_t pasid)
{
	struct device_member *member;
	struct device_slot *slot;

	lockdep_assert_held(&idev->dgroup->lock);

	member = kzalloc_obj(*member, GFP_KERNEL_ACCOUNT);
	if (!member)
		return ERR_PTR(-ENOMEM);
	slot = slot_find_or_make(idev->dgroup, pasid);
	if (IS_ERR(slot)) {
		kfree(member);
		return slot;
	}
	member->idev = idev;
	list_add_tail(&member->item, &slot->members);
	return slot;
}

/**
 * device_slot_leave_locked() - undo device_slot_enter_locked()
 * @slot: the slot; gone with its last member
 * @idev: the device, a member
 *
 * Context: under the group's lock.
 */
void device_slot_leave_locked(struct device_slot *slot,
			      struct iommufd_device *idev)
{
	struct device_member *member = slot_member(slot, idev);

	lockdep_assert_held(&idev->dgroup->lock);

	list_del(&member->item);
	kfree(member);
	slot_free_if_empty(idev->dgroup, slot);
}

/* @idev: NULL: any device */
static struct device_slot *first_pasid_slot(struct device_group *dgroup,
					    struct iommufd_device *idev)
{
	struct device_slot *slot;
	unsigned long pasid;

	lockdep_assert_held(&dgroup->lock);
	xa_for_each_start(&dgroup->slots, pasid, slot, IOMMU_NO_PASID + 1)
		if (!idev || slot_member(slot, idev))
			return slot;
	return NULL;
}

/**
 * device_has_pasids_locked() - does a group translate DMA with PASIDs
 * @dgroup: the group
 *
 * Context: under the group's lock.
 * Return: true while a PASID is attached.
 */
bool device_has_pasids_locked(struct device_group *dgroup)
{
	lockdep_assert_held(&dgroup->lock);

	return first_pasid_slot(dgroup, NULL);
}

/**
 * device_is_attached() - does a device translate anything
 * @idev: the device
 *
 * Context: may sleep; takes the group's lock.
 * Return: true while it is attached, with a PASID or without one.
 */
bool device_is_attached(struct iommufd_device *idev)
{
	struct device_slot *slot;
	unsigned long pasid;

	guard(mutex)(&idev->dgroup->lock);
	xa_for_each(&idev->dgroup->slots, pasid, slot)
		if (slot_member(slot, idev))
			return true;
	return false;
}

/**
 * device_first_pasid() - any PASID that a device is attached with
 * @idev: the device
 *
 * Context: may sleep; takes the group's lock.
 * Return: the lowest one, or IOMMU_NO_PASID: there is none.
 */
ioasid_t device_first_pasid(struct iommufd_device *idev)
{
	struct device_slot *slot;

	guard(mutex)(&idev->dgroup->lock);
	slot = first_pasid_slot(idev->dgroup, idev);
	return slot ? slot->pasid : IOMMU_NO_PASID;
}

/**
 * device_group_is_attached() - is DMA of a group without PASID translated
 * @dgroup: the group
 *
 * Context: may sleep; takes the group's lock.
 * Return: true while at least one device is attached.
 */
bool device_group_is_attached(struct device_group *dgroup)
{
	guard(mutex)(&dgroup->lock);
	return device_slot_find_locked(dgroup, IOMMU_NO_PASID);
}

/**
 * device_get_state() - what is a device attached to
 * @idev: the bound device
 * @state: filled in
 *
 * Context: may sleep; takes the group's lock.
 * Return: 0, or EINTR: a signal is pending, @state is empty.
 */
int device_get_state(struct iommufd_device *idev, struct device_state *state)
{
	struct device_slot *slot;
	unsigned long pasid;
	int rc;

	*state = (struct device_state){};
	/* an attach may hold it while it pins a lot of memory */
	ACQUIRE(mutex_intr, lock)(&idev->dgroup->lock);
	rc = ACQUIRE_ERR(mutex_intr, &lock);
	if (rc)
		return rc;
	xa_for_each(&idev->dgroup->slots, pasid, slot) {
		if (!device_slot_has_locked(slot, idev))
			continue;
		if (pasid == IOMMU_NO_PASID)
			state->hwpt_id = slot->attachment->hwpt->obj.id;
		else
			state->npasids++;
	}
	return 0;
}
