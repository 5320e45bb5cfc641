// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * a PCI device with 9 regions
 * attached, and detached again
 */
#include <iommufd.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct vfio_device_info info = { .argsz = sizeof(info) };
	int fd = iommufd_open(NULL);
	int device = iommufd_vfio_open(argc > 1 ? argv[1] : "0000:01:00.0");
	__u32 dev_id, pt;

	if (fd < 0 || device < 0 || iommufd_vfio_bind(device, fd, &dev_id) ||
	    iommufd_vfio_info(device, &info) || iommufd_ioas_alloc(fd, &pt))
		return 1;
	if (info.flags & VFIO_DEVICE_FLAGS_PCI)
		printf("a PCI device with %u regions\n", info.num_regions);
	if (iommufd_vfio_attach(device, &pt) || iommufd_vfio_detach(device))
		return 1;
	printf("attached, and detached again\n");
	close(device);
	close(fd);
	return 0;
}
