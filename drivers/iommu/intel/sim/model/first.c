// SPDX-License-Identifier: GPL-2.0-only
/*
 * First-stage translation (VT-d chapters 3, 9).
 *
 * Reasons are those of conditions SFS.x and SGN.x of chapter 7. Under nesting
 * each address in the tables is one of the guest: nested.c finds it.
 */
#include <linux/bitfield.h>

#include "../../hw/page.h"
#include "../../hw/pasid_layout.h"
#include "../../hw/stage.h"
#include "cache.h"
#include "first.h"
#include "memory.h"
#include "model.h"
#include "nested.h"
#include "pasid.h"
#include "stale.h"
#include "upper.h"

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

/* A way through the tables: where it is. */
struct first_step {
	u64 table;
	u64 host;		/* with has_host: where the table is, too */
	u8 level;
	u8 grants;
	u8 start;
	bool has_host;
	bool frozen;
};

static struct first_step first_begin(struct vtdm_walk *walk)
{
	struct vtdm_cached *known = vtdm_upper_first(walk);
	struct first_step step = {
		.table = walk->pe.fsptptr,
		.level = walk->pe.fslevels,
		.grants = VTDM_GRANT_USER | VTDM_GRANT_WRITE,
		.start = walk->trail.nr,
	};

	if (known) {
		vtdm_stale_upper(walk, VTD_MODEL_CACHE_FIRST, known);
		vtdm_cache_follow(walk, known);
		step.table = known->upper.table;
		step.level = known->tag.level - 1;
		step.grants = known->upper.grants;
		step.has_host = known->upper.has_host;
		step.host = known->upper.host;
		step.frozen = known->upper.frozen;
	}
	return step;
}

/* Where the entry of this level is. */
static u8 first_locate(struct vtdm_walk *walk, struct first_step *step,
		       struct vtdm_table_page *page)
{
	u64 index = walk->rq->addr >> level_shift(step->level) &
		    (VTD_PT_ENTRIES - 1);

	*page = (struct vtdm_table_page){
		.addr = step->table + index * sizeof(u64),
	};
	if (step->has_host) {
		step->has_host = false;
		page->addr = step->host + index * sizeof(u64);
		page->frozen = step->frozen;
		return 0;
	}
	if (!is_nested(walk))
		return 0;
	return vtdm_nested_table(walk, page->addr,
				 step->level == walk->pe.fslevels, page);
}

/* Reads the entry of one level; it is the trail's last. */
static u8 first_read(struct vtdm_walk *walk, struct first_step *step)
{
	struct vtdm_table_page page;
	struct vtdm_word *word;
	u8 reason;

	reason = first_locate(walk, step, &page);
	if (reason)
		return reason;
	if (vtdm_read_word(walk, VTDM_WORD_FIRST, step->level, page.addr))
		return step->level == walk->pe.fslevels ? 0x73 : 0x70;
	word = &walk->trail.word[walk->trail.nr - 1];
	word->frozen = page.frozen;
	word->holder = page.holder;
	reason = first_judge(walk, word->value, step->level);
	if (reason)
		return reason;
	if (!(word->value & VTD_FS_US))
		step->grants &= ~VTDM_GRANT_USER;
	if (!(word->value & VTD_FS_RW))
		step->grants &= ~VTDM_GRANT_WRITE;
	word->set = VTD_FS_A | (walk->pe.eafe ? VTD_FS_EA : 0);
	word->input = walk->rq->addr;
	word->start = step->start;
	word->grants = step->grants;
	word->upper = !selects_page(word->value, step->level);
	return 0;
}

/* SGN.2; what a write needs is seen with the final page (SGN.6). */
static u8 first_permit(struct vtdm_walk *walk, u8 grants)
{
	if (!walk->supervisor && !(grants & VTDM_GRANT_USER))
		return 0x81;
	walk->page.read = true;
	walk->page.write = grants & VTDM_GRANT_WRITE ||
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
	struct first_step step;
	u64 entry;
	u8 reason;

	if (!is_canonical(walk->rq->addr, walk->pe.fslevels))
		return 0x80;
	step = first_begin(walk);
	for (;; step.level--) {
		reason = first_read(walk, &step);
		if (reason)
			return reason;
		entry = walk->trail.word[walk->trail.nr - 1].value;
		if (selects_page(entry, step.level))
			break;
		step.table = entry & VTD_PT_ADDR;
	}
	first_leaf(walk, entry, step.level);
	return first_permit(walk, step.grants);
}
