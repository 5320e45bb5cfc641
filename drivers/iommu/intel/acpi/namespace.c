// SPDX-License-Identifier: GPL-2.0-only
/*
 * Namespace devices: DMA masters that only the ACPI namespace knows.
 */
#define pr_fmt(fmt) "DMAR: " fmt

#include <linux/acpi.h>

#include "dmar.h"
#include "lookup.h"
#include "table.h"

static int call_for_nodes(struct acpi_device *adev, vtd_device_fn fn, void *ctx)
{
	struct acpi_device_physical_node *node;
	int ret = 0;

	guard(mutex)(&adev->physical_node_lock);
	list_for_each_entry(node, &adev->physical_node_list, node) {
		ret = fn(node->dev, ctx);
		if (ret)
			break;
	}
	return ret;
}

/**
 * vtd_visit_acpi_devices() - devices that the table names by their path
 * @fn: called for each that exists; stops at the first result that is not 0
 * @ctx: for @fn
 *
 * Without vtd_table_lock, so that @fn may look devices up: the records are
 * those of the table, which stay.
 *
 * Context: may sleep.
 * Return: what @fn returned last, else 0.
 */
int vtd_visit_acpi_devices(vtd_device_fn fn, void *ctx)
{
	struct acpi_device *adev;
	struct vtd_andd *andd;
	acpi_handle handle;
	int ret;

	if (!vtd_table())
		return 0;
	list_for_each_entry(andd, &vtd_table()->andds, node) {
		if (ACPI_FAILURE(acpi_get_handle(NULL, andd->name, &handle))) {
			pr_warn(FW_BUG "device %s does not exist\n", andd->name);
			continue;
		}
		adev = acpi_get_acpi_dev(handle);
		if (!adev)
			continue;
		ret = call_for_nodes(adev, fn, ctx);
		acpi_put_acpi_dev(adev);
		if (ret)
			return ret;
	}
	return 0;
}
