// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dirty tracking on simulated VT-d units whose caches keep all they may: a dirty bit
 * that was cleared without a flush is not set again, so a write would be missed.
 * Documentation/userspace-api/iommufd/dirty.rst says what holds.
 * Needs CONFIG_INTEL_IOMMU_SIM and vtd_sim=.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/vfio.h>

#include <iommufd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/sim.h"
#include "lib/uapi.h"
#include "vtd_dirty/nested.h"

#define IOVA 0x40000000ULL
#define NPAGES 64
#define HUGE_IOVA 0x80000000ULL
#define HUGE (2UL << 20)
#define PASID 77
#define NO_CLEAR IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR
#define ENABLE IOMMU_HWPT_DIRTY_TRACKING_ENABLE
#define CASE_SECONDS 60

static const __u32 full = VTD_SIM_FULL;
static const __u32 full_cm = VTD_SIM_FULL_CM;
static const __u32 plain;
static const __u32 ats = VTD_SIM_OP_ATS;

struct profile {
	__u32 profile;
	const char *caps;
};

static const struct profile no_marks = { VTD_SIM_FULL, "-ssads" };
static const struct profile legacy = { VTD_SIM_LEGACY, "" };
static const struct profile incoherent = { VTD_SIM_FULL_INCOHERENT, "" };

struct bench {
	struct sim sim;
	struct sim_function fn;
	int fd;
	__u32 ioas, hwpt;
	unsigned char *va;
};

static int __dirty_hwpt(const struct bench *b, __u32 dev, __u32 flags, __u32 *id)
{
	struct iommu_hwpt_alloc cmd = {
		.flags = IOMMU_HWPT_ALLOC_DIRTY_TRACKING | flags,
		.dev_id = dev, .pt_id = b->ioas,
	};
	int rc = __hwpt_alloc(b->fd, &cmd);

	*id = cmd.out_hwpt_id;
	return rc;
}

/* A table that can tell, with NPAGES small pages; nothing is attached. */
static void bench_make(struct bench *b, __u32 profile, const char *caps)
{
	memset(b, 0, sizeof(*b));
	b->sim = sim_unit(profile, caps);
	b->fn = sim_function(&b->sim, VTD_SIM_ENGINE, 0);
	b->fd = iommu_open();
	sim_function_open(&b->fn, b->fd);
	b->ioas = ioas_alloc(b->fd);
	b->va = mem_pages(NPAGES);
	ioas_map_at(b->fd, b->ioas, b->va, NPAGES * page_size(), IOVA);
}

static void bench_attach(struct bench *b)
{
	CHECK_OK(__dirty_hwpt(b, b->fn.id, IOMMU_HWPT_ALLOC_PASID, &b->hwpt));
	vfio_attach(b->fn.device, b->hwpt);
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

static void track(const struct bench *b, __u32 flags)
{
	CHECK_OK(iommufd_dirty_track(b->fd, b->hwpt, flags));
}

static int __query(const struct bench *b, __u64 iova, __u64 length, __u64 page,
		   __u32 flags, void *bits)
{
	struct iommu_hwpt_get_dirty_bitmap cmd = {
		.size = sizeof(cmd), .hwpt_id = b->hwpt, .flags = flags, .iova = iova,
		.length = length, .page_size = page, .data = (uintptr_t)bits,
	};

	return iommufd_dirty_read(b->fd, &cmd);
}

/* One bit for each of the small pages. */
static __u64 query(const struct bench *b, __u32 flags)
{
	__u64 bits = 0;

	CHECK_OK(__query(b, IOVA, NPAGES * page_size(), page_size(), flags, &bits));
	return bits;
}

static void dma(const struct bench *b, __u32 command, __u64 iova, __u32 nbytes)
{
	CHECK_EQ(sim_run(&b->fn, command, iova, nbytes, 0), VTD_SIM_OK);
}

/* One byte of each page whose bit is set. */
static void write_pages(const struct bench *b, __u32 flags, __u64 pages)
{
	int i;

	for (i = 0; i < NPAGES; i++) {
		if (pages >> i & 1)
			dma(b, VTD_SIM_OP_WRITE | flags, IOVA + i * page_size() + i, 1);
	}
}

/* What is told is what was written, with the flags of the engine. */
static void check_writes(const struct bench *b, __u32 flags)
{
	const __u64 some = 1ULL << 1 | 1ULL << 5 | 1ULL << 6 | 1ULL << 63;

	track(b, ENABLE);
	CHECK_EQ(query(b, 0), 0);
	dma(b, VTD_SIM_OP_READ | flags, IOVA, VTD_SIM_OP_BYTES);
	dma(b, VTD_SIM_OP_READ | flags, IOVA + VTD_SIM_OP_BYTES, VTD_SIM_OP_BYTES);
	CHECK_EQ(query(b, 0), 0);
	write_pages(b, flags, some);
	CHECK_EQ(query(b, NO_CLEAR), some);
	CHECK_EQ(query(b, NO_CLEAR), some);
	CHECK_EQ(query(b, 0), some);
	CHECK_EQ(query(b, 0), 0);
	/* The unit has them in its caches, and as dirty. */
	write_pages(b, flags, some);
	CHECK_EQ(query(b, 0), some);
	/* Across a border; and what was only read is written. */
	dma(b, VTD_SIM_OP_WRITE | flags, IOVA + 2 * page_size() - 1, 2);
	CHECK_EQ(query(b, 0), 3 << 1);
	dma(b, VTD_SIM_OP_READ | flags, IOVA, VTD_SIM_OP_BYTES);
	dma(b, VTD_SIM_OP_READ | flags, IOVA + VTD_SIM_OP_BYTES, VTD_SIM_OP_BYTES);
	CHECK_EQ(query(b, 0), 0);
	dma(b, VTD_SIM_OP_ADD | flags, IOVA + 9 * page_size(), 8);
	CHECK_EQ(query(b, 0), 1 << 9);
}

static void what_was_written(const void *arg)
{
	struct bench b;

	bench_make(&b, *(const __u32 *)arg, "");
	bench_attach(&b);
	check_writes(&b, 0);
	bench_end(&b);
}

/* A write through a translation that the device has from before is seen, too. */
static void by_device_tlb(const void *arg)
{
	struct bench b;

	bench_make(&b, *(const __u32 *)arg, "");
	bench_attach(&b);
	check_writes(&b, VTD_SIM_OP_ATS);
	bench_end(&b);
}

static int __attach_pasid(const struct bench *b, __u32 pt)
{
	return iommufd_vfio_pasid_attach(b->fn.device, PASID, &pt);
}

static void by_pasid(const void *arg)
{
	struct bench b;

	bench_make(&b, *(const __u32 *)arg, "");
	bench_attach(&b);
	CHECK_OK(__attach_pasid(&b, b.hwpt));
	sim_set(&b.fn, SIM_FIELD(pasid), PASID);
	check_writes(&b, VTD_SIM_OP_PASID);
	check_writes(&b, VTD_SIM_OP_PASID | VTD_SIM_OP_ATS);
	/* Those without PASID count as well. */
	check_writes(&b, 0);
	bench_end(&b);
}

/* Off, on, on again; a device is attached all the time, and its caches are warm. */
static void on_and_off(const void *arg)
{
	struct bench b;
	int i;

	bench_make(&b, *(const __u32 *)arg, "");
	bench_attach(&b);
	write_pages(&b, 0, ~0ULL);
	write_pages(&b, VTD_SIM_OP_ATS, ~0ULL);
	CHECK_EQ(query(&b, 0), 0);
	for (i = 0; i < 3; i++) {
		track(&b, ENABLE);
		CHECK_EQ(query(&b, 0), 0);
		write_pages(&b, 0, 0x11);
		write_pages(&b, VTD_SIM_OP_ATS, 0x1100);
		CHECK_EQ(query(&b, NO_CLEAR), 0x1111);
		/* Forgets, and misses nothing that comes then. */
		track(&b, ENABLE);
		CHECK_EQ(query(&b, 0), 0);
		write_pages(&b, 0, 0x1110);
		CHECK_EQ(query(&b, 0), 0x1110);
		track(&b, 0);
		write_pages(&b, 0, ~0ULL);
		write_pages(&b, VTD_SIM_OP_ATS, ~0ULL);
		CHECK_EQ(query(&b, 0), 0);
	}
	bench_end(&b);
}

/* The device comes when tracking is on: from another table, from none, and by PASID. */
static void attached_late(const void *arg)
{
	struct bench b;
	__u32 plain;

	bench_make(&b, *(const __u32 *)arg, "");
	CHECK_OK(__dirty_hwpt(&b, b.fn.id, IOMMU_HWPT_ALLOC_PASID, &b.hwpt));
	track(&b, ENABLE);
	vfio_attach(b.fn.device, b.hwpt);
	write_pages(&b, 0, 5);
	CHECK_EQ(query(&b, 0), 5);
	plain = ioas_alloc(b.fd);
	vfio_attach(b.fn.device, plain);
	ioas_map_at(b.fd, plain, b.va, NPAGES * page_size(), IOVA);
	write_pages(&b, 0, 6);
	CHECK_EQ(query(&b, 0), 0);
	vfio_attach(b.fn.device, b.hwpt);
	write_pages(&b, 0, 0xc);
	CHECK_EQ(query(&b, 0), 0xc);
	CHECK_OK(__attach_pasid(&b, b.hwpt));
	sim_set(&b.fn, SIM_FIELD(pasid), PASID);
	write_pages(&b, VTD_SIM_OP_PASID, 0x18);
	CHECK_EQ(query(&b, 0), 0x18);
	CHECK_OK(iommufd_vfio_reset(b.fn.device));
	write_pages(&b, 0, 0x30);
	CHECK_EQ(query(&b, 0), 0x30);
	bench_end(&b);
}

static __u64 huge_query(const struct bench *b, __u64 iova, __u64 length)
{
	__u64 bits = 0;

	CHECK_OK(__query(b, iova, length, HUGE / 32, 0, &bits));
	return bits;
}

/* All of a large page is dirty. One that is asked for in parts keeps its bit. */
static void large_pages(const void *arg)
{
	static unsigned char bits[2 * HUGE / 4096 / 8];
	struct bench b;
	size_t i;

	bench_make(&b, *(const __u32 *)arg, "");
	bench_attach(&b);
	ioas_map_at(b.fd, b.ioas, mem_hugetlb(2), 2 * HUGE, HUGE_IOVA);
	track(&b, ENABLE);
	dma(&b, VTD_SIM_OP_WRITE, HUGE_IOVA + HUGE + 12345, 1);
	CHECK_OK(__query(&b, HUGE_IOVA, 2 * HUGE, 4096, NO_CLEAR, bits));
	for (i = 0; i < sizeof(bits); i++)
		CHECK_EQ(bits[i], i < sizeof(bits) / 2 ? 0 : 0xff);
	CHECK_EQ(huge_query(&b, HUGE_IOVA, 2 * HUGE), 0xffffffffULL << 32);
	CHECK_EQ(huge_query(&b, HUGE_IOVA, 2 * HUGE), 0);
	/* The second half of both, then all. */
	dma(&b, VTD_SIM_OP_WRITE, HUGE_IOVA + HUGE - 1, 2);
	CHECK_EQ(huge_query(&b, HUGE_IOVA + HUGE / 2, HUGE), 0xffffffff);
	CHECK_EQ(huge_query(&b, HUGE_IOVA + HUGE / 2, HUGE), 0xffffffff);
	CHECK_EQ(huge_query(&b, HUGE_IOVA + HUGE / 2, HUGE / 4), 0xff);
	CHECK_EQ(huge_query(&b, HUGE_IOVA, 2 * HUGE), ~0ULL);
	CHECK_EQ(huge_query(&b, HUGE_IOVA, 2 * HUGE), 0);
	dma(&b, VTD_SIM_OP_WRITE, HUGE_IOVA, 1);
	CHECK_EQ(huge_query(&b, HUGE_IOVA, 2 * HUGE), 0xffffffff);
	CHECK_EQ(query(&b, 0), 0);
	bench_end(&b);
}

static void read_only_pages(const void *arg)
{
	struct iommu_ioas_map map;
	struct bench b;

	bench_make(&b, *(const __u32 *)arg, "");
	bench_attach(&b);
	ioas_unmap(b.fd, b.ioas, IOVA, NPAGES * page_size());
	map = map_at(b.ioas, b.va, NPAGES * page_size(), IOVA);
	map.flags &= ~IOMMU_IOAS_MAP_WRITEABLE;
	ioas_map(b.fd, map);
	track(&b, ENABLE);
	dma(&b, VTD_SIM_OP_READ, IOVA, 8);
	CHECK_EQ(sim_run(&b.fn, VTD_SIM_OP_WRITE, IOVA, 8, 0), VTD_SIM_BLOCKED);
	CHECK_EQ(query(&b, 0), 0);
	bench_end(&b);
}

static __u64 capabilities(int fd, __u32 dev)
{
	struct iommu_hw_info info = { .dev_id = dev };

	CHECK_OK(__hw_info(fd, &info));
	return info.out_capabilities & IOMMU_HW_CAP_DIRTY_TRACKING;
}

/* Units that cannot: said, refused, and nothing of another unit's is let in. */
static void cannot(const void *arg)
{
	const struct profile *profile = arg;
	struct vtd_sim_unit_add how = { .size = sizeof(how), .profile = profile->profile };
	struct sim_function other;
	struct bench b;
	struct sim sim;
	__u32 id;

	bench_make(&b, VTD_SIM_FULL, "");
	bench_attach(&b);
	CHECK(capabilities(b.fd, b.fn.id));
	snprintf(how.caps, sizeof(how.caps), "%s", profile->caps);
	CHECK_OK(__sim(b.sim.fd, VTD_SIM_UNIT_ADD, &how));
	sim = (struct sim){ b.sim.fd, how.out_unit, how.out_segment };
	other = sim_function(&sim, VTD_SIM_ENGINE, 0);
	sim_function_open(&other, b.fd);
	CHECK(!capabilities(b.fd, other.id));
	CHECK_ERR(__dirty_hwpt(&b, other.id, 0, &id), EOPNOTSUPP);
	id = b.hwpt;
	CHECK_ERR(__vfio_attach(other.device, &id), EINVAL);
	/* Nothing has changed for the one that can. */
	track(&b, ENABLE);
	write_pages(&b, 0, 3);
	CHECK_EQ(query(&b, 0), 3);
	sim_function_close(&other);
	sim_function_remove(&other);
	CHECK_OK(__sim(sim.fd, VTD_SIM_UNIT_REMOVE,
		       &(struct vtd_sim_unit_remove){ .size = sizeof(struct vtd_sim_unit_remove),
						      .unit = sim.unit }));
	bench_end(&b);
}

/* Two devices, at two units, have one table. */
static void two_units(const void *arg)
{
	struct vtd_sim_unit_add how = {
		.size = sizeof(how), .profile = *(const __u32 *)arg,
		.retention = VTD_SIM_KEEP_ALL,
	};
	struct sim_function other;
	struct bench b;
	struct sim sim;

	bench_make(&b, *(const __u32 *)arg, "");
	bench_attach(&b);
	CHECK_OK(__sim(b.sim.fd, VTD_SIM_UNIT_ADD, &how));
	sim = (struct sim){ b.sim.fd, how.out_unit, how.out_segment };
	other = sim_function(&sim, VTD_SIM_ENGINE, 0);
	sim_function_open(&other, b.fd);
	vfio_attach(other.device, b.hwpt);
	CHECK_EQ(sim_run(&other, VTD_SIM_OP_WRITE, IOVA, VTD_SIM_OP_BYTES, 0), VTD_SIM_OK);
	track(&b, ENABLE);
	CHECK_EQ(sim_run(&other, VTD_SIM_OP_WRITE, IOVA, 1, 0), VTD_SIM_OK);
	write_pages(&b, 0, 2);
	CHECK_EQ(query(&b, 0), 3);
	CHECK_EQ(sim_run(&other, VTD_SIM_OP_WRITE, IOVA + page_size(), 1, 0), VTD_SIM_OK);
	write_pages(&b, 0, 1);
	CHECK_EQ(query(&b, 0), 3);
	sim_check_clean(&sim);
	sim_function_close(&other);
	sim_function_remove(&other);
	CHECK_OK(__sim(sim.fd, VTD_SIM_UNIT_REMOVE,
		       &(struct vtd_sim_unit_remove){ .size = sizeof(struct vtd_sim_unit_remove),
						      .unit = sim.unit }));
	bench_end(&b);
}

#define MIGRATE_WRITES 1500

/* Writes one word after the other, each larger than all before. */
static void *write_on(void *arg)
{
	struct bench *b = arg;
	unsigned int seed = 1;
	__u32 i;

	for (i = 1; i <= MIGRATE_WRITES; i++) {
		__u64 at = (rand_r(&seed) % NPAGES) * page_size() +
			   rand_r(&seed) % (page_size() / 4) * 4;

		memcpy((void *)b->fn.memory, &i, sizeof(i));
		dma(b, VTD_SIM_OP_WRITE | (i & 8 ? VTD_SIM_OP_ATS : 0), IOVA + at, 4);
	}
	return NULL;
}

/* Copies what was written since the last pass; returns how many pages. */
static unsigned int copy_pass(const struct bench *b, unsigned char *copy)
{
	unsigned int i, n = 0;
	__u64 bits = query(b, 0);

	for (i = 0; i < NPAGES; i++) {
		if (!(bits >> i & 1))
			continue;
		memcpy(copy + i * page_size(), b->va + i * page_size(), page_size());
		n++;
	}
	return n;
}

/*
 * A migration: a copy is made pass by pass while the device writes. Nothing is missed. Between
 * the clearing of a bit and the flush the unit lawfully uses what it has.
 */
static void migration(const void *arg)
{
	unsigned int n = 0, passes = 0;
	unsigned char *copy;
	pthread_t writer;
	struct bench b;

	bench_make(&b, *(const __u32 *)arg, "");
	bench_attach(&b);
	copy = mem_pages(NPAGES);
	track(&b, ENABLE);
	memcpy(copy, b.va, NPAGES * page_size());
	CHECK(!pthread_create(&writer, NULL, write_on, &b));
	while (pthread_tryjoin_np(writer, NULL)) {
		n += copy_pass(&b, copy);
		passes++;
	}
	copy_pass(&b, copy);
	harness_note("%u pages in %u passes", n, passes);
	CHECK(!memcmp(copy, b.va, NPAGES * page_size()));
	CHECK_EQ(query(&b, 0), 0);
	bench_take_down(&b);
}

#define ON(f, p) { .name = #f " " #p, .fn_arg = f, .arg = &(p), .seconds = CASE_SECONDS }

static const struct test_case cases[] = {
	ON(what_was_written, full), ON(what_was_written, full_cm),
	ON(by_device_tlb, full),
	ON(by_pasid, full), ON(by_pasid, full_cm),
	ON(on_and_off, full), ON(on_and_off, full_cm),
	ON(attached_late, full),
	ON(large_pages, full),
	ON(read_only_pages, full),
	ON(cannot, no_marks), ON(cannot, legacy), ON(cannot, incoherent),
	ON(two_units, full),
	ON(migration, full),
	ON(dirty_nested, plain), ON(dirty_nested, ats),
	ON(dirty_nested_pasids, plain), ON(dirty_nested_pasids, ats),
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
