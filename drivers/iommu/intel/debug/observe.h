/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one observer of the invalidation queues: the tracepoint qi_submit and
 * the latency histograms share it. Its trace half is declared in trace.h.
 */
#ifndef _VTD_DEBUG_OBSERVE_H
#define _VTD_DEBUG_OBSERVE_H

#include <linux/types.h>

#include "../hw/qi.h"

struct vtd_unit;

/**
 * typedef vtd_duration_fn - told how long a submission took
 * @unit: where
 * @type: of its descriptor
 * @ns: duration in ns
 *
 * Context: any but NMI.
 */
typedef void (*vtd_duration_fn)(struct vtd_unit *unit, enum vtd_desc_type type, u64 ns);

/**
 * vtd_observe_latency - from now on somebody is told how long submissions take
 * @fn: who; always the same function. It is called as long as anybody observes,
 *	the tracepoint too
 *
 * Context: may sleep.
 * Return: 0, or the error of vtd_queue_observe().
 */
int vtd_observe_latency(vtd_duration_fn fn);

/**
 * vtd_unobserve_latency - the way back
 */
void vtd_unobserve_latency(void);

#endif
