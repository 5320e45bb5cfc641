// SPDX-License-Identifier: GPL-2.0-only
/*
 * Submitting descriptors and waiting for them.
 *
 * The wait polls memory; the unit's error bits are read only after a while. It
 * does not rely on timekeeping, which may be down, but counts short delays.
 *
 * Each unmap comes by: what is filled before it is read is __uninitialized, as
 * zeroing it would be a tenth of the whole.
 *
 * Calls: ring.c, recover.c
 */
#include <linux/delay.h>
#include <linux/jump_label.h>
#include <linux/mutex.h>
#include <linux/sched/clock.h>

#include "../unit/unit.h"
#include "ring.h"

#define WAIT_SPINS		512
#define WAIT_TIMEOUT_US		(2 * USEC_PER_SEC)
/* When the last wait expired too: the unit is probably hung for good. */
#define WAIT_STALLED_US		(10 * USEC_PER_MSEC)
/* One device, after a time-out that could have been any of several. */
#define WAIT_SUSPECT_US		(100 * USEC_PER_MSEC)
#define WAIT_ERRORS_EVERY_US	64
#define SUBMIT_TRIES		4
#define SUBMIT_SUSPECTS		16

static DEFINE_STATIC_KEY_FALSE(observed);
static const struct vtd_queue_observer *observer;
static DEFINE_MUTEX(observer_lock);

static bool wait_done(struct vtd_queue *queue, const struct vtd_job *job,
		      unsigned long timeout_us)
{
	unsigned long left;
	unsigned int i;

	for (i = 0; i < WAIT_SPINS; i++) {
		if (vtd_ticket_done(queue, job->first, job->seq))
			return true;
		cpu_relax();
	}
	for (left = timeout_us; left; left--) {
		if (left % WAIT_ERRORS_EVERY_US == 0)
			vtd_queue_handle_errors(queue->unit);
		if (vtd_ticket_done(queue, job->first, job->seq))
			return true;
		udelay(1);
	}
	return vtd_ticket_done(queue, job->first, job->seq);
}

/* What became of a ticket; the slots are free for others afterwards. */
static int ticket_collect(struct vtd_queue *queue, const struct vtd_job *job,
			  struct vtd_ticket *result)
{
	struct vtd_ticket *ticket = &queue->tickets[job->first];

	smp_rmb();	/* pairs with the one in recovery */
	/* Another one's ticket: then mine was fine and is long gone. */
	if (likely(READ_ONCE(ticket->state) == VTD_TICKET_OK ||
		   READ_ONCE(ticket->seq) != job->seq))
		return VTD_TICKET_OK;
	guard(raw_spinlock_irqsave)(&queue->lock);
	*result = *ticket;
	if (result->seq != job->seq)
		return VTD_TICKET_OK;
	ticket->state = VTD_TICKET_OK;
	return result->state;
}

static int publish_patiently(struct vtd_queue *queue, struct vtd_job *job,
			     unsigned long timeout_us)
{
	int rc;

	for (;;) {
		rc = vtd_ring_publish(queue, job);
		if (rc != -EBUSY)
			return rc;
		if (!timeout_us--)
			return -ETIMEDOUT;
		if (timeout_us % WAIT_ERRORS_EVERY_US == 0)
			vtd_queue_handle_errors(queue->unit);
		udelay(1);
	}
}

static bool job_has_device(const struct vtd_job *job, int sid)
{
	unsigned int i;

	for (i = 0; i < job->n; i++) {
		if (vtd_desc_dtlb_sid(&job->descs[i]) == sid)
			return true;
	}
	return false;
}

static void note_device(struct vtd_queue_error *error, u16 sid)
{
	error->sid = sid;
	error->has_sid = true;
}

static int run_expired(struct vtd_queue *queue, const struct vtd_job *job)
{
	struct vtd_ticket *ticket = &queue->tickets[job->first];

	WRITE_ONCE(queue->stalled, true);
	guard(raw_spinlock_irqsave)(&queue->lock);
	queue->timeouts++;
	if (ticket->seq == job->seq) {
		ticket->abandoned = true;
		ticket->state = VTD_TICKET_OK;
	}
	return -ETIMEDOUT;
}

/*
 * One publication until its fate is known. -EAGAIN: it is lost, and the unit
 * did not say through whom.
 */
static int run_once(struct vtd_queue *queue, struct vtd_job *job,
		    unsigned long timeout_us, struct vtd_queue_error *error)
{
	struct vtd_ticket ticket __uninitialized;
	unsigned int try;
	int rc, fate = 0;

	if (unlikely(READ_ONCE(queue->stalled)) &&
	    !(job->flags & VTD_SUBMIT_PATIENT))
		timeout_us = min(timeout_us, WAIT_STALLED_US);
	for (try = 0; try < SUBMIT_TRIES; try++) {
		rc = publish_patiently(queue, job, timeout_us);
		if (rc)
			return rc;
		if (job->skipped >= 0) {
			note_device(error, job->skipped);
			fate = fate ?: -EIO;
		}
		if (!wait_done(queue, job, timeout_us))
			return run_expired(queue, job);
		if (unlikely(READ_ONCE(queue->stalled)))
			WRITE_ONCE(queue->stalled, false);
		switch (ticket_collect(queue, job, &ticket)) {
		case VTD_TICKET_OK:
			return fate;
		case VTD_TICKET_REFUSED:
			error->iqei = ticket.iqei;
			error->index = ticket.bad;
			return -EIO;
		case VTD_TICKET_DEAD:
			return -EIO;
		}
		/* Lost: again, without the device, which may not even be mine. */
		if (ticket.sid < 0)
			return -EAGAIN;
		if (job_has_device(job, ticket.sid))
			fate = -ETIMEDOUT;
	}
	return fate ?: -ETIMEDOUT;
}

/* The distinct devices of @job; one more than fits says there are too many. */
static unsigned int job_devices(const struct vtd_job *job, u16 *sids)
{
	unsigned int i, k, n = 0;
	int sid;

	for (i = 0; i < job->n; i++) {
		sid = vtd_desc_dtlb_sid(&job->descs[i]);
		if (sid < 0)
			continue;
		for (k = 0; k < n && sids[k] != sid; k++)
			;
		if (k < n)
			continue;
		if (n == SUBMIT_SUSPECTS)
			return n;
		sids[n++] = sid;
	}
	return n;
}

/**
 * vtd_queue_drain() - submit nothing but a wait
 * @queue: the queue
 *
 * That is then the last descriptor, as it has to be before a stop. No fence: a
 * device that somebody else waits for must not hold up the queue.
 *
 * Context: any but NMI.
 * Return: whether the queue still completes anything.
 */
bool vtd_queue_drain(struct vtd_queue *queue)
{
	struct vtd_queue_error ignored = {};
	struct vtd_job nothing = { .only_sid = VTD_JOB_ALL };
	int rc = run_once(queue, &nothing, WAIT_SUSPECT_US, &ignored);

	return !rc || rc == -EAGAIN;
}

/*
 * Some device did not answer and the unit does not say which: the rest first,
 * then each device alone. Whoever fails alone is the one.
 */
static int run_suspects(struct vtd_queue *queue, struct vtd_job *job, int cause,
			struct vtd_queue_error *error)
{
	u16 sids[SUBMIT_SUSPECTS];
	unsigned int i, n = job_devices(job, sids);
	int rc, result;

	if (!n)
		return cause == -EAGAIN ? -EIO : cause;
	job->only_sid = VTD_JOB_NO_DEVICE;
	result = run_once(queue, job, WAIT_SUSPECT_US, error);
	if (result)
		return result == -EAGAIN ? -ETIMEDOUT : result;
	for (i = 0; i < n; i++) {
		job->only_sid = sids[i];
		rc = run_once(queue, job, WAIT_SUSPECT_US, error);
		if (rc != -EAGAIN && rc != -ETIMEDOUT) {
			result = result ?: rc;
			continue;
		}
		vtd_queue_quarantine(queue->unit, sids[i]);
		note_device(error, sids[i]);
		result = -ETIMEDOUT;
		/* Behind a stuck one the others cannot prove themselves. */
		if (!vtd_queue_drain(queue))
			break;
	}
	return result;
}

static int run_job(struct vtd_queue *queue, struct vtd_job *job,
		   struct vtd_queue_error *error)
{
	int rc;

	rc = run_once(queue, job, WAIT_TIMEOUT_US, error);
	if (likely(!rc))
		return 0;
	/* Lost through another's device, which is not known: once more. */
	if (rc == -EAGAIN)
		rc = run_once(queue, job, WAIT_TIMEOUT_US, error);
	if (rc == -EAGAIN || (rc == -ETIMEDOUT && !error->has_sid))
		rc = run_suspects(queue, job, rc, error);
	if (rc == -ETIMEDOUT && !error->has_sid)
		pr_err_ratelimited("DMAR: %s: invalidation is not completed in time\n",
				   queue->unit->name);
	return rc;
}

static int submit(struct vtd_unit *unit, const struct vtd_desc *descs,
		  unsigned int n, unsigned int flags,
		  struct vtd_queue_error *error)
{
	struct vtd_queue_error ignored __uninitialized;
	struct vtd_queue *queue = unit->queue;
	struct vtd_job job __uninitialized;
	unsigned int done, part;
	int rc, result = 0;

	if (!error)
		error = &ignored;
	*error = (struct vtd_queue_error){ .index = -1 };
	if (unlikely(!queue))
		return -EIO;
	if (unlikely(!queue->ring))
		return vtd_fallback_submit(unit, descs, n);
	for (done = 0; done < n; done += part) {
		part = min(n - done, VTD_RING_BATCH);
		job = (struct vtd_job){
			.descs = descs + done, .n = part, .flags = flags,
			.only_sid = VTD_JOB_ALL,
		};
		rc = run_job(queue, &job, error);
		if (rc && !result && error->index >= 0)
			error->index += done;
		result = result ?: rc;
	}
	return result;
}

static enum vtd_desc_type main_type(const struct vtd_desc *descs, unsigned int n)
{
	enum vtd_desc_type type = VTD_DESC_CONTEXT;
	unsigned int i;

	for (i = 0; i < n; i++) {
		type = vtd_desc_type(&descs[i]);
		if (type != VTD_DESC_CONTEXT && type != VTD_DESC_PASID_CACHE)
			break;
	}
	return type;
}

static int submit_observed(struct vtd_unit *unit, const struct vtd_desc *descs,
			   unsigned int n, unsigned int flags,
			   struct vtd_queue_error *error)
{
	const struct vtd_queue_observer *who;
	u64 start;
	int rc;

	/* The queue may be used with interrupts off and before RCU works. */
	guard(preempt)();
	who = READ_ONCE(observer);
	if (who && who->submitted)
		who->submitted(unit, descs, n);
	start = local_clock();
	rc = submit(unit, descs, n, flags, error);
	if (who && who->done)
		who->done(unit, main_type(descs, n), local_clock() - start);
	return rc;
}

int vtd_queue_submit(struct vtd_unit *unit, const struct vtd_desc *descs,
		     unsigned int n, unsigned int flags,
		     struct vtd_queue_error *error)
{
	if (static_branch_unlikely(&observed))
		return submit_observed(unit, descs, n, flags, error);
	return submit(unit, descs, n, flags, error);
}

/**
 * vtd_queue_observe() - see each submission
 * @who: stays valid until replaced; NULL for nobody
 *
 * Context: may sleep. Nobody is inside the old one's callbacks afterwards.
 * Return: 0; -EBUSY if there is another one.
 */
int vtd_queue_observe(const struct vtd_queue_observer *who)
{
	guard(mutex)(&observer_lock);
	if (who && observer)
		return -EBUSY;
	if (!who == !observer)
		return 0;
	WRITE_ONCE(observer, who);
	if (who) {
		static_branch_enable(&observed);
	} else {
		static_branch_disable(&observed);
		synchronize_rcu();
	}
	return 0;
}
