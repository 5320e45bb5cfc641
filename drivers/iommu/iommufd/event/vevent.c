// SPDX-License-Identifier: GPL-2.0-only
/*
 * IOMMU_VEVENTQ_ALLOC, and reading virtual events.
 *
 * Owns: struct veventq. Events are queued by driver/vevent.c, which is built
 *	in with the IOMMU drivers.
 * Locks: veventqs_rwsem of the vIOMMU, outside of the queue's lock.
 */
#include <linux/iommufd.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "vevent.h"

#define VEVENTQ_DEPTH_MAX SZ_512K

static_assert(offsetof(struct vevent, data) ==
	      offsetofend(struct vevent, header));

static struct veventq *file_to_veventq(struct event_file *file)
{
	return container_of(file, struct veventq, file);
}

static int vevent_check_count(size_t count)
{
	return count < sizeof(struct iommufd_vevent_header) ? -EINVAL : 0;
}

static bool vevent_readable(struct event_file *file)
{
	return !list_empty(&file_to_veventq(file)->queued);
}

/* The marker may be queued again while it is copied: hand a copy out. */
static void vevent_take_lost_locked(struct veventq *queue,
				    struct event_record *record)
{
	lockdep_assert_held(&queue->lock);
	record->event = NULL;
	record->header = queue->lost.header;
	record->data = &record->header;
	record->nbytes = sizeof(record->header);
}

static int vevent_take(struct event_file *file, size_t room,
		       struct event_record *record)
{
	struct veventq *queue = file_to_veventq(file);
	struct vevent *event;

	guard(spinlock)(&queue->lock);

	event = list_first_entry_or_null(&queue->queued, struct vevent, item);
	if (!event)
		return 0;
	if (sizeof(event->header) + event->len > room)
		return -EINVAL;

	list_del_init(&event->item);
	if (event == &queue->lost) {
		vevent_take_lost_locked(queue, record);
		return 1;
	}
	record->event = event;
	record->data = &event->header;
	record->nbytes = sizeof(event->header) + event->len;
	return 1;
}

static void vevent_done(struct event_file *file, struct event_record *record)
{
	struct veventq *queue = file_to_veventq(file);

	if (!record->event)
		return;
	scoped_guard(spinlock, &queue->lock)
		queue->held--;
	kfree(record->event);
}

static void vevent_restore(struct event_file *file,
			   struct event_record *record)
{
	struct veventq *queue = file_to_veventq(file);
	struct vevent *event = record->event;

	guard(spinlock)(&queue->lock);
	if (event) {
		list_add(&event->item, &queue->queued);
		return;
	}
	/* what came since shows the loss by its numbers, or is a newer marker */
	if (list_empty(&queue->queued))
		list_add(&queue->lost.item, &queue->queued);
}

static const struct event_file_ops vevent_file_ops = {
	.check_count = vevent_check_count,
	.readable = vevent_readable,
	.take = vevent_take,
	.done = vevent_done,
	.restore = vevent_restore,
};

static const struct file_operations vevent_fops = {
	.owner = THIS_MODULE,
	.read = event_file_read,
	.poll = event_file_poll,
	.release = event_file_release,
};

static void veventq_object_destroy(struct iommufd_object *obj)
{
	struct veventq *queue = to_veventq(obj);
	struct vevent *event, *next;

	/* no driver sees it from here on */
	scoped_guard(rwsem_write, &queue->viommu->veventqs_rwsem)
		list_del(&queue->item);
	list_for_each_entry_safe(event, next, &queue->queued, item) {
		if (event != &queue->lost)
			kfree(event);
	}
	event_file_destroy(&queue->file);
	iommufd_object_release(&queue->viommu->obj);
}

const struct iommufd_object_ops iommufd_veventq_object_ops = {
	.type = IOMMUFD_OBJ_VEVENTQ,
	.name = "veventq",
	.destroy = veventq_object_destroy,
};

static int veventq_check(struct iommufd_ucmd *ucmd)
{
	struct iommu_veventq_alloc *cmd = ucmd->cmd;

	if (cmd->flags)
		return iommufd_reject(ucmd, "flags", "no flag is defined",
				      -EOPNOTSUPP);
	if (cmd->__reserved)
		return iommufd_reject_reserved(ucmd);
	if (cmd->type == IOMMU_VEVENTQ_TYPE_DEFAULT)
		return iommufd_reject(ucmd, "type", "a type has to be chosen",
				      -EOPNOTSUPP);
	if (!cmd->veventq_depth || cmd->veventq_depth > VEVENTQ_DEPTH_MAX)
		return iommufd_refuse(&ucmd->why, "veventq_depth",
				      "must be from 1 to 2^19",
				      cmd->veventq_depth, -EINVAL);
	return 0;
}

/* One queue of a type, so that a driver need not choose. */
static int veventq_join(struct iommufd_ucmd *ucmd, struct veventq *queue)
{
	struct iommufd_viommu *viommu = queue->viommu;
	struct veventq *other;

	guard(rwsem_write)(&viommu->veventqs_rwsem);

	list_for_each_entry(other, &viommu->veventqs, item) {
		if (other->type == queue->type)
			return iommufd_refuse(&ucmd->why, "type",
					      "the vIOMMU has a queue of this type (value: its id)",
					      other->file.obj.id, -EEXIST);
	}
	if (!iommufd_object_hold(&viommu->obj))
		return iommufd_refuse(&ucmd->why, "viommu_id",
				      "the vIOMMU is being destroyed",
				      viommu->obj.id, -ENOENT);
	list_add_tail(&queue->item, &viommu->veventqs);
	return 0;
}

static struct veventq *veventq_new(struct iommufd_ucmd *ucmd,
				   struct iommufd_viommu *viommu)
{
	struct iommu_veventq_alloc *cmd = ucmd->cmd;
	struct veventq *queue;
	int rc;

	queue = iommufd_object_new(ucmd->ictx, queue, file.obj,
				   IOMMUFD_OBJ_VEVENTQ);
	if (IS_ERR(queue))
		return queue;
	event_file_init(&queue->file, ucmd->ictx, &vevent_file_ops);
	queue->viommu = viommu;
	queue->type = cmd->type;
	queue->depth = cmd->veventq_depth;
	spin_lock_init(&queue->lock);
	INIT_LIST_HEAD(&queue->queued);
	INIT_LIST_HEAD(&queue->lost.item);
	queue->lost.header.flags = IOMMU_VEVENTQ_FLAG_LOST_EVENTS;

	rc = veventq_join(ucmd, queue);
	if (rc) {
		event_file_destroy(&queue->file);
		iommufd_object_abort(ucmd->ictx, &queue->file.obj);
		return ERR_PTR(rc);
	}
	return queue;
}

/**
 * iommufd_veventq_alloc_ioctl() - IOMMU_VEVENTQ_ALLOC
 * @ucmd: the ioctl
 *
 * Context: may sleep.
 * Return: 0 with the queue as the ioctl's new object, or
 * EOPNOTSUPP: flags, the reserved field, no type;
 * EINVAL: the depth; ENOENT: no such vIOMMU;
 * EEXIST: it has a queue of this type; EMFILE, ENFILE, ENOMEM, EFAULT.
 */
int iommufd_veventq_alloc_ioctl(struct iommufd_ucmd *ucmd)
{
	struct iommu_veventq_alloc *cmd = ucmd->cmd;
	const struct event_file_open open = {
		.name = "[iommufd-viommu-event]",
		.fops = &vevent_fops,
		.out_fd = &cmd->out_veventq_fd,
	};
	struct veventq *queue;
	int rc;

	rc = veventq_check(ucmd);
	if (rc)
		return rc;

	struct iommufd_object *viommu __free(iommufd_put) =
		iommufd_ucmd_get(ucmd, "viommu_id", cmd->viommu_id,
				 IOMMUFD_OBJ_VIOMMU);
	if (IS_ERR(viommu))
		return PTR_ERR(viommu);
	queue = veventq_new(ucmd, container_of(viommu, struct iommufd_viommu,
					       obj));
	if (IS_ERR(queue))
		return PTR_ERR(queue);

	/* from here on a failure makes the dispatcher destroy it */
	ucmd->new_obj = &queue->file.obj;
	cmd->out_veventq_id = queue->file.obj.id;
	return event_file_answer(&queue->file, ucmd, &open);
}
