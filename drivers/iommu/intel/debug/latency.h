/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long invalidations take: a histogram for each unit and kind.
 */
#ifndef _VTD_DEBUG_LATENCY_H
#define _VTD_DEBUG_LATENCY_H

#include <linux/types.h>

struct seq_file;

/* What a histogram is about. */
enum vtd_latency_kind {
	VTD_LATENCY_IOTLB,
	VTD_LATENCY_DEV_TLB,
	VTD_LATENCY_IEC,
	VTD_LATENCY_KINDS,
};

/* Powers of ten from below 0.1 us to 10 ms and above. */
#define VTD_LATENCY_BUCKETS	7

/**
 * struct vtd_histogram - what was seen of one kind
 * @bucket: how many, by duration
 * @min: shortest, in ns; valid when @count is not 0
 * @max: longest
 * @sum: of all
 * @count: how many
 */
struct vtd_histogram {
	u64 bucket[VTD_LATENCY_BUCKETS];
	u64 min;
	u64 max;
	u64 sum;
	u64 count;
};

/**
 * vtd_histogram_add - one more sample
 * @histogram: zeroed before the first
 * @ns: its duration
 */
void vtd_histogram_add(struct vtd_histogram *histogram, u64 ns);

#ifdef CONFIG_DMAR_PERF

/**
 * vtd_latency_enable - sample one kind on all units, from nothing
 * @kind: which
 *
 * Context: may sleep.
 * Return: 0, also if it is on already; -ENOMEM; -EBUSY if somebody else
 * observes the queues.
 */
int vtd_latency_enable(enum vtd_latency_kind kind);

/**
 * vtd_latency_disable - sample nothing any more; forgets all samples
 *
 * Context: may sleep.
 */
void vtd_latency_disable(void);

/**
 * vtd_latency_show - the samples of all units
 * @m: where to
 */
void vtd_latency_show(struct seq_file *m);

#endif

#endif
