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
struct vtd_model_config;
struct vtdm_caps;

/* All but IVA, IOTLB and the fault records have a fixed place below this. */
#define VTDM_FIXED_SIZE		0x1000

/**
 * struct vtdm_registers - what the registers hold
 * @word: those with a fixed place
 * @iva: IVA
 * @iotlb: IOTLB
 * @misuses: how often software did what it must not
 */
struct vtdm_registers {
	u32 word[VTDM_FIXED_SIZE / sizeof(u32)];
	u64 iva;
	u64 iotlb;
	u64 misuses;
};

u32 vtd_model_size(const struct vtd_model *model);
u64 vtd_model_read(struct vtd_model *model, u32 at, u32 size);
void vtd_model_write(struct vtd_model *model, u32 at, u32 size, u64 value);
void vtd_model_advance(struct vtd_model *model, u32 reads);

/* For the files of the model. */
const char *vtdm_registers_judge(const struct vtdm_caps *caps,
				 const struct vtd_model_config *config);
void vtdm_registers_init(struct vtd_model *model);

#endif
