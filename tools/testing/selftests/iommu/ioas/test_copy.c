// SPDX-License-Identifier: GPL-2.0-only
/* IOAS_COPY (C1 to C11). */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"

/*
 * Two IOAS with a device each. The source maps eight pages at src, in two
 * areas of four, with a hole after them.
 */
struct bench {
	int fd;
	__u32 from;
	__u32 to;
	struct mock_dev from_dev;
	struct mock_dev to_dev;
	size_t page;
	char *va;
	__u64 src;
	__u64 dst;
	struct footprint before;
};

static struct bench bench_make(void)
{
	struct bench b = {
		.fd = mock_open(),
		.page = page_size(),
		.va = mem_pages(8),
		.src = MOCK_IOVA,
		.dst = MOCK_IOVA + 0x100000,
	};

	b.from = ioas_alloc(b.fd);
	b.to = ioas_alloc(b.fd);
	b.from_dev = mock_attach(b.fd, b.from);
	b.to_dev = mock_attach(b.fd, b.to);
	ioas_map_at(b.fd, b.from, b.va, 4 * b.page, b.src);
	ioas_map_at(b.fd, b.from, b.va + 4 * b.page, 4 * b.page,
		    b.src + 4 * b.page);
	b.before = footprint_take(b.fd);
	return b;
}

static struct iommu_ioas_copy whole(const struct bench *b)
{
	return copy_at(b->to, b->from, 8 * b->page, b->dst, b->src);
}

static void refuse(struct bench *b, struct iommu_ioas_copy copy, int errnum)
{
	CHECK_ERR(__ioas_copy(b->fd, &copy), errnum);
	footprint_check(&b->before);
	CHECK_EQ(ioas_unmap_all(b->fd, b->to), 0);
	mock_check_refs(b->fd, b->va, 8 * b->page, 1);
}

static void unknown_flags(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_copy copy = whole(&b);
	int bit;

	for (bit = 3; bit < 32; bit++) {
		/* Kernels with a mock may use this one to help fuzzers. */
		if (1U << bit == MOCK_FLAGS_ACCESS_SYZ)
			continue;
		copy.flags = PROT_RW | MAP_AT | 1U << bit;
		refuse(&b, copy, EOPNOTSUPP);
	}
}

static void all_ones(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_copy copy = whole(&b);

	copy.length = ~0ULL;
	refuse(&b, copy, EOVERFLOW);
	copy = whole(&b);
	copy.src_iova = ~0ULL;
	refuse(&b, copy, EOVERFLOW);
	copy = whole(&b);
	copy.dst_iova = ~0ULL;
	refuse(&b, copy, EOVERFLOW);
}

static void source_range_wraps(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_copy copy = whole(&b);

	copy.src_iova = -b.page;
	copy.length = 2 * b.page;
	refuse(&b, copy, EOVERFLOW);
	copy = whole(&b);
	copy.length = ~0ULL - 0x7ff;
	refuse(&b, copy, EOVERFLOW);
}

static void no_protection(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_copy copy = whole(&b);

	copy.flags = MAP_AT;
	refuse(&b, copy, EINVAL);
}

static void unknown_ioas(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_copy copy = whole(&b);

	copy.src_ioas_id = 0;
	refuse(&b, copy, ENOENT);
	copy.src_ioas_id = b.from_dev.hwpt;
	refuse(&b, copy, ENOENT);
	copy = whole(&b);
	copy.dst_ioas_id = b.to + 100;
	refuse(&b, copy, ENOENT);
	copy.dst_ioas_id = b.to_dev.idev;
	refuse(&b, copy, ENOENT);
}

static void no_length(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_copy copy = whole(&b);

	copy.length = 0;
	refuse(&b, copy, EINVAL);
}

static void source_not_covered(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_copy copy = whole(&b);

	copy.length = 9 * b.page;
	refuse(&b, copy, ENOENT);
	copy = whole(&b);
	copy.src_iova -= b.page;
	refuse(&b, copy, ENOENT);
	copy.src_iova = b.src + 0x80000;
	refuse(&b, copy, ENOENT);
	copy.src_iova = 0;
	refuse(&b, copy, ENOENT);
	ioas_unmap(b.fd, b.from, b.src + 4 * b.page, 4 * b.page);
	ioas_map_at(b.fd, b.from, b.va + 5 * b.page, 3 * b.page,
		    b.src + 5 * b.page);
	copy = whole(&b);
	CHECK_ERR(__ioas_copy(b.fd, &copy), ENOENT);
	CHECK_EQ(ioas_unmap_all(b.fd, b.to), 0);
}

static void any_part(void)
{
	struct bench b = bench_make();
	int first;
	int count;

	for (first = 0; first < 8; first++) {
		for (count = 1; count <= 8 - first; count++) {
			char *va = b.va + first * b.page;
			__u64 length = count * b.page;

			ioas_copy(b.fd, copy_at(b.to, b.from, length, b.dst,
						b.src + first * b.page));
			mock_check_map(b.fd, b.to_dev.hwpt, b.dst, va, length);
			mock_check_refs(b.fd, b.va, 8 * b.page, 1);
			CHECK_EQ(ioas_unmap_all(b.fd, b.to), length);
			mock_check_hole(b.fd, b.to_dev.hwpt, b.dst, va, length);
		}
	}
	footprint_check(&b.before);
}

static void sub_page_part(void)
{
	struct bench b = bench_make();
	__u64 half = MOCK_PAGE;

	ioas_copy(b.fd, copy_at(b.to, b.from, 3 * half, b.dst + half,
				b.src + half));
	mock_check_map(b.fd, b.to_dev.hwpt, b.dst + half, b.va + half,
		       3 * half);
	mock_check_refs(b.fd, b.va, 8 * b.page, 1);
}

static void write_on_read_only(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_map map = map_at(b.from, b.va, b.page, b.src +
					   32 * b.page);
	struct iommu_ioas_copy copy = copy_at(b.to, b.from, b.page, b.dst,
					      map.iova);

	map.flags = PROT_RO | MAP_AT;
	ioas_map(b.fd, map);
	b.before = footprint_take(b.fd);
	CHECK_ERR(__ioas_copy(b.fd, &copy), EPERM);
	copy.flags = IOMMU_IOAS_MAP_WRITEABLE | MAP_AT;
	CHECK_ERR(__ioas_copy(b.fd, &copy), EPERM);
	/* a hole behind it, or an IOVA that is taken, is said first */
	copy.length = 2 * b.page;
	CHECK_ERR(__ioas_copy(b.fd, &copy), ENOENT);
	copy.length = b.page;
	copy.dst_iova = 0;
	CHECK_ERR(__ioas_copy(b.fd, &copy), EINVAL);
	copy.dst_iova = b.dst;
	CHECK_EQ(ioas_unmap_all(b.fd, b.to), 0);
	footprint_check(&b.before);
	copy.flags = PROT_RO | MAP_AT;
	ioas_copy(b.fd, copy);
	mock_check_map(b.fd, b.to_dev.hwpt, b.dst, b.va, b.page);
}

/* A range that is partly read-only is refused as a whole. */
static void write_on_partly_read_only(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_map map = map_at(b.from, b.va, b.page, b.src +
					   8 * b.page);
	struct iommu_ioas_copy copy = copy_at(b.to, b.from, 9 * b.page, b.dst,
					      b.src);

	map.flags = PROT_RO | MAP_AT;
	ioas_map(b.fd, map);
	b.before = footprint_take(b.fd);
	CHECK_ERR(__ioas_copy(b.fd, &copy), EPERM);
	CHECK_EQ(ioas_unmap_all(b.fd, b.to), 0);
	footprint_check(&b.before);
}

static void destination_errors(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_copy copy = whole(&b);

	copy.dst_iova = b.dst + 1;
	refuse(&b, copy, EINVAL);
	copy = whole(&b);
	copy.length = MOCK_PAGE - 1;
	refuse(&b, copy, EINVAL);
	copy = whole(&b);
	copy.dst_iova = 0;
	refuse(&b, copy, EINVAL);
	copy.dst_iova = MOCK_APERTURE_LAST + 1ULL - b.page;
	refuse(&b, copy, EINVAL);
	copy.dst_iova = -b.page;
	refuse(&b, copy, EOVERFLOW);
	CHECK_OK(__mock_reserve(b.fd, b.to, b.dst + b.page, b.page));
	refuse(&b, whole(&b), EINVAL);
	ioas_allow(b.fd, b.to, b.dst + 0x100000, b.dst + 0x101fff);
	refuse(&b, copy_any(b.to, b.from, 8 * b.page, b.src), ENOSPC);
}

static void destination_overlaps(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_copy copy = whole(&b);

	ioas_map_at(b.fd, b.to, b.va, b.page, b.dst + 7 * b.page);
	b.before = footprint_take(b.fd);
	CHECK_ERR(__ioas_copy(b.fd, &copy), EEXIST);
	footprint_check(&b.before);
	mock_check_hole(b.fd, b.to_dev.hwpt, b.dst, b.va, 7 * b.page);
	CHECK_EQ(ioas_unmap_all(b.fd, b.to), b.page);
}

static void copy_out_fails(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_copy copy = whole(&b);

	CHECK_ERR(__iommu_cmd(b.fd, IOMMU_IOAS_COPY,
			      mem_readonly(&copy, sizeof(copy))), EFAULT);
	footprint_check(&b.before);
	CHECK_EQ(ioas_unmap_all(b.fd, b.to), 0);
}

static void shares_pins_and_charge(void)
{
	struct bench b = bench_make();
	int i;

	for (i = 0; i < 10; i++)
		ioas_copy(b.fd, copy_at(b.to, b.from, 8 * b.page,
					b.dst + i * 8 * b.page, b.src));
	mock_check_refs(b.fd, b.va, 8 * b.page, 1);
	footprint_check(&b.before);
}

static void same_ioas(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_copy copy = copy_at(b.from, b.from, 8 * b.page,
					      b.src + 4 * b.page, b.src);

	CHECK_ERR(__ioas_copy(b.fd, &copy), EEXIST);
	copy.dst_iova = b.dst;
	ioas_copy(b.fd, copy);
	mock_check_map(b.fd, b.from_dev.hwpt, b.src, b.va, 8 * b.page);
	mock_check_map(b.fd, b.from_dev.hwpt, b.dst, b.va, 8 * b.page);
	mock_check_refs(b.fd, b.va, 8 * b.page, 1);
}

static void automatic_iova(void)
{
	struct bench b = bench_make();
	__u64 one = ioas_copy(b.fd, copy_any(b.to, b.from, 8 * b.page, b.src));
	__u64 two = ioas_copy(b.fd, copy_any(b.to, b.from, 3 * b.page,
					     b.src + 3 * b.page));

	CHECK_EQ(one, MOCK_APERTURE_START);
	CHECK_EQ(two, MOCK_APERTURE_START + 8 * b.page);
	mock_check_map(b.fd, b.to_dev.hwpt, one, b.va, 8 * b.page);
	mock_check_map(b.fd, b.to_dev.hwpt, two, b.va + 3 * b.page,
		       3 * b.page);
}

static void survives_source(void)
{
	struct bench b = bench_make();

	ioas_copy(b.fd, copy_at(b.to, b.from, 2 * b.page, b.dst,
				b.src + 3 * b.page));
	ioas_unmap(b.fd, b.from, b.src, 8 * b.page);
	destroy(b.fd, b.from_dev.stdev);
	destroy(b.fd, b.from);
	mock_check_map(b.fd, b.to_dev.hwpt, b.dst, b.va + 3 * b.page,
		       2 * b.page);
	mock_check_refs(b.fd, b.va, 3 * b.page, 0);
	mock_check_refs(b.fd, b.va + 3 * b.page, 2 * b.page, 1);
	mock_check_refs(b.fd, b.va + 5 * b.page, 3 * b.page, 0);
	ioas_unmap(b.fd, b.to, b.dst, 2 * b.page);
	mock_check_refs(b.fd, b.va, 8 * b.page, 0);
}

/* The memory has gone from the process: the pins still hold it. */
static void survives_munmap(void)
{
	struct bench b = bench_make();
	__u64 src = b.src + 64 * b.page;
	char *seen = mem_shared(2 * b.page);
	char *mapped = mem_alias(seen, 2 * b.page);

	ioas_map_at(b.fd, b.from, mapped, 2 * b.page, src);
	CHECK_EQ(munmap(mapped, 2 * b.page), 0);
	ioas_copy(b.fd, copy_at(b.to, b.from, 2 * b.page, b.dst, src));
	mock_check_map(b.fd, b.to_dev.hwpt, b.dst, seen, 2 * b.page);
	mock_check_refs(b.fd, seen, 2 * b.page, 1);
}

static void lazy_copy(void)
{
	int fd = mock_open();
	__u32 from = ioas_alloc(fd);
	__u32 to = ioas_alloc(fd);
	size_t page = page_size();
	char *va = mem_pages(2);
	struct mock_dev dev;

	ioas_map_at(fd, from, va, 2 * page, MOCK_IOVA);
	ioas_copy(fd, copy_at(to, from, page, MOCK_IOVA, MOCK_IOVA + page));
	mock_check_refs(fd, va, 2 * page, 0);
	dev = mock_attach(fd, to);
	mock_check_map(fd, dev.hwpt, MOCK_IOVA, va + page, page);
	mock_check_refs(fd, va, page, 0);
	mock_check_refs(fd, va + page, page, 1);
}

static const struct test_case cases[] = {
	{ .name = "C1_unknown_flags", .fn = unknown_flags },
	{ .name = "C2_all_ones", .fn = all_ones },
	{ .name = "C2_source_range_wraps", .fn = source_range_wraps },
	{ .name = "C3_no_protection", .fn = no_protection },
	{ .name = "C4_unknown_ioas", .fn = unknown_ioas },
	{ .name = "C5_no_length", .fn = no_length },
	{ .name = "C6_source_not_covered", .fn = source_not_covered },
	{ .name = "C6_any_part", .fn = any_part },
	{ .name = "C6_sub_page_part", .fn = sub_page_part },
	{ .name = "C7_write_on_read_only", .fn = write_on_read_only },
	{ .name = "C7_write_on_partly_read_only",
	  .fn = write_on_partly_read_only },
	{ .name = "C8_destination_errors", .fn = destination_errors },
	{ .name = "C8_destination_overlaps", .fn = destination_overlaps },
	{ .name = "C8_automatic_iova", .fn = automatic_iova },
	{ .name = "C8_copy_out_fails", .fn = copy_out_fails },
	{ .name = "C9_shares_pins_and_charge", .fn = shares_pins_and_charge },
	{ .name = "C9_lazy_copy", .fn = lazy_copy },
	{ .name = "C10_same_ioas", .fn = same_ioas },
	{ .name = "C11_survives_source", .fn = survives_source },
	{ .name = "C11_survives_munmap", .fn = survives_munmap },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
