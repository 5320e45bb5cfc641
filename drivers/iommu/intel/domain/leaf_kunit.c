// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: small pages are mapped and unmapped as the library would do it.
 */
#include <kunit/test.h>
#include <linux/iommu.h>
#include <linux/prandom.h>
#include <linux/sizes.h>

#include "../../iommu-pages.h"
#include "../hw/stage.h"
#include "../inval/expect_kunit.h"
#include "kinds.h"
#include "leaf.h"
#include "paging.h"

#define RW		(IOMMU_READ | IOMMU_WRITE)
#define IOVA		(SZ_1G - SZ_2M)
/* Pages from IOVA on that the random test works on: two leaf tables. */
#define NPAGES		(2 * VTD_PT_ENTRIES)

/**
 * struct twins - two domains of one kind that are asked the same
 * @fake: the unit that they are made for
 * @ours: the one under test
 * @plain: the one that is the library's alone
 */
struct twins {
	struct fake_queue *fake;
	struct vtd_paging_domain *ours;
	struct vtd_paging_domain *plain;
};

static struct vtd_paging_domain *new_domain(struct kunit *test, struct vtd_unit *unit,
					    bool first, unsigned int flags)
{
	struct iommu_domain *domain = first ? vtd_first_alloc(unit, flags) :
					      vtd_second_alloc(unit, flags);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	domain->type = IOMMU_DOMAIN_UNMANAGED;
	return to_vtd_paging(to_vtd_domain(domain));
}

static struct twins new_twins(struct kunit *test, bool first, unsigned int flags)
{
	struct twins twins = { .fake = expect_unit(test, 0) };
	struct device *dev = kunit_kzalloc(test, sizeof(*dev), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, dev);
	twins.fake->unit.iommu.dev = dev;
	twins.ours = new_domain(test, &twins.fake->unit, first, flags);
	twins.plain = new_domain(test, &twins.fake->unit, first, flags);
	twins.plain->pt.ops = twins.plain->library;
	return twins;
}

static void free_twins(struct twins *twins)
{
	vtd_paging_free(&twins->ours->base.domain);
	vtd_paging_free(&twins->plain->base.domain);
	fake_free(twins->fake);
}

static void map_both(struct kunit *test, struct twins *twins, unsigned long iova,
		     phys_addr_t phys, size_t length, int prot)
{
	int ret = iommu_map(&twins->plain->base.domain, iova, phys, length, prot,
			    GFP_KERNEL);

	KUNIT_ASSERT_EQ(test, ret, iommu_map(&twins->ours->base.domain, iova, phys, length,
					     prot, GFP_KERNEL));
}

/* What has to be flushed is the same, too. */
static void unmap_both(struct kunit *test, struct twins *twins, unsigned long iova,
		       size_t length)
{
	struct iommu_iotlb_gather ours, plain;
	size_t unmapped;

	iommu_iotlb_gather_init(&ours);
	iommu_iotlb_gather_init(&plain);
	unmapped = iommu_unmap_fast(&twins->plain->base.domain, iova, length, &plain);
	KUNIT_ASSERT_EQ(test, unmapped, iommu_unmap_fast(&twins->ours->base.domain, iova,
							 length, &ours));
	if (unmapped) {
		KUNIT_EXPECT_EQ(test, ours.start, plain.start);
		KUNIT_EXPECT_EQ(test, ours.end, plain.end);
	}
	KUNIT_EXPECT_EQ(test, iommu_pages_list_empty(&ours.freelist),
			iommu_pages_list_empty(&plain.freelist));
	iommu_iotlb_sync(&twins->plain->base.domain, &plain);
	iommu_iotlb_sync(&twins->ours->base.domain, &ours);
}

/* The entries of the small pages, and which leaf tables there are. */
static void expect_equal(struct kunit *test, struct twins *twins)
{
	unsigned long iova;

	for (iova = IOVA; iova < IOVA + NPAGES * SZ_4K; iova += SZ_4K) {
		const u64 *ours = vtd_leaf_entry(twins->ours, iova);
		const u64 *plain = vtd_leaf_entry(twins->plain, iova);

		KUNIT_ASSERT_EQ(test, !ours, !plain);
		if (ours)
			KUNIT_ASSERT_EQ(test, *ours, *plain);
	}
}

static unsigned int below(struct rnd_state *rnd, unsigned int n)
{
	return prandom_u32_state(rnd) % n;
}

/* Maps that meet what is there, and unmaps of more and of less than was mapped. */
static void random_steps(struct kunit *test, bool first, unsigned int flags, u64 seed)
{
	static const int prots[] = { RW, IOMMU_READ, RW | IOMMU_CACHE, IOMMU_WRITE };
	struct twins twins = new_twins(test, first, flags);
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, seed);
	for (i = 0; i < 600; i++) {
		unsigned int page = below(&rnd, NPAGES);
		unsigned int n = 1 + below(&rnd, i % 8 ? 8 : NPAGES);
		unsigned long iova = IOVA + page * SZ_4K;

		n = min(n, NPAGES - page);
		if (below(&rnd, 3))
			map_both(test, &twins, iova,
				 (phys_addr_t)prandom_u32_state(&rnd) << PAGE_SHIFT,
				 n * SZ_4K, prots[below(&rnd, i % 4 ? 1 : ARRAY_SIZE(prots))]);
		else
			unmap_both(test, &twins, iova, n * SZ_4K);
	}
	expect_equal(test, &twins);
	iommu_unmap(&twins.ours->base.domain, IOVA, NPAGES * SZ_4K);
	free_twins(&twins);
}

static void vtd_leaf_random_test(struct kunit *test)
{
	u64 seed;

	for (seed = 1; seed <= 10; seed++) {
		random_steps(test, true, 0, seed);
		random_steps(test, false, 0, seed);
		random_steps(test, false, VTD_PAGING_NEST_PARENT, seed);
		random_steps(test, false, VTD_PAGING_FLUSH_TABLES, seed);
		random_steps(test, true, VTD_PAGING_FLUSH_TABLES, seed);
	}
}

/* A whole leaf table is the library's, which frees it; a part of one is not. */
static void vtd_leaf_whole_table_test(struct kunit *test)
{
	struct twins twins = new_twins(test, false, 0);
	unsigned long length = VTD_LEAF_SPAN;

	map_both(test, &twins, IOVA, SZ_4K, length, RW);
	unmap_both(test, &twins, IOVA, length);
	KUNIT_EXPECT_NULL(test, vtd_leaf_entry(twins.ours, IOVA));

	map_both(test, &twins, IOVA, SZ_4K, length, RW);
	unmap_both(test, &twins, IOVA + SZ_4K, length - SZ_4K);
	unmap_both(test, &twins, IOVA, SZ_4K);
	KUNIT_EXPECT_NOT_NULL(test, vtd_leaf_entry(twins.ours, IOVA));
	expect_equal(test, &twins);
	free_twins(&twins);
}

/* Beyond the end of the table, of the physical addresses, or of a page. */
static void vtd_leaf_limits_test(struct kunit *test)
{
	struct twins twins = new_twins(test, false, 0);
	unsigned long last = twins.ours->base.domain.geometry.aperture_end & PAGE_MASK;

	map_both(test, &twins, last, SZ_4K, SZ_4K, RW);
	map_both(test, &twins, 0, SZ_8K, SZ_4K, RW);
	map_both(test, &twins, last - SZ_4K, SZ_8K, SZ_4K, RW);
	/* The index of the first page, one table higher. */
	map_both(test, &twins, last + 1 + SZ_4K, SZ_4K, SZ_4K, RW);
	map_both(test, &twins, SZ_4K, BIT_ULL(52), SZ_4K, RW);
	map_both(test, &twins, SZ_4K, SZ_1K, SZ_4K, RW);
	map_both(test, &twins, SZ_4K + SZ_1K, SZ_4K, SZ_4K, RW);
	unmap_both(test, &twins, last + 1, SZ_4K);
	KUNIT_EXPECT_EQ(test, SZ_8K, iommu_iova_to_phys(&twins.ours->base.domain, 0));
	unmap_both(test, &twins, 0, SZ_4K);
	unmap_both(test, &twins, last - SZ_4K, SZ_8K);
	free_twins(&twins);
}

/* Bits are asked for by the protection that they were written for, all of it. */
static void vtd_leaf_bits_test(struct kunit *test)
{
	static const int prots[] = {
		RW, IOMMU_READ, RW | IOMMU_CACHE, RW, IOMMU_WRITE, IOMMU_READ, RW,
	};
	struct twins twins = new_twins(test, false, 0);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, twins.ours->leaf_bits[RW], 0);
	for (i = 0; i < ARRAY_SIZE(prots); i++)
		map_both(test, &twins, IOVA + i * SZ_4K, SZ_4K, SZ_4K, prots[i]);
	expect_equal(test, &twins);
	KUNIT_EXPECT_NE(test, twins.ours->leaf_bits[RW], 0);
	KUNIT_EXPECT_NE(test, twins.ours->leaf_bits[IOMMU_READ],
			twins.ours->leaf_bits[IOMMU_WRITE]);
	unmap_both(test, &twins, IOVA, ARRAY_SIZE(prots) * SZ_4K);
	free_twins(&twins);
}

static const struct pt_iommu_ops *library;
static unsigned int library_maps;

static int count_maps(struct pt_iommu *pt, dma_addr_t iova, phys_addr_t phys,
		      dma_addr_t length, unsigned int prot, gfp_t gfp, size_t *mapped)
{
	library_maps++;
	return library->map_range(pt, iova, phys, length, prot, gfp, mapped);
}

/*
 * Two processors fill one leaf table. The one that came second goes on by itself only
 * below tables that are marked as flushed, whatever it has seen before.
 */
static void flushed_first(struct kunit *test, bool first)
{
	struct twins twins = new_twins(test, first, VTD_PAGING_FLUSH_TABLES);
	struct vtd_paging_domain *ours = twins.ours;
	u64 *top = phys_to_virt(ours->table.root);
	struct pt_iommu_ops ops = *ours->library;

	library = ours->library;
	ops.map_range = count_maps;
	ours->library = &ops;
	library_maps = 0;
	KUNIT_ASSERT_TRUE(test, ours->incoherent);
	map_both(test, &twins, 0, SZ_4K, SZ_4K, RW);
	/* It is the library's mark: this tells if it has got another one. */
	KUNIT_EXPECT_NE(test, ours->table.flushed, 0);
	KUNIT_EXPECT_EQ(test, top[0] & ours->table.flushed, ours->table.flushed);
	map_both(test, &twins, SZ_4K, SZ_4K, SZ_4K, RW);
	KUNIT_EXPECT_EQ(test, library_maps, 1);

	/* As while another processor is flushing. */
	top[0] &= ~ours->table.flushed;
	map_both(test, &twins, SZ_8K, SZ_4K, SZ_4K, RW);
	map_both(test, &twins, SZ_8K + SZ_4K, SZ_4K, SZ_4K, RW);
	KUNIT_EXPECT_EQ(test, library_maps, 3);
	expect_equal(test, &twins);
	unmap_both(test, &twins, 0, SZ_16K);
	ours->library = library;
	free_twins(&twins);
}

static void vtd_leaf_flushed_test(struct kunit *test)
{
	flushed_first(test, true);
	flushed_first(test, false);
}

/* Bits that were known before snooping was forced are not used after it. */
static void vtd_leaf_snoop_test(struct kunit *test)
{
	struct twins twins = new_twins(test, false, 0);
	struct vtd_paging_domain *ours = twins.ours;

	map_both(test, &twins, IOVA, SZ_4K, SZ_4K, RW);
	KUNIT_ASSERT_EQ(test, ours->leaf_bits[RW] & VTD_SS_SNP, 0);
	ours->second.vtdss_pt.common.features |= BIT(PT_FEAT_VTDSS_FORCE_COHERENCE);
	twins.plain->second.vtdss_pt.common.features |= BIT(PT_FEAT_VTDSS_FORCE_COHERENCE);
	ours->forced_bits = VTD_SS_SNP;
	map_both(test, &twins, IOVA + SZ_4K, SZ_4K, SZ_4K, RW);
	map_both(test, &twins, IOVA + SZ_8K, SZ_4K, SZ_4K, RW);
	KUNIT_EXPECT_EQ(test, ours->leaf_bits[RW] & VTD_SS_SNP, VTD_SS_SNP);
	expect_equal(test, &twins);
	unmap_both(test, &twins, IOVA, SZ_8K + SZ_4K);
	free_twins(&twins);
}

static struct kunit_case leaf_cases[] = {
	KUNIT_CASE(vtd_leaf_random_test),
	KUNIT_CASE(vtd_leaf_whole_table_test),
	KUNIT_CASE(vtd_leaf_limits_test),
	KUNIT_CASE(vtd_leaf_bits_test),
	KUNIT_CASE(vtd_leaf_flushed_test),
	KUNIT_CASE(vtd_leaf_snoop_test),
	{}
};

static struct kunit_suite leaf_suite = {
	.name = "vtd_leaf",
	.test_cases = leaf_cases,
};

kunit_test_suite(leaf_suite);
