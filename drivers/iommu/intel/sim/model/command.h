/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands: GCMD, CCMD, IOTLB, PMEN (VT-d chapters 10, 11).
 */
#ifndef __VTD_SIM_MODEL_COMMAND_H
#define __VTD_SIM_MODEL_COMMAND_H

#include <linux/types.h>

struct vtd_model;

/**
 * struct vtdm_command - the command in progress; there is one at a time
 * @left: counted reads until it is done; 0: there is none
 * @at: its register
 * @value: GCMD: the bit that changes. Others: what was written
 * @on: GCMD: and its new value
 * @rooted: SRTP was done since TES was last cleared
 * @irooted: SIRTP was done since IRES was last cleared
 */
struct vtdm_command {
	u32 left;
	u32 at;
	u64 value;
	bool on;
	bool rooted;
	bool irooted;
};

void vtdm_command_global(struct vtd_model *model, u32 value);
void vtdm_command_context(struct vtd_model *model, u64 value);
void vtdm_command_iotlb(struct vtd_model *model, u64 value);
void vtdm_command_protect(struct vtd_model *model, u32 value);
void vtdm_command_pass(struct vtd_model *model, u32 reads);

#endif
