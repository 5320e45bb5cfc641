/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page request queue of a unit: what devices ask for that is not mapped.
 *
 *   PQH                       PQT
 *    │ request │ request │ …   │   free, one slot always
 *
 * The unit adds requests at the tail, we take them from the head. Whoever may have
 * requests outstanding has been promised room for them (vtd_prq_promise()), so the
 * ring is full only if a device breaks the rules.
 */
#ifndef __VTD_QUEUE_PRQ_H
#define __VTD_QUEUE_PRQ_H

#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/xarray.h>

#include "../hw/prq_layout.h"
#include "source.h"

struct iopf_queue;
struct vtd_unit;

/* 2^order pages of 128 requests each */
#define VTD_PRQ_ORDER		5
#define VTD_PRQ_ENTRIES		(128U << VTD_PRQ_ORDER)
/* Stop markers need room too, and nobody counts them. */
#define VTD_PRQ_PROMISED_MAX	(VTD_PRQ_ENTRIES / 2)
#define VTD_PRQ_BATCH		32

/**
 * struct vtd_prq_ops - what is done with requests
 * @request: one request; @raw is a copy
 * @overflow: requests were lost; all that came before have been seen
 *
 * Called under vtd_prq.lock; may sleep.
 */
struct vtd_prq_ops {
	void (*request)(struct vtd_unit *unit, const struct vtd_page_request *raw);
	void (*overflow)(struct vtd_unit *unit);
};

/**
 * struct vtd_prq - the page request queue of a unit
 * @ring: requests; constant
 * @ops: what is done with them; constant
 * @iopf: the core's queue of the devices behind the unit; constant
 * @restarted: the ring is empty and begins anew, whatever @head says
 * @lock: one at a time takes requests; guards what follows, and most of struct
 *	vtd_prq_source. Nobody who holds it waits for a group's lock
 * @sources: struct vtd_prq_source by source id
 * @promised: requests that the sources may have outstanding, all together
 * @head: byte offset of the next request
 * @batch: requests that were taken
 * @set: the group that is being handled
 * @round: looks at the tail
 * @taken: requests so far
 * @overflows: how often requests were lost
 *
 * Lock order: the group's lock (core) -> vtd_domain.lock -> @lock -> iopf_queue.lock
 * -> iommu_fault_param.lock -> vtd_prq_source.lock; @lock -> vtd_requester.lock.
 */
struct vtd_prq {
	void *ring;
	const struct vtd_prq_ops *ops;
	struct iopf_queue *iopf;
	bool restarted;

	struct mutex lock;	/* what follows */
	struct xarray sources;
	unsigned int promised;
	u32 head;
	struct vtd_page_request batch[VTD_PRQ_BATCH];
	struct vtd_prq_set set;
	u64 round;
	u64 taken;
	u64 overflows;
};

int vtd_prq_create(struct vtd_unit *unit, const struct vtd_prq_ops *ops);
void vtd_prq_destroy(struct vtd_unit *unit);
void vtd_prq_start(struct vtd_unit *unit);
void vtd_prq_stop(struct vtd_unit *unit);
void vtd_prq_quiet(struct vtd_unit *unit);

unsigned int vtd_prq_service(struct vtd_unit *unit);
bool vtd_prq_catch_up(struct vtd_unit *unit);

int vtd_prq_promise(struct vtd_unit *unit, struct vtd_prq_source *source, u16 sid,
		    unsigned int want);
void vtd_prq_retract(struct vtd_unit *unit, struct vtd_prq_source *source);

#endif
