// SPDX-License-Identifier: GPL-2.0-only
/*
 * A machine whose firmware lists no unit, and which may get some that are
 * simulated: what intel_iommu_init() would have done, without any unit.
 *
 * Owns: nothing.
 * Locks: none; boot.
 * Calls: everything.
 */
#include <linux/dmar.h>
#include <linux/init.h>
#include <linux/iommu.h>
#include <linux/iommu-bulk.h>

#include "acpi/dmar.h"
#include "acpi/table.h"
#include "cmdline.h"
#include "debug/debugfs.h"
#include "hot.h"
#include "ops.h"
#include "pm.h"
#include "unit/list.h"
#include "wanted.h"

static int __init late_init(void)
{
	/* With units of firmware's, all of this was done or refused at boot. */
	if (!vtd_table_may_be_empty || vtd_table_read() ||
	    !list_empty(&vtd_table()->drhds))
		return 0;
	if (vtd_cmdline()->wanted == VTD_WANTED_OFF_BY_USER)
		return 0;
	/* An IOMMU of another kind keeps its devices: simulated ones name their unit. */
	vtd_pm_init();
	iommu_bulk_register(&vtd_bulk_ops);
	intel_iommu_enabled = 1;
	vtd_hot_init();
	vtd_debugfs_init();
	return 0;
}
device_initcall(late_init);
