// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: every kind of domain in place of every other, what was never attached,
 * ids and PASIDs to the last one, and page tables at the borders of their life.
 */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/sizes.h>

#include "../../iommu-pages.h"
#include "../hw/page.h"
#include "../hw/regs_layout.h"
#include "../unit/did.h"
#include "bench_kunit.h"

#define RW	(IOMMU_READ | IOMMU_WRITE)

/* The kinds that a device, or a PASID of it, may have; index of its domain. */
enum { BLOCKED, IDENTITY, FIRST, SECOND, KINDS };

static void attach_kind(struct kunit *test, struct vtd_device *vd, u32 pasid,
			unsigned int kind, struct vtd_domain **domain)
{
	KUNIT_ASSERT_EQ(test, vtd_attach(domain[kind], vd, pasid), 0);
}

static const unsigned int pgtt_of[] = {
	[BLOCKED] = 0,
	[IDENTITY] = VTD_PGTT_PASSTHROUGH,
	[FIRST] = VTD_PGTT_FIRST,
	[SECOND] = VTD_PGTT_SECOND,
};

static void check_kind(struct kunit *test, struct vtd_device *vd, u32 pasid,
		       unsigned int kind, struct vtd_domain **domain)
{
	unsigned int i;

	KUNIT_EXPECT_EQ(test, bench_pgtt(vd, pasid), pgtt_of[kind]);
	for (i = FIRST; i < KINDS; i++) {
		bool used = kind == i;

		KUNIT_EXPECT_EQ(test, list_count_nodes(&domain[i]->tags.list), used);
		KUNIT_EXPECT_EQ(test, list_count_nodes(&domain[i]->attachments), used);
		KUNIT_EXPECT_EQ(test, list_count_nodes(&domain[i]->ids), used);
	}
	KUNIT_EXPECT_EQ(test, vtd_did_count(vd->unit), kind == FIRST || kind == SECOND);
}

static void vtd_limits_kinds_test(struct kunit *test)
{
	struct bench *bench = bench_new(test, true);
	struct vtd_domain *domain[] = {
		[BLOCKED] = &vtd_blocked,
		[IDENTITY] = &vtd_identity,
		[FIRST] = bench_domain_new(test, bench, true),
		[SECOND] = bench_domain_new(test, bench, false),
	};
	static const u32 pasids[] = { IOMMU_NO_PASID, 3 };
	struct vtd_device *vd = &bench->vd[0];
	unsigned int i, old, new;

	for (i = 0; i < ARRAY_SIZE(pasids); i++)
		for (old = BLOCKED; old < KINDS; old++)
			for (new = BLOCKED; new < KINDS; new++) {
				attach_kind(test, vd, pasids[i], old, domain);
				check_kind(test, vd, pasids[i], old, domain);
				attach_kind(test, vd, pasids[i], new, domain);
				check_kind(test, vd, pasids[i], new, domain);
				attach_kind(test, vd, pasids[i], BLOCKED, domain);
				bench->fake->n = 0;
			}
	bench_domain_free(test, domain[FIRST]);
	bench_domain_free(test, domain[SECOND]);
	bench_free(test, bench);
}

/* To block what is blocked changes nothing, also in what comes after. */
static void vtd_limits_never_attached_test(struct kunit *test)
{
	struct bench *bench = bench_new(test, true);
	struct vtd_domain *a = bench_domain_new(test, bench, true);
	struct vtd_device *vd = &bench->vd[0];

	vtd_attach(&vtd_blocked, vd, IOMMU_NO_PASID);
	vtd_attach(&vtd_blocked, vd, 5);
	vtd_attach(&vtd_blocked, vd, 70);
	KUNIT_EXPECT_TRUE(test, xa_empty(&vd->pasids));
	KUNIT_EXPECT_EQ(test, vtd_did_count(vd->unit), 0);

	KUNIT_ASSERT_EQ(test, vtd_attach(a, vd, IOMMU_NO_PASID), 0);
	KUNIT_ASSERT_EQ(test, vtd_attach(a, &bench->vd[1], IOMMU_NO_PASID), 0);
	vtd_attach(&vtd_blocked, vd, IOMMU_NO_PASID);
	vtd_attach(&vtd_blocked, vd, IOMMU_NO_PASID);
	vtd_attach(&vtd_blocked, vd, 5);
	/* The other device's is untouched. */
	KUNIT_EXPECT_EQ(test, bench_pgtt(&bench->vd[1], 0), VTD_PGTT_FIRST);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&a->tags.list), 1);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&a->attachments), 1);
	vtd_attach(&vtd_blocked, &bench->vd[1], IOMMU_NO_PASID);
	bench_domain_free(test, a);
	bench_free(test, bench);
}

/* Does anything still name the id? Its last invalidation is by the whole id. */
static void expect_forgotten(struct kunit *test, struct fake_queue *fake, u16 did)
{
	struct vtd_desc cache = vtd_desc_pasid_cache_domain(did);
	struct vtd_desc iotlb = vtd_desc_iotlb_domain(fake->unit.caps.iotlb_drain, did);

	KUNIT_ASSERT_GE(test, fake->n, 2);
	KUNIT_EXPECT_MEMEQ(test, &fake->log[fake->n - 2], &cache, sizeof(cache));
	KUNIT_EXPECT_MEMEQ(test, &fake->log[fake->n - 1], &iotlb, sizeof(iotlb));
}

#define IDS	(16 - VTD_DID_FIRST_DYNAMIC)

/* A unit with ids of 4 bits: all of them, one too many, and again. */
static void vtd_limits_ids_test(struct kunit *test)
{
	struct bench *bench = bench_new(test, true);
	struct vtd_unit *unit = &bench->fake->unit;
	struct vtd_device *vd = &bench->vd[0];
	struct vtd_domain *domain[IDS + 1];
	unsigned int i, round, pasid;
	DECLARE_BITMAP(seen, 16);
	u16 did;

	unit->caps.ndids = 16;
	for (i = 0; i <= IDS; i++)
		domain[i] = bench_domain_new(test, bench, i & 1);
	for (round = 0; round < 20; round++) {
		bitmap_zero(seen, 16);
		for (i = 0; i < IDS; i++) {
			KUNIT_ASSERT_EQ(test, vtd_attach(domain[i], vd, i + 1), 0);
			did = vtd_pasid_entry_did(bench_pasid_entry(vd, i + 1));
			KUNIT_ASSERT_LT(test, did, 16);
			KUNIT_ASSERT_FALSE(test, test_and_set_bit(did, seen));
		}
		KUNIT_EXPECT_EQ(test, vtd_attach(domain[IDS], vd, 100), -ENOSPC);
		KUNIT_EXPECT_EQ(test, vtd_attach(domain[IDS], vd, 1), -ENOSPC);
		for (i = 0; i < IDS; i++) {
			/* in another order each time */
			pasid = (i + round) % IDS + 1;
			did = vtd_pasid_entry_did(bench_pasid_entry(vd, pasid));
			bench->fake->n = 0;
			vtd_attach(&vtd_blocked, vd, pasid);
			expect_forgotten(test, bench->fake, did);
		}
		KUNIT_EXPECT_EQ(test, vtd_did_count(unit), 0);
	}
	for (i = 0; i <= IDS; i++)
		bench_domain_free(test, domain[i]);
	bench_free(test, bench);
}

/* PASIDs to the last one; those of a device whose table is small. */
static void vtd_limits_pasids_test(struct kunit *test)
{
	static const u32 good[] = { 1, 63, 64, (1 << 20) - 2, (1 << 20) - 1 };
	static const u32 bad[] = { 1 << 20, (1 << 20) + 1, 1U << 31, U32_MAX };
	struct bench *bench = bench_new(test, true);
	struct vtd_domain *a = bench_domain_new(test, bench, true);
	struct vtd_device *vd = &bench->vd[0];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		KUNIT_EXPECT_EQ(test, vtd_attach(a, vd, good[i]), 0);
		KUNIT_EXPECT_EQ(test, bench_pgtt(vd, good[i]), VTD_PGTT_FIRST);
	}
	KUNIT_EXPECT_EQ(test, list_count_nodes(&a->attachments), ARRAY_SIZE(good));
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		KUNIT_EXPECT_EQ(test, vtd_attach(a, vd, bad[i]), -EINVAL);
		KUNIT_EXPECT_EQ(test, vtd_attach(&vtd_identity, vd, bad[i]), -EINVAL);
		vtd_attach(&vtd_blocked, vd, bad[i]);
	}
	KUNIT_EXPECT_EQ(test, list_count_nodes(&a->attachments), ARRAY_SIZE(good));
	for (i = 0; i < ARRAY_SIZE(good); i++)
		vtd_attach(&vtd_blocked, vd, good[i]);

	/* The other one in its group has none; that is no matter of this one's. */
	bench->vd[1].pasid_enabled = false;
	KUNIT_EXPECT_EQ(test, vtd_attach(a, vd, 7), 0);
	KUNIT_EXPECT_EQ(test, vtd_attach(a, &bench->vd[1], 7), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, bench_pgtt(&bench->vd[1], 7), 0);
	vtd_attach(&vtd_blocked, vd, 7);
	bench_domain_free(test, a);
	bench_free(test, bench);
}

/* Maps of a caching unit's domain: without a device, with one, without again. */
static void vtd_limits_maps_test(struct kunit *test)
{
	struct bench *bench = bench_new(test, true);
	struct vtd_unit *unit = &bench->fake->unit;
	struct vtd_domain *a = bench_domain_new(test, bench, false);
	struct iommu_domain *domain = &a->domain;
	struct vtd_device *vd = &bench->vd[0];
	u64 drain = unit->caps.iotlb_drain;
	u16 did;

	unit->caps.cm = true;
	domain->type = IOMMU_DOMAIN_UNMANAGED;
	KUNIT_ASSERT_EQ(test, iommu_map(domain, SZ_4K, SZ_1M, SZ_4K, RW, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, bench->fake->n, 0);

	KUNIT_ASSERT_EQ(test, vtd_attach(a, vd, IOMMU_NO_PASID), 0);
	did = vtd_pasid_entry_did(bench_pasid_entry(vd, 0));
	/* Nothing that the unit thinks to be absent stays. */
	KUNIT_EXPECT_GE(test, bench->fake->n, 2);
	bench->fake->n = 0;
	KUNIT_ASSERT_EQ(test, iommu_map(domain, SZ_8K, SZ_1M, SZ_4K, RW, GFP_KERNEL), 0);
	EXPECT_DESCS(test, bench->fake, vtd_desc_iotlb_page(drain, did, SZ_8K, 0, 0));

	vtd_attach(&vtd_blocked, vd, IOMMU_NO_PASID);
	bench->fake->n = 0;
	KUNIT_ASSERT_EQ(test, iommu_map(domain, SZ_16K, SZ_1M, SZ_4K, RW, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, iommu_unmap(domain, SZ_4K, SZ_4K), SZ_4K);
	KUNIT_EXPECT_EQ(test, bench->fake->n, 0);
	bench_domain_free(test, a);
	bench_free(test, bench);
}

/*
 * Tables and leaves.
 */
static u64 *table_of(struct vtd_domain *domain, unsigned long iova)
{
	struct vtd_paging_table top = vtd_paging_table(domain);
	unsigned int level = top.levels;
	u64 *table = phys_to_virt(top.root);

	while (--level)
		table = phys_to_virt(table[(iova >> (PAGE_SHIFT +
						     level * VTD_PT_LEVEL_BITS)) &
					   (VTD_PT_ENTRIES - 1)] & VTD_PT_ADDR);
	return table;
}

/**
 * struct witness - looks at a page table whenever the unit gets work
 * @plain: the unit's accessor
 * @table: the table
 * @seen: how often it was looked at
 * @freed: and was free memory already
 */
static struct witness {
	void (*plain)(const struct vtd_reg_hook *hook, u32 at, u64 value);
	void *table;
	unsigned int seen;
	unsigned int freed;
} witness;

static void witness_write64(const struct vtd_reg_hook *hook, u32 at, u64 value)
{
	if (at == VTD_IQT) {
		witness.seen++;
		witness.freed += !page_count(virt_to_page(witness.table));
	}
	witness.plain(hook, at, value);
}

static void check_freed_last(struct kunit *test, bool first)
{
	struct bench *bench = bench_new(test, true);
	struct vtd_domain *a = bench_domain_new(test, bench, first);
	struct iommu_domain *domain = &a->domain;
	struct iommu_iotlb_gather gather;

	domain->type = IOMMU_DOMAIN_UNMANAGED;
	KUNIT_ASSERT_EQ(test, vtd_attach(a, &bench->vd[0], IOMMU_NO_PASID), 0);
	KUNIT_ASSERT_EQ(test, iommu_map(domain, SZ_2M, SZ_1M, SZ_2M, RW, GFP_KERNEL), 0);
	witness = (struct witness){
		.plain = bench->fake->hook.write64, .table = table_of(a, SZ_2M),
	};
	bench->fake->hook.write64 = witness_write64;
	KUNIT_EXPECT_EQ(test, iommu_unmap(domain, SZ_2M, SZ_2M), SZ_2M);
	KUNIT_EXPECT_EQ(test, witness.seen, 1);
	KUNIT_EXPECT_EQ(test, witness.freed, 0);

	/* Deferred: nothing is invalidated, and nothing freed, before the flush. */
	KUNIT_ASSERT_EQ(test, iommu_map(domain, SZ_2M, SZ_1M, SZ_2M, RW, GFP_KERNEL), 0);
	witness.table = table_of(a, SZ_2M);
	iommu_iotlb_gather_init(&gather);
	gather.queued = true;
	KUNIT_EXPECT_EQ(test, iommu_unmap_fast(domain, SZ_2M, SZ_2M, &gather), SZ_2M);
	KUNIT_EXPECT_EQ(test, witness.seen, 1);
	KUNIT_EXPECT_FALSE(test, iommu_pages_list_empty(&gather.freelist));
	KUNIT_EXPECT_NE(test, page_count(virt_to_page(witness.table)), 0);
	domain->ops->flush_iotlb_all(domain);
	KUNIT_EXPECT_EQ(test, witness.seen, 2);
	KUNIT_EXPECT_EQ(test, witness.freed, 0);
	iommu_put_pages_list(&gather.freelist);

	bench->fake->hook.write64 = witness.plain;
	vtd_attach(&vtd_blocked, &bench->vd[0], IOMMU_NO_PASID);
	bench_domain_free(test, a);
	bench_free(test, bench);
}

static void vtd_limits_freed_last_test(struct kunit *test)
{
	check_freed_last(test, true);
	check_freed_last(test, false);
}

/* A large leaf goes as a whole, and all of it is invalidated. */
static void vtd_limits_large_leaf_test(struct kunit *test)
{
	struct bench *bench = bench_new(test, true);
	struct vtd_domain *a = bench_domain_new(test, bench, false);
	struct iommu_domain *domain = &a->domain;
	u64 drain = bench->fake->unit.caps.iotlb_drain;
	struct vtd_device *vd = &bench->vd[0];
	u16 did;

	domain->type = IOMMU_DOMAIN_UNMANAGED;
	KUNIT_ASSERT_EQ(test, vtd_attach(a, vd, IOMMU_NO_PASID), 0);
	did = vtd_pasid_entry_did(bench_pasid_entry(vd, 0));
	KUNIT_ASSERT_EQ(test, iommu_map(domain, SZ_2M, SZ_4M, SZ_2M, RW, GFP_KERNEL), 0);
	bench->fake->n = 0;
	KUNIT_EXPECT_EQ(test, iommu_unmap(domain, SZ_2M, SZ_4K), SZ_2M);
	EXPECT_DESCS(test, bench->fake,
		     vtd_desc_iotlb_page(drain, did, SZ_2M, 9, VTD_IOTLB1_IH));

	/* It takes the place of an empty table: upper levels are forgotten, too. */
	KUNIT_ASSERT_EQ(test, iommu_map(domain, SZ_2M, SZ_4M, SZ_4K, RW, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, iommu_unmap(domain, SZ_2M, SZ_4K), SZ_4K);
	bench->fake->n = 0;
	KUNIT_ASSERT_EQ(test, iommu_map(domain, SZ_2M, SZ_4M, SZ_2M, RW, GFP_KERNEL), 0);
	EXPECT_DESCS(test, bench->fake, vtd_desc_iotlb_page(drain, did, SZ_2M, 9, 0));

	vtd_attach(&vtd_blocked, vd, IOMMU_NO_PASID);
	bench_domain_free(test, a);
	bench_free(test, bench);
}

static struct kunit_case vtd_limits_cases[] = {
	KUNIT_CASE(vtd_limits_kinds_test),
	KUNIT_CASE(vtd_limits_never_attached_test),
	KUNIT_CASE(vtd_limits_ids_test),
	KUNIT_CASE(vtd_limits_pasids_test),
	KUNIT_CASE(vtd_limits_maps_test),
	KUNIT_CASE(vtd_limits_freed_last_test),
	KUNIT_CASE(vtd_limits_large_leaf_test),
	{}
};

static struct kunit_suite vtd_limits_suite = {
	.name = "vtd_limits",
	.test_cases = vtd_limits_cases,
};

kunit_test_suite(vtd_limits_suite);
