// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupt remapping (VT-d chapter 5).
 *
 * Conditions are checked in the order request, index, entry, source id.
 */
#include <linux/bitfield.h>
#include <linux/string.h>

#include "../../hw/irte_layout.h"
#include "../../hw/regs_layout.h"
#include "cache.h"
#include "interrupt.h"
#include "memory.h"
#include "model.h"
#include "posted.h"
#include "stale.h"

/* Delivery modes that no interrupt has. */
#define DLM_RSVD_3	3
#define DLM_RSVD_6	6
#define SVT_RSVD	3

/* An interrupt on its way. */
struct remap {
	struct vtd_model *model;
	const struct vtd_model_interrupt *message;
	struct vtd_model_delivered *out;
	u64 irte[2];
	u32 index;
	bool fpd;
};

/**
 * vtd_model_set_interrupt_table() - latch an interrupt table
 * @model: the unit
 * @irta: as register IRTA
 */
void vtd_model_set_interrupt_table(struct vtd_model *model, u64 irta)
{
	model->irta = irta;
	if (model->caps.esirtps)
		vtdm_cache_clear_interrupts(model);
}

/**
 * vtd_model_set_remapping() - switch interrupt remapping on or off
 * @model: the unit
 * @on: 0 is off
 */
void vtd_model_set_remapping(struct vtd_model *model, u32 on)
{
	if (model->remapping && !on && model->caps.esirtps)
		vtdm_cache_clear_interrupts(model);
	model->remapping = on;
}

/**
 * vtd_model_set_compatible() - let compatibility format pass, or not
 * @model: the unit
 * @on: as GCMD.CFI
 */
void vtd_model_set_compatible(struct vtd_model *model, u32 on)
{
	model->compatible = on;
}

static bool irta_x2apic(const struct vtd_model *model)
{
	return model->irta & VTD_IRTA_EIME;
}

/* What may be refused before a table is looked at; @pass: let it through. */
static u8 judge_mode(const struct remap *remap, bool *pass)
{
	const struct vtd_model *model = remap->model;

	*pass = false;
	if (!model->remapping) {
		*pass = !model->caps.irreq;
		return *pass ? 0 : 0x2b;
	}
	if (model->caps.eimer && !irta_x2apic(model))
		return 0x2a;
	if (remap->message->addr & VTD_MSI_REMAPPABLE)
		return 0;
	*pass = model->compatible && !irta_x2apic(model);
	return *pass ? 0 : 0x25;
}

static u8 find_index(struct remap *remap)
{
	const struct vtd_model_interrupt *message = remap->message;
	u64 irta = remap->model->irta, addr;

	remap->index = FIELD_GET(VTD_MSI_HANDLE_LO, message->addr) |
		       (message->addr & VTD_MSI_HANDLE_HI ? 1u << 15 : 0);
	if (message->addr & VTD_MSI_SHV) {
		if (message->data & ~VTD_MSI_DATA_SUBHANDLE)
			return 0x20;
		remap->index += message->data;
	}
	addr = (irta & VTD_IRTA_ADDR) + remap->index * sizeof(struct vtd_irte);
	if (remap->index >> (FIELD_GET(VTD_IRTA_S, irta) + 1) ||
	    addr >= vtdm_caps_host_limit(&remap->model->caps))
		return 0x21;
	return 0;
}

static u8 judge_posted(const struct vtd_model *model, const u64 *irte)
{
	u64 high = FIELD_GET(VTD_IRTE_HI_PDA_HI, irte[1]) << 32;

	if (!model->caps.pi || irte[0] & VTD_IRTE_POSTED_RSVD ||
	    irte[1] & VTD_IRTE_HI_POSTED_RSVD)
		return 0x24;
	return high >= vtdm_caps_host_limit(&model->caps) ? 0x24 : 0;
}

static u8 judge_remapped(const struct vtd_model *model, const u64 *irte)
{
	u8 dlm = FIELD_GET(VTD_IRTE_DLM, irte[0]);
	u64 rsvd = VTD_IRTE_RSVD;

	if (!irta_x2apic(model))
		rsvd |= VTD_IRTE_DST_X2APIC & ~VTD_IRTE_DST_XAPIC;
	if (irte[0] & rsvd || irte[1] & VTD_IRTE_HI_RSVD ||
	    dlm == DLM_RSVD_3 || dlm == DLM_RSVD_6)
		return 0x24;
	return 0;
}

/* Is the entry good for any interrupt? */
static u8 judge_entry(const struct vtd_model *model, const u64 *irte)
{
	if (!(irte[0] & VTD_IRTE_P))
		return 0x22;
	if (FIELD_GET(VTD_IRTE_HI_SVT, irte[1]) == SVT_RSVD)
		return 0x24;
	return irte[0] & VTD_IRTE_IM ? judge_posted(model, irte) :
				       judge_remapped(model, irte);
}

static struct vtdm_cached *find_known(struct vtdm_walk *walk, u32 index)
{
	struct vtdm_caches *caches = &walk->model->caches;
	struct vtdm_cached *slot;
	u32 i;

	if (!vtdm_cache_usable(walk, VTD_MODEL_CACHE_INTERRUPT))
		return NULL;
	for (i = 0; i < caches->nr[VTD_MODEL_CACHE_INTERRUPT]; i++) {
		slot = &caches->slot[VTD_MODEL_CACHE_INTERRUPT][i];
		if (slot->valid && slot->tag.addr == index)
			return slot;
	}
	return NULL;
}

static void irte_remember(struct vtdm_walk *walk, const struct remap *remap,
			  u8 reason)
{
	struct vtdm_tag tag = { .addr = remap->index };
	struct vtdm_cached *slot;

	if (reason && !walk->model->caps.cm)
		return;
	slot = vtdm_cache_put(walk, VTD_MODEL_CACHE_INTERRUPT, &tag, 0,
			      walk->trail.nr);
	if (!slot)
		return;
	slot->reason = reason;
	slot->irte[0] = remap->irte[0];
	slot->irte[1] = remap->irte[1];
	slot->upper.root = walk->model->irta;
}

static u8 find_entry(struct remap *remap, struct vtdm_walk *walk)
{
	struct vtdm_cached *known = find_known(walk, remap->index);
	u64 addr = (remap->model->irta & VTD_IRTA_ADDR) +
		   remap->index * sizeof(struct vtd_irte);
	u8 reason;

	if (known) {
		vtdm_stale_interrupt(walk, known);
		remap->out->stale = walk->stale;
		memcpy(remap->irte, known->irte, sizeof(remap->irte));
		reason = known->reason;
	} else {
		if (vtdm_read_entry(walk, VTDM_WORD_IRTE, addr, remap->irte, 2))
			return 0x23;
		reason = judge_entry(remap->model, remap->irte);
		irte_remember(walk, remap, reason);
	}
	remap->fpd = remap->irte[0] & VTD_IRTE_FPD;
	return reason;
}

/* Source validation: by id with some bits ignored, or by bus. */
static u8 judge_source(const struct remap *remap)
{
	static const u16 masks[] = { 0xffff, 0xfffb, 0xfff9, 0xfff8 };
	u16 want = FIELD_GET(VTD_IRTE_HI_SID, remap->irte[1]);
	u16 sid = remap->message->sid, bus = sid >> 8;

	switch (FIELD_GET(VTD_IRTE_HI_SVT, remap->irte[1])) {
	case VTD_SVT_SID:
		if ((sid ^ want) &
		    masks[FIELD_GET(VTD_IRTE_HI_SQ, remap->irte[1])])
			return 0x26;
		return 0;
	case VTD_SVT_BUS:
		return bus < want >> 8 || bus > (want & 0xff) ? 0x26 : 0;
	default:
		return 0;
	}
}

static u8 remap_deliver(struct remap *remap)
{
	struct vtd_model_delivered *out = remap->out;
	u64 irte = remap->irte[0];

	if (irte & VTD_IRTE_IM)
		return vtdm_posted_post(remap->model, remap->irte, out);
	out->delivery = VTD_MODEL_REMAPPED;
	out->vector = FIELD_GET(VTD_IRTE_VECTOR, irte);
	out->dest = irta_x2apic(remap->model) ? FIELD_GET(VTD_IRTE_DST_X2APIC, irte) :
					   FIELD_GET(VTD_IRTE_DST_XAPIC, irte);
	out->mode = FIELD_GET(VTD_IRTE_DLM, irte);
	out->logical = irte & VTD_IRTE_DM;
	out->hint = irte & VTD_IRTE_RH;
	out->level = irte & VTD_IRTE_TM;
	return 0;
}

static u8 remap_message(struct remap *remap, struct vtdm_walk *walk)
{
	bool pass;
	u8 reason;

	reason = judge_mode(remap, &pass);
	if (reason || pass)
		return reason;
	reason = find_index(remap);
	if (!reason)
		reason = find_entry(remap, walk);
	if (!reason)
		reason = judge_source(remap);
	return reason ? reason : remap_deliver(remap);
}

/* Those about the entry and what it leads to are qualified by its FPD. */
static bool is_qualified(u8 reason)
{
	return reason == 0x22 || reason == 0x24 || reason == 0x26 ||
	       reason == 0x27 || reason == 0x28;
}

static void remap_refuse(const struct remap *remap, u8 reason)
{
	struct vtd_model_delivered *out = remap->out;

	out->delivery = VTD_MODEL_REFUSED;
	out->reason = reason;
	out->qualified = is_qualified(reason) && remap->fpd;
	if (out->qualified)
		return;
	out->recorded = true;
	out->record = (struct vtd_fault){
		.irte = remap->index,
		.sid = remap->message->sid,
		.reason = reason,
		.access = VTD_ACCESS_WRITE,
		.valid = true,
	};
}

/**
 * vtd_model_interrupt() - what becomes of one interrupt message
 * @model: the unit
 * @message: the message
 * @out: filled
 */
void vtd_model_interrupt(struct vtd_model *model,
			 const struct vtd_model_interrupt *message,
			 struct vtd_model_delivered *out)
{
	struct vtd_model_request rq = {
		.addr = message->addr, .sid = message->sid,
	};
	struct remap remap = {
		.model = model, .message = message, .out = out,
	};
	struct vtdm_walk *walk = &model->walk;
	u8 reason;

	memset(out, 0, sizeof(*out));
	memset(walk, 0, sizeof(*walk));
	model->clock++;
	walk->model = model;
	walk->rq = &rq;
	reason = remap_message(&remap, walk);
	if (reason)
		remap_refuse(&remap, reason);
	walk->rq = NULL;
}
