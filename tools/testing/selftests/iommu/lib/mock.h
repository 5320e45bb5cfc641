/* SPDX-License-Identifier: GPL-2.0-only */
/* The mock IOMMU behind IOMMU_TEST_CMD: devices, page tables, accesses. */
#ifndef IOMMU_SELFTEST_MOCK_H
#define IOMMU_SELFTEST_MOCK_H

#include "uapi.h"
#include "../../../../../drivers/iommu/iommufd/iommufd_test.h"

/* Base of IOVAs that are inside the mock's aperture. */
#define MOCK_IOVA ((__u64)MOCK_APERTURE_START)
#define MOCK_PAGE ((__u64)MOCK_PAGE_SIZE)

struct mock_dev {
	__u32 stdev;
	__u32 hwpt;
	__u32 idev;
};

/* /dev/iommu of a kernel that has the mock; skips the case otherwise. */
int mock_open(void);
int __mock_cmd(int fd, __u32 op, struct iommu_test_cmd *cmd);

/* A new device attached to @pt, an IOAS or a hwpt. */
int __mock_attach(int fd, __u32 pt, struct mock_dev *dev);
struct mock_dev mock_attach(int fd, __u32 pt);
int __mock_replace(int fd, __u32 stdev, __u32 pt, __u32 *hwpt);
void mock_replace(int fd, struct mock_dev *dev, __u32 pt);

int __mock_reserve(int fd, __u32 ioas, __u64 start, __u64 length);

/* Does the page table map @iova to the pages at @va? */
int __mock_check_map(int fd, __u32 hwpt, __u64 iova, const void *va,
		     __u64 length);
void mock_check_map(int fd, __u32 hwpt, __u64 iova, const void *va,
		    __u64 length);
/* Is every translation of the range to the memory at @va gone? */
void mock_check_hole(int fd, __u32 hwpt, __u64 iova, const void *va,
		     __u64 length);

/* Is every (single) page at @va pinned @pins times? */
int __mock_check_refs(int fd, const void *va, __u64 length, __u32 pins);
#define mock_check_refs(fd, va, length, pins) \
	CHECK_OK(__mock_check_refs(fd, va, length, pins))

/*
 * Bounds the memory that one step of a map may use, down to 1 or 2 pages. Zero
 * takes the bound back to what all users have.
 */
int __mock_memory_limit(int fd, __u32 limit);

/* An in-kernel user of an IOAS; closing the fd destroys it. */
int __access_open(int fd, __u32 ioas, __u32 flags, int *access_fd);
int access_open(int fd, __u32 ioas);
int __access_replace(int fd, int access_fd, __u32 ioas);

struct access_pages {
	__u64 iova;
	__u64 length;
	const void *va;
	__u32 flags;
	__u32 out_id;
};

int __access_pin(int fd, int access_fd, struct access_pages *pages);
__u32 access_pin(int fd, int access_fd, __u64 iova, __u64 length,
		 const void *va);
int __access_unpin(int fd, int access_fd, __u32 pages_id);

struct access_rw {
	__u64 iova;
	__u64 length;
	void *va;
	__u32 flags;
};

int __access_rw(int fd, int access_fd, const struct access_rw *rw);

#endif
