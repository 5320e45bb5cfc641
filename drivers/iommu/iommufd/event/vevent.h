/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual event queues: events of the hardware that belong to a guest.
 *
 *	viommu --(veventqs)--> veventq: event, event, ..., lost marker
 *	   ^                      |
 *	   +----- depends --------+
 *
 * Every event that is reported takes a sequence number. What does not fit is
 * dropped, and the marker, which is always the last entry, carries the number
 * of the newest that was: a later event shows the loss by its number alone.
 */
#ifndef __IOMMUFD_EVENT_VEVENT_H
#define __IOMMUFD_EVENT_VEVENT_H

#include <linux/iommufd.h>
#include <linux/list.h>
#include <linux/spinlock.h>

#include "file.h"

/**
 * struct vevent - an entry of a virtual event queue
 * @item: on &veventq.queued, or empty
 * @len: bytes of @data; constant, 0 for the lost marker
 * @header: read by user space, followed at once by
 * @data: what the driver said
 */
struct vevent {
	struct list_head item;
	size_t len;
	struct iommufd_vevent_header header;
	u8 data[];
};

/**
 * struct veventq - a virtual event queue
 * @file: id and file
 * @viommu: whose events; constant, one dependency
 * @item: on &iommufd_viommu.veventqs under its veventqs_rwsem
 * @type: what the data is; constant
 * @depth: most events to keep; constant
 * @lock: guards what follows; innermost
 * @sequence: number of the next event
 * @held: events that count for @depth: queued, or being read
 * @queued: struct vevent, the oldest first
 * @lost: the lost marker; the last one on @queued, or on no list
 */
struct veventq {
	struct event_file file;
	struct iommufd_viommu *viommu;
	struct list_head item;
	enum iommu_veventq_type type;
	u32 depth;

	spinlock_t lock;	/* guards the fields below */
	u32 sequence;
	u32 held;
	struct list_head queued;
	struct vevent lost;
};

static inline struct veventq *to_veventq(struct iommufd_object *obj)
{
	return container_of(obj, struct veventq, file.obj);
}

extern const struct iommufd_object_ops iommufd_veventq_object_ops;

/* handler */
int iommufd_veventq_alloc_ioctl(struct iommufd_ucmd *ucmd);

#endif
