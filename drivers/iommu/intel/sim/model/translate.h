/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a request to its outcome (VT-d chapters 3, 4, 7).
 */
#ifndef __VTD_SIM_MODEL_TRANSLATE_H
#define __VTD_SIM_MODEL_TRANSLATE_H

#include "walk.h"

u8 vtdm_translate_fresh(struct vtd_model *model,
			const struct vtd_model_request *rq);

#endif
