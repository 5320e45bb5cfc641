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

/**
 * vtd_batch_submit() - carry out what a batch has
 * @batch: the batch, not empty; it is empty afterwards and keeps its first error
 *
 * Context: any but NMI.
 */
void vtd_batch_submit(struct vtd_batch *batch)
{
	int ret = vtd_queue_submit(batch->unit, batch->desc, batch->n, batch->flags,
				   NULL);

	if (ret && !batch->ret)
		batch->ret = ret;
	batch->n = 0;
}
