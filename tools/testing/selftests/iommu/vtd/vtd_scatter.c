// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulated functions do DMA by a list of segments, which stands in their memory.
 *
 * Documentation/driver-api/vtd/sim.rst describes it.
 *
 * Needs a kernel with CONFIG_INTEL_IOMMU_SIM and vtd_sim=.
 */
#include <string.h>
#include <unistd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/sim.h"
#include "lib/uapi.h"

#define IOVA		0x40000000ULL
#define NPAGES		8
#define LIST		0x8000
#define DATA		0x100
#define CASE_SECONDS	60

struct bench {
	struct sim sim;
	struct sim_function fn;
	unsigned char *va;
	int fd;
	__u32 ioas;
};

static struct bench bench_make(void)
{
	struct bench b = { .sim = sim_unit(VTD_SIM_FULL, "") };
	__u32 i;

	b.fd = iommu_open();
	b.fn = sim_function(&b.sim, VTD_SIM_ENGINE, 0);
	sim_function_open(&b.fn, b.fd);
	b.ioas = ioas_alloc(b.fd);
	vfio_attach(b.fn.device, b.ioas);
	b.va = mem_pages(NPAGES);
	for (i = 0; i < NPAGES * page_size(); i++)
		b.va[i] = i / 16 * 7 + i;
	ioas_map_at(b.fd, b.ioas, b.va, NPAGES * page_size(), IOVA);
	return b;
}

static void bench_end(struct bench *b)
{
	sim_function_close(&b->fn);
	sim_check_clean(&b->sim);
	sim_function_remove(&b->fn);
	sim_end(&b->sim);
	close(b->fd);
}

static void set_segment(const struct sim_function *fn, __u32 at, __u64 addr, __u32 nbytes)
{
	struct vtd_sim_segment segment = { .addr = addr, .nbytes = nbytes };

	memcpy((void *)(fn->memory + at), &segment, sizeof(segment));
}

/* Writes a list of @n segments. */
static void set_list(const struct bench *b, const struct vtd_sim_segment *list, __u32 n)
{
	__u32 i;

	for (i = 0; i < n; i++)
		set_segment(&b->fn, LIST + i * sizeof(*list), IOVA + list[i].addr,
			    list[i].nbytes);
}

static __u32 run(const struct bench *b, __u32 command, __u32 n, __u32 offset)
{
	return sim_run(&b->fn, command | VTD_SIM_OP_LIST, LIST,
		       n * sizeof(struct vtd_sim_segment), offset);
}

/* Across pages, not aligned, one twice. */
static const struct vtd_sim_segment places[] = {
	{ .addr = 0x5ff0, .nbytes = 0x1020 },
	{ .addr = 0x0003, .nbytes = 1 },
	{ .addr = 0x2800, .nbytes = 0x1000 },
	{ .addr = 0x0003, .nbytes = 5 },
};

#define NPLACES	ARRAY_LEN(places)

static void gather(__u32 how)
{
	struct bench b = bench_make();
	__u32 i, at = DATA;

	set_list(&b, places, NPLACES);
	CHECK_EQ(run(&b, VTD_SIM_OP_READ | how, NPLACES, DATA), VTD_SIM_OK);
	for (i = 0; i < NPLACES; i++) {
		CHECK_EQ(memcmp((void *)(b.fn.memory + at), b.va + places[i].addr,
				places[i].nbytes), 0);
		at += places[i].nbytes;
	}
	CHECK_EQ(sim_get(&b.fn, SIM_FIELD(done)), at - DATA);
	CHECK_EQ(b.fn.memory[at], 0);
	bench_end(&b);
}

static void reads(void)
{
	gather(0);
}

static void reads_through_the_device_tlb(void)
{
	gather(VTD_SIM_OP_ATS);
}

static void writes(void)
{
	struct bench b = bench_make();
	unsigned char before = b.va[0x27ff], behind = b.va[0x3800];
	__u32 i, j, at = DATA;

	set_list(&b, places, 3);
	memset((void *)(b.fn.memory + DATA), 0, 0x3000);
	for (i = 0; i < 0x2021; i++)
		b.fn.memory[DATA + i] = 3 * i + 1;
	CHECK_EQ(run(&b, VTD_SIM_OP_WRITE, 3, DATA), VTD_SIM_OK);
	for (i = 0; i < 3; i++)
		for (j = 0; j < places[i].nbytes; j++, at++)
			CHECK_EQ(b.va[places[i].addr + j], b.fn.memory[at]);
	CHECK_EQ(b.va[0x27ff], before);
	CHECK_EQ(b.va[0x3800], behind);
	bench_end(&b);
}

/* What stands in front of a segment that fails is done, what stands behind is not. */
static void ends_at_a_failure(void)
{
	static const struct vtd_sim_segment list[] = {
		{ .addr = 0x100, .nbytes = 0x80 },
		{ .addr = NPAGES * 0x1000 - 0x40, .nbytes = 0x80 },
		{ .addr = 0x200, .nbytes = 0x80 },
	};
	struct bench b = bench_make();

	set_list(&b, list, 3);
	CHECK_EQ(run(&b, VTD_SIM_OP_READ, 3, DATA), VTD_SIM_BLOCKED);
	CHECK_EQ(sim_get(&b.fn, SIM_FIELD(done)), 0x80 + 0x40);
	CHECK_EQ(memcmp((void *)(b.fn.memory + DATA), b.va + 0x100, 0x80), 0);
	CHECK_EQ(b.fn.memory[DATA + 0x100], 0);
	bench_end(&b);
}

struct bad {
	__u32 command;
	__u32 at;
	__u32 nbytes;
	__u32 offset;
	struct vtd_sim_segment second;
	__u32 status;
};

#define GOOD	{ .addr = IOVA, .nbytes = 0x10 }
#define R	VTD_SIM_OP_READ

static const struct bad bad_lists[] = {
	{ R, LIST, 0, 0, GOOD, VTD_SIM_BAD_RANGE },
	{ R, LIST, 17, 0, GOOD, VTD_SIM_BAD_RANGE },
	{ R, LIST, (VTD_SIM_SEGMENTS + 1) * 16, 0, GOOD, VTD_SIM_BAD_RANGE },
	{ R, LIST, ~0U << 4, 0, GOOD, VTD_SIM_BAD_RANGE },
	{ R, VTD_SIM_BAR2_SIZE - 16, 32, 0, GOOD, VTD_SIM_BAD_RANGE },
	{ R, ~0U, 32, 0, GOOD, VTD_SIM_BAD_RANGE },
	{ R, LIST, 32, VTD_SIM_BAR2_SIZE - 0x1f, GOOD, VTD_SIM_BAD_RANGE },
	{ R, LIST, 32, ~0U - 0xf, GOOD, VTD_SIM_BAD_RANGE },
	{ R, LIST, 32, 0, { .addr = IOVA, .nbytes = 0 }, VTD_SIM_BAD_RANGE },
	{ R, LIST, 32, 0, { .addr = IOVA, .nbytes = VTD_SIM_OP_BYTES - 0xf },
	  VTD_SIM_BAD_RANGE },
	{ R, LIST, 32, 0, { .addr = IOVA, .nbytes = ~0U }, VTD_SIM_BAD_RANGE },
	{ R, LIST, 32, 0, { .addr = ~0ULL, .nbytes = 2 }, VTD_SIM_BAD_RANGE },
	{ R, LIST, 32, 0, { .addr = IOVA, .nbytes = 16, .__reserved = 1 },
	  VTD_SIM_BAD_RANGE },
	{ VTD_SIM_OP_ADD, LIST, 32, 0, GOOD, VTD_SIM_BAD_COMMAND },
	{ VTD_SIM_OP_PAGE, LIST, 32, 0, GOOD, VTD_SIM_BAD_COMMAND },
	{ VTD_SIM_OP_FETCH, LIST, 32, 0, GOOD, VTD_SIM_BAD_COMMAND },
	{ R | VTD_SIM_OP_STREAM, LIST, 32, 0, GOOD, VTD_SIM_BAD_COMMAND },
	{ R | VTD_SIM_OP_FORGED, LIST, 32, 0, GOOD, VTD_SIM_NO_CAP },
};

/* Nothing moves, not even by the segments that make sense. */
static void bad_lists_move_nothing(void)
{
	struct bench b = bench_make();
	__u64 before;
	__u32 i;

	for (i = 0; i < ARRAY_LEN(bad_lists); i++) {
		const struct bad *bad = &bad_lists[i];

		set_segment(&b.fn, LIST, IOVA, 0x10);
		memcpy((void *)(b.fn.memory + LIST + 16), &bad->second, 16);
		before = sim_counters(&b.sim).requests;
		harness_note("list %u", i);
		CHECK_EQ(sim_run(&b.fn, bad->command | VTD_SIM_OP_LIST, bad->at, bad->nbytes,
				 bad->offset), bad->status);
		CHECK_EQ(sim_counters(&b.sim).requests, before);
	}
	bench_end(&b);
}

/* The longest list there is, of the most that one operation moves. */
static void longest(void)
{
	struct vtd_sim_segment list[VTD_SIM_SEGMENTS];
	struct bench b = bench_make();
	__u32 i;

	for (i = 0; i < VTD_SIM_SEGMENTS; i++)
		list[i] = (struct vtd_sim_segment){
			.addr = (VTD_SIM_SEGMENTS - 1 - i) * 0x100, .nbytes = 0x100,
		};
	set_list(&b, list, VTD_SIM_SEGMENTS);
	CHECK_EQ(run(&b, VTD_SIM_OP_READ, VTD_SIM_SEGMENTS, 0), VTD_SIM_OK);
	CHECK_EQ(sim_get(&b.fn, SIM_FIELD(done)), VTD_SIM_OP_BYTES);
	for (i = 0; i < VTD_SIM_SEGMENTS; i++)
		CHECK_EQ(memcmp((void *)(b.fn.memory + i * 0x100), b.va + list[i].addr,
				0x100), 0);
	bench_end(&b);
}

#define CASE(f)	{ .name = #f, .fn = f, .seconds = CASE_SECONDS }

static const struct test_case cases[] = {
	CASE(reads),
	CASE(reads_through_the_device_tlb),
	CASE(writes),
	CASE(ends_at_a_failure),
	CASE(bad_lists_move_nothing),
	CASE(longest),
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
