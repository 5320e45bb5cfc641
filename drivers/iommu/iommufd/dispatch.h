/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ioctl table of /dev/iommu.
 */
#ifndef __IOMMUFD_DISPATCH_H
#define __IOMMUFD_DISPATCH_H

struct file;

long iommufd_dispatch(struct file *filp, unsigned int cmd, unsigned long arg);

#endif
