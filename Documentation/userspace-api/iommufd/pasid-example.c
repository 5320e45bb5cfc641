// SPDX-License-Identifier: GPL-2.0-only
/*
 * One device, several clients: DMA that a client starts carries its PASID and
 * reaches the client's memory only.
 */
#include <err.h>
#include <linux/iommufd.h>
#include <linux/vfio.h>
#include <stdint.h>
#include <sys/ioctl.h>

struct client {
	__u32 pasid;
	__u32 ioas;
	__u32 hwpt;
	/* where its memory is for the device */
	__u64 iova;
};

/* How many PASIDs the device has; 0: none. */
unsigned long pasid_count(int iommufd, __u32 dev_id)
{
	struct iommu_hw_info info = { .size = sizeof(info), .dev_id = dev_id };

	if (ioctl(iommufd, IOMMU_GET_HW_INFO, &info))
		err(1, "IOMMU_GET_HW_INFO");
	if (!info.out_max_pasid_log2)
		return 0;
	return 1UL << info.out_max_pasid_log2;
}

/* A page table that PASIDs, and the device itself next to them, may use. */
__u32 pasid_hwpt(int iommufd, __u32 dev_id, __u32 ioas)
{
	struct iommu_hwpt_alloc cmd = {
		.size = sizeof(cmd),
		.flags = IOMMU_HWPT_ALLOC_PASID,
		.dev_id = dev_id,
		.pt_id = ioas,
	};

	if (ioctl(iommufd, IOMMU_HWPT_ALLOC, &cmd))
		err(1, "IOMMU_HWPT_ALLOC");
	return cmd.out_hwpt_id;
}

/* Moves a PASID that is attached already. */
void pasid_attach(int device, __u32 pasid, __u32 hwpt)
{
	struct vfio_device_attach_iommufd_pt cmd = {
		.argsz = sizeof(cmd),
		.flags = VFIO_DEVICE_ATTACH_PASID,
		.pt_id = hwpt,
		.pasid = pasid,
	};

	if (ioctl(device, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &cmd))
		err(1, "VFIO_DEVICE_ATTACH_IOMMUFD_PT");
}

void pasid_detach(int device, __u32 pasid)
{
	struct vfio_device_detach_iommufd_pt cmd = {
		.argsz = sizeof(cmd),
		.flags = VFIO_DEVICE_DETACH_PASID,
		.pasid = pasid,
	};

	if (ioctl(device, VFIO_DEVICE_DETACH_IOMMUFD_PT, &cmd))
		err(1, "VFIO_DEVICE_DETACH_IOMMUFD_PT");
}

/* An address space of its own for the client, with its memory in it. */
void client_add(struct client *c, int iommufd, int device, __u32 dev_id,
		void *memory, __u64 length)
{
	struct iommu_ioas_alloc ioas = { .size = sizeof(ioas) };
	struct iommu_ioas_map map = {
		.size = sizeof(map),
		.flags = IOMMU_IOAS_MAP_READABLE | IOMMU_IOAS_MAP_WRITEABLE,
		.user_va = (uintptr_t)memory,
		.length = length,
	};

	if (ioctl(iommufd, IOMMU_IOAS_ALLOC, &ioas))
		err(1, "IOMMU_IOAS_ALLOC");
	c->ioas = ioas.out_ioas_id;
	c->hwpt = pasid_hwpt(iommufd, dev_id, c->ioas);
	map.ioas_id = c->ioas;
	if (ioctl(iommufd, IOMMU_IOAS_MAP, &map))
		err(1, "IOMMU_IOAS_MAP");
	c->iova = map.iova;
	pasid_attach(device, c->pasid, c->hwpt);
}

/* The client's DMA has stopped. */
void client_remove(struct client *c, int iommufd, int device)
{
	struct iommu_destroy destroy = { .size = sizeof(destroy) };

	pasid_detach(device, c->pasid);
	destroy.id = c->hwpt;
	if (ioctl(iommufd, IOMMU_DESTROY, &destroy))
		err(1, "IOMMU_DESTROY");
	/* unmaps what is mapped */
	destroy.id = c->ioas;
	if (ioctl(iommufd, IOMMU_DESTROY, &destroy))
		err(1, "IOMMU_DESTROY");
}
