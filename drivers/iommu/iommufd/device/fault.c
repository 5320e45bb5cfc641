// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page faults of attached devices on their way to the queue of their hwpt.
 *
 * Locks: the xa_lock of &iommufd_ctx.groups, to name the device. Not
 *	device_group.lock: a detach holds it while the IOMMU driver waits for
 *	faults that are being reported.
 * Calls: event/ to queue and answer.
 */
#include <linux/iommu.h>
#include <linux/pci-ats.h>
#include <linux/pci.h>

#include "../event/fault.h"
#include "../object/ctx.h"
#include "device.h"
#include "fault.h"

/* Return: the id, 0: the device is not bound to the context any more. */
static u32 device_id(struct device_group *dgroup, struct device *dev)
{
	struct iommufd_device *idev;
	u32 id = 0;

	xa_lock(&dgroup->ictx->groups);
	list_for_each_entry(idev, &dgroup->bound, bound_item) {
		if (idev->dev == dev)
			id = idev->obj.id;
	}
	xa_unlock(&dgroup->ictx->groups);
	return id;
}

/*
 * The iopf_handler of fault-capable domains. Its contract makes the driver
 * keep the attachment in force while it reports.
 */
static int device_fault_handler(struct iopf_group *group)
{
	struct device_attachment *attachment =
		to_attachment(group->attach_handle);
	u32 id;

	guard(mutex)(&attachment->dgroup->fault_lock);
	id = device_id(attachment->dgroup, group->fault_param->dev);
	if (!id)
		return -ENODEV;
	return fault_queue_push(attachment->hwpt->fault, group, id);
}

/**
 * device_fault_connect() - make a new hwpt report faults
 * @ucmd: the ioctl that allocates the hwpt
 * @hwpt: the hwpt, complete, not published; destroying it undoes this
 * @fault_id: id of the fault queue
 *
 * Context: may sleep.
 * Return: 0, or ENOENT: @fault_id is no fault queue.
 */
int device_fault_connect(struct iommufd_ucmd *ucmd,
			 struct iommufd_hw_pagetable *hwpt, u32 fault_id)
{
	struct iommufd_object *obj __free(iommufd_put) =
		iommufd_ucmd_get(ucmd, "fault_id", fault_id, IOMMUFD_OBJ_FAULT);

	if (IS_ERR(obj))
		return PTR_ERR(obj);
	if (!iommufd_object_hold(obj))
		return iommufd_refuse(&ucmd->why, "fault_id",
				      "the fault queue is being destroyed",
				      fault_id, -ENOENT);
	hwpt->fault = to_fault_queue(obj);
	hwpt->domain->iopf_handler = device_fault_handler;
	return 0;
}

/**
 * device_fault_check() - can a device report faults to a hwpt
 * @hwpt: the hwpt
 * @dev: the device that shall attach
 * @why: where the reason of a failure goes
 *
 * The page request interface of a virtual function is the physical function's,
 * so that enabling it or draining it concerns functions that others own.
 *
 * Context: any.
 * Return: 0, or EINVAL.
 */
int device_fault_check(struct iommufd_hw_pagetable *hwpt, struct device *dev,
		       struct iommufd_why *why)
{
	if (!hwpt->fault || !dev_is_pci(dev))
		return 0;
	if (!to_pci_dev(dev)->is_virtfn || !pci_pri_supported(to_pci_dev(dev)))
		return 0;
	return iommufd_refuse(why, "pt_id",
			      "the hwpt reports faults, and the device is a virtual function that shares its page requests",
			      hwpt->obj.id, -EINVAL);
}

/**
 * device_fault_explain() - the IOMMU driver refused a device
 * @hwpt: the hwpt that it should have attached
 * @error: what it said
 * @why: where the reason goes, if faults are the reason
 *
 * Drivers say ENODEV for what a device can do with no hwpt; where the hwpt reports
 * faults that is the one thing about it that others do not have.
 *
 * Context: any.
 */
void device_fault_explain(struct iommufd_hw_pagetable *hwpt, int error,
			  struct iommufd_why *why)
{
	if (hwpt->fault && error == -ENODEV)
		iommufd_refuse(why, "pt_id",
			       "the hwpt reports faults, and the IOMMU driver cannot report those of the device (value: its id)",
			       hwpt->obj.id, error);
}

/**
 * device_fault_answer() - answer what is pending of a translation that ended
 * @attachment: translation that is not in force any more for @dev
 * @dev: the device, or NULL: the whole group
 *
 * Context: may sleep; under the group's lock, so that the devices stay.
 */
void device_fault_answer(struct device_attachment *attachment,
			 struct device *dev)
{
	const struct fault_source source = {
		.handle = &attachment->handle,
		.dev = dev,
	};

	if (attachment->hwpt->fault)
		fault_queue_answer(attachment->hwpt->fault, &source);
}
