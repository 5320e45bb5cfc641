// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Has QEMU's educational device copy a line from one page to another: first.rst.
 *
 *   cc -o first first-program.c $(pkg-config --cflags --libs libiommufd)
 *   ./first 0000:00:05.0 [IOVA of the second page]
 */
#include <iommufd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE 4096
#define RIGHTS (IOMMU_IOAS_MAP_READABLE | IOMMU_IOAS_MAP_WRITEABLE | \
		IOMMU_IOAS_MAP_FIXED_IOVA)

static void need(const char *what, int ret)
{
	if (ret >= 0)
		return;
	printf("%s: %s\n", what, strerror(-ret));
	exit(1);
}

static int device;

/* Where a part of the device is in its file. */
static off_t region(__u32 index)
{
	struct vfio_region_info info;

	need("the region", iommufd_vfio_region(device, index, &info));
	return (off_t)info.offset;
}

/* Registers of the device, QEMU's docs/specs/edu.rst: it has a buffer at 0x40000. */
static void copy(__u64 from, __u64 to, __u64 command)
{
	__u64 words[4] = { from, to, 32, command | 1 };
	off_t bar = region(VFIO_PCI_BAR0_REGION_INDEX);
	int i;

	for (i = 0; i < 4; i++)
		need("the device", (int)pwrite(device, &words[i], 8, bar + 0x80 + 8 * i));
	do
		need("the device", (int)pread(device, words, 8, bar + 0x98));
	while (words[0] & 1);
}

int main(int argc, char **argv)
{
	__u64 first = 0x10000, second = argc > 2 ? strtoull(argv[2], NULL, 0) : 0x20000;
	__u16 master = 0x6;	/* memory space, bus master */
	struct iommufd_memory memory;
	__u32 dev_id, ioas, pt;
	char *pages;
	int fd;

	if (argc < 2)
		return 2;
	fd = iommufd_open(NULL);
	need("/dev/iommu", fd);
	device = iommufd_vfio_open(argv[1]);
	need(argv[1], device);
	need("bind", iommufd_vfio_bind(device, fd, &dev_id));
	need("an address space", iommufd_ioas_alloc(fd, &ioas));
	pt = ioas;
	need("attach", iommufd_vfio_attach(device, &pt));

	need("memory", iommufd_memory_alloc(&memory, 2 * PAGE, IOMMUFD_PAGES_USUAL));
	pages = memory.va;
	need("the first page", iommufd_ioas_map(fd, ioas, pages, PAGE, RIGHTS, &first));
	need("the second page",
	     iommufd_ioas_map(fd, ioas, pages + PAGE, PAGE, RIGHTS, &second));

	need("config space", (int)pwrite(device, &master, 2,
					 region(VFIO_PCI_CONFIG_REGION_INDEX) + 4));
	strcpy(pages, "copied by DMA");
	copy(first, 0x40000, 0);
	copy(0x40000, second, 2);
	printf("the second page: %s\n", pages + PAGE);
	close(device);
	return strcmp(pages + PAGE, "copied by DMA") != 0;
}
