// SPDX-License-Identifier: GPL-2.0-only
/*
 * An array of a user is read, checked and carried out, a chunk at a time.
 *
 *   read as many entries as become one submission (user.c)
 *   carry them out, wait                          (user_submit.c, called by the caller)
 *   count them as done
 *
 * Between two chunks the caller can be killed, and whoever waits for the domain or the
 * unit goes on.
 *
 * Owns: nothing.
 * Locks: none.
 * Calls: user.c.
 */
#include <linux/cleanup.h>
#include <linux/iommu.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <uapi/linux/iommufd.h>

#include "../trace.h"
#include "user.h"
#include "user_array.h"
#include "user_submit.h"

/* Entries that are copied at once */
#define PIECE		32
/* Entries of a chunk, however few ranges they become */
#define CHUNK_ENTRIES	4096

/**
 * struct work - what an array takes, too large for the stack
 * @kind: kind of the array
 * @owner: for the functions of @kind
 * @chunk: what is carried out next
 * @job: for carrying it out
 * @first: index of the first entry in @piece
 * @n: how many are there
 * @piece: a piece of the array
 */
struct work {
	const struct vtd_user_array *kind;
	void *owner;
	struct vtd_user_chunk chunk;
	struct vtd_user_job job;
	u32 first;
	u32 n;
	u8 piece[] __aligned(8);
};

static int check_array(const struct vtd_user_array *kind,
		       const struct iommu_user_data_array *array)
{
	if (array->type != kind->type)
		return -EINVAL;
	return array->entry_num && array->entry_len != kind->entry_len ? -EINVAL : 0;
}

/*
 * As many entries as a piece has; or one, if not all of them can be read: those in
 * front of the one that cannot are carried out.
 */
static int read_piece(struct work *work, const struct iommu_user_data_array *array,
		      u32 first)
{
	struct iommu_user_data_array piece = *array;
	int ret;

	work->n = 0;
	piece.uptr += (size_t)first * array->entry_len;
	piece.entry_num = min(array->entry_num - first, PIECE);
	ret = iommu_copy_struct_from_full_user_array(work->piece, array->entry_len,
						     &piece, array->type);
	if (ret && piece.entry_num > 1) {
		piece.entry_num = 1;
		ret = iommu_copy_struct_from_full_user_array(work->piece, array->entry_len,
							     &piece, array->type);
	}
	if (ret)
		return ret;
	work->first = first;
	work->n = piece.entry_num;
	return 0;
}

/* The entry in the piece that is read already, or in a new one. */
static const void *read_entry(struct work *work,
			      const struct iommu_user_data_array *array, u32 index)
{
	int ret = 0;

	if (index - work->first >= work->n)
		ret = read_piece(work, array, index);
	return ret ? ERR_PTR(ret) :
		     work->piece + (size_t)(index - work->first) * array->entry_len;
}

static int check_range(const struct iommu_hwpt_vtd_s1_invalidate *range, u32 index)
{
	int ret = vtd_user_check(range);

	if (ret)
		trace_user_invalidation_refused(index, range->addr, range->npages,
						range->flags, range->__reserved, ret);
	return ret;
}

/*
 * From the entry with that index on, as many as belong together and fit. What stands in
 * front of an entry that is in error is in the chunk.
 */
static int read_chunk(struct work *work, const struct iommu_user_data_array *array,
		      u32 first)
{
	struct vtd_user_chunk *chunk = &work->chunk;
	const struct iommu_hwpt_vtd_s1_invalidate *range;
	struct iommu_hwpt_vtd_s1_invalidate taken;
	const void *entry;
	u32 index;
	int ret;

	vtd_user_start(chunk);
	for (index = first; index < array->entry_num && chunk->entries < CHUNK_ENTRIES;
	     index++) {
		entry = read_entry(work, array, index);
		if (IS_ERR(entry))
			return PTR_ERR(entry);
		range = entry;
		if (work->kind->take) {
			if (!work->kind->take(work->owner, entry, index == first, &taken))
				return 0;
			range = &taken;
		}
		ret = check_range(range, index);
		if (ret)
			return ret;
		if (!vtd_user_add(chunk, range))
			return 0;
	}
	return 0;
}

/* One chunk; @done is how many entries have been carried out. */
static int chunk_step(struct work *work, const struct iommu_user_data_array *array,
		      u32 *done)
{
	int bad, ret = 0;

	if (fatal_signal_pending(current))
		return -EINTR;
	bad = read_chunk(work, array, *done);
	if (work->chunk.entries)
		ret = work->kind->carry_out(work->owner, &work->chunk, &work->job);
	if (ret)
		return ret;
	*done += work->chunk.entries;
	return bad;
}

/**
 * vtd_user_array_run() - carry out what an array asks for
 * @kind: kind of the array
 * @owner: for its functions
 * @array: the array; entry_num becomes the number of entries that were done
 *
 * Without entries it only says whether the type is known.
 *
 * Context: may sleep; no lock is held while user memory is read.
 * Return: 0; -EINVAL for another type or length of an entry, or an address or a number
 * of pages that makes no range; -EOPNOTSUPP for an unknown flag or a reserved field;
 * -EFAULT, -ENOMEM; -EINTR if the caller was killed; what @kind->carry_out returns.
 */
int vtd_user_array_run(const struct vtd_user_array *kind, void *owner,
		       struct iommu_user_data_array *array)
{
	struct work *work __free(kfree) = NULL;
	int ret = check_array(kind, array);
	u32 done = 0;

	if (!ret && array->entry_num) {
		work = kmalloc_flex(*work, piece, PIECE * kind->entry_len);
		if (!work)
			ret = -ENOMEM;
	}
	if (work) {
		work->kind = kind;
		work->owner = owner;
		work->first = 0;
		work->n = 0;
	}
	while (!ret && done < array->entry_num) {
		ret = chunk_step(work, array, &done);
		cond_resched();
	}
	array->entry_num = done;
	return ret;
}
