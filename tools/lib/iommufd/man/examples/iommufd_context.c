// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * locked memory counts for the user
 * 12345 is no object: -2
 */
#include <iommufd.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	int fd = iommufd_open(NULL);
	__u64 mode;

	if (fd < 0 || iommufd_option_get(fd, IOMMU_OPTION_RLIMIT_MODE, 0, &mode))
		return 1;
	printf("locked memory counts for the %s\n", mode ? "process" : "user");
	printf("12345 is no object: %d\n", iommufd_destroy(fd, 12345));
	close(fd);
	return 0;
}
