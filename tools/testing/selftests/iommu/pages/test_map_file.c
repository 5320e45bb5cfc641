// SPDX-License-Identifier: GPL-2.0-only
/* IOAS_MAP_FILE of memfds and other files (F1 to F5, M1 to M14). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/event.h"
#include "lib/file_bench.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/proc.h"

#define HUGE_SIZE (2UL << 20)
/* A uid that nothing else in a test machine uses. */
#define USER_A 61011

static void refused_flags(void)
{
	struct file_bench b = file_bench_make();
	struct iommu_ioas_map_file map = file_bench_whole(&b);
	int bit;

	for (bit = 3; bit < 32; bit++) {
		/* Kernels with a mock may use this one to help fuzzers. */
		if (1U << bit == MOCK_FLAGS_ACCESS_SYZ)
			continue;
		map.flags = PROT_RW | MAP_AT | 1U << bit;
		file_refuse(&b, map, EOPNOTSUPP);
	}
	map.flags = MAP_AT;
	file_refuse(&b, map, EINVAL);
}

static void refused_ranges(void)
{
	struct file_bench b = file_bench_make();
	__u64 last_page = (INT64_MAX & -(__u64)b.page) - b.page;
	struct {
		__u64 start;
		__u64 length;
		__u64 iova;
		int errnum;
	} bad[] = {
		{ 0, b.page, ~0ULL, EOVERFLOW },
		{ 0, ~0ULL, MOCK_IOVA, EOVERFLOW },
		{ -b.page, 2 * b.page, MOCK_IOVA, EOVERFLOW },
		{ 0, 0, MOCK_IOVA, EINVAL },
		{ 1ULL << 63, b.page, MOCK_IOVA, EINVAL },
		{ last_page, b.page, MOCK_IOVA, EINVAL },
		{ 0, b.page + 1, MOCK_IOVA, EINVAL },
		{ 1, b.page, MOCK_IOVA, EINVAL },
		{ 0, b.page, MOCK_IOVA + 1, EINVAL },
		{ 0, b.page, 0, EINVAL },
		{ b.nbytes, b.page, MOCK_IOVA, EINVAL },
		{ b.nbytes - b.page, 2 * b.page, MOCK_IOVA, EINVAL },
		{ 0, b.nbytes + MOCK_PAGE, MOCK_IOVA, EINVAL },
	};
	struct iommu_ioas_map_file map;
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++) {
		map = file_at(b.ioas, b.memfd, bad[i].start, bad[i].length,
			      bad[i].iova);
		harness_note("range %zu", i);
		file_refuse(&b, map, bad[i].errnum);
	}
	map = file_bench_whole(&b);
	map.ioas_id = b.dev.idev;
	file_refuse(&b, map, ENOENT);
	map = file_any(b.ioas, b.memfd, 0, 1ULL << 62);
	file_refuse(&b, map, ENOSPC);
}

static void occupied(void)
{
	struct file_bench b = file_bench_make();
	struct iommu_ioas_map_file map = file_bench_whole(&b);

	ioas_map_file(b.fd, map);
	CHECK_ERR(__ioas_map_file(b.fd, &map), EEXIST);
	mock_check_refs(b.fd, b.va, b.nbytes, 1);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.nbytes);
	footprint_check(&b.before);
}

static void not_a_file(void)
{
	struct file_bench b = file_bench_make();
	struct iommu_ioas_map_file map = file_bench_whole(&b);
	int closed = dup(b.memfd);
	int path = open("/proc/self", O_PATH);

	close(closed);
	map.fd = closed;
	file_refuse(&b, map, EBADF);
	map.fd = -1;
	file_refuse(&b, map, EBADF);
	map.fd = path;
	file_refuse(&b, map, EBADF);
}

/*
 * Files of other kinds: refused at once. The area would keep open a file that
 * may keep the context open, and neither would ever go.
 */
static void other_files(void)
{
	struct file_bench b = file_bench_make();
	__u32 lazy = ioas_alloc(b.fd);
	int files[] = {
		open("/dev/zero", O_RDWR), dup(b.fd), fault_queue(b.fd).fd,
		access_open(b.fd, lazy), open("/proc/self/mem", O_RDWR),
		-1, -1,
	};
	struct iommu_ioas_map_file map = file_bench_whole(&b);
	size_t i;

	CHECK_EQ(pipe2(&files[5], O_NONBLOCK), 0);
	b.before = footprint_take(b.fd);
	for (i = 0; i < ARRAY_LEN(files); i++) {
		CHECK(files[i] >= 0);
		map.fd = files[i];
		file_refuse(&b, map, EINVAL);
		map.ioas_id = lazy;
		file_refuse(&b, map, EINVAL);
		map.ioas_id = b.ioas;
	}
}

static void truncated(void)
{
	struct file_bench b = file_bench_make();
	__u32 lazy = ioas_alloc(b.fd);
	struct mock_dev dev;

	b.before = footprint_take(b.fd);
	ioas_map_file(b.fd, file_at(lazy, b.memfd, 0, b.nbytes, MOCK_IOVA));
	CHECK_EQ(ftruncate(b.memfd, b.nbytes - 1), 0);
	CHECK_ERR(__mock_attach(b.fd, lazy, &dev), EINVAL);
	footprint_check(&b.before);
	CHECK_EQ(ftruncate(b.memfd, b.nbytes), 0);
	dev = mock_attach(b.fd, lazy);
	mock_check_map(b.fd, dev.hwpt, MOCK_IOVA, b.va, b.nbytes);
	/* What is pinned stays so. */
	CHECK_EQ(ftruncate(b.memfd, 0), 0);
	CHECK_EQ(ioas_unmap_all(b.fd, lazy), b.nbytes);
}

/* Under a pin the file gets other pages; the translation keeps the old ones. */
static void punched(void)
{
	struct file_bench b = file_bench_make();

	ioas_map_file(b.fd, file_bench_whole(&b));
	CHECK_EQ(fallocate(b.memfd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			   0, 2 * b.page), 0);
	CHECK_EQ(b.va[0], 0);
	CHECK_EQ(b.va[b.page], 0);
	mock_check_hole(b.fd, b.dev.hwpt, MOCK_IOVA, b.va, 2 * b.page);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA + 2 * b.page,
		       b.va + 2 * b.page, b.nbytes - 2 * b.page);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.nbytes);
	mock_check_refs(b.fd, b.va, b.nbytes, 0);
	footprint_check(&b.before);
}

/* A page that the file does not have yet is made. */
static void untouched(void)
{
	struct file_bench b = file_bench_make();
	int memfd = memfd_make(b.nbytes);
	char *va;

	ioas_map_file(b.fd, file_at(b.ioas, memfd, 0, b.nbytes, MOCK_IOVA));
	va = memfd_view(memfd, b.nbytes);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, va, b.nbytes);
	mock_check_refs(b.fd, va, b.nbytes, 1);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.nbytes);
	mock_check_refs(b.fd, va, b.nbytes, 0);
	footprint_check(&b.before);
}

/* One pin a page however many tables and areas, given back in any pieces. */
static void pinned_once(void)
{
	struct file_bench b = file_bench_make();
	__u32 other = ioas_alloc(b.fd);
	__u64 to = MOCK_IOVA + 0x100000;
	struct mock_dev dev = mock_attach(b.fd, other);
	size_t i;

	ioas_map_file(b.fd, file_bench_whole(&b));
	mock_attach(b.fd, hwpt_alloc(b.fd, b.dev.idev, b.ioas));
	ioas_copy(b.fd, copy_at(other, b.ioas, 8 * b.page, to,
				MOCK_IOVA + 4 * b.page));
	ioas_copy(b.fd, copy_at(other, b.ioas, 4 * b.page, to + 16 * b.page,
				MOCK_IOVA + 6 * b.page));
	mock_check_refs(b.fd, b.va, b.nbytes, 1);
	mock_check_map(b.fd, dev.hwpt, to, b.va + 4 * b.page, 8 * b.page);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.nbytes);
	for (i = 0; i < b.nbytes / b.page; i++)
		mock_check_refs(b.fd, b.va + i * b.page, b.page,
				i >= 4 && i < 12);
	ioas_unmap(b.fd, other, to, 8 * b.page);
	for (i = 0; i < b.nbytes / b.page; i++)
		mock_check_refs(b.fd, b.va + i * b.page, b.page,
				i >= 6 && i < 10);
	CHECK_EQ(ioas_unmap_all(b.fd, other), 4 * b.page);
	mock_check_refs(b.fd, b.va, b.nbytes, 0);
}

/* A folio counts for all its pages. */
static void pinned_once_huge(void)
{
	struct file_bench b = file_bench_make();
	int memfd = memfd_make_huge(2);
	char *va = memfd_view(memfd, 2 * HUGE_SIZE);
	__u64 to = MOCK_IOVA + 8 * HUGE_SIZE;

	va[0] = 1;
	va[HUGE_SIZE] = 1;
	ioas_map_file(b.fd, file_at(b.ioas, memfd, 3 * b.page,
				    2 * HUGE_SIZE - 4 * b.page,
				    MOCK_IOVA + 3 * b.page));
	mock_check_refs(b.fd, va, b.page, 509);
	mock_check_refs(b.fd, va + HUGE_SIZE, b.page, 511);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA + 3 * b.page,
		       va + 3 * b.page, 2 * HUGE_SIZE - 4 * b.page);
	ioas_copy(b.fd, copy_at(b.ioas, b.ioas, 3 * b.page, to,
				MOCK_IOVA + HUGE_SIZE - b.page));
	ioas_unmap(b.fd, b.ioas, MOCK_IOVA + 3 * b.page,
		   2 * HUGE_SIZE - 4 * b.page);
	mock_check_refs(b.fd, va, b.page, 1);
	mock_check_refs(b.fd, va + HUGE_SIZE, b.page, 2);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), 3 * b.page);
	mock_check_refs(b.fd, va, b.page, 0);
	mock_check_refs(b.fd, va + HUGE_SIZE, b.page, 0);
	footprint_check(&b.before);
}

static void tiny_batches(void)
{
	struct file_bench b = file_bench_make();

	CHECK_OK(__mock_memory_limit(b.fd, 16));
	ioas_map_file(b.fd, file_bench_whole(&b));
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, b.va, b.nbytes);
	mock_check_refs(b.fd, b.va, b.nbytes, 1);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.nbytes);
	CHECK_OK(__mock_memory_limit(b.fd, 0));
	footprint_check(&b.before);
}

static void sub_page(void)
{
	struct file_bench b = file_bench_make();
	__u64 iova;

	iova = ioas_map_file(b.fd, file_any(b.ioas, b.memfd,
					    3 * b.page + MOCK_PAGE,
					    b.page));
	CHECK_EQ(iova % b.page, MOCK_PAGE);
	mock_check_map(b.fd, b.dev.hwpt, iova, b.va + 3 * b.page + MOCK_PAGE,
		       b.page);
	mock_check_refs(b.fd, b.va + 3 * b.page, 2 * b.page, 1);
	ioas_unmap(b.fd, b.ioas, iova, b.page);
	/* The file may end within a page. */
	CHECK_EQ(ftruncate(b.memfd, MOCK_PAGE), 0);
	iova = ioas_map_file(b.fd, file_any(b.ioas, b.memfd, 0, MOCK_PAGE));
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), MOCK_PAGE);
}

/* An automatic IOVA is aligned as the offset is, not as any address. */
static void automatic_iova(void)
{
	struct file_bench b = file_bench_make();
	size_t nbytes = 8 * HUGE_SIZE;
	int memfd = memfd_make(nbytes);
	__u32 ioas = ioas_alloc(b.fd);
	__u64 iova;

	/* Something small first, so that the lowest fit is not aligned. */
	ioas_map_file(b.fd, file_any(ioas, memfd, b.page, b.page));
	iova = ioas_map_file(b.fd, file_any(ioas, memfd, 0, HUGE_SIZE));
	CHECK_EQ(iova % HUGE_SIZE, 0);
	iova = ioas_map_file(b.fd, file_any(ioas, memfd, HUGE_SIZE / 2,
					    HUGE_SIZE));
	CHECK_EQ(iova % (HUGE_SIZE / 2), 0);
	iova = ioas_map_file(b.fd, file_any(ioas, memfd, 4 * b.page,
					    HUGE_SIZE));
	CHECK_EQ(iova % (4 * b.page), 0);
}

static void cpu_access(void)
{
	struct file_bench b = file_bench_make();
	__u32 lazy = ioas_alloc(b.fd);
	__u32 ioas[] = { b.ioas, lazy };
	char buf[64];
	size_t i;

	for (i = 0; i < ARRAY_LEN(ioas); i++) {
		int access = access_open(b.fd, ioas[i]);
		struct access_rw rw = {
			.iova = MOCK_IOVA + b.page - 32,
			.length = sizeof(buf),
			.va = buf,
			.flags = MOCK_ACCESS_RW_WRITE,
		};

		ioas_map_file(b.fd, file_at(ioas[i], b.memfd, 0, b.nbytes,
					    MOCK_IOVA));
		memset(buf, 0x11 + (int)i, sizeof(buf));
		CHECK_OK(__access_rw(b.fd, access, &rw));
		CHECK_EQ(memcmp(b.va + b.page - 32, buf, sizeof(buf)), 0);
		memset(b.va + b.page - 32, 0x77, sizeof(buf));
		rw.flags = 0;
		CHECK_OK(__access_rw(b.fd, access, &rw));
		CHECK_EQ(memcmp(b.va + b.page - 32, buf, sizeof(buf)), 0);
		access_pin(b.fd, access, MOCK_IOVA, 3 * b.page, b.va);
		mock_check_refs(b.fd, b.va, 3 * b.page, 1);
		close(access);
		CHECK_EQ(ioas_unmap_all(b.fd, ioas[i]), b.nbytes);
		mock_check_refs(b.fd, b.va, b.nbytes, 0);
	}
}

/* The memory is the file's, not the process's that mapped it. */
static void maker_gone(void)
{
	struct file_bench b = file_bench_make();
	__u32 lazy = ioas_alloc(b.fd);
	struct mock_dev dev;
	pid_t pid = harness_fork();

	if (!pid) {
		ioas_map_file(b.fd, file_at(lazy, b.memfd, 0, b.nbytes,
					    MOCK_IOVA));
		_exit(0);
	}
	harness_join(pid);
	dev = mock_attach(b.fd, lazy);
	mock_check_map(b.fd, dev.hwpt, MOCK_IOVA, b.va, b.nbytes);
	CHECK_EQ(ioas_unmap_all(b.fd, lazy), b.nbytes);
	mock_check_refs(b.fd, b.va, b.nbytes, 0);
}

static void charged(void)
{
	struct file_bench b = file_bench_make();
	struct iommu_ioas_map_file map = file_bench_whole(&b);
	long pinned = proc_status_kb("VmPin");

	ioas_map_file(b.fd, map);
	CHECK_EQ(proc_status_kb("VmPin") - pinned, (long)(b.nbytes / 1024));
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.nbytes);
	proc_limit_memlock(b.nbytes - b.page);
	proc_become_user(USER_A);
	CHECK_ERR(__ioas_map_file(b.fd, &map), ENOMEM);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), 0);
	mock_check_refs(b.fd, b.va, b.nbytes, 0);
	CHECK_EQ(proc_status_kb("VmPin"), pinned);
	map.length -= b.page;
	CHECK_OK(__ioas_map_file(b.fd, &map));
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.nbytes - b.page);
}

static void answer_not_writable(void)
{
	struct file_bench b = file_bench_make();
	struct iommu_ioas_map_file map = file_any(b.ioas, b.memfd, 0, b.page);

	CHECK_ERR(__ioas_map_file(b.fd, mem_readonly(&map, sizeof(map))),
		  EFAULT);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), 0);
	footprint_check(&b.before);
}

static const struct test_case cases[] = {
	{ .name = "refused_flags", .fn = refused_flags },
	{ .name = "refused_ranges", .fn = refused_ranges },
	{ .name = "occupied", .fn = occupied },
	{ .name = "not_a_file", .fn = not_a_file },
	{ .name = "other_files", .fn = other_files },
	{ .name = "truncated", .fn = truncated },
	{ .name = "punched", .fn = punched },
	{ .name = "untouched", .fn = untouched },
	{ .name = "pinned_once", .fn = pinned_once },
	{ .name = "pinned_once_huge", .fn = pinned_once_huge },
	{ .name = "tiny_batches", .fn = tiny_batches },
	{ .name = "sub_page", .fn = sub_page },
	{ .name = "automatic_iova", .fn = automatic_iova },
	{ .name = "cpu_access", .fn = cpu_access },
	{ .name = "maker_gone", .fn = maker_gone },
	{ .name = "charged", .fn = charged },
	{ .name = "answer_not_writable", .fn = answer_not_writable },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
