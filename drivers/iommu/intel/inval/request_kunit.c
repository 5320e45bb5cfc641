// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: answers to page requests, and their drain.
 */
#include <linux/iommu.h>
#include <linux/pci.h>

#include "../queue/prq_fake_kunit.h"
#include "../queue/ring.h"
#include "expect_kunit.h"
#include "inval.h"

static struct vtd_devtlb *new_cache(struct kunit *test)
{
	struct vtd_devtlb *devtlb = kunit_kzalloc(test, sizeof(*devtlb), GFP_KERNEL);
	struct pci_dev *pdev = kunit_kzalloc(test, sizeof(*pdev), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, devtlb);
	KUNIT_ASSERT_NOT_NULL(test, pdev);
	pdev->dev.bus = &pci_bus_type;
	devtlb->dev = &pdev->dev;
	devtlb->target.sid = 0x510;
	devtlb->enabled = true;
	return devtlb;
}

static void vtd_inval_answer_test(struct kunit *test)
{
	struct fake_queue *fake = expect_unit(test, 0);
	struct fake_prq *prq = fake_prq_new(fake);
	struct vtd_inval_answer answer = {
		.sid = 0x510, .group = 5, .code = VTD_PRR_INVALID, .pasid = 9,
	};

	KUNIT_EXPECT_EQ(test, vtd_inval_answer(&fake->unit, &answer), 0);
	EXPECT_DESCS(test, fake, vtd_desc_words(0x0000000005101009, 0x28));
	answer.has_pasid = true;
	answer.code = VTD_PRR_SUCCESS;
	KUNIT_EXPECT_EQ(test, vtd_inval_answer(&fake->unit, &answer), 0);
	EXPECT_DESCS(test, fake, vtd_desc_words(0x0000000905100019, 0x28));
	KUNIT_EXPECT_EQ(test, fake->drains, 0U);
	fake_prq_free(prq);
	fake_free(fake);
}

/* Slot of the ring that many before the tail */
static u64 slot_before(const struct vtd_queue *queue, unsigned int back)
{
	u16 slot = (queue->tail - back) & (VTD_RING_ENTRIES - 1);

	return *(u64 *)vtd_ring_slot(queue, slot);
}

/* One submission: a fence, the IOTLB, the device, and a wait that drains. */
static void vtd_inval_drain_test(struct kunit *test)
{
	struct fake_queue *fake = expect_unit(test, 0);
	struct fake_prq *prq = fake_prq_new(fake);
	struct vtd_devtlb *devtlb = new_cache(test);
	struct vtd_inval_entry entry = {
		.unit = &fake->unit, .devtlb = devtlb, .sid = 0x510,
		.pasid = IOMMU_NO_PASID,
	};
	u64 drain = fake->unit.caps.iotlb_drain;

	fake->tails = 0;
	KUNIT_EXPECT_EQ(test, vtd_inval_drain_requests(&entry, 7), 0);
	EXPECT_DESCS(test, fake, vtd_desc_iotlb_domain(drain, 7), fake_dev_tlb(0x510));
	KUNIT_EXPECT_EQ(test, fake->tails, 1U);
	KUNIT_EXPECT_EQ(test, fake->drains, 1U);
	KUNIT_EXPECT_EQ(test, slot_before(fake->unit.queue, 4) & 0xff,
			5 | VTD_WAIT_SW | VTD_WAIT_FN);
	KUNIT_EXPECT_EQ(test, slot_before(fake->unit.queue, 1) & 0xff,
			5 | VTD_WAIT_SW | VTD_WAIT_PD);

	/* One that has no cache any more is not asked, nor one that was cut off. */
	devtlb->enabled = false;
	KUNIT_EXPECT_EQ(test, vtd_inval_drain_requests(&entry, 7), 0);
	EXPECT_DESCS(test, fake, vtd_desc_iotlb_domain(drain, 7));
	devtlb->enabled = true;
	devtlb->cut = 1;
	KUNIT_EXPECT_EQ(test, vtd_inval_drain_requests(&entry, 7), 0);
	EXPECT_DESCS(test, fake, vtd_desc_iotlb_domain(drain, 7));
	KUNIT_EXPECT_EQ(test, fake->drains, 3U);

	/* A device that does not answer is an error of its own. */
	devtlb->cut = 0;
	fake->mute_sid[0] = 0x510;
	KUNIT_EXPECT_EQ(test, vtd_inval_drain_requests(&entry, 7), -ETIMEDOUT);
	fake_prq_free(prq);
	fake_free(fake);
}

static struct kunit_case vtd_inval_request_cases[] = {
	KUNIT_CASE(vtd_inval_answer_test),
	KUNIT_CASE(vtd_inval_drain_test),
	{}
};

static struct kunit_suite vtd_inval_request_suite = {
	.name = "vtd_inval_request",
	.test_cases = vtd_inval_request_cases,
};

kunit_test_suite(vtd_inval_request_suite);
