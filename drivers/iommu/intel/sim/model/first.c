// SPDX-License-Identifier: GPL-2.0-only
/*
 * First-stage translation (VT-d chapters 3, 9).
 *
 * Reasons are those of conditions SFS.x and SGN.x of chapter 7. Under nesting
 * each address in the tables is one of the guest: nested.c finds it.
 */
#include <linux/bitfield.h>

#include "../../hw/page.h"
#include "../../hw/pasid.h"
#include "../../hw/stage.h"
#include "first.h"
#include "memory.h"
#include "model.h"
#include "nested.h"
#include "pasid.h"

static unsigned int level_shift(unsigned int level)
{
	return 12 + VTD_PT_LEVEL_BITS * (level - 1);
}

static bool selects_page(u64 entry, unsigned int level)
{
	return level == 1 || (level <= 3 && entry & VTD_PT_PS);
}

static bool is_nested(const struct vtdm_walk *walk)
{
	return walk->pe.pgtt == VTD_PGTT_NESTED;
}

/* SGN.1: all bits from the highest that is translated up are equal. */
static bool is_canonical(u64 addr, unsigned int levels)
{
	u64 top = ~0ULL << (level_shift(levels + 1) - 1);

	return !(addr & top) || (addr & top) == top;
}

static u64 first_reserved(const struct vtdm_walk *walk, u64 entry,
			  unsigned int level)
{
	const struct vtdm_caps *caps = &walk->model->caps;
	u64 rsvd = 0;

	if (!is_nested(walk))
		rsvd |= VTD_PT_ADDR & ~(vtdm_caps_host_limit(caps) - 1);
	if (level > 3 || (level == 3 && !caps->fs1g))
		rsvd |= VTD_PT_PS;
	if (level > 1 && selects_page(entry, level))
		rsvd |= (BIT_ULL(level_shift(level)) - 1) & VTD_PT_ADDR &
			~VTD_FS_PAT_LARGE;
	return rsvd;
}

/* SFS.2, SFS.3, SFS.5 */
static u8 first_judge(const struct vtdm_walk *walk, u64 entry,
		      unsigned int level)
{
	u64 addr = entry & VTD_PT_ADDR;

	if (!(entry & VTD_FS_P))
		return 0x71;
	if (entry & first_reserved(walk, entry, level))
		return 0x72;
	if (is_nested(walk) &&
	    addr >= vtdm_pasid_limit(walk->model, walk->pe.aw))
		return 0x74;
	return 0;
}

static u8 pat_index(u64 entry, unsigned int level)
{
	u64 pat = level == 1 ? VTD_FS_PAT_4K : VTD_FS_PAT_LARGE;

	return (entry & VTD_FS_PWT ? 1 : 0) | (entry & VTD_FS_PCD ? 2 : 0) |
	       (entry & pat ? 4 : 0);
}

static void first_leaf(struct vtdm_walk *walk, u64 entry, unsigned int level)
{
	struct vtdm_leaf *leaf = &walk->page;
	u64 offset = BIT_ULL(level_shift(level)) - 1;

	leaf->order = level_shift(level);
	leaf->addr = (entry & VTD_PT_ADDR & ~offset) |
		     (walk->rq->addr & offset);
	leaf->pat = pat_index(entry, level);
	leaf->first = walk->trail.nr;
}

/* Reads the entry of one level; it is the trail's last. */
static u8 first_read(struct vtdm_walk *walk, u64 addr, unsigned int level)
{
	struct vtdm_table_page page = { .addr = addr };
	unsigned int root = level == walk->pe.fslevels;
	struct vtdm_word *word;
	u8 reason;

	if (is_nested(walk)) {
		reason = vtdm_nested_table(walk, addr, root, &page);
		if (reason)
			return reason;
	}
	if (vtdm_read_word(walk, VTDM_WORD_FIRST, level, page.addr))
		return root ? 0x73 : 0x70;
	word = &walk->trail.word[walk->trail.nr - 1];
	word->frozen = page.frozen;
	word->holder = page.holder;
	reason = first_judge(walk, word->value, level);
	if (!reason)
		word->set = VTD_FS_A | (walk->pe.eafe ? VTD_FS_EA : 0);
	return reason;
}

/* SGN.2; what a write needs is seen with the final page (SGN.6). */
static u8 first_permit(struct vtdm_walk *walk, u64 all)
{
	if (!walk->supervisor && !(all & VTD_FS_US))
		return 0x81;
	walk->page.read = true;
	walk->page.write = all & VTD_FS_RW ||
			   (walk->supervisor && !walk->pe.wpe);
	return 0;
}

/**
 * vtdm_first_translate() - translate a request by the first stage
 * @walk: the walk, with its PASID entry; its page is filled
 *
 * Under nesting the page's address is the guest's.
 *
 * Return: a fault reason, or 0.
 */
u8 vtdm_first_translate(struct vtdm_walk *walk)
{
	unsigned int level = walk->pe.fslevels;
	u64 table = walk->pe.fsptptr, all = ~0ULL, entry, index;
	u8 reason;

	if (!is_canonical(walk->rq->addr, level))
		return 0x80;
	for (;; level--) {
		index = walk->rq->addr >> level_shift(level) &
			(VTD_PT_ENTRIES - 1);
		reason = first_read(walk, table + index * sizeof(u64), level);
		if (reason)
			return reason;
		entry = walk->trail.word[walk->trail.nr - 1].value;
		all &= entry;
		if (selects_page(entry, level))
			break;
		table = entry & VTD_PT_ADDR;
	}
	first_leaf(walk, entry, level);
	return first_permit(walk, all);
}
