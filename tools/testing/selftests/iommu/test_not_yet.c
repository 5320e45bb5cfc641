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
#define HWPT_FAULT IOMMU_HWPT_FAULT_ID_VALID

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

static void map_file(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_map_file cmd = {
		.size = sizeof(cmd),
		.flags = PROT_RW | MAP_AT,
		.ioas_id = b.ioas,
		.fd = memfd_create("iommu-selftest", 0),
		.length = page_size(),
		.iova = MOCK_IOVA,
	};

	CHECK_EQ(ftruncate(cmd.fd, page_size()), 0);
	not_yet(&b, IOMMU_IOAS_MAP_FILE, &cmd);
}

static void change_process(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_change_process cmd = { .size = sizeof(cmd) };

	not_yet(&b, IOMMU_IOAS_CHANGE_PROCESS, &cmd);
}

static void hwpt_flags(void)
{
	static const __u32 flags[] = { HWPT_NEST, HWPT_FAULT,
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

static void nested_hwpt(void)
{
	struct iommu_hwpt_selftest data = {};
	struct bench b = bench_make();
	struct iommu_hwpt_alloc cmd = {
		.size = sizeof(cmd),
		.dev_id = b.dev.idev,
		.pt_id = b.hwpt,
		.data_type = IOMMU_HWPT_DATA_SELFTEST,
		.data_len = sizeof(data),
		.data_uptr = (uintptr_t)&data,
	};

	not_yet(&b, IOMMU_HWPT_ALLOC, &cmd);
	cmd.data_type = IOMMU_HWPT_DATA_VTD_S1;
	not_yet(&b, IOMMU_HWPT_ALLOC, &cmd);
}

static void hwpt_invalidate(void)
{
	struct iommu_hwpt_invalidate_selftest entry = {};
	struct bench b = bench_make();
	struct iommu_hwpt_invalidate cmd = {
		.size = sizeof(cmd),
		.hwpt_id = b.hwpt,
		.data_uptr = (uintptr_t)&entry,
		.data_type = IOMMU_HWPT_INVALIDATE_DATA_SELFTEST,
		.entry_len = sizeof(entry),
		.entry_num = 1,
	};

	not_yet(&b, IOMMU_HWPT_INVALIDATE, &cmd);
}

static void fault_queue(void)
{
	struct bench b = bench_make();
	struct iommu_fault_alloc cmd = { .size = sizeof(cmd) };

	not_yet(&b, IOMMU_FAULT_QUEUE_ALLOC, &cmd);
}

static void viommu(void)
{
	struct bench b = bench_make();
	struct iommu_viommu_alloc cmd = {
		.size = sizeof(cmd),
		.type = IOMMU_VIOMMU_TYPE_SELFTEST,
		.dev_id = b.dev.idev,
		.hwpt_id = b.hwpt,
	};

	not_yet(&b, IOMMU_VIOMMU_ALLOC, &cmd);
}

static void vdevice(void)
{
	struct bench b = bench_make();
	struct iommu_vdevice_alloc cmd = {
		.size = sizeof(cmd),
		.viommu_id = b.hwpt,
		.dev_id = b.dev.idev,
		.virt_id = 1,
	};

	not_yet(&b, IOMMU_VDEVICE_ALLOC, &cmd);
}

static void veventq(void)
{
	struct bench b = bench_make();
	struct iommu_veventq_alloc cmd = {
		.size = sizeof(cmd),
		.viommu_id = b.hwpt,
		.type = IOMMU_VEVENTQ_TYPE_SELFTEST,
		.veventq_depth = 8,
	};

	not_yet(&b, IOMMU_VEVENTQ_ALLOC, &cmd);
}

static void hw_queue(void)
{
	struct bench b = bench_make();
	struct iommu_hw_queue_alloc cmd = {
		.size = sizeof(cmd),
		.viommu_id = b.hwpt,
		.type = IOMMU_HW_QUEUE_TYPE_SELFTEST,
		.nesting_parent_iova = MOCK_IOVA,
		.length = page_size(),
	};

	not_yet(&b, IOMMU_HW_QUEUE_ALLOC, &cmd);
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
	{ .name = "IOAS_MAP_FILE", .fn = map_file },
	{ .name = "IOAS_CHANGE_PROCESS", .fn = change_process },
	{ .name = "HWPT_ALLOC_flags", .fn = hwpt_flags },
	{ .name = "HWPT_ALLOC_nested", .fn = nested_hwpt },
	{ .name = "HWPT_INVALIDATE", .fn = hwpt_invalidate },
	{ .name = "FAULT_QUEUE_ALLOC", .fn = fault_queue },
	{ .name = "VIOMMU_ALLOC", .fn = viommu },
	{ .name = "VDEVICE_ALLOC", .fn = vdevice },
	{ .name = "VEVENTQ_ALLOC", .fn = veventq },
	{ .name = "HW_QUEUE_ALLOC", .fn = hw_queue },
	{ .name = "IOAS_NOIOMMU_GET_PA", .fn = noiommu_get_pa },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
