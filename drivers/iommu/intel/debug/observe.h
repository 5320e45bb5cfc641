/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one observer of the invalidation queues: the tracepoint qi_submit and
 * the latency histograms share it. Its trace half is declared in trace.h.
 */
#ifndef _VTD_DEBUG_OBSERVE_H
#define _VTD_DEBUG_OBSERVE_H

/**
 * vtd_observe_latency - durations go to vtd_latency_add() from now on
 *
 * Context: may sleep.
 * Return: 0, or the error of vtd_queue_observe().
 */
int vtd_observe_latency(void);

/**
 * vtd_unobserve_latency - the way back
 */
void vtd_unobserve_latency(void);

#endif
