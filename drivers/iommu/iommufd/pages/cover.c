// SPDX-License-Identifier: GPL-2.0-only
/*
 * Coverage: which page indexes lie in at least one of many spans.
 *
 * Owns: struct pages_cover, the order and the sums of its borders.
 * Locks: none of its own; the caller holds the lock of the object.
 * Calls: nothing in iommufd.
 */
#include <linux/bug.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/rbtree_augmented.h>

#include "cover.h"

static struct cover_border *to_border(struct rb_node *rb)
{
	return rb_entry_safe(rb, struct cover_border, rb);
}

static struct cover_border *border_left(const struct cover_border *border)
{
	return to_border(border->rb.rb_left);
}

static struct cover_border *border_right(const struct cover_border *border)
{
	return to_border(border->rb.rb_right);
}

static int border_step(const struct cover_border *border)
{
	return border->key & 1 ? -1 : 1;
}

/* The sum of @border from those of its children. Return: it has not changed. */
static inline bool border_sum(struct cover_border *border, bool may_stop)
{
	const struct cover_border *left = border_left(border);
	const struct cover_border *right = border_right(border);
	struct cover_sum sum = { .total = border_step(border) };

	if (left)
		sum.total += left->sum.total;
	sum.lowest = sum.total;
	if (left)
		sum.lowest = min(sum.lowest, left->sum.lowest);
	if (right) {
		sum.lowest = min(sum.lowest, sum.total + right->sum.lowest);
		sum.total += right->sum.total;
	}
	if (may_stop && border->sum.total == sum.total &&
	    border->sum.lowest == sum.lowest)
		return true;
	border->sum = sum;
	return false;
}

RB_DECLARE_CALLBACKS(static, border_callbacks, struct cover_border, rb, sum,
		     border_sum)

static void border_insert(struct pages_cover *cover,
			  struct cover_border *border)
{
	struct rb_node **link = &cover->root.rb_node;
	struct rb_node *parent = NULL;

	while (*link) {
		parent = *link;
		link = to_border(parent)->key > border->key ?
		       &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&border->rb, parent, link);
	border_sum(border, false);
	border_callbacks.propagate(parent, NULL);
	rb_insert_augmented(&border->rb, &cover->root, &border_callbacks);
}

static void border_erase(struct pages_cover *cover,
			 struct cover_border *border)
{
	rb_erase_augmented(&border->rb, &cover->root, &border_callbacks);
}

/* Most objects have one user: what the general way would come to, at once. */
static void span_plant(struct pages_cover *cover, struct cover_span *span)
{
	span->close.sum = (struct cover_sum){ .total = -1, .lowest = -1 };
	span->open.sum = (struct cover_sum){};
	rb_link_node(&span->open.rb, NULL, &cover->root.rb_node);
	rb_link_node(&span->close.rb, &span->open.rb, &span->open.rb.rb_right);
	rb_set_parent_color(&span->open.rb, NULL, RB_BLACK);
}

/* Spans that are there may be cut in two: as many again fit an int. */
#define COVER_SPANS_MAX (INT_MAX / 2)

/**
 * pages_cover_full() - is there no room for one more span
 * @cover: the spans
 *
 * Context: any; caller holds the lock of @cover.
 * Return: true if there is none.
 */
bool pages_cover_full(const struct pages_cover *cover)
{
	return cover->nspans >= COVER_SPANS_MAX;
}

/**
 * pages_cover_add() - one more span
 * @cover: the spans, not full
 * @span: caller's, not in use
 * @first: first index
 * @last: last index, below 2^62
 *
 * Context: any; caller holds the lock of @cover. Does not allocate.
 */
void pages_cover_add(struct pages_cover *cover, struct cover_span *span,
		     unsigned long first, unsigned long last)
{
	span->open.key = (u64)first * 2;
	span->close.key = ((u64)last + 1) * 2 + 1;
	if (!cover->nspans++) {
		span_plant(cover, span);
		return;
	}
	border_insert(cover, &span->open);
	border_insert(cover, &span->close);
}

/**
 * pages_cover_remove() - one span less
 * @cover: the spans
 * @span: of pages_cover_add(); its bounds can still be read
 *
 * Context: any; caller holds the lock of @cover.
 */
void pages_cover_remove(struct pages_cover *cover, struct cover_span *span)
{
	if (!--cover->nspans) {
		cover->root = RB_ROOT;
		return;
	}
	border_erase(cover, &span->open);
	border_erase(cover, &span->close);
}

/**
 * pages_cover_shorten() - a span ends earlier
 * @cover: the spans
 * @span: of pages_cover_add()
 * @last: its last index from now on
 *
 * Context: any; caller holds the lock of @cover.
 */
void pages_cover_shorten(struct pages_cover *cover, struct cover_span *span,
			 unsigned long last)
{
	border_erase(cover, &span->close);
	span->close.key = ((u64)last + 1) * 2 + 1;
	border_insert(cover, &span->close);
}

/* The first border behind @index, or NULL, and in @depth the depth before it. */
static struct cover_border *border_behind(const struct pages_cover *cover,
					  unsigned long index, int *depth)
{
	struct cover_border *border = to_border(cover->root.rb_node);
	struct cover_border *behind = NULL;

	*depth = 0;
	while (border) {
		const struct cover_border *left;

		if (border->key > (u64)index * 2 + 1) {
			behind = border;
			border = border_left(border);
			continue;
		}
		left = border_left(border);
		*depth += border_step(border) + (left ? left->sum.total : 0);
		border = border_right(border);
	}
	return behind;
}

/* The first border below @border that brings @depth to 0; there is one. */
static struct cover_border *border_down_to_zero(struct cover_border *border,
						int depth)
{
	while (border) {
		struct cover_border *left = border_left(border);

		if (left && depth + left->sum.lowest <= 0) {
			border = left;
			continue;
		}
		depth += border_step(border) + (left ? left->sum.total : 0);
		if (depth <= 0)
			return border;
		border = border_right(border);
	}
	return NULL;
}

/* The first border from @border on behind which the depth is 0, or NULL. */
static struct cover_border *border_zero(struct cover_border *border, int depth)
{
	for (;;) {
		struct cover_border *right = border_right(border);
		struct rb_node *rb;

		depth += border_step(border);
		if (depth <= 0)
			return border;
		if (right && depth + right->sum.lowest <= 0)
			return border_down_to_zero(right, depth);
		if (right)
			depth += right->sum.total;

		/* up to the first one that comes behind this subtree */
		do {
			rb = &border->rb;
			border = to_border(rb_parent(rb));
			if (!border)
				return NULL;
		} while (border->rb.rb_right == rb);
	}
}

/**
 * pages_cover_search() - pages_cover_piece() by the tree
 * @cover: the spans
 * @first: the index
 * @last: look no further
 *
 * Context: any; caller holds the lock of @cover.
 * Return: as pages_cover_piece().
 */
struct cover_piece pages_cover_search(const struct pages_cover *cover,
				      unsigned long first, unsigned long last)
{
	struct cover_piece piece = { .first = first, .last = last };
	struct cover_border *border;
	int depth;

	border = border_behind(cover, first, &depth);
	piece.is_hole = !depth;
	if (!piece.is_hole) {
		/* every span that opens closes */
		if (WARN_ON_ONCE(!border))
			return piece;
		border = border_zero(border, depth);
	}
	if (border)
		piece.last = min(last, (unsigned long)(border->key / 2) - 1);
	return piece;
}
