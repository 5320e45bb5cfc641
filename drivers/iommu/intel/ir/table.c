// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupt remapping tables: memory, which entries are taken, and the only
 * function that writes an entry.
 *
 * Owns: struct vtd_ir. Locks: vtd_ir.lock.
 * Calls: inval/ for the interrupt entry cache, iommu-pages for memory.
 * Spec: 9.10, 6.5.3.5 (interrupt entry cache).
 */
#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/cacheflush.h>
#include <linux/cleanup.h>
#include <linux/io.h>
#include <linux/slab.h>

#include "../../iommu-pages.h"
#include "../hw/regs_layout.h"
#include "../inval/inval.h"
#include "../mutant.h"
#include "../unit/unit.h"
#include "table.h"

#define TABLE_BYTES		(VTD_IR_ENTRIES * sizeof(struct vtd_irte))

static void flush_cpu_cache(const struct vtd_ir *ir, void *from, size_t nbytes)
{
	if (!ir->unit->caps.coherent)
		clflush_cache_range(from, nbytes);
}

int vtd_ir_table_create(struct vtd_unit *unit)
{
	struct vtd_ir *ir __free(kfree) = kzalloc_obj(*ir);

	if (!ir)
		return -ENOMEM;
	unsigned long *used __free(bitmap) =
		bitmap_zalloc(VTD_IR_ENTRIES, GFP_KERNEL);

	if (!used)
		return -ENOMEM;
	ir->entries = iommu_alloc_pages_node_sz(unit->numa_node, GFP_KERNEL,
						TABLE_BYTES);
	if (!ir->entries)
		return -ENOMEM;
	raw_spin_lock_init(&ir->lock);
	ir->unit = unit;
	ir->used = no_free_ptr(used);
	flush_cpu_cache(ir, ir->entries, TABLE_BYTES);
	unit->ir = no_free_ptr(ir);
	return 0;
}

void vtd_ir_table_destroy(struct vtd_unit *unit)
{
	struct vtd_ir *ir = unit->ir;

	if (!ir)
		return;
	unit->ir = NULL;
	iommu_free_pages(ir->entries);
	bitmap_free(ir->used);
	kfree(ir);
}

u64 vtd_ir_table_register(const struct vtd_ir *ir, bool x2apic)
{
	return virt_to_phys(ir->entries) | VTD_IRT_S(VTD_IR_ORDER) |
	       (x2apic ? VTD_IRTA_EIME : 0);
}

int vtd_ir_table_adopt(struct vtd_ir *ir, u64 irta)
{
	struct vtd_irte *old;
	unsigned int i;

	if (FIELD_GET(VTD_IRTA_S, irta) != VTD_IRT_S(VTD_IR_ORDER))
		return -EINVAL;
	old = memremap(irta & VTD_IRTA_ADDR, TABLE_BYTES, MEMREMAP_WB);
	if (!old)
		return -ENOMEM;

	memcpy(ir->entries, old, TABLE_BYTES);
	memunmap(old);
	flush_cpu_cache(ir, ir->entries, TABLE_BYTES);

	guard(raw_spinlock_irqsave)(&ir->lock);
	for (i = 0; i < VTD_IR_ENTRIES; i++) {
		if (!(ir->entries[i].lo & VTD_IRTE_P))
			continue;
		__set_bit(i, ir->used);
		ir->nused++;
	}
	return 0;
}

int vtd_ir_alloc(struct vtd_ir *ir, unsigned int order)
{
	int index;

	guard(raw_spinlock_irqsave)(&ir->lock);
	if (ir->closed)
		return -ENODEV;
	index = bitmap_find_free_region(ir->used, VTD_IR_ENTRIES, order);
	if (index < 0)
		return -ENOSPC;
	ir->nused += 1U << order;
	return index;
}

int vtd_ir_close(struct vtd_ir *ir)
{
	guard(raw_spinlock_irqsave)(&ir->lock);
	if (ir->nused)
		return -EBUSY;
	ir->closed = true;
	return 0;
}

void vtd_ir_reopen(struct vtd_ir *ir)
{
	guard(raw_spinlock_irqsave)(&ir->lock);
	ir->closed = false;
}

static void irte_store(struct vtd_irte *slot, struct vtd_irte irte)
{
	u128 old, new;

	/*
	 * Where either value is a posted one both halves count at once. The
	 * unit never writes an entry, so the exchange succeeds the first time.
	 */
	if (system_has_cmpxchg128()) {
		old = (u128)slot->hi << 64 | slot->lo;
		new = (u128)irte.hi << 64 | irte.lo;
		WARN_ON_ONCE(!try_cmpxchg128((u128 *)slot, &old, new));
		return;
	}

	/* Remapped entries only: all that changes in a live one is in lo. */
	if (irte.lo & VTD_IRTE_P) {
		WRITE_ONCE(slot->hi, irte.hi);
		smp_wmb(); /* the check is there before the entry is present */
		WRITE_ONCE(slot->lo, irte.lo);
	} else {
		WRITE_ONCE(slot->lo, irte.lo);
		smp_wmb(); /* the entry is absent before the check goes */
		WRITE_ONCE(slot->hi, irte.hi);
	}
}

int vtd_ir_write(struct vtd_ir *ir, unsigned int index, struct vtd_irte irte)
{
	struct vtd_irte *slot = &ir->entries[index];

	irte_store(slot, irte);
	flush_cpu_cache(ir, slot, sizeof(*slot));
	if (vtd_mutant(VTD_MUTANT_IR_WRITE))
		return 0;
	/*
	 * A unit without caching mode keeps no absent entries, and could do
	 * without this when the old one was absent. It costs little and does
	 * not depend on whether the old value was ever seen.
	 */
	return vtd_inval_iec(ir->unit, index, 0);
}

void vtd_ir_free(struct vtd_ir *ir, unsigned int index, unsigned int order)
{
	unsigned int i;

	for (i = 0; i < 1U << order; i++)
		irte_store(&ir->entries[index + i], (struct vtd_irte) { });
	flush_cpu_cache(ir, &ir->entries[index],
			sizeof(struct vtd_irte) << order);
	if (!vtd_mutant(VTD_MUTANT_IR_FREE) && vtd_inval_iec(ir->unit, index, order)) {
		vtd_err(ir->unit, "interrupt entries %#x-%#x are given up: the unit may still hold them\n",
			index, index + (1U << order) - 1);
		return;
	}

	guard(raw_spinlock_irqsave)(&ir->lock);
	bitmap_release_region(ir->used, index, order);
	ir->nused -= 1U << order;
}
