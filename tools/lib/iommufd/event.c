// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Fault queues and virtual event queues: reading, answering, taking apart. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "iommufd.h"

int iommufd_fault_queue_alloc(int fd, __u32 *id, int *queue)
{
	struct iommu_fault_alloc cmd = { .size = sizeof(cmd) };
	int rc = iommufd_call(fd, IOMMU_FAULT_QUEUE_ALLOC, &cmd);

	if (!rc) {
		*id = cmd.out_fault_id;
		*queue = (int)cmd.out_fault_fd;
	}
	return rc;
}

/* Whole records only, so that a count says all. */
static int records(ssize_t n, size_t size)
{
	if (n < 0)
		return -errno;
	return (size_t)n % size ? -EPROTO : (int)((size_t)n / size);
}

int iommufd_fault_read(int queue, struct iommu_hwpt_pgfault *list,
		       unsigned int room)
{
	if (room > INT_MAX / sizeof(*list))
		return -EINVAL;
	return records(read(queue, list, room * sizeof(*list)), sizeof(*list));
}

int iommufd_fault_respond(int queue,
			  const struct iommu_hwpt_page_response *list,
			  unsigned int num)
{
	if (num > INT_MAX / sizeof(*list))
		return -EINVAL;
	return records(write(queue, list, num * sizeof(*list)), sizeof(*list));
}

int iommufd_vevent_read(int queue, void *buf, size_t size)
{
	/* A read never gives more, whatever is asked for. */
	ssize_t n = read(queue, buf, size > INT_MAX ? INT_MAX : size);

	return n < 0 ? -errno : (int)n;
}

int iommufd_vevent_next(struct iommufd_vevents *events,
			struct iommufd_vevent *event)
{
	const char *record = (const char *)events->buf + events->pos;
	size_t left = events->bytes - events->pos;
	struct iommufd_vevent_header header;
	size_t data_len = events->data_len;

	if (!left)
		return 0;
	if (events->pos > events->bytes || left < sizeof(header))
		return -EPROTO;
	memcpy(&header, record, sizeof(header));
	event->sequence = header.sequence;
	event->lost = !!(header.flags & IOMMU_VEVENTQ_FLAG_LOST_EVENTS);
	if (event->lost)
		data_len = 0;
	if (left - sizeof(header) < data_len)
		return -EPROTO;
	event->data = event->lost ? NULL : record + sizeof(header);
	events->pos += sizeof(header) + data_len;
	return 1;
}

__u32 iommufd_vevent_gap(__u32 before, __u32 sequence)
{
	/* From 0 to INT_MAX and around. */
	return (sequence - before - 1) & INT_MAX;
}
