// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attach, replace and detach as one kind of transaction.
 *
 * Owns: &device_group.attachment and the list of attached devices.
 * Locks: device_group.lock -> tables_lock, iova_lock of the IOAS; the iommu
 *	core's group mutex nests inside device_group.lock, too.
 */
#include <linux/iommufd.h>
#include <linux/slab.h>

#include "../../iommu-priv.h"
#include "../hwpt/nested.h"
#include "../hwpt/noiommu.h"
#include "../object/trace.h"
#include "change.h"
#include "fault.h"
#include "pasid.h"
#include "resv.h"
#include "sw_msi.h"

/* the address space a translation ends in */
static struct iommufd_ioas *hwpt_ioas(struct iommufd_hw_pagetable *hwpt)
{
	return iommufd_hwpt_host(hwpt)->ioas;
}

static struct device_attachment *
attachment_alloc(struct device_group *dgroup, struct iommufd_hw_pagetable *hwpt,
		 struct iommufd_why *why)
{
	struct device_attachment *attachment;

	attachment = kzalloc_obj(*attachment, GFP_KERNEL_ACCOUNT);
	if (!attachment)
		return ERR_PTR(-ENOMEM);
	/* the dependency that makes DESTROY of an attached hwpt say EBUSY */
	if (!iommufd_object_hold(&hwpt->obj)) {
		kfree(attachment);
		return ERR_PTR(iommufd_refuse(why, "pt_id",
					      "the hwpt is being destroyed",
					      hwpt->obj.id, -ENOENT));
	}
	attachment->dgroup = dgroup;
	attachment->hwpt = hwpt;
	return attachment;
}

static void attachment_free(struct iommufd_ctx *ictx,
			    struct device_attachment *attachment)
{
	struct iommufd_hw_pagetable *hwpt = attachment->hwpt;

	if (hwpt->obj.type == IOMMUFD_OBJ_HWPT_PAGING &&
	    to_hwpt_paging(hwpt)->automatic)
		iommufd_object_release_auto(ictx, &hwpt->obj);
	else
		iommufd_object_release(&hwpt->obj);
	kfree(attachment);
}

static bool change_is_attached(struct device_change *change)
{
	if (change->pasid != IOMMU_NO_PASID)
		return device_pasid_has_locked(change->idev, change->pasid);
	return device_attached_locked(change->idev);
}

/* does the translation end when the device detaches */
static bool change_is_sole(struct device_change *change)
{
	if (change->pasid != IOMMU_NO_PASID)
		return device_pasid_is_sole_locked(change->idev,
						   change->pasid);
	return list_is_singular(&change->idev->dgroup->devices);
}

/* what is in force now, for any device of the group */
static struct device_attachment *change_now(struct device_change *change)
{
	struct device_group *dgroup = change->idev->dgroup;
	struct device_pasid *slot;

	if (change->pasid == IOMMU_NO_PASID)
		return dgroup->attachment;
	slot = device_pasid_find_locked(dgroup, change->pasid);
	return slot ? slot->attachment : NULL;
}

/* what can be said without knowing the target */
static int change_check_state(struct device_change *change)
{
	bool attached = change_is_attached(change);

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
	struct device_attachment *now = change_now(change);

	switch (change->op) {
	case DEVICE_CHANGE_ATTACH:
		return now ? DEVICE_CHANGE_MEMBER : DEVICE_CHANGE_GROUP;
	case DEVICE_CHANGE_REPLACE:
		return now->hwpt == change->target ? DEVICE_CHANGE_NONE :
						     DEVICE_CHANGE_GROUP;
	case DEVICE_CHANGE_DETACH:
		if (!change_is_attached(change))
			return DEVICE_CHANGE_NONE;
		return change_is_sole(change) ? DEVICE_CHANGE_GROUP :
						DEVICE_CHANGE_MEMBER;
	}
	return DEVICE_CHANGE_NONE;
}

static int change_check(struct device_change *change)
{
	struct device_attachment *now = change_now(change);
	int rc;

	rc = change_check_state(change);
	if (rc)
		return rc;
	change->reach = change_reach(change);
	if (change->op == DEVICE_CHANGE_DETACH ||
	    change->reach == DEVICE_CHANGE_NONE)
		return 0;
	if (change->op == DEVICE_CHANGE_ATTACH &&
	    change->reach == DEVICE_CHANGE_MEMBER &&
	    now->hwpt != change->target)
		return iommufd_refuse(change->why, "pt_id",
				      "the group of the device is attached to another hwpt (value: its id)",
				      now->hwpt->obj.id, -EINVAL);
	return device_pasid_check_locked(change);
}

/**
 * device_change_fit_locked() - make the target safe for a device
 * @change: the change
 * @idev: the device, of the same group
 *
 * Context: under the group's lock; takes the IOAS's tables_lock.
 * Return: as device_fault_check() and iommufd_hwpt_paging_fit().
 */
int device_change_fit_locked(struct device_change *change,
			     struct iommufd_device *idev)
{
	int rc = device_fault_check(change->target, idev->dev, change->why);

	if (rc)
		return rc;
	return iommufd_hwpt_paging_fit(iommufd_hwpt_host(change->target),
				       idev->dev, change->why);
}

/* @from: where its regions are reserved already, or NULL */
static int device_join(struct device_change *change,
		       struct iommufd_device *idev, struct iommufd_ioas *from)
{
	struct iommufd_ioas *ioas = hwpt_ioas(change->target);
	int rc;

	rc = device_change_fit_locked(change, idev);
	if (rc || ioas == from)
		return rc;
	return device_reserve_regions(idev, ioas, change->why);
}

static void device_leave(struct device_change *change,
			 struct iommufd_device *idev, struct iommufd_ioas *from)
{
	struct iommufd_ioas *ioas = hwpt_ioas(change->target);

	if (ioas != from)
		device_unreserve_regions(idev, ioas);
}

/* a replace moves every attached device of the group */
static int group_join(struct device_change *change, struct iommufd_ioas *from)
{
	struct device_group *dgroup = change->idev->dgroup;
	struct iommufd_device *idev;
	int rc;

	list_for_each_entry(idev, &dgroup->devices, attached_item) {
		rc = device_join(change, idev, from);
		if (rc)
			goto undo_join;
	}
	return 0;

undo_join:
	list_for_each_entry_continue_reverse(idev, &dgroup->devices,
					     attached_item)
		device_leave(change, idev, from);
	return rc;
}

static void group_leave(struct device_change *change,
			struct iommufd_ioas *from)
{
	struct iommufd_device *idev;

	list_for_each_entry(idev, &change->idev->dgroup->devices, attached_item)
		device_leave(change, idev, from);
}

static int change_join(struct device_change *change, struct iommufd_ioas *from)
{
	if (change->op == DEVICE_CHANGE_REPLACE)
		return group_join(change, from);
	return device_join(change, change->idev, from);
}

static void change_leave(struct device_change *change,
			 struct iommufd_ioas *from)
{
	if (change->op == DEVICE_CHANGE_REPLACE)
		group_leave(change, from);
	else
		device_leave(change, change->idev, from);
}

/* There is nothing to program; what does not go together is refused here. */
static int change_noiommu(struct device_change *change)
{
	if (!device_group_is_noiommu(change->idev->dgroup))
		return iommufd_refuse(change->why, "pt_id",
				      "the hwpt is for devices without IOMMU (value: its id)",
				      change->target->obj.id, -EINVAL);
	if (!iommufd_hwpt_is_noiommu(change->target))
		return iommufd_refuse(change->why, "pt_id",
				      "the device has no IOMMU, the hwpt is of one (value: its id)",
				      change->target->obj.id, -EINVAL);
	return 0;
}

/* The last step that can fail: on failure the core keeps the old domain. */
static int change_hardware(struct device_change *change)
{
	struct device_group *dgroup = change->idev->dgroup;
	struct iommu_domain *domain = change->target->domain;
	int rc;

	if (device_group_is_noiommu(dgroup) || iommufd_hwpt_is_noiommu(change->target))
		return change_noiommu(change);
	/* the core looks at this when it attaches, not when it replaces */
	if (domain->owner != dev_iommu_ops(change->idev->dev))
		return iommufd_refuse(change->why, "pt_id",
				      "the hwpt belongs to another IOMMU driver than the device's",
				      change->target->obj.id, -EINVAL);

	rc = device_sw_msi_prepare(dgroup, change->target, change->why);
	if (rc)
		return rc;

	if (change->op == DEVICE_CHANGE_REPLACE)
		rc = iommu_replace_group_handle(dgroup->group, domain,
						&change->next->handle);
	else
		rc = iommu_attach_group_handle(domain, dgroup->group,
					       &change->next->handle);
	device_sw_msi_done(dgroup);
	if (!rc)
		return 0;
	device_fault_explain(change->target, rc, change->why);
	return iommufd_refuse(change->why, "pt_id",
			      "the IOMMU driver cannot attach the device to this hwpt (value: its id)",
			      change->target->obj.id, rc);
}

static int change_acquire(struct device_change *change)
{
	struct device_group *dgroup = change->idev->dgroup;
	struct iommufd_ioas *from = NULL;
	int rc;

	if (change->op == DEVICE_CHANGE_DETACH)
		return 0;

	if (change->reach == DEVICE_CHANGE_GROUP) {
		struct device_attachment *next;

		next = attachment_alloc(dgroup, change->target, change->why);
		if (IS_ERR(next))
			return PTR_ERR(next);
		change->next = next;
	}

	if (change->pasid != IOMMU_NO_PASID)
		return device_pasid_acquire_locked(change);

	if (change->op == DEVICE_CHANGE_REPLACE)
		from = hwpt_ioas(dgroup->attachment->hwpt);
	rc = change_join(change, from);
	if (rc || change->reach != DEVICE_CHANGE_GROUP)
		return rc;

	rc = change_hardware(change);
	if (rc)
		change_leave(change, from);
	return rc;
}

/* the regions stay reserved where the DMA went until it no longer does */
static void commit_replace(struct device_change *change)
{
	struct device_group *dgroup = change->idev->dgroup;
	struct iommufd_ioas *from = hwpt_ioas(dgroup->attachment->hwpt);
	struct iommufd_device *idev;

	if (from == hwpt_ioas(change->target))
		return;
	list_for_each_entry(idev, &dgroup->devices, attached_item)
		device_unreserve_regions(idev, from);
}

static void commit_detach(struct device_change *change)
{
	struct iommufd_device *idev = change->idev;
	struct device_group *dgroup = idev->dgroup;
	struct iommufd_hw_pagetable *hwpt = dgroup->attachment->hwpt;

	if (change->reach == DEVICE_CHANGE_GROUP &&
	    !device_group_is_noiommu(dgroup))
		iommu_detach_group_handle(hwpt->domain, dgroup->group);
	device_unreserve_regions(idev, hwpt_ioas(hwpt));
	list_del_init(&idev->attached_item);
}

static void change_commit(struct device_change *change)
{
	struct device_group *dgroup = change->idev->dgroup;

	if (change->pasid != IOMMU_NO_PASID) {
		device_pasid_commit_locked(change);
		return;
	}
	switch (change->op) {
	case DEVICE_CHANGE_ATTACH:
		list_add_tail(&change->idev->attached_item, &dgroup->devices);
		break;
	case DEVICE_CHANGE_REPLACE:
		commit_replace(change);
		break;
	case DEVICE_CHANGE_DETACH:
		commit_detach(change);
		break;
	}
	if (change->reach == DEVICE_CHANGE_GROUP) {
		change->spent = dgroup->attachment;
		dgroup->attachment = change->next;
		change->next = NULL;
	}
}

/*
 * Faults of a translation that has ended find nobody who could resolve them.
 * The group's lock keeps the devices until the last one is answered.
 */
static void change_answer_faults(struct device_change *change)
{
	if (change->spent)
		device_fault_answer(change->spent, NULL);
	else if (change->op == DEVICE_CHANGE_DETACH)
		device_fault_answer(change_now(change), change->idev->dev);
}

static void change_trace(struct device_change *change,
			 const struct device_attachment *before)
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
		trace_iommufd_detach(dev, change->pasid, before->hwpt->obj.id);
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
	struct device_attachment *before;
	int rc;

	guard(mutex)(&change->idev->dgroup->lock);

	rc = change_check(change);
	if (rc || change->reach == DEVICE_CHANGE_NONE)
		return rc;
	before = change_now(change);
	rc = change_acquire(change);
	if (rc) {
		change->spent = change->next;
		change->next = NULL;
		return rc;
	}
	/* commit: nothing below can fail */
	change_commit(change);
	change_answer_faults(change);
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
	attachment_free(change->idev->ictx, change->spent);
	change->spent = NULL;
}

/**
 * device_is_attached() - does a device translate through a hwpt
 * @idev: the device
 *
 * Context: may sleep; takes the group's lock.
 * Return: true while it is attached. PASIDs do not count.
 */
bool device_is_attached(struct iommufd_device *idev)
{
	guard(mutex)(&idev->dgroup->lock);
	return device_attached_locked(idev);
}

/**
 * device_group_is_attached() - does any device of a group have a translation
 * @dgroup: the group
 *
 * Context: may sleep; takes the group's lock.
 * Return: true while at least one device is attached.
 */
bool device_group_is_attached(struct device_group *dgroup)
{
	guard(mutex)(&dgroup->lock);
	return dgroup->attachment;
}
