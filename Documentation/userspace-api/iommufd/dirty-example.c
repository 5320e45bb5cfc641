// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a VMM copies memory while devices write to it.
 *
 *	migration_start(m);
 *	while (migration_pass(m) > few)
 *		;
 *	... stop the guest and the device ...
 *	migration_end(m);
 */
#include <err.h>
#include <linux/iommufd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

struct migration {
	int iommufd;
	/* of tracked_hwpt(), the device is attached to it */
	__u32 hwpt;
	/* mapped at @iova; a multiple of @page_size */
	const char *memory;
	size_t length;
	__u64 iova;
	size_t page_size;
	/* where the copy goes */
	char *copy;
};

/* Can the IOMMU of the device tell what was written to? */
int can_track(int iommufd, __u32 dev_id)
{
	struct iommu_hw_info info = { .size = sizeof(info), .dev_id = dev_id };

	if (ioctl(iommufd, IOMMU_GET_HW_INFO, &info))
		err(1, "IOMMU_GET_HW_INFO");
	return !!(info.out_capabilities & IOMMU_HW_CAP_DIRTY_TRACKING);
}

/* A page table of the IOAS that can be tracked, for the device to attach to. */
__u32 tracked_hwpt(int iommufd, __u32 dev_id, __u32 ioas)
{
	struct iommu_hwpt_alloc cmd = {
		.size = sizeof(cmd),
		.flags = IOMMU_HWPT_ALLOC_DIRTY_TRACKING,
		.dev_id = dev_id,
		.pt_id = ioas,
	};

	if (ioctl(iommufd, IOMMU_HWPT_ALLOC, &cmd))
		err(1, "IOMMU_HWPT_ALLOC");
	return cmd.out_hwpt_id;
}

static void track(const struct migration *m, __u32 flags)
{
	struct iommu_hwpt_set_dirty_tracking cmd = {
		.size = sizeof(cmd),
		.flags = flags,
		.hwpt_id = m->hwpt,
	};

	if (ioctl(m->iommufd, IOMMU_HWPT_SET_DIRTY_TRACKING, &cmd))
		err(1, "IOMMU_HWPT_SET_DIRTY_TRACKING");
}

/* Everything once. What is written from now on is seen by the next pass. */
void migration_start(const struct migration *m)
{
	track(m, IOMMU_HWPT_DIRTY_TRACKING_ENABLE);
	memcpy(m->copy, m->memory, m->length);
}

static size_t copy_dirty(const struct migration *m, __u32 flags)
{
	size_t npages = m->length / m->page_size;
	uint8_t *bitmap = calloc((npages + 7) / 8, 1);
	struct iommu_hwpt_get_dirty_bitmap cmd = {
		.size = sizeof(cmd),
		.flags = flags,
		.hwpt_id = m->hwpt,
		.iova = m->iova,
		.length = m->length,
		.page_size = m->page_size,
		.data = (uintptr_t)bitmap,
	};
	size_t ndirty = 0;

	if (!bitmap)
		err(1, "bitmap");
	/* bits may be lost with an error: then everything counts as written */
	if (ioctl(m->iommufd, IOMMU_HWPT_GET_DIRTY_BITMAP, &cmd)) {
		warn("IOMMU_HWPT_GET_DIRTY_BITMAP");
		memset(bitmap, 0xff, (npages + 7) / 8);
	}
	for (size_t i = 0; i < npages; i++) {
		if (!(bitmap[i / 8] & (1 << i % 8)))
			continue;
		memcpy(m->copy + i * m->page_size,
		       m->memory + i * m->page_size, m->page_size);
		ndirty++;
	}
	free(bitmap);
	return ndirty;
}

/* What was written since the last pass; returns how many pages. */
size_t migration_pass(const struct migration *m)
{
	return copy_dirty(m, 0);
}

/* The device has stopped. Nobody asks again, so no bit has to be cleared. */
size_t migration_end(const struct migration *m)
{
	size_t ndirty = copy_dirty(m, IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR);

	track(m, 0);
	return ndirty;
}
