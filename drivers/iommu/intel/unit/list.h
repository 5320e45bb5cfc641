/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All units.
 *
 * A unit joins the list under vtd_units_lock, and leaves it under that and
 * vtd_table_lock (write), before any part of it is taken apart. So a unit and its
 * parts stay for readers that hold one of the two. In an RCU read-side section,
 * which is enough to find a unit, only struct vtd_unit itself stays. Before user
 * space exists and after it is gone (shutdown, syscore) nobody changes the list.
 *
 * The unit in front of a device stays as long as the device has been found behind
 * it, or is below the root bridge with which it came: see hot.c.
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

/* Complains if the caller is none of the readers above (lockdep). */
void vtd_units_assert_stable(void);

#define for_each_unit(unit) \
	for (vtd_units_assert_stable(),					\
	     (unit) = list_entry_rcu(vtd_units.next, struct vtd_unit, node); \
	     &(unit)->node != &vtd_units;				\
	     (unit) = list_entry_rcu((unit)->node.next, struct vtd_unit, node))

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
