/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupt remapping as the rest of the driver sees it.
 */
#ifndef _VTD_IR_IR_H
#define _VTD_IR_IR_H

#include <linux/types.h>

struct pci_dev;
struct vtd_unit;

#ifdef CONFIG_IRQ_REMAP

/**
 * vtd_ir_pci_init - devices get the MSI domain of their unit
 *
 * Those that exist, and each that appears, before a driver binds to it. While
 * interrupt remapping is off, switches off what an earlier kernel left on.
 * Context: boot, PCI enumerated; also without DMA remapping.
 */
void vtd_ir_pci_init(void);

/**
 * vtd_ir_unit_add - a hot-added unit remaps interrupts like the others
 * @unit: its queue runs
 *
 * Return: 0, also if interrupt remapping is off; -ENODEV if the unit cannot
 * remap as the others do; -ENOMEM; -ETIMEDOUT, -EIO of the unit.
 */
int vtd_ir_unit_add(struct vtd_unit *unit);

/**
 * vtd_ir_unit_close - no interrupt goes through the unit any more
 * @unit: any unit
 *
 * Return: 0; -EBUSY if one does: then nothing has changed.
 */
int vtd_ir_unit_close(struct vtd_unit *unit);

/**
 * vtd_ir_unit_reopen - undo vtd_ir_unit_close()
 * @unit: any unit
 */
void vtd_ir_unit_reopen(struct vtd_unit *unit);

/**
 * vtd_ir_unit_remove - before a unit goes
 * @unit: it was closed, or has never worked
 */
void vtd_ir_unit_remove(struct vtd_unit *unit);

/**
 * vtd_ir_is_on - are interrupts remapped?
 *
 * Return: true if so; for all units or none.
 */
bool vtd_ir_is_on(void);

/**
 * vtd_ir_stop_for_sleep - before the machine sleeps; the queue stops, too
 * @unit: any unit
 *
 * Another kernel may use the unit until the machine comes back, so that nothing of
 * what the unit says counts any more; vtd_queue_start() must not go by it.
 * Context: suspend; interrupts off, one processor.
 */
void vtd_ir_stop_for_sleep(struct vtd_unit *unit);

/**
 * vtd_ir_is_lost - should interrupts be remapped, and are not?
 * @unit: the unit
 *
 * A device sends indexes, which without remapping are destinations and vectors
 * of somebody.
 *
 * Context: any.
 * Return: true if so.
 */
bool vtd_ir_is_lost(struct vtd_unit *unit);

/**
 * vtd_ir_shutdown - switch interrupt remapping off before another kernel runs
 */
void vtd_ir_shutdown(void);

#else

static inline void vtd_ir_pci_init(void)
{
}

static inline int vtd_ir_unit_add(struct vtd_unit *unit)
{
	return 0;
}

static inline int vtd_ir_unit_close(struct vtd_unit *unit)
{
	return 0;
}

static inline void vtd_ir_unit_reopen(struct vtd_unit *unit)
{
}

static inline void vtd_ir_unit_remove(struct vtd_unit *unit)
{
}

static inline bool vtd_ir_is_on(void)
{
	return false;
}

static inline void vtd_ir_stop_for_sleep(struct vtd_unit *unit)
{
}

static inline bool vtd_ir_is_lost(struct vtd_unit *unit)
{
	return false;
}

static inline void vtd_ir_shutdown(void)
{
}

#endif

#endif
