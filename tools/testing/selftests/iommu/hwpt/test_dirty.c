// SPDX-License-Identifier: GPL-2.0-only
/* HWPT_SET_DIRTY_TRACKING (SD1 to SD6) and HWPT_GET_DIRTY_BITMAP (GD1 to GD9). */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "lib/dirty.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/stall.h"

static void set_refusals(void)
{
	struct dirty_bench b = dirty_bench_make(MOCK_IOMMUPT_DEFAULT);
	struct iommu_hwpt_set_dirty_tracking cmd = {
		.size = sizeof(cmd),
		.hwpt_id = b.hwpt,
	};
	const __u32 ids[] = { 0, b.ioas, b.dev.idev, b.dev.stdev, 1000, ~0U };
	size_t i;

	for (i = 1; i < 32; i++)
		CHECK_ERR(__dirty_track(&b, b.hwpt, 1U << i), EOPNOTSUPP);
	cmd.__reserved = 1;
	CHECK_ERR(__iommu_cmd(b.fd, IOMMU_HWPT_SET_DIRTY_TRACKING, &cmd),
		  EOPNOTSUPP);
	for (i = 0; i < ARRAY_LEN(ids); i++) {
		CHECK_ERR(__dirty_track(&b, ids[i], DIRTY_ENABLE), ENOENT);
		CHECK_ERR(__dirty_track(&b, ids[i], 0), ENOENT);
	}
	footprint_check(&b.before);
}

/* What is wrong with the range is said first. */
static void bad_range_without_dirty_bits(void)
{
	struct dirty_bench b = dirty_bench_make(MOCK_IOMMUPT_DEFAULT);
	struct dirty_query query = {
		.iova = MOCK_IOVA,
		.page_size = MOCK_PAGE,
		.bits = mem_pages(1),
	};

	b.hwpt = hwpt_alloc(b.fd, b.dev.idev, b.ioas);
	CHECK_ERR(__dirty_query(&b, query), EINVAL);
	query.length = MOCK_PAGE;
	CHECK_ERR(__dirty_query(&b, query), EOPNOTSUPP);
	query.page_size = 0;
	CHECK_ERR(__dirty_query(&b, query), EINVAL);
}

static void without_dirty_bits(void)
{
	struct dirty_bench b = dirty_bench_make(MOCK_IOMMUPT_DEFAULT);
	unsigned char bits = 0;
	struct dirty_query q = { MOCK_IOVA, MOCK_PAGE, MOCK_PAGE, &bits, 0 };

	b.hwpt = hwpt_alloc(b.fd, b.dev.idev, b.ioas);
	dirty_map(&b, 1);
	CHECK_ERR(__dirty_track(&b, b.hwpt, DIRTY_ENABLE), EOPNOTSUPP);
	CHECK_ERR(__dirty_track(&b, b.hwpt, 0), EOPNOTSUPP);
	CHECK_ERR(__dirty_query(&b, q), EOPNOTSUPP);
}

static void device_without(void)
{
	struct dirty_bench b = dirty_bench_make(MOCK_IOMMUPT_DEFAULT);
	struct iommu_test_cmd cmd = {
		.id = b.ioas,
		.mock_domain_flags = {
			.dev_flags = MOCK_FLAGS_DEVICE_NO_DIRTY,
		},
	};
	struct iommu_hwpt_alloc alloc = { .pt_id = b.ioas };
	struct iommu_hw_info info = {};

	CHECK_OK(__mock_cmd(b.fd, IOMMU_TEST_OP_MOCK_DOMAIN_FLAGS, &cmd));
	info.dev_id = cmd.mock_domain_flags.out_idev_id;
	CHECK_OK(__hw_info(b.fd, &info));
	CHECK_EQ(info.out_capabilities & IOMMU_HW_CAP_DIRTY_TRACKING, 0);
	b.before = footprint_take(b.fd);

	alloc.dev_id = info.dev_id;
	CHECK_ERR(__dirty_hwpt_alloc(b.fd, &alloc), EOPNOTSUPP);
	CHECK_ERR(__mock_replace(b.fd, cmd.mock_domain_flags.out_stdev_id,
				 b.hwpt, NULL), EINVAL);
	footprint_check(&b.before);

	cmd.id = b.hwpt;
	CHECK_ERR(__mock_cmd(b.fd, IOMMU_TEST_OP_MOCK_DOMAIN_FLAGS, &cmd),
		  EINVAL);
	footprint_check(&b.before);
}

static void get_refusals(void)
{
	struct dirty_bench b = dirty_bench_make(MOCK_IOMMUPT_DEFAULT);
	const __u32 ids[] = { 0, b.ioas, b.dev.idev, b.dev.stdev, 1000, ~0U };
	unsigned char bits = 0;
	struct iommu_hwpt_get_dirty_bitmap cmd = {
		.size = sizeof(cmd),
		.hwpt_id = b.hwpt,
		.iova = MOCK_IOVA,
		.length = MOCK_PAGE,
		.page_size = MOCK_PAGE,
		.data = (uintptr_t)&bits,
	}, bad;
	size_t i;

	dirty_map(&b, 2);
	dirty_track(&b);
	dirty_write(&b, MOCK_IOVA);
	b.before = footprint_take(b.fd);
	for (i = 1; i < 32; i++) {
		bad = cmd;
		bad.flags = 1U << i;
		CHECK_ERR(__iommu_cmd(b.fd, IOMMU_HWPT_GET_DIRTY_BITMAP, &bad),
			  EOPNOTSUPP);
	}
	bad = cmd;
	bad.__reserved = 1;
	CHECK_ERR(__iommu_cmd(b.fd, IOMMU_HWPT_GET_DIRTY_BITMAP, &bad),
		  EOPNOTSUPP);
	for (i = 0; i < ARRAY_LEN(ids); i++) {
		bad = cmd;
		bad.hwpt_id = ids[i];
		CHECK_ERR(__iommu_cmd(b.fd, IOMMU_HWPT_GET_DIRTY_BITMAP, &bad),
			  ENOENT);
	}
	CHECK_EQ(bits, 0);
	CHECK_EQ(dirty_peek(&b, MOCK_IOVA, 2), 3);
	footprint_check(&b.before);
}

/* The struct has no answer: it may lie in memory that cannot be written. */
static void const_command(void)
{
	struct dirty_bench b = dirty_bench_make(MOCK_IOMMUPT_DEFAULT);
	unsigned char bits = 0;
	struct iommu_hwpt_get_dirty_bitmap cmd = {
		.size = sizeof(cmd),
		.hwpt_id = b.hwpt,
		.iova = MOCK_IOVA,
		.length = MOCK_PAGE,
		.page_size = MOCK_PAGE,
		.data = (uintptr_t)&bits,
	};

	dirty_map(&b, 1);
	dirty_track(&b);
	dirty_write(&b, MOCK_IOVA);
	CHECK_OK(__iommu_cmd(b.fd, IOMMU_HWPT_GET_DIRTY_BITMAP,
			     mem_readonly(&cmd, sizeof(cmd))));
	CHECK_EQ(bits, 1);
}

static void bad_ranges(void)
{
	struct dirty_bench b = dirty_bench_make(MOCK_IOMMUPT_DEFAULT);
	__u64 p = MOCK_PAGE, top = -MOCK_PAGE;
	unsigned char bits = 0;
	const struct {
		struct dirty_query q;
		int errnum;
	} bad[] = {
		{ { MOCK_IOVA, 0, p, &bits, 0 }, EINVAL },
		{ { MOCK_IOVA, p, 0, &bits, 0 }, EINVAL },
		{ { MOCK_IOVA + 1, p, 1, &bits, 0 }, EINVAL },
		{ { MOCK_IOVA, p - 1, 1, &bits, 0 }, EINVAL },
		{ { MOCK_IOVA, p / 2, p / 2, &bits, 0 }, EINVAL },
		{ { MOCK_IOVA + p, p, 2 * p, &bits, 0 }, EINVAL },
		{ { MOCK_IOVA, p, 2 * p, &bits, 0 }, EINVAL },
		{ { MOCK_IOVA, 3 * p, 2 * p, &bits, 0 }, EINVAL },
		{ { MOCK_IOVA, p, 1ULL << 63, &bits, 0 }, EINVAL },
		{ { top, 2 * p, p, &bits, 0 }, EOVERFLOW },
		{ { MOCK_IOVA, ~0ULL, p, &bits, 0 }, EOVERFLOW },
		{ { MOCK_IOVA, p, p, (void *)(1ULL << 63), 0 }, EFAULT },
	};
	size_t i;

	dirty_map(&b, 2);
	dirty_track(&b);
	dirty_write(&b, MOCK_IOVA);
	b.before = footprint_take(b.fd);
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		harness_note("row %zu", i);
		CHECK_ERR(__dirty_query(&b, bad[i].q), bad[i].errnum);
	}
	CHECK_EQ(bits, 0);
	CHECK_EQ(dirty_peek(&b, MOCK_IOVA, 2), 3);
	footprint_check(&b.before);
}

/* A range with a hole is refused, and no dirty bit is lost by that. */
static void holes(void)
{
	struct dirty_bench b = dirty_bench_make(MOCK_IOMMUPT_DEFAULT);
	char *va = mem_pages(4);
	unsigned char bits = 0;
	__u64 iova[] = { 0, 2, 3 };
	struct dirty_query q = { MOCK_IOVA, 4 * b.page, MOCK_PAGE, &bits, 0 };
	size_t i;

	for (i = 0; i < ARRAY_LEN(iova); i++)
		ioas_map_at(b.fd, b.ioas, va + iova[i] * b.page, b.page,
			    MOCK_IOVA + iova[i] * b.page);
	dirty_track(&b);
	dirty_write(&b, MOCK_IOVA);
	dirty_write(&b, MOCK_IOVA + 3 * b.page);

	CHECK_ERR(__dirty_query(&b, q), EINVAL);
	q.iova -= b.page;
	q.length = 2 * b.page;
	CHECK_ERR(__dirty_query(&b, q), EINVAL);
	q.iova = MOCK_IOVA + 2 * b.page;
	q.length = 4 * b.page;
	CHECK_ERR(__dirty_query(&b, q), EINVAL);
	q.iova = MOCK_IOVA + b.page;
	q.length = b.page;
	CHECK_ERR(__dirty_query(&b, q), EINVAL);
	/* 32 MiB of bits: behind a buffer on the stack they may run out of user memory. */
	q.iova = 0;
	q.length = 1ULL << 40;
	q.bits = mem_pages(1);
	CHECK_ERR(__dirty_query(&b, q), EINVAL);
	CHECK_EQ(*(unsigned char *)q.bits, 0);
	CHECK_EQ(bits, 0);
	CHECK_EQ(dirty_peek(&b, MOCK_IOVA, 2), 3);
	CHECK_EQ(dirty_peek(&b, MOCK_IOVA + 2 * b.page, 4), 0xc);
}

/* The errors that today's kernels drop. */
static void unwritable_bitmap(void)
{
	struct dirty_bench b = dirty_bench_make(MOCK_IOMMUPT_DEFAULT);
	unsigned char zero = 0;
	void *readonly = mem_readonly(&zero, 1);
	struct dirty_query q = { MOCK_IOVA, 2 * MOCK_PAGE, MOCK_PAGE, readonly, 0 };

	dirty_map(&b, 2);
	dirty_track(&b);
	/* Nothing to report, nothing to write. */
	CHECK_OK(__dirty_query(&b, q));
	q.bits = mem_nowhere();
	CHECK_OK(__dirty_query(&b, q));

	dirty_write(&b, MOCK_IOVA);
	q.flags = DIRTY_NO_CLEAR;
	CHECK_ERR(__dirty_query(&b, q), EFAULT);
	q.bits = readonly;
	CHECK_ERR(__dirty_query(&b, q), EFAULT);
	CHECK_EQ(dirty_peek(&b, MOCK_IOVA, 2), 3);
	q.flags = 0;
	CHECK_ERR(__dirty_query(&b, q), EFAULT);
}

/* Bits that the bitmap has room for and those it has not. */
static void bitmap_ends_in_hole(void)
{
	struct dirty_bench b = dirty_bench_make(MOCK_IOMMUPT_DEFAULT);
	unsigned char zero[2] = {};
	unsigned char *bits = mem_before_hole(zero, 1);
	struct dirty_query q = { MOCK_IOVA, 8 * b.page, b.page, bits, DIRTY_NO_CLEAR };

	dirty_map(&b, 16);
	dirty_track(&b);
	dirty_write(&b, MOCK_IOVA + 7 * b.page);
	dirty_write(&b, MOCK_IOVA + 15 * b.page);
	CHECK_OK(__dirty_query(&b, q));
	CHECK_EQ(*bits, 0x80);
	q.length = 16 * b.page;
	CHECK_ERR(__dirty_query(&b, q), EFAULT);
}

static void enable_forgets(void)
{
	struct dirty_bench b = dirty_bench_make(MOCK_IOMMUPT_DEFAULT);

	dirty_map(&b, 2);
	dirty_track(&b);
	dirty_write(&b, MOCK_IOVA);
	CHECK_EQ(dirty_peek(&b, MOCK_IOVA, 4), 3);
	dirty_track(&b);
	CHECK_EQ(dirty_peek(&b, MOCK_IOVA, 4), 0);
	dirty_write(&b, MOCK_IOVA + b.page);
	CHECK_EQ(dirty_peek(&b, MOCK_IOVA, 4), 0xc);
	CHECK_OK(__dirty_track(&b, b.hwpt, 0));
	dirty_track(&b);
	CHECK_EQ(dirty_peek(&b, MOCK_IOVA, 4), 0);
}

static void switched_off(void)
{
	struct dirty_bench b = dirty_bench_make(MOCK_IOMMUPT_DEFAULT);
	unsigned char bits = 0xff;
	__u64 count;
	struct dirty_query q = { MOCK_IOVA, MOCK_PAGE, MOCK_PAGE, &bits, 0 };

	dirty_map(&b, 1);
	CHECK_ERR(__dirty_query(&b, q), EINVAL);
	CHECK_ERR(__dirty_write(&b, MOCK_IOVA, MOCK_PAGE, &bits, &count),
		  EINVAL);
	dirty_track(&b);
	CHECK_OK(__dirty_query(&b, q));
	CHECK_OK(__dirty_track(&b, b.hwpt, 0));
	CHECK_OK(__dirty_track(&b, b.hwpt, 0));
	CHECK_ERR(__dirty_query(&b, q), EINVAL);
	CHECK_ERR(__dirty_write(&b, MOCK_IOVA, MOCK_PAGE, &bits, &count),
		  EINVAL);
}

/* Maps come and go while tracking is on. */
static void maps_while_tracking(void)
{
	struct dirty_bench b = dirty_bench_make(MOCK_IOMMUPT_DEFAULT);
	char *va = mem_pages(2);

	dirty_track(&b);
	ioas_map_at(b.fd, b.ioas, va, 2 * b.page, MOCK_IOVA);
	CHECK_EQ(dirty_peek(&b, MOCK_IOVA, 4), 0);
	dirty_write(&b, MOCK_IOVA);
	ioas_unmap(b.fd, b.ioas, MOCK_IOVA, 2 * b.page);
	ioas_map_at(b.fd, b.ioas, va, 2 * b.page, MOCK_IOVA);
	CHECK_EQ(dirty_peek(&b, MOCK_IOVA, 4), 0);
	dirty_write(&b, MOCK_IOVA);
	mock_replace(b.fd, &b.dev, b.ioas);
	CHECK_EQ(dirty_peek(&b, MOCK_IOVA, 4), 3);
	destroy(b.fd, b.hwpt);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, va, 2 * b.page);
}

static void large_entries(void)
{
	struct dirty_bench b = dirty_bench_make(MOCK_IOMMUPT_HUGE);
	__u64 huge = MOCK_HUGE_PAGE_SIZE;
	unsigned char bits[2 * MOCK_HUGE_PAGE_SIZE / MOCK_PAGE_SIZE / 8] = {};
	struct dirty_query q = { MOCK_IOVA, 2 * huge, MOCK_PAGE, bits, 0 };
	size_t i;

	ioas_map_at(b.fd, b.ioas, mem_hugetlb(1), 2 * huge, MOCK_IOVA);
	dirty_track(&b);
	dirty_write(&b, MOCK_IOVA + huge + 5 * MOCK_PAGE);
	CHECK_OK(__dirty_query(&b, q));
	for (i = 0; i < sizeof(bits); i++)
		CHECK_EQ(bits[i], i < sizeof(bits) / 2 ? 0 : 0xff);
	memset(bits, 0, sizeof(bits));
	CHECK_OK(__dirty_query(&b, q));
	for (i = 0; i < sizeof(bits); i++)
		CHECK_EQ(bits[i], 0);
}

/* Counts for the alignment as it is, for the bits by its lowest set bit. */
static void odd_page_size(void)
{
	struct dirty_bench b = dirty_bench_make(MOCK_IOMMUPT_DEFAULT);
	__u64 p = 3 * b.page, iova = (MOCK_IOVA / p + 1) * p;
	__u64 bits = 0;

	ioas_map_at(b.fd, b.ioas, mem_pages(6), 6 * b.page, iova);
	dirty_track(&b);
	dirty_write(&b, iova + b.page);
	dirty_write(&b, iova + 5 * b.page);
	CHECK_ERR(__dirty_query(&b, (struct dirty_query){ iova, 4 * b.page, p, &bits, 0 }),
		  EINVAL);
	CHECK_OK(__dirty_query(&b, (struct dirty_query){ iova, 2 * p, p, &bits, 0 }));
	CHECK_EQ(bits, 1 << 1 | 1 << 5);
}

/* A bitmap of many pages that begins near the end of one. */
static void large_bitmap(void)
{
	struct dirty_bench b = dirty_bench_make(MOCK_IOMMUPT_DEFAULT);
	unsigned long npages = 32 << 20 >> 12, i;
	size_t nbytes = npages * b.page / MOCK_PAGE / 8;
	unsigned char *bits = mem_pages(4);
	unsigned char *map = bits + b.page - 3;
	struct dirty_query q = { .iova = MOCK_IOVA, .page_size = MOCK_PAGE };

	memset(bits, 0, 4 * b.page);
	ioas_map_at(b.fd, b.ioas, mem_pages(npages), npages * b.page,
		    MOCK_IOVA);
	dirty_track(&b);
	for (i = 0; i < npages; i += 16)
		dirty_write(&b, MOCK_IOVA + i * b.page);
	q.bits = map;
	q.length = npages * b.page;
	CHECK_OK(__dirty_query(&b, q));
	for (i = 0; i < nbytes; i++)
		CHECK_EQ(map[i], i % 4 ? 0 : 3);
	for (i = 0; i < b.page - 3; i++)
		CHECK_EQ(bits[i], 0);
	for (i = nbytes; map + i < bits + 4 * b.page; i++)
		CHECK_EQ(map[i], 0);
}

/* A read that waits for its bitmap. */
struct slow_reader {
	struct dirty_bench *b;
	struct dirty_query q;
	struct stall stall;
	pthread_t thread;
	int rc;
};

static void *slow_reader_thread(void *arg)
{
	struct slow_reader *reader = arg;

	reader->rc = __dirty_query(reader->b, reader->q);
	return NULL;
}

static void slow_reader_start(struct slow_reader *reader,
			      struct dirty_bench *b, unsigned int npages)
{
	*reader = (struct slow_reader){ .b = b, .stall = stall_any() };
	reader->q = (struct dirty_query){
		MOCK_IOVA, npages * b->page, b->page, reader->stall.page, 0,
	};
	CHECK_EQ(pthread_create(&reader->thread, NULL, slow_reader_thread,
				reader), 0);
	stall_wait(&reader->stall);
}

static int slow_reader_end(struct slow_reader *reader)
{
	stall_end(&reader->stall);
	CHECK_EQ(pthread_join(reader->thread, NULL), 0);
	return reader->rc;
}

/*
 * A fault on the bitmap takes as long as user space likes. Nobody else waits
 * for it, and what is written meanwhile is in the answer.
 */
static void slow_bitmap(void)
{
	struct dirty_bench b = dirty_bench_make(MOCK_IOMMUPT_DEFAULT);
	char *more = mem_pages(1);
	struct slow_reader reader;

	dirty_map(&b, 4);
	dirty_track(&b);
	dirty_write(&b, MOCK_IOVA);
	slow_reader_start(&reader, &b, 4);
	ioas_map_at(b.fd, b.ioas, more, b.page, 2 * MOCK_IOVA);
	ioas_unmap(b.fd, b.ioas, 2 * MOCK_IOVA, b.page);
	mock_replace(b.fd, &b.dev, b.ioas);
	dirty_write(&b, MOCK_IOVA + 3 * b.page);
	CHECK_OK(slow_reader_end(&reader));
	CHECK_EQ(*reader.stall.page, 1 << 0 | 1 << 3);
	CHECK_EQ(dirty_peek(&b, MOCK_IOVA, 8), 0);
}

/* A range that is unmapped while its bitmap is waited for is a hole. */
static void unmapped_meanwhile(void)
{
	struct dirty_bench b = dirty_bench_make(MOCK_IOMMUPT_DEFAULT);
	char *va = mem_pages(2);
	struct slow_reader reader;

	ioas_map_at(b.fd, b.ioas, va, b.page, MOCK_IOVA);
	ioas_map_at(b.fd, b.ioas, va + b.page, b.page, MOCK_IOVA + b.page);
	dirty_track(&b);
	dirty_write(&b, MOCK_IOVA);
	slow_reader_start(&reader, &b, 2);
	ioas_unmap(b.fd, b.ioas, MOCK_IOVA + b.page, b.page);
	CHECK_ERR(slow_reader_end(&reader), EINVAL);
	CHECK_EQ(*reader.stall.page, 0);
	CHECK_EQ(dirty_peek(&b, MOCK_IOVA, 2), 3);
}

static const struct test_case cases[] = {
	{ .name = "set_refusals", .fn = set_refusals },
	{ .name = "without_dirty_bits", .fn = without_dirty_bits },
	{ .name = "bad_range_without_dirty_bits",
	  .fn = bad_range_without_dirty_bits },
	{ .name = "device_without", .fn = device_without },
	{ .name = "get_refusals", .fn = get_refusals },
	{ .name = "const_command", .fn = const_command },
	{ .name = "bad_ranges", .fn = bad_ranges },
	{ .name = "holes", .fn = holes },
	{ .name = "unwritable_bitmap", .fn = unwritable_bitmap },
	{ .name = "bitmap_ends_in_hole", .fn = bitmap_ends_in_hole },
	{ .name = "enable_forgets", .fn = enable_forgets },
	{ .name = "switched_off", .fn = switched_off },
	{ .name = "maps_while_tracking", .fn = maps_while_tracking },
	{ .name = "large_entries", .fn = large_entries },
	{ .name = "odd_page_size", .fn = odd_page_size },
	{ .name = "large_bitmap", .fn = large_bitmap },
	{ .name = "slow_bitmap", .fn = slow_bitmap },
	{ .name = "unmapped_meanwhile", .fn = unmapped_meanwhile },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
