// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that functions send to their unit: asked of the model, counted, and
 * written to the trace.
 *
 * Locks: vtd_sim_unit.lock.
 * Calls: the model.
 */
#include <linux/lockdep.h>

#include "dma.h"
#include "model/model.h"
#include "model/unit.h"
#include "sim_unit.h"

/**
 * vtd_sim_dma() - a function sends a request
 * @unit: its unit
 * @rq: the request
 * @out: what becomes of it
 *
 * Context: unit->lock is held.
 */
void vtd_sim_dma(struct vtd_sim_unit *unit, const struct vtd_model_request *rq,
		 struct vtd_model_outcome *out)
{
	lockdep_assert_held(&unit->lock);
	vtd_model_dma(unit->model, rq, out);
	unit->counters.requests++;
	if (out->reason)
		unit->counters.faults++;
	unit->traces[unit->ntraces++ % VTD_SIM_LOG_MAX] = (struct vtd_sim_trace){
		.addr = rq->addr,
		.host = out->verdict == VTD_MODEL_DONE ? out->addr : 0,
		.nbytes = rq->size,
		.pasid = rq->pasid,
		.source = rq->sid,
		.access = rq->access,
		.at = rq->at,
		.has_pasid = rq->has_pasid,
		.verdict = out->verdict,
		.reason = out->reason,
		.stale = out->stale,
	};
}
