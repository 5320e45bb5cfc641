// SPDX-License-Identifier: GPL-2.0-only
/* mmap of /dev/iommu (MM): the window of a mock vIOMMU. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/nest.h"

#define LOOPBACK 0xcafef00d

struct bench {
	struct nest n;
	__u32 viommu;
	struct iommu_viommu_selftest data;
};

static struct bench bench_make(void)
{
	struct bench b = { .n = nest_make(), .data = { .in_data = LOOPBACK } };
	struct iommu_viommu_alloc cmd = {
		.type = IOMMU_VIOMMU_TYPE_SELFTEST,
		.dev_id = b.n.dev.idev,
		.hwpt_id = b.n.parent,
		.data_len = sizeof(b.data),
		.data_uptr = (uintptr_t)&b.data,
	};

	CHECK_OK(__viommu_alloc(b.n.fd, &cmd));
	b.viommu = cmd.out_viommu_id;
	CHECK_EQ(b.data.out_mmap_length, 2 * b.n.page);
	return b;
}

/* The address, or -errno as a pointer that no mapping has. */
static void *map(struct bench *b, size_t length, int prot, int flags,
		 __u64 offset)
{
	void *va = mmap(NULL, length, prot, flags, b->n.fd, offset);

	return va == MAP_FAILED ? (void *)(intptr_t)-errno : va;
}

#define RW (PROT_READ | PROT_WRITE)
#define NO_MAP(b, length, prot, flags, offset, errnum)			\
	CHECK_EQ((intptr_t)map(b, length, prot, flags, offset), -(errnum))

/* The window may be written from elsewhere at any time. */
static __u32 peek(const __u32 *va)
{
	return __atomic_load_n(va, __ATOMIC_RELAXED);
}

static __u32 *map_window(struct bench *b)
{
	void *va = map(b, b->data.out_mmap_length, RW, MAP_SHARED,
		       b->data.out_mmap_offset);

	CHECK((intptr_t)va > 0);
	return va;
}

static void window(void)
{
	struct bench b = bench_make();
	__u32 *one = map_window(&b);
	__u32 *two = map_window(&b);

	CHECK_EQ(peek(one), LOOPBACK);
	CHECK_EQ(peek(two), LOOPBACK);
	one[1] = 0x55aa;
	CHECK_EQ(peek(two + 1), 0x55aa);
	one[b.n.page / 4] = 0x33cc;
	CHECK_EQ(peek(two + b.n.page / 4), 0x33cc);
	nest_end(&b.n);
}

static void refusals(void)
{
	struct bench b = bench_make();
	size_t len = b.data.out_mmap_length;
	__u64 at = b.data.out_mmap_offset;

	NO_MAP(&b, len, RW, MAP_PRIVATE, at, EINVAL);
	NO_MAP(&b, len, RW | PROT_EXEC, MAP_SHARED, at, EPERM);
	NO_MAP(&b, len, RW, MAP_SHARED, 0, ENXIO);
	NO_MAP(&b, len / 2, RW, MAP_SHARED, at, ENXIO);
	NO_MAP(&b, 2 * len, RW, MAP_SHARED, at, ENXIO);
	NO_MAP(&b, len, RW, MAP_SHARED, at + b.n.page, ENXIO);
	NO_MAP(&b, len, RW, MAP_SHARED, at + len, ENXIO);
	NO_MAP(&b, b.n.page, RW, MAP_SHARED, at + b.n.page, ENXIO);
	/* none of them has kept the vIOMMU */
	destroy(b.n.fd, b.viommu);
	NO_MAP(&b, len, RW, MAP_SHARED, at, ENXIO);
	footprint_check(&b.n.before);
	nest_end(&b.n);
}

/* O7: mapped means in use, also by half and by a child. */
static void holds_its_owner(void)
{
	struct bench b = bench_make();
	size_t page = b.n.page;
	char *va = (char *)map_window(&b);
	pid_t pid;

	nest_mark(&b.n);
	REFUSED(&b.n, __destroy(b.n.fd, b.viommu), EBUSY);
	CHECK_EQ(munmap(va, page), 0);
	REFUSED(&b.n, __destroy(b.n.fd, b.viommu), EBUSY);

	pid = harness_fork();
	if (!pid) {
		CHECK_ERR(__destroy(b.n.fd, b.viommu), EBUSY);
		CHECK_EQ(munmap(va + page, page), 0);
		CHECK_ERR(__destroy(b.n.fd, b.viommu), EBUSY);
		_exit(0);
	}
	harness_join(pid);
	trace_clear(&b.n.trace);
	CHECK_EQ(munmap(va + page, page), 0);
	destroy(b.n.fd, b.viommu);
	nest_end(&b.n);
}

static void cannot_grow_or_run(void)
{
	struct bench b = bench_make();
	size_t len = b.data.out_mmap_length;
	char *va = (char *)map_window(&b);

	CHECK(mremap(va, len, 2 * len, MREMAP_MAYMOVE) == MAP_FAILED);
	CHECK_EQ(errno, EFAULT);
	CHECK_EQ(mprotect(va, len, PROT_READ | PROT_EXEC), -1);
	CHECK_EQ(errno, EACCES);
	CHECK_EQ(mprotect(va, len, PROT_READ), 0);
	CHECK_EQ(peek((__u32 *)va), LOOPBACK);
	nest_end(&b.n);
}

/* The mapping outlives the descriptor: the file lives as long as it does. */
static void survives_close(void)
{
	struct bench b = bench_make();
	__u32 *va = map_window(&b);

	nest_end(&b.n);
	CHECK_EQ(peek(va), LOOPBACK);
	*va = 1;
	CHECK_EQ(peek(va), 1);
	CHECK_EQ(munmap(va, b.data.out_mmap_length), 0);
}

/* Device memory is no memory to map into an IOAS. */
static void not_pinnable(void)
{
	struct bench b = bench_make();
	void *va = map_window(&b);

	CHECK_ERR(__ioas_map_at(b.n.fd, b.n.ioas, va,
				b.data.out_mmap_length, MOCK_IOVA), EFAULT);
	nest_end(&b.n);
}

static void offsets_are_reused(void)
{
	struct bench b = bench_make();
	struct bench c = b;
	struct iommu_viommu_alloc cmd = {
		.type = IOMMU_VIOMMU_TYPE_SELFTEST,
		.dev_id = b.n.dev.idev,
		.hwpt_id = b.n.parent,
		.data_len = sizeof(c.data),
		.data_uptr = (uintptr_t)&c.data,
	};

	c.data.in_data = 7;
	CHECK_OK(__viommu_alloc(b.n.fd, &cmd));
	CHECK(c.data.out_mmap_offset >= b.data.out_mmap_offset +
					b.data.out_mmap_length);
	CHECK_EQ(peek(map_window(&c)), 7);
	CHECK_EQ(peek(map_window(&b)), LOOPBACK);
	nest_end(&b.n);
}

static const struct test_case cases[] = {
	{ .name = "MM5_window", .fn = window },
	{ .name = "MM2_MM4_refusals", .fn = refusals },
	{ .name = "O7_holds_its_owner", .fn = holds_its_owner },
	{ .name = "MM5_cannot_grow_or_run", .fn = cannot_grow_or_run },
	{ .name = "MM5_survives_close", .fn = survives_close },
	{ .name = "M12_not_pinnable", .fn = not_pinnable },
	{ .name = "MM6_offsets", .fn = offsets_are_reused },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
