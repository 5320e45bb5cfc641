// SPDX-License-Identifier: GPL-2.0-only
/*
 * Machines and devices that need special care, each with its reason.
 *
 *   what                              who              reason
 *   graphics units do not translate   29b2             Q35 graphics
 *                                     2a40, 2e00-2e90  GM45, G4x host bridges
 *                                     0044             QM57 host bridge
 *                                     1600-163f        Broadwell graphics
 *       Translation of the integrated GPU corrupts or hangs it.
 *   write-buffer flushes              2a40, 2e00-2e90  CAP.RWBF reads 0, but
 *                                     table writes stay in a buffer
 *   strict flushing, or no graphics   0040, 0062, 006a Ironlake: the shadow GTT
 *       translation                   must be set up by firmware, and the GPU
 *                                     must be idle when entries go
 *   TE stays set on graphics units    any integrated GPU
 *       Clearing it while the GPU works hangs the unit.
 *   identity for one sound device     3a3e behind 342e Tylersburg without IOTLB
 *                                     entries on the isochronous channel: the
 *                                     device locks the machine up
 *   device TLB flushed twice          4940-4943 (QAT)  the answer may overtake
 *                                     posted writes that it should wait for
 *   no translation of an I/OAT device 402f             firmware of 5400 chipsets
 *                                     puts it behind another unit than its own
 *   address width in first-stage      QEMU             it checks first-stage
 *       entries                                        addresses by a field that
 *                                     the architecture reserves
 *       QEMU's units are of version 1.0, in a virtual machine, and have either
 *       stage in scalable mode, but not both. Version 1.0 is older than scalable
 *       mode: no other unit has that version and a first stage.
 *
 * Owns: the flags below. Locks: none; fixups run one after the other.
 */
#define pr_fmt(fmt) "DMAR: " fmt

#include <linux/bits.h>
#include <linux/cpufeature.h>
#include <linux/init.h>
#include <linux/iommu.h>
#include <linux/pci.h>
#include <linux/printk.h>

#include "quirks.h"
#include "unit/caps.h"

static bool igfx_off;
static bool write_buffer;
static bool keep_igfx_on;
static bool isoch_identity;

bool vtd_quirk_igfx_off(void)
{
	return igfx_off;
}

bool vtd_quirk_write_buffer(void)
{
	return write_buffer;
}

bool vtd_quirk_keep_igfx_on(void)
{
	return keep_igfx_on;
}

bool vtd_quirk_flush_dev_tlb_twice(const struct pci_dev *pdev)
{
	return pdev->vendor == PCI_VENDOR_ID_INTEL &&
	       pdev->device >= 0x4940 && pdev->device <= 0x4943;
}

bool vtd_quirk_identity(const struct pci_dev *pdev)
{
	return isoch_identity && pdev->vendor == PCI_VENDOR_ID_INTEL &&
	       pdev->device == 0x3a3e;
}

/* Where a 5400 host bridge has its units, and in there the one of the I/OAT. */
#define SEABURG_VTBAR		0xb0
#define SEABURG_VTBAR_BASE	GENMASK(31, 16)
#define SEABURG_IOAT_UNIT	0xa000

bool vtd_quirk_wrong_unit(struct pci_dev *pdev, u64 unit_at)
{
	u32 vtbar;

	if (pdev->vendor != PCI_VENDOR_ID_INTEL ||
	    pdev->device != PCI_DEVICE_ID_INTEL_IOAT_SNB ||
	    pci_bus_read_config_dword(pdev->bus, 0, SEABURG_VTBAR, &vtbar) ||
	    unit_at == (vtbar & SEABURG_VTBAR_BASE) + SEABURG_IOAT_UNIT)
		return false;
	pci_warn(pdev, FW_BUG "listed behind the unit at 0x%llx, which is not its own: not translated\n",
		 unit_at);
	return true;
}

unsigned int vtd_quirk_first_stage_width(const struct vtd_caps *caps)
{
	if (!cpu_feature_enabled(X86_FEATURE_HYPERVISOR))
		return 0;
	if (!caps->fsts || caps->ssts || caps->major != 1 || caps->minor)
		return 0;
	return vtd_caps_best_aw(caps);
}

static void disable_igfx(struct pci_dev *pdev)
{
	if (igfx_off)
		return;
	pci_info(pdev, "this graphics does not work behind DMA remapping: its unit will not translate\n");
	igfx_off = true;
}

static void fix_graphics(struct pci_dev *pdev)
{
	/* Integrated graphics is always function 0 of device 2. */
	if (pci_is_root_bus(pdev->bus) && pdev->devfn == PCI_DEVFN(2, 0))
		keep_igfx_on = true;
	if (pdev->device == 0x29b2 || (pdev->device & ~0x3f) == 0x1600)
		disable_igfx(pdev);
}
DECLARE_PCI_FIXUP_CLASS_HEADER(PCI_VENDOR_ID_INTEL, PCI_ANY_ID,
			       PCI_BASE_CLASS_DISPLAY, 16, fix_graphics);

static void fix_g4x(struct pci_dev *pdev)
{
	disable_igfx(pdev);
	write_buffer = true;
}
DECLARE_PCI_FIXUP_HEADER(PCI_VENDOR_ID_INTEL, 0x2a40, fix_g4x);
DECLARE_PCI_FIXUP_HEADER(PCI_VENDOR_ID_INTEL, 0x2e00, fix_g4x);
DECLARE_PCI_FIXUP_HEADER(PCI_VENDOR_ID_INTEL, 0x2e10, fix_g4x);
DECLARE_PCI_FIXUP_HEADER(PCI_VENDOR_ID_INTEL, 0x2e20, fix_g4x);
DECLARE_PCI_FIXUP_HEADER(PCI_VENDOR_ID_INTEL, 0x2e30, fix_g4x);
DECLARE_PCI_FIXUP_HEADER(PCI_VENDOR_ID_INTEL, 0x2e40, fix_g4x);
DECLARE_PCI_FIXUP_HEADER(PCI_VENDOR_ID_INTEL, 0x2e90, fix_g4x);
DECLARE_PCI_FIXUP_HEADER(PCI_VENDOR_ID_INTEL, 0x0044, disable_igfx);

/* Graphics control of the Ironlake host bridge; set: GTT memory for VT-d. */
#define IRONLAKE_GGC		0x52
#define IRONLAKE_GGC_VT		BIT(11)

static void fix_ironlake(struct pci_dev *pdev)
{
	u16 ggc;

	if (pci_read_config_word(pdev, IRONLAKE_GGC, &ggc))
		return;
	if (!(ggc & IRONLAKE_GGC_VT)) {
		disable_igfx(pdev);
		return;
	}
	if (igfx_off)
		return;
	pci_info(pdev, "this graphics must be idle when it is unmapped: invalidations are not deferred\n");
	iommu_set_dma_strict();
}
DECLARE_PCI_FIXUP_HEADER(PCI_VENDOR_ID_INTEL, 0x0040, fix_ironlake);
DECLARE_PCI_FIXUP_HEADER(PCI_VENDOR_ID_INTEL, 0x0062, fix_ironlake);
DECLARE_PCI_FIXUP_HEADER(PCI_VENDOR_ID_INTEL, 0x006a, fix_ironlake);

/* Isochronous control of Tylersburg's system management function. */
#define TYLERSBURG_VTISOCHCTRL	0x188
#define ISOCH_ELSEWHERE		BIT(0)
#define ISOCH_TLB_ENTRIES	GENMASK(4, 2)

static void check_isochronous_sound(void)
{
	struct pci_dev *pdev;
	u32 control;
	int ret;

	pdev = pci_get_device(PCI_VENDOR_ID_INTEL, 0x3a3e, NULL);
	if (!pdev)
		return;
	pci_dev_put(pdev);

	/* Firmware may hide the function; then nobody can tell. */
	pdev = pci_get_device(PCI_VENDOR_ID_INTEL, 0x342e, NULL);
	if (!pdev)
		return;
	ret = pci_read_config_dword(pdev, TYLERSBURG_VTISOCHCTRL, &control);
	pci_dev_put(pdev);
	if (ret || (control & ISOCH_ELSEWHERE) || (control & ISOCH_TLB_ENTRIES))
		return;
	pr_warn(FW_BUG "no IOTLB entries for isochronous sound: the sound device is not translated\n");
	isoch_identity = true;
}

void vtd_quirk_late_check(void)
{
	check_isochronous_sound();
}
