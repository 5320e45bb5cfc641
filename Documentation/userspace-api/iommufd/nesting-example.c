// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a VMM does to give a guest's first-stage table to VT-d:
 *
 *   nesting-example /dev/vfio/devices/vfioN
 *
 * The "guest" has 2 MiB and an empty table at its start, so every access of
 * the device with a guest address would fault.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/iommufd.h>
#include <linux/vfio.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define GUEST_SIZE (2UL << 20)

static void call(int fd, unsigned long request, void *cmd, const char *name)
{
	if (ioctl(fd, request, cmd))
		err(1, "%s", name);
}

#define CALL(fd, request, cmd) call(fd, request, cmd, #request)

static void answer_faults(int fd)
{
	struct iommu_hwpt_pgfault fault[64];
	ssize_t n = read(fd, fault, sizeof(fault));

	for (ssize_t i = 0; i < n / (ssize_t)sizeof(fault[0]); i++) {
		struct iommu_hwpt_page_response answer = {
			.cookie = fault[i].cookie,
			.code = IOMMUFD_PAGE_RESP_INVALID,
		};

		/* one answer for each group; a VMM would ask the guest */
		if ((fault[i].flags & IOMMU_PGFAULT_FLAGS_LAST_PAGE) &&
		    write(fd, &answer, sizeof(answer)) < 0)
			warn("fault answer");
	}
}

int main(int argc, char **argv)
{
	struct vfio_device_bind_iommufd bind = { .argsz = sizeof(bind) };
	struct iommu_ioas_alloc ioas = { .size = sizeof(ioas) };
	struct iommu_ioas_map map = {
		.size = sizeof(map),
		.flags = IOMMU_IOAS_MAP_READABLE | IOMMU_IOAS_MAP_WRITEABLE |
			 IOMMU_IOAS_MAP_FIXED_IOVA,
		.length = GUEST_SIZE,
	};
	struct iommu_fault_alloc faults = { .size = sizeof(faults) };
	struct iommu_hwpt_alloc parent = {
		.size = sizeof(parent),
		.flags = IOMMU_HWPT_ALLOC_NEST_PARENT,
	};
	struct iommu_hwpt_vtd_s1 table = { .addr_width = 48 };
	struct iommu_hwpt_alloc nested = {
		.size = sizeof(nested),
		.flags = IOMMU_HWPT_FAULT_ID_VALID,
		.data_type = IOMMU_HWPT_DATA_VTD_S1,
		.data_len = sizeof(table),
		.data_uptr = (uintptr_t)&table,
	};
	struct vfio_device_attach_iommufd_pt pt = { .argsz = sizeof(pt) };
	struct iommu_hwpt_vtd_s1_invalidate entry = { .npages = ~0ULL };
	struct iommu_hwpt_invalidate inval = {
		.size = sizeof(inval),
		.data_type = IOMMU_HWPT_INVALIDATE_DATA_VTD_S1,
		.data_uptr = (uintptr_t)&entry,
		.entry_len = sizeof(entry),
		.entry_num = 1,
	};
	int fd = open("/dev/iommu", O_RDWR | O_CLOEXEC);
	struct pollfd ready;
	void *guest;
	int dev;

	if (argc != 2)
		errx(2, "usage: %s /dev/vfio/devices/vfioN", argv[0]);
	dev = open(argv[1], O_RDWR | O_CLOEXEC);
	guest = mmap(NULL, GUEST_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (fd < 0 || dev < 0 || guest == MAP_FAILED)
		err(1, "open or mmap");

	bind.iommufd = fd;
	CALL(dev, VFIO_DEVICE_BIND_IOMMUFD, &bind);

	/* guest physical memory: an IOAS, and the nest parent that maps it */
	CALL(fd, IOMMU_IOAS_ALLOC, &ioas);
	map.ioas_id = ioas.out_ioas_id;
	map.user_va = (uintptr_t)guest;
	CALL(fd, IOMMU_IOAS_MAP, &map);
	parent.dev_id = bind.out_devid;
	parent.pt_id = ioas.out_ioas_id;
	CALL(fd, IOMMU_HWPT_ALLOC, &parent);

	/* the guest's table, and the queue for its page faults */
	CALL(fd, IOMMU_FAULT_QUEUE_ALLOC, &faults);
	nested.dev_id = bind.out_devid;
	nested.pt_id = parent.out_hwpt_id;
	nested.fault_id = faults.out_fault_id;
	CALL(fd, IOMMU_HWPT_ALLOC, &nested);
	pt.pt_id = nested.out_hwpt_id;
	CALL(dev, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &pt);

	/* the guest has changed its table and invalidates everything */
	inval.hwpt_id = nested.out_hwpt_id;
	CALL(fd, IOMMU_HWPT_INVALIDATE, &inval);
	printf("%u entry done\n", inval.entry_num);

	ready.fd = faults.out_fault_fd;
	ready.events = POLLIN;
	if (poll(&ready, 1, 0) > 0)
		answer_faults(faults.out_fault_fd);

	close(dev);
	close(faults.out_fault_fd);
	close(fd);
	return 0;
}
