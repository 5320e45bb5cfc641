/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The registers of a unit, as software sees them (VT-d chapter 11).
 *
 * A write does all that it asks for before it returns: commands, the
 * invalidation queue, interrupt messages. What takes time in hardware takes
 * counted reads here: each vtd_model_read() is one.
 */
#ifndef __VTD_SIM_MODEL_REGISTERS_H
#define __VTD_SIM_MODEL_REGISTERS_H

#include <linux/types.h>

struct vtd_model;

u32 vtd_model_size(const struct vtd_model *model);
u64 vtd_model_read(struct vtd_model *model, u32 at, u32 size);
void vtd_model_write(struct vtd_model *model, u32 at, u32 size, u64 value);
void vtd_model_advance(struct vtd_model *model, u32 reads);

#endif
