// SPDX-License-Identifier: GPL-2.0-only
/*
 * Second-stage translation (VT-d chapters 3, 9).
 *
 * Reasons are those of conditions LSS.x and SSS.x of chapter 7.
 */
#include <linux/bitfield.h>

#include "../../hw/page.h"
#include "../../hw/regs_layout.h"
#include "../../hw/root_layout.h"
#include "../../hw/stage.h"
#include "cache.h"
#include "memory.h"
#include "model.h"
#include "pasid.h"
#include "second.h"
#include "stale.h"
#include "upper.h"

static unsigned int level_shift(unsigned int level)
{
	return 12 + VTD_PT_LEVEL_BITS * (level - 1);
}

/* LCT.4.3, LSS.1, SSS.4, SSS.1 */
static u8 access_reason(const struct vtdm_walk *walk, unsigned int level)
{
	unsigned int root = VTD_AW_LEVELS(walk->pe.aw);

	if (level == root)
		return walk->legacy ? 0x03 : 0x7b;
	return walk->legacy ? 0x07 : 0x78;
}

static bool selects_page(u64 entry, unsigned int level)
{
	return level == 1 || (level <= 3 && entry & VTD_PT_PS);
}

/* Bits that must be 0 in a present entry. */
static u64 second_reserved(const struct vtd_model *model, u64 entry,
			   unsigned int level)
{
	const struct vtdm_caps *caps = &model->caps;
	u64 rsvd = VTD_PT_ADDR & ~(vtdm_caps_host_limit(caps) - 1);

	if (!(model->rtaddr & VTD_RTADDR_SSIRWE))
		rsvd |= VTD_SS_IW;
	if (level > 3 || (level == 3 && !caps->ss1g) ||
	    (level == 2 && !caps->ss2m))
		rsvd |= VTD_PT_PS;
	if (!selects_page(entry, level))
		return rsvd | VTD_SS_SNP;
	if (!caps->sc)
		rsvd |= VTD_SS_SNP;
	return rsvd | ((BIT_ULL(level_shift(level)) - 1) & VTD_PT_ADDR);
}

static u8 second_grants(const struct vtd_model *model, u64 entry)
{
	u64 read = VTD_SS_R, write = VTD_SS_W;

	if (model->rtaddr & VTD_RTADDR_SSIRWE) {
		read = VTD_SS_IR;
		write = VTD_SS_IW;
	}
	return (entry & read ? VTDM_GRANT_READ : 0) |
	       (entry & write ? VTDM_GRANT_WRITE : 0);
}

/* A way through the tables: where it is. */
struct second_step {
	u64 table;
	u8 level;
	u8 grants;
	u8 start;
};

static void second_leaf(struct vtdm_walk *walk, u64 input,
			const struct second_step *step, struct vtdm_leaf *leaf)
{
	u64 entry = walk->trail.word[walk->trail.nr - 1].value;
	u64 offset = BIT_ULL(level_shift(step->level)) - 1;

	*leaf = (struct vtdm_leaf){
		.addr = (entry & VTD_PT_ADDR) | (input & offset),
		.order = level_shift(step->level),
		.read = step->grants & VTDM_GRANT_READ,
		.write = step->grants & VTDM_GRANT_WRITE,
		.snp = entry & VTD_SS_SNP,
		.emt = FIELD_GET(VTD_SS_EMT, entry),
		.ipat = entry & VTD_SS_IPAT,
		.second = walk->trail.nr,
	};
}

/* Nothing is mapped: scalable mode has a reason for it, legacy mode has not. */
static u8 second_absent(const struct vtdm_walk *walk, unsigned int level,
			struct vtdm_leaf *leaf)
{
	*leaf = (struct vtdm_leaf){ .order = level_shift(level) };
	return walk->legacy ? 0 : 0x79;
}

static struct second_step second_begin(struct vtdm_walk *walk, u64 input)
{
	struct vtdm_cached *known = vtdm_upper_second(walk, input);
	struct second_step step = {
		.table = walk->pe.ssptptr,
		.level = VTD_AW_LEVELS(walk->pe.aw),
		.grants = VTDM_GRANT_READ | VTDM_GRANT_WRITE,
		.start = walk->trail.nr,
	};

	if (known) {
		vtdm_stale_upper(walk, VTD_MODEL_CACHE_SECOND, known);
		vtdm_cache_follow(walk, known);
		step.table = known->upper.table;
		step.level = known->tag.level - 1;
		step.grants = known->upper.grants;
	}
	return step;
}

/* Judges the trail's last word, which is present. */
static u8 second_judge(struct vtdm_walk *walk, u64 input,
		       const struct second_step *step)
{
	struct vtdm_word *word = &walk->trail.word[walk->trail.nr - 1];

	if (word->value & second_reserved(walk->model, word->value, step->level))
		return walk->legacy ? 0x0c : 0x7a;
	if (walk->pe.ssade)
		word->set = VTD_SS_A;
	word->input = input;
	word->start = step->start;
	word->grants = step->grants;
	word->upper = !selects_page(word->value, step->level);
	return 0;
}

/**
 * vtdm_second_walk() - find the page of a second-stage input address
 * @walk: the walk, with its PASID entry
 * @input: input address, below the second stage's limit
 * @leaf: filled
 *
 * Permissions are those that all levels grant; whether they suffice is the
 * caller's question. In legacy mode a page that is not there is one without
 * permissions.
 *
 * Return: a fault reason, or 0.
 */
u8 vtdm_second_walk(struct vtdm_walk *walk, u64 input, struct vtdm_leaf *leaf)
{
	struct second_step step = second_begin(walk, input);
	u64 entry, index;
	u8 reason, grants;

	for (;; step.level--) {
		index = input >> level_shift(step.level) & (VTD_PT_ENTRIES - 1);
		if (vtdm_read_word(walk, VTDM_WORD_SECOND, step.level,
				   step.table + index * sizeof(u64)))
			return access_reason(walk, step.level);
		entry = walk->trail.word[walk->trail.nr - 1].value;
		grants = second_grants(walk->model, entry);
		if (!grants)
			return second_absent(walk, step.level, leaf);
		step.grants &= grants;
		reason = second_judge(walk, input, &step);
		if (reason)
			return reason;
		if (selects_page(entry, step.level))
			break;
		step.table = entry & VTD_PT_ADDR;
	}
	if (!step.grants)
		return second_absent(walk, step.level, leaf);
	second_leaf(walk, input, &step, leaf);
	return 0;
}

/**
 * vtdm_second_translate() - translate a request by the second stage alone
 * @walk: the walk, with its PASID entry; its page is filled
 *
 * Return: a fault reason, or 0.
 */
u8 vtdm_second_translate(struct vtdm_walk *walk)
{
	if (walk->rq->addr >= vtdm_pasid_limit(walk->model, walk->pe.aw))
		return walk->legacy ? 0x04 : 0x84;
	return vtdm_second_walk(walk, walk->rq->addr, &walk->page);
}
