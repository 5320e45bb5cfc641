/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which entries an invalidation removes (VT-d chapter 6).
 */
#ifndef __VTD_SIM_MODEL_INVALIDATE_H
#define __VTD_SIM_MODEL_INVALIDATE_H

#include "../../hw/qi.h"
#include "walk.h"

void vtd_model_invalidate(struct vtd_model *model, const struct vtd_desc *desc);
void vtdm_invalidate_for_page_request(struct vtdm_walk *walk);

#endif
