/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an interrupt remapping entry and the messages that point to it look
 * like: pure values, no table and no hardware (VT-d 5.1, 9.10, 9.11).
 */
#ifndef _VTD_IR_IRTE_H
#define _VTD_IR_IRTE_H

#include <linux/types.h>

#include "../hw/irte_layout.h"

struct msi_msg;

/**
 * struct vtd_irte_target - where a remapped interrupt goes
 * @apic_id: 32 bits if @x2apic, else 8
 * @vector: of the local APIC
 * @x2apic: the unit is in extended mode (IRTA.EIME)
 * @logical: @apic_id is a logical destination
 */
struct vtd_irte_target {
	u32 apic_id;
	u8 vector;
	bool x2apic;
	bool logical;
};

/**
 * struct vtd_irte_post - where a posted interrupt goes
 * @descriptor: physical address of the posted-interrupt descriptor, 64-byte
 *	aligned
 * @vector: bit that is set in it
 */
struct vtd_irte_post {
	u64 descriptor;
	u8 vector;
};

/**
 * vtd_irte_remapped - an entry that delivers to a local APIC
 * @target: destination
 * @check: source id check from ir/sid.h
 *
 * Return: the entry, present.
 */
struct vtd_irte vtd_irte_remapped(const struct vtd_irte_target *target,
				  u64 check);

/**
 * vtd_irte_posted - an entry that posts into a descriptor
 * @post: destination
 * @check: source id check from ir/sid.h
 *
 * Return: the entry, present.
 */
struct vtd_irte vtd_irte_posted(const struct vtd_irte_post *post, u64 check);

/**
 * vtd_irte_message - the message of a device whose interrupt is an entry
 * @index: entry of the first message of the device
 * @subhandle: number of this message; of an I/O APIC, the pin
 * @msg: filled
 */
void vtd_irte_message(unsigned int index, unsigned int subhandle,
		      struct msi_msg *msg);

#endif
