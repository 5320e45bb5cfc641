/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Users that do not wait until they can stop keeping their span pinned.
 *
 *	A pins, as long as user space likes ---------> unlocks --> removes B's
 *	B is killed while it waits for A --> leaves its user here --> returns
 *
 * Whoever releases &iommufd_pages.lock looks whether somebody has left meanwhile.
 */
#ifndef __IOMMUFD_PAGES_LEAVE_H
#define __IOMMUFD_PAGES_LEAVE_H

#include <linux/cleanup.h>
#include <linux/llist.h>
#include <linux/mutex.h>

#include "pages.h"

struct pages_leaver_ops;

/**
 * struct pages_leaver - a user that has left
 * @node: in &iommufd_pages.leavers
 * @ops: what embeds it
 */
struct pages_leaver {
	struct llist_node node;
	const struct pages_leaver_ops *ops;
};

/**
 * struct pages_leaver_ops - what embeds a user that has left
 * @user: the user next to @leaver
 * @free: frees the memory of both, no more; called with pages->lock held
 */
struct pages_leaver_ops {
	struct pages_user *(*user)(struct pages_leaver *leaver);
	void (*free)(struct pages_leaver *leaver);
};

void pages_leave(struct iommufd_pages *pages, struct pages_leaver *leaver);
void pages_remove_leavers(struct iommufd_pages *pages);

/* The object stays for the moment after the release. */
static inline void pages_unlock(struct iommufd_pages *pages)
	__releases(&pages->lock)
{
	mutex_unlock(&pages->lock);
	/* pairs with llist_add() of who then did not get the lock */
	smp_mb();
	if (unlikely(!llist_empty(&pages->leavers)))
		pages_remove_leavers(pages);
}

DEFINE_GUARD(pages, struct iommufd_pages *, mutex_lock(&_T->lock),
	     pages_unlock(_T))
DEFINE_GUARD_COND(pages, _kill, mutex_lock_killable(&_T->lock), _RET == 0)
DEFINE_GUARD_COND(pages, _try, mutex_trylock(&_T->lock))

#endif
