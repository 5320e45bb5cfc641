/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interrupt domain of a unit: I/O APICs, HPETs and PCI devices behind the
 * unit have it as their parent.
 */
#ifndef _VTD_IR_DOMAIN_H
#define _VTD_IR_DOMAIN_H

#include <linux/msi.h>

#include "irte.h"
#include "table.h"

/**
 * enum vtd_ir_mode - what the entry of an interrupt does now
 * @VTD_IR_REMAP: delivers to a local APIC
 * @VTD_IR_POST_HOST: posts to the host's own descriptor of a CPU
 * @VTD_IR_POST_GUEST: posts to the descriptor of a virtual CPU
 */
enum vtd_ir_mode {
	VTD_IR_REMAP,
	VTD_IR_POST_HOST,
	VTD_IR_POST_GUEST,
};

/**
 * struct vtd_ir_irq - one interrupt; chip data of the domain
 * @ir: the table
 * @index: its entry
 * @spare: how many entries behind @index belong to nobody else: a block has a
 *	power of two of them, and its last interrupt takes the rest along
 * @check: source id check of the entry
 * @host_mode: what the entry does while no guest has it: remap or post
 * @msg: what the device sends
 * @mode: guarded by the lock of the interrupt's descriptor, as is @guest
 * @guest: destination while @mode is VTD_IR_POST_GUEST
 */
struct vtd_ir_irq {
	/* Constant after init */
	struct vtd_ir *ir;
	unsigned int index;
	unsigned int spare;
	u64 check;
	enum vtd_ir_mode host_mode;
	struct msi_msg msg;

	enum vtd_ir_mode mode;
	struct vtd_irte_post guest;
};

/**
 * vtd_ir_domain_create - the domain of a table
 * @ir: a table without domain
 *
 * Return: 0, -ENOMEM.
 */
int vtd_ir_domain_create(struct vtd_ir *ir);

/**
 * vtd_ir_domain_destroy - the way back; no interrupt is left
 * @ir: a table
 */
void vtd_ir_domain_destroy(struct vtd_ir *ir);

/**
 * vtd_ir_set_x2apic - which format destinations have from now on
 * @x2apic: 32-bit ids
 *
 * Context: before the first interrupt is allocated.
 */
void vtd_ir_set_x2apic(bool x2apic);

#endif
