// SPDX-License-Identifier: GPL-2.0-only
/*
 * What devices send to a unit whose registers are in use.
 */
#include <linux/string.h>

#include "model.h"
#include "protect.h"
#include "record.h"
#include "unit.h"

/* Protected memory: refused without a record. */
static void request_refuse(const struct vtd_model_request *rq,
			   struct vtd_model_outcome *out)
{
	memset(out, 0, sizeof(*out));
	out->verdict = rq->at == VTD_FRCD_AT_TRANSLATED ? VTD_MODEL_UR :
							   VTD_MODEL_BLOCKED;
}

/**
 * vtd_model_dma() - a DMA, translation or translated request of a device
 * @model: the unit
 * @rq: the request
 * @out: filled; a fault is recorded already
 *
 * A page request is malformed here: vtd_model_page_request() takes it.
 */
void vtd_model_dma(struct vtd_model *model, const struct vtd_model_request *rq,
		   struct vtd_model_outcome *out)
{
	if (rq->access == VTD_ACCESS_PAGE_REQUEST) {
		memset(out, 0, sizeof(*out));
		out->verdict = VTD_MODEL_MALFORMED;
		return;
	}
	vtd_model_translate(model, rq, out);
	if (out->recorded)
		vtdm_record_fault(model, &out->record);
	if (out->verdict == VTD_MODEL_DONE && out->size &&
	    rq->at != VTD_FRCD_AT_REQUEST &&
	    vtdm_protected(model, out->addr, rq->size))
		request_refuse(rq, out);
}

/**
 * vtd_model_msi() - an interrupt message of a device
 * @model: the unit
 * @message: the message
 * @out: filled; a fault is recorded already
 */
void vtd_model_msi(struct vtd_model *model,
		   const struct vtd_model_interrupt *message,
		   struct vtd_model_delivered *out)
{
	vtd_model_interrupt(model, message, out);
	if (out->recorded)
		vtdm_record_fault(model, &out->record);
}
