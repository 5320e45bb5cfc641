/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The DMAR table as parsed: no pointer into firmware memory is left.
 *
 *   vtd_dmar ─┬─ drhds ── vtd_drhd ── scopes ── vtd_scope
 *             ├─ rmrrs ── vtd_rmrr ── scopes
 *             ├─ atsrs, satcs, sidps  likewise
 *             └─ andds, rhsas
 */
#ifndef __VTD_ACPI_DMAR_H
#define __VTD_ACPI_DMAR_H

#include <linux/list.h>
#include <linux/types.h>

#include "../hw/dmar_layout.h"

/**
 * struct vtd_dmar_log - where remarks about a table go
 * @note: called for each remark; @offset counts from the start of the table
 * @errors: number of structures that were refused
 */
struct vtd_dmar_log {
	void (*note)(struct vtd_dmar_log *log, u32 offset, const char *what);
	unsigned int errors;
};

/**
 * struct vtd_drhd - one remapping unit as firmware describes it
 * @node: in vtd_dmar.drhds
 * @scopes: devices behind it; the others of the segment if @include_all
 * @offset: where the structure stood, for messages
 * @base: register base
 * @order: the register set has 2^@order pages of 4 KiB
 * @segment: PCI segment
 * @numa_node: from the RHSA, NUMA_NO_NODE if unknown
 * @include_all: takes the devices of the segment that no other unit lists
 * @refused: the structure is damaged: nothing behind it may be translated. If
 *	its scopes cannot be told, @include_all is set too: any device that no
 *	other unit lists may be behind it
 * @owner: handle of the hot-added root bridge it came with; NULL: the table
 */
struct vtd_drhd {
	struct list_head node;
	struct list_head scopes;
	u32 offset;
	u64 base;
	u8 order;
	u16 segment;
	int numa_node;
	bool include_all;
	bool refused;
	void *owner;
};

/**
 * struct vtd_rmrr - memory that devices use on behalf of firmware
 * @node: in vtd_dmar.rmrrs
 * @scopes: the devices
 * @first: first byte, page aligned
 * @last: last byte, one before a page boundary
 * @segment: PCI segment
 */
struct vtd_rmrr {
	struct list_head node;
	struct list_head scopes;
	u64 first;
	u64 last;
	u16 segment;
};

/**
 * struct vtd_atsr - root ports below which ATS may be used
 * @node: in vtd_dmar.atsrs
 * @scopes: the root ports; empty if @all_ports
 * @segment: PCI segment
 * @all_ports: every root port of the segment
 * @owner: handle of the hot-added root bridge it came with; NULL: the table
 */
struct vtd_atsr {
	struct list_head node;
	struct list_head scopes;
	u16 segment;
	bool all_ports;
	void *owner;
};

/**
 * struct vtd_satc - integrated devices with a translation cache (SATC, SIDP)
 * @node: in vtd_dmar.satcs or vtd_dmar.sidps
 * @scopes: the devices; in a SIDP each carries flags
 * @segment: PCI segment
 * @required: SATC: the devices do not work without their cache
 * @owner: handle of the hot-added root bridge it came with; NULL: the table
 */
struct vtd_satc {
	struct list_head node;
	struct list_head scopes;
	u16 segment;
	bool required;
	void *owner;
};

/**
 * struct vtd_andd - a device that only the ACPI namespace knows
 * @node: in vtd_dmar.andds
 * @number: what scopes of type VTD_SCOPE_ACPI refer to
 * @name: its path
 */
struct vtd_andd {
	struct list_head node;
	u8 number;
	char name[];
};

/**
 * struct vtd_rhsa - which proximity domain a unit belongs to
 * @node: in vtd_dmar.rhsas
 * @base: register base of the unit
 * @domain: ACPI proximity domain
 */
struct vtd_rhsa {
	struct list_head node;
	u64 base;
	u32 domain;
};

/**
 * struct vtd_dmar - everything that was said about remapping units
 * @haw: host address width in bits
 * @flags: VTD_DMAR_F_*
 * @drhds: struct vtd_drhd, damaged ones included
 * @rmrrs: struct vtd_rmrr
 * @atsrs: struct vtd_atsr
 * @rhsas: struct vtd_rhsa
 * @andds: struct vtd_andd
 * @satcs: struct vtd_satc
 * @sidps: struct vtd_satc
 */
struct vtd_dmar {
	u8 haw;
	u8 flags;
	struct list_head drhds;
	struct list_head rmrrs;
	struct list_head atsrs;
	struct list_head rhsas;
	struct list_head andds;
	struct list_head satcs;
	struct list_head sidps;
};

/**
 * struct vtd_dmar_summary - what can be said of a table without memory
 * @units: number of DRHDs
 * @flags: VTD_DMAR_F_*
 */
struct vtd_dmar_summary {
	unsigned int units;
	u8 flags;
};

void vtd_dmar_init(struct vtd_dmar *dmar);
int vtd_dmar_parse(struct vtd_dmar *dmar, const void *table, size_t len,
		   struct vtd_dmar_log *log);
int vtd_dmar_parse_owned(struct vtd_dmar *dmar, const void *structs, size_t len,
			 void *owner, struct vtd_dmar_log *log);
int vtd_dmar_survey(const void *table, size_t len,
		    struct vtd_dmar_summary *summary, struct vtd_dmar_log *log);
void vtd_dmar_free(struct vtd_dmar *dmar);

#endif
