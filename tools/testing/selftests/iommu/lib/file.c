// SPDX-License-Identifier: GPL-2.0-only
/* Memory that is named by a file descriptor: memfds, dma-bufs. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <iommufd.h>
#include <linux/memfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "file.h"
#include "harness.h"
#include "memory.h"
#include "mock.h"

#define HUGE_SIZE (2UL << 20)

int memfd_make(size_t nbytes)
{
	int memfd = memfd_create("iommu-selftest",
				 MFD_CLOEXEC | MFD_ALLOW_SEALING);

	CHECK(memfd >= 0);
	CHECK_EQ(ftruncate(memfd, nbytes), 0);
	return memfd;
}

int memfd_make_huge(size_t nhuge)
{
	int memfd;

	/* Reserves the pages as a side effect, and skips without them. */
	munmap(mem_hugetlb(nhuge), nhuge * HUGE_SIZE);
	memfd = memfd_create("iommu-selftest-huge", MFD_CLOEXEC | MFD_HUGETLB |
			     MFD_HUGE_2MB | MFD_ALLOW_SEALING);
	CHECK(memfd >= 0);
	CHECK_EQ(ftruncate(memfd, nhuge * HUGE_SIZE), 0);
	return memfd;
}

void *memfd_view(int memfd, size_t nbytes)
{
	void *va = mmap(NULL, nbytes, PROT_READ | PROT_WRITE, MAP_SHARED,
			memfd, 0);

	CHECK(va != MAP_FAILED);
	return va;
}

void *memfd_view_ro(int memfd, size_t nbytes)
{
	void *va = mmap(NULL, nbytes, PROT_READ, MAP_SHARED, memfd, 0);

	CHECK(va != MAP_FAILED);
	return va;
}

struct iommu_ioas_map_file file_any(__u32 ioas, int file, __u64 start,
				    __u64 length)
{
	struct iommu_ioas_map_file map = {
		.size = sizeof(map),
		.flags = PROT_RW,
		.ioas_id = ioas,
		.fd = file,
		.start = start,
		.length = length,
	};

	return map;
}

struct iommu_ioas_map_file file_at(__u32 ioas, int file, __u64 start,
				   __u64 length, __u64 iova)
{
	struct iommu_ioas_map_file map = file_any(ioas, file, start, length);

	map.flags |= MAP_AT;
	map.iova = iova;
	return map;
}

int __ioas_map_file(int fd, struct iommu_ioas_map_file *map)
{
	return iommufd_ioas_map_file(fd, map);
}

__u64 ioas_map_file(int fd, struct iommu_ioas_map_file map)
{
	CHECK_OK(__ioas_map_file(fd, &map));
	return map.iova;
}

int __change_process(int fd)
{
	return iommufd_ioas_change_process(fd);
}

int __mock_dmabuf(int fd, __u32 nbytes, __u32 open_flags)
{
	struct iommu_test_cmd cmd = {
		.size = sizeof(cmd),
		.op = IOMMU_TEST_OP_DMABUF_GET,
		.dmabuf_get = { .length = nbytes, .open_flags = open_flags },
	};

	return iommufd_call(fd, IOMMU_TEST_CMD, &cmd);
}

int mock_dmabuf(int fd, __u32 nbytes)
{
	int dmabuf = __mock_dmabuf(fd, nbytes, O_RDWR | O_CLOEXEC);

	CHECK(dmabuf > 0);
	return dmabuf;
}

int __mock_revoke(int fd, int dmabuf, __u32 revoked)
{
	struct iommu_test_cmd cmd = {
		.dmabuf_revoke = { .dmabuf_fd = dmabuf, .revoked = revoked },
	};

	return __mock_cmd(fd, IOMMU_TEST_OP_DMABUF_REVOKE, &cmd);
}

void mock_revoke(int fd, int dmabuf, __u32 revoked)
{
	CHECK_OK(__mock_revoke(fd, dmabuf, revoked));
}
