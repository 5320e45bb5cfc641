// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that its owner can take away at any moment.
 *
 * Owns: struct pages_revocation.
 * Locks: pages_revocation.lock; the order is in revoke.h.
 * Calls: whoever left a struct pages_mapping.
 */
#include <linux/cleanup.h>

#include "pages.h"
#include "revoke.h"

/**
 * pages_revocation_init() - not revoked, nothing mapped
 * @revocation: filled in
 *
 * Context: any.
 */
void pages_revocation_init(struct pages_revocation *revocation)
{
	mutex_init(&revocation->lock);
	INIT_LIST_HEAD(&revocation->mappings);
	revocation->revoked = false;
}

/**
 * pages_revocation_destroy() - nobody can revoke any more, nothing is mapped
 * @revocation: of pages_revocation_init()
 *
 * Context: any.
 */
void pages_revocation_destroy(struct pages_revocation *revocation)
{
	WARN_ON_ONCE(!list_empty(&revocation->mappings));
	mutex_destroy(&revocation->lock);
}

/**
 * pages_revoke() - take all translations of an object out, let none in again
 * @revocation: its state; may be revoked already
 *
 * Context: may sleep; called by the source, under whatever lock its owner
 * holds; takes pages_revocation.lock. Does not allocate, does not fail.
 */
void pages_revoke(struct pages_revocation *revocation)
{
	struct pages_mapping *mapping, *next;

	guard(mutex)(&revocation->lock);
	WRITE_ONCE(revocation->revoked, true);
	list_for_each_entry_safe(mapping, next, &revocation->mappings, item) {
		list_del(&mapping->item);
		mapping->revoke(mapping);
	}
}

/**
 * pages_is_revoked() - is the memory gone
 * @pages: the object
 *
 * The answer may change from false to true at once, unless the caller holds
 * pages_revocation.lock.
 *
 * Context: any.
 * Return: true if it is.
 */
bool pages_is_revoked(struct iommufd_pages *pages)
{
	return pages->revocation && READ_ONCE(pages->revocation->revoked);
}
