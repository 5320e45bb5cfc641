// SPDX-License-Identifier: GPL-2.0-only
/*
 * Translations of memory that can be revoked.
 *
 * Owns: a struct pages_mapping for each table that maps such an area now.
 * Locks: pages_revocation.lock from before a translation is installed until it
 *	is known to the source, and while one is taken out and flushed: when a
 *	revocation is done no device reaches the memory.
 * Calls: install.c and removal.c.
 *
 * A revocation takes no lock of the IOAS. The area and the table of a mapping
 * are there nevertheless: neither goes away before its mappings are out of
 * the tree. An area whose memory is revoked stays what it is, without translations.
 */
#include <linux/cleanup.h>
#include <linux/iommu.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "../pages/revoke.h"
#include "area.h"
#include "install.h"
#include "removal.h"
#include "revocable.h"

/*
 * Not gathered with other memory: the flush belongs under the lock. What one
 * table has of this memory is flushed once.
 */
static void mappings_revoke(struct rb_root *mappings)
{
	struct ioas_removal removal = { .domain = NULL };
	struct pages_mapping *mapping, *next;
	struct ioas_area *area;
	struct rb_node *rb;

	for (rb = rb_first(mappings); rb; rb = rb_next(rb)) {
		mapping = rb_entry(rb, struct pages_mapping, rb);
		if (mapping->table != removal.domain) {
			if (removal.domain)
				ioas_removal_end(&removal);
			ioas_removal_begin(&removal, mapping->table);
		}
		area = mapping->owner;
		ioas_removal_add(&removal, area->first, area->last);
		cond_resched();
	}
	ioas_removal_end(&removal);
	rbtree_postorder_for_each_entry_safe(mapping, next, mappings, rb) {
		kfree(mapping);
		cond_resched();
	}
}

/**
 * ioas_revocable_map() - install the translations of an area in one table
 * @area: of memory that can be revoked
 * @domain: the table
 * @why: where the reason of a failure goes
 *
 * If the memory is revoked nothing is installed.
 *
 * Context: may sleep; tables_lock held.
 * Return: 0, ENOMEM, or as ioas_area_install().
 */
int ioas_revocable_map(struct ioas_area *area, struct iommu_domain *domain,
		       struct iommufd_why *why)
{
	struct pages_revocation *revocation = pages_revocation(area->pages);
	struct pages_mapping *new __free(kfree) =
		kzalloc_obj(*new, GFP_KERNEL_ACCOUNT);
	int rc;

	if (!new)
		return iommufd_refuse(why, "iova", "no memory", area->first,
				      -ENOMEM);
	new->revoke = mappings_revoke;
	new->table = domain;
	new->first = area->first;
	new->owner = area;

	guard(mutex)(&revocation->lock);
	if (revocation->revoked)
		return 0;
	rc = ioas_area_install(area, domain, why);
	if (rc)
		return rc;
	pages_mapping_add_locked(revocation, no_free_ptr(new));
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
	struct pages_revocation *revocation = pages_revocation(area->pages);
	struct pages_mapping *mapping;
	struct ioas_removal removal;

	guard(mutex)(&revocation->lock);
	mapping = pages_mapping_find_locked(revocation, domain, area->first);
	if (!mapping)
		return;
	pages_mapping_remove_locked(revocation, mapping);
	kfree(mapping);
	ioas_removal_begin(&removal, domain);
	ioas_removal_add(&removal, area->first, area->last);
	ioas_removal_end(&removal);
}

/**
 * ioas_revocable_visit() - look at the translations of an area in one table
 * @area: of memory that can be revoked
 * @domain: the table
 * @visit: called while they are there, if they are; may not take mmap_lock nor
 *	fault, see pages/revoke.h
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
	struct pages_revocation *revocation = pages_revocation(area->pages);

	guard(mutex)(&revocation->lock);
	if (!pages_mapping_find_locked(revocation, domain, area->first))
		return 0;
	return visit(area, opaque);
}
