// SPDX-License-Identifier: GPL-2.0-only
/* The checks: each is one change, and what a device sees after it. */
#define _GNU_SOURCE
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/vfio.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/uapi.h"
#include "checks.h"

#define IOVA 0x40000000ULL
#define NPAGES 17
/* The order of descriptors is decided by seed: often enough for each. */
#define ORDERS 8
#define PASID 5
#define ENDLESS 1000000

/* Fault reasons (VT-d 7.1.3): the entry is not present. */
#define REASON_NO_CONTEXT 0x2
#define REASON_NO_PASID 0x59

struct bench {
	struct sim sim;
	struct sim_function fn;
	int fd;
	__u32 ioas;
	unsigned char *va;
};

static void bench_like(struct bench *b, const struct profile *profile, __u32 retention,
		       __u64 seed)
{
	memset(b, 0, sizeof(*b));
	b->sim = sim_unit_like(profile->profile, profile->caps, retention, seed);
	b->fn = sim_function(&b->sim, VTD_SIM_ENGINE, 0);
	b->fd = iommu_open();
	sim_function_open(&b->fn, b->fd);
	b->ioas = ioas_alloc(b->fd);
	vfio_attach(b->fn.device, b->ioas);
	b->va = mem_pages(NPAGES);
	memset(b->va, 0x11, NPAGES * page_size());
}

static void bench_make(struct bench *b, const struct profile *profile)
{
	bench_like(b, profile, VTD_SIM_KEEP_ALL, 0);
}

static void bench_end(struct bench *b)
{
	sim_function_close(&b->fn);
	close(b->fd);
	sim_function_remove(&b->fn);
	sim_end(&b->sim);
}

/* The device reads a page; returns its first byte. */
static int read_page(const struct sim_function *fn, __u32 flags, __u64 iova)
{
	fn->memory[0] = 0xee;
	CHECK_EQ(sim_run(fn, VTD_SIM_OP_READ | flags, iova, page_size(), 0), VTD_SIM_OK);
	return fn->memory[0];
}

/* What a device could read that it must not. */
static void read_nothing(const struct bench *b, __u32 flags, __u64 iova)
{
	__u32 status = sim_run(&b->fn, VTD_SIM_OP_READ | flags, iova, page_size(), 0);

	if (status == VTD_SIM_OK)
		sim_print_stale(&b->sim);
	CHECK(status == VTD_SIM_BLOCKED || status == VTD_SIM_NO_PERMISSION);
}

static void map_use_unmap(const struct bench *b, __u32 ioas, __u32 flags, __u64 first,
			  size_t nbytes)
{
	__u64 page;

	ioas_map_at(b->fd, ioas, b->va, nbytes, first);
	for (page = first; page < first + nbytes; page += page_size())
		CHECK_EQ(read_page(&b->fn, flags, page), 0x11);
	ioas_unmap(b->fd, ioas, first, nbytes);
	for (page = first; page < first + nbytes; page += page_size())
		read_nothing(b, flags, page);
}

void check_unmap(const struct profile *profile)
{
	struct bench b;

	bench_make(&b, profile);
	map_use_unmap(&b, b.ioas, 0, IOVA + page_size(), 15 * page_size());
	sim_check_clean(&b.sim);
	bench_end(&b);
}

void check_unmap_ats(const struct profile *profile)
{
	struct bench b;

	bench_make(&b, profile);
	map_use_unmap(&b, b.ioas, VTD_SIM_OP_ATS, IOVA + page_size(), 15 * page_size());
	sim_check_clean(&b.sim);
	bench_end(&b);
}

/* No block covers both sides of the border; the last page has one of its own. */
static void unmap_border(const struct profile *profile, __u32 flags)
{
	struct bench b;

	bench_make(&b, profile);
	map_use_unmap(&b, b.ioas, flags, IOVA - 8 * page_size(), 17 * page_size());
	sim_check_clean(&b.sim);
	bench_end(&b);
}

void check_border(const struct profile *profile)
{
	unmap_border(profile, 0);
}

void check_border_ats(const struct profile *profile)
{
	unmap_border(profile, VTD_SIM_OP_ATS);
}

void check_ask_again(const struct profile *profile)
{
	struct bench b;
	int i;

	bench_like(&b, profile, VTD_SIM_KEEP_ALL, 1);
	sim_behave(&b.fn, VTD_SIM_ASK_AGAIN, 0);
	for (i = 0; i < ORDERS; i++) {
		ioas_map_at(b.fd, b.ioas, b.va, page_size(), IOVA);
		CHECK_EQ(read_page(&b.fn, VTD_SIM_OP_ATS, IOVA), 0x11);
		ioas_unmap(b.fd, b.ioas, IOVA, page_size());
		read_nothing(&b, VTD_SIM_OP_ATS, IOVA);
	}
	sim_check_clean(&b.sim);
	sim_behave(&b.fn, 0, 0);
	bench_end(&b);
}

/* All that a table of 2 MiB holds goes, and so does the table. */
void check_tables(const struct profile *profile)
{
	size_t nbytes = 512 * page_size();
	unsigned char *odd = mem_pages_odd(512);
	struct bench b;

	bench_make(&b, profile);
	memset(odd, 0x22, nbytes);
	ioas_map_at(b.fd, b.ioas, odd, nbytes, IOVA);
	CHECK_EQ(read_page(&b.fn, 0, IOVA), 0x22);
	ioas_unmap(b.fd, b.ioas, IOVA, nbytes);
	/* Somebody else gets the memory of the table. */
	mem_pages(512);
	ioas_map_at(b.fd, b.ioas, b.va, page_size(), IOVA);
	sim_run(&b.fn, VTD_SIM_OP_READ, IOVA, page_size(), 0);
	sim_check_clean(&b.sim);
	bench_end(&b);
}

void check_map(const struct profile *profile)
{
	struct bench b;

	bench_make(&b, profile);
	read_nothing(&b, 0, IOVA);
	ioas_map_at(b.fd, b.ioas, b.va, page_size(), IOVA);
	CHECK_EQ(read_page(&b.fn, 0, IOVA), 0x11);
	sim_check_clean(&b.sim);
	bench_end(&b);
}

void check_attach(const struct profile *profile)
{
	struct bench b;

	bench_make(&b, profile);
	ioas_map_at(b.fd, b.ioas, b.va, page_size(), IOVA);
	CHECK_OK(__vfio_detach(b.fn.device));
	read_nothing(&b, 0, IOVA);
	vfio_attach(b.fn.device, b.ioas);
	CHECK_EQ(read_page(&b.fn, 0, IOVA), 0x11);
	sim_check_clean(&b.sim);
	bench_end(&b);
}

static void other_make(struct bench *b, struct sim_function *other, __u32 ioas)
{
	*other = sim_function(&b->sim, VTD_SIM_ENGINE, 0);
	sim_function_open(other, b->fd);
	vfio_attach(other->device, ioas);
}

static void other_end(struct sim_function *other)
{
	sim_function_close(other);
	sim_function_remove(other);
}

static void leave(const struct profile *profile, __u32 stream)
{
	struct sim_function other;
	struct bench b;

	bench_make(&b, profile);
	other_make(&b, &other, b.ioas);
	ioas_map_at(b.fd, b.ioas, b.va, page_size(), IOVA);
	CHECK_EQ(read_page(&b.fn, 0, IOVA), 0x11);
	CHECK_EQ(read_page(&other, 0, IOVA), 0x11);
	if (stream)
		sim_stream(&b.fn, VTD_SIM_OP_READ, IOVA, stream);
	CHECK_OK(__vfio_detach(b.fn.device));
	sim_stream_stop(&b.fn);
	read_nothing(&b, 0, IOVA);
	CHECK_EQ(read_page(&other, 0, IOVA), 0x11);
	sim_check_clean(&b.sim);
	other_end(&other);
	bench_end(&b);
}

void check_leave(const struct profile *profile)
{
	leave(profile, 0);
}

void check_leave_busy(const struct profile *profile)
{
	leave(profile, ENDLESS);
}

/*
 * A unit without caches reads the tables at each request. What it may meet is an
 * entry that is not present.
 */
static void check_reasons(const struct bench *b)
{
	static struct vtd_sim_trace trace[VTD_SIM_LOG_MAX];
	struct vtd_sim_log log = {
		.size = sizeof(log), .unit = b->sim.unit,
		.entries = (unsigned long)trace, .nr = VTD_SIM_LOG_MAX,
	};
	__u32 i;

	CHECK_OK(__sim(b->sim.fd, VTD_SIM_TRACE, &log));
	for (i = 0; i < log.nr; i++) {
		if (trace[i].reason && trace[i].reason != REASON_NO_CONTEXT &&
		    trace[i].reason != REASON_NO_PASID)
			harness_fail(__FILE__, __LINE__, "an entry was half written: fault %#x",
				     trace[i].reason);
	}
}

void check_half_written(const struct profile *profile)
{
	struct bench b;

	bench_like(&b, profile, VTD_SIM_KEEP_NONE, 0);
	ioas_map_at(b.fd, b.ioas, b.va, page_size(), IOVA);
	sim_stream(&b.fn, VTD_SIM_OP_READ, IOVA, ENDLESS);
	CHECK_OK(__vfio_detach(b.fn.device));
	check_reasons(&b);
	vfio_attach(b.fn.device, b.ioas);
	check_reasons(&b);
	sim_stream_stop(&b.fn);
	bench_end(&b);
}

/* Another one stays where the device was, so that no domain id is free again. */
static void replace_with(const struct profile *profile, __u32 flags)
{
	unsigned char *va = mem_pages(1);
	struct sim_function other;
	struct bench b;
	__u32 ioas;

	bench_make(&b, profile);
	other_make(&b, &other, b.ioas);
	memset(va, 0x33, page_size());
	ioas = ioas_alloc(b.fd);
	ioas_map_at(b.fd, b.ioas, b.va, page_size(), IOVA);
	ioas_map_at(b.fd, ioas, va, page_size(), IOVA);
	CHECK_EQ(read_page(&b.fn, flags, IOVA), 0x11);
	vfio_attach(b.fn.device, ioas);
	CHECK_EQ(read_page(&b.fn, flags, IOVA), 0x33);
	CHECK_EQ(read_page(&other, flags, IOVA), 0x11);
	sim_check_clean(&b.sim);
	other_end(&other);
	bench_end(&b);
}

void check_replace(const struct profile *profile)
{
	replace_with(profile, 0);
}

void check_replace_ats(const struct profile *profile)
{
	replace_with(profile, VTD_SIM_OP_ATS);
}

void check_new_domain(const struct profile *profile)
{
	unsigned char *va = mem_pages(1);
	struct bench b;
	__u32 ioas;

	bench_make(&b, profile);
	memset(va, 0x33, page_size());
	ioas_map_at(b.fd, b.ioas, b.va, page_size(), IOVA);
	CHECK_EQ(read_page(&b.fn, 0, IOVA), 0x11);
	CHECK_OK(__vfio_detach(b.fn.device));
	ioas = ioas_alloc(b.fd);
	ioas_map_at(b.fd, ioas, va, page_size(), IOVA);
	vfio_attach(b.fn.device, ioas);
	CHECK_EQ(read_page(&b.fn, 0, IOVA), 0x33);
	sim_check_clean(&b.sim);
	bench_end(&b);
}

void check_plug(const struct profile *profile)
{
	struct bench b;

	bench_make(&b, profile);
	ioas_map_at(b.fd, b.ioas, b.va, page_size(), IOVA);
	CHECK_EQ(read_page(&b.fn, 0, IOVA), 0x11);
	sim_function_close(&b.fn);
	sim_function_remove(&b.fn);
	b.fn = sim_function(&b.sim, VTD_SIM_ENGINE, VTD_SIM_FUNCTION_NO_PASID);
	sim_function_open(&b.fn, b.fd);
	vfio_attach(b.fn.device, b.ioas);
	CHECK_EQ(read_page(&b.fn, 0, IOVA), 0x11);
	sim_check_clean(&b.sim);
	bench_end(&b);
}

/* What it remembers it keeps, and the unit refuses it. */
void check_mute(const struct profile *profile)
{
	struct bench b;

	bench_make(&b, profile);
	ioas_map_at(b.fd, b.ioas, b.va, 2 * page_size(), IOVA);
	CHECK_EQ(read_page(&b.fn, VTD_SIM_OP_ATS, IOVA), 0x11);
	sim_behave(&b.fn, VTD_SIM_IGNORE_INVALIDATIONS, 0);
	ioas_unmap(b.fd, b.ioas, IOVA, 2 * page_size());
	read_nothing(&b, VTD_SIM_OP_ATS, IOVA);
	sim_behave(&b.fn, 0, 0);
	bench_end(&b);
}

static __u32 pasid_hwpt(const struct bench *b, __u32 ioas)
{
	struct iommu_hwpt_alloc cmd = {
		.flags = IOMMU_HWPT_ALLOC_PASID, .dev_id = b->fn.id, .pt_id = ioas,
	};

	CHECK_OK(__hwpt_alloc(b->fd, &cmd));
	return cmd.out_hwpt_id;
}

/* The PASID has an address space of its own. */
static void with_pasid(const struct profile *profile, __u32 flags)
{
	struct vfio_device_attach_iommufd_pt at = {
		.argsz = sizeof(at), .flags = VFIO_DEVICE_ATTACH_PASID, .pasid = PASID,
	};
	struct bench b;
	__u32 ioas;

	bench_make(&b, profile);
	vfio_attach(b.fn.device, pasid_hwpt(&b, b.ioas));
	ioas = ioas_alloc(b.fd);
	at.pt_id = pasid_hwpt(&b, ioas);
	CHECK_EQ(ioctl(b.fn.device, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &at), 0);
	sim_set(&b.fn, SIM_FIELD(pasid), PASID);
	map_use_unmap(&b, ioas, VTD_SIM_OP_PASID | flags, IOVA + page_size(),
		      15 * page_size());
	sim_check_clean(&b.sim);
	bench_end(&b);
}

void check_pasid(const struct profile *profile)
{
	with_pasid(profile, 0);
}

void check_pasid_ats(const struct profile *profile)
{
	with_pasid(profile, VTD_SIM_OP_ATS);
}
