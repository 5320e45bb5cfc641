/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages that in-kernel accesses pin.
 */
#ifndef __IOMMUFD_PAGES_ACCESS_H
#define __IOMMUFD_PAGES_ACCESS_H

#include <linux/rbtree.h>

struct iommufd_pages;
struct iommufd_why;
struct page;

/**
 * struct pages_access - the way of in-kernel accesses to a pages object
 * @pins: spans pinned this way, by first and last page index; guarded by
 *	&iommufd_pages.lock
 *
 * Each area has its own: what was pinned through one area is not unpinned
 * through another that maps the same object. All zero means: no pins.
 */
struct pages_access {
	struct rb_root pins;
};

/**
 * pages_access_pin() - pin a span for an in-kernel access
 * @pages: the object
 * @access: the way to it
 * @first: first page index
 * @last: last page index
 * @out: one page pointer per page; may be NULL
 * @why: where the reason of a failure goes
 *
 * Pins of the same span nest, spans may overlap.
 *
 * Context: may sleep; takes pages->lock.
 * Return: 0; EINVAL: device memory; or as pages_add_user().
 */
int pages_access_pin(struct iommufd_pages *pages, struct pages_access *access,
		     unsigned long first, unsigned long last, struct page **out,
		     struct iommufd_why *why);

/**
 * pages_access_unpin() - undo pages_access_pin()
 * @pages: the object
 * @access: the way it was pinned
 * @first: first page index
 * @last: last page index
 *
 * One pin of exactly this span, or else one each of shorter spans that make it
 * up: drivers pin page by page, and unpin what they got in one go.
 *
 * Context: may sleep; takes pages->lock. Does not allocate, does not fail; a
 * span that was never pinned is a bug of the caller (WARN), nothing is unpinned
 * then.
 * Return: how many pins were undone.
 */
unsigned int pages_access_unpin(struct iommufd_pages *pages,
				struct pages_access *access,
				unsigned long first, unsigned long last);

#endif
