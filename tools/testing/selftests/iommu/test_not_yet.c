// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a later change brings is refused with EOPNOTSUPP until then, and leaves
 * nothing behind. The change that brings a feature removes its case.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"

struct bench {
	int fd;
	__u32 ioas;
	struct mock_dev dev;
	__u32 hwpt;
	struct footprint before;
};

static struct bench bench_make(void)
{
	struct bench b = { .fd = mock_open() };

	b.ioas = ioas_alloc(b.fd);
	b.dev = mock_attach(b.fd, b.ioas);
	b.hwpt = hwpt_alloc(b.fd, b.dev.idev, b.ioas);
	b.before = footprint_take(b.fd);
	return b;
}

static void not_yet(struct bench *b, unsigned long request, void *cmd)
{
	CHECK_ERR(__iommu_cmd(b->fd, request, cmd), EOPNOTSUPP);
	footprint_check(&b->before);
}

static void noiommu_get_pa(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_noiommu_get_pa cmd = {
		.size = sizeof(cmd),
		.ioas_id = b.ioas,
		.iova = MOCK_IOVA,
		.length = page_size(),
	};

	not_yet(&b, IOMMU_IOAS_NOIOMMU_GET_PA, &cmd);
}

static const struct test_case cases[] = {
	{ .name = "IOAS_NOIOMMU_GET_PA", .fn = noiommu_get_pa },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
