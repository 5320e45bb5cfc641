/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where each register is and which of its bits are what (VT-d chapter 11).
 */
#ifndef __VTD_SIM_MODEL_MAP_H
#define __VTD_SIM_MODEL_MAP_H

#include <linux/types.h>

struct vtd_model;
struct vtdm_caps;

/* What a unit must have for a register to exist. */
enum vtdm_needs {
	VTDM_NEEDS_NOTHING,
	VTDM_NEEDS_EIM,
	VTDM_NEEDS_QI,
	VTDM_NEEDS_IR,
	VTDM_NEEDS_PRS,
	VTDM_NEEDS_PMR,
	VTDM_NEEDS_PLMR,
	VTDM_NEEDS_PHMR,
	VTDM_NEEDS_MTS,
	VTDM_NEEDS_ECMDS,
	VTDM_NEEDS_RDTS,
	VTDM_NEEDS_VCS,
};

/**
 * struct vtdm_register - a register with a fixed place, or several in a row
 * @at: byte offset of the first
 * @size: bytes of one: 4 or 8
 * @nr: how many there are; 0 is one
 * @needs: the capability without which all bits are reserved
 * @rw: bits that software writes
 * @keep: bits that it cannot change but may write as it read them
 * @write: what a write does, instead of storing the value; bits outside of @rw
 *	are 0. @given: the bits that were written, the others are as they were
 *
 * Bits in neither @rw nor @keep are to be written as 0.
 */
struct vtdm_register {
	u16 at;
	u8 size;
	u8 nr;
	enum vtdm_needs needs;
	u64 rw;
	u64 keep;
	void (*write)(struct vtd_model *model, u32 at, u64 value, u64 given);
};

const struct vtdm_register *vtdm_map_find(u32 at);
bool vtdm_map_has(const struct vtdm_caps *caps, enum vtdm_needs needs);

#endif
