// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cutting a range of pages into blocks that descriptors can name.
 *
 * Owns: nothing; pure arithmetic.
 * Locks: none.
 * Calls: nothing.
 */
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include "range.h"

static unsigned int ceil_order(u64 npages)
{
	return npages > 1 ? ilog2(npages - 1) + 1 : 0;
}

/**
 * vtd_cover_init() - start to cover a range of pages
 * @cover: the walk to set up
 * @first: first page
 * @last: last page
 * @max_order: order of the largest block that the unit accepts
 *
 * The grid is as coarse as the range is long, so the range touches one cell or
 * two. Both ends are then trimmed to what is really asked for: a block that ends,
 * or starts, at the cell boundary in between. With a small @max_order the cells
 * in the middle are whole.
 *
 * Context: any.
 * Return: how many blocks vtd_cover_next() will give.
 */
u64 vtd_cover_init(struct vtd_cover *cover, u64 first, u64 last,
		   unsigned int max_order)
{
	unsigned int grid = min(ceil_order(last - first + 1), max_order);

	*cover = (struct vtd_cover){
		.first = first,
		.last = last,
		.index = first >> grid,
		.last_index = last >> grid,
		.grid = grid,
	};
	return cover->last_index - cover->index + 1;
}

/**
 * vtd_cover_next() - the next block of a cover
 * @cover: the walk
 * @block: the block, if there is one
 *
 * Context: any.
 * Return: false when the range is covered.
 */
bool vtd_cover_next(struct vtd_cover *cover, struct vtd_block *block)
{
	u64 cell = cover->index << cover->grid;
	u64 next = cell + (1ULL << cover->grid);

	if (cover->done)
		return false;

	if (cell >= cover->first && next - 1 <= cover->last) {
		*block = (struct vtd_block){ cell, cover->grid };
	} else if (cell < cover->first && next - 1 < cover->last) {
		unsigned int order = ceil_order(next - cover->first);

		*block = (struct vtd_block){ next - (1ULL << order), order };
	} else if (cell >= cover->first) {
		*block = (struct vtd_block){
			cell, ceil_order(cover->last - cell + 1)
		};
	} else {
		*block = (struct vtd_block){ cell, cover->grid };
	}

	cover->done = cover->index == cover->last_index;
	cover->index++;
	return true;
}
