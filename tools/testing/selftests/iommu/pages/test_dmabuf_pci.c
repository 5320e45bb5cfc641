// SPDX-License-Identifier: GPL-2.0-only
/*
 * IOAS_MAP_FILE of the memory of a real device: dma-bufs that VFIO PCI exports
 * (F8, F10).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <iommufd.h>

#include "lib/file.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/trace.h"
#include "lib/vfio.h"

/* Away from the x86 MSI window and inside of every aperture. */
#define IOVA 0x1000000ULL

struct bench {
	int fd;
	int device;
	__u32 ioas;
	size_t page;
	/* The first BAR that can be mapped. */
	__u32 bar;
	size_t nbytes;
	struct trace trace;
	struct footprint before;
};

static void find_bar(struct bench *b)
{
	struct vfio_region_info info;
	__u32 bar;

	for (bar = 0; bar < 6; bar++) {
		CHECK_OK(iommufd_vfio_region(b->device, bar, &info));
		if (!(info.flags & VFIO_REGION_INFO_FLAG_MMAP))
			continue;
		b->bar = bar;
		b->nbytes = info.size;
		return;
	}
	harness_skip("the device has no BAR that can be mapped");
}

static struct bench bench_make(void)
{
	struct bench b = { .page = page_size() };
	char path[PATH_MAX];

	vfio_find_bar(path, sizeof(path));
	b.trace = trace_open();
	b.fd = iommu_open();
	b.device = vfio_open(path);
	vfio_bind(b.device, b.fd);
	b.ioas = ioas_alloc(b.fd);
	vfio_attach(b.device, b.ioas);
	vfio_decode_memory(b.device, 1);
	find_bar(&b);
	return b;
}

/* One or two ranges of the BAR as one dma-buf. */
static int export(const struct bench *b, __u32 nranges,
		  const struct vfio_region_dma_range *range)
{
	struct {
		struct vfio_device_feature head;
		struct vfio_device_feature_dma_buf dmabuf;
		struct vfio_region_dma_range range[2];
	} cmd = {
		.head = {
			.flags = VFIO_DEVICE_FEATURE_GET |
				 VFIO_DEVICE_FEATURE_DMA_BUF,
		},
		.dmabuf = {
			.region_index = b->bar,
			.open_flags = O_RDWR | O_CLOEXEC,
			.nr_ranges = nranges,
		},
	};
	int fd;

	cmd.head.argsz = offsetof(typeof(cmd), range[nranges]);
	memcpy(cmd.range, range, nranges * sizeof(*range));
	fd = ioctl(b->device, VFIO_DEVICE_FEATURE, &cmd);
	if (fd < 0)
		harness_skip("VFIO makes no dma-buf of a BAR: %s",
			     strerror(errno));
	return fd;
}

static int export_bar(const struct bench *b)
{
	const struct vfio_region_dma_range all = { .length = b->nbytes };

	return export(b, 1, &all);
}

static void refused(struct bench *b, struct iommu_ioas_map_file *map,
		    int errnum, const char *field, const char *reason)
{
	trace_clear(&b->trace);
	trace_check_refused(&b->trace, __ioas_map_file(b->fd, map), errnum,
			    field, reason);
	footprint_check(&b->before);
}

/* A device that stops to decode loses its mappings. */
static void memory_switched_off(void)
{
	struct bench b = bench_make();
	int dmabuf = export_bar(&b);
	struct iommu_ioas_map_file map = file_at(b.ioas, dmabuf, 0, b.nbytes,
						 IOVA);

	b.before = footprint_take(b.fd);
	CHECK_OK(__ioas_map_file(b.fd, &map));
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.nbytes);
	CHECK_OK(__ioas_map_file(b.fd, &map));
	CHECK_ERR(__ioas_map_file(b.fd, &map), EEXIST);
	vfio_decode_memory(b.device, 0);
	/* it is looked at before the IOVA is */
	refused(&b, &map, ENODEV, "fd", "the dma-buf is revoked");
	CHECK_OK(__vfio_detach(b.device));
	vfio_attach(b.device, b.ioas);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.nbytes);
	vfio_decode_memory(b.device, 1);
	CHECK_OK(__ioas_map_file(b.fd, &map));
	map.length += b.page;
	refused(&b, &map, EINVAL, "length",
		"beyond the end of the dma-buf (value: its size)");
	/* Closing the device revokes what is mapped now. */
	CHECK_EQ(close(b.device), 0);
	map = file_at(b.ioas, dmabuf, 0, b.nbytes, 2 * IOVA);
	CHECK_ERR(__ioas_map_file(b.fd, &map), ENODEV);
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.nbytes);
}

/* A dma-buf of several ranges has no address to go on from the first. */
static void several_ranges(void)
{
	struct bench b = bench_make();
	struct vfio_region_dma_range range[2] = {
		{ .length = b.page },
		{ .offset = 2 * b.page, .length = b.page },
	};
	struct iommu_ioas_map_file map;
	int dmabuf;

	if (b.nbytes < 3 * b.page)
		harness_skip("the BAR has less than three pages");
	dmabuf = export(&b, 2, range);
	b.before = footprint_take(b.fd);
	map = file_at(b.ioas, dmabuf, 0, 2 * b.page, IOVA);
	refused(&b, &map, EOPNOTSUPP, "fd",
		"not one physical range of a VFIO PCI device");
	/* not even the part that is in one range */
	map = file_at(b.ioas, dmabuf, 0, b.page, IOVA);
	refused(&b, &map, EOPNOTSUPP, "fd",
		"not one physical range of a VFIO PCI device");
	close(dmabuf);

	/* neighbours are two ranges as well */
	range[1].offset = b.page;
	dmabuf = export(&b, 2, range);
	map = file_at(b.ioas, dmabuf, 0, 2 * b.page, IOVA);
	refused(&b, &map, EOPNOTSUPP, "fd",
		"not one physical range of a VFIO PCI device");
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), 0);
	close(dmabuf);

	/* one range that begins later is one range */
	dmabuf = export(&b, 1, &range[1]);
	map = file_at(b.ioas, dmabuf, 0, b.page, IOVA);
	CHECK_OK(__ioas_map_file(b.fd, &map));
	CHECK_EQ(ioas_unmap_all(b.fd, b.ioas), b.page);
}

static const struct test_case cases[] = {
	{ .name = "F10_memory_switched_off", .fn = memory_switched_off },
	{ .name = "F8_several_ranges", .fn = several_ranges },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
