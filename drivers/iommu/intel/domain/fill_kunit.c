// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: tables made in bulk are those that the library makes, run by run.
 */
#include <kunit/test.h>
#include <linux/iommu-bulk.h>
#include <linux/prandom.h>
#include <linux/sizes.h>

#include "../hw/page.h"
#include "../hw/root_layout.h"
#include "../inval/expect_kunit.h"
#include "domain.h"
#include "fill.h"
#include "kinds.h"
#include "paging.h"

#define RUNS		40
#define RW		(IOMMU_READ | IOMMU_WRITE)

/**
 * struct pair - two domains of one kind
 * @fake: the unit that they are made for
 * @bulk: the one that is filled in bulk
 * @plain: the one that is mapped run by run
 */
struct pair {
	struct fake_queue *fake;
	struct vtd_domain *bulk;
	struct vtd_domain *plain;
};

static struct vtd_domain *new_domain(struct kunit *test, struct vtd_unit *unit,
				     const struct vtd_kind *kind)
{
	struct iommu_domain *domain = kind == &vtd_first_kind ? vtd_first_alloc(unit, 0) :
							  vtd_second_alloc(unit, 0);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	domain->type = IOMMU_DOMAIN_UNMANAGED;
	return to_vtd_domain(domain);
}

static struct pair new_pair(struct kunit *test, const struct vtd_kind *kind)
{
	struct pair pair = { .fake = expect_unit(test, 0) };

	pair.bulk = new_domain(test, &pair.fake->unit, kind);
	pair.plain = new_domain(test, &pair.fake->unit, kind);
	to_vtd_paging(pair.plain)->pt.ops = to_vtd_paging(pair.plain)->library;
	return pair;
}

static void free_pair(struct pair *pair)
{
	pair->bulk->domain.ops->free(&pair->bulk->domain);
	pair->plain->domain.ops->free(&pair->plain->domain);
	fake_free(pair->fake);
}

static bool is_leaf(u64 entry, unsigned int level)
{
	return !level || (level < 3 && entry & VTD_PT_PS);
}

/* Equal but for the memory that tables are in. */
static void expect_same(struct kunit *test, const u64 *a, const u64 *b,
			unsigned int level)
{
	unsigned int i;

	for (i = 0; i < VTD_PT_ENTRIES; i++) {
		if (!a[i] || !b[i] || is_leaf(a[i] | b[i], level)) {
			KUNIT_ASSERT_EQ(test, a[i], b[i]);
			continue;
		}
		KUNIT_ASSERT_EQ(test, a[i] & ~VTD_PT_ADDR, b[i] & ~VTD_PT_ADDR);
		expect_same(test, phys_to_virt(a[i] & VTD_PT_ADDR),
			    phys_to_virt(b[i] & VTD_PT_ADDR), level - 1);
	}
}

static const u64 *top_of(struct vtd_domain *domain, unsigned int *level)
{
	struct vtd_paging_table table = vtd_paging_table(domain);

	*level = table.levels - 1;
	return phys_to_virt(table.root);
}

static void expect_equal(struct kunit *test, struct pair *pair)
{
	unsigned int level;
	const u64 *bulk = top_of(pair->bulk, &level);

	expect_same(test, bulk, top_of(pair->plain, &level), level);
}

static int map_plain(struct pair *pair, const struct iommu_bulk *fill)
{
	unsigned long iova = fill->iova;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < fill->nruns && !ret; i++) {
		ret = iommu_map(&pair->plain->domain, iova, fill->runs[i].phys,
				fill->runs[i].length, fill->prot, fill->gfp);
		iova += fill->runs[i].length;
	}
	return ret;
}

static void check_same(struct kunit *test, const struct vtd_kind *kind,
		       const struct iommu_bulk *fill)
{
	struct pair pair = new_pair(test, kind);
	unsigned long length = 0;
	unsigned int i;

	for (i = 0; i < fill->nruns; i++)
		length += fill->runs[i].length;
	KUNIT_ASSERT_EQ(test, vtd_domain_fill(&pair.bulk->domain, fill), 0);
	KUNIT_ASSERT_EQ(test, map_plain(&pair, fill), 0);
	expect_equal(test, &pair);
	/* What was filled is unmapped like anything else. */
	KUNIT_EXPECT_EQ(test, iommu_unmap(&pair.bulk->domain, fill->iova, length),
			length);
	KUNIT_EXPECT_EQ(test, iommu_unmap(&pair.plain->domain, fill->iova, length),
			length);
	expect_equal(test, &pair);
	free_pair(&pair);
}

static void check_both(struct kunit *test, unsigned long iova,
		       const struct iommu_run *runs, unsigned int nruns, int prot)
{
	struct iommu_bulk fill = {
		.iova = iova, .runs = runs, .nruns = nruns, .prot = prot,
		.gfp = GFP_KERNEL,
	};

	check_same(test, &vtd_first_kind, &fill);
	check_same(test, &vtd_second_kind, &fill);
}

/* All sizes of pages, and what stands in their way. */
static void vtd_fill_sizes_test(struct kunit *test)
{
	static const struct iommu_run single[] = { { SZ_4K, SZ_4K } };
	static const struct iommu_run small[] = {
		{ 0x5000, SZ_4K }, { 0x3000, SZ_4K }, { 0x4000, SZ_8K }, { 0, SZ_4K },
	};
	static const struct iommu_run large[] = {
		{ SZ_2M, SZ_2M }, { SZ_1G, SZ_1G + SZ_2M + SZ_4K },
		{ SZ_8K, SZ_4M }, { SZ_2M - SZ_8K, SZ_4M },
	};
	static const struct iommu_run ragged[] = {
		{ SZ_1G - SZ_4K, SZ_1G + SZ_8K }, { SZ_4K, SZ_2M - SZ_4K },
		{ SZ_8M, SZ_2M }, { SZ_4K, SZ_4K },
	};

	check_both(test, 0, single, ARRAY_SIZE(single), RW);
	check_both(test, SZ_2M - SZ_8K, small, ARRAY_SIZE(small), IOMMU_READ);
	check_both(test, SZ_1G - SZ_2M, large, ARRAY_SIZE(large), RW);
	check_both(test, SZ_2G - SZ_4K, ragged, ARRAY_SIZE(ragged), RW);
	check_both(test, BIT(39) - SZ_4K, ragged, ARRAY_SIZE(ragged), IOMMU_WRITE);
}

static struct iommu_run any_run(struct rnd_state *rnd)
{
	struct iommu_run run = {
		.phys = (phys_addr_t)(prandom_u32_state(rnd) & 0xfffff) << 12,
		.length = (1 + (prandom_u32_state(rnd) & 7)) << 12,
	};

	switch (prandom_u32_state(rnd) & 7) {
	case 0:
		run.length += SZ_2M;
		break;
	case 1:
		run.phys &= ~(phys_addr_t)(SZ_2M - 1);
		run.length = SZ_2M;
		break;
	case 2:
		run.length = SZ_4M - run.length;
		break;
	default:
		break;
	}
	return run;
}

static void vtd_fill_random_test(struct kunit *test)
{
	struct iommu_run runs[RUNS];
	unsigned long iova;
	struct rnd_state rnd;
	unsigned int i, round;

	prandom_seed_state(&rnd, 0x76746466);
	for (round = 0; round < 60; round++) {
		for (i = 0; i < RUNS; i++)
			runs[i] = any_run(&rnd);
		iova = (unsigned long)(prandom_u32_state(&rnd) & 0x3fffff) << 12;
		if (round & 1)
			iova &= ~(SZ_2M - 1UL);
		check_both(test, iova, runs, RUNS, RW);
	}
}

/* Into the tables of what is there already, left and right. */
static void check_neighbours(struct kunit *test, const struct vtd_kind *kind)
{
	struct pair pair = new_pair(test, kind);
	const struct iommu_run run = { SZ_16M + SZ_4K, SZ_64K };
	struct iommu_bulk fill = {
		.runs = &run, .nruns = 1, .prot = IOMMU_READ, .gfp = GFP_KERNEL,
	};
	unsigned int i;

	for (i = 0; i < 3; i++) {
		fill.iova = SZ_2M + ((i * 2) % 3) * SZ_64K;
		KUNIT_ASSERT_EQ(test, vtd_domain_fill(&pair.bulk->domain, &fill), 0);
		KUNIT_ASSERT_EQ(test, map_plain(&pair, &fill), 0);
		fill.prot = RW;
	}
	expect_equal(test, &pair);
	free_pair(&pair);
}

static void vtd_fill_neighbours_test(struct kunit *test)
{
	check_neighbours(test, &vtd_first_kind);
	check_neighbours(test, &vtd_second_kind);
}

/* Whatever goes wrong in the middle: what was there stays, nothing else is left. */
static void check_failure(struct kunit *test, const struct vtd_kind *kind,
			  const struct iommu_run *bad, int error)
{
	struct iommu_run runs[] = {
		{ SZ_1M, SZ_4K }, { SZ_8M, SZ_2M }, { SZ_4M, SZ_2M + SZ_64K }, *bad,
		{ SZ_32M, SZ_8K },
	};
	struct pair pair = new_pair(test, kind);
	struct iommu_bulk fill = {
		.iova = SZ_4M - SZ_4K, .runs = runs, .nruns = ARRAY_SIZE(runs),
		.prot = RW, .gfp = GFP_KERNEL,
	};
	/* What the last but one run meets */
	unsigned long there = fill.iova + SZ_4K + SZ_2M + SZ_2M + SZ_64K + SZ_8K;
	struct iommu_domain *domain = &pair.bulk->domain;
	unsigned long iova;

	KUNIT_ASSERT_EQ(test, iommu_map(domain, there, SZ_1G, SZ_4K, RW, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, vtd_domain_fill(&pair.bulk->domain, &fill), error);
	for (iova = SZ_2M; iova < SZ_16M; iova += SZ_4K)
		KUNIT_ASSERT_EQ(test, iommu_iova_to_phys(domain, iova),
				iova == there ? SZ_1G : 0);
	/* And it can be filled at once when the reason is gone. */
	KUNIT_EXPECT_EQ(test, iommu_unmap(domain, there, SZ_4K), SZ_4K);
	runs[3] = (struct iommu_run){ SZ_16M, SZ_64K };
	KUNIT_EXPECT_EQ(test, vtd_domain_fill(&pair.bulk->domain, &fill), 0);
	KUNIT_EXPECT_EQ(test, map_plain(&pair, &fill), 0);
	expect_equal(test, &pair);
	free_pair(&pair);
}

static void vtd_fill_failure_test(struct kunit *test)
{
	static const struct iommu_run occupied = { SZ_16M + SZ_4K, SZ_64K };
	static const struct iommu_run too_high = { BIT_ULL(52) - SZ_4K, SZ_8K };
	static const struct iommu_run wraps = { ~(phys_addr_t)(SZ_4K - 1), SZ_8K };
	static const struct iommu_run unaligned = { SZ_16M + 1, SZ_4K };
	static const struct iommu_run uneven = { SZ_16M, SZ_4K + 1 };
	static const struct iommu_run empty = { SZ_16M, 0 };

	check_failure(test, &vtd_first_kind, &occupied, -EADDRINUSE);
	check_failure(test, &vtd_second_kind, &occupied, -EADDRINUSE);
	check_failure(test, &vtd_first_kind, &too_high, -ERANGE);
	check_failure(test, &vtd_second_kind, &too_high, -ERANGE);
	check_failure(test, &vtd_second_kind, &wraps, -ERANGE);
	check_failure(test, &vtd_first_kind, &unaligned, -EINVAL);
	check_failure(test, &vtd_second_kind, &uneven, -EINVAL);
	check_failure(test, &vtd_second_kind, &empty, -EINVAL);
}

static void check_bounds(struct kunit *test, const struct vtd_kind *kind)
{
	struct pair pair = new_pair(test, kind);
	struct iommu_domain *domain = &pair.bulk->domain;
	struct iommu_run runs[] = { { SZ_1M, SZ_8K }, { SZ_4M, SZ_8K } };
	struct iommu_bulk fill = {
		.iova = domain->geometry.aperture_end - SZ_16K + 1,
		.runs = runs, .nruns = 2, .prot = RW, .gfp = GFP_KERNEL,
	};

	/* Up to the last page, and not beyond. */
	KUNIT_EXPECT_EQ(test, vtd_domain_fill(&pair.bulk->domain, &fill), 0);
	KUNIT_EXPECT_EQ(test, iommu_unmap(domain, fill.iova, SZ_16K), SZ_16K);
	fill.iova += SZ_8K;
	KUNIT_EXPECT_EQ(test, vtd_domain_fill(&pair.bulk->domain, &fill), -ERANGE);
	KUNIT_EXPECT_EQ(test, iommu_iova_to_phys(domain, fill.iova), 0);
	fill.iova = SZ_2M + 1;
	KUNIT_EXPECT_EQ(test, vtd_domain_fill(&pair.bulk->domain, &fill), -EINVAL);
	fill.nruns = 0;
	fill.iova = SZ_2M;
	KUNIT_EXPECT_EQ(test, vtd_domain_fill(&pair.bulk->domain, &fill), 0);
	free_pair(&pair);
}

static void vtd_fill_bounds_test(struct kunit *test)
{
	check_bounds(test, &vtd_first_kind);
	check_bounds(test, &vtd_second_kind);
}

/* Page sizes that the domain was denied are not used. */
static void check_denied(struct kunit *test, const struct vtd_kind *kind)
{
	struct pair pair = new_pair(test, kind);
	struct iommu_run runs[] = { { SZ_2M, SZ_4M }, { SZ_1G, SZ_2M } };
	struct iommu_bulk fill = {
		.iova = SZ_4M, .runs = runs, .nruns = 2, .prot = RW, .gfp = GFP_KERNEL,
	};

	pair.bulk->domain.pgsize_bitmap = SZ_4K;
	pair.plain->domain.pgsize_bitmap = SZ_4K;
	KUNIT_EXPECT_EQ(test, vtd_domain_fill(&pair.bulk->domain, &fill), 0);
	KUNIT_EXPECT_EQ(test, map_plain(&pair, &fill), 0);
	expect_equal(test, &pair);
	free_pair(&pair);
}

static void vtd_fill_denied_test(struct kunit *test)
{
	check_denied(test, &vtd_first_kind);
	check_denied(test, &vtd_second_kind);
}

/* A caching unit hears of the whole range at once. */
static void vtd_fill_announce_test(struct kunit *test)
{
	struct pair pair = new_pair(test, &vtd_second_kind);
	struct vtd_unit *unit = &pair.fake->unit;
	struct vtd_tag_key key = { .kind = VTD_TAG_SECOND, .unit = unit, .did = 9 };
	struct vtd_tag *tag = vtd_tag_alloc(&key);
	struct iommu_run runs[] = { { SZ_1M, SZ_8K }, { SZ_4M, SZ_8K } };
	struct iommu_bulk fill = {
		.iova = SZ_64K, .runs = runs, .nruns = 2, .prot = RW, .gfp = GFP_KERNEL,
	};

	KUNIT_ASSERT_NOT_NULL(test, tag);
	unit->caps.cm = true;
	vtd_tag_publish(&pair.bulk->tags, tag);
	KUNIT_EXPECT_EQ(test, vtd_domain_fill(&pair.bulk->domain, &fill), 0);
	EXPECT_DESCS(test, pair.fake,
		     vtd_desc_iotlb_page(unit->caps.iotlb_drain, 9, SZ_64K, 2, 0));
	KUNIT_EXPECT_TRUE(test, to_vtd_paging(pair.bulk)->mapped);
	vtd_tag_retract(&pair.bulk->tags, &key);
	free_pair(&pair);
}

static u64 *leaf_of(struct vtd_domain *domain, unsigned long iova)
{
	unsigned int level;
	u64 *table = (u64 *)top_of(domain, &level);

	for (; level; level--)
		table = phys_to_virt(table[(iova >> (PAGE_SHIFT +
						     level * VTD_PT_LEVEL_BITS)) &
					   (VTD_PT_ENTRIES - 1)] & VTD_PT_ADDR);
	return &table[(iova >> PAGE_SHIFT) & (VTD_PT_ENTRIES - 1)];
}

/* Accessed and dirty, as the specification numbers them */
#define USED_SECOND	(BIT_ULL(8) | BIT_ULL(9))

static const struct pt_iommu_ops *library;

/* A device writes to each page as soon as it is mapped, and the unit notes it. */
static int map_and_use(struct pt_iommu *pt, dma_addr_t iova, phys_addr_t phys,
		       dma_addr_t length, unsigned int prot, gfp_t gfp, size_t *mapped)
{
	struct vtd_paging_domain *domain = container_of(pt, struct vtd_paging_domain, pt);
	int ret = library->map_range(pt, iova, phys, length, prot, gfp, mapped);

	if (!ret && length == SZ_4K)
		*leaf_of(&domain->base, iova) |= USED_SECOND;
	return ret;
}

/* Pages that nobody has used yet do not look as if somebody had. */
static void vtd_fill_used_test(struct kunit *test)
{
	struct pair pair = new_pair(test, &vtd_second_kind);
	struct iommu_run runs[] = { { SZ_1M, SZ_16K }, { SZ_4M, SZ_8K } };
	struct iommu_bulk fill = {
		.iova = SZ_2M - SZ_8K, .runs = runs, .nruns = 2, .prot = RW,
		.gfp = GFP_KERNEL,
	};
	struct pt_iommu_ops ops;

	library = to_vtd_paging(pair.bulk)->pt.ops;
	ops = *library;
	ops.map_range = map_and_use;
	to_vtd_paging(pair.bulk)->pt.ops = &ops;
	KUNIT_EXPECT_EQ(test, vtd_domain_fill(&pair.bulk->domain, &fill), 0);
	to_vtd_paging(pair.bulk)->pt.ops = library;
	KUNIT_EXPECT_EQ(test, map_plain(&pair, &fill), 0);

	/* The first entry of each table is the library's, and was used. */
	KUNIT_EXPECT_EQ(test, *leaf_of(pair.bulk, fill.iova) & USED_SECOND, USED_SECOND);
	KUNIT_EXPECT_EQ(test, *leaf_of(pair.bulk, SZ_2M) & USED_SECOND, USED_SECOND);
	*leaf_of(pair.bulk, fill.iova) &= ~USED_SECOND;
	*leaf_of(pair.bulk, SZ_2M) &= ~USED_SECOND;
	expect_equal(test, &pair);
	free_pair(&pair);
}

static struct kunit_case vtd_fill_cases[] = {
	KUNIT_CASE(vtd_fill_sizes_test),
	KUNIT_CASE(vtd_fill_random_test),
	KUNIT_CASE(vtd_fill_neighbours_test),
	KUNIT_CASE(vtd_fill_failure_test),
	KUNIT_CASE(vtd_fill_bounds_test),
	KUNIT_CASE(vtd_fill_denied_test),
	KUNIT_CASE(vtd_fill_announce_test),
	KUNIT_CASE(vtd_fill_used_test),
	{}
};

static struct kunit_suite vtd_fill_suite = {
	.name = "vtd_fill",
	.test_cases = vtd_fill_cases,
};

kunit_test_suite(vtd_fill_suite);
