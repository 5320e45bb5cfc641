// SPDX-License-Identifier: GPL-2.0-only
/*
 * The doorbell of a simulated function, in its config space: writes to a
 * vendor-specific capability reach it through any VMM, and one at a time.
 *
 * Locks: vtd_sim_unit.lock.
 * Calls: engine.c, scatter.c, stream.c, msi.c
 */
#include <linux/bitfield.h>
#include <linux/stddef.h>

#include "config.h"
#include "doorbell.h"
#include "engine.h"
#include "function.h"
#include "msi.h"
#include "scatter.h"
#include "stream.h"

#define AT(field)	(VTD_SIM_CONFIG_DOORBELL + offsetof(struct vtd_sim_doorbell, field))

static u32 config_get(const struct vtd_sim_function *fn, u32 at)
{
	return vtd_sim_config_read(fn, at, sizeof(u32));
}

static u64 config_get64(const struct vtd_sim_function *fn, u32 at)
{
	return config_get(fn, at) | (u64)config_get(fn, at + sizeof(u32)) << 32;
}

static void set_status(struct vtd_sim_function *fn, enum vtd_sim_status status)
{
	vtd_sim_config_set(fn, AT(status), sizeof(u32), status);
}

static void job_finish(struct vtd_sim_function *fn, enum vtd_sim_status status)
{
	u32 command = config_get(fn, AT(command));

	set_status(fn, status);
	if (status != VTD_SIM_PENDING && command & VTD_SIM_OP_INTERRUPT)
		vtd_sim_msi_raise(fn, FIELD_GET(VTD_SIM_OP_VECTOR, command));
}

/**
 * vtd_sim_doorbell_ring() - software has rung
 * @fn: the function
 */
void vtd_sim_doorbell_ring(struct vtd_sim_function *fn)
{
	struct vtd_sim_job job = {
		.addr = config_get64(fn, AT(addr_lo)),
		.nbytes = config_get(fn, AT(nbytes)),
		.offset = config_get(fn, AT(offset)),
		.pasid = config_get(fn, AT(pasid)),
		.command = config_get(fn, AT(command)),
		.operand = config_get64(fn, AT(operand)),
		.compare = config_get64(fn, AT(compare)),
	};
	enum vtd_sim_status status;

	if (job.command == VTD_SIM_OP_END_STREAM) {
		vtd_sim_stream_stop(fn);
		set_status(fn, VTD_SIM_OK);
		return;
	}
	if (job.command & VTD_SIM_OP_STREAM) {
		status = vtd_sim_engine_check(fn, &job);
		set_status(fn, status ?: vtd_sim_stream_start(fn, &job));
		return;
	}
	status = job.command & VTD_SIM_OP_LIST ? vtd_sim_scatter_run(fn, &job) :
						 vtd_sim_engine_run(fn, &job);
	vtd_sim_config_set(fn, AT(done), sizeof(u32), job.done);
	job_finish(fn, status);
}

/**
 * vtd_sim_doorbell_page_done() - the page request that was asked for is answered
 * @fn: the function
 */
void vtd_sim_doorbell_page_done(struct vtd_sim_function *fn)
{
	if (config_get(fn, AT(status)) == VTD_SIM_PENDING)
		job_finish(fn, fn->page == VTD_SIM_PAGE_GIVEN ? VTD_SIM_OK :
								VTD_SIM_PAGE_FAILED);
}
