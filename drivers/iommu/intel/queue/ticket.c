// SPDX-License-Identifier: GPL-2.0-only
/*
 * The publications in the ring: which of them are done, and what becomes of the
 * others.
 *
 * The state of a ticket is written before its status word says "done", so a waiter
 * that sees "done" sees the state.
 *
 * Locks: vtd_queue.lock.
 */
#include "../unit/unit.h"
#include "ticket.h"

/**
 * vtd_ticket_judge() - say what its waiter is to learn
 * @ticket: the ticket
 * @state: what. Nobody reads the state of an abandoned ticket: its slots are free
 *	once it is done.
 *
 * Context: the lock of the queue is held.
 */
void vtd_ticket_judge(struct vtd_ticket *ticket, enum vtd_ticket_state state)
{
	if (!ticket->abandoned)
		ticket->state = state;
}

static void ticket_finish(struct vtd_queue *queue, u16 first,
			  const struct vtd_ticket *ticket)
{
	smp_wmb();	/* pairs with the one in the waiter */
	WRITE_ONCE(queue->status[first], ticket->seq);
}

/**
 * vtd_ticket_lose() - give a ticket up; some of its descriptors may have been done
 * @queue: the queue
 * @first: its first slot
 * @ticket: the ticket
 * @sid: the device through which it is lost; negative if that is not known
 */
void vtd_ticket_lose(struct vtd_queue *queue, u16 first, struct vtd_ticket *ticket,
		     s32 sid)
{
	vtd_ticket_judge(ticket, VTD_TICKET_LOST);
	ticket->sid = sid;
	ticket_finish(queue, first, ticket);
}

/**
 * vtd_queue_die_locked() - every waiter fails at once; nothing can be submitted any more
 * @queue: the queue
 * @why: for the log
 */
void vtd_queue_die_locked(struct vtd_queue *queue, const char *why)
{
	struct vtd_walk walk = { .first = queue->oldest };
	struct vtd_ticket *ticket;

	lockdep_assert_held(&queue->lock);
	if (queue->state == VTD_QUEUE_DEAD)
		return;
	queue->state = VTD_QUEUE_DEAD;
	vtd_err(queue->unit, "invalidation queue is dead: %s\n", why);
	for (; (ticket = vtd_walk_ticket(queue, &walk)); vtd_walk_next(&walk, ticket)) {
		if (vtd_ticket_done(queue, walk.first, ticket->seq))
			continue;
		vtd_ticket_judge(ticket, VTD_TICKET_DEAD);
		ticket_finish(queue, walk.first, ticket);
	}
}

/**
 * vtd_ticket_pending_locked() - find a ticket that is not done
 * @queue: the queue
 * @walk: where to begin; stays at what is found
 *
 * Return: the first one at or behind @walk; NULL if all are done.
 */
struct vtd_ticket *vtd_ticket_pending_locked(struct vtd_queue *queue,
					     struct vtd_walk *walk)
{
	struct vtd_ticket *ticket;

	lockdep_assert_held(&queue->lock);
	for (; (ticket = vtd_walk_ticket(queue, walk)); vtd_walk_next(walk, ticket))
		if (!vtd_ticket_done(queue, walk->first, ticket->seq))
			return ticket;
	return NULL;
}

/* @sid: what has been found so far */
static s32 add_device(s32 found, int sid)
{
	if (sid < 0 || found == sid)
		return found;
	return found == VTD_DEVICE_NONE ? sid : VTD_DEVICE_SEVERAL;
}

/**
 * vtd_outstanding_locked() - which device has not answered yet?
 * @queue: the queue
 * @nslots: how many slots count, from the oldest on
 *
 * A request is outstanding from the moment that the unit fetches it until its
 * ticket is done.
 *
 * Return: the source id, if it is one; %VTD_DEVICE_NONE, %VTD_DEVICE_SEVERAL.
 */
s32 vtd_outstanding_locked(struct vtd_queue *queue, unsigned int nslots)
{
	struct vtd_walk walk = { .first = queue->oldest };
	s32 found = VTD_DEVICE_NONE;
	struct vtd_ticket *ticket;
	unsigned int i;
	u16 slot;

	lockdep_assert_held(&queue->lock);
	for (; (ticket = vtd_ticket_pending_locked(queue, &walk));
	     vtd_walk_next(&walk, ticket))
		for (i = 0; i < ticket->slots && walk.at + i < nslots; i++) {
			slot = vtd_ring_next(walk.first, i);
			found = add_device(found, vtd_ring_slot_sid(queue, slot));
		}
	return found;
}

/**
 * vtd_is_outstanding_locked() - has this device not answered yet?
 * @queue: the queue
 * @nslots: as above
 * @sid: source id
 *
 * Return: true if a request to it is outstanding.
 */
bool vtd_is_outstanding_locked(struct vtd_queue *queue, unsigned int nslots, u16 sid)
{
	struct vtd_walk walk = { .first = queue->oldest };
	struct vtd_ticket *ticket;
	unsigned int i;

	lockdep_assert_held(&queue->lock);
	for (; (ticket = vtd_ticket_pending_locked(queue, &walk));
	     vtd_walk_next(&walk, ticket))
		for (i = 0; i < ticket->slots && walk.at + i < nslots; i++)
			if (vtd_ring_slot_sid(queue, vtd_ring_next(walk.first, i)) == sid)
				return true;
	return false;
}

/**
 * vtd_queue_mark_locked() - tells whether the queue gets on
 * @queue: the queue
 *
 * Return: what names the oldest ticket that is not done; 0 if all are.
 */
u64 vtd_queue_mark_locked(struct vtd_queue *queue)
{
	struct vtd_walk walk = { .first = queue->oldest };
	struct vtd_ticket *ticket;

	lockdep_assert_held(&queue->lock);
	ticket = vtd_ticket_pending_locked(queue, &walk);
	return ticket ? BIT_ULL(32) | ticket->seq : 0;
}
