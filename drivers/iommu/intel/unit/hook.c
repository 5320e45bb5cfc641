// SPDX-License-Identifier: GPL-2.0-only
/*
 * Units whose registers are code.
 *
 * Owns: the list of such registers, and the switch of the accessors.
 * Locks: places_lock guards the list.
 */
#include <linux/cleanup.h>
#include <linux/mutex.h>

#include "hook.h"
#include "regs.h"
#include "unit.h"

DEFINE_STATIC_KEY_FALSE(vtd_reg_hooks);

static DEFINE_MUTEX(places_lock);
static LIST_HEAD(places);

static struct vtd_reg_place *find_place(u64 base)
{
	struct vtd_reg_place *place;

	list_for_each_entry(place, &places, node) {
		if (place->base == base)
			return place;
	}
	return NULL;
}

/**
 * vtd_reg_place_add() - a unit with this base finds code instead of registers
 * @place: filled but for its node; stays until vtd_reg_place_remove()
 *
 * Context: may sleep; before the unit's record is in the table.
 * Return: 0; -EEXIST if there is such a place already.
 */
int vtd_reg_place_add(struct vtd_reg_place *place)
{
	guard(mutex)(&places_lock);
	if (find_place(place->base))
		return -EEXIST;
	list_add(&place->node, &places);
	return 0;
}

/**
 * vtd_reg_place_remove() - undo vtd_reg_place_add()
 * @place: the place; its unit is gone
 */
void vtd_reg_place_remove(struct vtd_reg_place *place)
{
	guard(mutex)(&places_lock);
	list_del(&place->node);
}

/**
 * vtd_unit_take_hook() - is a unit made of code?
 * @unit: a new unit; its base is known
 *
 * Return: true if it is; its accessors work then.
 */
bool vtd_unit_take_hook(struct vtd_unit *unit)
{
	struct vtd_reg_place *place;

	guard(mutex)(&places_lock);
	place = find_place(unit->reg_phys);
	if (!place)
		return false;
	unit->hook = place->hook;
	unit->iommu.fwnode = place->fwnode;
	static_branch_inc(&vtd_reg_hooks);
	return true;
}

/**
 * vtd_unit_drop_hook() - undo vtd_unit_take_hook()
 * @unit: any unit that goes
 */
void vtd_unit_drop_hook(struct vtd_unit *unit)
{
	if (!unit->hook)
		return;
	unit->hook = NULL;
	static_branch_dec(&vtd_reg_hooks);
}
