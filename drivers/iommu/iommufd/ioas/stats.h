/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an IOAS holds, in numbers.
 */
#ifndef __IOMMUFD_IOAS_STATS_H
#define __IOMMUFD_IOAS_STATS_H

#include <linux/xarray.h>

#include "ioas.h"

/**
 * struct ioas_stats - numbers for people
 * @nareas: areas
 * @ntables: page tables that map them
 * @nreserved: ranges that devices and page tables forbid
 * @alignment: what IOVAs and lengths are multiples of
 * @nflushes: how often page tables were flushed for an unmap
 * @mapped: bytes mapped
 * @pinned: bytes pinned, of memory not seen before
 * @charged: the part of @pinned that counts against a limit
 */
struct ioas_stats {
	unsigned long nareas;
	unsigned int ntables;
	unsigned long nreserved;
	unsigned long alignment;
	unsigned long nflushes;
	u64 mapped;
	u64 pinned;
	u64 charged;
};

int ioas_get_stats(struct iommufd_ioas *ioas, struct xarray *seen,
		   struct ioas_stats *stats);

#endif
