/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Coverage: which page indexes lie in at least one of many spans.
 *
 * A span has two borders, one where it opens and one behind its last index
 * where it closes. The depth at an index is the number of borders up to it that
 * open less the number of those that close:
 *
 *	span A     [10 ......... 19]
 *	span B             [15 ........ 29]
 *	border    +10     +15      -20    -30
 *	depth   0      1       2       1      0
 *
 * The borders are in one tree, in order. Each node knows the sum of its subtree
 * and the lowest depth that the subtree goes through, so that questions cost
 * O(log n) however many of the n spans overlap. The borders are part of the
 * spans: nothing allocates.
 */
#ifndef __IOMMUFD_PAGES_COVER_H
#define __IOMMUFD_PAGES_COVER_H

#include <linux/rbtree.h>
#include <linux/types.h>

/**
 * struct cover_sum - what the borders of a subtree do to the depth
 * @total: change from before the first to behind the last
 * @lowest: lowest change behind any of them
 */
struct cover_sum {
	int total;
	int lowest;
};

/**
 * struct cover_border - where a span opens or closes
 * @rb: in the tree
 * @key: twice the index, and 1 where a span closes: at one index all spans open
 *	before one closes, so that the depth is 0 only where nothing is covered
 * @sum: of the subtree of @rb
 */
struct cover_border {
	struct rb_node rb;
	u64 key;
	struct cover_sum sum;
};

/**
 * struct cover_span - one of the spans
 * @open: border at its first index
 * @close: border behind its last index
 */
struct cover_span {
	struct cover_border open;
	struct cover_border close;
};

/**
 * struct pages_cover - many spans
 * @root: their borders
 * @nspans: how many spans
 *
 * The lock of whoever embeds it guards it.
 */
struct pages_cover {
	struct rb_root root;
	int nspans;
};

/**
 * struct cover_piece - indexes that are all covered, or all not
 * @first: first index
 * @last: last index
 * @is_hole: no span covers them
 */
struct cover_piece {
	unsigned long first;
	unsigned long last;
	bool is_hole;
};

static inline unsigned long cover_span_first(const struct cover_span *span)
{
	return span->open.key / 2;
}

static inline unsigned long cover_span_last(const struct cover_span *span)
{
	return span->close.key / 2 - 1;
}

static inline void pages_cover_init(struct pages_cover *cover)
{
	cover->root = RB_ROOT;
	cover->nspans = 0;
}

bool pages_cover_full(const struct pages_cover *cover);
void pages_cover_add(struct pages_cover *cover, struct cover_span *span,
		     unsigned long first, unsigned long last);
void pages_cover_remove(struct pages_cover *cover, struct cover_span *span);
void pages_cover_shorten(struct pages_cover *cover, struct cover_span *span,
			 unsigned long last);
struct cover_piece pages_cover_search(const struct pages_cover *cover,
				      unsigned long first, unsigned long last);

/**
 * pages_cover_piece() - how far does it go on like at an index
 * @cover: the spans
 * @first: the index
 * @last: look no further
 *
 * Context: any; caller holds the lock of @cover.
 * Return: the piece from @first on, that ends at @last or before.
 */
static inline struct cover_piece
pages_cover_piece(const struct pages_cover *cover, unsigned long first,
		  unsigned long last)
{
	/* most objects have one user, which comes first and goes last */
	if (!cover->nspans)
		return (struct cover_piece){
			.first = first, .last = last, .is_hole = true,
		};
	return pages_cover_search(cover, first, last);
}

/**
 * pages_cover_for_each() - the pieces of a range, in order
 * @piece: struct cover_piece, the loop variable
 * @cover: the spans
 * @from: first index
 * @to: last index
 */
#define pages_cover_for_each(piece, cover, from, to)			\
	for (piece = pages_cover_piece(cover, from, to);		\
	     (piece).first <= (to);					\
	     piece = pages_cover_next(cover, piece, to))

/* Behind the last piece comes one that begins behind @to. */
static inline struct cover_piece
pages_cover_next(const struct pages_cover *cover, struct cover_piece piece,
		 unsigned long to)
{
	if (piece.last < to)
		return pages_cover_piece(cover, piece.last + 1, to);
	piece.first = to + 1;
	return piece;
}

#endif
