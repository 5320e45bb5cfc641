// SPDX-License-Identifier: GPL-2.0-only
/* Kinds of user memory: copy-on-write, fork, huge pages whole and in parts. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"
#include "lib/proc.h"

#define HUGE (2UL << 20)

struct bench {
	int fd;
	__u32 ioas;
	struct mock_dev dev;
	size_t page;
};

static struct bench bench_make(void)
{
	struct bench b = { .fd = mock_open(), .page = page_size() };

	b.ioas = ioas_alloc(b.fd);
	b.dev = mock_attach(b.fd, b.ioas);
	return b;
}

static void map_read_only(struct bench *b, void *va, size_t length)
{
	struct iommu_ioas_map map = map_at(b->ioas, va, length, MOCK_IOVA);

	map.flags = PROT_RO | MAP_AT;
	ioas_map(b->fd, map);
}

/* Maps, compares, unmaps, and wants no pin and no translation to stay. */
static void round_trip(struct bench *b, void *va, size_t length)
{
	long pins = proc_pinned_pages();

	ioas_map_at(b->fd, b->ioas, va, length, MOCK_IOVA);
	mock_check_map(b->fd, b->dev.hwpt, MOCK_IOVA, va, length);
	if (pins >= 0)
		CHECK(proc_pinned_settle(pins + length / b->page));
	ioas_unmap(b->fd, b->ioas, MOCK_IOVA, length);
	mock_check_hole(b->fd, b->dev.hwpt, MOCK_IOVA, va, length);
	if (pins >= 0)
		CHECK(proc_pinned_settle(pins));
}

static int shared_file(size_t nbytes)
{
	int fd = memfd_create("iommu-selftest", MFD_CLOEXEC);

	CHECK(fd >= 0);
	CHECK_EQ(ftruncate(fd, nbytes), 0);
	return fd;
}

/*
 * A read-only map of memory that is still shared copy-on-write gets a page of
 * its own, so that a later write of the process stays visible to the device.
 */
static void read_only_unshares_file(void)
{
	struct bench b = bench_make();
	size_t length = 4 * b.page;
	int file = shared_file(length);
	char *va = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE,
			file, 0);
	size_t i;

	CHECK(va != MAP_FAILED);
	for (i = 0; i < length; i += b.page)
		CHECK_EQ(va[i], 0);
	map_read_only(&b, va, length);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, va, length);
	memset(va, 0x77, length);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, va, length);
	mock_check_refs(b.fd, va, length, 1);
}

static void read_only_unshares_zero_page(void)
{
	struct bench b = bench_make();
	size_t length = 4 * b.page;
	char *va = mem_untouched(4);

	CHECK_EQ(va[0], 0);
	map_read_only(&b, va, length);
	memset(va, 0x77, length);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, va, length);
	mock_check_refs(b.fd, va, length, 1);
}

static void read_only_unshares_fork(void)
{
	struct bench b = bench_make();
	size_t length = 4 * b.page;
	char *va = mem_pages(4);
	pid_t child = harness_fork();

	if (!child) {
		pause();
		_exit(0);
	}
	map_read_only(&b, va, length);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, va, length);
	memset(va, 0x77, length);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, va, length);
	mock_check_refs(b.fd, va, length, 1);
}

/* A fork after the map: the parent, and the device, keep the page. */
static void fork_keeps_parent_page(void)
{
	struct bench b = bench_make();
	size_t length = 4 * b.page;
	char *va = mem_pages(4);
	pid_t child;

	ioas_map_at(b.fd, b.ioas, va, length, MOCK_IOVA);
	child = harness_fork();
	if (!child) {
		memset(va, 0x11, length);
		_exit(0);
	}
	memset(va, 0x77, length);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, va, length);
	harness_join(child);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, va, length);
	mock_check_refs(b.fd, va, length, 1);
}

static void write_breaks_sharing(void)
{
	struct bench b = bench_make();
	size_t length = 4 * b.page;
	char *va = mem_pages(4);
	pid_t child = harness_fork();

	if (!child) {
		pause();
		_exit(0);
	}
	ioas_map_at(b.fd, b.ioas, va, length, MOCK_IOVA);
	memset(va, 0x77, length);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, va, length);
}

static void shared_memory(void)
{
	struct bench b = bench_make();
	size_t length = 16 * b.page;
	char *va = mem_shared(length);
	char *alias = mem_alias(va, length);

	ioas_map_at(b.fd, b.ioas, va, length, MOCK_IOVA);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, alias, length);
	CHECK_EQ(munmap(va, length), 0);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, alias, length);
	ioas_unmap(b.fd, b.ioas, MOCK_IOVA, length);
	mock_check_refs(b.fd, alias, length, 0);
}

static void untouched_memory(void)
{
	struct bench b = bench_make();

	round_trip(&b, mem_untouched(300), 300 * b.page);
}

static void moved_away(void)
{
	struct bench b = bench_make();
	size_t length = 8 * b.page;
	char *va = mem_pages(8);
	char *moved;

	ioas_map_at(b.fd, b.ioas, va, length, MOCK_IOVA);
	moved = mremap(va, length, length, MREMAP_MAYMOVE | MREMAP_FIXED,
		       mem_untouched(8));
	CHECK(moved != MAP_FAILED);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, moved, length);
	ioas_unmap(b.fd, b.ioas, MOCK_IOVA, length);
	mock_check_refs(b.fd, moved, length, 0);
}

/* Other memory took the address: the old pages stay mapped, and are freed. */
static void replaced_below(void)
{
	struct bench b = bench_make();
	size_t length = 8 * b.page;
	char *va = mem_pages(8);
	long pins = proc_pinned_pages();

	ioas_map_at(b.fd, b.ioas, va, length, MOCK_IOVA);
	CHECK_EQ(madvise(va, length, MADV_DONTNEED), 0);
	memset(va, 1, length);
	CHECK_ERR(__mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, va, b.page),
		  EINVAL);
	ioas_map_at(b.fd, b.ioas, va, length, MOCK_IOVA + length);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA + length, va, length);
	ioas_unmap(b.fd, b.ioas, MOCK_IOVA, length);
	mock_check_refs(b.fd, va, length, 1);
	ioas_unmap_all(b.fd, b.ioas);
	mock_check_refs(b.fd, va, length, 0);
	if (pins >= 0)
		CHECK(proc_pinned_settle(pins));
}

static void thp_whole(void)
{
	struct bench b = bench_make();
	char *va = mem_thp(2);

	round_trip(&b, va, 2 * thp_size());
}

static void thp_parts(void)
{
	struct bench b = bench_make();
	size_t huge = thp_size();
	char *va = mem_thp(2);

	round_trip(&b, va + b.page, b.page);
	round_trip(&b, va + 3 * b.page, huge);
	round_trip(&b, va + huge - b.page, 2 * b.page);
	round_trip(&b, va, huge - b.page);
	round_trip(&b, va + huge / 2, huge);
}

static void thp_two_maps(void)
{
	struct bench b = bench_make();
	size_t huge = thp_size();
	char *va = mem_thp(1);
	long pins = proc_pinned_pages();

	ioas_map_at(b.fd, b.ioas, va, huge, MOCK_IOVA);
	ioas_map_at(b.fd, b.ioas, va + huge / 4, huge / 2, MOCK_IOVA + huge);
	if (pins >= 0)
		CHECK(proc_pinned_settle(pins + 3 * huge / 2 / b.page));
	ioas_unmap(b.fd, b.ioas, MOCK_IOVA, huge);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA + huge, va + huge / 4,
		       huge / 2);
	if (pins >= 0)
		CHECK(proc_pinned_settle(pins + huge / 2 / b.page));
}

static void move_pages_to(char *to, char *from, size_t nbytes)
{
	CHECK(mremap(from, nbytes, nbytes, MREMAP_MAYMOVE | MREMAP_FIXED, to) ==
	      (void *)to);
}

/* A 2 MiB range made of the halves of two huge pages, in the wrong order. */
static void thp_halves(void)
{
	struct bench b = bench_make();
	size_t huge = thp_size();
	char *thp = mem_thp(2);
	char *va = mem_untouched(huge / b.page);

	move_pages_to(va, thp + huge / 2, huge / 2);
	move_pages_to(va + huge / 2, thp + huge, huge / 2);
	round_trip(&b, va, huge);
	/* What is left of the huge pages has its hole. */
	CHECK_ERR(__ioas_map_at(b.fd, b.ioas, thp, 2 * huge, MOCK_IOVA),
		  EFAULT);
	round_trip(&b, thp, huge / 2);
}

/*
 * One huge page whose first and last page are in place while two in the
 * middle are swapped: whoever looks only at the ends sees a contiguous run.
 */
static void thp_swapped_middle(void)
{
	struct bench b = bench_make();
	size_t huge = thp_size();
	char *va = mem_thp(1);
	char *spare = mem_untouched(1);
	char *one = va + 100 * b.page;
	char *two = va + 200 * b.page;
	size_t i;

	move_pages_to(spare, one, b.page);
	move_pages_to(one, two, b.page);
	move_pages_to(two, spare, b.page);
	for (i = 0; i < huge; i += b.page)
		CHECK(va[i] | 1);
	round_trip(&b, va, huge);
	round_trip(&b, one - b.page, 102 * b.page);
}

/* A single page from elsewhere in the middle of a huge page. */
static void thp_stranger_inside(void)
{
	struct bench b = bench_make();
	size_t huge = thp_size();
	char *va = mem_thp(1);
	char *stranger = mem_pages(1);
	long pins = proc_pinned_pages();

	move_pages_to(va + 300 * b.page, stranger, b.page);
	ioas_map_at(b.fd, b.ioas, va, huge, MOCK_IOVA);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, va, huge);
	mock_check_refs(b.fd, va + 300 * b.page, b.page, 1);
	ioas_unmap(b.fd, b.ioas, MOCK_IOVA, huge);
	mock_check_refs(b.fd, va + 300 * b.page, b.page, 0);
	if (pins >= 0)
		CHECK(proc_pinned_settle(pins));
}

/* The huge page is split under its pins. */
static void thp_split_while_mapped(void)
{
	struct bench b = bench_make();
	size_t huge = thp_size();
	char *va = mem_thp(1);
	long pins = proc_pinned_pages();

	ioas_map_at(b.fd, b.ioas, va, huge, MOCK_IOVA);
	CHECK_EQ(munmap(va + 5 * b.page, b.page), 0);
	CHECK_EQ(mprotect(va + 9 * b.page, b.page, PROT_READ), 0);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, va, 5 * b.page);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA + 6 * b.page,
		       va + 6 * b.page, huge - 6 * b.page);
	ioas_unmap(b.fd, b.ioas, MOCK_IOVA, huge);
	if (pins >= 0)
		CHECK(proc_pinned_settle(pins));
}

/* After the unmap no reference is left: the memory really is freed. */
static void thp_is_freed(void)
{
	struct bench b = bench_make();
	size_t length = 8 * thp_size();
	char *va = mem_thp(8);
	long used = proc_field("/proc/meminfo", "AnonHugePages");
	long left;
	int tries = 0;

	round_trip(&b, va, length);
	CHECK_EQ(munmap(va, length), 0);
	do {
		usleep(20 * 1000);
		left = proc_field("/proc/meminfo", "AnonHugePages");
	} while (used - left < (long)length / 1024 && ++tries < 100);
	CHECK_EQ(used - left, (long)length / 1024);
}

static void hugetlb_whole(void)
{
	struct bench b = bench_make();
	char *va = mem_hugetlb(2);
	long unused = hugetlb_free();

	round_trip(&b, va, 2 * HUGE);
	round_trip(&b, va + b.page, b.page);
	round_trip(&b, va + HUGE - b.page, 2 * b.page);
	ioas_map_at(b.fd, b.ioas, va, 2 * HUGE, MOCK_IOVA);
	CHECK_EQ(munmap(va, 2 * HUGE), 0);
	CHECK_EQ(hugetlb_free(), unused);
	ioas_unmap(b.fd, b.ioas, MOCK_IOVA, 2 * HUGE);
	CHECK_EQ(hugetlb_free(), unused + 2);
}

static void hugetlb_untouched(void)
{
	struct bench b = bench_make();
	char *va = mem_hugetlb(2);

	CHECK_EQ(madvise(va, 2 * HUGE, MADV_DONTNEED), 0);
	round_trip(&b, va, 2 * HUGE);
}

/* Scattered single pages over several 2 MiB ranges, at an odd start. */
static void scattered(void)
{
	struct bench b = bench_make();
	size_t npages = 1700;
	char *va = mem_pages_odd(npages);
	size_t i;

	for (i = 0; i < npages; i += 7) {
		CHECK_EQ(madvise(va + i * b.page, b.page, MADV_DONTNEED), 0);
		va[i * b.page] = i;
	}
	round_trip(&b, va, npages * b.page);
	ioas_map_at(b.fd, b.ioas, va, npages * b.page, MOCK_IOVA);
	mock_check_refs(b.fd, va, npages * b.page, 1);
	ioas_copy(b.fd, copy_at(b.ioas, b.ioas, 600 * b.page,
				MOCK_IOVA + 16 * HUGE,
				MOCK_IOVA + 333 * b.page));
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA + 16 * HUGE,
		       va + 333 * b.page, 600 * b.page);
	ioas_unmap(b.fd, b.ioas, MOCK_IOVA, npages * b.page);
	mock_check_refs(b.fd, va, 333 * b.page, 0);
	mock_check_refs(b.fd, va + 333 * b.page, 600 * b.page, 1);
	mock_check_refs(b.fd, va + 933 * b.page, (npages - 933) * b.page, 0);
}

/* Singles, a huge page and singles again in one map. */
static void mixed(void)
{
	struct bench b = bench_make();
	size_t huge = thp_size();
	char *thp = mem_thp(3);

	CHECK_EQ(madvise(thp, huge, MADV_DONTNEED), 0);
	CHECK_EQ(madvise(thp, huge, MADV_NOHUGEPAGE), 0);
	CHECK_EQ(madvise(thp + 2 * huge, huge, MADV_DONTNEED), 0);
	CHECK_EQ(madvise(thp + 2 * huge, huge, MADV_NOHUGEPAGE), 0);
	round_trip(&b, thp, 3 * huge);
	round_trip(&b, thp + MOCK_PAGE * 2, 3 * huge - MOCK_PAGE * 4);
}

static const struct test_case cases[] = {
	{ .name = "M17_read_only_unshares_file",
	  .fn = read_only_unshares_file },
	{ .name = "M17_read_only_unshares_zero_page",
	  .fn = read_only_unshares_zero_page },
	{ .name = "M17_read_only_unshares_fork",
	  .fn = read_only_unshares_fork },
	{ .name = "M17_write_breaks_sharing", .fn = write_breaks_sharing },
	{ .name = "fork_keeps_parent_page", .fn = fork_keeps_parent_page },
	{ .name = "shared_memory", .fn = shared_memory },
	{ .name = "untouched_memory", .fn = untouched_memory },
	{ .name = "moved_away", .fn = moved_away },
	{ .name = "replaced_below", .fn = replaced_below },
	{ .name = "scattered", .fn = scattered },
	{ .name = "mixed", .fn = mixed },
	{ .name = "thp_whole", .fn = thp_whole },
	{ .name = "thp_parts", .fn = thp_parts },
	{ .name = "thp_two_maps", .fn = thp_two_maps },
	{ .name = "thp_halves", .fn = thp_halves },
	{ .name = "thp_swapped_middle", .fn = thp_swapped_middle },
	{ .name = "thp_stranger_inside", .fn = thp_stranger_inside },
	{ .name = "thp_split_while_mapped", .fn = thp_split_while_mapped },
	{ .name = "thp_is_freed", .fn = thp_is_freed },
	{ .name = "hugetlb_whole", .fn = hugetlb_whole },
	{ .name = "hugetlb_untouched", .fn = hugetlb_untouched },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
