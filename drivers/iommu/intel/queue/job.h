/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a caller publishes in the queue.
 */
#ifndef __VTD_QUEUE_JOB_H
#define __VTD_QUEUE_JOB_H

#include "queue.h"

struct vtd_ticket;

/**
 * struct vtd_job - one publication from the caller's side
 * @descs: descriptors
 * @n: how many, at most VTD_RING_BATCH
 * @flags: VTD_SUBMIT_*, VTD_JOB_ALONE
 * @only_sid: leave out all device TLB descriptors but those of this device;
 *	-1: none is left out; VTD_JOB_NO_DEVICE: all are
 * @fate: where to leave what became of it; NULL for who does not wait. Valid until
 *	the ticket is collected or abandoned
 * @skipped: out: source id of a descriptor left out for quarantine; else -1
 * @first: out: the ticket
 * @seq: out: its number
 */
struct vtd_job {
	const struct vtd_desc *descs;
	unsigned int n;
	unsigned int flags;
	s32 only_sid;
	struct vtd_ticket *fate;
	s32 skipped;
	u16 first;
	u32 seq;
};

#define VTD_JOB_ALL		(-1)
#define VTD_JOB_NO_DEVICE	(-2)

/* Its device is the only one that is asked meanwhile. */
#define VTD_JOB_ALONE		BIT(15)

/* In place of a source id */
#define VTD_DEVICE_NONE		(-1)
#define VTD_DEVICE_SEVERAL	(-2)

bool vtd_job_asks(const struct vtd_job *job, s32 sid);

#endif
