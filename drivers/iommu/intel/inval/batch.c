// SPDX-License-Identifier: GPL-2.0-only
/*
 * Collecting descriptors for one submission.
 *
 * Owns: the buffer on the caller's stack.
 * Locks: none.
 * Calls: queue/.
 */
#include <linux/pci.h>

#include "../queue/queue.h"
#include "../unit/unit.h"
#include "batch.h"
#include "tag.h"

/**
 * vtd_batch_submit() - carry out what a batch has
 * @batch: the batch, not empty; it is empty afterwards and keeps its first error
 *
 * Context: any but NMI.
 */
void vtd_batch_submit(struct vtd_batch *batch)
{
	struct vtd_queue_error error __uninitialized;
	int ret = vtd_queue_submit(batch->unit, batch->desc, batch->n, batch->flags,
				   &error);

	if (unlikely(ret)) {
		batch->ret = batch->ret ?: ret;
		batch->incomplete |= error.unit;
	}
	batch->n = 0;
}

/**
 * vtd_devtlb_answers() - can the cache of a device be invalidated now?
 * @unit: the unit in front of the device
 * @devtlb: the cache
 *
 * A device that was pulled out or has no power does not answer, and everybody would
 * wait for it. When it comes back its cache is empty. A device that was cut off reaches
 * no memory, whatever its cache holds. Only fields in memory are read here; the queue
 * finds out that a link is down, when a wait takes too long.
 *
 * Context: any.
 * Return: true if an invalidation may be sent.
 */
bool vtd_devtlb_answers(const struct vtd_unit *unit, const struct vtd_devtlb *devtlb)
{
	const struct pci_dev *pdev = to_pci_dev(devtlb->dev);

	return READ_ONCE(unit->translating) && !vtd_devtlb_is_cut(devtlb) &&
	       !pci_dev_is_disconnected(pdev) &&
	       READ_ONCE(pdev->current_state) != PCI_D3cold;
}
