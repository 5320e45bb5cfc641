/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device scopes: how a firmware structure names the devices it is about.
 */
#ifndef __VTD_ACPI_SCOPE_H
#define __VTD_ACPI_SCOPE_H

#include <linux/list.h>
#include <linux/types.h>

#include "../hw/dmar_layout.h"

struct pci_dev;
struct vtd_span;
struct vtd_dmar_log;

/**
 * struct vtd_hop - one step of a path
 * @devfn: of the bridge to go through, in the last hop of the device itself
 */
struct vtd_hop {
	u8 devfn;
};

/**
 * struct vtd_scope - one device scope entry; constant after parsing
 * @node: in the list of its structure
 * @type: which kind of device
 * @flags: VTD_SIDP_F_*, only in a SIDP
 * @enum_id: I/O APIC id, HPET number or namespace device number
 * @bus: where the path starts
 * @nhops: number of hops, one at least
 * @hops: the path
 */
struct vtd_scope {
	struct list_head node;
	enum vtd_scope_type type;
	u8 flags;
	u8 enum_id;
	u8 bus;
	u8 nhops;
	struct vtd_hop hops[] __counted_by(nhops);
};

int vtd_scopes_parse(const struct vtd_span *span, struct list_head *scopes,
		     struct vtd_dmar_log *log);
void vtd_scopes_free(struct list_head *scopes);

/* How well a PCI device fits a list of scopes; a larger value is better. */
enum vtd_scope_match {
	VTD_SCOPE_NO_MATCH,
	VTD_SCOPE_BELOW,	/* somewhere below a listed bridge */
	VTD_SCOPE_EXACT,	/* listed itself */
};

enum vtd_scope_match vtd_scopes_match_pci(const struct list_head *scopes,
					  struct pci_dev *pdev,
					  const struct vtd_scope **found);

/* Source id of an I/O APIC, HPET or namespace device; -ENODEV if unknown. */
int vtd_scope_sid(const struct vtd_scope *scope);

#endif
