/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the model has to say beside its answers.
 */
#ifndef __VTD_SIM_MODEL_NOTE_H
#define __VTD_SIM_MODEL_NOTE_H

#include <linux/types.h>

#include "../../hw/qi.h"
#include "config.h"
#include "walk.h"

/**
 * struct vtd_model_note - a cache entry was used though memory says otherwise
 * @cache: which cache
 * @word: the first word that changed: whose, where, and what it was; no address
 *	if only the pointer to the first word did
 * @now: what the word is now, or the new pointer
 * @addr: the input address
 * @filled: when the entry was made, in operations of the model
 * @at: when it was used
 * @needed: a descriptor that would have removed the entry
 * @pasid: PASID of the entry
 * @sid: source id of the request
 * @did: domain id of the entry
 *
 * This is no verdict: between a change and the end of its invalidation such
 * hits are lawful. Who knows that the invalidation is over knows a bug.
 */
struct vtd_model_note {
	enum vtd_model_cache cache;
	struct vtdm_word word;
	u64 now;
	u64 addr;
	u64 filled;
	u64 at;
	struct vtd_desc needed;
	u32 pasid;
	u16 sid;
	u16 did;
};

#endif
