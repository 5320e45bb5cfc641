// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * BAR 0 is a dma-buf
 * mapped at IOVA 0x10000000
 * after a reset of the device: unmapped 131072 bytes, mapped again
 */
/*
 * 03-dmabuf-bar BDF: the registers of one device in the address space of
 * others, as a VMM does for peer-to-peer DMA. A BAR has no pages that could be
 * pinned: VFIO exports it as a dma-buf, and IOMMU_IOAS_MAP_FILE maps that.
 */
#include <stdio.h>
#include <unistd.h>

#include "sample.h"

int main(int argc, char **argv)
{
	struct iommufd_session *session = sample_open();
	struct iommu_ioas_map_file map = {
		.size = sizeof(map), .flags = FIXED, .iova = 0x10000000,
	};
	int fd = iommufd_session_fd(session), device;
	__u64 unmapped;
	struct vfio_region_info bar;
	__u32 dev_id, pt;

	sample_need(argc == 2, "usage: 03-dmabuf-bar BDF");
	device = sample_check(session, IOMMUFD_VFIO_OPEN,
			      iommufd_vfio_open(argv[1]));
	sample_check(session, VFIO_DEVICE_BIND_IOMMUFD,
		     iommufd_vfio_bind(device, fd, &dev_id));
	sample_check(session, IOMMU_IOAS_ALLOC,
		     iommufd_ioas_alloc(fd, &map.ioas_id));
	pt = map.ioas_id;
	sample_check(session, VFIO_DEVICE_ATTACH_IOMMUFD_PT,
		     iommufd_vfio_attach(device, &pt));

	iommufd_vfio_region(device, VFIO_PCI_BAR0_REGION_INDEX, &bar);
	map.length = bar.size;
	map.fd = iommufd_vfio_dma_buf(device, VFIO_PCI_BAR0_REGION_INDEX, 0,
				      bar.size);
	sample_need(map.fd >= 0, "VFIO exports no dma-buf of BAR 0");
	printf("BAR 0 is a dma-buf\n");
	sample_check(session, IOMMU_IOAS_MAP_FILE,
		     iommufd_ioas_map_file(fd, &map));
	printf("mapped at IOVA 0x%llx\n", (unsigned long long)map.iova);

	/*
	 * A reset takes the memory back: its translations are gone from all page
	 * tables. The IOVA stays taken until it is unmapped; then the BAR can be
	 * mapped again.
	 */
	sample_need(!iommufd_vfio_reset(device), "reset");
	sample_check(session, IOMMU_IOAS_UNMAP,
		     iommufd_ioas_unmap(fd, map.ioas_id, map.iova, map.length,
					&unmapped));
	sample_check(session, IOMMU_IOAS_MAP_FILE,
		     iommufd_ioas_map_file(fd, &map));
	printf("after a reset of the device: unmapped %llu bytes, mapped again\n",
	       (unsigned long long)unmapped);

	close(map.fd);
	close(device);
	iommufd_session_close(session);
	return 0;
}
