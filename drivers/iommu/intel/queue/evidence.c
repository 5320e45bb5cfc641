// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who holds up the queue? What may be concluded from that, and what not.
 *
 * A device is convicted only by one of these:
 *   - the unit names it, and a request to it was outstanding;
 *   - it is gone, or its link is down;
 *   - it is the only one with a request outstanding when the bound has passed
 *     that hardware keeps itself.
 * All else is waiting. See Documentation/driver-api/vtd/failures.rst.
 *
 * Locks: vtd_queue.lock.
 * Calls: ticket.c, ring.c, quarantine.c
 */
#include <linux/iopoll.h>

#include "../hw/regs_layout.h"
#include "../unit/cmd.h"
#include "../unit/regs.h"
#include "evidence.h"
#include "job.h"
#include "quarantine.h"
#include "ticket.h"
#include "wait.h"

#define RESTART_US	(100 * USEC_PER_MSEC)

/* The head has to be among the tickets again, or it would not tell what is fetched. */
static bool catches_up(struct vtd_queue *queue)
	__must_hold(&queue->lock)
{
	u64 head, tail = (u64)queue->tail << queue->shift;

	vtd_ring_kick_locked(queue);
	return !read_poll_timeout_atomic(vtd_read64, head, head == tail, 1,
					 RESTART_US, false, queue->unit, VTD_IQH);
}

/*
 * The unit has neither completed nor reported what it should have: begin again
 * with nothing outstanding. Waiters submit again what they have lost.
 *
 * Slots belong to their tickets until the waiters have looked, so the ring stays
 * as it is. The unit starts at slot 0 and runs through what harms nobody.
 */
static void restart_locked(struct vtd_queue *queue, s32 culprit)
	__must_hold(&queue->lock)
{
	struct vtd_walk walk = { .first = queue->oldest };
	struct vtd_unit *unit = queue->unit;
	struct vtd_ticket *ticket;
	unsigned int slot;

	lockdep_assert_held(&queue->lock);
	if (vtd_unit_disable_queue(unit)) {
		vtd_queue_die_locked(queue, "it does not stop");
		return;
	}
	for (slot = 0; slot < VTD_RING_ENTRIES; slot++)
		vtd_ring_blank_locked(queue, slot);
	vtd_write32(unit, VTD_FSTS, VTD_FSTS_QUEUE);
	if (vtd_unit_enable_queue(unit, vtd_ring_iqa(queue)) || !catches_up(queue)) {
		vtd_queue_die_locked(queue, "it does not start again");
		return;
	}
	for (; (ticket = vtd_ticket_pending_locked(queue, &walk));
	     vtd_walk_next(&walk, ticket))
		vtd_ticket_lose(queue, walk.first, ticket, culprit);
}

/* The bound has passed, and nothing has moved. */
static void judge_locked(struct vtd_queue *queue, const struct vtd_job *job,
			 struct vtd_wait *wait)
	__must_hold(&queue->lock)
{
	s32 sid = vtd_outstanding_locked(queue, vtd_ring_fetched_locked(queue));
	bool known = sid >= 0 && test_bit(sid, queue->quarantine);

	lockdep_assert_held(&queue->lock);
	if (sid == VTD_DEVICE_NONE) {
		vtd_queue_die_locked(queue, "it does not complete anything");
		return;
	}
	/* Whoever has asked a device judges; others give it as long again. */
	if (!known && !vtd_job_asks(job, sid) && !wait->rounds++)
		return;
	queue->timeouts++;
	if (!known && sid >= 0 && vtd_job_asks(job, sid))
		vtd_quarantine_add_locked(queue, sid, VTD_VERDICT_ALONE);
	else if (!known)
		sid = VTD_DEVICE_NONE;
	vtd_warn(queue->unit, "invalidation queue is held up by %s, and the unit does not report it: the queue is restarted\n",
		 sid >= 0 ? "a device" : "devices that it does not name");
	restart_locked(queue, sid);
}

/**
 * vtd_queue_expired() - a wait has lasted as long as hardware may take
 * @queue: the queue
 * @job: who waits
 * @wait: starts anew
 *
 * The bound counts from when the queue last got on: behind others' requests
 * one's own has not been outstanding for as long.
 *
 * Context: any but NMI.
 */
void vtd_queue_expired(struct vtd_queue *queue, const struct vtd_job *job,
		       struct vtd_wait *wait)
{
	u64 mark;

	guard(raw_spinlock_irqsave)(&queue->lock);
	mark = vtd_queue_mark_locked(queue);
	if (vtd_queue_runs(queue) && mark && mark == wait->mark)
		judge_locked(queue, job, wait);
	else
		wait->rounds = 0;
	wait->mark = vtd_queue_mark_locked(queue);
	wait->us = 0;
	wait->ask_us = queue->doubt_us;
}
