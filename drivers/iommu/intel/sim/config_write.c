// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a write of software to config space causes: it changes the bits that are
 * writable, and all else happens before it returns.
 *
 * Locks: vtd_sim_unit.lock.
 * Calls: config.c for the registers, function.c for the reset, doorbell.c, page.c.
 */
#include <linux/pci_regs.h>
#include <linux/stddef.h>

#include "config.h"
#include "config_write.h"
#include "doorbell.h"
#include "function.h"
#include "page.h"
#include "sriov.h"

#define EXP_DEVCTL	(VTD_SIM_CONFIG_EXP + PCI_EXP_DEVCTL)
#define PRI_CTRL	(VTD_SIM_CONFIG_PRI + PCI_PRI_CTRL)
#define PRI_STATUS	(VTD_SIM_CONFIG_PRI + PCI_PRI_STATUS)
#define SRIOV_CTRL	(VTD_SIM_CONFIG_SRIOV + PCI_SRIOV_CTRL)
#define DOORBELL	(VTD_SIM_CONFIG_DOORBELL + offsetof(struct vtd_sim_doorbell, command))

static bool access_covers(u32 at, u32 size, u32 byte)
{
	return byte >= at && byte < at + size;
}

/* What is remembered ends when ATS is switched, either way. */
static void ats_written(struct vtd_sim_function *fn, bool was)
{
	if (vtd_sim_config_has_ats(fn) != was)
		vtd_model_dtlb_init(&fn->dtlb, vtd_sim_function_sid(fn), fn->entries,
				    VTD_SIM_DTLB_ENTRIES);
}

/* What a write says for the 16 bits at @reg; 0 unless it covers them. */
static u16 write_result(u32 at, u32 size, u32 value, u32 reg)
{
	return reg >= at && reg + 2 <= at + size ? value >> (8 * (reg - at)) : 0;
}

static void pri_written(struct vtd_sim_function *fn, u32 at, u32 size, u32 value)
{
	u16 cleared = write_result(at, size, value, PRI_STATUS);

	/* What was asked for is forgotten. With page requests on it does nothing. */
	if (write_result(at, size, value, PRI_CTRL) & PCI_PRI_CTRL_RESET &&
	    !(vtd_sim_config_read(fn, PRI_CTRL, 2) & PCI_PRI_CTRL_ENABLE)) {
		vtd_sim_page_reset(fn);
		cleared = PCI_PRI_STATUS_RF | PCI_PRI_STATUS_UPRGI;
	}
	vtd_sim_config_clear_pri_status(fn, cleared);
}

/* Virtual functions appear or vanish. How many is read at that moment. */
static void sriov_written(struct vtd_sim_function *fn)
{
	u32 wanted = vtd_sim_sriov_enabled(fn), i;

	if (!!wanted == !!fn->nvfs)
		return;
	for (i = 0; i < VTD_SIM_VFS; i++)
		vtd_sim_function_reset(fn->vfs[i]);
	fn->nvfs = wanted;
}

static bool starts_reset(u32 at, u32 size, u32 value)
{
	return access_covers(at, size, EXP_DEVCTL + 1) &&
	       (value >> (8 * (EXP_DEVCTL + 1 - at)) & PCI_EXP_DEVCTL_BCR_FLR >> 8);
}

/**
 * vtd_sim_config_write() - software writes to config space
 * @fn: the function
 * @at: offset
 * @size: 1, 2 or 4 bytes
 * @value: what
 */
void vtd_sim_config_write(struct vtd_sim_function *fn, u32 at, u32 size, u32 value)
{
	bool had_ats = vtd_sim_config_has_ats(fn);

	vtd_sim_config_store(fn, at, size, value);
	if (starts_reset(at, size, value)) {
		vtd_sim_function_reset(fn);
		return;
	}
	ats_written(fn, had_ats);
	if (access_covers(at, size, PRI_CTRL) || access_covers(at, size, PRI_STATUS))
		pri_written(fn, at, size, value);
	if (access_covers(at, size, SRIOV_CTRL))
		sriov_written(fn);
	if (access_covers(at, size, DOORBELL))
		vtd_sim_doorbell_ring(fn);
}
