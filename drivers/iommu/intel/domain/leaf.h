/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Small pages in leaf tables.
 */
#ifndef VTD_DOMAIN_LEAF_H
#define VTD_DOMAIN_LEAF_H

#include <linux/mm.h>

#include "../hw/page.h"

struct vtd_paging_domain;

/* Bytes of IOVA that a leaf table maps. */
#define VTD_LEAF_SPAN	((unsigned long)VTD_PT_ENTRIES << PAGE_SHIFT)

u64 *vtd_leaf_entry(const struct vtd_paging_domain *paging, unsigned long iova);
void vtd_leaf_init(struct vtd_paging_domain *paging);

#endif
