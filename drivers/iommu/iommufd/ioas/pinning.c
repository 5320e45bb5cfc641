// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pins of all that an IOAS means: made before the first page table comes,
 * given back after the last one has gone.
 *
 * A map pins its own areas, as long as &iommufd_ioas.npinners says so.
 *
 * Locks: none of the IOAS but pin_lock while memory is pinned: user space
 *	decides how long that takes.
 */
#include <linux/maple_tree.h>
#include <linux/sched.h>

#include "pinning.h"

/* ticks: how long whoever removes a table waits for others to pin */
#define UNPIN_MAX_TRIES 10

/* The next LIVE area from @iova on that is not pinned; its count keeps it. */
static struct ioas_area *pin_next(struct iommufd_ioas *ioas, unsigned long iova)
{
	MA_STATE(mas, &ioas->areas, iova, iova);
	struct ioas_area *area;

	guard(rwsem_read)(&ioas->iova_lock);
	mas_for_each(&mas, area, ULONG_MAX) {
		if (area->state == IOAS_AREA_LIVE && !area->pinned) {
			atomic_inc(&area->copies);
			return area;
		}
		cond_resched();
	}
	return NULL;
}

/**
 * ioas_pin_live() - pin what was only described so far
 * @ioas: the address space; @ioas->npinners counts the caller already
 * @why: where the reason of a failure goes
 *
 * Context: may sleep, as long as user space likes; holds @ioas->pin_lock, takes
 * iova_lock shared now and then.
 * Return: 0, or as ioas_area_pin(). What was pinned until then stays so.
 */
int ioas_pin_live(struct iommufd_ioas *ioas, struct iommufd_why *why)
{
	unsigned long iova = 0;
	struct ioas_area *area;

	lockdep_assert_held(&ioas->pin_lock);
	while ((area = pin_next(ioas, iova))) {
		unsigned long last = area->last;
		int rc = ioas_area_pin(area, why);

		/* it is pinned before an unmap sees that it may go on */
		atomic_dec_return_release(&area->copies);
		if (rc)
			return rc;
		if (last == ULONG_MAX)
			break;
		iova = last + 1;
	}
	return 0;
}

/**
 * ioas_unpin_live_locked() - give pins back that no page table needs
 * @ioas: the address space
 *
 * Context: may sleep; holds @ioas->tables_lock and iova_lock in write mode.
 * Return: true: of some areas others pin the memory at this moment.
 */
bool ioas_unpin_live_locked(struct iommufd_ioas *ioas)
{
	MA_STATE(mas, &ioas->areas, 0, 0);
	struct ioas_area *area;
	bool busy = false;

	lockdep_assert_held_write(&ioas->tables_lock);
	lockdep_assert_held_write(&ioas->iova_lock);
	if (ioas->npinners)
		return false;
	mas_for_each(&mas, area, ULONG_MAX) {
		cond_resched();
		if (area->state != IOAS_AREA_LIVE || !area->pinned)
			continue;
		if (pages_try_remove_user(area->pages, &area->user))
			area->pinned = false;
		else
			busy = true;
	}
	return busy;
}

/**
 * ioas_unpin_live() - the same, with a little patience
 * @ioas: the address space
 *
 * Who pins the same memory takes a moment, or as long as user space likes.
 * Whoever unbinds a device does not wait for that: the areas stay pinned until
 * they are unmapped, or until the next table has come and gone.
 *
 * Context: may sleep; takes @ioas->tables_lock and iova_lock in write mode.
 */
void ioas_unpin_live(struct iommufd_ioas *ioas)
{
	unsigned int tries;

	for (tries = 0; tries < UNPIN_MAX_TRIES; tries++) {
		schedule_timeout_uninterruptible(1);
		guard(ioas_all)(ioas);
		if (!ioas_unpin_live_locked(ioas))
			return;
	}
}
