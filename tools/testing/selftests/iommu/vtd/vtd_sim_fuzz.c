// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hostile input to simulated functions and their control device, by seed: config space,
 * BARs, the doorbell with any command, ioctls with any content. The kernel says nothing,
 * and after a reset the function works as before.
 *
 *   vtd_sim_fuzz [CASE...]; VTD_SIM_FUZZ_SEED=N in the environment for another seed
 *
 * Needs CONFIG_INTEL_IOMMU_SIM and vtd_sim=: Documentation/driver-api/vtd/sim.rst.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>

#include <iommufd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/proc.h"
#include "lib/sim.h"
#include "lib/uapi.h"

#define IOVA 0x40000000ULL
#define NPAGES 4
#define ROUNDS 4000
#define CASE_SECONDS 200

/* The switches of ATS, PRI and PASID are the driver's: without them it cannot protect anyone. */
#define DRIVERS_FIRST	0x100
#define DRIVERS_LAST	0x13f

struct bench {
	struct sim sim;
	struct sim_function fn;
	int fd;
	int config;
	volatile __u8 *bar[6];
	unsigned char *va;
	__u64 random;
};

static const size_t bar_size[6] = {
	[0] = VTD_SIM_BAR0_SIZE, [2] = VTD_SIM_BAR2_SIZE, [4] = VTD_SIM_BAR4_SIZE,
};

static __u32 any(struct bench *b, __u32 below)
{
	b->random = b->random * 6364136223846793005ULL + 1442695040888963407ULL;
	return (b->random >> 33) % below;
}

/* Small ones, those around a power of two, all ones, and any. */
static __u32 any_value(struct bench *b)
{
	switch (any(b, 5)) {
	case 0:
		return any(b, 16);
	case 1:
		return (1U << any(b, 32)) - any(b, 2);
	case 2:
		return ~0U - any(b, 16);
	case 3:
		return IOVA + any(b, NPAGES * page_size());
	}
	return any(b, 1U << 30) << 2 | any(b, 4);
}

static int file_of(const struct sim_function *fn, const char *name)
{
	char path[PATH_MAX + 32];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", fn->place.dir, name);
	fd = open(path, O_RDWR | O_CLOEXEC);
	CHECK(fd >= 0);
	return fd;
}

static void map_bars(struct bench *b)
{
	char name[16];
	void *map;
	int i, fd;

	for (i = 0; i < 6; i++) {
		if (!bar_size[i])
			continue;
		snprintf(name, sizeof(name), "resource%d", i);
		fd = file_of(&b->fn, name);
		map = mmap(NULL, bar_size[i], PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		CHECK(map != MAP_FAILED);
		b->bar[i] = map;
		close(fd);
	}
}

static void bench_make(struct bench *b, __u32 type)
{
	const char *seed = getenv("VTD_SIM_FUZZ_SEED");
	__u32 ioas;

	memset(b, 0, sizeof(*b));
	b->random = seed ? strtoull(seed, NULL, 0) : 1;
	b->sim = sim_unit(VTD_SIM_FULL, "");
	b->fd = iommu_open();
	b->fn = sim_function(&b->sim, type, VTD_SIM_FUNCTION_SRIOV);
	b->config = file_of(&b->fn, "config");
	map_bars(b);
	sim_function_open(&b->fn, b->fd);
	ioas = ioas_alloc(b->fd);
	vfio_attach(b->fn.device, ioas);
	b->va = mem_pages(NPAGES);
	ioas_map_at(b->fd, ioas, b->va, NPAGES * page_size(), IOVA);
}

static void config_set(const struct bench *b, __u32 at, __u16 value)
{
	CHECK_EQ(pwrite(b->config, &value, sizeof(value), at), sizeof(value));
}

static __u32 find_power(const struct bench *b)
{
	__u8 at = 0;

	CHECK_EQ(pread(b->config, &at, 1, PCI_CAPABILITY_LIST), 1);
	return at + PCI_PM_CTRL;
}

/* A reset brings config space back as it was, and that was not much. */
static void wake(const struct bench *b)
{
	config_set(b, find_power(b), 0);
	CHECK_OK(iommufd_vfio_reset(b->fn.device));
	config_set(b, PCI_COMMAND, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}

/* What ioctls have made by chance. */
static void remove_others(const struct bench *b)
{
	struct vtd_sim_function_remove fn = { .size = sizeof(fn) };
	struct vtd_sim_unit_remove unit = { .size = sizeof(unit) };

	for (unit.unit = 0; unit.unit < 16; unit.unit++) {
		fn.unit = unit.unit;
		for (fn.slot = 1; fn.slot < 32; fn.slot++) {
			if (fn.unit != b->sim.unit || fn.slot != b->fn.slot)
				__sim(b->sim.fd, VTD_SIM_FUNCTION_REMOVE, &fn);
		}
		if (unit.unit != b->sim.unit)
			__sim(b->sim.fd, VTD_SIM_UNIT_REMOVE, &unit);
	}
}

/* A reset, and all is as before. */
static void bench_end(struct bench *b)
{
	__u32 i;

	wake(b);
	memset(b->va, 0x5a, NPAGES * page_size());
	for (i = 0; i < 100; i++) {
		CHECK_EQ(sim_run(&b->fn, VTD_SIM_OP_READ, IOVA, page_size(), 0), VTD_SIM_OK);
		CHECK_EQ(b->fn.memory[page_size() - 1], 0x5a);
	}
	CHECK_EQ(sim_run(&b->fn, VTD_SIM_OP_READ, IOVA - page_size(), page_size(), 0),
		 VTD_SIM_BLOCKED);
	remove_others(b);
	for (i = 0; i < 6; i++) {
		if (b->bar[i])
			munmap((void *)b->bar[i], bar_size[i]);
	}
	close(b->config);
	sim_function_close(&b->fn);
	sim_function_remove(&b->fn);
	sim_check_clean(&b->sim);
	sim_end(&b->sim);
	close(b->fd);
}

/* As root may, past VFIO; what is read back does not matter. */
static void config_op(struct bench *b)
{
	__u32 size = 1U << any(b, 3), value = any_value(b);
	__u32 at = any(b, any(b, 4) ? 0x180 : 0x1000) & ~(size - 1);

	if (at + size > DRIVERS_FIRST && at <= DRIVERS_LAST)
		return;
	CHECK(pwrite(b->config, &value, size, at) == size || errno == EINVAL);
	CHECK(pread(b->config, &value, size, at) == size || errno == EINVAL);
}

static void bar_op(struct bench *b)
{
	int bar = 2 * any(b, 3);
	__u32 at = any(b, bar_size[bar] / 4) * 4;

	*(volatile __u32 *)(b->bar[bar] + at) = any_value(b);
}

/* A list in BAR 2 that half makes sense. */
static void write_list(struct bench *b, __u32 at)
{
	struct vtd_sim_segment segment;
	__u32 i, n = any(b, VTD_SIM_SEGMENTS);

	for (i = 0; i < n && at + (i + 1) * sizeof(segment) <= VTD_SIM_BAR2_SIZE; i++) {
		segment = (struct vtd_sim_segment){
			.addr = any(b, 20) ? IOVA + any(b, NPAGES * page_size()) :
					     any_value(b),
			.nbytes = any(b, 20) ? any(b, 0x200) : any_value(b),
			.__reserved = !any(b, 200),
		};
		memcpy((void *)(b->bar[2] + at + i * sizeof(segment)), &segment,
		       sizeof(segment));
	}
}

static void doorbell_op(struct bench *b)
{
	__u32 command = any(b, 0x10) | any_value(b) << 8;
	__u64 addr = any(b, 3) ? IOVA + any(b, NPAGES * page_size()) : any_value(b);
	__u32 nbytes = any(b, 3) ? any(b, 0x1000) : any_value(b);

	if (command & VTD_SIM_OP_LIST && any(b, 4)) {
		addr = any(b, VTD_SIM_BAR2_SIZE) & ~0xfU;
		nbytes = (1 + any(b, VTD_SIM_SEGMENTS)) * sizeof(struct vtd_sim_segment);
		command &= VTD_SIM_OP_LIST | VTD_SIM_OP_ATS | 1;
		write_list(b, addr);
	}
	sim_set(&b->fn, SIM_FIELD(pasid), any_value(b));
	sim_set(&b->fn, SIM_FIELD(operand), any_value(b));
	sim_set(&b->fn, SIM_FIELD(compare), any_value(b));
	sim_run(&b->fn, command, addr, nbytes, any(b, 2) ? any(b, 0x8000) : any_value(b));
}

/*
 * Any ioctl but VTD_SIM_SPOIL, which is there to break things; any size, any content. The
 * function that is tested keeps its manners.
 */
static void control_op(struct bench *b)
{
	__u32 words[64], i, nr = any(b, 12);
	unsigned long request = _IO(VTD_SIM_IOC, 0x7e + nr);

	for (i = 0; i < 64; i++)
		words[i] = any(b, 3) ? 0 : any_value(b);
	words[0] = any(b, 3) ? 4 * any(b, 64) : any_value(b);
	words[1] = any(b, 3) ? b->sim.unit : any_value(b);
	if (any(b, 2))
		words[2] = any(b, 4);
	if (request == VTD_SIM_BEHAVE && words[2] == b->fn.slot)
		words[2]++;
	ioctl(b->sim.fd, request, words);
}

static void play(struct bench *b)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		switch (any(b, 16)) {
		case 0 ... 3:
			config_op(b);
			break;
		case 4 ... 7:
			bar_op(b);
			break;
		case 8:
			control_op(b);
			break;
		default:
			doorbell_op(b);
		}
		/* Else nothing is a bus master for long. */
		if (!any(b, 32))
			wake(b);
	}
}

static void engine(void)
{
	struct bench b;

	bench_make(&b, VTD_SIM_ENGINE);
	play(&b);
	bench_end(&b);
}

static void polled(void)
{
	struct bench b;

	bench_make(&b, VTD_SIM_ITEST);
	play(&b);
	bench_end(&b);
}

#define CASE(f)	{ .name = #f, .fn = f, .seconds = CASE_SECONDS }

static const struct test_case cases[] = {
	CASE(engine),
	CASE(polled),
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
