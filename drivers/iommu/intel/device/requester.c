// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requesters and the map from source id to them.
 *
 * Owns: struct vtd_requester, its PASID table.
 * Locks: vtd_devmap.lock -> vtd_requester.lock -> vtd_root.lock.
 * Calls: table/.
 */
#include <linux/kmemleak.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "../inval/inval.h"
#include "../queue/queue.h"
#include "../table/live.h"
#include "../table/pasid.h"
#include "../table/root.h"
#include "../unit/unit.h"
#include "device.h"
#include "requester.h"

/**
 * vtd_requester_find() - who has that source id?
 * @unit: the unit
 * @sid: the source id
 *
 * Context: RCU read-side section, which bounds the use of the result.
 * Return: the requester; NULL if there is none.
 */
struct vtd_requester *vtd_requester_find(struct vtd_unit *unit, u16 sid)
{
	return unit->devices ? xa_load(&unit->devices->by_sid, sid) : NULL;
}

/* True also for a source id that no device has as its own. Any context but NMI. */
static bool sid_is_present(struct vtd_unit *unit, u16 sid)
{
	struct vtd_requester *requester;
	struct vtd_device *vd;

	guard(rcu)();
	requester = vtd_requester_find(unit, sid);
	vd = requester ? rcu_dereference(requester->device) : NULL;
	return !vd || vtd_device_present(vd);
}

/**
 * vtd_devmap_create() - an empty map
 * @unit: the unit, with a queue
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int vtd_devmap_create(struct vtd_unit *unit)
{
	struct vtd_devmap *map = kzalloc_obj(*map);

	if (!map)
		return -ENOMEM;
	xa_init(&map->by_sid);
	mutex_init(&map->lock);
	unit->devices = map;
	vtd_queue_ask(unit, sid_is_present);
	return 0;
}

/**
 * vtd_devmap_destroy() - free the map
 * @unit: the unit; no device is left
 */
void vtd_devmap_destroy(struct vtd_unit *unit)
{
	if (!unit->devices)
		return;
	WARN_ON_ONCE(!xa_empty(&unit->devices->by_sid));
	xa_destroy(&unit->devices->by_sid);
	kfree(unit->devices);
	unit->devices = NULL;
}

/**
 * vtd_devmap_close() - no device gets behind the unit any more
 * @unit: the unit, with or without a map
 *
 * Context: may sleep.
 * Return: 0; -EBUSY if there is a device: then the map stays open.
 */
int vtd_devmap_close(struct vtd_unit *unit)
{
	struct vtd_devmap *map = unit->devices;

	if (!map)
		return 0;
	guard(mutex)(&map->lock);
	if (!xa_empty(&map->by_sid))
		return -EBUSY;
	map->closed = true;
	return 0;
}

/**
 * vtd_devmap_reopen() - undo vtd_devmap_close()
 * @unit: the unit, with or without a map
 */
void vtd_devmap_reopen(struct vtd_unit *unit)
{
	if (!unit->devices)
		return;
	guard(mutex)(&unit->devices->lock);
	unit->devices->closed = false;
}

static struct vtd_requester *create_requester(struct vtd_unit *unit, u16 sid, u32 npasids)
{
	struct vtd_requester *requester = kzalloc_obj(*requester);

	if (!requester)
		return NULL;
	requester->unit = unit;
	requester->sid = sid;
	mutex_init(&requester->lock);
	INIT_LIST_HEAD(&requester->uses);
	vtd_seal_init(&requester->seal);
	requester->context = vtd_root_add_context(unit, sid);
	if (!requester->context)
		goto undo_alloc;
	if (unit->scalable) {
		requester->pasids = vtd_pasid_table_create(unit, npasids);
		if (!requester->pasids)
			goto undo_alloc;
	}
	if (xa_err(xa_store(&unit->devices->by_sid, sid, requester, GFP_KERNEL)))
		goto undo_pasids;
	return requester;

undo_pasids:
	vtd_pasid_table_destroy(requester->pasids);
undo_alloc:
	kfree(requester);
	return NULL;
}

/**
 * vtd_requester_get() - the requester of a source id
 * @unit: the unit
 * @sid: the source id
 * @npasids: size of its PASID table, if it does not exist yet
 *
 * Nothing that the unit sees changes.
 *
 * Context: may sleep.
 * Return: the requester, to be put; NULL without memory, or if the unit is about to
 * go.
 */
struct vtd_requester *vtd_requester_get(struct vtd_unit *unit, u16 sid, u32 npasids)
{
	struct vtd_requester *requester;

	guard(mutex)(&unit->devices->lock);
	if (unit->devices->closed)
		return NULL;
	requester = xa_load(&unit->devices->by_sid, sid);
	if (!requester)
		requester = create_requester(unit, sid, npasids);
	if (requester)
		requester->users++;
	return requester;
}

/* An entry that an earlier kernel made, and nobody took over, stays. */
static int clear_context(struct vtd_requester *requester)
{
	struct vtd_inval_entry where = {
		.unit = requester->unit,
		.sid = requester->sid,
	};

	if (vtd_root_is_foreign(requester->unit, requester->sid))
		return 0;
	if (requester->unit->scalable)
		return vtd_sm_context_set(&where, requester->context, &requester->seal,
					  &(struct vtd_sm_context){});
	return vtd_context_set(&where, requester->context, &requester->seal,
			       &(struct vtd_context){});
}

/*
 * As long as the unit may have the context entry in a cache it may read the tables
 * that it leads to. Whoever got their memory would decide where the DMA goes.
 */
static void free_tables(struct vtd_requester *requester, int error)
{
	struct vtd_unit *unit = requester->unit;

	if (error || READ_ONCE(requester->unconfirmed))
		error = vtd_inval_everything(unit, VTD_INVAL_SLEEP);
	if (!error) {
		vtd_pasid_table_destroy(requester->pasids);
		return;
	}
	unit->devices->kept++;
	kmemleak_not_leak(requester->pasids);
	pr_err("DMAR: %s: PASID tables of source id %02x:%02x.%x stay in memory for ever: the unit does not confirm that it has forgotten them (%d)\n",
	       unit->name, PCI_BUS_NUM(requester->sid), PCI_SLOT(requester->sid & 0xff),
	       PCI_FUNC(requester->sid & 0xff), error);
}

/**
 * vtd_requester_put() - a device does not use the requester any more
 * @requester: the requester; with the last user the unit forgets the source id
 *
 * Context: may sleep.
 */
void vtd_requester_put(struct vtd_requester *requester)
{
	struct vtd_devmap *map = requester->unit->devices;

	guard(mutex)(&map->lock);
	if (--requester->users)
		return;
	WARN_ON_ONCE(!list_empty(&requester->uses));
	xa_erase(&map->by_sid, requester->sid);
	free_tables(requester, clear_context(requester));
	kfree_rcu(requester, rcu);
}
