// SPDX-License-Identifier: GPL-2.0-only
/*
 * A broken device faults at line rate: the interrupts alone would take a CPU.
 *
 * So after a number of records in a short time the fault interrupt is masked,
 * and the records are looked at ten times a second until there are none. The
 * unit drops what does not fit meanwhile. Errors of the invalidation queue share
 * the interrupt; whoever waits for the queue looks for them by itself.
 *
 * Owns: struct vtd_storm.
 * Locks: vtd_storm.lock (raw, interrupts off) -> vtd_queue.lock, reg_lock.
 * Calls: unit/ to mask; the service function that it was made with.
 */
#include <linux/cleanup.h>
#include <linux/jiffies.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/slab.h>

#include "../unit/event.h"
#include "../unit/unit.h"
#include "storm.h"

static bool is_storm_locked(struct vtd_storm *storm, unsigned int records)
	__must_hold(&storm->lock)
{
	lockdep_assert_held(&storm->lock);
	if (time_after(jiffies, storm->since + VTD_STORM_PERIOD)) {
		storm->since = jiffies;
		storm->records = 0;
	}
	storm->records += records;
	return storm->records > VTD_STORM_RECORDS;
}

static void look_later(struct vtd_storm *storm)
{
	schedule_delayed_work(&storm->look, HZ / VTD_STORM_LOOKS);
}

/**
 * vtd_storm_interrupt() - the unit has something to tell
 * @storm: of the unit
 *
 * Context: hard interrupt.
 * Return: whether there was something.
 */
irqreturn_t vtd_storm_interrupt(struct vtd_storm *storm)
{
	int n;

	guard(raw_spinlock_irqsave)(&storm->lock);
	n = storm->service(storm->unit);
	if (n > 0 && !storm->masked && is_storm_locked(storm, n)) {
		storm->masked = true;
		vtd_event_mask(storm->unit, VTD_EVENT_FAULT);
		pr_err_ratelimited("DMAR: %s: a storm of faults: their interrupt is masked, records are read %u times a second until they cease\n",
				   storm->unit->name, VTD_STORM_LOOKS);
		look_later(storm);
	}
	return n < 0 ? IRQ_NONE : IRQ_HANDLED;
}

static void look_for_faults(struct work_struct *work)
{
	struct vtd_storm *storm = container_of(to_delayed_work(work),
					       struct vtd_storm, look);

	guard(raw_spinlock_irqsave)(&storm->lock);
	if (storm->service(storm->unit) > 0) {
		look_later(storm);
		return;
	}
	storm->masked = false;
	storm->since = jiffies;
	storm->records = 0;
	vtd_event_unmask(storm->unit, VTD_EVENT_FAULT);
	pr_info_ratelimited("DMAR: %s: the storm of faults is over: their interrupt is on again\n",
			    storm->unit->name);
	/* A fault just now: not every unit tells of it when the mask goes. */
	storm->service(storm->unit);
}

/**
 * vtd_storm_create() - keep an eye on the faults of a unit
 * @unit: the unit
 * @service: reports what was recorded, see struct vtd_storm
 *
 * Context: may sleep.
 * Return: to be destroyed; NULL without memory.
 */
struct vtd_storm *vtd_storm_create(struct vtd_unit *unit,
				   int (*service)(struct vtd_unit *unit))
{
	struct vtd_storm *storm = kzalloc_obj(*storm);

	if (!storm)
		return NULL;
	storm->unit = unit;
	storm->service = service;
	storm->since = jiffies;
	raw_spin_lock_init(&storm->lock);
	INIT_DELAYED_WORK(&storm->look, look_for_faults);
	return storm;
}

/**
 * vtd_storm_destroy() - undo vtd_storm_create()
 * @storm: the interrupt does not come any more; may be NULL
 *
 * Context: may sleep.
 */
void vtd_storm_destroy(struct vtd_storm *storm)
{
	if (!storm)
		return;
	cancel_delayed_work_sync(&storm->look);
	kfree(storm);
}
