// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: what firmware forbids for requests without PASID of a device (SIDP)
 * is in no entry.
 */
#include <kunit/test.h>

#include "../hw/dmar_layout.h"
#include "bench_kunit.h"

/* Firmware forbids that the unit looks for tables in the CPU's caches. */
static void vtd_firmware_unsnooped_test(struct kunit *test)
{
	struct bench *bench = bench_new(test, true);
	struct vtd_domain *cached = bench_domain_new(test, bench, true);
	struct vtd_domain *flushed =
		to_vtd_domain(vtd_second_alloc(&bench->fake->unit,
					       VTD_PAGING_FLUSH_TABLES));
	struct vtd_device *vd = &bench->vd[0];

	vd->sidp = VTD_SIDP_F_NO_PWSNP;
	KUNIT_EXPECT_FALSE(test, to_vtd_paging(cached)->incoherent);
	KUNIT_EXPECT_TRUE(test, to_vtd_paging(flushed)->incoherent);
	KUNIT_EXPECT_EQ(test, vtd_attach(cached, vd, IOMMU_NO_PASID), -EINVAL);
	KUNIT_ASSERT_EQ(test, vtd_attach(flushed, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_FALSE(test, bench_pasid_entry(vd, 0)[1] & VTD_PE1_PWSNP);
	/* It is about requests without PASID alone, and about that device. */
	KUNIT_ASSERT_EQ(test, vtd_attach(cached, vd, 3), 0);
	KUNIT_EXPECT_TRUE(test, bench_pasid_entry(vd, 3)[1] & VTD_PE1_PWSNP);
	KUNIT_ASSERT_EQ(test, vtd_attach(flushed, &bench->vd[1], IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_TRUE(test, bench_pasid_entry(&bench->vd[1], 0)[1] & VTD_PE1_PWSNP);

	vtd_attach(&vtd_blocked, vd, 3);
	vtd_attach(&vtd_blocked, vd, IOMMU_NO_PASID);
	vtd_attach(&vtd_blocked, &bench->vd[1], IOMMU_NO_PASID);
	bench_domain_free(test, cached);
	bench_domain_free(test, flushed);
	bench_free(test, bench);
}

/* Firmware forbids that accesses are made to snoop. */
static void vtd_firmware_no_snoop_test(struct kunit *test)
{
	struct bench *bench = bench_new(test, true);
	struct vtd_domain *a = bench_domain_new(test, bench, true);
	struct vtd_domain *b = bench_domain_new(test, bench, false);
	struct vtd_device *vd = &bench->vd[0];

	vd->sidp = VTD_SIDP_F_NO_PGSNP;
	KUNIT_ASSERT_EQ(test, vtd_attach(a, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_FALSE(test, a->domain.ops->enforce_cache_coherency(&a->domain));
	KUNIT_EXPECT_FALSE(test, bench_pasid_entry(vd, 0)[1] & VTD_PE1_PGSNP);
	/* A PASID can be; requests without cannot come after that. */
	KUNIT_ASSERT_EQ(test, vtd_attach(b, vd, 3), 0);
	KUNIT_EXPECT_TRUE(test, b->domain.ops->enforce_cache_coherency(&b->domain));
	KUNIT_EXPECT_TRUE(test, bench_pasid_entry(vd, 3)[1] & VTD_PE1_PGSNP);
	KUNIT_EXPECT_EQ(test, vtd_attach(b, vd, IOMMU_NO_PASID), -EINVAL);

	vtd_attach(&vtd_blocked, vd, 3);
	vtd_attach(&vtd_blocked, vd, IOMMU_NO_PASID);
	bench_domain_free(test, a);
	bench_domain_free(test, b);
	bench_free(test, bench);
}

/* A domain that is made for a device suits it. */
static void vtd_firmware_made_for_test(struct kunit *test)
{
	struct bench *bench = bench_new(test, true);
	struct dev_iommu *dev_iommu = kunit_kzalloc(test, sizeof(*dev_iommu), GFP_KERNEL);
	struct vtd_device *vd = &bench->vd[0];
	struct vtd_domain *domain;

	KUNIT_ASSERT_NOT_NULL(test, dev_iommu);
	bench->dev[0].iommu = dev_iommu;
	dev_iommu->priv = vd;
	vd->sidp = VTD_SIDP_F_NO_PWSNP | VTD_SIDP_F_NO_PGSNP;
	domain = to_vtd_domain(vtd_domain_alloc_paging(&bench->dev[0], 0, NULL));
	KUNIT_EXPECT_FALSE(test,
			   domain->domain.ops->enforce_cache_coherency(&domain->domain));
	KUNIT_ASSERT_EQ(test, vtd_attach(domain, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_FALSE(test, bench_pasid_entry(vd, 0)[1] &
			   (VTD_PE1_PWSNP | VTD_PE1_PGSNP));

	vtd_attach(&vtd_blocked, vd, IOMMU_NO_PASID);
	bench_domain_free(test, domain);
	bench->dev[0].iommu = NULL;
	bench_free(test, bench);
}

static struct kunit_case vtd_firmware_cases[] = {
	KUNIT_CASE(vtd_firmware_unsnooped_test),
	KUNIT_CASE(vtd_firmware_no_snoop_test),
	KUNIT_CASE(vtd_firmware_made_for_test),
	{}
};

static struct kunit_suite vtd_firmware_suite = {
	.name = "vtd_firmware",
	.test_cases = vtd_firmware_cases,
};

kunit_test_suite(vtd_firmware_suite);
