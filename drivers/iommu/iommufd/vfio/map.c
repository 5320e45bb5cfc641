// SPDX-License-Identifier: GPL-2.0-only
/*
 * VFIO_IOMMU_MAP_DMA and VFIO_IOMMU_UNMAP_DMA.
 */
#include <linux/err.h>
#include <linux/iommu.h>
#include <linux/kernel.h>
#include <linux/overflow.h>
#include <linux/vfio.h>

#include "../ioas/ioas.h"
#include "call.h"
#include "container.h"

#define MAP_FLAGS (VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE)
#define MAP_SIZE offsetofend(struct vfio_iommu_type1_dma_map, size)
#define UNMAP_SIZE offsetofend(struct vfio_iommu_type1_dma_unmap, size)

/* Only where a long is shorter than the fields. */
static int check_range(struct vfio_call *call, u64 iova, u64 size)
{
	if (iova > ULONG_MAX)
		return iommufd_refuse(&call->why, "iova",
				      "beyond the address space", iova,
				      -EOVERFLOW);
	if (size > ULONG_MAX)
		return iommufd_refuse(&call->why, "size",
				      "beyond the address space", size,
				      -EOVERFLOW);
	return 0;
}

/**
 * vfio_map_dma() - VFIO_IOMMU_MAP_DMA
 * @call: the call
 *
 * Context: may sleep.
 * Return: 0, or EFAULT; EINVAL: argsz, flags; EOVERFLOW; ENODEV; else as
 * ioas_map_user().
 */
long vfio_map_dma(struct vfio_call *call)
{
	struct iommufd_ioas *ioas __free(ioas_put) = NULL;
	struct ioas_map_args args = { .prot = IOMMU_CACHE, .fixed = true };
	struct vfio_iommu_type1_dma_map map;
	int rc;

	rc = vfio_call_read(call, &map, MAP_SIZE);
	if (rc)
		return rc;
	if (map.flags & ~MAP_FLAGS)
		return iommufd_refuse(&call->why, "flags",
				      "only READ and WRITE are supported",
				      map.flags, -EINVAL);
	rc = check_range(call, map.iova, map.size);
	if (rc)
		return rc;
	ioas = vfio_container_ioas(call);
	if (IS_ERR(ioas))
		return PTR_ERR(ioas);
	if (!map.flags)
		return iommufd_refuse(&call->why, "flags",
				      "neither READ nor WRITE", 0, -EINVAL);

	args.iova = map.iova;
	args.length = map.size;
	if (map.flags & VFIO_DMA_MAP_FLAG_READ)
		args.prot |= IOMMU_READ;
	if (map.flags & VFIO_DMA_MAP_FLAG_WRITE)
		args.prot |= IOMMU_WRITE;
	rc = ioas_map_user(ioas, u64_to_user_ptr(map.vaddr), &args,
			   &call->why);
	/* programs map what they may have mapped already, and look at this */
	call->why.expected = rc == -EEXIST;
	return rc;
}

/*
 * Version 1: what reaches beyond the range stays. A cut is no change that a
 * user could see, so an unmap that fails behind it leaves it.
 */
static int unmap_cut(struct iommufd_ioas *ioas, unsigned long first,
		     unsigned long last, struct iommufd_why *why)
{
	int rc = ioas_cut(ioas, first, why);

	if (rc || last == ULONG_MAX)
		return rc;
	return ioas_cut(ioas, last + 1, why);
}

static int unmap_range(struct iommufd_ioas *ioas, unsigned long iova,
		       unsigned long size, unsigned long *unmapped,
		       struct iommufd_why *why)
{
	unsigned long last;
	int rc;

	if (check_add_overflow(iova, size - 1, &last))
		return iommufd_refuse(why, "iova", "iova + size wraps", iova,
				      -EOVERFLOW);
	if (!ioas_get_large_pages(ioas)) {
		rc = unmap_cut(ioas, iova, last, why);
		if (rc)
			return rc;
	}
	return ioas_unmap_any(ioas, iova, size, unmapped, why);
}

static int unmap_check(struct vfio_call *call,
		       const struct vfio_iommu_type1_dma_unmap *unmap)
{
	if (unmap->flags && unmap->iova)
		return iommufd_refuse(&call->why, "iova",
				      "must be zero with ALL", unmap->iova,
				      -EINVAL);
	if (unmap->flags && unmap->size)
		return iommufd_refuse(&call->why, "size",
				      "must be zero with ALL", unmap->size,
				      -EINVAL);
	if (!unmap->flags && !unmap->size)
		return iommufd_refuse(&call->why, "size", "zero without ALL",
				      0, -EINVAL);
	return check_range(call, unmap->iova, unmap->size);
}

/**
 * vfio_unmap_dma() - VFIO_IOMMU_UNMAP_DMA
 * @call: the call
 *
 * Finding nothing is no error. The size unmapped is written back also when the
 * unmap was tried and failed: see ioas_unmap_any().
 *
 * Context: may sleep.
 * Return: 0, or EFAULT; EINVAL: argsz, flags, size; EOVERFLOW; ENODEV; else as
 * ioas_unmap_any() and ioas_cut().
 */
long vfio_unmap_dma(struct vfio_call *call)
{
	struct iommufd_ioas *ioas __free(ioas_put) = NULL;
	struct vfio_iommu_type1_dma_unmap unmap;
	unsigned long unmapped = 0;
	int rc, write_rc;

	rc = vfio_call_read(call, &unmap, UNMAP_SIZE);
	if (rc)
		return rc;
	if (unmap.flags & ~VFIO_DMA_UNMAP_FLAG_ALL)
		return iommufd_refuse(&call->why, "flags",
				      "only ALL is supported", unmap.flags,
				      -EINVAL);
	ioas = vfio_container_ioas(call);
	if (IS_ERR(ioas))
		return PTR_ERR(ioas);
	rc = unmap_check(call, &unmap);
	if (rc)
		return rc;

	if (unmap.flags & VFIO_DMA_UNMAP_FLAG_ALL)
		rc = ioas_unmap_all(ioas, &unmapped, &call->why);
	else
		rc = unmap_range(ioas, unmap.iova, unmap.size, &unmapped,
				 &call->why);
	unmap.size = unmapped;
	write_rc = vfio_call_write(call, 0, &unmap, UNMAP_SIZE);
	return rc ?: write_rc;
}
