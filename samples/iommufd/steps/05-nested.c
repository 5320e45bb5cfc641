// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * DMA at the guest's IOVA 0x7000 has written to its page 10
 * after an invalidation, to page 11
 */
/*
 * A guest's own page table over the host's: the device translates by both. The
 * guest's memory is at guest address 0; its table is in there. The device is
 * one that the kernel simulates (vtd_sim=8M). More of it: samples/iommufd/nested.
 */
#include <stdio.h>
#include <string.h>

#include "../nested/engine.h"
#include "sample.h"

#define PAGE 4096ULL
#define PAGES 16
#define GUEST_IOVA 0x7000ULL
/* First-stage entries: present, writable, user (VT-d 9.8). */
#define ALL 0x7ULL

static struct iommufd_session *session;
static struct engine engine = { .fd = -1 };
static char *guest;
static int fd;

static __u64 *entry(__u64 table, unsigned int index)
{
	return (__u64 *)(guest + table) + index;
}

/* Four levels in pages 1 to 4; IOVA 0x7000 is entry 7 of the last. */
static void write_table(__u64 target)
{
	*entry(1 * PAGE, 0) = 2 * PAGE | ALL;
	*entry(2 * PAGE, 0) = 3 * PAGE | ALL;
	*entry(3 * PAGE, 0) = 4 * PAGE | ALL;
	*entry(4 * PAGE, GUEST_IOVA / PAGE) = target | ALL;
}

static __u32 host_table(__u32 ioas)
{
	struct iommu_hwpt_alloc cmd = {
		.size = sizeof(cmd), .flags = IOMMU_HWPT_ALLOC_NEST_PARENT,
		.dev_id = engine.dev_id, .pt_id = ioas,
	};

	sample_check(session, IOMMU_HWPT_ALLOC, iommufd_hwpt_alloc(fd, &cmd));
	return cmd.out_hwpt_id;
}

static __u32 guest_table(__u32 parent)
{
	const struct iommu_hwpt_vtd_s1 table = {
		.pgtbl_addr = 1 * PAGE, .addr_width = 48,
	};
	struct iommu_hwpt_alloc cmd = {
		.size = sizeof(cmd), .dev_id = engine.dev_id, .pt_id = parent,
		.data_type = IOMMU_HWPT_DATA_VTD_S1, .data_len = sizeof(table),
		.data_uptr = (unsigned long)&table,
	};

	sample_check(session, IOMMU_HWPT_ALLOC, iommufd_hwpt_alloc(fd, &cmd));
	return cmd.out_hwpt_id;
}

/* What the guest's invalidation queue tells the VMM goes to the kernel. */
static void invalidate(__u32 hwpt)
{
	struct iommu_hwpt_vtd_s1_invalidate what = {
		.addr = GUEST_IOVA, .npages = 1,
	};
	__u32 num = 1;

	sample_check(session, IOMMU_HWPT_INVALIDATE,
		     iommufd_hwpt_invalidate(fd, hwpt,
					     IOMMU_HWPT_INVALIDATE_DATA_VTD_S1,
					     &what, sizeof(what), &num));
}

static void dma(__u64 page)
{
	memset((void *)engine.memory, 0x5a, PAGE);
	sample_need(!engine_run(&engine, VTD_SIM_OP_WRITE, 0, GUEST_IOVA), "DMA");
	sample_need(guest[page * PAGE] == 0x5a, "the data is elsewhere");
}

int main(void)
{
	struct iommufd_memory memory;
	__u32 ioas, hwpt, pt;
	__u64 iova = 0;

	session = sample_open();
	fd = iommufd_session_fd(session);
	sample_need(!engine_unit_make() && !engine_make(&engine) &&
		    !engine_open(&engine, fd), "a simulated device");
	sample_need(!iommufd_memory_alloc(&memory, PAGES * PAGE,
					  IOMMUFD_PAGES_USUAL), "memory");
	guest = memory.va;
	sample_check(session, IOMMU_IOAS_ALLOC, iommufd_ioas_alloc(fd, &ioas));
	sample_check(session, IOMMU_IOAS_MAP,
		     iommufd_ioas_map(fd, ioas, guest, PAGES * PAGE, FIXED, &iova));

	write_table(10 * PAGE);
	hwpt = guest_table(host_table(ioas));
	pt = hwpt;
	sample_check(session, VFIO_DEVICE_ATTACH_IOMMUFD_PT,
		     iommufd_vfio_attach(engine.fd, &pt));
	dma(10);
	printf("DMA at the guest's IOVA 0x%llx has written to its page 10\n",
	       GUEST_IOVA);

	write_table(11 * PAGE);
	invalidate(hwpt);
	dma(11);
	printf("after an invalidation, to page 11\n");

	engine_close(&engine);
	iommufd_session_close(session);
	engine_remove(&engine);
	engine_unit_remove();
	return 0;
}
