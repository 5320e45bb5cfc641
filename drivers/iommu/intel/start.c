// SPDX-License-Identifier: GPL-2.0-only
/*
 * The steps that bring one unit up; init.c takes them for all units at boot, hot
 * plug for one.
 *
 * Owns: the order inside each step.
 * Locks: none; boot, or the hot plug path alone.
 * Calls: everything below.
 */
#include <linux/crash_dump.h>
#include <linux/iommu.h>

#include "cmdline.h"
#include "debug/perfmon.h"
#include "debug/sysfs.h"
#include "device/device.h"
#include "device/requester.h"
#include "event/fault.h"
#include "event/page_request.h"
#include "hw/regs_layout.h"
#include "inval/inval.h"
#include "ir/ir.h"
#include "ops.h"
#include "queue/prq.h"
#include "queue/queue.h"
#include "quirks.h"
#include "start.h"
#include "table/root.h"
#include "unit/cmd.h"
#include "unit/event.h"
#include "unit/unit.h"

/**
 * vtd_start_queue() - the unit takes invalidations
 * @unit: the unit
 *
 * Interrupt remapping may have done it already; then nothing happens.
 *
 * Return: 0; -ENOMEM; -ETIMEDOUT, -EIO of the unit.
 */
int vtd_start_queue(struct vtd_unit *unit)
{
	int ret = vtd_queue_create(unit);

	return ret ?: vtd_queue_start(unit);
}

/* The mode of tables in use is the mode of those that replace them at one stroke. */
static bool mode_is_fixed(const struct vtd_unit *unit)
{
	if (!unit->inherited_te)
		return false;
	return is_kdump_kernel() || (unit->te_stays && !unit->caps.esrtps);
}

/**
 * vtd_start_mode() - legacy or scalable mode
 * @unit: the unit; unit->scalable is set
 */
void vtd_start_mode(struct vtd_unit *unit)
{
	const struct vtd_caps *caps = &unit->caps;

	if (mode_is_fixed(unit))
		unit->scalable = FIELD_GET(VTD_RTADDR_TTM, vtd_unit_root(unit)) ==
				 VTD_TTM_SCALABLE;
	else
		unit->scalable = vtd_cmdline()->scalable && caps->sm && caps->qi &&
				 (caps->fsts || caps->ssts);
}

/**
 * vtd_may_replace_tables() - may ours replace those in use while translation is on?
 * @unit: the unit; its mode is chosen
 *
 * The address of the root table may change at any time, the other fields of the
 * register only on units that flush all caches by themselves (VT-d chapter 11, RTADDR).
 *
 * Return: true if they may.
 */
bool vtd_may_replace_tables(struct vtd_unit *unit)
{
	u64 mode = unit->scalable ? VTD_TTM_SCALABLE : VTD_TTM_LEGACY;

	return unit->caps.esrtps ||
	       (vtd_unit_root(unit) & (VTD_RTADDR_TTM | VTD_RTADDR_SSIRWE)) ==
	       FIELD_PREP(VTD_RTADDR_TTM, mode);
}

/*
 * Somebody else's tables are in use, which nobody takes care of any more. Where
 * translation must not be switched off, they go when ours are set.
 */
static int leave_old_tables(struct vtd_unit *unit)
{
	int ret;

	if (!vtd_unit_translates(unit))
		return 0;
	ret = vtd_unit_disable_translation(unit);
	if (ret != -EBUSY)
		return ret;
	if (vtd_may_replace_tables(unit))
		return 0;
	vtd_warn(unit, "translation is off for a moment, because the mode of the tables changes; integrated graphics may hang\n");
	return vtd_unit_force_translation_off(unit);
}

/*
 * An earlier kernel left translation on. After a crash, devices still send to
 * where its tables lead, and those tables are taken over; otherwise they
 * belong to nobody.
 */
static int settle_inheritance(struct vtd_unit *unit)
{
	int ret;

	if (!unit->inherited_te)
		return 0;
	if (is_kdump_kernel()) {
		ret = vtd_root_adopt(unit);
		if (!ret) {
			vtd_info(unit, "goes on with the tables of the crashed kernel until drivers take their devices\n");
			return 0;
		}
		vtd_warn(unit, "the tables of the crashed kernel cannot be taken over (%d); DMA stops\n",
			 ret);
	} else {
		vtd_warn(unit, "translation was left on by an earlier kernel; its tables are given up\n");
	}
	return leave_old_tables(unit);
}

/**
 * vtd_start_root() - the unit reads tables of ours
 * @unit: the unit; its queue runs
 *
 * Return: 0; -ENOMEM; -ETIMEDOUT, -EIO of the unit.
 */
int vtd_start_root(struct vtd_unit *unit)
{
	int ret;

	vtd_start_mode(unit);
	if (vtd_quirk_write_buffer())
		vtd_unit_force_write_buffer(unit);
	ret = vtd_root_create(unit);
	if (!ret)
		ret = vtd_devmap_create(unit);
	if (!ret)
		ret = settle_inheritance(unit);
	return ret ?: vtd_root_install(unit);
}

/**
 * vtd_start_tables() - the unit gets a root table, and reports faults
 * @unit: the unit; its queue runs
 *
 * Return: 0; -ENOMEM; -ETIMEDOUT, -EIO of the unit.
 */
int vtd_start_tables(struct vtd_unit *unit)
{
	const struct vtd_caps *caps = &unit->caps;
	int ret = vtd_start_root(unit);

	if (ret)
		return ret;
	unit->iommu.max_pasids = unit->scalable && caps->pasid ?
				 1U << caps->pasid_bits : 0;
	vtd_fault_enable(unit);
	vtd_prq_enable(unit);
	return 0;
}

/**
 * vtd_start_sysfs() - the unit appears in /sys/class/iommu
 * @unit: the unit; it has a root table
 *
 * Return: 0; an error of iommu_device_sysfs_add().
 */
int vtd_start_sysfs(struct vtd_unit *unit)
{
	int ret = iommu_device_sysfs_add(&unit->iommu, NULL, vtd_unit_groups, "%s",
					 unit->name);

	if (!ret)
		vtd_perfmon_add(unit);
	return ret;
}

/**
 * vtd_start_devices() - devices behind the unit get their domains
 * @unit: the unit; all units have root tables
 *
 * The first unit finds the devices of all.
 *
 * Return: 0; an error of iommu_device_register().
 */
int vtd_start_devices(struct vtd_unit *unit)
{
	int ret = iommu_device_register(&unit->iommu, &intel_iommu_ops, NULL);

	unit->registered = !ret;
	return ret;
}

static const char *unit_modes(const struct vtd_unit *unit)
{
	if (!unit->scalable)
		return "legacy mode, second stage";
	if (unit->caps.fsts)
		return "scalable mode, first stage";
	return "scalable mode, second stage";
}

/**
 * vtd_start_translation() - DMA goes through the tables from now on
 * @unit: the unit; the devices behind it have their domains
 *
 * Return: 0; -ETIMEDOUT, -EIO of the unit.
 */
int vtd_start_translation(struct vtd_unit *unit)
{
	int ret = vtd_unit_enable_translation(unit);

	if (ret)
		return ret;
	vtd_unit_disable_protected_memory(unit);
	vtd_features_start_all(unit);
	vtd_info(unit, "DMA remapping is on: %s%s%s\n", unit_modes(unit),
		 unit->scalable && unit->caps.pasid ? ", PASIDs" : "",
		 unit->caps.dev_tlb ? ", ATS where firmware allows it" : "");
	return 0;
}

/**
 * vtd_stop_for_sleep() - before the machine sleeps, or another kernel takes its memory
 * @unit: any unit
 *
 * Interrupt remapping goes on, and the queue for it, until vtd_ir_stop_for_sleep().
 *
 * Context: suspend; interrupts off, one processor.
 */
void vtd_stop_for_sleep(struct vtd_unit *unit)
{
	if (unit->root && !unit->ignored) {
		vtd_inval_everything(unit, 0);
		/* Where it must stay on, it goes on by these tables. */
		vtd_unit_disable_translation(unit);
		vtd_prq_quiet(unit);
	}
	if (!vtd_ir_is_on())
		vtd_queue_stop(unit);
}

/**
 * vtd_start_again() - a unit that has forgotten everything, or works for others
 * @unit: the unit
 *
 * After sleep it knows nothing. After hibernation it may still use the queue and
 * the tables of the kernel that loaded the image: nothing of what it says
 * counts, all is programmed from scratch.
 *
 * Context: resume; interrupts off, one processor. Interrupt remapping is back.
 * Return: 0; -ETIMEDOUT, -EIO of the unit.
 */
int vtd_start_again(struct vtd_unit *unit)
{
	int ret;

	/* Harmless where interrupt remapping has started it already. */
	ret = vtd_queue_start(unit);
	if (!ret && unit->prq)
		vtd_prq_start(unit);
	if (!ret)
		ret = leave_old_tables(unit);
	if (!ret)
		ret = vtd_root_install(unit);
	/* Messages of devices would be taken for something else. */
	if (!ret && vtd_ir_is_lost(unit))
		ret = -EIO;
	/* What bypasses the unit for graphics (bypass.c) stays as it was. */
	if (!ret && !unit->ignored)
		ret = vtd_unit_enable_translation(unit);
	/* What firmware still protects no device reaches: that is no reason to give up. */
	if (!ret)
		vtd_unit_disable_protected_memory(unit);
	return ret;
}

/**
 * vtd_stop() - give back what the steps before took
 * @unit: the unit; no device of its own is attached any more
 *
 * Tables stay where they are if the unit may go on reading them. Interrupt
 * remapping may go on, and with it the queue.
 */
void vtd_stop(struct vtd_unit *unit)
{
	if (unit->registered)
		iommu_device_unregister(&unit->iommu);
	unit->registered = false;
	vtd_perfmon_remove(unit);
	if (unit->iommu.dev)
		iommu_device_sysfs_remove(&unit->iommu);
	if (!unit->ir)
		vtd_fault_disable(unit);
	vtd_prq_disable(unit);
	if (vtd_unit_translates(unit) && vtd_unit_disable_translation(unit)) {
		vtd_warn(unit, "translation cannot be switched off; its tables stay in memory\n");
		return;
	}
	vtd_devmap_destroy(unit);
	vtd_root_destroy(unit);
}
