// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of descriptors (VT-d chapter 6).
 *
 * A descriptor is ready when all those in front of it that it must follow are
 * done. Of the ready ones the policy takes the last, the first, or any.
 */
#include <linux/bitfield.h>

#include "choice.h"
#include "model.h"
#include "order.h"
#include "queue.h"

#define MIP_ALL		32

#define TYPES(type)	(1u << (type))
#define SENT_IN_ORDER	(TYPES(VTD_DESC_DEV_TLB) | \
			 TYPES(VTD_DESC_PASID_DEV_TLB) | \
			 TYPES(VTD_DESC_PAGE_RESPONSE))

/* Which types a type never overtakes. 3 after 6 is not among them. */
static const u32 follows[VTD_DESC_TYPES] = {
	[VTD_DESC_IOTLB] = TYPES(VTD_DESC_CONTEXT) |
			   TYPES(VTD_DESC_PASID_CACHE),
	[VTD_DESC_DEV_TLB] = TYPES(VTD_DESC_IOTLB) | TYPES(VTD_DESC_IEC) |
			     SENT_IN_ORDER,
	[VTD_DESC_PASID_IOTLB] = TYPES(VTD_DESC_CONTEXT) |
				 TYPES(VTD_DESC_PASID_CACHE),
	[VTD_DESC_PASID_CACHE] = TYPES(VTD_DESC_CONTEXT),
	[VTD_DESC_PASID_DEV_TLB] = TYPES(VTD_DESC_IOTLB) |
				   TYPES(VTD_DESC_PASID_IOTLB) |
				   TYPES(VTD_DESC_IEC) | SENT_IN_ORDER,
	[VTD_DESC_PAGE_RESPONSE] = SENT_IN_ORDER,
};

/* Behind a fence nothing starts; a fence itself waits for all before it. */
static bool wait_ready(const struct vtdm_queue *queue, u32 i)
{
	const struct vtdm_entry *entry = &queue->entry[i];
	u32 j;

	if (entry->desc.qw[0] & VTD_WAIT_FN)
		return i == 0;
	for (j = 0; j < i; j++) {
		if (queue->entry[j].section == entry->section)
			return false;
	}
	return true;
}

static bool is_fence(const struct vtd_desc *desc)
{
	return vtd_desc_type(desc) == VTD_DESC_WAIT &&
	       desc->qw[0] & VTD_WAIT_FN;
}

/* Of those that ask a device, only what was not sent yet holds others up. */
static bool holds_up(const struct vtdm_entry *front, enum vtd_desc_type type)
{
	return is_fence(&front->desc) ||
	       (!front->sent &&
		follows[type] & TYPES(vtd_desc_type(&front->desc)));
}

/* PFSID is at the same place in both types. */
static u32 target_of(const struct vtd_model *model, const struct vtd_desc *desc)
{
	u64 qw0 = desc->qw[0];

	if (!model->caps.dit)
		return vtd_desc_dtlb_sid(desc);
	return FIELD_GET(VTD_DTLB_PFSID_LO, qw0) |
	       FIELD_GET(VTD_DTLB_PFSID_HI, qw0) << 4;
}

static_assert(VTD_DTLB_PFSID_LO == VTD_PDTLB_PFSID_LO);
static_assert(VTD_DTLB_PFSID_HI == VTD_PDTLB_PFSID_HI);

/* MIP: how many requests the device takes at a time. */
static bool device_has_room(const struct vtd_model *model,
			    const struct vtd_desc *desc)
{
	u32 mip = vtd_desc_type(desc) == VTD_DESC_PASID_DEV_TLB ?
		FIELD_GET(VTD_PDTLB_MIP, desc->qw[0]) :
		FIELD_GET(VTD_DTLB_MIP, desc->qw[0]);
	u32 target = target_of(model, desc), pending = 0, i;
	const struct vtdm_entry *entry;

	for (i = 0; i < model->queue.nr; i++) {
		entry = &model->queue.entry[i];
		pending += entry->sent &&
			   target_of(model, &entry->desc) == target;
	}
	return pending < (mip ? mip : MIP_ALL);
}

static bool entry_ready(const struct vtd_model *model, u32 i)
{
	const struct vtdm_queue *queue = &model->queue;
	const struct vtdm_entry *entry = &queue->entry[i];
	enum vtd_desc_type type = vtd_desc_type(&entry->desc);
	u32 j;

	if (entry->sent)
		return false;
	for (j = 0; j < i; j++) {
		if (holds_up(&queue->entry[j], type))
			return false;
	}
	if (type == VTD_DESC_WAIT)
		return wait_ready(queue, i);
	return vtd_desc_dtlb_sid(&entry->desc) < 0 ||
	       device_has_room(model, &entry->desc);
}

/**
 * vtdm_order_pick() - which descriptor runs next
 * @model: the unit
 *
 * By policy: the last one that is ready, the first, or any.
 *
 * Return: its index; VTDM_WINDOW if none is ready.
 */
u32 vtdm_order_pick(struct vtd_model *model)
{
	u32 i, nr = 0, chosen = VTDM_WINDOW;

	for (i = 0; i < model->queue.nr; i++) {
		if (!entry_ready(model, i))
			continue;
		nr++;
		if (model->config.choices == VTD_MODEL_STRICT || nr == 1 ||
		    (model->config.choices == VTD_MODEL_SEEDED &&
		     !((u32)(vtdm_random(model) >> 32) % nr)))
			chosen = i;
	}
	return chosen;
}
