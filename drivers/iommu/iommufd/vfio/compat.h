/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The VFIO container interface on top of iommufd.
 */
#ifndef __IOMMUFD_VFIO_COMPAT_H
#define __IOMMUFD_VFIO_COMPAT_H

struct iommufd_ctx;
struct iommufd_ucmd;

int iommufd_vfio_ioas_ioctl(struct iommufd_ucmd *ucmd);
long iommufd_vfio_ioctl(struct iommufd_ctx *ictx, unsigned int cmd,
			unsigned long arg);

#endif
