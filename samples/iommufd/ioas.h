/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * IO address spaces: the ioctls of /dev/iommu as functions that return
 * 0 or -errno.
 */
#ifndef DEMO_IOAS_H
#define DEMO_IOAS_H

#include <stddef.h>
#include <linux/types.h>
#include <linux/iommufd.h>

struct ioas {
	int fd;			/* /dev/iommu, not owned */
	__u32 id;		/* 0: none */
};

int ioas_alloc(struct ioas *ioas, int fd);
void ioas_destroy(struct ioas *ioas);

/* Usable ranges; *count is the room on entry and the number on return. */
int ioas_ranges(const struct ioas *ioas, struct iommu_iova_range *ranges,
		__u32 *count, __u64 *alignment);

/* Automatic IOVAs come from {first, last} only. */
int ioas_allow(const struct ioas *ioas, __u64 first, __u64 last);

/* Map at an IOVA the kernel chooses. @prot: IOMMU_IOAS_MAP_* of access. */
int ioas_map(const struct ioas *ioas, void *base, size_t size, __u32 prot,
	     __u64 *iova);

/* Copy the mapping of {iova, size} from @src to the same place in @dst. */
int ioas_copy(const struct ioas *dst, const struct ioas *src, __u64 iova,
	      size_t size, __u32 prot);

/* Unmap exactly {iova, size}. */
int ioas_unmap(const struct ioas *ioas, __u64 iova, size_t size);

/* Unmap all there is; *size says how much that was. */
int ioas_unmap_all(const struct ioas *ioas, __u64 *size);

/* What the IOMMU of device @dev_id says of itself. */
int ioas_hw_info(int fd, __u32 dev_id, struct iommu_hw_info *info,
		 void *data, __u32 len);

#endif
