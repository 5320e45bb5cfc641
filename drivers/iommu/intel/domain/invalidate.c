// SPDX-License-Identifier: GPL-2.0-only
/*
 * IOMMU_HWPT_INVALIDATE: an array of a user is read, checked and carried out, a chunk
 * at a time.
 *
 *   read as many entries as become one submission (inval/user.c)
 *   carry them out, wait                          (inval/user_submit.c)
 *   count them as done
 *
 * Between two chunks the caller can be killed, and whoever waits for the domain or the
 * unit goes on.
 *
 * Owns: nothing.
 * Locks: none while user memory is read; the lock of vtd_domain.top for each chunk.
 * Calls: inval/.
 */
#include <linux/cleanup.h>
#include <linux/iommu.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <uapi/linux/iommufd.h>

#include "../inval/user.h"
#include "../inval/user_submit.h"
#include "../trace.h"
#include "domain.h"
#include "invalidate.h"

/* Entries that are copied at once */
#define PIECE		32
/* Entries of a chunk, however few ranges they become */
#define CHUNK_ENTRIES	4096

/**
 * struct work - what an array takes, too large for the stack
 * @chunk: what is carried out next
 * @job: for carrying it out
 * @entry: a piece of the array
 */
struct work {
	struct vtd_user_chunk chunk;
	struct vtd_user_job job;
	struct iommu_hwpt_vtd_s1_invalidate entry[PIECE];
};

static int check_array(const struct iommu_user_data_array *array)
{
	if (array->type != IOMMU_HWPT_INVALIDATE_DATA_VTD_S1)
		return -EINVAL;
	if (!array->entry_num)
		return 0;
	return array->entry_len == sizeof(struct iommu_hwpt_vtd_s1_invalidate) ?
	       0 : -EINVAL;
}

/*
 * As many entries as a piece has; or one, if not all of them can be read: those in
 * front of the one that cannot are carried out. Returns how many, or -errno.
 */
static int read_piece(struct work *work, const struct iommu_user_data_array *array,
		      u32 first)
{
	struct iommu_user_data_array piece = *array;
	int ret;

	piece.uptr += (size_t)first * array->entry_len;
	piece.entry_num = min(array->entry_num - first, PIECE);
	ret = iommu_copy_struct_from_full_user_array(work->entry, sizeof(work->entry[0]),
						     &piece, array->type);
	if (ret && piece.entry_num > 1) {
		piece.entry_num = 1;
		ret = iommu_copy_struct_from_full_user_array(work->entry,
							     sizeof(work->entry[0]),
							     &piece, array->type);
	}
	return ret ?: piece.entry_num;
}

static int check_entry(const struct iommu_hwpt_vtd_s1_invalidate *entry, u32 index)
{
	int ret = vtd_user_check(entry);

	if (ret)
		trace_user_invalidation_refused(index, entry->addr, entry->npages,
						entry->flags, entry->__reserved, ret);
	return ret;
}

/*
 * From the entry with that index on, as many as fit. What stands in front of an entry
 * that is in error is in the chunk.
 */
static int read_chunk(struct work *work, const struct iommu_user_data_array *array,
		      u32 first)
{
	struct vtd_user_chunk *chunk = &work->chunk;
	int i, n, ret;

	vtd_user_start(chunk);
	while (chunk->entries < CHUNK_ENTRIES &&
	       first + chunk->entries < array->entry_num) {
		n = read_piece(work, array, first + chunk->entries);
		if (n < 0)
			return n;
		for (i = 0; i < n; i++) {
			ret = check_entry(&work->entry[i], first + chunk->entries);
			if (ret)
				return ret;
			if (!vtd_user_add(chunk, &work->entry[i]))
				return 0;
		}
	}
	return 0;
}

/* Nobody attaches or detaches meanwhile: the tags are those of all who translate. */
static int carry_out(struct vtd_domain *domain, struct work *work)
{
	ACQUIRE(mutex_kill, lock)(&domain->top->lock);
	int ret = ACQUIRE_ERR(mutex_kill, &lock);

	return ret ?: vtd_user_submit(&domain->tags, &work->chunk, &work->job);
}

/* One chunk; @done is how many entries have been carried out. */
static int entries_step(struct vtd_domain *domain, struct work *work,
			const struct iommu_user_data_array *array, u32 *done)
{
	int bad, ret = 0;

	if (fatal_signal_pending(current))
		return -EINTR;
	bad = read_chunk(work, array, *done);
	if (work->chunk.entries)
		ret = carry_out(domain, work);
	if (ret)
		return ret;
	*done += work->chunk.entries;
	return bad;
}

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
	struct work *work __free(kfree) = NULL;
	int ret = check_array(array);
	u32 done = 0;

	if (!ret && array->entry_num) {
		work = kmalloc_obj(*work);
		if (!work)
			ret = -ENOMEM;
	}
	while (!ret && done < array->entry_num) {
		ret = entries_step(to_vtd_domain(domain), work, array, &done);
		cond_resched();
	}
	array->entry_num = done;
	return ret;
}
