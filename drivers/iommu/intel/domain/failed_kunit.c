// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: a device or a unit that does not answer costs the access to
 * memory, before the pages that were unmapped can be used again.
 */
#include "../queue/queue.h"
#include "../queue/ring.h"
#include "../table/entry.h"
#include "../table/pasid.h"
#include "../table/root.h"
#include "kinds.h"
#include "paging.h"
#include "stand_kunit.h"

static void check_mute(struct kunit *test, bool scalable)
{
	struct stand *stand = stand_new(test, scalable);
	struct vtd_caps *caps = &stand->fake->unit.caps;
	struct vtd_dtlb_target mute = { .sid = stand_sid(0) };
	struct vtd_dtlb_target good = { .sid = stand_sid(1) };
	u16 did = list_first_entry(&stand->domain->attachments,
				   struct vtd_attachment, node)->did;
	struct vtd_desc page = vtd_desc_iotlb_page(caps->iotlb_drain, did, STAND_IOVA, 0,
						   VTD_IOTLB1_IH);
	struct vtd_desc want[] = {
		page, vtd_desc_dev_tlb(&mute, STAND_IOVA, 0),
		vtd_desc_dev_tlb(&good, STAND_IOVA, 0),
		/* It timed out: the rest once more; then the device is cut off. */
		page, vtd_desc_dev_tlb(&good, STAND_IOVA, 0),
		vtd_desc_context_global(), vtd_desc_pasid_cache_global(),
		vtd_desc_iotlb_global(caps->iotlb_drain),
	};
	unsigned int n = ARRAY_SIZE(want);

	if (!scalable) {
		want[6] = want[7];
		n--;
	}
	/* New tags stand behind older ones: the first device comes first. */
	stand->fake->mute_sid[0] = mute.sid;
	KUNIT_EXPECT_EQ(test, iommu_unmap(&stand->domain->domain, STAND_IOVA, SZ_4K), SZ_4K);
	expect_descs(test, stand->fake, want, n);
	KUNIT_EXPECT_FALSE(test, stand_reaches(stand, 0));
	KUNIT_EXPECT_TRUE(test, stand_reaches(stand, 1));
	KUNIT_EXPECT_TRUE(test, vtd_device_is_cut_off(&stand->vd[0]));
	KUNIT_EXPECT_FALSE(test, vtd_device_is_cut_off(&stand->vd[1]));

	/* From now on nothing is sent to it, and nothing fails. */
	KUNIT_EXPECT_EQ(test, iommu_map(&stand->domain->domain, STAND_IOVA, SZ_1M, SZ_4K,
					IOMMU_READ, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, iommu_unmap(&stand->domain->domain, STAND_IOVA, SZ_4K), SZ_4K);
	EXPECT_DESCS(test, stand->fake, page, vtd_desc_dev_tlb(&good, STAND_IOVA, 0));
	stand_free(test, stand);
}

static void vtd_failed_mute_test(struct kunit *test)
{
	check_mute(test, true);
	check_mute(test, false);
}

/* It gets nothing new, back what it had, and all when it is found anew. */
static void vtd_failed_attach_test(struct kunit *test)
{
	struct stand *stand = stand_new(test, true);
	struct vtd_domain *other = stand_domain(test, stand);
	struct vtd_device *vd = &stand->vd[0];

	stand->fake->mute_sid[0] = stand_sid(0);
	iommu_unmap(&stand->domain->domain, STAND_IOVA, SZ_4K);
	KUNIT_EXPECT_EQ(test, vtd_attach(other, vd, IOMMU_NO_PASID), -EIO);
	KUNIT_EXPECT_EQ(test, vtd_attach(other, vd, 5), -EIO);
	KUNIT_EXPECT_TRUE(test, list_empty(&other->attachments));
	stand_detach(stand, 0);
	KUNIT_EXPECT_EQ(test, vtd_attach(other, vd, IOMMU_NO_PASID), -EIO);
	KUNIT_EXPECT_EQ(test, vtd_attach(stand->domain, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_FALSE(test, stand_reaches(stand, 0));
	stand_detach(stand, 0);
	other->domain.type = IOMMU_DOMAIN_DMA;
	KUNIT_EXPECT_EQ(test, vtd_attach(other, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_FALSE(test, stand_reaches(stand, 0));
	stand_detach(stand, 0);
	other->domain.type = IOMMU_DOMAIN_UNMANAGED;

	/* As release and probe do */
	stand->fake->mute_sid[0] = -1;
	vtd_queue_release(vd->unit, stand_sid(0));
	vtd_requester_put(stand->own[0]);
	vd->devtlb.cut = 0;
	stand_requester(test, stand, 0);
	KUNIT_EXPECT_EQ(test, vtd_attach(other, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_TRUE(test, stand_reaches(stand, 0));
	stand_detach(stand, 0);
	other->domain.ops->free(&other->domain);
	stand_free(test, stand);
}

/* A device that does not answer when it is to leave a domain. */
static void vtd_failed_replace_test(struct kunit *test)
{
	struct stand *stand = stand_new(test, true);
	struct vtd_domain *other = stand_domain(test, stand);
	struct vtd_device *vd = &stand->vd[0];

	stand->fake->mute_sid[0] = stand_sid(0);
	KUNIT_EXPECT_EQ(test, vtd_attach(other, vd, IOMMU_NO_PASID), -ETIMEDOUT);
	KUNIT_EXPECT_FALSE(test, stand_reaches(stand, 0));
	KUNIT_EXPECT_TRUE(test, vtd_device_is_cut_off(vd));
	KUNIT_EXPECT_PTR_EQ(test, vd->rid, NULL);
	KUNIT_EXPECT_TRUE(test, list_empty(&other->attachments));
	KUNIT_EXPECT_EQ(test, list_count_nodes(&stand->domain->attachments), 1);
	KUNIT_EXPECT_TRUE(test, stand_reaches(stand, 1));
	/* The device gets no translation any more, so it must not ask for any. */
	KUNIT_EXPECT_FALSE(test, to_pci_dev(vd->dev)->ats_enabled);
	other->domain.ops->free(&other->domain);
	stand_free(test, stand);
}

/* A PASID's cache is the device's: it loses all. */
static void vtd_failed_pasid_test(struct kunit *test)
{
	struct stand *stand = stand_new(test, true);
	struct vtd_domain *other = stand_domain(test, stand);
	struct vtd_device *vd = &stand->vd[0];

	KUNIT_ASSERT_EQ(test, vtd_attach(other, vd, 7), 0);
	stand->fake->mute_sid[0] = stand_sid(0);
	vtd_attach(&vtd_blocked, vd, 7);
	KUNIT_EXPECT_FALSE(test, stand_reaches(stand, 0));
	KUNIT_EXPECT_TRUE(test, list_empty(&other->attachments));
	other->domain.ops->free(&other->domain);
	stand_free(test, stand);
}

/* A unit that stops for good: nobody can say what its caches still hold. */
static void vtd_failed_unit_test(struct kunit *test)
{
	struct stand *stand = stand_new(test, true);
	unsigned int i;

	fake_hurry(stand->fake);
	stand->fake->paused = true;
	KUNIT_EXPECT_EQ(test, iommu_unmap(&stand->domain->domain, STAND_IOVA, SZ_4K), SZ_4K);
	for (i = 0; i < STAND_DEVICES; i++) {
		KUNIT_EXPECT_FALSE(test, stand_reaches(stand, i));
		KUNIT_EXPECT_TRUE(test, vtd_device_is_cut_off(&stand->vd[i]));
	}
	stand->fake->paused = false;
	fake_run(stand->fake);
	stand_free(test, stand);
}

/* Nor what it still reads: tables that it may know are not given to others. */
static void vtd_failed_tables_test(struct kunit *test)
{
	struct stand *stand = stand_new(test, true);
	struct vtd_devmap *map = stand->fake->unit.devices;
	struct vtd_device *vd = &stand->vd[0];

	/* A device that does not answer is no reason: the unit has forgotten it. */
	stand->fake->mute_sid[0] = stand_sid(0);
	iommu_unmap(&stand->domain->domain, STAND_IOVA, SZ_4K);
	stand_detach(stand, 0);
	stand->fake->mute_sid[0] = -1;
	vtd_queue_release(vd->unit, stand_sid(0));
	vtd_requester_put(stand->own[0]);
	KUNIT_EXPECT_EQ(test, map->kept, 0U);
	vd->devtlb.cut = 0;
	stand_requester(test, stand, 0);
	KUNIT_EXPECT_EQ(test, vtd_attach(stand->domain, vd, IOMMU_NO_PASID), 0);

	fake_hurry(stand->fake);
	stand->fake->paused = true;
	stand_detach(stand, 0);
	vtd_requester_put(stand->own[0]);
	KUNIT_EXPECT_EQ(test, map->kept, 1U);
	stand->fake->paused = false;
	fake_run(stand->fake);
	stand_requester(test, stand, 0);
	stand_free(test, stand);
}

/* A unit that never reports its errors: still only the mute device loses. */
static void vtd_failed_innocent_test(struct kunit *test)
{
	struct stand *stand = stand_new(test, true);

	fake_hurry(stand->fake);
	stand->fake->mute_sid[0] = stand_sid(0);
	stand->fake->patience = FAKE_HANGS;
	KUNIT_EXPECT_EQ(test, iommu_unmap(&stand->domain->domain, STAND_IOVA, SZ_4K), SZ_4K);
	KUNIT_EXPECT_FALSE(test, stand_reaches(stand, 0));
	KUNIT_EXPECT_TRUE(test, stand_reaches(stand, 1));
	KUNIT_EXPECT_FALSE(test, vtd_device_is_cut_off(&stand->vd[1]));
	stand_free(test, stand);
}

/* What takes several batches waits no longer than what takes one: a bound for
 * all that were asked, and one for the device alone.
 */
static void vtd_failed_budget_test(struct kunit *test)
{
	struct stand *stand = stand_new(test, true);
	struct vtd_device *vd = &stand->vd[0];
	unsigned int once;
	u32 pasid;

	fake_hurry(stand->fake);
	for (pasid = 1; pasid < 60; pasid++)
		KUNIT_ASSERT_EQ(test, vtd_attach(stand->domain, vd, pasid), 0);
	stand->fake->mute_sid[0] = stand_sid(0);
	stand->fake->patience = FAKE_HANGS;
	stand->fake->reads = 0;
	KUNIT_EXPECT_EQ(test, iommu_unmap(&stand->domain->domain, STAND_IOVA, SZ_4K), SZ_4K);
	once = FAKE_BOUND_US / 64;
	KUNIT_EXPECT_LE(test, stand->fake->reads, 2 * once + once / 2);
	KUNIT_EXPECT_FALSE(test, stand_reaches(stand, 0));
	KUNIT_EXPECT_TRUE(test, stand_reaches(stand, 1));
	for (pasid = 1; pasid < 60; pasid++)
		vtd_attach(&vtd_blocked, vd, pasid);
	stand_free(test, stand);
}

static struct kunit_case vtd_failed_cases[] = {
	KUNIT_CASE(vtd_failed_mute_test),
	KUNIT_CASE(vtd_failed_attach_test),
	KUNIT_CASE(vtd_failed_replace_test),
	KUNIT_CASE(vtd_failed_pasid_test),
	KUNIT_CASE_SLOW(vtd_failed_unit_test),
	KUNIT_CASE_SLOW(vtd_failed_tables_test),
	KUNIT_CASE(vtd_failed_innocent_test),
	KUNIT_CASE(vtd_failed_budget_test),
	{}
};

static struct kunit_suite vtd_failed_suite = {
	.name = "vtd_failed",
	.test_cases = vtd_failed_cases,
};

kunit_test_suite(vtd_failed_suite);
