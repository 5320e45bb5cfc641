// SPDX-License-Identifier: GPL-2.0-only
/*
 * A range of memory with its pins: the object, and its users with the lock taken.
 *
 * Owns: struct iommufd_pages. Its users belong to the areas of ioas/, and to
 *	access.c.
 * Locks: pages->lock.
 * Calls: user.c, leave.c, charge.c, chunk.c, cover.c.
 */
#include <linux/build_bug.h>
#include <linux/cleanup.h>
#include <linux/iommu.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "charge.h"
#include "leave.h"
#include "pages.h"
#include "source.h"

/* There is one for each map, and many maps are of one page. */
static_assert(sizeof(struct mutex) > 24 ||
	      offsetof(struct iommufd_pages, room) <= 192);

static struct kmem_cache *pages_cache;

/**
 * iommufd_pages_init() - before the first object
 *
 * Context: module init.
 * Return: 0 or ENOMEM.
 */
int __init iommufd_pages_init(void)
{
	pages_cache = KMEM_CACHE(iommufd_pages, SLAB_ACCOUNT);
	return pages_cache ? 0 : -ENOMEM;
}

/**
 * iommufd_pages_exit() - behind the last object
 *
 * Context: module exit, may sleep.
 */
void iommufd_pages_exit(void)
{
	kmem_cache_destroy(pages_cache);
}

/**
 * pages_alloc() - make an object
 * @desc: what it describes
 *
 * Context: may sleep; GFP_KERNEL_ACCOUNT. Takes references on the mm, the
 *	group leader and the user of current.
 * Return: the object with one reference, or ERR_PTR: ENOMEM.
 */
struct iommufd_pages *pages_alloc(const struct pages_desc *desc)
{
	struct iommufd_pages *pages;
	unsigned long npages;

	/* Each field is set below: to clear all of it first costs as much again. */
	pages = kmem_cache_alloc(pages_cache, GFP_KERNEL_ACCOUNT);
	if (!pages)
		return ERR_PTR(-ENOMEM);

	/* commit: nothing below can fail */
	kref_init(&pages->kref);
	pages->writable = desc->writable;
	pages->start = desc->start;
	pages->length = desc->length;
	pages->source = desc->source;
	pages->source_data = NULL;
	init_llist_head(&pages->leavers);
	mutex_init(&pages->lock);
	pages_cover_init(&pages->cover);
	npages = (pages_sub_offset(pages) + desc->length - 1) / PAGE_SIZE + 1;
	pages_chunks_init(&pages->chunks, npages, pages_source_addr(pages));
	mutex_init(&pages->chunks_lock);
	pages->npinned = 0;
	pages_payer_init(&pages->payer, desc->charge_mode);
	pages->next_payer = NULL;
	return pages;
}

static void pages_release(struct kref *kref)
{
	struct iommufd_pages *pages = container_of(kref, struct iommufd_pages,
						   kref);

	pages_remove_leavers(pages);
	WARN_ON_ONCE(pages->cover.nspans || pages->npinned);
	pages_chunks_destroy(&pages->chunks);
	if (pages->source->release)
		pages->source->release(pages);
	pages_payer_release(&pages->payer);
	mutex_destroy(&pages->chunks_lock);
	mutex_destroy(&pages->lock);
	kmem_cache_free(pages_cache, pages);
}

void pages_get(struct iommufd_pages *pages)
{
	kref_get(&pages->kref);
}

void pages_put(struct iommufd_pages *pages)
{
	kref_put(&pages->kref, pages_release);
}

int pages_add_user(struct iommufd_pages *pages, struct pages_user *user,
		   unsigned long first, unsigned long last,
		   struct iommufd_why *why)
{
	if (WARN_ON_ONCE(first > last || last >= pages_npages(pages)))
		return -EINVAL;

	ACQUIRE(pages_kill, lock)(pages);
	if (ACQUIRE_ERR(pages_kill, &lock))
		return -EINTR;
	return pages_add_user_locked(pages, user, first, last, why);
}

int pages_remove_user(struct iommufd_pages *pages, struct pages_user *user)
{
	ACQUIRE(pages_kill, lock)(pages);
	if (ACQUIRE_ERR(pages_kill, &lock))
		return -EINTR;
	pages_remove_user_locked(pages, user);
	return 0;
}

bool pages_try_remove_user(struct iommufd_pages *pages,
			   struct pages_user *user)
{
	ACQUIRE(pages_try, lock)(pages);
	if (ACQUIRE_ERR(pages_try, &lock))
		return false;
	pages_remove_user_locked(pages, user);
	return true;
}

void pages_split_user(struct iommufd_pages *pages, struct pages_user *lower,
		      struct pages_user *upper, unsigned long lower_last,
		      unsigned long upper_first)
{
	guard(pages)(pages);
	/* a page that neither covers would stay pinned for ever */
	WARN_ON_ONCE(upper_first < lower_last || upper_first > lower_last + 1);
	pages_cover_add(&pages->cover, &upper->span, upper_first,
			cover_span_last(&lower->span));
	pages_cover_shorten(&pages->cover, &lower->span, lower_last);
}

unsigned int pages_get_runs(struct iommufd_pages *pages, unsigned long first,
			    unsigned long last, struct pages_run *runs,
			    unsigned int nruns, unsigned long *covered)
{
	unsigned int n;

	guard(mutex)(&pages->chunks_lock);
	n = pages_chunks_load(&pages->chunks, first, last, runs, nruns,
			      covered);
	/* not covered by a user of the caller */
	WARN_ON_ONCE(!n);
	return n;
}

void pages_get_numbers(struct iommufd_pages *pages,
		       struct pages_numbers *numbers)
{
	enum iommufd_charge_mode mode;

	/* numbers for people: an old or torn one does no harm */
	numbers->npinned = data_race(pages->npinned);
	numbers->ncharged = 0;
	/* the same here */
	mode = data_race(pages->payer.mode);
	if (!pages->source->mmio && mode != IOMMUFD_CHARGE_NONE)
		numbers->ncharged = numbers->npinned;
	numbers->shared = kref_read(&pages->kref) > 1;
}

int pages_iommu_prot(const struct iommufd_pages *pages)
{
	return pages->source->mmio ? IOMMU_MMIO : IOMMU_CACHE;
}
