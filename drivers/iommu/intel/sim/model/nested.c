// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nested translation: the second stage under the first (VT-d chapter 3).
 *
 * Reasons are those of conditions SFS.5 to SFS.8 of chapter 7; a remark under
 * SFS.1 names the second stage's own for the same cases, so both are allowed.
 */
#include "../../hw/stage.h"
#include "choice.h"
#include "model.h"
#include "nested.h"
#include "second.h"

/* The specific reason, or the second stage's own. */
static u8 reason_either(struct vtdm_walk *walk, u8 specific, u8 second)
{
	if (vtdm_choose(walk->model, VTD_MODEL_CHOICE_SECOND_CODES)) {
		vtdm_walk_allow(walk, specific, 0);
		return second;
	}
	vtdm_walk_allow(walk, second, 0);
	return specific;
}

/* Which reason a missing W has when SSADE makes reads need it is not said. */
static u8 no_write_for_read(struct vtdm_walk *walk, u32 root)
{
	u8 reason = reason_either(walk, 0x77, 0x85);

	walk->also[1] = root ? 0x75 : 0x76;
	return reason;
}

/**
 * vtdm_nested_table() - find a first-stage entry by its guest address
 * @walk: the walk, with its PASID entry
 * @addr: guest address of the entry, below the second stage's limit
 * @root: not 0 if the entry is in the root table
 * @page: filled
 *
 * Return: a fault reason, or 0.
 */
u8 vtdm_nested_table(struct vtdm_walk *walk, u64 addr, u32 root,
		     struct vtdm_table_page *page)
{
	struct vtdm_leaf leaf;
	u8 reason;

	reason = vtdm_second_walk(walk, addr, &leaf);
	if (reason)
		return reason;
	if (!leaf.read)
		return reason_either(walk, root ? 0x75 : 0x76, 0x86);
	if (walk->pe.ssade && !leaf.write)
		return no_write_for_read(walk, root);
	/* The access counts as a write then, as with the CPU's nesting. */
	if (walk->pe.ssade &&
	    !vtdm_choose(walk->model, VTD_MODEL_CHOICE_TABLE_CLEAN))
		walk->trail.word[leaf.second - 1].set |= VTD_SS_D;
	*page = (struct vtdm_table_page){
		.addr = leaf.addr,
		.frozen = !leaf.write,
		.holder = leaf.second,
	};
	return 0;
}

/**
 * vtdm_nested_page() - translate the page that the first stage found
 * @walk: the walk, whose page has a guest address
 *
 * The page becomes the host's: the smaller of both pages, with what both
 * stages grant.
 *
 * Return: a fault reason, or 0.
 */
u8 vtdm_nested_page(struct vtdm_walk *walk)
{
	struct vtdm_leaf leaf, *page = &walk->page;
	u8 reason;

	reason = vtdm_second_walk(walk, page->addr, &leaf);
	if (reason)
		return reason;
	/* The first stage never forbids reading. */
	leaf.write &= page->write;
	leaf.pat = page->pat;
	leaf.first = page->first;
	if (leaf.order > page->order)
		leaf.order = page->order;
	*page = leaf;
	return 0;
}
