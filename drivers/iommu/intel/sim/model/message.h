/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a unit sends to devices, and what they answer (VT-d chapters 4, 6, 7).
 *
 * The model knows no device; its owner finds one by the source id.
 */
#ifndef __VTD_SIM_MODEL_MESSAGE_H
#define __VTD_SIM_MODEL_MESSAGE_H

#include <linux/types.h>

#include "../../hw/qi.h"

struct vtd_model;

/**
 * enum vtd_model_message_kind - what a message is
 * @VTD_MODEL_MESSAGE_INVALIDATE: a device TLB invalidation request
 * @VTD_MODEL_MESSAGE_RESPONSE: a page request group response
 */
enum vtd_model_message_kind {
	VTD_MODEL_MESSAGE_INVALIDATE,
	VTD_MODEL_MESSAGE_RESPONSE,
};

/**
 * struct vtd_model_message - a message from the unit to a device
 * @kind: what it is
 * @desc: INVALIDATE: its descriptor, of type 3 or 8, as
 *	vtd_model_dtlb_invalidate() takes it
 * @pasid: RESPONSE: with @has_pasid only
 * @sid: source id of the device
 * @tag: INVALIDATE: what vtd_model_complete() wants back
 * @group: RESPONSE: page request group index
 * @code: RESPONSE: VTD_PRR_*, as it is in the descriptor
 * @has_pasid: RESPONSE: carries a PASID
 * @automatic: RESPONSE: not from the queue, but made by the unit itself
 */
struct vtd_model_message {
	enum vtd_model_message_kind kind;
	struct vtd_desc desc;
	u32 pasid;
	u16 sid;
	u16 tag;
	u16 group;
	u8 code;
	bool has_pasid;
	bool automatic;
};

/*
 * What the callback returns for an invalidation request: the device completes
 * it at once (0), after so many counted reads, or not by itself.
 */
#define VTD_MODEL_COMPLETE_NOW		0u
#define VTD_MODEL_COMPLETE_LATER	0xffffffffu

u32 vtd_model_complete(struct vtd_model *model, u16 sid, u16 tag);

/* For the files of the model. */
u32 vtdm_message_send(struct vtd_model *model,
		      const struct vtd_model_message *message);

#endif
