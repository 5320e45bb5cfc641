// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: the queue against a unit made of code.
 */
#include <kunit/test.h>
#include <linux/bitfield.h>
#include <linux/io.h>

#include "../hw/cap.h"
#include "../hw/regs_layout.h"
#include "../unit/list.h"
#include "fake_kunit.h"
#include "ticket.h"

#define FAKE_SCALABLE	(FAKE_PLAIN | VTD_ECAP_SMTS | VTD_ECAP_FSTS)

/* In order, complete, one tail write; both descriptor sizes; the ring wraps. */
static void queue_order_kept(struct kunit *test)
{
	static const u64 ecaps[] = { FAKE_PLAIN, FAKE_SCALABLE };
	struct vtd_desc descs[7];
	struct fake_queue *fake;
	unsigned int i, k, round;

	for (k = 0; k < ARRAY_SIZE(ecaps); k++) {
		fake = fake_new(test, ecaps[k]);
		KUNIT_EXPECT_EQ(test, fake_shift(fake), k ? 5U : 4U);
		for (round = 0; round < 300; round++) {
			for (i = 0; i < ARRAY_SIZE(descs); i++)
				descs[i] = vtd_desc_iotlb_domain(0, round * 8 + i);
			fake->tails = 0;
			KUNIT_ASSERT_EQ(test, 0,
					fake_submit(fake, descs,
						    ARRAY_SIZE(descs), NULL));
			KUNIT_EXPECT_EQ(test, fake->tails, 1U);
			KUNIT_ASSERT_EQ(test, fake->n, ARRAY_SIZE(descs));
			KUNIT_EXPECT_MEMEQ(test, fake->log, descs, sizeof(descs));
		}
		fake_free(fake);
	}
}

/* More than fits goes in pieces, each with one wait. */
static void queue_large(struct kunit *test)
{
	unsigned int i, n = 4 * VTD_RING_BATCH + 3;
	struct vtd_desc *descs = kunit_kcalloc(test, n, sizeof(*descs),
					       GFP_KERNEL);
	struct fake_queue *fake = fake_new(test, FAKE_PLAIN);

	KUNIT_ASSERT_NOT_NULL(test, descs);
	for (i = 0; i < n; i++)
		descs[i] = vtd_desc_iotlb_domain(0, i);
	KUNIT_EXPECT_EQ(test, 0, fake_submit(fake, descs, n, NULL));
	KUNIT_EXPECT_EQ(test, fake->n, n);
	KUNIT_EXPECT_EQ(test, fake->tails, 5U);
	KUNIT_EXPECT_MEMEQ(test, fake->log, descs, n * sizeof(*descs));
	fake_free(fake);
}

/* Type 3 behind type 6 needs a fence; type 8 and type 2 do not. */
static void queue_fence(struct kunit *test)
{
	struct fake_queue *fake = fake_new(test, FAKE_SCALABLE);
	struct vtd_dtlb_target target = { .sid = 0x100 };
	struct vtd_desc descs[] = {
		vtd_desc_pasid_iotlb_all(1, 0),
		vtd_desc_pasid_dev_tlb(&target, 1, 0, 64),
		fake_dev_tlb(0x100),
	};
	const u64 *ring = phys_to_virt(fake->iqa & VTD_IQA_BASE);
	u64 fence = VTD_WAIT_SW | VTD_WAIT_FN | VTD_DESC_WAIT;

	KUNIT_EXPECT_EQ(test, 0, fake_submit(fake, descs, ARRAY_SIZE(descs), NULL));
	KUNIT_EXPECT_EQ(test, fake->n, 3U);
	KUNIT_EXPECT_EQ(test, fake->iqh, 5ULL << 5);
	KUNIT_EXPECT_EQ(test, ring[2 * 4] & U32_MAX, fence);
	KUNIT_EXPECT_EQ(test, ring[3 * 4], descs[2].qw[0]);
	fake_free(fake);
}

/* The bad one is named, all others are carried out, also those of others. */
static void queue_refused(struct kunit *test)
{
	struct vtd_queue_error error;
	struct fake_queue *fake;
	unsigned int lazy;

	for (lazy = 0; lazy < 2; lazy++) {
		struct vtd_desc descs[] = {
			vtd_desc_iotlb_domain(0, 1),
			vtd_desc_iotlb_domain(0, 2),
			vtd_desc_words(0xf, 0),
			vtd_desc_iotlb_domain(0, 3),
		};

		fake = fake_new(test, FAKE_PLAIN);
		fake->lazy = lazy;
		KUNIT_EXPECT_EQ(test, -EIO,
				fake_submit(fake, descs, ARRAY_SIZE(descs), &error));
		KUNIT_EXPECT_EQ(test, error.index, 2);
		KUNIT_EXPECT_EQ(test, error.iqei, VTD_IQEI_TYPE);
		KUNIT_EXPECT_FALSE(test, error.has_sid);
		KUNIT_EXPECT_EQ(test, fake->n, 3U);
		KUNIT_EXPECT_EQ(test, 0, fake_submit(fake, descs, 2, &error));
		fake_free(fake);
	}
}

/* Two bad ones in a row are two errors, not a dead queue. */
static void queue_refused_twice(struct kunit *test)
{
	struct vtd_desc descs[] = {
		vtd_desc_words(0xf, 0), vtd_desc_words(0xe, 0),
		vtd_desc_iotlb_domain(0, 3),
	};
	struct fake_queue *fake = fake_new(test, FAKE_PLAIN);
	struct vtd_queue_error error;

	KUNIT_EXPECT_EQ(test, -EIO, fake_submit(fake, descs, 3, &error));
	KUNIT_EXPECT_EQ(test, fake->n, 1U);
	KUNIT_EXPECT_EQ(test, 0, fake_submit(fake, descs + 2, 1, &error));
	fake_free(fake);
}

/* Full of work that is not done: no slot is overwritten, one waits for room. */
static void queue_full(struct kunit *test)
{
	struct vtd_desc descs[] = { vtd_desc_iotlb_domain(0, 1) };
	struct fake_queue *fake = fake_new(test, FAKE_PLAIN);
	struct vtd_job job = {
		.descs = descs, .n = 1, .only_sid = VTD_JOB_ALL
	};
	unsigned int n = 0;

	fake_hurry(fake);
	fake->paused = true;
	fake->resumes_after = 5;
	while (!vtd_ring_publish(fake->unit.queue, &job))
		n++;
	KUNIT_EXPECT_GE(test, n, VTD_RING_ENTRIES / 2U - 2);
	KUNIT_EXPECT_EQ(test, 0, fake_submit(fake, descs, 1, NULL));
	KUNIT_EXPECT_EQ(test, fake->n, n + 1);
	fake_free(fake);
}

/* An error of the queue itself fails everybody, now and later, at once. */
static void queue_dead(struct kunit *test)
{
	struct vtd_desc desc = vtd_desc_iotlb_domain(0, 1);
	struct vtd_job job = {
		.descs = &desc, .n = 1, .only_sid = VTD_JOB_ALL
	};
	struct fake_queue *fake = fake_new(test, FAKE_PLAIN);

	fake->paused = true;
	KUNIT_ASSERT_EQ(test, 0, vtd_ring_publish(fake->unit.queue, &job));
	fake_complain(fake, VTD_IQEI_FETCH);
	vtd_queue_handle_errors(&fake->unit);
	KUNIT_EXPECT_TRUE(test, vtd_ticket_done(fake->unit.queue, job.first,
						job.seq));
	KUNIT_EXPECT_EQ(test, -EIO, fake_submit(fake, &desc, 1, NULL));
	/* A new start is a new life. */
	fake->paused = false;
	KUNIT_EXPECT_EQ(test, 0, vtd_queue_start(&fake->unit));
	KUNIT_EXPECT_EQ(test, 0, fake_submit(fake, &desc, 1, NULL));
	fake_free(fake);
}

/* After suspend the registers are empty, and the queue starts over. */
static void queue_restart(struct kunit *test)
{
	struct vtd_desc desc = vtd_desc_iotlb_domain(0, 1);
	struct fake_queue *fake = fake_new(test, FAKE_PLAIN);

	KUNIT_EXPECT_EQ(test, 0, fake_submit(fake, &desc, 1, NULL));
	KUNIT_EXPECT_EQ(test, 0, vtd_queue_start(&fake->unit));
	KUNIT_EXPECT_EQ(test, fake->iqh, 2ULL << 4);
	fake->gsts = 0;
	fake->iqa = 0;
	fake->iqh = 0;
	fake->iqt = 0;
	KUNIT_EXPECT_EQ(test, 0, vtd_queue_start(&fake->unit));
	KUNIT_EXPECT_EQ(test, 0, fake_submit(fake, &desc, 1, NULL));
	fake_free(fake);
}

/* A unit without a queue takes what it has registers for. */
static void queue_by_registers(struct kunit *test)
{
	struct vtd_desc context = vtd_desc_context_device(0x1234, 0xabcd);
	struct vtd_desc page = vtd_desc_iotlb_page(VTD_IOTLB_DESC_DR, 0x42,
						   0x7f000, 3, VTD_IOTLB1_IH);
	struct vtd_desc mixed[] = {
		vtd_desc_iec_global(), vtd_desc_iotlb_domain(0, 0x43),
	};
	struct fake_queue *fake = fake_new(test, 0);

	KUNIT_EXPECT_EQ(test, 0, fake_submit(fake, &context, 1, NULL));
	KUNIT_EXPECT_EQ(test, fake->ccmd, 0xe0000000abcd1234ULL);
	KUNIT_EXPECT_EQ(test, 0, fake_submit(fake, &page, 1, NULL));
	KUNIT_EXPECT_EQ(test, fake->iotlb, 0xb002004200000000ULL);
	KUNIT_EXPECT_EQ(test, fake->iva, 0x7f043ULL);
	/* What it cannot do does not keep it from the rest. */
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, fake_submit(fake, mixed, 2, NULL));
	KUNIT_EXPECT_EQ(test, fake->iotlb, 0xa000004300000000ULL);
	KUNIT_EXPECT_EQ(test, fake->tails, 0U);
	fake_free(fake);
}

/* The unit of this machine, if it has one, recovers like the one of code. */
static void queue_of_this_machine(struct kunit *test)
{
	struct vtd_desc descs[] = {
		vtd_desc_iec_global(), vtd_desc_words(0xf, 0),
		vtd_desc_iec_global(),
	};
	struct vtd_unit *unit = list_first_or_null_rcu(&vtd_units,
						       struct vtd_unit, node);
	struct vtd_queue_error error;
	unsigned int i;

	if (!unit || !unit->queue || !unit->queue->ring || !unit->caps.ir ||
	    !vtd_queue_runs(unit->queue))
		kunit_skip(test, "there is no unit that remaps interrupts");
	for (i = 0; i < 2 * VTD_RING_ENTRIES; i++)
		KUNIT_ASSERT_EQ(test, 0, vtd_queue_submit(unit, descs, 1, 0,
							  NULL));
	KUNIT_EXPECT_EQ(test, -EIO, vtd_queue_submit(unit, descs, 3, 0, &error));
	KUNIT_EXPECT_EQ(test, error.index, 1);
	KUNIT_EXPECT_EQ(test, 0, vtd_queue_submit(unit, descs, 1, 0, &error));
}

/* The waiter may need the processor of whoever needs its slots. */
static void queue_lost_makes_room(struct kunit *test)
{
	struct fake_queue *fake = fake_new(test, FAKE_PLAIN);
	struct vtd_desc desc = vtd_desc_iotlb_domain(0, 1);
	struct vtd_queue *queue = fake->unit.queue;
	struct vtd_ticket fate = {};
	struct vtd_job job = {
		.descs = &desc, .n = 1, .only_sid = VTD_JOB_ALL, .fate = &fate,
	};
	unsigned int i;

	KUNIT_ASSERT_EQ(test, 0, vtd_ring_publish(queue, &job));
	scoped_guard(raw_spinlock_irqsave, &queue->lock)
		vtd_ticket_lose(queue, job.first, &queue->tickets[job.first], 0x100);
	/* Further than once around. */
	for (i = 0; i < VTD_RING_ENTRIES; i++)
		KUNIT_ASSERT_EQ(test, 0, fake_submit(fake, &desc, 1, NULL));
	KUNIT_EXPECT_EQ(test, (int)fate.state, VTD_TICKET_LOST);
	KUNIT_EXPECT_EQ(test, fate.sid, 0x100);
	KUNIT_EXPECT_EQ(test, fate.seq, job.seq);
	fake_free(fake);
}

static struct kunit_case queue_cases[] = {
	KUNIT_CASE(queue_order_kept),
	KUNIT_CASE(queue_large),
	KUNIT_CASE(queue_fence),
	KUNIT_CASE(queue_refused),
	KUNIT_CASE(queue_refused_twice),
	KUNIT_CASE(queue_full),
	KUNIT_CASE(queue_lost_makes_room),
	KUNIT_CASE(queue_dead),
	KUNIT_CASE(queue_restart),
	KUNIT_CASE(queue_by_registers),
	KUNIT_CASE(queue_of_this_machine),
	{}
};

static struct kunit_suite queue_suite = {
	.name = "vtd_queue",
	.test_cases = queue_cases,
};

kunit_test_suite(queue_suite);
