// SPDX-License-Identifier: GPL-2.0-only
/*
 * Iommu groups as a context sees them.
 *
 * Owns: &iommufd_ctx.groups. An entry in it has at least one reference: the
 *	last one is dropped and the entry erased under the same xa_lock.
 */
#include <linux/iommufd.h>
#include <linux/slab.h>

#include "../object/ctx.h"
#include "group.h"

static struct device_group *group_lookup(struct iommufd_ctx *ictx,
					 unsigned int id)
{
	struct device_group *dgroup;

	xa_lock(&ictx->groups);
	dgroup = xa_load(&ictx->groups, id);
	if (dgroup)
		kref_get(&dgroup->kref);
	xa_unlock(&ictx->groups);
	return dgroup;
}

static void group_free(struct device_group *dgroup)
{
	iommu_group_put(dgroup->group);
	mutex_destroy(&dgroup->fault_lock);
	mutex_destroy(&dgroup->lock);
	kfree(dgroup);
}

/* @group: NULL or consumed, also on failure */
static struct device_group *group_alloc(struct iommufd_ctx *ictx,
					struct iommu_group *group)
{
	struct device_group *dgroup;

	dgroup = kzalloc_obj(*dgroup, GFP_KERNEL_ACCOUNT);
	if (!dgroup) {
		iommu_group_put(group);
		return ERR_PTR(-ENOMEM);
	}
	kref_init(&dgroup->kref);
	dgroup->ictx = ictx;
	dgroup->group = group;
	if (group)
		dgroup->id = iommu_group_id(group);
	mutex_init(&dgroup->lock);
	mutex_init(&dgroup->fault_lock);
	INIT_LIST_HEAD(&dgroup->bound);
	xa_init(&dgroup->slots);
	dgroup->sw_msi_start = PHYS_ADDR_MAX;
	return dgroup;
}

/**
 * device_group_get() - find or make the group of a device in a context
 * @ictx: the context
 * @dev: the device
 * @why: where the reason of a failure goes
 *
 * The id of an iommu group is not reused while the group is referenced, so it
 * names the group for as long as the entry exists.
 *
 * Context: may sleep; takes the xa_lock of @ictx->groups.
 * Return: the group with a reference, or ERR_PTR:
 * ENODEV: the device has no iommu group; ENOMEM.
 */
struct device_group *device_group_get(struct iommufd_ctx *ictx,
				      struct device *dev,
				      struct iommufd_why *why)
{
	struct device_group *made, *found;
	struct iommu_group *group;
	int rc;

	/* VFIO gives such a device a group, which isolates nothing */
	if (IS_ENABLED(CONFIG_IOMMUFD_NOIOMMU) && !dev->iommu)
		return group_alloc(ictx, NULL);

	group = iommu_group_get(dev);
	if (!group) {
		iommufd_refuse(why, "device", "no IOMMU translates its DMA", 0,
			       -ENODEV);
		return ERR_PTR(-ENODEV);
	}

	made = group_alloc(ictx, group);
	if (IS_ERR(made))
		return made;

	for (;;) {
		found = group_lookup(ictx, made->id);
		if (found)
			break;
		rc = xa_insert(&ictx->groups, made->id, made,
			       GFP_KERNEL_ACCOUNT);
		if (!rc)
			return made;
		if (rc != -EBUSY) {
			found = ERR_PTR(rc);
			break;
		}
		/* another bind was faster: its entry may be gone again */
	}
	group_free(made);
	return found;
}

static void group_release(struct kref *kref)
{
	struct device_group *dgroup =
		container_of(kref, struct device_group, kref);
	struct iommufd_ctx *ictx = dgroup->ictx;

	lockdep_assert_held(&ictx->groups.xa_lock);

	if (dgroup->group)
		__xa_erase(&ictx->groups, dgroup->id);
	xa_unlock(&ictx->groups);

	WARN_ON_ONCE(!xa_empty(&dgroup->slots));
	group_free(dgroup);
}

/**
 * device_group_put() - a device leaves the context
 * @dgroup: the group; no device of it may be attached when this is the last
 *
 * Context: may sleep.
 */
void device_group_put(struct device_group *dgroup)
{
	kref_put_lock(&dgroup->kref, group_release,
		      &dgroup->ictx->groups.xa_lock);
}

/**
 * iommufd_ctx_has_group() - does a context own devices of an iommu group
 * @ictx: the context
 * @group: the iommu group, or NULL
 *
 * VFIO asks to decide whether a device that is not bound is safe to reset
 * together with those that are.
 *
 * Context: any; takes the xa_lock of @ictx->groups.
 * Return: true when at least one device of @group is bound to @ictx.
 */
bool iommufd_ctx_has_group(struct iommufd_ctx *ictx, struct iommu_group *group)
{
	struct device_group *dgroup;
	bool found;

	if (!ictx || !group)
		return false;

	xa_lock(&ictx->groups);
	dgroup = xa_load(&ictx->groups, iommu_group_id(group));
	found = dgroup && dgroup->group == group;
	xa_unlock(&ictx->groups);
	return found;
}
EXPORT_SYMBOL_NS_GPL(iommufd_ctx_has_group, "IOMMUFD");
