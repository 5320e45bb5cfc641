// SPDX-License-Identifier: GPL-2.0-only
/*
 * Units that come and go with a PCI root bridge.
 *
 * The bridge, or a device below it, has a _DSM whose functions return
 * structures as in the table.
 *
 * Calls: plug.c for what becomes of them.
 */
#define pr_fmt(fmt) "DMAR: " fmt

#include <linux/acpi.h>
#include <linux/dmar.h>

#include "dmar.h"
#include "plug.h"

static const guid_t dsm_guid =
	GUID_INIT(0xd8c1a3a6, 0xbe9b, 0x4c9b,
		  0x91, 0xbf, 0xc3, 0xcb, 0x81, 0xfc, 0x5d, 0xaf);

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
	int ret;

	if (!dsm_has(handle, function))
		return 0;
	buffer = acpi_evaluate_dsm_typed(handle, &dsm_guid, VTD_DSM_REVISION,
					 function, NULL, ACPI_TYPE_BUFFER);
	if (!buffer)
		return -ENODEV;
	ret = vtd_dmar_parse_owned(fresh, buffer->buffer.pointer,
				   buffer->buffer.length, handle, log);
	ACPI_FREE(buffer);
	return ret;
}

static int dsm_read_all(const struct vtd_plug *plug, struct vtd_dmar *dmar,
			struct vtd_dmar_log *log)
{
	u64 function;
	int ret;

	for (function = VTD_DSM_DRHD; function <= VTD_DSM_SATC; function++) {
		ret = dsm_read(plug->owner, function, dmar, log);
		if (ret)
			return ret;
	}
	return 0;
}

/* Returns false if the bridge can bring no unit. */
static bool dsm_plug(acpi_handle bridge, struct vtd_plug *plug)
{
	*plug = (struct vtd_plug){ .read = dsm_read_all };
	if (vtd_plug_possible())
		plug->owner = dsm_find(bridge);
	return plug->owner;
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
	struct vtd_plug plug;
	int ret;

	if (!dsm_plug(bridge, &plug))
		return 0;
	ret = vtd_plug_add(&plug);
	if (ret)
		pr_err("units of a new root bridge cannot be used: %d\n", ret);
	return ret;
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
	struct vtd_plug plug;

	return dsm_plug(bridge, &plug) ? vtd_plug_remove(&plug) : 0;
}
