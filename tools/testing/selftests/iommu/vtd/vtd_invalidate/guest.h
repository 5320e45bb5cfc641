/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest of vtd_nested that invalidates what it has changed: IOMMU_HWPT_INVALIDATE.
 *
 * Functions that begin with two underscores return 0 or -errno; those without end the
 * case when something fails.
 */
#ifndef VTD_INVALIDATE_GUEST_H
#define VTD_INVALIDATE_GUEST_H

#include "lib/tenant.h"

#define LEAF IOMMU_VTD_INV_FLAGS_LEAF
#define DATA_VTD IOMMU_HWPT_INVALIDATE_DATA_VTD_S1

extern const struct iommu_hwpt_vtd_s1_invalidate invalidate_everything;

/* Page @i of IOVA */
struct iommu_hwpt_vtd_s1_invalidate invalidate_entry(size_t i, __u32 flags);

/* @done: how many entries were done */
int __invalidate_as(const struct tenant *g, __u32 hwpt, const void *entries, __u32 n,
		    __u32 type, __u32 len, __u32 *done);
int __invalidate_array(const struct tenant *g, __u32 hwpt,
		       const struct iommu_hwpt_vtd_s1_invalidate *entries, __u32 n,
		       __u32 *done);
void invalidate_array(const struct tenant *g, __u32 hwpt,
		      const struct iommu_hwpt_vtd_s1_invalidate *entries, __u32 n);
void invalidate_pages(const struct tenant *g, __u32 hwpt, __u64 addr, __u64 npages,
		      __u32 flags);

/* What was used without an invalidation was stale, and lawfully so: no look at that. */
void invalidate_end(struct tenant *g);
/* How often something stale was used so far. */
__u64 invalidate_stale(const struct tenant *g);

/* Page @i of IOVA is page @gpa of the guest from now on; 0 for none. */
void invalidate_set(struct tenant *g, __u64 root, size_t i, __u64 gpa);
/* Nothing stale is used for page @i, and it is this one; 0 for none. */
void invalidate_check(const struct tenant *g, __u32 flags, size_t i, __u64 gpa);

/* array.c; @arg: a struct way */
void invalidate_refusals(void);
void invalidate_bad_entry(const void *arg);
void invalidate_array_ends(void);
void invalidate_big_arrays(const void *arg);
void invalidate_mute_device(void);
/* fuzz.c */
void invalidate_fuzz(const void *arg);

#endif
