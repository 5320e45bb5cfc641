// SPDX-License-Identifier: GPL-2.0-only
/*
 * What of the IOVA space may be mapped, for callers that report it.
 */
#include <linux/cleanup.h>

#include "ioas.h"

/**
 * ioas_get_gaps() - the ranges between the reserved ones
 * @ioas: the address space
 * @gaps: the first @room of them go here, in order
 * @room: size of @gaps, may be 0
 *
 * Context: may sleep; takes iova_lock.
 * Return: how many there are, at one moment.
 */
unsigned long ioas_get_gaps(struct iommufd_ioas *ioas, struct iorange *gaps,
			    unsigned long room)
{
	unsigned long from = 0;
	unsigned long n = 0;
	struct iorange gap;

	guard(rwsem_read)(&ioas->iova_lock);
	while (ioas_ranges_gap(&ioas->reserved, from, &gap)) {
		if (n < room)
			gaps[n] = gap;
		n++;
		if (gap.last == ULONG_MAX)
			break;
		from = gap.last + 1;
	}
	return n;
}

static int gaps_walk_locked(struct iommufd_ioas *ioas,
			    struct ioas_gap_walk *walk)
{
	struct iorange gap;

	lockdep_assert_held(&ioas->iova_lock);
	if (walk->begun && walk->nchanges != ioas->reserved.nchanges)
		return -EAGAIN;
	walk->begun = true;
	walk->nchanges = ioas->reserved.nchanges;
	walk->alignment = ioas->alignment;
	while (walk->ngaps < ARRAY_SIZE(walk->gaps) && !walk->finished) {
		if (!ioas_ranges_gap(&ioas->reserved, walk->from, &gap)) {
			walk->finished = true;
			break;
		}
		walk->gaps[walk->ngaps++] = gap;
		walk->finished = gap.last == ULONG_MAX;
		walk->from = gap.last + 1;
	}
	return walk->ngaps;
}

/**
 * ioas_gaps_walk() - the next few ranges between the reserved ones
 * @ioas: the address space
 * @walk: zero at the start of a walk; its gaps are filled in
 *
 * For callers that need not hold the lock while they use what they got, such
 * as those that write to user memory.
 *
 * Context: may sleep; takes iova_lock.
 * Return: how many there are in @walk, 0: no more; or EAGAIN: the reserved
 * ranges have changed since the walk began. All that was returned so far is
 * void then.
 */
int ioas_gaps_walk(struct iommufd_ioas *ioas, struct ioas_gap_walk *walk)
{
	guard(rwsem_read)(&ioas->iova_lock);
	walk->ngaps = 0;
	return gaps_walk_locked(ioas, walk);
}
