// SPDX-License-Identifier: GPL-2.0-only
/*
 * A range of memory with its pins: the object and its users.
 *
 * Owns: struct iommufd_pages; the users that accesses pin with. The users of
 *	page tables belong to the areas of ioas/.
 * Locks: pages->lock.
 * Calls: pin.c, charge.c, chunk.c.
 */
#include <linux/cleanup.h>
#include <linux/iommu.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "charge.h"
#include "pages.h"
#include "pin.h"
#include "source.h"

#define ACCESS_NRUNS 16

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

	pages = kzalloc_obj(*pages, GFP_KERNEL_ACCOUNT);
	if (!pages)
		return ERR_PTR(-ENOMEM);

	/* commit: nothing below can fail */
	kref_init(&pages->kref);
	mutex_init(&pages->lock);
	pages->users = RB_ROOT_CACHED;
	pages->source = desc->source;
	pages->sub_offset = offset_in_page(desc->start);
	pages->source_addr = desc->start - pages->sub_offset;
	pages->length = desc->length;
	pages->npages = (pages->sub_offset + desc->length - 1) / PAGE_SIZE + 1;
	pages->writable = desc->writable;
	pages_chunks_init(&pages->chunks, pages->npages, pages->source_addr);
	pages_payer_init(&pages->payer, desc->charge_mode);
	return pages;
}

static void pages_release(struct kref *kref)
{
	struct iommufd_pages *pages = container_of(kref, struct iommufd_pages,
						   kref);

	WARN_ON_ONCE(!RB_EMPTY_ROOT(&pages->users.rb_root) || pages->npinned);
	pages_chunks_destroy(&pages->chunks);
	if (pages->source->release)
		pages->source->release(pages);
	pages_payer_release(&pages->payer);
	mutex_destroy(&pages->lock);
	kfree(pages);
}

void pages_get(struct iommufd_pages *pages)
{
	kref_get(&pages->kref);
}

void pages_put(struct iommufd_pages *pages)
{
	kref_put(&pages->kref, pages_release);
}

/*
 * The charge comes before the pin, as a limit is no limit for pins that are made
 * first. What is wrong with the memory itself is said nevertheless.
 */
static int charge_span_locked(struct iommufd_pages *pages, unsigned long first,
			      unsigned long last, unsigned long npages,
			      struct iommufd_why *why)
{
	int charged = pages_charge_locked(pages, npages);
	int rc = 0;

	if (charged != -ENOMEM)
		return charged;
	if (pages->source->explain_span)
		rc = pages->source->explain_span(pages, first, last, why);
	return rc ?: pages_refuse_charge(npages, why);
}

static int add_user_locked(struct iommufd_pages *pages,
			   struct pages_user *user, unsigned long first,
			   unsigned long last, struct iommufd_why *why)
{
	unsigned long npages;
	int rc;

	lockdep_assert_held(&pages->lock);

	npages = pages_count_holes_locked(pages, first, last);
	if (npages) {
		if (pages->source->check_span) {
			rc = pages->source->check_span(pages, first, last, why);
			if (rc)
				return rc;
		}
		rc = charge_span_locked(pages, first, last, npages, why);
		if (rc)
			return rc;
		rc = pages_pin_holes_locked(pages, first, last, why);
		if (rc) {
			pages_uncharge_locked(pages, npages);
			return rc;
		}
	}

	/* commit: nothing below can fail */
	pages->npinned += npages;
	user->node.start = first;
	user->node.last = last;
	interval_tree_insert(&user->node, &pages->users);
	return 0;
}

static void remove_user_locked(struct iommufd_pages *pages,
			       struct pages_user *user)
{
	unsigned long npages;

	lockdep_assert_held(&pages->lock);

	interval_tree_remove(&user->node, &pages->users);
	npages = pages_unpin_holes_locked(pages, user->node.start,
					  user->node.last);
	if (!npages)
		return;
	pages->npinned -= npages;
	pages_uncharge_locked(pages, npages);
}

int pages_add_user(struct iommufd_pages *pages, struct pages_user *user,
		   unsigned long first, unsigned long last,
		   struct iommufd_why *why)
{
	if (WARN_ON_ONCE(first > last || last >= pages->npages))
		return -EINVAL;

	ACQUIRE(mutex_kill, lock)(&pages->lock);
	if (ACQUIRE_ERR(mutex_kill, &lock))
		return -EINTR;
	return add_user_locked(pages, user, first, last, why);
}

void pages_remove_user(struct iommufd_pages *pages, struct pages_user *user)
{
	guard(mutex)(&pages->lock);
	remove_user_locked(pages, user);
}

void pages_split_user(struct iommufd_pages *pages, struct pages_user *lower,
		      struct pages_user *upper, unsigned long lower_last,
		      unsigned long upper_first)
{
	guard(mutex)(&pages->lock);
	/* a page that neither covers would stay pinned for ever */
	WARN_ON_ONCE(upper_first < lower_last || upper_first > lower_last + 1);
	interval_tree_remove(&lower->node, &pages->users);
	upper->kind = lower->kind;
	upper->node.start = upper_first;
	upper->node.last = lower->node.last;
	lower->node.last = lower_last;
	interval_tree_insert(&lower->node, &pages->users);
	interval_tree_insert(&upper->node, &pages->users);
}

unsigned int pages_get_runs(struct iommufd_pages *pages, unsigned long first,
			    unsigned long last, struct pages_run *runs,
			    unsigned int nruns, unsigned long *covered)
{
	unsigned int n;

	guard(mutex)(&pages->lock);
	n = pages_chunks_load(&pages->chunks, first, last, runs, nruns,
			      covered);
	/* Not covered by a user of the caller. */
	WARN_ON_ONCE(!n);
	return n;
}

/*
 * The longest user that accesses pinned a span from @first on with, which does
 * not reach beyond @last, or NULL.
 */
static struct pages_user *find_access_locked(struct iommufd_pages *pages,
					     unsigned long first,
					     unsigned long last)
{
	struct interval_tree_node *node;
	struct pages_user *user, *longest = NULL;

	lockdep_assert_held(&pages->lock);

	for (node = interval_tree_iter_first(&pages->users, first, first); node;
	     node = interval_tree_iter_next(node, first, first)) {
		user = container_of(node, struct pages_user, node);
		if (user->kind == PAGES_USER_ACCESS && node->start == first &&
		    node->last <= last &&
		    (!longest || node->last > longest->node.last))
			longest = user;
	}
	return longest;
}

static int access_get_locked(struct iommufd_pages *pages, unsigned long first,
			     unsigned long last, struct iommufd_why *why)
{
	struct pages_user *found = find_access_locked(pages, first, last);
	int rc;

	if (found && found->node.last == last) {
		if (found->count == UINT_MAX)
			return iommufd_refuse(why, "iova",
					      "pinned too many times", first,
					      -ENOMEM);
		found->count++;
		return 0;
	}

	struct pages_user *user __free(kfree) =
		kzalloc_obj(*user, GFP_KERNEL_ACCOUNT);
	if (!user)
		return iommufd_refuse(why, "iova", "no memory", first, -ENOMEM);
	user->kind = PAGES_USER_ACCESS;
	user->count = 1;
	rc = add_user_locked(pages, user, first, last, why);
	if (rc)
		return rc;
	/* The interval tree has it; access_unpin finds it there. */
	retain_and_null_ptr(user);
	return 0;
}

static void fill_pages_locked(struct iommufd_pages *pages, unsigned long first,
			      unsigned long last, struct page **out)
{
	struct pages_run runs[ACCESS_NRUNS];
	unsigned long covered, j;
	unsigned int n, i;

	lockdep_assert_held(&pages->lock);

	for (; first <= last; first += covered) {
		n = pages_chunks_load(&pages->chunks, first, last, runs,
				      ACCESS_NRUNS, &covered);
		if (WARN_ON_ONCE(!n))
			return;
		for (i = 0; i < n; i++)
			for (j = 0; j < runs[i].npages; j++)
				*out++ = pfn_to_page(runs[i].pfn + j);
	}
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

int pages_access_pin(struct iommufd_pages *pages, unsigned long first,
		     unsigned long last, struct page **out,
		     struct iommufd_why *why)
{
	int rc;

	if (pages->source->mmio)
		return iommufd_refuse(why, "iova",
				      "device memory is not for the CPU", first,
				      -EINVAL);

	if (WARN_ON_ONCE(first > last || last >= pages->npages))
		return -EINVAL;

	ACQUIRE(mutex_kill, lock)(&pages->lock);
	if (ACQUIRE_ERR(mutex_kill, &lock))
		return -EINTR;
	rc = access_get_locked(pages, first, last, why);
	if (rc)
		return rc;
	if (out)
		fill_pages_locked(pages, first, last, out);
	return 0;
}

/* Do spans that accesses pinned make up this one, end to end? */
static bool access_covers_locked(struct iommufd_pages *pages,
				 unsigned long first, unsigned long last)
{
	struct pages_user *user;

	for (;; first = user->node.last + 1) {
		user = find_access_locked(pages, first, last);
		if (!user)
			return false;
		if (user->node.last == last)
			return true;
	}
}

unsigned int pages_access_unpin(struct iommufd_pages *pages,
				unsigned long first, unsigned long last)
{
	struct pages_user *user;
	unsigned int n = 0;
	unsigned long stop;

	guard(mutex)(&pages->lock);
	if (WARN_ON_ONCE(!access_covers_locked(pages, first, last)))
		return 0;
	do {
		user = find_access_locked(pages, first, last);
		stop = user->node.last;
		if (!--user->count) {
			remove_user_locked(pages, user);
			kfree(user);
		}
		first = stop + 1;
		n++;
	} while (stop != last);
	return n;
}
