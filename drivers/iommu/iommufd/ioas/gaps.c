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
