/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Protected memory regions (VT-d chapters 3, 11).
 */
#ifndef __VTD_SIM_MODEL_PROTECT_H
#define __VTD_SIM_MODEL_PROTECT_H

#include <linux/types.h>

struct vtd_model;

/* Both regions begin and end at multiples of this. */
#define VTDM_PROTECT_UNIT	0x100000ULL

bool vtdm_protected(const struct vtd_model *model, u64 addr, u32 size);

#endif
