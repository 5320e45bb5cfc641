// SPDX-License-Identifier: GPL-2.0-only
/*
 * Streams: a function repeats a small operation while the driver works.
 *
 * One operation is done before and after each register write of the driver, and
 * after each store to a live table entry: so a stream sees every state in between,
 * the same in each run. When the driver does nothing, a worker goes on with it. What
 * fails is counted and stops nothing.
 *
 * Between a change and the end of its invalidation a stream may lawfully use what
 * caches still have. Its stale hits are counted apart.
 *
 * Owns: struct vtd_sim_stream.
 * Locks: vtd_sim_unit.lock.
 * Calls: engine.c, config.c, sriov.c and msi.c
 */
#include <linux/bitfield.h>
#include <linux/cleanup.h>
#include <linux/sizes.h>
#include <linux/stddef.h>

#include "config.h"
#include "function.h"
#include "msi.h"
#include "sim_unit.h"
#include "stream.h"

#define AT(field)	(VTD_SIM_CONFIG_DOORBELL + offsetof(struct vtd_sim_doorbell, field))

/* The worker holds the lock for one operation at a time. */
#define WORK_OPERATIONS	16
#define WORK_PAUSE	1

static void stream_show(struct vtd_sim_function *fn)
{
	const struct vtd_sim_stream *stream = &fn->stream;

	vtd_sim_config_set(fn, AT(stream_left), sizeof(u32), stream->left);
	vtd_sim_config_set(fn, AT(stream_done), sizeof(u32), stream->done);
	vtd_sim_config_set(fn, AT(stream_failed), sizeof(u32), stream->failed);
	vtd_sim_config_set(fn, AT(stream_status), sizeof(u32), stream->status);
}

static void stream_step(struct vtd_sim_function *fn)
{
	struct vtd_sim_stream *stream = &fn->stream;
	enum vtd_sim_status status;

	if (!stream->left)
		return;
	fn->unit->streaming = true;
	status = vtd_sim_engine_run(fn, &stream->job);
	fn->unit->streaming = false;
	fn->unit->counters.streamed++;
	stream->left--;
	stream->done++;
	if (status && !stream->failed++)
		stream->status = status;
	stream_show(fn);
	if (!stream->left) {
		fn->unit->nstreams--;
		if (stream->job.command & VTD_SIM_OP_INTERRUPT)
			vtd_sim_msi_raise(fn, FIELD_GET(VTD_SIM_OP_VECTOR,
							stream->job.command));
	}
}

/**
 * vtd_sim_streams_step() - each stream behind a unit does one operation
 * @unit: the unit
 *
 * Context: the unit's lock is held, and nobody is inside the model.
 */
void vtd_sim_streams_step(struct vtd_sim_unit *unit)
{
	struct vtd_sim_function *fn;
	unsigned int sid;

	lockdep_assert_held(&unit->lock);
	if (likely(!unit->nstreams))
		return;
	for (sid = 0; sid < VTD_SIM_SIDS; sid++) {
		fn = vtd_sim_sriov_find(unit, sid);
		if (fn)
			stream_step(fn);
	}
}

static void go_on(struct work_struct *work)
{
	struct vtd_sim_function *fn = container_of(to_delayed_work(work),
						   struct vtd_sim_function, stream.work);
	unsigned int i;
	u32 left = 1;

	for (i = 0; left && i < WORK_OPERATIONS; i++) {
		guard(raw_spinlock_irqsave)(&fn->unit->lock);
		stream_step(fn);
		left = fn->stream.left;
	}
	if (left)
		queue_delayed_work(system_dfl_wq, &fn->stream.work, WORK_PAUSE);
}

/**
 * vtd_sim_stream_start() - repeat an operation from now on
 * @fn: the function; a stream that it has ends
 * @job: the operation, which the engine would do; its operand says how often
 *
 * Context: the unit's lock is held.
 * Return: how it began.
 */
enum vtd_sim_status vtd_sim_stream_start(struct vtd_sim_function *fn,
					 const struct vtd_sim_job *job)
{
	u32 op = job->command & VTD_SIM_OP_MASK;

	lockdep_assert_held(&fn->unit->lock);
	if (op != VTD_SIM_OP_READ && op != VTD_SIM_OP_WRITE && op != VTD_SIM_OP_FETCH)
		return VTD_SIM_BAD_COMMAND;
	if (job->nbytes > SZ_4K || !lower_32_bits(job->operand))
		return VTD_SIM_BAD_RANGE;
	vtd_sim_stream_stop(fn);
	fn->stream.job = *job;
	fn->stream.left = lower_32_bits(job->operand);
	fn->stream.done = 0;
	fn->stream.failed = 0;
	fn->stream.status = VTD_SIM_OK;
	fn->unit->nstreams++;
	stream_show(fn);
	queue_delayed_work(system_dfl_wq, &fn->stream.work, WORK_PAUSE);
	return VTD_SIM_OK;
}

/**
 * vtd_sim_stream_stop() - end the stream of a function, if it has one
 * @fn: the function; what was counted can be read still
 *
 * Context: the unit's lock is held.
 */
void vtd_sim_stream_stop(struct vtd_sim_function *fn)
{
	lockdep_assert_held(&fn->unit->lock);
	if (!fn->stream.left)
		return;
	fn->stream.left = 0;
	fn->unit->nstreams--;
	stream_show(fn);
}

void vtd_sim_stream_init(struct vtd_sim_function *fn)
{
	INIT_DELAYED_WORK(&fn->stream.work, go_on);
}

/**
 * vtd_sim_stream_exit() - no stream is left
 * @fn: the function, which nobody can reach any more
 *
 * Context: may sleep.
 */
void vtd_sim_stream_exit(struct vtd_sim_function *fn)
{
	scoped_guard(raw_spinlock_irqsave, &fn->unit->lock)
		vtd_sim_stream_stop(fn);
	cancel_delayed_work_sync(&fn->stream.work);
}
