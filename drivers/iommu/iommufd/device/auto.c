// SPDX-License-Identifier: GPL-2.0-only
/*
 * Automatic hwpts: made when a device attaches to an IOAS and none that exists
 * serves it, gone with the last attachment.
 *
 * One automatic hwpt shall serve all devices it can. Two attaches at the same
 * time may both make one; whoever finds another automatic hwpt in front of
 * its own tries that first, so only one of the two survives.
 */
#include <linux/list.h>

#include "../object/ctx.h"
#include "auto.h"

static void auto_release(struct iommufd_ctx *ictx,
			 struct iommufd_hwpt_paging *hwpt)
{
	if (hwpt)
		iommufd_object_release_auto(ictx, &hwpt->common.obj);
}

/*
 * The automatic hwpt after @prev in order of creation, with a dependency, or
 * NULL. A dependency keeps @prev on the list.
 */
static struct iommufd_hwpt_paging *auto_next(struct iommufd_ioas *ioas,
					     struct iommufd_hwpt_paging *prev)
{
	struct iommufd_hwpt_paging *hwpt;

	guard(mutex)(&ioas->hwpt_lock);

	hwpt = list_prepare_entry(prev, &ioas->hwpts, item);
	list_for_each_entry_continue(hwpt, &ioas->hwpts, item) {
		if (hwpt->automatic && iommufd_object_hold(&hwpt->common.obj))
			return hwpt;
	}
	return NULL;
}

/* what the hwpt before this one lacked is no longer of interest */
static void why_restart(struct device_change *change)
{
	*change->why = (struct iommufd_why){};
	iommufd_why_device(change->why, change->idev->dev);
}

/* with a dependency of the caller, visible to other attaches */
static struct iommufd_hwpt_paging *auto_make(struct device_change *change,
					     struct iommufd_ioas *ioas)
{
	struct iommufd_device *idev = change->idev;
	struct iommufd_hwpt_paging_args args = {
		.ioas = ioas,
		.dev = idev->dev,
		.automatic = true,
	};
	struct iommufd_hwpt_paging *hwpt;
	int rc;

	why_restart(change);
	if (change->op == DEVICE_CHANGE_ATTACH &&
	    device_group_is_attached(idev->dgroup)) {
		rc = iommufd_refuse(change->why, "pt_id",
				    "the group of the device is attached to a hwpt that was not made automatically for this IOAS",
				    0, -EINVAL);
		return ERR_PTR(rc);
	}

	hwpt = iommufd_hwpt_paging_new(idev->ictx, &args, change->why);
	if (IS_ERR(hwpt))
		return hwpt;
	rc = iommufd_hwpt_paging_fill(idev->ictx, hwpt, change->why);
	if (rc)
		return ERR_PTR(rc);
	iommufd_object_hold(&hwpt->common.obj);
	iommufd_object_publish(idev->ictx, &hwpt->common.obj);
	iommufd_hwpt_paging_link(hwpt);
	return hwpt;
}

static int auto_try(struct device_change *change,
		    struct iommufd_hwpt_paging *hwpt)
{
	int rc;

	why_restart(change);
	change->target = &hwpt->common;
	rc = device_change_run(change);
	device_change_finish(change);
	return rc;
}

/**
 * device_auto_change() - attach or replace with an IOAS as the target
 * @change: the change, its target is filled in here
 * @ioas: the address space; the caller has a running use of it
 * @hwpt_id: out: id of the hwpt chosen
 *
 * For DMA without a PASID: an automatic hwpt is never one made for PASIDs.
 * Tries the automatic hwpts of @ioas in order of creation. EINVAL means that
 * device and hwpt do not fit, so the next one is tried; any other error is
 * final. Hwpts allocated by the user are never chosen. Runs the change and
 * finishes it.
 *
 * Context: may sleep; takes the group's lock and locks of the IOAS.
 * Return: as device_change_run(), iommufd_hwpt_paging_new() and
 * iommufd_hwpt_paging_fill().
 */
int device_auto_change(struct device_change *change, struct iommufd_ioas *ioas,
		       u32 *hwpt_id)
{
	struct iommufd_hwpt_paging *hwpt, *prev = NULL, *made = NULL;
	struct iommufd_ctx *ictx = change->idev->ictx;
	int rc;

	rc = device_change_precheck(change);
	if (rc)
		return rc;
	if (change->pasid != IOMMU_NO_PASID)
		return iommufd_refuse(change->why, "pt_id",
				      "a PASID needs a hwpt made with IOMMU_HWPT_ALLOC_PASID, not an IOAS",
				      ioas->obj.id, -EINVAL);

	do {
		hwpt = auto_next(ioas, prev);
		if (!hwpt && !made) {
			made = auto_make(change, ioas);
			if (IS_ERR(made)) {
				rc = PTR_ERR(made);
				made = NULL;
				break;
			}
			/* ours, or one that was made at the same time */
			hwpt = auto_next(ioas, prev);
		}
		auto_release(ictx, prev);
		prev = hwpt;
		rc = hwpt ? auto_try(change, hwpt) : -EINVAL;
	} while (rc == -EINVAL && hwpt && hwpt != made);

	if (!rc)
		*hwpt_id = hwpt->common.obj.id;
	auto_release(ictx, prev);
	auto_release(ictx, made);
	return rc;
}
