// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writing the ring: reserve, emit, publish once.
 *
 * Locks: vtd_queue.lock.
 * Calls: ticket.c for what is outstanding.
 */
#include <linux/bitfield.h>
#include <linux/bitmap.h>
#include <linux/slab.h>

#include "../../iommu-pages.h"
#include "../hw/regs_layout.h"
#include "../mutant.h"
#include "../unit/regs.h"
#include "job.h"
#include "ticket.h"

#define RING_STATUS_SIZE	((VTD_RING_ENTRIES + 1) * sizeof(u32))

/* Memory that the unit reads and writes is coherent whatever the unit is. */
int vtd_ring_alloc(struct vtd_queue *queue)
{
	int node = queue->unit->numa_node;

	queue->ring = iommu_alloc_pages_node_sz(node, GFP_KERNEL,
						VTD_RING_ENTRIES << queue->shift);
	queue->status = iommu_alloc_pages_node_sz(node, GFP_KERNEL,
						  RING_STATUS_SIZE);
	queue->tickets = kzalloc_objs(*queue->tickets, VTD_RING_ENTRIES);
	queue->origin = kzalloc_objs(*queue->origin, VTD_RING_ENTRIES);
	queue->quarantine = bitmap_zalloc(BIT(16), GFP_KERNEL);
	queue->doubted = bitmap_zalloc(BIT(16), GFP_KERNEL);
	if (!queue->ring || !queue->status || !queue->tickets ||
	    !queue->origin || !queue->quarantine || !queue->doubted)
		return -ENOMEM;
	queue->ring_phys = virt_to_phys(queue->ring);
	queue->status_phys = virt_to_phys(queue->status);
	return 0;
}

void vtd_ring_free(struct vtd_queue *queue)
{
	if (queue->ring)
		iommu_free_pages(queue->ring);
	if (queue->status)
		iommu_free_pages(queue->status);
	kfree(queue->tickets);
	kfree(queue->origin);
	bitmap_free(queue->quarantine);
	bitmap_free(queue->doubted);
}

/* log2 of the pages of the ring: IQA.QS */
static unsigned int queue_order(const struct vtd_queue *queue)
{
	return ilog2((VTD_RING_ENTRIES << queue->shift) / SZ_4K);
}

/**
 * vtd_ring_iqa() - where the unit finds the ring
 * @queue: the queue
 *
 * Return: for the register IQA.
 */
u64 vtd_ring_iqa(const struct vtd_queue *queue)
{
	u64 iqa = queue->ring_phys | FIELD_PREP(VTD_IQA_QS, queue_order(queue));

	return queue->shift == VTD_IQ_SHIFT_256 ? iqa | VTD_IQA_DW : iqa;
}

/* Empty, for a unit whose queue is off. Sequence numbers go on. */
void vtd_ring_reset_locked(struct vtd_queue *queue)
{
	lockdep_assert_held(&queue->lock);
	queue->oldest = 0;
	queue->tail = 0;
	queue->used = 0;
	queue->stuck = 0;
}

/* Returns false if the state has to stay where it is. */
static bool ticket_hand_over(struct vtd_ticket *ticket)
{
	if (likely(ticket->state == VTD_TICKET_OK))
		return true;
	if (!ticket->fate)
		return false;
	*ticket->fate = *ticket;
	WRITE_ONCE(ticket->fate, NULL);
	smp_wmb();	/* pairs with the one in ticket_collect() */
	WRITE_ONCE(ticket->state, VTD_TICKET_OK);
	return true;
}

/* Frees what is done and whose waiter has nothing left to learn. */
static void ring_reclaim(struct vtd_queue *queue)
	__must_hold(&queue->lock)
{
	struct vtd_ticket *ticket;

	while (queue->used) {
		ticket = &queue->tickets[queue->oldest];
		if (!vtd_ticket_done(queue, queue->oldest, ticket->seq) ||
		    !ticket_hand_over(ticket))
			return;
		queue->oldest = vtd_ring_next(queue->oldest, ticket->slots);
		queue->used -= ticket->slots;
	}
}

static __always_inline void ring_emit(struct vtd_queue *queue,
				      const struct vtd_desc *desc, s16 origin)
	__must_hold(&queue->lock)
{
	u64 *slot = vtd_ring_slot(queue, queue->tail);

	slot[0] = desc->qw[0];
	slot[1] = desc->qw[1];
	if (queue->shift == VTD_IQ_SHIFT_256) {
		slot[2] = desc->qw[2];
		slot[3] = desc->qw[3];
	}
	queue->origin[queue->tail] = origin;
	queue->tail = vtd_ring_next(queue->tail, 1);
}

static __always_inline void ring_emit_wait(struct vtd_queue *queue, u64 flags,
					   u32 data, phys_addr_t addr)
	__must_hold(&queue->lock)
{
	struct vtd_desc wait __uninitialized;

	wait = vtd_desc_wait(flags, data, addr);
	ring_emit(queue, &wait, -1);
}

/*
 * A pure fence would do, but some units only take a wait that also writes;
 * nobody reads the scratch word.
 */
static void ring_emit_fence(struct vtd_queue *queue)
	__must_hold(&queue->lock)
{
	ring_emit_wait(queue, VTD_WAIT_SW | VTD_WAIT_FN, 0,
		       vtd_ring_scratch(queue));
}

static bool job_takes_device(struct vtd_queue *queue, struct vtd_job *job, int sid)
	__must_hold(&queue->lock)
{
	if (job->only_sid != VTD_JOB_ALL && job->only_sid != sid)
		return false;
	if (likely(!queue->nquarantined) || !test_bit(sid, queue->quarantine))
		return true;
	job->skipped = sid;
	return false;
}

/*
 * The unit orders all types that need it by itself, but for a type 3 behind a
 * type 6: those get a fence between them (VT-d chapter 6).
 */
static void ring_emit_job(struct vtd_queue *queue, struct vtd_job *job)
	__must_hold(&queue->lock)
{
	const struct vtd_desc *desc;
	bool piotlb = false;
	enum vtd_desc_type type;
	unsigned int i;

	if (job->flags & VTD_SUBMIT_DRAIN_PRQ)
		ring_emit_fence(queue);
	for (i = 0; i < job->n; i++) {
		desc = &job->descs[i];
		type = vtd_desc_type(desc);
		if (type == VTD_DESC_DEV_TLB || type == VTD_DESC_PASID_DEV_TLB) {
			if (!job_takes_device(queue, job,
					      vtd_desc_dtlb_sid(desc)))
				continue;
			if (type == VTD_DESC_DEV_TLB && piotlb &&
			    !vtd_mutant(VTD_MUTANT_NO_FENCE)) {
				ring_emit_fence(queue);
				piotlb = false;
			}
		} else {
			if (job->only_sid >= 0)
				continue;
			piotlb |= type == VTD_DESC_PASID_IOTLB;
		}
		ring_emit(queue, desc, i);
	}
}

/**
 * vtd_ring_fetched_locked() - how far is the unit?
 * @queue: the queue
 *
 * Return: slots from the oldest one on that it has fetched.
 */
unsigned int vtd_ring_fetched_locked(struct vtd_queue *queue)
{
	u64 head = vtd_read64(queue->unit, VTD_IQH) & VTD_IQ_OFFSET;

	lockdep_assert_held(&queue->lock);
	return vtd_ring_distance(queue, head >> queue->shift);
}

/**
 * vtd_ring_blank_locked() - put something harmless in place of a descriptor
 * @queue: the queue; the unit does not fetch the slot right now
 * @slot: the slot
 */
void vtd_ring_blank_locked(struct vtd_queue *queue, u16 slot)
{
	struct vtd_desc harmless = vtd_desc_wait(VTD_WAIT_SW, 0,
						 vtd_ring_scratch(queue));

	lockdep_assert_held(&queue->lock);
	memcpy(vtd_ring_slot(queue, slot), &harmless, BIT(queue->shift));
	queue->origin[slot] = -1;
	dma_wmb();
}

/*
 * While somebody asks devices one by one: a request is published only by one of
 * those who do, and only when no other is left. What asks no device passes.
 */
static int ring_admits(struct vtd_queue *queue, const struct vtd_job *job)
	__must_hold(&queue->lock)
{
	if (queue->state != VTD_QUEUE_CAREFUL)
		return -EIO;
	if (!vtd_job_asks(job, VTD_DEVICE_SEVERAL))
		return 0;
	if (!(job->flags & VTD_JOB_ALONE) ||
	    vtd_outstanding_locked(queue, queue->used) != VTD_DEVICE_NONE)
		return -EBUSY;
	return 0;
}

static u64 job_wait_flags(const struct vtd_job *job)
{
	u64 flags = VTD_WAIT_SW;

	if (job->flags & VTD_SUBMIT_FENCE)
		flags |= VTD_WAIT_FN;
	if (job->flags & VTD_SUBMIT_DRAIN_PRQ)
		flags |= VTD_WAIT_PD;
	return flags;
}

/* The tail register; also what makes some units go on after an error. */
void vtd_ring_kick_locked(struct vtd_queue *queue)
{
	lockdep_assert_held(&queue->lock);
	vtd_write64(queue->unit, VTD_IQT, (u64)queue->tail << queue->shift);
}

/**
 * vtd_ring_publish() - one publication
 * @queue: the queue
 * @job: what; its out fields are set on success
 *
 * Return: 0; -EBUSY if the ring is full, or others ask devices one by one; -EIO
 * if the queue does not run.
 */
int vtd_ring_publish(struct vtd_queue *queue, struct vtd_job *job)
{
	/* At most every second descriptor needs a fence. */
	unsigned int most = job->n + job->n / 2 + 2;
	struct vtd_ticket *ticket;
	u16 first;
	int ret;

	guard(raw_spinlock_irqsave)(&queue->lock);
	if (unlikely(queue->state != VTD_QUEUE_RUNNING)) {
		ret = ring_admits(queue, job);
		if (ret)
			return ret;
	}
	/* One slot stays free: a full ring would look empty. */
	if (queue->used + most >= VTD_RING_ENTRIES) {
		ring_reclaim(queue);
		if (queue->used + most >= VTD_RING_ENTRIES)
			return -EBUSY;
	}
	first = queue->tail;
	job->skipped = -1;
	job->first = first;
	job->seq = ++queue->seq;
	ring_emit_job(queue, job);
	ring_emit_wait(queue, job_wait_flags(job), job->seq,
		       queue->status_phys + first * sizeof(u32));

	ticket = &queue->tickets[first];
	ticket->seq = job->seq;
	ticket->slots = (queue->tail - first) & (VTD_RING_ENTRIES - 1);
	ticket->state = VTD_TICKET_OK;
	ticket->abandoned = false;
	ticket->fate = job->fate;
	if (job->fate)
		job->fate->state = VTD_TICKET_OK;
	queue->used += ticket->slots;
	queue->submitted++;
	/* Old enough not to be taken for done, whatever stood here. */
	WRITE_ONCE(queue->status[first], job->seq - 1);
	dma_wmb();
	vtd_ring_kick_locked(queue);
	return 0;
}
