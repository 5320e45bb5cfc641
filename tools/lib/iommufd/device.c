// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* What a VFIO device is and has: regions, interrupts, resets, dma-bufs. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "iommufd.h"

int iommufd_vfio_info(int device, struct vfio_device_info *info)
{
	*info = (struct vfio_device_info){ .argsz = sizeof(*info) };
	return iommufd_call(device, VFIO_DEVICE_GET_INFO, info);
}

int iommufd_vfio_irq_info(int device, __u32 index, struct vfio_irq_info *info)
{
	*info = (struct vfio_irq_info){ .argsz = sizeof(*info), .index = index };
	return iommufd_call(device, VFIO_DEVICE_GET_IRQ_INFO, info);
}

int iommufd_vfio_irq_eventfds(int device, __u32 index, __u32 start,
			      const int *eventfds, __u32 num)
{
	__u32 buf[(sizeof(struct vfio_irq_set) / sizeof(__u32)) +
		  IOMMUFD_EVENTFDS] = { 0 };
	struct vfio_irq_set *set = (void *)buf;

	if (num > IOMMUFD_EVENTFDS)
		return -EINVAL;
	set->argsz = (__u32)(sizeof(*set) + num * sizeof(*eventfds));
	set->flags = VFIO_IRQ_SET_ACTION_TRIGGER;
	set->index = index;
	set->count = num;
	if (num) {
		set->flags |= VFIO_IRQ_SET_DATA_EVENTFD;
		set->start = start;
		memcpy(set->data, eventfds, num * sizeof(*eventfds));
	} else {
		/* All of this index, whatever there is. */
		set->flags |= VFIO_IRQ_SET_DATA_NONE;
	}
	return iommufd_call(device, VFIO_DEVICE_SET_IRQS, set);
}

int iommufd_vfio_reset(int device)
{
	return iommufd_call(device, VFIO_DEVICE_RESET, NULL);
}

int iommufd_vfio_hot_reset_info(int device,
				struct vfio_pci_hot_reset_info *info,
				__u32 room)
{
	size_t size = sizeof(*info) + room * sizeof(info->devices[0]);

	if (room > IOMMUFD_EVENTFDS)
		return -EINVAL;
	memset(info, 0, size);
	info->argsz = (__u32)size;
	return iommufd_call(device, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, info);
}

int iommufd_vfio_hot_reset(int device)
{
	struct vfio_pci_hot_reset cmd = { .argsz = sizeof(cmd) };

	return iommufd_call(device, VFIO_DEVICE_PCI_HOT_RESET, &cmd);
}

int iommufd_vfio_dma_buf(int device, __u32 region, __u64 offset, __u64 length)
{
	__u64 buf[(sizeof(struct vfio_device_feature) +
		   sizeof(struct vfio_device_feature_dma_buf) +
		   sizeof(struct vfio_region_dma_range)) / sizeof(__u64)] = { 0 };
	struct vfio_device_feature *feature = (void *)buf;
	struct vfio_device_feature_dma_buf *dma_buf = (void *)feature->data;

	feature->argsz = sizeof(buf);
	feature->flags = VFIO_DEVICE_FEATURE_GET | VFIO_DEVICE_FEATURE_DMA_BUF;
	dma_buf->region_index = region;
	dma_buf->open_flags = O_CLOEXEC;
	dma_buf->nr_ranges = 1;
	dma_buf->dma_ranges[0].offset = offset;
	dma_buf->dma_ranges[0].length = length;
	return iommufd_call(device, VFIO_DEVICE_FEATURE, feature);
}
