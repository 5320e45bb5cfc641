// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupt remapping of one unit: the sequences of chapter 5.
 *
 * Owns: nothing; fills vtd_unit.ir.
 * Locks: none; boot, hot plug and syscore callers are alone.
 * Calls: unit/cmd.h for the commands, inval/ for the entry cache.
 */
#include <linux/crash_dump.h>

#include "../hw/regs_layout.h"
#include "../inval/inval.h"
#include "../unit/cmd.h"
#include "../unit/unit.h"
#include "domain.h"
#include "setup.h"
#include "table.h"

int vtd_ir_create(struct vtd_unit *unit)
{
	int ret;

	ret = vtd_ir_table_create(unit);
	if (ret)
		return ret;
	ret = vtd_ir_domain_create(unit->ir);
	if (ret)
		vtd_ir_table_destroy(unit);
	return ret;
}

void vtd_ir_destroy(struct vtd_unit *unit)
{
	if (!unit->ir)
		return;
	vtd_ir_domain_destroy(unit->ir);
	vtd_ir_table_destroy(unit);
}

static bool table_adopt(struct vtd_unit *unit, bool x2apic)
{
	u64 irta = vtd_unit_irta(unit);
	int ret;

	/* The mode must not change while remapping is on. */
	if (!!(irta & VTD_IRTA_EIME) != x2apic) {
		vtd_warn(unit, "the old kernel's interrupt table is in %s mode\n",
			 x2apic ? "xAPIC" : "x2APIC");
		return false;
	}
	ret = vtd_ir_table_adopt(unit->ir, irta);
	if (ret) {
		vtd_warn(unit, "the old kernel's interrupt table cannot be copied (%d)\n",
			 ret);
		return false;
	}
	vtd_info(unit, "copied the interrupt table of the old kernel\n");
	return true;
}

int vtd_ir_inherit(struct vtd_unit *unit, bool x2apic)
{
	if (!(vtd_unit_status(unit) & VTD_GSTS_IRES))
		return 0;
	if (is_kdump_kernel() && table_adopt(unit, x2apic))
		return 0;
	vtd_warn(unit, "interrupt remapping was left on by an earlier kernel; starting afresh\n");
	return vtd_unit_disable_remapping(unit);
}

int vtd_ir_start(struct vtd_unit *unit, bool x2apic)
{
	int ret = 0;

	/* Left on by whoever used the unit; the mode must not change under it. */
	if (vtd_unit_status(unit) & VTD_GSTS_IRES &&
	    !!(vtd_unit_irta(unit) & VTD_IRTA_EIME) != x2apic)
		ret = vtd_unit_disable_remapping(unit);
	if (ret)
		return ret;
	ret = vtd_unit_set_irta(unit, vtd_ir_table_register(unit->ir, x2apic));
	if (!ret && !unit->caps.esirtps)
		ret = vtd_inval_iec_all(unit);
	if (!ret)
		ret = vtd_unit_enable_remapping(unit);
	if (!ret)
		ret = vtd_unit_block_compatibility(unit);
	return ret;
}

void vtd_ir_stop(struct vtd_unit *unit)
{
	if (!(vtd_unit_status(unit) & VTD_GSTS_IRES))
		return;
	/* An error was logged; remapping is switched off all the same. */
	if (!unit->caps.esirtps)
		vtd_inval_iec_all(unit);
	vtd_unit_disable_remapping(unit);
}
