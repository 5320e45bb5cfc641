/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Devices that did not answer, or perhaps will not.
 */
#ifndef __VTD_QUEUE_QUARANTINE_H
#define __VTD_QUEUE_QUARANTINE_H

#include "ring.h"

/* Why a device is held to be the one that does not answer. */
enum vtd_verdict {
	VTD_VERDICT_NAMED,	/* the unit says so */
	VTD_VERDICT_GONE,	/* it is not there */
	VTD_VERDICT_ALONE,	/* nobody else was asked */
};

void vtd_quarantine_add_locked(struct vtd_queue *queue, u16 sid,
			       enum vtd_verdict verdict) __must_hold(&queue->lock);
void vtd_doubt_add_locked(struct vtd_queue *queue, u16 sid)
	__must_hold(&queue->lock);
bool vtd_queue_find_gone(struct vtd_queue *queue, const struct vtd_job *job);
void vtd_queue_settle_doubts(struct vtd_queue *queue, const struct vtd_job *job);

#endif
