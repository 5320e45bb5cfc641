// SPDX-License-Identifier: GPL-2.0-only
/* IOAS_MAP: what it refuses (M1 to M14). */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/harness.h"
#include "lib/map_bench.h"
#include "lib/memory.h"
#include "lib/stall.h"

static void unknown_flags(void)
{
	struct map_bench b = map_bench_make();
	struct iommu_ioas_map map = map_at(b.ioas, b.va, b.page, MOCK_IOVA);
	int bit;

	for (bit = 3; bit < 32; bit++) {
		map.flags = PROT_RW | MAP_AT | 1U << bit;
		map_refuse(&b, map, EOPNOTSUPP);
	}
	map.flags = PROT_RW | MAP_AT;
	map.__reserved = 1;
	map_refuse(&b, map, EOPNOTSUPP);
}

static void all_ones(void)
{
	struct map_bench b = map_bench_make();

	map_refuse(&b, map_at(b.ioas, b.va, b.page, ~0ULL), EOVERFLOW);
	map_refuse(&b, map_at(b.ioas, b.va, ~0ULL, MOCK_IOVA), EOVERFLOW);
	map_refuse(&b, map_any(b.ioas, b.va, ~0ULL), EOVERFLOW);
}

static void all_ones_before_protection(void)
{
	struct map_bench b = map_bench_make();
	struct iommu_ioas_map map = map_at(b.ioas, b.va, b.page, ~0ULL);

	map.flags = MAP_AT;
	map_refuse(&b, map, EOVERFLOW);
}

static void no_protection(void)
{
	struct map_bench b = map_bench_make();
	struct iommu_ioas_map map = map_at(b.ioas, b.va, b.page, MOCK_IOVA);

	map.flags = MAP_AT;
	map_refuse(&b, map, EINVAL);
	map.flags = 0;
	map_refuse(&b, map, EINVAL);
}

static void unknown_ioas(void)
{
	struct map_bench b = map_bench_make();

	map_refuse(&b, map_at(0, b.va, b.page, MOCK_IOVA), ENOENT);
	map_refuse(&b, map_at(b.ioas + 100, b.va, b.page, MOCK_IOVA), ENOENT);
	map_refuse(&b, map_at(~0U, b.va, b.page, MOCK_IOVA), ENOENT);
	map_refuse(&b, map_at(b.dev.hwpt, b.va, b.page, MOCK_IOVA), ENOENT);
}

static void user_address_wraps(void)
{
	struct map_bench b = map_bench_make();
	char *top = (char *)-b.page;

	map_refuse(&b, map_at(b.ioas, top, 2 * b.page, MOCK_IOVA), EOVERFLOW);
	map_refuse(&b, map_any(b.ioas, top, 2 * b.page), EOVERFLOW);
	map_refuse(&b, map_any(b.ioas, (void *)~0UL, 2), EOVERFLOW);
}

static void bad_length(void)
{
	struct map_bench b = map_bench_make();

	map_refuse(&b, map_at(b.ioas, b.va, 0, MOCK_IOVA), EINVAL);
	map_refuse(&b, map_any(b.ioas, b.va, 0), EINVAL);
	map_refuse(&b, map_at(b.ioas, NULL, ~0ULL - 0x7ff, MOCK_IOVA), EINVAL);
}

static void misaligned(void)
{
	struct map_bench b = map_bench_make();
	size_t half = MOCK_PAGE;

	map_refuse(&b, map_at(b.ioas, b.va, half + 1, MOCK_IOVA), EINVAL);
	map_refuse(&b, map_at(b.ioas, b.va, half - 1, MOCK_IOVA), EINVAL);
	map_refuse(&b, map_at(b.ioas, b.va, half, MOCK_IOVA + 1), EINVAL);
	map_refuse(&b, map_at(b.ioas, b.va, half, MOCK_IOVA + half / 2), EINVAL);
	map_refuse(&b, map_at(b.ioas, b.va + 8, half, MOCK_IOVA), EINVAL);
	map_refuse(&b, map_any(b.ioas, b.va, half + 1), EINVAL);
	map_refuse(&b, map_any(b.ioas, b.va + 8, half), EINVAL);
	CHECK_OK(__option_huge_pages(b.fd, b.ioas, 0));
	map_refuse(&b, map_at(b.ioas, b.va, half, MOCK_IOVA), EINVAL);
	map_refuse(&b, map_at(b.ioas, b.va, b.page, MOCK_IOVA + half), EINVAL);
}

static void fixed_range_wraps(void)
{
	struct map_bench b = map_bench_make();

	map_refuse(&b, map_at(b.ioas, b.va, 2 * b.page, -b.page), EOVERFLOW);
	destroy(b.fd, b.dev.stdev);
	CHECK_ERR(__ioas_map_at(b.fd, b.ioas, b.va, 2 * b.page, -b.page),
		  EOVERFLOW);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), 0);
}

static void meets_reserved(void)
{
	struct map_bench b = map_bench_make();
	__u64 gap = MOCK_IOVA + 0x10000;

	/* Outside of the aperture of the attached page table. */
	map_refuse(&b, map_at(b.ioas, b.va, b.page, 0), EINVAL);
	map_refuse(&b, map_at(b.ioas, b.va, b.page, MOCK_IOVA - b.page), EINVAL);
	map_refuse(&b, map_at(b.ioas, b.va, 2 * b.page,
			      MOCK_APERTURE_LAST + 1ULL - b.page), EINVAL);
	map_refuse(&b, map_at(b.ioas, b.va, b.page, -b.page), EINVAL);

	CHECK_OK(__mock_reserve(b.fd, b.ioas, gap, b.page));
	map_refuse(&b, map_at(b.ioas, b.va, b.page, gap), EINVAL);
	map_refuse(&b, map_at(b.ioas, b.va, 2 * b.page, gap - b.page), EINVAL);
	map_refuse(&b, map_at(b.ioas, b.va, 3 * b.page, gap - b.page), EINVAL);
	ioas_map_at(b.fd, b.ioas, b.va, b.page, gap - b.page);
	ioas_map_at(b.fd, b.ioas, b.va, b.page, gap + b.page);
	ioas_map_at(b.fd, b.ioas, b.va, b.page,
		    MOCK_APERTURE_LAST + 1ULL - b.page);
}

static void meets_area(void)
{
	struct map_bench b = map_bench_make();
	__u64 iova = MOCK_IOVA + 4 * b.page;
	static const int at[][2] = { { 0, 2 }, { 0, 1 }, { 1, 1 }, { -1, 2 },
				     { 1, 2 }, { -1, 4 } };
	size_t i;

	ioas_map_at(b.fd, b.ioas, b.va, 2 * b.page, iova);
	b.before = footprint_take(b.fd);
	for (i = 0; i < ARRAY_LEN(at); i++) {
		CHECK_ERR(__ioas_map_at(b.fd, b.ioas, b.va, at[i][1] * b.page,
					iova + at[i][0] * (long)b.page),
			  EEXIST);
		footprint_check(&b.before);
	}
	mock_check_map(b.fd, b.dev.hwpt, iova, b.va, 2 * b.page);
	mock_check_refs(b.fd, b.va, 2 * b.page, 1);
	ioas_map_at(b.fd, b.ioas, b.va, b.page, iova - b.page);
	ioas_map_at(b.fd, b.ioas, b.va, b.page, iova + 2 * b.page);
}

static void no_hole(void)
{
	struct map_bench b = map_bench_make();

	ioas_allow(b.fd, b.ioas, MOCK_IOVA, MOCK_IOVA + 4 * b.page - 1);
	map_refuse(&b, map_any(b.ioas, NULL, 5 * b.page), ENOSPC);
	ioas_map_at(b.fd, b.ioas, b.va, b.page, MOCK_IOVA + b.page);
	b.before = footprint_take(b.fd);
	CHECK_ERR(__ioas_map(b.fd, &(struct iommu_ioas_map){
		.size = sizeof(struct iommu_ioas_map), .flags = PROT_RW,
		.ioas_id = b.ioas, .user_va = (uintptr_t)b.va,
		.length = 4 * b.page }), ENOSPC);
	footprint_check(&b.before);
}

static void auto_too_long(void)
{
	struct map_bench b = map_bench_make();

	map_refuse(&b, map_any(b.ioas, NULL, 1ULL << 63), EOVERFLOW);
	map_refuse(&b, map_any(b.ioas, NULL, (1ULL << 63) + 0x1000), EOVERFLOW);
	map_refuse(&b, map_any(b.ioas, NULL, ~0ULL - 0x1fff), EOVERFLOW);
	map_refuse(&b, map_any(b.ioas, NULL, 1ULL << 62), ENOSPC);
}

static void auto_below_alignment(void)
{
	struct map_bench b = map_bench_make();

	CHECK_OK(__option_huge_pages(b.fd, b.ioas, 0));
	map_refuse(&b, map_any(b.ioas, b.va + MOCK_PAGE, b.page), EINVAL);
}

static void not_pinnable(void)
{
	struct map_bench b = map_bench_make();
	char *none = mem_pages(1);
	char *ro = mem_pages(1);

	mprotect(none, b.page, PROT_NONE);
	mprotect(ro, b.page, PROT_READ);
	map_refuse(&b, map_at(b.ioas, mem_nowhere(), b.page, MOCK_IOVA), EFAULT);
	map_refuse(&b, map_at(b.ioas, NULL, b.page, MOCK_IOVA), EFAULT);
	map_refuse(&b, map_at(b.ioas, none, b.page, MOCK_IOVA), EFAULT);
	map_refuse(&b, map_at(b.ioas, ro, b.page, MOCK_IOVA), EFAULT);
	map_refuse(&b, map_at(b.ioas, (void *)0xffff888000000000, b.page,
			      MOCK_IOVA), EFAULT);
	map_refuse(&b, map_at(b.ioas, (void *)0x800000000000, b.page, MOCK_IOVA),
		   EFAULT);
	ioas_map_at(b.fd, b.ioas, b.va, b.page, MOCK_IOVA);
}

static void device_memory(void)
{
	struct map_bench b = map_bench_make();
	void *bar = mem_bar();
	struct iommu_ioas_map map = map_at(b.ioas, bar, b.page, MOCK_IOVA);

	b.before = footprint_take(b.fd);
	map_refuse(&b, map, EFAULT);
	map.flags = PROT_RO | MAP_AT;
	map_refuse(&b, map, EFAULT);
}

/* The third of four pages is missing: the first two are unpinned again. */
static void half_pinnable(void)
{
	struct map_bench b = map_bench_make();

	CHECK_EQ(munmap(b.va + 2 * b.page, b.page), 0);
	map_refuse(&b, map_at(b.ioas, b.va, 4 * b.page, MOCK_IOVA), EFAULT);
	mock_check_refs(b.fd, b.va, 2 * b.page, 0);
	mock_check_hole(b.fd, b.dev.hwpt, MOCK_IOVA, b.va, 2 * b.page);
	ioas_map_at(b.fd, b.ioas, b.va, 2 * b.page, MOCK_IOVA);
}

static void half_pinnable_large(void)
{
	struct map_bench b = map_bench_make();
	size_t npages = 2100;
	char *va = mem_pages(npages);

	CHECK_EQ(munmap(va + 2050 * b.page, b.page), 0);
	b.before = footprint_take(b.fd);
	map_refuse(&b, map_at(b.ioas, va, npages * b.page, MOCK_IOVA), EFAULT);
	mock_check_refs(b.fd, va, 2050 * b.page, 0);
	mock_check_hole(b.fd, b.dev.hwpt, MOCK_IOVA, va, 2050 * b.page);
}

/* A map whose answer cannot be written back does not stay. */
static void copy_out_fails(void)
{
	struct map_bench b = map_bench_make();
	struct iommu_ioas_map map = map_at(b.ioas, b.va, b.page, MOCK_IOVA);

	CHECK_ERR(__iommu_cmd(b.fd, IOMMU_IOAS_MAP,
			      mem_readonly(&map, sizeof(map))), EFAULT);
	footprint_check(&b.before);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), 0);
	mock_check_hole(b.fd, b.dev.hwpt, MOCK_IOVA, b.va, b.page);
}

struct late_map {
	int fd;
	unsigned long request;
	struct stall answer;
	int rc;
};

static void *late_map_thread(void *arg)
{
	struct late_map *late = arg;

	late->rc = ioctl(late->fd, late->request, late->answer.page) ?
		   -errno : 0;
	return NULL;
}

/* Nobody gets the answer: its page is gone when the fault ends. */
static void answer_vanishes(struct late_map *late)
{
	CHECK_EQ(munmap(late->answer.page, page_size()), 0);
	CHECK_EQ(close(late->answer.fd), 0);
}

/*
 * While the answer to a map is held up another thread unmaps it, and maps
 * something else there. Undoing the map must not undo that.
 */
static void undo_spares_others(struct map_bench *b, struct late_map *late)
{
	pthread_t thread;

	CHECK_EQ(pthread_create(&thread, NULL, late_map_thread, late), 0);
	stall_wait(&late->answer);
	/* only a part of it, so that another part is to be undone */
	ioas_unmap(b->fd, b->ioas, MOCK_IOVA, 2 * b->page);
	ioas_map_at(b->fd, b->ioas, b->va + 2 * b->page, b->page, MOCK_IOVA);
	answer_vanishes(late);
	CHECK_EQ(pthread_join(thread, NULL), 0);
	CHECK_ERR(late->rc, EFAULT);
	mock_check_map(b->fd, b->dev.hwpt, MOCK_IOVA, b->va + 2 * b->page,
		       b->page);
	mock_check_refs(b->fd, b->va, 2 * b->page, 0);
	CHECK_EQ(ioas_unmap_all(b->fd, b->ioas), b->page);
}

static void undo_spares_other_maps(void)
{
	struct map_bench b = map_bench_make();
	struct iommu_ioas_map map = map_at(b.ioas, b.va, 2 * b.page, MOCK_IOVA);
	struct late_map late = { .fd = b.fd, .request = IOMMU_IOAS_MAP };

	map.size = sizeof(map);
	late.answer = stall_writes(&map, sizeof(map));
	undo_spares_others(&b, &late);
}

/* A copy of several areas, of which one is still there to be undone. */
static void undo_of_a_copy(void)
{
	struct map_bench b = map_bench_make();
	__u32 src = ioas_alloc(b.fd);
	struct iommu_ioas_copy copy = copy_at(b.ioas, src, 3 * b.page,
					      MOCK_IOVA, MOCK_IOVA);
	struct late_map late = { .fd = b.fd, .request = IOMMU_IOAS_COPY };

	ioas_map_at(b.fd, src, b.va, 2 * b.page, MOCK_IOVA);
	ioas_map_at(b.fd, src, b.va + 3 * b.page, b.page,
		    MOCK_IOVA + 2 * b.page);
	copy.size = sizeof(copy);
	late.answer = stall_writes(&copy, sizeof(copy));
	undo_spares_others(&b, &late);
	mock_check_refs(b.fd, b.va + 3 * b.page, b.page, 0);
}

static const struct test_case cases[] = {
	{ .name = "M1_unknown_flags", .fn = unknown_flags },
	{ .name = "M2_all_ones", .fn = all_ones },
	{ .name = "M2_all_ones_before_protection",
	  .fn = all_ones_before_protection },
	{ .name = "M3_no_protection", .fn = no_protection },
	{ .name = "M4_unknown_ioas", .fn = unknown_ioas },
	{ .name = "M5_user_address_wraps", .fn = user_address_wraps },
	{ .name = "M6_bad_length", .fn = bad_length },
	{ .name = "M7_misaligned", .fn = misaligned },
	{ .name = "M8_fixed_range_wraps", .fn = fixed_range_wraps },
	{ .name = "M9_meets_reserved", .fn = meets_reserved },
	{ .name = "M10_meets_area", .fn = meets_area },
	{ .name = "M11_no_hole", .fn = no_hole },
	{ .name = "M11_auto_too_long", .fn = auto_too_long },
	{ .name = "M11_auto_below_alignment", .fn = auto_below_alignment },
	{ .name = "M12_not_pinnable", .fn = not_pinnable },
	{ .name = "M12_device_memory", .fn = device_memory },
	{ .name = "M12_half_pinnable", .fn = half_pinnable },
	{ .name = "M12_half_pinnable_large", .fn = half_pinnable_large },
	{ .name = "M14_copy_out_fails", .fn = copy_out_fails },
	{ .name = "M14_undo_spares_other_maps", .fn = undo_spares_other_maps },
	{ .name = "M14_undo_of_a_copy", .fn = undo_of_a_copy },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
