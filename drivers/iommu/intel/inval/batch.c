// SPDX-License-Identifier: GPL-2.0-only
/*
 * Collecting descriptors for one submission.
 *
 * Owns: the buffer on the caller's stack.
 * Locks: none.
 * Calls: queue/.
 */
#include "../queue/queue.h"
#include "../unit/unit.h"
#include "batch.h"

static void submit(struct vtd_batch *batch)
{
	int ret;

	if (!batch->n)
		return;
	ret = vtd_queue_submit(batch->unit, batch->desc, batch->n, 0, NULL);
	if (ret && !batch->ret)
		batch->ret = ret;
	batch->n = 0;
}

/**
 * vtd_batch_add() - add a descriptor
 * @batch: the batch
 * @desc: the descriptor
 *
 * A full batch is carried out at once, which keeps the order.
 *
 * Context: any but NMI.
 */
void vtd_batch_add(struct vtd_batch *batch, struct vtd_desc desc)
{
	if (batch->n == VTD_BATCH_MAX)
		submit(batch);
	batch->desc[batch->n++] = desc;
}

/**
 * vtd_batch_finish() - carry out what is left, and wait for it
 * @batch: the batch; it can be started again afterwards
 *
 * Context: any but NMI.
 * Return: 0, or the first error: see vtd_queue_submit().
 */
int vtd_batch_finish(struct vtd_batch *batch)
{
	submit(batch);
	return batch->ret;
}
