// SPDX-License-Identifier: GPL-2.0-only
/* Address spaces by /dev/iommu and by VFIO's type 1 container. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/vfio.h>

#include "lib/harness.h"
#include "lib/uapi.h"
#include "lib/vfio.h"
#include "bench.h"

static void iommufd_open(struct space *space, const char *vfio_path)
{
	space->fd = iommu_open();
	space->device = vfio_open(vfio_path);
	space->dev_id = vfio_bind(space->device, space->fd);
	space->ioas = ioas_alloc(space->fd);
	vfio_attach(space->device, space->ioas);
	space->second = ioas_alloc(space->fd);
	hwpt_alloc(space->fd, space->dev_id, space->second);
}

static __u64 iommufd_map(struct space *space, void *va, size_t nbytes,
			 __u64 iova)
{
	struct iommu_ioas_map map = {
		.size = sizeof(map),
		.flags = PROT_RW | (iova ? MAP_AT : 0),
		.ioas_id = space->ioas,
		.user_va = (uintptr_t)va,
		.length = nbytes,
		.iova = iova,
	};

	CHECK_EQ(ioctl(space->fd, IOMMU_IOAS_MAP, &map), 0);
	return map.iova;
}

static void iommufd_unmap(struct space *space, __u64 iova, size_t nbytes)
{
	struct iommu_ioas_unmap unmap = {
		.size = sizeof(unmap),
		.ioas_id = space->ioas,
		.iova = iova,
		.length = nbytes,
	};

	CHECK_EQ(ioctl(space->fd, IOMMU_IOAS_UNMAP, &unmap), 0);
}

static void iommufd_unmap_all(struct space *space)
{
	iommufd_unmap(space, 0, UINT64_MAX);
}

static void iommufd_copy(struct space *space, __u64 iova, size_t nbytes)
{
	struct iommu_ioas_copy copy = {
		.size = sizeof(copy),
		.flags = PROT_RW | MAP_AT,
		.dst_ioas_id = space->second,
		.src_ioas_id = space->ioas,
		.length = nbytes,
		.dst_iova = iova,
		.src_iova = iova,
	};

	CHECK_EQ(ioctl(space->fd, IOMMU_IOAS_COPY, &copy), 0);
}

static void iommufd_drop_copy(struct space *space)
{
	ioas_unmap_all(space->fd, space->second);
}

const struct space_ops iommufd_ops = {
	.name = "iommufd",
	.open = iommufd_open,
	.map = iommufd_map,
	.unmap = iommufd_unmap,
	.unmap_all = iommufd_unmap_all,
	.copy = iommufd_copy,
	.drop_copy = iommufd_drop_copy,
};

/* /dev/vfio/devices/vfioN is in the group that its device links to. */
static int open_group(const char *vfio_path)
{
	char link[PATH_MAX], target[PATH_MAX], path[PATH_MAX];
	ssize_t len;
	int fd;

	snprintf(link, sizeof(link), "/sys/class/vfio-dev/%s/device/iommu_group",
		 strrchr(vfio_path, '/') + 1);
	len = readlink(link, target, sizeof(target) - 1);
	CHECK(len > 0);
	target[len] = '\0';
	snprintf(path, sizeof(path), "/dev/vfio/%s", strrchr(target, '/') + 1);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		harness_skip("no %s", path);
	return fd;
}

static void type1_open(struct space *space, const char *vfio_path)
{
	int group = open_group(vfio_path);

	space->fd = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	CHECK(space->fd >= 0);
	CHECK_EQ(ioctl(group, VFIO_GROUP_SET_CONTAINER, &space->fd), 0);
	CHECK_EQ(ioctl(space->fd, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0);
}

static __u64 type1_map(struct space *space, void *va, size_t nbytes, __u64 iova)
{
	/* The caller chooses: right behind the last. */
	static __u64 next = BENCH_IOVA;
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.vaddr = (uintptr_t)va,
		.iova = iova ?: next,
		.size = nbytes,
	};

	if (!iova)
		next += nbytes;
	CHECK_EQ(ioctl(space->fd, VFIO_IOMMU_MAP_DMA, &map), 0);
	return map.iova;
}

static void type1_unmap(struct space *space, __u64 iova, size_t nbytes)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap),
		.iova = iova,
		.size = nbytes,
	};

	CHECK_EQ(ioctl(space->fd, VFIO_IOMMU_UNMAP_DMA, &unmap), 0);
}

static void type1_unmap_all(struct space *space)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap),
		.flags = VFIO_DMA_UNMAP_FLAG_ALL,
	};

	CHECK_EQ(ioctl(space->fd, VFIO_IOMMU_UNMAP_DMA, &unmap), 0);
}

const struct space_ops type1_ops = {
	.name = "type1",
	.open = type1_open,
	.map = type1_map,
	.unmap = type1_unmap,
	.unmap_all = type1_unmap_all,
};
