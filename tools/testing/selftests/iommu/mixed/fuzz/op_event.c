// SPDX-License-Identifier: GPL-2.0-only
/* Fault queues and virtual event queues: what is put in, what is read. */
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>

#include "lib/event.h"
#include "lib/harness.h"
#include "ops.h"

#define VEVENT_SIZE (sizeof(struct iommufd_vevent_header) + \
		     sizeof(struct iommu_viommu_event_selftest))
#define LOST_SIZE sizeof(struct iommufd_vevent_header)
#define MAX_DEPTH 8

void op_fault_alloc(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct iommu_fault_alloc cmd = {
		.size = sizeof(cmd),
		.flags = chance(w, 5),
	};
	struct want wants = {};
	struct object *q;

	if (!has_room(c))
		return;
	want(&wants, cmd.flags, EOPNOTSUPP);
	op_log(w, "FAULT_QUEUE_ALLOC %u", cmd.flags);
	if (!outcome(w, &wants, __iommu_cmd(c->fd, IOMMU_FAULT_QUEUE_ALLOC,
					    &cmd)))
		return;
	q = object_add(w, c, KIND_FAULT, cmd.out_fault_id);
	q->fd = cmd.out_fault_fd;
	q->users = 1;
	q->sequence = 1;
}

static struct object *queue_of(struct ctx *c, const struct object *viommu)
{
	struct object *q = NULL;

	while ((q = object_next(c, q, KIND_VEVENTQ)))
		if (q->on == viommu)
			return q;
	return NULL;
}

void op_veventq_alloc(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct target v = pick(w, c, KIND_VIOMMU);
	struct iommu_veventq_alloc cmd = {
		.flags = chance(w, 2),
		.viommu_id = v.id,
		.type = chance(w, 97) ? IOMMU_VEVENTQ_TYPE_SELFTEST : 0,
		.veventq_depth = chance(w, 97) ? 1 + roll(w, MAX_DEPTH) : 0,
		.__reserved = chance(w, 2),
	};
	struct want wants = {};
	struct object *q;

	if (!has_room(c))
		return;
	want(&wants, cmd.flags || cmd.__reserved || !cmd.type, EOPNOTSUPP);
	want(&wants, !cmd.veventq_depth, EINVAL);
	want_kind(&wants, &v, KIND_VIOMMU, ENOENT);
	want(&wants, is_kind(&v, KIND_VIOMMU) && queue_of(c, v.object),
	     EEXIST);
	op_log(w, "VEVENTQ_ALLOC viommu %u depth %u", v.id, cmd.veventq_depth);
	if (!outcome(w, &wants, __veventq(c->fd, &cmd)))
		return;
	q = object_add(w, c, KIND_VEVENTQ, cmd.out_veventq_id);
	q->fd = cmd.out_veventq_fd;
	q->users = 1;
	q->on = v.object;
	v.object->users++;
	q->depth = cmd.veventq_depth;
}

void op_trigger_fault(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct target dev = pick(w, c, KIND_DEVICE);
	struct iommu_test_trigger_iopf fault = {
		.dev_id = dev.id,
		.grpid = roll(w, 1000),
		.perm = IOMMU_PGFAULT_PERM_READ,
		.addr = MOCK_IOVA + roll(w, 100) * w->page,
	};
	struct object *q = NULL;
	struct want wants = {};

	want_kind(&wants, &dev, KIND_DEVICE, ENOENT);
	/* where there is no queue the device is refused */
	if (is_kind(&dev, KIND_DEVICE))
		q = dev.object->attached->peer;
	if (q && q->ngroups == MAX_FAULTS)
		return;
	op_log(w, "TRIGGER_IOPF dev %u group %u", dev.id, fault.grpid);
	if (!outcome(w, &wants, __trigger_iopf(c->fd, fault)) || !q ||
	    q->fd < 0)
		return;
	q->group[q->ngroups++] = (struct fault_group){
		.dev = dev.object,
		.grpid = fault.grpid,
	};
}

void op_trigger_event(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct target dev = pick(w, c, KIND_DEVICE);
	struct object *vdev = NULL, *q = NULL;
	struct want wants = {};

	want_kind(&wants, &dev, KIND_DEVICE, ENOENT);
	while ((vdev = object_next(c, vdev, KIND_VDEVICE)))
		if (vdev->peer == dev.object)
			break;
	want(&wants, !vdev, ENOENT);
	if (vdev) {
		q = queue_of(c, vdev->on);
		want(&wants, !q, EOPNOTSUPP);
	}
	op_log(w, "TRIGGER_VEVENT dev %u", dev.id);
	if (!outcome(w, &wants, __trigger_vevent(c->fd, dev.id)))
		return;
	q->lost = q->nevents == q->depth;
	if (!q->lost)
		q->number[q->nevents++] = q->sequence;
	q->sequence++;
}

static bool is_readable(const struct object *q)
{
	unsigned int i;

	if (q->kind == KIND_VEVENTQ)
		return q->nevents || q->lost;
	for (i = 0; i < q->ngroups; i++)
		if (!q->group[i].was_read)
			return true;
	return false;
}

static void read_faults(struct world *w, struct object *q)
{
	struct iommu_hwpt_pgfault fault[MAX_FAULTS];
	size_t room = roll(w, MAX_FAULTS) * sizeof(fault[0]);
	size_t odd = chance(w, 5) ? 1 + roll(w, sizeof(fault[0]) - 1) : 0;
	struct want wants = {};
	unsigned int i;
	size_t n = 0;
	bool right;
	long got;

	want(&wants, odd, ESPIPE);
	want(&wants, !odd && !room && is_readable(q), EINVAL);
	op_log(w, "read %zu bytes of fault queue %u", room + odd, q->id);
	got = __event_read(q->fd, fault, room + odd);
	if (!outcome(w, &wants, got))
		return;
	for (i = 0; i < q->ngroups; i++) {
		struct fault_group *g = &q->group[i];

		if (g->was_read || (n + 1) * sizeof(fault[0]) > room)
			continue;
		right = (n + 1) * sizeof(fault[0]) <= (size_t)got &&
			fault[n].grpid == g->grpid &&
			fault[n].dev_id == g->dev->id &&
			fault[n].cookie == q->sequence;
		op_check(w, right,
			 "the next fault is the one that was raised next");
		g->was_read = true;
		g->cookie = q->sequence++;
		n++;
	}
	op_check(w, got == (long)(n * sizeof(fault[0])), "no more was read");
}

/* What a read of @room bytes takes; @n counts the events, not the marker. */
static size_t model_vevents(struct object *q, size_t room, unsigned int *n)
{
	size_t size = 0;

	for (*n = 0; *n < q->nevents; ++*n) {
		if (room - size < VEVENT_SIZE)
			return size;
		size += VEVENT_SIZE;
	}
	if (q->lost && room - size >= LOST_SIZE) {
		size += LOST_SIZE;
		q->lost = false;
	}
	return size;
}

static void read_vevents(struct world *w, struct object *q)
{
	char buf[(MAX_DEPTH + 2) * VEVENT_SIZE] = "";
	size_t room = roll(w, sizeof(buf));
	bool something = q->nevents || q->lost;
	struct iommufd_vevent_header header;
	struct want wants = {};
	unsigned int n, i;
	size_t size;
	long got;

	want(&wants, room < LOST_SIZE, EINVAL);
	want(&wants, q->nevents && room < VEVENT_SIZE, EINVAL);
	op_log(w, "read %zu bytes of veventq %u", room, q->id);
	got = __event_read(q->fd, buf, room);
	if (!outcome(w, &wants, got))
		return;
	size = model_vevents(q, room, &n);
	op_check(w, something || !size, "nothing comes of nothing");
	op_check(w, got == (long)size, "as much as fits was read");
	for (i = 0; i < n; i++) {
		memcpy(&header, buf + i * VEVENT_SIZE, sizeof(header));
		op_check(w, !header.flags && header.sequence == q->number[i],
			 "the next event is the one that came next");
	}
	if (size > n * VEVENT_SIZE) {
		memcpy(&header, buf + n * VEVENT_SIZE, sizeof(header));
		op_check(w, header.flags == IOMMU_VEVENTQ_FLAG_LOST_EVENTS,
			 "the marker says what it is");
		op_check(w, header.sequence == q->sequence - 1,
			 "the marker tells of the newest loss");
	}
	memmove(q->number, q->number + n,
		(q->nevents - n) * sizeof(q->number[0]));
	q->nevents -= n;
}

void op_read(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct object *q = object_any(w, c, KIND_FAULT | KIND_VEVENTQ);
	int events;

	if (!q || q->fd < 0)
		return;
	events = event_poll(q->fd);
	op_log(w, "poll of queue %u says 0x%x", q->id, events);
	op_check(w, !!(events & POLLIN) == is_readable(q), "poll is right");
	op_check(w, !!(events & POLLOUT) == (q->kind == KIND_FAULT),
		 "only a fault queue is writable");
	if (chance(w, 20))
		return;
	if (q->kind == KIND_FAULT)
		read_faults(w, q);
	else
		read_vevents(w, q);
}

void op_respond(struct world *w)
{
	struct ctx *c = any_ctx(w);
	struct object *q = object_any(w, c, KIND_FAULT);
	struct iommu_hwpt_page_response response = {
		.code = roll(w, 100) < 95 ? roll(w, 2) : 2,
	};
	struct want wants = {};
	unsigned int i, pick = MAX_FAULTS;

	if (!q || q->fd < 0)
		return;
	for (i = 0; i < q->ngroups; i++)
		if (q->group[i].was_read && (pick == MAX_FAULTS ||
					     chance(w, 50)))
			pick = i;
	if (chance(w, 10))
		pick = MAX_FAULTS;
	response.cookie = pick == MAX_FAULTS ? 100000 + roll(w, 10) :
					       q->group[pick].cookie;
	want(&wants, response.code > 1 || pick == MAX_FAULTS, EINVAL);
	op_log(w, "answer %u in fault queue %u code %u", response.cookie,
	       q->id, response.code);
	if (!outcome(w, &wants, __event_write(q->fd, &response,
					      sizeof(response))))
		return;
	q->ngroups--;
	memmove(&q->group[pick], &q->group[pick + 1],
		(q->ngroups - pick) * sizeof(q->group[0]));
}
