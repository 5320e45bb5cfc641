/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One ioctl of a container while it runs.
 */
#ifndef __IOMMUFD_VFIO_CALL_H
#define __IOMMUFD_VFIO_CALL_H

#include <linux/types.h>

#include "../object/why.h"

struct iommufd_ctx;

/**
 * struct vfio_call - one running ioctl of a container
 * @ictx: context of the file
 * @arg: its argument: a value, or a user pointer
 * @why: reason of a refusal
 */
struct vfio_call {
	struct iommufd_ctx *ictx;
	unsigned long arg;
	struct iommufd_why why;
};

static inline void __user *vfio_call_ptr(const struct vfio_call *call)
{
	return (void __user *)call->arg;
}

int vfio_call_read(struct vfio_call *call, void *to, size_t min_size);
int vfio_call_write(struct vfio_call *call, size_t offset, const void *from,
		    size_t size);

#endif
