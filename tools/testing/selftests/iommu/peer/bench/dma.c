// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's DMA map benchmark (kernel/dma/map_benchmark.c): the DMA API's
 * way through the IOMMU driver, without iommufd.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/map_benchmark.h>

#include "lib/harness.h"
#include "lib/vfio.h"
#include "bench.h"

#define DRIVER "dma_map_benchmark"
#define CONTROL "/sys/kernel/debug/dma_map_benchmark"

static void run(int fd, const char *row, __u8 mode, __u32 granule)
{
	struct map_benchmark map = {
		.threads = 1,
		.seconds = 1,
		.node = -1,
		.dma_bits = 32,
		.dma_dir = DMA_MAP_BIDIRECTIONAL,
		.granule = granule,
		.map_mode = mode,
	};
	char name[64];

	CHECK_EQ(ioctl(fd, DMA_MAP_BENCHMARK, &map), 0);
	snprintf(name, sizeof(name), "map %s", row);
	bench_print("dma-api", name, map.avg_map_100ns * 100, 1);
	snprintf(name, sizeof(name), "unmap %s", row);
	bench_print("dma-api", name, map.avg_unmap_100ns * 100, 1);
}

void bench_dma_api(const char *bdf)
{
	int fd;

	pci_give_to(bdf, DRIVER);
	fd = open(CONTROL, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		harness_skip("no " CONTROL " for %s", bdf);
	run(fd, "one page", DMA_MAP_BENCH_SINGLE_MODE, 1);
	run(fd, "256 pages", DMA_MAP_BENCH_SINGLE_MODE, 256);
	run(fd, "a list of 64 pages", DMA_MAP_BENCH_SG_MODE, 64);
	close(fd);
}
