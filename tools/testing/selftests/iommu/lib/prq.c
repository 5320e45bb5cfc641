// SPDX-License-Identifier: GPL-2.0-only
/* A simulated function whose page requests go to a fault queue. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <iommufd.h>

#include "harness.h"
#include "memory.h"
#include "prq.h"
#include "uapi.h"
#include "vfio.h"

int __prq_hwpt(const struct prq_bench *b, const struct sim_function *fn, __u32 queue,
	       __u32 *hwpt)
{
	struct iommu_hwpt_alloc cmd = {
		.flags = (queue ? IOMMU_HWPT_FAULT_ID_VALID : 0) |
			 (b->pasid ? IOMMU_HWPT_ALLOC_PASID : 0),
		.dev_id = fn->id,
		.pt_id = b->ioas,
		.fault_id = queue,
	};
	int rc = __hwpt_alloc(b->fd, &cmd);

	*hwpt = cmd.out_hwpt_id;
	return rc;
}

__u32 prq_hwpt(const struct prq_bench *b, __u32 queue)
{
	__u32 hwpt;

	CHECK_OK(__prq_hwpt(b, &b->fn, queue, &hwpt));
	return hwpt;
}

int __prq_attach(const struct prq_bench *b, const struct sim_function *fn, __u32 hwpt)
{
	if (b->pasid)
		return iommufd_vfio_pasid_attach(fn->device, b->pasid, &hwpt);
	return iommufd_vfio_attach(fn->device, &hwpt);
}

void prq_attach(const struct prq_bench *b, __u32 hwpt)
{
	CHECK_OK(__prq_attach(b, &b->fn, hwpt));
}

void prq_detach(const struct prq_bench *b)
{
	if (b->pasid)
		CHECK_OK(iommufd_vfio_pasid_detach(b->fn.device, b->pasid));
	else
		CHECK_OK(iommufd_vfio_detach(b->fn.device));
}

void prq_bench_make(struct prq_bench *b, struct sim sim, __u32 type, __u32 pasid)
{
	memset(b, 0, sizeof(*b));
	b->pasid = pasid;
	b->sim = sim;
	b->fn = sim_function(&b->sim, type, 0);
	b->fd = iommu_open();
	sim_function_open(&b->fn, b->fd);
	b->ioas = ioas_alloc(b->fd);
	b->plain = prq_hwpt(b, 0);
	/* PASIDs need a translation of requests without. */
	if (pasid)
		vfio_attach(b->fn.device, b->plain);
	b->queue = fault_queue(b->fd);
	b->hwpt = prq_hwpt(b, b->queue.id);
	prq_attach(b, b->hwpt);
	b->va = mem_pages(PRQ_PAGES);
}

void prq_bench_end(struct prq_bench *b)
{
	if (b->fn.device >= 0)
		sim_function_close(&b->fn);
	if (b->queue.fd >= 0)
		close(b->queue.fd);
	if (b->fd >= 0)
		close(b->fd);
	sim_function_remove(&b->fn);
	sim_check_clean(&b->sim);
	sim_end(&b->sim);
}

__u32 prq_run(const struct prq_bench *b, __u32 op, __u64 iova, __u32 nbytes)
{
	sim_set(&b->fn, SIM_FIELD(pasid), b->pasid);
	return sim_run(&b->fn, op | (b->pasid ? VTD_SIM_OP_PASID : 0), iova, nbytes, 0);
}

__u32 prq_ask(const struct prq_bench *b, __u32 flags, unsigned int page,
	      unsigned int npages)
{
	return prq_run(b, VTD_SIM_OP_PAGE | flags, PRQ_IOVA + page * page_size(),
		       npages * page_size());
}

void prq_ask_pending(const struct prq_bench *b, unsigned int page, unsigned int npages)
{
	CHECK_EQ(prq_ask(b, 0, page, npages), VTD_SIM_PENDING);
}

__u32 prq_result(const struct sim_function *fn)
{
	__u32 status;

	while ((status = sim_get(fn, SIM_FIELD(status))) == VTD_SIM_PENDING)
		usleep(500);
	return status;
}

void prq_read(const struct event_queue *queue, struct iommu_hwpt_pgfault *faults,
	      unsigned int num)
{
	struct pollfd p = { .fd = queue->fd, .events = POLLIN };
	unsigned int got = 0;
	int n;

	while (got < num) {
		CHECK_EQ(poll(&p, 1, -1), 1);
		n = iommufd_fault_read(queue->fd, faults + got, num - got);
		CHECK(n > 0);
		got += n;
	}
}

void prq_check(const struct prq_bench *b, const struct iommu_hwpt_pgfault *fault,
	       unsigned int page, bool last)
{
	__u32 flags = (last ? IOMMU_PGFAULT_FLAGS_LAST_PAGE : 0) |
		      (b->pasid ? IOMMU_PGFAULT_FLAGS_PASID_VALID : 0);

	CHECK_EQ(fault->flags, flags);
	CHECK_EQ(fault->dev_id, b->fn.id);
	CHECK_EQ(fault->pasid, b->pasid);
	CHECK_EQ(fault->perm, IOMMU_PGFAULT_PERM_READ | IOMMU_PGFAULT_PERM_WRITE);
	CHECK_EQ(fault->addr, PRQ_IOVA + page * page_size());
	CHECK_EQ(fault->length, 0);
	CHECK_EQ(fault->__reserved, 0);
}

int __prq_answer(const struct event_queue *queue, __u32 cookie, __u32 code)
{
	struct iommu_hwpt_page_response response = { .cookie = cookie, .code = code };
	int n = iommufd_fault_respond(queue->fd, &response, 1);

	return n == 1 ? 0 : n;
}

void prq_answer(const struct event_queue *queue, __u32 cookie, __u32 code)
{
	CHECK_OK(__prq_answer(queue, cookie, code));
}

void prq_serve(const struct event_queue *queue, __u32 code)
{
	struct iommu_hwpt_pgfault fault;

	prq_read(queue, &fault, 1);
	prq_answer(queue, fault.cookie, code);
}

void prq_map(const struct prq_bench *b, unsigned int page)
{
	ioas_map_at(b->fd, b->ioas, b->va + page * page_size(), page_size(),
		    PRQ_IOVA + page * page_size());
}

void prq_transfer(const struct prq_bench *b, unsigned int page)
{
	__u64 iova = PRQ_IOVA + page * page_size();
	unsigned char *va = b->va + page * page_size();
	size_t i;

	for (i = 0; i < page_size(); i++)
		b->fn.memory[i] = i * 7 + page;
	CHECK_EQ(prq_run(b, VTD_SIM_OP_WRITE | VTD_SIM_OP_ATS, iova, page_size()),
		 VTD_SIM_OK);
	for (i = 0; i < page_size(); i++)
		CHECK_EQ(va[i], (unsigned char)(i * 7 + page));
	for (i = 0; i < page_size(); i++)
		va[i] = i * 13 + page;
	CHECK_EQ(prq_run(b, VTD_SIM_OP_READ | VTD_SIM_OP_ATS, iova, page_size()),
		 VTD_SIM_OK);
	for (i = 0; i < page_size(); i++)
		CHECK_EQ(b->fn.memory[i], (unsigned char)(i * 13 + page));
}
