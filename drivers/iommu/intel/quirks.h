/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Machines and devices that need something which neither their registers nor
 * the firmware's tables say. quirks.c lists them with the reason for each.
 */
#ifndef _VTD_QUIRKS_H
#define _VTD_QUIRKS_H

#include <linux/types.h>

struct pci_dev;
struct vtd_caps;

/**
 * vtd_quirk_igfx_off - may units of integrated graphics not translate?
 *
 * Context: final after PCI fixups, so in intel_iommu_init().
 * Return: true if a chipset with broken graphics remapping was seen.
 */
bool vtd_quirk_igfx_off(void);

/**
 * vtd_quirk_write_buffer - does the chipset need write-buffer flushes although
 * CAP.RWBF is 0?
 *
 * Context: final after PCI fixups.
 * Return: true if it does.
 */
bool vtd_quirk_write_buffer(void);

/**
 * vtd_quirk_keep_igfx_on - must TE stay set on the unit of integrated graphics?
 *
 * The unit hangs when translation is turned off while the GPU works. Asked
 * only for units that serve graphics alone and that drain reads and writes
 * (CAP.DRD, CAP.DWD).
 *
 * Return: true if integrated graphics was seen.
 */
bool vtd_quirk_keep_igfx_on(void);

/**
 * vtd_quirk_flush_dev_tlb_twice - does the device answer a device-TLB
 * invalidation before its posted writes have drained?
 * @pdev: a function with ATS
 *
 * Return: true if its device TLB must be flushed twice.
 */
bool vtd_quirk_flush_dev_tlb_twice(const struct pci_dev *pdev);

/**
 * vtd_quirk_identity - must this function have an identity domain?
 * @pdev: any function
 *
 * Return: true for sound devices whose isochronous channel has no IOTLB entry.
 */
bool vtd_quirk_identity(const struct pci_dev *pdev);

/**
 * vtd_quirk_wrong_unit - does firmware put a function behind a unit that cannot
 * be its own?
 * @pdev: any function
 * @unit_at: register base of the unit
 *
 * Context: may read config space.
 * Return: true if that unit never sees the function's requests.
 */
bool vtd_quirk_wrong_unit(struct pci_dev *pdev, u64 unit_at);

/**
 * vtd_quirk_first_stage_width - the address width code of first-stage entries
 * @caps: the unit's capabilities
 *
 * The field is a second stage's. Units without one reserve it as 0, and those
 * with one ignore it in first-stage entries; but QEMU checks first-stage
 * addresses by it, and takes 0 for 30 bits.
 *
 * Return: VTD_AW_*, if the unit is QEMU's; 0 for all others.
 */
unsigned int vtd_quirk_first_stage_width(const struct vtd_caps *caps);

/**
 * vtd_quirk_late_check - look at what is no fixup of one function
 *
 * Context: intel_iommu_init(), PCI enumerated, before default domains.
 */
void vtd_quirk_late_check(void);

#endif
