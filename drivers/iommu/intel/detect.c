// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is there anything to do? Asked before memory allocation works.
 *
 * Owns: the hooks of the architecture that lead here.
 * Locks: none; boot.
 * Calls: acpi/ for the first look at the table.
 */
#include <linux/dmar.h>
#include <linux/init.h>
#include <linux/pci.h>

#include <asm/iommu.h>
#include <asm/x86_init.h>

#include "acpi/dmar.h"
#include "acpi/table.h"
#include "wanted.h"

/**
 * detect_intel_iommu() - look for remapping units
 *
 * On a machine without the table nothing is said and nothing is changed.
 *
 * Context: boot, before the allocators; called by the architecture.
 */
void __init detect_intel_iommu(void)
{
	struct vtd_dmar_summary summary;

	/* A measured launch must hear that there is no table, and has its own copy. */
	if ((vtd_table_survey(&summary) && !vtd_dma_is_forced()) ||
	    !IS_ENABLED(CONFIG_INTEL_IOMMU))
		return;

	/*
	 * Isolation needs ACS, and it has to be known before PCI is scanned. What
	 * the command line says counts in there, and only in there.
	 */
	if (vtd_dma_may_start()) {
		iommu_detected = 1;
		pci_request_acs();
	}
	x86_init.iommu.iommu_init = intel_iommu_init;
	x86_platform.iommu_shutdown = intel_iommu_shutdown;
}
