/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pinning and unpinning the pages of a span that no user covers.
 */
#ifndef __IOMMUFD_PAGES_PIN_H
#define __IOMMUFD_PAGES_PIN_H

struct iommufd_pages;
struct iommufd_why;

unsigned long pages_count_holes_locked(struct iommufd_pages *pages,
				       unsigned long first, unsigned long last);
int pages_pin_holes_locked(struct iommufd_pages *pages, unsigned long first,
			   unsigned long last, struct iommufd_why *why);
unsigned long pages_unpin_holes_locked(struct iommufd_pages *pages,
				       unsigned long first, unsigned long last);

#endif
