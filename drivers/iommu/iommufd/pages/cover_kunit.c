// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of coverage: the pieces of a range, compared with a plain count
 * for each index.
 */
#include <kunit/test.h>
#include <linux/slab.h>

#include "cover.h"

#define NINDEXES 48
#define NSPANS 40

struct model {
	struct pages_cover cover;
	struct cover_span spans[NSPANS];
	bool live[NSPANS];
	unsigned int depth[NINDEXES];
};

static int model_init(struct kunit *test)
{
	test->priv = kunit_kzalloc(test, sizeof(struct model), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, test->priv);
	return 0;
}

static void model_count(struct model *model, unsigned long first,
			unsigned long last, int step)
{
	for (; first <= last; first++)
		model->depth[first] += step;
}

static void model_add(struct model *model, unsigned int i, unsigned long first,
		      unsigned long last)
{
	pages_cover_add(&model->cover, &model->spans[i], first, last);
	model_count(model, first, last, 1);
	model->live[i] = true;
}

static void model_remove(struct model *model, unsigned int i)
{
	pages_cover_remove(&model->cover, &model->spans[i]);
	model_count(model, cover_span_first(&model->spans[i]),
		    cover_span_last(&model->spans[i]), -1);
	model->live[i] = false;
}

/* The pieces follow each other, alternate, and say what the counts say. */
static void expect_pieces(struct kunit *test, unsigned long first,
			  unsigned long last)
{
	struct model *model = test->priv;
	struct cover_piece piece;
	unsigned long i = first;
	int was_hole = -1;

	pages_cover_for_each(piece, &model->cover, first, last) {
		KUNIT_ASSERT_EQ(test, piece.first, i);
		KUNIT_ASSERT_LE(test, piece.last, last);
		KUNIT_ASSERT_NE(test, was_hole, (int)piece.is_hole);
		was_hole = piece.is_hole;
		for (; i <= piece.last; i++)
			KUNIT_ASSERT_EQ_MSG(test, piece.is_hole,
					    !model->depth[i], "index %lu", i);
	}
	KUNIT_ASSERT_EQ(test, i, last + 1);
}

static void expect_all_pieces(struct kunit *test)
{
	unsigned long first, last;

	for (first = 0; first < NINDEXES; first++)
		for (last = first; last < NINDEXES; last++)
			expect_pieces(test, first, last);
}

static void cover_borders(struct kunit *test)
{
	struct model *model = test->priv;

	expect_all_pieces(test);
	/* next to each other, and one of a single index */
	model_add(model, 0, 0, 9);
	model_add(model, 1, 10, 19);
	model_add(model, 2, 21, 21);
	model_add(model, 3, NINDEXES - 1, NINDEXES - 1);
	expect_all_pieces(test);
	/* inside, equal, and around all */
	model_add(model, 4, 3, 4);
	model_add(model, 5, 10, 19);
	model_add(model, 6, 0, NINDEXES - 1);
	expect_all_pieces(test);
	model_remove(model, 6);
	model_remove(model, 1);
	expect_all_pieces(test);
	model_remove(model, 5);
	model_remove(model, 0);
	expect_all_pieces(test);
}

static void cover_shortens(struct kunit *test)
{
	struct model *model = test->priv;

	model_add(model, 0, 5, 30);
	model_add(model, 1, 8, 12);
	pages_cover_shorten(&model->cover, &model->spans[0], 10);
	model_count(model, 11, 30, -1);
	KUNIT_EXPECT_EQ(test, cover_span_last(&model->spans[0]), 10);
	expect_all_pieces(test);
	pages_cover_shorten(&model->cover, &model->spans[0], 5);
	model_count(model, 6, 10, -1);
	expect_all_pieces(test);
	model_remove(model, 0);
	model_remove(model, 1);
	expect_all_pieces(test);
}

/* The last index that a range of memory can have. */
static void cover_far(struct kunit *test)
{
	unsigned long last = (ULONG_MAX >> PAGE_SHIFT) - 1;
	struct model *model = test->priv;
	struct cover_piece piece;

	pages_cover_add(&model->cover, &model->spans[0], last, last);
	piece = pages_cover_piece(&model->cover, 0, last);
	KUNIT_EXPECT_TRUE(test, piece.is_hole);
	KUNIT_EXPECT_EQ(test, piece.last, last - 1);
	piece = pages_cover_piece(&model->cover, last, last);
	KUNIT_EXPECT_FALSE(test, piece.is_hole);
	KUNIT_EXPECT_EQ(test, piece.last, last);
	KUNIT_EXPECT_EQ(test, cover_span_first(&model->spans[0]), last);
	KUNIT_EXPECT_EQ(test, cover_span_last(&model->spans[0]), last);
	pages_cover_remove(&model->cover, &model->spans[0]);
	KUNIT_EXPECT_EQ(test, model->cover.nspans, 0);
}

static u32 next_random(u32 *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

static void cover_random(struct kunit *test)
{
	struct model *model = test->priv;
	unsigned int step, i, n = NSPANS;
	u32 state = 1;

	for (step = 0; step < 3000; step++) {
		unsigned long first = next_random(&state) % NINDEXES;
		unsigned long length = next_random(&state) %
				       (step % 3 ? 6 : NINDEXES);

		/* many at a time, and few */
		if (!(step % 500))
			n = step % 1000 ? 4 : NSPANS;
		i = next_random(&state) % n;
		if (model->live[i])
			model_remove(model, i);
		else
			model_add(model, i, first,
				  min(first + length, NINDEXES - 1UL));
		expect_pieces(test, 0, NINDEXES - 1);
		expect_pieces(test, first, NINDEXES - 1);
	}
	for (i = 0; i < NSPANS; i++)
		if (model->live[i])
			model_remove(model, i);
	expect_all_pieces(test);
	KUNIT_EXPECT_TRUE(test, RB_EMPTY_ROOT(&model->cover.root));
}

static struct kunit_case cover_cases[] = {
	KUNIT_CASE(cover_borders),
	KUNIT_CASE(cover_shortens),
	KUNIT_CASE(cover_far),
	KUNIT_CASE(cover_random),
	{}
};

static struct kunit_suite cover_suite = {
	.name = "iommufd_pages_cover",
	.init = model_init,
	.test_cases = cover_cases,
};

kunit_test_suite(cover_suite);
