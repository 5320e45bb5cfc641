// SPDX-License-Identifier: GPL-2.0-only
/*
 * IOMMU_FAULT_QUEUE_ALLOC, and the life of a group of page faults.
 *
 * Owns: struct fault_queue; a struct iopf_group from push to answer.
 * Locks: see &struct fault_queue.
 * Calls: the core's answer to a group, and through it the IOMMU driver.
 */
#include <linux/iommu.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "../object/trace.h"
#include "fault.h"

/**
 * struct fault_event - a group of faults
 * @item: on &fault_queue.queued, or empty
 * @group: the core's group; owned
 * @cookie: name of the group for the answer, once it was read; never 0 then
 * @is_spare: goes back to &fault_queue.spare; constant
 * @nr: records; constant while it has a group
 * @records: as user space reads them, but for the cookie
 */
struct fault_event {
	struct list_head item;
	struct iopf_group *group;
	u32 cookie;
	bool is_spare;
	unsigned int nr;
	struct iommu_hwpt_pgfault records[] __counted_by(nr);
};

/*
 * Groups that are neither answered nor refused. A device has as many requests
 * under way as its page request capability lets it, some hundred mostly; this
 * bounds what devices make the kernel remember for a reader that is slow.
 */
#define FAULT_QUEUE_DEPTH SZ_32K

/*
 * So many groups, with so many records, are remembered when the cgroup of the owner
 * has no memory for more. A device that waits for its page holds up its user anyway.
 */
#define FAULT_SPARES 16
#define FAULT_SPARE_RECORDS 33
#define FAULT_SPARE_SIZE					\
	ALIGN(struct_size_t(struct fault_event, records,	\
			    FAULT_SPARE_RECORDS), sizeof(u64))

/*
 * The structs of the iommu core and of user space name the same things. The
 * bits of a permission have the same values.
 */
static_assert(!(IOMMU_FAULT_PERM_READ ^ IOMMU_PGFAULT_PERM_READ) &&
	      !(IOMMU_FAULT_PERM_WRITE ^ IOMMU_PGFAULT_PERM_WRITE) &&
	      !(IOMMU_FAULT_PERM_EXEC ^ IOMMU_PGFAULT_PERM_EXEC) &&
	      !(IOMMU_FAULT_PERM_PRIV ^ IOMMU_PGFAULT_PERM_PRIV));

static struct fault_queue *to_queue(struct event_file *file)
{
	return container_of(file, struct fault_queue, file);
}

static void fault_fill(struct iommu_hwpt_pgfault *record,
		       const struct iommu_fault_page_request *prm, u32 dev_id)
{
	if (prm->flags & IOMMU_FAULT_PAGE_REQUEST_PASID_VALID) {
		record->flags |= IOMMU_PGFAULT_FLAGS_PASID_VALID;
		record->pasid = prm->pasid;
	}
	if (prm->flags & IOMMU_FAULT_PAGE_REQUEST_LAST_PAGE)
		record->flags |= IOMMU_PGFAULT_FLAGS_LAST_PAGE;
	record->dev_id = dev_id;
	record->grpid = prm->grpid;
	record->perm = prm->perm;
	record->addr = prm->addr;
}

static int fault_make_spares(struct fault_queue *queue)
{
	unsigned int i;

	queue->pool = kvcalloc(FAULT_SPARES, FAULT_SPARE_SIZE,
			       GFP_KERNEL_ACCOUNT);
	if (!queue->pool)
		return -ENOMEM;
	for (i = 0; i < FAULT_SPARES; i++) {
		struct fault_event *event =
			queue->pool + i * FAULT_SPARE_SIZE;

		event->is_spare = true;
		list_add(&event->item, &queue->spare);
	}
	return 0;
}

static struct fault_event *fault_take_spare(struct fault_queue *queue,
					    size_t nr)
{
	struct fault_event *event;

	if (nr > FAULT_SPARE_RECORDS)
		return NULL;
	guard(spinlock)(&queue->lock);
	event = list_first_entry_or_null(&queue->spare, struct fault_event,
					 item);
	if (event)
		list_del(&event->item);
	return event;
}

static void fault_event_free(struct fault_queue *queue,
			     struct fault_event *event)
{
	if (!event->is_spare) {
		kfree(event);
		return;
	}
	memset(event->records, 0, array_size(event->nr, sizeof(event->records[0])));
	event->cookie = 0;
	guard(spinlock)(&queue->lock);
	list_add(&event->item, &queue->spare);
}

static struct fault_event *fault_event_new(struct fault_queue *queue,
					   struct iopf_group *group, u32 dev_id)
{
	struct fault_event *event;
	struct iopf_fault *iopf;
	unsigned int i = 0;

	event = event_file_zalloc(&queue->file,
				  struct_size(event, records,
					      group->fault_count));
	if (!event)
		event = fault_take_spare(queue, group->fault_count);
	if (!event)
		return NULL;
	event->nr = group->fault_count;
	event->group = group;
	INIT_LIST_HEAD(&event->item);
	list_for_each_entry(iopf, &group->faults, list)
		fault_fill(&event->records[i++], &iopf->fault.prm, dev_id);
	return event;
}

/**
 * fault_queue_push() - queue a group of faults for user space
 * @queue: the queue; the attachment that the group came through keeps it
 * @group: the group; owned by the queue on success
 * @dev_id: id of the device in the context
 *
 * Where nobody can answer, or too many wait for an answer already, the group is
 * answered with INVALID at once. What it takes counts for the cgroup of the owner;
 * at its limit a few groups still have their place.
 *
 * Context: may sleep; the caller keeps the attachment until this returns.
 * Return: 0 or ENOMEM: the caller has the group answered.
 */
int fault_queue_push(struct fault_queue *queue, struct iopf_group *group,
		     u32 dev_id)
{
	struct fault_event *event = fault_event_new(queue, group, dev_id);
	bool refused;

	if (!event)
		return -ENOMEM;
	/*
	 * While it is pending for the core, a driver that takes the device off
	 * its queue of page requests has the core answer and free it.
	 */
	iopf_group_dequeue(group);
	trace_iommufd_fault(queue->file.obj.id, dev_id, event->nr,
			    &group->last_fault.fault.prm);

	scoped_guard(spinlock, &queue->lock) {
		queue->ngroups++;
		refused = queue->closed || queue->nheld == FAULT_QUEUE_DEPTH;
		if (refused) {
			queue->nrefused++;
		} else {
			queue->nheld++;
			queue->nqueued++;
			list_add_tail(&event->item, &queue->queued);
		}
	}
	if (refused) {
		trace_iommufd_response(queue->file.obj.id, 0,
				       IOMMU_PAGE_RESP_INVALID);
		iopf_group_response(group, IOMMU_PAGE_RESP_INVALID);
		iopf_free_group(group);
		fault_event_free(queue, event);
		return 0;
	}
	event_file_wake(&queue->file);
	return 0;
}

/* the event is on neither of the two lists any more */
static void fault_answer_locked(struct fault_queue *queue,
				struct fault_event *event,
				enum iommu_page_response_code code)
{
	lockdep_assert_held(&queue->answer_lock);
	trace_iommufd_response(queue->file.obj.id, event->cookie, code);
	iopf_group_response(event->group, code);
	iopf_free_group(event->group);
	fault_event_free(queue, event);
	guard(spinlock)(&queue->lock);
	queue->nheld--;
}

static bool fault_is_from(const struct fault_event *event,
			  const struct fault_source *source)
{
	const struct iopf_group *group = event->group;

	if (!source)
		return true;
	return group->attach_handle == source->handle &&
	       (!source->dev || group->fault_param->dev == source->dev);
}

/**
 * fault_queue_answer() - answer what is pending with INVALID
 * @queue: the queue
 * @source: whose faults, or NULL: all
 *
 * When this returns no answer to a fault of @source is under way either. The
 * caller has made sure that no new ones come.
 *
 * Context: may sleep; takes the answer_lock.
 */
void fault_queue_answer(struct fault_queue *queue,
			const struct fault_source *source)
{
	struct fault_event *event, *next;
	unsigned long cookie;
	LIST_HEAD(found);

	guard(mutex)(&queue->answer_lock);

	scoped_guard(spinlock, &queue->lock) {
		list_for_each_entry_safe(event, next, &queue->queued, item) {
			if (!fault_is_from(event, source))
				continue;
			list_move_tail(&event->item, &found);
			queue->nqueued--;
		}
	}
	list_for_each_entry_safe(event, next, &found, item)
		fault_answer_locked(queue, event, IOMMU_PAGE_RESP_INVALID);

	xa_for_each(&queue->waiting, cookie, event) {
		if (!fault_is_from(event, source))
			continue;
		xa_erase(&queue->waiting, cookie);
		fault_answer_locked(queue, event, IOMMU_PAGE_RESP_INVALID);
	}
}

/**
 * fault_queue_get_state() - what is a fault queue busy with
 * @queue: the queue
 * @state: filled in
 *
 * Context: any.
 */
void fault_queue_get_state(struct fault_queue *queue,
			   struct fault_queue_state *state)
{
	guard(spinlock)(&queue->lock);
	state->ngroups = queue->ngroups;
	state->nqueued = queue->nqueued;
	state->nwaiting = queue->nheld - queue->nqueued;
	state->nrefused = queue->nrefused;
}

static int fault_check_count(size_t count)
{
	return count % sizeof(struct iommu_hwpt_pgfault) ? -ESPIPE : 0;
}

static bool fault_readable(struct event_file *file)
{
	return !list_empty(&to_queue(file)->queued);
}

/*
 * User space may answer as soon as it knows the cookie, and a detach may
 * answer at any time, so what is copied out is a copy.
 */
static int fault_take(struct event_file *file, size_t room,
		      struct event_record *record)
{
	struct fault_queue *queue = to_queue(file);
	struct iommu_hwpt_pgfault *copy;
	struct fault_event *event;
	unsigned int i;
	int rc;

	guard(mutex)(&queue->answer_lock);

	scoped_guard(spinlock, &queue->lock)
		event = list_first_entry_or_null(&queue->queued,
						 struct fault_event, item);
	if (!event)
		return 0;
	record->nbytes = array_size(event->nr, sizeof(event->records[0]));
	if (record->nbytes > room)
		return -EINVAL;

	copy = kmemdup(event->records, record->nbytes, GFP_KERNEL_ACCOUNT);
	if (!copy)
		return -ENOMEM;
	rc = xa_alloc_cyclic(&queue->waiting, &event->cookie, event,
			     XA_LIMIT(1, U32_MAX), &queue->next_cookie,
			     GFP_KERNEL_ACCOUNT);
	if (rc < 0) {
		kfree(copy);
		return rc;
	}

	for (i = 0; i < event->nr; i++)
		copy[i].cookie = event->cookie;
	scoped_guard(spinlock, &queue->lock) {
		list_del_init(&event->item);
		queue->nqueued--;
	}
	record->data = copy;
	return 1;
}

static void fault_done(struct event_file *file, struct event_record *record)
{
	kfree(record->data);
}

/* The group may have been answered meanwhile; no cookie was given out since. */
static void fault_restore(struct event_file *file, struct event_record *record)
{
	const struct iommu_hwpt_pgfault *copy = record->data;
	struct fault_queue *queue = to_queue(file);
	struct fault_event *event;

	guard(mutex)(&queue->answer_lock);

	event = xa_erase(&queue->waiting, copy->cookie);
	kfree(copy);
	if (!event)
		return;
	scoped_guard(spinlock, &queue->lock) {
		list_add(&event->item, &queue->queued);
		queue->nqueued++;
	}
}

/* A device would wait for ever for an answer that cannot come. */
static void fault_closed(struct event_file *file)
{
	struct fault_queue *queue = to_queue(file);

	scoped_guard(spinlock, &queue->lock)
		queue->closed = true;
	fault_queue_answer(queue, NULL);
}

static const struct event_file_ops fault_file_ops = {
	.check_count = fault_check_count,
	.readable = fault_readable,
	.take = fault_take,
	.done = fault_done,
	.restore = fault_restore,
	.closed = fault_closed,
};

static int fault_respond(struct fault_queue *queue,
			 const struct iommu_hwpt_page_response *response)
{
	enum iommu_page_response_code code;
	struct fault_event *event;

	switch (response->code) {
	case IOMMUFD_PAGE_RESP_SUCCESS:
		code = IOMMU_PAGE_RESP_SUCCESS;
		break;
	case IOMMUFD_PAGE_RESP_INVALID:
		code = IOMMU_PAGE_RESP_INVALID;
		break;
	default:
		return -EINVAL;
	}

	guard(mutex)(&queue->answer_lock);
	event = xa_erase(&queue->waiting, response->cookie);
	if (!event)
		return -EINVAL;
	fault_answer_locked(queue, event, code);
	return 0;
}

static ssize_t fault_fops_write(struct file *filp, const char __user *buf,
				size_t count, loff_t *ppos)
{
	struct fault_queue *queue = to_queue(event_file_of(filp));
	struct iommu_hwpt_page_response response;
	size_t done;
	int rc = 0;

	if (*ppos || count % sizeof(response))
		return -ESPIPE;

	for (done = 0; done < count; done += sizeof(response)) {
		if (copy_from_user(&response, buf + done, sizeof(response)))
			rc = -EFAULT;
		else
			rc = fault_respond(queue, &response);
		if (rc)
			break;
	}
	return done ?: rc;
}

static __poll_t fault_fops_poll(struct file *filp,
				struct poll_table_struct *wait)
{
	return EPOLLOUT | event_file_poll(filp, wait);
}

static const struct file_operations fault_fops = {
	.owner = THIS_MODULE,
	.read = event_file_read,
	.write = fault_fops_write,
	.poll = fault_fops_poll,
	.release = event_file_release,
};

static void fault_object_destroy(struct iommufd_object *obj)
{
	struct fault_queue *queue = to_fault_queue(obj);

	/* no attachment is left that could be the source of one */
	WARN_ON_ONCE(!list_empty(&queue->queued) || !xa_empty(&queue->waiting));
	fault_queue_answer(queue, NULL);
	kvfree(queue->pool);
	xa_destroy(&queue->waiting);
	mutex_destroy(&queue->answer_lock);
	event_file_destroy(&queue->file);
}

const struct iommufd_object_ops iommufd_fault_object_ops = {
	.type = IOMMUFD_OBJ_FAULT,
	.name = "fault",
	.destroy = fault_object_destroy,
};

/**
 * iommufd_fault_alloc_ioctl() - IOMMU_FAULT_QUEUE_ALLOC
 * @ucmd: the ioctl
 *
 * Context: may sleep.
 * Return: 0 with the queue as the ioctl's new object, or
 * EOPNOTSUPP: flags; EMFILE, ENFILE, ENOMEM, EFAULT.
 */
int iommufd_fault_alloc_ioctl(struct iommufd_ucmd *ucmd)
{
	struct iommu_fault_alloc *cmd = ucmd->cmd;
	const struct event_file_open open = {
		.name = "[iommufd-pgfault]",
		.fops = &fault_fops,
		.out_fd = &cmd->out_fault_fd,
	};
	struct fault_queue *queue;

	if (cmd->flags)
		return iommufd_reject(ucmd, "flags", "no flag is defined",
				      -EOPNOTSUPP);

	queue = iommufd_object_new(ucmd->ictx, queue, file.obj,
				   IOMMUFD_OBJ_FAULT);
	if (IS_ERR(queue))
		return PTR_ERR(queue);
	event_file_init(&queue->file, ucmd->ictx, &fault_file_ops);
	mutex_init(&queue->answer_lock);
	xa_init_flags(&queue->waiting, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	queue->next_cookie = 1;
	spin_lock_init(&queue->lock);
	INIT_LIST_HEAD(&queue->spare);
	INIT_LIST_HEAD(&queue->queued);

	/* from here on a failure makes the dispatcher destroy it */
	ucmd->new_obj = &queue->file.obj;
	cmd->out_fault_id = queue->file.obj.id;
	if (fault_make_spares(queue))
		return -ENOMEM;
	return event_file_answer(&queue->file, ucmd, &open);
}
