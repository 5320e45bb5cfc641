// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices whose DMA nobody translates any more, because their unit is lost.
 *
 * cut.c takes a device's entries away; here no unit reads entries. What remains is the
 * device itself: it loses the right to start transactions, and its driver the
 * means to give it back. To the driver it looks as if it had been pulled out.
 *
 * Owns: nothing. Locks: none.
 */
#include <linux/pci.h>

#include "../unit/unit.h"
#include "device.h"
#include "silence.h"

/**
 * vtd_silence() - a device does no DMA and sends no interrupt from now on
 * @pdev: the device
 *
 * For good: the configuration space of a device that is gone cannot be written.
 * A bridge does no DMA of its own, and goes on for those behind it.
 *
 * Context: any.
 */
void vtd_silence(struct pci_dev *pdev)
{
	if (pci_is_bridge(pdev))
		return;
	/* A device that sleeps does not hear it, but wakes without bus mastering. */
	pci_clear_master(pdev);
	WRITE_ONCE(pdev->error_state, pci_channel_io_perm_failure);
	pci_err(pdev, "DMAR: its unit does not translate: its DMA is blocked until the machine is rebooted\n");
}

/**
 * vtd_device_check_unit() - can the unit translate for a device?
 * @vd: the device
 *
 * Return: 0; -EIO, with a line that says why, if the unit is lost.
 */
int vtd_device_check_unit(const struct vtd_device *vd)
{
	if (!vd->unit->lost)
		return 0;
	dev_err_ratelimited(vd->dev, "DMAR: attach is refused: %s does not translate since the machine slept; reboot the machine\n",
			    vd->unit->name);
	return -EIO;
}
