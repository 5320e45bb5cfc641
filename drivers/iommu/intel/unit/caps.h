/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a unit can do, decoded once from VER, CAP and ECAP.
 */
#ifndef __VTD_UNIT_CAPS_H
#define __VTD_UNIT_CAPS_H

#include <linux/types.h>

/**
 * struct vtd_caps - capabilities under names; constant after init
 * @cap: CAP as read
 * @ecap: ECAP as read
 * @ver: VER as read
 * @major: major version
 * @minor: minor version
 * @did_bits: width of a domain id
 * @ndids: number of domain ids, 2^@did_bits
 * @mgaw: width of an input address in bits
 * @sagaw: VTD_SAGAW_*: second-stage depths
 * @sslps: VTD_SSLPS_*: second-stage large pages
 * @fault_at: byte offset of the fault records
 * @nfaults: number of fault records
 * @iotlb_at: byte offset of IVA; IOTLB is behind it
 * @mamv: largest order of a type-2 page-selective invalidation
 * @mhmv: largest order of an interrupt entry cache invalidation
 * @pasid_bits: width of a PASID; 0 without PASID support
 * @iotlb_drain: DW and DR bits for type-2 descriptors
 * @psi: type-2 page-selective invalidation
 * @cm: caching mode: a virtual unit; also absent entries are cached
 * @rwbf: software flushes write buffers
 * @plmr: low protected region
 * @phmr: high protected region
 * @zlr: zero-length reads of write-only pages pass
 * @fs1gp: 1 GiB pages in first stage
 * @fs5lp: 5-level first stage
 * @posted: posted interrupts
 * @ecmds: enhanced commands
 * @esirtps: setting the interrupt table flushes its cache
 * @esrtps: setting the root table flushes all caches
 * @coherent: tables (legacy: paging too) are snooped
 * @qi: queued invalidation
 * @dev_tlb: device TLBs
 * @ir: interrupt remapping
 * @eim: x2APIC destinations
 * @eimer: x2APIC mode only
 * @irreq: unremapped interrupts are blocked
 * @pt: pass-through
 * @sc: snoop control
 * @mts: memory types
 * @nest: nested translation
 * @prs: page requests
 * @srs: supervisor requests
 * @nwfs: no-write flag of translation requests
 * @eafs: extended accessed flag
 * @pasid: requests with PASID
 * @dit: device TLB invalidation throttling: PFSID counts
 * @pds: page request drain
 * @sm: scalable mode
 * @ssads: second-stage accessed/dirty, with the snooping it needs
 * @ssts: second stage in scalable mode
 * @fsts: first stage
 * @smpwcs: page walks may be snooped in scalable mode
 * @rps: RID_PASID field
 * @pms: performance monitoring
 * @adms: abort-DMA mode
 * @rprivs: RID_PRIV field
 * @ssirws: SSIRWE bit
 * @sms: stop markers
 * @always_drains: every IOTLB invalidation drains
 * @reg_inval: register-based invalidation works in legacy mode
 */
struct vtd_caps {
	u64 cap;
	u64 ecap;
	u32 ver;
	u8 major;
	u8 minor;

	u8 did_bits;
	u32 ndids;
	u8 mgaw;
	u8 sagaw;
	u8 sslps;
	u16 fault_at;
	u16 nfaults;
	u16 iotlb_at;
	u8 mamv;
	u8 mhmv;
	u8 pasid_bits;
	u64 iotlb_drain;

	bool psi:1;
	bool cm:1;
	bool rwbf:1;
	bool plmr:1;
	bool phmr:1;
	bool zlr:1;
	bool fs1gp:1;
	bool fs5lp:1;
	bool posted:1;
	bool ecmds:1;
	bool esirtps:1;
	bool esrtps:1;

	bool coherent:1;
	bool qi:1;
	bool dev_tlb:1;
	bool ir:1;
	bool eim:1;
	bool eimer:1;
	bool irreq:1;
	bool pt:1;
	bool sc:1;
	bool mts:1;
	bool nest:1;
	bool prs:1;
	bool srs:1;
	bool nwfs:1;
	bool eafs:1;
	bool pasid:1;
	bool dit:1;
	bool pds:1;
	bool sm:1;
	bool ssads:1;
	bool ssts:1;
	bool fsts:1;
	bool smpwcs:1;
	bool rps:1;
	bool pms:1;
	bool adms:1;
	bool rprivs:1;
	bool ssirws:1;
	bool sms:1;

	bool always_drains:1;
	bool reg_inval:1;
};

void vtd_caps_decode(u64 cap, u64 ecap, u32 ver, struct vtd_caps *caps);

/* Bytes of register space that the fields of @caps refer to, page-rounded. */
size_t vtd_caps_reg_size(const struct vtd_caps *caps);

/* Why no translation at all is possible; NULL if it is. */
const char *vtd_caps_unusable(const struct vtd_caps *caps);

/*
 * Widest second stage as an AW code (VTD_AW_*) that fits @sagaw; legacy mode,
 * or scalable mode with ssts. 0 if there is none.
 */
unsigned int vtd_caps_best_aw(const struct vtd_caps *caps);

/* The words for the line that is logged per unit; returns the length. */
int vtd_caps_describe(const struct vtd_caps *caps, char *buf, size_t size);

/**
 * struct vtd_caps_common - what holds for every unit of the machine
 * @all_qi: every unit has a queue
 * @all_sm: every unit has scalable mode with some usable stage
 * @all_pt: every unit has pass-through
 * @all_coherent: every unit snoops table accesses
 * @all_sc: every unit has snoop control
 * @all_ir: every unit remaps interrupts
 * @all_eim: every unit has x2APIC destinations
 * @any_eimer: some unit only works in x2APIC mode
 * @all_posted: every unit posts interrupts
 * @any_cm: some unit is virtual
 * @mgaw: smallest input width
 */
struct vtd_caps_common {
	bool all_qi;
	bool all_sm;
	bool all_pt;
	bool all_coherent;
	bool all_sc;
	bool all_ir;
	bool all_eim;
	bool any_eimer;
	bool all_posted;
	bool any_cm;
	u8 mgaw;
};

void vtd_caps_common_init(struct vtd_caps_common *common);
void vtd_caps_common_add(struct vtd_caps_common *common,
			 const struct vtd_caps *caps);

#endif
