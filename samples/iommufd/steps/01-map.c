// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * mapped 2 MiB at IOVA 0x10000000
 * IOMMU_IOAS_MAP: EEXIST:
 *   iova: meets something mapped already (value: its start) [0x10000000]
 *     what to do: unmap that first, or choose another IOVA
 * copied to IOVA 0x20000000
 * unmapped 4194304 bytes
 */
/*
 * An address space without a device: what is at which IOVA. Needs no hardware,
 * and of rights only those of /dev/iommu; with root the refusal is exact.
 */
#include <stdio.h>

#include "sample.h"

#define LENGTH (2UL << 20)

int main(void)
{
	struct iommufd_session *session = sample_open();
	int fd = iommufd_session_fd(session);
	__u64 iova = 0x10000000, unmapped;
	struct iommufd_memory memory;
	struct iommu_ioas_copy copy = {
		.size = sizeof(copy), .flags = FIXED, .length = LENGTH,
		.src_iova = 0x10000000, .dst_iova = 0x20000000,
	};
	__u32 ioas;

	sample_check(session, IOMMU_IOAS_ALLOC, iommufd_ioas_alloc(fd, &ioas));
	sample_need(!iommufd_memory_alloc(&memory, LENGTH, IOMMUFD_PAGES_USUAL),
		    "memory");
	sample_check(session, IOMMU_IOAS_MAP,
		     iommufd_ioas_map(fd, ioas, memory.va, LENGTH, FIXED, &iova));
	printf("mapped 2 MiB at IOVA 0x%llx\n", (unsigned long long)iova);

	/* What is taken stays as it is, and the kernel says by what. */
	sample_explain(session, IOMMU_IOAS_MAP,
		       iommufd_ioas_map(fd, ioas, memory.va, LENGTH, FIXED,
					&iova));

	/* The same pages at a second place: pinned once. */
	copy.src_ioas_id = ioas;
	copy.dst_ioas_id = ioas;
	sample_check(session, IOMMU_IOAS_COPY, iommufd_ioas_copy(fd, &copy));
	printf("copied to IOVA 0x%llx\n", (unsigned long long)copy.dst_iova);

	sample_check(session, IOMMU_IOAS_UNMAP,
		     iommufd_ioas_unmap_all(fd, ioas, &unmapped));
	printf("unmapped %llu bytes\n", (unsigned long long)unmapped);
	iommufd_memory_free(&memory);
	iommufd_session_close(session);
	return 0;
}
