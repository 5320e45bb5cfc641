// SPDX-License-Identifier: GPL-2.0-only
/*
 * What drivers call to attach their devices: ids become targets here.
 */
#include <linux/iommufd.h>

#include "../object/ctx.h"
#include "auto.h"
#include "change.h"

/* Only a running use is held on @obj, and dropped before the change ends. */
static int change_to_object(struct device_change *change,
			    struct iommufd_object *obj, u32 *pt_id)
{
	int rc;

	switch (obj->type) {
	case IOMMUFD_OBJ_HWPT_PAGING:
	case IOMMUFD_OBJ_HWPT_NESTED:
		change->target = to_hwpt(obj);
		rc = device_change_run(change);
		break;
	case IOMMUFD_OBJ_IOAS:
		rc = device_auto_change(change, to_ioas(obj), pt_id);
		break;
	default:
		rc = iommufd_refuse(change->why, "pt_id",
				    "this object is neither an IOAS nor a hwpt",
				    *pt_id, -EINVAL);
		break;
	}
	iommufd_object_put(obj);
	device_change_finish(change);
	return rc;
}

static int change_to_id(struct device_change *change, u32 *pt_id)
{
	struct iommufd_object *obj;

	obj = iommufd_object_get(change->idev->ictx, *pt_id, IOMMUFD_OBJ_ANY);
	if (IS_ERR(obj))
		return iommufd_refuse(change->why, "pt_id",
				      "no object has this id", *pt_id,
				      PTR_ERR(obj));
	return change_to_object(change, obj, pt_id);
}

/* @what is the caller in the report of a refusal. */
static int device_change_to(const char *what, struct iommufd_device *idev,
			    enum device_change_op op, ioasid_t pasid,
			    u32 *pt_id)
{
	struct iommufd_why why = {};
	struct device_change change = {
		.idev = idev,
		.op = op,
		.pasid = pasid,
		.why = &why,
	};
	int rc;

	iommufd_why_device(&why, idev->dev);
	rc = change_to_id(&change, pt_id);
	if (rc)
		iommufd_report_refusal(what, 0, &why, rc);
	return rc;
}

/**
 * iommufd_device_attach() - give a device a translation
 * @idev: the bound device
 * @pasid: the PASID, or IOMMU_NO_PASID for DMA without one
 * @pt_id: in: id of an IOAS or hwpt; out: id of the hwpt, also when an IOAS
 *	was named and a hwpt was chosen or made for it
 *
 * The first device of an iommu group brings the translation into force for
 * the whole group; the others have to name the same hwpt. Each PASID has a
 * translation of its own, through hwpts made with IOMMU_HWPT_ALLOC_PASID; the
 * one without PASID must be such a hwpt, too, while a PASID is attached.
 *
 * Context: may sleep.
 * Return: 0, or an errno with nothing changed:
 * ENOENT: @pt_id names nothing;
 * EINVAL: it names something else, the group is attached to another hwpt, the
 * hwpt does not fit the device or the PASIDs, or there is no such PASID;
 * EBUSY: attached already;
 * EADDRINUSE: a map is where the device has a reserved region or lies outside
 * what the IOMMU translates;
 * EOPNOTSUPP: the IOMMU driver has no PASIDs;
 * ENOMEM, EFAULT, EINTR, or what the IOMMU driver says.
 */
int iommufd_device_attach(struct iommufd_device *idev, ioasid_t pasid,
			  u32 *pt_id)
{
	return device_change_to("device_attach", idev, DEVICE_CHANGE_ATTACH,
				pasid, pt_id);
}
EXPORT_SYMBOL_NS_GPL(iommufd_device_attach, "IOMMUFD");

/**
 * iommufd_device_replace() - change the translation of a device
 * @idev: the bound device, attached
 * @pasid: the PASID, or IOMMU_NO_PASID for DMA without one
 * @pt_id: in: id of an IOAS or hwpt; out: id of the hwpt
 *
 * All attached devices of the group move. Where the IOMMU driver can, DMA
 * goes on during the change. A failure leaves the old translation in force.
 * Naming the hwpt that is in force already succeeds.
 *
 * Context: may sleep.
 * Return: 0, or as iommufd_device_attach(), and EINVAL: not attached.
 */
int iommufd_device_replace(struct iommufd_device *idev, ioasid_t pasid,
			   u32 *pt_id)
{
	return device_change_to("device_replace", idev, DEVICE_CHANGE_REPLACE,
				pasid, pt_id);
}
EXPORT_SYMBOL_NS_GPL(iommufd_device_replace, "IOMMUFD");

/**
 * iommufd_device_detach() - take the translation away from a device
 * @idev: the bound device; not being attached is fine
 * @pasid: the PASID, or IOMMU_NO_PASID for DMA without one
 *
 * The last attached device of an iommu group leaves the group's DMA blocked,
 * of this PASID or without one.
 *
 * Context: may sleep.
 */
void iommufd_device_detach(struct iommufd_device *idev, ioasid_t pasid)
{
	struct device_change change = {
		.idev = idev,
		.op = DEVICE_CHANGE_DETACH,
		.pasid = pasid,
	};

	/* a detach has no step that fails */
	WARN_ON_ONCE(device_change_run(&change));
	device_change_finish(&change);
}
EXPORT_SYMBOL_NS_GPL(iommufd_device_detach, "IOMMUFD");
