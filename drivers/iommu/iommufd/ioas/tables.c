// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page tables of an IOAS, and what they and the listeners demand of it.
 *
 * Owns: the set of tables, the set of listeners, alignment, large pages.
 * Locks: tables_lock exclusive for the set of tables, iova_lock for the rest;
 *	neither while memory is pinned. pin_lock -> tables_lock -> iova_lock.
 */
#include <linux/iommu.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "ioas.h"
#include "pinning.h"
#include "removal.h"

static unsigned long domain_min_page(struct iommu_domain *domain)
{
	return 1UL << __ffs(domain->pgsize_bitmap);
}

/*
 * The alignment that all tables and listeners together ask for. @domain and
 * @listener are about to join and may be NULL.
 */
static unsigned long alignment_wanted(struct iommufd_ioas *ioas,
				      struct iommu_domain *domain,
				      struct ioas_listener *listener,
				      bool large_pages)
{
	struct ioas_listener *other;
	struct ioas_table *table;
	unsigned long alignment = 1;
	unsigned long index;

	if (domain)
		alignment = domain_min_page(domain);
	list_for_each_entry(table, &ioas->tables, item)
		alignment = max(alignment, domain_min_page(table->domain));

	if (!large_pages || (listener && listener->needs_pages))
		return max(alignment, PAGE_SIZE);
	xa_for_each(&ioas->listeners, index, other)
		if (other->needs_pages)
			return max(alignment, PAGE_SIZE);
	return alignment;
}

/* areas that exist must satisfy a stricter alignment */
static int alignment_check(struct iommufd_ioas *ioas, unsigned long alignment,
			   struct iommufd_why *why)
{
	MA_STATE(mas, &ioas->areas, 0, 0);
	struct ioas_area *area;

	if (alignment > PAGE_SIZE)
		return iommufd_refuse(why, "page size",
				      "the smallest IOMMU page is larger than a CPU page",
				      alignment, -EINVAL);
	if (alignment <= ioas->alignment)
		return 0;

	mas_for_each(&mas, area, ULONG_MAX) {
		if ((area->first | ioas_area_length(area) | area->start) &
		    (alignment - 1))
			return iommufd_refuse(why, "alignment",
					      "something mapped is aligned less than is now needed (value: its IOVA)",
					      area->first, -EADDRINUSE);
		cond_resched();
	}
	return 0;
}

static int aperture_reserve_one(struct iommufd_ioas *ioas, unsigned long first,
				unsigned long last, struct iommu_domain *domain,
				struct iommufd_why *why)
{
	struct iorange hit;

	MA_STATE(mas, &ioas->areas, first, first);

	if (mas_find(&mas, last))
		return iommufd_refuse(why, "aperture",
				      "something mapped lies outside the page table's aperture (value: its IOVA)",
				      mas.index, -EADDRINUSE);
	if (ioas_ranges_overlap(&ioas->allowed, first, last, &hit))
		return iommufd_refuse(why, "aperture",
				      "an allowed range lies outside the page table's aperture (value: its start)",
				      hit.first, -EADDRINUSE);
	return ioas_ranges_add(&ioas->reserved, first, last, domain);
}

static int aperture_reserve(struct iommufd_ioas *ioas,
			    struct iommu_domain *domain,
			    struct iommufd_why *why)
{
	unsigned long first = domain->geometry.aperture_start;
	unsigned long last = domain->geometry.aperture_end;
	int rc = 0;

	if (!domain->geometry.force_aperture)
		return 0;
	if (first)
		rc = aperture_reserve_one(ioas, 0, first - 1, domain, why);
	if (!rc && last != ULONG_MAX)
		rc = aperture_reserve_one(ioas, last + 1, ULONG_MAX, domain,
					  why);
	if (rc)
		ioas_ranges_remove_owner(&ioas->reserved, domain);
	return rc;
}

/*
 * Take the areas in front of @failed, or all, out of a table. They are in no
 * other when there is none.
 */
static void table_empty_locked(struct iommufd_ioas *ioas,
			       struct iommu_domain *domain,
			       struct ioas_area *failed)
{
	MA_STATE(mas, &ioas->areas, 0, 0);
	struct ioas_removal removal;
	struct ioas_area *area;

	lockdep_assert_held_write(&ioas->tables_lock);
	lockdep_assert_held_write(&ioas->iova_lock);
	ioas_removal_begin(&removal, domain);
	mas_for_each(&mas, area, ULONG_MAX) {
		if (area == failed)
			break;
		if (!area->filled)
			continue;
		ioas_area_remove(area, &removal);
		area->filled = ioas->ntables;
		cond_resched();
	}
	ioas_removal_end(&removal);
}

static int table_fill_locked(struct iommufd_ioas *ioas,
			     struct iommu_domain *domain,
			     struct iommufd_why *why)
{
	MA_STATE(mas, &ioas->areas, 0, 0);
	struct ioas_area *area;

	lockdep_assert_held_write(&ioas->tables_lock);
	lockdep_assert_held_write(&ioas->iova_lock);
	mas_for_each(&mas, area, ULONG_MAX) {
		int rc;

		/* whoever works on it does so when the lock is free */
		if (area->state != IOAS_AREA_LIVE)
			continue;
		rc = ioas_area_map(area, domain, why);
		if (rc) {
			table_empty_locked(ioas, domain, area);
			return rc;
		}
		area->filled = true;
		cond_resched();
	}
	return 0;
}

/* From success on nothing is mapped that the table cannot hold. */
static int table_announce(struct iommufd_ioas *ioas,
			  struct iommu_domain *domain, struct iommufd_why *why)
{
	int rc;

	ACQUIRE(ioas_all_kill, all)(ioas);
	rc = ACQUIRE_ERR(ioas_all_kill, &all);
	if (rc)
		return rc;

	rc = alignment_check(ioas, alignment_wanted(ioas, domain, NULL,
						    ioas->large_pages), why);
	if (!rc)
		rc = aperture_reserve(ioas, domain, why);
	if (!rc)
		ioas->npinners++;
	return rc;
}

static int table_join(struct iommufd_ioas *ioas, struct iommu_domain *domain,
		      struct iommufd_why *why)
{
	struct ioas_table *table __free(kfree) =
		kzalloc_obj(*table, GFP_KERNEL_ACCOUNT);
	unsigned long alignment;
	int rc;

	if (!table)
		return -ENOMEM;
	table->domain = domain;

	ACQUIRE(ioas_all_kill, all)(ioas);
	rc = ACQUIRE_ERR(ioas_all_kill, &all);
	if (rc)
		return rc;

	/* others have mapped since the table was announced */
	alignment = alignment_wanted(ioas, domain, NULL, ioas->large_pages);
	rc = alignment_check(ioas, alignment, why);
	if (rc)
		return rc;
	rc = table_fill_locked(ioas, domain, why);
	if (rc)
		return rc;

	/* commit: nothing below can fail */
	list_add_tail(&no_free_ptr(table)->item, &ioas->tables);
	ioas->alignment = alignment;
	ioas->ntables++;
	return 0;
}

static void table_renounce(struct iommufd_ioas *ioas,
			   struct iommu_domain *domain)
{
	scoped_guard(ioas_all, ioas) {
		ioas_ranges_remove_owner(&ioas->reserved, domain);
		ioas_iova_forget_full_locked(ioas);
		ioas->npinners--;
		if (!ioas_unpin_live_locked(ioas))
			return;
	}
	ioas_unpin_live(ioas);
}

/**
 * ioas_add_table() - let a domain map what the IOAS means
 * @ioas: the address space
 * @domain: an empty paging domain, attached to nothing
 * @why: where the reason of a failure goes
 *
 * Reserves what lies outside the domain's aperture, pins what was only
 * described so far and maps every area. Others map and unmap while memory is
 * being pinned.
 *
 * Context: may sleep; takes pin_lock, then, for the parts that wait for nobody,
 * tables_lock exclusively and iova_lock.
 * Return: 0, or EINVAL: smallest IOMMU page above PAGE_SIZE; EADDRINUSE: areas
 * or allowed ranges conflict with aperture or alignment; EINTR: killed;
 * EFAULT, ENOMEM: pinning or mapping failed. Nothing has changed then.
 */
int ioas_add_table(struct iommufd_ioas *ioas, struct iommu_domain *domain,
		   struct iommufd_why *why)
{
	int rc;

	ACQUIRE(mutex_kill, newcomer)(&ioas->pin_lock);
	rc = ACQUIRE_ERR(mutex_kill, &newcomer);
	if (rc)
		return rc;

	rc = table_announce(ioas, domain, why);
	if (rc)
		return rc;
	rc = ioas_pin_live(ioas, why);
	if (!rc)
		rc = table_join(ioas, domain, why);
	if (rc)
		table_renounce(ioas, domain);
	return rc;
}

/**
 * ioas_remove_table() - a domain no longer maps the IOAS
 * @ioas: the address space
 * @domain: domain of ioas_add_table(), attached to nothing any more
 *
 * Empties the domain. The last one gives the pins back. Where others pin the
 * same memory at this moment, and go on for long, they stay until the memory
 * is unmapped.
 *
 * Context: may sleep; takes tables_lock exclusively, iova_lock. Waits for no
 * fault of user memory.
 */
void ioas_remove_table(struct iommufd_ioas *ioas, struct iommu_domain *domain)
{
	struct ioas_table *table, *next;

	scoped_guard(ioas_all, ioas) {
		list_for_each_entry_safe(table, next, &ioas->tables, item) {
			if (table->domain != domain)
				continue;
			list_del(&table->item);
			kfree(table);
		}
		ioas->ntables--;
		ioas->npinners--;
		table_empty_locked(ioas, domain, NULL);
		ioas_ranges_remove_owner(&ioas->reserved, domain);
		ioas_iova_forget_full_locked(ioas);
		ioas->alignment = alignment_wanted(ioas, NULL, NULL,
						   ioas->large_pages);
		if (!ioas_unpin_live_locked(ioas))
			return;
	}
	ioas_unpin_live(ioas);
}

/**
 * ioas_add_listener() - an in-kernel user attaches
 * @ioas: the address space
 * @listener: ops and needs_pages filled in, the rest zero
 * @why: where the reason of a failure goes
 *
 * Context: may sleep; takes tables_lock shared, iova_lock.
 * Return: 0, or EADDRINUSE: areas are not page aligned but it pins pages;
 * ENOMEM.
 */
int ioas_add_listener(struct iommufd_ioas *ioas,
		      struct ioas_listener *listener, struct iommufd_why *why)
{
	unsigned long alignment;
	int rc;

	guard(rwsem_read)(&ioas->tables_lock);
	guard(rwsem_write)(&ioas->iova_lock);

	alignment = alignment_wanted(ioas, NULL, listener, ioas->large_pages);
	rc = alignment_check(ioas, alignment, why);
	if (rc)
		return rc;
	rc = xa_alloc(&ioas->listeners, &listener->index, listener,
		      xa_limit_16b, GFP_KERNEL_ACCOUNT);
	if (rc)
		return rc;
	ioas->alignment = alignment;
	return 0;
}

/**
 * ioas_remove_listener() - an in-kernel user detaches
 * @ioas: the address space
 * @listener: it has dropped all its pins
 *
 * Waits for calls of its ops that run: the memory of the listener, and the
 * meaning of the IOVAs it is told, are the caller's again afterwards.
 *
 * Context: may sleep; takes tables_lock shared, iova_lock; no lock held that
 * an op of the listener takes.
 */
void ioas_remove_listener(struct iommufd_ioas *ioas,
			  struct ioas_listener *listener)
{
	scoped_guard(rwsem_read, &ioas->tables_lock) {
		guard(rwsem_write)(&ioas->iova_lock);
		xa_erase(&ioas->listeners, listener->index);
		ioas->alignment = alignment_wanted(ioas, NULL, NULL,
						   ioas->large_pages);
	}
	wait_var_event(&listener->ncalls, !atomic_read(&listener->ncalls));
}

/**
 * ioas_set_large_pages() - allow or forbid IOMMU pages above PAGE_SIZE
 * @ioas: the address space
 * @on: allow them
 * @why: where the reason of a failure goes
 *
 * Context: may sleep; takes tables_lock exclusively, iova_lock.
 * Return: 0, or EINVAL: tables map something with large pages already;
 * EADDRINUSE: areas are not page aligned.
 */
int ioas_set_large_pages(struct iommufd_ioas *ioas, bool on,
			 struct iommufd_why *why)
{
	unsigned long alignment;
	int rc;

	guard(ioas_all)(ioas);

	if (ioas->large_pages == on)
		return 0;
	if (!on && ioas->ntables && !mtree_empty(&ioas->areas))
		return iommufd_refuse(why, "val64",
				      "a page table maps something already, large pages may be in use",
				      on, -EINVAL);

	alignment = alignment_wanted(ioas, NULL, NULL, on);
	rc = alignment_check(ioas, alignment, why);
	if (rc)
		return rc;
	ioas->large_pages = on;
	ioas->alignment = alignment;
	return 0;
}

/**
 * ioas_get_large_pages() - may IOMMU pages be larger than PAGE_SIZE
 * @ioas: the address space
 *
 * Context: may sleep; takes iova_lock.
 * Return: true if they may.
 */
bool ioas_get_large_pages(struct iommufd_ioas *ioas)
{
	guard(rwsem_read)(&ioas->iova_lock);
	return ioas->large_pages;
}
