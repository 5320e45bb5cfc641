// SPDX-License-Identifier: GPL-2.0-only
/*
 * Units that come and go with a PCI root bridge.
 *
 * The bridge, or a device below it, has a _DSM whose functions return
 * structures as in the table. They are parsed like the table; only when all of
 * them are good do they join it, and only then are the new units brought up.
 *
 * Locks: hotplug_lock -> vtd_table_lock.
 */
#define pr_fmt(fmt) "DMAR: " fmt

#include <linux/acpi.h>
#include <linux/cleanup.h>
#include <linux/dmar.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include "dmar.h"
#include "hotplug.h"
#include "scope.h"
#include "table.h"

static DEFINE_MUTEX(hotplug_lock);
static const struct vtd_hotplug_ops *hotplug_ops __guarded_by(&hotplug_lock);
static const guid_t dsm_guid =
	GUID_INIT(0xd8c1a3a6, 0xbe9b, 0x4c9b,
		  0x91, 0xbf, 0xc3, 0xcb, 0x81, 0xfc, 0x5d, 0xaf);

/**
 * vtd_hotplug_register() - who brings units up and down
 * @ops: stays for ever
 */
void vtd_hotplug_register(const struct vtd_hotplug_ops *ops)
{
	guard(mutex)(&hotplug_lock);
	hotplug_ops = ops;
}

static bool dsm_has(acpi_handle handle, u64 function)
{
	return acpi_check_dsm(handle, &dsm_guid, VTD_DSM_REVISION,
			      BIT_ULL(function));
}

static acpi_status dsm_visit(acpi_handle handle, u32 level, void *ctx,
			     void **found)
{
	if (!dsm_has(handle, VTD_DSM_DRHD))
		return AE_OK;
	*found = handle;
	return AE_CTRL_TERMINATE;
}

/* Whoever at or below the bridge describes units; NULL if nobody does. */
static acpi_handle dsm_find(acpi_handle bridge)
{
	acpi_handle found = NULL;

	if (dsm_has(bridge, VTD_DSM_DRHD))
		return bridge;
	acpi_walk_namespace(ACPI_TYPE_DEVICE, bridge, ACPI_UINT32_MAX,
			    dsm_visit, NULL, NULL, &found);
	return found;
}

static int dsm_read(acpi_handle handle, u64 function, struct vtd_dmar *fresh,
		    struct vtd_dmar_log *log)
{
	union acpi_object *buffer;
	int rc;

	if (!dsm_has(handle, function))
		return 0;
	buffer = acpi_evaluate_dsm_typed(handle, &dsm_guid, VTD_DSM_REVISION,
					 function, NULL, ACPI_TYPE_BUFFER);
	if (!buffer)
		return -ENODEV;
	rc = vtd_dmar_parse_owned(fresh, buffer->buffer.pointer,
				  buffer->buffer.length, handle, log);
	ACPI_FREE(buffer);
	return rc;
}

static int dsm_read_all(acpi_handle handle, struct vtd_dmar *fresh)
{
	struct vtd_dmar_log log;
	u64 function;
	int rc;

	vtd_table_log_init(&log);
	fresh->haw = vtd_table()->haw;
	for (function = VTD_DSM_DRHD; function <= VTD_DSM_SATC; function++) {
		rc = dsm_read(handle, function, fresh, &log);
		if (rc)
			return rc;
	}
	return log.errors ? -EINVAL : 0;
}

static struct vtd_drhd *find_live(const struct vtd_drhd *wanted)
{
	struct vtd_drhd *drhd;

	list_for_each_entry(drhd, &vtd_table()->drhds, node) {
		if (drhd->base == wanted->base)
			return drhd;
	}
	return NULL;
}

/* All of @fresh joins the table. */
static void publish(struct vtd_dmar *fresh)
{
	struct vtd_dmar *dmar = vtd_table();

	guard(rwsem_write)(&vtd_table_lock);
	list_splice_tail_init(&fresh->drhds, &dmar->drhds);
	list_splice_tail_init(&fresh->atsrs, &dmar->atsrs);
	list_splice_tail_init(&fresh->satcs, &dmar->satcs);
}

/* What @owner brought, and the units in @also, leave the table for @gone. */
static void retract(void *owner, const struct vtd_dmar *also,
		    struct vtd_dmar *gone)
{
	struct vtd_dmar *dmar = vtd_table();
	struct vtd_atsr *atsr, *next_atsr;
	struct vtd_satc *satc, *next_satc;
	struct vtd_drhd *drhd, *live;

	guard(rwsem_write)(&vtd_table_lock);
	list_for_each_entry(drhd, &also->drhds, node) {
		live = find_live(drhd);
		if (live)
			list_move(&live->node, &gone->drhds);
	}
	list_for_each_entry_safe(atsr, next_atsr, &dmar->atsrs, node) {
		if (atsr->owner == owner)
			list_move(&atsr->node, &gone->atsrs);
	}
	list_for_each_entry_safe(satc, next_satc, &dmar->satcs, node) {
		if (satc->owner == owner)
			list_move(&satc->node, &gone->satcs);
	}
}

/* Returns how many were brought up before the one that failed. */
static unsigned int bring_up(const struct vtd_dmar *wanted, int *error)
	__must_hold(&hotplug_lock)
{
	struct vtd_drhd *drhd;
	unsigned int n = 0;

	*error = 0;
	list_for_each_entry(drhd, &wanted->drhds, node) {
		*error = hotplug_ops->add(find_live(drhd));
		if (*error)
			break;
		n++;
	}
	return n;
}

/* The first @n of @wanted. */
static void bring_down(const struct vtd_dmar *wanted, unsigned int n)
	__must_hold(&hotplug_lock)
{
	struct vtd_drhd *drhd, *live;

	list_for_each_entry(drhd, &wanted->drhds, node) {
		if (!n--)
			break;
		live = find_live(drhd);
		if (live)
			hotplug_ops->remove(live);
	}
}

/* All of @wanted or none: a bridge does not lose half of its units. */
static int claim_all(const struct vtd_dmar *wanted)
	__must_hold(&hotplug_lock)
{
	struct vtd_drhd *drhd, *live;
	int rc;

	list_for_each_entry(drhd, &wanted->drhds, node) {
		live = find_live(drhd);
		rc = live ? hotplug_ops->claim(live) : 0;
		if (rc)
			goto undo_claims;
	}
	return 0;

undo_claims:
	list_for_each_entry_continue_reverse(drhd, &wanted->drhds, node) {
		live = find_live(drhd);
		if (live)
			hotplug_ops->reopen(live);
	}
	return rc;
}

static int hotplug_add(acpi_handle handle, struct vtd_dmar *fresh,
		       struct vtd_dmar *names)
	__must_hold(&hotplug_lock)
{
	struct vtd_dmar gone;
	struct vtd_drhd *drhd;
	unsigned int n;
	int rc;

	/* Two readings: one becomes part of the table, one names the units. */
	rc = dsm_read_all(handle, fresh);
	if (!rc)
		rc = dsm_read_all(handle, names);
	if (rc)
		return rc;
	list_for_each_entry(drhd, &fresh->drhds, node) {
		if (find_live(drhd)) {
			pr_warn(FW_BUG "unit at %#llx exists already\n",
				drhd->base);
			return -EEXIST;
		}
	}
	vtd_table_set_nodes(fresh, fresh);
	publish(fresh);
	n = bring_up(names, &rc);
	if (!rc)
		return 0;
	bring_down(names, n);
	vtd_dmar_init(&gone);
	retract(handle, names, &gone);
	vtd_dmar_free(&gone);
	return rc;
}

/* What describes the units of a bridge, or NULL: it can bring none. */
static acpi_handle hotplug_find_locked(acpi_handle bridge)
{
	lockdep_assert_held(&hotplug_lock);
	return vtd_table() && hotplug_ops ? dsm_find(bridge) : NULL;
}

/**
 * dmar_device_add() - a root bridge was added, perhaps with units
 * @bridge: its ACPI handle
 *
 * Context: may sleep; before the bridge is scanned.
 * Return: 0, also if it brings no unit; else the bridge must not be used:
 * -EINVAL for damaged structures, -EEXIST, -ENOMEM, errors of bringing up.
 */
int dmar_device_add(acpi_handle bridge)
{
	struct vtd_dmar fresh, names;
	acpi_handle handle;
	int rc;

	guard(mutex)(&hotplug_lock);
	handle = hotplug_find_locked(bridge);
	if (!handle)
		return 0;
	vtd_dmar_init(&fresh);
	vtd_dmar_init(&names);
	rc = hotplug_add(handle, &fresh, &names);
	if (rc)
		pr_err("units of a new root bridge cannot be used: %d\n", rc);
	vtd_dmar_free(&names);
	vtd_dmar_free(&fresh);
	return rc;
}

/**
 * dmar_device_remove() - a root bridge is gone, with its units
 * @bridge: its ACPI handle
 *
 * Context: may sleep; no device below the bridge is left.
 * Return: 0; -EBUSY if a unit is still in use: all of them stay, with their
 * records. The core does not ask, and goes on; the units say why.
 */
int dmar_device_remove(acpi_handle bridge)
{
	struct vtd_dmar names, gone;
	acpi_handle handle;
	int rc;

	guard(mutex)(&hotplug_lock);
	handle = hotplug_find_locked(bridge);
	if (!handle)
		return 0;
	vtd_dmar_init(&names);
	vtd_dmar_init(&gone);
	rc = dsm_read_all(handle, &names);
	if (!rc)
		rc = claim_all(&names);
	if (!rc) {
		bring_down(&names, UINT_MAX);
		retract(handle, &names, &gone);
	}
	vtd_dmar_free(&gone);
	vtd_dmar_free(&names);
	return rc;
}
