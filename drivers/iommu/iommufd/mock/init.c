// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mock as a whole comes and goes.
 */
#include "dmabuf.h"
#include "fail.h"
#include "iommu.h"
#include "mock.h"

/**
 * iommufd_mock_init() - register the mock IOMMU and its objects
 *
 * Context: module init.
 * Return: 0, or what registering failed with; nothing is left registered then.
 */
int __init iommufd_mock_init(void)
{
	int rc = mock_iommu_init();

	if (rc)
		return rc;
	iommufd_object_register_ops(&iommufd_selftest_object_ops);
	mock_dmabuf_register();
	mock_fail_init();
	return 0;
}

/**
 * iommufd_mock_exit() - undo iommufd_mock_init()
 *
 * No context exists any more, so neither does any mock device.
 *
 * Context: module exit, or module init after a later failure.
 */
void iommufd_mock_exit(void)
{
	mock_fail_exit();
	mock_dmabuf_unregister();
	mock_iommu_exit();
}
