/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory for tables that a unit reads.
 */
#ifndef VTD_TABLE_MEMORY_H
#define VTD_TABLE_MEMORY_H

#include <linux/cacheflush.h>

#include "../../iommu-pages.h"
#include "../unit/unit.h"

/**
 * vtd_table_alloc() - zeroed memory near the unit, visible to it
 * @unit: the unit
 * @size: bytes; aligned to the next power of two
 *
 * Context: may sleep.
 * Return: the memory, for iommu_free_pages(); NULL without.
 */
static inline void *vtd_table_alloc(const struct vtd_unit *unit, size_t size)
{
	void *table = iommu_alloc_pages_node_sz(unit->numa_node,
						GFP_KERNEL_ACCOUNT, size);

	if (table && !unit->caps.coherent)
		clflush_cache_range(table, size);
	return table;
}

#endif
