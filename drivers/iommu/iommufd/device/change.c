// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attach, replace and detach as one kind of transaction on a slot, whether it
 * is that of DMA without a PASID or that of a PASID.
 *
 * Owns: &device_slot.attachment and the members of slots.
 * Locks: device_group.lock -> tables_lock, iova_lock of the IOAS; the iommu
 *	core's group mutex nests inside device_group.lock, too.
 */
#include <linux/iommufd.h>

#include "../hwpt/nested.h"
#include "../object/trace.h"
#include "change.h"
#include "fault.h"
#include "pasid.h"
#include "rid.h"

/* the address space a translation ends in */
static struct iommufd_ioas *hwpt_ioas(struct iommufd_hw_pagetable *hwpt)
{
	return iommufd_hwpt_host(hwpt)->ioas;
}

/* Outside an acquire a slot has an attachment. */
static struct iommufd_hw_pagetable *change_hwpt_now(struct device_change *change)
{
	return change->slot ? change->slot->attachment->hwpt : NULL;
}

/* what can be said without knowing the target */
static int change_check_state(struct device_change *change)
{
	bool attached;

	change->ops = change->pasid == IOMMU_NO_PASID ? &device_rid_ops :
							&device_pasid_ops;
	change->slot = device_slot_find_locked(change->idev->dgroup,
					       change->pasid);
	attached = device_slot_has_locked(change->slot, change->idev);

	switch (change->op) {
	case DEVICE_CHANGE_ATTACH:
		if (attached)
			return iommufd_refuse(change->why, "device",
					      "the device is attached already",
					      0, -EBUSY);
		return 0;
	case DEVICE_CHANGE_REPLACE:
		if (!attached)
			return iommufd_refuse(change->why, "device",
					      "the device is not attached, there is nothing to replace",
					      0, -EINVAL);
		return 0;
	case DEVICE_CHANGE_DETACH:
		return 0;
	}
	return -EINVAL;
}

static enum device_change_reach change_reach(struct device_change *change)
{
	switch (change->op) {
	case DEVICE_CHANGE_ATTACH:
		return change->slot ? DEVICE_CHANGE_MEMBER : DEVICE_CHANGE_GROUP;
	case DEVICE_CHANGE_REPLACE:
		return change_hwpt_now(change) == change->target ?
			       DEVICE_CHANGE_NONE : DEVICE_CHANGE_GROUP;
	case DEVICE_CHANGE_DETACH:
		if (!device_slot_has_locked(change->slot, change->idev))
			return DEVICE_CHANGE_NONE;
		return list_is_singular(&change->slot->members) ?
			       DEVICE_CHANGE_GROUP : DEVICE_CHANGE_MEMBER;
	}
	return DEVICE_CHANGE_NONE;
}

static int change_check(struct device_change *change)
{
	struct iommufd_hw_pagetable *now;
	int rc;

	rc = change_check_state(change);
	if (rc)
		return rc;
	now = change_hwpt_now(change);
	change->reach = change_reach(change);
	change->from = change->op == DEVICE_CHANGE_ATTACH || !now ?
			       NULL : hwpt_ioas(now);
	change->to = change->op == DEVICE_CHANGE_DETACH ?
			     NULL : hwpt_ioas(change->target);

	if (change->op == DEVICE_CHANGE_DETACH ||
	    change->reach == DEVICE_CHANGE_NONE)
		return 0;
	if (change->op == DEVICE_CHANGE_ATTACH && now && now != change->target)
		return iommufd_refuse(change->why, "pt_id",
				      "the group of the device is attached to another hwpt (value: its id)",
				      now->obj.id, -EINVAL);
	return change->ops->check(change->idev, change->pasid, change->target,
				  change->why);
}

/* make the target safe for a device, and the device's IOVA known to it */
static int member_join(struct device_change *change,
		       struct iommufd_device *idev)
{
	int rc;

	rc = device_fault_check(change->target, idev->dev, change->why);
	if (rc)
		return rc;
	rc = iommufd_hwpt_paging_fit(iommufd_hwpt_host(change->target),
				     idev->dev, change->why);
	if (rc || change->to == change->from || !change->ops->reserve)
		return rc;
	return change->ops->reserve(idev, change->to, change->why);
}

/* a replace moves every member, attach and detach one device */
static int change_join(struct device_change *change)
{
	struct device_member *member;
	int rc;

	if (change->op != DEVICE_CHANGE_REPLACE)
		return member_join(change, change->idev);
	list_for_each_entry(member, &change->slot->members, item) {
		rc = member_join(change, member->idev);
		if (rc)
			return rc;
	}
	return 0;
}

/* The other of @from and @to needs the regions no less. */
static void change_leave(struct device_change *change,
			 struct iommufd_ioas *ioas)
{
	struct device_member *member;

	if (!ioas || change->from == change->to || !change->ops->unreserve)
		return;
	if (change->op != DEVICE_CHANGE_REPLACE) {
		change->ops->unreserve(change->idev, ioas);
		return;
	}
	list_for_each_entry(member, &change->slot->members, item)
		change->ops->unreserve(member->idev, ioas);
}

/* The IOMMU driver comes last: on failure the core keeps the old domain. */
static int change_move(struct device_change *change)
{
	int rc;

	rc = change_join(change);
	if (!rc && change->reach == DEVICE_CHANGE_GROUP)
		rc = change->ops->set(change->slot, change->idev, change->next,
				      change->why);
	if (rc)
		change_leave(change, change->to);
	return rc;
}

static int change_acquire(struct device_change *change)
{
	int rc;

	if (change->op == DEVICE_CHANGE_DETACH)
		return 0;

	if (change->reach == DEVICE_CHANGE_GROUP) {
		struct device_attachment *next;

		next = device_attachment_alloc(change->idev->dgroup, change->pasid,
					       change->target, change->why);
		if (IS_ERR(next))
			return PTR_ERR(next);
		change->next = next;
	}
	if (change->op == DEVICE_CHANGE_ATTACH) {
		change->slot = device_slot_enter_locked(change->idev,
							change->pasid);
		if (IS_ERR(change->slot))
			return PTR_ERR(change->slot);
	}
	rc = change_move(change);
	if (rc && change->op == DEVICE_CHANGE_ATTACH)
		device_slot_leave_locked(change->slot, change->idev);
	return rc;
}

/*
 * The way out of a translation. Faults of one that has ended find nobody who
 * could resolve them; the group's lock keeps the devices until the last is
 * answered.
 */
static void change_drain(struct device_change *change)
{
	if (change->spent)
		device_fault_answer(change->spent, NULL);
	else if (change->op == DEVICE_CHANGE_DETACH)
		device_fault_answer(change->slot->attachment,
				    change->idev->dev);
}

/* the regions stay reserved where the DMA went until it no longer does */
static void change_commit(struct device_change *change)
{
	struct device_slot *slot = change->slot;

	if (change->op == DEVICE_CHANGE_DETACH &&
	    change->reach == DEVICE_CHANGE_GROUP)
		change->ops->clear(slot, change->idev);
	change_leave(change, change->from);
	if (change->reach == DEVICE_CHANGE_GROUP) {
		change->spent = slot->attachment;
		slot->attachment = change->next;
		change->next = NULL;
	}
	change_drain(change);
	if (change->op == DEVICE_CHANGE_DETACH)
		device_slot_leave_locked(slot, change->idev);
}

/* @before: hwpt that was in force, for a detach */
static void change_trace(struct device_change *change,
			 const struct iommufd_hw_pagetable *before)
{
	const char *dev = dev_name(change->idev->dev);

	switch (change->op) {
	case DEVICE_CHANGE_ATTACH:
		trace_iommufd_attach(dev, change->pasid,
				     change->target->obj.id);
		break;
	case DEVICE_CHANGE_REPLACE:
		trace_iommufd_replace(dev, change->pasid,
				      change->target->obj.id);
		break;
	case DEVICE_CHANGE_DETACH:
		trace_iommufd_detach(dev, change->pasid, before->obj.id);
		break;
	}
}

/**
 * device_change_precheck() - refuse what no target could make right
 * @change: the change; its target is not looked at
 *
 * For callers that have to build a target first.
 *
 * Context: may sleep; takes the group's lock.
 * Return: 0, or EBUSY: attach of an attached device; EINVAL: replace of one
 * that is not. device_change_run() checks again.
 */
int device_change_precheck(struct device_change *change)
{
	guard(mutex)(&change->idev->dgroup->lock);
	return change_check_state(change);
}

/**
 * device_change_run() - carry a change out, or leave everything as it was
 * @change: the change; device_change_finish() must follow in either case
 *
 * Context: may sleep; takes the group's lock and, inside, locks of the IOAS.
 * Return: 0, or
 * EBUSY: attach of an attached device;
 * EINVAL: replace of one that is not, the group is attached to another hwpt,
 * the device and the hwpt do not fit, or the device has no such PASID;
 * EOPNOTSUPP: the IOMMU driver has no PASIDs;
 * ENOENT: the hwpt is being destroyed;
 * EADDRINUSE: a map is where the device has a reserved region;
 * ENOMEM, or what the IOMMU driver says.
 */
int device_change_run(struct device_change *change)
{
	struct iommufd_hw_pagetable *before;
	int rc;

	guard(mutex)(&change->idev->dgroup->lock);

	rc = change_check(change);
	if (rc || change->reach == DEVICE_CHANGE_NONE)
		return rc;
	before = change_hwpt_now(change);
	rc = change_acquire(change);
	if (rc) {
		change->spent = change->next;
		change->next = NULL;
		return rc;
	}
	/* commit: nothing below can fail */
	change_commit(change);
	change_trace(change, before);
	return 0;
}

/**
 * device_change_finish() - let go of what a change left over
 * @change: a change that was run
 *
 * An automatic hwpt that nobody uses any more is destroyed.
 *
 * Context: may sleep; no lock held, no running use of a hwpt held.
 */
void device_change_finish(struct device_change *change)
{
	if (!change->spent)
		return;
	device_attachment_free(change->spent);
	change->spent = NULL;
}
