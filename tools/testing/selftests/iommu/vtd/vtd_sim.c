// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver and /dev/iommu on simulated VT-d units whose caches keep all they
 * may: each translation that should be gone and is still used shows, always.
 *
 * Needs CONFIG_INTEL_IOMMU_SIM and vtd_sim=: Documentation/driver-api/vtd/sim.rst.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <linux/vfio.h>

#include <iommufd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/proc.h"
#include "lib/sim.h"
#include "lib/uapi.h"

#define IOVA 0x40000000ULL
#define NPAGES (VTD_SIM_OP_BYTES / 4096)
#define HOT_ROUNDS 100
#define CASE_SECONDS 120

struct profile {
	__u32 profile;
	const char *caps;
};

static const struct profile legacy = { VTD_SIM_LEGACY, "" };
static const struct profile second = { VTD_SIM_SECOND, "" };
static const struct profile first = { VTD_SIM_FIRST, "" };
static const struct profile full = { VTD_SIM_FULL, "" };
static const struct profile full_cm = { VTD_SIM_FULL_CM, "" };
static const struct profile incoherent = { VTD_SIM_FULL_INCOHERENT, "" };

struct bench {
	struct sim sim;
	struct sim_function fn;
	int fd;
	__u32 ioas;
	size_t nbytes;
	unsigned char *va;
};

static void bench_make(struct bench *b, const struct profile *profile)
{
	memset(b, 0, sizeof(*b));
	b->nbytes = NPAGES * page_size();
	b->sim = sim_unit(profile->profile, profile->caps);
	b->fn = sim_function(&b->sim, VTD_SIM_ENGINE, 0);
	b->fd = iommu_open();
	sim_function_open(&b->fn, b->fd);
	b->ioas = ioas_alloc(b->fd);
	vfio_attach(b->fn.device, b->ioas);
	b->va = mem_pages(NPAGES);
}

static void bench_take_down(struct bench *b)
{
	sim_function_close(&b->fn);
	close(b->fd);
	sim_function_remove(&b->fn);
	sim_end(&b->sim);
}

static void bench_end(struct bench *b)
{
	sim_check_clean(&b->sim);
	bench_take_down(b);
}

static void transfer(const struct bench *b, __u32 flags, unsigned char seed)
{
	sim_transfer(&b->fn, flags, IOVA, b->va, b->nbytes, seed);
}

static void map_dma_unmap(const void *arg)
{
	struct bench b;
	int i;

	bench_make(&b, arg);
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_READ, IOVA, b.nbytes, 0), VTD_SIM_BLOCKED);
	for (i = 0; i < 5; i++) {
		ioas_map_at(b.fd, b.ioas, b.va, b.nbytes, IOVA);
		transfer(&b, 0, i);
		ioas_unmap(b.fd, b.ioas, IOVA, b.nbytes);
		/* Not one page is left. */
		CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_READ, IOVA, b.nbytes, 0), VTD_SIM_BLOCKED);
		CHECK_EQ(sim_get(&b.fn, SIM_FIELD(done)), 0);
		CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_WRITE, IOVA + b.nbytes - page_size(),
				 page_size(), 0), VTD_SIM_BLOCKED);
	}
	bench_end(&b);
}

static void by_device_tlb(const void *arg)
{
	struct bench b;
	int i;

	bench_make(&b, arg);
	for (i = 0; i < 5; i++) {
		ioas_map_at(b.fd, b.ioas, b.va, b.nbytes, IOVA);
		transfer(&b, VTD_SIM_OP_ATS, i);
		ioas_unmap(b.fd, b.ioas, IOVA, b.nbytes);
		CHECK(sim_run(&b.fn, VTD_SIM_OP_READ | VTD_SIM_OP_ATS, IOVA, b.nbytes, 0) !=
		      VTD_SIM_OK);
	}
	CHECK(sim_counters(&b.sim).invalidations);
	bench_end(&b);
}

/* The memory behind an address changes: the new one is used. */
static void other_memory(const void *arg)
{
	unsigned char *other;
	struct bench b;

	bench_make(&b, arg);
	other = mem_pages(NPAGES);
	ioas_map_at(b.fd, b.ioas, other, b.nbytes, IOVA);
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_READ, IOVA, b.nbytes, 0), VTD_SIM_OK);
	ioas_unmap(b.fd, b.ioas, IOVA, b.nbytes);
	memset(other, 0x5a, b.nbytes);
	ioas_map_at(b.fd, b.ioas, b.va, b.nbytes, IOVA);
	transfer(&b, 0, 9);
	CHECK_EQ(other[0], 0x5a);
	CHECK_EQ(other[b.nbytes - 1], 0x5a);
	bench_end(&b);
}

/* Without an IOAS nothing is reached, and with another one its memory. */
static void attach_replace(const void *arg)
{
	struct bench b;
	__u32 other;

	bench_make(&b, arg);
	ioas_map_at(b.fd, b.ioas, b.va, b.nbytes, IOVA);
	transfer(&b, 0, 1);
	CHECK_OK(__vfio_detach(b.fn.device));
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_READ, IOVA, b.nbytes, 0), VTD_SIM_BLOCKED);
	other = ioas_alloc(b.fd);
	vfio_attach(b.fn.device, other);
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_READ, IOVA, b.nbytes, 0), VTD_SIM_BLOCKED);
	vfio_attach(b.fn.device, b.ioas);
	transfer(&b, 0, 2);
	bench_end(&b);
}

static void read_only(const void *arg)
{
	struct iommu_ioas_map map;
	struct bench b;

	bench_make(&b, arg);
	map = map_at(b.ioas, b.va, b.nbytes, IOVA);
	map.flags &= ~IOMMU_IOAS_MAP_WRITEABLE;
	ioas_map(b.fd, map);
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_READ, IOVA, b.nbytes, 0), VTD_SIM_OK);
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_WRITE, IOVA, b.nbytes, 0), VTD_SIM_BLOCKED);
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_ADD, IOVA, 8, 0), VTD_SIM_BLOCKED);
	CHECK(sim_counters(&b.sim).faults);
	bench_end(&b);
}

static void atomics(const void *arg)
{
	struct bench b;
	uint64_t *word;

	bench_make(&b, arg);
	word = (void *)b.va;
	ioas_map_at(b.fd, b.ioas, b.va, b.nbytes, IOVA);
	*word = 40;
	sim_set(&b.fn, SIM_FIELD(operand), 2);
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_ADD, IOVA, 8, 64), VTD_SIM_OK);
	CHECK_EQ(*word, 42);
	CHECK_EQ(*(volatile uint64_t *)(b.fn.memory + 64), 40);
	sim_set(&b.fn, SIM_FIELD(compare), 41);
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_CAS, IOVA, 8, 64), VTD_SIM_OK);
	CHECK_EQ(*word, 42);
	sim_set(&b.fn, SIM_FIELD(compare), 42);
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_CAS, IOVA, 8, 64), VTD_SIM_OK);
	CHECK_EQ(*word, 2);
	bench_end(&b);
}

/* A reset empties the function, and config space comes back by VFIO. */
static void reset(const void *arg)
{
	struct bench b;

	bench_make(&b, arg);
	ioas_map_at(b.fd, b.ioas, b.va, b.nbytes, IOVA);
	transfer(&b, 0, 3);
	CHECK_OK(iommufd_vfio_reset(b.fn.device));
	CHECK_EQ(b.fn.memory[5], 0);
	CHECK_EQ(sim_get(&b.fn, SIM_FIELD(addr_lo)), 0);
	transfer(&b, 0, 4);
	bench_end(&b);
}

static void msix(const void *arg)
{
	char buf[sizeof(struct vfio_irq_set) + sizeof(int)] = {};
	struct vfio_irq_set *set = (void *)buf;
	uint64_t count = 0;
	struct bench b;
	int event;

	bench_make(&b, arg);
	ioas_map_at(b.fd, b.ioas, b.va, b.nbytes, IOVA);
	event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	*set = (struct vfio_irq_set){
		.argsz = sizeof(buf),
		.flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
		.index = VFIO_PCI_MSIX_IRQ_INDEX,
		.count = 1,
	};
	memcpy(set->data, &event, sizeof(event));
	CHECK_EQ(ioctl(b.fn.device, VFIO_DEVICE_SET_IRQS, set), 0);
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_READ | VTD_SIM_OP_INTERRUPT, IOVA, 8, 0),
		 VTD_SIM_OK);
	CHECK_EQ(read(event, &count, sizeof(count)), sizeof(count));
	CHECK_EQ(count, 1);
	/* Vector 1 was not asked for. */
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_READ | VTD_SIM_OP_INTERRUPT | 1 << 16, IOVA, 8, 0),
		 VTD_SIM_OK);
	CHECK_EQ(read(event, &count, sizeof(count)), -1);
	close(event);
	bench_end(&b);
}

/* What a test would see if an invalidation were missing. */
static void a_liar_is_seen(const void *arg)
{
	struct vtd_sim_behave how = { .size = sizeof(how) };
	struct bench b;

	bench_make(&b, arg);
	how.unit = b.sim.unit;
	how.slot = b.fn.slot;
	how.flags = VTD_SIM_KEEP_TRANSLATIONS;
	ioas_map_at(b.fd, b.ioas, b.va, b.nbytes, IOVA);
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_READ | VTD_SIM_OP_ATS, IOVA, 8, 0), VTD_SIM_OK);
	CHECK_OK(__sim(b.sim.fd, VTD_SIM_BEHAVE, &how));
	ioas_unmap(b.fd, b.ioas, IOVA, b.nbytes);
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_READ | VTD_SIM_OP_ATS, IOVA, 8, 0), VTD_SIM_OK);
	CHECK(sim_counters(&b.sim).stale_device);
	sim_check_clean_but(&b.sim, SIM_STALE_DEVICE);
	how.flags = 0;
	CHECK_OK(__sim(b.sim.fd, VTD_SIM_BEHAVE, &how));
	bench_take_down(&b);
}

/* Polled registers, as for programs that know nothing of the doorbell. */
static void polled(const void *arg)
{
	const struct profile *profile = arg;
	struct sim sim = sim_unit(profile->profile, profile->caps);
	struct sim_function fn = sim_function(&sim, VTD_SIM_ITEST, 0);
	volatile uint32_t *command;
	void *bar0;
	int fd = iommu_open(), i;
	unsigned char *va = mem_pages(2);
	__u32 ioas;

	sim_function_open(&fn, fd);
	ioas = ioas_alloc(fd);
	vfio_attach(fn.device, ioas);
	ioas_map_at(fd, ioas, va, 2 * page_size(), IOVA);
	memset(va, 0x77, page_size());
	bar0 = vfio_map_bar(fn.device, page_size());
	command = bar0 + VTD_SIM_ITEST_CMD;
	for (i = 0; i < 2; i++) {
		*(volatile uint64_t *)(bar0 + VTD_SIM_ITEST_ADDR) = IOVA + i * page_size();
		*command = i ? VTD_SIM_ITEST_OUT : VTD_SIM_ITEST_IN;
		while (*command & VTD_SIM_ITEST_BUSY)
			usleep(100);
	}
	CHECK_EQ(memcmp(va, va + page_size(), page_size()), 0);
	sim_check_clean(&sim);
	CHECK_EQ(munmap(bar0, page_size()), 0);
	sim_function_close(&fn);
	close(fd);
	sim_function_remove(&fn);
	sim_end(&sim);
}

/* Each function has a group of its own, and none reaches what another one may. */
static void two_functions(const void *arg)
{
	struct sim_function other;
	struct bench b;
	__u32 ioas;

	bench_make(&b, arg);
	other = sim_function(&b.sim, VTD_SIM_ENGINE, VTD_SIM_FUNCTION_NO_ATS);
	sim_function_open(&other, b.fd);
	ioas = ioas_alloc(b.fd);
	vfio_attach(other.device, ioas);
	ioas_map_at(b.fd, b.ioas, b.va, b.nbytes, IOVA);
	transfer(&b, 0, 6);
	CHECK_EQ(sim_run(&other, VTD_SIM_OP_READ, IOVA, 8, 0), VTD_SIM_BLOCKED);
	CHECK_EQ(sim_run(&other, VTD_SIM_OP_READ | VTD_SIM_OP_ATS, IOVA, 8, 0),
		 VTD_SIM_NO_CAP);
	sim_check_clean(&b.sim);
	sim_function_close(&other);
	sim_function_remove(&other);
	bench_end(&b);
}

/* What user space may write there and the function must survive. */
static void doorbell_refusals(const void *arg)
{
	struct bench b;

	bench_make(&b, arg);
	ioas_map_at(b.fd, b.ioas, b.va, b.nbytes, IOVA);
	CHECK_EQ(sim_run(&b.fn, 0x7f, IOVA, 8, 0), VTD_SIM_BAD_COMMAND);
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_READ | 1u << 31, IOVA, 8, 0), VTD_SIM_BAD_COMMAND);
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_READ, IOVA, 0, 0), VTD_SIM_BAD_RANGE);
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_READ, IOVA, 8, ~0u), VTD_SIM_BAD_RANGE);
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_READ, IOVA, ~0u, 8), VTD_SIM_BAD_RANGE);
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_READ, IOVA, VTD_SIM_OP_BYTES + 1, 0),
		 VTD_SIM_BAD_RANGE);
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_READ, IOVA, 8, VTD_SIM_BAR2_SIZE - 7),
		 VTD_SIM_BAD_RANGE);
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_READ, ~0ULL, 8, 0), VTD_SIM_BAD_RANGE);
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_ADD, IOVA + 4, 8, 0), VTD_SIM_BAD_RANGE);
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_PAGE, IOVA, 8, 0), VTD_SIM_NO_CAP);
	/* It may not translate for itself. */
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_READ, proc_phys(b.va), 8, 0), VTD_SIM_BLOCKED);
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_READ | VTD_SIM_OP_FORGED, proc_phys(b.va), 8, 0),
		 VTD_SIM_NO_CAP);
	sim_set(&b.fn, SIM_FIELD(magic), 0);
	CHECK_EQ(sim_get(&b.fn, SIM_FIELD(magic)), VTD_SIM_MAGIC);
	bench_end(&b);
}

static void control_refusals(void)
{
	struct vtd_sim_unit_add how = { .size = sizeof(how) };
	struct vtd_sim_unit_remove gone = { .size = sizeof(gone), .unit = 5 };
	struct vtd_sim_function_add function = { .size = sizeof(function), .unit = 5 };
	struct { struct vtd_sim_unit_add how; __u32 more; } larger = {};
	int fd = sim_open();

	how.size = 8;
	CHECK_ERR(__sim(fd, VTD_SIM_UNIT_ADD, &how), EINVAL);
	how.size = sizeof(how);
	how.profile = VTD_SIM_PROFILES;
	CHECK_ERR(__sim(fd, VTD_SIM_UNIT_ADD, &how), EINVAL);
	how.profile = VTD_SIM_FULL;
	strcpy(how.caps, "-nothing");
	CHECK_ERR(__sim(fd, VTD_SIM_UNIT_ADD, &how), EINVAL);
	memset(how.caps, 'x', sizeof(how.caps));
	CHECK_ERR(__sim(fd, VTD_SIM_UNIT_ADD, &how), EINVAL);
	/* Nested needs both stages. */
	memset(how.caps, 0, sizeof(how.caps));
	strcpy(how.caps, "-ssts");
	CHECK_ERR(__sim(fd, VTD_SIM_UNIT_ADD, &how), EINVAL);
	larger.how.size = sizeof(larger);
	larger.more = 1;
	CHECK_ERR(__sim(fd, VTD_SIM_UNIT_ADD, &larger), E2BIG);
	CHECK_ERR(__sim(fd, VTD_SIM_UNIT_REMOVE, &gone), ENOENT);
	CHECK_ERR(__sim(fd, VTD_SIM_FUNCTION_ADD, &function), ENOENT);
	CHECK_ERR(__sim(fd, VTD_SIM_IOC << 8, &function), ENOTTY);
	close(fd);
}

/* One that is used, and does not go before its function has gone. */
static void use_once(const struct profile *profile)
{
	struct vtd_sim_unit_remove gone = { .size = sizeof(gone) };
	struct bench b;

	bench_make(&b, profile);
	ioas_map_at(b.fd, b.ioas, b.va, b.nbytes, IOVA);
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_READ, IOVA, 64, 0), VTD_SIM_OK);
	gone.unit = b.sim.unit;
	CHECK_ERR(__sim(b.sim.fd, VTD_SIM_UNIT_REMOVE, &gone), EBUSY);
	bench_end(&b);
	CHECK_EQ(munmap(b.va, b.nbytes), 0);
}

/* One whose function has the kernel's own domain, and no driver. */
static void plug_once(const struct profile *profile)
{
	struct vtd_sim_function_remove gone = { .size = sizeof(gone) };
	struct vtd_sim_function_add function = { .size = sizeof(function) };
	struct sim sim = sim_unit(profile->profile, profile->caps);
	char path[64];

	function.unit = sim.unit;
	CHECK_OK(__sim(sim.fd, VTD_SIM_FUNCTION_ADD, &function));
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%04x:00:%02x.0/iommu_group",
		 sim.segment, function.out_slot);
	CHECK(!access(path, F_OK));
	gone.unit = sim.unit;
	gone.slot = function.out_slot;
	CHECK_OK(__sim(sim.fd, VTD_SIM_FUNCTION_REMOVE, &gone));
	CHECK(access(path, F_OK));
	sim_check_clean(&sim);
	sim_end(&sim);
}

/* Resets take a tenth of a second each: not every unit is used. */
static void hot_plug(void)
{
	static const struct profile *profiles[] = { &legacy, &second, &first, &full };
	int i;

	for (i = 0; i < HOT_ROUNDS; i++) {
		if (i % 9)
			plug_once(profiles[i % ARRAY_LEN(profiles)]);
		else
			use_once(profiles[i % ARRAY_LEN(profiles)]);
	}
}

#define CASE(f)	{ .name = #f, .fn = f, .seconds = CASE_SECONDS }
#define ON(f, p) { .name = #f " " #p, .fn_arg = f, .arg = &(p), .seconds = CASE_SECONDS }

static const struct test_case cases[] = {
	CASE(control_refusals),
	ON(map_dma_unmap, legacy), ON(map_dma_unmap, second), ON(map_dma_unmap, first),
	ON(map_dma_unmap, full), ON(map_dma_unmap, full_cm), ON(map_dma_unmap, incoherent),
	ON(by_device_tlb, legacy), ON(by_device_tlb, second), ON(by_device_tlb, first),
	ON(by_device_tlb, full), ON(by_device_tlb, full_cm), ON(by_device_tlb, incoherent),
	ON(other_memory, legacy), ON(other_memory, second), ON(other_memory, first),
	ON(other_memory, full), ON(other_memory, full_cm), ON(other_memory, incoherent),
	ON(attach_replace, legacy), ON(attach_replace, second), ON(attach_replace, first),
	ON(attach_replace, full), ON(attach_replace, full_cm), ON(attach_replace, incoherent),
	ON(read_only, legacy), ON(read_only, second), ON(read_only, first),
	ON(read_only, full), ON(read_only, full_cm), ON(read_only, incoherent),
	ON(atomics, full),
	ON(reset, legacy), ON(reset, first),
	ON(msix, full),
	ON(a_liar_is_seen, first),
	ON(polled, legacy), ON(polled, full),
	ON(two_functions, second),
	ON(two_functions, first),
	ON(doorbell_refusals, full),
	{ .name = "hot_plug", .fn = hot_plug, .seconds = 4 * CASE_SECONDS },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
