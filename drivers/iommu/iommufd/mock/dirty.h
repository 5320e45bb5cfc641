/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Dirty tracking of the mock IOMMU, and the writes of its devices.
 */
#ifndef __IOMMUFD_MOCK_DIRTY_H
#define __IOMMUFD_MOCK_DIRTY_H

#include <linux/iommu.h>

struct iommufd_ucmd;

extern const struct iommu_dirty_ops mock_dirty_ops;

/* handler of a test op */
int mock_dirty_op(struct iommufd_ucmd *ucmd);

#endif
