/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fault recording and fault status (VT-d chapters 7, 11).
 */
#ifndef __VTD_SIM_MODEL_RECORD_H
#define __VTD_SIM_MODEL_RECORD_H

#include <linux/types.h>

#include "../../hw/fault_layout.h"

struct vtd_model;

/* NFR has eight bits. */
#define VTDM_RECORDS_MAX	256

/**
 * struct vtdm_records - the fault recording registers
 * @qw: both words of each
 * @next: where the next fault goes
 */
struct vtdm_records {
	u64 qw[VTDM_RECORDS_MAX][2];
	u32 next;
};

void vtdm_record_fault(struct vtd_model *model, const struct vtd_fault *fault);
void vtdm_record_status(struct vtd_model *model, u32 bits);
void vtdm_record_clear_status(struct vtd_model *model, u32 bits);
void vtdm_record_restart(struct vtd_model *model);
u64 vtdm_record_read(const struct vtd_model *model, u32 at, u32 size);
void vtdm_record_write(struct vtd_model *model, u32 word, u64 value);

#endif
