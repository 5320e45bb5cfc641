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

#define HWPT_NEST IOMMU_HWPT_ALLOC_NEST_PARENT
#define HWPT_DIRTY IOMMU_HWPT_ALLOC_DIRTY_TRACKING

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

static void hwpt_flags(void)
{
	static const __u32 flags[] = { HWPT_DIRTY,
				       HWPT_NEST | HWPT_DIRTY };
	struct bench b = bench_make();
	size_t i;

	for (i = 0; i < ARRAY_LEN(flags); i++) {
		struct iommu_hwpt_alloc cmd = {
			.size = sizeof(cmd),
			.flags = flags[i],
			.dev_id = b.dev.idev,
			.pt_id = b.ioas,
		};

		not_yet(&b, IOMMU_HWPT_ALLOC, &cmd);
	}
}

static void set_dirty_tracking(void)
{
	struct bench b = bench_make();
	struct iommu_hwpt_set_dirty_tracking cmd = {
		.size = sizeof(cmd),
		.hwpt_id = b.hwpt,
		.flags = IOMMU_HWPT_DIRTY_TRACKING_ENABLE,
	};

	not_yet(&b, IOMMU_HWPT_SET_DIRTY_TRACKING, &cmd);
	cmd.flags = 0;
	not_yet(&b, IOMMU_HWPT_SET_DIRTY_TRACKING, &cmd);
	cmd.__reserved = 1;
	not_yet(&b, IOMMU_HWPT_SET_DIRTY_TRACKING, &cmd);
}

static void get_dirty_bitmap(void)
{
	struct bench b = bench_make();
	__u64 bits = 0;
	struct iommu_hwpt_get_dirty_bitmap cmd = {
		.size = sizeof(cmd),
		.hwpt_id = b.hwpt,
		.iova = MOCK_IOVA,
		.length = page_size(),
		.page_size = page_size(),
		.data = (uintptr_t)&bits,
	};

	not_yet(&b, IOMMU_HWPT_GET_DIRTY_BITMAP, &cmd);
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

static void pasid_attach(void)
{
	struct bench b = bench_make();
	struct iommu_test_cmd dev = {
		.id = b.ioas,
		.mock_domain_flags = { .dev_flags = MOCK_FLAGS_DEVICE_PASID },
	};
	struct iommu_test_cmd attach = {
		.pasid_attach = { .pasid = 1, .pt_id = b.hwpt },
	};

	if (__mock_cmd(b.fd, IOMMU_TEST_OP_MOCK_DOMAIN_FLAGS, &dev))
		harness_skip("the mock has no device with PASIDs");
	b.before = footprint_take(b.fd);
	attach.id = dev.mock_domain_flags.out_stdev_id;
	CHECK_ERR(__mock_cmd(b.fd, IOMMU_TEST_OP_PASID_ATTACH, &attach),
		  EOPNOTSUPP);
	footprint_check(&b.before);
}

static const struct test_case cases[] = {
	{ .name = "HWPT_ALLOC_flags", .fn = hwpt_flags },
	{ .name = "HWPT_SET_DIRTY_TRACKING", .fn = set_dirty_tracking },
	{ .name = "HWPT_GET_DIRTY_BITMAP", .fn = get_dirty_bitmap },
	{ .name = "IOAS_NOIOMMU_GET_PA", .fn = noiommu_get_pa },
	{ .name = "PASID_ATTACH", .fn = pasid_attach },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
