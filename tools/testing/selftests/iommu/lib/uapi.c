// SPDX-License-Identifier: GPL-2.0-only
/* The ioctls of /dev/iommu as functions. */
#include <iommufd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "proc.h"
#include "uapi.h"

int iommu_open(void)
{
	const char *node = getenv("IOMMU_NODE") ?: "/dev/iommu";
	int fd = iommufd_open(node);

	if (fd < 0)
		harness_skip("%s: %s", node, strerror(-fd));
	return fd;
}

int __iommu_cmd(int fd, unsigned long request, void *arg)
{
	int rc = iommufd_call(fd, request, arg);

	return rc < 0 ? rc : 0;
}

int __destroy(int fd, __u32 id)
{
	return iommufd_destroy(fd, id);
}

void destroy(int fd, __u32 id)
{
	CHECK_OK(__destroy(fd, id));
}

int __ioas_alloc(int fd, __u32 *id)
{
	*id = 0;
	return iommufd_ioas_alloc(fd, id);
}

__u32 ioas_alloc(int fd)
{
	__u32 id;

	CHECK_OK(__ioas_alloc(fd, &id));
	CHECK(id);
	return id;
}

int __ioas_ranges(int fd, __u32 ioas, struct iommu_ioas_iova_ranges *iovas)
{
	iovas->size = sizeof(*iovas);
	iovas->ioas_id = ioas;
	return __iommu_cmd(fd, IOMMU_IOAS_IOVA_RANGES, iovas);
}

__u64 ioas_alignment(int fd, __u32 ioas)
{
	struct iommu_iova_range list[8];
	struct iommu_ioas_iova_ranges cmd = {
		.num_iovas = ARRAY_LEN(list),
		.allowed_iovas = (uintptr_t)list,
	};

	CHECK_OK(__ioas_ranges(fd, ioas, &cmd));
	return cmd.out_iova_alignment;
}

int __ioas_allow(int fd, __u32 ioas, const struct iommu_iova_range *list,
		 __u32 num)
{
	return iommufd_ioas_allow(fd, ioas, list, num);
}

void ioas_allow(int fd, __u32 ioas, __u64 start, __u64 last)
{
	struct iommu_iova_range range = { .start = start, .last = last };

	CHECK_OK(__ioas_allow(fd, ioas, &range, 1));
}

struct iommu_ioas_map map_any(__u32 ioas, void *va, __u64 length)
{
	struct iommu_ioas_map map = {
		.size = sizeof(map),
		.flags = PROT_RW,
		.ioas_id = ioas,
		.user_va = (uintptr_t)va,
		.length = length,
	};

	return map;
}

struct iommu_ioas_map map_at(__u32 ioas, void *va, __u64 length, __u64 iova)
{
	struct iommu_ioas_map map = map_any(ioas, va, length);

	map.flags |= MAP_AT;
	map.iova = iova;
	return map;
}

int __ioas_map(int fd, struct iommu_ioas_map *map)
{
	return __iommu_cmd(fd, IOMMU_IOAS_MAP, map);
}

__u64 ioas_map(int fd, struct iommu_ioas_map map)
{
	CHECK_OK(__ioas_map(fd, &map));
	return map.iova;
}

int __ioas_map_at(int fd, __u32 ioas, void *va, __u64 length, __u64 iova)
{
	struct iommu_ioas_map map = map_at(ioas, va, length, iova);
	int rc = __ioas_map(fd, &map);

	if (!rc)
		CHECK_EQ(map.iova, iova);
	return rc;
}

void ioas_map_at(int fd, __u32 ioas, void *va, __u64 length, __u64 iova)
{
	CHECK_OK(__ioas_map_at(fd, ioas, va, length, iova));
}

struct iommu_ioas_copy copy_any(__u32 dst, __u32 src, __u64 length,
				__u64 src_iova)
{
	struct iommu_ioas_copy copy = {
		.size = sizeof(copy),
		.flags = PROT_RW,
		.dst_ioas_id = dst,
		.src_ioas_id = src,
		.length = length,
		.src_iova = src_iova,
	};

	return copy;
}

struct iommu_ioas_copy copy_at(__u32 dst, __u32 src, __u64 length,
			       __u64 dst_iova, __u64 src_iova)
{
	struct iommu_ioas_copy copy = copy_any(dst, src, length, src_iova);

	copy.flags |= MAP_AT;
	copy.dst_iova = dst_iova;
	return copy;
}

int __ioas_copy(int fd, struct iommu_ioas_copy *copy)
{
	return iommufd_ioas_copy(fd, copy);
}

__u64 ioas_copy(int fd, struct iommu_ioas_copy copy)
{
	CHECK_OK(__ioas_copy(fd, &copy));
	return copy.dst_iova;
}

int __ioas_unmap(int fd, __u32 ioas, __u64 iova, __u64 length,
		 __u64 *unmapped)
{
	struct iommu_ioas_unmap cmd = {
		.size = sizeof(cmd),
		.ioas_id = ioas,
		.iova = iova,
		.length = length,
	};
	int rc = __iommu_cmd(fd, IOMMU_IOAS_UNMAP, &cmd);

	if (unmapped)
		*unmapped = cmd.length;
	return rc;
}

void ioas_unmap(int fd, __u32 ioas, __u64 iova, __u64 length)
{
	__u64 unmapped;

	CHECK_OK(__ioas_unmap(fd, ioas, iova, length, &unmapped));
	CHECK_EQ(unmapped, length);
}

__u64 ioas_unmap_all(int fd, __u32 ioas)
{
	__u64 unmapped;

	CHECK_OK(iommufd_ioas_unmap_all(fd, ioas, &unmapped));
	return unmapped;
}

int __option(int fd, struct iommu_option *option)
{
	option->size = sizeof(*option);
	return __iommu_cmd(fd, IOMMU_OPTION, option);
}

int __option_huge_pages(int fd, __u32 ioas, __u64 value)
{
	return iommufd_option_set(fd, IOMMU_OPTION_HUGE_PAGES, ioas, value);
}

int __option_rlimit_mode(int fd, __u64 value)
{
	return iommufd_option_set(fd, IOMMU_OPTION_RLIMIT_MODE, 0, value);
}

__u64 option_rlimit_mode(int fd)
{
	struct iommu_option option = {
		.option_id = IOMMU_OPTION_RLIMIT_MODE,
		.op = IOMMU_OPTION_OP_GET,
		.val64 = 77,
	};

	CHECK_OK(__option(fd, &option));
	return option.val64;
}

int __hwpt_alloc(int fd, struct iommu_hwpt_alloc *hwpt)
{
	hwpt->size = sizeof(*hwpt);
	return iommufd_hwpt_alloc(fd, hwpt);
}

__u32 hwpt_alloc(int fd, __u32 dev, __u32 pt)
{
	struct iommu_hwpt_alloc cmd = { .dev_id = dev, .pt_id = pt };

	CHECK_OK(__hwpt_alloc(fd, &cmd));
	CHECK(cmd.out_hwpt_id);
	return cmd.out_hwpt_id;
}

int __hw_info(int fd, struct iommu_hw_info *info)
{
	info->size = sizeof(*info);
	return iommufd_hw_info(fd, info);
}

/* Ids are handed out lowest first, so an id left behind moves the next one. */
static __u32 next_id(int fd)
{
	__u32 id = ioas_alloc(fd);

	destroy(fd, id);
	return id;
}

struct footprint footprint_take(int fd)
{
	struct footprint now = {
		.fd = fd,
		.next_id = next_id(fd),
		.locked_kb = proc_status_kb("VmLck"),
		.pinned_kb = proc_status_kb("VmPin"),
		.pins = proc_pinned_pages(),
	};

	CHECK(now.locked_kb >= 0 && now.pinned_kb >= 0);
	return now;
}

void footprint_check_at(const char *file, int line,
			const struct footprint *before)
{
	struct footprint now = footprint_take(before->fd);

	harness_expect(file, line, "next free id", now.next_id,
		       before->next_id);
	harness_expect(file, line, "VmLck", now.locked_kb, before->locked_kb);
	harness_expect(file, line, "VmPin", now.pinned_kb, before->pinned_kb);
	if (before->pins >= 0 && now.pins != before->pins &&
	    !proc_pinned_settle(before->pins))
		harness_fail(file, line, "pinned pages: %ld before, %ld after",
			     before->pins, now.pins);
}
