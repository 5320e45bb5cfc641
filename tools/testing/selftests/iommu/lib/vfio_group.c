// SPDX-License-Identifier: GPL-2.0-only
/* VFIO's groups, which a container takes in. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "harness.h"
#include "vfio_group.h"

int vfio_group_open(const char *device)
{
	const char *name = strrchr(device, '/') + 1;
	char path[PATH_MAX];
	char link[PATH_MAX];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path),
		 "/sys/class/vfio-dev/%s/device/iommu_group", name);
	len = readlink(path, link, sizeof(link) - 1);
	CHECK(len > 0);
	link[len] = 0;
	snprintf(path, sizeof(path), "/dev/vfio/%s%s",
		 strncmp(name, "noiommu-", 8) ? "" : "noiommu-",
		 basename(link));
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		harness_skip("%s: %s", path, strerror(errno));
	return fd;
}

int __vfio_group_device(int group, const char *bdf)
{
	int fd = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, bdf);

	return fd < 0 ? -errno : fd;
}

int vfio_group_device(int group, const char *bdf)
{
	int fd = __vfio_group_device(group, bdf);

	CHECK(fd >= 0);
	return fd;
}
