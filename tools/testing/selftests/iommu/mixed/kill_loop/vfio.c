// SPDX-License-Identifier: GPL-2.0-only
/*
 * A victim with real devices: an edu whose page tables change while it does
 * DMA, and, where there is one, an igb that comes and goes, is reset and moves.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/edu.h"
#include "lib/event.h"
#include "lib/file.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/proc.h"
#include "lib/uapi.h"
#include "lib/vfio.h"
#include "kill.h"

#define IGB_MODEL "0x8086:0x10c9"
#define NTHREADS 4
#define NIOAS 2
#define NSLOTS 4
#define NHUGE 2
#define REGS_SIZE 0x1000
#define IOVA 0x10000000ULL
/* Each map begins at one of these. */
#define NPLACES 8
#define STRIDE 0x1000000ULL

struct real {
	struct victim *victim;
	int fd;
	int edu, igb;
	bool has_igb, igb_bound;
	__u32 edu_id;
	/* Holds off a detach while the edu does DMA. */
	pthread_mutex_t dma;
	atomic_bool attached;
	volatile void *regs;
	struct vfio_place igb_place;
	__u32 ioas[NIOAS];
	/* Ids of page tables: whoever makes one destroys the one before. */
	atomic_uint hwpt[NSLOTS], parent[NSLOTS];
	atomic_uint fault;
	atomic_int fault_fd;
	char *own, *huge;
	int memfd;
};

static unsigned int roll(unsigned int *seed, unsigned int sides)
{
	return rand_r(seed) % sides;
}

static __u64 any_iova(unsigned int *seed)
{
	return IOVA + roll(seed, NPLACES) * STRIDE;
}

static __u32 any_ioas(struct real *r, unsigned int *seed)
{
	return r->ioas[roll(seed, NIOAS)];
}

static int op_map(void *arg, unsigned int *seed)
{
	struct real *r = arg;
	unsigned int first = roll(seed, VICTIM_PAGES - 1);
	size_t length = (1 + roll(seed, VICTIM_PAGES - first)) *
			r->victim->page;
	char *va = roll(seed, 2) ? r->victim->va : r->own;

	return __ioas_map_at(r->fd, any_ioas(r, seed),
			     va + first * r->victim->page, length,
			     any_iova(seed));
}

static int op_map_huge(void *arg, unsigned int *seed)
{
	struct real *r = arg;

	return __ioas_map_at(r->fd, any_ioas(r, seed), r->huge,
			     NHUGE * thp_size(), any_iova(seed));
}

static int op_map_file(void *arg, unsigned int *seed)
{
	struct real *r = arg;
	struct iommu_ioas_map_file map =
		file_at(any_ioas(r, seed), r->memfd, 0,
			VICTIM_PAGES * r->victim->page, any_iova(seed));

	return __ioas_map_file(r->fd, &map);
}

static int op_copy(void *arg, unsigned int *seed)
{
	struct real *r = arg;
	struct iommu_ioas_copy copy = copy_at(any_ioas(r, seed),
					      any_ioas(r, seed),
					      r->victim->page, any_iova(seed),
					      any_iova(seed));

	return __ioas_copy(r->fd, &copy);
}

static int op_unmap(void *arg, unsigned int *seed)
{
	struct real *r = arg;

	if (!roll(seed, 8))
		return __ioas_unmap(r->fd, any_ioas(r, seed), 0, UINT64_MAX,
				    NULL);
	return __ioas_unmap(r->fd, any_ioas(r, seed), any_iova(seed), STRIDE,
			    NULL);
}

/* Anything that a device can be attached to, or could be a moment ago. */
static __u32 any_target(struct real *r, unsigned int *seed)
{
	switch (roll(seed, 3)) {
	case 0:
		return any_ioas(r, seed);
	case 1:
		return r->parent[roll(seed, NSLOTS)];
	default:
		return r->hwpt[roll(seed, NSLOTS)];
	}
}

/*
 * QEMU 10.0 crashes now and then, in address_space_rw() called by edu's timer,
 * when DMA meets a PASID entry that is not present: a device without a page
 * table is not told to do DMA.
 */
static int op_attach(void *arg, unsigned int *seed)
{
	struct real *r = arg;
	__u32 pt = any_target(r, seed);
	int rc;

	if (r->attached)
		return __vfio_attach(r->edu, &pt);
	pthread_mutex_lock(&r->dma);
	rc = __vfio_attach(r->edu, &pt);
	r->attached = !rc;
	pthread_mutex_unlock(&r->dma);
	return rc;
}

static int op_detach(void *arg, unsigned int *seed)
{
	struct real *r = arg;
	int rc;

	(void)seed;
	pthread_mutex_lock(&r->dma);
	r->attached = false;
	rc = __vfio_detach(r->edu);
	pthread_mutex_unlock(&r->dma);
	return rc;
}

static int put_hwpt(struct real *r, atomic_uint *slot,
		    struct iommu_hwpt_alloc *cmd)
{
	int rc = __hwpt_alloc(r->fd, cmd);
	__u32 old;

	if (rc)
		return rc;
	old = atomic_exchange(slot, cmd->out_hwpt_id);
	if (old)
		__destroy(r->fd, old);
	return 0;
}

static int op_hwpt(void *arg, unsigned int *seed)
{
	static const __u32 flags[] = {
		0, 0, IOMMU_HWPT_ALLOC_DIRTY_TRACKING, IOMMU_HWPT_ALLOC_PASID,
	};
	struct real *r = arg;
	struct iommu_hwpt_alloc cmd = {
		.flags = flags[roll(seed, ARRAY_LEN(flags))],
		.dev_id = r->edu_id,
		.pt_id = any_ioas(r, seed),
	};

	return put_hwpt(r, &r->hwpt[roll(seed, NSLOTS)], &cmd);
}

static int op_parent(void *arg, unsigned int *seed)
{
	struct real *r = arg;
	struct iommu_hwpt_alloc cmd = {
		.flags = IOMMU_HWPT_ALLOC_NEST_PARENT,
		.dev_id = r->edu_id,
		.pt_id = any_ioas(r, seed),
	};

	return put_hwpt(r, &r->parent[roll(seed, NSLOTS)], &cmd);
}

/* Over a parent, with a guest's table at 0. */
static int op_nested(void *arg, unsigned int *seed)
{
	struct iommu_hwpt_vtd_s1 data = { .addr_width = 48 };
	struct real *r = arg;
	struct iommu_hwpt_alloc cmd = {
		.dev_id = r->edu_id,
		.pt_id = r->parent[roll(seed, NSLOTS)],
		.data_type = IOMMU_HWPT_DATA_VTD_S1,
		.data_len = sizeof(data),
		.data_uptr = (uintptr_t)&data,
	};

	return put_hwpt(r, &r->hwpt[roll(seed, NSLOTS)], &cmd);
}

static int op_fault_queue(void *arg, unsigned int *seed)
{
	struct real *r = arg;
	struct event_queue queue;
	int rc = __fault_queue(r->fd, &queue);
	__u32 old;
	int fd;

	(void)seed;
	if (rc)
		return rc;
	old = atomic_exchange(&r->fault, queue.id);
	fd = atomic_exchange(&r->fault_fd, queue.fd);
	if (fd >= 0)
		close(fd);
	if (old)
		__destroy(r->fd, old);
	return 0;
}

static int op_fault_hwpt(void *arg, unsigned int *seed)
{
	struct real *r = arg;
	struct iommu_hwpt_alloc cmd = {
		.flags = IOMMU_HWPT_FAULT_ID_VALID,
		.dev_id = r->edu_id,
		.pt_id = any_ioas(r, seed),
		.fault_id = r->fault,
	};

	return put_hwpt(r, &r->hwpt[roll(seed, NSLOTS)], &cmd);
}

static int op_read_fault(void *arg, unsigned int *seed)
{
	struct real *r = arg;
	int fd = atomic_load(&r->fault_fd);
	struct iommu_hwpt_pgfault faults[4];

	(void)seed;
	if (fd >= 0 && event_poll(fd))
		__event_read(fd, faults, sizeof(faults));
	return fd >= 0 ? 0 : -EBADF;
}

/* What is mapped there or not; meanwhile tables and maps change. */
static int op_dma(void *arg, unsigned int *seed)
{
	struct real *r = arg;
	int rc = -EAGAIN;

	if (pthread_mutex_trylock(&r->dma))
		return rc;
	if (r->attached) {
		if (roll(seed, 2))
			edu_read(r->regs, any_iova(seed), r->victim->page);
		else
			edu_write(r->regs, any_iova(seed), r->victim->page);
		rc = 0;
	}
	pthread_mutex_unlock(&r->dma);
	return rc;
}

static int op_info(void *arg, unsigned int *seed)
{
	struct real *r = arg;
	struct iommu_hw_info info = { .dev_id = r->edu_id };

	(void)seed;
	return __hw_info(r->fd, &info);
}

static int igb_open(struct real *r)
{
	__u32 id;
	int rc;

	/* Who is no longer root has it open, and only once. */
	if (!r->victim->user)
		r->igb = vfio_open(r->igb_place.node);
	rc = __vfio_bind(r->igb, r->fd, &id);
	r->igb_bound = !rc;
	return rc;
}

static int igb_close(struct real *r)
{
	if (r->victim->user)
		return -EPERM;
	r->igb_bound = false;
	return close(r->igb);
}

/* One thread at a time opens, moves, resets or closes it. */
static int op_igb(void *arg, unsigned int *seed)
{
	static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
	struct real *r = arg;
	__u32 pt;
	int rc;

	if (!r->has_igb || pthread_mutex_trylock(&one))
		return -EAGAIN;
	if (!r->igb_bound) {
		rc = igb_open(r);
	} else {
		switch (roll(seed, 8)) {
		case 0:
			rc = igb_close(r);
			break;
		case 1:
			rc = __iommu_cmd(r->igb, VFIO_DEVICE_RESET, NULL);
			break;
		case 2:
			rc = __vfio_detach(r->igb);
			break;
		default:
			pt = any_target(r, seed);
			rc = __vfio_attach(r->igb, &pt);
			break;
		}
	}
	pthread_mutex_unlock(&one);
	return rc;
}

const struct victim_op vfio_ops[] = {
	{ .name = "map", .run = op_map },
	{ .name = "map huge pages", .run = op_map_huge },
	{ .name = "map file", .run = op_map_file },
	{ .name = "copy", .run = op_copy },
	{ .name = "unmap", .run = op_unmap },
	{ .name = "attach", .run = op_attach },
	{ .name = "detach", .run = op_detach },
	{ .name = "hwpt", .run = op_hwpt },
	{ .name = "fault queue", .run = op_fault_queue },
	{ .name = "read faults", .run = op_read_fault },
	{ .name = "dma", .run = op_dma },
	{ .name = "hw info", .run = op_info },
	{ .name = "igb", .run = op_igb },
	{ .name = "nest parent", .run = op_parent, .optional = true },
	{ .name = "nested hwpt", .run = op_nested, .optional = true },
	{ .name = "fault hwpt", .run = op_fault_hwpt, .optional = true },
};

const size_t vfio_nops = ARRAY_LEN(vfio_ops);

static void open_devices(struct real *r)
{
	struct vfio_place edu;

	CHECK_OK(vfio_find_model(EDU_MODEL, &edu));
	r->edu = vfio_open(edu.node);
	r->edu_id = vfio_bind(r->edu, r->fd);
	r->regs = vfio_map_bar(r->edu, REGS_SIZE);
	r->has_igb = !vfio_find_model(IGB_MODEL, &r->igb_place);
	if (r->has_igb && r->victim->user)
		r->igb = vfio_open(r->igb_place.node);
}

void vfio_victim(struct victim *victim)
{
	static struct real r;
	int i;

	r.victim = victim;
	r.fd = victim->fd;
	r.fault_fd = -1;
	pthread_mutex_init(&r.dma, NULL);
	r.own = mem_pages(VICTIM_PAGES);
	r.huge = mem_thp(NHUGE);
	r.memfd = memfd_make(VICTIM_PAGES * victim->page);
	open_devices(&r);
	if (victim->user) {
		proc_limit_memlock(VICTIM_LIMIT_PAGES * victim->page);
		proc_become_user(VICTIM_UID);
	}
	for (i = 0; i < NIOAS; i++)
		r.ioas[i] = ioas_alloc(r.fd);
	victim_threads(victim, vfio_ops, vfio_nops, &r, NTHREADS);
}
