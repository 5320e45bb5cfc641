// SPDX-License-Identifier: GPL-2.0-only
/*
 * IOAS_MAP_FILE gives a device no more than mmap() would give its caller:
 * Documentation/driver-api/iommufd/differences.rst.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "lib/file_bench.h"
#include "lib/harness.h"
#include "lib/memory.h"

#define HUGE_SIZE (2UL << 20)

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
	struct file_bench b = file_bench_make();
	struct iommu_ioas_map_file map = file_bench_whole(&b);

	map.fd = reopen(b.memfd, O_RDONLY);
	file_refuse(&b, map, EACCES);
	map.flags = MAP_AT | PROT_RO;
	ioas_map_file(b.fd, map);
	mock_check_map(b.fd, b.dev.hwpt, MOCK_IOVA, b.va, b.nbytes);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.nbytes);
	map.fd = reopen(b.memfd, O_WRONLY);
	file_refuse(&b, map, EACCES);
}

static void seal_write(struct file_bench *b, int memfd, size_t nbytes)
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
	file_refuse(b, map, EPERM);
	ro.flags = MAP_AT | PROT_RO;
	ioas_map_file(b->fd, ro);
	CHECK_EQ(ioas_unmap_all(b->fd, b->ioas), nbytes);
	footprint_check(&b->before);
}

static void sealed(void)
{
	struct file_bench b = file_bench_make();
	int memfd = memfd_make(b.nbytes);
	struct iommu_ioas_map_file map =
		file_at(b.ioas, memfd, 0, b.nbytes, MOCK_IOVA);

	seal_write(&b, memfd, b.nbytes);
	memfd = memfd_make(b.nbytes);
	CHECK_EQ(fcntl(memfd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE), 0);
	map.fd = memfd;
	file_refuse(&b, map, EPERM);
}

static void sealed_huge(void)
{
	struct file_bench b = file_bench_make();
	int memfd = memfd_make_huge(1);
	struct iommu_ioas_map_file map =
		file_at(b.ioas, memfd, 0, HUGE_SIZE, MOCK_IOVA);

	seal_write(&b, memfd, HUGE_SIZE);
	map.fd = memfd_make_huge(1);
	CHECK_EQ(fcntl(map.fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE), 0);
	file_refuse(&b, map, EPERM);
	map.flags = MAP_AT | PROT_RO;
	ioas_map_file(b.fd, map);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), HUGE_SIZE);
}

static void set_attributes(int fd, int attributes)
{
	int rc = ioctl(fd, FS_IOC_SETFLAGS, &attributes);

	if (rc && errno == ENOTTY)
		harness_skip("memfds of this kernel have no attributes");
	CHECK_EQ(rc, 0);
}

/* Opened before it became so, as mmap() sees it, too. */
static void attributes(void)
{
	const struct { int attribute; int errnum; } kinds[] = {
		{ FS_APPEND_FL, EACCES },
		{ FS_IMMUTABLE_FL, EPERM },
	};
	struct file_bench b = file_bench_make();
	struct iommu_ioas_map_file map = file_bench_whole(&b);
	struct iommu_ioas_map_file ro = map;
	size_t i;

	ro.flags = MAP_AT | PROT_RO;
	for (i = 0; i < ARRAY_LEN(kinds); i++) {
		set_attributes(b.memfd, kinds[i].attribute);
		file_refuse(&b, map, kinds[i].errnum);
		ioas_map_file(b.fd, ro);
		CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.nbytes);
		set_attributes(b.memfd, 0);
	}
	ioas_map_file(b.fd, map);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.nbytes);
}

static const struct test_case cases[] = {
	{ .name = "open_modes", .fn = open_modes },
	{ .name = "sealed", .fn = sealed },
	{ .name = "sealed_huge", .fn = sealed_huge },
	{ .name = "attributes", .fn = attributes },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
