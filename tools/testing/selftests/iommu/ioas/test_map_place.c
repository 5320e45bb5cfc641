// SPDX-License-Identifier: GPL-2.0-only
/* IOAS_MAP: where and what it maps (M15 to M21). */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/harness.h"
#include "lib/map_bench.h"
#include "lib/memory.h"

static void lazy_without_domain(void)
{
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	size_t page = page_size();
	struct footprint before = footprint_take(fd);
	char *va = mem_pages(2);
	struct mock_dev dev;

	ioas_map_at(fd, ioas, va, 2 * page, MOCK_IOVA);
	footprint_check(&before);
	mock_check_refs(fd, va, 2 * page, 0);
	dev = mock_attach(fd, ioas);
	mock_check_map(fd, dev.hwpt, MOCK_IOVA, va, 2 * page);
	mock_check_refs(fd, va, 2 * page, 1);
	destroy(fd, dev.stdev);
	mock_check_refs(fd, va, 2 * page, 0);
}

static void lazy_error_at_attach(void)
{
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	size_t page = page_size();
	char *va = mem_pages(3);
	struct footprint before;
	struct mock_dev dev;

	ioas_map_at(fd, ioas, va, page, MOCK_IOVA);
	ioas_map_at(fd, ioas, mem_nowhere(), page, MOCK_IOVA + 4 * page);
	ioas_map_at(fd, ioas, va + 2 * page, page, MOCK_IOVA + 8 * page);
	before = footprint_take(fd);
	CHECK_ERR(__mock_attach(fd, ioas, &dev), EFAULT);
	footprint_check(&before);
	mock_check_refs(fd, va, 3 * page, 0);
	ioas_unmap(fd, ioas, MOCK_IOVA + 4 * page, page);
	dev = mock_attach(fd, ioas);
	mock_check_map(fd, dev.hwpt, MOCK_IOVA, va, page);
	mock_check_map(fd, dev.hwpt, MOCK_IOVA + 8 * page, va + 2 * page,
		       page);
}

static void auto_alignment(void)
{
	int fd = iommu_open();
	__u32 ioas = ioas_alloc(fd);
	size_t page = page_size();
	char *va = mem_pages(16);
	char *odd = mem_pages_odd(7);

	/* Never 0; the smaller of the size and the address's alignment. */
	CHECK_EQ(ioas_map(fd, map_any(ioas, va, page)), page);
	CHECK_EQ(ioas_map(fd, map_any(ioas, va, 4 * page)), 4 * page);
	CHECK_EQ(ioas_map(fd, map_any(ioas, va, 3 * page)), 8 * page);
	CHECK_EQ(ioas_map(fd, map_any(ioas, va + page, 4 * page)), 11 * page);
	CHECK_EQ(ioas_map(fd, map_any(ioas, odd, 2 * page)), 2 * page);
	CHECK_EQ(ioas_map(fd, map_any(ioas, va + 2 * page, 2 * page)),
		 16 * page);
	/* Address 0 has every alignment: the size alone counts. */
	CHECK_EQ(ioas_map(fd, map_any(ioas, NULL, 5 * page)), 24 * page);
}

static void auto_alignment_cap(void)
{
	size_t cap = thp_size() ?: page_size();
	int fd = iommu_open();
	__u32 ioas = ioas_alloc(fd);
	char *va = mem_untouched(8 * cap / page_size());

	CHECK_EQ(ioas_map(fd, map_any(ioas, va, cap)), cap);
	CHECK_EQ(ioas_map(fd, map_any(ioas, va, 8 * cap)), 2 * cap);
	CHECK_EQ(ioas_map(fd, map_any(ioas, NULL, 4 * cap)), 10 * cap);
}

static void auto_keeps_offset(void)
{
	int fd = iommu_open();
	__u32 ioas = ioas_alloc(fd);
	size_t page = page_size();
	char *va = mem_pages(4);
	static const unsigned int offset[] = { 1, 8, 512, 1000, 2048, 4095 };
	size_t i;

	for (i = 0; i < ARRAY_LEN(offset); i++) {
		__u64 iova = ioas_map(fd, map_any(ioas, va + offset[i],
						  page));

		CHECK(iova >= page);
		CHECK_EQ(iova % page, offset[i]);
	}
}

static void auto_lowest_fit(void)
{
	int fd = iommu_open();
	__u32 ioas = ioas_alloc(fd);
	size_t page = page_size();
	struct iommu_ioas_map map = map_any(ioas, mem_pages(1), page);
	int i;

	for (i = 1; i <= 16; i++)
		CHECK_EQ(ioas_map(fd, map), i * page);
	ioas_unmap(fd, ioas, 7 * page, page);
	ioas_unmap(fd, ioas, 12 * page, page);
	CHECK_EQ(ioas_map(fd, map), 7 * page);
	CHECK_EQ(ioas_map(fd, map), 12 * page);
	CHECK_EQ(ioas_map(fd, map), 17 * page);
}

static void auto_avoids_reserved(void)
{
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	size_t page = page_size();
	struct iommu_ioas_map map = map_any(ioas, mem_pages(1), page);

	CHECK_OK(__mock_reserve(fd, ioas, 0, 5 * page));
	CHECK_OK(__mock_reserve(fd, ioas, 6 * page, page));
	CHECK_EQ(ioas_map(fd, map), 5 * page);
	CHECK_EQ(ioas_map(fd, map), 7 * page);
}

static void auto_many_areas(void)
{
	int fd = iommu_open();
	__u32 ioas = ioas_alloc(fd);
	size_t page = page_size();
	struct iommu_ioas_map map = map_any(ioas, mem_pages(1), page);
	__u64 count = 16000;
	__u64 i;

	for (i = 1; i <= count; i++)
		CHECK_EQ(ioas_map(fd, map), i * page);
	for (i = 2; i <= count; i += 2)
		ioas_unmap(fd, ioas, i * page, page);
	for (i = 2; i <= count; i += 2)
		CHECK_EQ(ioas_map(fd, map), i * page);
	CHECK_EQ(ioas_unmap_all(fd, ioas), count * page);
}

static void many_areas_with_domain(void)
{
	struct map_bench b = map_bench_make();
	unsigned int count = 4000;
	unsigned int i;

	for (i = 0; i < count; i++)
		ioas_map_at(b.fd, b.ioas, b.va, b.page,
			    MOCK_IOVA + 2 * i * b.page);
	/* Each map has pins of its own on the one page. */
	mock_check_refs(b.fd, b.va, b.page, count);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), count * b.page);
	mock_check_refs(b.fd, b.va, b.page, 0);
	footprint_check(&b.before);
}

static void ends_of_the_space(void)
{
	int fd = iommu_open();
	__u32 ioas = ioas_alloc(fd);
	size_t page = page_size();
	char *va = mem_pages(1);

	ioas_map_at(fd, ioas, va, page, 0);
	ioas_map_at(fd, ioas, va, page, -page);
	CHECK_ERR(__ioas_map_at(fd, ioas, va, 1, ~0ULL - 1), EEXIST);
	CHECK_ERR(__ioas_map_at(fd, ioas, va, page, 0), EEXIST);
	ioas_unmap(fd, ioas, -page, page);
	ioas_unmap(fd, ioas, 0, page);
	/* Byte granular without a page table. */
	ioas_map_at(fd, ioas, va, 1, ~0ULL - 1);
	ioas_map_at(fd, ioas, va + 5, 7, 11);
	CHECK_EQ(ioas_unmap_all(fd, ioas), 8);
}

static void read_only_source(void)
{
	struct map_bench b = map_bench_make();
	struct iommu_ioas_map map = map_at(b.ioas, b.va, 4 * b.page,
					   MOCK_IOVA);

	CHECK_EQ(mprotect(b.va, 4 * b.page, PROT_READ), 0);
	map_refuse(&b, map, EFAULT);
	map.flags = PROT_RO | MAP_AT;
	ioas_map(b.fd, map);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, b.va, 4 * b.page);
	mock_check_refs(b.fd, b.va, 4 * b.page, 1);
}

static void write_only_map(void)
{
	struct map_bench b = map_bench_make();
	struct iommu_ioas_map map = map_at(b.ioas, b.va, b.page, MOCK_IOVA);

	map.flags = IOMMU_IOAS_MAP_WRITEABLE | MAP_AT;
	ioas_map(b.fd, map);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, b.va, b.page);
}

/* Two page tables and overlapping user ranges: one pin per map and page. */
static void pins_are_exact(void)
{
	struct map_bench b = map_bench_make();
	__u32 hwpt = hwpt_alloc(b.fd, b.dev.idev, b.ioas);
	__u64 iova = MOCK_IOVA;

	ioas_map_at(b.fd, b.ioas, b.va, 3 * b.page, iova);
	mock_check_refs(b.fd, b.va, 3 * b.page, 1);
	ioas_map_at(b.fd, b.ioas, b.va + b.page, 3 * b.page,
		    iova + 16 * b.page);
	mock_check_refs(b.fd, b.va, b.page, 1);
	mock_check_refs(b.fd, b.va + b.page, 2 * b.page, 2);
	mock_check_refs(b.fd, b.va + 3 * b.page, b.page, 1);
	mock_check_map(b.fd, hwpt, iova, b.va, 3 * b.page);
	mock_check_map(b.fd, b.dev.hwpt, iova, b.va, 3 * b.page);
	destroy(b.fd, hwpt);
	mock_check_refs(b.fd, b.va + b.page, 2 * b.page, 2);
	ioas_unmap(b.fd, b.ioas, iova, 3 * b.page);
	mock_check_refs(b.fd, b.va, b.page, 0);
	mock_check_refs(b.fd, b.va + b.page, 3 * b.page, 1);
	ioas_unmap(b.fd, b.ioas, iova + 16 * b.page, 3 * b.page);
	mock_check_refs(b.fd, b.va, 4 * b.page, 0);
}

static void sub_page(void)
{
	struct map_bench b = map_bench_make();
	__u64 half = MOCK_PAGE;
	__u64 iova = MOCK_IOVA + half;
	int first;
	int count;

	for (first = 0; first < 4; first++) {
		for (count = 1; count <= 8 - first; count++) {
			char *va = b.va + first * half;

			ioas_map_at(b.fd, b.ioas, va, count * half, iova);
			mock_check_map(b.fd, b.dev.hwpt, iova, va,
				       count * half);
			ioas_unmap(b.fd, b.ioas, iova, count * half);
			mock_check_hole(b.fd, b.dev.hwpt, iova, va,
					count * half);
			footprint_check(&b.before);
		}
	}
	mock_check_refs(b.fd, b.va, 4 * b.page, 0);
}

/* Halves of the same page in two areas: two pins, each gone with its area. */
static void sub_page_shared(void)
{
	struct map_bench b = map_bench_make();
	__u64 half = MOCK_PAGE;

	ioas_map_at(b.fd, b.ioas, b.va, half, MOCK_IOVA);
	ioas_map_at(b.fd, b.ioas, b.va + half, half, MOCK_IOVA + half);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, b.va, b.page);
	mock_check_refs(b.fd, b.va, b.page, 2);
	ioas_unmap(b.fd, b.ioas, MOCK_IOVA, half);
	mock_check_refs(b.fd, b.va, b.page, 1);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA + half, b.va + half, half);
}

/* All page tables of an IOAS always show the same. */
static void tables_kept_equal(void)
{
	struct map_bench b = map_bench_make();
	__u32 hwpt[3];
	__u64 at[3] = { MOCK_IOVA, MOCK_IOVA + 64 * b.page,
			MOCK_IOVA + 16 * b.page };
	int i;
	int j;

	ioas_map_at(b.fd, b.ioas, b.va, 4 * b.page, at[0]);
	for (i = 0; i < 3; i++) {
		hwpt[i] = hwpt_alloc(b.fd, b.dev.idev, b.ioas);
		if (i)
			ioas_map_at(b.fd, b.ioas, b.va, 4 * b.page, at[i]);
	}
	mock_check_refs(b.fd, b.va, 4 * b.page, 3);
	for (i = 0; i < 3; i++)
		for (j = 0; j < 3; j++)
			mock_check_map(b.fd, hwpt[i], at[j], b.va, 4 * b.page);
	ioas_unmap(b.fd, b.ioas, at[1], 4 * b.page);
	for (i = 0; i < 3; i++) {
		mock_check_hole(b.fd, hwpt[i], at[1], b.va, 4 * b.page);
		mock_check_map(b.fd, hwpt[i], at[2], b.va, 4 * b.page);
	}
	for (i = 0; i < 3; i++)
		destroy(b.fd, hwpt[i]);
	mock_check_map(b.fd, b.dev.hwpt, at[0], b.va, 4 * b.page);
	mock_check_refs(b.fd, b.va, 4 * b.page, 2);
}

/* The same with a map cut into steps of one or two pages. */
static void small_steps(void)
{
	struct map_bench b = map_bench_make();
	size_t length = 64 * b.page;
	char *va = mem_pages(64);
	__u32 hwpt;

	CHECK_OK(__mock_memory_limit(b.fd, 16));
	ioas_map_at(b.fd, b.ioas, va, length, MOCK_IOVA);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, va, length);
	hwpt = hwpt_alloc(b.fd, b.dev.idev, b.ioas);
	mock_check_map(b.fd, hwpt, MOCK_IOVA, va, length);
	mock_check_refs(b.fd, va, length, 1);
	CHECK_EQ(munmap(b.va + b.page, b.page), 0);
	CHECK_ERR(__ioas_map_at(b.fd, b.ioas, b.va, 4 * b.page,
				MOCK_IOVA + length), EFAULT);
	mock_check_refs(b.fd, b.va, b.page, 0);
	ioas_unmap(b.fd, b.ioas, MOCK_IOVA, length);
	mock_check_hole(b.fd, hwpt, MOCK_IOVA, va, length);
	mock_check_refs(b.fd, va, length, 0);
	CHECK_OK(__mock_memory_limit(b.fd, 0));
}

static const struct test_case cases[] = {
	{ .name = "M15_lazy_without_domain", .fn = lazy_without_domain },
	{ .name = "M15_lazy_error_at_attach", .fn = lazy_error_at_attach },
	{ .name = "M16_auto_alignment", .fn = auto_alignment },
	{ .name = "M16_auto_alignment_cap", .fn = auto_alignment_cap },
	{ .name = "M16_auto_keeps_offset", .fn = auto_keeps_offset },
	{ .name = "M16_auto_lowest_fit", .fn = auto_lowest_fit },
	{ .name = "M16_auto_avoids_reserved", .fn = auto_avoids_reserved },
	{ .name = "M16_auto_many_areas",
	  .fn = auto_many_areas, .seconds = 300 },
	{ .name = "M16_ends_of_the_space", .fn = ends_of_the_space },
	{ .name = "M17_read_only_source", .fn = read_only_source },
	{ .name = "M17_write_only_map", .fn = write_only_map },
	{ .name = "M18_pins_are_exact", .fn = pins_are_exact },
	{ .name = "M18_many_areas_with_domain",
	  .fn = many_areas_with_domain, .seconds = 120 },
	{ .name = "M19_sub_page", .fn = sub_page },
	{ .name = "M19_sub_page_shared", .fn = sub_page_shared },
	{ .name = "M20_tables_kept_equal", .fn = tables_kept_equal },
	{ .name = "M21_small_steps", .fn = small_steps },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
