// SPDX-License-Identifier: GPL-2.0-only
/*
 * Paging domains of either stage.
 *
 * Owns: struct vtd_domain.
 * Locks: vtd_domain.lock; map and unmap take none.
 * Calls: attach.c, inval/.
 */
#include <linux/iommu.h>
#include <linux/slab.h>

#include "../../iommu-pages.h"
#include "../inval/inval.h"
#include "../unit/unit.h"
#include "attach.h"
#include "domain.h"
#include "failed.h"
#include "paging.h"

/* Without snooped walks the unit reads tables from memory, not from caches. */
static bool walks_incoherently(const struct vtd_unit *unit)
{
	return unit->scalable ? !unit->caps.smpwcs : !unit->caps.coherent;
}

/**
 * vtd_paging_new() - a domain without a page table yet
 * @unit: the unit that it is made for
 * @kind: %VTD_FIRST or %VTD_SECOND
 * @flags: VTD_PAGING_*
 *
 * Context: may sleep.
 * Return: the domain; NULL without memory.
 */
struct vtd_domain *vtd_paging_new(const struct vtd_unit *unit,
				  enum vtd_translation_kind kind, unsigned int flags)
{
	struct vtd_domain *domain = kzalloc_obj(*domain);

	if (!domain)
		return NULL;
	domain->kind = kind;
	domain->sc = unit->caps.sc && !(flags & VTD_PAGING_NO_SNOOP);
	domain->incoherent = walks_incoherently(unit) ||
			     flags & VTD_PAGING_FLUSH_TABLES;
	vtd_tags_init(&domain->tags, &vtd_domain_tags_ops);
	mutex_init(&domain->lock);
	INIT_LIST_HEAD(&domain->ids);
	INIT_LIST_HEAD(&domain->attachments);
	domain->pt.nid = unit->numa_node;
	domain->pt.iommu_device = unit->iommu.dev;
	return domain;
}

/**
 * vtd_paging_free() - iommu_domain_ops.free
 * @domain: nothing is attached
 */
void vtd_paging_free(struct iommu_domain *domain)
{
	struct vtd_domain *vtd = to_vtd_domain(domain);

	WARN_ON_ONCE(!list_empty(&vtd->attachments));
	pt_iommu_deinit(&vtd->pt);
	mutex_destroy(&vtd->lock);
	kfree(vtd);
}

/**
 * vtd_domain_misfit_locked() - why can a device not use the page table of a domain?
 * @domain: the domain
 * @vd: the device
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 *
 * The lock is not given back before the device is attached: between the two the
 * domain could begin to force snooping.
 *
 * Return: the reason; NULL if it can.
 */
const char *vtd_domain_misfit_locked(const struct vtd_domain *domain,
				     const struct vtd_device *vd, u32 pasid)
{
	lockdep_assert_held(&domain->lock);
	/* Tables that were not flushed are no tables to a unit that does not snoop. */
	if (!domain->incoherent && !vtd_device_snoops_walks(vd, pasid))
		return "the tables are in the CPU's caches, where the unit does not look";
	if (domain->snoop_force && !vtd_device_can_force_snoop(vd, pasid))
		return "the domain forces snooping, which the device cannot be made to do";
	return domain->kind == VTD_FIRST ? vtd_first_misfit(domain, vd->unit) :
					   vtd_second_misfit(domain, vd->unit);
}

/**
 * vtd_domain_can_snoop_locked() - can all its users be forced to snoop?
 * @domain: the domain
 *
 * Without a user the device that it was made for answers; whoever is attached
 * later is checked then.
 *
 * Return: true if snooping can be enforced.
 */
bool vtd_domain_can_snoop_locked(struct vtd_domain *domain)
{
	struct vtd_attachment *attachment;

	lockdep_assert_held(&domain->lock);
	list_for_each_entry(attachment, &domain->attachments, node)
		if (!vtd_device_can_force_snoop(attachment->vd, attachment->pasid))
			return false;
	return domain->sc || !list_empty(&domain->attachments);
}

/**
 * vtd_domain_entry() - the table entry of a device that translates by a domain
 * @attachment: the device, the domain, and its id
 *
 * Return: the entry.
 */
union vtd_entry vtd_domain_entry(const struct vtd_attachment *attachment)
{
	struct vtd_domain *domain = attachment->domain;
	struct vtd_entry_attrs attrs =
		vtd_device_entry_attrs(attachment->vd, attachment->pasid,
				       attachment->did);

	attrs.snoop_force = domain->snoop_force;
	return domain->kind == VTD_FIRST ? vtd_first_entry(attachment, &attrs) :
					   vtd_second_entry(attachment, &attrs);
}

/**
 * vtd_paging_table() - the page table of a domain
 * @domain: the domain
 *
 * Return: where it is, and what it looks like.
 */
struct vtd_paging_table vtd_paging_table(struct vtd_domain *domain)
{
	return domain->kind == VTD_FIRST ? vtd_first_table(domain) :
					   vtd_second_table(domain);
}

/* What firmware says of requests without PASID; a PASID can use such a domain, too. */
static unsigned int paging_flags(const struct vtd_device *vd)
{
	unsigned int flags = 0;

	if (!vtd_device_snoops_walks(vd, IOMMU_NO_PASID))
		flags |= VTD_PAGING_FLUSH_TABLES;
	if (!vtd_device_can_force_snoop(vd, IOMMU_NO_PASID))
		flags |= VTD_PAGING_NO_SNOOP;
	return flags;
}

/**
 * vtd_domain_alloc_paging() - iommu_ops.domain_alloc_paging_flags
 * @dev: the device that it is made for
 * @flags: IOMMU_HWPT_ALLOC_*
 * @data: must be NULL
 *
 * Return: the domain; -EOPNOTSUPP for what it cannot do; -ENOMEM.
 */
struct iommu_domain *vtd_domain_alloc_paging(struct device *dev, u32 flags,
					     const struct iommu_user_data *data)
{
	struct vtd_device *vd = to_vtd_device(dev);
	const struct vtd_caps *caps = &vd->unit->caps;

	if (data || flags & ~IOMMU_HWPT_ALLOC_PASID)
		return ERR_PTR(-EOPNOTSUPP);
	if (flags & IOMMU_HWPT_ALLOC_PASID && !(vd->unit->scalable && caps->pasid))
		return ERR_PTR(-EOPNOTSUPP);
	if (vd->unit->scalable && caps->fsts)
		return vtd_first_alloc(vd->unit, paging_flags(vd));
	return vtd_second_alloc(vd->unit, paging_flags(vd));
}

/* iommu_domain_ops.attach_dev */
int vtd_paging_attach(struct iommu_domain *domain, struct device *dev,
		      struct iommu_domain *old)
{
	return vtd_attach_paging(to_vtd_domain(domain), to_vtd_device(dev),
				 IOMMU_NO_PASID);
}

/*
 * iommu_domain_ops.set_dev_pasid; what replaces the blocking domain was there
 * before a reset.
 */
int vtd_paging_set_pasid(struct iommu_domain *domain, struct device *dev,
			 ioasid_t pasid, struct iommu_domain *old)
{
	if (old && old->type == IOMMU_DOMAIN_BLOCKED)
		return vtd_attach_restore(to_vtd_domain(domain), to_vtd_device(dev),
					  pasid);
	return vtd_attach_paging(to_vtd_domain(domain), to_vtd_device(dev), pasid);
}

/* iommu_domain_ops.iotlb_sync: the range in @gather is not mapped any more. */
void vtd_paging_sync(struct iommu_domain *domain, struct iommu_iotlb_gather *gather)
{
	/* A table that is about to be freed must leave the upper-level caches. */
	bool leaf = iommu_pages_list_empty(&gather->freelist);

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
