/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * First-stage translation (VT-d chapters 3, 9).
 */
#ifndef __VTD_SIM_MODEL_FIRST_H
#define __VTD_SIM_MODEL_FIRST_H

#include "walk.h"

u8 vtdm_first_translate(struct vtdm_walk *walk);

#endif
