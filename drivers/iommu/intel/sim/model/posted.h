/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Posted interrupts (VT-d chapter 5).
 */
#ifndef __VTD_SIM_MODEL_POSTED_H
#define __VTD_SIM_MODEL_POSTED_H

#include <linux/types.h>

struct vtd_model;
struct vtd_model_delivered;

u8 vtdm_posted_post(struct vtd_model *model, const u64 *irte,
		    struct vtd_model_delivered *out);

#endif
