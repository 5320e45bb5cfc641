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

struct vtd_job;
struct vtd_ticket;

#define VTD_RING_ENTRIES	512
/* Descriptors of one publication; each may need a fence, and one wait. */
#define VTD_RING_BATCH		(VTD_RING_ENTRIES / 4)

enum vtd_queue_state {
	VTD_QUEUE_STOPPED,
	VTD_QUEUE_RUNNING,
	VTD_QUEUE_CAREFUL,	/* runs, but devices are asked one by one */
	VTD_QUEUE_DEAD,
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

/* Slots from the oldest one to @slot */
static inline unsigned int vtd_ring_distance(const struct vtd_queue *queue, u16 slot)
	__must_hold(&queue->lock)
{
	unsigned int distance = slot - queue->oldest;

	return distance & (VTD_RING_ENTRIES - 1);
}

static inline bool vtd_queue_runs(const struct vtd_queue *queue)
	__must_hold(&queue->lock)
{
	return queue->state == VTD_QUEUE_RUNNING ||
	       queue->state == VTD_QUEUE_CAREFUL;
}

int vtd_ring_alloc(struct vtd_queue *queue);
void vtd_ring_free(struct vtd_queue *queue);
void vtd_ring_reset_locked(struct vtd_queue *queue)
	__must_hold(&queue->lock);
u64 vtd_ring_iqa(const struct vtd_queue *queue);
int vtd_ring_publish(struct vtd_queue *queue, struct vtd_job *job);
void vtd_ring_kick_locked(struct vtd_queue *queue) __must_hold(&queue->lock);
unsigned int vtd_ring_fetched_locked(struct vtd_queue *queue)
	__must_hold(&queue->lock);
void vtd_ring_blank_locked(struct vtd_queue *queue, u16 slot)
	__must_hold(&queue->lock);

#endif
