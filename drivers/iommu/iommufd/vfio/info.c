// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFIO_IOMMU_GET_INFO.
 *
 *	argsz flags pgsizes cap_offset | IOVA_RANGE, ranges | DMA_AVAIL
 *	                        |        ^            |       ^
 *	                        +--------+            +-next--+
 *
 * Capabilities are written all or not at all.
 */
#include <linux/err.h>
#include <linux/iommu.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/vfio.h>

#include "../hwpt/paging.h"
#include "../ioas/ioas.h"
#include "call.h"
#include "container.h"

#define INFO_MIN_SIZE offsetofend(struct vfio_iommu_type1_info, iova_pgsizes)
#define CAP_VERSION 1
#define CAP_ALIGN sizeof(u64)

/*
 * Page sizes of all tables. PAGE_SIZE always works, made of smaller ones if
 * need be; users of a container expect none below it.
 */
static u64 info_page_sizes(struct iommufd_ioas *ioas)
{
	struct iommufd_hwpt_paging *hwpt;
	unsigned long sizes = PAGE_MASK;

	guard(mutex)(&ioas->hwpt_lock);
	list_for_each_entry(hwpt, &ioas->hwpts, item)
		sizes &= hwpt->common.domain->pgsize_bitmap;
	return sizes | PAGE_SIZE;
}

/* Another thread may attach a device meanwhile: count and list must agree. */
static struct iorange *info_gaps(struct iommufd_ioas *ioas, size_t *ngaps)
{
	size_t room = ioas_get_gaps(ioas, NULL, 0);

	for (;;) {
		struct iorange *gaps;

		gaps = kvmalloc_array(room, sizeof(*gaps), GFP_KERNEL_ACCOUNT);
		if (!gaps)
			return ERR_PTR(-ENOMEM);
		*ngaps = ioas_get_gaps(ioas, gaps, room);
		if (*ngaps <= room)
			return gaps;
		kvfree(gaps);
		room = *ngaps;
	}
}

static void info_fill_caps(void *buffer, size_t avail_at,
			   const struct iorange *gaps, size_t ngaps)
{
	struct vfio_iommu_type1_info_cap_iova_range *iova = buffer;
	struct vfio_iommu_type1_info_dma_avail *avail = buffer + avail_at;
	size_t i;

	iova->header.id = VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE;
	iova->header.version = CAP_VERSION;
	iova->header.next = sizeof(struct vfio_iommu_type1_info) + avail_at;
	iova->nr_iovas = ngaps;
	for (i = 0; i < ngaps; i++) {
		iova->iova_ranges[i].start = gaps[i].first;
		iova->iova_ranges[i].end = gaps[i].last;
	}

	avail->header.id = VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL;
	avail->header.version = CAP_VERSION;
	avail->avail = U32_MAX;
}

static int info_caps(struct vfio_call *call, struct iommufd_ioas *ioas,
		     struct vfio_iommu_type1_info *info)
{
	struct iorange *gaps __free(kvfree) = NULL;
	void *buffer __free(kvfree) = NULL;
	size_t avail_at, size, ngaps;
	u32 room;

	gaps = info_gaps(ioas, &ngaps);
	if (IS_ERR(gaps))
		return PTR_ERR(gaps);

	avail_at = struct_size_t(struct vfio_iommu_type1_info_cap_iova_range,
				 iova_ranges, ngaps);
	size = avail_at + ALIGN(sizeof(struct vfio_iommu_type1_info_dma_avail),
				CAP_ALIGN);
	if (size > U32_MAX - sizeof(*info))
		return iommufd_refuse(&call->why, "argsz",
				      "more IOVA ranges than a chain can hold",
				      ngaps, -EOVERFLOW);
	room = info->argsz;
	info->argsz = sizeof(*info) + size;
	if (room < info->argsz)
		return 0;

	buffer = kvzalloc(size, GFP_KERNEL_ACCOUNT);
	if (!buffer)
		return -ENOMEM;
	info_fill_caps(buffer, avail_at, gaps, ngaps);
	info->cap_offset = sizeof(*info);
	return vfio_call_write(call, sizeof(*info), buffer, size);
}

/**
 * vfio_get_info() - VFIO_IOMMU_GET_INFO
 * @call: the call
 *
 * argsz becomes what the capabilities need. When the user's buffer has no room
 * for them, cap_offset is 0.
 *
 * Context: may sleep.
 * Return: 0, or EFAULT; EINVAL: argsz; ENODEV; ENOMEM.
 */
long vfio_get_info(struct vfio_call *call)
{
	struct iommufd_ioas *ioas __free(ioas_put) = NULL;
	struct vfio_iommu_type1_info info = {};
	size_t known;
	int rc;

	rc = vfio_call_read(call, &info, INFO_MIN_SIZE);
	if (rc)
		return rc;
	ioas = vfio_container_ioas(call);
	if (IS_ERR(ioas))
		return PTR_ERR(ioas);

	/* the user's, before it may become what is needed */
	known = min_t(size_t, info.argsz, sizeof(info));
	info.flags = VFIO_IOMMU_INFO_PGSIZES | VFIO_IOMMU_INFO_CAPS;
	info.iova_pgsizes = info_page_sizes(ioas);
	rc = info_caps(call, ioas, &info);
	if (rc)
		return rc;
	return vfio_call_write(call, 0, &info, known);
}
