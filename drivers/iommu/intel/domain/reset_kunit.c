// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: a device that is reset, or has gone, and ATS on and off around that.
 */
#include "../inval/inval.h"
#include "../queue/queue.h"
#include "../queue/ring.h"
#include "../table/entry.h"
#include "../table/pasid.h"
#include "../table/root.h"
#include "kinds.h"
#include "paging.h"
#include "stand_kunit.h"

static void reset_device(struct stand *stand, unsigned int i)
{
	stand->config[i].ats = 0;
	stand->config[i].pasid = 0;
	stand->fake->mute_sid[0] = -1;
}

/* A stand whose first device does not answer, and another domain for its PASID 7. */
static struct stand *stand_new_mute(struct kunit *test, struct vtd_domain **other)
{
	struct stand *stand = stand_new(test, true);

	*other = stand_domain(test, stand);
	KUNIT_ASSERT_EQ(test, vtd_attach(*other, &stand->vd[0], 7), 0);
	stand->fake->mute_sid[0] = stand_sid(0);
	iommu_unmap(&stand->domain->domain, STAND_IOVA, SZ_4K);
	KUNIT_EXPECT_FALSE(test, stand_reaches(stand, 0));
	return stand;
}

/* A reset, as the core has it: all is blocked before and given back after. */
static void vtd_reset_core_test(struct kunit *test)
{
	struct vtd_domain *other;
	struct stand *stand = stand_new_mute(test, &other);
	struct vtd_device *vd = &stand->vd[0];

	stand_detach(stand, 0);
	vtd_attach(&vtd_blocked, vd, 7);
	KUNIT_EXPECT_FALSE(test, to_pci_dev(vd->dev)->ats_enabled);
	reset_device(stand, 0);
	KUNIT_EXPECT_EQ(test, vtd_attach(stand->domain, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_EQ(test, vtd_attach(other, vd, 7), 0);
	KUNIT_EXPECT_TRUE(test, stand_reaches(stand, 0));
	KUNIT_EXPECT_FALSE(test, vtd_device_is_cut_off(vd));
	KUNIT_EXPECT_EQ(test, stand->config[0].ats, PCI_ATS_CTRL_ENABLE);
	KUNIT_EXPECT_EQ(test, stand->config[0].pasid, PCI_PASID_CTRL_ENABLE);

	vtd_attach(&vtd_blocked, vd, 7);
	other->domain.ops->free(&other->domain);
	stand_free(test, stand);
}

/* A reset that did not help: the core is not refused anything, to no effect. */
static void vtd_reset_in_vain_test(struct kunit *test)
{
	struct vtd_domain *other;
	struct stand *stand = stand_new_mute(test, &other);
	struct vtd_device *vd = &stand->vd[0];

	stand_detach(stand, 0);
	vtd_attach(&vtd_blocked, vd, 7);
	stand->fake->n = 0;
	KUNIT_EXPECT_EQ(test, vtd_attach(stand->domain, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_EQ(test, vtd_attach_restore(other, vd, 7), 0);
	/* It was asked once, and only once. */
	KUNIT_EXPECT_EQ(test, stand_requests(stand->fake, stand_sid(0)), 1U);
	KUNIT_EXPECT_FALSE(test, stand_reaches(stand, 0));
	KUNIT_EXPECT_TRUE(test, vtd_device_is_cut_off(vd));
	KUNIT_EXPECT_FALSE(test, to_pci_dev(vd->dev)->ats_enabled);

	/* A device that is not there is not even asked. */
	stand_detach(stand, 0);
	vtd_attach(&vtd_blocked, vd, 7);
	stand->config[0].gone = true;
	stand->fake->n = 0;
	KUNIT_EXPECT_EQ(test, vtd_attach(stand->domain, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_EQ(test, stand_requests(stand->fake, stand_sid(0)), 0U);
	KUNIT_EXPECT_FALSE(test, stand_reaches(stand, 0));
	other->domain.ops->free(&other->domain);
	stand_free(test, stand);
}

/* Nothing is asked of a device that is blocked, and perhaps being reset. */
static void vtd_reset_blocked_test(struct kunit *test)
{
	struct stand *stand = stand_new(test, true);
	struct vtd_device *vd = &stand->vd[0];
	struct vtd_domain *other = stand_domain(test, stand);

	KUNIT_ASSERT_EQ(test, vtd_attach(other, vd, 7), 0);
	stand_detach(stand, 0);
	KUNIT_EXPECT_TRUE(test, to_pci_dev(vd->dev)->ats_enabled);
	vtd_attach(&vtd_blocked, vd, 7);
	KUNIT_EXPECT_FALSE(test, to_pci_dev(vd->dev)->ats_enabled);
	KUNIT_EXPECT_FALSE(test, vd->devtlb.enabled);
	KUNIT_EXPECT_TRUE(test, vd->pasid_enabled);
	KUNIT_EXPECT_EQ(test, vtd_attach(stand->domain, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_TRUE(test, to_pci_dev(vd->dev)->ats_enabled);
	other->domain.ops->free(&other->domain);
	stand_free(test, stand);
}

/* Somebody unmaps just when the device has been switched. */
static void unmap_now(struct stand *stand)
{
	stand->fake->n = 0;
	iommu_unmap(&stand->domain->domain, STAND_IOVA + SZ_4K * stand->switched++, SZ_4K);
	stand->seen += stand_requests(stand->fake, stand_sid(0));
}

static void vtd_reset_ats_window_test(struct kunit *test)
{
	struct stand *stand = stand_new(test, true);
	struct vtd_device *vd = &stand->vd[0];

	stand->ats_written = unmap_now;
	vtd_features_stop(vd);
	KUNIT_EXPECT_EQ(test, stand->seen, 1U);
	vtd_features_start(vd);
	KUNIT_EXPECT_EQ(test, stand->seen, 2U);
	stand->ats_written = NULL;
	stand_free(test, stand);
}

/* A device that has gone is asked nothing when it is detached. */
static void vtd_reset_gone_test(struct kunit *test)
{
	struct stand *stand = stand_new(test, true);

	stand->config[0].gone = true;
	stand->fake->mute_sid[0] = stand_sid(0);
	stand_detach(stand, 0);
	KUNIT_EXPECT_EQ(test, stand_requests(stand->fake, stand_sid(0)), 0U);
	KUNIT_EXPECT_TRUE(test, stand_reaches(stand, 1));
	stand_free(test, stand);
}

/* A PASID that passes through is in the device's cache as any other. */
static void vtd_reset_identity_pasid_test(struct kunit *test)
{
	struct stand *stand = stand_new(test, true);
	struct vtd_device *vd = &stand->vd[0];
	struct vtd_dtlb_target target = { .sid = stand_sid(0) };

	vd->devtlb.pasids = &vd->pasids;
	KUNIT_ASSERT_EQ(test, vtd_attach(&vtd_identity, vd, 7), 0);
	stand->fake->n = 0;
	vtd_inval_devtlb_all(vd->unit, &vd->devtlb);
	EXPECT_DESCS(test, stand->fake,
		     vtd_desc_dev_tlb(&target, 0, VTD_DTLB_MAX_ORDER),
		     vtd_desc_pasid_dev_tlb(&target, 7, 0, VTD_DTLB_MAX_ORDER));
	vtd_attach(&vtd_blocked, vd, 7);
	stand_free(test, stand);
}

static struct kunit_case vtd_reset_cases[] = {
	KUNIT_CASE(vtd_reset_core_test),
	KUNIT_CASE(vtd_reset_in_vain_test),
	KUNIT_CASE(vtd_reset_blocked_test),
	KUNIT_CASE(vtd_reset_ats_window_test),
	KUNIT_CASE(vtd_reset_gone_test),
	KUNIT_CASE(vtd_reset_identity_pasid_test),
	{}
};

static struct kunit_suite vtd_reset_suite = {
	.name = "vtd_reset",
	.test_cases = vtd_reset_cases,
};

kunit_test_suite(vtd_reset_suite);
