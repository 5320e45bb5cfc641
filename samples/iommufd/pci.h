/* SPDX-License-Identifier: GPL-2.0-only */
/* PCI functions as sysfs shows them: finding one, and handing it to vfio-pci. */
#ifndef DEMO_PCI_H
#define DEMO_PCI_H

#include <stddef.h>
#include <linux/types.h>

#define PCI_BDF_LEN	16

struct pci_func {
	char bdf[PCI_BDF_LEN];		/* dddd:bb:dd.f */
	__u16 vendor;
	__u16 device;
	char old_driver[64];		/* empty: had none */
	int taken;			/* we moved it to vfio-pci */
};

/*
 * Fill @funcs with the functions of this machine, sorted by address.
 * Returns their number, at most @max, or -errno.
 */
int pci_func_scan(struct pci_func *funcs, size_t max);

/* Move the function to vfio-pci. Returns 0, or -1 with the step failed. */
int pci_func_take(struct pci_func *func);

/* Give the function back to the driver it had. */
void pci_func_give_back(struct pci_func *func);

#endif
