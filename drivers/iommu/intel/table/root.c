// SPDX-License-Identifier: GPL-2.0-only
/*
 * Root table and context tables.
 *
 * Owns: the memory of both, and root entries.
 * Locks: vtd_root.lock around a root entry that becomes present.
 * Calls: unit/ to install the table, inval/ after changes.
 *
 * Spec: 9.1 to 9.4.
 */
#include <linux/bitmap.h>
#include <linux/slab.h>

#include "../../iommu-pages.h"
#include "../hw/regs_layout.h"
#include "../inval/inval.h"
#include "../unit/cmd.h"
#include "../unit/unit.h"
#include "entry.h"
#include "memory.h"
#include "root.h"

/**
 * vtd_root_create() - an empty root table
 * @unit: the unit; unit->scalable says which format
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int vtd_root_create(struct vtd_unit *unit)
{
	struct vtd_root *root = kzalloc_obj(*root);

	if (!root)
		return -ENOMEM;
	root->entries = vtd_table_alloc(unit, SZ_4K);
	if (!root->entries) {
		kfree(root);
		return -ENOMEM;
	}
	mutex_init(&root->lock);
	unit->root = root;
	return 0;
}

static void free_context_table(u64 pointer)
{
	if (pointer & VTD_ROOT_P)
		iommu_free_pages(phys_to_virt(pointer & VTD_ROOT_PTR));
}

/**
 * vtd_root_destroy() - free the root table and all context tables
 * @unit: the unit; it does not translate any more
 */
void vtd_root_destroy(struct vtd_unit *unit)
{
	struct vtd_root *root = unit->root;
	unsigned int bus;

	if (!root)
		return;
	unit->root = NULL;
	for (bus = 0; bus < VTD_ROOT_ENTRIES; bus++) {
		free_context_table(root->entries[bus].lo);
		free_context_table(root->entries[bus].hi);
	}
	iommu_free_pages(root->entries);
	bitmap_free(root->foreign);
	kfree(root);
}

/**
 * vtd_root_install() - make the unit use the table
 * @unit: the unit; its queue runs
 *
 * Context: boot, resume, hot plug; safe with interrupts off.
 * Return: 0, or the error of the command or of the invalidation.
 */
int vtd_root_install(struct vtd_unit *unit)
{
	u64 rtaddr = virt_to_phys(unit->root->entries);
	int ret;

	if (unit->scalable)
		rtaddr |= FIELD_PREP(VTD_RTADDR_TTM, VTD_TTM_SCALABLE);
	ret = vtd_unit_set_root(unit, rtaddr);
	if (ret || unit->caps.esrtps)
		return ret;
	return vtd_inval_everything(unit, 0);
}

static u64 *root_half(const struct vtd_unit *unit, u16 sid)
{
	struct vtd_root_entry *entry = &unit->root->entries[sid >> 8];

	if (unit->scalable && (sid & 0x80))
		return &entry->hi;
	return &entry->lo;
}

static u64 *context_slot(const struct vtd_unit *unit, u64 pointer, u16 sid)
{
	u64 *table = phys_to_virt(pointer & VTD_ROOT_PTR);

	if (unit->scalable)
		return table + (sid & 0x7f) * sizeof(struct vtd_sm_context) / sizeof(u64);
	return table + (sid & 0xff) * sizeof(struct vtd_context) / sizeof(u64);
}

/**
 * vtd_root_context() - the context entry of a source id
 * @unit: the unit
 * @sid: source id
 *
 * Context: any.
 * Return: the entry; NULL if its table does not exist.
 */
u64 *vtd_root_context(struct vtd_unit *unit, u16 sid)
{
	u64 pointer = READ_ONCE(*root_half(unit, sid));

	return pointer & VTD_ROOT_P ? context_slot(unit, pointer, sid) : NULL;
}

static int sync_root(void *ctx, enum vtd_sync why, const u64 *old, const u64 *new)
{
	return vtd_inval_root_added(ctx);
}

/**
 * vtd_root_add_context() - the context entry of a source id, made if need be
 * @unit: the unit
 * @sid: source id
 *
 * Context: may sleep.
 * Return: the entry; NULL without memory.
 */
u64 *vtd_root_add_context(struct vtd_unit *unit, u16 sid)
{
	u64 *half = root_half(unit, sid);
	struct vtd_live live = {
		.slot = half,
		.shape = &vtd_shape_root_half,
		.unit = unit,
		.coherent = unit->caps.coherent,
		.sync = sync_root,
		.ctx = unit,
	};

	guard(mutex)(&unit->root->lock);
	if (!(*half & VTD_ROOT_P)) {
		void *table = vtd_table_alloc(unit, SZ_4K);
		u64 pointer;

		if (!table)
			return NULL;
		pointer = virt_to_phys(table) | VTD_ROOT_P;
		vtd_transition(&live, &pointer);
	}
	return context_slot(unit, *half, sid);
}

/**
 * vtd_root_is_foreign() - was the context entry made by an earlier kernel?
 * @unit: the unit
 * @sid: source id
 *
 * Such an entry stays until the device's driver has quiesced the device.
 *
 * Context: any.
 * Return: true if so.
 */
bool vtd_root_is_foreign(const struct vtd_unit *unit, u16 sid)
{
	return unit->root->foreign && test_bit(sid, unit->root->foreign);
}
