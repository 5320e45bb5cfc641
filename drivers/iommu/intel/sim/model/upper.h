/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Paging-structure caches (VT-d chapter 6).
 */
#ifndef __VTD_SIM_MODEL_UPPER_H
#define __VTD_SIM_MODEL_UPPER_H

#include "walk.h"

struct vtdm_cached;

struct vtdm_cached *vtdm_upper_second(struct vtdm_walk *walk, u64 input);
struct vtdm_cached *vtdm_upper_first(struct vtdm_walk *walk);
void vtdm_upper_put(struct vtdm_walk *walk);

#endif
