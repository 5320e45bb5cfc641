// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * the device has read: hello
 * the device has written: hello
 * behind the page: unchanged
 */
/*
 * 02-dma BDF: real DMA by QEMU's educational device (1234:11e8), which is bound
 * to vfio-pci: 'iommufdctl bind BDF'. It copies from memory into a buffer of its
 * own, and from there to memory.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sample.h"

#define PAGE 4096
#define IOVA 0x10000ULL

/* Registers in BAR 0, QEMU's docs/specs/edu.rst */
#define EDU_SRC 0x80
#define EDU_DST 0x88
#define EDU_COUNT 0x90
#define EDU_COMMAND 0x98
#define EDU_BUFFER 0x40000

static int device;
static __u64 bar;

static void put(int reg, __u64 value)
{
	sample_need(pwrite(device, &value, 8, (off_t)(bar + reg)) == 8, "write");
}

static void transfer(__u64 from, __u64 to, __u64 count, __u64 command)
{
	__u64 busy = 1;

	put(EDU_SRC, from);
	put(EDU_DST, to);
	put(EDU_COUNT, count);
	put(EDU_COMMAND, command);
	while (busy & 1)
		sample_need(pread(device, &busy, 8, (off_t)(bar + EDU_COMMAND)) == 8,
			    "read");
}

static void start_master(__u64 config)
{
	__u16 command = 0x6;	/* memory space, bus master */

	sample_need(pwrite(device, &command, 2, (off_t)(config + 4)) == 2,
		    "config space");
}

int main(int argc, char **argv)
{
	struct iommufd_session *session = sample_open();
	int fd = iommufd_session_fd(session);
	struct vfio_region_info info;
	struct iommufd_memory memory;
	__u32 dev_id, ioas, pt;
	__u64 iova = IOVA;
	char *page;

	sample_need(argc == 2, "usage: 02-dma BDF");
	device = sample_check(session, IOMMUFD_VFIO_OPEN,
			      iommufd_vfio_open(argv[1]));
	sample_check(session, VFIO_DEVICE_BIND_IOMMUFD,
		     iommufd_vfio_bind(device, fd, &dev_id));
	sample_check(session, IOMMU_IOAS_ALLOC, iommufd_ioas_alloc(fd, &ioas));
	pt = ioas;
	sample_check(session, VFIO_DEVICE_ATTACH_IOMMUFD_PT,
		     iommufd_vfio_attach(device, &pt));

	sample_need(!iommufd_memory_alloc(&memory, 2 * PAGE, IOMMUFD_PAGES_USUAL),
		    "memory");
	page = memory.va;
	/* Only the first page: the second is none of the device's business. */
	sample_check(session, IOMMU_IOAS_MAP,
		     iommufd_ioas_map(fd, ioas, page, PAGE, FIXED, &iova));

	iommufd_vfio_region(device, VFIO_PCI_CONFIG_REGION_INDEX, &info);
	start_master(info.offset);
	iommufd_vfio_region(device, VFIO_PCI_BAR0_REGION_INDEX, &info);
	bar = info.offset;

	strcpy(page, "hello");
	transfer(IOVA, EDU_BUFFER, 6, 1);
	printf("the device has read: %s\n", page);
	memset(page, 0, PAGE);
	transfer(EDU_BUFFER, IOVA + 100, 6, 3);
	printf("the device has written: %s\n", page + 100);

	/* Beyond what is mapped: the unit stops it, and logs a fault. */
	strcpy(page + PAGE, "unchanged");
	transfer(EDU_BUFFER, IOVA + PAGE, 6, 3);
	printf("behind the page: %s\n", page + PAGE);

	/* Closing the device detaches it and ends its DMA. */
	close(device);
	iommufd_memory_free(&memory);
	iommufd_session_close(session);
	return 0;
}
