/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Nested translation: the second stage under the first (VT-d chapter 3).
 */
#ifndef __VTD_SIM_MODEL_NESTED_H
#define __VTD_SIM_MODEL_NESTED_H

#include "walk.h"

/**
 * struct vtdm_table_page - where a first-stage entry is
 * @addr: its host address
 * @frozen: the second stage forbids writing it
 * @holder: as in struct vtdm_word
 */
struct vtdm_table_page {
	u64 addr;
	bool frozen;
	u8 holder;
};

u8 vtdm_nested_table(struct vtdm_walk *walk, u64 addr, u32 root,
		     struct vtdm_table_page *page);
u8 vtdm_nested_page(struct vtdm_walk *walk);

#endif
