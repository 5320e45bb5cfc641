// SPDX-License-Identifier: GPL-2.0-only
/*
 * Config space of a simulated function: an endpoint that is integrated in the
 * root complex, as PCI Express describes it.
 *
 * Here are the registers; what a write of software causes is in config_write.c.
 *
 * Locks: vtd_sim_unit.lock.
 */
#include <linux/pci_regs.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "config.h"
#include "function.h"

#define ATS_CTRL	(VTD_SIM_CONFIG_ATS + PCI_ATS_CTRL)
#define PRI_CTRL	(VTD_SIM_CONFIG_PRI + PCI_PRI_CTRL)
#define PRI_STATUS	(VTD_SIM_CONFIG_PRI + PCI_PRI_STATUS)
#define PASID_CTRL	(VTD_SIM_CONFIG_PASID + PCI_PASID_CTRL)
#define MSIX_CTRL	(VTD_SIM_CONFIG_MSIX + PCI_MSIX_FLAGS)
#define PM_CTRL		(VTD_SIM_CONFIG_PM + PCI_PM_CTRL)
#define BAR(n)		(PCI_BASE_ADDRESS_0 + 4 * (n))

/* PCIe, ATS Capability Register: all PASIDs at once can be invalidated. */
#define ATS_CAP_GLOBAL_INVALIDATE	BIT(6)
#define PASID_WIDTH			20
#define PRI_REQUESTS			VTD_SIM_GROUPS
#define PRI_STICKY			(PCI_PRI_STATUS_RF | PCI_PRI_STATUS_UPRGI)
#define PCI_CLASS_OTHER			0xff0000

static void config_put(struct vtd_sim_function *fn, u32 at, u32 size, u32 value, u32 writable)
{
	u32 i;

	for (i = 0; i < size; i++) {
		fn->config[at + i] = value >> (8 * i);
		fn->writable[at + i] = writable >> (8 * i);
	}
}

static void config_put8(struct vtd_sim_function *fn, u32 at, u8 value)
{
	config_put(fn, at, 1, value, 0);
}

static void config_put16(struct vtd_sim_function *fn, u32 at, u16 value, u16 writable)
{
	config_put(fn, at, 2, value, writable);
}

static void config_put32(struct vtd_sim_function *fn, u32 at, u32 value, u32 writable)
{
	config_put(fn, at, 4, value, writable);
}

static void put_ext(struct vtd_sim_function *fn, u32 at, u16 id, u16 next)
{
	config_put32(fn, at, id | 1 << 16 | next << 20, 0);
}

static void build_header(struct vtd_sim_function *fn)
{
	config_put16(fn, PCI_VENDOR_ID, VTD_SIM_PCI_VENDOR, 0);
	config_put16(fn, PCI_DEVICE_ID, fn->type == VTD_SIM_ITEST ? VTD_SIM_PCI_ITEST :
							     VTD_SIM_PCI_ENGINE, 0);
	config_put16(fn, PCI_COMMAND, 0, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER |
				  PCI_COMMAND_INTX_DISABLE);
	config_put16(fn, PCI_STATUS, PCI_STATUS_CAP_LIST, 0);
	config_put32(fn, PCI_CLASS_REVISION, PCI_CLASS_OTHER << 8 | 1, 0);
	config_put8(fn, PCI_CAPABILITY_LIST, VTD_SIM_CONFIG_PM);
	config_put32(fn, BAR(0), 0, ~(VTD_SIM_BAR0_SIZE - 1));
	config_put32(fn, BAR(2), 0, ~(VTD_SIM_BAR2_SIZE - 1));
	config_put32(fn, BAR(4), 0, ~(VTD_SIM_BAR4_SIZE - 1));
	config_put16(fn, PCI_SUBSYSTEM_VENDOR_ID, VTD_SIM_PCI_VENDOR, 0);
	config_put16(fn, PCI_SUBSYSTEM_ID, 1, 0);
}

static void build_caps(struct vtd_sim_function *fn)
{
	u32 at = VTD_SIM_CONFIG_PM;

	config_put16(fn, at, PCI_CAP_ID_PM | VTD_SIM_CONFIG_MSIX << 8, 0);
	config_put16(fn, at + PCI_PM_PMC, 3, 0);
	config_put16(fn, at + PCI_PM_CTRL, PCI_PM_CTRL_NO_SOFT_RESET, PCI_PM_CTRL_STATE_MASK);

	at = VTD_SIM_CONFIG_MSIX;
	config_put16(fn, at, PCI_CAP_ID_MSIX | VTD_SIM_CONFIG_EXP << 8, 0);
	config_put16(fn, at + PCI_MSIX_FLAGS, VTD_SIM_VECTORS - 1,
		     PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
	config_put32(fn, at + PCI_MSIX_TABLE, 4, 0);
	config_put32(fn, at + PCI_MSIX_PBA, 4 | VTD_SIM_BAR4_SIZE / 2, 0);

	at = VTD_SIM_CONFIG_EXP;
	config_put16(fn, at, PCI_CAP_ID_EXP | VTD_SIM_CONFIG_DOORBELL << 8, 0);
	config_put16(fn, at + PCI_EXP_FLAGS, 2 | PCI_EXP_TYPE_RC_END << 4, 0);
	config_put32(fn, at + PCI_EXP_DEVCAP, PCI_EXP_DEVCAP_RBER | PCI_EXP_DEVCAP_FLR |
				       PCI_EXP_DEVCAP_EXT_TAG, 0);
	/* Its top bit reads as zero: it starts the reset. */
	config_put16(fn, at + PCI_EXP_DEVCTL, PCI_EXP_DEVCTL_RELAX_EN | PCI_EXP_DEVCTL_NOSNOOP_EN,
		     0x7fff);
	config_put32(fn, at + PCI_EXP_DEVCAP2, PCI_EXP_DEVCAP2_COMP_TMOUT_DIS |
					PCI_EXP_DEVCAP2_ATOMIC_COMP64 |
					PCI_EXP_DEVCAP2_EE_PREFIX | 1 << 22, 0);
	config_put16(fn, at + PCI_EXP_DEVCTL2, 0, PCI_EXP_DEVCTL2_COMP_TMOUT_DIS |
					   PCI_EXP_DEVCTL2_ATOMIC_REQ);
}

static void build_doorbell(struct vtd_sim_function *fn)
{
	u32 at = VTD_SIM_CONFIG_DOORBELL, i;

	config_put16(fn, at, PCI_CAP_ID_VNDR, 0);
	config_put8(fn, at + offsetof(struct vtd_sim_doorbell, len),
		    sizeof(struct vtd_sim_doorbell));
	config_put8(fn, at + offsetof(struct vtd_sim_doorbell, version), 2);
	config_put32(fn, at + offsetof(struct vtd_sim_doorbell, magic), VTD_SIM_MAGIC, 0);
	for (i = offsetof(struct vtd_sim_doorbell, addr_lo);
	     i < sizeof(struct vtd_sim_doorbell); i += 4)
		config_put32(fn, at + i, 0, ~0);
	config_put32(fn, at + offsetof(struct vtd_sim_doorbell, status), 0, 0);
	config_put32(fn, at + offsetof(struct vtd_sim_doorbell, done), 0, 0);
	for (i = offsetof(struct vtd_sim_doorbell, stream_left);
	     i < sizeof(struct vtd_sim_doorbell); i += 4)
		config_put32(fn, at + i, 0, 0);
}

/* What a function lacks leaves a hole in the chain; the first one must exist. */
static void build_ext(struct vtd_sim_function *fn)
{
	bool ats = !(fn->lacks & VTD_SIM_FUNCTION_NO_ATS);
	bool pri = ats && !(fn->lacks & VTD_SIM_FUNCTION_NO_PRI);
	bool pasid = !(fn->lacks & VTD_SIM_FUNCTION_NO_PASID);
	u32 at = VTD_SIM_CONFIG_ATS;
	u32 after_ats = pri ? VTD_SIM_CONFIG_PRI : pasid ? VTD_SIM_CONFIG_PASID : 0;

	if (ats || after_ats)
		put_ext(fn, at, ats ? PCI_EXT_CAP_ID_ATS : 0, after_ats);
	if (ats) {
		config_put16(fn, at + PCI_ATS_CAP, PCI_ATS_CAP_PAGE_ALIGNED |
					    ATS_CAP_GLOBAL_INVALIDATE, 0);
		config_put16(fn, at + PCI_ATS_CTRL, 0, PCI_ATS_CTRL_ENABLE | PCI_ATS_CTRL_STU(~0));
	}
	at = VTD_SIM_CONFIG_PRI;
	if (pri) {
		put_ext(fn, at, PCI_EXT_CAP_ID_PRI, pasid ? VTD_SIM_CONFIG_PASID : 0);
		config_put16(fn, at + PCI_PRI_CTRL, 0, PCI_PRI_CTRL_ENABLE);
		config_put16(fn, at + PCI_PRI_STATUS, PCI_PRI_STATUS_STOPPED |
					       PCI_PRI_STATUS_PASID, 0);
		config_put32(fn, at + PCI_PRI_MAX_REQ, PRI_REQUESTS, 0);
		config_put32(fn, at + PCI_PRI_ALLOC_REQ, 0, ~0);
	}
	at = VTD_SIM_CONFIG_PASID;
	if (pasid) {
		put_ext(fn, at, PCI_EXT_CAP_ID_PASID, 0);
		config_put16(fn, at + PCI_PASID_CAP, PCI_PASID_CAP_PRIV | PASID_WIDTH << 8, 0);
		config_put16(fn, at + PCI_PASID_CTRL, 0, PCI_PASID_CTRL_ENABLE |
						  PCI_PASID_CTRL_PRIV);
	}
}

/**
 * vtd_sim_config_build() - config space as after a reset
 * @fn: the function
 */
void vtd_sim_config_build(struct vtd_sim_function *fn)
{
	memset(fn->config, 0, sizeof(fn->config));
	memset(fn->writable, 0, sizeof(fn->writable));
	build_header(fn);
	build_caps(fn);
	build_doorbell(fn);
	build_ext(fn);
}

/**
 * vtd_sim_config_place() - give the BARs their addresses, as firmware does
 * @fn: the function; nobody sees it yet
 */
void vtd_sim_config_place(struct vtd_sim_function *fn)
{
	put_unaligned_le32(fn->bar0.pa, fn->config + BAR(0));
	put_unaligned_le32(fn->bar2.pa, fn->config + BAR(2));
	put_unaligned_le32(fn->bar4.pa, fn->config + BAR(4));
}

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
	return bit_is_on(fn, PCI_COMMAND, PCI_COMMAND_MASTER) &&
	       !bit_is_on(fn, PM_CTRL, PCI_PM_CTRL_STATE_MASK);
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
	return bit_is_on(fn, PASID_CTRL, PCI_PASID_CTRL_ENABLE);
}

bool vtd_sim_config_has_msix(const struct vtd_sim_function *fn)
{
	return (vtd_sim_config_read(fn, MSIX_CTRL, 2) &
		(PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL)) == PCI_MSIX_FLAGS_ENABLE;
}
