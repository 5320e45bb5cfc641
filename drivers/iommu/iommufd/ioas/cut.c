// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cut an area in two.
 *
 *	[first             last]  ->  [first  iova - 1] [iova  last]
 *	       one pages_user            two, same pages object
 *
 * The translations stay as they are, so an IOMMU entry must not reach across
 * the cut: only with large pages off, when every entry is a page or less.
 *
 * Locks: tables_lock exclusive, so that nobody uses the bounds of a LIVE area
 *	without a lock; iova_lock for the tree.
 */
#include <linux/cleanup.h>
#include <linux/iommu.h>
#include <linux/sched/signal.h>

#include "ioas.h"

/* somebody else works on the area at this moment */
#define CUT_RETRY 1

/* The area that has @iova inside, not as its first. */
static struct ioas_area *cut_find_locked(struct iommufd_ioas *ioas,
					 unsigned long iova)
{
	MA_STATE(mas, &ioas->areas, iova, iova);
	struct ioas_area *area = mas_walk(&mas);

	lockdep_assert_held(&ioas->iova_lock);
	return area && area->first != iova ? area : NULL;
}

static int cut_check_locked(struct ioas_area *area, unsigned long iova,
			    struct iommufd_why *why)
{
	struct iommufd_ioas *ioas = area->ioas;

	lockdep_assert_held_write(&ioas->iova_lock);
	/* another thread maps or unmaps it, by bounds that it knows */
	if (area->state != IOAS_AREA_LIVE)
		return CUT_RETRY;
	if (ioas->large_pages)
		return iommufd_refuse(why, "iova",
				      "an area can only be cut with large pages off (value: its start)",
				      area->first, -EINVAL);
	if (iova & (ioas->alignment - 1))
		return iommufd_refuse(why, "iova",
				      "the cut is not a multiple of the alignment (value: where)",
				      iova, -EINVAL);
	if (atomic_read_acquire(&area->accesses))
		return iommufd_refuse(why, "iova",
				      "an in-kernel access pins the area to be cut (value: its start)",
				      area->first, -EINVAL);
	if (area->locks)
		return iommufd_refuse(why, "iova",
				      "a hardware queue lies in the area (value: its start)",
				      area->first, -EBUSY);
	/* which of the two it would go on in is not known */
	if (atomic_read_acquire(&area->copies))
		return CUT_RETRY;
	/* what a revocation unmaps is recorded per area */
	if (pages_revocation(area->pages))
		return iommufd_refuse(why, "iova",
				      "memory that its owner can revoke cannot be cut (value: its start)",
				      area->first, -EOPNOTSUPP);
	return 0;
}

static int cut_area_locked(struct ioas_area *lower, unsigned long iova)
{
	struct iommufd_ioas *ioas = lower->ioas;
	struct ioas_area *upper;
	int rc;

	lockdep_assert_held_write(&ioas->tables_lock);
	lockdep_assert_held_write(&ioas->iova_lock);
	upper = ioas_area_alloc(ioas, lower->pages,
				lower->start + (iova - lower->first),
				lower->prot);
	if (!upper)
		return -ENOMEM;
	upper->first = iova;
	upper->last = lower->last;
	upper->map_nr = lower->map_nr;

	/* what is left of the old entry is the lower half */
	MA_STATE(mas, &ioas->areas, upper->first, upper->last);
	rc = mas_store_gfp(&mas, upper, GFP_KERNEL_ACCOUNT);
	if (rc) {
		ioas_area_free(upper);
		return rc;
	}

	/* commit: nothing below can fail */
	lower->last = iova - 1;
	upper->state = lower->state;
	upper->closing = lower->closing;
	upper->ending = lower->ending;
	upper->filled = lower->filled;
	upper->pinned = lower->pinned;
	if (lower->pinned)
		pages_split_user(lower->pages, &lower->user, &upper->user,
				 ioas_area_index(lower, lower->last),
				 ioas_area_index(upper, upper->first));
	return 0;
}

static int cut_once(struct iommufd_ioas *ioas, unsigned long iova,
		    struct iommufd_why *why)
{
	struct ioas_area *area;
	int rc;

	ACQUIRE(ioas_all_kill, all)(ioas);
	rc = ACQUIRE_ERR(ioas_all_kill, &all);
	if (rc)
		return rc;

	area = cut_find_locked(ioas, iova);
	if (!area)
		return 0;
	rc = cut_check_locked(area, iova, why);
	if (rc)
		return rc;
	return cut_area_locked(area, iova);
}

/**
 * ioas_cut() - make no area reach across an IOVA
 * @ioas: the address space
 * @iova: an area that contains it and begins before it is cut here
 * @why: where the reason of a failure goes
 *
 * Context: may sleep; takes tables_lock exclusively when there is something to
 * cut, iova_lock, the pages lock. Waits for copies of in-kernel accesses.
 * Return: 0, or EINVAL: large pages are on, @iova is not aligned, an access
 * pins the area; EBUSY: a hardware queue lies in it; EOPNOTSUPP: its memory is
 * a dma-buf; ENOMEM; EINTR: killed.
 * Nothing has changed then.
 */
int ioas_cut(struct iommufd_ioas *ioas, unsigned long iova,
	     struct iommufd_why *why)
{
	int rc;

	scoped_guard(rwsem_read, &ioas->iova_lock)
		if (!cut_find_locked(ioas, iova))
			return 0;

	while ((rc = cut_once(ioas, iova, why)) == CUT_RETRY) {
		schedule_timeout_killable(1);
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return rc;
}
