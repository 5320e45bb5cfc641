// SPDX-License-Identifier: GPL-2.0-only
/*
 * A unit that does not translate although it should: its devices must neither do
 * DMA to addresses that mean something else without the unit, nor be
 * taken for isolated.
 *
 *   when      translation  answer
 *   boot      is off       addresses are physical; VFIO does not get the devices
 *             stays on     by tables of nobody: no DMA
 *   hot add   either       the root bridge is not used
 *   resume    is off       pass-through devices go on, all others do no DMA
 *             stays on     no DMA
 *   any       either       in a measured launch the machine stops (hot add: as above)
 *
 * Owns: vtd_unit.lost.
 * Locks: none; boot, or resume with interrupts off and one processor.
 * Calls: device/ to silence devices, start.c.
 */
#include <linux/init.h>
#include <linux/panic.h>
#include <linux/pci.h>

#include "acpi/dmar.h"
#include "acpi/lookup.h"
#include "acpi/table.h"
#include "acpi/watch.h"
#include "device/requester.h"
#include "device/silence.h"
#include "domain/attachment.h"
#include "domain/domain.h"
#include "ir/ir.h"
#include "outage.h"
#include "start.h"
#include "unit/cmd.h"
#include "unit/list.h"
#include "unit/unit.h"
#include "wanted.h"

/**
 * vtd_outage_decide() - what becomes of the devices behind a unit
 * @outage: what happened
 *
 * Return: the answer.
 */
enum vtd_outage_answer vtd_outage_decide(const struct vtd_outage *outage)
{
	if (outage->when == VTD_OUTAGE_HOT_ADD)
		return VTD_OUTAGE_REFUSE;
	if (outage->forced)
		return VTD_OUTAGE_HALT;
	if (outage->when == VTD_OUTAGE_RESUME || outage->translates)
		return VTD_OUTAGE_CUT_OFF;
	return VTD_OUTAGE_LEAVE_OUT;
}

/**
 * vtd_outage_fate() - what becomes of one device after sleep
 * @device: what is known of it
 *
 * A driver of the kernel heeds that its device is cut off; user space could let it
 * do DMA again, without a unit in front of it.
 *
 * Return: the fate.
 */
enum vtd_outage_fate vtd_outage_fate(const struct vtd_outage_device *device)
{
	if (device->driver == VTD_DRIVER_OF_USER)
		return VTD_FATE_HALT;
	if (device->physical && !device->translates && !device->interrupts_lost)
		return VTD_FATE_GOES_ON;
	return VTD_FATE_CUT_OFF;
}

static const char forced_cure[] =
	"a measured launch relies on it (intel_iommu=tboot_noforce does without)";

static void silence_all(struct vtd_unit *unit)
{
	struct pci_dev *pdev = NULL;

	for_each_pci_dev(pdev)
		if (vtd_drhd_covers(unit->drhd, pdev))
			vtd_silence(pdev);
}

/* Nobody vouches for what is plugged in from outside; it needed the unit. */
static void silence_untrusted(struct pci_dev *pdev)
{
	struct vtd_unit *unit;
	u16 sid;

	if (!pdev->untrusted)
		return;
	unit = vtd_unit_of_device(&pdev->dev, &sid);
	if (unit && unit->lost)
		vtd_silence(pdev);
}

static struct vtd_watch untrusted_watch = {
	.added = silence_untrusted,
};

static void leave_out(struct vtd_unit *unit)
{
	static bool watched;

	vtd_err(unit, "devices behind it are not isolated, and VFIO does not get them; update the firmware, or report it\n");
	if (!watched && vtd_watch_add(&untrusted_watch))
		vtd_err(unit, "untrusted devices behind it can reach all memory\n");
	watched = true;
}

/**
 * vtd_outage_at_boot() - a unit cannot be brought up
 * @unit: the unit
 * @what: what failed
 * @error: the error
 *
 * Devices that were found behind it have no IOMMU afterwards.
 *
 * Context: boot; no driver is bound.
 */
void vtd_outage_at_boot(struct vtd_unit *unit, const char *what, int error)
{
	struct vtd_outage outage = {
		.when = VTD_OUTAGE_BOOT,
		.forced = vtd_dma_is_forced(),
	};

	vtd_err(unit, "DMA remapping cannot be used: %s (%pe)\n", what, ERR_PTR(error));
	unit->ignored = true;
	unit->lost = true;
	vtd_stop(unit);
	if (vtd_unit_translates(unit))
		vtd_unit_force_translation_off(unit);
	outage.translates = vtd_unit_translates(unit);

	switch (vtd_outage_decide(&outage)) {
	case VTD_OUTAGE_LEAVE_OUT:
	case VTD_OUTAGE_REFUSE:
		leave_out(unit);
		break;
	case VTD_OUTAGE_CUT_OFF:
		vtd_err(unit, "still translates with the tables of an earlier kernel: the DMA of devices behind it is blocked\n");
		silence_all(unit);
		break;
	case VTD_OUTAGE_HALT:
		panic("DMAR: %s: DMA remapping cannot be used, and %s\n", unit->name,
		      forced_cure);
	}
}

static enum vtd_outage_driver driver_of(const struct vtd_device *vd)
{
	if (!xa_empty(&vd->pasids) || !vd->rid)
		return VTD_DRIVER_OF_USER;
	if (!vtd_device_is_physical(vd) &&
	    !(vd->rid->domain->domain.type & __IOMMU_DOMAIN_DMA_API))
		return VTD_DRIVER_OF_USER;
	return VTD_DRIVER_OF_KERNEL;
}

static bool is_bridge(struct device *dev)
{
	return dev_is_pci(dev) && pci_is_bridge(to_pci_dev(dev));
}

static enum vtd_outage_fate device_fate(struct vtd_device *vd)
{
	struct vtd_outage_device device = {
		.physical = vtd_device_is_physical(vd),
		.driver = driver_of(vd),
		.translates = vtd_unit_translates(vd->unit),
		.interrupts_lost = vtd_ir_is_lost(vd->unit),
	};
	enum vtd_outage_fate fate = vtd_outage_fate(&device);

	if (fate == VTD_FATE_CUT_OFF && dev_is_pci(vd->dev))
		vtd_silence(to_pci_dev(vd->dev));
	else if (fate == VTD_FATE_CUT_OFF)
		dev_alert(vd->dev, "DMAR: cannot be kept from DMA: memory may be overwritten\n");
	return fate;
}

/* Each device once: by its own source id. */
static enum vtd_outage_fate end_of_devices(struct vtd_unit *unit)
{
	enum vtd_outage_fate worst = VTD_FATE_GOES_ON;
	struct vtd_requester *requester;
	struct vtd_device *vd;
	unsigned long sid;

	guard(rcu)();
	xa_for_each(&unit->devices->by_sid, sid, requester) {
		vd = rcu_dereference(requester->device);
		if (vd && !is_bridge(vd->dev))
			worst = max(worst, device_fate(vd));
	}
	return worst;
}

/**
 * vtd_outage_at_resume() - a unit did not come back after sleep
 * @unit: the unit
 * @error: the error
 *
 * Context: resume; interrupts off, one processor.
 */
void vtd_outage_at_resume(struct vtd_unit *unit, int error)
{
	struct vtd_outage outage = {
		.when = VTD_OUTAGE_RESUME,
		.forced = vtd_dma_is_forced(),
	};

	unit->lost = true;
	vtd_err(unit, "did not come back after sleep (%pe): the DMA of devices behind it is blocked until the machine is rebooted\n",
		ERR_PTR(error));
	outage.translates = vtd_unit_translates(unit);
	if (vtd_outage_decide(&outage) == VTD_OUTAGE_HALT)
		panic("DMAR: %s: DMA is not remapped after sleep, and %s\n", unit->name,
		      forced_cure);
	if (end_of_devices(unit) == VTD_FATE_HALT)
		panic("DMAR: %s: DMA is not remapped after sleep, and user space drives devices behind it: they would reach all memory\n",
		      unit->name);
}

/**
 * vtd_outage_check_forced() - stop if a measured launch lacks a unit from the start
 *
 * Damaged records, registers that do not answer, and units without an address
 * width are left out, with a line for each. That is not enough here.
 *
 * Context: boot; units exist, none was left out by a quirk or an option yet.
 */
void __init vtd_outage_check_forced(void)
{
	const struct vtd_drhd *drhd;
	struct vtd_unit *unit;

	if (!vtd_dma_is_forced())
		return;
	if (!vtd_table())
		panic("DMAR: there is no table of remapping units, and %s\n", forced_cure);
	list_for_each_entry(drhd, &vtd_table()->drhds, node)
		if (drhd->refused)
			panic("DMAR: the unit at %#llx cannot be used, and %s\n",
			      drhd->base, forced_cure);
	for_each_unit(unit)
		if (unit->ignored)
			panic("DMAR: %s cannot be used for DMA, and %s\n", unit->name,
			      forced_cure);
}
