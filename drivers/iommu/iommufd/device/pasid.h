/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The slots of DMA with a PASID.
 */
#ifndef __IOMMUFD_DEVICE_PASID_H
#define __IOMMUFD_DEVICE_PASID_H

#include "slot.h"

extern const struct device_slot_ops device_pasid_ops;

#endif
