// SPDX-License-Identifier: GPL-2.0-only
/*
 * The struct that a container call reads and answers in; it begins with argsz.
 */
#include <linux/uaccess.h>

#include "call.h"

/**
 * vfio_call_read() - read the struct of a call
 * @call: the call
 * @to: the struct, of which @min_size is read; begins with argsz
 * @min_size: what every user of the call has known
 *
 * Context: may sleep.
 * Return: 0, or EFAULT; EINVAL: argsz is too small.
 */
int vfio_call_read(struct vfio_call *call, void *to, size_t min_size)
{
	const u32 *argsz = to;

	if (copy_from_user(to, vfio_call_ptr(call), min_size))
		return iommufd_refuse(&call->why, "argument",
				      "the struct cannot be read", min_size,
				      -EFAULT);
	if (*argsz < min_size)
		return iommufd_refuse(&call->why, "argsz",
				      "smaller than the first version of the struct",
				      *argsz, -EINVAL);
	return 0;
}

/**
 * vfio_call_write() - write part of the answer
 * @call: the call
 * @offset: bytes into the user's struct
 * @from: the answer
 * @size: its bytes
 *
 * Context: may sleep.
 * Return: 0 or EFAULT.
 */
int vfio_call_write(struct vfio_call *call, size_t offset, const void *from,
		    size_t size)
{
	if (copy_to_user(vfio_call_ptr(call) + offset, from, size))
		return iommufd_refuse(&call->why, "argument",
				      "the answer cannot be written to the struct",
				      offset, -EFAULT);
	return 0;
}
