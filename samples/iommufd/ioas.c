// SPDX-License-Identifier: GPL-2.0-only
/* IO address spaces: the ioctls of /dev/iommu as functions. */
#include <errno.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include "ioas.h"

static int call(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg) ? -errno : 0;
}

int ioas_alloc(struct ioas *ioas, int fd)
{
	struct iommu_ioas_alloc cmd = { .size = sizeof(cmd) };
	int err = call(fd, IOMMU_IOAS_ALLOC, &cmd);

	if (err)
		return err;
	ioas->fd = fd;
	ioas->id = cmd.out_ioas_id;
	return 0;
}

void ioas_destroy(struct ioas *ioas)
{
	struct iommu_destroy cmd = { .size = sizeof(cmd), .id = ioas->id };

	if (!ioas->id)
		return;
	call(ioas->fd, IOMMU_DESTROY, &cmd);
	ioas->id = 0;
}

int ioas_ranges(const struct ioas *ioas, struct iommu_iova_range *ranges,
		__u32 *count, __u64 *alignment)
{
	struct iommu_ioas_iova_ranges cmd = {
		.size = sizeof(cmd),
		.ioas_id = ioas->id,
		.num_iovas = *count,
		.allowed_iovas = (uintptr_t)ranges,
	};
	int err = call(ioas->fd, IOMMU_IOAS_IOVA_RANGES, &cmd);

	*count = cmd.num_iovas;
	*alignment = cmd.out_iova_alignment;
	return err;
}

int ioas_allow(const struct ioas *ioas, __u64 first, __u64 last)
{
	struct iommu_iova_range range = { .start = first, .last = last };
	struct iommu_ioas_allow_iovas cmd = {
		.size = sizeof(cmd),
		.ioas_id = ioas->id,
		.num_iovas = 1,
		.allowed_iovas = (uintptr_t)&range,
	};

	return call(ioas->fd, IOMMU_IOAS_ALLOW_IOVAS, &cmd);
}

int ioas_map(const struct ioas *ioas, void *base, size_t size, __u32 prot,
	     __u64 *iova)
{
	struct iommu_ioas_map cmd = {
		.size = sizeof(cmd),
		.flags = prot,
		.ioas_id = ioas->id,
		.user_va = (uintptr_t)base,
		.length = size,
	};
	int err = call(ioas->fd, IOMMU_IOAS_MAP, &cmd);

	if (!err)
		*iova = cmd.iova;
	return err;
}

int ioas_copy(const struct ioas *dst, const struct ioas *src, __u64 iova,
	      size_t size, __u32 prot)
{
	struct iommu_ioas_copy cmd = {
		.size = sizeof(cmd),
		.flags = prot | IOMMU_IOAS_MAP_FIXED_IOVA,
		.dst_ioas_id = dst->id,
		.src_ioas_id = src->id,
		.length = size,
		.dst_iova = iova,
		.src_iova = iova,
	};

	return call(dst->fd, IOMMU_IOAS_COPY, &cmd);
}

static int unmap(const struct ioas *ioas, __u64 iova, __u64 *size)
{
	struct iommu_ioas_unmap cmd = {
		.size = sizeof(cmd),
		.ioas_id = ioas->id,
		.iova = iova,
		.length = *size,
	};
	int err = call(ioas->fd, IOMMU_IOAS_UNMAP, &cmd);

	*size = cmd.length;
	return err;
}

int ioas_unmap(const struct ioas *ioas, __u64 iova, size_t size)
{
	__u64 done = size;
	int err = unmap(ioas, iova, &done);

	if (!err && done != size)
		err = -EIO;
	return err;
}

int ioas_unmap_all(const struct ioas *ioas, __u64 *size)
{
	*size = UINT64_MAX;
	return unmap(ioas, 0, size);
}

int ioas_hw_info(int fd, __u32 dev_id, struct iommu_hw_info *info,
		 void *data, __u32 len)
{
	*info = (struct iommu_hw_info){
		.size = sizeof(*info),
		.dev_id = dev_id,
		.data_len = len,
		.data_uptr = (uintptr_t)data,
	};
	return call(fd, IOMMU_GET_HW_INFO, info);
}
