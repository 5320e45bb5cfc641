/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Descriptors that go to one unit together.
 *
 * One submission has one wait, so a caller collects what belongs together. The
 * order in which descriptors are added is the order in which the unit sees them:
 * context, PASID cache, IOTLB, device TLB.
 */
#ifndef VTD_INVAL_BATCH_H
#define VTD_INVAL_BATCH_H

#include "../hw/qi.h"

struct vtd_devtlb;
struct vtd_unit;

#define VTD_BATCH_MAX		16

/**
 * struct vtd_batch - a submission in the making, on the caller's stack
 * @unit: where it goes
 * @n: descriptors so far
 * @flags: VTD_SUBMIT_*
 * @ret: first error of what was submitted already
 * @incomplete: not only devices did not answer: the unit has not done its part
 * @desc: the descriptors
 *
 * To be declared __uninitialized: zeroing half a kilobyte on each unmap costs
 * more than the rest of a flush.
 */
struct vtd_batch {
	struct vtd_unit *unit;
	unsigned int n;
	unsigned int flags;
	int ret;
	bool incomplete;
	struct vtd_desc desc[VTD_BATCH_MAX];
};

static inline void vtd_batch_start(struct vtd_batch *batch, struct vtd_unit *unit)
{
	batch->unit = unit;
	batch->n = 0;
	batch->flags = 0;
	batch->ret = 0;
	batch->incomplete = false;
}

void vtd_batch_submit(struct vtd_batch *batch);
bool vtd_devtlb_answers(const struct vtd_unit *unit, const struct vtd_devtlb *devtlb);

/**
 * vtd_batch_add() - add a descriptor
 * @batch: the batch
 * @desc: the descriptor
 *
 * A full batch is carried out at once, which keeps the order.
 *
 * Context: any but NMI.
 */
static inline void vtd_batch_add(struct vtd_batch *batch, struct vtd_desc desc)
{
	if (unlikely(batch->n == VTD_BATCH_MAX))
		vtd_batch_submit(batch);
	batch->desc[batch->n++] = desc;
}

/**
 * vtd_batch_finish() - carry out what is left, and wait for it
 * @batch: the batch; it can be started again afterwards
 *
 * Context: any but NMI.
 * Return: 0, or the first error: see vtd_queue_submit().
 */
static inline int vtd_batch_finish(struct vtd_batch *batch)
{
	if (batch->n)
		vtd_batch_submit(batch);
	return batch->ret;
}

#endif
