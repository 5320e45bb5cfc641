/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ioctls of /dev/iommu as functions.
 *
 * Those that begin with two underscores return 0 or -errno; those without end
 * the test case when the ioctl fails.
 */
#ifndef IOMMU_SELFTEST_UAPI_H
#define IOMMU_SELFTEST_UAPI_H

#include <linux/types.h>
#include <linux/iommufd.h>

#define PROT_RO IOMMU_IOAS_MAP_READABLE
#define PROT_RW (IOMMU_IOAS_MAP_READABLE | IOMMU_IOAS_MAP_WRITEABLE)
#define MAP_AT IOMMU_IOAS_MAP_FIXED_IOVA

/* Or the node that IOMMU_NODE names; skips the case when there is none. */
int iommu_open(void);
int __iommu_cmd(int fd, unsigned long request, void *arg);

int __destroy(int fd, __u32 id);
void destroy(int fd, __u32 id);

int __ioas_alloc(int fd, __u32 *id);
__u32 ioas_alloc(int fd);

/* @iovas->num_iovas and the array are the caller's. */
int __ioas_ranges(int fd, __u32 ioas, struct iommu_ioas_iova_ranges *iovas);
/* Alignment that the IOAS asks for. */
__u64 ioas_alignment(int fd, __u32 ioas);
int __ioas_allow(int fd, __u32 ioas, const struct iommu_iova_range *list,
		 __u32 num);
void ioas_allow(int fd, __u32 ioas, __u64 start, __u64 last);

/* Readable and writeable, at an IOVA that the kernel or the caller picks. */
struct iommu_ioas_map map_any(__u32 ioas, void *va, __u64 length);
struct iommu_ioas_map map_at(__u32 ioas, void *va, __u64 length, __u64 iova);
int __ioas_map(int fd, struct iommu_ioas_map *map);
__u64 ioas_map(int fd, struct iommu_ioas_map map);
int __ioas_map_at(int fd, __u32 ioas, void *va, __u64 length, __u64 iova);
void ioas_map_at(int fd, __u32 ioas, void *va, __u64 length, __u64 iova);

struct iommu_ioas_copy copy_any(__u32 dst, __u32 src, __u64 length,
				__u64 src_iova);
struct iommu_ioas_copy copy_at(__u32 dst, __u32 src, __u64 length,
			       __u64 dst_iova, __u64 src_iova);
int __ioas_copy(int fd, struct iommu_ioas_copy *copy);
__u64 ioas_copy(int fd, struct iommu_ioas_copy copy);

/* @unmapped, when given, receives the length that the kernel wrote back. */
int __ioas_unmap(int fd, __u32 ioas, __u64 iova, __u64 length,
		 __u64 *unmapped);
void ioas_unmap(int fd, __u32 ioas, __u64 iova, __u64 length);
__u64 ioas_unmap_all(int fd, __u32 ioas);

int __option(int fd, struct iommu_option *option);
int __option_huge_pages(int fd, __u32 ioas, __u64 value);
int __option_rlimit_mode(int fd, __u64 value);
__u64 option_rlimit_mode(int fd);

int __hwpt_alloc(int fd, struct iommu_hwpt_alloc *hwpt);
__u32 hwpt_alloc(int fd, __u32 dev, __u32 pt);
int __hw_info(int fd, struct iommu_hw_info *info);

/*
 * What a refused command must leave as it was: the next free id, the locked
 * and pinned memory of the process, and the pinned pages of the system.
 */
struct footprint {
	int fd;
	__u32 next_id;
	long locked_kb;
	long pinned_kb;
	long pins;
};

struct footprint footprint_take(int fd);
void footprint_check_at(const char *file, int line,
			const struct footprint *before);
#define footprint_check(before) footprint_check_at(__FILE__, __LINE__, before)

#endif
