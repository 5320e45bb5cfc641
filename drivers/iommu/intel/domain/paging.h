/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A paging domain: a domain with a page table of the library.
 */
#ifndef VTD_DOMAIN_PAGING_H
#define VTD_DOMAIN_PAGING_H

#include <linux/generic_pt/iommu.h>
#include <linux/iommu.h>

#include "domain.h"
#include "kind.h"

struct vtd_attachment;
struct vtd_paging_domain;
struct vtd_unit;

/* The unit does not see tables in the CPU's caches, whatever it could. */
#define VTD_PAGING_FLUSH_TABLES	BIT(0)
/* Accesses are never made to snoop, whatever the unit could. */
#define VTD_PAGING_NO_SNOOP	BIT(1)
/* Tables of guests may be nested in it: a second stage, without read-only pages. */
#define VTD_PAGING_NEST_PARENT	BIT(2)
/* Pages that devices write to can be told. */
#define VTD_PAGING_TRACKS_DIRTY	BIT(3)

/**
 * struct vtd_paging_table - a page table as it is in memory
 * @root: physical address of the top table
 * @levels: how many levels it has
 * @marks: bits of a leaf that a unit sets when the page is used, and that the
 *         library does not
 * @flushed: the library's mark of an entry whose table has been flushed from the CPU's
 *           caches; only where that has to be
 */
struct vtd_paging_table {
	u64 root;
	unsigned int levels;
	u64 marks;
	u64 flushed;
};

/**
 * struct vtd_paging_domain - a domain with a page table
 * @table: where the table is, and what it looks like; constant
 * @incoherent: tables are flushed from the CPU's caches; constant
 * @sc: the device that it was made for can be forced to snoop; constant
 * @nest_parent: tables of guests may be nested in it; constant
 * @snoop_force: no access of an attached device may bypass the CPU's caches; guarded by
 *               the domain's lock
 * @track_dirty: units mark the entries of pages that devices write to; guarded by the
 *               domain's lock
 * @mapped: something may have been mapped; only ever set
 * @leaf_bits: what the library wrote into the entry of a small page, with the
 *             protection that it was for in place of the address, by what of
 *             read and write is allowed; 0: not known
 * @forced_bits: what the entry of every small page must have from now on; guarded by
 *               the domain's lock
 * @library: operations of the page table by the library; constant
 * @pt_ops: operations of the page table, see leaf.c; constant
 * @base: the domain
 * @head: the part of it that stands before the page table
 * @pt: the page table, whatever its format
 * @first: the page table of a first stage
 * @second: the page table of a second stage
 */
struct vtd_paging_domain {
	struct vtd_paging_table table;
	bool incoherent;
	bool sc;
	bool nest_parent;
	bool snoop_force;
	bool track_dirty;
	bool mapped;
	u64 leaf_bits[1 + (IOMMU_READ | IOMMU_WRITE)];
	u64 forced_bits;
	const struct pt_iommu_ops *library;
	struct pt_iommu_ops pt_ops;
	union {
		struct vtd_domain base;
		struct {
			u8 head[offsetof(struct vtd_domain, domain)];
			union {
				struct pt_iommu pt;
				struct pt_iommu_x86_64 first;
				struct pt_iommu_vtdss second;
			};
		};
	};
};

PT_IOMMU_CHECK_DOMAIN(struct vtd_paging_domain, pt, base.domain);
PT_IOMMU_CHECK_DOMAIN(struct vtd_paging_domain, first.iommu, base.domain);
PT_IOMMU_CHECK_DOMAIN(struct vtd_paging_domain, second.iommu, base.domain);

/* @domain: a paging domain */
static inline struct vtd_paging_domain *to_vtd_paging(struct vtd_domain *domain)
{
	return container_of(domain, struct vtd_paging_domain, base);
}

static inline struct vtd_paging_table vtd_paging_table(struct vtd_domain *domain)
{
	return to_vtd_paging(domain)->table;
}

struct vtd_paging_domain *vtd_paging_new(const struct vtd_unit *unit,
					 const struct vtd_kind *kind,
					 unsigned int flags);
struct iommu_domain *vtd_paging_finish(struct vtd_paging_domain *paging,
				       const struct iommu_domain_ops *ops,
				       unsigned long page_sizes);
void vtd_paging_free(struct iommu_domain *domain);
unsigned int vtd_paging_flags(const struct vtd_device *vd);

const char *vtd_paging_misfit_locked(const struct vtd_paging_domain *paging,
				     const struct vtd_device *vd, u32 pasid)
	__must_hold(&paging->base.lock);
bool vtd_paging_can_snoop_locked(struct vtd_paging_domain *paging)
	__must_hold(&paging->base.lock);
struct vtd_entry_attrs vtd_paging_attrs(const struct vtd_attachment *attachment);
unsigned int vtd_paging_tags(const struct vtd_attachment *attachment,
			     const struct vtd_tag_key *iotlb,
			     struct vtd_tag_place places[VTD_KIND_TAGS]);

void vtd_paging_sync(struct iommu_domain *domain, struct iommu_iotlb_gather *gather);
void vtd_paging_flush_all(struct iommu_domain *domain);

#endif
