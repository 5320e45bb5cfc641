// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* Address spaces: what can be mapped, and what is. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "iommufd.h"

int iommufd_ioas_alloc(int fd, __u32 *ioas)
{
	struct iommu_ioas_alloc cmd = { .size = sizeof(cmd) };
	int rc = iommufd_call(fd, IOMMU_IOAS_ALLOC, &cmd);

	if (!rc)
		*ioas = cmd.out_ioas_id;
	return rc;
}

int iommufd_ioas_ranges(int fd, __u32 ioas, struct iommu_iova_range *list,
			__u32 *num, __u64 *alignment)
{
	struct iommu_ioas_iova_ranges cmd = {
		.size = sizeof(cmd),
		.ioas_id = ioas,
		.num_iovas = *num,
		.allowed_iovas = (uintptr_t)list,
	};
	int rc = iommufd_call(fd, IOMMU_IOAS_IOVA_RANGES, &cmd);

	if (rc && rc != -EMSGSIZE)
		return rc;
	*num = cmd.num_iovas;
	if (alignment)
		*alignment = cmd.out_iova_alignment;
	return rc;
}

/* Few machines have more. */
#define RANGES_FIRST 16

int iommufd_ioas_ranges_all(int fd, __u32 ioas,
			    struct iommu_iova_range **list, __u32 *num,
			    __u64 *alignment)
{
	struct iommu_iova_range *ranges;
	__u32 room, have = RANGES_FIRST;
	int rc;

	/* More can come up between two rounds: a device attaches. */
	do {
		room = have;
		ranges = calloc(room, sizeof(*ranges));
		if (!ranges)
			return -ENOMEM;
		rc = iommufd_ioas_ranges(fd, ioas, ranges, &have, alignment);
		if (rc)
			free(ranges);
	} while (rc == -EMSGSIZE && have > room);
	if (rc)
		return rc;
	*list = ranges;
	*num = have;
	return 0;
}

int iommufd_ioas_allow(int fd, __u32 ioas, const struct iommu_iova_range *list,
		       __u32 num)
{
	struct iommu_ioas_allow_iovas cmd = {
		.size = sizeof(cmd),
		.ioas_id = ioas,
		.num_iovas = num,
		.allowed_iovas = (uintptr_t)list,
	};

	return iommufd_call(fd, IOMMU_IOAS_ALLOW_IOVAS, &cmd);
}

int iommufd_ioas_map(int fd, __u32 ioas, void *va, __u64 length, __u32 flags,
		     __u64 *iova)
{
	struct iommu_ioas_map cmd = {
		.size = sizeof(cmd),
		.flags = flags,
		.ioas_id = ioas,
		.user_va = (uintptr_t)va,
		.length = length,
		.iova = flags & IOMMU_IOAS_MAP_FIXED_IOVA ? *iova : 0,
	};
	int rc = iommufd_call(fd, IOMMU_IOAS_MAP, &cmd);

	if (!rc)
		*iova = cmd.iova;
	return rc;
}

int iommufd_ioas_map_file(int fd, struct iommu_ioas_map_file *cmd)
{
	return iommufd_call(fd, IOMMU_IOAS_MAP_FILE, cmd);
}

int iommufd_ioas_copy(int fd, struct iommu_ioas_copy *cmd)
{
	return iommufd_call(fd, IOMMU_IOAS_COPY, cmd);
}

int iommufd_ioas_unmap(int fd, __u32 ioas, __u64 iova, __u64 length,
		       __u64 *unmapped)
{
	struct iommu_ioas_unmap cmd = {
		.size = sizeof(cmd),
		.ioas_id = ioas,
		.iova = iova,
		.length = length,
	};
	int rc = iommufd_call(fd, IOMMU_IOAS_UNMAP, &cmd);

	if (unmapped)
		*unmapped = rc ? 0 : cmd.length;
	return rc;
}

int iommufd_ioas_unmap_all(int fd, __u32 ioas, __u64 *unmapped)
{
	return iommufd_ioas_unmap(fd, ioas, 0, UINT64_MAX, unmapped);
}

int iommufd_ioas_change_process(int fd)
{
	struct iommu_ioas_change_process cmd = { .size = sizeof(cmd) };

	return iommufd_call(fd, IOMMU_IOAS_CHANGE_PROCESS, &cmd);
}

int iommufd_ioas_noiommu_get_pa(int fd, struct iommu_ioas_noiommu_get_pa *cmd)
{
	return iommufd_call(fd, IOMMU_IOAS_NOIOMMU_GET_PA, cmd);
}
