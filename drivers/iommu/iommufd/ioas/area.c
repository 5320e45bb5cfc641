// SPDX-License-Identifier: GPL-2.0-only
/*
 * Areas: in which page tables they are, and the pins of their pages.
 *
 * Owns: struct ioas_area.
 * Locks: &iommufd_ioas.tables_lock held by all callers, shared or exclusive.
 * Calls: install.c, revocable.c and removal.c for the translations, pages/ for
 *	the pins.
 */
#include <linux/build_bug.h>
#include <linux/iommu.h>
#include <linux/poison.h>
#include <linux/slab.h>

#include "install.h"
#include "ioas.h"
#include "removal.h"
#include "revocable.h"

/* The first area of an object costs no memory of its own. */
static_assert(sizeof(struct ioas_area) <= PAGES_ROOM_NBYTES);

static bool area_is_first(const struct ioas_area *area)
{
	return (const void *)area == area->pages->room;
}

static void area_init(struct ioas_area *area, struct iommufd_ioas *ioas,
		      struct iommufd_pages *pages, unsigned long start, int prot)
{
	*area = (struct ioas_area){
		.ioas = ioas,
		.start = start,
		.prot = prot | pages_iommu_prot(pages),
		.pages = pages,
		.state = IOAS_AREA_FILLING,
		.item = LIST_HEAD_INIT(area->item),
	};
	pages_get(pages);
}

/**
 * ioas_area_first() - the area of whoever has made the memory's object
 * @ioas: the address space
 * @pages: the memory, with no area yet; a reference is taken
 * @prot: IOMMU_READ, IOMMU_WRITE
 *
 * Context: any.
 * Return: the area, of all of the memory and not yet at any IOVA.
 */
struct ioas_area *ioas_area_first(struct iommufd_ioas *ioas,
				  struct iommufd_pages *pages, int prot)
{
	struct ioas_area *area = (struct ioas_area *)pages->room;

	/* whoever has one may have the first area as well */
	WARN_ON_ONCE(kref_read(&pages->kref) != 1);
	area_init(area, ioas, pages, pages_sub_offset(pages), prot);
	return area;
}

/**
 * ioas_area_alloc() - one more area, not yet at any IOVA
 * @ioas: the address space
 * @pages: the memory; a reference is taken
 * @start: byte of @pages the area begins at
 * @prot: IOMMU_READ, IOMMU_WRITE
 *
 * Context: may sleep.
 * Return: the area, or NULL when memory is short.
 */
struct ioas_area *ioas_area_alloc(struct iommufd_ioas *ioas,
				  struct iommufd_pages *pages,
				  unsigned long start, int prot)
{
	struct ioas_area *area = kmalloc_obj(*area, GFP_KERNEL_ACCOUNT);

	if (area)
		area_init(area, ioas, pages, start, prot);
	return area;
}

/* The first one stays until the last reference of its object is gone. */
static void area_free(struct ioas_area *area)
{
	if (!area_is_first(area))
		kfree(area);
	else if (IS_ENABLED(CONFIG_DEBUG_VM))
		memset(area, POISON_FREE, sizeof(*area));
}

static struct ioas_area *area_of_left(struct pages_leaver *leaver)
{
	return container_of(leaver, struct ioas_area, left);
}

static struct pages_user *left_user(struct pages_leaver *leaver)
{
	return &area_of_left(leaver)->user;
}

static void left_free(struct pages_leaver *leaver)
{
	area_free(area_of_left(leaver));
}

static const struct pages_leaver_ops area_leaver_ops = {
	.user = left_user,
	.free = left_free,
};

/**
 * ioas_area_free() - free an area that no table maps and no tree holds
 * @area: the area; if it is pinned, as the caller was killed, its pages are let go
 *	by whoever has kept it from that
 *
 * Context: may sleep.
 */
void ioas_area_free(struct ioas_area *area)
{
	struct iommufd_pages *pages = area->pages;

	if (area->pinned) {
		area->left.ops = &area_leaver_ops;
		pages_leave(pages, &area->left);
	} else {
		area_free(area);
	}
	pages_put(pages);
}

/**
 * ioas_area_map() - install the translations of an area in one table
 * @area: its pages are pinned
 * @domain: the table
 * @why: where the reason of a failure goes
 *
 * Memory that was revoked has no translations.
 *
 * Context: may sleep; tables_lock held.
 * Return: 0, or EINTR: killed; else the errno of the driver, ENOMEM mostly.
 * Nothing of the area is left in the table on failure.
 */
int ioas_area_map(struct ioas_area *area, struct iommu_domain *domain,
		  struct iommufd_why *why)
{
	if (pages_revocation(area->pages))
		return ioas_revocable_map(area, domain, why);
	return ioas_area_install(area, domain, why);
}

/**
 * ioas_area_remove() - take the translations of an area out of one table
 * @area: all of it is in the table; memory that was revoked is in none
 * @removal: begun; ioas_removal_end() takes the rest out and flushes
 *
 * Context: may sleep; tables_lock held. Does not allocate.
 */
void ioas_area_remove(struct ioas_area *area, struct ioas_removal *removal)
{
	lockdep_assert_held(&area->ioas->tables_lock);
	/* The owner may take its memory back at any moment: flushed at once. */
	if (pages_revocation(area->pages))
		ioas_revocable_unmap(area, removal->domain);
	else
		ioas_removal_add(removal, area->first, area->last);
}

static void area_unmap(struct ioas_area *area, struct iommu_domain *domain)
{
	struct ioas_removal removal;

	ioas_removal_begin(&removal, domain);
	ioas_area_remove(area, &removal);
	ioas_removal_end(&removal);
}

/**
 * ioas_area_pin() - keep the pages of an area pinned for page tables
 * @area: the area, not pinned; kept by the caller, see &ioas_area.pinned
 * @why: where the reason of a failure goes
 *
 * Context: may sleep, as long as user space likes: no lock of the IOAS held.
 * Return: 0, or as pages_add_user().
 */
int ioas_area_pin(struct ioas_area *area, struct iommufd_why *why)
{
	int rc = pages_add_user(area->pages, &area->user,
				ioas_area_index(area, area->first),
				ioas_area_index(area, area->last), why);

	if (!rc)
		area->pinned = true;
	return rc;
}

/**
 * ioas_area_unpin() - let the pages of an area go
 * @area: the area, in no page table; not being pinned is fine
 *
 * Context: as ioas_areas_unpin().
 */
void ioas_area_unpin(struct ioas_area *area)
{
	if (area->pinned && !pages_remove_user(area->pages, &area->user))
		area->pinned = false;
}

/**
 * ioas_areas_unpin() - let the pages of areas go
 * @areas: list of struct ioas_area by item; in no page table, some not pinned
 *
 * Others may pin the same memory for as long as user space likes. If the caller is
 * killed meanwhile an area stays pinned, to be freed next.
 *
 * Context: may sleep, as long as others pin the same memory: no lock of the
 * IOAS held. Does not allocate.
 */
void ioas_areas_unpin(struct list_head *areas)
{
	struct ioas_area *area;

	list_for_each_entry(area, areas, item) {
		ioas_area_unpin(area);
		cond_resched();
	}
}

/**
 * ioas_area_fill() - map an area in every table of its IOAS
 * @area: the area, pinned, in state FILLING
 * @why: where the reason of a failure goes
 *
 * Context: may sleep; tables_lock held.
 * Return: 0, or as ioas_area_map(); undone on failure.
 */
int ioas_area_fill(struct ioas_area *area, struct iommufd_why *why)
{
	struct list_head *tables = &area->ioas->tables;
	struct ioas_table *table;
	int rc;

	lockdep_assert_held(&area->ioas->tables_lock);

	list_for_each_entry(table, tables, item) {
		rc = ioas_area_map(area, table->domain, why);
		if (rc)
			goto undo;
	}
	area->filled = true;
	return 0;

undo:
	list_for_each_entry_continue_reverse(table, tables, item)
		area_unmap(area, table->domain);
	return rc;
}

static bool areas_any_filled(struct list_head *areas)
{
	struct ioas_area *area;

	list_for_each_entry(area, areas, item) {
		if (area->filled)
			return true;
		cond_resched();
	}
	return false;
}

/**
 * ioas_areas_drain() - take areas out of all tables
 * @ioas: the address space
 * @areas: list of struct ioas_area by item
 *
 * One flush per table for all areas, none if they are in no table. When this
 * returns every table has been flushed: until then a device may still reach the
 * pages, and then ioas_areas_unpin() may follow.
 *
 * Context: may sleep; tables_lock held. Does not allocate.
 */
void ioas_areas_drain(struct iommufd_ioas *ioas, struct list_head *areas)
{
	struct ioas_removal removal;
	struct ioas_table *table;
	struct ioas_area *area;

	lockdep_assert_held(&ioas->tables_lock);
	if (!areas_any_filled(areas))
		return;

	list_for_each_entry(table, &ioas->tables, item) {
		ioas_removal_begin(&removal, table->domain);
		list_for_each_entry(area, areas, item) {
			if (area->filled)
				ioas_area_remove(area, &removal);
			cond_resched();
		}
		ioas_removal_end(&removal);
		atomic_long_inc(&ioas->nflushes);
	}

	list_for_each_entry(area, areas, item) {
		area->filled = false;
		cond_resched();
	}
}
