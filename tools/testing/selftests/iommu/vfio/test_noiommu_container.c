// SPDX-License-Identifier: GPL-2.0-only
/*
 * Groups without IOMMU in a container, up to DMA to physical addresses:
 * Documentation/userspace-api/iommufd/container.rst.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/capability.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/container.h"
#include "lib/edu.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/proc.h"
#include "lib/trace.h"
#include "lib/vfio.h"
#include "lib/vfio_group.h"

struct bench {
	int fd;
	int group;
	size_t page;
	char bdf[NAME_MAX];
};

static struct bench bench_make(void)
{
	struct bench b = { .fd = iommu_open(), .page = page_size() };
	char node[NAME_MAX], path[PATH_MAX], link[PATH_MAX];
	ssize_t len;

	vfio_find_noiommu(node, sizeof(node));
	b.group = vfio_group_open(node);
	snprintf(path, sizeof(path), "/sys/class/vfio-dev/%s/device",
		 strrchr(node, '/') + 1);
	len = readlink(path, link, sizeof(link) - 1);
	CHECK(len > 0);
	link[len] = 0;
	snprintf(b.bdf, sizeof(b.bdf), "%s", basename(link));
	return b;
}

static int join(struct bench *b)
{
	return __iommu_cmd(b->group, VFIO_GROUP_SET_CONTAINER, &b->fd);
}

static int extension(const struct bench *b, unsigned long number)
{
	return vcall(b->fd, VFIO_CHECK_EXTENSION, number);
}

static void extensions(void)
{
	struct bench b = bench_make();

	CHECK_EQ(extension(&b, VFIO_NOIOMMU_IOMMU), 1);
	CHECK_EQ(extension(&b, VFIO_TYPE1v2_IOMMU), 1);
	CHECK_OK(join(&b));
	CHECK_EQ(extension(&b, VFIO_NOIOMMU_IOMMU), 1);
	CHECK_EQ(extension(&b, VFIO_TYPE1_IOMMU), 0);
	CHECK_EQ(extension(&b, VFIO_TYPE1v2_IOMMU), 0);
	CHECK_EQ(extension(&b, VFIO_UNMAP_ALL), 0);
	CHECK_ERR(extension(&b, VFIO_DMA_CC_IOMMU), ENODEV);
}

static void set_iommu(void)
{
	struct bench b = bench_make();

	CHECK_ERR(vcall(b.fd, VFIO_SET_IOMMU, VFIO_NOIOMMU_IOMMU), EINVAL);
	CHECK_OK(join(&b));
	CHECK_ERR(vcall(b.fd, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU), EINVAL);
	CHECK_ERR(vcall(b.fd, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), EINVAL);
	CHECK_OK(vcall(b.fd, VFIO_SET_IOMMU, VFIO_NOIOMMU_IOMMU));
	proc_drop_cap(CAP_SYS_RAWIO);
	CHECK_ERR(vcall(b.fd, VFIO_SET_IOMMU, VFIO_NOIOMMU_IOMMU), EPERM);
}

static void refusals_say_why(void)
{
	struct trace trace = trace_open();
	struct bench b = bench_make();

	trace_clear(&trace);
	trace_check_refused(&trace,
			    vcall(b.fd, VFIO_SET_IOMMU, VFIO_NOIOMMU_IOMMU),
			    EINVAL, "type",
			    "no group without an IOMMU has joined");
	CHECK_OK(join(&b));
	trace_clear(&trace);
	trace_check_refused(&trace,
			    vcall(b.fd, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU),
			    EINVAL, "type",
			    "the groups of the container have no IOMMU");
	proc_drop_cap(CAP_SYS_RAWIO);
	trace_clear(&trace);
	trace_check_refused(&trace,
			    vcall(b.fd, VFIO_SET_IOMMU, VFIO_NOIOMMU_IOMMU),
			    EPERM, "type", "needs CAP_SYS_RAWIO");
}

/* There is nothing to map into. */
static void nothing_maps(void)
{
	struct bench b = bench_make();
	struct vfio_iommu_type1_info info = { .argsz = sizeof(info) };
	char *va = mem_pages(1);
	__u64 unmapped;

	CHECK_OK(join(&b));
	CHECK_OK(vcall(b.fd, VFIO_SET_IOMMU, VFIO_NOIOMMU_IOMMU));
	CHECK_ERR(__vmap(b.fd, va, 0x1000000, b.page, MAP_RW), ENODEV);
	CHECK_ERR(__vunmap(b.fd, 0x1000000, b.page, 0, &unmapped), ENODEV);
	CHECK_ERR(__iommu_cmd(b.fd, VFIO_IOMMU_GET_INFO, &info), ENODEV);
	CHECK_ERR(__vfio_ioas(b.fd, IOMMU_VFIO_IOAS_GET, 0, 0), ENODEV);
}

/* A container that has an IOAS takes no group without IOMMU. */
static void joins_no_ioas(void)
{
	struct bench b = bench_make();
	__u32 ioas = ioas_alloc(b.fd);

	CHECK_OK(__vfio_ioas(b.fd, IOMMU_VFIO_IOAS_SET, ioas, 0));
	CHECK_ERR(join(&b), EINVAL);
	CHECK_OK(__vfio_ioas(b.fd, IOMMU_VFIO_IOAS_CLEAR, 0, 0));
	CHECK_OK(join(&b));
	CHECK_OK(__iommu_cmd(b.group, VFIO_GROUP_UNSET_CONTAINER, NULL));
	destroy(b.fd, ioas);
}

/* Nor may one come later, which would promise a translation: no device then. */
static void ioas_comes_later(void)
{
	struct bench b = bench_make();
	__u32 ioas = ioas_alloc(b.fd);

	CHECK_OK(join(&b));
	CHECK_OK(__vfio_ioas(b.fd, IOMMU_VFIO_IOAS_SET, ioas, 0));
	CHECK_ERR(vcall(b.fd, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), EINVAL);
	CHECK_OK(vcall(b.fd, VFIO_SET_IOMMU, VFIO_NOIOMMU_IOMMU));
	CHECK_ERR(__vfio_group_device(b.group, b.bdf), EPERM);
	CHECK_OK(__vfio_ioas(b.fd, IOMMU_VFIO_IOAS_CLEAR, 0, 0));
	CHECK_OK(close(vfio_group_device(b.group, b.bdf)));
	destroy(b.fd, ioas);
}

static void device_does_dma(void)
{
	struct bench b = bench_make();
	char *va = mem_pages(2);
	volatile void *regs;
	int device;

	CHECK_OK(join(&b));
	CHECK_OK(vcall(b.fd, VFIO_SET_IOMMU, VFIO_NOIOMMU_IOMMU));
	device = vfio_group_device(b.group, b.bdf);
	regs = vfio_map_bar(device, b.page);
	CHECK_OK(mlock(va, 2 * b.page));
	memset(va, 0x5a, b.page);
	memset(va + b.page, 0, b.page);
	edu_copy(regs, proc_phys(va + b.page), proc_phys(va), b.page);
	CHECK_EQ(memcmp(va, va + b.page, b.page), 0);
	CHECK_OK(close(device));
	CHECK_OK(__iommu_cmd(b.group, VFIO_GROUP_UNSET_CONTAINER, NULL));
}

static const struct test_case cases[] = {
	{ .name = "extensions", .fn = extensions },
	{ .name = "set_iommu", .fn = set_iommu },
	{ .name = "refusals_say_why", .fn = refusals_say_why },
	{ .name = "nothing_maps", .fn = nothing_maps },
	{ .name = "joins_no_ioas", .fn = joins_no_ioas },
	{ .name = "ioas_comes_later", .fn = ioas_comes_later },
	{ .name = "device_does_dma", .fn = device_does_dma },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
