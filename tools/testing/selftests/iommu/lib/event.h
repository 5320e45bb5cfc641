/* SPDX-License-Identifier: GPL-2.0-only */
/* Fault queues and virtual event queues, and what the mock puts into them. */
#ifndef IOMMU_SELFTEST_EVENT_H
#define IOMMU_SELFTEST_EVENT_H

#include <stddef.h>

#include "mock.h"

#define VIRT_ID 0x4711

/* A queue and its file. */
struct event_queue {
	__u32 id;
	int fd;
};

int __fault_queue(int fd, struct event_queue *queue);
struct event_queue fault_queue(int fd);
/* A hwpt of an IOAS that reports to a fault queue. */
int __hwpt_fault(int fd, __u32 dev, __u32 ioas, __u32 fault, __u32 *hwpt);
__u32 hwpt_fault(int fd, __u32 dev, __u32 ioas, __u32 fault);

int __trigger_iopf(int fd, struct iommu_test_trigger_iopf fault);
/* A page request of one page: @grpid, at page @grpid. */
void trigger_iopf(int fd, __u32 dev, __u32 grpid);
/* One group of @npages pages. */
void trigger_iopf_group(int fd, __u32 dev, __u32 grpid, unsigned int npages);

struct fault_bench {
	int fd;
	__u32 ioas;
	struct mock_dev dev;
	__u32 plain;
	struct event_queue queue;
	__u32 hwpt;
	struct footprint before;
};

/* A device attached to a hwpt that reports faults. */
struct fault_bench fault_bench_make(void);
/* Exactly @num records. */
void fault_bench_read(struct fault_bench *b, struct iommu_hwpt_pgfault *faults,
		      unsigned int num);
/* IOMMUFD_PAGE_RESP_*; 0 or -errno. */
int __fault_bench_answer(struct fault_bench *b, __u32 cookie, __u32 code);

/* What guests have to do with it. */
struct guest {
	__u32 parent;
	__u32 viommu;
	__u32 vdev;
};

struct guest guest_make(int fd, __u32 dev, __u32 ioas);
int __veventq(int fd, struct iommu_veventq_alloc *cmd);
struct event_queue veventq(int fd, __u32 viommu, __u32 depth);
int __trigger_vevent(int fd, __u32 dev);
void trigger_vevents(int fd, __u32 dev, unsigned int num);

/* Bytes, or -errno. */
long __event_read(int fd, void *buf, size_t count);
long __event_write(int fd, const void *buf, size_t count);
/* What poll() says at once. */
int event_poll(int fd);

#endif
