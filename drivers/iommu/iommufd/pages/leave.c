// SPDX-License-Identifier: GPL-2.0-only
/*
 * Users that do not wait until they can stop keeping their span pinned.
 *
 * Owns: &iommufd_pages.leavers.
 * Locks: pages->lock to remove them; none to leave.
 * Calls: user.c.
 */
#include <linux/lockdep.h>

#include "leave.h"

/* Returns false if somebody has the lock, who looks when it is released. */
static bool remove_some(struct iommufd_pages *pages)
{
	struct pages_leaver *leaver, *next;
	struct llist_node *left;

	if (!mutex_trylock(&pages->lock))
		return false;
	left = llist_del_all(&pages->leavers);
	llist_for_each_entry_safe(leaver, next, left, node) {
		pages_remove_user_locked(pages, leaver->ops->user(leaver));
		leaver->ops->free(leaver);
	}
	mutex_unlock(&pages->lock);
	/* as in pages_unlock() */
	smp_mb();
	return true;
}

/**
 * pages_remove_leavers() - stop keeping pinned what others have left
 * @pages: the object
 *
 * Context: may sleep; does not wait for who pins. Does not allocate.
 */
void pages_remove_leavers(struct iommufd_pages *pages)
{
	while (!llist_empty(&pages->leavers) && remove_some(pages))
		;
}

/**
 * pages_leave() - let others stop keeping a span pinned
 * @pages: the object; the caller has a reference and drops it afterwards
 * @leaver: embedded next to a user of pages_add_user(), with its ops
 *
 * The pages stay pinned and charged as long as somebody else holds pages->lock.
 *
 * Context: may sleep; does not wait for who pins. Does not allocate.
 */
void pages_leave(struct iommufd_pages *pages, struct pages_leaver *leaver)
{
	llist_add(&leaver->node, &pages->leavers);
	pages_remove_leavers(pages);
}
