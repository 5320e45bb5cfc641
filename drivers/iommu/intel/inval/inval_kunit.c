// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: which descriptors reach a unit, and in which order, when tables
 * change.
 */
#include <kunit/test.h>
#include <linux/pci.h>
#include <linux/sizes.h>

#include "../hw/pasid_layout.h"
#include "expect_kunit.h"
#include "inval.h"

static void new_devtlb(struct kunit *test, struct vtd_devtlb *devtlb, u16 sid)
{
	struct pci_dev *pdev = kunit_kzalloc(test, sizeof(*pdev), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	pdev->dev.init_name = "fake";
	*devtlb = (struct vtd_devtlb){
		.target.sid = sid,
		.dev = &pdev->dev,
		.enabled = true,
	};
}

/* Nothing fails here: see domain/failed_kunit.c */
static const struct vtd_tags_ops no_failure;

static void tag(struct kunit *test, struct vtd_tags *tags, const struct vtd_tag_key *key)
{
	struct vtd_tag *new = vtd_tag_alloc(key);

	KUNIT_ASSERT_NOT_NULL(test, new);
	vtd_tag_publish(tags, new);
}

static void untag(struct vtd_tags *tags, const struct vtd_tag_key *key)
{
	vtd_tag_retract(tags, key);
}

/* The key of a tag, on the stack of the caller. */
#define KEY(kind, fake, devtlb, did, pasid) \
	(&(struct vtd_tag_key){ VTD_TAG_##kind, &(fake)->unit, devtlb, did, pasid })

static void vtd_inval_second_test(struct kunit *test)
{
	struct fake_queue *fake = expect_unit(test, 0);
	u64 drain = fake->unit.caps.iotlb_drain;
	struct vtd_tags tags;

	vtd_tags_init(&tags, &no_failure);
	tag(test, &tags, KEY(SECOND, fake, NULL, 7, 0));

	vtd_inval_range(&tags, 0x5000, 0x5fff, VTD_INVAL_LEAF);
	EXPECT_DESCS(test, fake, vtd_desc_iotlb_page(drain, 7, 0x5000, 0, VTD_IOTLB1_IH));

	/* A table is freed: the caches of upper levels have to go, too. */
	vtd_inval_range(&tags, 0x200000, 0x3fffff, 0);
	EXPECT_DESCS(test, fake, vtd_desc_iotlb_page(drain, 7, 0x200000, 9, 0));

	/* Across a boundary of 1 GiB: two pages, not two times 1 GiB. */
	vtd_inval_range(&tags, 0x3ffff000, 0x40000fff, VTD_INVAL_LEAF);
	EXPECT_DESCS(test, fake,
		     vtd_desc_iotlb_page(drain, 7, 0x3ffff000, 0, VTD_IOTLB1_IH),
		     vtd_desc_iotlb_page(drain, 7, 0x40000000, 0, VTD_IOTLB1_IH));

	vtd_inval_range(&tags, 0, (1ULL << 40) - 1, VTD_INVAL_LEAF);
	EXPECT_DESCS(test, fake, vtd_desc_iotlb_domain(drain, 7));

	vtd_inval_all(&tags);
	EXPECT_DESCS(test, fake, vtd_desc_iotlb_domain(drain, 7));
	untag(&tags, KEY(SECOND, fake, NULL, 7, 0));
	vtd_inval_all(&tags);
	KUNIT_EXPECT_EQ(test, fake->n, 0);
	fake_free(fake);
}

static void vtd_inval_first_test(struct kunit *test)
{
	struct fake_queue *fake = expect_unit(test, 0);
	struct vtd_devtlb devtlb;
	struct vtd_tags tags;

	new_devtlb(test, &devtlb, 0x100);
	vtd_tags_init(&tags, &no_failure);
	/* Published the wrong way round: the device TLB still comes last. */
	tag(test, &tags, KEY(DEVTLB, fake, &devtlb, 9, 0));
	tag(test, &tags, KEY(FIRST, fake, NULL, 9, 0));
	tag(test, &tags, KEY(DEVTLB, fake, &devtlb, 9, 5));
	tag(test, &tags, KEY(FIRST, fake, NULL, 9, 5));

	vtd_inval_range(&tags, 0x1000, 0x1fff, VTD_INVAL_LEAF);
	KUNIT_ASSERT_EQ(test, fake->n, 4);
	KUNIT_EXPECT_EQ(test, vtd_desc_type(&fake->log[0]), VTD_DESC_PASID_IOTLB);
	KUNIT_EXPECT_EQ(test, vtd_desc_type(&fake->log[1]), VTD_DESC_PASID_IOTLB);
	KUNIT_EXPECT_EQ(test, vtd_desc_dtlb_sid(&fake->log[2]), 0x100);
	KUNIT_EXPECT_EQ(test, vtd_desc_dtlb_sid(&fake->log[3]), 0x100);
	fake->n = 0;

	untag(&tags, KEY(DEVTLB, fake, &devtlb, 9, 5));
	untag(&tags, KEY(FIRST, fake, NULL, 9, 5));
	vtd_inval_range(&tags, 0x4000, 0x7fff, VTD_INVAL_LEAF);
	EXPECT_DESCS(test, fake, vtd_desc_pasid_iotlb_page(9, 0, 0x4000, 2, VTD_IOTLB1_IH),
		     vtd_desc_dev_tlb(&devtlb.target, 0x4000, 2));

	/* ATS is off, or the device is pulled: nothing may be sent to it. */
	devtlb.enabled = false;
	vtd_inval_all(&tags);
	EXPECT_DESCS(test, fake, vtd_desc_pasid_iotlb_all(9, 0));
	devtlb.enabled = true;
	to_pci_dev(devtlb.dev)->error_state = pci_channel_io_perm_failure;
	vtd_inval_all(&tags);
	EXPECT_DESCS(test, fake, vtd_desc_pasid_iotlb_all(9, 0));
	to_pci_dev(devtlb.dev)->error_state = pci_channel_io_normal;
	to_pci_dev(devtlb.dev)->current_state = PCI_D3cold;
	vtd_inval_all(&tags);
	EXPECT_DESCS(test, fake, vtd_desc_pasid_iotlb_all(9, 0));
	to_pci_dev(devtlb.dev)->current_state = PCI_D0;
	devtlb.cut = 1;
	vtd_inval_all(&tags);
	EXPECT_DESCS(test, fake, vtd_desc_pasid_iotlb_all(9, 0));

	untag(&tags, KEY(DEVTLB, fake, &devtlb, 9, 0));
	untag(&tags, KEY(FIRST, fake, NULL, 9, 0));
	fake_free(fake);
}

static void vtd_inval_units_test(struct kunit *test)
{
	struct fake_queue *a = expect_unit(test, 0);
	struct fake_queue *b = expect_unit(test, 1);
	u64 drain = a->unit.caps.iotlb_drain;
	struct vtd_tags tags;

	vtd_tags_init(&tags, &no_failure);
	tag(test, &tags, KEY(SECOND, b, NULL, 20, 0));
	tag(test, &tags, KEY(SECOND, a, NULL, 10, 0));
	/* A second attachment of the same kind costs no second descriptor. */
	tag(test, &tags, KEY(SECOND, a, NULL, 10, 0));

	vtd_inval_range(&tags, 0x8000, 0x8fff, 0);
	EXPECT_DESCS(test, a, vtd_desc_iotlb_page(drain, 10, 0x8000, 0, 0));
	EXPECT_DESCS(test, b, vtd_desc_iotlb_page(drain, 20, 0x8000, 0, 0));

	untag(&tags, KEY(SECOND, a, NULL, 10, 0));
	vtd_inval_all(&tags);
	EXPECT_DESCS(test, a, vtd_desc_iotlb_domain(drain, 10));
	untag(&tags, KEY(SECOND, a, NULL, 10, 0));
	untag(&tags, KEY(SECOND, b, NULL, 20, 0));
	fake_free(a);
	fake_free(b);
}

static void vtd_inval_mapped_test(struct kunit *test)
{
	struct fake_queue *real = expect_unit(test, 0);
	struct fake_queue *virt = expect_unit(test, 1);
	struct vtd_tags tags;

	virt->unit.caps.cm = true;
	vtd_tags_init(&tags, &no_failure);
	tag(test, &tags, KEY(SECOND, real, NULL, 3, 0));
	KUNIT_EXPECT_FALSE(test, tags.announce);
	tag(test, &tags, KEY(SECOND, virt, NULL, 4, 0));
	KUNIT_EXPECT_TRUE(test, tags.announce);
	vtd_inval_mapped(&tags, 0x1000, 0x1fff);
	KUNIT_EXPECT_EQ(test, real->n, 0);
	EXPECT_DESCS(test, virt,
		     vtd_desc_iotlb_page(virt->unit.caps.iotlb_drain, 4, 0x1000, 0, 0));
	untag(&tags, KEY(SECOND, real, NULL, 3, 0));
	untag(&tags, KEY(SECOND, virt, NULL, 4, 0));

	/* A first stage is never cached as absent. */
	vtd_tags_init(&tags, &no_failure);
	tag(test, &tags, KEY(FIRST, virt, NULL, 4, 0));
	KUNIT_EXPECT_FALSE(test, tags.announce);
	untag(&tags, KEY(FIRST, virt, NULL, 4, 0));
	fake_free(real);
	fake_free(virt);
}

static void vtd_inval_pasid_entry_test(struct kunit *test)
{
	struct fake_queue *fake = expect_unit(test, 0);
	u64 drain = fake->unit.caps.iotlb_drain;
	struct vtd_devtlb devtlb;
	struct vtd_inval_entry entry = {
		.unit = &fake->unit,
		.devtlb = &devtlb,
		.sid = 0x208,
	};

	new_devtlb(test, &devtlb, 0x208);
	vtd_inval_pasid_dropped(&entry, 5, VTD_PGTT_FIRST);
	EXPECT_DESCS(test, fake, vtd_desc_pasid_cache(5, 0), vtd_desc_pasid_iotlb_all(5, 0),
		     vtd_desc_dev_tlb(&devtlb.target, 0, VTD_DTLB_MAX_ORDER));

	vtd_inval_pasid_dropped(&entry, 1, VTD_PGTT_PASSTHROUGH);
	EXPECT_DESCS(test, fake, vtd_desc_pasid_cache(1, 0), vtd_desc_pasid_iotlb_all(1, 0),
		     vtd_desc_dev_tlb(&devtlb.target, 0, VTD_DTLB_MAX_ORDER));

	entry.pasid = 3;
	vtd_inval_pasid_dropped(&entry, 6, VTD_PGTT_SECOND);
	EXPECT_DESCS(test, fake, vtd_desc_pasid_cache(6, 3), vtd_desc_iotlb_domain(drain, 6),
		     vtd_desc_pasid_dev_tlb(&devtlb.target, 3, 0, VTD_DTLB_MAX_ORDER));

	vtd_inval_pasid_added(&entry, 6, VTD_PGTT_SECOND);
	KUNIT_EXPECT_EQ(test, fake->n, 0);
	fake->unit.caps.cm = true;
	vtd_inval_pasid_added(&entry, 6, VTD_PGTT_SECOND);
	EXPECT_DESCS(test, fake, vtd_desc_pasid_cache_global(),
		     vtd_desc_iotlb_domain(drain, 6));
	fake_free(fake);
}

static void vtd_inval_context_entry_test(struct kunit *test)
{
	struct fake_queue *fake = expect_unit(test, 0);
	u64 drain = fake->unit.caps.iotlb_drain;
	struct vtd_inval_entry entry = { .unit = &fake->unit, .sid = 0x208 };

	fake->unit.scalable = false;
	vtd_inval_context_dropped(&entry, 5);
	EXPECT_DESCS(test, fake, vtd_desc_context_device(5, 0x208),
		     vtd_desc_iotlb_domain(drain, 5));
	vtd_inval_context_added(&entry, 5);
	KUNIT_EXPECT_EQ(test, fake->n, 0);
	fake->unit.caps.cm = true;
	vtd_inval_context_added(&entry, 5);
	EXPECT_DESCS(test, fake, vtd_desc_context_device(0, 0x208),
		     vtd_desc_iotlb_domain(drain, 5));
	vtd_inval_everything(&fake->unit, 0);
	EXPECT_DESCS(test, fake, vtd_desc_context_global(), vtd_desc_iotlb_global(drain));

	fake->unit.scalable = true;
	vtd_inval_everything(&fake->unit, 0);
	EXPECT_DESCS(test, fake, vtd_desc_context_global(), vtd_desc_pasid_cache_global(),
		     vtd_desc_iotlb_global(drain));
	vtd_inval_sm_context_dropped(&entry);
	EXPECT_DESCS(test, fake, vtd_desc_context_device(0, 0x208),
		     vtd_desc_pasid_cache_global(), vtd_desc_iotlb_global(drain));
	fake_free(fake);
}

/* A block that is smaller than a leaf may not remove it. */
static void vtd_inval_leaf_size_test(struct kunit *test)
{
	struct fake_queue *fake = expect_unit(test, 0);
	struct vtd_caps *caps = &fake->unit.caps;
	u64 drain = caps->iotlb_drain;
	struct vtd_tags tags;

	vtd_tags_init(&tags, &no_failure);
	tag(test, &tags, KEY(SECOND, fake, NULL, 7, 0));
	caps->mamv = 8;
	vtd_inval_range(&tags, SZ_2M, SZ_4M - 1, VTD_INVAL_LEAF);
	EXPECT_DESCS(test, fake, vtd_desc_iotlb_domain(drain, 7));
	vtd_inval_range(&tags, SZ_1M, SZ_2M - 1, VTD_INVAL_LEAF);
	EXPECT_DESCS(test, fake, vtd_desc_iotlb_page(drain, 7, SZ_1M, 8, VTD_IOTLB1_IH));
	caps->mamv = 16;
	vtd_inval_range(&tags, SZ_1G, SZ_2G - 1, VTD_INVAL_LEAF);
	EXPECT_DESCS(test, fake, vtd_desc_iotlb_domain(drain, 7));
	/* Without large leaves blocks of any size will do. */
	caps->sslps = 0;
	caps->mamv = 8;
	vtd_inval_range(&tags, SZ_2M, SZ_4M - 1, VTD_INVAL_LEAF);
	EXPECT_DESCS(test, fake, vtd_desc_iotlb_page(drain, 7, SZ_2M, 8, VTD_IOTLB1_IH),
		     vtd_desc_iotlb_page(drain, 7, SZ_2M + SZ_1M, 8, VTD_IOTLB1_IH));
	untag(&tags, KEY(SECOND, fake, NULL, 7, 0));

	vtd_tags_init(&tags, &no_failure);
	tag(test, &tags, KEY(FIRST, fake, NULL, 9, 0));
	vtd_inval_range(&tags, SZ_2M, SZ_4M - 1, VTD_INVAL_LEAF);
	EXPECT_DESCS(test, fake, vtd_desc_pasid_iotlb_all(9, 0));
	untag(&tags, KEY(FIRST, fake, NULL, 9, 0));
	fake_free(fake);
}

/* What is nested in a table has entries of its own, and addresses of its own. */
static void vtd_inval_child_test(struct kunit *test)
{
	struct fake_queue *fake = expect_unit(test, 0);
	u64 drain = fake->unit.caps.iotlb_drain;
	struct vtd_devtlb devtlb;
	struct vtd_tags tags;

	new_devtlb(test, &devtlb, 0x100);
	vtd_tags_init(&tags, &no_failure);
	tag(test, &tags, KEY(DEVTLB_WHOLE, fake, &devtlb, 8, 3));
	tag(test, &tags, KEY(DEVTLB, fake, &devtlb, 7, IOMMU_NO_PASID));
	tag(test, &tags, KEY(SECOND, fake, NULL, 7, 0));
	tag(test, &tags, KEY(CHILD, fake, NULL, 8, 3));

	vtd_inval_range(&tags, 0x5000, 0x5fff, VTD_INVAL_LEAF);
	EXPECT_DESCS(test, fake,
		     vtd_desc_iotlb_page(drain, 7, 0x5000, 0, VTD_IOTLB1_IH),
		     vtd_desc_iotlb_page(drain, 8, 0x5000, 0, 0),
		     vtd_desc_pasid_dev_tlb(&devtlb.target, 3, 0, VTD_DTLB_MAX_ORDER),
		     vtd_desc_dev_tlb(&devtlb.target, 0x5000, 0));
	vtd_inval_all(&tags);
	EXPECT_DESCS(test, fake, vtd_desc_iotlb_domain(drain, 7),
		     vtd_desc_iotlb_domain(drain, 8),
		     vtd_desc_pasid_dev_tlb(&devtlb.target, 3, 0, VTD_DTLB_MAX_ORDER),
		     vtd_desc_dev_tlb(&devtlb.target, 0, VTD_DTLB_MAX_ORDER));
	untag(&tags, KEY(SECOND, fake, NULL, 7, 0));
	untag(&tags, KEY(CHILD, fake, NULL, 8, 3));
	untag(&tags, KEY(DEVTLB, fake, &devtlb, 7, IOMMU_NO_PASID));
	untag(&tags, KEY(DEVTLB_WHOLE, fake, &devtlb, 8, 3));

	/* Absent entries of the second stage are under the child's id as well. */
	fake->unit.caps.cm = true;
	vtd_tags_init(&tags, &no_failure);
	tag(test, &tags, KEY(CHILD, fake, NULL, 8, 3));
	tag(test, &tags, KEY(DEVTLB_WHOLE, fake, &devtlb, 8, 3));
	KUNIT_EXPECT_TRUE(test, tags.announce);
	vtd_inval_mapped(&tags, 0x1000, 0x1fff);
	EXPECT_DESCS(test, fake, vtd_desc_iotlb_page(drain, 8, 0x1000, 0, 0));
	untag(&tags, KEY(CHILD, fake, NULL, 8, 3));
	untag(&tags, KEY(DEVTLB_WHOLE, fake, &devtlb, 8, 3));
	fake_free(fake);
}

/* Two virtual functions of different physical ones, both with ATS. */
static void vtd_inval_functions_test(struct kunit *test)
{
	struct fake_queue *fake = expect_unit(test, 0);
	struct vtd_devtlb a, b;
	struct vtd_tags tags;

	new_devtlb(test, &a, 0x110);
	new_devtlb(test, &b, 0x210);
	a.target.pfsid = 0x100;
	b.target.pfsid = 0x200;
	/* Its cache is known before ATS is on, and is not spoken to before. */
	b.enabled = false;
	vtd_tags_init(&tags, &no_failure);
	tag(test, &tags, KEY(SECOND, fake, NULL, 7, 0));
	tag(test, &tags, KEY(DEVTLB, fake, &a, 7, 0));
	tag(test, &tags, KEY(DEVTLB, fake, &b, 7, 0));
	vtd_inval_range(&tags, SZ_4K, SZ_8K - 1, VTD_INVAL_LEAF);
	KUNIT_EXPECT_EQ(test, fake->n, 2);
	b.enabled = true;
	fake->n = 0;
	vtd_inval_range(&tags, SZ_4K, SZ_8K - 1, VTD_INVAL_LEAF);
	KUNIT_ASSERT_EQ(test, fake->n, 3);
	KUNIT_EXPECT_EQ(test, vtd_desc_dtlb_sid(&fake->log[1]) +
			vtd_desc_dtlb_sid(&fake->log[2]), 0x110 + 0x210);
	a.enabled = false;
	fake->n = 0;
	vtd_inval_all(&tags);
	EXPECT_DESCS(test, fake, vtd_desc_iotlb_domain(fake->unit.caps.iotlb_drain, 7),
		     vtd_desc_dev_tlb(&b.target, 0, VTD_DTLB_MAX_ORDER));
	untag(&tags, KEY(DEVTLB, fake, &a, 7, 0));
	untag(&tags, KEY(DEVTLB, fake, &b, 7, 0));
	untag(&tags, KEY(SECOND, fake, NULL, 7, 0));
	fake_free(fake);
}

/* Entries with PASID are others than those without: both kinds have to go. */
static void vtd_inval_device_test(struct kunit *test)
{
	struct fake_queue *fake = expect_unit(test, 0);
	struct vtd_unit *unit = &fake->unit;
	struct vtd_devtlb devtlb;
	struct xarray pasids;
	struct pci_dev *pdev, *physfn;
	struct vtd_desc rid, global;

	new_devtlb(test, &devtlb, 0x308);
	pdev = to_pci_dev(devtlb.dev);
	rid = vtd_desc_dev_tlb(&devtlb.target, 0, VTD_DTLB_MAX_ORDER);
	global = vtd_desc_pasid_dev_tlb_global(&devtlb.target);
	xa_init(&pasids);
	devtlb.takes_global = true;

	vtd_inval_devtlb_all(unit, &devtlb);
	EXPECT_DESCS(test, fake, rid);
	pdev->pasid_enabled = true;
	vtd_inval_devtlb_all(unit, &devtlb);
	EXPECT_DESCS(test, fake, rid, global);
	devtlb.twice = true;
	vtd_inval_devtlb_all(unit, &devtlb);
	EXPECT_DESCS(test, fake, rid, rid, global, global);
	devtlb.twice = false;

	/* It would take the request for PASID 0: one for each that translates. */
	devtlb.takes_global = false;
	devtlb.pasids = &pasids;
	vtd_inval_devtlb_all(unit, &devtlb);
	EXPECT_DESCS(test, fake, rid);
	KUNIT_ASSERT_FALSE(test, xa_err(xa_store(&pasids, 3, test, GFP_KERNEL)));
	KUNIT_ASSERT_FALSE(test, xa_err(xa_store(&pasids, 70, test, GFP_KERNEL)));
	vtd_inval_devtlb_all(unit, &devtlb);
	EXPECT_DESCS(test, fake, rid,
		     vtd_desc_pasid_dev_tlb(&devtlb.target, 3, 0, VTD_DTLB_MAX_ORDER),
		     vtd_desc_pasid_dev_tlb(&devtlb.target, 70, 0, VTD_DTLB_MAX_ORDER));

	/* Legacy mode has no descriptor for them, and no PASID. */
	unit->scalable = false;
	vtd_inval_devtlb_all(unit, &devtlb);
	EXPECT_DESCS(test, fake, rid);
	unit->scalable = true;

	if (!IS_ENABLED(CONFIG_PCI_IOV))
		goto done;
	/* The switch of a virtual function is its physical function's. */
	physfn = kunit_kzalloc(test, sizeof(*physfn), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, physfn);
	pdev->pasid_enabled = false;
	pdev->is_virtfn = true;
	pdev->physfn = physfn;
	devtlb.takes_global = true;
	vtd_inval_devtlb_all(unit, &devtlb);
	EXPECT_DESCS(test, fake, rid);
	physfn->pasid_enabled = true;
	vtd_inval_devtlb_all(unit, &devtlb);
	EXPECT_DESCS(test, fake, rid, global);
done:
	xa_destroy(&pasids);
	fake_free(fake);
}

static struct kunit_case vtd_inval_cases[] = {
	KUNIT_CASE(vtd_inval_second_test),
	KUNIT_CASE(vtd_inval_first_test),
	KUNIT_CASE(vtd_inval_units_test),
	KUNIT_CASE(vtd_inval_mapped_test),
	KUNIT_CASE(vtd_inval_pasid_entry_test),
	KUNIT_CASE(vtd_inval_context_entry_test),
	KUNIT_CASE(vtd_inval_leaf_size_test),
	KUNIT_CASE(vtd_inval_child_test),
	KUNIT_CASE(vtd_inval_functions_test),
	KUNIT_CASE(vtd_inval_device_test),
	{}
};

static struct kunit_suite vtd_inval_suite = {
	.name = "vtd_inval",
	.test_cases = vtd_inval_cases,
};

kunit_test_suite(vtd_inval_suite);
