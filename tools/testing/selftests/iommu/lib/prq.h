/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A simulated function whose page requests go to a fault queue, without PASID or
 * with one.
 */
#ifndef IOMMU_SELFTEST_PRQ_H
#define IOMMU_SELFTEST_PRQ_H

#include "event.h"
#include "sim.h"

#define PRQ_IOVA 0x40000000ULL
#define PRQ_PAGES 16

/* What its requests carry. */
#define PRQ_NO_PASID 0

struct prq_bench {
	struct sim sim;
	struct sim_function fn;
	/* /dev/iommu */
	int fd;
	__u32 ioas;
	/* Without faults */
	__u32 plain;
	struct event_queue queue;
	__u32 hwpt;
	/* PRQ_NO_PASID, or the PASID that is attached to @hwpt */
	__u32 pasid;
	unsigned char *va;
};

/* The function is attached to the hwpt with faults. */
void prq_bench_make(struct prq_bench *b, struct sim sim, __u32 type, __u32 pasid);
/* Everything was answered once, and nothing stale was used. */
void prq_bench_end(struct prq_bench *b);

/* A hwpt of the bench's IOAS that can be attached to the PASID of the bench. */
int __prq_hwpt(const struct prq_bench *b, const struct sim_function *fn, __u32 queue,
	       __u32 *hwpt);
__u32 prq_hwpt(const struct prq_bench *b, __u32 queue);
int __prq_attach(const struct prq_bench *b, const struct sim_function *fn, __u32 hwpt);
void prq_attach(const struct prq_bench *b, __u32 hwpt);
void prq_detach(const struct prq_bench *b);

/* An operation of the engine, with the PASID of the bench. */
__u32 prq_run(const struct prq_bench *b, __u32 op, __u64 iova, __u32 nbytes);
/* A group of page requests for @npages; returns its status. */
__u32 prq_ask(const struct prq_bench *b, __u32 flags, unsigned int page,
	      unsigned int npages);
/* The same; it is not answered yet. */
void prq_ask_pending(const struct prq_bench *b, unsigned int page, unsigned int npages);
/* What became of the last group: waits until it is answered. */
__u32 prq_result(const struct sim_function *fn);

/* Waits for @num records and reads them. */
void prq_read(const struct event_queue *queue, struct iommu_hwpt_pgfault *faults,
	      unsigned int num);
/* The fields of a record for @page, the last of its group or not. */
void prq_check(const struct prq_bench *b, const struct iommu_hwpt_pgfault *fault,
	       unsigned int page, bool last);
int __prq_answer(const struct event_queue *queue, __u32 cookie, __u32 code);
void prq_answer(const struct event_queue *queue, __u32 cookie, __u32 code);
/* Reads one record, answers it. */
void prq_serve(const struct event_queue *queue, __u32 code);

/* Maps the page, both ways by the device TLB, with data that is compared. */
void prq_map(const struct prq_bench *b, unsigned int page);
void prq_transfer(const struct prq_bench *b, unsigned int page);

#endif
