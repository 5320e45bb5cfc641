/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words of a unit's registers, for its own files.
 */
#ifndef __VTD_SIM_MODEL_WORD_H
#define __VTD_SIM_MODEL_WORD_H

#include <linux/types.h>

struct vtd_model;

void vtdm_misuse(struct vtd_model *model, u32 at, const char *why);
u32 vtdm_reg32(const struct vtd_model *model, u32 at);
u64 vtdm_reg64(const struct vtd_model *model, u32 at);
void vtdm_set_reg32(struct vtd_model *model, u32 at, u32 value);
void vtdm_set_reg64(struct vtd_model *model, u32 at, u64 value);

#endif
