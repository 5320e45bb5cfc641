// SPDX-License-Identifier: GPL-2.0-only
/*
 * Submitting descriptors and waiting for them.
 *
 * The wait polls memory; what takes longer goes on in wait.c.
 *
 * Each unmap comes by: what is filled before it is read is __uninitialized, as
 * zeroing it would be a tenth of the whole.
 *
 * Calls: ring.c, wait.c, quarantine.c, recover.c
 */
#include <linux/delay.h>
#include <linux/jump_label.h>
#include <linux/mutex.h>
#include <linux/sched/clock.h>

#include "../unit/unit.h"
#include "fallback.h"
#include "job.h"
#include "quarantine.h"
#include "submit.h"
#include "ticket.h"
#include "wait.h"

#define WAIT_SPINS		512

static DEFINE_STATIC_KEY_FALSE(observed);
static const struct vtd_queue_observer *observer;
static DEFINE_MUTEX(observer_lock);

static noinline bool wait_long(struct vtd_queue *queue, const struct vtd_job *job)
{
	struct vtd_wait wait = {};

	while (!vtd_ticket_done(queue, job->first, job->seq))
		if (!vtd_wait_step(queue, job, &wait))
			return false;
	return true;
}

/* Returns false if a device is gone that would have to answer. */
static bool wait_done(struct vtd_queue *queue, const struct vtd_job *job)
{
	unsigned int i;

	for (i = 0; i < WAIT_SPINS; i++) {
		if (vtd_ticket_done(queue, job->first, job->seq))
			return true;
		cpu_relax();
	}
	return wait_long(queue, job);
}

/* What became of a ticket, in job->fate; the slots are free for others afterwards. */
static int ticket_collect(struct vtd_queue *queue, const struct vtd_job *job)
{
	struct vtd_ticket *ticket = &queue->tickets[job->first];

	smp_rmb();	/* pairs with the one in recovery */
	if (likely(READ_ONCE(ticket->state) == VTD_TICKET_OK)) {
		smp_rmb();	/* pairs with the one in ticket_hand_over() */
		if (likely(READ_ONCE(ticket->fate) == job->fate &&
			   READ_ONCE(ticket->seq) == job->seq))
			return VTD_TICKET_OK;
	}
	guard(raw_spinlock_irqsave)(&queue->lock);
	/* Else the slots were needed. */
	if (ticket->fate == job->fate && ticket->seq == job->seq) {
		*job->fate = *ticket;
		ticket->fate = NULL;
		ticket->state = VTD_TICKET_OK;
	}
	return job->fate->state;
}

/*
 * While somebody asks devices one by one others wait, but not for long: whoever
 * it is may be asleep, or have lost the processor to this one, which does not give
 * it back as long as interrupts are off. Two who each ask one by one wait for
 * nobody but devices. -EAGAIN: do that.
 */
static noinline int publish_later(struct vtd_queue *queue, struct vtd_job *job)
{
	struct vtd_wait wait = {};
	int ret;

	do {
		vtd_wait_step(queue, job, &wait);
		ret = vtd_ring_publish(queue, job);
		if (ret == -EBUSY && wait.us >= queue->doubt_us &&
		    /* one round more or less does not matter */
		    context_unsafe(READ_ONCE(queue->state)) == VTD_QUEUE_CAREFUL &&
		    !(job->flags & VTD_JOB_ALONE) &&
		    vtd_job_asks(job, VTD_DEVICE_SEVERAL))
			return -EAGAIN;
	} while (ret == -EBUSY);
	return ret;
}

static void note_device(struct vtd_queue_error *error, u16 sid)
{
	error->sid = sid;
	error->has_sid = true;
}

static int blame_unit(struct vtd_queue_error *error)
{
	error->unit = true;
	return -EIO;
}

/* Nobody looks at the ticket any more; its slots are free when it is done. */
static void ticket_abandon(struct vtd_queue *queue, const struct vtd_job *job)
{
	struct vtd_ticket *ticket = &queue->tickets[job->first];

	guard(raw_spinlock_irqsave)(&queue->lock);
	if (ticket->seq != job->seq)
		return;
	ticket->abandoned = true;
	ticket->fate = NULL;
	ticket->state = VTD_TICKET_OK;
}

/*
 * A job until its fate is known. What is lost through a device is done again
 * without it; that may be somebody else's device, any number of times, each of
 * which costs one device its access. -EAGAIN: it is lost through one of several
 * devices, and nobody knows which; or others are finding that out for themselves.
 */
static int run_once(struct vtd_queue *queue, struct vtd_job *job,
		    struct vtd_queue_error *error)
{
	struct vtd_ticket ticket __uninitialized;
	int ret, fate = 0;

	job->fate = &ticket;
	for (;;) {
		if (unlikely(READ_ONCE(queue->ndoubted)))
			vtd_queue_settle_doubts(queue, job);
		ret = vtd_ring_publish(queue, job);
		if (unlikely(ret == -EBUSY))
			ret = publish_later(queue, job);
		if (unlikely(ret == -EAGAIN))
			return ret;
		if (unlikely(ret))
			return blame_unit(error);
		if (unlikely(job->skipped >= 0)) {
			note_device(error, job->skipped);
			fate = fate ?: -EIO;
		}
		if (unlikely(!wait_done(queue, job))) {
			ticket_abandon(queue, job);
			fate = -ETIMEDOUT;
			continue;
		}
		switch (ticket_collect(queue, job)) {
		case VTD_TICKET_OK:
			return fate;
		case VTD_TICKET_REFUSED:
			error->iqei = ticket.iqei;
			error->index = ticket.bad;
			return blame_unit(error);
		case VTD_TICKET_DEAD:
			return blame_unit(error);
		}
		if (ticket.sid >= 0 && vtd_job_asks(job, ticket.sid))
			fate = -ETIMEDOUT;
		else if (ticket.sid < 0 && !(job->flags & VTD_JOB_ALONE) &&
			 vtd_job_asks(job, VTD_DEVICE_SEVERAL))
			return -EAGAIN;
	}
}

/**
 * vtd_queue_drain() - submit nothing but a wait
 * @queue: the queue
 * @us: how long that may take
 *
 * That is then the last descriptor, as it has to be before a stop. No fence: a
 * device that somebody else waits for must not hold up the queue. Nobody is to
 * blame if it does.
 *
 * Context: any but NMI.
 * Return: whether the queue still completes anything.
 */
bool vtd_queue_drain(struct vtd_queue *queue, unsigned int us)
{
	struct vtd_job nothing = { .only_sid = VTD_JOB_ALL };

	if (vtd_ring_publish(queue, &nothing))
		return false;
	for (; us; us--) {
		if (vtd_ticket_done(queue, nothing.first, nothing.seq))
			break;
		vtd_queue_handle_errors(queue->unit);
		udelay(1);
	}
	ticket_abandon(queue, &nothing);
	return us;
}

static void begin_careful(struct vtd_queue *queue)
{
	guard(raw_spinlock_irqsave)(&queue->lock);
	queue->nalone++;
	if (queue->state == VTD_QUEUE_RUNNING)
		queue->state = VTD_QUEUE_CAREFUL;
}

static void end_careful(struct vtd_queue *queue)
{
	guard(raw_spinlock_irqsave)(&queue->lock);
	if (!--queue->nalone && queue->state == VTD_QUEUE_CAREFUL)
		queue->state = VTD_QUEUE_RUNNING;
}

static bool is_first_of_device(const struct vtd_job *job, unsigned int index, int sid)
{
	unsigned int i;

	for (i = 0; i < index; i++)
		if (vtd_desc_dtlb_sid(&job->descs[i]) == sid)
			return false;
	return true;
}

/*
 * Some device did not answer and the unit does not say which: the rest first,
 * then each device alone, while no other request is outstanding. Whoever does not
 * answer then is the one.
 */
static int run_one_by_one(struct vtd_queue *queue, struct vtd_job *job,
			  struct vtd_queue_error *error)
{
	unsigned int i;
	int ret, sid, result;

	job->only_sid = VTD_JOB_NO_DEVICE;
	result = run_once(queue, job, error);
	begin_careful(queue);
	job->flags |= VTD_JOB_ALONE;
	for (i = 0; i < job->n; i++) {
		sid = vtd_desc_dtlb_sid(&job->descs[i]);
		if (sid < 0 || !is_first_of_device(job, i, sid))
			continue;
		job->only_sid = sid;
		ret = run_once(queue, job, error);
		result = result ?: ret;
	}
	end_careful(queue);
	return result;
}

static int run_job(struct vtd_queue *queue, struct vtd_job *job,
		   struct vtd_queue_error *error)
{
	int ret = run_once(queue, job, error);

	if (unlikely(ret == -EAGAIN))
		ret = run_one_by_one(queue, job, error);
	return ret;
}

static int descs_submit(struct vtd_unit *unit, const struct vtd_desc *descs,
			unsigned int n, unsigned int flags,
			struct vtd_queue_error *error)
{
	struct vtd_queue_error ignored __uninitialized;
	struct vtd_queue *queue = unit->queue;
	struct vtd_job job __uninitialized;
	unsigned int done, part;
	int ret, result = 0;

	if (!error)
		error = &ignored;
	*error = (struct vtd_queue_error){ .index = -1 };
	if (unlikely(!queue))
		return blame_unit(error);
	if (unlikely(!queue->ring)) {
		ret = vtd_fallback_submit(unit, descs, n);
		error->unit = ret;
		return ret;
	}
	for (done = 0; done < n; done += part) {
		part = min(n - done, VTD_RING_BATCH);
		job = (struct vtd_job){
			.descs = descs + done, .n = part, .flags = flags,
			.only_sid = VTD_JOB_ALL,
		};
		ret = run_job(queue, &job, error);
		if (ret && !result && error->index >= 0)
			error->index += done;
		result = result ?: ret;
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
	int ret;

	/*
	 * The queue may be used with interrupts off and before RCU works. The wait
	 * may sleep, so the observer may be another one after it.
	 */
	scoped_guard(preempt) {
		who = READ_ONCE(observer);
		if (who && who->submitted)
			who->submitted(unit, descs, n);
	}
	start = local_clock();
	ret = descs_submit(unit, descs, n, flags, error);
	scoped_guard(preempt) {
		who = READ_ONCE(observer);
		if (who && who->done)
			who->done(unit, main_type(descs, n), local_clock() - start);
	}
	return ret;
}

int vtd_queue_submit(struct vtd_unit *unit, const struct vtd_desc *descs,
		     unsigned int n, unsigned int flags,
		     struct vtd_queue_error *error)
{
	if (static_branch_unlikely(&observed))
		return submit_observed(unit, descs, n, flags, error);
	return descs_submit(unit, descs, n, flags, error);
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
