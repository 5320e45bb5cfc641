// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who pays for the pages an object has pinned.
 *
 * Owns: the charge fields of struct iommufd_pages.
 * Locks: pages->lock is held; takes the mmap_lock of the paying mm inside.
 * Calls: nothing in iommufd.
 */
#include <linux/atomic.h>
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/user.h>

#include "charge.h"
#include "pages.h"

/*
 * The object outlives its maker: it pays, and is limited by its rlimit, even
 * when another process triggers the pin or the process is gone.
 */
void pages_charge_init(struct iommufd_pages *pages,
		       enum iommufd_charge_mode mode)
{
	pages->charge_mode = capable(CAP_IPC_LOCK) ? IOMMUFD_CHARGE_NONE : mode;
	pages->mm = current->mm;
	if (pages->mm)
		mmgrab(pages->mm);
	pages->task = get_task_struct(current->group_leader);
	pages->user = get_uid(current_user());
}

void pages_charge_release(struct iommufd_pages *pages)
{
	free_uid(pages->user);
	put_task_struct(pages->task);
	if (pages->mm)
		mmdrop(pages->mm);
}

static int charge_user(struct iommufd_pages *pages, unsigned long npages)
{
	unsigned long limit = task_rlimit(pages->task, RLIMIT_MEMLOCK);
	unsigned long now = atomic_long_read(&pages->user->locked_vm);

	limit >>= PAGE_SHIFT;
	do {
		if (npages > limit || now > limit - npages)
			return -ENOMEM;
	} while (!atomic_long_try_cmpxchg(&pages->user->locked_vm, &now,
					  now + npages));
	return 0;
}

/* Only mmgrab() keeps the mm; that is enough for its lock and its counters. */
static int charge_mm(struct iommufd_pages *pages, unsigned long npages)
{
	int rc;

	if (mmap_write_lock_killable(pages->mm))
		return -EINTR;
	rc = __account_locked_vm(pages->mm, npages, true, pages->task, false);
	mmap_write_unlock(pages->mm);
	return rc;
}

/**
 * pages_charge_locked() - charge pages about to be pinned
 * @pages: the object
 * @npages: how many
 * @why: where the reason of a failure goes
 *
 * Context: may sleep; caller holds pages->lock.
 * Return: 0; ENOMEM: over the limit; EINTR: fatal signal.
 */
int pages_charge_locked(struct iommufd_pages *pages, unsigned long npages,
			struct iommufd_why *why)
{
	int rc = 0;

	lockdep_assert_held(&pages->lock);

	switch (pages->charge_mode) {
	case IOMMUFD_CHARGE_USER:
		rc = charge_user(pages, npages);
		break;
	case IOMMUFD_CHARGE_MM:
		rc = charge_mm(pages, npages);
		break;
	case IOMMUFD_CHARGE_NONE:
		break;
	}
	if (rc == -ENOMEM)
		return iommufd_refuse(why, "length", "RLIMIT_MEMLOCK exceeded",
				      (u64)npages << PAGE_SHIFT, rc);
	if (!rc && pages->mm)
		atomic64_add(npages, &pages->mm->pinned_vm);
	return rc;
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

	switch (pages->charge_mode) {
	case IOMMUFD_CHARGE_USER:
		WARN_ON_ONCE(atomic_long_sub_return(npages,
						    &pages->user->locked_vm) < 0);
		break;
	case IOMMUFD_CHARGE_MM:
		mmap_write_lock(pages->mm);
		__account_locked_vm(pages->mm, npages, false, pages->task,
				    false);
		mmap_write_unlock(pages->mm);
		break;
	case IOMMUFD_CHARGE_NONE:
		break;
	}
	if (pages->mm)
		atomic64_sub(npages, &pages->mm->pinned_vm);
}
