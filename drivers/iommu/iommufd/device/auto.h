/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Automatic hwpts: an IOAS named where a hwpt is needed.
 */
#ifndef __IOMMUFD_DEVICE_AUTO_H
#define __IOMMUFD_DEVICE_AUTO_H

#include "change.h"

int device_auto_change(struct device_change *change, struct iommufd_ioas *ioas,
		       u32 *hwpt_id);

#endif
