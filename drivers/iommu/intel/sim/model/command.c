// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands: GCMD, CCMD, IOTLB, PMEN (VT-d chapters 10, 11).
 *
 * Software starts one at a time and waits for its status. What it does against
 * that is reported and not done.
 */
#include <linux/bitfield.h>

#include "../../hw/cap.h"
#include "../../hw/regs_layout.h"
#include "command.h"
#include "interrupt.h"
#include "invalidate.h"
#include "model.h"
#include "queue.h"
#include "record.h"
#include "word.h"

#define LEVELS		(VTD_GCMD_TE | VTD_GCMD_QIE | VTD_GCMD_IRE | \
			 VTD_GCMD_CFI)
#define ONE_SHOTS	(VTD_GCMD_SRTP | VTD_GCMD_WBF | VTD_GCMD_SIRTP)
#define OF_INTERRUPTS	(VTD_GCMD_IRE | VTD_GCMD_SIRTP | VTD_GCMD_CFI)

static void set_status(struct vtd_model *model, u32 bit, bool on)
{
	u32 gsts = vtdm_reg32(model, VTD_GSTS);

	vtdm_set_reg32(model, VTD_GSTS, on ? gsts | bit : gsts & ~bit);
}

static bool model_translating(const struct vtd_model *model)
{
	return vtdm_reg32(model, VTD_GSTS) & VTD_GSTS_TES;
}

/* With remapping on, the mode may only change where SRTP flushes. */
static void set_root(struct vtd_model *model)
{
	u64 rtaddr = vtdm_reg64(model, VTD_RTADDR);
	u64 mode = VTD_RTADDR_TTM | VTD_RTADDR_SSIRWE;

	if (model_translating(model) && (rtaddr ^ model->rtaddr) & mode &&
	    !model->caps.esrtps)
		vtdm_misuse(model, VTD_GCMD,
			    "SRTP changes the mode with TES=1 and ESRTPS=0");
	model->command.rooted = true;
	vtd_model_set_root(model, rtaddr);
}

static void set_interrupt_table(struct vtd_model *model)
{
	u64 irta = vtdm_reg64(model, VTD_IRTA);

	if (model->remapping && (irta ^ model->irta) & VTD_IRTA_EIME)
		vtdm_misuse(model, VTD_GCMD, "SIRTP changes EIME with IRES=1");
	model->command.irooted = true;
	vtd_model_set_interrupt_table(model, irta);
}

/* The ring of fault records restarts when nothing is remapped. */
static void remapping_ended(struct vtd_model *model)
{
	if (!model->translating && !model->remapping)
		vtdm_record_restart(model);
}

static void set_translation(struct vtd_model *model, bool on)
{
	if (on && !model->command.rooted)
		vtdm_misuse(model, VTD_GCMD, "TE without SRTP before it");
	if (!on)
		model->command.rooted = false;
	vtd_model_set_translation(model, on);
	remapping_ended(model);
}

static void set_remapping(struct vtd_model *model, bool on)
{
	if (on && !model->command.irooted)
		vtdm_misuse(model, VTD_GCMD, "IRE without SIRTP before it");
	if (!on)
		model->command.irooted = false;
	vtd_model_set_remapping(model, on);
	remapping_ended(model);
}

static void finish_global(struct vtd_model *model, u32 bit, bool on)
{
	set_status(model, bit, bit == VTD_GCMD_WBF ? false : on);
	switch (bit) {
	case VTD_GCMD_TE:
		set_translation(model, on);
		break;
	case VTD_GCMD_SRTP:
		set_root(model);
		break;
	case VTD_GCMD_QIE:
		vtdm_queue_enable(model, on);
		break;
	case VTD_GCMD_IRE:
		set_remapping(model, on);
		break;
	case VTD_GCMD_SIRTP:
		set_interrupt_table(model);
		break;
	case VTD_GCMD_CFI:
		vtd_model_set_compatible(model, on);
		break;
	}
}

/* Register-based invalidation is of legacy mode, of old units, without queue. */
static bool takes_register(struct vtd_model *model, u32 at)
{
	if (vtdm_reg32(model, VTD_GSTS) & VTD_GSTS_QIES) {
		vtdm_misuse(model, at, "register invalidation with QIES=1");
		return false;
	}
	return FIELD_GET(VTD_RTADDR_TTM, model->rtaddr) == VTD_TTM_LEGACY &&
	       model->caps.major < VTD_MAJOR_NO_REG_INVAL;
}

static void finish_context(struct vtd_model *model, u64 value)
{
	u16 did = FIELD_GET(VTD_CCMD_DID, value);
	u64 done = FIELD_GET(VTD_CCMD_CIRG, value);
	struct vtd_desc desc = { 0 };

	if (!takes_register(model, VTD_CCMD))
		done = 0;
	switch (done) {
	case VTD_CIRG_GLOBAL:
		desc = vtd_desc_context_global();
		break;
	case VTD_CIRG_DOMAIN:
		desc = vtd_desc_context_domain(did);
		break;
	case VTD_CIRG_DEVICE:
		desc = vtd_desc_context_device(did, FIELD_GET(VTD_CCMD_SID,
							      value));
		desc.qw[0] |= FIELD_PREP(VTD_CC_FM, FIELD_GET(VTD_CCMD_FM,
							      value));
		break;
	}
	if (done)
		vtd_model_invalidate(model, &desc);
	value &= ~(VTD_CCMD_ICC | VTD_CCMD_CAIG | VTD_CCMD_FM);
	vtdm_set_reg64(model, VTD_CCMD, value | FIELD_PREP(VTD_CCMD_CAIG, done));
}

/* What the unit does, which may be more than was asked for. */
static u64 iotlb_granularity(struct vtd_model *model, u64 value)
{
	u64 asked = FIELD_GET(VTD_IOTLB_IIRG, value);

	if (!takes_register(model, model->caps.iro + 8))
		return 0;
	if (asked == VTD_IIRG_PAGE &&
	    (!model->caps.psi || FIELD_GET(VTD_IVA_AM, model->registers.iva) >
				 model->caps.mamv))
		return VTD_IIRG_DOMAIN;
	return asked;
}

static void finish_iotlb(struct vtd_model *model, u64 value)
{
	u64 done = iotlb_granularity(model, value);
	u64 iva = model->registers.iva;
	u16 did = FIELD_GET(VTD_IOTLB_DID, value);
	struct vtd_desc desc = { 0 };

	switch (done) {
	case VTD_IIRG_GLOBAL:
		desc = vtd_desc_iotlb_global(0);
		break;
	case VTD_IIRG_DOMAIN:
		desc = vtd_desc_iotlb_domain(0, did);
		break;
	case VTD_IIRG_PAGE:
		desc = vtd_desc_iotlb_page(0, did, iva,
					   FIELD_GET(VTD_IVA_AM, iva),
					   iva & VTD_IVA_IH);
		break;
	}
	if (done)
		vtd_model_invalidate(model, &desc);
	value &= ~(VTD_IOTLB_IVT | VTD_IOTLB_IAIG);
	model->registers.iotlb = value | FIELD_PREP(VTD_IOTLB_IAIG, done);
}

static void command_finish(struct vtd_model *model)
{
	const struct vtdm_command *command = &model->command;

	switch (command->at) {
	case VTD_GCMD:
		finish_global(model, command->value, command->on);
		break;
	case VTD_CCMD:
		finish_context(model, command->value);
		break;
	case VTD_PMEN:
		vtdm_set_reg32(model, VTD_PMEN, command->value &
			       VTD_PMEN_EPM ? VTD_PMEN_EPM | VTD_PMEN_PRS : 0);
		break;
	default:
		finish_iotlb(model, command->value);
		break;
	}
}

/* One command at a time, over all these registers together. */
static bool command_busy(struct vtd_model *model, u32 at)
{
	if (model->command.left)
		vtdm_misuse(model, at, "a command while another is in progress");
	return model->command.left;
}

static void command_start(struct vtd_model *model, u32 at, u64 value, bool on)
{
	model->command.at = at;
	model->command.value = value;
	model->command.on = on;
	model->command.left = model->config.command_reads;
	if (!model->command.left)
		command_finish(model);
}

/**
 * vtdm_command_pass() - counted reads go by
 * @model: the unit
 * @reads: how many; not more than are left of a command in progress
 */
void vtdm_command_pass(struct vtd_model *model, u32 reads)
{
	if (!model->command.left)
		return;
	model->command.left -= reads;
	if (!model->command.left)
		command_finish(model);
}

static u32 commands_offered(const struct vtd_model *model)
{
	u32 bits = VTD_GCMD_TE | VTD_GCMD_SRTP;

	if (model->caps.rwbf)
		bits |= VTD_GCMD_WBF;
	if (model->caps.qi)
		bits |= VTD_GCMD_QIE;
	if (model->caps.ir)
		bits |= OF_INTERRUPTS;
	return bits;
}

/**
 * vtdm_command_global() - GCMD is written
 * @model: the unit
 * @value: of the bits that report a state, one may differ from GSTS; or one of
 *	the others is set
 */
void vtdm_command_global(struct vtd_model *model, u32 value)
{
	u32 gsts = vtdm_reg32(model, VTD_GSTS);
	u32 changed = ((value ^ gsts) & LEVELS) | (value & ONE_SHOTS);

	if (command_busy(model, VTD_GCMD) || !changed)
		return;
	if (changed & (changed - 1)) {
		vtdm_misuse(model, VTD_GCMD, "more than one command in a write");
		return;
	}
	if (changed & ~commands_offered(model)) {
		vtdm_misuse(model, VTD_GCMD, "a command that the unit lacks");
		return;
	}
	if (changed & ONE_SHOTS)
		set_status(model, changed, changed == VTD_GCMD_WBF);
	command_start(model, VTD_GCMD, changed, value & changed);
}

/**
 * vtdm_command_context() - CCMD is written
 * @model: the unit
 * @value: all 64 bits
 */
void vtdm_command_context(struct vtd_model *model, u64 value)
{
	if (command_busy(model, VTD_CCMD))
		return;
	vtdm_set_reg64(model, VTD_CCMD, value & ~VTD_CCMD_CAIG);
	if (value & VTD_CCMD_ICC)
		command_start(model, VTD_CCMD, value, true);
}

/**
 * vtdm_command_iotlb() - IOTLB is written
 * @model: the unit
 * @value: all 64 bits
 */
void vtdm_command_iotlb(struct vtd_model *model, u64 value)
{
	if (command_busy(model, model->caps.iro + 8))
		return;
	model->registers.iotlb = value & ~VTD_IOTLB_IAIG;
	if (value & VTD_IOTLB_IVT)
		command_start(model, model->caps.iro + 8, value, true);
}

/**
 * vtdm_command_protect() - PMEN is written
 * @model: the unit
 * @value: only EPM counts
 */
void vtdm_command_protect(struct vtd_model *model, u32 value)
{
	u32 now = vtdm_reg32(model, VTD_PMEN);

	if (command_busy(model, VTD_PMEN) || !((now ^ value) & VTD_PMEN_EPM))
		return;
	vtdm_set_reg32(model, VTD_PMEN, now ^ VTD_PMEN_EPM);
	command_start(model, VTD_PMEN, value, true);
}
