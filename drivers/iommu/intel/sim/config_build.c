// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is in the config space of a simulated function after a reset: an endpoint that
 * is integrated in the root complex, as PCI Express describes it.
 *
 * Locks: vtd_sim_unit.lock.
 */
#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/pci_regs.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "config.h"
#include "function.h"

#define BAR(n)		(PCI_BASE_ADDRESS_0 + 4 * (n))
#define VF_BAR(n)	(PCI_SRIOV_BAR + 4 * (n))
/* PCIe, ATS Capability Register: all PASIDs at once can be invalidated. */
#define ATS_CAP_GLOBAL_INVALIDATE	BIT(6)
#define PASID_WIDTH			20
#define PRI_REQUESTS			VTD_SIM_GROUPS
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

static u16 device_id(const struct vtd_sim_function *fn)
{
	return fn->type == VTD_SIM_ITEST ? VTD_SIM_PCI_ITEST : VTD_SIM_PCI_ENGINE;
}

/* What a virtual function has: no identity and no BARs, which the physical one gives. */
static void build_vf_header(struct vtd_sim_function *fn)
{
	config_put32(fn, PCI_VENDOR_ID, ~0, 0);
	config_put16(fn, PCI_COMMAND, 0, PCI_COMMAND_MASTER);
	config_put16(fn, PCI_STATUS, PCI_STATUS_CAP_LIST, 0);
	config_put32(fn, PCI_CLASS_REVISION, PCI_CLASS_OTHER << 8 | 1, 0);
	config_put8(fn, PCI_CAPABILITY_LIST, VTD_SIM_CONFIG_MSIX);
	config_put16(fn, PCI_SUBSYSTEM_VENDOR_ID, VTD_SIM_PCI_VENDOR, 0);
	config_put16(fn, PCI_SUBSYSTEM_ID, 1, 0);
}

static void build_header(struct vtd_sim_function *fn)
{
	config_put16(fn, PCI_VENDOR_ID, VTD_SIM_PCI_VENDOR, 0);
	config_put16(fn, PCI_DEVICE_ID, device_id(fn), 0);
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

static void build_power(struct vtd_sim_function *fn)
{
	u32 at = VTD_SIM_CONFIG_PM;

	config_put16(fn, at, PCI_CAP_ID_PM | VTD_SIM_CONFIG_MSIX << 8, 0);
	config_put16(fn, at + PCI_PM_PMC, 3, 0);
	config_put16(fn, at + PCI_PM_CTRL, PCI_PM_CTRL_NO_SOFT_RESET, PCI_PM_CTRL_STATE_MASK);
}

static void build_caps(struct vtd_sim_function *fn)
{
	u32 at = VTD_SIM_CONFIG_MSIX;

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

static void build_ats(struct vtd_sim_function *fn, u32 at)
{
	config_put16(fn, at + PCI_ATS_CAP, PCI_ATS_CAP_PAGE_ALIGNED | ATS_CAP_GLOBAL_INVALIDATE,
		     0);
	config_put16(fn, at + PCI_ATS_CTRL, 0, PCI_ATS_CTRL_ENABLE | PCI_ATS_CTRL_STU(~0));
}

static void build_pri(struct vtd_sim_function *fn, u32 at)
{
	config_put16(fn, at + PCI_PRI_CTRL, 0, PCI_PRI_CTRL_ENABLE);
	config_put16(fn, at + PCI_PRI_STATUS, PCI_PRI_STATUS_STOPPED | PCI_PRI_STATUS_PASID, 0);
	config_put32(fn, at + PCI_PRI_MAX_REQ, PRI_REQUESTS, 0);
	config_put32(fn, at + PCI_PRI_ALLOC_REQ, 0, ~0);
}

static void build_pasid(struct vtd_sim_function *fn, u32 at)
{
	config_put16(fn, at + PCI_PASID_CAP, PCI_PASID_CAP_PRIV | PASID_WIDTH << 8, 0);
	config_put16(fn, at + PCI_PASID_CTRL, 0, PCI_PASID_CTRL_ENABLE | PCI_PASID_CTRL_PRIV);
}

/* Virtual function N is function N of the slot. */
static void build_sriov(struct vtd_sim_function *fn, u32 at)
{
	config_put16(fn, at + PCI_SRIOV_CTRL, 0, PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE);
	config_put16(fn, at + PCI_SRIOV_INITIAL_VF, VTD_SIM_VFS, 0);
	config_put16(fn, at + PCI_SRIOV_TOTAL_VF, VTD_SIM_VFS, 0);
	config_put16(fn, at + PCI_SRIOV_NUM_VF, 0, ~0);
	config_put16(fn, at + PCI_SRIOV_VF_OFFSET, 1, 0);
	config_put16(fn, at + PCI_SRIOV_VF_STRIDE, 1, 0);
	config_put16(fn, at + PCI_SRIOV_VF_DID, VTD_SIM_PCI_VF, 0);
	config_put32(fn, at + PCI_SRIOV_SUP_PGSIZE, 1, 0);
	config_put32(fn, at + PCI_SRIOV_SYS_PGSIZE, 1, 1);
	config_put32(fn, at + VF_BAR(0), 0, ~(VTD_SIM_BAR0_SIZE - 1));
	config_put32(fn, at + VF_BAR(2), 0, ~(VTD_SIM_BAR2_SIZE - 1));
	config_put32(fn, at + VF_BAR(4), 0, ~(VTD_SIM_BAR4_SIZE - 1));
}

static const struct {
	u16 id;
	u16 at;
	u32 lacks;
	void (*build)(struct vtd_sim_function *fn, u32 at);
} ext_caps[] = {
	{ PCI_EXT_CAP_ID_ATS, VTD_SIM_CONFIG_ATS, VTD_SIM_FUNCTION_NO_ATS, build_ats },
	{ PCI_EXT_CAP_ID_PRI, VTD_SIM_CONFIG_PRI,
	  VTD_SIM_FUNCTION_NO_ATS | VTD_SIM_FUNCTION_NO_PRI, build_pri },
	{ PCI_EXT_CAP_ID_PASID, VTD_SIM_CONFIG_PASID, VTD_SIM_FUNCTION_NO_PASID, build_pasid },
	{ PCI_EXT_CAP_ID_SRIOV, VTD_SIM_CONFIG_SRIOV, 0, build_sriov },
};

static bool has_ext(const struct vtd_sim_function *fn, unsigned int i)
{
	if (ext_caps[i].id == PCI_EXT_CAP_ID_SRIOV)
		return fn->vfs[0];
	return !(fn->lacks & ext_caps[i].lacks);
}

/* What a function lacks leaves a hole in the chain; the first one must exist. */
static void build_ext(struct vtd_sim_function *fn)
{
	u16 next = 0;
	int i;

	for (i = ARRAY_SIZE(ext_caps) - 1; i >= 0; i--) {
		if (has_ext(fn, i)) {
			put_ext(fn, ext_caps[i].at, ext_caps[i].id, next);
			ext_caps[i].build(fn, ext_caps[i].at);
			next = ext_caps[i].at;
		} else if (!i && next) {
			put_ext(fn, ext_caps[i].at, 0, next);
		}
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
	if (fn->pf) {
		build_vf_header(fn);
	} else {
		build_header(fn);
		build_power(fn);
	}
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
	unsigned int i;

	put_unaligned_le32(fn->bar0.pa, fn->config + BAR(0));
	put_unaligned_le32(fn->bar2.pa, fn->config + BAR(2));
	put_unaligned_le32(fn->bar4.pa, fn->config + BAR(4));
	if (!fn->vfs[0])
		return;
	for (i = 0; i < VTD_SIM_BARS; i++)
		put_unaligned_le32(fn->vf_bars[i].pa,
				   fn->config + VTD_SIM_CONFIG_SRIOV + VF_BAR(2 * i));
}
