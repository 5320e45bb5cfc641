// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is a device there? Asked where there is a doubt, never while all is well.
 *
 * Owns: nothing.
 * Locks: none.
 * Calls: the device, by a read of its config space.
 */
#include <linux/pci.h>

#include "device.h"

/**
 * vtd_device_present() - does a device answer reads of its config space?
 * @vd: the device
 *
 * They come by the link, so that a link that is down is found too. The port's own
 * word for that is not asked: there are ports that promise to report an active
 * link and never do.
 *
 * Context: any but NMI.
 * Return: true if so, or if it is no PCI device.
 */
bool vtd_device_present(const struct vtd_device *vd)
{
	struct pci_dev *pdev;

	if (!dev_is_pci(vd->dev))
		return true;
	pdev = pci_physfn(to_pci_dev(vd->dev));
	return READ_ONCE(pdev->current_state) != PCI_D3cold &&
	       pci_device_is_present(pdev);
}
