// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench iommufd|type1   map, copy and unmap memory for a VFIO device
 * bench dma-api BDF     the DMA API with a PCI device
 * bench dirty           read dirty bits, where the kernel has the mock IOMMU
 * bench users N         N copies of one page, made and dropped
 *
 * Prints lines 'group<TAB>row<TAB>ns', each the best of three; see
 * bench/bench.h for what a nanosecond is.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "bench/bench.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/vfio.h"

#define NBYTES (128ul << 20)
#define ROUNDS 3
/* Enough for what allocators fetch in batches to come out even. */
#define MORE_AREAS 1000

__u64 bench_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

void bench_print(const char *group, const char *row, __u64 ns, __u64 count)
{
	printf("%s\t%s\t%.1f\n", group, row, (double)ns / (double)count);
	fflush(stdout);
}

/* Touched in random order: neighbours are no neighbours in memory. */
static void *scattered(int fd)
{
	size_t n = NBYTES / page_size(), i;
	uint32_t *order = malloc(n * sizeof(*order));
	char *va = mmap(NULL, NBYTES, PROT_READ | PROT_WRITE,
			fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED,
			fd, 0);

	CHECK(va != MAP_FAILED && order);
	madvise(va, NBYTES, MADV_NOHUGEPAGE);
	srandom(1);
	for (i = 0; i < n; i++) {
		size_t j = (size_t)random() % (i + 1);

		order[i] = order[j];
		order[j] = i;
	}
	for (i = 0; i < n; i++)
		va[order[i] * page_size()] = 1;
	free(order);
	return va;
}

static void *anonymous(void)
{
	return scattered(-1);
}

static void *memfd(void)
{
	int fd = memfd_create("bench", MFD_CLOEXEC);

	CHECK(fd >= 0 && !ftruncate(fd, NBYTES));
	return scattered(fd);
}

static void *thp(void)
{
	return mem_thp(NBYTES / thp_size());
}

static void *hugetlb(void)
{
	return mem_hugetlb(NBYTES >> 21);
}

static void keep_best(__u64 *best, __u64 begin)
{
	__u64 took = bench_now() - begin;

	if (!*best || took < *best)
		*best = took;
}

static void row(struct space *space, const char *what, const char *memory,
		__u64 ns, __u64 count)
{
	char name[64];

	snprintf(name, sizeof(name), "%s %s", what, memory);
	bench_print(space->ops->name, name, ns, count);
}

/* Per page: map, copy, unmap of 128 MiB. */
static void bulk(struct space *space, const char *memory, void *(*get)(void))
{
	const struct space_ops *ops = space->ops;
	__u64 mapped = 0, copied = 0, unmapped = 0, begin;
	size_t npages = NBYTES / page_size();
	void *va = get();
	int i;

	for (i = 0; i < ROUNDS; i++) {
		begin = bench_now();
		ops->map(space, va, NBYTES, BENCH_IOVA);
		keep_best(&mapped, begin);
		if (ops->copy) {
			begin = bench_now();
			ops->copy(space, BENCH_IOVA, NBYTES);
			keep_best(&copied, begin);
			ops->drop_copy(space);
		}
		begin = bench_now();
		ops->unmap(space, BENCH_IOVA, NBYTES);
		keep_best(&unmapped, begin);
	}
	row(space, "map", memory, mapped, npages);
	if (ops->copy)
		row(space, "copy", memory, copied, npages);
	row(space, "unmap", memory, unmapped, npages);
	munmap(va, NBYTES);
}

/* One page comes and goes. */
static void pairs(struct space *space)
{
	void *va = mem_pages(1);
	__u64 best = 0, begin;
	int i, j;

	for (i = 0; i < ROUNDS; i++) {
		begin = bench_now();
		for (j = 0; j < 1000; j++) {
			space->ops->map(space, va, page_size(), BENCH_IOVA);
			space->ops->unmap(space, BENCH_IOVA, page_size());
		}
		keep_best(&best, begin);
	}
	bench_print(space->ops->name, "map and unmap of one page", best, 1000);
}

/* One more mapping among many, each of them an area of its own. */
static void among(struct space *space, int nareas)
{
	char *va = mem_pages(nareas + MORE_AREAS);
	__u64 begin, best = 0;
	char name[64];
	int i;

	for (i = 0; i < nareas; i++)
		space->ops->map(space, va + i * page_size(), page_size(), 0);
	begin = bench_now();
	for (; i < nareas + MORE_AREAS; i++)
		space->ops->map(space, va + i * page_size(), page_size(), 0);
	keep_best(&best, begin);
	snprintf(name, sizeof(name), "map one page among %d areas", nareas);
	bench_print(space->ops->name, name, best, MORE_AREAS);

	begin = bench_now();
	space->ops->unmap_all(space);
	snprintf(name, sizeof(name), "unmap everything, per area of %d",
		 nareas + MORE_AREAS);
	bench_print(space->ops->name, name, bench_now() - begin, nareas + MORE_AREAS);
	munmap(va, (nareas + MORE_AREAS) * page_size());
}

int main(int argc, char **argv)
{
	struct space space = {};
	char path[PATH_MAX];

	if (argc == 3 && !strcmp(argv[1], "dma-api")) {
		bench_dma_api(argv[2]);
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "dirty")) {
		bench_dirty();
		return 0;
	}
	if (argc == 3 && !strcmp(argv[1], "users")) {
		bench_users(strtoul(argv[2], NULL, 10));
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], iommufd_ops.name))
		space.ops = &iommufd_ops;
	if (argc == 2 && !strcmp(argv[1], type1_ops.name))
		space.ops = &type1_ops;
	if (!space.ops) {
		fprintf(stderr, "usage: bench iommufd | type1 | dma-api BDF | dirty | users N\n");
		return 2;
	}
	vfio_find(path, sizeof(path));
	space.ops->open(&space, path);
	pairs(&space);
	among(&space, 1000);
	among(&space, 16000);
	bulk(&space, "anonymous 4 KiB", anonymous);
	bulk(&space, "memfd 4 KiB", memfd);
	bulk(&space, "THP", thp);
	bulk(&space, "hugetlb", hugetlb);
	return 0;
}
