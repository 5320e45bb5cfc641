/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which unit a device is behind, and what firmware says about the device.
 *
 * All take vtd_table_lock for reading themselves. A unit record stays valid
 * as long as a device behind it exists.
 */
#ifndef __VTD_ACPI_LOOKUP_H
#define __VTD_ACPI_LOOKUP_H

#include <linux/types.h>

struct device;
struct pci_dev;
struct vtd_dmar;
struct vtd_drhd;
struct vtd_rmrr;

/**
 * struct vtd_where - the place of a device that does DMA or interrupts
 * @drhd: its unit; NULL if none translates it
 * @sid: its source id (bus << 8 | devfn)
 * @segment: PCI domain of the device; a segment of firmware's if it has a unit
 */
struct vtd_where {
	const struct vtd_drhd *drhd;
	u16 sid;
	int segment;
};

const struct vtd_drhd *vtd_dmar_find_pci(const struct vtd_dmar *dmar,
					 struct pci_dev *pdev);
int vtd_find_device(struct device *dev, struct vtd_where *where);
int vtd_find_ioapic(u8 id, struct vtd_where *where);
int vtd_find_hpet(u8 id, struct vtd_where *where);

/* Is @dev a PCI device that the unit lists or covers by INCLUDE_PCI_ALL? */
bool vtd_drhd_covers(const struct vtd_drhd *drhd, struct pci_dev *pdev);

/**
 * struct vtd_drhd_census - what is behind a unit; needs enumerated PCI
 * @devices: PCI devices its explicit scopes name and that are present
 * @displays: display devices among them
 * @only_explicit: the unit has no INCLUDE_PCI_ALL and no other kind of scope
 */
struct vtd_drhd_census {
	unsigned int devices;
	unsigned int displays;
	bool only_explicit;
};

void vtd_drhd_take_census(const struct vtd_drhd *drhd,
			  struct vtd_drhd_census *census);

typedef int (*vtd_rmrr_fn)(const struct vtd_rmrr *rmrr, void *ctx);

/**
 * vtd_visit_rmrrs() - reserved regions of a device
 * @dev: the device
 * @fn: called for each; stops at the first result that is not 0
 * @ctx: for @fn
 *
 * Context: holds vtd_table_lock for reading around @fn.
 * Return: what @fn returned last, else 0.
 */
int vtd_visit_rmrrs(struct device *dev, vtd_rmrr_fn fn, void *ctx);

/* What firmware says about ATS of a device. */
enum vtd_ats_rule {
	VTD_ATS_FORBIDDEN,	/* firmware does not vouch for it, or for its port */
	VTD_ATS_ALLOWED,
	VTD_ATS_REQUIRED,	/* integrated; does not work without */
};

enum vtd_ats_rule vtd_dmar_ats_rule(const struct vtd_dmar *dmar, struct pci_dev *pdev);
enum vtd_ats_rule vtd_ats_rule(struct pci_dev *pdev);

/* VTD_SIDP_F_* of a device; 0 if no SIDP names it. */
u8 vtd_sidp_flags(struct device *dev);

typedef int (*vtd_device_fn)(struct device *dev, void *ctx);

/* Calls @fn for each namespace device of an ANDD that exists. */
int vtd_visit_acpi_devices(vtd_device_fn fn, void *ctx);

#endif
