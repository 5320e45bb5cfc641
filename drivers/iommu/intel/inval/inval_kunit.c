// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: which descriptors reach a unit, and in which order, when tables
 * change. The unit is one whose registers are code; it completes every wait.
 */
#include <kunit/test.h>
#include <linux/pci.h>

#include "../hw/cap.h"
#include "../hw/pasid.h"
#include "../hw/regs.h"
#include "../queue/queue.h"
#include "../unit/regs.h"
#include "../unit/unit.h"
#include "inval.h"

#define SEEN_MAX		64

/* 16-bit domain ids, 48-bit addresses, MAMV 18, page-selective, draining. */
#define CAP_WORD		0x00d2008c222f0606ULL
#define ECAP_WORD		(VTD_ECAP_QI | VTD_ECAP_DT | VTD_ECAP_SMTS | \
				 VTD_ECAP_SSTS | VTD_ECAP_FSTS | VTD_ECAP_C | \
				 VTD_ECAP_PASID | VTD_ECAP_SMPWCS)

/**
 * struct fake - a unit that writes down what it is told
 * @hook: its registers
 * @unit: the unit on top of them
 * @cap: capabilities
 * @gsts: status
 * @iqa: queue address
 * @head: queue head in bytes
 * @seen: all descriptors but waits
 * @n: how many
 */
struct fake {
	struct vtd_reg_hook hook;
	struct vtd_unit unit;
	u64 cap;
	u32 gsts;
	u64 iqa;
	u64 head;
	struct vtd_desc seen[SEEN_MAX];
	unsigned int n;
};

static struct fake *to_fake(const struct vtd_reg_hook *hook)
{
	return (struct fake *)container_of(hook, struct fake, hook);
}

static u32 fake_read32(const struct vtd_reg_hook *hook, u32 at)
{
	if (at == VTD_VER)
		return 0x10;
	return at == VTD_GSTS ? to_fake(hook)->gsts : 0;
}

static u64 fake_read64(const struct vtd_reg_hook *hook, u32 at)
{
	struct fake *fake = to_fake(hook);

	switch (at) {
	case VTD_CAP:
		return fake->cap;
	case VTD_ECAP:
		return ECAP_WORD;
	case VTD_IQA:
		return fake->iqa;
	case VTD_IQH:
	case VTD_IQT:
		return fake->head;
	default:
		return 0;
	}
}

static void fake_write32(const struct vtd_reg_hook *hook, u32 at, u32 value)
{
	if (at == VTD_GCMD)
		to_fake(hook)->gsts = value & (VTD_GCMD_QIE | VTD_GCMD_TE);
}

static void take(struct fake *fake, const struct vtd_desc *desc)
{
	u64 addr = desc->qw[1] & VTD_WAIT1_ADDR;

	if (vtd_desc_type(desc) != VTD_DESC_WAIT) {
		if (fake->n < SEEN_MAX)
			fake->seen[fake->n] = *desc;
		fake->n++;
	} else if (desc->qw[0] & VTD_WAIT_SW) {
		*(u32 *)phys_to_virt(addr) = FIELD_GET(VTD_WAIT_DATA, desc->qw[0]);
	}
}

static void fake_write64(const struct vtd_reg_hook *hook, u32 at, u64 value)
{
	struct fake *fake = to_fake(hook);
	u64 size = SZ_4K << FIELD_GET(VTD_IQA_QS, fake->iqa);
	void *ring = phys_to_virt(fake->iqa & VTD_IQA_BASE);

	if (at == VTD_IQA)
		fake->iqa = value;
	if (at != VTD_IQT || !(fake->gsts & VTD_GCMD_QIE))
		return;
	for (; fake->head != value; fake->head = (fake->head + 32) % size)
		take(fake, ring + fake->head);
}

static void free_fake(void *data)
{
	struct fake *fake = data;

	vtd_queue_stop(&fake->unit);
	vtd_queue_destroy(&fake->unit);
	vtd_unit_exit_hooked(&fake->unit);
}

static struct fake *new_fake(struct kunit *test, int id, u64 cap)
{
	struct fake *fake = kunit_kzalloc(test, sizeof(*fake), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, fake);
	fake->hook = (struct vtd_reg_hook){
		.read32 = fake_read32,
		.read64 = fake_read64,
		.write32 = fake_write32,
		.write64 = fake_write64,
	};
	fake->cap = cap;
	vtd_unit_init_hooked(&fake->unit, &fake->hook);
	fake->unit.id = id;
	fake->unit.scalable = true;
	fake->unit.translating = true;
	KUNIT_ASSERT_EQ(test, vtd_queue_create(&fake->unit), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_fake, fake), 0);
	KUNIT_ASSERT_EQ(test, vtd_queue_start(&fake->unit), 0);
	fake->n = 0;
	return fake;
}

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

static void tag(struct kunit *test, struct vtd_tags *tags, struct fake *fake,
		struct vtd_devtlb *devtlb, u16 did, u32 pasid)
{
	struct vtd_tag_key key = {
		.unit = &fake->unit,
		.devtlb = devtlb,
		.did = did,
		.pasid = pasid,
	};
	struct vtd_tag *new = vtd_tag_alloc(&key);

	KUNIT_ASSERT_NOT_NULL(test, new);
	vtd_tag_publish(tags, new);
}

static void untag(struct vtd_tags *tags, struct fake *fake,
		  struct vtd_devtlb *devtlb, u16 did, u32 pasid)
{
	struct vtd_tag_key key = {
		.unit = &fake->unit,
		.devtlb = devtlb,
		.did = did,
		.pasid = pasid,
	};

	vtd_tag_retract(tags, &key);
}

static void expect(struct kunit *test, struct fake *fake,
		   const struct vtd_desc *want, unsigned int n)
{
	unsigned int i;

	KUNIT_EXPECT_EQ(test, fake->n, n);
	for (i = 0; i < min(n, fake->n); i++)
		KUNIT_EXPECT_MEMEQ(test, &fake->seen[i], &want[i], sizeof(*want));
	fake->n = 0;
}

#define EXPECT(test, fake, ...) \
	expect(test, fake, (const struct vtd_desc[]){ __VA_ARGS__ }, \
	       sizeof((struct vtd_desc[]){ __VA_ARGS__ }) / sizeof(struct vtd_desc))

static void vtd_inval_second_test(struct kunit *test)
{
	struct fake *fake = new_fake(test, 0, CAP_WORD);
	u64 drain = fake->unit.caps.iotlb_drain;
	struct vtd_tags tags;

	vtd_tags_init(&tags, false);
	tag(test, &tags, fake, NULL, 7, 0);

	vtd_inval_range(&tags, 0x5000, 0x5fff, VTD_INVAL_LEAF);
	EXPECT(test, fake, vtd_desc_iotlb_page(drain, 7, 0x5000, 0, VTD_IOTLB1_IH));

	/* A table is freed: the caches of upper levels have to go, too. */
	vtd_inval_range(&tags, 0x200000, 0x3fffff, 0);
	EXPECT(test, fake, vtd_desc_iotlb_page(drain, 7, 0x200000, 9, 0));

	/* Across a boundary of 1 GiB: two pages, not two times 1 GiB. */
	vtd_inval_range(&tags, 0x3ffff000, 0x40000fff, VTD_INVAL_LEAF);
	EXPECT(test, fake,
	       vtd_desc_iotlb_page(drain, 7, 0x3ffff000, 0, VTD_IOTLB1_IH),
	       vtd_desc_iotlb_page(drain, 7, 0x40000000, 0, VTD_IOTLB1_IH));

	vtd_inval_range(&tags, 0, (1ULL << 40) - 1, VTD_INVAL_LEAF);
	EXPECT(test, fake, vtd_desc_iotlb_domain(drain, 7));

	vtd_inval_all(&tags);
	EXPECT(test, fake, vtd_desc_iotlb_domain(drain, 7));
	untag(&tags, fake, NULL, 7, 0);
	vtd_inval_all(&tags);
	KUNIT_EXPECT_EQ(test, fake->n, 0);
}

static void vtd_inval_first_test(struct kunit *test)
{
	struct fake *fake = new_fake(test, 0, CAP_WORD);
	struct vtd_devtlb devtlb;
	struct vtd_tags tags;

	new_devtlb(test, &devtlb, 0x100);
	vtd_tags_init(&tags, true);
	/* Published the wrong way round: the device TLB still comes last. */
	tag(test, &tags, fake, &devtlb, 9, 0);
	tag(test, &tags, fake, NULL, 9, 0);
	tag(test, &tags, fake, &devtlb, 9, 5);
	tag(test, &tags, fake, NULL, 9, 5);

	vtd_inval_range(&tags, 0x1000, 0x1fff, VTD_INVAL_LEAF);
	KUNIT_ASSERT_EQ(test, fake->n, 4);
	KUNIT_EXPECT_EQ(test, vtd_desc_type(&fake->seen[0]), VTD_DESC_PASID_IOTLB);
	KUNIT_EXPECT_EQ(test, vtd_desc_type(&fake->seen[1]), VTD_DESC_PASID_IOTLB);
	KUNIT_EXPECT_EQ(test, vtd_desc_dtlb_sid(&fake->seen[2]), 0x100);
	KUNIT_EXPECT_EQ(test, vtd_desc_dtlb_sid(&fake->seen[3]), 0x100);
	fake->n = 0;

	untag(&tags, fake, &devtlb, 9, 5);
	untag(&tags, fake, NULL, 9, 5);
	vtd_inval_range(&tags, 0x4000, 0x7fff, VTD_INVAL_LEAF);
	EXPECT(test, fake, vtd_desc_pasid_iotlb_page(9, 0, 0x4000, 2, VTD_IOTLB1_IH),
	       vtd_desc_dev_tlb(&devtlb.target, 0x4000, 2));

	/* ATS is off, or the device is pulled: nothing may be sent to it. */
	devtlb.enabled = false;
	vtd_inval_all(&tags);
	EXPECT(test, fake, vtd_desc_pasid_iotlb_all(9, 0));
	devtlb.enabled = true;
	to_pci_dev(devtlb.dev)->error_state = pci_channel_io_perm_failure;
	vtd_inval_all(&tags);
	EXPECT(test, fake, vtd_desc_pasid_iotlb_all(9, 0));

	untag(&tags, fake, &devtlb, 9, 0);
	untag(&tags, fake, NULL, 9, 0);
}

static void vtd_inval_units_test(struct kunit *test)
{
	struct fake *a = new_fake(test, 0, CAP_WORD);
	struct fake *b = new_fake(test, 1, CAP_WORD);
	u64 drain = a->unit.caps.iotlb_drain;
	struct vtd_tags tags;

	vtd_tags_init(&tags, false);
	tag(test, &tags, b, NULL, 20, 0);
	tag(test, &tags, a, NULL, 10, 0);
	/* A second attachment of the same kind costs no second descriptor. */
	tag(test, &tags, a, NULL, 10, 0);

	vtd_inval_range(&tags, 0x8000, 0x8fff, 0);
	EXPECT(test, a, vtd_desc_iotlb_page(drain, 10, 0x8000, 0, 0));
	EXPECT(test, b, vtd_desc_iotlb_page(drain, 20, 0x8000, 0, 0));

	untag(&tags, a, NULL, 10, 0);
	vtd_inval_all(&tags);
	EXPECT(test, a, vtd_desc_iotlb_domain(drain, 10));
	untag(&tags, a, NULL, 10, 0);
	untag(&tags, b, NULL, 20, 0);
}

static void vtd_inval_mapped_test(struct kunit *test)
{
	struct fake *real = new_fake(test, 0, CAP_WORD);
	struct fake *virt = new_fake(test, 1, CAP_WORD | VTD_CAP_CM);
	struct vtd_tags tags;

	vtd_tags_init(&tags, false);
	tag(test, &tags, real, NULL, 3, 0);
	KUNIT_EXPECT_FALSE(test, tags.announce);
	tag(test, &tags, virt, NULL, 4, 0);
	KUNIT_EXPECT_TRUE(test, tags.announce);
	vtd_inval_mapped(&tags, 0x1000, 0x1fff);
	KUNIT_EXPECT_EQ(test, real->n, 0);
	EXPECT(test, virt,
	       vtd_desc_iotlb_page(virt->unit.caps.iotlb_drain, 4, 0x1000, 0, 0));
	untag(&tags, real, NULL, 3, 0);
	untag(&tags, virt, NULL, 4, 0);

	/* A first stage is never cached as absent. */
	vtd_tags_init(&tags, true);
	tag(test, &tags, virt, NULL, 4, 0);
	KUNIT_EXPECT_FALSE(test, tags.announce);
	untag(&tags, virt, NULL, 4, 0);
}

static void vtd_inval_pasid_entry_test(struct kunit *test)
{
	struct fake *fake = new_fake(test, 0, CAP_WORD);
	u64 drain = fake->unit.caps.iotlb_drain;
	struct vtd_devtlb devtlb;
	struct vtd_inval_entry entry = {
		.unit = &fake->unit,
		.devtlb = &devtlb,
		.sid = 0x208,
	};

	new_devtlb(test, &devtlb, 0x208);
	vtd_inval_pasid_dropped(&entry, 5, VTD_PGTT_FIRST);
	EXPECT(test, fake, vtd_desc_pasid_cache(5, 0), vtd_desc_pasid_iotlb_all(5, 0),
	       vtd_desc_dev_tlb(&devtlb.target, 0, VTD_DTLB_MAX_ORDER));

	vtd_inval_pasid_dropped(&entry, 1, VTD_PGTT_PASSTHROUGH);
	EXPECT(test, fake, vtd_desc_pasid_cache(1, 0), vtd_desc_pasid_iotlb_all(1, 0),
	       vtd_desc_dev_tlb(&devtlb.target, 0, VTD_DTLB_MAX_ORDER));

	entry.pasid = 3;
	vtd_inval_pasid_dropped(&entry, 6, VTD_PGTT_SECOND);
	EXPECT(test, fake, vtd_desc_pasid_cache(6, 3), vtd_desc_iotlb_domain(drain, 6),
	       vtd_desc_pasid_dev_tlb(&devtlb.target, 3, 0, VTD_DTLB_MAX_ORDER));

	vtd_inval_pasid_staged(&entry, 6);
	EXPECT(test, fake, vtd_desc_pasid_cache(6, 3));

	vtd_inval_pasid_added(&entry, 6, VTD_PGTT_SECOND);
	KUNIT_EXPECT_EQ(test, fake->n, 0);
	fake->unit.caps.cm = true;
	vtd_inval_pasid_added(&entry, 6, VTD_PGTT_SECOND);
	EXPECT(test, fake, vtd_desc_pasid_cache_global(),
	       vtd_desc_iotlb_domain(drain, 6));
}

static void vtd_inval_context_entry_test(struct kunit *test)
{
	struct fake *fake = new_fake(test, 0, CAP_WORD);
	u64 drain = fake->unit.caps.iotlb_drain;
	struct vtd_inval_entry entry = { .unit = &fake->unit, .sid = 0x208 };

	fake->unit.scalable = false;
	vtd_inval_context_dropped(&entry, 5);
	EXPECT(test, fake, vtd_desc_context_device(5, 0x208),
	       vtd_desc_iotlb_domain(drain, 5));
	vtd_inval_context_added(&entry, 5);
	KUNIT_EXPECT_EQ(test, fake->n, 0);
	fake->unit.caps.cm = true;
	vtd_inval_context_added(&entry, 5);
	EXPECT(test, fake, vtd_desc_context_device(0, 0x208),
	       vtd_desc_iotlb_domain(drain, 5));
	vtd_inval_everything(&fake->unit);
	EXPECT(test, fake, vtd_desc_context_global(), vtd_desc_iotlb_global(drain));

	fake->unit.scalable = true;
	vtd_inval_everything(&fake->unit);
	EXPECT(test, fake, vtd_desc_context_global(), vtd_desc_pasid_cache_global(),
	       vtd_desc_iotlb_global(drain));
	vtd_inval_sm_context_foreign(&entry);
	EXPECT(test, fake, vtd_desc_context_device(0, 0x208),
	       vtd_desc_pasid_cache_global(), vtd_desc_iotlb_global(drain));
}

static struct kunit_case vtd_inval_cases[] = {
	KUNIT_CASE(vtd_inval_second_test),
	KUNIT_CASE(vtd_inval_first_test),
	KUNIT_CASE(vtd_inval_units_test),
	KUNIT_CASE(vtd_inval_mapped_test),
	KUNIT_CASE(vtd_inval_pasid_entry_test),
	KUNIT_CASE(vtd_inval_context_entry_test),
	{}
};

static struct kunit_suite vtd_inval_suite = {
	.name = "vtd_inval",
	.test_cases = vtd_inval_cases,
};

kunit_test_suite(vtd_inval_suite);
