/* SPDX-License-Identifier: GPL-2.0-only */
/* Dirty tracking: page tables that keep dirty bits, writes, and bitmaps. */
#ifndef IOMMU_SELFTEST_DIRTY_H
#define IOMMU_SELFTEST_DIRTY_H

#include <stddef.h>

#include "mock.h"

#define DIRTY_NO_CLEAR IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR
#define DIRTY_ENABLE IOMMU_HWPT_DIRTY_TRACKING_ENABLE

/* An IOAS, a page table of it that keeps dirty bits, and a device on that. */
struct dirty_bench {
	int fd;
	__u32 ioas;
	struct mock_dev dev;
	__u32 hwpt;
	size_t page;
	struct footprint before;
};

/* @type: MOCK_IOMMUPT_* */
struct dirty_bench dirty_bench_make(__u32 type);
/* @npages pages at MOCK_IOVA */
void *dirty_map(struct dirty_bench *b, unsigned int npages);

/* HWPT_ALLOC with the flag added */
int __dirty_hwpt_alloc(int fd, struct iommu_hwpt_alloc *cmd);
int __dirty_track(struct dirty_bench *b, __u32 hwpt, __u32 flags);
void dirty_track(struct dirty_bench *b);

/* A device writes; @bits: one for each mock page of the range. */
int __dirty_write(struct dirty_bench *b, __u64 iova, __u64 length,
		  const void *bits, __u64 *count);
/* to one mock page */
void dirty_write(struct dirty_bench *b, __u64 iova);

struct dirty_query {
	__u64 iova;
	__u64 length;
	__u64 page_size;
	void *bits;
	__u32 flags;
};

int __dirty_query(struct dirty_bench *b, struct dirty_query q);
/* The bits of the first mock pages behind @iova, up to 64; clears nothing. */
__u64 dirty_peek(struct dirty_bench *b, __u64 iova, unsigned int npages);

#endif
