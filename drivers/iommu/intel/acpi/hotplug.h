/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Units that come and go with a PCI root bridge (_DSM of the bridge).
 *
 * dmar_device_add() and dmar_device_remove() are called by the ACPI core; the
 * upper layers of the driver hand their part down as ops.
 */
#ifndef __VTD_ACPI_HOTPLUG_H
#define __VTD_ACPI_HOTPLUG_H

struct vtd_drhd;

/**
 * struct vtd_hotplug_ops - what bringing a unit up or down means
 * @add: make the unit work; its record is in the table, no device yet.
 *	Called once per new unit. A failure takes all new units out again
 * @claim: let nothing new get behind the unit, which is to go; -EBUSY if
 *	something is there: then nothing has changed
 * @reopen: undo @claim
 * @remove: switch the unit off and let it go. Claimed, or added just now
 *
 * All may sleep and run one at a time, without vtd_table_lock.
 */
struct vtd_hotplug_ops {
	int (*add)(struct vtd_drhd *drhd);
	int (*claim)(struct vtd_drhd *drhd);
	void (*reopen)(struct vtd_drhd *drhd);
	void (*remove)(struct vtd_drhd *drhd);
};

void vtd_hotplug_register(const struct vtd_hotplug_ops *ops);

#endif
