// SPDX-License-Identifier: GPL-2.0-only
/*
 * Areas that hardware reaches by physical address, and so cannot give up.
 *
 * An access is asked to drop its pins before an unmap. Nobody can ask the
 * hardware: while an area is locked, unmap says EBUSY.
 */
#include <linux/maple_tree.h>

#include "ioas.h"

static int lock_check_area(struct ioas_area *area, unsigned long iova,
			   struct iommufd_why *why)
{
	if (!area || area->first > iova || area->state != IOAS_AREA_LIVE)
		return iommufd_refuse(why, "iova",
				      "part of the range is not mapped (value: where)",
				      iova, -ENOENT);
	if (area->closing)
		return iommufd_refuse(why, "iova",
				      "the area is being unmapped (value: its start)",
				      area->first, -EINVAL);
	return 0;
}

static void unlock_areas_locked(struct iommufd_ioas *ioas, unsigned long first,
				unsigned long last)
{
	MA_STATE(mas, &ioas->areas, first, first);
	struct ioas_area *area;

	lockdep_assert_held_write(&ioas->iova_lock);
	mas_for_each(&mas, area, last) {
		if (!WARN_ON_ONCE(!area->locks))
			area->locks--;
	}
}

/**
 * ioas_lock_areas() - keep the areas behind a range from being unmapped
 * @ioas: the address space
 * @first: first IOVA
 * @last: last IOVA
 * @why: where the reason of a failure goes
 *
 * The memory may still have to be pinned. Undone by ioas_unlock_areas() of the
 * same range.
 *
 * Context: may sleep; takes ioas->iova_lock in write mode.
 * Return: 0, or an errno with nothing locked: ENOENT: not mapped from end to
 * end; EINVAL: an unmap waits for accesses to leave an area.
 */
int ioas_lock_areas(struct iommufd_ioas *ioas, unsigned long first,
		    unsigned long last, struct iommufd_why *why)
{
	MA_STATE(mas, &ioas->areas, first, first);
	unsigned long next = first;
	struct ioas_area *area;
	int rc;

	guard(rwsem_write)(&ioas->iova_lock);
	for (;;) {
		area = mas_find(&mas, last);
		rc = lock_check_area(area, next, why);
		if (rc)
			break;
		area->locks++;
		if (area->last >= last)
			return 0;
		next = area->last + 1;
	}
	if (next != first)
		unlock_areas_locked(ioas, first, next - 1);
	return rc;
}

/**
 * ioas_unlock_areas() - undo one ioas_lock_areas() of exactly this range
 * @ioas: the address space
 * @first: first IOVA
 * @last: last IOVA
 *
 * Context: may sleep; takes ioas->iova_lock in write mode.
 */
void ioas_unlock_areas(struct iommufd_ioas *ioas, unsigned long first,
		       unsigned long last)
{
	guard(rwsem_write)(&ioas->iova_lock);
	unlock_areas_locked(ioas, first, last);
}
