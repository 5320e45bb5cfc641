/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands to a unit: the only place that writes GCMD, RTADDR, IRTA, IQA,
 * PMEN and ECMD.
 *
 * Every function waits until the unit reports the new state, a bounded time
 * with interrupts off, and is safe in any context but NMI.
 * Return of those that return int: 0; -ETIMEDOUT if the unit did not
 * acknowledge (the unit is then marked dead); -EIO on a dead unit.
 */
#ifndef __VTD_UNIT_CMD_H
#define __VTD_UNIT_CMD_H

#include <linux/types.h>

struct vtd_unit;

/* GSTS as it is now. */
u32 vtd_unit_status(struct vtd_unit *unit);

/*
 * Latch a root table: @rtaddr is the full register value (address, TTM,
 * SSIRWE). Flushes a write buffer first; the caller owes the invalidations
 * unless caps.esrtps.
 */
int vtd_unit_set_root(struct vtd_unit *unit, u64 rtaddr);
u64 vtd_unit_root(struct vtd_unit *unit);

int vtd_unit_enable_translation(struct vtd_unit *unit);
/*
 * -EBUSY also if translation is on and must stay so (vtd_unit.te_stays): the
 * tables remain in use, and only vtd_unit_set_root() can lead to others.
 */
int vtd_unit_disable_translation(struct vtd_unit *unit);
/*
 * The last resort, whatever the unit said before: also on a dead unit, also if
 * translation should stay. 0 if the unit says that translation is off.
 */
int vtd_unit_force_translation_off(struct vtd_unit *unit);
/* Does the unit translate now, by whatever tables? True if it cannot be told. */
bool vtd_unit_translates(struct vtd_unit *unit);

/* As vtd_unit_set_root() for the interrupt remapping table. */
int vtd_unit_set_irta(struct vtd_unit *unit, u64 irta);
u64 vtd_unit_irta(struct vtd_unit *unit);
int vtd_unit_enable_remapping(struct vtd_unit *unit);
int vtd_unit_disable_remapping(struct vtd_unit *unit);
/* CFI off: compatibility-format interrupts are blocked while remapping is on. */
int vtd_unit_block_compatibility(struct vtd_unit *unit);

/* For queue/ only. @iqa is the full register value. */
int vtd_unit_enable_queue(struct vtd_unit *unit, u64 iqa);
int vtd_unit_disable_queue(struct vtd_unit *unit);

/*
 * After entries went from absent to present: does nothing unless the unit
 * has a write buffer that software must flush.
 */
void vtd_unit_flush_write_buffer(struct vtd_unit *unit);
/* The buffer must be flushed although the capability says no (erratum). */
void vtd_unit_force_write_buffer(struct vtd_unit *unit);

/* Opens the protected regions that firmware may have closed. */
int vtd_unit_disable_protected_memory(struct vtd_unit *unit);

/**
 * vtd_unit_command() - run an enhanced command
 * @unit: the unit, with caps.ecmds
 * @ecmd: VTD_ECMD_* number
 * @a: operand A
 * @b: operand B
 *
 * Return: 0; -EOPNOTSUPP if the unit lacks the command; -EAGAIN if the unit
 * aborted it; -EINVAL for any other status; -ETIMEDOUT, -EIO.
 */
int vtd_unit_command(struct vtd_unit *unit, u8 ecmd, u64 a, u64 b);

/*
 * Register-based invalidation, for units without a queue; caps.reg_inval must
 * be set. For queue/ only. @ccmd, @iva and @iotlb are full register values
 * without the start bits. -EIO also if the unit refused.
 */
int vtd_unit_reg_context(struct vtd_unit *unit, u64 ccmd);
int vtd_unit_reg_iotlb(struct vtd_unit *unit, u64 iva, u64 iotlb);

#endif
