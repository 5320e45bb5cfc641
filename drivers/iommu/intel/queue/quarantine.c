// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices that did not answer a device TLB invalidation, and those that perhaps
 * will not.
 *
 * Each unanswered request stops the queue for as long as the unit is patient,
 * for everybody. So a device gets one chance until somebody resets it. And
 * where there is a doubt the device is first asked whether it is there: a read of
 * its config space, which nobody pays for while all is well.
 *
 * Locks: vtd_queue.lock.
 * Calls: job.c
 */
#include <linux/bitmap.h>
#include <linux/pci.h>

#include "../unit/unit.h"
#include "job.h"
#include "quarantine.h"

static const char *verdict_text(enum vtd_verdict verdict)
{
	switch (verdict) {
	case VTD_VERDICT_NAMED:
		return "the unit names it";
	case VTD_VERDICT_GONE:
		return "it is gone, or its link is down";
	case VTD_VERDICT_ALONE:
		break;
	}
	return "no other device had a request outstanding";
}

static void end_doubt_locked(struct vtd_queue *queue, u16 sid)
	__must_hold(&queue->lock)
{
	lockdep_assert_held(&queue->lock);
	if (__test_and_clear_bit(sid, queue->doubted))
		WRITE_ONCE(queue->ndoubted, queue->ndoubted - 1);
}

/**
 * vtd_quarantine_add_locked() - a device gets no more requests
 * @queue: the queue
 * @sid: source id of the device
 * @verdict: the evidence
 */
void vtd_quarantine_add_locked(struct vtd_queue *queue, u16 sid,
			       enum vtd_verdict verdict)
{
	lockdep_assert_held(&queue->lock);
	end_doubt_locked(queue, sid);
	if (__test_and_set_bit(sid, queue->quarantine))
		return;
	queue->nquarantined++;
	vtd_err(queue->unit, "device %04x:%02x:%02x.%d does not answer device TLB invalidations (%s); no more are sent to it until it is reset\n",
		queue->unit->segment, PCI_BUS_NUM(sid), PCI_SLOT(sid),
		PCI_FUNC(sid), verdict_text(verdict));
}

void vtd_doubt_add_locked(struct vtd_queue *queue, u16 sid)
{
	lockdep_assert_held(&queue->lock);
	if (!test_bit(sid, queue->quarantine) &&
	    !__test_and_set_bit(sid, queue->doubted))
		WRITE_ONCE(queue->ndoubted, queue->ndoubted + 1);
}

/* Returns whether the device is there. Reads its config space. */
static bool ask_device(struct vtd_queue *queue, u16 sid)
{
	if (!queue->present || queue->present(queue->unit, sid))
		return true;
	vtd_queue_gone(queue->unit, sid);
	return false;
}

/**
 * vtd_queue_find_gone() - are the devices there that do not answer?
 * @queue: the queue
 * @job: what they do not answer
 *
 * Return: true if one that was not in quarantine is not.
 */
bool vtd_queue_find_gone(struct vtd_queue *queue, const struct vtd_job *job)
{
	bool gone = false;
	unsigned int i;
	int sid;

	for (i = 0; i < job->n; i++) {
		sid = vtd_desc_dtlb_sid(&job->descs[i]);
		if (vtd_job_asks(job, sid) && !test_bit(sid, queue->quarantine) &&
		    !ask_device(queue, sid))
			gone = true;
	}
	return gone;
}

/**
 * vtd_queue_settle_doubts() - before the first request after a doubt
 * @queue: the queue
 * @job: what is about to be published
 */
void vtd_queue_settle_doubts(struct vtd_queue *queue, const struct vtd_job *job)
{
	unsigned int i;
	int sid;

	for (i = 0; i < job->n; i++) {
		sid = vtd_desc_dtlb_sid(&job->descs[i]);
		if (sid < 0 || !test_bit(sid, queue->doubted) ||
		    !ask_device(queue, sid))
			continue;
		guard(raw_spinlock_irqsave)(&queue->lock);
		end_doubt_locked(queue, sid);
	}
}

void vtd_queue_gone(struct vtd_unit *unit, u16 sid)
{
	struct vtd_queue *queue = unit->queue;

	if (!queue || !queue->quarantine)
		return;
	guard(raw_spinlock_irqsave)(&queue->lock);
	vtd_quarantine_add_locked(queue, sid, VTD_VERDICT_GONE);
}

void vtd_queue_ask(struct vtd_unit *unit,
		   bool (*present)(struct vtd_unit *unit, u16 sid))
{
	if (unit->queue)
		unit->queue->present = present;
}

bool vtd_queue_quarantined(struct vtd_unit *unit, u16 sid)
{
	struct vtd_queue *queue = unit->queue;

	return queue && queue->quarantine && test_bit(sid, queue->quarantine);
}

void vtd_queue_release(struct vtd_unit *unit, u16 sid)
{
	struct vtd_queue *queue = unit->queue;

	if (!queue || !queue->quarantine)
		return;
	guard(raw_spinlock_irqsave)(&queue->lock);
	end_doubt_locked(queue, sid);
	if (__test_and_clear_bit(sid, queue->quarantine))
		queue->nquarantined--;
}
