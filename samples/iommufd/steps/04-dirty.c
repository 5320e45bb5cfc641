// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * dirty: pages 2 8
 * read again: none
 */
/*
 * Which pages a device has written to, as a VMM asks during migration. The
 * device is one that the kernel simulates (vtd_sim=8M on its command line).
 */
#include <stdio.h>
#include <string.h>

#include "../nested/engine.h"
#include "sample.h"

#define PAGE 4096ULL
#define IOVA 0x10000000ULL
#define PAGES 64

static int fd;
static __u32 hwpt;

static unsigned int read_dirty(void)
{
	__u64 bitmap[PAGES / 64] = { 0 }, bit = 0;
	struct iommu_hwpt_get_dirty_bitmap cmd = {
		.size = sizeof(cmd), .hwpt_id = hwpt, .iova = IOVA,
		.length = PAGES * PAGE, .page_size = PAGE,
		.data = (unsigned long)bitmap,
	};
	unsigned int num = 0;

	sample_check(NULL, IOMMU_HWPT_GET_DIRTY_BITMAP,
		     iommufd_dirty_read(fd, &cmd));
	while ((bit = iommufd_dirty_next(bitmap, PAGES, bit)) < PAGES) {
		printf(" %llu", (unsigned long long)bit++);
		num++;
	}
	return num;
}

int main(void)
{
	struct iommufd_session *session = sample_open();
	struct iommu_hwpt_alloc alloc = {
		.size = sizeof(alloc),
		.flags = IOMMU_HWPT_ALLOC_DIRTY_TRACKING,
	};
	struct engine engine = { .fd = -1 };
	struct iommufd_memory memory;
	__u64 iova = IOVA;

	fd = iommufd_session_fd(session);
	sample_need(!engine_unit_make() && !engine_make(&engine) &&
		    !engine_open(&engine, fd), "a simulated device");
	sample_check(session, IOMMU_IOAS_ALLOC,
		     iommufd_ioas_alloc(fd, &alloc.pt_id));
	sample_need(!iommufd_memory_alloc(&memory, PAGES * PAGE,
					  IOMMUFD_PAGES_USUAL), "memory");
	sample_check(session, IOMMU_IOAS_MAP,
		     iommufd_ioas_map(fd, alloc.pt_id, memory.va, PAGES * PAGE,
				      FIXED, &iova));
	/* A page table that can be tracked is asked for, not switched over. */
	alloc.dev_id = engine.dev_id;
	sample_check(session, IOMMU_HWPT_ALLOC, iommufd_hwpt_alloc(fd, &alloc));
	hwpt = alloc.out_hwpt_id;
	sample_check(session, VFIO_DEVICE_ATTACH_IOMMUFD_PT,
		     iommufd_vfio_attach(engine.fd, &alloc.out_hwpt_id));
	sample_check(session, IOMMU_HWPT_SET_DIRTY_TRACKING,
		     iommufd_dirty_track(fd, hwpt,
					 IOMMU_HWPT_DIRTY_TRACKING_ENABLE));

	sample_need(!engine_run(&engine, VTD_SIM_OP_WRITE, 0, IOVA + 2 * PAGE) &&
		    !engine_run(&engine, VTD_SIM_OP_WRITE, 0, IOVA + 8 * PAGE),
		    "DMA");
	printf("dirty: pages");
	read_dirty();
	/* Reading has cleaned them. */
	printf("\nread again:");
	printf("%s\n", read_dirty() ? "" : " none");

	engine_close(&engine);
	iommufd_session_close(session);
	engine_remove(&engine);
	engine_unit_remove();
	return 0;
}
