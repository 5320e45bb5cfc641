// SPDX-License-Identifier: GPL-2.0-only
/*
 * New areas: check, take the IOVA, pin, fill the tables, commit.
 *
 * Locks: iova_lock only around the tree, so that requests on other IOVA run in
 *	parallel; tables_lock shared while the tables are filled and until the
 *	commit. None while memory is pinned: user space decides how long that
 *	takes.
 */
#include <linux/iommu.h>
#include <linux/sched.h>

#include "insert.h"

/**
 * ioas_insertion_init() - start with no area
 * @ins: the insertion
 */
void ioas_insertion_init(struct ioas_insertion *ins)
{
	INIT_LIST_HEAD(&ins->areas);
	ins->length = 0;
	ins->addr = 0;
}

static void insertion_add(struct ioas_insertion *ins, struct ioas_area *area,
			  unsigned long length)
{
	if (list_empty(&ins->areas))
		ins->addr = pages_source_addr(area->pages) + area->start;
	area->first = ins->length;
	area->last = ins->length + (length - 1);
	ins->length += length;
	list_add_tail(&area->item, &ins->areas);
}

/**
 * ioas_insertion_start() - begin with memory that nothing maps yet
 * @ins: the insertion
 * @ioas: the address space
 * @pages: the memory, made by the caller; a reference is taken
 * @length: bytes, from the first one of @pages on
 * @prot: IOMMU_READ, IOMMU_WRITE
 *
 * Context: any.
 */
void ioas_insertion_start(struct ioas_insertion *ins, struct iommufd_ioas *ioas,
			  struct iommufd_pages *pages, unsigned long length,
			  int prot)
{
	ioas_insertion_init(ins);
	insertion_add(ins, ioas_area_first(ioas, pages, prot), length);
}

/**
 * ioas_insertion_add() - one more piece of memory, behind the others
 * @ins: the insertion
 * @ioas: the address space
 * @pages: the memory; a reference is taken
 * @start: byte of @pages it begins at
 * @length: bytes
 * @prot: IOMMU_READ, IOMMU_WRITE
 *
 * Context: may sleep.
 * Return: 0 or ENOMEM.
 */
int ioas_insertion_add(struct ioas_insertion *ins, struct iommufd_ioas *ioas,
		       struct iommufd_pages *pages, unsigned long start,
		       unsigned long length, int prot)
{
	struct ioas_area *area = ioas_area_alloc(ioas, pages, start, prot);

	if (!area)
		return -ENOMEM;
	insertion_add(ins, area, length);
	return 0;
}

/**
 * ioas_insertion_cancel() - free what was not inserted
 * @ins: the insertion
 *
 * Context: may sleep.
 */
void ioas_insertion_cancel(struct ioas_insertion *ins)
{
	struct ioas_area *area, *next;

	list_for_each_entry_safe(area, next, &ins->areas, item)
		ioas_area_free(area);
	INIT_LIST_HEAD(&ins->areas);
}

/* IOVA come back, and other threads are fast: a number never comes back. */
static void insertion_number_locked(struct iommufd_ioas *ioas,
				    struct ioas_insertion *ins,
				    struct ioas_map_args *args)
{
	struct ioas_area *area;

	lockdep_assert_held_write(&ioas->iova_lock);
	args->map_nr = ++ioas->nmaps;
	list_for_each_entry(area, &ins->areas, item)
		area->map_nr = args->map_nr;
}

/* The offsets become IOVA, or IOVA offsets again. */
static void insertion_shift(struct ioas_insertion *ins, unsigned long delta)
{
	struct ioas_area *area;

	list_for_each_entry(area, &ins->areas, item) {
		area->first += delta;
		area->last += delta;
	}
}

static int insertion_store_locked(struct iommufd_ioas *ioas,
				  struct ioas_insertion *ins)
{
	unsigned long first = list_first_entry(&ins->areas, struct ioas_area,
					       item)->first;
	struct ioas_area *area;

	lockdep_assert_held_write(&ioas->iova_lock);
	list_for_each_entry(area, &ins->areas, item) {
		MA_STATE(mas, &ioas->areas, area->first, area->last);

		if (mas_store_gfp(&mas, area, GFP_KERNEL_ACCOUNT)) {
			/* all of them follow each other, from the first one on */
			if (area->first != first)
				ioas_iova_free_locked(ioas, first,
						      area->first - 1);
			return -ENOMEM;
		}
		cond_resched();
	}
	return 0;
}

/* every piece must keep to the alignment, not only the sum */
static int insertion_check_locked(struct iommufd_ioas *ioas,
				  struct ioas_insertion *ins,
				  struct iommufd_why *why)
{
	struct ioas_area *area;

	lockdep_assert_held(&ioas->iova_lock);
	list_for_each_entry(area, &ins->areas, item)
		if ((ioas_area_length(area) | offset_in_page(area->start)) &
		    (ioas->alignment - 1))
			return iommufd_refuse(why, "user_va",
					      "address or length is not a multiple of out_iova_alignment",
					      ins->addr, -EINVAL);
	return 0;
}

/* Only a copy finds memory that was pinned for less than it wants. */
static int insertion_check_prot(const struct ioas_insertion *ins,
				struct iommufd_why *why)
{
	struct ioas_area *area;

	list_for_each_entry(area, &ins->areas, item)
		if ((area->prot & IOMMU_WRITE) && !area->pages->writable)
			return iommufd_refuse(why, "flags",
					      "WRITEABLE, but the source was mapped read-only (value: offset)",
					      area->first, -EPERM);
	return 0;
}

static int insertion_take_locked(struct iommufd_ioas *ioas,
				 struct ioas_insertion *ins,
				 struct ioas_map_args *args)
{
	int rc;

	lockdep_assert_held_write(&ioas->iova_lock);
	insertion_number_locked(ioas, ins, args);
	insertion_shift(ins, args->iova);
	rc = insertion_store_locked(ioas, ins);
	if (rc)
		insertion_shift(ins, -args->iova);
	return rc;
}

static int insertion_place(struct iommufd_ioas *ioas,
			   struct ioas_insertion *ins,
			   struct ioas_map_args *args, struct iommufd_why *why)
{
	int rc;

	ACQUIRE(rwsem_write_kill, lock)(&ioas->iova_lock);
	rc = ACQUIRE_ERR(rwsem_write_kill, &lock);
	if (rc)
		return rc;

	if (args->fixed)
		rc = ioas_iova_check_locked(ioas, args->iova, ins->length, why);
	else
		rc = ioas_iova_alloc_locked(ioas, ins->addr, ins->length,
					    &args->iova, why);
	if (!rc)
		rc = insertion_check_locked(ioas, ins, why);
	if (!rc)
		rc = insertion_check_prot(ins, why);
	if (!rc)
		rc = insertion_take_locked(ioas, ins, args);
	if (rc && !args->fixed)
		ioas_iova_forget_full_locked(ioas);
	return rc;
}

static int insertion_pin(struct ioas_insertion *ins, struct iommufd_why *why)
{
	struct ioas_area *area;

	list_for_each_entry(area, &ins->areas, item) {
		int rc = ioas_area_pin(area, why);

		if (rc)
			return rc;
	}
	return 0;
}

static int insertion_fill(struct iommufd_ioas *ioas, struct ioas_insertion *ins,
			  struct iommufd_why *why)
{
	struct ioas_area *area;

	list_for_each_entry(area, &ins->areas, item) {
		int rc = ioas_area_fill(area, why);

		if (rc) {
			/* skips the areas that are not filled */
			ioas_areas_drain(ioas, &ins->areas);
			return rc;
		}
	}
	return 0;
}

static void insertion_commit(struct iommufd_ioas *ioas,
			     struct ioas_insertion *ins)
{
	struct ioas_area *area, *next;

	guard(rwsem_write)(&ioas->iova_lock);
	list_for_each_entry_safe(area, next, &ins->areas, item) {
		list_del_init(&area->item);
		area->state = IOAS_AREA_LIVE;
		cond_resched();
	}
}

/*
 * Areas are pinned exactly while there are tables, or while one is about to
 * come. That is so at the commit, and may change until then.
 */
static int insertion_settle(struct iommufd_ioas *ioas,
			    struct ioas_insertion *ins, struct iommufd_why *why)
{
	/* most often it stays as it is: no lock for what is only a guess */
	bool wanted = data_race(ioas->npinners);
	bool pinned = false;
	int rc = 0;

	for (;;) {
		if (wanted && !pinned)
			rc = insertion_pin(ins, why);
		else if (pinned && !wanted)
			ioas_areas_unpin(&ins->areas);
		if (rc)
			return rc;
		pinned = wanted;

		rc = down_read_killable(&ioas->tables_lock);
		if (rc)
			return rc;
		wanted = ioas->npinners;
		if (pinned == wanted)
			break;
		up_read(&ioas->tables_lock);
	}

	if (ioas->ntables)
		rc = insertion_fill(ioas, ins, why);
	if (!rc)
		insertion_commit(ioas, ins);
	up_read(&ioas->tables_lock);
	return rc;
}

static void insertion_undo(struct iommufd_ioas *ioas,
			   struct ioas_insertion *ins)
{
	ioas_areas_unpin(&ins->areas);
	guard(rwsem_write)(&ioas->iova_lock);
	ioas_iova_free_areas_locked(ioas, &ins->areas);
}

/**
 * ioas_insert() - map the areas of an insertion
 * @ioas: the address space
 * @ins: at least one area; empty afterwards, unless it failed
 * @args: the IOVA, in or out
 * @why: where the reason of a failure goes
 *
 * All areas or none.
 *
 * Context: may sleep; takes tables_lock shared, iova_lock.
 * Return: 0, or as ioas_iova_check_locked(), ioas_iova_alloc_locked(),
 * ioas_area_pin() and ioas_area_fill(); EPERM: writing to read-only memory;
 * EINTR: killed.
 */
int ioas_insert(struct iommufd_ioas *ioas, struct ioas_insertion *ins,
		struct ioas_map_args *args, struct iommufd_why *why)
{
	int rc = insertion_place(ioas, ins, args, why);

	if (rc)
		return rc;
	rc = insertion_settle(ioas, ins, why);
	if (rc)
		insertion_undo(ioas, ins);
	return rc;
}
