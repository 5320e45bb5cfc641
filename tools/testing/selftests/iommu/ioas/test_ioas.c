// SPDX-License-Identifier: GPL-2.0-only
/* IOAS_ALLOC, IOVA_RANGES (R) and ALLOW_IOVAS (AI). */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"
#include "lib/stall.h"

/* More than the kernel looks at in one go. */
#define MANY 40

static void alloc_flags(void)
{
	struct iommu_ioas_alloc cmd = { .size = sizeof(cmd) };
	int fd = iommu_open();
	struct footprint before = footprint_take(fd);
	int bit;

	for (bit = 0; bit < 32; bit++) {
		cmd.flags = 1U << bit;
		CHECK_ERR(__iommu_cmd(fd, IOMMU_IOAS_ALLOC, &cmd), EOPNOTSUPP);
	}
	footprint_check(&before);
}

static void fresh_ioas(void)
{
	struct iommu_iova_range list[2];
	struct iommu_ioas_iova_ranges cmd = {
		.num_iovas = ARRAY_LEN(list),
		.allowed_iovas = (uintptr_t)list,
	};
	int fd = iommu_open();

	CHECK_OK(__ioas_ranges(fd, ioas_alloc(fd), &cmd));
	CHECK_EQ(cmd.num_iovas, 1);
	CHECK_EQ(cmd.out_iova_alignment, 1);
	CHECK_EQ(list[0].start, 0);
	CHECK_EQ(list[0].last, ~0UL);
}

static void ranges_refusals(void)
{
	struct iommu_iova_range range;
	struct iommu_ioas_iova_ranges cmd = {
		.num_iovas = 1,
		.allowed_iovas = (uintptr_t)&range,
		.__reserved = 1,
	};
	int fd = iommu_open();
	__u32 ioas = ioas_alloc(fd);
	struct footprint before = footprint_take(fd);

	CHECK_ERR(__ioas_ranges(fd, ioas, &cmd), EOPNOTSUPP);
	cmd.__reserved = 0;
	CHECK_ERR(__ioas_ranges(fd, 0, &cmd), ENOENT);
	CHECK_ERR(__ioas_ranges(fd, ioas + 100, &cmd), ENOENT);
	cmd.allowed_iovas = (uintptr_t)mem_nowhere();
	CHECK_ERR(__ioas_ranges(fd, ioas, &cmd), EFAULT);
	cmd.num_iovas = 1;
	cmd.allowed_iovas = 0;
	CHECK_ERR(__ioas_ranges(fd, ioas, &cmd), EFAULT);
	cmd.num_iovas = 1;
	cmd.allowed_iovas = ~0ULL - 7;
	CHECK_ERR(__ioas_ranges(fd, ioas, &cmd), EFAULT);
	footprint_check(&before);
}

/* Holes between reserved ranges are reported in order. */
static void ranges_in_order(void)
{
	struct iommu_iova_range list[8];
	struct iommu_ioas_iova_ranges cmd = {
		.num_iovas = ARRAY_LEN(list),
		.allowed_iovas = (uintptr_t)list,
	};
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);

	CHECK_OK(__mock_reserve(fd, ioas, 0x20000, 0x1000));
	CHECK_OK(__mock_reserve(fd, ioas, 0, 0x1000));
	CHECK_OK(__mock_reserve(fd, ioas, 0xfffffffffffff000, 0x1000));
	CHECK_OK(__ioas_ranges(fd, ioas, &cmd));
	CHECK_EQ(cmd.num_iovas, 2);
	CHECK_EQ(list[0].start, 0x1000);
	CHECK_EQ(list[0].last, 0x1ffff);
	CHECK_EQ(list[1].start, 0x21000);
	CHECK_EQ(list[1].last, 0xffffffffffffefff);
}

/* A short array gets what fits, and the number that would be needed. */
static void ranges_short_array(void)
{
	struct iommu_iova_range list[3] = { [1] = { 7, 8 } };
	struct iommu_ioas_iova_ranges cmd = {
		.num_iovas = 1,
		.allowed_iovas = (uintptr_t)list,
	};
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);

	CHECK_OK(__mock_reserve(fd, ioas, 0x20000, 0x1000));
	CHECK_OK(__mock_reserve(fd, ioas, 0x40000, 0x1000));
	CHECK_ERR(__ioas_ranges(fd, ioas, &cmd), EMSGSIZE);
	CHECK_EQ(cmd.num_iovas, 3);
	CHECK_EQ(list[0].start, 0);
	CHECK_EQ(list[0].last, 0x1ffff);
	CHECK_EQ(list[1].start, 7);
	CHECK_EQ(list[1].last, 8);

	cmd.num_iovas = 0;
	cmd.allowed_iovas = 0;
	CHECK_ERR(__ioas_ranges(fd, ioas, &cmd), EMSGSIZE);
	CHECK_EQ(cmd.num_iovas, 3);

	cmd.allowed_iovas = (uintptr_t)list;
	CHECK_OK(__ioas_ranges(fd, ioas, &cmd));
	CHECK_EQ(list[2].start, 0x41000);
	CHECK_EQ(list[2].last, ~0UL);
}

static void reserve_many(int fd, __u32 ioas)
{
	__u64 i;

	for (i = 0; i < MANY; i++)
		CHECK_OK(__mock_reserve(fd, ioas, i << 21, 1 << 20));
}

/* An array of any size gets what fits of many ranges, and nothing else. */
static void ranges_many(void)
{
	struct iommu_iova_range list[MANY + 1];
	struct iommu_ioas_iova_ranges cmd = {
		.allowed_iovas = (uintptr_t)list,
	};
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	__u32 room, i;

	reserve_many(fd, ioas);
	for (room = 0; room <= MANY + 1; room++) {
		memset(list, 0x77, sizeof(list));
		cmd.num_iovas = room;
		CHECK_EQ(__ioas_ranges(fd, ioas, &cmd),
			 room < MANY ? -EMSGSIZE : 0);
		CHECK_EQ(cmd.num_iovas, MANY);
		for (i = 0; i < room && i < MANY; i++) {
			__u64 first = ((__u64)i << 21) + (1 << 20);

			CHECK_EQ(list[i].start, first);
			CHECK_EQ(list[i].last, i == MANY - 1 ? ~0ULL :
						first + (1 << 20) - 1);
		}
		CHECK_EQ(list[i].start, 0x7777777777777777);
	}
}

struct slow_reader {
	int fd;
	__u32 ioas;
	int rc;
	struct iommu_ioas_iova_ranges cmd;
};

static void *slow_reader_thread(void *arg)
{
	struct slow_reader *reader = arg;

	reader->rc = __ioas_ranges(reader->fd, reader->ioas, &reader->cmd);
	return NULL;
}

/*
 * A fault on the array takes as long as user space likes. Nobody else waits
 * for it, and what changes meanwhile is in the answer.
 */
static void ranges_slow_array(void)
{
	struct stall stall = stall_any();
	struct iommu_iova_range *list = (void *)stall.page;
	struct slow_reader reader = {
		.fd = mock_open(),
		.cmd.num_iovas = 64,
		.cmd.allowed_iovas = (uintptr_t)list,
	};
	struct footprint before;
	pthread_t thread;
	__u32 i;

	reader.ioas = ioas_alloc(reader.fd);
	reserve_many(reader.fd, reader.ioas);
	before = footprint_take(reader.fd);
	CHECK_EQ(pthread_create(&thread, NULL, slow_reader_thread, &reader), 0);
	stall_wait(&stall);
	ioas_map_at(reader.fd, reader.ioas, mem_pages(1), page_size(),
		    MANY << 21);
	ioas_unmap(reader.fd, reader.ioas, MANY << 21, page_size());
	/* takes the first megabyte that was free */
	CHECK_OK(__mock_reserve(reader.fd, reader.ioas, 1 << 20, 1 << 20));
	stall_end(&stall);
	CHECK_EQ(pthread_join(thread, NULL), 0);

	CHECK_OK(reader.rc);
	CHECK_EQ(reader.cmd.num_iovas, MANY - 1);
	for (i = 0; i < MANY - 1; i++)
		CHECK_EQ(list[i].start, ((__u64)(i + 1) << 21) + (1 << 20));
	footprint_check(&before);
}

static void ranges_response_fault(void)
{
	struct iommu_ioas_iova_ranges cmd = { .size = sizeof(cmd) };
	int fd = iommu_open();

	cmd.ioas_id = ioas_alloc(fd);
	CHECK_ERR(__iommu_cmd(fd, IOMMU_IOAS_IOVA_RANGES,
			      mem_readonly(&cmd, sizeof(cmd))), EFAULT);
}

/* The second entry of the array lies beyond the mapping. */
static void ranges_half_array(void)
{
	static const struct iommu_iova_range one;
	struct iommu_ioas_iova_ranges cmd = {
		.num_iovas = 2,
		.allowed_iovas = (uintptr_t)mem_before_hole(&one, sizeof(one)),
	};
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);

	CHECK_OK(__mock_reserve(fd, ioas, 0x20000, 0x1000));
	CHECK_ERR(__ioas_ranges(fd, ioas, &cmd), EFAULT);
}

static void alignment_follows_users(void)
{
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	struct mock_dev dev;
	int access;

	CHECK_EQ(ioas_alignment(fd, ioas), 1);
	dev = mock_attach(fd, ioas);
	CHECK_EQ(ioas_alignment(fd, ioas), MOCK_PAGE);
	access = access_open(fd, ioas);
	CHECK_EQ(ioas_alignment(fd, ioas), page_size());
	CHECK_EQ(close(access), 0);
	CHECK_EQ(ioas_alignment(fd, ioas), MOCK_PAGE);
	CHECK_OK(__option_huge_pages(fd, ioas, 0));
	CHECK_EQ(ioas_alignment(fd, ioas), page_size());
	CHECK_OK(__option_huge_pages(fd, ioas, 1));
	destroy(fd, dev.stdev);
	CHECK_EQ(ioas_alignment(fd, ioas), 1);
}

static void aperture_limits_ranges(void)
{
	struct iommu_iova_range range;
	struct iommu_ioas_iova_ranges cmd = {
		.num_iovas = 1,
		.allowed_iovas = (uintptr_t)&range,
	};
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	struct mock_dev dev = mock_attach(fd, ioas);

	CHECK_OK(__ioas_ranges(fd, ioas, &cmd));
	CHECK_EQ(cmd.num_iovas, 1);
	CHECK_EQ(range.start, MOCK_APERTURE_START);
	CHECK_EQ(range.last, MOCK_APERTURE_LAST);
	destroy(fd, dev.stdev);
	CHECK_OK(__ioas_ranges(fd, ioas, &cmd));
	CHECK_EQ(range.start, 0);
	CHECK_EQ(range.last, ~0UL);
}

static void allow_refusals(void)
{
	static const struct {
		struct iommu_iova_range list[3];
		__u32 num;
	} bad[] = {
		{ { { 0x2000, 0x1000 } }, 1 },
		{ { { 0x2000, 0x2000 } }, 1 },
		{ { { ~0ULL, 0 } }, 1 },
		{ { { ~0ULL, ~0ULL } }, 1 },
		{ { { 0x1000, 0x1fff }, { 0x1fff, 0x2fff } }, 2 },
		{ { { 0x1000, 0x1fff }, { 0x4000, 0x4fff },
		    { 0, ~0ULL } }, 3 },
		{ { { 0x1000, 0x1fff }, { 0x1000, 0x1fff } }, 2 },
		{ { { 0x1000, 0x1fff }, { 5, 4 } }, 2 },
	};
	static const struct iommu_iova_range good = { 0x1000, 0x1fff };
	struct iommu_ioas_allow_iovas cmd = {
		.size = sizeof(cmd),
		.__reserved = 1,
	};
	int fd = iommu_open();
	__u32 ioas = ioas_alloc(fd);
	struct footprint before = footprint_take(fd);
	size_t i;

	cmd.ioas_id = ioas;
	CHECK_ERR(__iommu_cmd(fd, IOMMU_IOAS_ALLOW_IOVAS, &cmd), EOPNOTSUPP);
	CHECK_ERR(__ioas_allow(fd, ioas + 100, &good, 1), ENOENT);
	for (i = 0; i < ARRAY_LEN(bad); i++)
		CHECK_ERR(__ioas_allow(fd, ioas, bad[i].list, bad[i].num),
			  EINVAL);
	CHECK_ERR(__ioas_allow(fd, ioas, mem_nowhere(), 1), EFAULT);
	CHECK_ERR(__ioas_allow(fd, ioas,
			       mem_before_hole(&good, sizeof(good)), 2),
		  EFAULT);
	footprint_check(&before);
}

static void allow_meets_reserved(void)
{
	static const struct iommu_iova_range list[] = {
		{ 0x1000, 0x1fff }, { 0x20fff, 0x30000 },
	};
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	void *va = mem_pages(1);

	CHECK_OK(__mock_reserve(fd, ioas, 0x20000, 0x1000));
	CHECK_ERR(__ioas_allow(fd, ioas, list, 2), EADDRINUSE);
	CHECK_OK(__ioas_allow(fd, ioas, list, 1));
	/* A refused list leaves the one before it in force. */
	CHECK_ERR(__ioas_allow(fd, ioas, list, 2), EADDRINUSE);
	CHECK_EQ(ioas_map(fd, map_any(ioas, va, page_size())), 0x1000);
	CHECK_ERR(__mock_reserve(fd, ioas, 0x1000, 0x1000), EADDRINUSE);
}

static void allow_replaces_list(void)
{
	int fd = iommu_open();
	__u32 ioas = ioas_alloc(fd);
	void *va = mem_pages(1);
	struct iommu_ioas_map map = map_any(ioas, va, page_size());

	ioas_allow(fd, ioas, 0x100000, 0x100fff);
	CHECK_EQ(ioas_map(fd, map), 0x100000);
	CHECK_ERR(__ioas_map(fd, &map), ENOSPC);
	ioas_allow(fd, ioas, 0x300000, 0x301fff);
	CHECK_EQ(ioas_map(fd, map), 0x300000);
	CHECK_EQ(ioas_map(fd, map), 0x301000);
	CHECK_ERR(__ioas_map(fd, &map), ENOSPC);
	CHECK_OK(__ioas_allow(fd, ioas, NULL, 0));
	CHECK_EQ(ioas_map(fd, map), 0x1000);
}

static void allow_several_ranges(void)
{
	static const struct iommu_iova_range list[] = {
		{ 0x500000, 0x500fff },
		{ 0x200000, 0x2007ff },
		{ 0x300800, 0x3017ff },
		{ 0x400000, 0x401fff },
	};
	int fd = iommu_open();
	__u32 ioas = ioas_alloc(fd);
	struct iommu_ioas_map map = map_any(ioas, mem_pages(1), page_size());

	/* The second range is too small, the third has no aligned page. */
	CHECK_OK(__ioas_allow(fd, ioas, list, ARRAY_LEN(list)));
	CHECK_EQ(ioas_map(fd, map), 0x400000);
	CHECK_EQ(ioas_map(fd, map), 0x401000);
	CHECK_EQ(ioas_map(fd, map), 0x500000);
	CHECK_ERR(__ioas_map(fd, &map), ENOSPC);
}

static void allow_blocks_attach(void)
{
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	struct footprint before;
	struct mock_dev dev;

	ioas_allow(fd, ioas, 0x1000, 0x1fff);
	before = footprint_take(fd);
	CHECK_ERR(__mock_attach(fd, ioas, &dev), EADDRINUSE);
	footprint_check(&before);
	CHECK_OK(__ioas_allow(fd, ioas, NULL, 0));
	mock_attach(fd, ioas);
}

static void allow_does_not_bind_fixed(void)
{
	int fd = iommu_open();
	__u32 ioas = ioas_alloc(fd);

	ioas_allow(fd, ioas, 0x100000, 0x100fff);
	ioas_map_at(fd, ioas, mem_pages(1), page_size(), 0x800000);
}

static void allow_whole_space(void)
{
	int fd = iommu_open();
	__u32 ioas = ioas_alloc(fd);
	struct iommu_ioas_map map = map_any(ioas, mem_pages(1), page_size());

	ioas_allow(fd, ioas, 0, ~0ULL);
	CHECK_OK(__ioas_map(fd, &map));
	/* never 0 */
	CHECK_EQ(map.iova, page_size());
	ioas_allow(fd, ioas, 0, page_size() - 1);
	CHECK_ERR(__ioas_map(fd, &map), ENOSPC);
	ioas_allow(fd, ioas, ~0ULL - 0x1fff, ~0ULL);
	CHECK_OK(__ioas_map(fd, &map));
	CHECK_EQ(map.iova, ~0ULL - 0x1fff);
}

static const struct test_case cases[] = {
	{ .name = "IOAS_ALLOC_flags", .fn = alloc_flags },
	{ .name = "IOAS_ALLOC_fresh", .fn = fresh_ioas },
	{ .name = "R1_R2_R5_refusals", .fn = ranges_refusals },
	{ .name = "R3_in_order", .fn = ranges_in_order },
	{ .name = "R4_short_array", .fn = ranges_short_array },
	{ .name = "R4_many_ranges", .fn = ranges_many },
	{ .name = "R5_slow_array", .fn = ranges_slow_array },
	{ .name = "R5_response_fault", .fn = ranges_response_fault },
	{ .name = "R5_half_array", .fn = ranges_half_array },
	{ .name = "R6_alignment_follows_users", .fn = alignment_follows_users },
	{ .name = "R6_aperture_limits_ranges", .fn = aperture_limits_ranges },
	{ .name = "AI1_AI2_AI3_AI5_refusals", .fn = allow_refusals },
	{ .name = "AI4_meets_reserved", .fn = allow_meets_reserved },
	{ .name = "AI6_replaces_list", .fn = allow_replaces_list },
	{ .name = "AI6_several_ranges", .fn = allow_several_ranges },
	{ .name = "AI6_whole_space", .fn = allow_whole_space },
	{ .name = "AI7_blocks_attach", .fn = allow_blocks_attach },
	{ .name = "AI8_does_not_bind_fixed", .fn = allow_does_not_bind_fixed },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
