// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads root, context, PASID and page tables.
 *
 * Owns: nothing. Locks: none, see walk.h.
 * Spec: chapter 9.
 */
#include <linux/bitfield.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/uaccess.h>

#include "../hw/page.h"
#include "../hw/pasid_layout.h"
#include "../hw/root_layout.h"
#include "../table/root.h"
#include "../unit/unit.h"
#include "walk.h"

/* The kernel's view of a table; NULL where there is no memory. */
static const u64 *table_at(u64 entry)
{
	phys_addr_t at = entry & VTD_PT_ADDR;

	return at && pfn_valid(PHYS_PFN(at)) ? phys_to_virt(at) : NULL;
}

/* A table that has gone may be memory that the kernel does not map: nothing is there. */
static u64 read_word(const u64 *table, unsigned int i)
{
	u64 word;

	return copy_from_kernel_nofault(&word, &table[i], sizeof(word)) ? 0 : word;
}

bool vtd_walk_context(const struct vtd_unit *unit, u16 sid,
		      struct vtd_walk_context *out)
{
	const struct vtd_root_entry *root;
	const u64 *table;
	unsigned int i = sid & 0xff;
	bool upper;

	if (!unit->root)
		return false;
	root = &unit->root->entries[sid >> 8];
	out->root[0] = READ_ONCE(root->lo);
	out->root[1] = READ_ONCE(root->hi);

	/* A scalable-mode table has 128 entries of four words. */
	upper = unit->scalable && (i & 0x80);
	i = unit->scalable ? (i & 0x7f) * 4 : i * 2;
	if (!(out->root[upper] & VTD_ROOT_P))
		return false;
	table = table_at(out->root[upper]);
	if (!table)
		return false;
	out->context[0] = read_word(table, i);
	out->context[1] = read_word(table, i + 1);
	return out->context[0] & VTD_CTX_P;
}

static const u64 *pasid_table(const struct vtd_walk_context *context, u32 index)
{
	const u64 *dir = table_at(context->context[0]);
	u64 entry;

	if (!dir)
		return NULL;
	entry = read_word(dir, index);
	return entry & VTD_PDE_P ? table_at(entry) : NULL;
}

static u32 directory_entries(const struct vtd_walk_context *context)
{
	return 1U << (FIELD_GET(VTD_SMCTX_PDTS, context->context[0]) +
		      VTD_PASID_DIR_MIN_BITS);
}

bool vtd_walk_pasid(const struct vtd_walk_context *context, u32 pasid,
		    u64 words[3])
{
	u32 index = pasid >> VTD_PASID_TABLE_BITS;
	const u64 *table;
	unsigned int i;

	if (index >= directory_entries(context))
		return false;
	table = pasid_table(context, index);
	if (!table)
		return false;
	for (i = 0; i < 3; i++)
		words[i] = read_word(table, (pasid & VTD_PASID_TABLE_INDEX) * 8 + i);
	return words[0] & VTD_PE0_P;
}

long vtd_walk_next_pasid(const struct vtd_walk_context *context, u32 pasid)
{
	u32 limit = directory_entries(context) << VTD_PASID_TABLE_BITS;
	u64 words[3];

	while (pasid < limit) {
		if (!pasid_table(context, pasid >> VTD_PASID_TABLE_BITS)) {
			pasid = (pasid | VTD_PASID_TABLE_INDEX) + 1;
			continue;
		}
		if (vtd_walk_pasid(context, pasid, words))
			return pasid;
		pasid++;
	}
	return -1;
}

static struct vtd_walk_table second_stage(u64 pointer, unsigned int aw)
{
	return (struct vtd_walk_table) {
		.root = pointer & VTD_PT_ADDR,
		.levels = VTD_AW_LEVELS(aw),
	};
}

struct vtd_walk_table vtd_walk_table_of(const struct vtd_unit *unit, u16 sid,
					u32 pasid)
{
	struct vtd_walk_table none = { };
	struct vtd_walk_context context;
	u64 words[3];

	if (!vtd_walk_context(unit, sid, &context))
		return none;
	if (!unit->scalable) {
		if (FIELD_GET(VTD_CTX_TT, context.context[0]) ==
		    VTD_TT_PASSTHROUGH)
			return none;
		return second_stage(context.context[0],
				    FIELD_GET(VTD_CTX_HI_AW,
					      context.context[1]));
	}
	if (!vtd_walk_pasid(&context, pasid, words))
		return none;
	switch (FIELD_GET(VTD_PE0_PGTT, words[0])) {
	case VTD_PGTT_FIRST:
		return (struct vtd_walk_table) {
			.root = words[2] & VTD_PE2_FSPTPTR,
			.levels = 4 + FIELD_GET(VTD_PE2_FSPM, words[2]),
		};
	/* The first stage of a guest has its addresses: walk_guest.c. */
	case VTD_PGTT_NESTED:
	case VTD_PGTT_SECOND:
		return second_stage(words[0], FIELD_GET(VTD_PE0_AW, words[0]));
	}
	return none;
}

/*
 * A present entry has bit 0 or bit 1 in either stage: P and R/W in the first,
 * R and W in the second, where an entry that only allows writes has bit 1.
 */
static bool entry_present(u64 entry)
{
	return entry & (VTD_PT_FIRST_P | VTD_PT_SECOND_RW);
}

bool vtd_walk_enter(struct vtd_walk_leaf *leaf, unsigned int level, u64 iova_pfn,
		    u64 entry)
{
	unsigned int shift = 9 * level;

	leaf->entry[level] = entry;
	if (level && (level >= 3 || !(entry & VTD_PT_PS)))
		return false;
	leaf->iova_pfn = (iova_pfn >> shift) << shift;
	leaf->npages = BIT_ULL(shift);
	return true;
}

/*
 * Follows a page down the table. Returns the log2 of the pages that the last entry on the
 * way covers; @leaf->npages is 0 if that entry is absent, or leads nowhere.
 */
static unsigned int follow(const struct vtd_walk_table *table, u64 iova_pfn,
			   struct vtd_walk_leaf *leaf)
{
	unsigned int level, shift = 9 * table->levels;
	const u64 *at = table_at(table->root);
	u64 entry;

	*leaf = (struct vtd_walk_leaf) { };
	for (level = table->levels; at && level--; ) {
		shift = 9 * level;
		entry = read_word(at, (iova_pfn >> shift) & 511);
		if (!entry_present(entry))
			return shift;
		if (vtd_walk_enter(leaf, level, iova_pfn, entry))
			return shift;
		at = table_at(entry);
	}
	return shift;
}

bool vtd_walk_next_leaf(const struct vtd_walk_table *table, u64 iova_pfn,
			struct vtd_walk_leaf *leaf)
{
	unsigned int shift;

	if (!table->levels || table->levels > VTD_WALK_LEVELS)
		return false;
	while (iova_pfn < BIT_ULL(9 * table->levels)) {
		shift = follow(table, iova_pfn, leaf);
		if (leaf->npages)
			return true;
		iova_pfn = ((iova_pfn >> shift) + 1) << shift;
	}
	return false;
}

bool vtd_walk_leaf_at(const struct vtd_walk_table *table, u64 iova_pfn,
		      struct vtd_walk_leaf *leaf)
{
	*leaf = (struct vtd_walk_leaf) { };
	if (!table->levels || table->levels > VTD_WALK_LEVELS ||
	    iova_pfn >= BIT_ULL(9 * table->levels))
		return false;
	follow(table, iova_pfn, leaf);
	return leaf->npages;
}
