// SPDX-License-Identifier: GPL-2.0-only
/* Mock devices: attach, replace, detach, reserved regions (DV3 to DV6). */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"
#include "lib/stall.h"

struct bench {
	int fd;
	__u32 one;
	__u32 two;
	struct mock_dev dev;
	size_t page;
	char *va;
};

/* The device is on the first IOAS; both map the same page at one IOVA. */
static struct bench bench_make(void)
{
	struct bench b = {
		.fd = mock_open(),
		.page = page_size(),
		.va = mem_pages(4),
	};

	b.one = ioas_alloc(b.fd);
	b.two = ioas_alloc(b.fd);
	b.dev = mock_attach(b.fd, b.one);
	ioas_map_at(b.fd, b.one, b.va, b.page, MOCK_IOVA);
	ioas_map_at(b.fd, b.two, b.va + b.page, b.page, MOCK_IOVA);
	return b;
}

static void attach_refusals(void)
{
	struct bench b = bench_make();
	const __u32 unknown[] = { 0, 1000, 0x7fffffff, ~0U };
	const __u32 wrong[] = { b.dev.idev, b.dev.stdev };
	struct footprint before = footprint_take(b.fd);
	struct mock_dev dev;
	size_t i;

	for (i = 0; i < ARRAY_LEN(unknown); i++)
		CHECK_ERR(__mock_attach(b.fd, unknown[i], &dev), ENOENT);
	for (i = 0; i < ARRAY_LEN(wrong); i++)
		CHECK_ERR(__mock_attach(b.fd, wrong[i], &dev), EINVAL);
	footprint_check(&before);
}

static void attach_maps_and_detach_unpins(void)
{
	struct bench b = bench_make();
	struct mock_dev two = mock_attach(b.fd, b.two);

	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, b.va, b.page);
	mock_check_map(b.fd, two.hwpt, MOCK_IOVA, b.va + b.page, b.page);
	mock_check_refs(b.fd, b.va, 2 * b.page, 1);
	destroy(b.fd, two.stdev);
	mock_check_refs(b.fd, b.va, b.page, 1);
	mock_check_refs(b.fd, b.va + b.page, b.page, 0);
}

static void aperture_conflict(void)
{
	struct bench b = bench_make();
	__u32 ioas = ioas_alloc(b.fd);
	struct footprint before;
	struct mock_dev dev;

	ioas_map_at(b.fd, ioas, b.va, b.page, 0x1000);
	before = footprint_take(b.fd);
	CHECK_ERR(__mock_attach(b.fd, ioas, &dev), EADDRINUSE);
	footprint_check(&before);
	CHECK_EQ(ioas_unmap_all(b.fd, ioas), b.page);
	ioas_map_at(b.fd, ioas, b.va, 64, MOCK_IOVA);
	CHECK_ERR(__mock_attach(b.fd, ioas, &dev), EADDRINUSE);
	footprint_check(&before);
	CHECK_EQ(ioas_unmap_all(b.fd, ioas), 64);
	CHECK_EQ(ioas_alignment(b.fd, ioas), 1);
	mock_attach(b.fd, ioas);
}

static void reserved_over_area(void)
{
	struct bench b = bench_make();

	CHECK_ERR(__mock_reserve(b.fd, b.one, MOCK_IOVA, b.page), EADDRINUSE);
	CHECK_ERR(__mock_reserve(b.fd, b.one, MOCK_IOVA + b.page - 1, 1),
		  EADDRINUSE);
	CHECK_OK(__mock_reserve(b.fd, b.one, MOCK_IOVA + b.page, b.page));
	CHECK_ERR(__ioas_map_at(b.fd, b.one, b.va, b.page,
				MOCK_IOVA + b.page), EINVAL);
	/* Reserved ranges may lie on each other. */
	CHECK_OK(__mock_reserve(b.fd, b.one, MOCK_IOVA + b.page, 4 * b.page));
}

static void replace_refusals(void)
{
	struct bench b = bench_make();
	const __u32 unknown[] = { 0, 1000, ~0U };
	const __u32 wrong[] = { b.dev.idev, b.dev.stdev };
	struct footprint before = footprint_take(b.fd);
	size_t i;

	for (i = 0; i < ARRAY_LEN(unknown); i++)
		CHECK_ERR(__mock_replace(b.fd, b.dev.stdev, unknown[i], NULL),
			  ENOENT);
	for (i = 0; i < ARRAY_LEN(wrong); i++)
		CHECK_ERR(__mock_replace(b.fd, b.dev.stdev, wrong[i], NULL),
			  EINVAL);
	footprint_check(&before);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, b.va, b.page);
}

static void replace_changes_ioas(void)
{
	struct bench b = bench_make();
	__u32 old = b.dev.hwpt;

	mock_replace(b.fd, &b.dev, b.two);
	CHECK(b.dev.hwpt != old);
	CHECK_ERR(__destroy(b.fd, old), ENOENT);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, b.va + b.page, b.page);
	mock_check_refs(b.fd, b.va, b.page, 0);
	mock_check_refs(b.fd, b.va + b.page, b.page, 1);
	/* The first IOAS has lost the restrictions of the page table. */
	ioas_map_at(b.fd, b.one, b.va, 1, 5);
	destroy(b.fd, b.one);
	CHECK_ERR(__destroy(b.fd, b.two), EBUSY);
}

static void replace_same(void)
{
	struct bench b = bench_make();
	__u32 hwpt = b.dev.hwpt;
	struct footprint before = footprint_take(b.fd);

	mock_replace(b.fd, &b.dev, b.one);
	CHECK_EQ(b.dev.hwpt, hwpt);
	mock_replace(b.fd, &b.dev, hwpt);
	CHECK_EQ(b.dev.hwpt, hwpt);
	mock_check_map(b.fd, hwpt, MOCK_IOVA, b.va, b.page);
	footprint_check(&before);
}

static void replace_within_ioas(void)
{
	struct bench b = bench_make();
	__u32 manual = hwpt_alloc(b.fd, b.dev.idev, b.one);
	__u32 old = b.dev.hwpt;

	mock_replace(b.fd, &b.dev, manual);
	CHECK_EQ(b.dev.hwpt, manual);
	CHECK_ERR(__destroy(b.fd, old), ENOENT);
	mock_check_map(b.fd, manual, MOCK_IOVA, b.va, b.page);
	mock_check_refs(b.fd, b.va, b.page, 1);
	mock_replace(b.fd, &b.dev, b.two);
	destroy(b.fd, manual);
}

/* A refused replace leaves the old translation running. */
static void replace_fails_clean(void)
{
	struct bench b = bench_make();
	__u32 hwpt = b.dev.hwpt;
	struct footprint before;

	ioas_map_at(b.fd, b.two, b.va, b.page, 0x1000);
	before = footprint_take(b.fd);
	CHECK_ERR(__mock_replace(b.fd, b.dev.stdev, b.two, NULL), EADDRINUSE);
	footprint_check(&before);
	mock_check_map(b.fd, hwpt, MOCK_IOVA, b.va, b.page);
	CHECK_ERR(__destroy(b.fd, hwpt), EBUSY);

	ioas_unmap(b.fd, b.two, 0x1000, b.page);
	ioas_map_at(b.fd, b.two, mem_nowhere(), b.page, MOCK_IOVA + b.page);
	CHECK_ERR(__mock_replace(b.fd, b.dev.stdev, b.two, NULL), EFAULT);
	footprint_check(&before);
	mock_check_map(b.fd, hwpt, MOCK_IOVA, b.va, b.page);
	mock_check_refs(b.fd, b.va, b.page, 1);
	mock_check_refs(b.fd, b.va + b.page, b.page, 0);

	ioas_unmap(b.fd, b.two, MOCK_IOVA + b.page, b.page);
	mock_replace(b.fd, &b.dev, b.two);
}

static void replace_one_of_two(void)
{
	struct bench b = bench_make();
	struct mock_dev other = mock_attach(b.fd, b.one);
	__u32 shared = b.dev.hwpt;

	CHECK_EQ(other.hwpt, shared);
	mock_replace(b.fd, &b.dev, b.two);
	mock_check_map(b.fd, shared, MOCK_IOVA, b.va, b.page);
	CHECK_ERR(__destroy(b.fd, shared), EBUSY);
	mock_replace(b.fd, &b.dev, b.one);
	CHECK_EQ(b.dev.hwpt, shared);
}

static void destroy_unknown_device(void)
{
	struct bench b = bench_make();

	destroy(b.fd, b.dev.stdev);
	CHECK_ERR(__mock_replace(b.fd, b.dev.stdev, b.two, NULL), ENOENT);
	CHECK_ERR(__destroy(b.fd, b.dev.stdev), ENOENT);
	CHECK_ERR(__destroy(b.fd, b.dev.idev), ENOENT);
}

static void attach_detach_rounds(void)
{
	struct bench b = bench_make();
	struct footprint before = footprint_take(b.fd);
	struct mock_dev dev;
	int round;

	for (round = 0; round < 100; round++) {
		dev = mock_attach(b.fd, round % 2 ? b.one : b.two);
		mock_replace(b.fd, &dev, round % 2 ? b.two : b.one);
		destroy(b.fd, dev.stdev);
	}
	footprint_check(&before);
	mock_check_refs(b.fd, b.va, b.page, 1);
	mock_check_refs(b.fd, b.va + b.page, b.page, 0);
}

static void many_devices(void)
{
	struct bench b = bench_make();
	struct mock_dev dev[64];
	size_t i;

	for (i = 0; i < ARRAY_LEN(dev); i++)
		dev[i] = mock_attach(b.fd, i % 2 ? b.one : b.two);
	for (i = 0; i < ARRAY_LEN(dev); i++)
		CHECK_EQ(dev[i].hwpt, i % 2 ? b.dev.hwpt : dev[0].hwpt);
	mock_check_refs(b.fd, b.va, 2 * b.page, 1);
	for (i = 0; i < ARRAY_LEN(dev); i++)
		destroy(b.fd, dev[i].stdev);
	mock_check_refs(b.fd, b.va + b.page, b.page, 0);
}

struct slow_info {
	int fd;
	struct stall stall;
	struct iommu_hw_info cmd;
	int rc;
};

static void *slow_info_thread(void *arg)
{
	struct slow_info *info = arg;

	info->rc = __hw_info(info->fd, &info->cmd);
	return NULL;
}

/* User memory that takes its time holds no device back. */
static void leaves_during_info(void)
{
	struct bench b = bench_make();
	struct slow_info info = { .fd = b.fd, .stall = stall_any() };
	pthread_t thread;

	info.cmd.dev_id = b.dev.idev;
	info.cmd.data_len = 8;
	info.cmd.data_uptr = (uintptr_t)info.stall.page;
	CHECK_OK(pthread_create(&thread, NULL, slow_info_thread, &info));
	stall_wait(&info.stall);
	destroy(b.fd, b.dev.stdev);
	stall_end(&info.stall);
	CHECK_OK(pthread_join(thread, NULL));
	CHECK_OK(info.rc);
	CHECK_EQ(info.cmd.out_data_type, IOMMU_HW_INFO_TYPE_SELFTEST);
}

static const struct test_case cases[] = {
	{ .name = "DV3_attach_refusals", .fn = attach_refusals },
	{ .name = "DV3_attach_maps_and_detach_unpins",
	  .fn = attach_maps_and_detach_unpins },
	{ .name = "DV3_many_devices", .fn = many_devices },
	{ .name = "DV4_aperture_conflict", .fn = aperture_conflict },
	{ .name = "DV4_reserved_over_area", .fn = reserved_over_area },
	{ .name = "DV5_replace_refusals", .fn = replace_refusals },
	{ .name = "DV5_replace_changes_ioas", .fn = replace_changes_ioas },
	{ .name = "DV5_replace_same", .fn = replace_same },
	{ .name = "DV5_replace_within_ioas", .fn = replace_within_ioas },
	{ .name = "DV5_replace_fails_clean", .fn = replace_fails_clean },
	{ .name = "DV5_replace_one_of_two", .fn = replace_one_of_two },
	{ .name = "DV6_destroy_unknown_device", .fn = destroy_unknown_device },
	{ .name = "leaves_during_info", .fn = leaves_during_info },
	{ .name = "DV6_attach_detach_rounds", .fn = attach_detach_rounds },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
