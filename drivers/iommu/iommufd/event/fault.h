/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fault queues: page faults of devices that user space resolves.
 *
 *	iommu core: group of faults --push--> queued --read--> waiting
 *	                ^                        |                |
 *	                +---- response ----------+----------------+
 *	                      detach, close: INVALID           write
 *
 * A group is answered exactly once. It cannot be answered after the device has
 * left its translation: a detach answers what is pending and waits for answers
 * that are being given.
 */
#ifndef __IOMMUFD_EVENT_FAULT_H
#define __IOMMUFD_EVENT_FAULT_H

#include <linux/iommu.h>
#include <linux/iommufd.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/xarray.h>

#include "file.h"

/**
 * struct fault_queue - a fault queue
 * @file: id and file; a fault-capable hwpt holds a dependency
 * @answer_lock: a group leaves @queued and @waiting only under it, and is
 *	answered before it is dropped; outside of @lock and of the core's
 *	fault lock of a device
 * @waiting: read, not answered: cookie -> struct fault_event; under
 *	@answer_lock
 * @next_cookie: where to look for a free cookie; under @answer_lock
 * @pool: memory of what is on @spare; constant
 * @lock: guards what follows; innermost
 * @spare: struct fault_event, for when there is no memory
 * @queued: struct fault_event, not read yet
 * @nqueued: number of @queued
 * @nheld: groups that were not answered yet, read or not
 * @ngroups: groups that came in so far
 * @nrefused: groups that were answered at once, for want of a reader or of room
 * @closed: nobody can answer any more: new groups are answered at once
 */
struct fault_queue {
	struct event_file file;

	struct mutex answer_lock;	/* a group is answered once */
	struct xarray waiting;
	u32 next_cookie;

	void *pool;
	spinlock_t lock;	/* guards the fields below */
	struct list_head spare;
	struct list_head queued;
	unsigned int nqueued;
	unsigned int nheld;
	u64 ngroups;
	u64 nrefused;
	bool closed;
};

/**
 * struct fault_source - where a pending group came from
 * @handle: the attachment
 * @dev: the device, or NULL: any
 */
struct fault_source {
	const struct iommu_attach_handle *handle;
	struct device *dev;
};

/**
 * struct fault_queue_state - numbers for people
 * @ngroups: groups that came in so far
 * @nqueued: groups that were not read yet
 * @nwaiting: groups that were read and not answered yet
 * @nrefused: groups that were answered at once, for want of a reader or of room
 */
struct fault_queue_state {
	u64 ngroups;
	unsigned long nqueued;
	unsigned long nwaiting;
	u64 nrefused;
};

static inline struct fault_queue *to_fault_queue(struct iommufd_object *obj)
{
	return container_of(obj, struct fault_queue, file.obj);
}

extern const struct iommufd_object_ops iommufd_fault_object_ops;

int fault_queue_push(struct fault_queue *queue, struct iopf_group *group,
		     u32 dev_id);
void fault_queue_answer(struct fault_queue *queue,
			const struct fault_source *source);

void fault_queue_get_state(struct fault_queue *queue,
			   struct fault_queue_state *state);

/**
 * fault_queue_release() - a hwpt no longer reports faults
 * @queue: its queue, or NULL
 *
 * Context: any.
 */
static inline void fault_queue_release(struct fault_queue *queue)
{
	if (queue)
		iommufd_object_release(&queue->file.obj);
}

/* handler */
int iommufd_fault_alloc_ioctl(struct iommufd_ucmd *ucmd);

#endif
