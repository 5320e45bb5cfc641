// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waiting for the unit, as long as it takes.
 *
 * Nobody may free memory while a device could still use it, so a wait ends when
 * the unit has completed or the culprit is known, not when patience ends.
 * Device TLB invalidations may take more than a minute (PCIe 10.3.2). Whoever
 * may sleep does so; whoever may not tells the watchdogs that this is no hang.
 *
 * Time is counted in steps of known length, as timekeeping may be down.
 *
 * Locks: vtd_queue.lock.
 * Calls: recover.c for what the unit reports, evidence.c and quarantine.c for what
 *	it does not.
 */
#include <linux/delay.h>
#include <linux/nmi.h>
#include <linux/rcupdate.h>

#include "../unit/unit.h"
#include "evidence.h"
#include "job.h"
#include "quarantine.h"
#include "ticket.h"
#include "wait.h"

/* How often the error bits are looked at */
#define WAIT_LOOK_US		64
/* Whoever may sleep begins to after this, and sleeps no longer than that. */
#define WAIT_SLEEP_AFTER_US	100
#define WAIT_SLEEP_MAX_US	(10 * USEC_PER_MSEC)
#define WAIT_ALIVE_SHIFT	14

/* Returns how long it took. */
static u32 pause_once(const struct vtd_job *job, const struct vtd_wait *wait)
{
	u32 us;

	if (!(job->flags & VTD_SUBMIT_SLEEP) || wait->us < WAIT_SLEEP_AFTER_US) {
		udelay(1);
		return 1;
	}
	us = min(wait->us / 4, WAIT_SLEEP_MAX_US);
	usleep_range(us, 2 * us);
	return us;
}

/* From now on it is not taken for granted that the devices are there. */
static void begin_to_doubt(struct vtd_queue *queue, const struct vtd_job *job,
			   struct vtd_wait *wait)
{
	unsigned int i;
	int sid;

	guard(raw_spinlock_irqsave)(&queue->lock);
	wait->mark = vtd_queue_mark_locked(queue);
	for (i = 0; i < job->n; i++) {
		sid = vtd_desc_dtlb_sid(&job->descs[i]);
		if (sid >= 0)
			vtd_doubt_add_locked(queue, sid);
	}
}

/**
 * vtd_wait_step() - wait a little
 * @queue: the queue
 * @job: what is waited for; sleeps if it says %VTD_SUBMIT_SLEEP
 * @wait: the wait, zeroed before the first step
 *
 * Return: false if it turned out that a device of @job is not there.
 */
bool vtd_wait_step(struct vtd_queue *queue, const struct vtd_job *job,
		   struct vtd_wait *wait)
{
	u32 before = wait->us;

	wait->us += pause_once(job, wait);
	if (before / WAIT_LOOK_US == wait->us / WAIT_LOOK_US)
		return true;
	vtd_queue_handle_errors(queue->unit);
	if ((before ^ wait->us) >> WAIT_ALIVE_SHIFT) {
		touch_nmi_watchdog();
		rcu_cpu_stall_reset();
	}
	if (wait->us >= queue->bound_us) {
		vtd_queue_expired(queue, job, wait);
		return true;
	}
	if (wait->us < max(wait->ask_us, queue->doubt_us))
		return true;
	if (!wait->ask_us)
		begin_to_doubt(queue, job, wait);
	wait->ask_us = wait->us + min(wait->us, USEC_PER_SEC);
	return !vtd_queue_find_gone(queue, job);
}
