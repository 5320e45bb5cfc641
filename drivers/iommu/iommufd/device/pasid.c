// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attach, replace and detach of a PASID: the steps of the transaction in
 * change.c that differ from those of DMA without a PASID.
 *
 * The iommu core sets a PASID for a whole group. So the first device of a
 * group that attaches a PASID brings it into force, the others join, and the
 * last one that detaches blocks it. Reserved regions and software MSI are a
 * matter of DMA without PASID only.
 *
 * Owns: &device_group.pasids.
 * Locks: device_group.lock; the iommu core's group mutex inside.
 */
#include <linux/iommufd.h>
#include <linux/slab.h>

#include "../../iommu-priv.h"
#include "fault.h"
#include "pasid.h"

struct device_pasid *device_pasid_find_locked(struct device_group *dgroup,
					      ioasid_t pasid)
{
	lockdep_assert_held(&dgroup->lock);
	return xa_load(&dgroup->pasids, pasid);
}

/**
 * device_pasid_has_locked() - did a device attach a PASID
 * @idev: the device
 * @pasid: the PASID, not IOMMU_NO_PASID
 *
 * Context: under the group's lock.
 * Return: true while it is attached.
 */
bool device_pasid_has_locked(struct iommufd_device *idev, ioasid_t pasid)
{
	struct device_pasid *slot =
		device_pasid_find_locked(idev->dgroup, pasid);

	return slot && xa_load(&slot->devices, idev->obj.id);
}

/**
 * device_pasid_is_sole_locked() - is no other device attached to a PASID
 * @idev: a device that is
 * @pasid: the PASID
 *
 * Context: under the group's lock.
 * Return: true when @idev is the only one.
 */
bool device_pasid_is_sole_locked(struct iommufd_device *idev, ioasid_t pasid)
{
	struct device_pasid *slot =
		device_pasid_find_locked(idev->dgroup, pasid);
	struct iommufd_device *other;
	unsigned long id;

	xa_for_each(&slot->devices, id, other)
		if (other != idev)
			return false;
	return true;
}

/**
 * device_pasid_first() - any PASID that a device is attached with
 * @idev: the device
 *
 * Context: may sleep; takes the group's lock.
 * Return: the lowest one, or IOMMU_NO_PASID: there is none.
 */
ioasid_t device_pasid_first(struct iommufd_device *idev)
{
	struct device_pasid *slot;
	unsigned long pasid;

	guard(mutex)(&idev->dgroup->lock);
	xa_for_each(&idev->dgroup->pasids, pasid, slot)
		if (xa_load(&slot->devices, idev->obj.id))
			return pasid;
	return IOMMU_NO_PASID;
}

static struct device_pasid *slot_find_or_make(struct device_group *dgroup,
					      ioasid_t pasid)
{
	struct device_pasid *slot = device_pasid_find_locked(dgroup, pasid);
	int rc;

	if (slot)
		return slot;
	slot = kzalloc_obj(*slot, GFP_KERNEL_ACCOUNT);
	if (!slot)
		return ERR_PTR(-ENOMEM);
	xa_init(&slot->devices);
	rc = xa_insert(&dgroup->pasids, pasid, slot, GFP_KERNEL_ACCOUNT);
	if (rc) {
		kfree(slot);
		return ERR_PTR(rc);
	}
	return slot;
}

static void slot_free_if_empty(struct device_group *dgroup, ioasid_t pasid)
{
	struct device_pasid *slot = device_pasid_find_locked(dgroup, pasid);

	if (!xa_empty(&slot->devices))
		return;
	xa_erase(&dgroup->pasids, pasid);
	kfree(slot);
}

static int pasid_join(struct device_change *change)
{
	struct iommufd_device *idev = change->idev;
	struct device_pasid *slot;
	int rc;

	slot = slot_find_or_make(idev->dgroup, change->pasid);
	if (IS_ERR(slot))
		return PTR_ERR(slot);
	rc = xa_insert(&slot->devices, idev->obj.id, idev, GFP_KERNEL_ACCOUNT);
	if (rc)
		slot_free_if_empty(idev->dgroup, change->pasid);
	return rc;
}

static void pasid_leave(struct device_change *change)
{
	struct iommufd_device *idev = change->idev;
	struct device_pasid *slot =
		device_pasid_find_locked(idev->dgroup, change->pasid);

	xa_erase(&slot->devices, idev->obj.id);
	slot_free_if_empty(idev->dgroup, change->pasid);
}

static int pasid_check_own(struct device_change *change)
{
	struct iommufd_device *idev = change->idev;
	struct device_attachment *rid = idev->dgroup->attachment;

	if (device_group_is_noiommu(idev->dgroup))
		return iommufd_refuse(change->why, "pasid",
				      "the device has no IOMMU, and so no PASIDs",
				      change->pasid, -EOPNOTSUPP);
	if (change->pasid >= idev->dev->iommu->max_pasids)
		return iommufd_refuse(change->why, "pasid",
				      "more PASIDs than the device has (value: how many it has)",
				      idev->dev->iommu->max_pasids, -EINVAL);
	if (!change->target->pasid_compat)
		return iommufd_refuse(change->why, "pt_id",
				      "the hwpt was made without IOMMU_HWPT_ALLOC_PASID",
				      change->target->obj.id, -EINVAL);
	if (rid && !rid->hwpt->pasid_compat)
		return iommufd_refuse(change->why, "pasid",
				      "the device itself is attached to a hwpt made without IOMMU_HWPT_ALLOC_PASID (value: its id)",
				      rid->hwpt->obj.id, -EINVAL);
	return 0;
}

/**
 * device_pasid_check_locked() - may hwpts with and without PASIDs meet
 * @change: an attach or replace, of a PASID or not
 *
 * A group that uses a PASID translates through hwpts made for that only, for
 * DMA without a PASID too.
 *
 * Context: under the group's lock.
 * Return: 0, or EINVAL.
 */
int device_pasid_check_locked(struct device_change *change)
{
	lockdep_assert_held(&change->idev->dgroup->lock);

	if (change->pasid != IOMMU_NO_PASID)
		return pasid_check_own(change);
	if (change->target->pasid_compat ||
	    xa_empty(&change->idev->dgroup->pasids))
		return 0;
	return iommufd_refuse(change->why, "pt_id",
			      "PASIDs of the device are attached, and the hwpt was made without IOMMU_HWPT_ALLOC_PASID",
			      change->target->obj.id, -EINVAL);
}

/* The last step that can fail: on failure the core keeps the old domain. */
static int pasid_hardware(struct device_change *change)
{
	struct iommu_domain *domain = change->target->domain;
	struct device *dev = change->idev->dev;
	int rc;

	if (change->op == DEVICE_CHANGE_REPLACE)
		rc = iommu_replace_device_pasid(domain, dev, change->pasid,
						&change->next->handle);
	else
		rc = iommu_attach_device_pasid(domain, dev, change->pasid,
					       &change->next->handle);
	if (!rc)
		return 0;
	device_fault_explain(change->target, rc, change->why);
	return iommufd_refuse(change->why, "pt_id",
			      "the IOMMU driver cannot attach the PASID to this hwpt (value: its id)",
			      change->target->obj.id, rc);
}

/* a replace moves every device that attached the PASID */
static int pasid_fit(struct device_change *change)
{
	struct device_pasid *slot;
	struct iommufd_device *idev;
	unsigned long id;
	int rc = 0;

	if (change->op == DEVICE_CHANGE_ATTACH)
		return device_change_fit_locked(change, change->idev);

	slot = device_pasid_find_locked(change->idev->dgroup, change->pasid);
	xa_for_each(&slot->devices, id, idev) {
		rc = device_change_fit_locked(change, idev);
		if (rc)
			break;
	}
	return rc;
}

/**
 * device_pasid_acquire_locked() - everything that can fail
 * @change: an attach or replace of a PASID; its @next is allocated
 *
 * Context: under the group's lock; takes the IOAS's tables_lock.
 * Return: 0, or EINVAL: the device does not fit; EOPNOTSUPP: the driver has no
 * PASIDs; ENOMEM, or what the IOMMU driver says. Nothing has changed then.
 */
int device_pasid_acquire_locked(struct device_change *change)
{
	int rc;

	lockdep_assert_held(&change->idev->dgroup->lock);

	rc = pasid_fit(change);
	if (rc)
		return rc;
	if (change->op == DEVICE_CHANGE_ATTACH) {
		rc = pasid_join(change);
		if (rc)
			return rc;
	}
	if (change->reach != DEVICE_CHANGE_GROUP)
		return 0;

	rc = pasid_hardware(change);
	if (rc && change->op == DEVICE_CHANGE_ATTACH)
		pasid_leave(change);
	return rc;
}

/**
 * device_pasid_commit_locked() - make a change of a PASID true
 * @change: the change, acquired
 *
 * Context: under the group's lock.
 */
void device_pasid_commit_locked(struct device_change *change)
{
	struct iommufd_device *idev = change->idev;
	struct device_pasid *slot =
		device_pasid_find_locked(idev->dgroup, change->pasid);

	if (change->reach == DEVICE_CHANGE_GROUP) {
		change->spent = slot->attachment;
		slot->attachment = change->next;
		change->next = NULL;
	}
	if (change->op != DEVICE_CHANGE_DETACH)
		return;
	if (change->reach == DEVICE_CHANGE_GROUP)
		iommu_detach_device_pasid(change->spent->hwpt->domain,
					  idev->dev, change->pasid);
	pasid_leave(change);
}
