/* SPDX-License-Identifier: GPL-2.0-only */
/* Nested translation: nest parents, nested hwpts, vIOMMUs and what is in them. */
#ifndef IOMMU_SELFTEST_NEST_H
#define IOMMU_SELFTEST_NEST_H

#include <string.h>

#include "harness.h"
#include "mock.h"
#include "trace.h"

/* First value of the slots of a nested page table. */
#define NEST_IOTLB IOMMU_TEST_IOTLB_DEFAULT

/* A mock device, attached to an IOAS that also has a nest parent. */
struct nest {
	int fd;
	size_t page;
	__u32 ioas;
	struct mock_dev dev;
	__u32 parent;
	struct trace trace;
	struct footprint before;
	/* The event of the last REFUSED(). */
	struct reject last;
};

struct nest nest_make(void);
void nest_end(struct nest *n);

/* What REFUSED() compares with: everything that exists at this moment. */
void nest_mark(struct nest *n);
/*
 * The call fails with -@errnum, exactly one event tells a field and a reason,
 * and nothing is left behind.
 */
void nest_refused(const char *file, int line, struct nest *n, int rc,
		  int errnum);
#define REFUSED(n, call, errnum) \
	nest_refused(__FILE__, __LINE__, n, call, errnum)
/* The same, for this reason. */
#define REFUSED_AS(n, call, errnum, words)				\
	do {								\
		REFUSED(n, call, errnum);				\
		if (strcmp((n)->last.reason, words))			\
			harness_fail(__FILE__, __LINE__, "reason: %s",	\
				     (n)->last.reason);			\
	} while (0)

/* A nested hwpt over @pt, a nest parent or a vIOMMU. */
struct iommu_hwpt_alloc nested_args(__u32 dev, __u32 pt,
				    const struct iommu_hwpt_selftest *data);
int __nested_alloc(int fd, __u32 dev, __u32 pt, __u32 *id);
__u32 nested_alloc(int fd, __u32 dev, __u32 pt);
__u32 nest_parent_alloc(int fd, __u32 dev, __u32 ioas);

/* Does the slot hold @value? */
int __check_iotlb(int fd, __u32 hwpt, __u32 slot, __u32 value);
int __check_cache(int fd, __u32 dev, __u32 slot, __u32 value);

int __invalidate(int fd, struct iommu_hwpt_invalidate *cmd);

int __viommu_alloc(int fd, struct iommu_viommu_alloc *cmd);
__u32 viommu_alloc(int fd, __u32 dev, __u32 hwpt);
int __vdevice_alloc(int fd, __u32 viommu, __u32 dev, __u64 virt_id, __u32 *id);
__u32 vdevice_alloc(int fd, __u32 viommu, __u32 dev, __u64 virt_id);
int __hw_queue_alloc(int fd, struct iommu_hw_queue_alloc *cmd);

#endif
