/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events on their way to a guest.
 */
#ifndef VTD_GUEST_EVENTS_H
#define VTD_GUEST_EVENTS_H

#include <linux/irq_work.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <uapi/linux/iommufd_vtd.h>

struct iommufd_viommu;

#define VTD_GUEST_EVENTS	64
/* So many places no fault takes: a device that makes many must not hide that it failed. */
#define VTD_GUEST_EVENTS_KEPT	16

/**
 * struct vtd_guest_events - events that user space has not been given yet
 * @viommu: whose they are
 * @lock: guards what follows up to @ring
 * @first: the oldest event in @ring
 * @n: how many there are
 * @lost: events that found no room since the last one that did
 * @ring: the events
 * @kick: starts @work from any context
 * @work: hands them to iommufd
 *
 * An event comes where faults are reported and devices are cut off: nothing is
 * allocated and nobody is waited for there.
 */
struct vtd_guest_events {
	struct iommufd_viommu *viommu;
	raw_spinlock_t lock;	/* first, n, lost, ring */
	unsigned int first;
	unsigned int n;
	u32 lost;
	struct iommu_vevent_vtd ring[VTD_GUEST_EVENTS];
	struct irq_work kick;
	struct work_struct work;
};

void vtd_guest_events_init(struct vtd_guest_events *events,
			   struct iommufd_viommu *viommu);
void vtd_guest_events_end(struct vtd_guest_events *events);
void vtd_guest_events_push(struct vtd_guest_events *events,
			   const struct iommu_vevent_vtd *event);
bool vtd_guest_events_pop(struct vtd_guest_events *events,
			  struct iommu_vevent_vtd *event);

#endif
