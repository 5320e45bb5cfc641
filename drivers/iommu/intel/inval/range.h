/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A range of pages as naturally aligned blocks of a power of two.
 *
 * Every page-selective invalidation names such a block. One block around a
 * range can be arbitrarily larger than the range when it straddles a boundary,
 * an exact cover needs many. The cover used here takes at most two blocks while
 * the unit can express them, and never twice as many pages as were asked for.
 */
#ifndef VTD_INVAL_RANGE_H
#define VTD_INVAL_RANGE_H

#include <linux/bitops.h>
#include <linux/types.h>

/**
 * struct vtd_block - an aligned block of pages
 * @pfn: number of its first page, a multiple of 2^@order
 * @order: it has 2^@order pages
 */
struct vtd_block {
	u64 pfn;
	unsigned int order;
};

/**
 * struct vtd_cover - walks the blocks that cover a range of pages
 * @first: first page of the range
 * @last: last page of the range
 * @index: number of the grid cell that comes next
 * @last_index: number of the last grid cell
 * @grid: order of the grid that cuts the range
 * @done: nothing comes any more
 */
struct vtd_cover {
	u64 first;
	u64 last;
	u64 index;
	u64 last_index;
	unsigned int grid;
	bool done;
};

/**
 * vtd_block_around() - the one block that covers a range, if it is not too large
 * @first: first page
 * @last: last page
 * @max_order: order of the largest block that the unit accepts
 * @block: the block, if there is one
 *
 * The common case, as pages and large pages are aligned, without a walk.
 *
 * Context: any.
 * Return: false if it takes more than one block.
 */
static inline bool vtd_block_around(u64 first, u64 last, unsigned int max_order,
				    struct vtd_block *block)
{
	unsigned int order = fls64(first ^ last);

	if (order > max_order || (last - first + 1) * 2 <= 1ULL << order)
		return false;
	*block = (struct vtd_block){ first >> order << order, order };
	return true;
}

u64 vtd_cover_init(struct vtd_cover *cover, u64 first, u64 last,
		   unsigned int max_order);
bool vtd_cover_next(struct vtd_cover *cover, struct vtd_block *block);

#endif
