// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads page tables of guests through those of their parents.
 *
 * Owns: nothing. Locks: none, see walk.h.
 * Spec: 3.8 (nested translation), 9.7 (entries).
 */
#include <linux/bitfield.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/uaccess.h>

#include "../hw/page.h"
#include "../hw/pasid_layout.h"
#include "../unit/unit.h"
#include "walk_guest.h"

/**
 * vtd_walk_guest_of() - the guest's table of a device, or of a PASID of it
 * @unit: the unit
 * @sid: source id
 * @pasid: the PASID; 0 for requests without
 *
 * Return: the table; without levels if no guest has one there.
 */
struct vtd_walk_guest vtd_walk_guest_of(const struct vtd_unit *unit, u16 sid, u32 pasid)
{
	struct vtd_walk_guest none = { };
	struct vtd_walk_context context;
	u64 words[3];

	if (!unit->scalable || !vtd_walk_context(unit, sid, &context) ||
	    !vtd_walk_pasid(&context, pasid, words) ||
	    FIELD_GET(VTD_PE0_PGTT, words[0]) != VTD_PGTT_NESTED ||
	    FIELD_GET(VTD_PE2_FSPM, words[2]) > VTD_WALK_LEVELS - 4)
		return none;
	return (struct vtd_walk_guest){
		.root = words[2] & VTD_PE2_FSPTPTR,
		.levels = 4 + FIELD_GET(VTD_PE2_FSPM, words[2]),
		.second = vtd_walk_table_of(unit, sid, pasid),
	};
}

static u64 address_in(const struct vtd_walk_leaf *leaf, u64 entry, u64 pfn)
{
	u64 mask = leaf->npages - 1;

	return ((entry & VTD_PT_ADDR) >> PAGE_SHIFT & ~mask) + (pfn & mask);
}

static u64 leaf_entry(const struct vtd_walk_leaf *leaf)
{
	return leaf->entry[ilog2(leaf->npages) / 9];
}

/* The parent may map what is no memory, and memory that the kernel does not map. */
static bool read_word(const struct vtd_walk_guest *guest, u64 at, u64 *word)
{
	struct vtd_walk_leaf leaf;
	u64 pfn;

	if (!vtd_walk_leaf_at(&guest->second, at >> PAGE_SHIFT, &leaf))
		return false;
	pfn = address_in(&leaf, leaf_entry(&leaf), at >> PAGE_SHIFT);
	if (!page_is_ram(pfn))
		return false;
	return !copy_from_kernel_nofault(word, phys_to_virt(PFN_PHYS(pfn) + offset_in_page(at)),
					 sizeof(*word));
}

/* As in walk.c; a table that cannot be read is taken for an entry that is absent. */
static unsigned int follow(const struct vtd_walk_guest *guest, u64 iova_pfn,
			   struct vtd_walk_leaf *leaf, unsigned int *left)
{
	unsigned int level, shift = 9 * guest->levels;
	u64 at = guest->root, entry;

	*leaf = (struct vtd_walk_leaf) { };
	for (level = guest->levels; level-- && *left; ) {
		--*left;
		if (!read_word(guest, at + ((iova_pfn >> 9 * level) & 511) * sizeof(entry),
			       &entry))
			return shift;
		shift = 9 * level;
		if (!(entry & VTD_PT_FIRST_P))
			return shift;
		if (vtd_walk_enter(leaf, level, iova_pfn, entry))
			return shift;
		at = entry & VTD_PT_ADDR;
	}
	return shift;
}

bool vtd_walk_guest_next(const struct vtd_walk_guest *guest, u64 iova_pfn,
			 struct vtd_walk_guest_leaf *leaf, unsigned int *left)
{
	const struct vtd_walk_leaf *first = &leaf->first;
	unsigned int shift;

	while (*left && iova_pfn < BIT_ULL(9 * guest->levels) && guest->levels) {
		shift = follow(guest, iova_pfn, &leaf->first, left);
		if (first->npages) {
			vtd_walk_leaf_at(&guest->second,
					 address_in(first, leaf_entry(first), first->iova_pfn),
					 &leaf->second);
			return true;
		}
		iova_pfn = ((iova_pfn >> shift) + 1) << shift;
	}
	return false;
}
