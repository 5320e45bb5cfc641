/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A paging domain: one page table, the caches that know it, and who uses it.
 *
 *   vtd_domain ─┬─ page table (generic_pt)
 *               ├─ tags        where translations may be cached
 *               ├─ ids         its domain id at each unit
 *               └─ attachments devices and PASIDs
 */
#ifndef VTD_DOMAIN_DOMAIN_H
#define VTD_DOMAIN_DOMAIN_H

#include <linux/generic_pt/iommu.h>
#include <linux/iommu.h>
#include <linux/mutex.h>

#include "../device/device.h"
#include "../inval/tag.h"

struct vtd_attachment;
struct vtd_unit;

/**
 * enum vtd_translation_kind - how requests are answered
 * @VTD_BLOCKED: not at all
 * @VTD_IDENTITY: addresses are physical
 * @VTD_FIRST: by a first-stage table
 * @VTD_SECOND: by a second-stage table
 */
enum vtd_translation_kind {
	VTD_BLOCKED,
	VTD_IDENTITY,
	VTD_FIRST,
	VTD_SECOND,
};

/**
 * struct vtd_domain - a page table that devices can translate by
 * @domain: what the core sees
 * @pt: the page table, whatever its format
 * @first: the page table of a first stage
 * @second: the page table of a second stage
 * @kind: %VTD_FIRST or %VTD_SECOND; constant
 * @incoherent: tables are flushed from the CPU's caches; constant
 * @sc: the device that it was made for can be forced to snoop; constant
 * @tags: where translations may be cached
 * @lock: guards what follows, and changes of @tags
 * @ids: struct vtd_domain_id
 * @attachments: struct vtd_attachment
 * @snoop_force: no access of an attached device may bypass the CPU's caches
 * @mapped: something may have been mapped; only ever set
 *
 * Lock order: the group's lock (core) -> @lock -> vtd_requester.lock.
 */
struct vtd_domain {
	union {
		struct iommu_domain domain;
		struct pt_iommu pt;
		struct pt_iommu_x86_64 first;
		struct pt_iommu_vtdss second;
	};
	enum vtd_translation_kind kind;
	bool incoherent;
	bool sc;
	struct vtd_tags tags;

	struct mutex lock;	/* what follows, and changes of tags */
	struct list_head ids;
	struct list_head attachments;
	bool snoop_force;
	bool mapped;
};

PT_IOMMU_CHECK_DOMAIN(struct vtd_domain, pt, domain);
PT_IOMMU_CHECK_DOMAIN(struct vtd_domain, first.iommu, domain);
PT_IOMMU_CHECK_DOMAIN(struct vtd_domain, second.iommu, domain);

static inline struct vtd_domain *to_vtd_domain(struct iommu_domain *domain)
{
	return container_of(domain, struct vtd_domain, domain);
}

extern struct iommu_domain vtd_identity_domain;
extern struct iommu_domain vtd_blocked_domain;

struct iommu_domain *vtd_domain_alloc_paging(struct device *dev, u32 flags,
					     const struct iommu_user_data *data);
const char *vtd_domain_misfit_locked(const struct vtd_domain *domain,
				     const struct vtd_device *vd, u32 pasid)
	__must_hold(&domain->lock);
bool vtd_domain_can_snoop_locked(struct vtd_domain *domain)
	__must_hold(&domain->lock);
union vtd_entry vtd_domain_entry(const struct vtd_attachment *attachment);
union vtd_entry vtd_identity_entry(const struct vtd_device *vd, u32 pasid);

#endif
