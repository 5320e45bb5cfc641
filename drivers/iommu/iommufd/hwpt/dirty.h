/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which pages did devices write to.
 */
#ifndef __IOMMUFD_HWPT_DIRTY_H
#define __IOMMUFD_HWPT_DIRTY_H

struct iommufd_ucmd;

/* handlers */
int iommufd_hwpt_set_dirty_tracking_ioctl(struct iommufd_ucmd *ucmd);
int iommufd_hwpt_get_dirty_bitmap_ioctl(struct iommufd_ucmd *ucmd);

#endif
