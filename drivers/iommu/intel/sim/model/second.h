/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Second-stage translation (VT-d chapters 3, 9).
 */
#ifndef __VTD_SIM_MODEL_SECOND_H
#define __VTD_SIM_MODEL_SECOND_H

#include "walk.h"

u8 vtdm_second_walk(struct vtdm_walk *walk, u64 input, struct vtdm_leaf *leaf);
u8 vtdm_second_translate(struct vtdm_walk *walk);

#endif
