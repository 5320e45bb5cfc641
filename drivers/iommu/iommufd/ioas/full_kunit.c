// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: an automatic IOVA is the lowest that fits, whatever came and went before
 * it: what a search leaves out has no room.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "ioas.h"

#define MODEL_PAGES 256
#define ROUNDS 6000

/**
 * struct model - an IOAS, and what of it is taken
 * @ioas: as far as the choice of IOVA looks at it
 * @taken: pages that an area or a reserved range takes; page 0 is never used
 * @npages: of the area that begins at a page
 * @reserved: first page of the reserved range, 0 if there is none
 */
struct model {
	struct iommufd_ioas ioas;
	u8 taken[MODEL_PAGES];
	u8 npages[MODEL_PAGES];
	unsigned long reserved;
};

#define RESERVED_NPAGES 16

static struct model *model_new(struct kunit *test, unsigned long npages)
{
	struct model *model = kunit_kzalloc(test, sizeof(*model), GFP_KERNEL);
	struct iommufd_ioas *ioas;

	KUNIT_ASSERT_NOT_NULL(test, model);
	ioas = &model->ioas;
	init_rwsem(&ioas->iova_lock);
	mt_init_flags(&ioas->areas, MT_FLAGS_ALLOC_RANGE | MT_FLAGS_LOCK_EXTERN);
	mt_set_external_lock(&ioas->areas, &ioas->iova_lock);
	ioas->reserved.root = RB_ROOT_CACHED;
	ioas->allowed.root = RB_ROOT_CACHED;
	ioas->alignment = 1;
	KUNIT_ASSERT_EQ(test, 0, ioas_ranges_add(&ioas->reserved,
						 npages * PAGE_SIZE,
						 ULONG_MAX, model));
	return model;
}

static void model_destroy(struct model *model)
{
	guard(rwsem_write)(&model->ioas.iova_lock);
	__mt_destroy(&model->ioas.areas);
	ioas_ranges_clear(&model->ioas.reserved);
}

static unsigned long model_find(const struct model *model,
				const struct ioas_iova_wish *wish)
{
	unsigned long page, n = wish->length >> PAGE_SHIFT;

	for (page = 1; page + n <= MODEL_PAGES; page++)
		if (!((page << PAGE_SHIFT) & (wish->modulus - 1)) &&
		    !memchr_inv(model->taken + page, 0, n))
			return page;
	return 0;
}

static void model_map(struct kunit *test, struct model *model,
		      struct rnd_state *rnd)
{
	unsigned long n = 1 + prandom_u32_state(rnd) % 12;
	unsigned long addr = (prandom_u32_state(rnd) % 16) << PAGE_SHIFT;
	unsigned long expect, iova = 0;
	struct ioas_iova_wish wish;
	struct iommufd_why why = {};
	int rc;

	ioas_iova_wish(&wish, addr, n << PAGE_SHIFT);
	expect = model_find(model, &wish);
	guard(rwsem_write)(&model->ioas.iova_lock);
	rc = ioas_iova_alloc_locked(&model->ioas, addr, n << PAGE_SHIFT, &iova,
				    &why);
	KUNIT_ASSERT_EQ(test, rc, expect ? 0 : -ENOSPC);
	if (rc)
		return;
	KUNIT_ASSERT_EQ(test, iova >> PAGE_SHIFT, expect);

	MA_STATE(mas, &model->ioas.areas, iova, iova + (n << PAGE_SHIFT) - 1);
	KUNIT_ASSERT_EQ(test, 0, mas_store_gfp(&mas, model, GFP_KERNEL));
	memset(model->taken + expect, 1, n);
	model->npages[expect] = n;
}

/* The first area from @page on goes. */
static void model_unmap(struct model *model, unsigned long page)
{
	unsigned int n;

	while (page < MODEL_PAGES && !model->npages[page])
		page++;
	if (page == MODEL_PAGES)
		return;
	n = model->npages[page];
	guard(rwsem_write)(&model->ioas.iova_lock);
	ioas_iova_free_locked(&model->ioas, page << PAGE_SHIFT,
			      ((page + n) << PAGE_SHIFT) - 1);
	memset(model->taken + page, 0, n);
	model->npages[page] = 0;
}

/* A device comes, if nothing is mapped where it forbids that, or it goes. */
static void model_reserve(struct kunit *test, struct model *model,
			  unsigned long page)
{
	struct iommufd_why why = {};

	if (model->reserved) {
		ioas_unreserve(&model->ioas, test);
		memset(model->taken + model->reserved, 0, RESERVED_NPAGES);
		model->reserved = 0;
		return;
	}
	page = clamp(page, 1UL, MODEL_PAGES - RESERVED_NPAGES + 0UL);
	if (memchr_inv(model->taken + page, 0, RESERVED_NPAGES))
		return;
	KUNIT_ASSERT_EQ(test, 0,
			ioas_reserve(&model->ioas, page << PAGE_SHIFT,
				     ((page + RESERVED_NPAGES) << PAGE_SHIFT) - 1,
				     test, &why));
	memset(model->taken + page, 1, RESERVED_NPAGES);
	model->reserved = page;
}

static void lowest_fit_after_anything(struct kunit *test)
{
	struct model *model = model_new(test, MODEL_PAGES);
	struct rnd_state rnd;
	unsigned int round;

	prandom_seed_state(&rnd, 815);
	for (round = 0; round < ROUNDS; round++) {
		unsigned long page = prandom_u32_state(&rnd) % MODEL_PAGES;

		switch (prandom_u32_state(&rnd) % 16) {
		case 0:
			model_reserve(test, model, page);
			break;
		case 1 ... 6:
			model_unmap(model, page);
			break;
		default:
			model_map(test, model, &rnd);
		}
	}
	model_destroy(model);
}

static void take(struct kunit *test, struct model *model, unsigned long first,
		 unsigned long last)
{
	MA_STATE(mas, &model->ioas.areas, first << PAGE_SHIFT,
		 ((last + 1) << PAGE_SHIFT) - 1);

	guard(rwsem_write)(&model->ioas.iova_lock);
	KUNIT_ASSERT_EQ(test, 0, mas_store_gfp(&mas, model, GFP_KERNEL));
}

static void expect_pair(struct kunit *test, struct model *model, int rc,
			unsigned long page)
{
	struct iommufd_why why = {};
	unsigned long iova = 0;

	guard(rwsem_write)(&model->ioas.iova_lock);
	KUNIT_EXPECT_EQ(test, rc, ioas_iova_alloc_locked(&model->ioas, 0,
							 2 * PAGE_SIZE, &iova,
							 &why));
	KUNIT_EXPECT_EQ(test, iova >> PAGE_SHIFT, page);
	if (rc)
		return;

	MA_STATE(mas, &model->ioas.areas, iova, iova + 2 * PAGE_SIZE - 1);
	KUNIT_ASSERT_EQ(test, 0, mas_store_gfp(&mas, model, GFP_KERNEL));
}

/*
 * 70 holes of two pages that are not aligned, more than are tried, then one that is, then
 * one of four pages. When that is full, the one in front of it is left.
 */
static void last_hole_is_found(struct kunit *test)
{
	struct model *model = model_new(test, 400);
	unsigned long i;

	take(test, model, 0, 0);
	for (i = 1; i < 70; i++)
		take(test, model, 4 * i - 1, 4 * i);
	take(test, model, 279, 281);
	take(test, model, 284, 285);
	take(test, model, 290, 399);
	expect_pair(test, model, 0, 286);
	expect_pair(test, model, 0, 288);
	expect_pair(test, model, 0, 282);
	expect_pair(test, model, -ENOSPC, 0);
	model_destroy(model);
}

static struct kunit_case full_cases[] = {
	KUNIT_CASE(lowest_fit_after_anything),
	KUNIT_CASE(last_hole_is_found),
	{}
};

static struct kunit_suite full_suite = {
	.name = "iommufd_iova_full",
	.test_cases = full_cases,
};

kunit_test_suite(full_suite);
