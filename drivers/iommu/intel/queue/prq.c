// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page request queue of a unit.
 *
 * Owns: the ring, PQA, PQH, PQT and PRS.
 * Locks: vtd_prq.lock.
 * Calls: unit/ for registers; the ops that it was made with.
 *
 * Spec: 7.5 (requests), 7.6 (overflow), 11.4.11.
 */
#include <linux/cleanup.h>
#include <linux/iommu.h>
#include <linux/preempt.h>
#include <linux/slab.h>

#include "../../iommu-pages.h"
#include "../unit/cmd.h"
#include "../unit/regs.h"
#include "../unit/unit.h"
#include "prq.h"

#define RING_BYTES	(VTD_PRQ_ENTRIES * sizeof(struct vtd_page_request))

/**
 * vtd_prq_create() - memory for the queue
 * @unit: the unit; it is not touched
 * @ops: what is done with requests
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int vtd_prq_create(struct vtd_unit *unit, const struct vtd_prq_ops *ops)
{
	struct vtd_prq *prq = kzalloc_obj(*prq);

	if (!prq)
		return -ENOMEM;
	prq->ring = iommu_alloc_pages_node_sz(unit->numa_node, GFP_KERNEL, RING_BYTES);
	prq->iopf = iopf_queue_alloc(unit->name);
	if (!prq->ring || !prq->iopf) {
		iopf_queue_free(prq->iopf);
		if (prq->ring)
			iommu_free_pages(prq->ring);
		kfree(prq);
		return -ENOMEM;
	}
	prq->ops = ops;
	mutex_init(&prq->lock);
	xa_init(&prq->sources);
	unit->prq = prq;
	return 0;
}

/**
 * vtd_prq_destroy() - free the queue
 * @unit: the unit; its queue is stopped, or there is none
 */
void vtd_prq_destroy(struct vtd_unit *unit)
{
	struct vtd_prq *prq = unit->prq;

	if (!prq)
		return;
	WARN_ON_ONCE(!xa_empty(&prq->sources));
	unit->prq = NULL;
	xa_destroy(&prq->sources);
	iopf_queue_free(prq->iopf);
	iommu_free_pages(prq->ring);
	mutex_destroy(&prq->lock);
	kfree(prq);
}

/* Their devices have forgotten them, and may use their indices anew. */
static void forget_groups(struct vtd_prq *prq)
{
	struct vtd_prq_source *source;
	unsigned long sid;

	xa_for_each(&prq->sources, sid, source)
		vtd_source_forget_groups(source);
}

/**
 * vtd_prq_start() - the unit takes page requests
 * @unit: the unit, with a queue; it does not translate, or no context entry allows
 *	page requests yet
 *
 * After sleep nothing is left of what devices asked for before: no answer to that is
 * sent any more, and what was not complete never will be. Somebody who was taking
 * requests when the machine went to sleep finds that out before the next one.
 *
 * Context: boot, hot plug, resume; safe with interrupts off.
 */
void vtd_prq_start(struct vtd_unit *unit)
{
	struct vtd_prq *prq = unit->prq;

	forget_groups(prq);
	WRITE_ONCE(prq->restarted, true);
	vtd_write64(unit, VTD_PQH, 0);
	vtd_write64(unit, VTD_PQT, 0);
	vtd_write64(unit, VTD_PQA, virt_to_phys(prq->ring) |
				   FIELD_PREP(VTD_PQA_PQS, VTD_PRQ_ORDER));
	vtd_write32(unit, VTD_PRS, VTD_PRS_PPR | VTD_PRS_PRO);
}

/**
 * vtd_prq_stop() - the ring belongs to us again
 * @unit: the unit, with a queue; it does not translate, or no context entry allows
 *	page requests any more
 *
 * What is in the ring is lost.
 *
 * Context: as vtd_prq_start().
 */
void vtd_prq_stop(struct vtd_unit *unit)
{
	WRITE_ONCE(unit->prq->restarted, true);
	vtd_write64(unit, VTD_PQH, 0);
	vtd_write64(unit, VTD_PQT, 0);
	vtd_write64(unit, VTD_PQA, 0);
}

/**
 * vtd_prq_quiet() - the unit is about to be left to sleep, or to another kernel
 * @unit: any unit
 *
 * Context: interrupts off, or shutdown.
 */
void vtd_prq_quiet(struct vtd_unit *unit)
{
	/* Where translation stays on, context entries may let requests pass. */
	if (unit->prq && !vtd_unit_translates(unit))
		vtd_prq_stop(unit);
}

/* Copies up to a batch, and gives the slots back before anything is done. */
static unsigned int fetch_locked(struct vtd_unit *unit, u32 tail)
{
	struct vtd_prq *prq = unit->prq;
	unsigned int n;

	lockdep_assert_held(&prq->lock);
	/* The machine goes to sleep before or after this, not meanwhile. */
	guard(preempt)();
	if (READ_ONCE(prq->restarted))
		return 0;
	for (n = 0; n < VTD_PRQ_BATCH && prq->head != tail; n++) {
		memcpy(&prq->batch[n], prq->ring + prq->head, sizeof(prq->batch[n]));
		prq->head = (prq->head + sizeof(prq->batch[n])) % RING_BYTES;
	}
	if (n)
		vtd_write64(unit, VTD_PQH, prq->head);
	return n;
}

static void begin_anew_locked(struct vtd_prq *prq)
{
	struct vtd_prq_source *source;
	unsigned long sid;

	lockdep_assert_held(&prq->lock);
	if (!xchg(&prq->restarted, false))
		return;
	prq->head = 0;
	xa_for_each(&prq->sources, sid, source)
		vtd_source_forget(source);
}

/* All that is there now, and no more: others may send without end. */
static unsigned int take_locked(struct vtd_unit *unit)
{
	struct vtd_prq *prq = unit->prq;
	unsigned int i, n, total = 0;
	u32 tail;
	u64 raw;

	lockdep_assert_held(&prq->lock);
	begin_anew_locked(prq);
	raw = vtd_read64(unit, VTD_PQT);
	/* A unit that is gone reads as all ones. */
	if (raw == ~0ULL)
		return 0;
	prq->round++;
	tail = (raw & VTD_PQ_OFFSET) % RING_BYTES;
	/* The requests are read after the tail. */
	dma_rmb();
	while ((n = fetch_locked(unit, tail))) {
		for (i = 0; i < n; i++)
			prq->ops->request(unit, &prq->batch[i]);
		total += n;
	}
	prq->taken += total;
	return total;
}

/*
 * While the overflow stands nothing is added, so one look at the tail sees all. Only
 * then the unit may go on, at a ring that is empty.
 */
static bool handle_overflow_locked(struct vtd_unit *unit, unsigned int *total)
{
	struct vtd_prq *prq = unit->prq;
	u32 status = vtd_read32(unit, VTD_PRS);

	lockdep_assert_held(&prq->lock);
	if (status == ~0U || !(status & VTD_PRS_PRO))
		return false;
	*total += take_locked(unit);
	prq->overflows++;
	prq->ops->overflow(unit);
	vtd_write32(unit, VTD_PRS, VTD_PRS_PRO);
	return true;
}

/**
 * vtd_prq_service() - take the requests that are there
 * @unit: the unit, with a queue
 *
 * PPR goes before the tail is read: a request that comes after that raises the
 * event again.
 *
 * Context: may sleep.
 * Return: how many there were, one more for a loss of requests. If not 0, there may
 * be more.
 */
unsigned int vtd_prq_service(struct vtd_unit *unit)
{
	unsigned int total;

	guard(mutex)(&unit->prq->lock);
	vtd_write32(unit, VTD_PRS, VTD_PRS_PPR);
	total = take_locked(unit);
	if (handle_overflow_locked(unit, &total))
		total++;
	return total;
}

/**
 * vtd_prq_catch_up() - all requests that the unit has added before have been seen
 * @unit: the unit, with a queue
 *
 * Nobody is in the middle of one of them when it returns. Takes as long as a ring
 * full of requests, whoever sends more.
 *
 * Context: may sleep.
 * Return: true if requests were lost, so that a drain has to be done once more.
 */
bool vtd_prq_catch_up(struct vtd_unit *unit)
{
	unsigned int total;

	guard(mutex)(&unit->prq->lock);
	total = take_locked(unit);
	return handle_overflow_locked(unit, &total);
}

/**
 * vtd_prq_promise() - a device may send page requests from now on
 * @unit: the unit, with a queue
 * @source: of the device; reset and registered
 * @sid: its source id
 * @want: requests that it wants to have outstanding, not 0
 *
 * Context: may sleep.
 * Return: how many it may have; -ENOSPC if the ring is promised to others;
 * -ENOMEM; -EBUSY if the source id is registered.
 */
int vtd_prq_promise(struct vtd_unit *unit, struct vtd_prq_source *source, u16 sid,
		    unsigned int want)
{
	struct vtd_prq *prq = unit->prq;
	unsigned int room;
	int ret;

	guard(mutex)(&prq->lock);
	room = min3(want, VTD_SOURCE_ROOM, VTD_PRQ_PROMISED_MAX - prq->promised);
	if (!room)
		return -ENOSPC;
	vtd_source_reset(source, sid, room);
	ret = xa_insert(&prq->sources, sid, source, GFP_KERNEL);
	if (ret)
		return ret;
	prq->promised += room;
	return room;
}

/**
 * vtd_prq_retract() - undo vtd_prq_promise()
 * @unit: the unit
 * @source: a device that sends no page requests any more
 *
 * Nobody handles a request of it when this returns.
 *
 * Context: may sleep.
 */
void vtd_prq_retract(struct vtd_unit *unit, struct vtd_prq_source *source)
{
	struct vtd_prq *prq = unit->prq;

	guard(mutex)(&prq->lock);
	xa_erase(&prq->sources, source->sid);
	prq->promised -= source->room;
}
