/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PASID directory and PASID table (VT-d chapters 3, 9).
 */
#ifndef __VTD_SIM_MODEL_PASID_H
#define __VTD_SIM_MODEL_PASID_H

#include "walk.h"

void vtdm_pasid_of_legacy(struct vtdm_walk *walk);
u32 vtdm_pasid_number(const struct vtdm_walk *walk);
u8 vtdm_pasid_find(struct vtdm_walk *walk);
u8 vtdm_pasid_judge(struct vtdm_walk *walk);
u64 vtdm_pasid_limit(const struct vtd_model *model, u8 aw);

#endif
