// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: a unit that can be switched on and off, see board_kunit.h.
 */
#include <linux/bitfield.h>

#include "board_kunit.h"

#define BOARD_ID	1000	/* no real unit has this number */
#define ONE_SHOTS	(VTD_GCMD_SRTP | VTD_GCMD_SIRTP)

static struct board *to_board(const struct vtd_reg_hook *hook)
{
	return container_of(hook, struct board, hook);
}

static u32 board_read32(const struct vtd_reg_hook *hook, u32 at)
{
	struct board *board = to_board(hook);

	switch (at) {
	case VTD_GSTS:
		/* One-shot commands are done at once. */
		return board->fake->gsts | (ONE_SHOTS & ~board->gcmd_deaf);
	case VTD_PMEN:
		return board->pmen;
	}
	return board->fake->hook.read32(&board->fake->hook, at);
}

static u64 board_read64(const struct vtd_reg_hook *hook, u32 at)
{
	struct board *board = to_board(hook);

	switch (at) {
	case VTD_RTADDR:
		return board->rtaddr;
	case VTD_IRTA:
		return board->irta;
	}
	return board->fake->hook.read64(&board->fake->hook, at);
}

static void write_gcmd(struct board *board, u32 value)
{
	u32 was = board->fake->gsts;

	value = (value & ~board->gcmd_deaf) | (was & board->gcmd_deaf);
	if (value & VTD_GCMD_SRTP) {
		board->latched = board->rtaddr;
		board->te_at_root = was & VTD_GSTS_TES;
	}
	if (was & ~value & VTD_GSTS_TES)
		board->te_cleared++;
	board->fake->hook.write32(&board->fake->hook, VTD_GCMD, value & ~ONE_SHOTS);
}

static void board_write32(const struct vtd_reg_hook *hook, u32 at, u32 value)
{
	struct board *board = to_board(hook);

	switch (at) {
	case VTD_GCMD:
		write_gcmd(board, value);
		return;
	case VTD_PMEN:
		board->pmen = value & VTD_PMEN_EPM ? VTD_PMEN_EPM | VTD_PMEN_PRS : 0;
		return;
	}
	board->fake->hook.write32(&board->fake->hook, at, value);
}

static void board_write64(const struct vtd_reg_hook *hook, u32 at, u64 value)
{
	struct board *board = to_board(hook);

	switch (at) {
	case VTD_RTADDR:
		board->rtaddr = value;
		return;
	case VTD_IRTA:
		board->irta = value;
		return;
	}
	board->fake->hook.write64(&board->fake->hook, at, value);
}

static int config_read(struct pci_bus *bus, unsigned int devfn, int where, int size,
		       u32 *value)
{
	struct board *board = container_of(bus, struct board, bus);

	*value = where == PCI_COMMAND ? board->command : 0;
	return PCIBIOS_SUCCESSFUL;
}

static int config_write(struct pci_bus *bus, unsigned int devfn, int where, int size,
			u32 value)
{
	struct board *board = container_of(bus, struct board, bus);

	if (where == PCI_COMMAND)
		board->command = value;
	return PCIBIOS_SUCCESSFUL;
}

static struct pci_ops config_ops = {
	.read = config_read,
	.write = config_write,
};

struct board *board_new(struct kunit *test, u64 ecap)
{
	struct board *board = kunit_kzalloc(test, sizeof(*board), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, board);
	board->hook = (struct vtd_reg_hook){
		board_read32, board_read64, board_write32, board_write64
	};
	INIT_LIST_HEAD(&board->drhd.scopes);
	board->fake = fake_new(test, ecap);
	board->fake->unit.hook = &board->hook;
	board->fake->unit.id = BOARD_ID;
	board->fake->unit.drhd = &board->drhd;
	board->fake->unit.cmd_timeout_us = 1000;
	board->bus.ops = &config_ops;
	board->pdev.bus = &board->bus;
	board->pdev.devfn = PCI_DEVFN(3, 0);
	board->pdev.error_state = pci_channel_io_normal;
	board->pdev.dev.bus = &pci_bus_type;
	board->pdev.dev.init_name = "fake";
	board->command = PCI_COMMAND_MASTER | PCI_COMMAND_MEMORY;
	return board;
}

void board_free(struct board *board)
{
	board->gcmd_deaf = 0;
	board_unit(board)->dead = false;
	fake_free(board->fake);
}

void board_restate(struct board *board, u32 gsts, u64 queue_at, u64 rtaddr)
{
	board->fake->gsts = gsts;
	board->fake->iqh = queue_at;
	board->fake->iqt = queue_at;
	board->rtaddr = rtaddr;
	board->latched = rtaddr;
}

void board_inherit(struct board *board, unsigned int ttm)
{
	board->rtaddr = 0x12345000 | FIELD_PREP(VTD_RTADDR_TTM, ttm);
	board->latched = board->rtaddr;
	board->fake->gsts |= VTD_GSTS_TES;
	board_unit(board)->inherited_te = true;
}
