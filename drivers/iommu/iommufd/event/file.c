// SPDX-License-Identifier: GPL-2.0-only
/*
 * Event files: open, read, poll, close.
 *
 * Owns: struct event_file.
 * Locks: read_lock outside of what the ops take.
 * Calls: the ops of the kind of queue.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/uaccess.h>

#include "file.h"

/**
 * event_file_init() - set up the common part of a new object
 * @file: zeroed, its object reserved
 * @ictx: the context
 * @ops: what kind of events it has
 *
 * Context: may sleep; current is the process that makes it.
 */
void event_file_init(struct event_file *file, struct iommufd_ctx *ictx,
		     const struct event_file_ops *ops)
{
	file->ictx = ictx;
	file->ops = ops;
	file->memcg = get_mem_cgroup_from_mm(current->mm);
	init_waitqueue_head(&file->wait);
	mutex_init(&file->read_lock);
}

/**
 * event_file_destroy() - undo event_file_init()
 * @file: nobody reads it or queues events for it any more
 *
 * Context: any.
 */
void event_file_destroy(struct event_file *file)
{
	mutex_destroy(&file->read_lock);
	mem_cgroup_put(file->memcg);
}

static void event_file_let_go(struct event_file *file)
{
	struct iommufd_ctx *ictx = file->ictx;

	iommufd_object_release(&file->obj);
	/* a DESTROY may have freed the object from here on */
	iommufd_ctx_put(ictx);
}

/* One dependency on the object and one reference on the context go along. */
static struct file *event_file_new(struct event_file *file,
				   const struct event_file_open *open)
{
	struct file *filp = anon_inode_getfile(open->name, open->fops, file,
					       O_RDWR);

	if (IS_ERR(filp))
		return filp;
	nonseekable_open(file_inode(filp), filp);
	iommufd_object_hold(&file->obj);
	iommufd_ctx_get(file->ictx);
	return filp;
}

/**
 * event_file_answer() - open the file of a new object and answer its ioctl
 * @file: the object, complete, not published
 * @ucmd: the ioctl that creates it; all other fields are filled in
 * @open: how to open the file
 *
 * The descriptor appears in the caller's table only when user space has been
 * told its number.
 *
 * Context: may sleep.
 * Return: 0, or EMFILE, ENFILE, ENOMEM, EFAULT with no file left.
 */
int event_file_answer(struct event_file *file, struct iommufd_ucmd *ucmd,
		      const struct event_file_open *open)
{
	int fd = get_unused_fd_flags(O_CLOEXEC);
	struct file *filp;
	int rc;

	if (fd < 0)
		return iommufd_refuse(&ucmd->why, "fd",
				      "no free file descriptor", 0, fd);
	filp = event_file_new(file, open);
	if (IS_ERR(filp)) {
		put_unused_fd(fd);
		return PTR_ERR(filp);
	}

	*open->out_fd = fd;
	rc = iommufd_ucmd_respond(ucmd);
	if (rc) {
		put_unused_fd(fd);
		/* its release runs later, when the object is gone */
		filp->private_data = NULL;
		fput(filp);
		event_file_let_go(file);
		return rc;
	}
	fd_install(fd, filp);
	return 0;
}

/**
 * event_file_read() - read of an event file
 * @filp: the file
 * @buf: user buffer
 * @count: bytes of it
 * @ppos: file position; always 0
 *
 * Never waits for an event.
 *
 * Context: may sleep.
 * Return: bytes of whole records, 0: no event, or
 * ESPIPE: there is a file position, or as the kind of queue says to @count;
 * EINVAL: the first record is larger than @count, or @count makes no sense;
 * EFAULT, ENOMEM, ERESTARTSYS.
 */
ssize_t event_file_read(struct file *filp, char __user *buf, size_t count,
			loff_t *ppos)
{
	struct event_file *file = event_file_of(filp);
	struct event_record record = {};
	size_t done = 0;
	int rc;

	if (*ppos)
		return -ESPIPE;
	rc = file->ops->check_count(count);
	if (rc)
		return rc;
	if (mutex_lock_interruptible(&file->read_lock))
		return -ERESTARTSYS;

	/* no bytes are too few for a record, too, when there is one */
	do {
		rc = file->ops->take(file, count - done, &record);
		if (rc <= 0)
			break;
		if (copy_to_user(buf + done, record.data, record.nbytes)) {
			file->ops->restore(file, &record);
			/* meanwhile a poller saw a queue without it */
			event_file_wake(file);
			rc = -EFAULT;
			break;
		}
		file->ops->done(file, &record);
		done += record.nbytes;
		rc = 0;
	} while (done < count);
	mutex_unlock(&file->read_lock);
	return done ?: rc;
}

/**
 * event_file_poll() - poll of an event file
 * @filp: the file
 * @wait: the poll
 *
 * Context: may sleep.
 * Return: EPOLLIN | EPOLLRDNORM while there is an event.
 */
__poll_t event_file_poll(struct file *filp, struct poll_table_struct *wait)
{
	struct event_file *file = event_file_of(filp);

	poll_wait(filp, &file->wait, wait);
	return file->ops->readable(file) ? EPOLLIN | EPOLLRDNORM : 0;
}

/**
 * event_file_release() - the last descriptor of an event file is gone
 * @inode: unused
 * @filp: the file
 *
 * Context: may sleep; the object and the context may be freed.
 * Return: 0.
 */
int event_file_release(struct inode *inode, struct file *filp)
{
	struct event_file *file = event_file_of(filp);

	/* a file that never had a descriptor */
	if (!file)
		return 0;
	if (file->ops->closed)
		file->ops->closed(file);
	event_file_let_go(file);
	return 0;
}
