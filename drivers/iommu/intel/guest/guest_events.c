// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events on their way to a guest: a ring that takes them in any context, and work that
 * hands them to iommufd, which may sleep.
 *
 * Owns: struct vtd_guest_events.
 * Locks: vtd_guest_events.lock, innermost.
 */
#include <linux/cleanup.h>
#include <linux/iommufd.h>

#include "../mutant.h"
#include "guest_events.h"

/**
 * vtd_guest_events_push() - an event for the guest
 * @events: where it goes
 * @event: the event; its "lost" does not count
 *
 * When there is no room the new event is dropped, and counted.
 *
 * Context: any but NMI.
 */
void vtd_guest_events_push(struct vtd_guest_events *events,
			   const struct iommu_vevent_vtd *event)
{
	unsigned int room = VTD_GUEST_EVENTS;
	struct iommu_vevent_vtd *slot;

	if (event->kind == IOMMU_VEVENT_VTD_FAULT)
		room -= VTD_GUEST_EVENTS_KEPT;
	scoped_guard(raw_spinlock_irqsave, &events->lock) {
		if (events->n >= room) {
			events->lost += !vtd_mutant(VTD_MUTANT_GUEST_LOST);
			return;
		}
		slot = &events->ring[(events->first + events->n++) % VTD_GUEST_EVENTS];
		*slot = *event;
		slot->lost = events->lost;
		events->lost = 0;
	}
	irq_work_queue(&events->kick);
}

/**
 * vtd_guest_events_pop() - take the oldest event
 * @events: where from
 * @event: filled with it
 *
 * Context: any but NMI.
 * Return: true if there was one.
 */
bool vtd_guest_events_pop(struct vtd_guest_events *events,
			  struct iommu_vevent_vtd *event)
{
	guard(raw_spinlock_irqsave)(&events->lock);
	if (!events->n)
		return false;
	*event = events->ring[events->first];
	events->first = (events->first + 1) % VTD_GUEST_EVENTS;
	events->n--;
	return true;
}

/* Without a queue of user space they go nowhere. One that is full marks the loss. */
static void event_deliver(struct work_struct *work)
{
	struct vtd_guest_events *events =
		container_of(work, struct vtd_guest_events, work);
	struct iommu_vevent_vtd event;

	while (vtd_guest_events_pop(events, &event)) {
		iommufd_viommu_report_event(events->viommu, IOMMU_VEVENTQ_TYPE_VTD,
					    &event, sizeof(event));
		cond_resched();
	}
}

static void event_kick(struct irq_work *work)
{
	struct vtd_guest_events *events =
		container_of(work, struct vtd_guest_events, kick);

	queue_work(system_unbound_wq, &events->work);
}

/**
 * vtd_guest_events_init() - no event yet
 * @events: zeroed memory
 * @viommu: whose events they will be
 */
void vtd_guest_events_init(struct vtd_guest_events *events,
			   struct iommufd_viommu *viommu)
{
	events->viommu = viommu;
	raw_spin_lock_init(&events->lock);
	init_irq_work(&events->kick, event_kick);
	INIT_WORK(&events->work, event_deliver);
}

/**
 * vtd_guest_events_end() - nothing is delivered any more
 * @events: nobody pushes into it any more
 *
 * Context: may sleep.
 */
void vtd_guest_events_end(struct vtd_guest_events *events)
{
	irq_work_sync(&events->kick);
	cancel_work_sync(&events->work);
}
