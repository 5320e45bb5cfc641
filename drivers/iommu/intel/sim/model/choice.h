/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a unit does by seed, and which of several allowed answers it gives.
 */
#ifndef __VTD_SIM_MODEL_CHOICE_H
#define __VTD_SIM_MODEL_CHOICE_H

#include <linux/types.h>

#include "config.h"

struct vtd_model;

void vtdm_choice_init(struct vtd_model *model);
u64 vtdm_random(struct vtd_model *model);
bool vtdm_choose(struct vtd_model *model, enum vtd_model_choice choice);

#endif
