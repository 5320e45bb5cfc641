/* SPDX-License-Identifier: GPL-2.0-only */
/* An IOAS with a device, and memory to map into it. */
#ifndef IOMMU_SELFTEST_MAP_BENCH_H
#define IOMMU_SELFTEST_MAP_BENCH_H

#include "mock.h"

/* Four pages at @va. */
struct map_bench {
	int fd;
	__u32 ioas;
	struct mock_dev dev;
	char *va;
	size_t page;
	struct footprint before;
};

struct map_bench map_bench_make(void);
/* A map that must fail with @errnum and leave nothing behind. */
void map_refuse(struct map_bench *b, struct iommu_ioas_map map,
		int errnum);

#endif
