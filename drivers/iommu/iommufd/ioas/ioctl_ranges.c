// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handlers of the ioctls about which IOVA may be used: IOMMU_IOAS_IOVA_RANGES
 * and IOMMU_IOAS_ALLOW_IOVAS.
 */
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "ioas.h"

static int put_iova_range(struct iommu_iova_range __user *to,
			  const struct iorange *gap)
{
	struct iommu_iova_range range = {
		.start = gap->first,
		.last = gap->last,
	};

	return copy_to_user(to, &range, sizeof(range)) ? -EFAULT : 0;
}

/*
 * Holes of the reserved ranges, as many as the user's array holds. No lock is
 * held while they are written: user space decides how long a fault takes.
 */
static int ranges_write(struct iommufd_ioas *ioas,
			struct iommu_ioas_iova_ranges *cmd, u32 *found)
{
	struct iommu_iova_range __user *array =
		u64_to_user_ptr(cmd->allowed_iovas);
	struct ioas_gap_walk walk = {};
	int n, i;

	*found = 0;
	while ((n = ioas_gaps_walk(ioas, &walk)) > 0) {
		for (i = 0; i < n; i++, ++*found)
			if (*found < cmd->num_iovas &&
			    put_iova_range(&array[*found], &walk.gaps[i]))
				return -EFAULT;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	cmd->out_iova_alignment = walk.alignment;
	return n;
}

/* What is written in the end was true at one moment. */
static int ranges_answer(struct iommufd_ioas *ioas,
			 struct iommu_ioas_iova_ranges *cmd, u32 *found)
{
	int rc;

	do {
		rc = ranges_write(ioas, cmd, found);
	} while (rc == -EAGAIN);
	return rc;
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
	u32 found;
	int rc;

	if (cmd->__reserved)
		return iommufd_reject_reserved(ucmd);
	ioas = iommufd_ioas_get(ucmd, "ioas_id", cmd->ioas_id);
	if (IS_ERR(ioas))
		return PTR_ERR(ioas);

	rc = ranges_answer(ioas, cmd, &found);
	if (rc == -EFAULT)
		return iommufd_reject(ucmd, "allowed_iovas",
				      "the array cannot be written", rc);
	if (rc)
		return rc;
	cmd->num_iovas = found;
	if (found <= room)
		return 0;

	rc = iommufd_ucmd_respond(ucmd);
	if (rc)
		return rc;
	/* how many there are is asked with an array that is too small */
	return iommufd_expected(&ucmd->why, "num_iovas",
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
		cond_resched();
	}
	swap(ioas->allowed, *allowed);
	ioas_iova_forget_full_locked(ioas);
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
		return iommufd_reject_reserved(ucmd);
	ioas = iommufd_ioas_get(ucmd, "ioas_id", cmd->ioas_id);
	if (IS_ERR(ioas))
		return PTR_ERR(ioas);

	rc = allow_read(ucmd, &allowed);
	if (!rc)
		rc = allow_swap(ioas, &allowed, &ucmd->why);
	ioas_ranges_clear(&allowed);
	return rc;
}
