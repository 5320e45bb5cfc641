/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupt remapping (VT-d chapter 5).
 */
#ifndef __VTD_SIM_MODEL_INTERRUPT_H
#define __VTD_SIM_MODEL_INTERRUPT_H

#include <linux/types.h>

#include "../../hw/fault_layout.h"

struct vtd_model;

/**
 * struct vtd_model_interrupt - an interrupt message as it arrives at the unit
 * @addr: address, inside the interrupt range
 * @data: data
 * @sid: source id
 */
struct vtd_model_interrupt {
	u32 addr;
	u32 data;
	u16 sid;
};

/**
 * enum vtd_model_delivery - what becomes of an interrupt
 * @VTD_MODEL_AS_IT_IS: it goes to the processor as it is
 * @VTD_MODEL_REMAPPED: it goes there as the entry says
 * @VTD_MODEL_POSTED: it was noted in the posted descriptor
 * @VTD_MODEL_REFUSED: it is blocked
 */
enum vtd_model_delivery {
	VTD_MODEL_AS_IT_IS,
	VTD_MODEL_REMAPPED,
	VTD_MODEL_POSTED,
	VTD_MODEL_REFUSED,
};

/**
 * struct vtd_model_delivered - what becomes of an interrupt, in full
 * @record: the fault record, with @recorded only; index in its irte
 * @dest: REMAPPED: destination id; POSTED with @notify: of the notification
 * @delivery: what
 * @reason: the fault condition that was met, 0 for none
 * @vector: REMAPPED: vector; POSTED with @notify: of the notification
 * @mode: REMAPPED: delivery mode
 * @logical: REMAPPED: logical destination
 * @hint: REMAPPED: redirection hint
 * @level: REMAPPED: level-triggered
 * @notify: POSTED: a notification is sent
 * @recorded: the fault goes to a fault recording register
 * @qualified: FPD kept it from there
 * @stale: a cache entry was used though memory says otherwise
 */
struct vtd_model_delivered {
	struct vtd_fault record;
	u32 dest;
	enum vtd_model_delivery delivery;
	u8 reason;
	u8 vector;
	u8 mode;
	bool logical;
	bool hint;
	bool level;
	bool notify;
	bool recorded;
	bool qualified;
	u8 stale;
};

void vtd_model_set_interrupt_table(struct vtd_model *model, u64 irta);
void vtd_model_set_remapping(struct vtd_model *model, u32 on);
void vtd_model_set_compatible(struct vtd_model *model, u32 on);
void vtd_model_interrupt(struct vtd_model *model,
			 const struct vtd_model_interrupt *message,
			 struct vtd_model_delivered *out);

#endif
