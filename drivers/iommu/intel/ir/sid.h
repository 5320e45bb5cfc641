/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which requesters may use an interrupt remapping entry.
 *
 * A check is the upper word of an entry without the descriptor address: the
 * fields SID, SQ and SVT.
 */
#ifndef _VTD_IR_SID_H
#define _VTD_IR_SID_H

#include <linux/types.h>

struct pci_dev;

/**
 * struct vtd_sid_set - the requester ids that a device's messages may carry
 * @common: one of the ids
 * @differ: bits in which the ids differ from each other
 * @first_bus: lowest bus number among them
 * @last_bus: highest
 * @any: there is at least one
 */
struct vtd_sid_set {
	u16 common;
	u16 differ;
	u8 first_bus;
	u8 last_bus;
	bool any;
};

/**
 * vtd_sid_set_add - one more id
 * @set: zeroed before the first
 * @sid: requester id
 */
void vtd_sid_set_add(struct vtd_sid_set *set, u16 sid);

/**
 * vtd_sid_set_check - the strictest check that lets every id of a set pass
 * @set: not empty
 *
 * Return: the upper word of an entry.
 */
u64 vtd_sid_set_check(const struct vtd_sid_set *set);

/**
 * vtd_sid_check_exact - only one requester id passes
 * @sid: requester id
 *
 * Return: the upper word of an entry; 0 (no check) if intremap=nosid.
 */
u64 vtd_sid_check_exact(u16 sid);

/**
 * vtd_sid_check_hpet - the check of an HPET block
 * @sid: the id that the DMAR table names
 *
 * Return: the upper word of an entry; 0 (no check) if intremap=nosid.
 */
u64 vtd_sid_check_hpet(u16 sid);

/**
 * vtd_sid_check_pci - the check of a PCI function
 * @pdev: the function that sends the messages
 *
 * Return: the upper word of an entry; 0 (no check) if intremap=nosid.
 */
u64 vtd_sid_check_pci(struct pci_dev *pdev);

#endif
