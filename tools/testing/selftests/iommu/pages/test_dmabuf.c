// SPDX-License-Identifier: GPL-2.0-only
/* IOAS_MAP_FILE of dma-bufs (F6 to F13). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/udmabuf.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/file.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"
#include "lib/proc.h"

#define NPAGES 8
#define ROUNDS 300
/* A uid that nothing else in a test machine uses. */
#define USER_A 61021

/* An IOAS with a device, a dma-buf of NPAGES pages and a view of it. */
struct bench {
	int fd;
	__u32 ioas;
	struct mock_dev dev;
	size_t page;
	size_t nbytes;
	int dmabuf;
	char *va;
	struct footprint before;
};

static struct bench bench_make(void)
{
	struct bench b = { .fd = mock_open(), .page = page_size() };

	b.nbytes = NPAGES * b.page;
	b.ioas = ioas_alloc(b.fd);
	b.dev = mock_attach(b.fd, b.ioas);
	b.dmabuf = mock_dmabuf(b.fd, b.nbytes);
	b.va = memfd_view(b.dmabuf, b.nbytes);
	b.before = footprint_take(b.fd);
	return b;
}

static struct iommu_ioas_map_file whole(const struct bench *b)
{
	return file_at(b->ioas, b->dmabuf, 0, b->nbytes, MOCK_IOVA);
}

static void refuse(struct bench *b, struct iommu_ioas_map_file map, int errnum)
{
	CHECK_ERR(__ioas_map_file(b->fd, &map), errnum);
	footprint_check(&b->before);
	CHECK_EQ(ioas_unmap_all(b->fd, b->ioas), 0);
}

static void check_mapped(struct bench *b, __u32 hwpt, __u64 iova)
{
	mock_check_map(b->fd, hwpt, iova, b->va, b->nbytes);
}

static void check_gone(struct bench *b, __u32 hwpt, __u64 iova)
{
	mock_check_hole(b->fd, hwpt, iova, b->va, b->nbytes);
}

static void mapped(void)
{
	struct bench b = bench_make();
	__u64 iova;

	ioas_map_file(b.fd, whole(&b));
	check_mapped(&b, b.dev.hwpt, MOCK_IOVA);
	/* Nobody pins or pays for device memory. */
	mock_check_refs(b.fd, b.va, b.nbytes, 0);
	footprint_check(&b.before);
	ioas_unmap(b.fd, b.ioas, MOCK_IOVA, b.nbytes);
	check_gone(&b, b.dev.hwpt, MOCK_IOVA);

	iova = ioas_map_file(b.fd, file_any(b.ioas, b.dmabuf,
					    2 * b.page + MOCK_PAGE, b.page));
	CHECK_EQ(iova % b.page, MOCK_PAGE);
	mock_check_map(b.fd, b.dev.hwpt, iova,
		       b.va + 2 * b.page + MOCK_PAGE, b.page);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.page);
	footprint_check(&b.before);
}

static void refused(void)
{
	struct bench b = bench_make();
	struct {
		__u64 start;
		__u64 length;
		int errnum;
	} bad[] = {
		{ 0, 0, EINVAL },
		{ -b.page, 2 * b.page, EOVERFLOW },
		{ 0, b.nbytes + b.page, EINVAL },
		{ b.nbytes, b.page, EINVAL },
		{ b.nbytes - b.page, 2 * b.page, EINVAL },
		{ 0, (1ULL << 32) * b.page, EINVAL },
		{ 1, b.page, EINVAL },
	};
	struct iommu_ioas_map_file map;
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++) {
		map = file_at(b.ioas, b.dmabuf, bad[i].start, bad[i].length,
			      MOCK_IOVA);
		harness_note("range %zu", i);
		refuse(&b, map, bad[i].errnum);
	}
	map = whole(&b);
	map.ioas_id = 0;
	refuse(&b, map, ENOENT);
	map = whole(&b);
	map.flags |= 1U << 20;
	refuse(&b, map, EOPNOTSUPP);

	/* Beyond the end is refused without a page table, too. */
	map = file_at(ioas_alloc(b.fd), b.dmabuf, b.nbytes, b.page, MOCK_IOVA);
	CHECK_ERR(__ioas_map_file(b.fd, &map), EINVAL);
}

static void foreign_exporter(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_map_file map = whole(&b);
	struct udmabuf_create create = {
		.memfd = memfd_make(b.nbytes),
		.size = b.nbytes,
	};
	int udmabuf = open("/dev/udmabuf", O_RDWR);

	if (udmabuf < 0)
		harness_skip("no /dev/udmabuf");
	CHECK_EQ(fcntl(create.memfd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
	map.fd = ioctl(udmabuf, UDMABUF_CREATE, &create);
	CHECK(map.fd >= 0);
	b.before = footprint_take(b.fd);
	refuse(&b, map, EOPNOTSUPP);
}

static void revoked_before(void)
{
	struct bench b = bench_make();

	mock_revoke(b.fd, b.dmabuf, 1);
	refuse(&b, whole(&b), ENODEV);
	mock_revoke(b.fd, b.dmabuf, 0);
	ioas_map_file(b.fd, whole(&b));
	check_mapped(&b, b.dev.hwpt, MOCK_IOVA);
}

/* Every table and every copy loses the memory, and the areas stay. */
static void revoked(void)
{
	struct bench b = bench_make();
	__u32 other = ioas_alloc(b.fd);
	__u64 copy = MOCK_IOVA + 0x100000;
	struct mock_dev other_dev = mock_attach(b.fd, other);
	__u32 second = hwpt_alloc(b.fd, b.dev.idev, b.ioas);
	struct iommu_ioas_map_file map = whole(&b);
	struct mock_dev later;

	ioas_map_file(b.fd, map);
	ioas_copy(b.fd, copy_at(b.ioas, b.ioas, b.nbytes, copy, MOCK_IOVA));
	ioas_copy(b.fd, copy_at(other, b.ioas, b.nbytes, copy, MOCK_IOVA));
	check_mapped(&b, second, copy);
	check_mapped(&b, other_dev.hwpt, copy);

	mock_revoke(b.fd, b.dmabuf, 1);
	check_gone(&b, b.dev.hwpt, MOCK_IOVA);
	check_gone(&b, b.dev.hwpt, copy);
	check_gone(&b, second, MOCK_IOVA);
	check_gone(&b, second, copy);
	check_gone(&b, other_dev.hwpt, copy);
	CHECK_ERR(__ioas_map_file(b.fd, &map), ENODEV);

	/* It never comes back by itself, not for a new table either. */
	mock_revoke(b.fd, b.dmabuf, 0);
	CHECK_ERR(__ioas_map_file(b.fd, &map), EEXIST);
	check_gone(&b, b.dev.hwpt, MOCK_IOVA);
	later = mock_attach(b.fd, hwpt_alloc(b.fd, b.dev.idev, b.ioas));
	check_gone(&b, later.hwpt, MOCK_IOVA);
	ioas_copy(b.fd, copy_at(other, b.ioas, b.nbytes, MOCK_IOVA, copy));
	check_gone(&b, other_dev.hwpt, MOCK_IOVA);

	ioas_unmap(b.fd, b.ioas, MOCK_IOVA, b.nbytes);
	ioas_map_file(b.fd, map);
	check_mapped(&b, b.dev.hwpt, MOCK_IOVA);
	check_mapped(&b, second, MOCK_IOVA);
	check_mapped(&b, later.hwpt, MOCK_IOVA);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), 2 * b.nbytes);
	CHECK_EQ(ioas_unmap_all(b.fd, other), 2 * b.nbytes);
}

static void revoked_without_table(void)
{
	struct bench b = bench_make();
	__u32 lazy = ioas_alloc(b.fd);
	struct iommu_ioas_map_file map = whole(&b);
	struct mock_dev dev;

	map.ioas_id = lazy;
	ioas_map_file(b.fd, map);
	dev = mock_attach(b.fd, lazy);
	check_mapped(&b, dev.hwpt, MOCK_IOVA);
	CHECK_EQ(ioas_unmap_all(b.fd, lazy), b.nbytes);

	destroy(b.fd, dev.stdev);
	ioas_map_file(b.fd, map);
	mock_revoke(b.fd, b.dmabuf, 1);
	dev = mock_attach(b.fd, lazy);
	check_gone(&b, dev.hwpt, MOCK_IOVA);
	CHECK_EQ(ioas_unmap_all(b.fd, lazy), b.nbytes);
}

static void device_leaves(void)
{
	struct bench b = bench_make();
	__u32 second = hwpt_alloc(b.fd, b.dev.idev, b.ioas);

	ioas_map_file(b.fd, whole(&b));
	destroy(b.fd, second);
	mock_revoke(b.fd, b.dmabuf, 1);
	check_gone(&b, b.dev.hwpt, MOCK_IOVA);
	destroy(b.fd, b.dev.stdev);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.nbytes);
}

static void fds_closed(void)
{
	struct bench b = bench_make();

	ioas_map_file(b.fd, whole(&b));
	close(b.dmabuf);
	check_mapped(&b, b.dev.hwpt, MOCK_IOVA);
	/* The harness looks for what this leaves behind. */
	close(b.fd);
}

static void no_cpu_access(void)
{
	struct bench b = bench_make();
	int access = access_open(b.fd, b.ioas);
	char buf[16] = "";
	struct access_rw rw = {
		.iova = MOCK_IOVA,
		.length = sizeof(buf),
		.va = buf,
	};
	struct access_pages pin = {
		.iova = MOCK_IOVA,
		.length = b.page,
		.va = b.va,
	};

	ioas_map_file(b.fd, whole(&b));
	CHECK_ERR(__access_rw(b.fd, access, &rw), EINVAL);
	rw.flags = MOCK_ACCESS_RW_WRITE;
	CHECK_ERR(__access_rw(b.fd, access, &rw), EINVAL);
	rw.flags = MOCK_ACCESS_RW_SLOW_PATH;
	CHECK_ERR(__access_rw(b.fd, access, &rw), EINVAL);
	CHECK_ERR(__access_pin(b.fd, access, &pin), EINVAL);
	close(access);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.nbytes);
	footprint_check(&b.before);
}

static void not_charged(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_map_file map = whole(&b);

	proc_limit_memlock(0);
	proc_become_user(USER_A);
	CHECK_OK(__ioas_map_file(b.fd, &map));
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.nbytes);
}

static void read_only_copy(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_map_file map = whole(&b);
	struct iommu_ioas_copy copy = copy_any(b.ioas, b.ioas, b.nbytes,
					       MOCK_IOVA);

	map.flags = MAP_AT | PROT_RO;
	ioas_map_file(b.fd, map);
	CHECK_ERR(__ioas_copy(b.fd, &copy), EPERM);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.nbytes);
}

static void not_the_mocks(void)
{
	struct bench b = bench_make();

	CHECK_ERR(__mock_dmabuf(b.fd, 0, 0), EINVAL);
	CHECK_ERR(__mock_dmabuf(b.fd, 1, 0), EINVAL);
	CHECK_ERR(__mock_dmabuf(b.fd, b.page, O_APPEND), EINVAL);
	CHECK_ERR(__mock_revoke(b.fd, -1, 1), EBADF);
	CHECK_ERR(__mock_revoke(b.fd, b.fd, 1), EINVAL);
	footprint_check(&b.before);
}

/* One thread revokes, the others do everything that makes translations. */
static void *race_revoke(void *arg)
{
	struct bench *b = arg;
	int i;

	for (i = 0; i < 2 * ROUNDS; i++)
		mock_revoke(b->fd, b->dmabuf, i % 2);
	return NULL;
}

static void *race_map(void *arg)
{
	struct bench *b = arg;
	int i, rc;

	for (i = 0; i < ROUNDS; i++) {
		struct iommu_ioas_map_file map = whole(b);
		struct iommu_ioas_copy copy = copy_any(b->ioas, b->ioas,
						       b->page, MOCK_IOVA);

		rc = __ioas_map_file(b->fd, &map);
		if (rc == -ENODEV)
			continue;
		CHECK_OK(rc);
		copy.dst_iova = 0;
		CHECK_OK(__ioas_copy(b->fd, &copy));
		ioas_unmap(b->fd, b->ioas, copy.dst_iova, b->page);
		ioas_unmap(b->fd, b->ioas, MOCK_IOVA, b->nbytes);
	}
	return NULL;
}

static void *race_attach(void *arg)
{
	struct bench *b = arg;
	int i;

	for (i = 0; i < ROUNDS / 3; i++)
		destroy(b->fd, hwpt_alloc(b->fd, b->dev.idev, b->ioas));
	return NULL;
}

static void races(void)
{
	static void *(*const fns[])(void *) = {
		race_revoke, race_map, race_attach,
	};
	struct bench b = bench_make();
	pthread_t threads[ARRAY_LEN(fns)];
	size_t i;

	for (i = 0; i < ARRAY_LEN(fns); i++)
		CHECK_EQ(pthread_create(&threads[i], NULL, fns[i], &b), 0);
	for (i = 0; i < ARRAY_LEN(fns); i++)
		CHECK_EQ(pthread_join(threads[i], NULL), 0);
	footprint_check(&b.before);
	mock_revoke(b.fd, b.dmabuf, 0);
	ioas_map_file(b.fd, whole(&b));
	check_mapped(&b, b.dev.hwpt, MOCK_IOVA);
	mock_revoke(b.fd, b.dmabuf, 1);
	check_gone(&b, b.dev.hwpt, MOCK_IOVA);
}

static const struct test_case cases[] = {
	{ .name = "mapped", .fn = mapped },
	{ .name = "refused", .fn = refused },
	{ .name = "foreign_exporter", .fn = foreign_exporter },
	{ .name = "revoked_before", .fn = revoked_before },
	{ .name = "revoked", .fn = revoked },
	{ .name = "revoked_without_table", .fn = revoked_without_table },
	{ .name = "device_leaves", .fn = device_leaves },
	{ .name = "fds_closed", .fn = fds_closed },
	{ .name = "no_cpu_access", .fn = no_cpu_access },
	{ .name = "not_charged", .fn = not_charged },
	{ .name = "read_only_copy", .fn = read_only_copy },
	{ .name = "not_the_mocks", .fn = not_the_mocks },
	{ .name = "races", .fn = races, .seconds = 120 },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
