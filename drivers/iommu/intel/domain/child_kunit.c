// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: a kind of domain that is nested in another one needs nothing but its
 * struct vtd_kind. What happens to the parent reaches it.
 *
 * The kind is made of code here. Its entry is a second-stage one, as that is enough to
 * see it written.
 */
#include "../device/requester.h"
#include "../table/entry.h"
#include "../table/pasid.h"
#include "attach.h"
#include "failed.h"
#include "id.h"
#include "kinds.h"
#include "paging.h"
#include "stand_kunit.h"

#define PASID	7

static int child_get_id(struct vtd_domain *domain, struct vtd_device *vd)
{
	return vtd_domain_id_get_locked(domain, vd->unit);
}

static void child_put_id(struct vtd_domain *domain, struct vtd_device *vd)
{
	vtd_domain_id_put_locked(domain, vd->unit);
}

static union vtd_entry child_entry(const struct vtd_attachment *attachment)
{
	struct vtd_paging_domain *parent = to_vtd_paging(attachment->domain->top);
	struct vtd_entry_attrs attrs =
		vtd_device_entry_attrs(attachment->vd, attachment->pasid,
				       attachment->did);

	attrs.snoop_force = parent->snoop_force;
	return (union vtd_entry){
		.pasid = vtd_entry_second(&attrs, parent->table(parent).root, VTD_AW_48),
	};
}

static unsigned int child_tags(const struct vtd_attachment *attachment,
			       struct vtd_tag_place places[VTD_KIND_TAGS])
{
	static const enum vtd_tag_kind kind_of[VTD_KIND_TAGS] = {
		VTD_TAG_FIRST, VTD_TAG_CHILD, VTD_TAG_DEVTLB, VTD_TAG_DEVTLB_WHOLE,
	};
	struct vtd_domain *domain = attachment->domain;
	unsigned int i;

	for (i = 0; i < VTD_KIND_TAGS; i++) {
		places[i].tags = i & 1 ? &domain->top->tags : &domain->tags;
		places[i].key = (struct vtd_tag_key){
			.kind = kind_of[i],
			.unit = attachment->vd->unit,
			.devtlb = i < 2 ? NULL : &attachment->vd->devtlb,
			.did = attachment->did,
			.pasid = attachment->pasid,
		};
	}
	return VTD_KIND_TAGS;
}

static const struct vtd_kind child_kind = {
	.get_id = child_get_id,
	.put_id = child_put_id,
	.entry = child_entry,
	.tags = child_tags,
};

static struct vtd_domain *new_child(struct kunit *test, struct vtd_domain *parent)
{
	struct vtd_domain *child = kunit_kzalloc(test, sizeof(*child), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, child);
	child->kind = &child_kind;
	child->top = parent;
	child->domain.type = IOMMU_DOMAIN_NESTED;
	vtd_tags_init(&child->tags, &vtd_domain_tags_ops);
	INIT_LIST_HEAD(&child->ids);
	return child;
}

static u16 id_of(const struct vtd_domain *domain)
{
	return list_first_entry(&domain->ids, struct vtd_domain_id, node)->did;
}

static const u64 *entry_of(const struct vtd_device *vd)
{
	return vtd_pasid_slot(vd->own->pasids, PASID);
}

static void expect_gone(struct kunit *test, const struct vtd_domain *child)
{
	KUNIT_EXPECT_TRUE(test, list_empty(&child->tags.list));
	KUNIT_EXPECT_TRUE(test, list_empty(&child->ids));
}

/* A page of the parent goes: by the child's id, and from all of the device's cache. */
static void vtd_child_flush_test(struct kunit *test)
{
	struct stand *stand = stand_new(test, true);
	struct vtd_domain *parent = stand->domain;
	struct vtd_domain *child = new_child(test, parent);
	struct vtd_dtlb_target a = { .sid = stand_sid(0) }, b = { .sid = stand_sid(1) };
	u64 drain = stand->fake->unit.caps.iotlb_drain;

	KUNIT_ASSERT_EQ(test, vtd_attach(child, &stand->vd[0], PASID), 0);
	KUNIT_EXPECT_NE(test, id_of(child), id_of(parent));
	stand->fake->n = 0;
	iommu_unmap(&parent->domain, STAND_IOVA, SZ_4K);
	EXPECT_DESCS(test, stand->fake,
		     vtd_desc_iotlb_page(drain, id_of(parent), STAND_IOVA, 0,
					 VTD_IOTLB1_IH),
		     vtd_desc_iotlb_page(drain, id_of(child), STAND_IOVA, 0,
					 VTD_IOTLB1_IH),
		     vtd_desc_dev_tlb(&a, STAND_IOVA, 0),
		     vtd_desc_dev_tlb(&b, STAND_IOVA, 0),
		     vtd_desc_pasid_dev_tlb(&a, PASID, 0, VTD_DTLB_MAX_ORDER));
	vtd_attach(&vtd_blocked, &stand->vd[0], PASID);
	expect_gone(test, child);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&parent->tags.list), 3);
	stand_free(test, stand);
}

/* A property of the parent is written in the child's entry, too. */
static void vtd_child_rewrite_test(struct kunit *test)
{
	struct stand *stand = stand_new(test, true);
	struct vtd_domain *parent = stand->domain;
	struct vtd_domain *child = new_child(test, parent);
	struct vtd_device *vd = &stand->vd[0];

	KUNIT_ASSERT_EQ(test, vtd_attach(child, vd, PASID), 0);
	KUNIT_EXPECT_FALSE(test, entry_of(vd)[1] & VTD_PE1_PGSNP);
	KUNIT_EXPECT_TRUE(test, parent->domain.ops->enforce_cache_coherency(&parent->domain));
	KUNIT_EXPECT_TRUE(test, entry_of(vd)[1] & VTD_PE1_PGSNP);
	vtd_attach(&vtd_blocked, vd, PASID);
	stand_free(test, stand);
}

/* Both have the parent's lock. */
static void vtd_child_replace_test(struct kunit *test)
{
	struct stand *stand = stand_new(test, true);
	struct vtd_domain *parent = stand->domain;
	struct vtd_domain *child = new_child(test, parent);
	struct vtd_domain *other = new_child(test, parent);
	struct vtd_device *vd = &stand->vd[0];

	KUNIT_ASSERT_EQ(test, vtd_attach(child, vd, PASID), 0);
	KUNIT_ASSERT_EQ(test, vtd_attach(other, vd, PASID), 0);
	KUNIT_EXPECT_EQ(test, vtd_pasid_entry_did(entry_of(vd)), id_of(other));
	expect_gone(test, child);
	KUNIT_ASSERT_EQ(test, vtd_attach(parent, vd, PASID), 0);
	expect_gone(test, other);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&parent->attachments), STAND_DEVICES + 1);
	KUNIT_ASSERT_EQ(test, vtd_attach(child, vd, PASID), 0);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&parent->attachments), STAND_DEVICES + 1);
	vtd_attach(&vtd_blocked, vd, PASID);
	stand_free(test, stand);
}

/* A flush of the parent fails: who translates by it through a child loses access. */
static void vtd_child_cut_off_test(struct kunit *test)
{
	struct stand *stand = stand_new(test, true);
	struct vtd_domain *parent = stand->domain;
	struct vtd_domain *child = new_child(test, parent);
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
	expect_gone(test, child);
	stand_free(test, stand);
}

static struct kunit_case vtd_child_cases[] = {
	KUNIT_CASE(vtd_child_flush_test),
	KUNIT_CASE(vtd_child_rewrite_test),
	KUNIT_CASE(vtd_child_replace_test),
	KUNIT_CASE_SLOW(vtd_child_cut_off_test),
	{}
};

static struct kunit_suite vtd_child_suite = {
	.name = "vtd_child",
	.test_cases = vtd_child_cases,
};

kunit_test_suite(vtd_child_suite);
