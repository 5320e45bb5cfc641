// SPDX-License-Identifier: GPL-2.0-only
/*
 * IOMMU_HWPT_INVALIDATE of a vIOMMU: what a guest changed, by virtual source id and
 * PASID.
 *
 * Entries that follow each other and name the same table are carried out together. The
 * answer of the caller's own array says how many were done, so the one behind them is
 * the one that failed.
 *
 * Owns: nothing.
 * Locks: the lock of the parent domain for each submission.
 * Calls: inval/user_array.c and inval/user_submit.c.
 */
#include <linux/cleanup.h>
#include <linux/iommu.h>
#include <linux/iommufd.h>
#include <linux/mutex.h>
#include <uapi/linux/iommufd.h>
#include <uapi/linux/iommufd_vtd.h>

#include "../device/device.h"
#include "../domain/attachment.h"
#include "../domain/domain.h"
#include "../inval/user_array.h"
#include "../inval/user_submit.h"
#include "../mutant.h"
#include "invalidate.h"
#include "viommu.h"

/**
 * struct guest_table - the table that the entries of a chunk name
 * @viommu: the vIOMMU
 * @virt_id: virtual source id
 * @pasid: PASID, or IOMMU_VIOMMU_VTD_NO_PASID
 */
struct guest_table {
	struct vtd_viommu *viommu;
	u64 virt_id;
	u32 pasid;
};

/* The entry without the names, as a nested domain takes it. */
static bool entry_take(void *owner, const void *raw, bool opens,
		       struct iommu_hwpt_vtd_s1_invalidate *range)
{
	const struct iommu_viommu_vtd_invalidate *entry = raw;
	struct guest_table *table = owner;

	if (opens) {
		table->virt_id = entry->virt_id;
		table->pasid = entry->pasid;
	} else if (!vtd_mutant(VTD_MUTANT_GUEST_MIXED) &&
		   (entry->virt_id != table->virt_id || entry->pasid != table->pasid)) {
		return false;
	}
	*range = (struct iommu_hwpt_vtd_s1_invalidate){
		.addr = entry->addr, .npages = entry->npages, .flags = entry->flags,
	};
	return true;
}

/* Only to be compared: the device may be gone when it is returned. */
static const struct vtd_device *find_device(struct iommufd_viommu *viommu, u64 virt_id)
{
	const struct vtd_device *vd;
	struct device *dev;

	if (virt_id > IOMMU_VIOMMU_VTD_ID_MAX)
		return NULL;
	xa_lock(&viommu->vdevs);
	dev = iommufd_viommu_find_dev(viommu, virt_id);
	vd = dev ? to_vtd_device(dev) : NULL;
	xa_unlock(&viommu->vdevs);
	return vd;
}

static struct vtd_domain *nested_of_locked(struct vtd_domain *parent,
					   const struct vtd_device *vd, u32 pasid)
{
	struct vtd_attachment *attachment;

	lockdep_assert_held(&parent->lock);
	list_for_each_entry(attachment, &parent->attachments, node)
		if (attachment->vd == vd && (attachment->pasid == pasid ||
					     vtd_mutant(VTD_MUTANT_GUEST_PASID)))
			return attachment->domain == parent ? NULL : attachment->domain;
	return NULL;
}

/* Whoever translates by the table when the lock is taken is made to forget. */
static int carry_out(void *owner, const struct vtd_user_chunk *chunk,
		     struct vtd_user_job *job)
{
	const struct guest_table *table = owner;
	struct vtd_domain *parent = table->viommu->parent;
	u32 pasid = table->pasid == IOMMU_VIOMMU_VTD_NO_PASID ? IOMMU_NO_PASID :
								table->pasid;
	const struct vtd_device *vd = find_device(&table->viommu->core, table->virt_id);
	struct vtd_domain *domain;

	if (!vd)
		return -ENOENT;
	ACQUIRE(mutex_kill, lock)(&parent->lock);
	int ret = ACQUIRE_ERR(mutex_kill, &lock);

	if (ret)
		return ret;
	domain = nested_of_locked(parent, vd, pasid);
	return domain ? vtd_user_submit(&domain->tags, chunk, job) : 0;
}

static const struct vtd_user_array guest_array = {
	.type = IOMMU_VIOMMU_INVALIDATE_DATA_VTD,
	.entry_len = sizeof(struct iommu_viommu_vtd_invalidate),
	.take = entry_take,
	.carry_out = carry_out,
};

/**
 * vtd_viommu_invalidate() - iommufd_viommu_ops.cache_invalidate
 * @viommu: the vIOMMU
 * @array: the user's array; entry_num becomes the number of entries that were done
 *
 * Without entries it only says whether the type is known.
 *
 * Context: may sleep.
 * Return: 0; -EINVAL for another type or length of an entry, or an address or a number
 * of pages that makes no range; -EOPNOTSUPP for an unknown flag; -ENOENT for an id that
 * no device of the guest has; -EFAULT, -ENOMEM; -EINTR if the caller was killed;
 * -ETIMEDOUT if a device did not answer, which is cut off then; -EIO if the unit failed.
 */
int vtd_viommu_invalidate(struct iommufd_viommu *viommu,
			  struct iommu_user_data_array *array)
{
	struct guest_table table = { .viommu = to_vtd_viommu(viommu) };

	return vtd_user_array_run(&guest_array, &table, array);
}
