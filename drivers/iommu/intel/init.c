// SPDX-License-Identifier: GPL-2.0-only
/*
 * DMA remapping at boot.
 *
 * Owns: the order in which units are brought up.
 * Locks: none; see unit/list.h.
 * Calls: everything.
 */
#include <linux/dmar.h>
#include <linux/init.h>
#include <linux/iommu.h>
#include <linux/iommu-bulk.h>
#include <linux/pci.h>
#include <linux/tboot.h>

#include "../dma-iommu.h"
#include "acpi/lookup.h"
#include "acpi/table.h"
#include "bypass.h"
#include "cmdline.h"
#include "debug/debugfs.h"
#include "graphics.h"
#include "hot.h"
#include "ir/ir.h"
#include "ops.h"
#include "outage.h"
#include "pm.h"
#include "quirks.h"
#include "start.h"
#include "unit/list.h"
#include "unit/unit.h"
#include "wanted.h"

static void __init leave_out_graphics(void)
{
	struct vtd_unit *unit;

	if (!vtd_cmdline()->igfx_off && !vtd_quirk_igfx_off())
		return;
	for_each_active_unit(unit) {
		if (!vtd_unit_serves_graphics(unit))
			continue;
		unit->ignored = true;
		vtd_info(unit, "serves graphics only and stays off (%s)\n",
			 vtd_cmdline()->igfx_off ? "intel_iommu=igfx_off" :
						   "known to be unusable on this chipset");
	}
}

static void __init set_policy(void)
{
	struct vtd_caps_common common;

	vtd_units_common(&common);
	if (vtd_cmdline()->forcedac)
		iommu_dma_forcedac = true;
	/* Each map and unmap is an exit to the hypervisor: batches gain nothing. */
	if (vtd_cmdline()->strict || common.any_cm)
		iommu_set_dma_strict();
}

/* No unit may translate before the queues of all run: old chipsets demand it. */
static void __init start_units(void)
{
	struct vtd_unit *unit;
	int ret;

	for_each_active_unit(unit) {
		ret = vtd_start_queue(unit);
		if (ret)
			vtd_outage_at_boot(unit, "its invalidation queue does not start", ret);
	}
	for_each_active_unit(unit) {
		ret = vtd_start_tables(unit);
		if (!ret)
			ret = vtd_start_sysfs(unit);
		if (ret)
			vtd_outage_at_boot(unit, "its tables cannot be set up", ret);
	}
}

static int probe_acpi_device(struct device *dev, void *ctx)
{
	iommu_probe_device(dev);
	return 0;
}

/*
 * The first registration finds the devices of all units, so all must be ready.
 * Domains come before translation: firmware's regions must be mapped by then.
 */
static int __init register_units(void)
{
	struct vtd_unit *unit;
	int ret, n = 0;

	for_each_active_unit(unit) {
		ret = vtd_start_devices(unit);
		if (ret)
			vtd_outage_at_boot(unit, "its devices cannot be registered", ret);
	}
	vtd_visit_acpi_devices(probe_acpi_device, NULL);
	for_each_active_unit(unit) {
		ret = vtd_start_translation(unit);
		if (ret)
			vtd_outage_at_boot(unit, "translation does not start", ret);
		else
			n++;
	}
	return n ? 0 : -ENODEV;
}

static void __init leave_off_all(void)
{
	struct vtd_unit *unit;

	for_each_unit(unit)
		vtd_leave_off(unit);
}

/* Units that failed have been dealt with. */
static void __init leave_off_ignored(void)
{
	struct vtd_unit *unit;

	for_each_unit(unit)
		if (unit->ignored && !unit->lost)
			vtd_leave_off(unit);
}

static int __init start_remapping(enum vtd_verdict verdict)
{
	int ret;

	leave_out_graphics();
	set_policy();
	start_units();
	leave_off_ignored();
	ret = register_units();
	if (ret)
		return ret;
	iommu_bulk_register(&vtd_bulk_ops);
	intel_iommu_enabled = 1;
	if (verdict != VTD_ON)
		pr_info("DMAR: DMA remapping is %s\n", vtd_verdict_text(verdict));
	return 0;
}

/**
 * intel_iommu_init() - bring DMA remapping up
 *
 * Context: PCI is enumerated, no driver is bound; called by the architecture.
 * Return: 0; -ENODEV if it stays off.
 */
int __init intel_iommu_init(void)
{
	enum vtd_verdict verdict;
	int ret;

	ret = vtd_table_read();
	if (!ret)
		ret = vtd_units_create();
	vtd_outage_check_forced();
	if (ret)
		return ret;
	vtd_ir_pci_init();
	vtd_quirk_late_check();
	vtd_graphics_init();
	vtd_pm_init();

	verdict = vtd_dma_verdict();
	if (vtd_verdict_is_on(verdict)) {
		ret = start_remapping(verdict);
	} else {
		pr_info("DMAR: DMA remapping is %s\n", vtd_verdict_text(verdict));
		leave_off_all();
		ret = -ENODEV;
	}
	if (ret && verdict == VTD_ON_BY_TBOOT)
		panic("DMAR: no unit remaps DMA, and a measured launch relies on it (intel_iommu=tboot_noforce does without)\n");
	vtd_hot_init();
	vtd_debugfs_init();
	return ret;
}
