// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * the device asks for IOVA 0x10000000, to read and write
 * mapped, answered
 * DMA works: 0x5a
 */
/*
 * A page that is mapped only when the device asks for it (PRI): the request
 * comes as a record of a fault queue, the answer goes back there. The device is
 * one that the kernel simulates (vtd_sim=8M).
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../nested/engine.h"
#include "sample.h"

#define PAGE 4096ULL
#define IOVA 0x10000000ULL

static void answer(int queue, __u32 cookie)
{
	struct iommu_hwpt_page_response response = {
		.cookie = cookie, .code = IOMMUFD_PAGE_RESP_SUCCESS,
	};

	sample_need(iommufd_fault_respond(queue, &response, 1) == 1, "answer");
}

int main(void)
{
	struct iommufd_session *session = sample_open();
	struct iommu_hwpt_alloc alloc = {
		.size = sizeof(alloc), .flags = IOMMU_HWPT_FAULT_ID_VALID,
	};
	struct engine engine = { .fd = -1 };
	struct iommu_hwpt_pgfault fault;
	struct iommufd_memory memory;
	int fd = iommufd_session_fd(session);
	struct pollfd ready = { .events = POLLIN };
	__u64 iova = IOVA;

	sample_need(!engine_unit_make() && !engine_make(&engine) &&
		    !engine_open(&engine, fd), "a simulated device");
	sample_check(session, IOMMU_IOAS_ALLOC,
		     iommufd_ioas_alloc(fd, &alloc.pt_id));
	sample_check(session, IOMMU_FAULT_QUEUE_ALLOC,
		     iommufd_fault_queue_alloc(fd, &alloc.fault_id, &ready.fd));
	/* The page table's faults go to the queue: nothing is mapped yet. */
	alloc.dev_id = engine.dev_id;
	sample_check(session, IOMMU_HWPT_ALLOC, iommufd_hwpt_alloc(fd, &alloc));
	sample_check(session, VFIO_DEVICE_ATTACH_IOMMUFD_PT,
		     iommufd_vfio_attach(engine.fd, &alloc.out_hwpt_id));

	/* The function asks, and waits. */
	sample_need(engine_run(&engine, VTD_SIM_OP_PAGE | VTD_SIM_OP_ATS, 0, IOVA) ==
		    VTD_SIM_PENDING, "a page request");
	sample_need(poll(&ready, 1, 10000) == 1, "no request has come");
	sample_need(iommufd_fault_read(ready.fd, &fault, 1) == 1, "read");
	printf("the device asks for IOVA 0x%llx, to%s%s\n",
	       (unsigned long long)fault.addr,
	       fault.perm & IOMMU_PGFAULT_PERM_READ ? " read" : "",
	       fault.perm & IOMMU_PGFAULT_PERM_WRITE ? " and write" : "");

	sample_need(!iommufd_memory_alloc(&memory, PAGE, IOMMUFD_PAGES_USUAL),
		    "memory");
	memset(memory.va, 0x5a, PAGE);
	sample_check(session, IOMMU_IOAS_MAP,
		     iommufd_ioas_map(fd, alloc.pt_id, memory.va, PAGE, FIXED,
				      &iova));
	answer(ready.fd, fault.cookie);
	printf("mapped, answered\n");

	sample_need(!engine_run(&engine, VTD_SIM_OP_READ | VTD_SIM_OP_ATS, 0, IOVA),
		    "DMA");
	printf("DMA works: 0x%x\n", engine.memory[0]);

	close(ready.fd);
	engine_close(&engine);
	iommufd_session_close(session);
	engine_remove(&engine);
	engine_unit_remove();
	return 0;
}
