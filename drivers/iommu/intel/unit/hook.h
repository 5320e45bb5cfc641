/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers that are not hardware: those of a simulated unit, or of a test.
 *
 * The base of such a unit is an address at which no other unit can be.
 */
#ifndef __VTD_UNIT_HOOK_H
#define __VTD_UNIT_HOOK_H

#include <linux/list.h>
#include <linux/types.h>

struct fwnode_handle;
struct vtd_unit;

/**
 * struct vtd_reg_hook - registers that are not hardware
 * @read32: 32-bit read
 * @read64: 64-bit read
 * @write32: 32-bit write
 * @write64: 64-bit write
 * @changes: a live table entry of @nwords words is about to change, or the change is over
 *	(@entry is NULL); NULL if that is nothing to it
 * @stored: a part of a live table entry was written; likewise
 *
 * All run with interrupts off and may not sleep.
 */
struct vtd_reg_hook {
	u32 (*read32)(const struct vtd_reg_hook *hook, u32 at);
	u64 (*read64)(const struct vtd_reg_hook *hook, u32 at);
	void (*write32)(const struct vtd_reg_hook *hook, u32 at, u32 value);
	void (*write64)(const struct vtd_reg_hook *hook, u32 at, u64 value);
	void (*changes)(const struct vtd_reg_hook *hook, const u64 *entry,
			unsigned int nwords);
	void (*stored)(const struct vtd_reg_hook *hook);
};

/**
 * struct vtd_reg_place - where a hook is found instead of hardware
 * @node: in the list of places
 * @base: register base as in the record of the unit
 * @hook: the registers
 * @fwnode: what the devices behind it name as their IOMMU, so that no other IOMMU
 *	driver of the machine gets them; NULL if they name none
 */
struct vtd_reg_place {
	struct list_head node;
	u64 base;
	const struct vtd_reg_hook *hook;
	struct fwnode_handle *fwnode;
};

#ifdef CONFIG_INTEL_IOMMU_REG_HOOK
int vtd_reg_place_add(struct vtd_reg_place *place);
void vtd_reg_place_remove(struct vtd_reg_place *place);
bool vtd_unit_take_hook(struct vtd_unit *unit);
void vtd_unit_drop_hook(struct vtd_unit *unit);
#else
static inline bool vtd_unit_take_hook(struct vtd_unit *unit)
{
	return false;
}

static inline void vtd_unit_drop_hook(struct vtd_unit *unit) { }
#endif

#endif
