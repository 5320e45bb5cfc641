// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is asked of a bound device.
 */
#include <linux/iommufd.h>

#include "device.h"
#include "pasid.h"

/**
 * device_get_state() - what is a device attached to
 * @idev: the bound device
 * @state: filled in
 *
 * Context: may sleep; takes the group's lock.
 * Return: 0, or EINTR: a signal is pending, @state is empty.
 */
int device_get_state(struct iommufd_device *idev, struct device_state *state)
{
	struct device_pasid *slot;
	unsigned long pasid;
	int rc;

	*state = (struct device_state){};
	/* an attach may hold it while it pins a lot of memory */
	ACQUIRE(mutex_intr, lock)(&idev->dgroup->lock);
	rc = ACQUIRE_ERR(mutex_intr, &lock);
	if (rc)
		return rc;
	if (device_attached_locked(idev))
		state->hwpt_id = idev->dgroup->attachment->hwpt->obj.id;
	xa_for_each(&idev->dgroup->pasids, pasid, slot)
		if (xa_load(&slot->devices, idev->obj.id))
			state->npasids++;
	return 0;
}

/**
 * iommufd_device_to_ictx() - the context of a bound device
 * @idev: the bound device
 *
 * Context: any.
 * Return: the context, valid until the device is unbound.
 */
struct iommufd_ctx *iommufd_device_to_ictx(struct iommufd_device *idev)
{
	return idev->ictx;
}
EXPORT_SYMBOL_NS_GPL(iommufd_device_to_ictx, "IOMMUFD");

/**
 * iommufd_device_to_id() - the id of a bound device
 * @idev: the bound device
 *
 * Context: any.
 * Return: the id in the device's context.
 */
u32 iommufd_device_to_id(struct iommufd_device *idev)
{
	return idev->obj.id;
}
EXPORT_SYMBOL_NS_GPL(iommufd_device_to_id, "IOMMUFD");
