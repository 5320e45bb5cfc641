// SPDX-License-Identifier: GPL-2.0-only
/*
 * Posted interrupts (VT-d chapter 5): the descriptor in memory.
 */
#include <linux/bitfield.h>

#include "../../hw/irte_layout.h"
#include "../../hw/regs_layout.h"
#include "interrupt.h"
#include "model.h"
#include "posted.h"

/* A descriptor whose words somebody else changes all the time is given up. */
#define POST_TRIES	16

#define CONTROL		(VTD_PID_PIR_WORDS * sizeof(u64))

static u64 descriptor_addr(const u64 *irte)
{
	return FIELD_GET(VTD_IRTE_PDA_LO, irte[0]) << 6 |
	       FIELD_GET(VTD_IRTE_HI_PDA_HI, irte[1]) << 32;
}

/* Word 4 with what is reserved in it, and words 5 to 7, which all are. */
static u8 descriptor_judge(const struct vtd_model *model, const u64 *word)
{
	u64 rsvd = VTD_PID4_RSVD;

	if (!(model->irta & VTD_IRTA_EIME))
		rsvd |= VTD_PID4_NDST & ~VTD_PID4_NDST_XAPIC;
	return word[0] & rsvd || word[1] || word[2] || word[3] ? 0x28 : 0;
}

static u8 descriptor_read(const struct vtd_model *model, u64 addr, u64 *word)
{
	const struct vtd_model_config *config = &model->config;

	if (config->ops->read(config->owner, addr + CONTROL, word, 16) ||
	    config->ops->read(config->owner, addr + CONTROL + 16, word + 2, 16))
		return 0x27;
	return descriptor_judge(model, word);
}

/* Sets the request bit of a vector. */
static u8 set_request(const struct vtd_model *model, u64 addr, u8 vector)
{
	const struct vtd_model_config *config = &model->config;
	u64 old = 0, bit = 1ULL << vector % 64, seen;
	unsigned int tries;
	int ret;

	addr += vector / 64 * sizeof(u64);
	for (tries = 0; tries < POST_TRIES; tries++) {
		ret = config->ops->cmpxchg(config->owner, addr, old, old | bit,
					   &seen);
		if (ret <= 0)
			return ret ? 0x27 : 0;
		old = seen;
	}
	return 0x27;
}

static bool wants_notice(const u64 *irte, u64 control)
{
	return !(control & VTD_PID4_ON) &&
	       (irte[0] & VTD_IRTE_URG || !(control & VTD_PID4_SN));
}

static void posted_notify(const struct vtd_model *model, u64 control,
			  struct vtd_model_delivered *out)
{
	out->notify = true;
	out->vector = FIELD_GET(VTD_PID4_NV, control);
	out->dest = model->irta & VTD_IRTA_EIME ?
		FIELD_GET(VTD_PID4_NDST, control) :
		FIELD_GET(VTD_PID4_NDST_XAPIC, control);
}

/*
 * Sets ON and notifies. What is there may change at any time, and with it the
 * answer to whether anybody is to be told.
 */
static u8 claim_notice(const struct vtd_model *model, const u64 *irte,
		       u64 addr, u64 control, struct vtd_model_delivered *out)
{
	const struct vtd_model_config *config = &model->config;
	unsigned int tries;
	u64 seen;
	int ret;

	for (tries = 0; tries < POST_TRIES; tries++) {
		if (!wants_notice(irte, control))
			return 0;
		ret = config->ops->cmpxchg(config->owner, addr, control,
					   control | VTD_PID4_ON, &seen);
		if (ret < 0)
			return 0x27;
		if (!ret) {
			posted_notify(model, control, out);
			return 0;
		}
		control = seen;
	}
	return 0x27;
}

/**
 * vtdm_posted_post() - note an interrupt in its posted descriptor
 * @model: the unit
 * @irte: a valid entry of posted format
 * @out: notification, if there is to be one
 *
 * The request bit is set first; whoever is notified finds it.
 *
 * Return: a fault reason, or 0.
 */
u8 vtdm_posted_post(struct vtd_model *model, const u64 *irte,
		    struct vtd_model_delivered *out)
{
	u64 addr = descriptor_addr(irte), word[4];
	u8 reason;

	reason = descriptor_read(model, addr, word);
	if (!reason)
		reason = set_request(model, addr,
				     FIELD_GET(VTD_IRTE_VECTOR, irte[0]));
	if (reason)
		return reason;
	out->delivery = VTD_MODEL_POSTED;
	return claim_notice(model, irte, addr + CONTROL, word[0], out);
}
