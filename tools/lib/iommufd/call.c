// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The file of /dev/iommu, and what concerns the context as a whole. */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>

#include "iommufd.h"

int iommufd_open(const char *node)
{
	int fd = open(node ? node : "/dev/iommu", O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int iommufd_call(int fd, unsigned long request, void *arg)
{
	int rc = ioctl(fd, request, arg);

	return rc < 0 ? -errno : rc;
}

int iommufd_destroy(int fd, __u32 id)
{
	struct iommu_destroy cmd = { .size = sizeof(cmd), .id = id };

	return iommufd_call(fd, IOMMU_DESTROY, &cmd);
}

int iommufd_option_get(int fd, __u32 option, __u32 object, __u64 *value)
{
	struct iommu_option cmd = {
		.size = sizeof(cmd),
		.option_id = option,
		.op = IOMMU_OPTION_OP_GET,
		.object_id = object,
	};
	int rc = iommufd_call(fd, IOMMU_OPTION, &cmd);

	if (!rc)
		*value = cmd.val64;
	return rc;
}

int iommufd_option_set(int fd, __u32 option, __u32 object, __u64 value)
{
	struct iommu_option cmd = {
		.size = sizeof(cmd),
		.option_id = option,
		.op = IOMMU_OPTION_OP_SET,
		.object_id = object,
		.val64 = value,
	};

	return iommufd_call(fd, IOMMU_OPTION, &cmd);
}

static int vfio_ioas(int fd, __u16 op, __u32 *ioas)
{
	struct iommu_vfio_ioas cmd = {
		.size = sizeof(cmd),
		.ioas_id = *ioas,
		.op = op,
	};
	int rc = iommufd_call(fd, IOMMU_VFIO_IOAS, &cmd);

	if (!rc)
		*ioas = cmd.ioas_id;
	return rc;
}

int iommufd_vfio_ioas_get(int fd, __u32 *ioas)
{
	__u32 id = 0;
	int rc = vfio_ioas(fd, IOMMU_VFIO_IOAS_GET, &id);

	if (!rc)
		*ioas = id;
	return rc;
}

int iommufd_vfio_ioas_set(int fd, __u32 ioas)
{
	return vfio_ioas(fd, IOMMU_VFIO_IOAS_SET, &ioas);
}

int iommufd_vfio_ioas_clear(int fd)
{
	__u32 none = 0;

	return vfio_ioas(fd, IOMMU_VFIO_IOAS_CLEAR, &none);
}
