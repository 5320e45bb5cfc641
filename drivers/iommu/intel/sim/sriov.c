// SPDX-License-Identifier: GPL-2.0-only
/*
 * Virtual functions of simulated functions: number N of the function in a slot is
 * function N of that slot, with a source id, a device TLB and memory of its own. All of
 * them exist from the start; software sees those that it has enabled.
 *
 * Locks: vtd_sim_unit.lock.
 * Calls: config.c.
 *
 * Spec: PCI Express, Single Root I/O Virtualization.
 */
#include <linux/minmax.h>
#include <linux/pci_regs.h>

#include "config.h"
#include "function.h"
#include "sim_unit.h"
#include "sriov.h"

/**
 * vtd_sim_sriov_find() - which function has a source id?
 * @unit: the unit in front of it
 * @sid: source id
 *
 * Return: the function; NULL if there is none, or it is a virtual one that is not
 * enabled.
 */
struct vtd_sim_function *vtd_sim_sriov_find(const struct vtd_sim_unit *unit, u16 sid)
{
	struct vtd_sim_function *fn;
	u32 vf = sid & 7;

	if (sid >= VTD_SIM_SIDS)
		return NULL;
	fn = unit->functions[sid >> 3];
	if (!fn || !vf)
		return fn;
	return vf <= fn->nvfs ? fn->vfs[vf - 1] : NULL;
}

/**
 * vtd_sim_sriov_enabled() - how many virtual functions does software want?
 * @fn: the physical function
 *
 * Return: how many; 0 while they are off, or the function has none.
 */
u32 vtd_sim_sriov_enabled(const struct vtd_sim_function *fn)
{
	u32 at = VTD_SIM_CONFIG_SRIOV;

	if (!fn->vfs[0] ||
	    !(vtd_sim_config_read(fn, at + PCI_SRIOV_CTRL, 2) & PCI_SRIOV_CTRL_VFE))
		return 0;
	return min_t(u32, vtd_sim_config_read(fn, at + PCI_SRIOV_NUM_VF, 2), VTD_SIM_VFS);
}
