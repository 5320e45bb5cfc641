/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All units.
 *
 * The list changes only at boot and under vtd_table_lock (write) and
 * vtd_units_lock. Readers hold one of the two, or are in an RCU read-side
 * section, or run before user space exists, or after it is gone (shutdown,
 * syscore).
 */
#ifndef __VTD_UNIT_LIST_H
#define __VTD_UNIT_LIST_H

#include "unit.h"

extern struct list_head vtd_units;

/*
 * For readers that take interrupts: the core looks units up under the mutex of
 * its irq domains, so vtd_table_lock cannot be outside of that one.
 *
 * vtd_units_lock -> dmar_lock (arch/x86) -> irq_domain_mutex -> vtd_table_lock
 */
extern struct mutex vtd_units_lock;

/* The reader states by its place that the list cannot change under it. */
#define for_each_unit(unit) \
	list_for_each_entry_rcu(unit, &vtd_units, node, true)

/* Units that DMA remapping uses. */
#define for_each_active_unit(unit)					\
	for ((unit) = vtd_unit_next_active(NULL); (unit);		\
	     (unit) = vtd_unit_next_active(unit))

/* The active unit after @unit, or the first one; NULL at the end. */
struct vtd_unit *vtd_unit_next_active(struct vtd_unit *unit);

void vtd_units_publish(struct vtd_unit *unit);
void vtd_units_retract(struct vtd_unit *unit);

struct vtd_unit *vtd_unit_of_drhd(const struct vtd_drhd *drhd);

/* The unit in front of a device, its source id in @sid; NULL if there is none. */
struct vtd_unit *vtd_unit_of_device(struct device *dev, u16 *sid);
struct vtd_unit *vtd_unit_of_ioapic(u8 id, u16 *sid);
struct vtd_unit *vtd_unit_of_hpet(u8 id, u16 *sid);

/* What all units (of for_each_unit) have in common. */
void vtd_units_common(struct vtd_caps_common *common);

#endif
