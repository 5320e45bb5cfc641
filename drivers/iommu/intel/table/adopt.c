// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taking over the tables of a kernel that crashed.
 *
 * Owns: nothing; fills the new root table.
 * Locks: none; boot.
 * Calls: unit/ for the old root and for domain ids.
 *
 * Devices go on writing to where the old tables lead until their drivers reset
 * them. The old root and context entries are copied, with their pointers into
 * the old kernel's memory, which this kernel does not use. Their domain ids
 * are taken, lest a new domain's cached translations mix with old ones.
 */
#include <linux/bitmap.h>
#include <linux/io.h>

#include "../hw/regs_layout.h"
#include "../unit/cmd.h"
#include "../unit/did.h"
#include "../unit/unit.h"
#include "entry.h"
#include "memory.h"
#include "pasid.h"
#include "root.h"

#define SIDS			65536

static void *map_old(u64 pointer, size_t size)
{
	return memremap(pointer & VTD_TABLE_PTR, size, MEMREMAP_WB);
}

static void take_did(struct vtd_unit *unit, u16 did)
{
	if (did >= VTD_DID_FIRST_DYNAMIC)
		vtd_did_reserve(unit, did);
}

static int adopt_pasid_table(struct vtd_unit *unit, u64 pointer)
{
	struct vtd_pasid_entry *old = map_old(pointer, SZ_4K);
	unsigned int i;

	if (!old)
		return -ENOMEM;
	for (i = 0; i < VTD_PASID_TABLE_ENTRIES; i++)
		if (vtd_pasid_entry_present(old[i].qw))
			take_did(unit, vtd_pasid_entry_did(old[i].qw));
	memunmap(old);
	return 0;
}

static int adopt_pasid_dir(struct vtd_unit *unit, const u64 *context)
{
	unsigned int bits = FIELD_GET(VTD_SMCTX_PDTS, context[0]) +
			    VTD_PASID_DIR_MIN_BITS;
	u64 *old = map_old(context[0], sizeof(u64) << bits);
	unsigned int i;
	int ret = 0;

	if (!old)
		return -ENOMEM;
	for (i = 0; i < 1U << bits && !ret; i++)
		if (old[i] & VTD_PDE_P)
			ret = adopt_pasid_table(unit, old[i]);
	memunmap(old);
	return ret;
}

static int adopt_context(struct vtd_unit *unit, const u64 *context)
{
	if (unit->scalable)
		return adopt_pasid_dir(unit, context);
	take_did(unit, vtd_context_did(context));
	return 0;
}

/* One table of context entries; @first is the source id of the first one. */
static int adopt_contexts(struct vtd_unit *unit, u64 *half, u64 pointer, u16 first)
{
	unsigned int nwords = unit->scalable ? vtd_shape_sm_context.nwords :
					       vtd_shape_context.nwords;
	unsigned int i, n = SZ_4K / (nwords * sizeof(u64));
	u64 *old, *new;
	int ret = 0;

	new = vtd_table_alloc(unit, SZ_4K);
	if (!new)
		return -ENOMEM;
	old = map_old(pointer, SZ_4K);
	if (!old) {
		iommu_free_pages(new);
		return -ENOMEM;
	}
	memcpy(new, old, SZ_4K);
	memunmap(old);
	for (i = 0; i < n && !ret; i++) {
		if (!(new[i * nwords] & VTD_ENTRY_PRESENT))
			continue;
		set_bit(first + i, unit->root->foreign);
		ret = adopt_context(unit, &new[i * nwords]);
	}
	if (!unit->caps.coherent)
		clflush_cache_range(new, SZ_4K);
	*half = virt_to_phys(new) | VTD_ROOT_P;
	return ret;
}

static int adopt_bus(struct vtd_unit *unit, const struct vtd_root_entry *old,
		     unsigned int bus)
{
	struct vtd_root_entry *new = &unit->root->entries[bus];
	int ret = 0;

	if (old->lo & VTD_ROOT_P)
		ret = adopt_contexts(unit, &new->lo, old->lo, bus << 8);
	if (!ret && unit->scalable && (old->hi & VTD_ROOT_P))
		ret = adopt_contexts(unit, &new->hi, old->hi, bus << 8 | 0x80);
	return ret;
}

static int adopt_root(struct vtd_unit *unit, u64 rtaddr)
{
	struct vtd_root_entry *old = map_old(rtaddr, SZ_4K);
	unsigned int bus;
	int ret = 0;

	if (!old)
		return -ENOMEM;
	for (bus = 0; bus < VTD_ROOT_ENTRIES && !ret; bus++)
		ret = adopt_bus(unit, &old[bus], bus);
	memunmap(old);
	if (!unit->caps.coherent)
		clflush_cache_range(unit->root->entries, SZ_4K);
	return ret;
}

/* Not yet installed, so nothing of it is live. */
static void empty_root(struct vtd_unit *unit)
{
	struct vtd_root *root = unit->root;
	unsigned int bus;

	for (bus = 0; bus < VTD_ROOT_ENTRIES; bus++) {
		struct vtd_root_entry *entry = &root->entries[bus];

		if (entry->lo & VTD_ROOT_P)
			iommu_free_pages(phys_to_virt(entry->lo & VTD_ROOT_PTR));
		if (entry->hi & VTD_ROOT_P)
			iommu_free_pages(phys_to_virt(entry->hi & VTD_ROOT_PTR));
		*entry = (struct vtd_root_entry){};
	}
	bitmap_free(root->foreign);
	root->foreign = NULL;
}

/**
 * vtd_root_adopt() - fill the new root table with what the old one says
 * @unit: the unit; it still translates by the old table
 *
 * The mode of the old table is kept: it cannot change while translation is on.
 *
 * Context: boot; may sleep.
 * Return: 0; -EOPNOTSUPP for a mode that cannot be kept; -ENOMEM. The new table is
 * empty after a failure.
 */
int vtd_root_adopt(struct vtd_unit *unit)
{
	u64 rtaddr = vtd_unit_root(unit);
	unsigned int mode = FIELD_GET(VTD_RTADDR_TTM, rtaddr);
	int ret;

	if (rtaddr & VTD_RTADDR_SSIRWE)
		return -EOPNOTSUPP;
	if (mode != (unit->scalable ? VTD_TTM_SCALABLE : VTD_TTM_LEGACY))
		return -EOPNOTSUPP;
	unit->root->foreign = bitmap_zalloc(SIDS, GFP_KERNEL);
	if (!unit->root->foreign)
		return -ENOMEM;
	ret = adopt_root(unit, rtaddr);
	if (ret)
		empty_root(unit);
	return ret;
}
