// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices that did not answer a device TLB invalidation.
 *
 * Each unanswered request stops the queue for as long as the unit is patient,
 * for everybody. So a device gets one chance until somebody resets it.
 *
 * Locks: vtd_queue.lock.
 */
#include <linux/bitmap.h>
#include <linux/pci.h>

#include "../unit/unit.h"
#include "ring.h"

/* Returns whether the device is new there. */
bool vtd_quarantine_add_locked(struct vtd_queue *queue, u16 sid)
{
	lockdep_assert_held(&queue->lock);
	if (__test_and_set_bit(sid, queue->quarantine))
		return false;
	queue->nquarantined++;
	vtd_err(queue->unit, "device %04x:%02x:%02x.%d does not answer device TLB invalidations; it gets no more until it is reset\n",
		queue->unit->segment, PCI_BUS_NUM(sid), PCI_SLOT(sid),
		PCI_FUNC(sid));
	return true;
}

bool vtd_queue_quarantined(struct vtd_unit *unit, u16 sid)
{
	struct vtd_queue *queue = unit->queue;

	return queue && queue->quarantine && test_bit(sid, queue->quarantine);
}

void vtd_queue_quarantine(struct vtd_unit *unit, u16 sid)
{
	struct vtd_queue *queue = unit->queue;

	if (!queue || !queue->quarantine)
		return;
	guard(raw_spinlock_irqsave)(&queue->lock);
	vtd_quarantine_add_locked(queue, sid);
}

void vtd_queue_release(struct vtd_unit *unit, u16 sid)
{
	struct vtd_queue *queue = unit->queue;

	if (!queue || !queue->quarantine)
		return;
	guard(raw_spinlock_irqsave)(&queue->lock);
	if (__test_and_clear_bit(sid, queue->quarantine))
		queue->nquarantined--;
}
