// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands to a unit.
 *
 * GCMD takes one change at a time: read the status, drop the one-shot bits,
 * change one bit, write, wait until the status shows it (VT-d chapter 11).
 *
 * Locks: vtd_unit.reg_lock around each command; nothing is taken inside.
 */
#include <linux/iopoll.h>

#include "../hw/perf.h"
#include "cmd.h"
#include "regs.h"
#include "unit.h"

static int cmd_failed(struct vtd_unit *unit, const char *reg, u64 want, u64 is)
{
	unit->dead = true;
	vtd_err(unit, "register %s did not become %#llx within %u ms, it reads %#llx; the unit is not used any more\n",
		reg, want, unit->cmd_timeout_us / (u32)USEC_PER_MSEC, is);
	return -ETIMEDOUT;
}

static int reg_wait32(struct vtd_unit *unit, u32 at, u32 mask, u32 want)
{
	u32 is;

	if (!read_poll_timeout_atomic(vtd_read32, is, (is & mask) == want, 1,
				      unit->cmd_timeout_us, false, unit, at))
		return 0;
	return cmd_failed(unit, at == VTD_PMEN ? "PMEN" : "GSTS", want, is);
}

static int reg_wait64(struct vtd_unit *unit, const char *reg, u32 at, u64 busy,
		      u64 *is)
{
	if (!read_poll_timeout_atomic(vtd_read64, *is, !(*is & busy), 1,
				      unit->cmd_timeout_us, false, unit, at))
		return 0;
	return cmd_failed(unit, reg, 0, *is & busy);
}

static u32 gcmd_base(struct vtd_unit *unit)
{
	return vtd_read32(unit, VTD_GSTS) & VTD_GSTS_KEEP;
}

/* A level bit goes on, or a one-shot command runs: the status bit gets set. */
static int gcmd_set(struct vtd_unit *unit, u32 bit)
	__must_hold(&unit->reg_lock)
{
	lockdep_assert_held(&unit->reg_lock);
	if (unit->dead)
		return -EIO;
	vtd_write32(unit, VTD_GCMD, gcmd_base(unit) | bit);
	return reg_wait32(unit, VTD_GSTS, bit, bit);
}

static int gcmd_clear(struct vtd_unit *unit, u32 bit)
	__must_hold(&unit->reg_lock)
{
	lockdep_assert_held(&unit->reg_lock);
	if (unit->dead)
		return -EIO;
	vtd_write32(unit, VTD_GCMD, gcmd_base(unit) & ~bit);
	return reg_wait32(unit, VTD_GSTS, bit, 0);
}

static int gcmd_flush_buffer(struct vtd_unit *unit)
	__must_hold(&unit->reg_lock)
{
	lockdep_assert_held(&unit->reg_lock);
	if (!unit->caps.rwbf)
		return 0;
	if (unit->dead)
		return -EIO;
	vtd_write32(unit, VTD_GCMD, gcmd_base(unit) | VTD_GCMD_WBF);
	return reg_wait32(unit, VTD_GSTS, VTD_GSTS_WBFS, 0);
}

/**
 * vtd_unit_status() - what the unit reports
 * @unit: the unit
 *
 * Return: GSTS.
 */
u32 vtd_unit_status(struct vtd_unit *unit)
{
	return vtd_read32(unit, VTD_GSTS);
}

/* The unit takes a table over. What was written to it is not left in a buffer. */
static int table_latch(struct vtd_unit *unit, u32 at, u64 table, u32 command)
{
	int ret;

	guard(raw_spinlock_irqsave)(&unit->reg_lock);
	ret = gcmd_flush_buffer(unit);
	if (ret)
		return ret;
	vtd_write64(unit, at, table);
	return gcmd_set(unit, command);
}

/**
 * vtd_unit_set_root() - latch a root table
 * @unit: the unit
 * @rtaddr: RTADDR
 *
 * Return: see cmd.h.
 */
int vtd_unit_set_root(struct vtd_unit *unit, u64 rtaddr)
{
	return table_latch(unit, VTD_RTADDR, rtaddr, VTD_GCMD_SRTP);
}

/**
 * vtd_unit_root() - the root table as it was written last, by whomever
 * @unit: the unit
 *
 * Return: RTADDR.
 */
u64 vtd_unit_root(struct vtd_unit *unit)
{
	return vtd_read64(unit, VTD_RTADDR);
}

/**
 * vtd_unit_enable_translation() - switch DMA remapping on
 * @unit: the unit, with a latched root table
 *
 * Return: see cmd.h.
 */
int vtd_unit_enable_translation(struct vtd_unit *unit)
{
	int ret;

	guard(raw_spinlock_irqsave)(&unit->reg_lock);
	ret = gcmd_set(unit, VTD_GCMD_TE);
	if (!ret)
		unit->translating = true;
	return ret;
}

/**
 * vtd_unit_disable_translation() - switch DMA remapping off
 * @unit: the unit
 *
 * Return: see cmd.h; -EBUSY.
 */
int vtd_unit_disable_translation(struct vtd_unit *unit)
{
	guard(raw_spinlock_irqsave)(&unit->reg_lock);
	if (unit->te_stays && vtd_read32(unit, VTD_GSTS) & VTD_GSTS_TES)
		return -EBUSY;
	unit->translating = false;
	return gcmd_clear(unit, VTD_GCMD_TE);
}

/**
 * vtd_unit_force_translation_off() - switch DMA remapping off, come what may
 * @unit: the unit
 *
 * Return: see cmd.h.
 */
int vtd_unit_force_translation_off(struct vtd_unit *unit)
{
	guard(raw_spinlock_irqsave)(&unit->reg_lock);
	unit->translating = false;
	vtd_write32(unit, VTD_GCMD, gcmd_base(unit) & ~VTD_GCMD_TE);
	return reg_wait32(unit, VTD_GSTS, VTD_GSTS_TES, 0);
}

/**
 * vtd_unit_translates() - does DMA go through tables?
 * @unit: the unit
 *
 * Registers that are gone read as all ones, which is a yes.
 *
 * Return: see cmd.h.
 */
bool vtd_unit_translates(struct vtd_unit *unit)
{
	return vtd_read32(unit, VTD_GSTS) & VTD_GSTS_TES;
}

/**
 * vtd_unit_set_irta() - latch an interrupt remapping table
 * @unit: the unit
 * @irta: IRTA
 *
 * Return: see cmd.h.
 */
int vtd_unit_set_irta(struct vtd_unit *unit, u64 irta)
{
	return table_latch(unit, VTD_IRTA, irta, VTD_GCMD_SIRTP);
}

/**
 * vtd_unit_irta() - the interrupt table as it was written last, by whomever
 * @unit: the unit
 *
 * Return: IRTA.
 */
u64 vtd_unit_irta(struct vtd_unit *unit)
{
	return vtd_read64(unit, VTD_IRTA);
}

/**
 * vtd_unit_enable_remapping() - switch interrupt remapping on
 * @unit: the unit, with a latched table
 *
 * Return: see cmd.h.
 */
int vtd_unit_enable_remapping(struct vtd_unit *unit)
{
	guard(raw_spinlock_irqsave)(&unit->reg_lock);
	return gcmd_set(unit, VTD_GCMD_IRE);
}

/**
 * vtd_unit_disable_remapping() - switch interrupt remapping off
 * @unit: the unit
 *
 * Return: see cmd.h.
 */
int vtd_unit_disable_remapping(struct vtd_unit *unit)
{
	guard(raw_spinlock_irqsave)(&unit->reg_lock);
	return gcmd_clear(unit, VTD_GCMD_IRE);
}

/**
 * vtd_unit_block_compatibility() - no interrupt passes without an entry
 * @unit: the unit
 *
 * Return: see cmd.h.
 */
int vtd_unit_block_compatibility(struct vtd_unit *unit)
{
	guard(raw_spinlock_irqsave)(&unit->reg_lock);
	if (!(vtd_read32(unit, VTD_GSTS) & VTD_GSTS_CFIS))
		return 0;
	return gcmd_clear(unit, VTD_GCMD_CFI);
}

/**
 * vtd_unit_enable_queue() - start queued invalidation, empty
 * @unit: the unit, with the queue off
 * @iqa: IQA
 *
 * Return: see cmd.h.
 */
int vtd_unit_enable_queue(struct vtd_unit *unit, u64 iqa)
{
	guard(raw_spinlock_irqsave)(&unit->reg_lock);
	vtd_write64(unit, VTD_IQT, 0);
	vtd_write64(unit, VTD_IQA, iqa);
	return gcmd_set(unit, VTD_GCMD_QIE);
}

/**
 * vtd_unit_disable_queue() - stop queued invalidation
 * @unit: the unit; its queue is empty
 *
 * Return: see cmd.h.
 */
int vtd_unit_disable_queue(struct vtd_unit *unit)
{
	guard(raw_spinlock_irqsave)(&unit->reg_lock);
	return gcmd_clear(unit, VTD_GCMD_QIE);
}

/**
 * vtd_unit_flush_write_buffer() - make table updates visible
 * @unit: the unit
 */
void vtd_unit_flush_write_buffer(struct vtd_unit *unit)
{
	if (!unit->caps.rwbf)
		return;
	guard(raw_spinlock_irqsave)(&unit->reg_lock);
	gcmd_flush_buffer(unit);
}

/**
 * vtd_unit_force_write_buffer() - flush although the unit says it needs not
 * @unit: the unit
 *
 * Context: before the unit is used.
 */
void vtd_unit_force_write_buffer(struct vtd_unit *unit)
{
	unit->caps.rwbf = true;
}

/**
 * vtd_unit_disable_protected_memory() - open the protected regions
 * @unit: the unit
 *
 * Return: see cmd.h.
 */
int vtd_unit_disable_protected_memory(struct vtd_unit *unit)
{
	u32 pmen;

	if (!unit->caps.plmr && !unit->caps.phmr)
		return 0;
	guard(raw_spinlock_irqsave)(&unit->reg_lock);
	if (unit->dead)
		return -EIO;
	pmen = vtd_read32(unit, VTD_PMEN);
	if (!(pmen & (VTD_PMEN_EPM | VTD_PMEN_PRS)))
		return 0;
	vtd_write32(unit, VTD_PMEN, pmen & ~VTD_PMEN_EPM);
	return reg_wait32(unit, VTD_PMEN, VTD_PMEN_PRS, 0);
}

int vtd_unit_command(struct vtd_unit *unit, u8 ecmd, u64 a, u64 b)
{
	u64 response;
	int ret;

	if (!unit->caps.ecmds ||
	    !(vtd_read64(unit, VTD_ECCAP(ecmd / 64)) & BIT_ULL(ecmd % 64)))
		return -EOPNOTSUPP;
	guard(raw_spinlock_irqsave)(&unit->reg_lock);
	if (unit->dead)
		return -EIO;
	vtd_write64(unit, VTD_ECEO, b);
	vtd_write64(unit, VTD_ECMD, FIELD_PREP(VTD_ECMD_OPERAND_A, a) |
				    FIELD_PREP(VTD_ECMD_CMD, ecmd));
	ret = reg_wait64(unit, "ECRSP", VTD_ECRSP, VTD_ECRSP_IP, &response);
	if (ret)
		return ret;
	switch (FIELD_GET(VTD_ECRSP_STATUS, response)) {
	case VTD_ECRSP_OK:
		return 0;
	case VTD_ECRSP_ABORTED:
		return -EAGAIN;
	default:
		return -EINVAL;
	}
}

/**
 * vtd_unit_reg_context() - invalidate the context cache through registers
 * @unit: the unit; its queue is off
 * @ccmd: CCMD
 *
 * Return: see cmd.h.
 */
int vtd_unit_reg_context(struct vtd_unit *unit, u64 ccmd)
{
	u64 is;
	int ret;

	guard(raw_spinlock_irqsave)(&unit->reg_lock);
	if (unit->dead)
		return -EIO;
	vtd_write64(unit, VTD_CCMD, ccmd | VTD_CCMD_ICC);
	ret = reg_wait64(unit, "CCMD", VTD_CCMD, VTD_CCMD_ICC, &is);
	if (ret)
		return ret;
	return is & VTD_CCMD_CAIG ? 0 : -EIO;
}

/**
 * vtd_unit_reg_iotlb() - invalidate the IOTLB through registers
 * @unit: the unit; its queue is off
 * @iva: IVA, for the page-selective form
 * @iotlb: IOTLB
 *
 * Return: see cmd.h.
 */
int vtd_unit_reg_iotlb(struct vtd_unit *unit, u64 iva, u64 iotlb)
{
	u32 at = unit->caps.iotlb_at;
	u64 is;
	int ret;

	guard(raw_spinlock_irqsave)(&unit->reg_lock);
	if (unit->dead)
		return -EIO;
	if (FIELD_GET(VTD_IOTLB_IIRG, iotlb) == VTD_IIRG_PAGE)
		vtd_write64(unit, VTD_IVA_AT(at), iva);
	vtd_write64(unit, VTD_IOTLB_AT(at), iotlb | VTD_IOTLB_IVT);
	ret = reg_wait64(unit, "IOTLB", VTD_IOTLB_AT(at), VTD_IOTLB_IVT, &is);
	if (ret)
		return ret;
	return is & VTD_IOTLB_IAIG ? 0 : -EIO;
}
