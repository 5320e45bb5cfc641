// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a VMM does to give a guest's first-stage table to a device.
 *
 * The caller has bound the device, and knows the driver's data: the type, what
 * describes a table, and what an entry of an invalidation looks like.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/iommufd.h>
#include <linux/vfio.h>
#include <poll.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct guest_space {
	int iommufd;
	/* VFIO's file, and the id that VFIO_DEVICE_BIND_IOMMUFD gave */
	int device;
	__u32 dev_id;

	__u32 ioas;
	__u32 parent;
	__u32 nested;
	__u32 fault_id;
	int fault_fd;
};

/* What only the driver and the guest understand. */
struct driver_data {
	__u32 type;
	__u32 length;
	void *data;
};

static void call(int fd, unsigned long request, void *cmd, const char *name)
{
	if (ioctl(fd, request, cmd))
		err(1, "%s", name);
}

#define CALL(fd, request, cmd) call(fd, request, cmd, #request)

/* Guest physical memory: an IOAS, and the nest parent that maps it. */
void guest_memory(struct guest_space *g, void *memory, __u64 length,
		  __u64 address)
{
	struct iommu_ioas_alloc ioas = { .size = sizeof(ioas) };
	struct iommu_ioas_map map = {
		.size = sizeof(map),
		.flags = IOMMU_IOAS_MAP_READABLE | IOMMU_IOAS_MAP_WRITEABLE |
			 IOMMU_IOAS_MAP_FIXED_IOVA,
		.user_va = (uintptr_t)memory,
		.length = length,
		.iova = address,
	};
	struct iommu_hwpt_alloc parent = {
		.size = sizeof(parent),
		.flags = IOMMU_HWPT_ALLOC_NEST_PARENT,
		.dev_id = g->dev_id,
	};

	CALL(g->iommufd, IOMMU_IOAS_ALLOC, &ioas);
	g->ioas = ioas.out_ioas_id;
	map.ioas_id = g->ioas;
	CALL(g->iommufd, IOMMU_IOAS_MAP, &map);
	parent.pt_id = g->ioas;
	CALL(g->iommufd, IOMMU_HWPT_ALLOC, &parent);
	g->parent = parent.out_hwpt_id;
}

/* The guest's table, the queue for its page faults, and the device on it. */
void guest_table(struct guest_space *g, const struct driver_data *table)
{
	struct iommu_fault_alloc faults = { .size = sizeof(faults) };
	struct iommu_hwpt_alloc nested = {
		.size = sizeof(nested),
		.flags = IOMMU_HWPT_FAULT_ID_VALID,
		.dev_id = g->dev_id,
		.pt_id = g->parent,
		.data_type = table->type,
		.data_len = table->length,
		.data_uptr = (uintptr_t)table->data,
	};
	struct vfio_device_attach_iommufd_pt pt = { .argsz = sizeof(pt) };

	CALL(g->iommufd, IOMMU_FAULT_QUEUE_ALLOC, &faults);
	g->fault_id = faults.out_fault_id;
	g->fault_fd = faults.out_fault_fd;
	nested.fault_id = g->fault_id;
	CALL(g->iommufd, IOMMU_HWPT_ALLOC, &nested);
	g->nested = nested.out_hwpt_id;
	pt.pt_id = g->nested;
	CALL(g->device, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &pt);
}

/* The guest invalidates @num entries; returns how many were done. */
__u32 guest_invalidate(struct guest_space *g, const struct driver_data *entry,
		       __u32 num)
{
	struct iommu_hwpt_invalidate inval = {
		.size = sizeof(inval),
		.hwpt_id = g->nested,
		.data_type = entry->type,
		.data_uptr = (uintptr_t)entry->data,
		.entry_len = entry->length,
		.entry_num = num,
	};

	/* the guest is to hear of the entry that was not understood */
	if (ioctl(g->iommufd, IOMMU_HWPT_INVALIDATE, &inval))
		warn("IOMMU_HWPT_INVALIDATE");
	return inval.entry_num;
}

/* One answer for each group; a VMM would ask the guest. */
static unsigned int answer_fault(int fd,
				 const struct iommu_hwpt_pgfault *fault)
{
	struct iommu_hwpt_page_response response = {
		.cookie = fault->cookie,
		.code = IOMMUFD_PAGE_RESP_INVALID,
	};

	if (!(fault->flags & IOMMU_PGFAULT_FLAGS_LAST_PAGE))
		return 0;
	if (write(fd, &response, sizeof(response)) < 0)
		err(1, "answer");
	return 1;
}

/* Answers the page faults that are there; returns how many groups. */
unsigned int guest_faults(struct guest_space *g)
{
	struct pollfd ready = { .fd = g->fault_fd, .events = POLLIN };
	struct iommu_hwpt_pgfault fault[64];
	unsigned int groups = 0;

	while (poll(&ready, 1, 0) > 0 && (ready.revents & POLLIN)) {
		ssize_t n = read(g->fault_fd, fault, sizeof(fault));

		if (n < 0)
			err(1, "faults");
		for (ssize_t i = 0; i < n / (ssize_t)sizeof(fault[0]); i++)
			groups += answer_fault(g->fault_fd, &fault[i]);
	}
	return groups;
}

/* From the top down, each when nothing stands on it any more. */
void guest_end(struct guest_space *g)
{
	struct vfio_device_detach_iommufd_pt detach = {
		.argsz = sizeof(detach),
	};
	struct iommu_destroy destroy = { .size = sizeof(destroy) };
	const __u32 ids[] = { g->nested, g->fault_id, g->parent, g->ioas };

	CALL(g->device, VFIO_DEVICE_DETACH_IOMMUFD_PT, &detach);
	close(g->fault_fd);
	for (unsigned int i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		destroy.id = ids[i];
		CALL(g->iommufd, IOMMU_DESTROY, &destroy);
	}
}
