/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What devices send to a unit whose registers are in use: as the functions
 * that only translate (model.h, interrupt.h), and faults are recorded, page
 * requests queued, protected memory heeded.
 */
#ifndef __VTD_SIM_MODEL_UNIT_H
#define __VTD_SIM_MODEL_UNIT_H

#include "interrupt.h"
#include "request.h"

struct vtd_model;

/**
 * enum vtd_model_page - what became of a page request
 * @VTD_MODEL_PAGE_QUEUED: it is in the page request queue
 * @VTD_MODEL_PAGE_HELD: it is on its way there (config.page_reads)
 * @VTD_MODEL_PAGE_ANSWERED: the unit has sent the response by itself
 * @VTD_MODEL_PAGE_DROPPED: it is lost, without a response
 * @VTD_MODEL_PAGE_MALFORMED: no device can send this request
 */
enum vtd_model_page {
	VTD_MODEL_PAGE_QUEUED,
	VTD_MODEL_PAGE_HELD,
	VTD_MODEL_PAGE_ANSWERED,
	VTD_MODEL_PAGE_DROPPED,
	VTD_MODEL_PAGE_MALFORMED,
};

void vtd_model_dma(struct vtd_model *model, const struct vtd_model_request *rq,
		   struct vtd_model_outcome *out);
void vtd_model_msi(struct vtd_model *model,
		   const struct vtd_model_interrupt *message,
		   struct vtd_model_delivered *out);
enum vtd_model_page vtd_model_page_request(struct vtd_model *model,
					   const struct vtd_model_request *rq,
					   struct vtd_model_outcome *out);

#endif
