// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page request queue (VT-d chapter 7).
 */
#include <linux/bitfield.h>
#include <linux/string.h>

#include "../../hw/regs_layout.h"
#include "event.h"
#include "message.h"
#include "model.h"
#include "pages.h"
#include "record.h"
#include "unit.h"
#include "word.h"

#define STATUS_ALL	(VTD_PRS_PPR | VTD_PRS_PRO)
#define ENTRY_SIZE	sizeof(struct vtd_page_request)
#define GROUP_MAX	511
#define STOP_BITS	(VTD_PRQ1_RD | VTD_PRQ1_WR | VTD_PRQ1_LPIG)

/* The end of a device's use of a PASID. It wants no response. */
static bool is_stop_marker(const struct vtd_page_request *request)
{
	return request->qw[0] & VTD_PRQ0_PP &&
	       (request->qw[1] & STOP_BITS) == VTD_PRQ1_LPIG;
}

static struct vtd_page_request request_encode(const struct vtd_model_request *rq)
{
	struct vtd_page_request request = { 0 };

	request.qw[0] = FIELD_PREP(VTD_PRQ0_TYPE, VTD_PRQ_TYPE_REQUEST) |
			FIELD_PREP(VTD_PRQ0_RID, rq->sid);
	request.qw[1] = (rq->addr & VTD_PRQ1_ADDR) |
			FIELD_PREP(VTD_PRQ1_PRGI, rq->group);
	if (rq->has_pasid)
		request.qw[0] |= VTD_PRQ0_PP |
				 FIELD_PREP(VTD_PRQ0_PASID, rq->pasid);
	if (rq->execute)
		request.qw[0] |= VTD_PRQ0_EXE;
	if (rq->privileged)
		request.qw[0] |= VTD_PRQ0_PM;
	if (rq->want_read)
		request.qw[1] |= VTD_PRQ1_RD;
	if (rq->want_write)
		request.qw[1] |= VTD_PRQ1_WR;
	if (rq->last)
		request.qw[1] |= VTD_PRQ1_LPIG;
	return request;
}

/* The unit answers by itself: once for a group, with its last request. */
static enum vtd_model_page group_answer(struct vtd_model *model,
					const struct vtd_page_request *request,
					u8 code)
{
	struct vtd_model_message message = {
		.kind = VTD_MODEL_MESSAGE_RESPONSE,
		.sid = FIELD_GET(VTD_PRQ0_RID, request->qw[0]),
		.group = FIELD_GET(VTD_PRQ1_PRGI, request->qw[1]),
		.pasid = FIELD_GET(VTD_PRQ0_PASID, request->qw[0]),
		.code = code,
		.has_pasid = request->qw[0] & VTD_PRQ0_PP,
		.automatic = true,
	};

	if (!(request->qw[1] & VTD_PRQ1_LPIG) ||
	    (is_stop_marker(request) && model->caps.sms))
		return VTD_MODEL_PAGE_DROPPED;
	vtdm_message_send(model, &message);
	return VTD_MODEL_PAGE_ANSWERED;
}

static void set_status(struct vtd_model *model, u32 bit)
{
	u32 prs = vtdm_reg32(model, VTD_PRS);

	vtdm_set_reg32(model, VTD_PRS, prs | bit);
	if (!(prs & STATUS_ALL))
		vtdm_event_raise(model, VTD_PECTL);
}

/**
 * vtdm_pages_clear_status() - PRS is written
 * @model: the unit
 * @bits: VTD_PRS_* to be cleared
 */
void vtdm_pages_clear_status(struct vtd_model *model, u32 bits)
{
	u32 prs = vtdm_reg32(model, VTD_PRS) & ~bits;

	vtdm_set_reg32(model, VTD_PRS, prs);
	if (!(prs & STATUS_ALL))
		vtdm_event_drop(model, VTD_PECTL);
}

static int slot_store(struct vtd_model *model, u64 addr,
		      const struct vtd_page_request *request)
{
	const struct vtd_model_ops *ops = model->config.ops;
	void *owner = model->config.owner;

	if (ops->write(owner, addr, request->qw, 16))
		return -1;
	return ops->write(owner, addr + 16, request->qw + 2, 16);
}

/* Into the ring; one entry always stays free. */
static enum vtd_model_page ring_put(struct vtd_model *model,
				    const struct vtd_page_request *request)
{
	u64 pqa = vtdm_reg64(model, VTD_PQA), tail = vtdm_reg64(model, VTD_PQT);
	u64 size = 4096ULL << FIELD_GET(VTD_PQA_PQS, pqa);
	u64 next = (tail + ENTRY_SIZE) & (size - 1);

	if (!(vtdm_reg32(model, VTD_PRS) & VTD_PRS_PRO) &&
	    next == (vtdm_reg64(model, VTD_PQH) & (size - 1)))
		set_status(model, VTD_PRS_PRO);
	if (vtdm_reg32(model, VTD_PRS) & VTD_PRS_PRO)
		return group_answer(model, request, VTD_PRR_SUCCESS);
	if (slot_store(model, (pqa & VTD_PQA_BASE) + (tail & (size - 1)), request))
		return group_answer(model, request, VTD_PRR_INVALID);
	vtdm_set_reg64(model, VTD_PQT, next);
	set_status(model, VTD_PRS_PPR);
	return VTD_MODEL_PAGE_QUEUED;
}

static void put_oldest(struct vtd_model *model)
{
	struct vtdm_pages *pages = &model->pages;
	struct vtd_page_request request = pages->held[0].request;

	pages->nr--;
	memmove(&pages->held[0], &pages->held[1],
		pages->nr * sizeof(pages->held[0]));
	ring_put(model, &request);
}

/**
 * vtdm_pages_drain() - put what is on its way into the queue
 * @model: the unit
 */
void vtdm_pages_drain(struct vtd_model *model)
{
	while (model->pages.nr)
		put_oldest(model);
}

/**
 * vtdm_pages_next_event() - when the next request arrives in the queue
 * @model: the unit
 * @reads: look no farther than that, in counted reads
 *
 * Return: counted reads until then, at most @reads.
 */
u32 vtdm_pages_next_event(const struct vtd_model *model, u32 reads)
{
	if (model->pages.nr && model->pages.held[0].left < reads)
		return model->pages.held[0].left;
	return reads;
}

/**
 * vtdm_pages_pass() - counted reads go by
 * @model: the unit
 * @reads: how many; not more than vtdm_pages_next_event() said
 */
void vtdm_pages_pass(struct vtd_model *model, u32 reads)
{
	struct vtdm_pages *pages = &model->pages;
	u32 i;

	for (i = 0; i < pages->nr; i++)
		pages->held[i].left -= reads;
	while (pages->nr && !pages->held[0].left)
		put_oldest(model);
}

static enum vtd_model_page request_hold(struct vtd_model *model,
					const struct vtd_page_request *request)
{
	struct vtdm_pages *pages = &model->pages;

	if (!model->config.page_reads)
		return ring_put(model, request);
	if (pages->nr == VTDM_HELD_MAX)
		put_oldest(model);
	pages->held[pages->nr++] = (struct vtdm_held){
		.request = *request, .left = model->config.page_reads,
	};
	return VTD_MODEL_PAGE_HELD;
}

/**
 * vtd_model_page_request() - a device asks for a page
 * @model: the unit
 * @rq: the request, with VTD_ACCESS_PAGE_REQUEST. Without @want_read and
 *	@want_write, with @last and a PASID it is a stop marker
 * @out: filled, as vtd_model_translate() does
 *
 * Return: what became of it.
 */
enum vtd_model_page vtd_model_page_request(struct vtd_model *model,
					   const struct vtd_model_request *rq,
					   struct vtd_model_outcome *out)
{
	struct vtd_page_request request = request_encode(rq);

	memset(out, 0, sizeof(*out));
	out->verdict = VTD_MODEL_MALFORMED;
	if (rq->access == VTD_ACCESS_PAGE_REQUEST && rq->group <= GROUP_MAX)
		vtd_model_translate(model, rq, out);
	if (out->verdict == VTD_MODEL_MALFORMED)
		return VTD_MODEL_PAGE_MALFORMED;
	if (out->recorded)
		vtdm_record_fault(model, &out->record);
	if (out->verdict == VTD_MODEL_INVALID)
		return group_answer(model, &request, VTD_PRR_INVALID);
	return request_hold(model, &request);
}
