// SPDX-License-Identifier: GPL-2.0-only
/*
 * Users of pages: each keeps a span pinned and charged.
 *
 * Owns: struct pages_user while it is in the cover, &iommufd_pages.npinned.
 * Locks: the caller holds pages->lock.
 * Calls: pin.c, charge.c, cover.c.
 */
#include <linux/lockdep.h>

#include "charge.h"
#include "pages.h"
#include "pin.h"
#include "source.h"

/*
 * Charged before it is pinned, so that the limit is never exceeded. If the memory
 * itself cannot be pinned, that is the reason given, and not the limit.
 */
static int charge_span_locked(struct iommufd_pages *pages, unsigned long first,
			      unsigned long last, unsigned long npages,
			      struct iommufd_why *why)
{
	int charged = pages_charge_locked(pages, npages);
	int rc = 0;

	lockdep_assert_held(&pages->lock);
	if (charged != -ENOMEM)
		return charged;
	if (pages->source->explain_span)
		rc = pages->source->explain_span(pages, first, last, why);
	return rc ?: pages_refuse_charge(npages, why);
}

/**
 * pages_add_user_locked() - keep a span pinned
 * @pages: the object
 * @user: caller's node, not in use
 * @first: first page index
 * @last: last page index
 * @why: where the reason of a failure goes
 *
 * Context: may sleep; caller holds pages->lock.
 * Return: as pages_add_user().
 */
int pages_add_user_locked(struct iommufd_pages *pages, struct pages_user *user,
			  unsigned long first, unsigned long last,
			  struct iommufd_why *why)
{
	unsigned long npages;
	int rc;

	lockdep_assert_held(&pages->lock);

	if (pages_cover_full(&pages->cover))
		return iommufd_refuse(why, "length",
				      "mapped or pinned too many times",
				      pages->cover.nspans, -ENOMEM);
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
	pages_cover_add(&pages->cover, &user->span, first, last);
	return 0;
}

/**
 * pages_remove_user_locked() - stop keeping a span pinned
 * @pages: the object
 * @user: node of pages_add_user_locked()
 *
 * Context: may sleep; caller holds pages->lock. Does not allocate, does not
 * fail.
 */
void pages_remove_user_locked(struct iommufd_pages *pages,
			      struct pages_user *user)
{
	unsigned long npages;

	lockdep_assert_held(&pages->lock);

	pages_cover_remove(&pages->cover, &user->span);
	npages = pages_unpin_holes_locked(pages, cover_span_first(&user->span),
					  cover_span_last(&user->span));
	if (!npages)
		return;
	pages->npinned -= npages;
	pages_uncharge_locked(pages, npages);
}
