// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dirty tracking: the page table entries of a paging hwpt remember which pages
 * devices wrote to, and user space reads that as a bitmap.
 *
 * Only areas that are live are walked. Nobody takes one away meanwhile: that
 * begins with iova_lock in write mode. The locks are dropped where the user's
 * bitmap has to be pinned, and in a walk of everything after each step: who maps
 * elsewhere does not wait for this user's memory, nor for all of a large range.
 *
 * Locks: tables_lock and iova_lock of the IOAS, both shared; inside, for memory
 *	that can be revoked, pages_revocation.lock.
 * Calls: the dirty ops of the IOMMU driver, iova_bitmap.
 */
#include <linux/overflow.h>
#include <linux/sched/signal.h>

#include "../bitmap/iova_bitmap.h"
#include "../ioas/revocable.h"
#include "dirty.h"
#include "paging.h"

/* areas that a walk of everything looks at under one taking of the locks */
#define DIRTY_STEP_AREAS 512

/* a step is done, and there is another one */
#define DIRTY_MORE 1

/* each part of a walk has all bits of every entry it touches */
static_assert(IOVA_BITMAP_STEP % IOAS_AREA_STEP == 0);

/**
 * struct dirty_walk - a walk over the dirty bits of a range
 * @hwpt: the page table
 * @first: first IOVA
 * @last: last IOVA
 * @flags: 0 or IOMMU_DIRTY_NO_CLEAR
 * @dirty: where the driver puts what it finds
 * @why: where the reason of a failure goes
 */
struct dirty_walk {
	struct iommufd_hwpt_paging *hwpt;
	unsigned long first;
	unsigned long last;
	unsigned long flags;
	struct iommu_dirty_bitmap dirty;
	struct iommufd_why *why;
};

/* In steps of the size that the area was mapped in, so that it yields. */
static int walk_read(struct ioas_area *area, void *opaque)
{
	struct dirty_walk *walk = opaque;
	struct iommu_domain *domain = walk->hwpt->common.domain;
	unsigned long iova = max(area->first, walk->first);
	unsigned long last = min(area->last, walk->last);

	for (;;) {
		unsigned long stop = min(iova | (IOAS_AREA_STEP - 1), last);
		int rc;

		rc = domain->dirty_ops->read_and_clear_dirty(domain, iova,
							     stop - iova + 1,
							     walk->flags,
							     &walk->dirty);
		if (rc || stop == last)
			return rc;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		iova = stop + 1;
	}
}

/*
 * Memory of a dma-buf may be revoked at any moment, and its entries go then:
 * they are read under the lock that keeps them.
 */
static int walk_read_revocable(struct ioas_area *area, struct dirty_walk *walk)
{
	return ioas_revocable_visit(area, walk->hwpt->common.domain, walk_read,
				    walk);
}

static int walk_areas(struct dirty_walk *walk)
{
	struct ioas_area *area;

	MA_STATE(mas, &walk->hwpt->ioas->areas, walk->first, walk->first);

	lockdep_assert_held(&walk->hwpt->ioas->iova_lock);

	mas_for_each(&mas, area, walk->last) {
		int rc;

		if (area->state != IOAS_AREA_LIVE)
			continue;
		if (fatal_signal_pending(current))
			return -EINTR;
		rc = pages_revocation(area->pages) ?
			     walk_read_revocable(area, walk) :
			     walk_read(area, walk);
		if (rc)
			return iommufd_refuse(walk->why, "iova",
					      "the IOMMU driver cannot read the dirty bits of an area (value: its start)",
					      area->first, rc);
		cond_resched();
	}
	return 0;
}

/* Entries that were cleaned may be cached as dirty: writes would be missed. */
static void walk_flush(struct dirty_walk *walk)
{
	struct iommu_iotlb_gather *gather = walk->dirty.gather;

	if (gather->start <= gather->end)
		iommu_iotlb_sync(walk->hwpt->common.domain, gather);
}

static int walk_check_covered(struct dirty_walk *walk)
{
	unsigned long next = walk->first;
	struct ioas_area *area;

	MA_STATE(mas, &walk->hwpt->ioas->areas, walk->first, walk->first);

	mas_for_each(&mas, area, walk->last) {
		if (area->first > next || area->state != IOAS_AREA_LIVE)
			break;
		if (area->last >= walk->last)
			return 0;
		next = area->last + 1;
	}
	return iommufd_refuse(walk->why, "iova",
			      "part of the range is not mapped (value: where)",
			      next, -EINVAL);
}

static int dirty_check_tracking(struct iommufd_ucmd *ucmd,
				const struct iommufd_hwpt_paging *hwpt)
{
	if (hwpt->common.domain->dirty_ops)
		return 0;
	return iommufd_reject(ucmd, "hwpt_id",
			      "the hwpt was made without dirty tracking",
			      -EOPNOTSUPP);
}

/*
 * One step of a walk of everything: from walk->first, which becomes where to go
 * on, to the end of a step, or DIRTY_STEP_AREAS areas. The entries that it has
 * cleaned are flushed before the locks are dropped: until then the areas stay.
 */
static int dirty_clear_step(struct dirty_walk *walk)
{
	struct iommufd_ioas *ioas = walk->hwpt->ioas;
	unsigned int nareas = DIRTY_STEP_AREAS;
	struct iommu_iotlb_gather gather;
	struct ioas_area *area;
	int rc;

	guard(rwsem_read)(&ioas->tables_lock);
	guard(rwsem_read)(&ioas->iova_lock);

	MA_STATE(mas, &ioas->areas, walk->first, walk->first);

	area = mas_find(&mas, ULONG_MAX);
	if (!area)
		return 0;
	walk->first = max(walk->first, area->first);
	walk->last = walk->first | (IOAS_AREA_STEP - 1);
	for (; area && area->first <= walk->last; area = mas_next(&mas, walk->last))
		if (!--nareas) {
			walk->last = min(walk->last, area->last);
			break;
		}

	iommu_dirty_bitmap_init(&walk->dirty, NULL, &gather);
	rc = walk_areas(walk);
	walk_flush(walk);
	if (rc || walk->last == ULONG_MAX)
		return rc;
	walk->first = walk->last + 1;
	return DIRTY_MORE;
}

/* forget what was written so far */
static int dirty_clear(struct iommufd_hwpt_paging *hwpt,
		       struct iommufd_why *why)
{
	struct dirty_walk walk = { .hwpt = hwpt, .why = why };
	int rc;

	do {
		if (fatal_signal_pending(current))
			return -EINTR;
		rc = dirty_clear_step(&walk);
	} while (rc == DIRTY_MORE);
	return rc;
}

/* What devices write between the two counts as written afterwards. */
static int dirty_set_tracking(struct iommufd_hwpt_paging *hwpt, u32 flags,
			      struct iommufd_why *why)
{
	bool enable = flags & IOMMU_HWPT_DIRTY_TRACKING_ENABLE;
	struct iommu_domain *domain = hwpt->common.domain;
	int rc = 0;

	if (enable)
		rc = dirty_clear(hwpt, why);
	if (rc)
		return rc;

	guard(rwsem_read)(&hwpt->ioas->tables_lock);
	rc = domain->dirty_ops->set_dirty_tracking(domain, enable);
	if (rc)
		iommufd_refuse(why, "flags",
			       "the IOMMU driver cannot switch dirty tracking",
			       enable, rc);
	return rc;
}

/**
 * iommufd_hwpt_set_dirty_tracking_ioctl() - IOMMU_HWPT_SET_DIRTY_TRACKING
 * @ucmd: the ioctl
 *
 * Switching on forgets earlier writes, also when it is on already. Killed on
 * the way it has forgotten some, and switched nothing.
 *
 * Context: may sleep; takes tables_lock and iova_lock of the IOAS shared.
 * Return: 0, or
 * EOPNOTSUPP: unknown flag or reserved field, or the hwpt has no dirty bits;
 * ENOENT: not a paging hwpt; EINTR; or what the IOMMU driver says.
 */
int iommufd_hwpt_set_dirty_tracking_ioctl(struct iommufd_ucmd *ucmd)
{
	struct iommu_hwpt_set_dirty_tracking *cmd = ucmd->cmd;
	struct iommufd_hwpt_paging *hwpt;
	int rc;

	iommufd_ucmd_no_answer(ucmd);
	if (cmd->flags & ~IOMMU_HWPT_DIRTY_TRACKING_ENABLE)
		return iommufd_reject_flags(ucmd);
	if (cmd->__reserved)
		return iommufd_reject_reserved(ucmd);

	struct iommufd_object *obj __free(iommufd_put) =
		iommufd_ucmd_get(ucmd, "hwpt_id", cmd->hwpt_id,
				 IOMMUFD_OBJ_HWPT_PAGING);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	hwpt = to_hwpt_paging(to_hwpt(obj));
	rc = dirty_check_tracking(ucmd, hwpt);
	return rc ?: dirty_set_tracking(hwpt, cmd->flags, &ucmd->why);
}

/*
 * Any size will do. 7.3 takes one that is no power of two for a mask, and
 * programs may count on what that lets through.
 */
static bool dirty_aligned(unsigned long iova, unsigned long end,
			  unsigned long page_size)
{
	return !((iova | end) & (page_size - 1)) ||
	       (iova % page_size == 0 && end % page_size == 0);
}

static int dirty_check_range(struct iommufd_ucmd *ucmd,
			     struct dirty_walk *walk)
{
	struct iommu_hwpt_get_dirty_bitmap *cmd = ucmd->cmd;
	u64 last;

	if (!cmd->length)
		return iommufd_reject(ucmd, "length", "zero", -EINVAL);
	if (check_add_overflow(cmd->iova, cmd->length - 1, &last) ||
	    last > ULONG_MAX)
		return iommufd_refuse(&ucmd->why, "length", "the range wraps",
				      cmd->length, -EOVERFLOW);
	if (!cmd->page_size)
		return iommufd_reject(ucmd, "page_size", "zero", -EINVAL);
	if (cmd->page_size > ULONG_MAX)
		return iommufd_refuse(&ucmd->why, "page_size",
				      "more than an address can hold",
				      cmd->page_size, -EOVERFLOW);
	walk->first = cmd->iova;
	walk->last = last;

	if (!dirty_aligned(walk->first, walk->last + 1, cmd->page_size))
		return iommufd_refuse(&ucmd->why, "page_size",
				      "the range does not consist of such pages",
				      cmd->page_size, -EINVAL);
	return 0;
}

static int dirty_check_mapped(struct dirty_walk *walk)
{
	unsigned long alignment = walk->hwpt->ioas->alignment;

	if ((walk->first | (walk->last + 1)) & (alignment - 1))
		return iommufd_refuse(walk->why, "iova",
				      "the range is aligned less than the IOAS demands (value: alignment)",
				      alignment, -EINVAL);
	return walk_check_covered(walk);
}

/*
 * Bits for a few bytes of IOVA need more bitmap than is pinned at a time, and no
 * lock is held while more of it is. Nobody has pages that small: all of the
 * range counts as written to, and stays so.
 */
static int dirty_read_late(struct iova_bitmap *bitmap, struct dirty_walk *walk)
{
	struct iommufd_ioas *ioas = walk->hwpt->ioas;
	int rc;

	scoped_guard(rwsem_read, &ioas->iova_lock)
		rc = dirty_check_mapped(walk);
	if (!rc)
		iova_bitmap_set(bitmap, walk->first,
				walk->last - walk->first + 1);
	return rc;
}

/*
 * The first part looks at all of the range, which @opaque begins with: a hole is
 * found before anything is cleared. A later part looks at itself, as the locks
 * were dropped.
 */
static int dirty_read_part(struct iova_bitmap *bitmap, unsigned long iova,
			   size_t length, void *opaque)
{
	struct dirty_walk *walk = opaque;
	struct iommufd_ioas *ioas = walk->hwpt->ioas;
	unsigned long last = iova + length - 1;
	struct iommu_iotlb_gather gather;
	int rc;

	if (iova_bitmap_pins_late(bitmap))
		return dirty_read_late(bitmap, walk);

	guard(rwsem_read)(&ioas->tables_lock);
	guard(rwsem_read)(&ioas->iova_lock);

	if (iova != walk->first) {
		walk->first = iova;
		walk->last = last;
	}
	rc = dirty_check_mapped(walk);
	if (rc)
		return rc;
	walk->last = last;
	iommu_dirty_bitmap_init(&walk->dirty, bitmap, &gather);
	rc = walk_areas(walk);
	if (!(walk->flags & IOMMU_DIRTY_NO_CLEAR))
		walk_flush(walk);
	return rc;
}

static int dirty_read(struct dirty_walk *walk, struct iova_bitmap *bitmap)
{
	unsigned long first = walk->first;
	int rc;

	rc = iova_bitmap_each_window(bitmap, walk, dirty_read_part);
	if (rc && rc != -EINTR)
		iommufd_refuse(walk->why, "data",
			       "the bitmap cannot be written, bits are lost",
			       first, rc);
	return rc;
}

/**
 * iommufd_hwpt_get_dirty_bitmap_ioctl() - IOMMU_HWPT_GET_DIRTY_BITMAP
 * @ucmd: the ioctl
 *
 * A failure of the bitmap itself may come after dirty bits were cleared: user
 * space has to take all of the range for dirty then. A hole in the range is
 * found before the first bit is cleared, unless an unmap makes it meanwhile; what
 * was cleared until then is in the bitmap.
 *
 * Context: may sleep; takes tables_lock and iova_lock of the IOAS shared, and
 * the mmap_lock.
 * Return: 0, or
 * EOPNOTSUPP: unknown flag or reserved field, or the hwpt has no dirty bits;
 * ENOENT: not a paging hwpt;
 * EINVAL: no length or page size, misaligned, or not mapped from end to end;
 * EOVERFLOW: the range wraps; EFAULT: the bitmap cannot be written; ENOMEM,
 * EINTR; or what the IOMMU driver says.
 */
int iommufd_hwpt_get_dirty_bitmap_ioctl(struct iommufd_ucmd *ucmd)
{
	struct iommu_hwpt_get_dirty_bitmap *cmd = ucmd->cmd;
	struct dirty_walk walk = { .why = &ucmd->why };
	struct iova_bitmap *bitmap;
	int rc;

	/* an EFAULT after bits were cleared would mean that they are lost */
	iommufd_ucmd_no_answer(ucmd);
	if (cmd->flags & ~IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR)
		return iommufd_reject_flags(ucmd);
	if (cmd->__reserved)
		return iommufd_reject_reserved(ucmd);

	struct iommufd_object *obj __free(iommufd_put) =
		iommufd_ucmd_get(ucmd, "hwpt_id", cmd->hwpt_id,
				 IOMMUFD_OBJ_HWPT_PAGING);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	walk.hwpt = to_hwpt_paging(to_hwpt(obj));
	if (cmd->flags & IOMMU_HWPT_GET_DIRTY_BITMAP_NO_CLEAR)
		walk.flags = IOMMU_DIRTY_NO_CLEAR;

	rc = dirty_check_range(ucmd, &walk);
	if (!rc)
		rc = dirty_check_tracking(ucmd, walk.hwpt);
	if (rc)
		return rc;
	bitmap = iova_bitmap_alloc(cmd->iova, cmd->length, cmd->page_size,
				   u64_to_user_ptr(cmd->data));
	if (IS_ERR(bitmap))
		return iommufd_refuse(&ucmd->why, "data",
				      "a bitmap of this size cannot be set up", cmd->data,
				      PTR_ERR(bitmap));
	rc = dirty_read(&walk, bitmap);
	iova_bitmap_free(bitmap);
	return rc;
}
