/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ring of a unit with queued invalidation.
 *
 *   oldest                      IQH                    tail
 *     │ ticket │ ticket │ ticket │ ticket │ ticket │      │   free …
 *       done     done     fetched, not     not yet
 *                         completed        fetched
 *
 * A ticket is one publication: descriptors, then a wait that writes the
 * ticket's sequence number to status[first slot]. Sequence numbers of one
 * status word only grow, so a waiter that sees its own or a later one knows it
 * is done even if the slot has been used again.
 */
#ifndef __VTD_QUEUE_RING_H
#define __VTD_QUEUE_RING_H

#include <linux/cleanup.h>
#include <linux/spinlock.h>

#include "queue.h"

#define VTD_RING_ENTRIES	512
/* Descriptors of one publication; each may need a fence, and one wait. */
#define VTD_RING_BATCH		(VTD_RING_ENTRIES / 4)

enum vtd_queue_state {
	VTD_QUEUE_STOPPED,
	VTD_QUEUE_RUNNING,
	VTD_QUEUE_CAREFUL,	/* runs, but devices are asked one by one */
	VTD_QUEUE_DEAD,
};

/* Why a device is held to be the one that does not answer. */
enum vtd_verdict {
	VTD_VERDICT_NAMED,	/* the unit says so */
	VTD_VERDICT_GONE,	/* it is not there */
	VTD_VERDICT_ALONE,	/* nobody else was asked */
};

/* What the waiter learns once its status word says "done". */
enum vtd_ticket_state {
	VTD_TICKET_OK,
	VTD_TICKET_REFUSED,	/* all but one descriptor was carried out */
	VTD_TICKET_LOST,	/* nothing is certain: submit again */
	VTD_TICKET_DEAD,	/* the queue broke down */
};

/**
 * struct vtd_ticket - one publication, indexed by its first slot
 * @seq: what its wait writes
 * @slots: how many it occupies
 * @state: what the waiter is to learn
 * @fate: where that goes when the slots are needed before the waiter has looked: it
 *	may be asleep, or need the processor of whoever needs the slots. NULL: there
 *	is no such place, and anything but OK keeps the slots
 * @iqei: REFUSED: the reason
 * @bad: REFUSED: index of the descriptor, -1 if it was the queue's own
 * @abandoned: the waiter gave up, nobody wants to know the state
 * @sid: LOST: the device that did not answer; -1 if unknown
 */
struct vtd_ticket {
	u32 seq;
	u16 slots;
	u8 state;
	u8 iqei;
	s16 bad;
	bool abandoned;
	s32 sid;
	struct vtd_ticket *fate;
};

/**
 * struct vtd_queue - the ring
 * @unit: whose
 * @ring: descriptors; NULL if the unit has no queue
 * @ring_phys: the same for the unit
 * @status: status words, one per slot, and a scratch word behind them
 * @status_phys: the same for the unit
 * @tickets: by first slot
 * @origin: index in the publication that a slot came from; -1 for own ones
 * @quarantine: one bit per source id; changed under @lock
 * @doubted: the same for devices that are asked whether they are there first
 * @shift: log2 of the size of a descriptor
 * @present: is that device there, and its link up? NULL: they all are
 * @doubt_us: a wait that takes longer raises doubts
 * @bound_us: longer than hardware waits for a device (PCIe 10.3.2: 1 minute,
 *	+50 %)
 * @ndoubted: bits set in @doubted; changed under @lock
 * @lock: guards everything below
 * @state: running or not
 * @nalone: who is in the middle of asking devices one by one
 * @oldest: first slot that is not free
 * @tail: next slot to be written
 * @used: slots between them
 * @seq: of the last ticket
 * @nquarantined: bits set in @quarantine
 * @stuck_head: slot of the last refused descriptor
 * @stuck: how often in a row it was that one
 * @submitted: publications
 * @timeouts: waits that expired, or that the unit gave up
 * @refused: descriptors that the unit refused
 */
struct vtd_queue {
	/* Constant after init */
	struct vtd_unit *unit;
	void *ring;
	phys_addr_t ring_phys;
	u32 *status;
	phys_addr_t status_phys;
	struct vtd_ticket *tickets;
	s16 *origin;
	unsigned long *quarantine;
	unsigned long *doubted;
	unsigned int shift;
	bool (*present)(struct vtd_unit *unit, u16 sid);
	u32 doubt_us;
	u32 bound_us;

	unsigned int ndoubted;
	raw_spinlock_t lock;
	enum vtd_queue_state state __guarded_by(&lock);
	unsigned int nalone __guarded_by(&lock);
	u16 oldest __guarded_by(&lock);
	u16 tail __guarded_by(&lock);
	u16 used __guarded_by(&lock);
	u32 seq __guarded_by(&lock);
	unsigned int nquarantined __guarded_by(&lock);
	u16 stuck_head __guarded_by(&lock);
	unsigned int stuck __guarded_by(&lock);
	u64 submitted __guarded_by(&lock);
	u64 timeouts __guarded_by(&lock);
	u64 refused __guarded_by(&lock);
};

/**
 * struct vtd_job - one publication from the caller's side
 * @descs: descriptors
 * @n: how many, at most VTD_RING_BATCH
 * @flags: VTD_SUBMIT_*, VTD_JOB_ALONE
 * @only_sid: leave out all device TLB descriptors but those of this device;
 *	-1: none is left out; VTD_JOB_NO_DEVICE: all are
 * @fate: where to leave what became of it; NULL for who does not wait. Valid until
 *	the ticket is collected or abandoned
 * @skipped: out: source id of a descriptor left out for quarantine; else -1
 * @first: out: the ticket
 * @seq: out: its number
 */
struct vtd_job {
	const struct vtd_desc *descs;
	unsigned int n;
	unsigned int flags;
	s32 only_sid;
	struct vtd_ticket *fate;
	s32 skipped;
	u16 first;
	u32 seq;
};

#define VTD_JOB_ALL		(-1)
#define VTD_JOB_NO_DEVICE	(-2)

/* Its device is the only one that is asked meanwhile. */
#define VTD_JOB_ALONE		BIT(15)

/* In place of a source id */
#define VTD_DEVICE_NONE		(-1)
#define VTD_DEVICE_SEVERAL	(-2)

/**
 * struct vtd_wait - a wait that is not short
 * @us: how long, since the queue got on last
 * @ask_us: when the devices are asked next whether they are there; 0: no doubt yet
 * @rounds: how often the bound has passed without anything being done
 * @mark: where the queue was at the first of these
 */
struct vtd_wait {
	u32 us;
	u32 ask_us;
	u32 rounds;
	u64 mark;
};

/**
 * struct vtd_walk - over the tickets from the oldest on
 * @first: first slot of the ticket
 * @at: slots between the oldest one and it
 */
struct vtd_walk {
	u16 first;
	unsigned int at;
};

static inline u16 vtd_ring_next(u16 slot, u16 n)
{
	return (slot + n) & (VTD_RING_ENTRIES - 1);
}

static inline void *vtd_ring_slot(const struct vtd_queue *queue, u16 slot)
{
	return queue->ring + ((size_t)slot << queue->shift);
}

/* Whose device TLB a slot invalidates; -1 for everything else. */
static inline int vtd_ring_slot_sid(const struct vtd_queue *queue, u16 slot)
{
	const u64 *qw = vtd_ring_slot(queue, slot);
	struct vtd_desc desc = vtd_desc_words(qw[0], qw[1]);

	return vtd_desc_dtlb_sid(&desc);
}

static inline phys_addr_t vtd_ring_scratch(const struct vtd_queue *queue)
{
	return queue->status_phys + VTD_RING_ENTRIES * sizeof(u32);
}

static inline bool vtd_ticket_done(const struct vtd_queue *queue, u16 first,
				   u32 seq)
{
	return (s32)(READ_ONCE(queue->status[first]) - seq) >= 0;
}

static inline bool vtd_queue_runs(const struct vtd_queue *queue)
	__must_hold(&queue->lock)
{
	return queue->state == VTD_QUEUE_RUNNING ||
	       queue->state == VTD_QUEUE_CAREFUL;
}

static inline struct vtd_ticket *vtd_walk_ticket(struct vtd_queue *queue,
						 const struct vtd_walk *walk)
	__must_hold(&queue->lock)
{
	return walk->at < queue->used ? &queue->tickets[walk->first] : NULL;
}

static inline void vtd_walk_next(struct vtd_walk *walk,
				 const struct vtd_ticket *ticket)
{
	walk->at += ticket->slots;
	walk->first = vtd_ring_next(walk->first, ticket->slots);
}

int vtd_ring_alloc(struct vtd_queue *queue);
void vtd_ring_free(struct vtd_queue *queue);
void vtd_ring_reset_locked(struct vtd_queue *queue)
	__must_hold(&queue->lock);
int vtd_ring_publish(struct vtd_queue *queue, struct vtd_job *job);
void vtd_ring_kick_locked(struct vtd_queue *queue) __must_hold(&queue->lock);
void vtd_ring_blank_locked(struct vtd_queue *queue, u16 slot)
	__must_hold(&queue->lock);

/* queue.c */
u64 vtd_queue_iqa(const struct vtd_queue *queue);

/* recover.c */
void vtd_ring_die_locked(struct vtd_queue *queue, const char *why)
	__must_hold(&queue->lock);
unsigned int vtd_ring_fetched_locked(struct vtd_queue *queue)
	__must_hold(&queue->lock);
void vtd_ticket_lose(struct vtd_queue *queue, u16 first, struct vtd_ticket *ticket,
		     s32 sid) __must_hold(&queue->lock);

/* evidence.c */
s32 vtd_outstanding_locked(struct vtd_queue *queue, unsigned int nslots)
	__must_hold(&queue->lock);
bool vtd_is_outstanding_locked(struct vtd_queue *queue, unsigned int nslots, u16 sid)
	__must_hold(&queue->lock);
u64 vtd_queue_mark_locked(struct vtd_queue *queue) __must_hold(&queue->lock);
void vtd_queue_expired(struct vtd_queue *queue, const struct vtd_job *job,
		       struct vtd_wait *wait);

/* quarantine.c */
void vtd_quarantine_add_locked(struct vtd_queue *queue, u16 sid,
			       enum vtd_verdict verdict) __must_hold(&queue->lock);
void vtd_doubt_add_locked(struct vtd_queue *queue, u16 sid)
	__must_hold(&queue->lock);
bool vtd_queue_find_gone(struct vtd_queue *queue, const struct vtd_job *job);
void vtd_queue_settle_doubts(struct vtd_queue *queue, const struct vtd_job *job);

/* wait.c */
bool vtd_job_asks(const struct vtd_job *job, s32 sid);
bool vtd_wait_step(struct vtd_queue *queue, const struct vtd_job *job,
		   struct vtd_wait *wait);

/* submit.c */
bool vtd_queue_drain(struct vtd_queue *queue, unsigned int us);

/* fallback.c */
int vtd_fallback_submit(struct vtd_unit *unit, const struct vtd_desc *descs,
			unsigned int n);

#endif
