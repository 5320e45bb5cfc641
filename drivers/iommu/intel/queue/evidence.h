/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a wait that has lasted too long tells about devices.
 */
#ifndef __VTD_QUEUE_EVIDENCE_H
#define __VTD_QUEUE_EVIDENCE_H

struct vtd_job;
struct vtd_queue;
struct vtd_wait;

void vtd_queue_expired(struct vtd_queue *queue, const struct vtd_job *job,
		       struct vtd_wait *wait);

#endif
