// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: dirty tracking of a second stage. Writes of devices are made by hand here:
 * the dirty bit of an entry is set. Those of real walks are in the selftest vtd_dirty.
 */
#include <uapi/linux/iommufd.h>

#include "../device/requester.h"
#include "../hw/dmar_layout.h"
#include "../hw/page.h"
#include "../hw/stage.h"
#include "../table/pasid.h"
#include "attach.h"
#include "kinds.h"
#include "paging.h"
#include "stand_kunit.h"

#define PASID	7
#define BIG	0x40000000UL
#define RW	(IOMMU_READ | IOMMU_WRITE)

static struct vtd_domain *tracking_domain(struct kunit *test, struct stand *stand)
{
	struct vtd_unit *unit = &stand->fake->unit;
	struct iommu_domain *domain;

	unit->caps.ssads = true;
	unit->caps.nest = true;
	domain = vtd_second_alloc(unit, VTD_PAGING_TRACKS_DIRTY | VTD_PAGING_NEST_PARENT);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	KUNIT_ASSERT_NOT_NULL(test, domain->dirty_ops);
	domain->type = IOMMU_DOMAIN_UNMANAGED;
	return to_vtd_domain(domain);
}

static void track(struct kunit *test, struct vtd_domain *domain, bool on)
{
	struct iommu_domain *d = &domain->domain;

	KUNIT_EXPECT_EQ(test, d->dirty_ops->set_dirty_tracking(d, on), 0);
}

static bool is_tracked(const struct vtd_device *vd, u32 pasid)
{
	const u64 *slot = vtd_pasid_slot(vd->own->pasids, pasid);

	return slot[0] & VTD_PE0_P && slot[0] & VTD_PE0_SSADE;
}

static struct vtd_desc pasid_cache(const struct vtd_attachment *attachment)
{
	return vtd_desc_pasid_cache(attachment->did, attachment->pasid);
}

/* What is attached learns of it, without PASID and with one; in both directions. */
static void vtd_dirty_switch_test(struct kunit *test)
{
	struct stand *stand = stand_new(test, true);
	struct vtd_domain *domain = tracking_domain(test, stand);
	struct vtd_dtlb_target a = { .sid = stand_sid(0) };
	u64 drain = stand->fake->unit.caps.iotlb_drain;
	struct vtd_device *vd = &stand->vd[0];
	struct vtd_attachment *rid, *pasid;
	bool on;
	int i;

	KUNIT_ASSERT_EQ(test, vtd_attach(domain, vd, PASID), 0);
	KUNIT_ASSERT_EQ(test, vtd_attach(domain, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_FALSE(test, is_tracked(vd, PASID) || is_tracked(vd, IOMMU_NO_PASID));
	rid = vtd_attachment_of(vd, IOMMU_NO_PASID);
	pasid = vtd_attachment_of(vd, PASID);
	for (i = 0; i < 4; i++) {
		on = !(i & 1);
		stand->fake->n = 0;
		track(test, domain, on);
		KUNIT_EXPECT_EQ(test, is_tracked(vd, PASID), on);
		KUNIT_EXPECT_EQ(test, is_tracked(vd, IOMMU_NO_PASID), on);
		EXPECT_DESCS(test, stand->fake,
			     pasid_cache(rid), vtd_desc_iotlb_domain(drain, rid->did),
			     vtd_desc_dev_tlb(&a, 0, VTD_DTLB_MAX_ORDER),
			     pasid_cache(pasid), vtd_desc_iotlb_domain(drain, pasid->did),
			     vtd_desc_pasid_dev_tlb(&a, PASID, 0, VTD_DTLB_MAX_ORDER));
	}
	/* Nothing changes: nothing is told. */
	track(test, domain, false);
	EXPECT_DESCS(test, stand->fake);
	vtd_attach(&vtd_blocked, vd, PASID);
	vtd_attach(stand->domain, vd, IOMMU_NO_PASID);
	domain->domain.ops->free(&domain->domain);
	stand_free(test, stand);
}

/* Whoever comes after the switch finds it on: attach, replace, PASID; and leaves it. */
static void vtd_dirty_late_test(struct kunit *test)
{
	struct stand *stand = stand_new(test, true);
	struct vtd_domain *domain = tracking_domain(test, stand);
	struct vtd_device *vd = &stand->vd[0];

	track(test, domain, true);
	KUNIT_ASSERT_EQ(test, vtd_attach(domain, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_TRUE(test, is_tracked(vd, IOMMU_NO_PASID));
	KUNIT_ASSERT_EQ(test, vtd_attach(domain, vd, PASID), 0);
	KUNIT_EXPECT_TRUE(test, is_tracked(vd, PASID));
	/* As around a reset */
	vtd_attach(&vtd_blocked, vd, IOMMU_NO_PASID);
	KUNIT_ASSERT_EQ(test, vtd_attach(domain, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_TRUE(test, is_tracked(vd, IOMMU_NO_PASID));
	KUNIT_ASSERT_EQ(test, vtd_attach(stand->domain, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_FALSE(test, is_tracked(vd, IOMMU_NO_PASID));
	KUNIT_EXPECT_TRUE(test, is_tracked(vd, PASID));
	vtd_attach(&vtd_blocked, vd, PASID);
	domain->domain.ops->free(&domain->domain);
	stand_free(test, stand);
}

static struct vtd_domain *nested_domain(struct kunit *test, struct stand *stand,
					struct vtd_domain *parent)
{
	const struct iommu_hwpt_vtd_s1 data = { .pgtbl_addr = SZ_2M, .addr_width = 48 };
	struct iommu_domain *domain = vtd_nested_alloc(&stand->vd[0], parent, &data);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	return to_vtd_domain(domain);
}

/*
 * Devices that translate by the parent through tables of guests alone, and through
 * several: all entries follow. Who comes later has what the others have.
 */
static void vtd_dirty_nested_test(struct kunit *test)
{
	struct stand *stand = stand_new(test, true);
	struct vtd_domain *parent = tracking_domain(test, stand);
	struct vtd_domain *a = nested_domain(test, stand, parent);
	struct vtd_domain *b = nested_domain(test, stand, parent);
	struct vtd_device *vd = stand->vd;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, vtd_attach(a, &vd[0], IOMMU_NO_PASID), 0);
	KUNIT_ASSERT_EQ(test, vtd_attach(b, &vd[0], PASID), 0);
	KUNIT_ASSERT_EQ(test, vtd_attach(b, &vd[1], PASID), 0);
	for (i = 0; i < 4; i++) {
		bool on = !(i & 1);

		track(test, parent, on);
		KUNIT_EXPECT_EQ(test, is_tracked(&vd[0], IOMMU_NO_PASID), on);
		KUNIT_EXPECT_EQ(test, is_tracked(&vd[0], PASID), on);
		KUNIT_EXPECT_EQ(test, is_tracked(&vd[1], PASID), on);
		KUNIT_ASSERT_EQ(test, vtd_attach(i & 2 ? a : b, &vd[1], PASID + 1), 0);
		KUNIT_EXPECT_EQ(test, is_tracked(&vd[1], PASID + 1), on);
		/* Another table of the guest in its place. */
		KUNIT_ASSERT_EQ(test, vtd_attach(i & 1 ? b : a, &vd[0], PASID), 0);
		KUNIT_EXPECT_EQ(test, is_tracked(&vd[0], PASID), on);
	}
	vtd_attach(&vtd_blocked, &vd[0], PASID);
	vtd_attach(&vtd_blocked, &vd[1], PASID);
	vtd_attach(&vtd_blocked, &vd[1], PASID + 1);
	vtd_attach(stand->domain, &vd[0], IOMMU_NO_PASID);
	a->domain.ops->free(&a->domain);
	b->domain.ops->free(&b->domain);
	parent->domain.ops->free(&parent->domain);
	stand_free(test, stand);
}

/* A unit that cannot, of the same driver: its devices do not get the table. */
static void vtd_dirty_misfit_test(struct kunit *test)
{
	struct stand *stand = stand_new(test, true);
	struct vtd_domain *domain = tracking_domain(test, stand);
	struct vtd_unit *unit = &stand->fake->unit;
	struct vtd_device *vd = &stand->vd[0];

	unit->caps.ssads = false;
	KUNIT_EXPECT_EQ(test, vtd_attach(domain, vd, IOMMU_NO_PASID), -EINVAL);
	KUNIT_EXPECT_EQ(test, vtd_attach(domain, vd, PASID), -EINVAL);
	KUNIT_EXPECT_PTR_EQ(test, vtd_attachment_of(vd, IOMMU_NO_PASID)->domain,
			    stand->domain);
	unit->caps.ssads = true;
	/* Firmware says so of requests without PASID alone. */
	vd->sidp = VTD_SIDP_F_NO_PWSNP;
	KUNIT_EXPECT_EQ(test, vtd_attach(domain, vd, IOMMU_NO_PASID), -EINVAL);
	KUNIT_EXPECT_EQ(test, vtd_attach(domain, vd, PASID), 0);
	vtd_attach(&vtd_blocked, vd, PASID);
	vd->sidp = 0;
	domain->domain.ops->free(&domain->domain);
	stand_free(test, stand);
}

/* The device does not confirm that it has forgotten: it is cut off, others go on. */
static void vtd_dirty_mute_test(struct kunit *test)
{
	struct stand *stand = stand_new(test, true);
	struct vtd_domain *domain = tracking_domain(test, stand);

	KUNIT_ASSERT_EQ(test, vtd_attach(domain, &stand->vd[0], IOMMU_NO_PASID), 0);
	KUNIT_ASSERT_EQ(test, vtd_attach(domain, &stand->vd[1], IOMMU_NO_PASID), 0);
	stand->fake->mute_sid[0] = stand_sid(0);
	track(test, domain, true);
	KUNIT_EXPECT_TRUE(test, vtd_device_is_cut_off(&stand->vd[0]));
	KUNIT_EXPECT_FALSE(test, vtd_device_is_cut_off(&stand->vd[1]));
	KUNIT_EXPECT_TRUE(test, is_tracked(&stand->vd[1], IOMMU_NO_PASID));
	stand_detach(stand, 0);
	stand_detach(stand, 1);
	domain->domain.ops->free(&domain->domain);
	stand_free(test, stand);
}

/* The leaf that an address is in */
static u64 *leaf_of(struct vtd_domain *domain, unsigned long iova)
{
	struct vtd_paging_table top = vtd_paging_table(domain);
	u64 *slot = NULL, *table = phys_to_virt(top.root);
	unsigned int level = top.levels;

	while (level--) {
		slot = &table[iova >> (12 + level * VTD_PT_LEVEL_BITS) & 511];
		if (*slot & VTD_PT_PS)
			break;
		table = phys_to_virt(*slot & VTD_PT_ADDR);
	}
	return slot;
}

/**
 * struct read - what was read
 * @gather: what would be flushed
 * @dirty: for the driver
 */
struct read {
	struct iommu_iotlb_gather gather;
	struct iommu_dirty_bitmap dirty;
};

static void read_dirty(struct kunit *test, struct vtd_domain *domain, struct read *read,
		       unsigned long first, unsigned long last)
{
	struct iommu_domain *d = &domain->domain;

	iommu_dirty_bitmap_init(&read->dirty, NULL, &read->gather);
	KUNIT_EXPECT_EQ(test, d->dirty_ops->read_and_clear_dirty(d, first, last - first + 1,
								 0, &read->dirty), 0);
}

/* Every part of a row of large pages: those that are cut keep their bit. */
static void vtd_dirty_cut_leaf_test(struct kunit *test)
{
	static const unsigned long at[] = {
		0, SZ_4K, SZ_2M - SZ_4K, SZ_2M, SZ_2M + SZ_4K, 2 * SZ_2M - SZ_4K, 2 * SZ_2M,
		2 * SZ_2M + SZ_64K, 3 * SZ_2M,
	};
	struct stand *stand = stand_new(test, true);
	struct vtd_domain *domain = tracking_domain(test, stand);
	unsigned int from, to, i;
	struct read read;

	KUNIT_ASSERT_EQ(test, iommu_map(&domain->domain, BIG, SZ_1G, 3 * SZ_2M, RW,
					GFP_KERNEL), 0);
	KUNIT_ASSERT_TRUE(test, *leaf_of(domain, BIG) & VTD_PT_PS);
	for (from = 0; from < ARRAY_SIZE(at); from++)
		for (to = from + 1; to < ARRAY_SIZE(at); to++) {
			for (i = 0; i < 3; i++)
				*leaf_of(domain, BIG + i * SZ_2M) |= VTD_SS_D | VTD_SS_A;
			read_dirty(test, domain, &read, BIG + at[from], BIG + at[to] - 1);
			for (i = 0; i < 3; i++) {
				bool whole = at[from] <= i * SZ_2M &&
					     at[to] >= (i + 1) * SZ_2M;
				bool left = *leaf_of(domain, BIG + i * SZ_2M) & VTD_SS_D;

				KUNIT_EXPECT_EQ_MSG(test, left, !whole, "%lx-%lx: %u",
						    at[from], at[to], i);
			}
		}
	domain->domain.ops->free(&domain->domain);
	stand_free(test, stand);
}

/* What was cleared is what is flushed: small pages among others, at both ends. */
static void vtd_dirty_flush_test(struct kunit *test)
{
	struct stand *stand = stand_new(test, true);
	struct vtd_domain *domain = tracking_domain(test, stand);
	struct vtd_dtlb_target a = { .sid = stand_sid(0) };
	u64 drain = stand->fake->unit.caps.iotlb_drain;
	struct vtd_attachment *rid;
	struct read read;

	KUNIT_ASSERT_EQ(test, vtd_attach(domain, &stand->vd[0], IOMMU_NO_PASID), 0);
	rid = vtd_attachment_of(&stand->vd[0], IOMMU_NO_PASID);
	KUNIT_ASSERT_EQ(test, iommu_map(&domain->domain, BIG, SZ_1M, SZ_64K, RW,
					GFP_KERNEL), 0);
	*leaf_of(domain, BIG + 5 * SZ_4K) |= VTD_SS_D;
	read_dirty(test, domain, &read, BIG, BIG + SZ_64K - 1);
	KUNIT_EXPECT_FALSE(test, *leaf_of(domain, BIG + 5 * SZ_4K) & VTD_SS_D);
	stand->fake->n = 0;
	iommu_iotlb_sync(&domain->domain, &read.gather);
	EXPECT_DESCS(test, stand->fake,
		     vtd_desc_iotlb_page(drain, rid->did, BIG + 5 * SZ_4K, 0,
					 VTD_IOTLB1_IH),
		     vtd_desc_dev_tlb(&a, BIG + 5 * SZ_4K, 0));
	/* Nothing is dirty: nothing to flush. */
	read_dirty(test, domain, &read, BIG, BIG + SZ_64K - 1);
	KUNIT_EXPECT_TRUE(test, read.gather.start > read.gather.end);
	vtd_attach(stand->domain, &stand->vd[0], IOMMU_NO_PASID);
	domain->domain.ops->free(&domain->domain);
	stand_free(test, stand);
}

static struct kunit_case vtd_dirty_cases[] = {
	KUNIT_CASE(vtd_dirty_switch_test),
	KUNIT_CASE(vtd_dirty_late_test),
	KUNIT_CASE(vtd_dirty_nested_test),
	KUNIT_CASE(vtd_dirty_misfit_test),
	KUNIT_CASE_SLOW(vtd_dirty_mute_test),
	KUNIT_CASE(vtd_dirty_cut_leaf_test),
	KUNIT_CASE(vtd_dirty_flush_test),
	{}
};

static struct kunit_suite vtd_dirty_suite = {
	.name = "vtd_dirty",
	.test_cases = vtd_dirty_cases,
};

kunit_test_suite(vtd_dirty_suite);
