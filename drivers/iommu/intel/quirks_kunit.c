// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of quirks that look at one function.
 */
#include <kunit/test.h>
#include <linux/cpufeature.h>
#include <linux/pci.h>

#include "hw/cap.h"
#include "hw/root_layout.h"
#include "quirks.h"
#include "unit/caps.h"

/**
 * struct board - a function on a bus with a host bridge
 * @bus: the bus
 * @pdev: the function
 * @vtbar: the host bridge's register at 0xb0
 * @silent: the host bridge does not answer
 */
struct board {
	struct pci_bus bus;
	struct pci_dev pdev;
	u32 vtbar;
	bool silent;
};

static int board_read(struct pci_bus *bus, unsigned int devfn, int where, int size,
		      u32 *value)
{
	struct board *board = container_of(bus, struct board, bus);

	if (board->silent || devfn || where != 0xb0 || size != 4)
		return PCIBIOS_DEVICE_NOT_FOUND;
	*value = board->vtbar;
	return PCIBIOS_SUCCESSFUL;
}

static struct pci_ops board_ops = {
	.read = board_read,
};

static struct board *new_board(struct kunit *test, u16 device)
{
	struct board *board = kunit_kzalloc(test, sizeof(*board), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, board);
	board->bus.ops = &board_ops;
	board->vtbar = 0xfe710001;
	board->pdev.bus = &board->bus;
	board->pdev.vendor = PCI_VENDOR_ID_INTEL;
	board->pdev.device = device;
	board->pdev.dev.init_name = "fake";
	return board;
}

static void vtd_quirks_unit_test(struct kunit *test)
{
	struct board *board = new_board(test, 0x402f);

	KUNIT_EXPECT_FALSE(test, vtd_quirk_wrong_unit(&board->pdev, 0xfe71a000));
	KUNIT_EXPECT_TRUE(test, vtd_quirk_wrong_unit(&board->pdev, 0xfe710000));
	board->silent = true;
	KUNIT_EXPECT_FALSE(test, vtd_quirk_wrong_unit(&board->pdev, 0xfe710000));
	board->silent = false;
	board->pdev.vendor = 0x1234;
	KUNIT_EXPECT_FALSE(test, vtd_quirk_wrong_unit(&board->pdev, 0xfe710000));
	board = new_board(test, 0x402e);
	KUNIT_EXPECT_FALSE(test, vtd_quirk_wrong_unit(&board->pdev, 0xfe710000));
}

static void vtd_quirks_twice_test(struct kunit *test)
{
	struct board *board = new_board(test, 0x4940);

	KUNIT_EXPECT_TRUE(test, vtd_quirk_flush_dev_tlb_twice(&board->pdev));
	board->pdev.device = 0x4943;
	KUNIT_EXPECT_TRUE(test, vtd_quirk_flush_dev_tlb_twice(&board->pdev));
	board->pdev.device = 0x4944;
	KUNIT_EXPECT_FALSE(test, vtd_quirk_flush_dev_tlb_twice(&board->pdev));
	board->pdev.device = 0x493f;
	KUNIT_EXPECT_FALSE(test, vtd_quirk_flush_dev_tlb_twice(&board->pdev));
}

/* Units with a first stage; only the first of them is QEMU's. */
static void vtd_quirks_width_test(struct kunit *test)
{
	static const struct {
		const char *unit;
		u64 ecap;
		u32 ver;
	} units[] = {
		{ "QEMU", VTD_ECAP_SMTS | VTD_ECAP_FSTS, 0x10 },
		{ "version 1.1", VTD_ECAP_SMTS | VTD_ECAP_FSTS, 0x11 },
		{ "version 3.0", VTD_ECAP_SMTS | VTD_ECAP_FSTS, 0x30 },
		{ "both stages", VTD_ECAP_SMTS | VTD_ECAP_FSTS | VTD_ECAP_SSTS, 0x10 },
		{ "second stage", VTD_ECAP_SMTS | VTD_ECAP_SSTS, 0x10 },
		{ "legacy", 0, 0x10 },
	};
	unsigned int i, want;
	struct vtd_caps caps;

	want = cpu_feature_enabled(X86_FEATURE_HYPERVISOR) ? VTD_AW_48 : 0;
	for (i = 0; i < ARRAY_SIZE(units); i++) {
		vtd_caps_decode(0x80d2008c222f0606, units[i].ecap | VTD_ECAP_QI,
				units[i].ver, &caps);
		KUNIT_EXPECT_EQ_MSG(test, vtd_quirk_first_stage_width(&caps),
				    i ? 0 : want, "%s", units[i].unit);
	}
}

static struct kunit_case vtd_quirks_cases[] = {
	KUNIT_CASE(vtd_quirks_unit_test),
	KUNIT_CASE(vtd_quirks_twice_test),
	KUNIT_CASE(vtd_quirks_width_test),
	{}
};

static struct kunit_suite vtd_quirks_suite = {
	.name = "vtd_quirks",
	.test_cases = vtd_quirks_cases,
};

kunit_test_suite(vtd_quirks_suite);
