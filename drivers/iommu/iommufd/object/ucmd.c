// SPDX-License-Identifier: GPL-2.0-only
/*
 * Helpers of a running ioctl.
 */
#include <linux/minmax.h>
#include <linux/uaccess.h>

#include "ucmd.h"

/**
 * iommufd_ucmd_respond() - copy the answer to user space now
 * @ucmd: the ioctl
 *
 * For handlers that can still undo their work, or that answer together with
 * an error. The dispatcher does it for all others. Not more than the user's
 * struct is written.
 *
 * Context: may sleep.
 * Return: 0 or EFAULT.
 */
int iommufd_ucmd_respond(struct iommufd_ucmd *ucmd)
{
	ucmd->responded = true;
	if (copy_to_user(ucmd->ubuffer, ucmd->cmd,
			 min(ucmd->user_size, ucmd->kernel_size)))
		return iommufd_reject(ucmd, "argument",
				      "the answer cannot be written to the struct",
				      -EFAULT);
	return 0;
}

struct iommufd_object *iommufd_ucmd_get(struct iommufd_ucmd *ucmd,
					const char *field, u32 id,
					enum iommufd_object_type type)
{
	struct iommufd_object *obj = iommufd_object_get(ucmd->ictx, id, type);

	if (IS_ERR(obj))
		iommufd_refuse(&ucmd->why, field,
			       "no object of the type wanted has this id", id,
			       PTR_ERR(obj));
	return obj;
}
