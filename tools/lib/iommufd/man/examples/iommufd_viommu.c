// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * this unit has no vIOMMU of the default type: -95
 */
#include <iommufd.h>
#include <stdio.h>
#include <unistd.h>

/*
 * Takes a unit that nests for more: samples/iommufd/nested has a virtual machine
 * monitor's part of it.
 */
int main(int argc, char **argv)
{
	struct iommu_viommu_alloc cmd = {
		.size = sizeof(cmd), .type = IOMMU_VIOMMU_TYPE_DEFAULT,
	};
	int fd = iommufd_open(NULL);
	int device = iommufd_vfio_open(argc > 1 ? argv[1] : "0000:01:00.0");
	__u32 dev_id, ioas;

	if (fd < 0 || device < 0 || iommufd_vfio_bind(device, fd, &dev_id) ||
	    iommufd_ioas_alloc(fd, &ioas))
		return 1;
	cmd.dev_id = dev_id;
	cmd.hwpt_id = ioas;
	printf("this unit has no vIOMMU of the default type: %d\n",
	       iommufd_viommu_alloc(fd, &cmd));
	close(device);
	close(fd);
	return 0;
}
