// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fault recording and fault status (VT-d chapters 7, 11).
 *
 * Faults go to the recording registers in a ring. One that finds its register
 * taken is lost, and so are all after it until software clears PFO.
 */
#include <linux/bitfield.h>

#include "../../hw/regs_layout.h"
#include "choice.h"
#include "event.h"
#include "model.h"
#include "record.h"
#include "word.h"

#define STATUS_ALL	(VTD_FSTS_PFO | VTD_FSTS_PPF | VTD_FSTS_QUEUE)

static u64 upper_word(const struct vtd_fault *fault)
{
	bool t1 = fault->access == VTD_ACCESS_READ ||
		  fault->access == VTD_ACCESS_ATOMIC;
	bool t2 = fault->access == VTD_ACCESS_PAGE_REQUEST ||
		  fault->access == VTD_ACCESS_ATOMIC;
	u64 hi = FIELD_PREP(VTD_FRCD_HI_SID, fault->sid) |
		 FIELD_PREP(VTD_FRCD_HI_FR, fault->reason) |
		 FIELD_PREP(VTD_FRCD_HI_AT, fault->at) | VTD_FRCD_HI_F;

	if (t1)
		hi |= VTD_FRCD_HI_T1;
	if (t2)
		hi |= VTD_FRCD_HI_T2;
	if (fault->has_pasid)
		hi |= VTD_FRCD_HI_PP |
		      FIELD_PREP(VTD_FRCD_HI_PV, fault->pasid);
	if (fault->privileged)
		hi |= VTD_FRCD_HI_PRIV;
	if (fault->execute)
		hi |= VTD_FRCD_HI_EXE;
	return hi;
}

/* Reasons 0x20 to 0x2f are those of interrupts. */
static u64 lower_word(const struct vtd_fault *fault)
{
	if (fault->reason >> 4 == 2)
		return FIELD_PREP(VTD_FRCD_LO_IRTE, fault->irte);
	return fault->addr;
}

/* A record of the same device that nobody has taken away yet. */
static bool known_device(const struct vtd_model *model, u64 hi)
{
	u64 same = VTD_FRCD_HI_F | VTD_FRCD_HI_SID;
	u32 i;

	for (i = 0; i < model->caps.nfr; i++) {
		if (!((model->records.qw[i][1] ^ hi) & same))
			return true;
	}
	return false;
}

/**
 * vtdm_record_status() - set bits of FSTS
 * @model: the unit
 * @bits: VTD_FSTS_*
 *
 * Only the first bit after all were clear raises the event.
 */
void vtdm_record_status(struct vtd_model *model, u32 bits)
{
	u32 fsts = vtdm_reg32(model, VTD_FSTS);

	vtdm_set_reg32(model, VTD_FSTS, fsts | bits);
	if (!(fsts & STATUS_ALL))
		vtdm_event_raise(model, VTD_FECTL);
}

/**
 * vtdm_record_clear_status() - clear bits of FSTS
 * @model: the unit
 * @bits: VTD_FSTS_*
 */
void vtdm_record_clear_status(struct vtd_model *model, u32 bits)
{
	u32 fsts = vtdm_reg32(model, VTD_FSTS) & ~bits;

	vtdm_set_reg32(model, VTD_FSTS, fsts);
	if (!(fsts & STATUS_ALL))
		vtdm_event_drop(model, VTD_FECTL);
}

/**
 * vtdm_record_fault() - record a fault, if there is room
 * @model: the unit
 * @fault: the fault
 */
void vtdm_record_fault(struct vtd_model *model, const struct vtd_fault *fault)
{
	struct vtdm_records *records = &model->records;
	u32 fsts = vtdm_reg32(model, VTD_FSTS), i = records->next;
	u64 hi = upper_word(fault);

	if (fsts & VTD_FSTS_PFO)
		return;
	if (known_device(model, hi) &&
	    vtdm_choose(model, VTD_MODEL_CHOICE_COLLAPSE))
		return;
	if (records->qw[i][1] & VTD_FRCD_HI_F) {
		vtdm_record_status(model, VTD_FSTS_PFO);
		return;
	}
	records->qw[i][0] = lower_word(fault);
	records->qw[i][1] = hi;
	records->next = (i + 1) % model->caps.nfr;
	if (!(fsts & VTD_FSTS_PPF))
		vtdm_set_reg32(model, VTD_FSTS, (fsts & ~VTD_FSTS_FRI) |
			       FIELD_PREP(VTD_FSTS_FRI, i));
	vtdm_record_status(model, VTD_FSTS_PPF);
}

/**
 * vtdm_record_restart() - neither DMA nor interrupts are remapped any more
 * @model: the unit
 */
void vtdm_record_restart(struct vtd_model *model)
{
	model->records.next = 0;
}

/**
 * vtdm_record_read() - read a fault recording register
 * @model: the unit
 * @at: byte offset from the first one
 * @size: 4 or 8
 *
 * Return: the value.
 */
u64 vtdm_record_read(const struct vtd_model *model, u32 at, u32 size)
{
	u64 value = model->records.qw[at / 16][at / 8 % 2];

	if (size == sizeof(u64))
		return value;
	return (u32)(value >> 8 * (at % 8));
}

/**
 * vtdm_record_write() - write a fault recording register
 * @model: the unit
 * @word: which of all their words of 64 bits
 * @value: F is cleared by writing 1; everything else is read-only
 *
 * PPF is the sum of all F.
 */
void vtdm_record_write(struct vtd_model *model, u32 word, u64 value)
{
	u32 i;

	if (word % 2)
		model->records.qw[word / 2][1] &= ~(value & VTD_FRCD_HI_F);
	for (i = 0; i < model->caps.nfr; i++) {
		if (model->records.qw[i][1] & VTD_FRCD_HI_F)
			return;
	}
	vtdm_record_clear_status(model, VTD_FSTS_PPF);
}
