/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One running ioctl: what every handler is given.
 */
#ifndef __IOMMUFD_OBJECT_UCMD_H
#define __IOMMUFD_OBJECT_UCMD_H

#include <linux/iommufd.h>
#include <linux/types.h>

#include "ctx.h"
#include "object.h"
#include "why.h"

/**
 * struct iommufd_ucmd - one running ioctl
 * @ictx: context of the file
 * @ubuffer: the user's struct
 * @user_size: the size the user's struct says it has
 * @kernel_size: size of the struct this kernel knows
 * @cmd: the struct, in the kernel: fields beyond @user_size are zero
 * @nr: ioctl number, for the trace event
 * @responded: @cmd was copied back already, or there is nothing to say
 * @new_obj: object this ioctl creates; published by the dispatcher once the
 *	answer has reached user space, aborted if anything fails
 * @why: reason of a refusal
 */
struct iommufd_ucmd {
	struct iommufd_ctx *ictx;
	void __user *ubuffer;
	u32 user_size;
	u32 kernel_size;
	void *cmd;
	unsigned int nr;
	bool responded;
	struct iommufd_object *new_obj;
	struct iommufd_why why;
};

/**
 * iommufd_reject() - refuse an ioctl for a reason the user can act on
 * @ucmd: the ioctl
 * @field: name of the uAPI field at fault (a literal)
 * @reason: what is wrong with it (a literal)
 * @err: negative errno
 *
 * Return: @err.
 */
static inline int iommufd_reject(struct iommufd_ucmd *ucmd, const char *field,
				 const char *reason, int err)
{
	return iommufd_refuse(&ucmd->why, field, reason, 0, err);
}

/**
 * iommufd_reject_flags() - refuse an ioctl for a flag this kernel does not know
 * @ucmd: the ioctl
 *
 * Return: EOPNOTSUPP, negative.
 */
static inline int iommufd_reject_flags(struct iommufd_ucmd *ucmd)
{
	return iommufd_reject(ucmd, "flags", "an unknown flag is set",
			      -EOPNOTSUPP);
}

/**
 * iommufd_reject_reserved() - refuse an ioctl whose reserved field is in use
 * @ucmd: the ioctl
 *
 * Return: EOPNOTSUPP, negative.
 */
static inline int iommufd_reject_reserved(struct iommufd_ucmd *ucmd)
{
	return iommufd_reject(ucmd, "__reserved", "must be zero", -EOPNOTSUPP);
}

int iommufd_ucmd_respond(struct iommufd_ucmd *ucmd);

/**
 * iommufd_ucmd_no_answer() - the errno is all that there is to say
 * @ucmd: the ioctl
 *
 * So that user space never reads EFAULT of something that was done.
 */
static inline void iommufd_ucmd_no_answer(struct iommufd_ucmd *ucmd)
{
	ucmd->responded = true;
}

/**
 * iommufd_ucmd_get() - look an id of the ioctl up, for the ioctl's duration
 * @ucmd: the ioctl
 * @field: name of the field that holds the id
 * @id: the id
 * @type: type it must have, or IOMMUFD_OBJ_ANY
 *
 * Return: the object, or ERR_PTR(-ENOENT) with the reason noted. Drop it with
 * iommufd_object_put().
 */
struct iommufd_object *iommufd_ucmd_get(struct iommufd_ucmd *ucmd,
					const char *field, u32 id,
					enum iommufd_object_type type);

#endif
