// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where each register is and which of its bits are what (VT-d chapter 11).
 */
#include <linux/bits.h>
#include <linux/kernel.h>

#include "../../hw/cap.h"
#include "../../hw/perf.h"
#include "../../hw/regs_layout.h"
#include "command.h"
#include "event.h"
#include "map.h"
#include "model.h"
#include "pages.h"
#include "protect.h"
#include "queue.h"
#include "record.h"
#include "word.h"

#define ALL		(~0ULL)
#define REGION		(~(VTDM_PROTECT_UNIT - 1))
#define REGION32	((u32)REGION)
#define GCMD_ALL	(VTD_GCMD_TE | VTD_GCMD_SRTP | VTD_GCMD_WBF | \
			 VTD_GCMD_QIE | VTD_GCMD_IRE | VTD_GCMD_SIRTP | \
			 VTD_GCMD_CFI)
#define FSTS_CLEARED	(VTD_FSTS_PFO | VTD_FSTS_QUEUE)
#define RDTC_FIELDS	(GENMASK_ULL(36, 32) | GENMASK_ULL(11, 0))
/* Status 1 of ECRSP and VCRSP: there is no such command. */
#define RSP_UNDEFINED	(VTD_ECRSP_UNDEFINED << 1)

static void write_global(struct vtd_model *model, u32 at, u64 value, u64 given)
{
	vtdm_command_global(model, value);
}

static void write_context(struct vtd_model *model, u32 at, u64 value, u64 given)
{
	vtdm_command_context(model, value);
}

static void write_protect(struct vtd_model *model, u32 at, u64 value, u64 given)
{
	vtdm_command_protect(model, value);
}

/* The queue goes on where it stopped. */
static void fault_status(struct vtd_model *model, u32 at, u64 value, u64 given)
{
	u64 record = vtdm_reg64(model, VTD_IQERCD);

	if (value & VTD_FSTS_IQE)
		record &= ~VTD_IQERCD_IQEI;
	if (value & VTD_FSTS_ITE)
		record &= ~VTD_IQERCD_ITESID;
	if (value & VTD_FSTS_ICE)
		record &= ~VTD_IQERCD_ICESID;
	vtdm_set_reg64(model, VTD_IQERCD, record);
	vtdm_record_clear_status(model, value);
	vtdm_queue_run(model);
}

static void write_control(struct vtd_model *model, u32 at, u64 value, u64 given)
{
	vtdm_event_control(model, at, value);
}

/* Data and address of an event; the control register is in front of them. */
static void write_message(struct vtd_model *model, u32 at, u64 value, u64 given)
{
	u32 ctl = VTD_PECTL;

	if (at <= VTD_FEUADDR)
		ctl = VTD_FECTL;
	else if (at <= VTD_IEUADDR)
		ctl = VTD_IECTL;
	if (!(vtdm_reg32(model, ctl) & VTD_EVENT_IM))
		vtdm_misuse(model, at, "an event is programmed while IM=0");
	vtdm_set_reg32(model, at, value);
}

static void queue_tail(struct vtd_model *model, u32 at, u64 value, u64 given)
{
	vtdm_set_reg64(model, at, value);
	vtdm_queue_run(model);
}

static void queue_address(struct vtd_model *model, u32 at, u64 value, u64 given)
{
	if (vtdm_reg32(model, VTD_GSTS) & VTD_GSTS_QIES)
		vtdm_misuse(model, at, "IQA is written with QIES=1");
	else
		vtdm_set_reg64(model, at, value);
}

static void completion_status(struct vtd_model *model, u32 at, u64 value,
			      u64 given)
{
	if (!value)
		return;
	vtdm_set_reg32(model, at, 0);
	vtdm_event_drop(model, VTD_IECTL);
}

static void interrupt_table(struct vtd_model *model, u32 at, u64 value,
			    u64 given)
{
	if (value & VTD_IRTA_EIME && !model->caps.eim) {
		vtdm_misuse(model, at, "EIME without EIM");
		value &= ~VTD_IRTA_EIME;
	}
	vtdm_set_reg64(model, at, value);
}

static void page_status(struct vtd_model *model, u32 at, u64 value, u64 given)
{
	vtdm_pages_clear_status(model, value);
}

/* None is offered, so each ends at once; its first byte starts it. */
static void write_command(struct vtd_model *model, u32 at, u64 value, u64 given)
{
	if (given & VTD_ECMD_CMD)
		vtdm_set_reg64(model, at + (VTD_ECRSP - VTD_ECMD),
			       RSP_UNDEFINED);
}

static_assert(VTD_VCRSP - VTD_VCMD == VTD_ECRSP - VTD_ECMD);

static void write_only(struct vtd_model *model, u32 at, u64 value, u64 given)
{
}

#define READ_ONLY(place, bytes, what) \
	{ .at = (place), .size = (bytes), .needs = (what), .keep = ALL }
#define CONTROL(place, what) \
	{ .at = (place), .size = 4, .needs = (what), .rw = VTD_EVENT_IM, \
	  .keep = ALL, .write = write_control }
#define MESSAGE(place, bits, what) \
	{ .at = (place), .size = 4, .needs = (what), .rw = (bits), \
	  .write = write_message }

static const struct vtdm_register map[] = {
	READ_ONLY(VTD_VER, 4, VTDM_NEEDS_NOTHING),
	READ_ONLY(VTD_CAP, 8, VTDM_NEEDS_NOTHING),
	READ_ONLY(VTD_ECAP, 8, VTDM_NEEDS_NOTHING),
	{ .at = VTD_GCMD, .size = 4, .rw = GCMD_ALL, .write = write_global },
	READ_ONLY(VTD_GSTS, 4, VTDM_NEEDS_NOTHING),
	{ .at = VTD_RTADDR, .size = 8, .rw = VTD_RTADDR_RTA | VTD_RTADDR_TTM |
	  VTD_RTADDR_SSIRWE },
	{ .at = VTD_CCMD, .size = 8, .rw = ~VTD_CCMD_CAIG & ~GENMASK_ULL(58, 34),
	  .keep = VTD_CCMD_CAIG, .write = write_context },
	{ .at = VTD_FSTS, .size = 4, .rw = FSTS_CLEARED,
	  .keep = VTD_FSTS_PPF | VTD_FSTS_FRI, .write = fault_status },
	CONTROL(VTD_FECTL, VTDM_NEEDS_NOTHING),
	MESSAGE(VTD_FEDATA, VTD_EVENT_DATA, VTDM_NEEDS_NOTHING),
	MESSAGE(VTD_FEADDR, VTD_EVENT_ADDR, VTDM_NEEDS_NOTHING),
	MESSAGE(VTD_FEUADDR, ALL, VTDM_NEEDS_EIM),
	{ .at = VTD_PMEN, .size = 4, .needs = VTDM_NEEDS_PMR,
	  .rw = VTD_PMEN_EPM, .keep = ALL, .write = write_protect },
	{ .at = VTD_PLMBASE, .size = 4, .nr = 2, .needs = VTDM_NEEDS_PLMR,
	  .rw = REGION32, .keep = ALL },
	{ .at = VTD_PHMBASE, .size = 8, .nr = 2, .needs = VTDM_NEEDS_PHMR,
	  .rw = REGION, .keep = ALL },
	READ_ONLY(VTD_IQH, 8, VTDM_NEEDS_QI),
	{ .at = VTD_IQT, .size = 8, .needs = VTDM_NEEDS_QI,
	  .rw = VTD_IQ_OFFSET, .write = queue_tail },
	{ .at = VTD_IQA, .size = 8, .needs = VTDM_NEEDS_QI,
	  .rw = VTD_IQA_BASE | VTD_IQA_DW | VTD_IQA_QS,
	  .write = queue_address },
	{ .at = VTD_ICS, .size = 4, .needs = VTDM_NEEDS_QI,
	  .rw = VTD_ICS_IWC, .write = completion_status },
	CONTROL(VTD_IECTL, VTDM_NEEDS_QI),
	MESSAGE(VTD_IEDATA, VTD_EVENT_DATA, VTDM_NEEDS_QI),
	MESSAGE(VTD_IEADDR, VTD_EVENT_ADDR, VTDM_NEEDS_QI),
	MESSAGE(VTD_IEUADDR, ALL, VTDM_NEEDS_EIM),
	READ_ONLY(VTD_IQERCD, 8, VTDM_NEEDS_QI),
	{ .at = VTD_IRTA, .size = 8, .needs = VTDM_NEEDS_IR,
	  .rw = VTD_IRTA_ADDR | VTD_IRTA_EIME | VTD_IRTA_S,
	  .write = interrupt_table },
	{ .at = VTD_PQH, .size = 8, .nr = 2, .needs = VTDM_NEEDS_PRS,
	  .rw = VTD_PQ_OFFSET },
	{ .at = VTD_PQA, .size = 8, .needs = VTDM_NEEDS_PRS,
	  .rw = VTD_PQA_BASE | VTD_PQA_PQS },
	{ .at = VTD_PRS, .size = 4, .needs = VTDM_NEEDS_PRS,
	  .rw = VTD_PRS_PPR | VTD_PRS_PRO, .write = page_status },
	CONTROL(VTD_PECTL, VTDM_NEEDS_PRS),
	MESSAGE(VTD_PEDATA, VTD_EVENT_DATA, VTDM_NEEDS_PRS),
	MESSAGE(VTD_PEADDR, VTD_EVENT_ADDR, VTDM_NEEDS_PRS),
	MESSAGE(VTD_PEUADDR, ALL, VTDM_NEEDS_EIM),
	READ_ONLY(VTD_MTRRCAP, 8, VTDM_NEEDS_MTS),
	{ .at = VTD_MTRRDEF, .size = 8, .needs = VTDM_NEEDS_MTS, .rw = ALL },
	{ .at = VTD_MTRR_FIX64K_00000, .size = 8, .nr = 11,
	  .needs = VTDM_NEEDS_MTS, .rw = ALL },
	{ .at = VTD_MTRR_PHYSBASE(0), .size = 8, .nr = 20,
	  .needs = VTDM_NEEDS_MTS, .rw = ALL },
	{ .at = VTD_ECMD, .size = 8, .needs = VTDM_NEEDS_ECMDS,
	  .rw = VTD_ECMD_CMD | VTD_ECMD_OPERAND_A, .write = write_command },
	{ .at = VTD_ECEO, .size = 8, .needs = VTDM_NEEDS_ECMDS, .rw = ALL,
	  .write = write_only },
	READ_ONLY(VTD_ECRSP, 8, VTDM_NEEDS_ECMDS),
	{ .at = VTD_RDTC, .size = 8, .needs = VTDM_NEEDS_RDTS,
	  .rw = RDTC_FIELDS },
	{ .at = VTD_VCMD, .size = 8, .needs = VTDM_NEEDS_VCS,
	  .rw = VTD_ECMD_CMD | VTD_ECMD_OPERAND_A, .write = write_command },
	{ .at = VTD_VCMD_EO, .size = 8, .needs = VTDM_NEEDS_VCS, .rw = ALL },
	READ_ONLY(VTD_VCRSP, 8, VTDM_NEEDS_VCS),
};

/**
 * vtdm_map_find() - the register at a place
 * @at: byte offset
 *
 * Return: the register, which may be in front of @at, in a row of several; or
 * NULL if there is none. Reserved bytes, which read as 0, belong to no register.
 */
const struct vtdm_register *vtdm_map_find(u32 at)
{
	u32 i, nr;

	for (i = 0; i < ARRAY_SIZE(map); i++) {
		nr = map[i].nr ? map[i].nr : 1;
		if (at >= map[i].at && at < map[i].at + map[i].size * nr)
			return &map[i];
	}
	return NULL;
}

/**
 * vtdm_map_has() - does a unit have what a register needs?
 * @caps: its capabilities
 * @needs: what the register needs
 *
 * Return: true if it has.
 */
bool vtdm_map_has(const struct vtdm_caps *caps, enum vtdm_needs needs)
{
	const bool have[] = {
		[VTDM_NEEDS_NOTHING] = true,
		[VTDM_NEEDS_EIM] = caps->eim,
		[VTDM_NEEDS_QI] = caps->qi,
		[VTDM_NEEDS_IR] = caps->ir,
		[VTDM_NEEDS_PRS] = caps->prs,
		[VTDM_NEEDS_PMR] = caps->plmr || caps->phmr,
		[VTDM_NEEDS_PLMR] = caps->plmr,
		[VTDM_NEEDS_PHMR] = caps->phmr,
		[VTDM_NEEDS_MTS] = caps->mts,
		[VTDM_NEEDS_ECMDS] = caps->ecmds,
		[VTDM_NEEDS_RDTS] = caps->rdts,
		[VTDM_NEEDS_VCS] = caps->vcs,
	};

	return have[needs];
}
