// SPDX-License-Identifier: GPL-2.0-only
/*
 * What mock devices and their PASIDs translate by.
 *
 * Locks: the iommu core's lock of the group, held by all callers.
 * Calls: event.c, whether a device may raise page requests.
 */
#include "../iommufd_test.h"
#include "attach.h"
#include "event.h"
#include "fail.h"
#include "iommu.h"

static int mock_pasid_change(struct mock_device *mdev, ioasid_t pasid)
{
	if (mock_should_fail())
		return -ENOMEM;
	if (pasid != IOMMU_TEST_PASID_RESERVED)
		return 0;

	switch (mdev->reserved_pasid) {
	case MOCK_PASID_BLOCKED:
		mdev->reserved_pasid = MOCK_PASID_ARMED;
		return 0;
	case MOCK_PASID_ARMED:
		mdev->reserved_pasid = MOCK_PASID_SPENT;
		return -ENOMEM;
	case MOCK_PASID_SPENT:
		return 0;
	}
	return 0;
}

/**
 * mock_device_attach() - let a device translate by a domain
 * @mdev: the device
 * @domain: checked by the caller
 * @old: what it translated by, or NULL
 *
 * Context: may sleep; under the iommu core's lock of the group.
 * Return: 0 or ENOMEM.
 */
int mock_device_attach(struct mock_device *mdev, struct iommu_domain *domain,
		       struct iommu_domain *old)
{
	int rc = mock_events_enable(mdev, domain);

	if (!rc)
		mock_events_disable(mdev, old);
	if (!rc && mdev->attaching)
		mdev->attaching(mdev);
	return rc;
}

/**
 * mock_device_set_pasid() - let a PASID of a device translate by a domain
 * @mdev: the device
 * @pasid: the PASID
 * @domain: checked by the caller
 * @old: what it translated by, or NULL
 *
 * Context: may sleep; under the iommu core's lock of the group.
 * Return: 0; ENOMEM: also injected, or the one failure of the reserved PASID.
 */
int mock_device_set_pasid(struct mock_device *mdev, ioasid_t pasid,
			  struct iommu_domain *domain, struct iommu_domain *old)
{
	int rc = mock_events_enable(mdev, domain);

	if (rc)
		return rc;
	rc = mock_pasid_change(mdev, pasid);
	mock_events_disable(mdev, rc ? domain : old);
	return rc;
}

/**
 * mock_device_forget_pasid() - block a PASID of a device
 * @mdev: the device
 * @pasid: the PASID
 *
 * Context: under the iommu core's lock of the group.
 */
void mock_device_forget_pasid(struct mock_device *mdev, ioasid_t pasid)
{
	if (pasid == IOMMU_TEST_PASID_RESERVED)
		mdev->reserved_pasid = MOCK_PASID_BLOCKED;
}
