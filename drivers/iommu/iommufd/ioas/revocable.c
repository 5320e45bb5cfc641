// SPDX-License-Identifier: GPL-2.0-only
/*
 * Translations of memory that can be revoked.
 *
 * Owns: struct area_mapping, one for each table that maps such an area now.
 * Locks: pages_revocation.lock from before a translation is installed until it
 *	is known to the source, and while one is taken out and flushed: when a
 *	revocation is done no device reaches the memory.
 * Calls: the IOMMU core.
 *
 * A revocation takes no lock of the IOAS. The area and the table of a mapping
 * are there nevertheless: neither goes away before its mappings are off the
 * list. An area whose memory is revoked stays what it is, without translations.
 */
#include <linux/cleanup.h>
#include <linux/iommu.h>
#include <linux/slab.h>

#include "../pages/revoke.h"
#include "area.h"
#include "revocable.h"

/**
 * struct area_mapping - an area in a table
 * @mapping: how the source finds it
 * @area: the area
 * @domain: the table
 */
struct area_mapping {
	struct pages_mapping mapping;
	struct ioas_area *area;
	struct iommu_domain *domain;
};

static struct area_mapping *to_area_mapping(struct pages_mapping *mapping)
{
	return container_of(mapping, struct area_mapping, mapping);
}

/* Not gathered with others: the flush belongs under the lock. */
static void area_mapping_remove(struct pages_mapping *mapping)
{
	struct area_mapping *found = to_area_mapping(mapping);
	unsigned long length = ioas_area_length(found->area);

	WARN_ON(iommu_unmap(found->domain, found->area->first, length) !=
		length);
	kfree(found);
}

static struct pages_mapping *
mapping_find_locked(struct pages_revocation *revocation,
		    const struct ioas_area *area,
		    const struct iommu_domain *domain)
{
	struct pages_mapping *mapping;

	lockdep_assert_held(&revocation->lock);
	list_for_each_entry(mapping, &revocation->mappings, item) {
		struct area_mapping *found = to_area_mapping(mapping);

		if (found->area == area && found->domain == domain)
			return mapping;
	}
	return NULL;
}

/**
 * ioas_revocable_map() - install the translations of an area in one table
 * @area: of memory that can be revoked
 * @domain: the table
 * @install: does it
 * @why: where the reason of a failure goes
 *
 * If the memory is revoked nothing is installed.
 *
 * Context: may sleep; tables_lock held.
 * Return: 0, ENOMEM, or as @install.
 */
int ioas_revocable_map(struct ioas_area *area, struct iommu_domain *domain,
		       ioas_area_install_fn install, struct iommufd_why *why)
{
	struct pages_revocation *revocation = area->pages->revocation;
	struct area_mapping *new __free(kfree) =
		kzalloc_obj(*new, GFP_KERNEL_ACCOUNT);
	int rc;

	if (!new)
		return iommufd_refuse(why, "iova", "no memory", area->first,
				      -ENOMEM);
	new->mapping.revoke = area_mapping_remove;
	new->area = area;
	new->domain = domain;

	guard(mutex)(&revocation->lock);
	if (revocation->revoked)
		return 0;
	rc = install(area, domain, why);
	if (rc)
		return rc;
	list_add_tail(&no_free_ptr(new)->mapping.item, &revocation->mappings);
	return 0;
}

/**
 * ioas_revocable_unmap() - take the translations of an area out of one table
 * @area: of memory that can be revoked
 * @domain: the table
 *
 * They are flushed before it returns. Nothing is there if the memory was
 * revoked.
 *
 * Context: may sleep; tables_lock held. Does not allocate.
 */
void ioas_revocable_unmap(struct ioas_area *area, struct iommu_domain *domain)
{
	struct pages_revocation *revocation = area->pages->revocation;
	struct pages_mapping *mapping;

	guard(mutex)(&revocation->lock);
	mapping = mapping_find_locked(revocation, area, domain);
	if (!mapping)
		return;
	list_del(&mapping->item);
	area_mapping_remove(mapping);
}

/**
 * ioas_revocable_visit() - look at the translations of an area in one table
 * @area: of memory that can be revoked
 * @domain: the table
 * @visit: called while they are there, if they are; may not take mmap_lock nor
 *	fault, see revoke.h
 * @opaque: handed to @visit
 *
 * A revocation waits until @visit returns.
 *
 * Context: may sleep; tables_lock held.
 * Return: 0, or as @visit.
 */
int ioas_revocable_visit(struct ioas_area *area, struct iommu_domain *domain,
			 ioas_area_visit_fn visit, void *opaque)
{
	struct pages_revocation *revocation = area->pages->revocation;

	guard(mutex)(&revocation->lock);
	if (!mapping_find_locked(revocation, area, domain))
		return 0;
	return visit(area, opaque);
}
