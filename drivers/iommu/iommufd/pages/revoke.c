// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that its owner can take away at any moment.
 *
 * Owns: struct pages_revocation.
 * Locks: pages_revocation.lock; the order is in revoke.h.
 * Calls: whoever left a struct pages_mapping.
 */
#include <linux/cleanup.h>
#include <linux/lockdep.h>

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
	revocation->mappings = RB_ROOT;
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
	WARN_ON_ONCE(!RB_EMPTY_ROOT(&revocation->mappings));
	mutex_destroy(&revocation->lock);
}

static struct pages_mapping *to_mapping(struct rb_node *rb)
{
	return rb_entry_safe(rb, struct pages_mapping, rb);
}

static int mapping_cmp(const struct pages_mapping *mapping, const void *table,
		       unsigned long first)
{
	if (mapping->table != table)
		return mapping->table < table ? -1 : 1;
	if (mapping->first != first)
		return mapping->first < first ? -1 : 1;
	return 0;
}

/**
 * pages_mapping_find_locked() - what is installed of a piece in a table
 * @revocation: state of the object
 * @table: the table
 * @first: where the piece begins in it
 *
 * Context: caller holds pages_revocation.lock.
 * Return: the mapping, or NULL.
 */
struct pages_mapping *
pages_mapping_find_locked(struct pages_revocation *revocation,
			  const void *table, unsigned long first)
{
	struct pages_mapping *mapping =
		to_mapping(revocation->mappings.rb_node);

	lockdep_assert_held(&revocation->lock);

	while (mapping) {
		int order = mapping_cmp(mapping, table, first);

		if (!order)
			return mapping;
		mapping = to_mapping(order > 0 ? mapping->rb.rb_left :
						 mapping->rb.rb_right);
	}
	return NULL;
}

/**
 * pages_mapping_add_locked() - translations are installed
 * @revocation: state of the object, not revoked
 * @mapping: whose; the object has none that begins there in this table
 *
 * Context: caller holds pages_revocation.lock.
 */
void pages_mapping_add_locked(struct pages_revocation *revocation,
			      struct pages_mapping *mapping)
{
	struct rb_node **link = &revocation->mappings.rb_node;
	struct rb_node *parent = NULL;

	lockdep_assert_held(&revocation->lock);

	while (*link) {
		parent = *link;
		link = mapping_cmp(to_mapping(parent), mapping->table,
				   mapping->first) > 0 ?
		       &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&mapping->rb, parent, link);
	rb_insert_color(&mapping->rb, &revocation->mappings);
}

/**
 * pages_mapping_remove_locked() - translations are taken out
 * @revocation: state of the object
 * @mapping: of pages_mapping_add_locked()
 *
 * Context: caller holds pages_revocation.lock.
 */
void pages_mapping_remove_locked(struct pages_revocation *revocation,
				 struct pages_mapping *mapping)
{
	lockdep_assert_held(&revocation->lock);
	rb_erase(&mapping->rb, &revocation->mappings);
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
	struct pages_mapping *any;
	struct rb_root mappings;

	guard(mutex)(&revocation->lock);
	WRITE_ONCE(revocation->revoked, true);
	mappings = revocation->mappings;
	revocation->mappings = RB_ROOT;
	any = to_mapping(mappings.rb_node);
	if (any)
		any->revoke(&mappings);
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
	struct pages_revocation *revocation = pages_revocation(pages);

	return revocation && READ_ONCE(revocation->revoked);
}
