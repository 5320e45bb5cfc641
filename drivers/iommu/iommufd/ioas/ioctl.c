// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handlers of the IOAS ioctls: checks of the structs, in the order of the
 * contract, then one call.
 */
#include <linux/capability.h>
#include <linux/iommu.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "ioas.h"

/**
 * iommufd_ioas_alloc_ioctl() - IOMMU_IOAS_ALLOC
 * @ucmd: the ioctl
 *
 * Return: 0, or EOPNOTSUPP: flags; ENOMEM.
 */
int iommufd_ioas_alloc_ioctl(struct iommufd_ucmd *ucmd)
{
	struct iommu_ioas_alloc *cmd = ucmd->cmd;
	struct iommufd_ioas *ioas;

	if (cmd->flags)
		return iommufd_reject(ucmd, "flags", "no flag is defined",
				      -EOPNOTSUPP);
	ioas = iommufd_ioas_new(ucmd->ictx);
	if (IS_ERR(ioas))
		return PTR_ERR(ioas);
	cmd->out_ioas_id = ioas->obj.id;
	ucmd->new_obj = &ioas->obj;
	return 0;
}

#define MAP_PROT_FLAGS (IOMMU_IOAS_MAP_WRITEABLE | IOMMU_IOAS_MAP_READABLE)
#define MAP_FLAGS (IOMMU_IOAS_MAP_FIXED_IOVA | MAP_PROT_FLAGS)

static int reject_too_large(struct iommufd_ucmd *ucmd, const char *field)
{
	return iommufd_reject(ucmd, field, "beyond the address space",
			      -EOVERFLOW);
}

static int map_flags(struct iommufd_ucmd *ucmd, u32 flags,
		     struct ioas_map_args *args)
{
	if (!(flags & MAP_PROT_FLAGS))
		return iommufd_reject(ucmd, "flags",
				      "neither READABLE nor WRITEABLE",
				      -EINVAL);
	args->prot = 0;
	if (flags & IOMMU_IOAS_MAP_WRITEABLE)
		args->prot |= IOMMU_WRITE;
	if (flags & IOMMU_IOAS_MAP_READABLE)
		args->prot |= IOMMU_READ;
	args->fixed = flags & IOMMU_IOAS_MAP_FIXED_IOVA;
	return 0;
}

/* U64_MAX is refused on every kernel, also as a length. */
static int map_place(struct iommufd_ucmd *ucmd, const char *field, u64 iova,
		     u64 length, struct ioas_map_args *args)
{
	if (iova >= ULONG_MAX)
		return reject_too_large(ucmd, field);
	if (length >= ULONG_MAX)
		return reject_too_large(ucmd, "length");
	args->iova = iova;
	args->length = length;
	return 0;
}

/*
 * The answer, the IOVA in @out, is written before the handler returns, so that
 * a map whose IOVA nobody learns can be undone. User space decides how long
 * that takes: meanwhile another thread may have unmapped it, and mapped
 * something else there.
 */
static int map_respond(struct iommufd_ucmd *ucmd, struct iommufd_ioas *ioas,
		       const struct ioas_map_args *args, u64 *out)
{
	int rc;

	*out = args->iova;
	rc = iommufd_ucmd_respond(ucmd);
	if (rc)
		ioas_unmap_map(ioas, args);
	return rc;
}

/**
 * iommufd_ioas_map_ioctl() - IOMMU_IOAS_MAP
 * @ucmd: the ioctl
 *
 * Return: 0, or EOPNOTSUPP: flags, reserved field; EOVERFLOW; EINVAL; ENOENT;
 * else as ioas_map_user().
 */
int iommufd_ioas_map_ioctl(struct iommufd_ucmd *ucmd)
{
	struct iommu_ioas_map *cmd = ucmd->cmd;
	struct iommufd_ioas *ioas __free(ioas_put) = NULL;
	struct ioas_map_args args = {};
	int rc;

	if (cmd->flags & ~MAP_FLAGS)
		return iommufd_reject_flags(ucmd);
	if (cmd->__reserved)
		return iommufd_reject_reserved(ucmd);
	rc = map_place(ucmd, "iova", cmd->iova, cmd->length, &args);
	if (rc)
		return rc;
	rc = map_flags(ucmd, cmd->flags, &args);
	if (rc)
		return rc;
	ioas = iommufd_ioas_get(ucmd, "ioas_id", cmd->ioas_id);
	if (IS_ERR(ioas))
		return PTR_ERR(ioas);

	rc = ioas_map_user(ioas, u64_to_user_ptr(cmd->user_va), &args,
			   &ucmd->why);
	return rc ?: map_respond(ucmd, ioas, &args, &cmd->iova);
}

/**
 * iommufd_ioas_map_file_ioctl() - IOMMU_IOAS_MAP_FILE
 * @ucmd: the ioctl
 *
 * Return: 0, or EOPNOTSUPP: flags; EOVERFLOW; EINVAL; ENOENT; else as
 * ioas_map_file().
 */
int iommufd_ioas_map_file_ioctl(struct iommufd_ucmd *ucmd)
{
	struct iommu_ioas_map_file *cmd = ucmd->cmd;
	struct iommufd_ioas *ioas __free(ioas_put) = NULL;
	struct ioas_map_args args = {};
	int rc;

	if (cmd->flags & ~MAP_FLAGS)
		return iommufd_reject_flags(ucmd);
	rc = map_place(ucmd, "iova", cmd->iova, cmd->length, &args);
	if (rc)
		return rc;
	/* where a long is shorter; else the range says what is wrong with it */
	if (cmd->start > ULONG_MAX)
		return reject_too_large(ucmd, "start");
	rc = map_flags(ucmd, cmd->flags, &args);
	if (rc)
		return rc;
	ioas = iommufd_ioas_get(ucmd, "ioas_id", cmd->ioas_id);
	if (IS_ERR(ioas))
		return PTR_ERR(ioas);

	rc = ioas_map_file(ioas, cmd->fd, cmd->start, &args, &ucmd->why);
	return rc ?: map_respond(ucmd, ioas, &args, &cmd->iova);
}

/**
 * iommufd_ioas_copy_ioctl() - IOMMU_IOAS_COPY
 * @ucmd: the ioctl
 *
 * Return: 0, or EOPNOTSUPP: flags; EOVERFLOW; EINVAL; ENOENT; else as
 * ioas_copy().
 */
int iommufd_ioas_copy_ioctl(struct iommufd_ucmd *ucmd)
{
	struct iommu_ioas_copy *cmd = ucmd->cmd;
	struct iommufd_ioas *src __free(ioas_put) = NULL;
	struct iommufd_ioas *dst __free(ioas_put) = NULL;
	struct ioas_map_args args = {};
	int rc;

	if (cmd->flags & ~MAP_FLAGS)
		return iommufd_reject_flags(ucmd);
	rc = map_place(ucmd, "dst_iova", cmd->dst_iova, cmd->length, &args);
	if (rc)
		return rc;
	if (cmd->src_iova >= ULONG_MAX)
		return reject_too_large(ucmd, "src_iova");
	rc = map_flags(ucmd, cmd->flags, &args);
	if (rc)
		return rc;
	src = iommufd_ioas_get(ucmd, "src_ioas_id", cmd->src_ioas_id);
	if (IS_ERR(src))
		return PTR_ERR(src);
	rc = ioas_copy_check(cmd->src_iova, cmd->length, &ucmd->why);
	if (rc)
		return rc;
	dst = iommufd_ioas_get(ucmd, "dst_ioas_id", cmd->dst_ioas_id);
	if (IS_ERR(dst))
		return PTR_ERR(dst);

	rc = ioas_copy(dst, src, cmd->src_iova, &args, &ucmd->why);
	return rc ?: map_respond(ucmd, dst, &args, &cmd->dst_iova);
}

/**
 * iommufd_ioas_unmap_ioctl() - IOMMU_IOAS_UNMAP
 * @ucmd: the ioctl
 *
 * Return: 0, or ENOENT; EOVERFLOW; else as ioas_unmap().
 */
int iommufd_ioas_unmap_ioctl(struct iommufd_ucmd *ucmd)
{
	struct iommu_ioas_unmap *cmd = ucmd->cmd;
	struct iommufd_ioas *ioas __free(ioas_put) = NULL;
	unsigned long unmapped = 0;
	int rc;

	ioas = iommufd_ioas_get(ucmd, "ioas_id", cmd->ioas_id);
	if (IS_ERR(ioas))
		return PTR_ERR(ioas);

	if (!cmd->iova && cmd->length == U64_MAX) {
		rc = ioas_unmap_all(ioas, &unmapped, &ucmd->why);
	} else {
		if (cmd->iova >= ULONG_MAX)
			return reject_too_large(ucmd, "iova");
		if (cmd->length >= ULONG_MAX)
			return reject_too_large(ucmd, "length");
		rc = ioas_unmap(ioas, cmd->iova, cmd->length, &unmapped,
				&ucmd->why);
	}
	if (rc && !unmapped)
		return rc;
	/* of a failure that came on the way user space is told how far it is */
	cmd->length = unmapped;
	return iommufd_ucmd_respond(ucmd) ?: rc;
}

static int option_rlimit_mode_set(struct iommufd_ucmd *ucmd, u64 value)
{
	struct iommufd_ctx *ictx = ucmd->ictx;
	int rc = 0;

	if (!capable(CAP_SYS_RESOURCE))
		return iommufd_reject(ucmd, "op", "needs CAP_SYS_RESOURCE",
				      -EPERM);

	xa_lock(&ictx->objects);
	if (!xa_empty(&ictx->objects))
		rc = iommufd_reject(ucmd, "op",
				    "can only be set before the first object exists",
				    -EBUSY);
	else if (value > 1)
		rc = iommufd_refuse(&ucmd->why, "val64", "neither 0 nor 1",
				    value, -EINVAL);
	else
		WRITE_ONCE(ictx->charge_mode, value ? IOMMUFD_CHARGE_MM :
						      IOMMUFD_CHARGE_USER);
	xa_unlock(&ictx->objects);
	return rc;
}

static int option_rlimit_mode(struct iommufd_ucmd *ucmd,
			      struct iommu_option *cmd)
{
	if (cmd->object_id)
		return iommufd_reject(ucmd, "object_id",
				      "must be zero, the option is one of the whole context",
				      -EOPNOTSUPP);
	switch (cmd->op) {
	case IOMMU_OPTION_OP_GET:
		cmd->val64 = READ_ONCE(ucmd->ictx->charge_mode) ==
			     IOMMUFD_CHARGE_MM;
		return 0;
	case IOMMU_OPTION_OP_SET:
		return option_rlimit_mode_set(ucmd, cmd->val64);
	default:
		return iommufd_reject(ucmd, "op", "unknown", -EOPNOTSUPP);
	}
}

static int option_huge_pages(struct iommufd_ucmd *ucmd,
			     struct iommu_option *cmd)
{
	struct iommufd_ioas *ioas __free(ioas_put) =
		iommufd_ioas_get(ucmd, "object_id", cmd->object_id);

	if (IS_ERR(ioas))
		return PTR_ERR(ioas);

	switch (cmd->op) {
	case IOMMU_OPTION_OP_GET:
		cmd->val64 = ioas_get_large_pages(ioas);
		return 0;
	case IOMMU_OPTION_OP_SET:
		if (cmd->val64 > 1)
			return iommufd_refuse(&ucmd->why, "val64",
					      "neither 0 nor 1", cmd->val64,
					      -EINVAL);
		return ioas_set_large_pages(ioas, cmd->val64, &ucmd->why);
	default:
		return iommufd_reject(ucmd, "op", "unknown", -EOPNOTSUPP);
	}
}

/**
 * iommufd_option_ioctl() - IOMMU_OPTION
 * @ucmd: the ioctl
 *
 * Return: 0, or EOPNOTSUPP: reserved field, unknown option or op; else as the
 * option says: EPERM, EBUSY, EINVAL, ENOENT, EADDRINUSE.
 */
int iommufd_option_ioctl(struct iommufd_ucmd *ucmd)
{
	struct iommu_option *cmd = ucmd->cmd;

	if (cmd->__reserved)
		return iommufd_reject_reserved(ucmd);
	if (cmd->op == IOMMU_OPTION_OP_SET)
		iommufd_ucmd_no_answer(ucmd);

	switch (cmd->option_id) {
	case IOMMU_OPTION_RLIMIT_MODE:
		return option_rlimit_mode(ucmd, cmd);
	case IOMMU_OPTION_HUGE_PAGES:
		return option_huge_pages(ucmd, cmd);
	default:
		return iommufd_reject(ucmd, "option_id", "unknown option",
				      -EOPNOTSUPP);
	}
}
