/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fault conditions: what each one means for record and device (VT-d chapter 7).
 */
#ifndef __VTD_SIM_MODEL_REASON_H
#define __VTD_SIM_MODEL_REASON_H

#include "walk.h"

void vtdm_reason_apply(const struct vtdm_walk *walk, u8 reason,
		       struct vtd_model_outcome *out);
void vtdm_reason_record(const struct vtdm_walk *walk, u8 reason,
			struct vtd_model_outcome *out);

#endif
