/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Charging the payer of an object for what it has pinned.
 */
#ifndef __IOMMUFD_PAGES_CHARGE_H
#define __IOMMUFD_PAGES_CHARGE_H

#include "../object/why.h"

struct iommufd_pages;

int pages_charge_locked(struct iommufd_pages *pages, unsigned long npages);
int pages_refuse_charge(unsigned long npages, struct iommufd_why *why);
void pages_uncharge_locked(struct iommufd_pages *pages, unsigned long npages);

#endif
