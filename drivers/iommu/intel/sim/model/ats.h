/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a translation completion carries (VT-d chapter 4).
 */
#ifndef __VTD_SIM_MODEL_ATS_H
#define __VTD_SIM_MODEL_ATS_H

#include "walk.h"

bool vtdm_ats_wants_write(const struct vtdm_walk *walk);
void vtdm_ats_answer(const struct vtdm_walk *walk,
		     struct vtd_model_outcome *out);
void vtdm_ats_answer_nothing(const struct vtdm_walk *walk,
			     struct vtd_model_outcome *out);
void vtdm_ats_answer_range(const struct vtdm_walk *walk,
			   struct vtd_model_outcome *out);

#endif
