// SPDX-License-Identifier: GPL-2.0-only
/*
 * The queue as a whole: memory, start, stop, a look from outside.
 *
 * Calls: unit/, ring.c, submit.c
 */
#include <linux/iopoll.h>
#include <linux/slab.h>

#include "../hw/regs_layout.h"
#include "../unit/cmd.h"
#include "../unit/regs.h"
#include "ring.h"
#include "submit.h"

#define QUEUE_DRAIN_US	(100 * USEC_PER_MSEC)
#define QUEUE_DOUBT_US	(2 * USEC_PER_MSEC)
#define QUEUE_BOUND_US	(120 * USEC_PER_SEC)

/**
 * vtd_queue_create() - memory for the queue of a unit
 * @unit: the unit; a queue that exists stays
 *
 * Scalable mode takes wide descriptors only; legacy mode takes either on a
 * unit that knows both, so the mode need not be known here.
 *
 * Context: may sleep.
 * Return: 0; -ENOMEM.
 */
int vtd_queue_create(struct vtd_unit *unit)
{
	struct vtd_queue *queue;

	if (unit->queue)
		return 0;
	queue = kzalloc_node(sizeof(*queue), GFP_KERNEL, unit->numa_node);
	if (!queue)
		return -ENOMEM;
	raw_spin_lock_init(&queue->lock);
	queue->unit = unit;
	queue->doubt_us = QUEUE_DOUBT_US;
	queue->bound_us = QUEUE_BOUND_US;
	queue->shift = unit->caps.sm || unit->caps.adms ? VTD_IQ_SHIFT_256 :
							  VTD_IQ_SHIFT_128;
	if (unit->caps.qi && vtd_ring_alloc(queue)) {
		vtd_ring_free(queue);
		kfree(queue);
		return -ENOMEM;
	}
	unit->queue = queue;
	return 0;
}

/**
 * vtd_queue_destroy() - give the memory back
 * @unit: the unit; its queue is stopped
 */
void vtd_queue_destroy(struct vtd_unit *unit)
{
	struct vtd_queue *queue = unit->queue;

	if (!queue)
		return;
	unit->queue = NULL;
	vtd_ring_free(queue);
	kfree(queue);
}

/* Stops whatever runs, perhaps of an earlier kernel, when it is empty. */
static int queue_halt(struct vtd_unit *unit)
{
	u64 head;

	if (!(vtd_unit_status(unit) & VTD_GSTS_QIES))
		return 0;
	/* An error left behind would keep it from running empty. */
	vtd_write32(unit, VTD_FSTS, VTD_FSTS_QUEUE);
	if (read_poll_timeout_atomic(vtd_read64, head,
				     head == vtd_read64(unit, VTD_IQT), 1,
				     QUEUE_DRAIN_US, false, unit, VTD_IQH))
		vtd_warn(unit, "invalidation queue is stopped although descriptors are not done\n");
	return vtd_unit_disable_queue(unit);
}

/**
 * vtd_queue_start() - begin with an empty queue
 * @unit: the unit, with a queue
 *
 * Context: any but NMI.
 * Return: see queue.h.
 */
int vtd_queue_start(struct vtd_unit *unit)
{
	struct vtd_queue *queue = unit->queue;
	int ret;

	if (!queue)
		return -EIO;
	guard(raw_spinlock_irqsave)(&queue->lock);
	if (!queue->ring) {
		queue->state = VTD_QUEUE_RUNNING;
		return 0;
	}
	if (vtd_queue_runs(queue) &&
	    vtd_unit_status(unit) & VTD_GSTS_QIES &&
	    vtd_read64(unit, VTD_IQA) == vtd_ring_iqa(queue))
		return 0;
	queue->state = VTD_QUEUE_STOPPED;
	ret = queue_halt(unit);
	if (ret)
		return ret;
	vtd_write32(unit, VTD_FSTS, VTD_FSTS_QUEUE);
	vtd_ring_reset_locked(queue);
	ret = vtd_unit_enable_queue(unit, vtd_ring_iqa(queue));
	if (!ret)
		queue->state = queue->nalone ? VTD_QUEUE_CAREFUL :
					       VTD_QUEUE_RUNNING;
	return ret;
}

/**
 * vtd_queue_stop() - take no more descriptors
 * @unit: the unit; nobody submits
 *
 * Context: any but NMI.
 * Return: see queue.h.
 */
int vtd_queue_stop(struct vtd_unit *unit)
{
	struct vtd_queue *queue = unit->queue;

	if (!queue)
		return 0;
	if (queue->ring)
		vtd_queue_drain(queue, QUEUE_DRAIN_US);
	guard(raw_spinlock_irqsave)(&queue->lock);
	queue->state = VTD_QUEUE_STOPPED;
	return queue->ring ? queue_halt(unit) : 0;
}

bool vtd_queue_is_dead(const struct vtd_unit *unit)
{
	return unit->queue &&
	       /* a dead queue stays dead */
	       context_unsafe(READ_ONCE(unit->queue->state)) == VTD_QUEUE_DEAD;
}

/**
 * vtd_queue_view() - the ring as it stands
 * @unit: the unit
 * @view: filled
 */
void vtd_queue_view(struct vtd_unit *unit, struct vtd_queue_view *view)
{
	struct vtd_queue *queue = unit->queue;

	*view = (struct vtd_queue_view){};
	if (!queue)
		return;
	guard(raw_spinlock_irqsave)(&queue->lock);
	view->submitted = queue->submitted;
	view->timeouts = queue->timeouts;
	view->refused = queue->refused;
	if (!queue->ring)
		return;
	view->base = queue->ring;
	view->phys = queue->ring_phys;
	view->shift = queue->shift;
	view->entries = VTD_RING_ENTRIES;
	view->tail = queue->tail;
	view->head = (vtd_read64(unit, VTD_IQH) & VTD_IQ_OFFSET) >> queue->shift;
}
