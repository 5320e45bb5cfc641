/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who pays for the pages an object has pinned.
 */
#ifndef __IOMMUFD_PAGES_CHARGE_H
#define __IOMMUFD_PAGES_CHARGE_H

#include "../object/ctx.h"
#include "../object/why.h"

struct iommufd_pages;

void pages_charge_init(struct iommufd_pages *pages,
		       enum iommufd_charge_mode mode);
void pages_charge_release(struct iommufd_pages *pages);

int pages_charge_locked(struct iommufd_pages *pages, unsigned long npages,
			struct iommufd_why *why);
void pages_uncharge_locked(struct iommufd_pages *pages, unsigned long npages);

#endif
