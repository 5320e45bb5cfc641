// SPDX-License-Identifier: GPL-2.0-only
/*
 * The slots of DMA with a PASID.
 *
 * Locks: device_group.lock; the iommu core's group mutex inside.
 */
#include <linux/iommufd.h>

#include "../../iommu-priv.h"
#include "fault.h"
#include "pasid.h"

static int pasid_check(struct iommufd_device *idev, ioasid_t pasid,
		       struct iommufd_hw_pagetable *hwpt,
		       struct iommufd_why *why)
{
	struct device_slot *rid =
		device_slot_find_locked(idev->dgroup, IOMMU_NO_PASID);

	if (device_group_is_noiommu(idev->dgroup))
		return iommufd_refuse(why, "pasid",
				      "the device has no IOMMU, and so no PASIDs",
				      pasid, -EOPNOTSUPP);
	if (pasid >= idev->dev->iommu->max_pasids)
		return iommufd_refuse(why, "pasid",
				      "more PASIDs than the device has (value: how many it has)",
				      idev->dev->iommu->max_pasids, -EINVAL);
	if (!hwpt->pasid_compat)
		return iommufd_refuse(why, "pt_id",
				      "the hwpt was made without IOMMU_HWPT_ALLOC_PASID",
				      hwpt->obj.id, -EINVAL);
	if (rid && !rid->attachment->hwpt->pasid_compat)
		return iommufd_refuse(why, "pasid",
				      "the device itself is attached to a hwpt made without IOMMU_HWPT_ALLOC_PASID (value: its id)",
				      rid->attachment->hwpt->obj.id, -EINVAL);
	return 0;
}

static int pasid_set(struct device_slot *slot, struct iommufd_device *idev,
		     struct device_attachment *next, struct iommufd_why *why)
{
	struct iommufd_hw_pagetable *hwpt = next->hwpt;
	int rc;

	if (slot->attachment)
		rc = iommu_replace_device_pasid(hwpt->domain, idev->dev,
						slot->pasid, &next->handle);
	else
		rc = iommu_attach_device_pasid(hwpt->domain, idev->dev,
					       slot->pasid, &next->handle);
	if (!rc)
		return 0;
	device_fault_explain(hwpt, rc, why);
	return iommufd_refuse(why, "pt_id",
			      "the IOMMU driver cannot attach the PASID to this hwpt (value: its id)",
			      hwpt->obj.id, rc);
}

static void pasid_clear(struct device_slot *slot, struct iommufd_device *idev)
{
	iommu_detach_device_pasid(slot->attachment->hwpt->domain, idev->dev,
				  slot->pasid);
}

const struct device_slot_ops device_pasid_ops = {
	.check = pasid_check,
	.set = pasid_set,
	.clear = pasid_clear,
};
