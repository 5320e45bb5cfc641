// SPDX-License-Identifier: GPL-2.0-only
/* In-kernel users of an IOAS (AC1 to AC6), through the mock's access. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"

/* Eight pages in two areas, seen by an access that pins. */
struct bench {
	int fd;
	__u32 ioas;
	int access;
	size_t page;
	char *va;
	__u64 iova;
	struct footprint before;
};

static struct bench bench_make(void)
{
	struct bench b = {
		.fd = mock_open(),
		.page = page_size(),
		.va = mem_pages(8),
		.iova = MOCK_IOVA,
	};

	b.ioas = ioas_alloc(b.fd);
	b.access = access_open(b.fd, b.ioas);
	ioas_map_at(b.fd, b.ioas, b.va, 4 * b.page, b.iova);
	ioas_map_at(b.fd, b.ioas, b.va + 4 * b.page, 4 * b.page,
		    b.iova + 4 * b.page);
	b.before = footprint_take(b.fd);
	return b;
}

static int try_pin(struct bench *b, __u64 iova, __u64 length, __u32 flags)
{
	struct access_pages pages = {
		.iova = iova,
		.length = length,
		.va = b->va + (iova - b->iova),
		.flags = flags,
	};

	return __access_pin(b->fd, b->access, &pages);
}

static int try_rw(struct bench *b, __u64 iova, __u64 length, void *va,
		  __u32 flags)
{
	struct access_rw rw = {
		.iova = iova,
		.length = length,
		.va = va,
		.flags = flags,
	};

	return __access_rw(b->fd, b->access, &rw);
}

static void raises_alignment(void)
{
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	char *va = mem_pages(1);
	struct footprint before;
	int access;

	ioas_map_at(fd, ioas, va, MOCK_PAGE, MOCK_IOVA);
	before = footprint_take(fd);
	CHECK_ERR(__access_open(fd, ioas,
				MOCK_FLAGS_ACCESS_CREATE_NEEDS_PIN_PAGES,
				&access), EADDRINUSE);
	footprint_check(&before);
	CHECK_OK(__access_open(fd, ioas, 0, &access));
	CHECK_EQ(ioas_alignment(fd, ioas), 1);
	CHECK_EQ(close(access), 0);
	ioas_unmap(fd, ioas, MOCK_IOVA, MOCK_PAGE);
	access = access_open(fd, ioas);
	CHECK_ERR(__ioas_map_at(fd, ioas, va, MOCK_PAGE, MOCK_IOVA), EINVAL);
	CHECK_EQ(close(access), 0);
}

static void attach_refusals(void)
{
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	struct mock_dev dev = mock_attach(fd, ioas);
	struct footprint before = footprint_take(fd);
	int access;

	CHECK_ERR(__access_open(fd, 0, 0, &access), ENOENT);
	CHECK_ERR(__access_open(fd, 1000, 0, &access), ENOENT);
	CHECK_ERR(__access_open(fd, dev.hwpt, 0, &access), ENOENT);
	footprint_check(&before);
}

static void replace_drops_pins(void)
{
	struct bench b = bench_make();
	__u32 other = ioas_alloc(b.fd);

	ioas_map_at(b.fd, other, b.va, b.page, b.iova);
	access_pin(b.fd, b.access, b.iova, 8 * b.page, b.va);
	mock_check_refs(b.fd, b.va, 8 * b.page, 1);
	CHECK_ERR(__access_replace(b.fd, b.access, 0), ENOENT);
	CHECK_ERR(__access_replace(b.fd, b.access, 1000), ENOENT);
	mock_check_refs(b.fd, b.va, 8 * b.page, 1);
	CHECK_OK(__access_replace(b.fd, b.access, b.ioas));
	mock_check_refs(b.fd, b.va, 8 * b.page, 1);
	CHECK_OK(__access_replace(b.fd, b.access, other));
	mock_check_refs(b.fd, b.va, 8 * b.page, 0);
	CHECK_EQ(ioas_alignment(b.fd, b.ioas), 1);
	destroy(b.fd, b.ioas);
	access_pin(b.fd, b.access, b.iova, b.page, b.va);
	CHECK_ERR(try_pin(&b, b.iova + b.page, b.page, 0), ENOENT);
}

static void replace_fails_clean(void)
{
	struct bench b = bench_make();
	__u32 other = ioas_alloc(b.fd);

	ioas_map_at(b.fd, other, b.va, 8, 8);
	access_pin(b.fd, b.access, b.iova, b.page, b.va);
	CHECK_ERR(__access_replace(b.fd, b.access, other), EADDRINUSE);
	CHECK_EQ(ioas_alignment(b.fd, other), 1);
	mock_check_refs(b.fd, b.va, b.page, 1);
	access_pin(b.fd, b.access, b.iova + b.page, b.page, b.va + b.page);
}

static void pin_refusals(void)
{
	struct bench b = bench_make();

	CHECK_ERR(try_pin(&b, b.iova, 0, 0), EINVAL);
	CHECK_ERR(try_pin(&b, -b.page, 2 * b.page, 0), EOVERFLOW);
	CHECK_ERR(try_pin(&b, b.iova + 8 * b.page, b.page, 0), ENOENT);
	CHECK_ERR(try_pin(&b, b.iova, 9 * b.page, 0), ENOENT);
	CHECK_ERR(try_pin(&b, b.iova - b.page, 2 * b.page, 0), ENOENT);
	footprint_check(&b.before);
	ioas_unmap(b.fd, b.ioas, b.iova, 4 * b.page);
	ioas_map_at(b.fd, b.ioas, b.va, 3 * b.page, b.iova);
	CHECK_ERR(try_pin(&b, b.iova, 8 * b.page, 0), ENOENT);
	mock_check_refs(b.fd, b.va, 8 * b.page, 0);
}

static void pin_read_only(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_map map = map_at(b.ioas, b.va, b.page,
					   b.iova + 8 * b.page);
	struct access_pages pages = {
		.iova = map.iova,
		.length = b.page,
		.va = b.va,
		.flags = MOCK_FLAGS_ACCESS_WRITE,
	};

	map.flags = PROT_RO | MAP_AT;
	ioas_map(b.fd, map);
	CHECK_ERR(__access_pin(b.fd, b.access, &pages), EPERM);
	mock_check_refs(b.fd, b.va, b.page, 0);
	/* Not even when only the last page of the range is read-only. */
	CHECK_ERR(try_pin(&b, b.iova, 9 * b.page, MOCK_FLAGS_ACCESS_WRITE),
		  EPERM);
	mock_check_refs(b.fd, b.va, 8 * b.page, 0);
	pages.flags = 0;
	CHECK_OK(__access_pin(b.fd, b.access, &pages));
	mock_check_refs(b.fd, b.va, b.page, 1);
}

static void pin_missing_memory(void)
{
	struct bench b = bench_make();

	CHECK_EQ(munmap(b.va + 6 * b.page, b.page), 0);
	CHECK_ERR(try_pin(&b, b.iova, 8 * b.page, 0), EFAULT);
	mock_check_refs(b.fd, b.va, 6 * b.page, 0);
	footprint_check(&b.before);
}

static void overlapping_pins(void)
{
	struct bench b = bench_make();
	__u32 pin[8][9];
	int first;
	int count;

	for (first = 0; first < 8; first++)
		for (count = 1; count <= 8 - first; count++)
			pin[first][count] =
				access_pin(b.fd, b.access,
					   b.iova + first * b.page,
					   count * b.page,
					   b.va + first * b.page);
	mock_check_refs(b.fd, b.va, 8 * b.page, 1);
	for (count = 8; count >= 1; count--)
		for (first = 0; first <= 8 - count; first++)
			CHECK_OK(__access_unpin(b.fd, b.access,
						pin[first][count]));
	mock_check_refs(b.fd, b.va, 8 * b.page, 0);
	footprint_check(&b.before);
}

/* Pins and page tables share one pin of each page, in any order. */
static void pin_with_domain(void)
{
	struct bench b = bench_make();
	struct mock_dev dev;
	__u32 pin;

	pin = access_pin(b.fd, b.access, b.iova + 2 * b.page, 4 * b.page,
			 b.va + 2 * b.page);
	mock_check_refs(b.fd, b.va, 2 * b.page, 0);
	mock_check_refs(b.fd, b.va + 2 * b.page, 4 * b.page, 1);
	dev = mock_attach(b.fd, b.ioas);
	mock_check_refs(b.fd, b.va, 8 * b.page, 1);
	mock_check_map(b.fd, dev.hwpt, b.iova, b.va, 8 * b.page);
	destroy(b.fd, dev.stdev);
	mock_check_refs(b.fd, b.va, 2 * b.page, 0);
	mock_check_refs(b.fd, b.va + 2 * b.page, 4 * b.page, 1);
	dev = mock_attach(b.fd, b.ioas);
	CHECK_OK(__access_unpin(b.fd, b.access, pin));
	mock_check_refs(b.fd, b.va, 8 * b.page, 1);
	mock_check_map(b.fd, dev.hwpt, b.iova, b.va, 8 * b.page);
}

/* Parts of pages: refused, or exactly the pages with a byte of the range. */
static void sub_page_pin(void)
{
	struct bench b = bench_make();
	struct access_pages pages = {
		.iova = b.iova + 100,
		.length = b.page,
		.va = b.va + 100,
	};
	int rc = __access_pin(b.fd, b.access, &pages);

	CHECK(rc == 0 || rc == -EINVAL);
	mock_check_refs(b.fd, b.va, 2 * b.page, rc ? 0 : 1);
	mock_check_refs(b.fd, b.va + 2 * b.page, 6 * b.page, 0);
	if (!rc)
		CHECK_OK(__access_unpin(b.fd, b.access, pages.out_id));
	mock_check_refs(b.fd, b.va, 8 * b.page, 0);
	footprint_check(&b.before);
}

static void close_drops_pins(void)
{
	struct bench b = bench_make();

	access_pin(b.fd, b.access, b.iova, 8 * b.page, b.va);
	CHECK_EQ(close(b.access), 0);
	mock_check_refs(b.fd, b.va, 8 * b.page, 0);
}

static void unpin_unknown(void)
{
	struct bench b = bench_make();
	__u32 pin = access_pin(b.fd, b.access, b.iova, b.page, b.va);

	CHECK_ERR(__access_unpin(b.fd, b.access, pin + 10), ENOENT);
	CHECK_OK(__access_unpin(b.fd, b.access, pin));
	CHECK_ERR(__access_unpin(b.fd, b.access, pin), ENOENT);
}

static void rw_refusals(void)
{
	struct bench b = bench_make();
	char buf[64];
	struct iommu_ioas_map map = map_at(b.ioas, b.va, b.page,
					   b.iova + 8 * b.page);

	map.flags = PROT_RO | MAP_AT;
	ioas_map(b.fd, map);
	b.before = footprint_take(b.fd);
	CHECK_ERR(try_rw(&b, b.iova, 0, buf, 0), EINVAL);
	CHECK_ERR(try_rw(&b, ~0ULL - 5, 64, buf, 0), EOVERFLOW);
	CHECK_ERR(try_rw(&b, b.iova - 1, 2, buf, 0), ENOENT);
	CHECK_ERR(try_rw(&b, b.iova + 9 * b.page - 1, 2, buf, 0), ENOENT);
	CHECK_ERR(try_rw(&b, map.iova, 1, buf, MOCK_ACCESS_RW_WRITE), EPERM);
	CHECK_OK(try_rw(&b, map.iova, 1, buf, 0));
	CHECK_EQ(munmap(b.va, b.page), 0);
	CHECK_ERR(try_rw(&b, b.iova, 1, buf, 0), EFAULT);
	CHECK_ERR(try_rw(&b, b.iova, 1, buf, MOCK_ACCESS_RW_WRITE), EFAULT);
	CHECK_ERR(try_rw(&b, b.iova, 1, buf, MOCK_ACCESS_RW_SLOW_PATH),
		  EFAULT);
	footprint_check(&b.before);
}

static void fill_random(char *buf, size_t nbytes, unsigned int *seed)
{
	size_t i;

	for (i = 0; i < nbytes; i++)
		buf[i] = rand_r(seed);
}

static void rw_moves_bytes(__u32 path)
{
	struct bench b = bench_make();
	size_t nbytes = 8 * b.page;
	unsigned int seed = 1;
	char *buf = malloc(nbytes);
	int round;

	CHECK(buf);
	for (round = 0; round < 300; round++) {
		size_t first = rand_r(&seed) % nbytes;
		size_t count = 1 + rand_r(&seed) % (nbytes - first);

		if (round % 2)
			count = 1 + count % 300;
		if (first + count > nbytes)
			count = nbytes - first;
		fill_random(b.va, 64, &seed);
		memset(buf, 0, count);
		CHECK_OK(try_rw(&b, b.iova + first, count, buf, path));
		CHECK_EQ(memcmp(buf, b.va + first, count), 0);
		fill_random(buf, count, &seed);
		CHECK_OK(try_rw(&b, b.iova + first, count, buf,
				path | MOCK_ACCESS_RW_WRITE));
		CHECK_EQ(memcmp(buf, b.va + first, count), 0);
	}
	mock_check_refs(b.fd, b.va, nbytes, 0);
	footprint_check(&b.before);
}

static void rw_fast(void)
{
	rw_moves_bytes(0);
}

static void rw_slow(void)
{
	rw_moves_bytes(MOCK_ACCESS_RW_SLOW_PATH);
}

/* Another process reads what this one has mapped. */
static void rw_other_process(void)
{
	struct bench b = bench_make();
	char buf[96];
	pid_t child;

	memcpy(b.va + b.page - 40, "the quick brown fox jumps over the lazy dog",
	       44);
	child = harness_fork();
	if (!child) {
		memset(b.va, 0, 8 * b.page);
		CHECK_OK(try_rw(&b, b.iova + b.page - 40, 44, buf, 0));
		CHECK_EQ(memcmp(buf, "the quick brown fox jumps over the lazy dog",
				44), 0);
		memset(buf, 'x', sizeof(buf));
		CHECK_OK(try_rw(&b, b.iova + 2 * b.page - 8, 16, buf,
				MOCK_ACCESS_RW_WRITE));
		_exit(0);
	}
	harness_join(child);
	CHECK_EQ(memcmp(b.va + 2 * b.page - 8, "xxxxxxxxxxxxxxxx", 16), 0);
}

static const struct test_case cases[] = {
	{ .name = "AC1_raises_alignment", .fn = raises_alignment },
	{ .name = "AC2_attach_refusals", .fn = attach_refusals },
	{ .name = "AC2_replace_fails_clean", .fn = replace_fails_clean },
	{ .name = "AC3_replace_drops_pins", .fn = replace_drops_pins },
	{ .name = "AC3_close_drops_pins", .fn = close_drops_pins },
	{ .name = "AC4_pin_refusals", .fn = pin_refusals },
	{ .name = "AC4_pin_read_only", .fn = pin_read_only },
	{ .name = "AC4_pin_missing_memory", .fn = pin_missing_memory },
	{ .name = "AC4_overlapping_pins", .fn = overlapping_pins },
	{ .name = "AC4_pin_with_domain", .fn = pin_with_domain },
	{ .name = "AC4_sub_page_pin", .fn = sub_page_pin },
	{ .name = "AC4_unpin_unknown", .fn = unpin_unknown },
	{ .name = "AC5_rw_refusals", .fn = rw_refusals },
	{ .name = "AC5_rw_fast", .fn = rw_fast },
	{ .name = "AC5_rw_slow", .fn = rw_slow },
	{ .name = "AC5_rw_other_process", .fn = rw_other_process },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
