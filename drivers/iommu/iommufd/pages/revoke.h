/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that its owner can take away at any moment.
 *
 * The owner of a dma-buf revokes it from under its dma_resv lock and goes on
 * only when no device reaches the memory any more. So who installs translations
 * to such memory leaves a struct pages_mapping for each table, with which the
 * source takes them out again.
 *
 * Lock order: mmap_lock nests outside dma_resv, and mappings of user memory are
 * made with tables_lock held and mmap_lock inside. So a revocation may take
 * none of the locks of an IOAS, and nothing under pages_revocation.lock may
 * take mmap_lock or dma_resv:
 *
 *	map, unmap, attach:  tables_lock -> iova_lock -+
 *	                                               v
 *	revoke:          memory_lock -> dma_resv -> pages_revocation.lock
 *	                                               |
 *	                    pages lock of that object, the driver, reclaim
 *
 * The pages lock of an object that can be revoked is a lockdep class of its
 * own: under that of user memory mmap_lock is taken.
 */
#ifndef __IOMMUFD_PAGES_REVOKE_H
#define __IOMMUFD_PAGES_REVOKE_H

#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/types.h>

struct iommufd_pages;

/**
 * struct pages_mapping - translations of a piece of an object in one table
 * @rb: in &pages_revocation.mappings
 * @table: the table; constant
 * @first: where the piece begins in the table; constant
 * @owner: the piece; constant
 * @revoke: take the translations of all that are in the tree out of their
 *	tables and flush; they belong to the callee. All mappings of an object
 *	have the same. Runs with &pages_revocation.lock held, may not take any
 *	lock of an IOAS, may not fail.
 */
struct pages_mapping {
	struct rb_node rb;
	void *table;
	unsigned long first;
	void *owner;
	void (*revoke)(struct rb_root *mappings);
};

/**
 * struct pages_revocation - state of an object that can be revoked
 * @lock: guards what follows; held around installing and removing translations
 * @mappings: translations installed now, by table, and by place in it
 * @revoked: the memory is gone for good; @mappings is empty
 */
struct pages_revocation {
	struct mutex lock;
	struct rb_root mappings;
	bool revoked;
};

void pages_revocation_init(struct pages_revocation *revocation);
void pages_revocation_destroy(struct pages_revocation *revocation);
void pages_revoke(struct pages_revocation *revocation);

struct pages_mapping *
pages_mapping_find_locked(struct pages_revocation *revocation,
			  const void *table, unsigned long first);
void pages_mapping_add_locked(struct pages_revocation *revocation,
			      struct pages_mapping *mapping);
void pages_mapping_remove_locked(struct pages_revocation *revocation,
				 struct pages_mapping *mapping);

bool pages_is_revoked(struct iommufd_pages *pages);

#endif
