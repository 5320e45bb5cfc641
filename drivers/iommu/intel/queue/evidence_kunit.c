// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: who is held to be the one that does not answer, and who is not.
 */
#include <kunit/test.h>
#include <linux/bitfield.h>
#include <linux/completion.h>
#include <linux/kthread.h>

#include "../hw/regs_layout.h"
#include "fake_kunit.h"
#include "ticket.h"

/* The rest is done, the device is named and then left alone. */
static void evidence_mute_device(struct kunit *test)
{
	struct vtd_desc descs[] = {
		vtd_desc_iotlb_domain(0, 1), fake_dev_tlb(0x100), fake_dev_tlb(0x208),
	};
	struct fake_queue *fake = fake_new(test, FAKE_PLAIN);
	struct vtd_queue_error error;

	fake->mute_sid[0] = 0x208;
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, fake_submit(fake, descs, 3, &error));
	KUNIT_EXPECT_TRUE(test, error.has_sid);
	KUNIT_EXPECT_EQ(test, error.sid, 0x208);
	KUNIT_EXPECT_TRUE(test, vtd_queue_quarantined(&fake->unit, 0x208));
	KUNIT_EXPECT_FALSE(test, vtd_queue_quarantined(&fake->unit, 0x100));
	/* Everything once for nothing, and once more without the device. */
	KUNIT_ASSERT_EQ(test, fake->n, 5U);
	KUNIT_EXPECT_MEMEQ(test, &fake->log[3], descs, 2 * sizeof(*descs));

	KUNIT_EXPECT_EQ(test, -EIO, fake_submit(fake, descs, 3, &error));
	KUNIT_EXPECT_EQ(test, error.sid, 0x208);
	KUNIT_EXPECT_EQ(test, fake->n, 2U);
	KUNIT_EXPECT_EQ(test, 0, fake_submit(fake, descs, 2, &error));

	fake->mute_sid[0] = -1;
	vtd_queue_release(&fake->unit, 0x208);
	KUNIT_EXPECT_EQ(test, 0, fake_submit(fake, descs, 3, &error));
	KUNIT_EXPECT_EQ(test, fake->n, 3U);
	fake_free(fake);
}

static void evidence_two_mute_devices(struct kunit *test)
{
	struct vtd_desc descs[] = {
		fake_dev_tlb(0x100), fake_dev_tlb(0x208), fake_dev_tlb(0x300),
		vtd_desc_iotlb_domain(0, 1),
	};
	struct fake_queue *fake = fake_new(test, FAKE_PLAIN);
	struct vtd_queue_error error;

	fake->mute_sid[0] = 0x100;
	fake->mute_sid[1] = 0x300;
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, fake_submit(fake, descs, 4, &error));
	KUNIT_EXPECT_TRUE(test, vtd_queue_quarantined(&fake->unit, 0x100));
	KUNIT_EXPECT_TRUE(test, vtd_queue_quarantined(&fake->unit, 0x300));
	KUNIT_EXPECT_FALSE(test, vtd_queue_quarantined(&fake->unit, 0x208));
	fake_free(fake);
}

/* Old units do not say who it was: it is found by asking one by one. */
static void evidence_unnamed_device(struct kunit *test)
{
	struct vtd_desc descs[] = {
		fake_dev_tlb(0x100), fake_dev_tlb(0x208), fake_dev_tlb(0x300),
		vtd_desc_iotlb_domain(0, 1),
	};
	struct fake_queue *fake = fake_new(test, FAKE_PLAIN);
	struct vtd_queue_error error;

	fake->mute_sid[0] = 0x208;
	fake->patience = FAKE_HIDES;
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, fake_submit(fake, descs, 4, &error));
	KUNIT_EXPECT_EQ(test, error.sid, 0x208);
	KUNIT_EXPECT_TRUE(test, vtd_queue_quarantined(&fake->unit, 0x208));
	KUNIT_EXPECT_FALSE(test, vtd_queue_quarantined(&fake->unit, 0x100));
	KUNIT_EXPECT_FALSE(test, vtd_queue_quarantined(&fake->unit, 0x300));
	fake_free(fake);
}

/* Slow is not mute: whoever answers in the end has answered. */
static void evidence_slow_device(struct kunit *test)
{
	struct vtd_desc descs[] = { vtd_desc_iotlb_domain(0, 1), fake_dev_tlb(0x208) };
	struct fake_queue *fake = fake_new(test, FAKE_PLAIN);
	struct vtd_queue_error error;

	fake_hurry(fake);
	fake->mute_sid[0] = 0x208;
	fake->patience = FAKE_HANGS;
	fake->answers_after = 250;
	KUNIT_EXPECT_EQ(test, 0, fake_submit(fake, descs, 2, &error));
	KUNIT_EXPECT_EQ(test, fake->n, 2U);
	KUNIT_EXPECT_FALSE(test, vtd_queue_quarantined(&fake->unit, 0x208));
	fake_free(fake);
}

/* Behind somebody else's request one waits, and blames nobody. */
static void evidence_behind_a_device(struct kunit *test)
{
	struct vtd_desc other = fake_dev_tlb(0x208);
	struct vtd_job job = {
		.descs = &other, .n = 1, .only_sid = VTD_JOB_ALL
	};
	struct vtd_desc mine = vtd_desc_iotlb_domain(0, 1);
	struct fake_queue *fake = fake_new(test, FAKE_PLAIN);
	struct vtd_queue_error error;

	fake_hurry(fake);
	fake->mute_sid[0] = 0x208;
	fake->patience = FAKE_HANGS;
	fake->answers_after = 450;	/* more than one bound */
	KUNIT_ASSERT_EQ(test, 0, vtd_ring_publish(fake->unit.queue, &job));
	KUNIT_EXPECT_EQ(test, 0, fake_submit(fake, &mine, 1, &error));
	KUNIT_EXPECT_FALSE(test, vtd_queue_quarantined(&fake->unit, 0x208));
	fake_free(fake);
}

/* Whoever may sleep sleeps, to the same end. */
static void evidence_slow_asleep(struct kunit *test)
{
	struct vtd_desc desc = fake_dev_tlb(0x208);
	struct fake_queue *fake = fake_new(test, FAKE_PLAIN);

	fake_hurry(fake);
	fake->mute_sid[0] = 0x208;
	fake->patience = FAKE_HANGS;
	fake->answers_after = 10;
	KUNIT_EXPECT_EQ(test, 0, vtd_queue_submit(&fake->unit, &desc, 1,
						  VTD_SUBMIT_SLEEP, NULL));
	KUNIT_EXPECT_FALSE(test, vtd_queue_quarantined(&fake->unit, 0x208));
	fake_free(fake);
}

/* A unit that does nothing, for nobody, is dead; nobody else is to blame. */
static void evidence_hung(struct kunit *test)
{
	struct vtd_desc descs[] = { vtd_desc_iotlb_domain(0, 1), fake_dev_tlb(0x208) };
	struct fake_queue *fake = fake_new(test, FAKE_PLAIN);
	struct vtd_queue_error error;
	struct vtd_queue_view view;

	fake_hurry(fake);
	fake->paused = true;
	KUNIT_EXPECT_EQ(test, -EIO, fake_submit(fake, descs, 2, &error));
	KUNIT_EXPECT_TRUE(test, error.unit);
	KUNIT_EXPECT_FALSE(test, error.has_sid);
	KUNIT_EXPECT_FALSE(test, vtd_queue_quarantined(&fake->unit, 0x208));
	KUNIT_EXPECT_TRUE(test, vtd_queue_is_dead(&fake->unit));
	vtd_queue_view(&fake->unit, &view);
	KUNIT_EXPECT_EQ(test, view.tail, 3U);
	KUNIT_EXPECT_EQ(test, view.head, 0U);

	/* Nobody waits for it any more. */
	fake->reads = 0;
	KUNIT_EXPECT_EQ(test, -EIO, fake_submit(fake, descs, 1, &error));
	KUNIT_EXPECT_EQ(test, fake->reads, 0U);
	fake_free(fake);
}

/* The unit does not report what it should: the bound is ours, the rules the same. */
static void evidence_unreported_device(struct kunit *test)
{
	struct vtd_desc descs[] = { vtd_desc_iotlb_domain(0, 1), fake_dev_tlb(0x208) };
	struct fake_queue *fake = fake_new(test, FAKE_PLAIN);
	struct vtd_queue_error error;
	unsigned int i;

	fake_hurry(fake);
	fake->mute_sid[0] = 0x208;
	fake->patience = FAKE_HANGS;
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, fake_submit(fake, descs, 2, &error));
	KUNIT_EXPECT_EQ(test, error.sid, 0x208);
	KUNIT_EXPECT_FALSE(test, error.unit);
	KUNIT_EXPECT_TRUE(test, vtd_queue_quarantined(&fake->unit, 0x208));
	KUNIT_EXPECT_GE(test, fake->reads, FAKE_BOUND_US / 64);
	KUNIT_EXPECT_LE(test, fake->reads, FAKE_BOUND_US / 64 * 3 / 2);
	/* The queue is whole again. */
	for (i = 0; i < VTD_RING_ENTRIES; i++)
		KUNIT_ASSERT_EQ(test, 0, fake_submit(fake, descs, 1, NULL));
	fake_free(fake);
}

/* Several were asked: that is no evidence against any, until each was asked alone. */
static void evidence_unreported_among_others(struct kunit *test)
{
	struct vtd_desc descs[] = {
		fake_dev_tlb(0x100), fake_dev_tlb(0x208), fake_dev_tlb(0x300),
		vtd_desc_iotlb_domain(0, 1),
	};
	struct fake_queue *fake = fake_new(test, FAKE_PLAIN);
	struct vtd_queue_error error;

	fake_hurry(fake);
	fake->mute_sid[0] = 0x208;
	fake->patience = FAKE_HANGS;
	KUNIT_EXPECT_EQ(test, -ETIMEDOUT, fake_submit(fake, descs, 4, &error));
	KUNIT_EXPECT_EQ(test, error.sid, 0x208);
	KUNIT_EXPECT_TRUE(test, vtd_queue_quarantined(&fake->unit, 0x208));
	KUNIT_EXPECT_FALSE(test, vtd_queue_quarantined(&fake->unit, 0x100));
	KUNIT_EXPECT_FALSE(test, vtd_queue_quarantined(&fake->unit, 0x300));
	KUNIT_EXPECT_EQ(test, fake->unit.queue->state, VTD_QUEUE_RUNNING);
	KUNIT_EXPECT_EQ(test, -EIO, fake_submit(fake, descs, 4, &error));
	KUNIT_EXPECT_EQ(test, fake->n, 3U);
	fake_free(fake);
}

/* While somebody asks one by one, others' requests wait; all else passes. */
static void evidence_careful(struct kunit *test)
{
	struct vtd_desc device = fake_dev_tlb(0x208), iotlb = vtd_desc_iotlb_domain(0, 1);
	struct vtd_job ask = { .descs = &device, .n = 1, .only_sid = VTD_JOB_ALL };
	struct vtd_job alone = { .descs = &device, .n = 1, .only_sid = VTD_JOB_ALL,
				 .flags = VTD_JOB_ALONE };
	struct vtd_job rest = { .descs = &iotlb, .n = 1, .only_sid = VTD_JOB_ALL };
	struct fake_queue *fake = fake_new(test, FAKE_PLAIN);
	struct vtd_queue *queue = fake->unit.queue;

	fake->paused = true;
	KUNIT_EXPECT_EQ(test, 0, vtd_ring_publish(queue, &ask));
	queue->nalone = 1;
	queue->state = VTD_QUEUE_CAREFUL;
	KUNIT_EXPECT_EQ(test, -EBUSY, vtd_ring_publish(queue, &alone));
	KUNIT_EXPECT_EQ(test, -EBUSY, vtd_ring_publish(queue, &ask));
	KUNIT_EXPECT_EQ(test, 0, vtd_ring_publish(queue, &rest));
	fake->paused = false;
	fake_run(fake);
	KUNIT_EXPECT_EQ(test, -EBUSY, vtd_ring_publish(queue, &ask));
	KUNIT_EXPECT_EQ(test, 0, vtd_ring_publish(queue, &alone));
	queue->nalone = 0;
	queue->state = VTD_QUEUE_RUNNING;
	KUNIT_EXPECT_EQ(test, 0, vtd_ring_publish(queue, &ask));
	fake_free(fake);
}

struct late {
	struct fake_queue *fake;
	struct completion done;
	int ret;
};

static int submit_late(void *data)
{
	struct vtd_desc descs[] = { vtd_desc_iotlb_domain(0, 1), fake_dev_tlb(0x208) };
	struct late *late = data;

	late->ret = vtd_queue_submit(&late->fake->unit, descs, 2, 0, NULL);
	complete(&late->done);
	return 0;
}

/* Whoever asks one by one may not come to run while others wait for its end. */
static void evidence_careful_and_absent(struct kunit *test)
{
	struct fake_queue *fake = fake_new(test, FAKE_PLAIN);
	struct vtd_queue *queue = fake->unit.queue;
	struct late late = { .fake = fake };
	struct task_struct *task;
	unsigned long left;

	fake_hurry(fake);
	init_completion(&late.done);
	queue->nalone = 1;
	queue->state = VTD_QUEUE_CAREFUL;
	task = kthread_run(submit_late, &late, "vtd_late");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	left = wait_for_completion_timeout(&late.done, 5 * HZ);
	KUNIT_EXPECT_NE(test, left, 0UL);
	scoped_guard(raw_spinlock_irqsave, &queue->lock) {
		KUNIT_EXPECT_EQ(test, queue->nalone, 1U);
		queue->nalone = 0;
		queue->state = VTD_QUEUE_RUNNING;
	}
	if (!left)
		wait_for_completion(&late.done);
	KUNIT_EXPECT_EQ(test, late.ret, 0);
	KUNIT_EXPECT_EQ(test, fake->n, 2U);
	fake_free(fake);
}

/* Whoever is not there need not be waited for until the unit gives up. */
static void evidence_gone_device(struct kunit *test)
{
	struct vtd_desc descs[] = {
		fake_dev_tlb(0x100), fake_dev_tlb(0x208), vtd_desc_iotlb_domain(0, 1),
	};
	struct fake_queue *fake = fake_new(test, FAKE_PLAIN);
	struct vtd_queue_error error;

	fake_hurry(fake);
	fake->mute_sid[0] = 0x208;
	fake->gone_sid = 0x208;
	fake->patience = FAKE_HANGS;
	KUNIT_EXPECT_EQ(test, -EIO, fake_submit(fake, descs, 3, &error));
	KUNIT_EXPECT_EQ(test, error.sid, 0x208);
	KUNIT_EXPECT_TRUE(test, vtd_queue_quarantined(&fake->unit, 0x208));
	KUNIT_EXPECT_FALSE(test, vtd_queue_quarantined(&fake->unit, 0x100));
	fake_free(fake);
}

/* A healthy device is never asked whether it is there; a doubtful one is, first. */
static void evidence_doubt(struct kunit *test)
{
	struct vtd_desc desc = fake_dev_tlb(0x208);
	struct fake_queue *fake = fake_new(test, FAKE_PLAIN);
	struct vtd_queue *queue = fake->unit.queue;
	unsigned int i;

	fake_hurry(fake);
	for (i = 0; i < VTD_RING_ENTRIES; i++)
		KUNIT_ASSERT_EQ(test, 0, fake_submit(fake, &desc, 1, NULL));
	KUNIT_EXPECT_EQ(test, fake->asked, 0U);

	fake->mute_sid[0] = 0x208;
	fake->patience = FAKE_HANGS;
	fake->answers_after = 20;
	KUNIT_EXPECT_EQ(test, 0, fake_submit(fake, &desc, 1, NULL));
	KUNIT_EXPECT_GE(test, fake->asked, 1U);
	fake->mute_sid[0] = -1;
	fake->asked = 0;
	for (i = 0; i < 8; i++)
		KUNIT_EXPECT_EQ(test, 0, fake_submit(fake, &desc, 1, NULL));
	KUNIT_EXPECT_EQ(test, fake->asked, 1U);
	KUNIT_EXPECT_EQ(test, queue->ndoubted, 0U);

	fake->mute_sid[0] = 0x208;
	fake->answers_after = 20;
	KUNIT_EXPECT_EQ(test, 0, fake_submit(fake, &desc, 1, NULL));
	fake->gone_sid = 0x208;
	KUNIT_EXPECT_EQ(test, -EIO, fake_submit(fake, &desc, 1, NULL));
	KUNIT_EXPECT_EQ(test, fake->n, 0U);
	KUNIT_EXPECT_TRUE(test, vtd_queue_quarantined(&fake->unit, 0x208));
	fake_free(fake);
}

/* One unanswered request is enough: what waits behind it is taken back. */
static void evidence_takes_back(struct kunit *test)
{
	struct vtd_desc descs[] = { vtd_desc_iotlb_domain(0, 1), fake_dev_tlb(0x208) };
	struct vtd_job jobs[8];
	struct fake_queue *fake = fake_new(test, FAKE_PLAIN);
	struct vtd_queue *queue = fake->unit.queue;
	unsigned int i, asked = 0;

	fake->paused = true;
	fake->mute_sid[0] = 0x208;
	for (i = 0; i < ARRAY_SIZE(jobs); i++) {
		jobs[i] = (struct vtd_job){
			.descs = descs, .n = 2, .only_sid = VTD_JOB_ALL
		};
		KUNIT_ASSERT_EQ(test, 0, vtd_ring_publish(queue, &jobs[i]));
	}
	fake->paused = false;
	fake_run(fake);
	KUNIT_EXPECT_EQ(test, vtd_queue_handle_errors(&fake->unit),
			(u32)VTD_FSTS_ITE);
	KUNIT_EXPECT_EQ(test, fake->fsts, 0U);
	for (i = 0; i < fake->n; i++)
		asked += vtd_desc_dtlb_sid(&fake->log[i]) == 0x208;
	KUNIT_EXPECT_EQ(test, asked, 1U);
	KUNIT_EXPECT_EQ(test, fake->n, ARRAY_SIZE(jobs) + 1);
	for (i = 0; i < ARRAY_SIZE(jobs); i++) {
		KUNIT_EXPECT_TRUE(test, vtd_ticket_done(queue, jobs[i].first,
							jobs[i].seq));
		KUNIT_EXPECT_EQ(test, queue->tickets[jobs[i].first].state,
				VTD_TICKET_LOST);
		queue->tickets[jobs[i].first].state = VTD_TICKET_OK;
	}
	fake_free(fake);
}

/* The unit names a device that was asked nothing: nobody believes that. */
static void evidence_wrong_name(struct kunit *test)
{
	struct vtd_desc descs[] = { fake_dev_tlb(0x100), fake_dev_tlb(0x208) };
	struct vtd_job job = { .descs = descs, .n = 2, .only_sid = VTD_JOB_ALL };
	struct fake_queue *fake = fake_new(test, FAKE_PLAIN);

	fake->mute_sid[0] = 0x208;
	fake->patience = FAKE_HANGS;
	KUNIT_ASSERT_EQ(test, 0, vtd_ring_publish(fake->unit.queue, &job));
	fake->pending = false;
	fake->iqercd = FIELD_PREP(VTD_IQERCD_ITESID, 0x4444ULL);
	fake->fsts = VTD_FSTS_ITE;
	fake->iqh += BIT(fake_shift(fake));
	vtd_queue_handle_errors(&fake->unit);
	KUNIT_EXPECT_FALSE(test, vtd_queue_quarantined(&fake->unit, 0x4444));
	KUNIT_EXPECT_FALSE(test, vtd_queue_quarantined(&fake->unit, 0x100));
	KUNIT_EXPECT_FALSE(test, vtd_queue_quarantined(&fake->unit, 0x208));
	fake->unit.queue->tickets[job.first].state = VTD_TICKET_OK;
	fake_free(fake);
}

/*
 * Three submissions of three callers, the middle one with a mute device: the
 * first stays done, the second is lost, the third is untouched.
 */
static void evidence_bystanders(struct kunit *test)
{
	struct vtd_desc first = vtd_desc_iotlb_domain(0, 1);
	struct vtd_desc middle[] = { vtd_desc_iotlb_domain(0, 2), fake_dev_tlb(0x208) };
	struct vtd_desc last = vtd_desc_iotlb_domain(0, 3);
	struct vtd_job jobs[] = {
		{ .descs = &first, .n = 1, .only_sid = VTD_JOB_ALL },
		{ .descs = middle, .n = 2, .only_sid = VTD_JOB_ALL },
		{ .descs = &last, .n = 1, .only_sid = VTD_JOB_ALL },
	};
	struct fake_queue *fake = fake_new(test, FAKE_PLAIN);
	struct vtd_queue *queue = fake->unit.queue;
	unsigned int i;

	fake->paused = true;
	fake->mute_sid[0] = 0x208;
	for (i = 0; i < ARRAY_SIZE(jobs); i++)
		KUNIT_ASSERT_EQ(test, 0, vtd_ring_publish(queue, &jobs[i]));
	fake->paused = false;
	fake_run(fake);
	KUNIT_EXPECT_TRUE(test, vtd_ticket_done(queue, jobs[0].first, jobs[0].seq));
	KUNIT_EXPECT_FALSE(test, vtd_ticket_done(queue, jobs[1].first,
						 jobs[1].seq));
	KUNIT_EXPECT_FALSE(test, vtd_ticket_done(queue, jobs[2].first,
						 jobs[2].seq));
	KUNIT_EXPECT_EQ(test, vtd_queue_handle_errors(&fake->unit),
			(u32)VTD_FSTS_ITE);
	for (i = 0; i < ARRAY_SIZE(jobs); i++)
		KUNIT_EXPECT_TRUE(test, vtd_ticket_done(queue, jobs[i].first,
							jobs[i].seq));
	KUNIT_EXPECT_EQ(test, queue->tickets[jobs[0].first].state, VTD_TICKET_OK);
	KUNIT_EXPECT_EQ(test, queue->tickets[jobs[1].first].state,
			VTD_TICKET_LOST);
	KUNIT_EXPECT_EQ(test, queue->tickets[jobs[1].first].sid, 0x208);
	KUNIT_EXPECT_EQ(test, queue->tickets[jobs[2].first].state, VTD_TICKET_OK);
	fake_free(fake);
}

static struct kunit_case evidence_cases[] = {
	KUNIT_CASE(evidence_mute_device),
	KUNIT_CASE(evidence_two_mute_devices),
	KUNIT_CASE(evidence_unnamed_device),
	KUNIT_CASE(evidence_slow_device),
	KUNIT_CASE(evidence_behind_a_device),
	KUNIT_CASE(evidence_slow_asleep),
	KUNIT_CASE(evidence_hung),
	KUNIT_CASE(evidence_unreported_device),
	KUNIT_CASE(evidence_unreported_among_others),
	KUNIT_CASE(evidence_careful),
	KUNIT_CASE(evidence_careful_and_absent),
	KUNIT_CASE(evidence_gone_device),
	KUNIT_CASE(evidence_doubt),
	KUNIT_CASE(evidence_takes_back),
	KUNIT_CASE(evidence_wrong_name),
	KUNIT_CASE(evidence_bystanders),
	{}
};

static struct kunit_suite evidence_suite = {
	.name = "vtd_evidence",
	.test_cases = evidence_cases,
};

kunit_test_suite(evidence_suite);
