// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: what a guest may choose of a nested domain, and what a parent must be.
 */
#include <uapi/linux/iommufd.h>

#include "kinds.h"
#include "paging.h"
#include "stand_kunit.h"

#define GUEST	0x200000ULL

static void no_nest(struct stand *stand)
{
	stand->fake->unit.caps.nest = false;
}

static void no_scalable(struct stand *stand)
{
	stand->fake->unit.scalable = false;
}

static void no_parent(struct stand *stand)
{
	to_vtd_paging(stand->domain)->nest_parent = false;
}

/* The parent's table is wider than what the unit of the device takes. */
static void narrow(struct stand *stand)
{
	stand->fake->unit.caps.mgaw = 39;
}

static void able(struct stand *stand)
{
	stand->fake->unit.caps.srs = true;
	stand->fake->unit.caps.eafs = true;
	stand->fake->unit.caps.fs5lp = true;
}

#define GOOD	.pgtbl_addr = GUEST, .addr_width = 48

static const struct refusal {
	const char *name;
	struct iommu_hwpt_vtd_s1 data;
	int error;
	void (*change)(struct stand *stand);
} refusals[] = {
	{ "good", { GOOD } },
	{ "all flags", { GOOD, .flags = 7 }, 0, able },
	{ "five levels", { .pgtbl_addr = GUEST, .addr_width = 57 }, 0, able },
	{ "WPE needs nothing", { GOOD, .flags = IOMMU_VTD_S1_WPE } },
	{ "no nesting", { GOOD }, -EOPNOTSUPP, no_nest },
	{ "legacy mode", { GOOD }, -EOPNOTSUPP, no_scalable },
	{ "not a parent", { GOOD }, -EINVAL, no_parent },
	{ "parent too wide", { GOOD }, -EINVAL, narrow },
	{ "unknown flag", { GOOD, .flags = 8 }, -EOPNOTSUPP, able },
	{ "highest flag", { GOOD, .flags = 1ULL << 63 }, -EOPNOTSUPP, able },
	{ "reserved", { GOOD, .__reserved = 1 }, -EOPNOTSUPP },
	{ "SRE without SRS", { GOOD, .flags = IOMMU_VTD_S1_SRE }, -EOPNOTSUPP },
	{ "EAFE without EAFS", { GOOD, .flags = IOMMU_VTD_S1_EAFE }, -EOPNOTSUPP },
	{ "five levels without FS5LP", { .pgtbl_addr = GUEST, .addr_width = 57 }, -EINVAL },
	{ "width 0", { .pgtbl_addr = GUEST }, -EINVAL },
	{ "width 39", { .pgtbl_addr = GUEST, .addr_width = 39 }, -EINVAL },
	{ "width 56", { .pgtbl_addr = GUEST, .addr_width = 56 }, -EINVAL, able },
	{ "address of no table", { .pgtbl_addr = GUEST + 8, .addr_width = 48 }, -EINVAL },
	{ "address with PCD", { .pgtbl_addr = GUEST + 16, .addr_width = 48 }, -EINVAL },
	{ "last address", { .pgtbl_addr = (1ULL << 48) - 4096, .addr_width = 48 } },
	{ "first too wide", { .pgtbl_addr = 1ULL << 48, .addr_width = 48 }, -EINVAL },
	{ "top bit", { .pgtbl_addr = 1ULL << 63, .addr_width = 48 }, -EINVAL },
};

static void refusal_name(const struct refusal *refusal, char *name)
{
	strscpy(name, refusal->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(refusal, refusals, refusal_name);

static void vtd_nested_alloc_test(struct kunit *test)
{
	const struct refusal *refusal = test->param_value;
	struct stand *stand = stand_new_nesting(test);
	struct vtd_caps caps = stand->fake->unit.caps;
	struct iommu_domain *domain;

	if (refusal->change)
		refusal->change(stand);
	domain = vtd_nested_alloc(&stand->vd[0], stand->domain, &refusal->data);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(domain), refusal->error);
	if (!IS_ERR(domain))
		domain->ops->free(domain);
	stand->fake->unit.caps = caps;
	stand->fake->unit.scalable = true;
	stand_free(test, stand);
}

/* A kernel's own first stage is no parent, nor is another nested table. */
static void vtd_nested_parent_test(struct kunit *test)
{
	const struct iommu_hwpt_vtd_s1 data = { GOOD };
	struct stand *stand = stand_new_nesting(test);
	struct iommu_domain *child =
		vtd_nested_alloc(&stand->vd[0], stand->domain, &data);
	struct iommu_domain *first = vtd_first_alloc(&stand->fake->unit, 0);
	struct vtd_device *vd = &stand->vd[0];

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, child);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, first);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(vtd_nested_alloc(vd, to_vtd_domain(first),
							       &data)), -EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(vtd_nested_alloc(vd, to_vtd_domain(child),
							       &data)), -EINVAL);
	first->ops->free(first);
	child->ops->free(child);
	stand_free(test, stand);
}

/* No read-only page goes into a parent; into another second stage it does. */
static void vtd_nested_read_only_test(struct kunit *test)
{
	struct stand *stand = stand_new_nesting(test);
	struct iommu_domain *parent =
		vtd_second_alloc(&stand->fake->unit, VTD_PAGING_NEST_PARENT);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, parent);
	parent->type = IOMMU_DOMAIN_UNMANAGED;
	KUNIT_EXPECT_TRUE(test, to_vtd_paging(to_vtd_domain(parent))->nest_parent);
	KUNIT_EXPECT_EQ(test, iommu_map(parent, STAND_IOVA, SZ_1M, SZ_4K, IOMMU_READ,
					GFP_KERNEL), -EINVAL);
	KUNIT_EXPECT_EQ(test, iommu_iova_to_phys(parent, STAND_IOVA), 0);
	KUNIT_EXPECT_EQ(test, iommu_map(parent, STAND_IOVA, SZ_1M, SZ_4K,
					IOMMU_READ | IOMMU_WRITE, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, iommu_map(&stand->domain->domain, STAND_IOVA + SZ_1M, SZ_1M,
					SZ_4K, IOMMU_READ, GFP_KERNEL), 0);
	parent->ops->free(parent);
	stand_free(test, stand);
}

static struct kunit_case vtd_nested_alloc_cases[] = {
	KUNIT_CASE_PARAM(vtd_nested_alloc_test, refusal_gen_params),
	KUNIT_CASE(vtd_nested_parent_test),
	KUNIT_CASE(vtd_nested_read_only_test),
	{}
};

static struct kunit_suite vtd_nested_alloc_suite = {
	.name = "vtd_nested_alloc",
	.test_cases = vtd_nested_alloc_cases,
};

kunit_test_suite(vtd_nested_alloc_suite);
