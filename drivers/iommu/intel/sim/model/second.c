// SPDX-License-Identifier: GPL-2.0-only
/*
 * Second-stage translation (VT-d chapters 3, 9).
 *
 * Reasons are those of conditions LSS.x and SSS.x of chapter 7.
 */
#include <linux/bitfield.h>

#include "../../hw/page.h"
#include "../../hw/regs.h"
#include "../../hw/root.h"
#include "../../hw/stage.h"
#include "memory.h"
#include "model.h"
#include "pasid.h"
#include "second.h"

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

static void second_grants(const struct vtd_model *model, u64 entry,
			  bool *read, bool *write)
{
	if (model->rtaddr & VTD_RTADDR_SSIRWE) {
		*read = entry & VTD_SS_IR;
		*write = entry & VTD_SS_IW;
	} else {
		*read = entry & VTD_SS_R;
		*write = entry & VTD_SS_W;
	}
}

static void second_leaf(struct vtdm_walk *walk, u64 input, u64 entry,
			unsigned int level, struct vtdm_leaf *leaf)
{
	leaf->order = level_shift(level);
	leaf->addr = (entry & VTD_PT_ADDR) |
		     (input & (BIT_ULL(leaf->order) - 1));
	leaf->snp = entry & VTD_SS_SNP;
	leaf->emt = FIELD_GET(VTD_SS_EMT, entry);
	leaf->ipat = entry & VTD_SS_IPAT;
	leaf->second = walk->trail.nr;
}

/* Nothing is mapped: scalable mode has a reason for it, legacy mode has not. */
static u8 second_absent(const struct vtdm_walk *walk, unsigned int level,
			struct vtdm_leaf *leaf)
{
	leaf->read = false;
	leaf->write = false;
	leaf->order = level_shift(level);
	return walk->legacy ? 0 : 0x79;
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
	unsigned int level = VTD_AW_LEVELS(walk->pe.aw);
	u64 entry, table = walk->pe.ssptptr;
	bool read, write;

	*leaf = (struct vtdm_leaf){ .read = true, .write = true };
	for (;; level--) {
		u64 index = input >> level_shift(level) & (VTD_PT_ENTRIES - 1);

		if (vtdm_read_word(walk, VTDM_WORD_SECOND, level,
				   table + index * sizeof(u64)))
			return access_reason(walk, level);
		entry = walk->trail.word[walk->trail.nr - 1].value;
		second_grants(walk->model, entry, &read, &write);
		if (!read && !write)
			return second_absent(walk, level, leaf);
		if (entry & second_reserved(walk->model, entry, level))
			return walk->legacy ? 0x0c : 0x7a;
		if (walk->pe.ssade)
			walk->trail.word[walk->trail.nr - 1].set = VTD_SS_A;
		leaf->read &= read;
		leaf->write &= write;
		if (selects_page(entry, level))
			break;
		table = entry & VTD_PT_ADDR;
	}
	if (!leaf->read && !leaf->write)
		return second_absent(walk, level, leaf);
	second_leaf(walk, input, entry, level, leaf);
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
