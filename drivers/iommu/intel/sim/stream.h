/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Streams: DMA of a simulated function in the background.
 */
#ifndef __VTD_SIM_STREAM_H
#define __VTD_SIM_STREAM_H

#include <linux/types.h>
#include <linux/workqueue.h>

#include "engine.h"

struct vtd_sim_function;
struct vtd_sim_unit;

/**
 * struct vtd_sim_stream - the stream of a function
 * @job: the operation that is repeated
 * @left: how often it is still to be done; 0: there is no stream
 * @done: how often it was done
 * @failed: of these, in vain
 * @status: how the first of those ended
 * @work: goes on with it when nothing else happens
 */
struct vtd_sim_stream {
	struct vtd_sim_job job;
	u32 left;
	u32 done;
	u32 failed;
	enum vtd_sim_status status;
	struct delayed_work work;
};

void vtd_sim_stream_init(struct vtd_sim_function *fn);
void vtd_sim_stream_exit(struct vtd_sim_function *fn);

/* The lock of the unit is held. */
enum vtd_sim_status vtd_sim_stream_start(struct vtd_sim_function *fn,
					 const struct vtd_sim_job *job);
void vtd_sim_stream_stop(struct vtd_sim_function *fn);
void vtd_sim_streams_step(struct vtd_sim_unit *unit);

#endif
