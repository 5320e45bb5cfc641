/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A set of IOVA ranges, each with an owner; ranges of different owners may
 * overlap.
 */
#ifndef __IOMMUFD_IOAS_RANGES_H
#define __IOMMUFD_IOAS_RANGES_H

#include <linux/interval_tree.h>

/**
 * struct iorange - a range of IOVA, both ends inclusive
 * @first: first IOVA
 * @last: last IOVA
 */
struct iorange {
	unsigned long first;
	unsigned long last;
};

/**
 * struct ioas_ranges - a set of owned ranges
 * @root: interval tree of the ranges
 * @nchanges: how often a range came or went
 */
struct ioas_ranges {
	struct rb_root_cached root;
	unsigned long nchanges;
};

#define IOAS_RANGES_INIT { .root = RB_ROOT_CACHED }

int ioas_ranges_add(struct ioas_ranges *ranges, unsigned long first,
		    unsigned long last, const void *owner);
void ioas_ranges_remove_owner(struct ioas_ranges *ranges, const void *owner);
void ioas_ranges_clear(struct ioas_ranges *ranges);
bool ioas_ranges_overlap(struct ioas_ranges *ranges, unsigned long first,
			 unsigned long last, struct iorange *hit);
bool ioas_ranges_first(struct ioas_ranges *ranges, unsigned long from,
		       struct iorange *range);
bool ioas_ranges_gap(struct ioas_ranges *ranges, unsigned long from,
		     struct iorange *gap);

#endif
