/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the ring keeps about each publication.
 */
#ifndef __VTD_QUEUE_TICKET_H
#define __VTD_QUEUE_TICKET_H

#include "job.h"
#include "ring.h"

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
 * struct vtd_walk - over the tickets from the oldest on
 * @first: first slot of the ticket
 * @at: slots between the oldest one and it
 */
struct vtd_walk {
	u16 first;
	unsigned int at;
};

static inline bool vtd_ticket_done(const struct vtd_queue *queue, u16 first,
				   u32 seq)
{
	return (s32)(READ_ONCE(queue->status[first]) - seq) >= 0;
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

void vtd_ticket_judge(struct vtd_ticket *ticket, enum vtd_ticket_state state);
void vtd_ticket_lose(struct vtd_queue *queue, u16 first, struct vtd_ticket *ticket,
		     s32 sid) __must_hold(&queue->lock);
struct vtd_ticket *vtd_ticket_pending_locked(struct vtd_queue *queue,
					     struct vtd_walk *walk)
	__must_hold(&queue->lock);

/* Of all tickets */
s32 vtd_outstanding_locked(struct vtd_queue *queue, unsigned int nslots)
	__must_hold(&queue->lock);
bool vtd_is_outstanding_locked(struct vtd_queue *queue, unsigned int nslots, u16 sid)
	__must_hold(&queue->lock);
u64 vtd_queue_mark_locked(struct vtd_queue *queue) __must_hold(&queue->lock);
void vtd_queue_die_locked(struct vtd_queue *queue, const char *why)
	__must_hold(&queue->lock);

#endif
