/* SPDX-License-Identifier: GPL-2.0-only */
/* The VFIO container ioctls of /dev/iommu as functions. */
#ifndef IOMMU_SELFTEST_CONTAINER_H
#define IOMMU_SELFTEST_CONTAINER_H

#include <stddef.h>
#include <linux/vfio.h>

#include "mock.h"

#define MAP_RW (VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE)
#define NPAGES 8

/* A container whose IOAS has a device of the mock, and NPAGES to map. */
struct container {
	int fd;
	__u32 ioas;
	struct mock_dev dev;
	size_t page;
	char *va;
};

/* @type: what VFIO_SET_IOMMU is given before the device attaches. */
struct container container_make(unsigned long type);

/* An ioctl that takes a value, and may answer with one; or -errno. */
int vcall(int fd, unsigned long request, unsigned long arg);
/* IOMMU_VFIO_IOAS; GET returns the id. */
int __vfio_ioas(int fd, __u16 op, __u32 id, __u16 reserved);

int __vmap(int fd, void *va, __u64 iova, __u64 size, __u32 flags);
/* @unmapped, when given, receives the size that the kernel wrote back. */
int __vunmap(int fd, __u64 iova, __u64 size, __u32 flags, __u64 *unmapped);

/* All pages, at MOCK_IOVA. */
void vmap_all(const struct container *c);
/* Unmaps the pages from @at on, of which @want are mapped. */
void vunmap(const struct container *c, size_t at, size_t npages, size_t want);

#endif
