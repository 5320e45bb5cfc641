/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Devices whose DMA nobody translates any more.
 */
#ifndef VTD_DEVICE_SILENCE_H
#define VTD_DEVICE_SILENCE_H

struct pci_dev;
struct vtd_device;

void vtd_silence(struct pci_dev *pdev);
int vtd_device_check_unit(const struct vtd_device *vd);

#endif
