// SPDX-License-Identifier: GPL-2.0-only
/*
 * The invalidation queue (VT-d chapter 6).
 *
 * Descriptors are fetched in order into a window and leave it when they are
 * done, in any order that the text allows (order.c).
 */
#include <linux/bitfield.h>
#include <linux/string.h>

#include "../../hw/regs_layout.h"
#include "choice.h"
#include "descriptor.h"
#include "event.h"
#include "invalidate.h"
#include "message.h"
#include "model.h"
#include "order.h"
#include "pages.h"
#include "queue.h"
#include "record.h"
#include "word.h"

static u64 descriptor_size(const struct vtd_model *model)
{
	return 1u << (vtdm_reg64(model, VTD_IQA) & VTD_IQA_DW ?
		      VTD_IQ_SHIFT_256 : VTD_IQ_SHIFT_128);
}

static u64 ring_size(const struct vtd_model *model)
{
	return 4096ULL << FIELD_GET(VTD_IQA_QS, vtdm_reg64(model, VTD_IQA));
}

static void queue_stop(struct vtd_model *model, enum vtd_iqei iqei)
{
	u64 record = vtdm_reg64(model, VTD_IQERCD) & ~VTD_IQERCD_IQEI;

	vtdm_set_reg64(model, VTD_IQERCD,
		       record | FIELD_PREP(VTD_IQERCD_IQEI, iqei));
	vtdm_record_status(model, VTD_FSTS_IQE);
}

static int read_descriptor(struct vtd_model *model, u64 addr,
			   struct vtd_desc *desc)
{
	const struct vtd_model_ops *ops = model->config.ops;
	void *owner = model->config.owner;

	*desc = (struct vtd_desc){ 0 };
	if (ops->read(owner, addr, desc->qw, 16))
		return -1;
	if (descriptor_size(model) == 16)
		return 0;
	return ops->read(owner, addr + 16, desc->qw + 2, 16);
}

static enum vtd_iqei queue_fetch(struct vtd_model *model, struct vtd_desc *desc)
{
	u64 head = vtdm_reg64(model, VTD_IQH), tail = vtdm_reg64(model, VTD_IQT);
	u64 base = vtdm_reg64(model, VTD_IQA) & VTD_IQA_BASE;

	if (tail & (descriptor_size(model) - 1))
		return VTD_IQEI_UNALIGNED;
	if (tail >= ring_size(model))
		return VTD_IQEI_TAIL;
	if (read_descriptor(model, base + head, desc))
		return VTD_IQEI_FETCH;
	return vtdm_descriptor_check(model, desc);
}

static bool may_fetch(const struct vtd_model *model)
{
	return model->queue.enabled && model->queue.nr < VTDM_WINDOW &&
	       !(vtdm_reg32(model, VTD_FSTS) & (VTD_FSTS_IQE | VTD_FSTS_ITE)) &&
	       vtdm_reg64(model, VTD_IQH) != vtdm_reg64(model, VTD_IQT);
}

static void fetch_all(struct vtd_model *model)
{
	struct vtdm_queue *queue = &model->queue;
	enum vtd_iqei iqei;
	struct vtd_desc desc;
	u64 head;

	while (may_fetch(model)) {
		iqei = queue_fetch(model, &desc);
		if (iqei != VTD_IQEI_NONE) {
			queue_stop(model, iqei);
			return;
		}
		queue->entry[queue->nr++] = (struct vtdm_entry){
			.desc = desc, .section = queue->section,
		};
		if (vtd_desc_type(&desc) == VTD_DESC_WAIT)
			queue->section++;
		head = vtdm_reg64(model, VTD_IQH) + descriptor_size(model);
		vtdm_set_reg64(model, VTD_IQH, head & (ring_size(model) - 1));
	}
}

static void entry_leave(struct vtdm_queue *queue, u32 i)
{
	queue->nr--;
	memmove(&queue->entry[i], &queue->entry[i + 1],
		(queue->nr - i) * sizeof(queue->entry[0]));
}

static u16 free_tag(const struct vtdm_queue *queue)
{
	u32 taken = 0, i;
	u16 tag = 0;

	for (i = 0; i < queue->nr; i++) {
		if (queue->entry[i].sent)
			taken |= 1u << queue->entry[i].tag;
	}
	while (taken & 1u << tag)
		tag++;
	return tag;
}

static void invalidate_device(struct vtd_model *model, u32 i)
{
	struct vtdm_entry *entry = &model->queue.entry[i];
	struct vtd_model_message message = {
		.kind = VTD_MODEL_MESSAGE_INVALIDATE,
		.desc = entry->desc,
		.sid = vtd_desc_dtlb_sid(&entry->desc),
		.tag = free_tag(&model->queue),
	};
	u32 in;

	entry->tag = message.tag;
	entry->sent = true;
	entry->timeout_in = model->config.timeout_reads ?
		model->config.timeout_reads : VTD_MODEL_TIMEOUT_READS;
	in = vtdm_message_send(model, &message);
	if (in == VTD_MODEL_COMPLETE_NOW)
		entry_leave(&model->queue, i);
	else
		entry->complete_in = in == VTD_MODEL_COMPLETE_LATER ? 0 : in;
}

static void group_respond(struct vtd_model *model, const struct vtd_desc *desc)
{
	struct vtd_model_message message = {
		.kind = VTD_MODEL_MESSAGE_RESPONSE,
		.sid = FIELD_GET(VTD_PGR_SID, desc->qw[0]),
		.group = FIELD_GET(VTD_PGR1_PRGI, desc->qw[1]),
		.code = FIELD_GET(VTD_PGR_RC, desc->qw[0]),
		.has_pasid = desc->qw[0] & VTD_PGR_PP,
	};

	if (message.has_pasid)
		message.pasid = FIELD_GET(VTD_DESC_PASID, desc->qw[0]);
	vtdm_message_send(model, &message);
}

/* The status is written before the interrupt is sent. */
static void complete_wait(struct vtd_model *model, const struct vtd_desc *desc)
{
	u32 data = FIELD_GET(VTD_WAIT_DATA, desc->qw[0]);
	u64 addr = desc->qw[1] & VTD_WAIT1_ADDR &
		   (vtdm_caps_host_limit(&model->caps) - 1);

	if (desc->qw[0] & VTD_WAIT_PD)
		vtdm_pages_drain(model);
	if (desc->qw[0] & VTD_WAIT_SW)
		model->config.ops->write(model->config.owner, addr, &data,
					 sizeof(data));
	if (!(desc->qw[0] & VTD_WAIT_IF))
		return;
	if (!vtdm_reg32(model, VTD_ICS)) {
		vtdm_set_reg32(model, VTD_ICS, VTD_ICS_IWC);
		vtdm_event_raise(model, VTD_IECTL);
	}
}

static void entry_execute(struct vtd_model *model, u32 i)
{
	struct vtd_desc desc = model->queue.entry[i].desc;

	if (vtd_desc_dtlb_sid(&desc) >= 0) {
		invalidate_device(model, i);
		return;
	}
	entry_leave(&model->queue, i);
	switch (vtd_desc_type(&desc)) {
	case VTD_DESC_WAIT:
		complete_wait(model, &desc);
		break;
	case VTD_DESC_PAGE_RESPONSE:
		group_respond(model, &desc);
		break;
	default:
		vtd_model_invalidate(model, &desc);
		break;
	}
}

/**
 * vtdm_queue_run() - do all that can be done now
 * @model: the unit
 */
void vtdm_queue_run(struct vtd_model *model)
{
	u32 i;

	do {
		fetch_all(model);
		i = vtdm_order_pick(model);
		if (i < VTDM_WINDOW)
			entry_execute(model, i);
	} while (i < VTDM_WINDOW);
}

/**
 * vtdm_queue_enable() - QIE changes
 * @model: the unit
 * @on: its value
 */
void vtdm_queue_enable(struct vtd_model *model, u32 on)
{
	struct vtdm_queue *queue = &model->queue;

	queue->enabled = on;
	if (on) {
		if (vtdm_reg64(model, VTD_IQT))
			vtdm_misuse(model, VTD_GCMD, "QIE with an IQT not 0");
		vtdm_queue_run(model);
		return;
	}
	if (queue->nr || vtdm_reg64(model, VTD_IQH) !=
			 vtdm_reg64(model, VTD_IQT))
		vtdm_misuse(model, VTD_GCMD, "QIE off with work in the queue");
	queue->nr = 0;
	vtdm_set_reg64(model, VTD_IQH, 0);
}

/*
 * ITE: waits in work are aborted. Of the rest nothing that was not begun is
 * sure to be done.
 */
static void time_out(struct vtd_model *model, u16 sid)
{
	struct vtdm_queue *queue = &model->queue;
	bool done = vtdm_choose(model, VTD_MODEL_CHOICE_ABORTED);
	u64 record;
	u32 i;

	for (i = queue->nr; i-- > 0;) {
		if (vtd_desc_type(&queue->entry[i].desc) == VTD_DESC_WAIT ||
		    (!done && !queue->entry[i].sent))
			entry_leave(queue, i);
	}
	if (vtdm_reg32(model, VTD_FSTS) & VTD_FSTS_ITE)
		return;
	record = vtdm_reg64(model, VTD_IQERCD) & ~VTD_IQERCD_ITESID;
	vtdm_set_reg64(model, VTD_IQERCD,
		       record | FIELD_PREP(VTD_IQERCD_ITESID, sid));
	vtdm_record_status(model, VTD_FSTS_ITE);
}

/**
 * vtdm_queue_next_event() - when time changes something in the queue
 * @model: the unit
 * @reads: look no farther than that, in counted reads
 *
 * Return: counted reads until then, at most @reads.
 */
u32 vtdm_queue_next_event(const struct vtd_model *model, u32 reads)
{
	const struct vtdm_entry *entry;
	u32 i;

	for (i = 0; i < model->queue.nr; i++) {
		entry = &model->queue.entry[i];
		if (!entry->sent)
			continue;
		if (entry->complete_in && entry->complete_in < reads)
			reads = entry->complete_in;
		if (entry->timeout_in < reads)
			reads = entry->timeout_in;
	}
	return reads;
}

/* A request that is completed in the last moment has not timed out. */
static bool entry_pass(struct vtdm_entry *entry, u32 reads, bool *late)
{
	bool completes = entry->complete_in == reads;

	*late = false;
	if (!entry->sent)
		return false;
	if (entry->complete_in)
		entry->complete_in -= reads;
	entry->timeout_in -= reads;
	*late = !completes && !entry->timeout_in;
	return completes || *late;
}

/**
 * vtdm_queue_pass() - counted reads go by
 * @model: the unit
 * @reads: how many; not 0, and not more than vtdm_queue_next_event() said
 */
void vtdm_queue_pass(struct vtd_model *model, u32 reads)
{
	struct vtdm_queue *queue = &model->queue;
	bool late, any = false;
	int late_sid = -1;
	u32 i;

	for (i = queue->nr; i-- > 0;) {
		if (!entry_pass(&queue->entry[i], reads, &late))
			continue;
		if (late)
			late_sid = vtd_desc_dtlb_sid(&queue->entry[i].desc);
		entry_leave(queue, i);
		any = true;
	}
	if (late_sid >= 0)
		time_out(model, late_sid);
	if (any)
		vtdm_queue_run(model);
}

/**
 * vtd_model_complete() - a device completes an invalidation request
 * @model: the unit
 * @sid: source id of the device
 * @tag: from the message
 *
 * Return: 1 if the unit awaited it; else 0, and ICE is set.
 */
u32 vtd_model_complete(struct vtd_model *model, u16 sid, u16 tag)
{
	struct vtdm_queue *queue = &model->queue;
	u64 record;
	u32 i;

	for (i = 0; i < queue->nr; i++) {
		if (queue->entry[i].sent && queue->entry[i].tag == tag &&
		    vtd_desc_dtlb_sid(&queue->entry[i].desc) == sid) {
			entry_leave(queue, i);
			vtdm_queue_run(model);
			return 1;
		}
	}
	if (!(vtdm_reg32(model, VTD_FSTS) & VTD_FSTS_ICE)) {
		record = vtdm_reg64(model, VTD_IQERCD) & ~VTD_IQERCD_ICESID;
		vtdm_set_reg64(model, VTD_IQERCD,
			       record | FIELD_PREP(VTD_IQERCD_ICESID, sid));
		vtdm_record_status(model, VTD_FSTS_ICE);
	}
	return 0;
}
