// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sets of owned IOVA ranges.
 *
 * Owns: struct ioas_range. Locks: the caller's.
 */
#include <linux/sched.h>
#include <linux/slab.h>

#include "ranges.h"

struct ioas_range {
	struct interval_tree_node node;
	const void *owner;
};

static struct ioas_range *to_range(struct interval_tree_node *node)
{
	return container_of(node, struct ioas_range, node);
}

/**
 * ioas_ranges_add() - add a range
 * @ranges: the set
 * @first: first IOVA
 * @last: last IOVA, not below @first
 * @owner: key to remove it by
 *
 * Context: may sleep; the caller serialises.
 * Return: 0 or ENOMEM.
 */
int ioas_ranges_add(struct ioas_ranges *ranges, unsigned long first,
		    unsigned long last, const void *owner)
{
	struct ioas_range *range = kzalloc_obj(*range, GFP_KERNEL_ACCOUNT);

	if (!range)
		return -ENOMEM;
	range->node.start = first;
	range->node.last = last;
	range->owner = owner;
	interval_tree_insert(&range->node, &ranges->root);
	ranges->nchanges++;
	return 0;
}

static void ranges_remove(struct ioas_ranges *ranges, struct ioas_range *range)
{
	interval_tree_remove(&range->node, &ranges->root);
	ranges->nchanges++;
	kfree(range);
}

/**
 * ioas_ranges_remove_owner() - remove all ranges of an owner
 * @ranges: the set
 * @owner: the owner
 *
 * Context: the caller serialises.
 */
void ioas_ranges_remove_owner(struct ioas_ranges *ranges, const void *owner)
{
	struct interval_tree_node *node, *next;

	for (node = interval_tree_iter_first(&ranges->root, 0, ULONG_MAX); node;
	     node = next) {
		next = interval_tree_iter_next(node, 0, ULONG_MAX);
		if (to_range(node)->owner == owner)
			ranges_remove(ranges, to_range(node));
	}
}

/**
 * ioas_ranges_clear() - remove all ranges
 * @ranges: the set
 *
 * Context: may sleep; the caller serialises.
 */
void ioas_ranges_clear(struct ioas_ranges *ranges)
{
	struct interval_tree_node *node;

	while ((node = interval_tree_iter_first(&ranges->root, 0, ULONG_MAX))) {
		ranges_remove(ranges, to_range(node));
		cond_resched();
	}
}

/**
 * ioas_ranges_overlap() - does a range meet the set
 * @ranges: the set
 * @first: first IOVA
 * @last: last IOVA
 * @hit: filled with the range it meets; may be NULL
 *
 * Context: the caller serialises.
 * Return: true if it does.
 */
bool ioas_ranges_overlap(struct ioas_ranges *ranges, unsigned long first,
			 unsigned long last, struct iorange *hit)
{
	struct interval_tree_node *node =
		interval_tree_iter_first(&ranges->root, first, last);

	if (!node)
		return false;
	if (hit) {
		hit->first = node->start;
		hit->last = node->last;
	}
	return true;
}

/**
 * ioas_ranges_first() - the first stretch of the set
 * @ranges: the set
 * @from: where to look from; the stretch is cut there
 * @range: filled in; ranges that touch are one stretch
 *
 * Context: the caller serialises.
 * Return: false if there is none.
 */
bool ioas_ranges_first(struct ioas_ranges *ranges, unsigned long from,
		       struct iorange *range)
{
	struct interval_tree_span_iter span;

	interval_tree_for_each_span(&span, &ranges->root, from, ULONG_MAX) {
		if (span.is_hole)
			continue;
		range->first = span.start_used;
		range->last = span.last_used;
		return true;
	}
	return false;
}

/**
 * ioas_ranges_gap() - the first hole of the set
 * @ranges: the set
 * @from: where to look from; the hole is cut there
 * @gap: filled in
 *
 * Context: the caller serialises.
 * Return: false if there is none.
 */
bool ioas_ranges_gap(struct ioas_ranges *ranges, unsigned long from,
		     struct iorange *gap)
{
	struct interval_tree_span_iter span;

	interval_tree_for_each_span(&span, &ranges->root, from, ULONG_MAX) {
		if (!span.is_hole)
			continue;
		gap->first = span.start_hole;
		gap->last = span.last_hole;
		return true;
	}
	return false;
}
