/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading tables, in the pieces in which a unit reads them.
 */
#ifndef __VTD_SIM_MODEL_MEMORY_H
#define __VTD_SIM_MODEL_MEMORY_H

#include "walk.h"

int vtdm_read_entry(struct vtdm_walk *walk, enum vtdm_word_kind kind, u64 addr,
		    u64 *words, unsigned int nr);
int vtdm_read_word(struct vtdm_walk *walk, enum vtdm_word_kind kind,
		   unsigned int level, u64 addr);

#endif
