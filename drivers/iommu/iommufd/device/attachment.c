// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attachments: from the acquire step of a change that brings one into force to
 * the end of the change that ends it.
 */
#include <linux/slab.h>

#include "../object/ctx.h"
#include "attachment.h"

/* For people: what is about to come into force counts, too. */
static atomic_t *users_of(struct device_attachment *attachment)
{
	return attachment->pasid == IOMMU_NO_PASID ? &attachment->hwpt->ngroups :
						     &attachment->hwpt->npasids;
}

/**
 * device_attachment_alloc() - a translation that may come into force
 * @dgroup: the group that shall translate
 * @pasid: its DMA with this PASID, or IOMMU_NO_PASID: without
 * @hwpt: what it shall translate through
 * @why: where the reason of a failure goes
 *
 * Context: may sleep.
 * Return: the attachment, or ERR_PTR: ENOENT: @hwpt is being destroyed; ENOMEM.
 */
struct device_attachment *device_attachment_alloc(struct device_group *dgroup,
						  ioasid_t pasid,
						  struct iommufd_hw_pagetable *hwpt,
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
	attachment->pasid = pasid;
	attachment->hwpt = hwpt;
	atomic_inc(users_of(attachment));
	return attachment;
}

/**
 * device_attachment_free() - let go of a translation that is not in force
 * @attachment: the attachment; a device of its group is bound
 *
 * An automatic hwpt that nobody uses any more is destroyed.
 *
 * Context: may sleep; no lock held, no running use of a hwpt held.
 */
void device_attachment_free(struct device_attachment *attachment)
{
	struct iommufd_hw_pagetable *hwpt = attachment->hwpt;

	atomic_dec(users_of(attachment));
	if (hwpt->obj.type == IOMMUFD_OBJ_HWPT_PAGING &&
	    to_hwpt_paging(hwpt)->automatic)
		iommufd_object_release_auto(attachment->dgroup->ictx,
					    &hwpt->obj);
	else
		iommufd_object_release(&hwpt->obj);
	kfree_rcu(attachment, rcu);
}
