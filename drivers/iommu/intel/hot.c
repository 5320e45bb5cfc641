// SPDX-License-Identifier: GPL-2.0-only
/*
 * Units that come and go while the machine runs.
 *
 * ACPI removes the devices of a root bridge before the units that came with it,
 * and does not ask whether a unit may go. A unit that something is still behind
 * stays, with its record and all its parts, and a line says so: a device
 * must not lose its tables under its hands. A unit that goes leaves the list
 * first, so that whoever walks the list (unit/list.h) never sees one that is
 * half taken apart.
 *
 * Locks: see acpi/hotplug.c; suspend is excluded by the lock of ACPI's scan.
 * Calls: everything.
 */
#include <linux/init.h>
#include <linux/iommu.h>

#include "acpi/hotplug.h"
#include "device/requester.h"
#include "event/fault.h"
#include "hot.h"
#include "ir/ir.h"
#include "queue/queue.h"
#include "start.h"
#include "unit/list.h"
#include "unit/unit.h"
#include "wanted.h"

static int bring_up(struct vtd_unit *unit)
{
	int ret;

	ret = vtd_start_queue(unit);
	if (!ret)
		ret = vtd_ir_unit_add(unit);
	if (ret || !intel_iommu_enabled)
		return ret;
	if (unit->ignored)
		return vtd_dma_is_forced() ? -ENODEV : 0;
	ret = vtd_start_tables(unit);
	if (!ret)
		ret = vtd_start_sysfs(unit);
	if (!ret)
		ret = vtd_start_devices(unit);
	return ret ?: vtd_start_translation(unit);
}

int vtd_hot_claim(struct vtd_unit *unit)
{
	int ret;

	ret = vtd_devmap_close(unit);
	if (ret) {
		vtd_err(unit, "cannot be removed: devices are still behind it; remove them first (sysfs: remove)\n");
		return ret;
	}
	ret = vtd_ir_unit_close(unit);
	if (ret) {
		vtd_devmap_reopen(unit);
		vtd_err(unit, "cannot be removed: interrupts still go through it; remove the devices that use them first\n");
	}
	return ret;
}

void vtd_hot_take_down(struct vtd_unit *unit)
{
	vtd_units_retract(unit);
	vtd_ir_unit_remove(unit);
	vtd_stop(unit);
	vtd_queue_stop(unit);
	vtd_queue_destroy(unit);
}

static int hot_add(struct vtd_drhd *drhd)
{
	struct vtd_unit *unit = vtd_unit_create(drhd);
	int ret;

	if (IS_ERR(unit))
		return PTR_ERR(unit);
	ret = bring_up(unit);
	if (!ret)
		return 0;
	vtd_err(unit, "does not work (%pe): its root bridge is not used\n", ERR_PTR(ret));
	vtd_hot_take_down(unit);
	vtd_unit_destroy(unit);
	return ret;
}

static int hot_claim(struct vtd_drhd *drhd)
{
	struct vtd_unit *unit = vtd_unit_of_drhd(drhd);

	return unit ? vtd_hot_claim(unit) : 0;
}

static void hot_reopen(struct vtd_drhd *drhd)
{
	struct vtd_unit *unit = vtd_unit_of_drhd(drhd);

	if (!unit)
		return;
	vtd_ir_unit_reopen(unit);
	vtd_devmap_reopen(unit);
}

static void hot_remove(struct vtd_drhd *drhd)
{
	struct vtd_unit *unit = vtd_unit_of_drhd(drhd);

	if (!unit)
		return;
	vtd_hot_take_down(unit);
	vtd_unit_destroy(unit);
}

static const struct vtd_hotplug_ops hotplug_ops = {
	.add = hot_add,
	.claim = hot_claim,
	.reopen = hot_reopen,
	.remove = hot_remove,
};

void __init vtd_hot_init(void)
{
	vtd_hotplug_register(&hotplug_ops);
}
