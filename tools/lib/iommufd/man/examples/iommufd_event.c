// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * 0 page faults wait for an answer
 */
#include <iommufd.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	struct iommu_hwpt_pgfault faults[16];
	int fd = iommufd_open(NULL);
	int queue, num;
	__u32 id;

	/* A page table is given the queue by IOMMU_HWPT_FAULT_ID_VALID. */
	if (fd < 0 || iommufd_fault_queue_alloc(fd, &id, &queue))
		return 1;
	/* poll() tells when there are some. */
	num = iommufd_fault_read(queue, faults, 16);
	if (num < 0)
		return 1;
	printf("%d page faults wait for an answer\n", num);
	close(queue);
	close(fd);
	return 0;
}
