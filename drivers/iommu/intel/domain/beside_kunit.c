// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: a group of two devices goes from one way to walk a guest's table to another,
 * as the core has it: one device after the other.
 */
#include <uapi/linux/iommufd.h>

#include "../device/requester.h"
#include "../table/entry.h"
#include "../table/pasid.h"
#include "attach.h"
#include "kinds.h"
#include "paging.h"
#include "stand_kunit.h"

#define PASID	7
#define GUEST	0x200000ULL

/* The devices of @stand are in one group; one table of the guest, with two depths. */
struct pair {
	struct stand *stand;
	struct vtd_device *vd;
	struct vtd_domain *plain, *deep;
};

static struct vtd_domain *new_child(struct kunit *test, struct pair *pair, unsigned int width)
{
	const struct iommu_hwpt_vtd_s1 data = { .pgtbl_addr = GUEST, .addr_width = width };
	struct iommu_domain *domain = vtd_nested_alloc(pair->vd, pair->stand->domain, &data);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	return to_vtd_domain(domain);
}

static struct pair pair_new(struct kunit *test)
{
	struct pair pair = { .stand = stand_new_nesting(test) };
	unsigned int i;

	pair.vd = pair.stand->vd;
	pair.stand->fake->unit.caps.fs5lp = true;
	pair.plain = new_child(test, &pair, 48);
	pair.deep = new_child(test, &pair, 57);
	/* Only compared. */
	for (i = 0; i < STAND_DEVICES; i++)
		pair.vd[i].dev->iommu_group = (struct iommu_group *)pair.stand;
	return pair;
}

static void pair_free(struct pair *pair)
{
	unsigned int i;

	for (i = 0; i < STAND_DEVICES; i++) {
		vtd_attach(&vtd_blocked, &pair->vd[i], PASID);
		stand_detach(pair->stand, i);
		pair->vd[i].dev->iommu_group = NULL;
	}
	pair->plain->domain.ops->free(&pair->plain->domain);
	pair->deep->domain.ops->free(&pair->deep->domain);
}

static void both(struct kunit *test, struct pair *pair, struct vtd_domain *domain, u32 pasid)
{
	unsigned int i;

	for (i = 0; i < STAND_DEVICES; i++)
		KUNIT_ASSERT_EQ(test, vtd_attach(domain, &pair->vd[i], pasid), 0);
}

/* How deep does the unit walk the guest's table? 0 if it refuses requests. */
static unsigned int depth(const struct pair *pair, unsigned int i, u32 pasid)
{
	const u64 *entry = vtd_pasid_slot(pair->vd[i].own->pasids, pasid);

	if (!entry || !(entry[0] & VTD_ENTRY_PRESENT))
		return 0;
	return entry[2] & VTD_PE2_FSPM ? 5 : 4;
}

static void expect_depths(struct kunit *test, const struct pair *pair, u32 pasid,
			  unsigned int a, unsigned int b)
{
	KUNIT_EXPECT_EQ(test, depth(pair, 0, pasid), a);
	KUNIT_EXPECT_EQ(test, depth(pair, 1, pasid), b);
}

/* Never are both walked, each in its way. */
static void replace(struct kunit *test, u32 pasid)
{
	struct pair pair = pair_new(test);
	struct iommu_domain *parent;

	both(test, &pair, pair.plain, pasid);
	expect_depths(test, &pair, pasid, 4, 4);
	KUNIT_EXPECT_EQ(test, vtd_attach(pair.deep, &pair.vd[0], pasid), 0);
	expect_depths(test, &pair, pasid, 5, 0);
	KUNIT_EXPECT_EQ(test, vtd_attach(pair.deep, &pair.vd[1], pasid), 0);
	expect_depths(test, &pair, pasid, 5, 5);
	KUNIT_EXPECT_EQ(test, pair.vd[1].npasids, pasid == PASID ? 1U : 0U);

	/* The second device refuses, and the core takes the first one back. */
	KUNIT_EXPECT_EQ(test, vtd_attach(pair.plain, &pair.vd[0], pasid), 0);
	expect_depths(test, &pair, pasid, 4, 0);
	/* Whoever changes what entries say meanwhile must not bring it back. */
	parent = &pair.stand->domain->domain;
	KUNIT_EXPECT_TRUE(test, parent->ops->enforce_cache_coherency(parent));
	expect_depths(test, &pair, pasid, 4, 0);
	KUNIT_EXPECT_EQ(test, vtd_attach(pair.deep, &pair.vd[0], pasid), 0);
	expect_depths(test, &pair, pasid, 5, 5);
	KUNIT_EXPECT_EQ(test, pair.vd[1].npasids, pasid == PASID ? 1U : 0U);
	KUNIT_EXPECT_TRUE(test, vtd_pasid_slot(pair.vd[1].own->pasids, pasid)[1] &
				VTD_PE1_PGSNP);

	/* The first one goes: nothing keeps the second one waiting. */
	KUNIT_EXPECT_EQ(test, vtd_attach(pair.plain, &pair.vd[0], pasid), 0);
	vtd_attach(&vtd_blocked, &pair.vd[0], pasid);
	expect_depths(test, &pair, pasid, 0, 5);
	pair_free(&pair);
	stand_free(test, pair.stand);
}

static void vtd_beside_rid_test(struct kunit *test)
{
	replace(test, IOMMU_NO_PASID);
}

static void vtd_beside_pasid_test(struct kunit *test)
{
	replace(test, PASID);
}

/* The first device does not confirm: the second one goes on as before. */
static void vtd_beside_mute_test(struct kunit *test)
{
	struct pair pair = pair_new(test);

	both(test, &pair, pair.plain, IOMMU_NO_PASID);
	pair.stand->fake->mute_sid[0] = stand_sid(0);
	KUNIT_EXPECT_NE(test, vtd_attach(pair.deep, &pair.vd[0], IOMMU_NO_PASID), 0);
	expect_depths(test, &pair, IOMMU_NO_PASID, 0, 4);
	pair_free(&pair);
	stand_free(test, pair.stand);
}

/* Another PASID, and a device of another group, stay where they are: refused. */
static void vtd_beside_others_test(struct kunit *test)
{
	struct pair pair = pair_new(test);

	both(test, &pair, pair.plain, IOMMU_NO_PASID);
	KUNIT_EXPECT_EQ(test, vtd_attach(pair.deep, &pair.vd[0], PASID), -EINVAL);
	pair.vd[1].dev->iommu_group = NULL;
	KUNIT_EXPECT_EQ(test, vtd_attach(pair.deep, &pair.vd[0], IOMMU_NO_PASID), -EINVAL);
	pair.vd[0].dev->iommu_group = NULL;
	KUNIT_EXPECT_EQ(test, vtd_attach(pair.deep, &pair.vd[0], IOMMU_NO_PASID), -EINVAL);
	expect_depths(test, &pair, IOMMU_NO_PASID, 4, 4);
	pair_free(&pair);
	stand_free(test, pair.stand);
}

static struct kunit_case vtd_beside_cases[] = {
	KUNIT_CASE(vtd_beside_rid_test),
	KUNIT_CASE(vtd_beside_pasid_test),
	KUNIT_CASE(vtd_beside_mute_test),
	KUNIT_CASE(vtd_beside_others_test),
	{}
};

static struct kunit_suite vtd_beside_suite = {
	.name = "vtd_beside",
	.test_cases = vtd_beside_cases,
};

kunit_test_suite(vtd_beside_suite);
