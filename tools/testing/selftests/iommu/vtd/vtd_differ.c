// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random address spaces behind QEMU's unit, and random DMA of its NVMe controller: data,
 * outcome and fault reason are those that the golden model predicts from the same tables.
 *
 * Three who must agree: what was mapped, the model, the emulated unit. In every third round
 * bits of the tables are spoilt, as no driver writes them; then it is the model and the unit
 * that have to agree. Where the unit is known to differ from the architecture, the difference
 * is in the table of vtd_differ/accepted.c, with the reason.
 *
 *   vtd_differ [--rounds N] [--seed N] [--seconds N] [--spoil 0]
 *
 * A round is an address space and REQUESTS requests; --seconds in place of --rounds.
 * --spoil 0: no table is spoilt.
 *
 * Needs /dev/vtd-sim (vtd_sim=) for the model, and "-device nvme" behind QEMU's unit:
 * Documentation/driver-api/vtd/testing.rst.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <linux/vfio.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/nvme.h"
#include "lib/proc.h"
#include "lib/random.h"
#include "lib/sim.h"
#include "lib/trace.h"
#include "lib/uapi.h"
#include "vtd/vtd_differ/accepted.h"
#include "vtd/vtd_differ/spoil.h"

#define ROUNDS 25
#define MAPS 12
#define REQUESTS 40
#define NHUGE 4
#define SPOIL_TRIES 60
#define QUEUES 0x100000ULL
#define SCRATCH 0x110000ULL
#define FIRST 0x200000ULL
#define SPACE (1ULL << 38)
/* Writes there are interrupts. */
#define MSI_FIRST 0xfee00000ULL
#define MSI_LAST 0xfeefffffULL
#define CASE_SECONDS 900
/* Records are read ten times a second at least. */
#define RECORD_US (400 * 1000)
/* How far the clock of the device may go in between, in its milliseconds */
#define CLOCK_SLACK 600000

static unsigned long rounds, seed, seconds, spoiling;

struct map {
	__u64 iova;
	size_t nbytes;
	unsigned char *va;
	__u32 prot;
};

struct bench {
	int sim;
	struct vfio_place place;
	unsigned int segment, bus, slot, function;
	const char *profile;
	struct trace trace;
	int fd;
	int device;
	struct nvme nvme;
	volatile void *regs;
	__u32 ioas;
	unsigned char *memory;
	unsigned char *queues;
	__u64 *scratch;
	struct map maps[MAPS];
	size_t nmaps;
	struct spoils spoils;
	unsigned long asked, blocked, spoilt, changed;
};

static void bench_make(struct bench *b)
{
	const char *name;

	memset(b, 0, sizeof(*b));
	b->sim = open("/dev/vtd-sim", O_RDWR | O_CLOEXEC);
	if (b->sim < 0)
		harness_skip("no /dev/vtd-sim (vtd_sim=)");
	b->profile = getenv("VM_PROFILE") ?: "";
	pci_take_model(NVME_MODEL);
	CHECK_OK(vfio_find_model(NVME_MODEL, &b->place));
	name = strrchr(b->place.dir, '/') + 1;
	if (sscanf(name, "%x:%x:%x.%x", &b->segment, &b->bus, &b->slot, &b->function) != 4)
		harness_fail(__FILE__, __LINE__, "no address: %s", name);
	b->spoils = (struct spoils){
		.sim = b->sim,
		.segment = b->segment,
		.source = b->bus << 8 | b->slot << 3 | b->function,
		.spare = QUEUES,
	};
	b->trace = trace_open();
	CHECK_EQ(trace_enable_other(&b->trace, "intel_iommu/fault_report"), 0);
	b->fd = iommu_open();
	b->device = vfio_open(b->place.node);
	vfio_bind(b->device, b->fd);
	b->regs = vfio_map_bar(b->device, 8192);
	b->memory = mem_thp(NHUGE);
	b->queues = mem_pages(NVME_QUEUE_PAGES);
	b->scratch = mem_pages(1);
}

/* ---- Address spaces ---------------------------------------------------- */

static bool is_free(const struct bench *b, __u64 iova, size_t nbytes)
{
	size_t i;

	for (i = 0; i < b->nmaps; i++) {
		if (iova < b->maps[i].iova + b->maps[i].nbytes &&
		    b->maps[i].iova < iova + nbytes)
			return false;
	}
	return true;
}

/* Near the others or far away; huge pages fit into half of them. */
static void map_some(struct bench *b)
{
	static const __u32 prots[] = {
		IOMMU_IOAS_MAP_READABLE, IOMMU_IOAS_MAP_WRITEABLE, PROT_RW, PROT_RW,
	};
	size_t total = NHUGE * thp_size(), unit = random_below(2) ? thp_size() : page_size();
	__u64 space = random_below(2) ? SPACE : 16 * thp_size();
	struct iommu_ioas_map cmd;
	struct map map;

	map.nbytes = (1 + random_below(unit == page_size() ? 40 : 2)) * unit;
	map.va = b->memory + random_below((total - map.nbytes) / unit + 1) * unit;
	map.iova = FIRST + random_below((space - FIRST - map.nbytes) / unit + 1) * unit;
	map.prot = prots[random_below(4)];
	if (!is_free(b, map.iova, map.nbytes))
		return;
	cmd = map_at(b->ioas, map.va, map.nbytes, map.iova);
	cmd.flags = MAP_AT | map.prot;
	/* A place that firmware has reserved is no loss. */
	if (!__ioas_map(b->fd, &cmd))
		b->maps[b->nmaps++] = map;
}

static void new_space(struct bench *b)
{
	__u32 old = b->ioas;
	size_t i;

	if (old)
		nvme_stop(&b->nvme);
	b->nmaps = 0;
	b->ioas = ioas_alloc(b->fd);
	ioas_map_at(b->fd, b->ioas, b->queues, NVME_QUEUE_PAGES * page_size(), QUEUES);
	ioas_map_at(b->fd, b->ioas, b->scratch, page_size(), SCRATCH);
	vfio_attach(b->device, b->ioas);
	if (old)
		destroy(b->fd, old);
	for (i = 0; i < MAPS; i++)
		map_some(b);
	/* Some go again, and leave tables behind. */
	for (i = 0; i < 2 && b->nmaps; i++) {
		b->nmaps--;
		ioas_unmap(b->fd, b->ioas, b->maps[b->nmaps].iova, b->maps[b->nmaps].nbytes);
	}
	nvme_start(&b->nvme, b->regs, b->queues, QUEUES);
}

static const struct map *find_map(const struct bench *b, __u64 iova)
{
	size_t i;

	for (i = 0; i < b->nmaps; i++) {
		if (iova >= b->maps[i].iova && iova - b->maps[i].iova < b->maps[i].nbytes)
			return &b->maps[i];
	}
	return NULL;
}

/* ---- Who says what ------------------------------------------------------ */

/* The reason of the last fault that was reported; 0 for none. */
static unsigned int last_reason(const struct bench *b)
{
	char path[128], line[512], *at;
	unsigned int reason = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/trace", b->trace.dir);
	file = fopen(path, "r");
	CHECK(file);
	while (fgets(line, sizeof(line), file)) {
		at = strstr(line, " reason ");
		if (strstr(line, "fault_report:") && at)
			reason = strtoul(at + strlen(" reason "), NULL, 16);
	}
	fclose(file);
	return reason;
}

/* It comes by an interrupt, or later when there are many. */
static unsigned int await_reason(const struct bench *b, const struct vtd_sim_predict *p)
{
	unsigned int waited, got = last_reason(b);

	for (waited = 0; !got && p->out_reason && waited < RECORD_US; waited += 2000) {
		usleep(2000);
		got = last_reason(b);
	}
	return got;
}

/* The tables are good again before the kernel has to take them down. */
static void disagree(struct bench *b, const struct vtd_sim_predict *p, const char *what,
		     unsigned int unit, unsigned int model)
{
	spoils_note(&b->spoils);
	spoils_undo(&b->spoils);
	harness_fail(__FILE__, __LINE__,
		     "%s of %#llx (%#x at %#llx), %s: the unit says %#x, the model %#x",
		     p->access ? "read" : "write", (unsigned long long)p->addr, p->out_reason,
		     (unsigned long long)p->out_host, what, unit, model);
}

static void check_reason(struct bench *b, const struct vtd_sim_predict *p)
{
	unsigned int got = await_reason(b, p);

	if (got == p->out_reason || (got && (got == p->out_also[0] || got == p->out_also[1])))
		return;
	if (!is_accepted(b->profile, p, got))
		disagree(b, p, "reason", got, p->out_reason);
}

static bool is_clock(__u64 got, __u64 set)
{
	return ((got - set) & NVME_CLOCK_MASK) < CLOCK_SLACK;
}

/*
 * The device reads from the address: then its clock is what was there. That a DMA failed
 * it does not say.
 */
static bool reads(struct bench *b, __u64 iova, __u64 *va, __u64 value)
{
	__u64 before = va ? *va : 0;

	*b->scratch = ~value & NVME_CLOCK_MASK;
	nvme_set_clock(&b->nvme, SCRATCH);
	if (va)
		*va = value;
	nvme_set_clock(&b->nvme, iova);
	nvme_get_clock(&b->nvme, SCRATCH);
	if (va) {
		CHECK_EQ(*va, value);
		*va = before;
	}
	return is_clock(*b->scratch, value);
}

/* It writes there: then there is its clock. Where nothing is mapped nobody knows. */
static bool writes(struct bench *b, __u64 iova, __u64 *va, __u64 value)
{
	__u64 before = va ? *va : 0;
	bool done;

	*b->scratch = value;
	nvme_set_clock(&b->nvme, SCRATCH);
	if (va)
		*va = ~value;
	nvme_get_clock(&b->nvme, iova);
	if (!va)
		return false;
	done = is_clock(*va, value);
	CHECK(done || *va == ~value);
	*va = before;
	return done;
}

static __u64 random_address(const struct bench *b)
{
	const struct map *map;
	__u64 iova;

	if (!random_below(20))
		/* Wider than any table */
		return random_below(1ULL << 60) & ~7ULL;
	if (!b->nmaps || !random_below(6))
		return (FIRST + random_below(SPACE - FIRST)) & ~7ULL;
	map = &b->maps[random_below(b->nmaps)];
	/* A page around it, too. */
	iova = map->iova - page_size() + random_below(map->nbytes + 2 * page_size());
	return iova & ~7ULL;
}

/* Half of them where the walk meets what is spoilt. */
static __u64 spoilt_address(const struct bench *b)
{
	const struct spoils *s = &b->spoils;

	if (!s->nr || random_below(2))
		return random_address(b);
	return (s->done[random_below(s->nr)].addr & ~(page_size() - 1)) +
	       (random_below(page_size()) & ~7ULL);
}

/* Not an interrupt, and nothing that the controller needs itself */
static __u64 random_target(const struct bench *b)
{
	__u64 addr;

	do
		addr = spoilt_address(b);
	while ((addr >= MSI_FIRST && addr <= MSI_LAST) || addr < FIRST);
	return addr;
}

/*
 * QEMU's unit takes the snoop bit of second stages in scalable mode whether it has snoop
 * control or not: it is no reserved bit there.
 */
static bool judged_alike(const struct bench *b, unsigned int nbit)
{
	return nbit != SPOIL_SNOOP || strcmp(b->profile, "scalable");
}

/* The unit has nothing of a new space in its IOTLB, so that it meets what is spoilt. */
static void spoil_some(struct bench *b)
{
	unsigned int i, nbit;

	for (i = 0; i < SPOIL_TRIES && b->spoils.nr < SPOILS; i++) {
		nbit = random_below(SPOIL_BITS);
		if (judged_alike(b, nbit))
			spoil(&b->spoils, random_target(b), random_below(SPOIL_DEPTH), nbit);
	}
}

/* What is there at all a first stage lets be read. */
static bool is_allowed(const struct bench *b, const struct map *map, bool is_read)
{
	if (!is_read)
		return map->prot & IOMMU_IOAS_MAP_WRITEABLE;
	return map->prot & IOMMU_IOAS_MAP_READABLE || !strcmp(b->profile, "first-stage");
}

static void one_request(struct bench *b)
{
	struct vtd_sim_predict p = { .size = sizeof(p), .nbytes = 8 };
	const struct map *map;
	bool allowed, done;
	__u64 *va, value;

	p.segment = b->segment;
	p.source = b->spoils.source;
	p.access = random_below(2);
	p.addr = random_target(b);
	CHECK_OK(__sim(b->sim, VTD_SIM_PREDICT, &p));

	map = find_map(b, p.addr);
	va = map ? (__u64 *)(map->va + (p.addr - map->iova)) : NULL;
	allowed = map && is_allowed(b, map, p.access);
	if (!b->spoils.nr) {
		CHECK_EQ(!p.out_verdict, allowed);
	} else {
		b->changed += allowed == !!p.out_verdict;
		allowed = !p.out_verdict;
		/* Its DMA might reach what is not ours. */
		if (allowed && (!va || p.out_host != proc_phys(va)))
			return;
		b->spoilt++;
	}
	if (allowed)
		CHECK_EQ(p.out_host, proc_phys(va));
	else
		/* Of those that were allowed, none was recorded. */
		CHECK_EQ(last_reason(b), 0);
	value = 1 + random_below(NVME_CLOCK_MASK / 2);
	done = p.access ? reads(b, p.addr, va, value) : writes(b, p.addr, va, value);
	if (done != allowed && !(done && is_accepted(b->profile, &p, DONE)))
		disagree(b, &p, "done", done, allowed);
	b->asked++;
	if (done)
		return;
	check_reason(b, &p);
	trace_clear(&b->trace);
	b->blocked++;
}

static time_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static void differ(void)
{
	unsigned long i, j;
	struct bench b;
	time_t end;

	bench_make(&b);
	end = now() + seconds;
	for (i = 0; seconds ? now() < end : i < rounds; i++) {
		new_space(&b);
		if (spoiling && i % 3 == 2)
			spoil_some(&b);
		for (j = 0; j < REQUESTS; j++)
			one_request(&b);
		spoils_undo(&b.spoils);
	}
	nvme_stop(&b.nvme);
	CHECK_EQ(last_reason(&b), 0);
	harness_note("%s: %lu requests agree, %lu of them refused", b.profile, b.asked,
		     b.blocked);
	harness_note("%s: %lu times the tables were spoilt, %lu with another end", b.profile,
		     b.spoilt, b.changed);
	accepted_note();
	CHECK(b.blocked && b.blocked < b.asked);
}

static struct test_case cases[] = {
	{ .name = "differ", .fn = differ, .seconds = CASE_SECONDS },
};

int main(int argc, char **argv)
{
	rounds = harness_option(argc, argv, "rounds", ROUNDS);
	seed = harness_option(argc, argv, "seed", 1);
	random_begin(seed);
	seconds = harness_option(argc, argv, "seconds", 0);
	spoiling = harness_option(argc, argv, "spoil", 1);
	cases[0].seconds += 2 * seconds;
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
