// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * the device is behind VT-d
 * it has a page table of its own
 */
#include <iommufd.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct iommu_hw_info_vtd vtd;
	struct iommu_hw_info info = { .size = sizeof(info) };
	struct iommu_hwpt_alloc table = { .size = sizeof(table) };
	int fd = iommufd_open(NULL);
	int device = iommufd_vfio_open(argc > 1 ? argv[1] : "0000:01:00.0");
	__u32 dev_id, ioas, pt;

	if (fd < 0 || device < 0 || iommufd_vfio_bind(device, fd, &dev_id) ||
	    iommufd_ioas_alloc(fd, &ioas))
		return 1;
	info.dev_id = dev_id;
	info.data_len = sizeof(vtd);
	info.data_uptr = (unsigned long)&vtd;
	if (iommufd_hw_info(fd, &info))
		return 1;
	if (info.out_data_type == IOMMU_HW_INFO_TYPE_INTEL_VTD)
		printf("the device is behind VT-d\n");
	table.dev_id = dev_id;
	table.pt_id = ioas;
	if (iommufd_hwpt_alloc(fd, &table))
		return 1;
	pt = table.out_hwpt_id;
	if (iommufd_vfio_attach(device, &pt))
		return 1;
	printf("it has a page table of its own\n");
	close(device);
	close(fd);
	return 0;
}
