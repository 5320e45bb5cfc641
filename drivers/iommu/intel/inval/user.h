/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a user wants forgotten of a first stage that is the user's own.
 *
 *   entries of an array ──> ranges, merged ──> descriptors, one submission
 *
 * A chunk is as many entries as give VTD_USER_RANGES ranges at most. What is
 * forgotten always contains what was asked for.
 */
#ifndef VTD_INVAL_USER_H
#define VTD_INVAL_USER_H

#include <linux/types.h>

#include "../hw/qi.h"

struct iommu_hwpt_vtd_s1_invalidate;
struct vtd_caps;
struct vtd_devtlb;

#define VTD_USER_RANGES		32
/* Two blocks for each range, and each twice for some devices. */
#define VTD_USER_DESCS		(4 * VTD_USER_RANGES)

/**
 * struct vtd_user_range - pages that are forgotten
 * @first: first page
 * @last: last page
 * @leaf: only leaf entries changed
 */
struct vtd_user_range {
	u64 first;
	u64 last;
	bool leaf;
};

/**
 * struct vtd_user_chunk - what a part of an array asks for
 * @all: everything; the ranges do not count
 * @n: number of ranges
 * @entries: entries of the array
 * @range: sorted; neither overlap nor touch each other
 */
struct vtd_user_chunk {
	bool all;
	unsigned int n;
	unsigned int entries;
	struct vtd_user_range range[VTD_USER_RANGES];
};

/* Nothing is asked for yet. */
static inline void vtd_user_start(struct vtd_user_chunk *chunk)
{
	chunk->all = false;
	chunk->n = 0;
	chunk->entries = 0;
}

int vtd_user_check(const struct iommu_hwpt_vtd_s1_invalidate *entry);
bool vtd_user_add(struct vtd_user_chunk *chunk,
		  const struct iommu_hwpt_vtd_s1_invalidate *entry);
unsigned int vtd_user_iotlb(const struct vtd_user_chunk *chunk,
			    const struct vtd_caps *caps, u16 did, u32 pasid,
			    struct vtd_desc *descs);
unsigned int vtd_user_devtlb(const struct vtd_user_chunk *chunk,
			     const struct vtd_devtlb *devtlb, u32 pasid,
			     struct vtd_desc *descs);

#endif
