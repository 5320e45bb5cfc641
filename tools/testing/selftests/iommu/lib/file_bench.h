/* SPDX-License-Identifier: GPL-2.0-only */
/* An IOAS with a device, and a memfd to map into it. */
#ifndef IOMMU_SELFTEST_FILE_BENCH_H
#define IOMMU_SELFTEST_FILE_BENCH_H

#include "file.h"
#include "mock.h"

/* @nbytes of @memfd, and a view of it at @va. */
struct file_bench {
	int fd;
	__u32 ioas;
	struct mock_dev dev;
	size_t page;
	size_t nbytes;
	int memfd;
	char *va;
	struct footprint before;
};

/* The memfd has 16 pages, all written. */
struct file_bench file_bench_make(void);
/* The map of the whole memfd at MOCK_IOVA. */
struct iommu_ioas_map_file file_bench_whole(const struct file_bench *b);
/* A map that must fail with @errnum and leave nothing behind. */
void file_refuse(struct file_bench *b, struct iommu_ioas_map_file map,
		 int errnum);

#endif
