/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Data that a driver reads from user memory, without waiting for user space.
 *
 *	 +--> look the device up
 *	 |    pagefault_disable(), the driver's op, pagefault_enable()
 *	 |    drop the device
 *	 +--- EFAULT: iommufd_user_data_fault_in()
 *
 * User space decides how long a fault takes: userfaultfd and FUSE can hold one
 * up for ever. Whoever unbinds a device waits for uses of it, so no fault is
 * taken during one.
 */
#ifndef __IOMMUFD_OBJECT_USER_DATA_H
#define __IOMMUFD_OBJECT_USER_DATA_H

#include <linux/iommu.h>
#include <linux/uaccess.h>

#include "ucmd.h"

/**
 * struct iommufd_user_data - the data of one ioctl, over all its tries
 * @data: what the driver is given
 * @tries: (private) how often the data was faulted in
 */
struct iommufd_user_data {
	struct iommu_user_data data;
	unsigned int tries;
};

int iommufd_user_data_fault_in(struct iommufd_ucmd *ucmd,
			       struct iommufd_user_data *user);

#endif
