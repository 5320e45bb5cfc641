/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A device of the mock behind a file that looks like VFIO's: the ioctls that
 * attach and detach become commands to the mock.
 */
#ifndef IOMMU_SELFTEST_EXAMPLES_MOCK_VFIO_H
#define IOMMU_SELFTEST_EXAMPLES_MOCK_VFIO_H

#include <linux/types.h>

/*
 * The file. A detach attaches the device to @home again, as one of the mock
 * always translates through something.
 */
int mock_vfio_open(int iommufd, __u32 stdev, __u32 home);
/* ioctl() on that file, and on any other. */
int mock_vfio_ioctl(int fd, unsigned long request, ...);

#endif
