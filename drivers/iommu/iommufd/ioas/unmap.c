// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unmap: the areas of a range, some hundreds in each step.
 *
 *	look at all areas, if they are many
 *	  +--> look at those of a step --> one is pinned by an access: tell the
 *	  |            |                   accesses, look again; one is being
 *	  |            v                   copied from or to: wait, look again
 *	  |    mark them DRAINING --> tables, one flush, unpin --> erase
 *	  +------------+
 *
 * What is refused is refused before the first step. After it only a kill, or
 * another thread that changes the range meanwhile, ends an unmap early.
 *
 * Locks: tables_lock shared while the tables change, iova_lock only around the
 *	tree. None while memory is unpinned: that waits for whoever pins the
 *	same memory.
 */
#include <linux/overflow.h>
#include <linux/sched/signal.h>

#include "../object/trace.h"
#include "ioas.h"

/*
 * An access lets go when it is told to, but another thread of its driver may
 * be pinning at this moment, and a fault in there takes the time it takes.
 * Rounds on one area wait longer and longer, a minute in all.
 */
#define UNMAP_MAX_TRIES 100
#define UNMAP_TRY_WAIT (HZ / 100 ?: 1)

/* areas in a step: how long others wait for iova_lock */
#define UNMAP_STEP_AREAS 512

/* one more round: an access pins @pinned, or copies are under way */
#define UNMAP_RETRY 1
#define UNMAP_WAIT 2
/* one more round: there is more than a step, and nobody has looked at it */
#define UNMAP_LOOK 3

/**
 * struct unmap_request - one unmap
 * @range: what to unmap
 * @map_nr: only areas of this map, and only those that are LIVE; 0: of all
 * @step: the part of @range that is worked on
 * @looked_at: all of @range was found to be in order
 * @areas: areas taken out in this step, by item
 * @nbytes: bytes unmapped
 * @pinned: area that an access pins, for the next round
 * @asked: first IOVA of the area the last round asked for
 * @tries: rounds spent on it
 */
struct unmap_request {
	struct iorange range;
	u64 map_nr;
	struct iorange step;
	bool looked_at;
	struct list_head areas;
	unsigned long nbytes;
	struct iorange pinned;
	unsigned long asked;
	unsigned int tries;
};

static bool unmap_concerns(const struct unmap_request *req,
			   const struct ioas_area *area)
{
	return !req->map_nr || (area->map_nr == req->map_nr &&
				area->state == IOAS_AREA_LIVE);
}

static int unmap_check_area(struct ioas_area *area,
			    const struct unmap_request *req,
			    struct iommufd_why *why)
{
	if (area->first < req->range.first || area->last > req->range.last)
		return iommufd_refuse(why, "iova",
				      "an area lies only partly in the range (value: its start)",
				      area->first, -ENOENT);
	if (area->state != IOAS_AREA_LIVE)
		return iommufd_refuse(why, "iova",
				      "another thread is mapping or unmapping here (value: start of the area)",
				      area->first, -EBUSY);
	if (area->locks)
		return iommufd_refuse(why, "iova",
				      "a hardware queue lies in the area (value: its start)",
				      area->first, -EBUSY);
	return 0;
}

static bool unmap_reopen_some(struct iommufd_ioas *ioas,
			      const struct unmap_request *req,
			      unsigned long *from)
{
	MA_STATE(mas, &ioas->areas, *from, *from);
	unsigned int nareas = UNMAP_STEP_AREAS;
	struct ioas_area *area;

	guard(rwsem_write)(&ioas->iova_lock);
	mas_for_each(&mas, area, req->step.last) {
		if (unmap_concerns(req, area)) {
			area->closing = false;
			area->ending = false;
		}
		if (area->last >= req->step.last)
			return false;
		*from = area->last + 1;
		if (!--nareas)
			return true;
	}
	return false;
}

/* The unmap does not happen: accesses may pin and copy again. */
static void unmap_reopen(struct iommufd_ioas *ioas,
			 const struct unmap_request *req)
{
	unsigned long from = req->step.first;

	while (unmap_reopen_some(ioas, req, &from))
		cond_resched();
}

/* Copies by the CPU end by themselves: nobody has to be told, only waited for. */
static int unmap_await_copies_locked(struct iommufd_ioas *ioas,
				     const struct unmap_request *req)
{
	MA_STATE(mas, &ioas->areas, req->step.first, req->step.first);
	struct ioas_area *area;
	int rc = 0;

	lockdep_assert_held_write(&ioas->iova_lock);
	mas_for_each(&mas, area, req->step.last) {
		if (!unmap_concerns(req, area))
			continue;
		if (atomic_read_acquire(&area->copies)) {
			area->ending = true;
			rc = UNMAP_WAIT;
		}
		cond_resched();
	}
	return rc;
}

/* Look at areas from @from on, which becomes where to go on. */
static int unmap_look_locked(struct iommufd_ioas *ioas,
			     struct unmap_request *req, unsigned long *from,
			     struct iommufd_why *why)
{
	MA_STATE(mas, &ioas->areas, *from, *from);
	unsigned int nareas = UNMAP_STEP_AREAS;
	struct ioas_area *area;
	int rc;

	lockdep_assert_held(&ioas->iova_lock);
	mas_for_each(&mas, area, req->range.last) {
		if (!unmap_concerns(req, area))
			continue;
		rc = unmap_check_area(area, req, why);
		if (rc)
			return rc;
		if (area->last == req->range.last)
			return 0;
		*from = area->last + 1;
		if (!--nareas)
			return UNMAP_LOOK;
		cond_resched();
	}
	return 0;
}

static int unmap_look(struct iommufd_ioas *ioas, struct unmap_request *req,
		      struct iommufd_why *why)
{
	unsigned long from = req->range.first;
	int rc;

	do {
		if (fatal_signal_pending(current))
			return -EINTR;
		scoped_guard(rwsem_read, &ioas->iova_lock)
			rc = unmap_look_locked(ioas, req, &from, why);
	} while (rc == UNMAP_LOOK);
	req->looked_at = true;
	return rc;
}

/* The areas of a step; sets where it ends. */
static int unmap_check_locked(struct iommufd_ioas *ioas,
			      struct unmap_request *req,
			      struct iommufd_why *why)
{
	MA_STATE(mas, &ioas->areas, req->step.first, req->step.first);
	unsigned int nareas = UNMAP_STEP_AREAS;
	struct ioas_area *area;
	bool pinned = false, copying = false;
	int rc;

	lockdep_assert_held_write(&ioas->iova_lock);
	req->step.last = req->range.last;
	mas_for_each(&mas, area, req->range.last) {
		if (!unmap_concerns(req, area))
			continue;
		if (!nareas--) {
			req->step.last = area->first - 1;
			break;
		}
		rc = unmap_check_area(area, req, why);
		if (rc)
			return rc;
		copying |= atomic_read_acquire(&area->copies);
		/* copies wait for one that waits for copies, for no other */
		area->ending = false;
		if (!pinned && atomic_read_acquire(&area->accesses)) {
			req->pinned.first = area->first;
			req->pinned.last = area->last;
			pinned = true;
		}
		cond_resched();
	}
	if (req->step.last != req->range.last && !req->looked_at)
		return UNMAP_LOOK;
	if (!pinned)
		return copying ? unmap_await_copies_locked(ioas, req) : 0;
	if (req->pinned.first != req->asked)
		req->tries = 0;
	req->asked = req->pinned.first;

	mas_set(&mas, req->pinned.first);
	area = mas_walk(&mas);
	area->closing = true;
	return UNMAP_RETRY;
}

/* commit: nothing below can fail */
static void unmap_take_locked(struct iommufd_ioas *ioas,
			      struct unmap_request *req)
{
	MA_STATE(mas, &ioas->areas, req->step.first, req->step.first);
	struct ioas_area *area;

	lockdep_assert_held_write(&ioas->iova_lock);
	mas_for_each(&mas, area, req->step.last) {
		if (!unmap_concerns(req, area))
			continue;
		area->state = IOAS_AREA_DRAINING;
		list_add_tail(&area->item, &req->areas);
		req->nbytes += ioas_area_length(area);
		cond_resched();
	}
}

static void unmap_erase(struct iommufd_ioas *ioas, struct unmap_request *req)
{
	guard(rwsem_write)(&ioas->iova_lock);
	ioas_iova_free_areas_locked(ioas, &req->areas);
}

static int unmap_once_locked(struct iommufd_ioas *ioas,
			     struct unmap_request *req, struct iommufd_why *why)
{
	int rc;

	lockdep_assert_held_read(&ioas->tables_lock);
	scoped_guard(rwsem_write, &ioas->iova_lock) {
		rc = unmap_check_locked(ioas, req, why);
		if (rc)
			return rc;
		unmap_take_locked(ioas, req);
	}
	if (!list_empty(&req->areas))
		ioas_areas_drain(ioas, &req->areas);
	return 0;
}

static void unmap_free(struct unmap_request *req)
{
	struct ioas_area *area, *next;

	list_for_each_entry_safe(area, next, &req->areas, item) {
		ioas_area_free(area);
		cond_resched();
	}
}

static int unmap_ask(struct iommufd_ioas *ioas, struct unmap_request *req,
		     struct iommufd_why *why)
{
	if (++req->tries > UNMAP_MAX_TRIES) {
		pr_warn_ratelimited("iommufd: a driver does not unpin IOVA 0x%lx, which is being unmapped\n",
				    req->pinned.first);
		return iommufd_refuse(why, "iova",
				      "a driver does not unpin the area (value: its start)",
				      req->pinned.first, -EDEADLOCK);
	}
	if (req->tries > 1 &&
	    schedule_timeout_killable(req->tries * UNMAP_TRY_WAIT) &&
	    fatal_signal_pending(current))
		return -EINTR;
	ioas_tell_listeners(ioas, &req->pinned);
	return 0;
}

static int unmap_wait(void)
{
	schedule_timeout_killable(1);
	return fatal_signal_pending(current) ? -EINTR : 0;
}

/* Look again after what kept the step from being taken. */
static int unmap_again(struct iommufd_ioas *ioas, struct unmap_request *req,
		       int what, struct iommufd_why *why)
{
	switch (what) {
	case UNMAP_LOOK:
		return unmap_look(ioas, req, why);
	case UNMAP_WAIT:
		return unmap_wait();
	default:
		return unmap_ask(ioas, req, why);
	}
}

static int unmap_step(struct iommufd_ioas *ioas, struct unmap_request *req,
		      struct iommufd_why *why)
{
	bool asked = false;
	int rc;

	for (;;) {
		rc = down_read_killable(&ioas->tables_lock);
		if (rc)
			break;
		rc = unmap_once_locked(ioas, req, why);
		up_read(&ioas->tables_lock);
		if (rc <= 0)
			break;
		asked |= rc != UNMAP_LOOK;
		rc = unmap_again(ioas, req, rc, why);
		if (rc)
			break;
	}
	if (rc && asked)
		unmap_reopen(ioas, req);
	if (rc)
		return rc;
	ioas_areas_unpin(&req->areas);
	unmap_erase(ioas, req);
	unmap_free(req);
	return 0;
}

static int unmap_range(struct iommufd_ioas *ioas, struct unmap_request *req,
		       struct iommufd_why *why)
{
	int rc;

	req->step = req->range;
	for (;;) {
		INIT_LIST_HEAD(&req->areas);
		rc = unmap_step(ioas, req, why);
		if (rc || req->step.last == req->range.last)
			break;
		req->step.first = req->step.last + 1;
		if (fatal_signal_pending(current)) {
			rc = -EINTR;
			break;
		}
	}
	if (req->nbytes)
		trace_iommufd_unmap(ioas->obj.id, req->range.first,
				    req->range.last - req->range.first + 1,
				    req->nbytes);
	return rc;
}

/**
 * ioas_unmap_map() - undo a map
 * @ioas: the address space
 * @args: of a map or copy that succeeded
 *
 * What others have unmapped of it since, or have mapped in its place, is not
 * touched. Nor is what they need: hardware queues may lie in it.
 *
 * Context: as ioas_unmap_any().
 */
void ioas_unmap_map(struct iommufd_ioas *ioas, const struct ioas_map_args *args)
{
	struct unmap_request req = {
		.range.first = args->iova,
		.range.last = args->iova + (args->length - 1),
		.map_nr = args->map_nr,
	};

	unmap_range(ioas, &req, NULL);
}

/**
 * ioas_unmap_any() - unmap every area in a range, if there is one
 * @ioas: the address space
 * @iova: first IOVA
 * @length: bytes
 * @unmapped: set to the bytes unmapped, may be 0; on failure what was unmapped
 *	before
 * @why: where the reason of a failure goes
 *
 * Context: may sleep; takes tables_lock shared, iova_lock; calls the unmap op
 * of accesses without locks.
 * Return: 0, or EINVAL: length 0; EOVERFLOW: the range wraps; ENOENT: an area
 * lies only partly in it; EBUSY: another thread works on an area, or a hardware
 * queue lies in it; EDEADLOCK: a driver does not give its pins back; EINTR:
 * killed. Nothing is unmapped then, but for steps done before the kill, or
 * before another thread changed the range.
 */
int ioas_unmap_any(struct iommufd_ioas *ioas, unsigned long iova,
		   unsigned long length, unsigned long *unmapped,
		   struct iommufd_why *why)
{
	struct unmap_request req = { .range.first = iova };
	int rc;

	*unmapped = 0;
	if (!length)
		return iommufd_refuse(why, "length", "zero", 0, -EINVAL);
	if (check_add_overflow(iova, length - 1, &req.range.last))
		return iommufd_refuse(why, "iova", "iova + length wraps", iova,
				      -EOVERFLOW);

	rc = unmap_range(ioas, &req, why);
	*unmapped = req.nbytes;
	return rc;
}

/**
 * ioas_unmap() - unmap every area in a range
 * @ioas: the address space
 * @iova: first IOVA
 * @length: bytes
 * @unmapped: as ioas_unmap_any()
 * @why: where the reason of a failure goes
 *
 * Context: as ioas_unmap_any().
 * Return: 0, or as ioas_unmap_any(); ENOENT also when nothing is mapped there.
 */
int ioas_unmap(struct iommufd_ioas *ioas, unsigned long iova,
	       unsigned long length, unsigned long *unmapped,
	       struct iommufd_why *why)
{
	int rc = ioas_unmap_any(ioas, iova, length, unmapped, why);

	if (rc || *unmapped)
		return rc;
	return iommufd_refuse(why, "iova", "nothing is mapped in the range",
			      iova, -ENOENT);
}

/**
 * ioas_unmap_all() - unmap everything
 * @ioas: the address space
 * @unmapped: set to the bytes unmapped, may be 0
 * @why: where the reason of a failure goes
 *
 * Context: as ioas_unmap().
 * Return: 0, or as ioas_unmap() without EINVAL, EOVERFLOW and ENOENT.
 */
int ioas_unmap_all(struct iommufd_ioas *ioas, unsigned long *unmapped,
		   struct iommufd_why *why)
{
	struct unmap_request req = { .range.last = ULONG_MAX };
	int rc;

	rc = unmap_range(ioas, &req, why);
	*unmapped = req.nbytes;
	return rc;
}
