/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For tests: a unit made of code (queue/fake_kunit.h) with the registers that
 * switch it on and off, which it may fail to obey.
 */
#ifndef VTD_BOARD_KUNIT_H
#define VTD_BOARD_KUNIT_H

#include <linux/pci.h>

#include "acpi/dmar.h"
#include "inval/expect_kunit.h"

/**
 * struct board - a unit, and a PCI function for those who need one
 * @hook: registers; what is not here is passed on to @fake
 * @fake: the unit
 * @drhd: its record; no device of the machine is behind it
 * @gcmd_deaf: VTD_GCMD_* that have no effect
 * @pmen: PMEN
 * @rtaddr: RTADDR as written
 * @latched: RTADDR as in use
 * @irta: IRTA as written
 * @te_cleared: how often translation was switched off
 * @te_at_root: was translation on when the root was set last
 * @bus: with config space for one function
 * @pdev: the function
 * @command: its command register
 */
struct board {
	struct vtd_reg_hook hook;
	struct fake_queue *fake;
	struct vtd_drhd drhd;
	u32 gcmd_deaf;
	u32 pmen;
	u64 rtaddr, latched, irta;
	unsigned int te_cleared;
	bool te_at_root;
	struct pci_bus bus;
	struct pci_dev pdev;
	u16 command;
};

/* @ecap: VTD_ECAP_*, as for fake_new() */
struct board *board_new(struct kunit *test, u64 ecap);
/* The unit's tables have been destroyed. */
void board_free(struct board *board);
/* Registers as sleep or another kernel left them; @queue_at is IQH and IQT. */
void board_restate(struct board *board, u32 gsts, u64 queue_at, u64 rtaddr);
/* As an earlier kernel left it: translation by tables of mode @ttm. */
void board_inherit(struct board *board, unsigned int ttm);

static inline struct vtd_unit *board_unit(struct board *board)
{
	return &board->fake->unit;
}

#endif
