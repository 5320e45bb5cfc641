/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PCI devices as they come and go, for those who act before a driver binds.
 */
#ifndef __VTD_ACPI_WATCH_H
#define __VTD_ACPI_WATCH_H

#include <linux/list.h>

struct pci_dev;

/**
 * struct vtd_watch - somebody who wants to know
 * @node: private
 * @added: a device exists and no driver is bound; also called for those
 *	that exist already when the watch is added. May be NULL
 * @removed: the device is gone from its bus. May be NULL
 *
 * A virtual function is reported like any other device.
 */
struct vtd_watch {
	struct list_head node;
	void (*added)(struct pci_dev *pdev);
	void (*removed)(struct pci_dev *pdev);
};

int vtd_watch_add(struct vtd_watch *watch);

#endif
