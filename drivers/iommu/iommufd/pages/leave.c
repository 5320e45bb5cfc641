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
	const struct pages_leaver_ops *ops;
	struct llist_node *node, *next;

	if (!mutex_trylock(&pages->lock))
		return false;
	node = llist_del_all(&pages->leavers);
	ops = READ_ONCE(pages->leaver_ops);
	llist_for_each_safe(node, next, node) {
		pages_remove_user_locked(pages, ops->user(node));
		ops->free(node);
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
 * @node: embedded next to a user of pages_add_user()
 * @ops: the same for all users of the object that leave
 *
 * The pages stay pinned and charged as long as somebody else holds pages->lock.
 *
 * Context: may sleep; does not wait for who pins. Does not allocate.
 */
void pages_leave(struct iommufd_pages *pages, struct llist_node *node,
		 const struct pages_leaver_ops *ops)
{
	/* published by the node */
	WRITE_ONCE(pages->leaver_ops, ops);
	llist_add(node, &pages->leavers);
	pages_remove_leavers(pages);
}
