// SPDX-License-Identifier: GPL-2.0-only
/* Fault queues and virtual event queues: allocation, events, files. */
#include <errno.h>
#include <stdint.h>

#include "lib/event.h"
#include "lib/harness.h"
#include "scene.h"

static void queue_open(struct scene *s)
{
	struct event_queue queue = fault_queue(s->fd);

	s->id = scene_own(s, queue.id);
	s->queue = scene_own_file(s, queue.fd);
}

static void with_queue(struct scene *s)
{
	scene_device(s);
	queue_open(s);
}

static void reporting(struct scene *s)
{
	with_queue(s);
	s->id2 = scene_own(s, hwpt_fault(s->fd, s->dev[0].idev, s->ioas,
					 s->id));
	s->moved = 1;
}

static void attached(struct scene *s)
{
	reporting(s);
	mock_replace(s->fd, &s->dev[0], s->id2);
}

static void faulted(struct scene *s)
{
	attached(s);
	trigger_iopf(s->fd, s->dev[0].idev, 1);
	trigger_iopf_group(s->fd, s->dev[0].idev, 2, 3);
}

static void faulted_and_read(struct scene *s)
{
	struct iommu_hwpt_pgfault fault[4];

	faulted(s);
	CHECK_EQ(__event_read(s->queue, fault, sizeof(fault)), sizeof(fault));
	s->made = 0;
	s->iova = fault[3].cookie;
}

static void guest(struct scene *s)
{
	struct guest g;

	scene_device(s);
	g = guest_make(s->fd, s->dev[0].idev, s->ioas);
	scene_own(s, g.parent);
	s->id = scene_own(s, g.viommu);
	scene_own(s, g.vdev);
}

static void guest_with_queue(struct scene *s)
{
	struct event_queue queue;

	guest(s);
	queue = veventq(s->fd, s->id, 2);
	scene_own(s, queue.id);
	s->queue = scene_own_file(s, queue.fd);
}

static void guest_with_events(struct scene *s)
{
	guest_with_queue(s);
	trigger_vevents(s->fd, s->dev[0].idev, 4);
}

static int run_queue_alloc(struct scene *s)
{
	struct event_queue queue;
	int rc = __fault_queue(s->fd, &queue);

	if (rc)
		return rc;
	scene_own(s, queue.id);
	scene_own_file(s, queue.fd);
	return 0;
}

static int run_hwpt_alloc(struct scene *s)
{
	__u32 hwpt;
	int rc = __hwpt_fault(s->fd, s->dev[0].idev, s->ioas, s->id, &hwpt);

	if (!rc)
		scene_own(s, hwpt);
	return rc;
}

static int run_attach(struct scene *s)
{
	return __mock_replace(s->fd, s->dev[0].stdev, s->id2, NULL);
}

static int run_leave(struct scene *s)
{
	return __mock_replace(s->fd, s->dev[0].stdev, s->other, NULL);
}

static int run_fault(struct scene *s)
{
	struct iommu_test_trigger_iopf fault = {
		.dev_id = s->dev[0].idev,
		.grpid = 5,
		.perm = IOMMU_PGFAULT_PERM_READ,
		.addr = MOCK_IOVA,
	};

	return __trigger_iopf(s->fd, fault);
}

/* The second page completes the group of the first. */
static int run_fault_group(struct scene *s)
{
	struct iommu_test_trigger_iopf fault = {
		.dev_id = s->dev[0].idev,
		.grpid = 6,
		.perm = IOMMU_PGFAULT_PERM_READ | MOCK_IOPF_PERM_MORE,
		.addr = MOCK_IOVA,
	};
	int rc = __trigger_iopf(s->fd, fault);

	fault.perm = IOMMU_PGFAULT_PERM_READ;
	return rc ?: __trigger_iopf(s->fd, fault);
}

/* Groups that are not read stay in the queue: it can be read again. */
static int run_read_faults(struct scene *s)
{
	struct iommu_hwpt_pgfault fault[4];
	long n = __event_read(s->queue, fault, sizeof(fault));

	if (n == sizeof(fault[0]))
		n = __event_read(s->queue, &fault[1], 3 * sizeof(fault[0]));
	return n < 0 ? n : 0;
}

static int run_respond(struct scene *s)
{
	struct iommu_hwpt_page_response response = { .cookie = s->iova };
	long n = __event_write(s->queue, &response, sizeof(response));

	return n < 0 ? n : 0;
}

static int run_veventq_alloc(struct scene *s)
{
	struct iommu_veventq_alloc cmd = {
		.viommu_id = s->id,
		.type = IOMMU_VEVENTQ_TYPE_SELFTEST,
		.veventq_depth = 4,
	};
	int rc = __veventq(s->fd, &cmd);

	if (rc)
		return rc;
	scene_own(s, cmd.out_veventq_id);
	scene_own_file(s, cmd.out_veventq_fd);
	return 0;
}

static int run_vevent(struct scene *s)
{
	return __trigger_vevent(s->fd, s->dev[0].idev);
}

static int run_read_vevents(struct scene *s)
{
	char buf[64];
	long n = __event_read(s->queue, buf, sizeof(buf));

	return n < 0 ? n : 0;
}

const struct command event_commands[] = {
	{ "FAULT_QUEUE_ALLOC", scene_two_ioas, run_queue_alloc, 0 },
	{ "HWPT_ALLOC with faults", with_queue, run_hwpt_alloc, 0 },
	{ "attach to a hwpt with faults", reporting, run_attach, KEEPS },
	{ "replace that answers faults", faulted_and_read, run_leave, KEEPS },
	{ "page fault", attached, run_fault, KEEPS },
	{ "page fault of a group", attached, run_fault_group, KEEPS },
	{ "read of faults", faulted, run_read_faults, 0 },
	{ "response", faulted_and_read, run_respond, IDLE },
	{ "VEVENTQ_ALLOC", guest, run_veventq_alloc, 0 },
	{ "virtual event", guest_with_queue, run_vevent, KEEPS },
	{ "read of virtual events", guest_with_events, run_read_vevents, IDLE },
};

const size_t event_ncommands = ARRAY_LEN(event_commands);
