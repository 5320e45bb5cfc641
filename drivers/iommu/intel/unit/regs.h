/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Access to the registers of a unit.
 *
 * A simulated unit replaces the four accessors; without one in the machine
 * that possibility costs a no-op instruction, in a kernel that can simulate
 * none it costs nothing.
 */
#ifndef __VTD_UNIT_REGS_H
#define __VTD_UNIT_REGS_H

#include <linux/io-64-nonatomic-lo-hi.h>
#include <linux/jump_label.h>

#include "../hw/regs_layout.h"
#include "hook.h"
#include "unit.h"

#ifdef CONFIG_INTEL_IOMMU_REG_HOOK

DECLARE_STATIC_KEY_FALSE(vtd_reg_hooks);

static inline const struct vtd_reg_hook *vtd_hook(const struct vtd_unit *unit)
{
	return static_branch_unlikely(&vtd_reg_hooks) ? unit->hook : NULL;
}

#else

static inline const struct vtd_reg_hook *vtd_hook(const struct vtd_unit *unit)
{
	return NULL;
}

#endif

static inline u32 vtd_read32(const struct vtd_unit *unit, u32 at)
{
	const struct vtd_reg_hook *hook = vtd_hook(unit);

	return hook ? hook->read32(hook, at) : readl(unit->regs + at);
}

static inline u64 vtd_read64(const struct vtd_unit *unit, u32 at)
{
	const struct vtd_reg_hook *hook = vtd_hook(unit);

	return hook ? hook->read64(hook, at) : readq(unit->regs + at);
}

static inline void vtd_write32(const struct vtd_unit *unit, u32 at, u32 value)
{
	const struct vtd_reg_hook *hook = vtd_hook(unit);

	if (hook)
		hook->write32(hook, at, value);
	else
		writel(value, unit->regs + at);
}

static inline void vtd_write64(const struct vtd_unit *unit, u32 at, u64 value)
{
	const struct vtd_reg_hook *hook = vtd_hook(unit);

	if (hook)
		hook->write64(hook, at, value);
	else
		writeq(value, unit->regs + at);
}

/* A live table entry is about to change. */
static inline void vtd_changes(const struct vtd_unit *unit, const u64 *entry,
			       unsigned int nwords)
{
	const struct vtd_reg_hook *hook = vtd_hook(unit);

	if (hook && hook->changes)
		hook->changes(hook, entry, nwords);
}

/* The change of the entry is over. */
static inline void vtd_changed(const struct vtd_unit *unit)
{
	vtd_changes(unit, NULL, 0);
}

/* A part of a live table entry was written, which the unit may read at once. */
static inline void vtd_stored(const struct vtd_unit *unit)
{
	const struct vtd_reg_hook *hook = vtd_hook(unit);

	if (hook && hook->stored)
		hook->stored(hook);
}

#endif
