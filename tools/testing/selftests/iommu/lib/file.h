/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that is named by a file descriptor: memfds, dma-bufs.
 *
 * Functions that begin with two underscores return 0 (or a file descriptor) or
 * -errno; those without end the test case on failure.
 */
#ifndef IOMMU_SELFTEST_FILE_H
#define IOMMU_SELFTEST_FILE_H

#include <stddef.h>

#include "uapi.h"

/* A sealable memfd; the huge one in 2 MiB pages, skips when there are none. */
int memfd_make(size_t nbytes);
int memfd_make_huge(size_t nhuge);
/* The whole file, shared; nothing is touched. */
void *memfd_view(int memfd, size_t nbytes);
/* The same for reading only. */
void *memfd_view_ro(int memfd, size_t nbytes);

/* Readable and writeable, at an IOVA that the kernel or the caller picks. */
struct iommu_ioas_map_file file_any(__u32 ioas, int file, __u64 start,
				    __u64 length);
struct iommu_ioas_map_file file_at(__u32 ioas, int file, __u64 start,
				   __u64 length, __u64 iova);
int __ioas_map_file(int fd, struct iommu_ioas_map_file *map);
__u64 ioas_map_file(int fd, struct iommu_ioas_map_file map);

int __change_process(int fd);

/* A dma-buf of the mock, which can be mapped like a memfd. */
int __mock_dmabuf(int fd, __u32 nbytes, __u32 open_flags);
int mock_dmabuf(int fd, __u32 nbytes);
int __mock_revoke(int fd, int dmabuf, __u32 revoked);
void mock_revoke(int fd, int dmabuf, __u32 revoked);

#endif
