/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mock IOMMU as the rest of iommufd sees it: module init and one ioctl.
 *
 *	IOMMU_TEST_CMD --> ioctl.c --+--> device.c: bind, attach a mock device
 *	                             +--> access.c: an in-kernel user with a file
 *	                             +--> check.c:  compare tables and pins
 *	                                     |
 *	          iommu core <--> iommu.c, domain.c: an IOMMU driver
 *
 * Everything here goes through the interfaces that hardware drivers and VFIO
 * use. Nothing outside this folder knows that a device is not real.
 */
#ifndef __IOMMUFD_MOCK_MOCK_H
#define __IOMMUFD_MOCK_MOCK_H

#include <linux/errno.h>
#include <linux/init.h>

#include "../object/object.h"

struct iommufd_ucmd;

#if IS_ENABLED(CONFIG_IOMMUFD_TEST)
#include "../iommufd_test.h"

extern const struct iommufd_object_ops iommufd_selftest_object_ops;

int iommufd_test_ioctl(struct iommufd_ucmd *ucmd);
int __init iommufd_mock_init(void);
void iommufd_mock_exit(void);
#else
static inline int iommufd_test_ioctl(struct iommufd_ucmd *ucmd)
{
	return -EOPNOTSUPP;
}

static inline int iommufd_mock_init(void)
{
	return 0;
}

static inline void iommufd_mock_exit(void)
{
}
#endif

#endif
