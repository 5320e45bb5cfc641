// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations of a simulated function by a list of segments, which stands in its memory.
 *
 * Locks: vtd_sim_unit.lock.
 * Calls: engine.c for each segment.
 */
#include <linux/io.h>

#include "engine.h"
#include "function.h"
#include "scatter.h"

/* The list is read once: whoever has mapped the memory may change it meanwhile. */
static enum vtd_sim_status list_read(const struct vtd_sim_function *fn,
				     const struct vtd_sim_job *job,
				     struct vtd_sim_segment *list)
{
	if (!job->nbytes || job->nbytes % sizeof(*list) ||
	    job->nbytes > VTD_SIM_SEGMENTS * sizeof(*list) ||
	    job->addr > VTD_SIM_BAR2_SIZE - job->nbytes)
		return VTD_SIM_BAD_RANGE;
	memcpy_fromio(list, fn->bar2.map + job->addr, job->nbytes);
	return VTD_SIM_OK;
}

static struct vtd_sim_job segment_job(const struct vtd_sim_job *job,
				      const struct vtd_sim_segment *segment, u32 before)
{
	struct vtd_sim_job one = *job;

	one.command &= ~VTD_SIM_OP_LIST;
	one.addr = le64_to_cpu(segment->addr);
	one.nbytes = le32_to_cpu(segment->nbytes);
	one.offset += before;
	return one;
}

/* Could each segment be carried out, and is it not too much? */
static enum vtd_sim_status list_check(const struct vtd_sim_function *fn,
				      const struct vtd_sim_job *job,
				      const struct vtd_sim_segment *list, u32 n)
{
	enum vtd_sim_status status;
	struct vtd_sim_job one;
	u32 i, before = 0;

	for (i = 0; i < n; i++) {
		one = segment_job(job, &list[i], before);
		if (list[i].__reserved || one.offset < job->offset ||
		    one.nbytes > VTD_SIM_OP_BYTES - before)
			return VTD_SIM_BAD_RANGE;
		status = vtd_sim_engine_check(fn, &one);
		if (status)
			return status;
		before += one.nbytes;
	}
	return VTD_SIM_OK;
}

/**
 * vtd_sim_scatter_run() - do what a list of segments says
 * @fn: the function
 * @job: with VTD_SIM_OP_LIST; @job->done is set
 *
 * Context: the lock of the unit is held.
 * Return: how it ended.
 */
enum vtd_sim_status vtd_sim_scatter_run(struct vtd_sim_function *fn,
					struct vtd_sim_job *job)
{
	struct vtd_sim_segment list[VTD_SIM_SEGMENTS];
	u32 op = job->command & VTD_SIM_OP_MASK;
	u32 i, n = job->nbytes / sizeof(*list);
	enum vtd_sim_status status;
	struct vtd_sim_job one;

	job->done = 0;
	if (op != VTD_SIM_OP_READ && op != VTD_SIM_OP_WRITE)
		return VTD_SIM_BAD_COMMAND;
	status = list_read(fn, job, list);
	if (!status)
		status = list_check(fn, job, list, n);
	for (i = 0; i < n && !status; i++) {
		one = segment_job(job, &list[i], job->done);
		status = vtd_sim_engine_run(fn, &one);
		job->done += one.done;
	}
	return status;
}
