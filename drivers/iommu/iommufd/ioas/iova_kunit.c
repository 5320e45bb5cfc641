// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: IOVA allocation against a model that looks at every address, and
 * range sets.
 */
#include <kunit/test.h>
#include <linux/maple_tree.h>
#include <linux/prandom.h>
#include <linux/rwsem.h>

#include "iova.h"
#include "ranges.h"

#define MODEL_PAGES 256
#define MODEL_FIRST PAGE_SIZE
#define MODEL_LAST (MODEL_PAGES * PAGE_SIZE - 1)

/* a tree as an IOAS has it: the search may sleep under its lock */
struct iova_tree {
	struct maple_tree areas;
	struct rw_semaphore lock;
};

struct iova_model {
	struct iova_tree tree;
	u8 taken[MODEL_PAGES];
};

static void tree_init(struct iova_tree *tree)
{
	init_rwsem(&tree->lock);
	mt_init_flags(&tree->areas,
		      MT_FLAGS_ALLOC_RANGE | MT_FLAGS_LOCK_EXTERN);
	mt_set_external_lock(&tree->areas, &tree->lock);
}

static struct iova_tree *tree_new(struct kunit *test)
{
	struct iova_tree *tree = kunit_kzalloc(test, sizeof(*tree), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, tree);
	tree_init(tree);
	return tree;
}

static void tree_destroy(struct iova_tree *tree)
{
	guard(rwsem_write)(&tree->lock);
	__mt_destroy(&tree->areas);
}

static int tree_take(struct iova_tree *tree, unsigned long first_page,
		     unsigned long npages)
{
	MA_STATE(mas, &tree->areas, first_page << PAGE_SHIFT,
		 ((first_page + npages) << PAGE_SHIFT) - 1);

	guard(rwsem_write)(&tree->lock);
	return mas_store_gfp(&mas, tree, GFP_KERNEL);
}

static bool tree_find(struct iova_tree *tree,
		      const struct ioas_iova_wish *wish, unsigned long first,
		      unsigned long last, unsigned long *iova)
{
	guard(rwsem_write)(&tree->lock);
	return ioas_iova_find(&tree->areas, wish, first, last, iova);
}

static void model_take(struct kunit *test, struct iova_model *model,
		       unsigned long first_page, unsigned long npages)
{
	KUNIT_ASSERT_EQ(test, 0, tree_take(&model->tree, first_page, npages));
	memset(model->taken + first_page, 1, npages);
}

/* drop the first area at or behind a page, if there is one */
static void model_drop(struct iova_model *model, unsigned long page)
{
	MA_STATE(mas, &model->tree.areas, page << PAGE_SHIFT,
		 page << PAGE_SHIFT);
	unsigned long first, npages;

	guard(rwsem_write)(&model->tree.lock);
	if (!mas_find(&mas, ULONG_MAX))
		return;
	first = mas.index >> PAGE_SHIFT;
	npages = (mas.last - mas.index + 1) >> PAGE_SHIFT;
	mas_erase(&mas);
	memset(model->taken + first, 0, npages);
}

/* what a search of every page finds; 0 is never a fit */
static unsigned long model_find(const struct iova_model *model,
				const struct ioas_iova_wish *wish)
{
	unsigned long page, n = wish->length >> PAGE_SHIFT;

	for (page = 1; page + n <= MODEL_PAGES; page++) {
		if ((page << PAGE_SHIFT) & (wish->modulus - 1))
			continue;
		if (!memchr_inv(model->taken + page, 0, n))
			return page << PAGE_SHIFT;
	}
	return 0;
}

static void model_step(struct kunit *test, struct iova_model *model,
		       struct rnd_state *rnd)
{
	unsigned long npages = 1 + prandom_u32_state(rnd) % 24;
	unsigned long addr = (prandom_u32_state(rnd) % 64) << PAGE_SHIFT;
	unsigned long expect, iova = 0;
	struct ioas_iova_wish wish;
	bool found;

	ioas_iova_wish(&wish, addr, npages << PAGE_SHIFT);
	expect = model_find(model, &wish);
	found = tree_find(&model->tree, &wish, MODEL_FIRST, MODEL_LAST, &iova);
	KUNIT_ASSERT_EQ(test, found, expect != 0);
	KUNIT_ASSERT_EQ(test, iova, expect);
	if (found)
		model_take(test, model, iova >> PAGE_SHIFT, npages);
}

/* the lowest fit is found, whatever the holes are */
static void iova_lowest_fit_random(struct kunit *test)
{
	struct iova_model *model = kunit_kzalloc(test, sizeof(*model),
						 GFP_KERNEL);
	struct rnd_state rnd;
	unsigned int round;

	KUNIT_ASSERT_NOT_NULL(test, model);
	tree_init(&model->tree);
	prandom_seed_state(&rnd, 4711);
	for (round = 0; round < 2000; round++) {
		if (round % 3)
			model_step(test, model, &rnd);
		else
			model_drop(model, prandom_u32_state(&rnd) % MODEL_PAGES);
	}
	tree_destroy(&model->tree);
}

static void iova_wish_alignment(struct kunit *test)
{
	unsigned long max = IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE) ?
				    HPAGE_SIZE : PAGE_SIZE;
	struct ioas_iova_wish wish;

	ioas_iova_wish(&wish, 0, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, wish.align, PAGE_SIZE);
	ioas_iova_wish(&wish, 0, 3 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, wish.align, 4 * PAGE_SIZE);
	ioas_iova_wish(&wish, PAGE_SIZE, SZ_1G);
	KUNIT_EXPECT_EQ(test, wish.align, PAGE_SIZE);
	ioas_iova_wish(&wish, 0, SZ_1G);
	KUNIT_EXPECT_EQ(test, wish.align, max);
	ioas_iova_wish(&wish, PAGE_SIZE / 2, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, wish.align, PAGE_SIZE / 2);
	KUNIT_EXPECT_EQ(test, wish.offset, PAGE_SIZE / 2);
	KUNIT_EXPECT_EQ(test, wish.modulus, PAGE_SIZE);
	ioas_iova_wish(&wish, 1, 1);
	KUNIT_EXPECT_EQ(test, wish.align, 1);
	KUNIT_EXPECT_EQ(test, wish.offset, 1);
}

static void iova_find_keeps_offset(struct kunit *test)
{
	struct iova_tree *tree = tree_new(test);
	struct ioas_iova_wish wish;
	unsigned long iova;

	ioas_iova_wish(&wish, PAGE_SIZE / 2, PAGE_SIZE / 2);
	KUNIT_ASSERT_TRUE(test, tree_find(tree, &wish, PAGE_SIZE,
					  ULONG_MAX, &iova));
	KUNIT_EXPECT_EQ(test, iova, PAGE_SIZE + PAGE_SIZE / 2);
	tree_destroy(tree);
}

static void iova_find_ends(struct kunit *test)
{
	struct iova_tree *tree = tree_new(test);
	struct ioas_iova_wish wish;
	unsigned long iova;

	ioas_iova_wish(&wish, 0, PAGE_SIZE);
	KUNIT_EXPECT_TRUE(test, tree_find(tree, &wish, PAGE_SIZE,
					  2 * PAGE_SIZE - 1, &iova));
	KUNIT_EXPECT_EQ(test, iova, PAGE_SIZE);
	KUNIT_EXPECT_FALSE(test, tree_find(tree, &wish, PAGE_SIZE,
					   2 * PAGE_SIZE - 2, &iova));
	KUNIT_EXPECT_FALSE(test, tree_find(tree, &wish, PAGE_SIZE + 1,
					   3 * PAGE_SIZE - 2, &iova));
	KUNIT_EXPECT_TRUE(test, tree_find(tree, &wish,
					  ULONG_MAX - PAGE_SIZE + 1,
					  ULONG_MAX, &iova));
	KUNIT_EXPECT_EQ(test, iova, ULONG_MAX - PAGE_SIZE + 1);
	KUNIT_EXPECT_FALSE(test, tree_find(tree, &wish,
					   ULONG_MAX - PAGE_SIZE + 2,
					   ULONG_MAX, &iova));

	/* aligning up must not wrap around the top */
	ioas_iova_wish(&wish, 0, SZ_2M);
	KUNIT_EXPECT_TRUE(test, tree_find(tree, &wish, ULONG_MAX - SZ_2M + 1,
					  ULONG_MAX, &iova));
	KUNIT_EXPECT_EQ(test, iova, ULONG_MAX - SZ_2M + 1);
	KUNIT_EXPECT_FALSE(test, tree_find(tree, &wish, ULONG_MAX - SZ_2M + 2,
					   ULONG_MAX, &iova));
	KUNIT_EXPECT_FALSE(test, tree_find(tree, &wish, ULONG_MAX - PAGE_SIZE + 1,
					   ULONG_MAX, &iova));
	tree_destroy(tree);
}

/* more misaligned holes than are tried one by one, then one that fits */
static void iova_find_behind_misaligned_holes(struct kunit *test)
{
	struct iova_tree *tree = tree_new(test);
	struct ioas_iova_wish wish;
	unsigned long i, iova;

	/* free: pages 4i+1 and 4i+2; a pair aligned to two pages never is */
	for (i = 0; i < 200; i++) {
		unsigned long first = i ? 4 * i - 1 : 0;

		KUNIT_ASSERT_EQ(test, 0,
				tree_take(tree, first, 4 * i + 1 - first));
	}
	ioas_iova_wish(&wish, 0, 2 * PAGE_SIZE);
	KUNIT_ASSERT_TRUE(test, tree_find(tree, &wish, PAGE_SIZE,
					  ULONG_MAX, &iova));
	KUNIT_EXPECT_EQ(test, iova, 798 << PAGE_SHIFT);
	tree_destroy(tree);
}

static void ranges_gaps_and_owners(struct kunit *test)
{
	struct ioas_ranges ranges = IOAS_RANGES_INIT;
	int owner_a, owner_b;
	struct iorange r;

	KUNIT_ASSERT_TRUE(test, ioas_ranges_gap(&ranges, 0, &r));
	KUNIT_EXPECT_EQ(test, r.first, 0);
	KUNIT_EXPECT_EQ(test, r.last, ULONG_MAX);
	KUNIT_EXPECT_FALSE(test, ioas_ranges_first(&ranges, 0, &r));

	KUNIT_ASSERT_EQ(test, 0, ioas_ranges_add(&ranges, 10, 19, &owner_a));
	KUNIT_ASSERT_EQ(test, 0, ioas_ranges_add(&ranges, 15, 29, &owner_b));
	KUNIT_ASSERT_EQ(test, 0,
			ioas_ranges_add(&ranges, 100, ULONG_MAX, &owner_a));

	KUNIT_ASSERT_TRUE(test, ioas_ranges_gap(&ranges, 0, &r));
	KUNIT_EXPECT_EQ(test, r.last, 9);
	KUNIT_ASSERT_TRUE(test, ioas_ranges_gap(&ranges, 10, &r));
	KUNIT_EXPECT_EQ(test, r.first, 30);
	KUNIT_EXPECT_EQ(test, r.last, 99);
	KUNIT_EXPECT_FALSE(test, ioas_ranges_gap(&ranges, 100, &r));
	KUNIT_ASSERT_TRUE(test, ioas_ranges_first(&ranges, 0, &r));
	KUNIT_EXPECT_EQ(test, r.first, 10);
	KUNIT_EXPECT_EQ(test, r.last, 29);
	KUNIT_EXPECT_TRUE(test, ioas_ranges_overlap(&ranges, 29, 40, &r));
	KUNIT_EXPECT_FALSE(test, ioas_ranges_overlap(&ranges, 30, 99, &r));

	ioas_ranges_remove_owner(&ranges, &owner_a);
	KUNIT_EXPECT_FALSE(test, ioas_ranges_overlap(&ranges, 0, 14, NULL));
	KUNIT_EXPECT_TRUE(test, ioas_ranges_overlap(&ranges, 15, 15, NULL));
	ioas_ranges_clear(&ranges);
	KUNIT_EXPECT_FALSE(test, ioas_ranges_first(&ranges, 0, &r));
}

static struct kunit_case iova_cases[] = {
	KUNIT_CASE(iova_lowest_fit_random),
	KUNIT_CASE(iova_wish_alignment),
	KUNIT_CASE(iova_find_keeps_offset),
	KUNIT_CASE(iova_find_ends),
	KUNIT_CASE(iova_find_behind_misaligned_holes),
	KUNIT_CASE(ranges_gaps_and_owners),
	{}
};

static struct kunit_suite iova_suite = {
	.name = "iommufd_iova",
	.test_cases = iova_cases,
};

kunit_test_suite(iova_suite);
