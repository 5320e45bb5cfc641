// SPDX-License-Identifier: GPL-2.0-only
/*
 * What paging domains of either stage have in common.
 *
 * Owns: struct vtd_paging_domain.
 * Locks: vtd_domain.lock; map and unmap take none.
 * Calls: id.c, leaf.c, inval/.
 */
#include <linux/iommu.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "../../iommu-pages.h"
#include "../cmdline.h"
#include "../inval/inval.h"
#include "../mutant.h"
#include "../unit/unit.h"
#include "attachment.h"
#include "failed.h"
#include "leaf.h"
#include "paging.h"

/* Without snooped walks the unit reads tables from memory, not from caches. */
static bool walks_incoherently(const struct vtd_unit *unit)
{
	return unit->scalable ? !unit->caps.smpwcs : !unit->caps.coherent;
}

/**
 * vtd_paging_new() - a domain without a page table yet
 * @unit: the unit that it is made for
 * @kind: its kind
 * @flags: VTD_PAGING_*
 *
 * Context: may sleep.
 * Return: the domain; NULL without memory.
 */
struct vtd_paging_domain *vtd_paging_new(const struct vtd_unit *unit,
					 const struct vtd_kind *kind,
					 unsigned int flags)
{
	struct vtd_paging_domain *paging = kzalloc_obj(*paging);

	if (!paging)
		return NULL;
	paging->sc = unit->caps.sc && !(flags & VTD_PAGING_NO_SNOOP);
	paging->incoherent = walks_incoherently(unit) ||
			     flags & VTD_PAGING_FLUSH_TABLES;
	paging->nest_parent = flags & VTD_PAGING_NEST_PARENT;
	paging->pt.nid = unit->numa_node;
	paging->pt.iommu_device = unit->iommu.dev;
	vtd_domain_init(&paging->base, kind);
	return paging;
}

/**
 * vtd_paging_finish() - a domain has its page table now
 * @paging: the domain
 * @ops: what the core can ask of it
 * @page_sizes: page sizes that the unit can use
 *
 * Return: what the core sees of it.
 */
struct iommu_domain *vtd_paging_finish(struct vtd_paging_domain *paging,
				       const struct iommu_domain_ops *ops,
				       unsigned long page_sizes)
{
	struct iommu_domain *domain = &paging->base.domain;

	domain->ops = ops;
	domain->pgsize_bitmap &= page_sizes;
	if (vtd_cmdline()->superpages_off)
		domain->pgsize_bitmap = SZ_4K;
	vtd_leaf_init(paging);
	return domain;
}

/**
 * vtd_paging_free() - iommu_domain_ops.free
 * @domain: nothing is attached
 */
void vtd_paging_free(struct iommu_domain *domain)
{
	struct vtd_domain *vtd = to_vtd_domain(domain);
	struct vtd_paging_domain *paging = to_vtd_paging(vtd);

	WARN_ON_ONCE(!list_empty(&vtd->attachments));
	pt_iommu_deinit(&paging->pt);
	vtd_domain_exit(vtd);
	kfree(paging);
}

/**
 * vtd_paging_flags() - what firmware says of requests without PASID
 * @vd: the device that a domain is made for
 *
 * A PASID can use such a domain, too.
 *
 * Return: VTD_PAGING_*.
 */
unsigned int vtd_paging_flags(const struct vtd_device *vd)
{
	unsigned int flags = 0;

	if (!vtd_device_snoops_walks(vd, IOMMU_NO_PASID))
		flags |= VTD_PAGING_FLUSH_TABLES;
	if (!vtd_device_can_force_snoop(vd, IOMMU_NO_PASID))
		flags |= VTD_PAGING_NO_SNOOP;
	return flags;
}

/**
 * vtd_paging_misfit_locked() - why can a device not use a page table of either stage?
 * @paging: the domain
 * @vd: the device
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 *
 * Return: the reason; NULL if it can.
 */
const char *vtd_paging_misfit_locked(const struct vtd_paging_domain *paging,
				     const struct vtd_device *vd, u32 pasid)
{
	lockdep_assert_held(&paging->base.lock);
	/* Tables that were not flushed are no tables to a unit that does not snoop. */
	if (!paging->incoherent && !vtd_device_snoops_walks(vd, pasid))
		return "the tables are in the CPU's caches, where the unit does not look";
	if (paging->snoop_force && !vtd_device_can_force_snoop(vd, pasid))
		return "the domain forces snooping, which the device cannot be made to do";
	return NULL;
}

/**
 * vtd_paging_can_snoop_locked() - can all its users be forced to snoop?
 * @paging: the domain
 *
 * Without a user the device that it was made for answers; whoever is attached
 * later is checked then.
 *
 * Return: true if snooping can be enforced.
 */
bool vtd_paging_can_snoop_locked(struct vtd_paging_domain *paging)
{
	struct vtd_domain *domain = &paging->base;
	struct vtd_attachment *attachment;

	lockdep_assert_held(&domain->lock);
	list_for_each_entry(attachment, &domain->attachments, node)
		if (!vtd_device_can_force_snoop(attachment->vd, attachment->pasid))
			return false;
	return paging->sc || !list_empty(&domain->attachments);
}

/**
 * vtd_paging_attrs() - what the entry of a device says besides its page table
 * @attachment: the device, its domain, and the domain's id. The domain is a paging
 *              domain, or nested in one: then all of this is the parent's
 *
 * Return: the attributes.
 */
struct vtd_entry_attrs vtd_paging_attrs(const struct vtd_attachment *attachment)
{
	const struct vtd_paging_domain *paging = to_vtd_paging(attachment->domain->top);
	struct vtd_entry_attrs attrs =
		vtd_device_entry_attrs(attachment->vd, attachment->pasid,
				       attachment->did);

	attrs.snoop_force = paging->snoop_force;
	attrs.track_dirty = paging->track_dirty;
	return attrs;
}

/**
 * vtd_paging_tags() - vtd_kind.tags: the unit's IOTLB, and the device's cache if any
 * @attachment: the device and its domain
 * @iotlb: the tag of the IOTLB
 * @places: where they are filled in
 *
 * Return: how many.
 */
unsigned int vtd_paging_tags(const struct vtd_attachment *attachment,
			     const struct vtd_tag_key *iotlb,
			     struct vtd_tag_place places[VTD_KIND_TAGS])
{
	struct vtd_tags *tags = &attachment->domain->tags;
	struct vtd_device *vd = attachment->vd;

	places[0] = (struct vtd_tag_place){ tags, *iotlb };
	if (!vd->ats_usable)
		return 1;
	places[1] = (struct vtd_tag_place){ tags, *iotlb };
	places[1].key.kind = VTD_TAG_DEVTLB;
	places[1].key.devtlb = &vd->devtlb;
	places[1].key.pasid = attachment->pasid;
	return 2;
}

/* iommu_domain_ops.iotlb_sync: the range in @gather is not mapped any more. */
void vtd_paging_sync(struct iommu_domain *domain, struct iommu_iotlb_gather *gather)
{
	/* A table that is about to be freed must leave the upper-level caches. */
	bool leaf = iommu_pages_list_empty(&gather->freelist);

	if (vtd_mutant(VTD_MUTANT_FREE_FIRST)) {
		iommu_put_pages_list(&gather->freelist);
		INIT_LIST_HEAD(&gather->freelist.pages);
	}
	if (gather->start <= gather->end)
		vtd_inval_range(&to_vtd_domain(domain)->tags, gather->start,
				gather->end, leaf ? VTD_INVAL_LEAF : 0);
	else if (!leaf)
		vtd_inval_all(&to_vtd_domain(domain)->tags);
	iommu_put_pages_list(&gather->freelist);
}

/* iommu_domain_ops.flush_iotlb_all */
void vtd_paging_flush_all(struct iommu_domain *domain)
{
	vtd_inval_all(&to_vtd_domain(domain)->tags);
}
