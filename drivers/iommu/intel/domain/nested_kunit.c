// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: nested domains, their entries, ids and tags; what happens to the parent
 * reaches them. What a guest may choose is in nested_alloc_kunit.c.
 */
#include <uapi/linux/iommufd.h>

#include "../device/requester.h"
#include "../inval/inval.h"
#include "../table/entry.h"
#include "../table/pasid.h"
#include "attach.h"
#include "failed.h"
#include "id.h"
#include "kinds.h"
#include "paging.h"
#include "stand_kunit.h"

#define PASID	7
#define GUEST	0x200000ULL

static struct vtd_domain *new_child(struct kunit *test, struct stand *stand, u64 root)
{
	const struct iommu_hwpt_vtd_s1 data = { .pgtbl_addr = root, .addr_width = 48 };
	struct iommu_domain *domain =
		vtd_nested_alloc(&stand->vd[0], stand->domain, &data);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	return to_vtd_domain(domain);
}

/* What it had is given back. */
static void free_child(struct kunit *test, struct vtd_domain *child)
{
	KUNIT_EXPECT_TRUE(test, list_empty(&child->tags.list));
	child->domain.ops->free(&child->domain);
}

static u64 *entry_of(const struct vtd_device *vd, u32 pasid)
{
	return vtd_pasid_slot(vd->own->pasids, pasid);
}

static u16 id_at(const struct vtd_device *vd, u32 pasid)
{
	return vtd_pasid_entry_did(entry_of(vd, pasid));
}

static u16 id_of(const struct stand *stand)
{
	struct vtd_domain_id *id;

	list_for_each_entry(id, &stand->domain->ids, node)
		if (!id->nested_for)
			return id->did;
	return 0;
}

static void able(struct stand *stand)
{
	stand->fake->unit.caps.srs = true;
	stand->fake->unit.caps.eafs = true;
	stand->fake->unit.caps.fs5lp = true;
}

/* Another unit that lacks something, or has it. */
static void vtd_nested_misfit_test(struct kunit *test)
{
	const struct iommu_hwpt_vtd_s1 data = { .pgtbl_addr = GUEST, .addr_width = 57,
						.flags = 7 };
	struct stand *stand = stand_new_nesting(test);
	struct vtd_caps *caps = &stand->fake->unit.caps;
	struct vtd_device *vd = &stand->vd[1];
	struct iommu_domain *domain;
	struct vtd_domain *child;

	able(stand);
	domain = vtd_nested_alloc(vd, stand->domain, &data);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	child = to_vtd_domain(domain);
	caps->srs = false;
	KUNIT_EXPECT_EQ(test, vtd_attach(child, vd, PASID), -EINVAL);
	caps->srs = true;
	caps->eafs = false;
	KUNIT_EXPECT_EQ(test, vtd_attach(child, vd, PASID), -EINVAL);
	caps->eafs = true;
	caps->fs5lp = false;
	KUNIT_EXPECT_EQ(test, vtd_attach(child, vd, PASID), -EINVAL);
	caps->fs5lp = true;
	caps->nest = false;
	KUNIT_EXPECT_EQ(test, vtd_attach(child, vd, PASID), -EINVAL);
	caps->nest = true;
	caps->mgaw = 39;
	KUNIT_EXPECT_EQ(test, vtd_attach(child, vd, PASID), -EINVAL);
	caps->mgaw = 48;
	KUNIT_EXPECT_TRUE(test, list_empty(&child->tags.list));
	KUNIT_EXPECT_EQ(test, vtd_attach(child, vd, PASID), 0);
	KUNIT_EXPECT_EQ(test, entry_of(vd, PASID)[2], GUEST | 0x95);
	vtd_attach(&vtd_blocked, vd, PASID);
	free_child(test, child);
	stand_free(test, stand);
}

/* The words: the parent's second stage, the guest's first, the device's id. */
static void vtd_nested_entry_test(struct kunit *test)
{
	struct stand *stand = stand_new_nesting(test);
	struct vtd_domain *child = new_child(test, stand, GUEST);
	struct vtd_device *vd = &stand->vd[0];
	u64 parent[3];

	memcpy(parent, entry_of(vd, IOMMU_NO_PASID), sizeof(parent));
	KUNIT_ASSERT_EQ(test, vtd_attach(child, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_EQ(test, vtd_pasid_entry_pgtt(entry_of(vd, 0)), VTD_PGTT_NESTED);
	KUNIT_EXPECT_EQ(test, entry_of(vd, 0)[0] & ~VTD_PE0_PGTT, parent[0] & ~VTD_PE0_PGTT);
	KUNIT_EXPECT_EQ(test, entry_of(vd, 0)[1] & ~VTD_PE1_DID, parent[1] & ~VTD_PE1_DID);
	KUNIT_EXPECT_EQ(test, entry_of(vd, 0)[2], GUEST);
	KUNIT_EXPECT_NE(test, id_at(vd, 0), id_of(stand));
	/* Memory types only where there are some. */
	stand->fake->unit.caps.mts = true;
	KUNIT_ASSERT_EQ(test, vtd_attach(child, vd, PASID), 0);
	KUNIT_EXPECT_EQ(test, entry_of(vd, PASID)[1] >> 32, VTD_PAT_DEFAULT);
	vtd_attach(&vtd_blocked, vd, PASID);
	stand_detach(stand, 0);
	free_child(test, child);
	stand_free(test, stand);
}

/* One id for each device, whatever PASID and child; two devices never meet. */
static void vtd_nested_ids_test(struct kunit *test)
{
	struct stand *stand = stand_new_nesting(test);
	struct vtd_domain *a = new_child(test, stand, GUEST);
	struct vtd_domain *b = new_child(test, stand, GUEST + SZ_4K);
	struct vtd_device *vd = stand->vd;

	KUNIT_ASSERT_EQ(test, vtd_attach(a, &vd[0], IOMMU_NO_PASID), 0);
	KUNIT_ASSERT_EQ(test, vtd_attach(a, &vd[0], 1), 0);
	KUNIT_ASSERT_EQ(test, vtd_attach(b, &vd[0], 2), 0);
	KUNIT_ASSERT_EQ(test, vtd_attach(b, &vd[1], 1), 0);
	KUNIT_EXPECT_EQ(test, id_at(&vd[0], 0), id_at(&vd[0], 1));
	KUNIT_EXPECT_EQ(test, id_at(&vd[0], 0), id_at(&vd[0], 2));
	KUNIT_EXPECT_NE(test, id_at(&vd[0], 1), id_at(&vd[1], 1));
	KUNIT_EXPECT_NE(test, id_at(&vd[0], 0), id_of(stand));
	KUNIT_EXPECT_NE(test, id_at(&vd[1], 1), id_of(stand));
	KUNIT_EXPECT_EQ(test, list_count_nodes(&stand->domain->ids), 3);
	vtd_attach(&vtd_blocked, &vd[0], 1);
	vtd_attach(&vtd_blocked, &vd[0], IOMMU_NO_PASID);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&stand->domain->ids), 3);
	vtd_attach(&vtd_blocked, &vd[0], 2);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&stand->domain->ids), 2);
	vtd_attach(&vtd_blocked, &vd[1], 1);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&stand->domain->ids), 1);
	free_child(test, a);
	free_child(test, b);
	stand_free(test, stand);
}

/* A page of the parent goes: by the device's id, and from all of its cache. */
static void vtd_nested_flush_test(struct kunit *test)
{
	struct stand *stand = stand_new_nesting(test);
	struct vtd_domain *child = new_child(test, stand, GUEST);
	struct vtd_domain *other = new_child(test, stand, GUEST + SZ_4K);
	struct vtd_dtlb_target a = { .sid = stand_sid(0) }, b = { .sid = stand_sid(1) };
	struct vtd_domain *parent = stand->domain;
	struct vtd_device *vd = &stand->vd[0];
	u64 drain = stand->fake->unit.caps.iotlb_drain;

	KUNIT_ASSERT_EQ(test, vtd_attach(child, vd, PASID), 0);
	KUNIT_ASSERT_EQ(test, vtd_attach(other, vd, PASID + 1), 0);
	stand->fake->n = 0;
	iommu_unmap(&parent->domain, STAND_IOVA, SZ_4K);
	EXPECT_DESCS(test, stand->fake,
		     vtd_desc_iotlb_page(drain, id_of(stand), STAND_IOVA, 0,
					 VTD_IOTLB1_IH),
		     vtd_desc_iotlb_page(drain, id_at(vd, PASID), STAND_IOVA, 0, 0),
		     vtd_desc_dev_tlb(&a, STAND_IOVA, 0),
		     vtd_desc_dev_tlb(&b, STAND_IOVA, 0),
		     vtd_desc_pasid_dev_tlb(&a, PASID, 0, VTD_DTLB_MAX_ORDER),
		     vtd_desc_pasid_dev_tlb(&a, PASID + 1, 0, VTD_DTLB_MAX_ORDER));
	vtd_attach(&vtd_blocked, vd, PASID);
	vtd_attach(&vtd_blocked, vd, PASID + 1);
	free_child(test, child);
	free_child(test, other);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&parent->tags.list), 3);
	stand_free(test, stand);
}

/* However many PASIDs: one request each for those with and those without, until the last goes. */
static void vtd_nested_many_test(struct kunit *test)
{
	struct stand *stand = stand_new_nesting(test);
	struct vtd_domain *child = new_child(test, stand, GUEST);
	struct vtd_dtlb_target a = { .sid = stand_sid(0) }, b = { .sid = stand_sid(1) };
	struct vtd_device *vd = &stand->vd[0];
	u64 drain = stand->fake->unit.caps.iotlb_drain;
	u32 pasid;

	vd->devtlb.takes_global = true;
	for (pasid = PASID; pasid < PASID + 20; pasid++)
		KUNIT_ASSERT_EQ(test, vtd_attach(child, vd, pasid), 0);
	for (pasid = PASID; pasid < PASID + 19; pasid++)
		vtd_attach(&vtd_blocked, vd, pasid);
	KUNIT_ASSERT_EQ(test, vtd_attach(child, vd, PASID), 0);
	stand->fake->n = 0;
	iommu_unmap(&stand->domain->domain, STAND_IOVA, SZ_4K);
	EXPECT_DESCS(test, stand->fake,
		     vtd_desc_iotlb_page(drain, id_of(stand), STAND_IOVA, 0,
					 VTD_IOTLB1_IH),
		     vtd_desc_iotlb_page(drain, id_at(vd, PASID), STAND_IOVA, 0, 0),
		     vtd_desc_dev_tlb(&a, STAND_IOVA, 0),
		     vtd_desc_dev_tlb(&b, STAND_IOVA, 0),
		     vtd_desc_pasid_dev_tlb_global(&a));
	vtd_attach(&vtd_blocked, vd, PASID);
	vtd_attach(&vtd_blocked, vd, PASID + 19);
	free_child(test, child);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&stand->domain->tags.list), 3);
	stand_free(test, stand);
}

/* What the guest invalidates itself goes by its own tags. */
static void vtd_nested_tags_test(struct kunit *test)
{
	struct stand *stand = stand_new_nesting(test);
	struct vtd_domain *child = new_child(test, stand, GUEST);
	struct vtd_dtlb_target a = { .sid = stand_sid(0) };
	struct vtd_device *vd = &stand->vd[0];

	KUNIT_ASSERT_EQ(test, vtd_attach(child, vd, PASID), 0);
	stand->fake->n = 0;
	vtd_inval_range(&child->tags, 0x5000, 0x5fff, VTD_INVAL_LEAF);
	EXPECT_DESCS(test, stand->fake,
		     vtd_desc_pasid_iotlb_page(id_at(vd, PASID), PASID, 0x5000, 0,
					       VTD_IOTLB1_IH),
		     vtd_desc_pasid_dev_tlb(&a, PASID, 0x5000, 0));
	vtd_attach(&vtd_blocked, vd, PASID);
	vd->ats_usable = false;
	KUNIT_ASSERT_EQ(test, vtd_attach(child, vd, PASID), 0);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&child->tags.list), 1);
	vtd_attach(&vtd_blocked, vd, PASID);
	vd->ats_usable = true;
	free_child(test, child);
	stand_free(test, stand);
}

/* A property of the parent is written in the child's entry, too. */
static void vtd_nested_rewrite_test(struct kunit *test)
{
	struct stand *stand = stand_new_nesting(test);
	struct vtd_domain *parent = stand->domain;
	struct vtd_domain *child = new_child(test, stand, GUEST);
	struct vtd_device *vd = &stand->vd[0];

	KUNIT_ASSERT_EQ(test, vtd_attach(child, vd, PASID), 0);
	KUNIT_EXPECT_FALSE(test, entry_of(vd, PASID)[1] & VTD_PE1_PGSNP);
	KUNIT_EXPECT_TRUE(test, parent->domain.ops->enforce_cache_coherency(&parent->domain));
	KUNIT_EXPECT_TRUE(test, entry_of(vd, PASID)[1] & VTD_PE1_PGSNP);
	KUNIT_EXPECT_EQ(test, vtd_pasid_entry_pgtt(entry_of(vd, PASID)), VTD_PGTT_NESTED);
	vtd_attach(&vtd_blocked, vd, PASID);
	free_child(test, child);
	stand_free(test, stand);
}

/* Another table of the guest: one word changes, nothing but the PASID's goes. */
static void vtd_nested_replace_test(struct kunit *test)
{
	struct stand *stand = stand_new_nesting(test);
	struct vtd_domain *parent = stand->domain;
	struct vtd_domain *child = new_child(test, stand, GUEST);
	struct vtd_domain *other = new_child(test, stand, GUEST + SZ_4K);
	struct vtd_dtlb_target a = { .sid = stand_sid(0) };
	struct vtd_device *vd = &stand->vd[0];
	u64 before[2];
	u16 did;

	KUNIT_ASSERT_EQ(test, vtd_attach(child, vd, PASID), 0);
	did = id_at(vd, PASID);
	memcpy(before, entry_of(vd, PASID), sizeof(before));
	stand->fake->n = 0;
	KUNIT_ASSERT_EQ(test, vtd_attach(other, vd, PASID), 0);
	KUNIT_EXPECT_MEMEQ(test, before, entry_of(vd, PASID), sizeof(before));
	KUNIT_EXPECT_EQ(test, entry_of(vd, PASID)[2], GUEST + SZ_4K);
	EXPECT_DESCS(test, stand->fake, vtd_desc_pasid_cache(did, PASID),
		     vtd_desc_pasid_iotlb_all(did, PASID),
		     vtd_desc_pasid_dev_tlb(&a, PASID, 0, VTD_DTLB_MAX_ORDER));
	free_child(test, child);
	KUNIT_ASSERT_EQ(test, vtd_attach(parent, vd, PASID), 0);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&parent->attachments), STAND_DEVICES + 1);
	free_child(test, other);
	child = new_child(test, stand, GUEST);
	KUNIT_ASSERT_EQ(test, vtd_attach(child, vd, PASID), 0);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&parent->attachments), STAND_DEVICES + 1);
	vtd_attach(&vtd_blocked, vd, PASID);
	free_child(test, child);
	stand_free(test, stand);
}

/* One table is walked in one way by all entries of a unit; only a reset excuses that. */
static void vtd_nested_clash_test(struct kunit *test)
{
	struct iommu_hwpt_vtd_s1 data = { .pgtbl_addr = GUEST, .addr_width = 48 };
	struct stand *stand = stand_new_nesting(test);
	struct vtd_domain *plain = new_child(test, stand, GUEST);
	struct vtd_domain *deep, *marked, *protected;
	struct vtd_device *vd = stand->vd;

	able(stand);
	data.addr_width = 57;
	deep = to_vtd_domain(vtd_nested_alloc(vd, stand->domain, &data));
	data.addr_width = 48;
	data.flags = IOMMU_VTD_S1_EAFE;
	marked = to_vtd_domain(vtd_nested_alloc(vd, stand->domain, &data));
	data.flags = IOMMU_VTD_S1_WPE | IOMMU_VTD_S1_SRE;
	protected = to_vtd_domain(vtd_nested_alloc(vd, stand->domain, &data));

	KUNIT_ASSERT_EQ(test, vtd_attach(plain, &vd[0], IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_EQ(test, vtd_attach(deep, &vd[0], PASID), -EINVAL);
	KUNIT_EXPECT_EQ(test, vtd_attach(marked, &vd[1], PASID), -EINVAL);
	KUNIT_EXPECT_EQ(test, vtd_attach(protected, &vd[1], PASID), 0);
	vtd_attach(&vtd_blocked, &vd[1], PASID);
	/* In place of the only other one. */
	KUNIT_EXPECT_EQ(test, vtd_attach(deep, &vd[0], IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_EQ(test, vtd_attach(plain, &vd[1], PASID), -EINVAL);
	KUNIT_EXPECT_EQ(test, vtd_attach(marked, &vd[0], IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_EQ(test, vtd_attach(marked, &vd[0], PASID), 0);

	/* The core gives back what they had, whatever came meanwhile. */
	stand_detach(stand, 0);
	vtd_attach(&vtd_blocked, &vd[0], PASID);
	KUNIT_EXPECT_EQ(test, vtd_attach(plain, &vd[1], PASID), 0);
	KUNIT_EXPECT_EQ(test, vtd_attach(marked, &vd[0], IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_EQ(test, vtd_attach_restore(marked, &vd[0], PASID), 0);
	KUNIT_EXPECT_EQ(test, vtd_attach(marked, &vd[0], PASID + 1), -EINVAL);

	stand_detach(stand, 0);
	vtd_attach(&vtd_blocked, &vd[0], PASID);
	vtd_attach(&vtd_blocked, &vd[1], PASID);
	free_child(test, plain);
	free_child(test, deep);
	free_child(test, marked);
	free_child(test, protected);
	stand_free(test, stand);
}

/* A flush of the parent fails: who translates by it through a child loses access. */
static void vtd_nested_cut_off_test(struct kunit *test)
{
	struct stand *stand = stand_new_nesting(test);
	struct vtd_domain *parent = stand->domain;
	struct vtd_domain *child = new_child(test, stand, GUEST);
	struct vtd_device *vd = &stand->vd[0];

	KUNIT_ASSERT_EQ(test, vtd_attach(child, vd, PASID), 0);
	vtd_attach(&vtd_blocked, vd, IOMMU_NO_PASID);
	fake_hurry(stand->fake);
	stand->fake->paused = true;
	iommu_unmap(&parent->domain, STAND_IOVA, SZ_4K);
	KUNIT_EXPECT_TRUE(test, vtd_device_is_cut_off(vd));
	stand->fake->paused = false;
	fake_run(stand->fake);
	vtd_attach(&vtd_blocked, vd, PASID);
	free_child(test, child);
	stand_free(test, stand);
}

/* A reset: the core blocks, and gives back; a cut-off device gets it to no effect. */
static void vtd_nested_reset_test(struct kunit *test)
{
	struct stand *stand = stand_new_nesting(test);
	struct vtd_domain *child = new_child(test, stand, GUEST);
	struct vtd_domain *other = new_child(test, stand, GUEST + SZ_4K);
	struct vtd_device *vd = &stand->vd[0];

	KUNIT_ASSERT_EQ(test, vtd_attach(child, vd, IOMMU_NO_PASID), 0);
	KUNIT_ASSERT_EQ(test, vtd_attach(other, vd, PASID), 0);
	stand->fake->mute_sid[0] = stand_sid(0);
	iommu_unmap(&stand->domain->domain, STAND_IOVA, SZ_4K);
	KUNIT_EXPECT_TRUE(test, vtd_device_is_cut_off(vd));
	stand_detach(stand, 0);
	vtd_attach(&vtd_blocked, vd, PASID);
	KUNIT_EXPECT_EQ(test, vtd_attach(child, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_EQ(test, vtd_attach_restore(other, vd, PASID), 0);
	KUNIT_EXPECT_FALSE(test, stand_reaches(stand, 0));

	/* And one that helped. */
	stand_detach(stand, 0);
	vtd_attach(&vtd_blocked, vd, PASID);
	stand->fake->mute_sid[0] = -1;
	KUNIT_EXPECT_EQ(test, vtd_attach(child, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_EQ(test, vtd_attach_restore(other, vd, PASID), 0);
	KUNIT_EXPECT_TRUE(test, stand_reaches(stand, 0));
	KUNIT_EXPECT_EQ(test, entry_of(vd, 0)[2], GUEST);
	KUNIT_EXPECT_EQ(test, entry_of(vd, PASID)[2], GUEST + SZ_4K);
	stand_detach(stand, 0);
	vtd_attach(&vtd_blocked, vd, PASID);
	free_child(test, child);
	free_child(test, other);
	stand_free(test, stand);
}

static struct kunit_case vtd_nested_cases[] = {
	KUNIT_CASE(vtd_nested_misfit_test),
	KUNIT_CASE(vtd_nested_entry_test),
	KUNIT_CASE(vtd_nested_ids_test),
	KUNIT_CASE(vtd_nested_flush_test),
	KUNIT_CASE(vtd_nested_many_test),
	KUNIT_CASE(vtd_nested_tags_test),
	KUNIT_CASE(vtd_nested_rewrite_test),
	KUNIT_CASE(vtd_nested_replace_test),
	KUNIT_CASE(vtd_nested_clash_test),
	KUNIT_CASE(vtd_nested_reset_test),
	KUNIT_CASE_SLOW(vtd_nested_cut_off_test),
	{}
};

static struct kunit_suite vtd_nested_suite = {
	.name = "vtd_nested",
	.test_cases = vtd_nested_cases,
};

kunit_test_suite(vtd_nested_suite);
