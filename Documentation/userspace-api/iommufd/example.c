// SPDX-License-Identifier: GPL-2.0-only
/*
 * Gives a device an address space with 2 MiB of our memory in it.
 *
 *   iommufd-example [/dev/vfio/devices/vfioN]
 *
 * Without a device it shows the address space alone.
 */
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/iommufd.h>
#include <linux/vfio.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define LENGTH (2UL << 20)
#define MAX_RANGES 16

static void show_ranges(int fd, __u32 ioas)
{
	struct iommu_iova_range range[MAX_RANGES];
	struct iommu_ioas_iova_ranges cmd = {
		.size = sizeof(cmd),
		.ioas_id = ioas,
		.num_iovas = MAX_RANGES,
		.allowed_iovas = (uintptr_t)range,
	};

	if (ioctl(fd, IOMMU_IOAS_IOVA_RANGES, &cmd))
		err(1, "IOMMU_IOAS_IOVA_RANGES");
	for (__u32 i = 0; i < cmd.num_iovas; i++)
		printf("can be mapped: 0x%" PRIx64 "..0x%" PRIx64 "\n",
		       (uint64_t)range[i].start, (uint64_t)range[i].last);
}

static int attach(int fd, const char *path, __u32 ioas)
{
	struct vfio_device_bind_iommufd bind = {
		.argsz = sizeof(bind),
		.iommufd = fd,
	};
	struct vfio_device_attach_iommufd_pt pt = {
		.argsz = sizeof(pt),
		.pt_id = ioas,
	};
	int dev = open(path, O_RDWR | O_CLOEXEC);

	if (dev < 0)
		err(1, "%s", path);
	if (ioctl(dev, VFIO_DEVICE_BIND_IOMMUFD, &bind))
		err(1, "VFIO_DEVICE_BIND_IOMMUFD");
	if (ioctl(dev, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &pt))
		err(1, "VFIO_DEVICE_ATTACH_IOMMUFD_PT");
	printf("device %u translates through hwpt %u\n", bind.out_devid,
	       pt.pt_id);
	return dev;
}

int main(int argc, char **argv)
{
	struct iommu_ioas_alloc alloc = { .size = sizeof(alloc) };
	struct iommu_ioas_map map = {
		.size = sizeof(map),
		.flags = IOMMU_IOAS_MAP_READABLE | IOMMU_IOAS_MAP_WRITEABLE,
		.length = LENGTH,
	};
	struct iommu_ioas_unmap unmap = { .size = sizeof(unmap) };
	struct iommu_destroy destroy = { .size = sizeof(destroy) };
	int fd = open("/dev/iommu", O_RDWR | O_CLOEXEC);
	int dev = -1;
	void *memory;

	if (fd < 0)
		err(1, "/dev/iommu");
	if (ioctl(fd, IOMMU_IOAS_ALLOC, &alloc))
		err(1, "IOMMU_IOAS_ALLOC");
	if (argc > 1)
		dev = attach(fd, argv[1], alloc.out_ioas_id);
	show_ranges(fd, alloc.out_ioas_id);

	memory = mmap(NULL, LENGTH, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		err(1, "mmap");
	map.ioas_id = alloc.out_ioas_id;
	map.user_va = (uintptr_t)memory;
	if (ioctl(fd, IOMMU_IOAS_MAP, &map))
		err(1, "IOMMU_IOAS_MAP");
	printf("mapped at IOVA 0x%" PRIx64 "\n", (uint64_t)map.iova);

	/* Here the device is told the IOVA and does its DMA. */

	unmap.ioas_id = alloc.out_ioas_id;
	unmap.iova = map.iova;
	unmap.length = LENGTH;
	if (ioctl(fd, IOMMU_IOAS_UNMAP, &unmap))
		err(1, "IOMMU_IOAS_UNMAP");
	printf("unmapped %" PRIu64 " bytes\n", (uint64_t)unmap.length);

	/* Closing the device detaches and unbinds it. */
	if (dev >= 0)
		close(dev);
	destroy.id = alloc.out_ioas_id;
	if (ioctl(fd, IOMMU_DESTROY, &destroy))
		err(1, "IOMMU_DESTROY");
	close(fd);
	return 0;
}
