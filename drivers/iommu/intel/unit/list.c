// SPDX-License-Identifier: GPL-2.0-only
/*
 * All units, and from a device to its unit.
 *
 * Locks: vtd_units_lock for writers; readers see list.h.
 */
#include <linux/cleanup.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/rcupdate.h>

#include "../acpi/lookup.h"
#include "../acpi/table.h"
#include "list.h"

LIST_HEAD(vtd_units);
DEFINE_MUTEX(vtd_units_lock);

void vtd_units_assert_stable(void)
{
	RCU_LOCKDEP_WARN(system_state == SYSTEM_RUNNING && !rcu_read_lock_held() &&
			 !lockdep_is_held(&vtd_units_lock) &&
			 !lockdep_is_held(&vtd_table_lock),
			 "a unit may leave the list that is being read");
}

/**
 * vtd_units_publish() - a unit joins the list
 * @unit: ready to be found
 */
void vtd_units_publish(struct vtd_unit *unit)
{
	guard(mutex)(&vtd_units_lock);
	list_add_tail_rcu(&unit->node, &vtd_units);
}

/**
 * vtd_units_retract() - a unit leaves the list
 * @unit: nobody finds it when this returns, and nobody looks at it any more
 *
 * Context: may sleep; waits for all readers of the list.
 */
void vtd_units_retract(struct vtd_unit *unit)
{
	scoped_guard(mutex, &vtd_units_lock) {
		guard(rwsem_write)(&vtd_table_lock);
		list_del_rcu(&unit->node);
	}
	synchronize_rcu();
}

struct vtd_unit *vtd_unit_next_active(struct vtd_unit *unit)
{
	struct list_head *at = unit ? &unit->node : &vtd_units;

	for (at = rcu_dereference_raw(list_next_rcu(at)); at != &vtd_units;
	     at = rcu_dereference_raw(list_next_rcu(at))) {
		unit = list_entry(at, struct vtd_unit, node);
		if (!unit->ignored)
			return unit;
	}
	return NULL;
}

/**
 * vtd_unit_of_drhd() - the unit of a firmware record
 * @drhd: the record
 *
 * Return: the unit; NULL if it could not be used. What keeps it from going is the
 * caller's: a device behind it, or the hot plug path.
 */
struct vtd_unit *vtd_unit_of_drhd(const struct vtd_drhd *drhd)
{
	struct vtd_unit *unit;

	guard(rcu)();
	for_each_unit(unit) {
		if (unit->drhd == drhd)
			return unit;
	}
	return NULL;
}

static struct vtd_unit *unit_at(int ret, const struct vtd_where *where, u16 *sid)
{
	if (ret)
		return NULL;
	*sid = where->sid;
	return vtd_unit_of_drhd(where->drhd);
}

struct vtd_unit *vtd_unit_of_device(struct device *dev, u16 *sid)
{
	struct vtd_where where;

	return unit_at(vtd_find_device(dev, &where), &where, sid);
}

struct vtd_unit *vtd_unit_of_ioapic(u8 id, u16 *sid)
{
	struct vtd_where where;

	return unit_at(vtd_find_ioapic(id, &where), &where, sid);
}

struct vtd_unit *vtd_unit_of_hpet(u8 id, u16 *sid)
{
	struct vtd_where where;

	return unit_at(vtd_find_hpet(id, &where), &where, sid);
}

void vtd_units_common(struct vtd_caps_common *common)
{
	struct vtd_unit *unit;

	vtd_caps_common_init(common);
	for_each_unit(unit)
		vtd_caps_common_add(common, &unit->caps);
}
