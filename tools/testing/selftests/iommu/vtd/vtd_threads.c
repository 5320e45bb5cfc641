// SPDX-License-Identifier: GPL-2.0-only
/*
 * A real IOMMU driver under several threads at once: the kernel's DMA API, and
 * maps of user space while the device moves between page tables. What goes
 * wrong is told by the kernel (KCSAN, KASAN, lockdep), by DMA that arrives at
 * another place, and by pins that stay. Needs an edu.
 *
 * Documentation/driver-api/vtd/index.rst has the order of locks.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/map_benchmark.h>

#include "lib/edu.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/proc.h"
#include "lib/uapi.h"
#include "lib/vfio.h"

#define DRIVER "dma_map_benchmark"
#define CONTROL "/sys/kernel/debug/dma_map_benchmark"
#define SECONDS 2
#define API_THREADS 6

#define NMAPPERS 4
/* the device takes 0.1 s for each DMA: not after every move */
#define MOVES 96
#define MOVES_PER_COPY 8
#define MAX_PAGES 16
#define IOVA 0x1000000ULL
/* each mapper's own, half of what a table of the last level maps */
#define STRIDE 0x100000ULL
#define REGS_SIZE 0x1000

static void dma_api(void)
{
	static const __u32 granules[] = { 1, 8, 256 };
	struct vfio_place place;
	const char *bdf;
	size_t i;
	int fd;

	if (access("/sys/bus/pci/drivers/" DRIVER, F_OK))
		harness_skip("the kernel has no " DRIVER);
	CHECK_OK(vfio_find_model(EDU_MODEL, &place));
	bdf = strrchr(place.dir, '/') + 1;
	pci_give_to(bdf, DRIVER);
	fd = open(CONTROL, O_RDWR | O_CLOEXEC);
	CHECK(fd >= 0);
	for (i = 0; i < ARRAY_LEN(granules); i++) {
		struct map_benchmark map = {
			.threads = API_THREADS,
			.seconds = SECONDS,
			.node = -1,
			.dma_bits = 32,
			.dma_dir = DMA_MAP_BIDIRECTIONAL,
			.granule = granules[i],
		};

		CHECK_EQ(ioctl(fd, DMA_MAP_BENCHMARK, &map), 0);
		CHECK(map.avg_map_100ns > 0);
	}
	close(fd);
	pci_give_to(bdf, "vfio-pci");
	CHECK(!proc_kernel_warned());
}

struct bench {
	int fd;
	__u32 ioas;
	size_t page;
	atomic_bool done;
};

struct mapper {
	struct bench *b;
	pthread_t thread;
	unsigned int seed;
	unsigned int rounds;
	__u64 iova;
	char *va;
};

static unsigned int roll(struct mapper *m, unsigned int sides)
{
	m->seed = m->seed * 1103515245 + 12345;
	return (m->seed >> 16) % sides;
}

static void *mapper_thread(void *arg)
{
	struct mapper *m = arg;

	for (m->rounds = 0; !m->b->done; m->rounds++) {
		size_t length = (1 + roll(m, MAX_PAGES)) * m->b->page;
		__u64 iova = m->iova + roll(m, MAX_PAGES) * m->b->page;

		ioas_map_at(m->b->fd, m->b->ioas, m->va, length, iova);
		ioas_unmap(m->b->fd, m->b->ioas, iova, length);
	}
	return NULL;
}

/* What the device copies is mapped in all three page tables. */
static void maps_and_replaces(void)
{
	struct bench b = { .fd = iommu_open(), .page = page_size() };
	struct mapper mappers[NMAPPERS];
	struct vfio_place place;
	unsigned int moves, rounds = 0;
	__u32 targets[3], dev;
	volatile void *regs;
	int device;
	char *va;
	size_t i;

	CHECK_OK(vfio_find_model(EDU_MODEL, &place));
	device = vfio_open(place.node);
	dev = vfio_bind(device, b.fd);
	b.ioas = ioas_alloc(b.fd);
	targets[0] = b.ioas;
	targets[1] = hwpt_alloc(b.fd, dev, b.ioas);
	targets[2] = ioas_alloc(b.fd);
	va = mem_pages(2);
	ioas_map_at(b.fd, b.ioas, va, 2 * b.page, IOVA);
	ioas_map_at(b.fd, targets[2], va, 2 * b.page, IOVA);
	vfio_attach(device, b.ioas);
	regs = vfio_map_bar(device, REGS_SIZE);

	for (i = 0; i < NMAPPERS; i++) {
		mappers[i] = (struct mapper){
			.b = &b,
			.seed = i + 1,
			.iova = IOVA + (i + 1) * STRIDE,
			.va = mem_pages(MAX_PAGES),
		};
		CHECK_EQ(pthread_create(&mappers[i].thread, NULL, mapper_thread,
					&mappers[i]), 0);
	}
	for (moves = 0; moves < MOVES; moves++) {
		vfio_attach(device, targets[moves % ARRAY_LEN(targets)]);
		if (moves % MOVES_PER_COPY)
			continue;
		memset(va, 1 + moves, b.page);
		memset(va + b.page, 0, b.page);
		edu_copy(regs, IOVA + b.page, IOVA, 64);
		CHECK(!memcmp(va, va + b.page, 64));
		CHECK_EQ(va[b.page + 64], 0);
	}
	b.done = true;
	for (i = 0; i < NMAPPERS; i++) {
		CHECK_EQ(pthread_join(mappers[i].thread, NULL), 0);
		rounds += mappers[i].rounds;
	}
	harness_note("%u maps and unmaps, %u page tables", rounds, moves);
	CHECK(rounds > MOVES);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), 2 * b.page);
	CHECK(!proc_kernel_warned());
}

static const struct test_case cases[] = {
	{ .name = "dma_api", .fn = dma_api, .seconds = 120 },
	{ .name = "maps_and_replaces", .fn = maps_and_replaces, .seconds = 120 },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
