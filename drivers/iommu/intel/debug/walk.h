/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tables as they stand in memory, for debugfs and for reports of faults.
 *
 * Nothing is locked: what is shown may be torn, and a table may go away while
 * one looks at it. Only memory of the kernel is read whatever an entry says.
 */
#ifndef _VTD_DEBUG_WALK_H
#define _VTD_DEBUG_WALK_H

#include <linux/types.h>

struct vtd_unit;

#define VTD_WALK_LEVELS		5

/**
 * struct vtd_walk_context - from the root table to a context entry
 * @root: both halves of the root entry
 * @context: the first two words of the context entry
 */
struct vtd_walk_context {
	u64 root[2];
	u64 context[2];
};

/**
 * struct vtd_walk_table - the page table of a source id
 * @root: physical address of its top table
 * @levels: how many levels; 0 if requests are not translated by a table
 */
struct vtd_walk_table {
	u64 root;
	unsigned int levels;
};

/**
 * struct vtd_walk_leaf - one translation
 * @iova_pfn: its first page
 * @npages: pages of 4 KiB that it covers
 * @entry: the entries on the way, [0] of the lowest level; 0 below a large page
 */
struct vtd_walk_leaf {
	u64 iova_pfn;
	u64 npages;
	u64 entry[VTD_WALK_LEVELS];
};

/* The entries of a source id; false if the context entry is not present. */
bool vtd_walk_context(const struct vtd_unit *unit, u16 sid,
		      struct vtd_walk_context *out);

/* The first three words of a PASID entry; false if it is not present. */
bool vtd_walk_pasid(const struct vtd_walk_context *context, u32 pasid,
		    u64 words[3]);

/* The first present PASID at or above @pasid; -1 if there is none. */
long vtd_walk_next_pasid(const struct vtd_walk_context *context, u32 pasid);

/*
 * The page table of requests with @pasid; legacy mode ignores it. Below a table of a
 * guest it is the kernel's, by the guest's physical addresses.
 */
struct vtd_walk_table vtd_walk_table_of(const struct vtd_unit *unit, u16 sid,
					u32 pasid);

/* The first translation at or above a page; false if there is none. */
bool vtd_walk_next_leaf(const struct vtd_walk_table *table, u64 iova_pfn,
			struct vtd_walk_leaf *leaf);

/* Notes a present entry on the way to a page. True if it is a leaf. */
bool vtd_walk_enter(struct vtd_walk_leaf *leaf, unsigned int level, u64 iova_pfn,
		    u64 entry);

/* The translation of a page; false if there is none. */
bool vtd_walk_leaf_at(const struct vtd_walk_table *table, u64 iova_pfn,
		      struct vtd_walk_leaf *leaf);

#endif
