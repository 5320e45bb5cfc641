// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an IOAS holds, in numbers, for /proc/<pid>/fdinfo.
 *
 * Locks: iova_lock shared, given back now and then: numbers that are read
 *	while others map and unmap need not be of one moment.
 */
#include <linux/cleanup.h>
#include <linux/sched/signal.h>

#include "stats.h"

#define STATS_BATCH 1024

static int stats_add_area(const struct ioas_area *area, struct xarray *seen,
			  struct ioas_stats *stats)
{
	struct pages_numbers numbers;
	int rc;

	stats->nareas++;
	stats->mapped += ioas_area_length(area);

	pages_get_numbers(area->pages, &numbers);
	if (numbers.shared) {
		rc = xa_insert(seen, (unsigned long)area->pages,
			       xa_mk_value(1), GFP_KERNEL_ACCOUNT);
		if (rc)
			return rc == -EBUSY ? 0 : rc;
	}
	stats->pinned += (u64)numbers.npinned << PAGE_SHIFT;
	stats->charged += (u64)numbers.ncharged << PAGE_SHIFT;
	return 0;
}

/* Return: more than 0: @next is where to go on */
static int stats_add_batch(struct iommufd_ioas *ioas, unsigned long *next,
			   struct xarray *seen, struct ioas_stats *stats)
{
	MA_STATE(mas, &ioas->areas, *next, *next);
	unsigned int budget = STATS_BATCH;
	struct ioas_area *area;
	int rc;

	ACQUIRE(rwsem_read_intr, lock)(&ioas->iova_lock);
	rc = ACQUIRE_ERR(rwsem_read_intr, &lock);
	if (rc)
		return rc;

	mas_for_each(&mas, area, ULONG_MAX) {
		rc = stats_add_area(area, seen, stats);
		if (rc)
			return rc;
		if (area->last == ULONG_MAX)
			return 0;
		*next = area->last + 1;
		if (!--budget)
			return 1;
	}
	return 0;
}

static int stats_add_tables(struct iommufd_ioas *ioas, struct ioas_stats *stats)
{
	int rc = down_read_interruptible(&ioas->tables_lock);

	if (rc)
		return rc;
	stats->ntables = ioas->ntables;
	up_read(&ioas->tables_lock);
	return 0;
}

static int stats_add_rest(struct iommufd_ioas *ioas, struct ioas_stats *stats)
{
	unsigned long from = 0;
	struct iorange range;
	int rc;

	stats->nflushes = atomic_long_read(&ioas->nflushes);
	rc = stats_add_tables(ioas, stats);
	if (rc)
		return rc;

	ACQUIRE(rwsem_read_intr, lock)(&ioas->iova_lock);
	rc = ACQUIRE_ERR(rwsem_read_intr, &lock);
	if (rc)
		return rc;
	stats->alignment = ioas->alignment;
	while (ioas_ranges_first(&ioas->reserved, from, &range)) {
		stats->nreserved++;
		if (range.last == ULONG_MAX)
			break;
		from = range.last + 1;
	}
	return 0;
}

/**
 * ioas_get_stats() - count what an IOAS holds
 * @ioas: the address space
 * @seen: memory that was counted already and may be met again; empty at the
 *	first IOAS of a context, destroyed by the caller
 * @stats: filled in
 *
 * Context: may sleep; takes tables_lock and iova_lock shared.
 * Return: 0, or ENOMEM; EINTR: a signal is pending, which also ends the wait for
 * who maps or attaches. What was counted until then is in @stats.
 */
int ioas_get_stats(struct iommufd_ioas *ioas, struct xarray *seen,
		   struct ioas_stats *stats)
{
	unsigned long next = 0;
	int rc;

	*stats = (struct ioas_stats){};
	rc = stats_add_rest(ioas, stats);
	if (rc)
		return rc;
	do {
		rc = stats_add_batch(ioas, &next, seen, stats);
		if (rc > 0 && signal_pending(current))
			rc = -EINTR;
		cond_resched();
	} while (rc > 0);
	return rc;
}
