// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who looks at submissions to the invalidation queues, and when.
 *
 * Owns: the observer. Locks: observe_lock around registering it.
 */
#include <linux/cleanup.h>
#include <linux/mutex.h>

#include "../queue/queue.h"
#include "../trace.h"
#include "../unit/unit.h"
#include "observe.h"

static DEFINE_MUTEX(observe_lock);
static unsigned int observers;

static void trace_submission(struct vtd_unit *unit, const struct vtd_desc *descs,
			     unsigned int n)
{
	unsigned int i;

	if (!trace_qi_submit_enabled())
		return;
	for (i = 0; i < n; i++)
		trace_qi_submit(unit->name, descs[i].qw);
}

/* Set once. It is called for the tracepoint's sake, too, and decides itself what counts. */
static vtd_duration_fn duration_fn;

static void pass_duration(struct vtd_unit *unit, enum vtd_desc_type type, u64 ns)
{
	vtd_duration_fn fn = READ_ONCE(duration_fn);

	if (fn)
		fn(unit, type, ns);
}

static const struct vtd_queue_observer observer = {
	.submitted = trace_submission,
	.done = pass_duration,
};

static int observer_get(void)
{
	int ret;

	guard(mutex)(&observe_lock);
	if (!observers) {
		ret = vtd_queue_observe(&observer);
		if (ret)
			return ret;
	}
	observers++;
	return 0;
}

static void observer_put(void)
{
	guard(mutex)(&observe_lock);
	if (!--observers)
		vtd_queue_observe(NULL);
}

int vtd_observe_trace(void)
{
	return observer_get();
}

void vtd_unobserve_trace(void)
{
	observer_put();
}

int vtd_observe_latency(vtd_duration_fn fn)
{
	WRITE_ONCE(duration_fn, fn);
	return observer_get();
}

void vtd_unobserve_latency(void)
{
	observer_put();
}
