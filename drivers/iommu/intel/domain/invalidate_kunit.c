// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: arrays of a user, in user memory, and what a unit is told: how far they
 * were done, in as few submissions as there can be.
 */
#include <kunit/test.h>
#include <linux/iommu.h>
#include <linux/mman.h>
#include <linux/pci.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#include <uapi/linux/iommufd.h>

#include "../inval/expect_kunit.h"
#include "../inval/user.h"
#include "domain.h"
#include "invalidate.h"

#define DID	9
#define PASID	0x321
#define SID	0x508
#define ENTRIES	600

/**
 * struct desk - a user's table behind a unit, and user memory for arrays
 * @fake: the unit
 * @parent: has the lock
 * @domain: the table
 * @devtlb: cache of a device that translates by it
 * @uva: room for ENTRIES entries, and nothing behind it
 * @cut: devices that lost their memory
 */
struct desk {
	struct fake_queue *fake;
	struct vtd_domain parent;
	struct vtd_domain domain;
	struct vtd_devtlb devtlb;
	unsigned long uva;
	unsigned int cut;
};

static void cut_off(struct vtd_tags *tags, struct vtd_devtlb *devtlb)
{
	struct desk *desk = container_of(tags, struct desk, domain.tags);

	if (devtlb == &desk->devtlb)
		desk->cut++;
	devtlb->cut = 1;
}

/* Missing is what takes more than the one device. */
static const struct vtd_tags_ops desk_ops = { .cut_off = cut_off };

static void add_tag(struct kunit *test, struct desk *desk, enum vtd_tag_kind kind,
		    u32 pasid)
{
	struct vtd_tag_key key = {
		.kind = kind, .unit = &desk->fake->unit, .did = DID, .pasid = pasid,
		.devtlb = kind == VTD_TAG_DEVTLB ? &desk->devtlb : NULL,
	};
	struct vtd_tag *tag = vtd_tag_alloc(&key);

	KUNIT_ASSERT_NOT_NULL(test, tag);
	vtd_tag_publish(&desk->domain.tags, tag);
}

static struct desk *new_desk(struct kunit *test)
{
	struct desk *desk = kunit_kzalloc(test, sizeof(*desk), GFP_KERNEL);
	struct pci_dev *pdev = kunit_kzalloc(test, sizeof(*pdev), GFP_KERNEL);
	size_t nbytes = PAGE_ALIGN(ENTRIES *
				   sizeof(struct iommu_hwpt_vtd_s1_invalidate));

	KUNIT_ASSERT_NOT_NULL(test, desk);
	KUNIT_ASSERT_NOT_NULL(test, pdev);
	pdev->dev.init_name = "fake";
	desk->fake = expect_unit(test, 0);
	desk->devtlb = (struct vtd_devtlb){
		.target.sid = SID, .dev = &pdev->dev, .enabled = true,
	};
	mutex_init(&desk->parent.lock);
	desk->domain.top = &desk->parent;
	vtd_tags_init(&desk->domain.tags, &desk_ops);
	add_tag(test, desk, VTD_TAG_FIRST, PASID);
	add_tag(test, desk, VTD_TAG_DEVTLB, PASID);
	/* A page more, which is taken away: arrays end at its border. */
	desk->uva = kunit_vm_mmap(test, NULL, 0, nbytes + PAGE_SIZE, PROT_READ | PROT_WRITE,
				  MAP_ANONYMOUS | MAP_PRIVATE, 0);
	KUNIT_ASSERT_NE(test, desk->uva, 0UL);
	KUNIT_ASSERT_EQ(test, vm_munmap(desk->uva + nbytes, PAGE_SIZE), 0);
	desk->uva += nbytes - ENTRIES * sizeof(struct iommu_hwpt_vtd_s1_invalidate);
	desk->fake->n = 0;
	desk->fake->tails = 0;
	return desk;
}

static void free_desk(struct desk *desk)
{
	struct vtd_tag *tag, *next;

	list_for_each_entry_safe(tag, next, &desk->domain.tags.list, node)
		vtd_tag_retract(&desk->domain.tags, &tag->key);
	fake_free(desk->fake);
}

static void put(struct kunit *test, const struct desk *desk, unsigned int index,
		const struct iommu_hwpt_vtd_s1_invalidate *entry)
{
	void __user *at = (void __user *)desk->uva + index * sizeof(*entry);

	KUNIT_ASSERT_EQ(test, copy_to_user(at, entry, sizeof(*entry)), 0UL);
}

/* Entry @i is page @i * @step, of leaf tables alone. */
static void put_pages(struct kunit *test, const struct desk *desk, unsigned int n,
		      u64 step)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		struct iommu_hwpt_vtd_s1_invalidate entry = {
			.addr = i * step << 12, .npages = 1,
			.flags = IOMMU_VTD_INV_FLAGS_LEAF,
		};

		put(test, desk, i, &entry);
	}
}

/* From entry @first on; @done is how many were. */
static int invalidate(struct desk *desk, unsigned int first, unsigned int n, u32 *done)
{
	struct iommu_user_data_array array = {
		.type = IOMMU_HWPT_INVALIDATE_DATA_VTD_S1,
		.uptr = (void __user *)desk->uva +
			first * sizeof(struct iommu_hwpt_vtd_s1_invalidate),
		.entry_len = sizeof(struct iommu_hwpt_vtd_s1_invalidate),
		.entry_num = n,
	};
	int ret;

	desk->fake->n = 0;
	desk->fake->tails = 0;
	ret = vtd_domain_invalidate_user(&desk->domain.domain, &array);
	*done = array.entry_num;
	return ret;
}

/* The table in Documentation/driver-api/vtd/invalidation.rst */
static void vtd_invalidate_cost_test(struct kunit *test)
{
	static const struct {
		unsigned int n, apart, joined, submits;
	} rows[] = {
		{ 1, 2, 2, 1 }, { 16, 32, 2, 1 }, { 64, 128, 2, 2 }, { 512, 1024, 2, 16 },
	};
	struct desk *desk = new_desk(test);
	unsigned int i;
	u32 done;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		put_pages(test, desk, rows[i].n, 2);
		KUNIT_EXPECT_EQ(test, invalidate(desk, 0, rows[i].n, &done), 0);
		KUNIT_EXPECT_EQ(test, done, rows[i].n);
		KUNIT_EXPECT_EQ(test, desk->fake->n, rows[i].apart);
		KUNIT_EXPECT_EQ(test, desk->fake->tails, rows[i].submits);
		put_pages(test, desk, rows[i].n, 1);
		KUNIT_EXPECT_EQ(test, invalidate(desk, 0, rows[i].n, &done), 0);
		KUNIT_EXPECT_EQ(test, done, rows[i].n);
		KUNIT_EXPECT_EQ(test, desk->fake->n, rows[i].joined);
		KUNIT_EXPECT_EQ(test, desk->fake->tails, 1U);
	}
	free_desk(desk);
}

/* What reaches the unit: in which order, by which id and PASID, with which hint. */
static void vtd_invalidate_words_test(struct kunit *test)
{
	struct iommu_hwpt_vtd_s1_invalidate entry = { .addr = 0x5000, .npages = 1 };
	struct desk *desk = new_desk(test);
	struct vtd_dtlb_target *a = &desk->devtlb.target;
	u32 done;

	put(test, desk, 0, &entry);
	KUNIT_EXPECT_EQ(test, invalidate(desk, 0, 1, &done), 0);
	EXPECT_DESCS(test, desk->fake, vtd_desc_pasid_iotlb_page(DID, PASID, 0x5000, 0, 0),
		     vtd_desc_pasid_dev_tlb(a, PASID, 0x5000, 0));

	entry = (struct iommu_hwpt_vtd_s1_invalidate){
		.addr = SZ_2M, .npages = 512, .flags = IOMMU_VTD_INV_FLAGS_LEAF,
	};
	put(test, desk, 0, &entry);
	KUNIT_EXPECT_EQ(test, invalidate(desk, 0, 1, &done), 0);
	EXPECT_DESCS(test, desk->fake,
		     vtd_desc_pasid_iotlb_page(DID, PASID, SZ_2M, 9, VTD_IOTLB1_IH),
		     vtd_desc_pasid_dev_tlb(a, PASID, SZ_2M, 9));

	entry = (struct iommu_hwpt_vtd_s1_invalidate){ .npages = U64_MAX };
	put(test, desk, 1, &entry);
	KUNIT_EXPECT_EQ(test, invalidate(desk, 0, 2, &done), 0);
	EXPECT_DESCS(test, desk->fake, vtd_desc_pasid_iotlb_all(DID, PASID),
		     vtd_desc_pasid_dev_tlb(a, PASID, 0, VTD_DTLB_MAX_ORDER));

	/* ATS is off, and then nobody translates by it. */
	desk->devtlb.enabled = false;
	KUNIT_EXPECT_EQ(test, invalidate(desk, 0, 1, &done), 0);
	KUNIT_EXPECT_EQ(test, desk->fake->n, 1U);
	desk->devtlb.enabled = true;
	free_desk(desk);
}

/* Without PASID, and by a second PASID: all of them, the device after the unit. */
static void vtd_invalidate_users_test(struct kunit *test)
{
	struct desk *desk = new_desk(test);
	unsigned int i, nunit = 0;
	u32 done;

	add_tag(test, desk, VTD_TAG_FIRST, IOMMU_NO_PASID);
	add_tag(test, desk, VTD_TAG_DEVTLB, IOMMU_NO_PASID);
	add_tag(test, desk, VTD_TAG_FIRST, 7);
	add_tag(test, desk, VTD_TAG_DEVTLB, 7);
	put_pages(test, desk, 64, 2);
	KUNIT_EXPECT_EQ(test, invalidate(desk, 0, 64, &done), 0);
	KUNIT_EXPECT_EQ(test, done, 64U);
	KUNIT_EXPECT_EQ(test, desk->fake->n, 6U * 64);
	for (i = 0; i < desk->fake->n; i++) {
		bool is_unit = vtd_desc_type(&desk->fake->log[i]) == VTD_DESC_PASID_IOTLB;

		/* In each half: three times 32 for the unit, then for the device. */
		KUNIT_EXPECT_EQ_MSG(test, is_unit, i % 192 < 96, "descriptor %u", i);
		nunit += is_unit;
	}
	KUNIT_EXPECT_EQ(test, nunit, 192U);
	free_desk(desk);
}

/* A bad entry at each index: what is in front of it is done, and nothing behind it. */
static void vtd_invalidate_bad_entry_test(struct kunit *test)
{
	static const struct {
		struct iommu_hwpt_vtd_s1_invalidate entry;
		int want;
	} bad[] = {
		{ { .addr = 0x1001, .npages = 1 }, -EINVAL },
		{ { .addr = 0x1000, .npages = 0 }, -EINVAL },
		{ { .addr = 0x1000, .npages = U64_MAX }, -EINVAL },
		{ { .addr = 0x1000, .npages = 1, .flags = 2 }, -EOPNOTSUPP },
		{ { .addr = 0x1000, .npages = 1, .__reserved = 1 }, -EOPNOTSUPP },
	};
	struct desk *desk = new_desk(test);
	unsigned int i, at;
	u32 done;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		for (at = 0; at < 70; at++) {
			put_pages(test, desk, 70, 2);
			put(test, desk, at, &bad[i].entry);
			KUNIT_EXPECT_EQ(test, invalidate(desk, 0, 70, &done), bad[i].want);
			KUNIT_EXPECT_EQ(test, done, at);
			KUNIT_EXPECT_EQ(test, desk->fake->n, 2 * at);
			KUNIT_EXPECT_EQ(test, desk->fake->tails, DIV_ROUND_UP(at, 32));
		}
	free_desk(desk);
}

/* Memory ends behind an entry, or inside of one. */
static void vtd_invalidate_fault_test(struct kunit *test)
{
	struct desk *desk = new_desk(test);
	unsigned int left;
	u32 done;

	put_pages(test, desk, ENTRIES, 2);
	for (left = 0; left < 70; left++) {
		KUNIT_EXPECT_EQ(test, invalidate(desk, ENTRIES - left, 100, &done), -EFAULT);
		KUNIT_EXPECT_EQ(test, done, left);
		KUNIT_EXPECT_EQ(test, desk->fake->n, 2 * left);
	}
	/* The last one lacks a byte. */
	desk->uva++;
	put_pages(test, desk, ENTRIES - 1, 2);
	for (left = 1; left < 70; left++) {
		KUNIT_EXPECT_EQ(test, invalidate(desk, ENTRIES - left, left, &done),
				-EFAULT);
		KUNIT_EXPECT_EQ(test, done, left - 1);
		KUNIT_EXPECT_EQ(test, desk->fake->n, 2 * (left - 1));
	}
	free_desk(desk);
}

static void vtd_invalidate_array_test(struct kunit *test)
{
	static const u32 lengths[] = { 1, 8, 16, 23, 25, 32, 4096 };
	struct desk *desk = new_desk(test);
	struct iommu_user_data_array array;
	unsigned int i;

	put_pages(test, desk, 2, 2);
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		array = (struct iommu_user_data_array){
			.type = IOMMU_HWPT_INVALIDATE_DATA_VTD_S1,
			.uptr = (void __user *)desk->uva,
			.entry_len = lengths[i], .entry_num = 2,
		};
		KUNIT_EXPECT_EQ(test, vtd_domain_invalidate_user(&desk->domain.domain,
								 &array), -EINVAL);
		KUNIT_EXPECT_EQ(test, array.entry_num, 0U);
	}
	/* Without entries: is the type known? */
	array = (struct iommu_user_data_array){ .type = IOMMU_HWPT_INVALIDATE_DATA_VTD_S1 };
	KUNIT_EXPECT_EQ(test, vtd_domain_invalidate_user(&desk->domain.domain, &array), 0);
	array.type = IOMMU_VIOMMU_INVALIDATE_DATA_ARM_SMMUV3;
	KUNIT_EXPECT_EQ(test, vtd_domain_invalidate_user(&desk->domain.domain, &array),
			-EINVAL);
	array.entry_num = 1;
	KUNIT_EXPECT_EQ(test, vtd_domain_invalidate_user(&desk->domain.domain, &array),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, array.entry_num, 0U);
	KUNIT_EXPECT_EQ(test, desk->fake->n, 0U);
	free_desk(desk);
}

/* It loses its memory, alone; the caller learns how far it got, and goes on after it. */
static void vtd_invalidate_mute_test(struct kunit *test)
{
	struct desk *desk = new_desk(test);
	u32 done;

	put_pages(test, desk, 64, 2);
	fake_hurry(desk->fake);
	desk->fake->mute_sid[0] = SID;
	KUNIT_EXPECT_EQ(test, invalidate(desk, 0, 64, &done), -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, done, 0U);
	KUNIT_EXPECT_EQ(test, desk->cut, 1U);
	KUNIT_EXPECT_EQ(test, invalidate(desk, 0, 64, &done), 0);
	KUNIT_EXPECT_EQ(test, done, 64U);
	KUNIT_EXPECT_EQ(test, desk->fake->n, 64U);
	KUNIT_EXPECT_EQ(test, desk->cut, 1U);
	desk->fake->mute_sid[0] = -1;
	free_desk(desk);
}

/* Between two chunks, and while somebody has the lock. */
static void vtd_invalidate_killed_test(struct kunit *test)
{
	struct desk *desk = new_desk(test);
	u32 done;

	put_pages(test, desk, 64, 2);
	allow_signal(SIGKILL);
	send_sig(SIGKILL, current, 1);
	KUNIT_EXPECT_EQ(test, invalidate(desk, 0, 64, &done), -EINTR);
	KUNIT_EXPECT_EQ(test, done, 0U);
	KUNIT_EXPECT_EQ(test, desk->fake->n, 0U);
	flush_signals(current);
	disallow_signal(SIGKILL);
	KUNIT_EXPECT_EQ(test, invalidate(desk, 0, 64, &done), 0);
	free_desk(desk);
}

static struct kunit_case vtd_invalidate_cases[] = {
	KUNIT_CASE(vtd_invalidate_cost_test),
	KUNIT_CASE(vtd_invalidate_words_test),
	KUNIT_CASE(vtd_invalidate_users_test),
	KUNIT_CASE(vtd_invalidate_bad_entry_test),
	KUNIT_CASE(vtd_invalidate_fault_test),
	KUNIT_CASE(vtd_invalidate_array_test),
	KUNIT_CASE_SLOW(vtd_invalidate_mute_test),
	KUNIT_CASE(vtd_invalidate_killed_test),
	{}
};

static struct kunit_suite vtd_invalidate_suite = {
	.name = "vtd_invalidate",
	.test_cases = vtd_invalidate_cases,
};

kunit_test_suite(vtd_invalidate_suite);
