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
 * Locks: none while user memory is read; the lock of the parent domain for each
 *        submission.
 * Calls: inval/user.c and inval/user_submit.c.
 */
#include <linux/cleanup.h>
#include <linux/iommu.h>
#include <linux/iommufd.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <uapi/linux/iommufd.h>
#include <uapi/linux/iommufd_vtd.h>

#include "../device/device.h"
#include "../domain/attachment.h"
#include "../domain/domain.h"
#include "../inval/user.h"
#include "../inval/user_submit.h"
#include "invalidate.h"
#include "viommu.h"

/* Entries that are carried out together, however few ranges they become */
#define CHUNK_ENTRIES	4096

/**
 * struct guest_work - what an array takes, too large for the stack
 * @virt_id: of the entries in @chunk
 * @pasid: likewise
 * @chunk: what is carried out next
 * @job: for carrying it out
 */
struct guest_work {
	u64 virt_id;
	u32 pasid;
	struct vtd_user_chunk chunk;
	struct vtd_user_job job;
};

/* The entry without the names, as a nested domain takes it. */
static struct iommu_hwpt_vtd_s1_invalidate
nameless(const struct iommu_viommu_vtd_invalidate *entry)
{
	return (struct iommu_hwpt_vtd_s1_invalidate){
		.addr = entry->addr, .npages = entry->npages, .flags = entry->flags,
	};
}

static bool names_the_same(const struct guest_work *work,
			   const struct iommu_viommu_vtd_invalidate *entry)
{
	return entry->virt_id == work->virt_id && entry->pasid == work->pasid;
}

/*
 * As many entries as name the same table and fit. What stands in front of an entry that
 * is in error is in the chunk.
 */
static int read_chunk(struct guest_work *work, const struct iommu_user_data_array *array,
		      u32 first)
{
	struct iommu_viommu_vtd_invalidate entry;
	struct iommu_hwpt_vtd_s1_invalidate range;
	u32 i;
	int ret;

	vtd_user_start(&work->chunk);
	for (i = first; i < array->entry_num && i - first < CHUNK_ENTRIES; i++) {
		ret = iommu_copy_struct_from_user_array(&entry, array,
							IOMMU_VIOMMU_INVALIDATE_DATA_VTD,
							i, flags);
		if (ret)
			return ret;
		if (i == first) {
			work->virt_id = entry.virt_id;
			work->pasid = entry.pasid;
		} else if (!names_the_same(work, &entry)) {
			return 0;
		}
		range = nameless(&entry);
		ret = vtd_user_check(&range);
		if (ret)
			return ret;
		if (!vtd_user_add(&work->chunk, &range))
			return 0;
	}
	return 0;
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
		if (attachment->vd == vd && attachment->pasid == pasid)
			return attachment->domain == parent ? NULL : attachment->domain;
	return NULL;
}

/* Whoever translates by the table when the lock is taken is made to forget. */
static int carry_out(struct vtd_viommu *viommu, struct guest_work *work)
{
	u32 pasid = work->pasid == IOMMU_VIOMMU_VTD_NO_PASID ? IOMMU_NO_PASID :
							       work->pasid;
	const struct vtd_device *vd = find_device(&viommu->core, work->virt_id);
	struct vtd_domain *domain;

	if (!vd)
		return -ENOENT;
	ACQUIRE(mutex_kill, lock)(&viommu->parent->lock);
	int ret = ACQUIRE_ERR(mutex_kill, &lock);

	if (ret)
		return ret;
	domain = nested_of_locked(viommu->parent, vd, pasid);
	return domain ? vtd_user_submit(&domain->tags, &work->chunk, &work->job) : 0;
}

static int entry_step(struct vtd_viommu *viommu, struct guest_work *work,
		      const struct iommu_user_data_array *array, u32 *done)
{
	int bad, ret = 0;

	if (fatal_signal_pending(current))
		return -EINTR;
	bad = read_chunk(work, array, *done);
	if (work->chunk.entries)
		ret = carry_out(viommu, work);
	if (ret)
		return ret;
	*done += work->chunk.entries;
	return bad;
}

static int check_array(const struct iommu_user_data_array *array)
{
	if (array->type != IOMMU_VIOMMU_INVALIDATE_DATA_VTD)
		return -EINVAL;
	if (!array->entry_num)
		return 0;
	return array->entry_len == sizeof(struct iommu_viommu_vtd_invalidate) ?
	       0 : -EINVAL;
}

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
	struct guest_work *work __free(kfree) = NULL;
	int ret = check_array(array);
	u32 done = 0;

	if (!ret && array->entry_num) {
		work = kmalloc_obj(*work);
		if (!work)
			ret = -ENOMEM;
	}
	while (!ret && done < array->entry_num) {
		ret = entry_step(to_vtd_viommu(viommu), work, array, &done);
		cond_resched();
	}
	array->entry_num = done;
	return ret;
}
