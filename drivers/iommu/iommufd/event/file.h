/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Event files: objects that user space reads records from, through a file
 * descriptor of their own.
 *
 *	fd --> struct event_file --> struct iommufd_ctx (its file)
 *	              ^
 *	     embedded in fault_queue, veventq
 *
 * The open file depends on the object and keeps the context, so neither can go
 * before the file is closed. Only whole records are read, and nothing is lost
 * when user space cannot take one: it is there for the next read.
 */
#ifndef __IOMMUFD_EVENT_FILE_H
#define __IOMMUFD_EVENT_FILE_H

#include <linux/fs.h>
#include <linux/iommufd.h>
#include <linux/memcontrol.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "../object/object.h"
#include "../object/ucmd.h"

struct event_file;

/**
 * struct event_record - a record on its way to user space
 * @data: what to copy; stays valid until done or restore
 * @nbytes: bytes of it
 * @event: for the owner of the queue
 * @header: for the owner of the queue; room for a record without data
 */
struct event_record {
	const void *data;
	size_t nbytes;
	void *event;
	struct iommufd_vevent_header header;
};

/**
 * struct event_file_ops - what kind of events a file has
 * @check_count: is this a sensible size of a read; 0 or a negative errno
 * @readable: is there an event; called without locks
 * @take: fill the record with the oldest event, which leaves the queue.
 *	Return 1; 0: the queue is empty; EINVAL: the event is larger than @room;
 *	ENOMEM.
 * @done: user space has the record
 * @restore: it could not be copied; back to the head of the queue. As nobody
 *	else takes meanwhile, the order is kept.
 * @closed: optional; nobody can read or write any more
 *
 * take, done and restore are called under @read_lock of the file.
 */
struct event_file_ops {
	int (*check_count)(size_t count);
	bool (*readable)(struct event_file *file);
	int (*take)(struct event_file *file, size_t room,
		    struct event_record *record);
	void (*done)(struct event_file *file, struct event_record *record);
	void (*restore)(struct event_file *file, struct event_record *record);
	void (*closed)(struct event_file *file);
};

/**
 * struct event_file - the part that all event files have
 * @obj: id; the open file holds a dependency
 * @ictx: the context; the open file holds a reference; constant
 * @ops: what kind of events; constant
 * @memcg: who pays for the events, whoever queues them: the cgroup of the
 *	process that made the object (reference held), or NULL; constant
 * @wait: pollers
 * @read_lock: one reader at a time; held while a record is copied, so that
 *	nothing but a reader may wait for it
 */
struct event_file {
	struct iommufd_object obj;
	struct iommufd_ctx *ictx;
	const struct event_file_ops *ops;
	struct mem_cgroup *memcg;
	wait_queue_head_t wait;
	struct mutex read_lock;	/* serializes readers */
};

static inline struct event_file *event_file_of(struct file *filp)
{
	return filp->private_data;
}

/**
 * event_file_wake() - an event was queued
 * @file: the event file
 *
 * Inline: for code that is built in while iommufd is a module.
 *
 * Context: any.
 */
static inline void event_file_wake(struct event_file *file)
{
	wake_up_interruptible_poll(&file->wait, EPOLLIN | EPOLLRDNORM);
}

/**
 * event_file_zalloc() - memory for an event
 * @file: the event file it is for, and on account of
 * @size: bytes
 *
 * The thread that brings an event brings those of all other users, too: it does not
 * wait until the cgroup of one of them has been brought below its limit.
 *
 * Inline: for code that is built in while iommufd is a module.
 *
 * Context: any but interrupts.
 * Return: zeroed memory for kfree(), or NULL.
 */
static inline void *event_file_zalloc(struct event_file *file, size_t size)
{
	struct mem_cgroup *old = set_active_memcg(file->memcg);
	void *event = kzalloc(size, GFP_NOWAIT | __GFP_ACCOUNT);

	set_active_memcg(old);
	return event;
}

/**
 * struct event_file_open - how to open an event file
 * @name: name of the file in /proc/<pid>/fd
 * @fops: its operations, made of the functions below
 * @out_fd: field of the ioctl's struct that takes the file descriptor
 */
struct event_file_open {
	const char *name;
	const struct file_operations *fops;
	u32 *out_fd;
};

void event_file_init(struct event_file *file, struct iommufd_ctx *ictx,
		     const struct event_file_ops *ops);
void event_file_destroy(struct event_file *file);
int event_file_answer(struct event_file *file, struct iommufd_ucmd *ucmd,
		      const struct event_file_open *open);

/* file operations */
ssize_t event_file_read(struct file *filp, char __user *buf, size_t count,
			loff_t *ppos);
__poll_t event_file_poll(struct file *filp, struct poll_table_struct *wait);
int event_file_release(struct inode *inode, struct file *filp);

#endif
