/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A, D and EA of paging entries (VT-d chapter 3).
 */
#ifndef __VTD_SIM_MODEL_FLAGS_H
#define __VTD_SIM_MODEL_FLAGS_H

#include "walk.h"

void vtdm_flags_want_dirty(struct vtdm_walk *walk);
u8 vtdm_flags_set(struct vtdm_walk *walk);
void vtdm_flags_set_on_fault(struct vtdm_walk *walk);

#endif
