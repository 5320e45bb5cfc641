// SPDX-License-Identifier: GPL-2.0-only
/*
 * IOMMU_HWPT_INVALIDATE: what a user changed in a table of its own.
 *
 * Owns: nothing.
 * Locks: the lock of vtd_domain.top for each submission.
 * Calls: inval/user_array.c and inval/user_submit.c.
 */
#include <linux/cleanup.h>
#include <linux/iommu.h>
#include <linux/mutex.h>
#include <uapi/linux/iommufd.h>

#include "../inval/user_array.h"
#include "../inval/user_submit.h"
#include "domain.h"
#include "invalidate.h"

/* Nobody attaches or detaches meanwhile: the tags are those of all who translate. */
static int carry_out(void *owner, const struct vtd_user_chunk *chunk,
		     struct vtd_user_job *job)
{
	struct vtd_domain *domain = owner;

	ACQUIRE(mutex_kill, lock)(&domain->top->lock);
	int ret = ACQUIRE_ERR(mutex_kill, &lock);

	return ret ?: vtd_user_submit(&domain->tags, chunk, job);
}

static const struct vtd_user_array domain_array = {
	.type = IOMMU_HWPT_INVALIDATE_DATA_VTD_S1,
	.entry_len = sizeof(struct iommu_hwpt_vtd_s1_invalidate),
	.carry_out = carry_out,
};

/**
 * vtd_domain_invalidate_user() - iommu_domain_ops.cache_invalidate_user
 * @domain: a domain whose table is a user's
 * @array: the user's array; entry_num becomes the number of entries that were done
 *
 * Without entries it only says whether the type is known.
 *
 * Context: may sleep.
 * Return: 0; -EINVAL for another type or length of an entry, or an address or a number
 * of pages that makes no range; -EOPNOTSUPP for an unknown flag or a reserved field;
 * -EFAULT, -ENOMEM; -EINTR if the caller was killed; -ETIMEDOUT if a device did not
 * answer, which is cut off then; -EIO if the unit failed.
 */
int vtd_domain_invalidate_user(struct iommu_domain *domain,
			       struct iommu_user_data_array *array)
{
	return vtd_user_array_run(&domain_array, to_vtd_domain(domain), array);
}
