// SPDX-License-Identifier: GPL-2.0-only
/* IOAS_MAP_FILE gives a device no more than mmap() would give its caller. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/file.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"

#define NPAGES 16
#define HUGE_SIZE (2UL << 20)

/* An IOAS with a device, a memfd of NPAGES pages and a view of it. */
struct bench {
	int fd;
	__u32 ioas;
	struct mock_dev dev;
	size_t page;
	size_t nbytes;
	int memfd;
	char *va;
	struct footprint before;
};

static struct bench bench_make(void)
{
	struct bench b = { .fd = mock_open(), .page = page_size() };

	b.nbytes = NPAGES * b.page;
	b.ioas = ioas_alloc(b.fd);
	b.dev = mock_attach(b.fd, b.ioas);
	b.memfd = memfd_make(b.nbytes);
	b.va = memfd_view(b.memfd, b.nbytes);
	memset(b.va, 0x5a, b.nbytes);
	b.before = footprint_take(b.fd);
	return b;
}

static struct iommu_ioas_map_file whole(const struct bench *b)
{
	return file_at(b->ioas, b->memfd, 0, b->nbytes, MOCK_IOVA);
}

static void refuse(struct bench *b, struct iommu_ioas_map_file map, int errnum)
{
	CHECK_ERR(__ioas_map_file(b->fd, &map), errnum);
	footprint_check(&b->before);
	CHECK_EQ(ioas_unmap_all(b->fd, b->ioas), 0);
	mock_check_refs(b->fd, b->va, b->nbytes, 0);
}

static int reopen(int memfd, int flags)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", memfd);
	fd = open(path, flags | O_CLOEXEC);
	CHECK(fd >= 0);
	return fd;
}

static void open_modes(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_map_file map = whole(&b);

	map.fd = reopen(b.memfd, O_RDONLY);
	refuse(&b, map, EACCES);
	map.flags = MAP_AT | PROT_RO;
	ioas_map_file(b.fd, map);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, b.va, b.nbytes);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.nbytes);
	map.fd = reopen(b.memfd, O_WRONLY);
	refuse(&b, map, EACCES);
}

static void seal_write(struct bench *b, int memfd, size_t nbytes)
{
	struct iommu_ioas_map_file map =
		file_at(b->ioas, memfd, 0, nbytes, MOCK_IOVA);
	struct iommu_ioas_map_file ro = map;

	/* Not while a device may write. */
	ioas_map_file(b->fd, map);
	CHECK_EQ(fcntl(memfd, F_ADD_SEALS, F_SEAL_WRITE), -1);
	CHECK_EQ(errno, EBUSY);
	CHECK_EQ(ioas_unmap_all(b->fd, b->ioas), nbytes);
	CHECK_EQ(fcntl(memfd, F_ADD_SEALS, F_SEAL_WRITE), 0);
	refuse(b, map, EPERM);
	ro.flags = MAP_AT | PROT_RO;
	ioas_map_file(b->fd, ro);
	CHECK_EQ(ioas_unmap_all(b->fd, b->ioas), nbytes);
	footprint_check(&b->before);
}

static void sealed(void)
{
	struct bench b = bench_make();
	int memfd = memfd_make(b.nbytes);
	struct iommu_ioas_map_file map =
		file_at(b.ioas, memfd, 0, b.nbytes, MOCK_IOVA);

	seal_write(&b, memfd, b.nbytes);
	memfd = memfd_make(b.nbytes);
	CHECK_EQ(fcntl(memfd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE), 0);
	map.fd = memfd;
	refuse(&b, map, EPERM);
}

static void sealed_huge(void)
{
	struct bench b = bench_make();
	int memfd = memfd_make_huge(1);
	struct iommu_ioas_map_file map =
		file_at(b.ioas, memfd, 0, HUGE_SIZE, MOCK_IOVA);

	seal_write(&b, memfd, HUGE_SIZE);
	map.fd = memfd_make_huge(1);
	CHECK_EQ(fcntl(map.fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE), 0);
	refuse(&b, map, EPERM);
	map.flags = MAP_AT | PROT_RO;
	ioas_map_file(b.fd, map);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), HUGE_SIZE);
}

static const struct test_case cases[] = {
	{ .name = "open_modes", .fn = open_modes },
	{ .name = "sealed", .fn = sealed },
	{ .name = "sealed_huge", .fn = sealed_huge },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
