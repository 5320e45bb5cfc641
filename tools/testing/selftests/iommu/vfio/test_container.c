// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VFIO container ioctls on /dev/iommu, all but map and unmap:
 * Documentation/userspace-api/iommufd/container.rst.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/container.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/trace.h"
#include "lib/vfio.h"
#include "lib/vfio_group.h"

/* There when the kernel was built with CONFIG_VFIO_NOIOMMU. */
#define NOIOMMU_PARAM "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode"

static void which_ioas(void)
{
	int fd = iommu_open();
	__u32 ioas = ioas_alloc(fd);
	struct footprint before = footprint_take(fd);

	CHECK_ERR(__vfio_ioas(fd, IOMMU_VFIO_IOAS_GET, 0, 0), ENODEV);
	CHECK_ERR(__vfio_ioas(fd, IOMMU_VFIO_IOAS_GET, 0, 1), EOPNOTSUPP);
	CHECK_ERR(__vfio_ioas(fd, 99, 0, 0), EOPNOTSUPP);
	CHECK_ERR(__vfio_ioas(fd, IOMMU_VFIO_IOAS_SET, 0, 0), ENOENT);
	CHECK_ERR(__vfio_ioas(fd, IOMMU_VFIO_IOAS_SET, ioas + 100, 0), ENOENT);
	footprint_check(&before);
	CHECK_OK(__vfio_ioas(fd, IOMMU_VFIO_IOAS_SET, ioas, 0));
	CHECK_EQ(__vfio_ioas(fd, IOMMU_VFIO_IOAS_GET, 0, 0), ioas);
	CHECK_OK(__vfio_ioas(fd, IOMMU_VFIO_IOAS_CLEAR, 0, 0));
	CHECK_ERR(__vfio_ioas(fd, IOMMU_VFIO_IOAS_GET, 0, 0), ENODEV);
	/* CLEAR kept the object, DESTROY takes it out of the container */
	CHECK_OK(__vfio_ioas(fd, IOMMU_VFIO_IOAS_SET, ioas, 0));
	destroy(fd, ioas);
	CHECK_ERR(__vfio_ioas(fd, IOMMU_VFIO_IOAS_GET, 0, 0), ENODEV);
}

static void without_ioas(void)
{
	struct vfio_iommu_type1_info info = { .argsz = sizeof(info) };
	int fd = iommu_open();
	struct footprint before = footprint_take(fd);
	size_t page = page_size();

	CHECK_EQ(vcall(fd, VFIO_GET_API_VERSION, 0), VFIO_API_VERSION);
	CHECK_EQ(vcall(fd, VFIO_CHECK_EXTENSION, VFIO_TYPE1_IOMMU), 1);
	CHECK_ERR(vcall(fd, VFIO_CHECK_EXTENSION, VFIO_DMA_CC_IOMMU), ENODEV);
	CHECK_ERR(vcall(fd, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU), ENODEV);
	CHECK_ERR(vcall(fd, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), ENODEV);
	CHECK_ERR(__iommu_cmd(fd, VFIO_IOMMU_GET_INFO, &info), ENODEV);
	CHECK_ERR(__vmap(fd, mem_pages(1), MOCK_IOVA, page, MAP_RW), ENODEV);
	CHECK_ERR(__vunmap(fd, MOCK_IOVA, page, 0, NULL), ENODEV);
	CHECK_ERR(__vunmap(fd, 0, 0, VFIO_DMA_UNMAP_FLAG_ALL, NULL), ENODEV);
	footprint_check(&before);
}

static void extensions(void)
{
	struct container b = container_make(VFIO_TYPE1v2_IOMMU);
	static const unsigned long yes[] = {
		VFIO_TYPE1_IOMMU, VFIO_TYPE1v2_IOMMU, VFIO_UNMAP_ALL,
	};
	static const unsigned long no[] = {
		0, VFIO_SPAPR_TCE_IOMMU, VFIO_EEH,
		__VFIO_RESERVED_TYPE1_NESTING_IOMMU, VFIO_SPAPR_TCE_v2_IOMMU,
		VFIO_UPDATE_VADDR, 1000, ULONG_MAX,
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(yes); i++)
		CHECK_EQ(vcall(b.fd, VFIO_CHECK_EXTENSION, yes[i]), 1);
	for (i = 0; i < ARRAY_LEN(no); i++)
		CHECK_EQ(vcall(b.fd, VFIO_CHECK_EXTENSION, no[i]), 0);
	CHECK_EQ(vcall(b.fd, VFIO_CHECK_EXTENSION, VFIO_NOIOMMU_IOMMU),
		 !access(NOIOMMU_PARAM, F_OK));
}

/* The mock's page tables cannot enforce coherency; no page table is none. */
static void dma_coherent(void)
{
	struct container b = container_make(VFIO_TYPE1v2_IOMMU);

	CHECK_EQ(vcall(b.fd, VFIO_CHECK_EXTENSION, VFIO_DMA_CC_IOMMU), 0);
	CHECK_OK(__vfio_ioas(b.fd, IOMMU_VFIO_IOAS_SET, ioas_alloc(b.fd), 0));
	CHECK_EQ(vcall(b.fd, VFIO_CHECK_EXTENSION, VFIO_DMA_CC_IOMMU), 1);
}

static void other_calls(void)
{
	struct container b = container_make(VFIO_TYPE1v2_IOMMU);
	static const unsigned long calls[] = {
		VFIO_IOMMU_DIRTY_PAGES, VFIO_IOMMU_ENABLE, VFIO_IOMMU_DISABLE,
		VFIO_IOMMU_SPAPR_TCE_CREATE, VFIO_IOMMU_SPAPR_TCE_REMOVE,
		VFIO_GROUP_GET_STATUS, VFIO_DEVICE_GET_INFO,
		/* right number, but with a direction and size */
		_IOW(VFIO_TYPE, VFIO_BASE + 13,
		     struct vfio_iommu_type1_dma_map),
	};
	char buffer[256] = {};
	size_t i;

	for (i = 0; i < ARRAY_LEN(calls); i++)
		CHECK_ERR(vcall(b.fd, calls[i], (unsigned long)buffer), ENOTTY);
}

static void set_iommu(void)
{
	struct container b = container_make(VFIO_TYPE1v2_IOMMU);
	struct footprint before = footprint_take(b.fd);

	CHECK_ERR(vcall(b.fd, VFIO_SET_IOMMU, 0), EINVAL);
	CHECK_ERR(vcall(b.fd, VFIO_SET_IOMMU, VFIO_SPAPR_TCE_IOMMU), EINVAL);
	CHECK_ERR(vcall(b.fd, VFIO_SET_IOMMU,
			__VFIO_RESERVED_TYPE1_NESTING_IOMMU), EINVAL);
	CHECK_ERR(vcall(b.fd, VFIO_SET_IOMMU, ULONG_MAX), EINVAL);
	CHECK_ERR(vcall(b.fd, VFIO_SET_IOMMU, VFIO_NOIOMMU_IOMMU), EINVAL);
	footprint_check(&before);
	vmap_all(&b);
	CHECK_OK(vcall(b.fd, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU));
	/* large pages may be in use */
	CHECK_ERR(vcall(b.fd, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU), EINVAL);
	vunmap(&b, 0, NPAGES, NPAGES);
	CHECK_OK(vcall(b.fd, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU));
	CHECK_EQ(ioas_alignment(b.fd, b.ioas), b.page);
	vmap_all(&b);
	/* off already */
	CHECK_OK(vcall(b.fd, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU));
}

/* What SET_IOMMU(TYPE1) finds mapped without a page table. */
static void set_iommu_unaligned(void)
{
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	size_t page = page_size();

	CHECK_OK(__vfio_ioas(fd, IOMMU_VFIO_IOAS_SET, ioas, 0));
	ioas_map_at(fd, ioas, mem_pages(1), page / 2, MOCK_IOVA);
	CHECK_ERR(vcall(fd, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU), EADDRINUSE);
	CHECK_EQ(ioas_unmap_all(fd, ioas), page / 2);
	CHECK_OK(vcall(fd, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU));
}

/* Walks the chain as a careful user does; returns the caps seen as bits. */
static unsigned int walk_caps(const char *buffer, size_t size)
{
	const struct vfio_iommu_type1_info *info = (const void *)buffer;
	unsigned int seen = 0;
	__u32 at;

	for (at = info->cap_offset; at;) {
		const struct vfio_info_cap_header *cap;
		const struct vfio_iommu_type1_info_cap_iova_range *iova;
		const struct vfio_iommu_type1_info_dma_avail *avail;

		CHECK(at >= sizeof(*info) && at % 8 == 0);
		CHECK(at + sizeof(*cap) <= size);
		cap = (const void *)(buffer + at);
		CHECK_EQ(cap->version, 1);
		CHECK(!(seen & (1u << cap->id)));
		seen |= 1u << cap->id;
		if (cap->id == VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE) {
			iova = (const void *)cap;
			CHECK(iova->nr_iovas >= 1);
			CHECK(at + sizeof(*iova) + iova->nr_iovas *
			      sizeof(iova->iova_ranges[0]) <= size);
			CHECK_EQ(iova->iova_ranges[0].start, MOCK_IOVA);
			CHECK_EQ(iova->iova_ranges[0].end, MOCK_APERTURE_LAST);
			CHECK_EQ(iova->reserved, 0);
		} else {
			CHECK_EQ(cap->id, VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL);
			avail = (const void *)cap;
			CHECK(at + sizeof(*avail) <= size);
			CHECK_EQ(avail->avail, ~0u);
		}
		at = cap->next;
	}
	return seen;
}

static void info_chain(void)
{
	struct container b = container_make(VFIO_TYPE1v2_IOMMU);
	struct vfio_iommu_type1_info head = { .argsz = sizeof(head) };
	struct vfio_iommu_type1_info *info;
	char *buffer;
	size_t room;

	head.cap_offset = 77;
	CHECK_OK(__iommu_cmd(b.fd, VFIO_IOMMU_GET_INFO, &head));
	CHECK_EQ(head.flags, VFIO_IOMMU_INFO_PGSIZES | VFIO_IOMMU_INFO_CAPS);
	CHECK_EQ(head.cap_offset, 0);
	CHECK(head.argsz > sizeof(head));
	/* the mock's pages are smaller: made into CPU pages */
	CHECK(head.iova_pgsizes & b.page);
	CHECK(!(head.iova_pgsizes & (b.page - 1)));

	buffer = malloc(head.argsz + 64);
	info = (void *)buffer;
	for (room = sizeof(*info); room <= head.argsz + 32; room++) {
		memset(buffer, 0xa5, head.argsz + 64);
		info->argsz = room;
		CHECK_OK(__iommu_cmd(b.fd, VFIO_IOMMU_GET_INFO, info));
		/* what the capabilities need, also when there is more room */
		CHECK_EQ(info->argsz, head.argsz);
		/* never a byte beyond argsz */
		CHECK_EQ((unsigned char)buffer[room], 0xa5);
		if (room >= head.argsz) {
			CHECK_EQ(walk_caps(buffer, room),
				 1u << VFIO_IOMMU_TYPE1_INFO_CAP_IOVA_RANGE |
				 1u << VFIO_IOMMU_TYPE1_INFO_DMA_AVAIL);
			continue;
		}
		CHECK_EQ(info->cap_offset, 0);
		CHECK_EQ((unsigned char)buffer[sizeof(*info)], 0xa5);
	}
	free(buffer);
}

static void info_ranges(void)
{
	struct container b = container_make(VFIO_TYPE1v2_IOMMU);
	struct vfio_iommu_type1_info small = { .argsz = sizeof(small) };
	struct vfio_iommu_type1_info large = { .argsz = sizeof(large) };

	CHECK_OK(__iommu_cmd(b.fd, VFIO_IOMMU_GET_INFO, &small));
	CHECK_OK(__mock_reserve(b.fd, b.ioas, MOCK_IOVA + 16 * b.page, b.page));
	CHECK_OK(__iommu_cmd(b.fd, VFIO_IOMMU_GET_INFO, &large));
	CHECK_EQ(large.argsz - small.argsz, sizeof(struct vfio_iova_range));
}

static void info_refusals(void)
{
	struct container b = container_make(VFIO_TYPE1v2_IOMMU);
	struct vfio_iommu_type1_info info = { .argsz = 15 };
	/* a user from before cap_offset */
	struct {
		struct vfio_iommu_type1_info info;
		char caps[200];
	} full = { .info.argsz = sizeof(full) };

	CHECK_ERR(__iommu_cmd(b.fd, VFIO_IOMMU_GET_INFO, &info), EINVAL);
	info.argsz = 0;
	CHECK_ERR(__iommu_cmd(b.fd, VFIO_IOMMU_GET_INFO, &info), EINVAL);
	CHECK_ERR(__iommu_cmd(b.fd, VFIO_IOMMU_GET_INFO, NULL), EFAULT);
	CHECK_ERR(__iommu_cmd(b.fd, VFIO_IOMMU_GET_INFO,
			      mem_readonly(&full, sizeof(full))), EFAULT);
	CHECK_ERR(__iommu_cmd(b.fd, VFIO_IOMMU_GET_INFO,
			      mem_before_hole(&full, sizeof(full.info))),
		  EFAULT);
	info.argsz = 16;
	info.cap_offset = 99;
	CHECK_OK(__iommu_cmd(b.fd, VFIO_IOMMU_GET_INFO, &info));
	CHECK_EQ(info.cap_offset, 99);
	CHECK(info.argsz > sizeof(info));
}

/* The refusal that just returned @rc must be the only event, and match. */
static void expect_event(struct trace *trace, unsigned long request, int rc,
			 int errnum)
{
	struct reject reject;

	CHECK_ERR(rc, errnum);
	CHECK_EQ(trace_rejects(trace, &reject), 1);
	harness_note("%s: %s", reject.field, reject.reason);
	CHECK_EQ(reject.cmd, request);
	CHECK_EQ(reject.err, errnum);
	CHECK(reject.field[0]);
	CHECK(reject.reason[0]);
	trace_clear(trace);
}

static void reasons(void)
{
	struct trace trace = trace_open();
	struct vfio_iommu_type1_info info = { .argsz = 1 };
	struct container b = container_make(VFIO_TYPE1v2_IOMMU);
	int empty = iommu_open();

	vmap_all(&b);
	trace_clear(&trace);
	expect_event(&trace, VFIO_CHECK_EXTENSION,
		     vcall(empty, VFIO_CHECK_EXTENSION, VFIO_DMA_CC_IOMMU),
		     ENODEV);
	expect_event(&trace, VFIO_SET_IOMMU, vcall(b.fd, VFIO_SET_IOMMU, 99),
		     EINVAL);
	expect_event(&trace, VFIO_SET_IOMMU,
		     vcall(b.fd, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU), EINVAL);
	expect_event(&trace, VFIO_SET_IOMMU,
		     vcall(b.fd, VFIO_SET_IOMMU, VFIO_NOIOMMU_IOMMU), EINVAL);
	expect_event(&trace, VFIO_IOMMU_GET_INFO,
		     __iommu_cmd(b.fd, VFIO_IOMMU_GET_INFO, &info), EINVAL);
	expect_event(&trace, VFIO_IOMMU_MAP_DMA,
		     __vmap(b.fd, b.va, MOCK_IOVA, b.page, 0), EINVAL);
	expect_event(&trace, VFIO_IOMMU_MAP_DMA,
		     __vmap(b.fd, b.va, MOCK_IOVA + 1, b.page, MAP_RW), EINVAL);
	expect_event(&trace, VFIO_IOMMU_UNMAP_DMA,
		     __vunmap(b.fd, MOCK_IOVA, 0, 0, NULL), EINVAL);
	expect_event(&trace, VFIO_IOMMU_UNMAP_DMA,
		     __vunmap(b.fd, MOCK_IOVA, b.page, 0, NULL), ENOENT);
}

/* What a user of the container interface does with a real device. */
static void group_joins(void)
{
	char device[PATH_MAX];
	char *va = mem_pages(4);
	size_t page = page_size();
	int fd = iommu_open();
	__u64 unmapped;
	int group;
	int ioas;

	vfio_find(device, sizeof(device));
	group = vfio_group_open(device);
	CHECK_ERR(__vfio_ioas(fd, IOMMU_VFIO_IOAS_GET, 0, 0), ENODEV);
	CHECK_OK(__iommu_cmd(group, VFIO_GROUP_SET_CONTAINER, &fd));
	ioas = __vfio_ioas(fd, IOMMU_VFIO_IOAS_GET, 0, 0);
	CHECK(ioas > 0);
	CHECK_OK(vcall(fd, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU));
	CHECK_OK(__vmap(fd, va, 0x1000000, 4 * page, MAP_RW));
	CHECK_OK(__vunmap(fd, 0, 0, VFIO_DMA_UNMAP_FLAG_ALL, &unmapped));
	CHECK_EQ(unmapped, 4 * page);
	CHECK_OK(__iommu_cmd(group, VFIO_GROUP_UNSET_CONTAINER, NULL));
	/* the IOAS is the user's and stays */
	CHECK_EQ(__vfio_ioas(fd, IOMMU_VFIO_IOAS_GET, 0, 0), ioas);
	destroy(fd, ioas);
}

static const struct test_case cases[] = {
	{ .name = "which_ioas", .fn = which_ioas },
	{ .name = "without_ioas", .fn = without_ioas },
	{ .name = "extensions", .fn = extensions },
	{ .name = "dma_coherent", .fn = dma_coherent },
	{ .name = "other_calls", .fn = other_calls },
	{ .name = "set_iommu", .fn = set_iommu },
	{ .name = "set_iommu_unaligned", .fn = set_iommu_unaligned },
	{ .name = "info_chain", .fn = info_chain },
	{ .name = "info_ranges", .fn = info_ranges },
	{ .name = "info_refusals", .fn = info_refusals },
	{ .name = "reasons", .fn = reasons },
	{ .name = "group_joins", .fn = group_joins },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
