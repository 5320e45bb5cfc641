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

static int reject_reserved(struct iommufd_ucmd *ucmd)
{
	return iommufd_reject(ucmd, "__reserved", "must be zero", -EOPNOTSUPP);
}

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

static int put_iova_range(struct iommu_iova_range __user *to,
			  const struct iorange *gap)
{
	struct iommu_iova_range range = {
		.start = gap->first,
		.last = gap->last,
	};

	return copy_to_user(to, &range, sizeof(range)) ? -EFAULT : 0;
}

/* Holes of the reserved ranges, as many as the user's array holds. */
static int ranges_answer(struct iommufd_ioas *ioas,
			 struct iommu_ioas_iova_ranges *cmd, u32 *found)
{
	struct iommu_iova_range __user *array =
		u64_to_user_ptr(cmd->allowed_iovas);
	unsigned long from = 0;
	struct iorange gap;
	int rc;

	guard(rwsem_read)(&ioas->iova_lock);
	cmd->out_iova_alignment = ioas->alignment;
	while (ioas_ranges_gap(&ioas->reserved, from, &gap)) {
		if (*found < cmd->num_iovas) {
			rc = put_iova_range(&array[*found], &gap);
			if (rc)
				return rc;
		}
		++*found;
		if (gap.last == ULONG_MAX)
			break;
		from = gap.last + 1;
	}
	return 0;
}

/**
 * iommufd_ioas_iova_ranges_ioctl() - IOMMU_IOAS_IOVA_RANGES
 * @ucmd: the ioctl
 *
 * Return: 0, or EOPNOTSUPP: reserved field; ENOENT; EFAULT; EMSGSIZE: the
 * array is too small, num_iovas says what is needed.
 */
int iommufd_ioas_iova_ranges_ioctl(struct iommufd_ucmd *ucmd)
{
	struct iommu_ioas_iova_ranges *cmd = ucmd->cmd;
	struct iommufd_ioas *ioas __free(ioas_put) = NULL;
	u32 room = cmd->num_iovas;
	u32 found = 0;
	int rc;

	if (cmd->__reserved)
		return reject_reserved(ucmd);
	ioas = iommufd_ioas_get(ucmd, "ioas_id", cmd->ioas_id);
	if (IS_ERR(ioas))
		return PTR_ERR(ioas);

	if (ranges_answer(ioas, cmd, &found))
		return iommufd_reject(ucmd, "allowed_iovas",
				      "the array cannot be written", -EFAULT);
	cmd->num_iovas = found;
	if (found <= room)
		return 0;

	rc = iommufd_ucmd_respond(ucmd);
	if (rc)
		return rc;
	return iommufd_refuse(&ucmd->why, "num_iovas",
			      "the array is too small (value: entries needed)",
			      found, -EMSGSIZE);
}

static int allow_add(struct iommufd_ucmd *ucmd, struct ioas_ranges *allowed,
		     const struct iommu_iova_range *range)
{
	if (range->start >= range->last || range->last > ULONG_MAX)
		return iommufd_refuse(&ucmd->why, "allowed_iovas",
				      "start is not below last", range->start,
				      -EINVAL);
	if (ioas_ranges_overlap(allowed, range->start, range->last, NULL))
		return iommufd_refuse(&ucmd->why, "allowed_iovas",
				      "two entries overlap", range->start,
				      -EINVAL);
	return ioas_ranges_add(allowed, range->start, range->last, NULL);
}

static int allow_read(struct iommufd_ucmd *ucmd, struct ioas_ranges *allowed)
{
	struct iommu_ioas_allow_iovas *cmd = ucmd->cmd;
	struct iommu_iova_range __user *array =
		u64_to_user_ptr(cmd->allowed_iovas);
	struct iommu_iova_range range;
	u32 i;
	int rc;

	for (i = 0; i < cmd->num_iovas; i++) {
		if (copy_from_user(&range, &array[i], sizeof(range)))
			return iommufd_reject(ucmd, "allowed_iovas",
					      "the array cannot be read",
					      -EFAULT);
		rc = allow_add(ucmd, allowed, &range);
		if (rc)
			return rc;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}

/* On success @allowed holds the old list. */
static int allow_swap(struct iommufd_ioas *ioas, struct ioas_ranges *allowed,
		      struct iommufd_why *why)
{
	struct iorange range, hit;
	unsigned long from = 0;

	guard(rwsem_write)(&ioas->iova_lock);
	while (ioas_ranges_first(allowed, from, &range)) {
		if (ioas_ranges_overlap(&ioas->reserved, range.first,
					range.last, &hit))
			return iommufd_refuse(why, "allowed_iovas",
					      "meets a reserved range (value: its start)",
					      hit.first, -EADDRINUSE);
		if (range.last == ULONG_MAX)
			break;
		from = range.last + 1;
	}
	swap(ioas->allowed, *allowed);
	return 0;
}

/**
 * iommufd_ioas_allow_iovas_ioctl() - IOMMU_IOAS_ALLOW_IOVAS
 * @ucmd: the ioctl
 *
 * Return: 0, or EOPNOTSUPP: reserved field; ENOENT; EFAULT; EINVAL: an entry
 * is empty or two overlap; EADDRINUSE: an entry meets a reserved range;
 * ENOMEM.
 */
int iommufd_ioas_allow_iovas_ioctl(struct iommufd_ucmd *ucmd)
{
	struct iommu_ioas_allow_iovas *cmd = ucmd->cmd;
	struct iommufd_ioas *ioas __free(ioas_put) = NULL;
	struct ioas_ranges allowed = IOAS_RANGES_INIT;
	int rc;

	iommufd_ucmd_no_answer(ucmd);
	if (cmd->__reserved)
		return reject_reserved(ucmd);
	ioas = iommufd_ioas_get(ucmd, "ioas_id", cmd->ioas_id);
	if (IS_ERR(ioas))
		return PTR_ERR(ioas);

	rc = allow_read(ucmd, &allowed);
	if (!rc)
		rc = allow_swap(ioas, &allowed, &ucmd->why);
	ioas_ranges_clear(&allowed);
	return rc;
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

/*
 * The answer is written before the handler returns, so that a map whose IOVA
 * nobody learns can be undone.
 */
static int map_respond(struct iommufd_ucmd *ucmd, struct iommufd_ioas *ioas,
		       const struct ioas_map_args *args)
{
	unsigned long unmapped;
	int rc = iommufd_ucmd_respond(ucmd);

	if (rc)
		ioas_unmap(ioas, args->iova, args->length, &unmapped, NULL);
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
	struct ioas_map_args args = {
		.iova = cmd->iova,
		.length = cmd->length,
	};
	int rc;

	if (cmd->flags & ~MAP_FLAGS)
		return iommufd_reject(ucmd, "flags", "unknown flag",
				      -EOPNOTSUPP);
	if (cmd->__reserved)
		return reject_reserved(ucmd);
	if (cmd->iova >= ULONG_MAX)
		return reject_too_large(ucmd, "iova");
	if (cmd->length >= ULONG_MAX)
		return reject_too_large(ucmd, "length");
	rc = map_flags(ucmd, cmd->flags, &args);
	if (rc)
		return rc;
	ioas = iommufd_ioas_get(ucmd, "ioas_id", cmd->ioas_id);
	if (IS_ERR(ioas))
		return PTR_ERR(ioas);

	rc = ioas_map_user(ioas, u64_to_user_ptr(cmd->user_va), &args,
			   &ucmd->why);
	if (rc)
		return rc;
	cmd->iova = args.iova;
	return map_respond(ucmd, ioas, &args);
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
	struct ioas_map_args args = {
		.iova = cmd->iova,
		.length = cmd->length,
	};
	int rc;

	if (cmd->flags & ~MAP_FLAGS)
		return iommufd_reject(ucmd, "flags", "unknown flag",
				      -EOPNOTSUPP);
	if (cmd->iova >= ULONG_MAX)
		return reject_too_large(ucmd, "iova");
	if (cmd->length >= ULONG_MAX)
		return reject_too_large(ucmd, "length");
	if (cmd->start >= ULONG_MAX)
		return reject_too_large(ucmd, "start");
	rc = map_flags(ucmd, cmd->flags, &args);
	if (rc)
		return rc;
	ioas = iommufd_ioas_get(ucmd, "ioas_id", cmd->ioas_id);
	if (IS_ERR(ioas))
		return PTR_ERR(ioas);

	rc = ioas_map_file(ioas, cmd->fd, cmd->start, &args, &ucmd->why);
	if (rc)
		return rc;
	cmd->iova = args.iova;
	return map_respond(ucmd, ioas, &args);
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
	struct ioas_map_args args = {
		.iova = cmd->dst_iova,
		.length = cmd->length,
	};
	int rc;

	if (cmd->flags & ~MAP_FLAGS)
		return iommufd_reject(ucmd, "flags", "unknown flag",
				      -EOPNOTSUPP);
	if (cmd->length >= ULONG_MAX)
		return reject_too_large(ucmd, "length");
	if (cmd->src_iova >= ULONG_MAX)
		return reject_too_large(ucmd, "src_iova");
	if (cmd->dst_iova >= ULONG_MAX)
		return reject_too_large(ucmd, "dst_iova");
	rc = map_flags(ucmd, cmd->flags, &args);
	if (rc)
		return rc;
	src = iommufd_ioas_get(ucmd, "src_ioas_id", cmd->src_ioas_id);
	if (IS_ERR(src))
		return PTR_ERR(src);
	dst = iommufd_ioas_get(ucmd, "dst_ioas_id", cmd->dst_ioas_id);
	if (IS_ERR(dst))
		return PTR_ERR(dst);

	rc = ioas_copy(dst, src, cmd->src_iova, &args, &ucmd->why);
	if (rc)
		return rc;
	cmd->dst_iova = args.iova;
	return map_respond(ucmd, dst, &args);
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
	if (rc)
		return rc;
	cmd->length = unmapped;
	return 0;
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
				    "to be set before the first object exists",
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
				      "the option belongs to the context",
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
		return reject_reserved(ucmd);
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
