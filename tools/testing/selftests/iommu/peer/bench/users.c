// SPDX-License-Identifier: GPL-2.0-only
/*
 * What it costs when many users share one page: per copy of it, to make the
 * copy, to detach and attach a device, to unmap, to close all, and to revoke a
 * page of a dma-buf.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/vfio.h>

#include <iommufd.h>

#include "lib/file.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/uapi.h"
#include "lib/vfio.h"
#include "bench.h"

struct users {
	unsigned long n;
	int fd;
	int device;
	__u32 ioas;
	char group[32];
};

static void open_all(struct users *u)
{
	char path[PATH_MAX];

	vfio_find_bar(path, sizeof(path));
	u->fd = iommu_open();
	u->device = vfio_open(path);
	vfio_bind(u->device, u->fd);
	u->ioas = ioas_alloc(u->fd);
	vfio_attach(u->device, u->ioas);
}

static void close_all(struct users *u)
{
	close(u->device);
	close(u->fd);
}

static void print(const struct users *u, const char *row, __u64 begin)
{
	bench_print(u->group, row, bench_now() - begin, u->n);
}

/* As many copies of the page at BENCH_IOVA, behind it. */
static void copy_page(const struct users *u)
{
	struct iommu_ioas_copy copy = copy_at(u->ioas, u->ioas, page_size(), 0,
					      BENCH_IOVA);
	unsigned long i;

	for (i = 1; i <= u->n; i++) {
		copy.dst_iova = BENCH_IOVA + i * page_size();
		CHECK_EQ(ioctl(u->fd, IOMMU_IOAS_COPY, &copy), 0);
	}
}

static void user_memory(struct users *u, void *va)
{
	__u64 begin;

	open_all(u);
	ioas_map_at(u->fd, u->ioas, va, page_size(), BENCH_IOVA);
	begin = bench_now();
	copy_page(u);
	print(u, "copy", begin);

	begin = bench_now();
	CHECK_EQ(__vfio_detach(u->device), 0);
	print(u, "detach", begin);
	begin = bench_now();
	vfio_attach(u->device, u->ioas);
	print(u, "attach", begin);

	begin = bench_now();
	ioas_unmap_all(u->fd, u->ioas);
	print(u, "unmap", begin);

	ioas_map_at(u->fd, u->ioas, va, page_size(), BENCH_IOVA);
	copy_page(u);
	begin = bench_now();
	close_all(u);
	print(u, "close", begin);
}

/* The first page of BAR 0. */
static int export_page(int device)
{
	int fd = iommufd_vfio_dma_buf(device, VFIO_PCI_BAR0_REGION_INDEX, 0, page_size());

	if (fd < 0)
		harness_fail(__FILE__, __LINE__, "no dma-buf of BAR 0: %s",
			     strerror(-fd));
	return fd;
}

static void device_memory(struct users *u)
{
	__u64 begin;
	int dmabuf;

	open_all(u);
	vfio_decode_memory(u->device, 1);
	dmabuf = export_page(u->device);
	ioas_map_file(u->fd, file_at(u->ioas, dmabuf, 0, page_size(),
				     BENCH_IOVA));
	begin = bench_now();
	copy_page(u);
	print(u, "copy of a dma-buf", begin);

	begin = bench_now();
	ioas_unmap(u->fd, u->ioas, BENCH_IOVA + page_size(),
		   u->n * page_size());
	print(u, "unmap of a dma-buf", begin);

	copy_page(u);
	begin = bench_now();
	vfio_decode_memory(u->device, 0);
	print(u, "revoke", begin);
	close(dmabuf);
	close_all(u);
}

void bench_users(unsigned long n)
{
	struct users u = { .n = n };

	snprintf(u.group, sizeof(u.group), "users %lu", n);
	user_memory(&u, mem_pages(1));
	device_memory(&u);
}
