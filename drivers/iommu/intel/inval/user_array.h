/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arrays of users that say what is to be forgotten.
 */
#ifndef VTD_INVAL_USER_ARRAY_H
#define VTD_INVAL_USER_ARRAY_H

#include <linux/types.h>

struct iommu_hwpt_vtd_s1_invalidate;
struct iommu_user_data_array;
struct vtd_user_chunk;
struct vtd_user_job;

/**
 * struct vtd_user_array - a kind of array
 * @type: its type
 * @entry_len: size of an entry in bytes
 * @take: what an entry asks for, in @range. @opens: it is the first one of its chunk.
 *	Returns false if it does not belong to the chunk. NULL: entries are ranges, and
 *	all of them belong together
 * @carry_out: do what a chunk asks for. Returns 0 or -errno
 */
struct vtd_user_array {
	u32 type;
	u32 entry_len;
	bool (*take)(void *owner, const void *entry, bool opens,
		     struct iommu_hwpt_vtd_s1_invalidate *range);
	int (*carry_out)(void *owner, const struct vtd_user_chunk *chunk,
			 struct vtd_user_job *job);
};

int vtd_user_array_run(const struct vtd_user_array *kind, void *owner,
		       struct iommu_user_data_array *array);

#endif
