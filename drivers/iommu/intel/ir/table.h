/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interrupt remapping table of a unit.
 */
#ifndef _VTD_IR_TABLE_H
#define _VTD_IR_TABLE_H

#include <linux/bits.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "../hw/irte_layout.h"

struct fwnode_handle;
struct irq_domain;
struct vtd_unit;

/* Every table has the largest size: 2^16 entries, 1 MiB. */
#define VTD_IR_ORDER		16
#define VTD_IR_ENTRIES		BIT(VTD_IR_ORDER)

/**
 * struct vtd_ir - interrupt remapping of one unit
 * @unit: the unit
 * @entries: the table that hardware reads. An entry that is in use is written
 *	by the owner of its index only, one writer at a time
 * @closed: the unit is about to go: nobody gets an entry any more
 * @lock: guards @used, @nused and @closed; raw, since interrupts are moved under one
 * @used: which entries are taken, a bit each
 * @nused: how many bits are set
 * @domain: MSI parent domain of the devices behind the unit
 * @fwnode: its name
 */
struct vtd_ir {
	/* Constant after init */
	struct vtd_unit *unit;
	struct vtd_irte *entries;
	struct irq_domain *domain;
	struct fwnode_handle *fwnode;

	unsigned int nused __guarded_by(&lock);
	unsigned long *used __guarded_by(&lock);
	bool closed __guarded_by(&lock);
	raw_spinlock_t lock;
};

/**
 * vtd_ir_table_create - an empty table
 * @unit: gets it in its slot "ir"; hardware is not touched
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM.
 */
int vtd_ir_table_create(struct vtd_unit *unit);

/**
 * vtd_ir_table_destroy - the way back; remapping is off
 * @unit: a unit whose slot "ir" may be empty
 */
void vtd_ir_table_destroy(struct vtd_unit *unit);

/**
 * vtd_ir_table_register - the value of the unit's IRTA register
 * @ir: the table
 * @x2apic: destinations have 32 bits
 *
 * Return: the value.
 */
u64 vtd_ir_table_register(const struct vtd_ir *ir, bool x2apic);

/**
 * vtd_ir_table_adopt - take over what an old kernel left in use
 * @ir: an empty table
 * @irta: the register as the old kernel left it
 *
 * The entries are copied and stay taken: devices that nobody has reset yet go
 * on sending.
 * Return: 0; -EINVAL if the old table has another size; -ENOMEM.
 */
int vtd_ir_table_adopt(struct vtd_ir *ir, u64 irta);

/**
 * vtd_ir_alloc - take 2^order entries, aligned to their number
 * @ir: the table
 * @order: at most 5
 *
 * Return: the first index; -ENOSPC; -ENODEV if the unit is about to go.
 */
int vtd_ir_alloc(struct vtd_ir *ir, unsigned int order);

/**
 * vtd_ir_close - give no entry away any more
 * @ir: the table
 *
 * Return: 0; -EBUSY if an entry is in use: then the table stays open.
 */
int vtd_ir_close(struct vtd_ir *ir);

/**
 * vtd_ir_reopen - undo vtd_ir_close()
 * @ir: the table
 */
void vtd_ir_reopen(struct vtd_ir *ir);

/**
 * vtd_ir_free - give entries back
 * @ir: the table
 * @index: from vtd_ir_alloc()
 * @order: as there
 *
 * The entries are cleared and invalidated. If the unit does not confirm, they
 * stay taken for good: it might still use them.
 */
void vtd_ir_free(struct vtd_ir *ir, unsigned int index, unsigned int order);

/**
 * vtd_ir_write - change one entry and make the unit forget the old one
 * @ir: the table
 * @index: one that the caller owns
 * @irte: new value
 *
 * Context: atomic; the caller serialises writers of the index.
 * Return: 0, or the error of the invalidation; the entry is written anyway.
 */
int vtd_ir_write(struct vtd_ir *ir, unsigned int index, struct vtd_irte irte);

#endif
