// SPDX-License-Identifier: GPL-2.0-only
/*
 * A victim that is a VMM with a simulated function: nest parents, nested tables, PASIDs,
 * a vIOMMU, page requests and invalidations of a guest, while streams of DMA go on.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <iommufd.h>

#include "include/uapi/linux/iommufd_vtd.h"
#include "lib/event.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/nest.h"
#include "lib/proc.h"
#include "lib/tenant.h"
#include "lib/uapi.h"
#include "kill.h"

#define NTHREADS 4
#define NSLOTS 4
#define VIRT_BASE 0x100
#define STREAM_MAX 20000
#define RECORDS 8

/* Objects of one kind; whoever makes one destroys the one that had its slot. */
struct objects {
	atomic_uint id[NSLOTS];
};

struct vmm {
	struct victim *victim;
	/* Its unit is the runner's; of its parents there are several. */
	struct tenant g;
	/* First-stage table in the guest's memory. */
	__u64 root;
	struct objects parents, tables, nested, viommus, vdevices;
	struct event_queue faults, events;
	/* Who fills in the fields of the doorbell rings, too. */
	pthread_mutex_t bell;
};

static unsigned int roll(unsigned int *seed, unsigned int sides)
{
	return rand_r(seed) % sides;
}

static __u32 any(struct objects *objects, unsigned int *seed)
{
	return objects->id[roll(seed, NSLOTS)];
}

static int put(struct vmm *v, struct objects *objects, unsigned int *seed, int rc, __u32 id)
{
	__u32 old;

	if (rc)
		return rc;
	old = atomic_exchange(&objects->id[roll(seed, NSLOTS)], id);
	if (old)
		__destroy(v->g.fd, old);
	return 0;
}

static int put_hwpt(struct vmm *v, struct objects *objects, unsigned int *seed,
		    struct iommu_hwpt_alloc *cmd)
{
	int rc;

	cmd->dev_id = v->g.fn.id;
	rc = __hwpt_alloc(v->g.fd, cmd);
	return put(v, objects, seed, rc, cmd->out_hwpt_id);
}

static __u64 any_place(unsigned int *seed)
{
	return SIM_PLACE(roll(seed, SIM_PLACES));
}

static int op_map(void *arg, unsigned int *seed)
{
	struct vmm *v = arg;

	return __ioas_map_at(v->g.fd, v->g.ioas, v->victim->va, VICTIM_PAGES * PAGE,
			     any_place(seed));
}

static int op_unmap(void *arg, unsigned int *seed)
{
	struct vmm *v = arg;

	return __ioas_unmap(v->g.fd, v->g.ioas, any_place(seed), SIM_STRIDE, NULL);
}

/* The guest's memory goes, with the table in it, and comes back. */
static int op_memory(void *arg, unsigned int *seed)
{
	struct vmm *v = arg;

	(void)seed;
	__ioas_unmap(v->g.fd, v->g.ioas, GUEST_RAM, v->g.npages * PAGE, NULL);
	return __ioas_map_at(v->g.fd, v->g.ioas, v->g.ram, v->g.npages * PAGE, GUEST_RAM);
}

static int op_parent(void *arg, unsigned int *seed)
{
	struct vmm *v = arg;
	struct iommu_hwpt_alloc cmd = {
		.flags = IOMMU_HWPT_ALLOC_NEST_PARENT | IOMMU_HWPT_ALLOC_PASID,
		.pt_id = v->g.ioas,
	};

	if (roll(seed, 2))
		cmd.flags |= IOMMU_HWPT_ALLOC_DIRTY_TRACKING;
	return put_hwpt(v, &v->parents, seed, &cmd);
}

static void report_faults(struct vmm *v, struct iommu_hwpt_alloc *cmd)
{
	cmd->flags |= IOMMU_HWPT_FAULT_ID_VALID;
	cmd->fault_id = v->faults.id;
}

static int op_table(void *arg, unsigned int *seed)
{
	struct vmm *v = arg;
	struct iommu_hwpt_alloc cmd = {
		.flags = IOMMU_HWPT_ALLOC_PASID, .pt_id = v->g.ioas,
	};

	if (roll(seed, 2))
		report_faults(v, &cmd);
	return put_hwpt(v, &v->tables, seed, &cmd);
}

/* Over a parent, or over the parent of a vIOMMU. */
static int op_nested(void *arg, unsigned int *seed)
{
	struct vmm *v = arg;
	struct iommu_hwpt_vtd_s1 data = { .pgtbl_addr = v->root, .addr_width = 48 };
	struct iommu_hwpt_alloc cmd = {
		.flags = IOMMU_HWPT_ALLOC_PASID,
		.pt_id = any(roll(seed, 2) ? &v->parents : &v->viommus, seed),
		.data_type = IOMMU_HWPT_DATA_VTD_S1,
		.data_len = sizeof(data),
		.data_uptr = (uintptr_t)&data,
	};

	if (roll(seed, 2))
		report_faults(v, &cmd);
	return put_hwpt(v, &v->nested, seed, &cmd);
}

static __u32 any_target(struct vmm *v, unsigned int *seed)
{
	switch (roll(seed, 4)) {
	case 0:
		return any(&v->parents, seed);
	case 1:
		return any(&v->tables, seed);
	default:
		return any(&v->nested, seed);
	}
}

static int op_attach(void *arg, unsigned int *seed)
{
	struct vmm *v = arg;
	__u32 pt = any_target(v, seed);

	return __vfio_attach(v->g.fn.device, &pt);
}

static int op_detach(void *arg, unsigned int *seed)
{
	struct vmm *v = arg;

	(void)seed;
	return __vfio_detach(v->g.fn.device);
}

static __u32 any_pasid(unsigned int *seed)
{
	return 1 + roll(seed, SIM_PASIDS);
}

static int op_pasid_attach(void *arg, unsigned int *seed)
{
	struct vmm *v = arg;
	__u32 pt = any_target(v, seed);

	return iommufd_vfio_pasid_attach(v->g.fn.device, any_pasid(seed), &pt);
}

static int op_pasid_detach(void *arg, unsigned int *seed)
{
	struct vmm *v = arg;

	return iommufd_vfio_pasid_detach(v->g.fn.device, any_pasid(seed));
}

static int op_invalidate(void *arg, unsigned int *seed)
{
	struct iommu_hwpt_vtd_s1_invalidate entries[RECORDS];
	struct vmm *v = arg;
	struct iommu_hwpt_invalidate cmd = {
		.hwpt_id = any(&v->nested, seed),
		.data_type = IOMMU_HWPT_INVALIDATE_DATA_VTD_S1,
		.data_uptr = (uintptr_t)entries,
		.entry_len = sizeof(entries[0]),
		.entry_num = 1 + roll(seed, RECORDS),
	};
	__u32 i;

	memset(entries, 0, sizeof(entries));
	for (i = 0; i < cmd.entry_num; i++) {
		entries[i].addr = IOVA + roll(seed, NPAGES) * PAGE;
		entries[i].npages = 1 + roll(seed, NPAGES);
	}
	return __invalidate(v->g.fd, &cmd);
}

static int op_viommu(void *arg, unsigned int *seed)
{
	struct vmm *v = arg;
	struct iommu_viommu_alloc cmd = {
		.type = IOMMU_VIOMMU_TYPE_VTD,
		.dev_id = v->g.fn.id,
		.hwpt_id = any(&v->parents, seed),
	};
	int rc = __viommu_alloc(v->g.fd, &cmd);

	return put(v, &v->viommus, seed, rc, cmd.out_viommu_id);
}

static int op_vdevice(void *arg, unsigned int *seed)
{
	struct vmm *v = arg;
	__u32 id;
	int rc = __vdevice_alloc(v->g.fd, any(&v->viommus, seed), v->g.fn.id,
				 VIRT_BASE + roll(seed, NSLOTS), &id);

	/* A device has one at most: this is the turn of the one before. */
	if (rc == -EEXIST)
		__destroy(v->g.fd, any(&v->vdevices, seed));
	return put(v, &v->vdevices, seed, rc, id);
}

static int put_queue(struct vmm *v, struct event_queue *place, struct event_queue queue)
{
	static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
	struct event_queue old;

	pthread_mutex_lock(&one);
	old = *place;
	*place = queue;
	pthread_mutex_unlock(&one);
	if (old.id) {
		close(old.fd);
		__destroy(v->g.fd, old.id);
	}
	return 0;
}

static int op_fault_queue(void *arg, unsigned int *seed)
{
	struct event_queue queue;
	struct vmm *v = arg;
	int rc = __fault_queue(v->g.fd, &queue);

	(void)seed;
	return rc ?: put_queue(v, &v->faults, queue);
}

static int op_event_queue(void *arg, unsigned int *seed)
{
	struct vmm *v = arg;
	struct iommu_veventq_alloc cmd = {
		.viommu_id = any(&v->viommus, seed),
		.type = IOMMU_VEVENTQ_TYPE_VTD,
		.veventq_depth = RECORDS,
	};
	int rc = __veventq(v->g.fd, &cmd);
	struct event_queue queue = { cmd.out_veventq_id, cmd.out_veventq_fd };

	return rc ?: put_queue(v, &v->events, queue);
}

static int op_read_events(void *arg, unsigned int *seed)
{
	struct vmm *v = arg;
	char buf[512];

	(void)seed;
	return event_poll(v->events.fd) > 0 &&
	       __event_read(v->events.fd, buf, sizeof(buf)) > 0 ? 0 : -EAGAIN;
}

/* Answers some of what was read, and leaves the rest. */
static int op_serve(void *arg, unsigned int *seed)
{
	struct iommu_hwpt_pgfault faults[RECORDS];
	struct iommu_hwpt_page_response answer;
	struct vmm *v = arg;
	int fd = v->faults.fd;
	int i, n;

	if (event_poll(fd) <= 0)
		return -EAGAIN;
	n = iommufd_fault_read(fd, faults, RECORDS);
	for (i = 0; i < n; i++) {
		if (!(faults[i].flags & IOMMU_PGFAULT_FLAGS_LAST_PAGE) || !roll(seed, 4))
			continue;
		answer = (struct iommu_hwpt_page_response){
			.cookie = faults[i].cookie,
			.code = roll(seed, 2) ? IOMMUFD_PAGE_RESP_SUCCESS :
						IOMMUFD_PAGE_RESP_INVALID,
		};
		iommufd_fault_respond(fd, &answer, 1);
	}
	return n > 0 ? 0 : -EAGAIN;
}

static __u64 any_iova(unsigned int *seed)
{
	return roll(seed, 2) ? IOVA + roll(seed, NPAGES) * PAGE : any_place(seed);
}

/* By a PASID, or without; through the device TLB, or not. */
static __u32 any_flags(struct vmm *v, unsigned int *seed)
{
	__u32 flags = roll(seed, 2) ? VTD_SIM_OP_ATS : 0;

	if (roll(seed, 2))
		flags |= tenant_use(&v->g.fn, any_pasid(seed));
	return flags;
}

static int op_stream(void *arg, unsigned int *seed)
{
	static const __u32 kinds[] = { VTD_SIM_OP_READ, VTD_SIM_OP_WRITE, VTD_SIM_OP_FETCH };
	struct vmm *v = arg;
	__u32 kind = kinds[roll(seed, ARRAY_LEN(kinds))];
	__u32 status;

	pthread_mutex_lock(&v->bell);
	sim_set(&v->g.fn, SIM_FIELD(operand), 1 + roll(seed, STREAM_MAX));
	status = sim_run(&v->g.fn, kind | any_flags(v, seed) | VTD_SIM_OP_STREAM,
			 any_iova(seed), PAGE, 0);
	pthread_mutex_unlock(&v->bell);
	return status == VTD_SIM_OK ? 0 : -EIO;
}

static int op_ask(void *arg, unsigned int *seed)
{
	struct vmm *v = arg;
	__u32 status;

	pthread_mutex_lock(&v->bell);
	status = sim_run(&v->g.fn, VTD_SIM_OP_PAGE |
			 (any_flags(v, seed) & VTD_SIM_OP_PASID), any_iova(seed),
			 (1 + roll(seed, NPAGES)) * PAGE, 0);
	pthread_mutex_unlock(&v->bell);
	return status == VTD_SIM_PENDING ? 0 : -EIO;
}

static int op_dirty(void *arg, unsigned int *seed)
{
	struct vmm *v = arg;

	return iommufd_dirty_track(v->g.fd, any(&v->parents, seed),
				   roll(seed, 2) ? IOMMU_HWPT_DIRTY_TRACKING_ENABLE : 0);
}

/* Once in a while. */
static int op_reset(void *arg, unsigned int *seed)
{
	struct vmm *v = arg;

	return roll(seed, 8) ? -EAGAIN : iommufd_vfio_reset(v->g.fn.device);
}

const struct victim_op sim_ops[] = {
	{ .name = "map", .run = op_map },
	{ .name = "unmap", .run = op_unmap },
	{ .name = "memory", .run = op_memory },
	{ .name = "parent", .run = op_parent },
	{ .name = "table", .run = op_table },
	{ .name = "nested", .run = op_nested },
	{ .name = "attach", .run = op_attach },
	{ .name = "detach", .run = op_detach },
	{ .name = "attach a PASID", .run = op_pasid_attach },
	{ .name = "detach a PASID", .run = op_pasid_detach },
	{ .name = "invalidate", .run = op_invalidate },
	{ .name = "viommu", .run = op_viommu },
	{ .name = "vdevice", .run = op_vdevice },
	{ .name = "fault queue", .run = op_fault_queue },
	{ .name = "event queue", .run = op_event_queue },
	{ .name = "read events", .run = op_read_events, .optional = true },
	{ .name = "serve faults", .run = op_serve },
	{ .name = "stream", .run = op_stream },
	{ .name = "ask for pages", .run = op_ask },
	{ .name = "dirty tracking", .run = op_dirty },
	{ .name = "reset", .run = op_reset },
};

const size_t sim_nops = ARRAY_LEN(sim_ops);

void sim_victim(struct victim *victim)
{
	static struct vmm v = { .bell = PTHREAD_MUTEX_INITIALIZER };

	v.victim = victim;
	v.faults.fd = -1;
	v.events.fd = -1;
	v.g.fn = *victim->function;
	v.g.fd = victim->fd;
	v.g.npages = GUEST_PAGES;
	v.g.ram = mem_pages(GUEST_PAGES);
	memset(v.g.ram, 0, GUEST_PAGES * PAGE);
	v.root = tenant_reversed(&v.g, NPAGES);
	sim_function_open(&v.g.fn, v.g.fd);
	if (victim->user) {
		proc_limit_memlock(VICTIM_LIMIT_PAGES * PAGE);
		proc_become_user(VICTIM_UID);
	}
	v.g.ioas = ioas_alloc(v.g.fd);
	ioas_map_at(v.g.fd, v.g.ioas, v.g.ram, GUEST_PAGES * PAGE, GUEST_RAM);
	victim_threads(victim, sim_ops, sim_nops, &v, NTHREADS);
}
