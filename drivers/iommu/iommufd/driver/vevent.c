// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events of the hardware for a guest.
 *
 * Built into the kernel with the IOMMU drivers: see driver/viommu.c. Reading
 * what is queued here is in event/vevent.c.
 *
 * Locks: veventqs_rwsem of the vIOMMU, outside of the queue's lock.
 */
#include <linux/iommufd.h>
#include <linux/limits.h>
#include <linux/lockdep.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../event/vevent.h"

static struct veventq *veventq_of_type_locked(struct iommufd_viommu *viommu,
					      enum iommu_veventq_type type)
{
	struct veventq *queue;

	lockdep_assert_held(&viommu->veventqs_rwsem);
	list_for_each_entry(queue, &viommu->veventqs, item) {
		if (queue->type == type)
			return queue;
	}
	return NULL;
}

static bool veventq_has_room(struct veventq *queue)
{
	guard(spinlock)(&queue->lock);
	return queue->held < queue->depth;
}

static struct vevent *vevent_new(struct veventq *queue, const void *event_data,
				 size_t data_len)
{
	struct vevent *event;

	event = event_file_zalloc(&queue->file,
				  struct_size(event, data, data_len));
	if (!event)
		return NULL;
	INIT_LIST_HEAD(&event->item);
	event->len = data_len;
	memcpy(event->data, event_data, data_len);
	return event;
}

/* Return: @event if there is no room for it, to be freed. */
static struct vevent *veventq_push(struct veventq *queue, struct vevent *event)
{
	struct vevent *entry;

	guard(spinlock)(&queue->lock);

	if (event && queue->held < queue->depth) {
		entry = event;
		event = NULL;
		queue->held++;
	} else {
		entry = &queue->lost;
	}
	list_del_init(&queue->lost.item);
	entry->header.sequence = queue->sequence;
	list_add_tail(&entry->item, &queue->queued);
	queue->sequence = queue->sequence == INT_MAX ? 0 : queue->sequence + 1;
	return event;
}

/**
 * iommufd_viommu_report_event() - hand an event of the hardware to the guest
 * @viommu: virtual IOMMU the event belongs to
 * @type: type of queue it goes to
 * @event_data: the event
 * @data_len: bytes of it
 *
 * A full queue drops the event, which user space is told. The memory of the
 * event counts for the cgroup of who made the queue; at its limit the event is
 * dropped as well.
 *
 * Context: may sleep.
 * Return: 0, or EINVAL: the event is empty; EOPNOTSUPP: user space has no
 * queue of this type; ENOMEM: dropped for lack of memory.
 */
int iommufd_viommu_report_event(struct iommufd_viommu *viommu,
				enum iommu_veventq_type type, void *event_data,
				size_t data_len)
{
	struct vevent *event = NULL;
	struct veventq *queue;
	int rc = 0;

	if (WARN_ON_ONCE(!event_data || !data_len))
		return -EINVAL;

	guard(rwsem_read)(&viommu->veventqs_rwsem);

	queue = veventq_of_type_locked(viommu, type);
	if (!queue)
		return -EOPNOTSUPP;
	if (veventq_has_room(queue)) {
		event = vevent_new(queue, event_data, data_len);
		if (!event)
			rc = -ENOMEM;
	}
	kfree(veventq_push(queue, event));
	event_file_wake(&queue->file);
	return rc;
}
EXPORT_SYMBOL_NS_GPL(iommufd_viommu_report_event, "IOMMUFD");
