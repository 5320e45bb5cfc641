/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults that come faster than it is worth an interrupt.
 */
#ifndef VTD_EVENT_STORM_H
#define VTD_EVENT_STORM_H

#include <linux/irqreturn.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct vtd_unit;

/* More records than this in one period are a storm. */
#define VTD_STORM_RECORDS	128
#define VTD_STORM_PERIOD	(HZ / 10)
/* How often records are looked at during one. */
#define VTD_STORM_LOOKS		10

/**
 * struct vtd_storm - how fast the faults of a unit come
 * @service: reports what was recorded; how many records, or -1 for nothing to do
 * @unit: the unit
 * @lock: one at a time is in @service; guards the next three
 * @since: when the period began, in jiffies
 * @records: how many came in it
 * @masked: the fault interrupt is held back, and @look is on its way
 * @look: reads the records meanwhile
 */
struct vtd_storm {
	/* Constant after init */
	int (*service)(struct vtd_unit *unit);
	struct vtd_unit *unit;

	raw_spinlock_t lock;

	unsigned long since __guarded_by(&lock);
	unsigned int records __guarded_by(&lock);
	bool masked __guarded_by(&lock);

	struct delayed_work look;
};

struct vtd_storm *vtd_storm_create(struct vtd_unit *unit,
				   int (*service)(struct vtd_unit *unit));
void vtd_storm_destroy(struct vtd_storm *storm);
irqreturn_t vtd_storm_interrupt(struct vtd_storm *storm);

#endif
