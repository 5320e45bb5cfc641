// SPDX-License-Identifier: GPL-2.0-only
/*
 * What mock devices report: page requests, and events for a guest.
 *
 * Locks: dma_lock of a mock device keeps its translation while it reports a
 *	page request, as a hardware driver drains requests before it changes
 *	one. vdev_lock keeps its vdevice while it reports an event.
 * Calls: the iommu core and linux/iommufd.h, as a hardware driver does.
 */
#include <linux/iommu.h>
#include <linux/iommufd.h>

#include "../device/device.h"
#include "../iommufd_test.h"
#include "../object/ucmd.h"
#include "bus.h"
#include "event.h"
#include "iommu.h"

static struct iopf_queue *mock_page_requests;

/**
 * mock_events_enable() - let a device raise page requests, if a domain wants it
 * @mdev: the device
 * @domain: is about to be attached to the device or one of its PASIDs
 *
 * As drivers do, the device is on the queue of page requests only while such a
 * domain is attached.
 *
 * Context: may sleep; under the iommu core's lock of the group.
 * Return: 0 or ENOMEM.
 */
int mock_events_enable(struct mock_device *mdev, struct iommu_domain *domain)
{
	int rc;

	if (!domain->iopf_handler)
		return 0;
	if (!mdev->iopf_domains) {
		rc = iopf_queue_add_device(mock_page_requests, &mdev->dev);
		if (rc)
			return rc;
	}
	mdev->iopf_domains++;
	return 0;
}

/**
 * mock_events_disable() - undo mock_events_enable()
 * @mdev: the device
 * @domain: no longer attached; NULL: there was none
 *
 * Context: may sleep; under the iommu core's lock of the group.
 */
void mock_events_disable(struct mock_device *mdev, struct iommu_domain *domain)
{
	if (domain && domain->iopf_handler && !--mdev->iopf_domains)
		iopf_queue_remove_device(mock_page_requests, &mdev->dev);
}

/**
 * mock_events_check_gone() - a device leaves
 * @mdev: the device, not bound any more
 *
 * Context: any.
 */
void mock_events_check_gone(struct mock_device *mdev)
{
	WARN_ON_ONCE(mdev->iopf_domains);
	/* whoever detached it has answered for all that were pending */
	WARN_ON_ONCE(atomic_read(&mdev->unanswered));
}

/**
 * mock_events_set_vdev() - a guest was given a device
 * @dev: the device
 * @vdev: what it is to the guest
 *
 * Context: may sleep.
 */
void mock_events_set_vdev(struct device *dev, struct iommufd_vdevice *vdev)
{
	struct mock_device *mdev = mock_device_of(dev);

	guard(mutex)(&mdev->vdev_lock);
	mdev->vdev = vdev;
}

/**
 * mock_events_clear_vdev() - a device was taken away from its guest
 * @dev: the device
 * @vdev: what it was to the guest; gone afterwards
 *
 * Context: may sleep.
 */
void mock_events_clear_vdev(struct device *dev, struct iommufd_vdevice *vdev)
{
	struct mock_device *mdev = mock_device_of(dev);

	guard(mutex)(&mdev->vdev_lock);
	if (mdev->vdev == vdev)
		mdev->vdev = NULL;
}

/**
 * mock_page_response() - a device is told the fate of its page request
 * @dev: the device
 * @fault: the last page of the group
 * @response: the answer
 *
 * Context: any.
 */
void mock_page_response(struct device *dev, struct iopf_fault *fault,
			struct iommu_page_response *response)
{
	struct mock_device *mdev = to_mock_device(dev);

	/* every request gets one answer, no more */
	WARN_ON_ONCE(atomic_dec_return(&mdev->unanswered) < 0);
}

static void mock_raise_page_request(struct mock_device *mdev,
				    const struct iommu_test_trigger_iopf *args)
{
	bool last = !(args->perm & MOCK_IOPF_PERM_MORE);
	struct iopf_fault request = {
		.fault = {
			.type = IOMMU_FAULT_PAGE_REQ,
			.prm = {
				.pasid = args->pasid,
				.grpid = args->grpid,
				.perm = args->perm & ~MOCK_IOPF_PERM_MORE,
				.addr = args->addr,
			},
		},
	};
	int rc;

	if (last)
		request.fault.prm.flags |= IOMMU_FAULT_PAGE_REQUEST_LAST_PAGE;
	if (args->pasid != IOMMU_NO_PASID)
		request.fault.prm.flags |= IOMMU_FAULT_PAGE_REQUEST_PASID_VALID;

	guard(rwsem_read)(&mdev->dma_lock);

	atomic_inc(&mdev->unanswered);
	rc = iommu_report_device_fault(&mdev->dev, &request);
	/* one that is to be continued is answered only when it is refused */
	if (!last && rc != -EINVAL)
		atomic_dec(&mdev->unanswered);
}

/* The device stays as long as the caller has a running use of @obj. */
static struct mock_device *mock_device_behind(struct iommufd_ucmd *ucmd,
					      struct iommufd_object *obj)
{
	struct mock_device *mdev = mock_device_of(to_device(obj)->dev);

	if (!mdev)
		iommufd_refuse(&ucmd->why, "dev_id", "not a mock device",
			       obj->id, -EINVAL);
	return mdev;
}

/**
 * mock_trigger_iopf_op() - TRIGGER_IOPF: a device misses a page
 * @ucmd: the ioctl
 *
 * Context: may sleep.
 * Return: 0, also when nobody takes it; ENOENT: no such device; EINVAL: not a
 * mock device.
 */
int mock_trigger_iopf_op(struct iommufd_ucmd *ucmd)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;
	struct iommufd_object *obj __free(iommufd_put) =
		iommufd_ucmd_get(ucmd, "dev_id", cmd->trigger_iopf.dev_id,
				 IOMMUFD_OBJ_DEVICE);
	struct mock_device *mdev;

	if (IS_ERR(obj))
		return PTR_ERR(obj);
	mdev = mock_device_behind(ucmd, obj);
	if (!mdev)
		return -EINVAL;
	/* a device is not told either, but for the answer */
	mock_raise_page_request(mdev, &cmd->trigger_iopf);
	return 0;
}

/**
 * mock_trigger_vevent_op() - TRIGGER_VEVENT: a device of a guest errs
 * @ucmd: the ioctl
 *
 * Context: may sleep.
 * Return: 0; ENOENT: no such device, or no guest has it; EINVAL: not a mock
 * device; or as iommufd_viommu_report_event().
 */
int mock_trigger_vevent_op(struct iommufd_ucmd *ucmd)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;
	struct iommufd_object *obj __free(iommufd_put) =
		iommufd_ucmd_get(ucmd, "dev_id", cmd->trigger_vevent.dev_id,
				 IOMMUFD_OBJ_DEVICE);
	struct iommu_viommu_event_selftest event = {};
	struct iommufd_viommu *viommu;
	struct mock_device *mdev;
	unsigned long virt_id;
	int rc;

	if (IS_ERR(obj))
		return PTR_ERR(obj);
	mdev = mock_device_behind(ucmd, obj);
	if (!mdev)
		return -EINVAL;

	guard(mutex)(&mdev->vdev_lock);
	if (!mdev->vdev)
		return iommufd_refuse(&ucmd->why, "dev_id",
				      "no guest has the device", obj->id,
				      -ENOENT);
	viommu = mdev->vdev->viommu;
	rc = iommufd_viommu_get_vdev_id(viommu, &mdev->dev, &virt_id);
	if (rc)
		return rc;
	event.virt_id = virt_id;
	return iommufd_viommu_report_event(viommu, IOMMU_VEVENTQ_TYPE_SELFTEST,
					   &event, sizeof(event));
}

/**
 * mock_events_init() - before the first mock device
 *
 * Context: module init.
 * Return: 0 or ENOMEM.
 */
int __init mock_events_init(void)
{
	mock_page_requests = iopf_queue_alloc("iommufd_mock");
	return mock_page_requests ? 0 : -ENOMEM;
}

/**
 * mock_events_exit() - after the last mock device
 *
 * Context: module exit, or module init after a later failure.
 */
void mock_events_exit(void)
{
	iopf_queue_free(mock_page_requests);
}
