// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * mapped at 0x10000
 * 8192 bytes are unmapped
 */
#include <iommufd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
	__u32 flags = IOMMU_IOAS_MAP_READABLE | IOMMU_IOAS_MAP_WRITEABLE |
		      IOMMU_IOAS_MAP_FIXED_IOVA;
	__u64 iova = 0x10000, unmapped;
	void *pages = aligned_alloc(4096, 8192);
	int fd = iommufd_open(NULL);
	__u32 ioas;

	if (!pages || fd < 0 || iommufd_ioas_alloc(fd, &ioas) ||
	    iommufd_ioas_map(fd, ioas, pages, 8192, flags, &iova))
		return 1;
	printf("mapped at 0x%llx\n", (unsigned long long)iova);
	if (iommufd_ioas_unmap_all(fd, ioas, &unmapped))
		return 1;
	printf("%llu bytes are unmapped\n", (unsigned long long)unmapped);
	close(fd);
	free(pages);
	return 0;
}
