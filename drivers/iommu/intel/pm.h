/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Units over suspend and at the end.
 */
#ifndef _VTD_PM_H
#define _VTD_PM_H

/**
 * vtd_pm_init - units are saved and restored around suspend from now on
 *
 * Also while they only remap interrupts.
 * Context: boot, PCI enumerated, units exist.
 */
void vtd_pm_init(void);

#endif
