/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Root and context entries (VT-d chapters 3, 9).
 */
#ifndef __VTD_SIM_MODEL_ROOT_H
#define __VTD_SIM_MODEL_ROOT_H

#include "walk.h"

u8 vtdm_root_mode(struct vtdm_walk *walk);
u8 vtdm_context_find(struct vtdm_walk *walk);
u8 vtdm_context_judge(struct vtdm_walk *walk);

#endif
