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
	VTD_QUEUE_DEAD,
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
 * @state: anything but OK keeps the slots until the waiter has seen it
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
 * @quarantine: one bit per source id
 * @shift: log2 of the size of a descriptor
 * @stalled: a wait expired and nothing has completed since: waits are short
 * @lock: guards everything below
 * @state: running or not
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
	unsigned int shift;

	bool stalled;
	raw_spinlock_t lock;
	enum vtd_queue_state state __guarded_by(&lock);
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
 * @flags: VTD_SUBMIT_*
 * @only_sid: leave out all device TLB descriptors but those of this device;
 *	-1: none is left out; VTD_JOB_NO_DEVICE: all are
 * @skipped: out: source id of a descriptor left out for quarantine; else -1
 * @first: out: the ticket
 * @seq: out: its number
 */
struct vtd_job {
	const struct vtd_desc *descs;
	unsigned int n;
	unsigned int flags;
	s32 only_sid;
	s32 skipped;
	u16 first;
	u32 seq;
};

#define VTD_JOB_ALL		(-1)
#define VTD_JOB_NO_DEVICE	(-2)

static inline u16 vtd_ring_next(u16 slot, u16 n)
{
	return (slot + n) & (VTD_RING_ENTRIES - 1);
}

static inline void *vtd_ring_slot(const struct vtd_queue *queue, u16 slot)
{
	return queue->ring + ((size_t)slot << queue->shift);
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

int vtd_ring_alloc(struct vtd_queue *queue);
void vtd_ring_free(struct vtd_queue *queue);
void vtd_ring_reset_locked(struct vtd_queue *queue)
	__must_hold(&queue->lock);
int vtd_ring_publish(struct vtd_queue *queue, struct vtd_job *job);
void vtd_ring_kick_locked(struct vtd_queue *queue) __must_hold(&queue->lock);

/* recover.c */
void vtd_ring_die_locked(struct vtd_queue *queue, const char *why)
	__must_hold(&queue->lock);

/* quarantine.c */
bool vtd_quarantine_add_locked(struct vtd_queue *queue, u16 sid)
	__must_hold(&queue->lock);

/* submit.c */
bool vtd_queue_drain(struct vtd_queue *queue);

/* fallback.c */
int vtd_fallback_submit(struct vtd_unit *unit, const struct vtd_desc *descs,
			unsigned int n);

#endif
