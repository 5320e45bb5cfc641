// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device goes on with its DMA while the driver changes what it translates by. A
 * stream of a simulated function does an operation before and after each register
 * write and each store to a table entry of the driver, so it sees every state in
 * between.
 *
 * Documentation/driver-api/vtd/attach.rst says what an entry looks like in between.
 *
 * Needs a kernel with CONFIG_INTEL_IOMMU_SIM and vtd_sim=.
 */
#define _GNU_SOURCE
#include <string.h>
#include <unistd.h>
#include <linux/vfio.h>

#include <iommufd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/sim.h"
#include "lib/uapi.h"

#define IOVA 0x40000000ULL
#define OTHER (IOVA + 0x100000)
#define ENDLESS 1000000
#define CASE_SECONDS 60

struct profile {
	__u32 profile;
	const char *caps;
};

static const struct profile legacy = { VTD_SIM_LEGACY, "" };
static const struct profile second = { VTD_SIM_SECOND, "" };
static const struct profile first = { VTD_SIM_FIRST, "" };
static const struct profile full = { VTD_SIM_FULL, "" };

struct bench {
	struct sim sim;
	struct sim_function fn;
	int fd;
	__u32 ioas;
	unsigned char *va;
};

static void bench_on(struct bench *b, const struct profile *profile, __u32 retention)
{
	memset(b, 0, sizeof(*b));
	b->sim = sim_unit_like(profile->profile, profile->caps, retention, 0);
	b->fn = sim_function(&b->sim, VTD_SIM_ENGINE, 0);
	b->fd = iommu_open();
	sim_function_open(&b->fn, b->fd);
	b->ioas = ioas_alloc(b->fd);
	vfio_attach(b->fn.device, b->ioas);
	b->va = mem_pages(1);
	memset(b->va, 0x11, page_size());
	ioas_map_at(b->fd, b->ioas, b->va, page_size(), IOVA);
}

static void bench_end(struct bench *b)
{
	sim_check_clean(&b->sim);
	sim_function_close(&b->fn);
	close(b->fd);
	sim_function_remove(&b->fn);
	sim_end(&b->sim);
}

static __u32 failed(const struct bench *b)
{
	return sim_get(&b->fn, SIM_FIELD(stream_failed));
}

static __u32 done(const struct bench *b)
{
	return sim_get(&b->fn, SIM_FIELD(stream_done));
}

static void read_now(const struct bench *b, __u32 flags, unsigned char want)
{
	CHECK_EQ(sim_run(&b->fn, VTD_SIM_OP_READ | flags, IOVA, page_size(), 0), VTD_SIM_OK);
	CHECK_EQ(b->fn.memory[0], want);
}

/* Without help of the driver it comes to its end. */
static void ends(const void *arg)
{
	struct bench b;

	bench_on(&b, arg, VTD_SIM_KEEP_ALL);
	sim_stream(&b.fn, VTD_SIM_OP_READ, IOVA, 100);
	while (sim_get(&b.fn, SIM_FIELD(stream_left)))
		usleep(1000);
	CHECK_EQ(done(&b), 100);
	CHECK_EQ(failed(&b), 0);
	CHECK_EQ(b.fn.memory[page_size() - 1], 0x11);
	CHECK_EQ(sim_counters(&b.sim).streamed, 100);
	/* Once more, to be stopped; then with nothing to read. */
	sim_stream(&b.fn, VTD_SIM_OP_READ, IOVA, ENDLESS);
	sim_stream_stop(&b.fn);
	CHECK(done(&b) < ENDLESS);
	sim_stream(&b.fn, VTD_SIM_OP_WRITE, OTHER, 10);
	while (sim_get(&b.fn, SIM_FIELD(stream_left)))
		usleep(1000);
	CHECK_EQ(failed(&b), 10);
	CHECK_EQ(sim_get(&b.fn, SIM_FIELD(stream_status)), VTD_SIM_BLOCKED);
	bench_end(&b);
}

static void refusals(const void *arg)
{
	struct bench b;
	__u32 op;

	bench_on(&b, arg, VTD_SIM_KEEP_ALL);
	sim_set(&b.fn, SIM_FIELD(operand), 5);
	for (op = VTD_SIM_OP_ADD; op < VTD_SIM_OP_FETCH; op++)
		CHECK(sim_run(&b.fn, op | VTD_SIM_OP_STREAM, IOVA, 8, 0));
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_END_STREAM | VTD_SIM_OP_STREAM, IOVA, 8, 0),
		 VTD_SIM_BAD_COMMAND);
	CHECK(sim_run(&b.fn, VTD_SIM_OP_STOP | VTD_SIM_OP_STREAM, IOVA, 8, 0));
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_READ | VTD_SIM_OP_STREAM, IOVA,
			 page_size() + 1, 0), VTD_SIM_BAD_RANGE);
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_READ | VTD_SIM_OP_STREAM, IOVA, 8,
			 VTD_SIM_BAR2_SIZE), VTD_SIM_BAD_RANGE);
	sim_set(&b.fn, SIM_FIELD(operand), 0);
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_READ | VTD_SIM_OP_STREAM, IOVA, 8, 0),
		 VTD_SIM_BAD_RANGE);
	sim_set(&b.fn, SIM_FIELD(stream_left), 7);
	CHECK_EQ(sim_get(&b.fn, SIM_FIELD(stream_left)), 0);
	sim_stream_stop(&b.fn);
	/* A reset ends it, and a function that goes has ended it. */
	sim_stream(&b.fn, VTD_SIM_OP_READ, IOVA, ENDLESS);
	CHECK_OK(iommufd_vfio_reset(b.fn.device));
	CHECK_EQ(sim_get(&b.fn, SIM_FIELD(stream_left)), 0);
	sim_stream(&b.fn, VTD_SIM_OP_READ, IOVA, ENDLESS);
	bench_end(&b);
}

/* Nothing of it is disturbed by what happens at other addresses. */
static void beside_unmaps(const void *arg)
{
	struct bench b;
	int i;

	bench_on(&b, arg, VTD_SIM_KEEP_ALL);
	sim_stream(&b.fn, VTD_SIM_OP_READ | VTD_SIM_OP_ATS, IOVA, ENDLESS);
	for (i = 0; i < 50; i++) {
		ioas_map_at(b.fd, b.ioas, b.va, page_size(), OTHER);
		ioas_unmap(b.fd, b.ioas, OTHER, page_size());
	}
	CHECK(done(&b) >= 100);
	CHECK_EQ(failed(&b), 0);
	sim_stream_stop(&b.fn);
	bench_end(&b);
}

/*
 * From one address space to another and back: each read finds one of the two. The
 * entry of a first stage is not present in between, as its domain id and its table do
 * not lie in one piece of 16 bytes.
 */
static void replace(const struct profile *profile, __u32 flags, __u32 retention)
{
	bool has_gap = profile->profile == VTD_SIM_FIRST || profile->profile == VTD_SIM_FULL;
	unsigned char *va = mem_pages(1);
	struct bench b;
	__u32 ioas;
	int i;

	bench_on(&b, profile, retention);
	ioas = ioas_alloc(b.fd);
	memset(va, 0x33, page_size());
	ioas_map_at(b.fd, ioas, va, page_size(), IOVA);
	sim_stream(&b.fn, VTD_SIM_OP_READ | flags, IOVA, ENDLESS);
	for (i = 0; i < 20; i++) {
		vfio_attach(b.fn.device, i % 2 ? b.ioas : ioas);
		read_now(&b, flags, i % 2 ? 0x11 : 0x33);
	}
	CHECK(done(&b) >= 20);
	CHECK_EQ(sim_get(&b.fn, SIM_FIELD(stream_status)),
		 has_gap ? VTD_SIM_BLOCKED : VTD_SIM_OK);
	CHECK_EQ(!failed(&b), !has_gap);
	CHECK(failed(&b) < done(&b));
	CHECK(sim_counters(&b.sim).mixed);
	sim_stream_stop(&b.fn);
	bench_end(&b);
}

static void replace_kept(const void *arg)
{
	replace(arg, 0, VTD_SIM_KEEP_ALL);
}

static void replace_ats(const void *arg)
{
	replace(arg, VTD_SIM_OP_ATS, VTD_SIM_KEEP_ALL);
}

static void replace_fetched(const void *arg)
{
	replace(arg, 0, VTD_SIM_KEEP_NONE);
}

static void detach(const void *arg)
{
	struct bench b;
	int i;

	bench_on(&b, arg, VTD_SIM_KEEP_ALL);
	sim_stream(&b.fn, VTD_SIM_OP_READ, IOVA, ENDLESS);
	for (i = 0; i < 10; i++) {
		CHECK_OK(__vfio_detach(b.fn.device));
		CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_READ, IOVA, 8, 0), VTD_SIM_BLOCKED);
		vfio_attach(b.fn.device, b.ioas);
		read_now(&b, 0, 0x11);
	}
	CHECK(failed(&b));
	CHECK(done(&b) > failed(&b));
	CHECK(sim_counters(&b.sim).mixed);
	CHECK_EQ(sim_get(&b.fn, SIM_FIELD(stream_status)), VTD_SIM_BLOCKED);
	sim_stream_stop(&b.fn);
	bench_end(&b);
}

#define ON(f, p) { .name = #f " " #p, .fn_arg = f, .arg = &(p), .seconds = CASE_SECONDS }

static const struct test_case cases[] = {
	ON(ends, legacy), ON(ends, full),
	ON(refusals, first),
	ON(beside_unmaps, legacy), ON(beside_unmaps, second), ON(beside_unmaps, first),
	ON(replace_kept, legacy), ON(replace_kept, second), ON(replace_kept, first),
	ON(replace_kept, full),
	ON(replace_ats, legacy), ON(replace_ats, second), ON(replace_ats, first),
	ON(replace_fetched, legacy), ON(replace_fetched, second), ON(replace_fetched, first),
	ON(detach, legacy), ON(detach, second), ON(detach, first),
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
