/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The first stage of a guest as it stands in the guest's memory, for debugfs.
 *
 * Whatever it says, only memory that its parent maps is read, word by word and as long as
 * the caller's patience lasts: a guest may make a table that has no end.
 */
#ifndef _VTD_DEBUG_WALK_GUEST_H
#define _VTD_DEBUG_WALK_GUEST_H

#include "walk.h"

/**
 * struct vtd_walk_guest - a table of a guest
 * @root: where the guest has it
 * @levels: how many; 0 if there is no such table
 * @second: the parent's table
 */
struct vtd_walk_guest {
	u64 root;
	unsigned int levels;
	struct vtd_walk_table second;
};

/**
 * struct vtd_walk_guest_leaf - one translation of both stages
 * @first: the guest's part
 * @second: what the parent has where that leads; npages is 0 for nothing
 */
struct vtd_walk_guest_leaf {
	struct vtd_walk_leaf first;
	struct vtd_walk_leaf second;
};

struct vtd_walk_guest vtd_walk_guest_of(const struct vtd_unit *unit, u16 sid, u32 pasid);

/*
 * The first translation at or above a page. @left: how many entries may still be read.
 * False if there is none, or if that did not do.
 */
bool vtd_walk_guest_next(const struct vtd_walk_guest *guest, u64 iova_pfn,
			 struct vtd_walk_guest_leaf *leaf, unsigned int *left);

#endif
