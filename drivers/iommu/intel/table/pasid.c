// SPDX-License-Identifier: GPL-2.0-only
/*
 * PASID directories and tables.
 *
 * Owns: the memory of both, and directory entries.
 * Locks: the caller keeps others out while a table is added.
 * Calls: inval/ after a directory entry became present.
 *
 * Spec: 9.5, 9.6.
 */
#include <linux/log2.h>
#include <linux/slab.h>

#include "../../iommu-pages.h"
#include "../inval/inval.h"
#include "../unit/unit.h"
#include "entry.h"
#include "memory.h"
#include "pasid.h"

/**
 * vtd_pasid_table_create() - an empty table
 * @unit: the unit that will read it
 * @npasids: PASIDs below this number can be looked up, 0 always
 *
 * Context: may sleep.
 * Return: the table; NULL without memory.
 */
struct vtd_pasid_table *vtd_pasid_table_create(struct vtd_unit *unit, u32 npasids)
{
	struct vtd_pasid_table *table = kzalloc_obj(*table);
	unsigned int bits = order_base_2(max(npasids, 1U));

	if (!table)
		return NULL;
	table->unit = unit;
	table->dir_bits = clamp_t(int, (int)bits - VTD_PASID_TABLE_BITS,
				  VTD_PASID_DIR_MIN_BITS,
				  VTD_PASID_DIR_MIN_BITS + VTD_SMCTX_PDTS_MAX);
	table->dir = vtd_table_alloc(unit, sizeof(u64) << table->dir_bits);
	if (!table->dir || !vtd_pasid_add_slot(table, 0)) {
		vtd_pasid_table_destroy(table);
		return NULL;
	}
	return table;
}

/**
 * vtd_pasid_table_destroy() - free a table
 * @table: the table; no context entry leads to it any more. May be NULL
 */
void vtd_pasid_table_destroy(struct vtd_pasid_table *table)
{
	unsigned int i;

	if (!table)
		return;
	for (i = 0; table->dir && i < 1U << table->dir_bits; i++)
		if (table->dir[i] & VTD_PDE_P)
			iommu_free_pages(phys_to_virt(table->dir[i] & VTD_PDE_PTR));
	if (table->dir)
		iommu_free_pages(table->dir);
	kfree(table);
}

static u64 *slot_in(u64 pointer, u32 pasid)
{
	struct vtd_pasid_entry *leaf = phys_to_virt(pointer & VTD_PDE_PTR);

	return leaf[pasid & (VTD_PASID_TABLE_ENTRIES - 1)].qw;
}

/**
 * vtd_pasid_slot() - the entry of a PASID
 * @table: the table
 * @pasid: the PASID
 *
 * Context: any.
 * Return: the entry; NULL if there is no table for it.
 */
u64 *vtd_pasid_slot(const struct vtd_pasid_table *table, u32 pasid)
{
	u32 index = pasid >> VTD_PASID_TABLE_BITS;
	u64 pointer;

	if (index >> table->dir_bits)
		return NULL;
	pointer = READ_ONCE(table->dir[index]);
	return pointer & VTD_PDE_P ? slot_in(pointer, pasid) : NULL;
}

static int sync_dir(void *ctx, enum vtd_sync why, const u64 *old, const u64 *new)
{
	return vtd_inval_pasid_dir_added(ctx);
}

/**
 * vtd_pasid_add_slot() - the entry of a PASID, its table made if need be
 * @table: the table
 * @pasid: the PASID
 *
 * Context: may sleep; the caller keeps others out.
 * Return: the entry; NULL without memory, or for a PASID that is too large.
 */
u64 *vtd_pasid_add_slot(struct vtd_pasid_table *table, u32 pasid)
{
	u32 index = pasid >> VTD_PASID_TABLE_BITS;
	struct vtd_live live = {
		.shape = &vtd_shape_pasid_dir,
		.unit = table->unit,
		.coherent = table->unit->caps.coherent,
		.sync = sync_dir,
		.ctx = table->unit,
	};
	void *leaf;
	u64 pointer;

	if (index >> table->dir_bits)
		return NULL;
	if (!(table->dir[index] & VTD_PDE_P)) {
		leaf = vtd_table_alloc(table->unit, SZ_4K);
		if (!leaf)
			return NULL;
		live.slot = &table->dir[index];
		pointer = virt_to_phys(leaf) | VTD_PDE_P;
		vtd_transition(&live, &pointer);
	}
	return slot_in(table->dir[index], pasid);
}
