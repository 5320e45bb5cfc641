// SPDX-License-Identifier: GPL-2.0-only
/*
 * The slot of DMA without a PASID. Reserved regions and software MSI are a
 * matter of this slot only, and so are devices without IOMMU.
 *
 * Locks: device_group.lock; the iommu core's group mutex inside.
 */
#include <linux/iommufd.h>

#include "../../iommu-priv.h"
#include "../hwpt/noiommu.h"
#include "fault.h"
#include "resv.h"
#include "rid.h"
#include "sw_msi.h"

/*
 * A group that uses a PASID translates through hwpts made for that only, for
 * DMA without a PASID too.
 */
static int rid_check(struct iommufd_device *idev, ioasid_t pasid,
		     struct iommufd_hw_pagetable *hwpt, struct iommufd_why *why)
{
	if (hwpt->pasid_compat || !device_has_pasids_locked(idev->dgroup))
		return 0;
	return iommufd_refuse(why, "pt_id",
			      "PASIDs of the device are attached, and the hwpt was made without IOMMU_HWPT_ALLOC_PASID",
			      hwpt->obj.id, -EINVAL);
}

/* There is nothing to program; what does not go together is refused here. */
static int rid_set_noiommu(struct device_group *dgroup,
			   struct iommufd_hw_pagetable *hwpt,
			   struct iommufd_why *why)
{
	if (!device_group_is_noiommu(dgroup))
		return iommufd_refuse(why, "pt_id",
				      "the hwpt is for devices without IOMMU (value: its id)",
				      hwpt->obj.id, -EINVAL);
	if (!iommufd_hwpt_is_noiommu(hwpt))
		return iommufd_refuse(why, "pt_id",
				      "the device has no IOMMU, and the hwpt was made for one (value: its id)",
				      hwpt->obj.id, -EINVAL);
	return 0;
}

static int rid_set(struct device_slot *slot, struct iommufd_device *idev,
		   struct device_attachment *next, struct iommufd_why *why)
{
	struct device_group *dgroup = idev->dgroup;
	struct iommufd_hw_pagetable *hwpt = next->hwpt;
	int rc;

	if (device_group_is_noiommu(dgroup) || iommufd_hwpt_is_noiommu(hwpt))
		return rid_set_noiommu(dgroup, hwpt, why);
	/* the core looks at this when it attaches, not when it replaces */
	if (hwpt->domain->owner != dev_iommu_ops(idev->dev))
		return iommufd_refuse(why, "pt_id",
				      "the hwpt belongs to another IOMMU driver than the device's",
				      hwpt->obj.id, -EINVAL);

	rc = device_sw_msi_prepare(dgroup, hwpt, why);
	if (rc)
		return rc;

	if (slot->attachment)
		rc = iommu_replace_group_handle(dgroup->group, hwpt->domain,
						&next->handle);
	else
		rc = iommu_attach_group_handle(hwpt->domain, dgroup->group,
					       &next->handle);
	device_sw_msi_done(dgroup);
	if (!rc)
		return 0;
	device_fault_explain(hwpt, rc, why);
	return iommufd_refuse(why, "pt_id",
			      "the IOMMU driver cannot attach the device to this hwpt (value: its id)",
			      hwpt->obj.id, rc);
}

static void rid_clear(struct device_slot *slot, struct iommufd_device *idev)
{
	if (!device_group_is_noiommu(idev->dgroup))
		iommu_detach_group_handle(slot->attachment->hwpt->domain,
					  idev->dgroup->group);
}

const struct device_slot_ops device_rid_ops = {
	.check = rid_check,
	.reserve = device_reserve_regions,
	.unreserve = device_unreserve_regions,
	.set = rid_set,
	.clear = rid_clear,
};
