// SPDX-License-Identifier: GPL-2.0-only
/*
 * Config space of a simulated function: reading it, changing it, and what software
 * has switched on.
 *
 * What is there after a reset is in config_build.c, what a write of software causes
 * in config_write.c.
 *
 * Locks: vtd_sim_unit.lock.
 */
#include <linux/pci_regs.h>

#include "config.h"
#include "function.h"

#define ATS_CTRL	(VTD_SIM_CONFIG_ATS + PCI_ATS_CTRL)
#define PRI_CTRL	(VTD_SIM_CONFIG_PRI + PCI_PRI_CTRL)
#define PRI_STATUS	(VTD_SIM_CONFIG_PRI + PCI_PRI_STATUS)
#define PASID_CTRL	(VTD_SIM_CONFIG_PASID + PCI_PASID_CTRL)
#define MSIX_CTRL	(VTD_SIM_CONFIG_MSIX + PCI_MSIX_FLAGS)
#define PM_CTRL		(VTD_SIM_CONFIG_PM + PCI_PM_CTRL)
#define PRI_STICKY	(PCI_PRI_STATUS_RF | PCI_PRI_STATUS_UPRGI)

u32 vtd_sim_config_read(const struct vtd_sim_function *fn, u32 at, u32 size)
{
	u32 i, value = 0;

	for (i = 0; i < size && at + i < sizeof(fn->config); i++)
		value |= (u32)fn->config[at + i] << (8 * i);
	return value;
}

/* Not by software: all bits are writable. */
void vtd_sim_config_set(struct vtd_sim_function *fn, u32 at, u32 size, u32 value)
{
	u32 i;

	for (i = 0; i < size; i++)
		fn->config[at + i] = value >> (8 * i);
}

static bool bit_is_on(const struct vtd_sim_function *fn, u32 at, u16 bit)
{
	return vtd_sim_config_read(fn, at, 2) & bit;
}

static bool lacks_pri(const struct vtd_sim_function *fn)
{
	return fn->lacks & (VTD_SIM_FUNCTION_NO_ATS | VTD_SIM_FUNCTION_NO_PRI);
}

/* They have stopped when they are off and each has its response. */
static void pri_status_put(struct vtd_sim_function *fn, u16 sticky)
{
	bool stopped = !bit_is_on(fn, PRI_CTRL, PCI_PRI_CTRL_ENABLE) && !fn->asked;

	vtd_sim_config_set(fn, PRI_STATUS, 2, PCI_PRI_STATUS_PASID | sticky |
			   (stopped ? PCI_PRI_STATUS_STOPPED : 0));
}

/**
 * vtd_sim_config_set_pri_status() - something has happened to page requests
 * @fn: the function
 * @bits: PCI_PRI_STATUS_RF, PCI_PRI_STATUS_UPRGI or 0; they stay until software
 *	clears them
 */
void vtd_sim_config_set_pri_status(struct vtd_sim_function *fn, u16 bits)
{
	if (!lacks_pri(fn))
		pri_status_put(fn, bits | (vtd_sim_config_read(fn, PRI_STATUS, 2) &
					   PRI_STICKY));
}

/**
 * vtd_sim_config_clear_pri_status() - software has seen what happened
 * @fn: the function
 * @bits: PCI_PRI_STATUS_RF, PCI_PRI_STATUS_UPRGI or 0
 */
void vtd_sim_config_clear_pri_status(struct vtd_sim_function *fn, u16 bits)
{
	if (!lacks_pri(fn))
		pri_status_put(fn, vtd_sim_config_read(fn, PRI_STATUS, 2) &
				   PRI_STICKY & ~bits);
}

/**
 * vtd_sim_config_store() - change what software can write, and nothing else
 * @fn: the function
 * @at: offset
 * @size: 1, 2 or 4 bytes
 * @value: what
 */
void vtd_sim_config_store(struct vtd_sim_function *fn, u32 at, u32 size, u32 value)
{
	u8 mask, byte;
	u32 i;

	for (i = 0; i < size && at + i < sizeof(fn->config); i++) {
		mask = fn->writable[at + i];
		byte = value >> (8 * i);
		fn->config[at + i] = (fn->config[at + i] & ~mask) | (byte & mask);
	}
}

bool vtd_sim_config_is_master(const struct vtd_sim_function *fn)
{
	const struct vtd_sim_function *powered = fn->pf ?: fn;

	return bit_is_on(fn, PCI_COMMAND, PCI_COMMAND_MASTER) &&
	       !bit_is_on(powered, PM_CTRL, PCI_PM_CTRL_STATE_MASK);
}

bool vtd_sim_config_has_ats(const struct vtd_sim_function *fn)
{
	return bit_is_on(fn, ATS_CTRL, PCI_ATS_CTRL_ENABLE);
}

/* A response "failure" switches them off, until software has seen that. */
bool vtd_sim_config_has_pri(const struct vtd_sim_function *fn)
{
	return bit_is_on(fn, PRI_CTRL, PCI_PRI_CTRL_ENABLE) &&
	       !bit_is_on(fn, PRI_STATUS, PCI_PRI_STATUS_RF);
}

/* How many page requests software allows at a time. */
u32 vtd_sim_config_page_requests(const struct vtd_sim_function *fn)
{
	return vtd_sim_config_read(fn, VTD_SIM_CONFIG_PRI + PCI_PRI_ALLOC_REQ, 4);
}

bool vtd_sim_config_has_pasid(const struct vtd_sim_function *fn)
{
	return bit_is_on(fn->pf ?: fn, PASID_CTRL, PCI_PASID_CTRL_ENABLE);
}

bool vtd_sim_config_has_msix(const struct vtd_sim_function *fn)
{
	return (vtd_sim_config_read(fn, MSIX_CTRL, 2) &
		(PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL)) == PCI_MSIX_FLAGS_ENABLE;
}
