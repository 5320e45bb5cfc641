/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The slot of DMA without a PASID: a device's requester id.
 */
#ifndef __IOMMUFD_DEVICE_RID_H
#define __IOMMUFD_DEVICE_RID_H

#include "slot.h"

extern const struct device_slot_ops device_rid_ops;

#endif
