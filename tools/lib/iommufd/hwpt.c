// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Page tables, their caches and their dirty bits; what stands on them. */
#include <limits.h>
#include <stdint.h>

#include "iommufd.h"

int iommufd_hwpt_alloc(int fd, struct iommu_hwpt_alloc *cmd)
{
	return iommufd_call(fd, IOMMU_HWPT_ALLOC, cmd);
}

int iommufd_hw_info(int fd, struct iommu_hw_info *cmd)
{
	return iommufd_call(fd, IOMMU_GET_HW_INFO, cmd);
}

int iommufd_hwpt_invalidate(int fd, __u32 id, __u32 type, const void *entries,
			    __u32 entry_len, __u32 *num)
{
	struct iommu_hwpt_invalidate cmd = {
		.size = sizeof(cmd),
		.hwpt_id = id,
		.data_uptr = (uintptr_t)entries,
		.data_type = type,
		.entry_len = entry_len,
		.entry_num = *num,
	};
	int rc = iommufd_call(fd, IOMMU_HWPT_INVALIDATE, &cmd);

	/* An error before the kernel looked at the array leaves the count alone. */
	*num = rc && cmd.entry_num == *num ? 0 : cmd.entry_num;
	return rc;
}

int iommufd_dirty_track(int fd, __u32 hwpt, __u32 flags)
{
	struct iommu_hwpt_set_dirty_tracking cmd = {
		.size = sizeof(cmd),
		.flags = flags,
		.hwpt_id = hwpt,
	};

	return iommufd_call(fd, IOMMU_HWPT_SET_DIRTY_TRACKING, &cmd);
}

int iommufd_dirty_read(int fd, struct iommu_hwpt_get_dirty_bitmap *cmd)
{
	return iommufd_call(fd, IOMMU_HWPT_GET_DIRTY_BITMAP, cmd);
}

size_t iommufd_dirty_bitmap_size(__u64 length, __u64 page_size)
{
	/* Of a size that is no power of two the kernel takes the lowest bit. */
	__u64 page = page_size & -page_size;
	__u64 words;

	if (!page)
		return 0;
	words = length / page / 64 + !!(length / page % 64);
	return words > SIZE_MAX / 8 ? 0 : words * 8;
}

__u64 iommufd_dirty_next(const void *bitmap, __u64 num, __u64 from)
{
	const unsigned char *bytes = bitmap;
	__u64 bit = from;

	while (bit < num) {
		unsigned int left = bytes[bit / CHAR_BIT] >> bit % CHAR_BIT;

		if (left) {
			bit += (unsigned int)__builtin_ctz(left);
			return bit < num ? bit : num;
		}
		bit += CHAR_BIT - bit % CHAR_BIT;
	}
	return num;
}

int iommufd_viommu_alloc(int fd, struct iommu_viommu_alloc *cmd)
{
	return iommufd_call(fd, IOMMU_VIOMMU_ALLOC, cmd);
}

int iommufd_vdevice_alloc(int fd, struct iommu_vdevice_alloc *cmd)
{
	return iommufd_call(fd, IOMMU_VDEVICE_ALLOC, cmd);
}

int iommufd_veventq_alloc(int fd, struct iommu_veventq_alloc *cmd)
{
	return iommufd_call(fd, IOMMU_VEVENTQ_ALLOC, cmd);
}

int iommufd_hw_queue_alloc(int fd, struct iommu_hw_queue_alloc *cmd)
{
	return iommufd_call(fd, IOMMU_HW_QUEUE_ALLOC, cmd);
}
