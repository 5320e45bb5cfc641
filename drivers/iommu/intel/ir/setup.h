/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One unit's interrupt remapping, switched on and off.
 */
#ifndef _VTD_IR_SETUP_H
#define _VTD_IR_SETUP_H

#include <linux/types.h>

struct vtd_unit;

/**
 * vtd_ir_create - table and domain of a unit; hardware stays as it is
 * @unit: a unit that remaps interrupts, without a table
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM.
 */
int vtd_ir_create(struct vtd_unit *unit);

/**
 * vtd_ir_destroy - the way back; remapping is off, no interrupt is left
 * @unit: a unit with or without a table
 */
void vtd_ir_destroy(struct vtd_unit *unit);

/**
 * vtd_ir_inherit - keep or drop what an earlier kernel left on
 * @unit: a unit with a table, before vtd_ir_start()
 * @x2apic: the mode that vtd_ir_start() will set
 *
 * In a kdump kernel devices still send interrupts with the old indexes; their
 * entries are copied, if the old table has our shape. Otherwise remapping is
 * switched off.
 * Return: 0; -ETIMEDOUT, -EIO of the unit.
 */
int vtd_ir_inherit(struct vtd_unit *unit, bool x2apic);

/**
 * vtd_ir_start - set the table and remap
 * @unit: a unit with a table; its queue runs
 * @x2apic: destinations have 32 bits
 *
 * Context: any but NMI.
 * Return: 0; -ETIMEDOUT, -EIO of the unit.
 */
int vtd_ir_start(struct vtd_unit *unit, bool x2apic);

/**
 * vtd_ir_stop - interrupts pass unremapped
 * @unit: any unit
 *
 * Context: any but NMI.
 */
void vtd_ir_stop(struct vtd_unit *unit);

#endif
