// SPDX-License-Identifier: GPL-2.0-only
/*
 * A unit whose registers are code from its beginning, on no list; for tests.
 */
#include <linux/string.h>

#include "hook.h"
#include "regs.h"
#include "unit.h"

/**
 * vtd_unit_init_hooked() - a unit whose registers are code
 * @unit: zeroed memory of the caller
 * @hook: the registers
 *
 * The unit is on no list.
 *
 * Context: may sleep.
 * Return: 0.
 */
int vtd_unit_init_hooked(struct vtd_unit *unit, const struct vtd_reg_hook *hook)
{
	vtd_unit_init(unit);
	unit->hook = hook;
	unit->numa_node = NUMA_NO_NODE;
	strscpy(unit->name, "hooked");
	static_branch_inc(&vtd_reg_hooks);
	vtd_caps_decode(vtd_read64(unit, VTD_CAP), vtd_read64(unit, VTD_ECAP),
			vtd_read32(unit, VTD_VER), &unit->caps);
	return 0;
}

/**
 * vtd_unit_exit_hooked() - undo vtd_unit_init_hooked()
 * @unit: the unit; its memory stays the caller's
 */
void vtd_unit_exit_hooked(struct vtd_unit *unit)
{
	ida_destroy(&unit->dids);
	static_branch_dec(&vtd_reg_hooks);
}
