/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A wait that is not short.
 */
#ifndef __VTD_QUEUE_WAIT_H
#define __VTD_QUEUE_WAIT_H

#include <linux/types.h>

struct vtd_job;
struct vtd_queue;

/**
 * struct vtd_wait - a wait that is not short
 * @us: how long, since the queue got on last
 * @ask_us: when the devices are asked next whether they are there; 0: no doubt yet
 * @rounds: how often the bound has passed without anything being done
 * @mark: where the queue was at the first of these
 */
struct vtd_wait {
	u32 us;
	u32 ask_us;
	u32 rounds;
	u64 mark;
};

bool vtd_wait_step(struct vtd_queue *queue, const struct vtd_job *job,
		   struct vtd_wait *wait);

#endif
