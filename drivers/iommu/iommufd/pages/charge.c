// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who pays for the pages an object has pinned.
 *
 * Owns: struct pages_payer, the payer fields of struct iommufd_pages.
 * Locks: pages->lock; takes the mmap_lock of the paying mm inside.
 * Calls: nothing in iommufd.
 */
#include <linux/atomic.h>
#include <linux/capability.h>
#include <linux/cleanup.h>
#include <linux/cred.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/user.h>

#include "charge.h"
#include "leave.h"
#include "pages.h"

/**
 * pages_payer_init() - the calling process is to pay
 * @payer: filled in; references are taken
 * @mode: which counter, but %IOMMUFD_CHARGE_NONE with CAP_IPC_LOCK
 *
 * The payer outlives the process: it pays, and is limited by its rlimit, even
 * when another process triggers the pin or it is gone.
 *
 * Context: process.
 */
void pages_payer_init(struct pages_payer *payer, enum iommufd_charge_mode mode)
{
	payer->mode = capable(CAP_IPC_LOCK) ? IOMMUFD_CHARGE_NONE : mode;
	payer->mm = current->mm;
	if (payer->mm)
		mmgrab(payer->mm);
	payer->task = get_task_struct(current->group_leader);
	payer->user = get_uid(current_user());
}

/**
 * pages_payer_release() - give the references back
 * @payer: charged for nothing any more
 *
 * Context: may sleep.
 */
void pages_payer_release(struct pages_payer *payer)
{
	free_uid(payer->user);
	put_task_struct(payer->task);
	if (payer->mm)
		mmdrop(payer->mm);
}

static void payer_copy(struct pages_payer *to, const struct pages_payer *from)
{
	*to = *from;
	if (to->mm)
		mmgrab(to->mm);
	get_task_struct(to->task);
	get_uid(to->user);
}

static bool payer_equal(const struct pages_payer *a,
			const struct pages_payer *b)
{
	return a->mode == b->mode && a->mm == b->mm && a->task == b->task &&
	       a->user == b->user;
}

static int charge_user(const struct pages_payer *payer, unsigned long npages)
{
	unsigned long limit = task_rlimit(payer->task, RLIMIT_MEMLOCK);
	unsigned long now = atomic_long_read(&payer->user->locked_vm);

	limit >>= PAGE_SHIFT;
	do {
		if (npages > limit || now > limit - npages)
			return -ENOMEM;
	} while (!atomic_long_try_cmpxchg(&payer->user->locked_vm, &now,
					  now + npages));
	return 0;
}

/* Only mmgrab() keeps the mm; that is enough for its lock and its counters. */
static int charge_mm(const struct pages_payer *payer, unsigned long npages)
{
	int rc;

	if (mmap_write_lock_killable(payer->mm))
		return -EINTR;
	rc = __account_locked_vm(payer->mm, npages, true, payer->task, false);
	mmap_write_unlock(payer->mm);
	return rc;
}

static int payer_charge(const struct pages_payer *payer, unsigned long npages)
{
	int rc = 0;

	/* who is over the limit already owes nothing more for it */
	if (!npages)
		return 0;

	switch (payer->mode) {
	case IOMMUFD_CHARGE_USER:
		rc = charge_user(payer, npages);
		break;
	case IOMMUFD_CHARGE_MM:
		rc = charge_mm(payer, npages);
		break;
	case IOMMUFD_CHARGE_NONE:
		break;
	}
	if (!rc && payer->mm)
		atomic64_add(npages, &payer->mm->pinned_vm);
	return rc;
}

static void payer_uncharge(const struct pages_payer *payer,
			   unsigned long npages)
{
	switch (payer->mode) {
	case IOMMUFD_CHARGE_USER:
		WARN_ON_ONCE(atomic_long_sub_return(npages,
						    &payer->user->locked_vm) < 0);
		break;
	case IOMMUFD_CHARGE_MM:
		mmap_write_lock(payer->mm);
		__account_locked_vm(payer->mm, npages, false, payer->task,
				    false);
		mmap_write_unlock(payer->mm);
		break;
	case IOMMUFD_CHARGE_NONE:
		break;
	}
	if (payer->mm)
		atomic64_sub(npages, &payer->mm->pinned_vm);
}

/**
 * pages_charge_locked() - charge pages about to be pinned
 * @pages: the object
 * @npages: how many
 *
 * Context: may sleep; caller holds pages->lock.
 * Return: 0; ENOMEM: over the limit; EINTR: fatal signal.
 */
int pages_charge_locked(struct iommufd_pages *pages, unsigned long npages)
{
	int rc;

	lockdep_assert_held(&pages->lock);

	if (pages->source->mmio)
		return 0;
	rc = payer_charge(&pages->payer, npages);
	if (rc || !pages->next_payer)
		return rc;
	rc = payer_charge(pages->next_payer, npages);
	if (rc)
		payer_uncharge(&pages->payer, npages);
	return rc;
}

/**
 * pages_refuse_charge() - note that a charge was over the limit
 * @npages: pages that were to be charged
 * @why: where to note it
 *
 * Context: any.
 * Return: ENOMEM.
 */
int pages_refuse_charge(unsigned long npages, struct iommufd_why *why)
{
	return iommufd_refuse(why, "length", "RLIMIT_MEMLOCK exceeded",
			      (u64)npages << PAGE_SHIFT, -ENOMEM);
}

/**
 * pages_uncharge_locked() - undo a charge
 * @pages: the object
 * @npages: how many are no longer pinned
 *
 * Context: may sleep; caller holds pages->lock.
 */
void pages_uncharge_locked(struct iommufd_pages *pages, unsigned long npages)
{
	lockdep_assert_held(&pages->lock);

	if (pages->source->mmio)
		return;
	payer_uncharge(&pages->payer, npages);
	if (pages->next_payer)
		payer_uncharge(pages->next_payer, npages);
}

int pages_move_charge(struct iommufd_pages *pages, const struct pages_payer *to,
		      struct iommufd_why *why)
{
	int rc;

	if (!pages->source->charge_moves)
		return iommufd_refuse(why, "ioas",
				      "it maps memory that is not of a file (value: source address)",
				      pages_source_addr(pages), -EINVAL);

	ACQUIRE(pages_kill, lock)(pages);
	if (ACQUIRE_ERR(pages_kill, &lock))
		return -EINTR;
	if (pages->next_payer == to || payer_equal(&pages->payer, to))
		return 0;
	if (pages->next_payer)
		return iommufd_refuse(why, "ioas",
				      "another thread is changing the process",
				      0, -EBUSY);
	rc = payer_charge(to, pages->npinned);
	if (rc == -ENOMEM)
		return pages_refuse_charge(pages->npinned, why);
	if (!rc)
		pages->next_payer = to;
	return rc;
}

void pages_move_commit(struct iommufd_pages *pages,
		       const struct pages_payer *to)
{
	guard(pages)(pages);
	if (pages->next_payer != to)
		return;
	payer_uncharge(&pages->payer, pages->npinned);
	pages_payer_release(&pages->payer);
	payer_copy(&pages->payer, to);
	pages->next_payer = NULL;
}

void pages_move_abort(struct iommufd_pages *pages,
		      const struct pages_payer *to)
{
	guard(pages)(pages);
	if (pages->next_payer != to)
		return;
	payer_uncharge(to, pages->npinned);
	pages->next_payer = NULL;
}
