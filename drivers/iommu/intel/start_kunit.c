// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a unit is told when it is brought up, left alone, put to sleep and woken,
 * and what the tables in use are at each moment.
 */
#include <linux/bitfield.h>
#include <linux/io.h>
#include <linux/slab.h>

#include "board_kunit.h"
#include "bypass.h"
#include "device/device.h"
#include "device/requester.h"
#include "hw/root_layout.h"
#include "inval/inval.h"
#include "ir/ir.h"
#include "queue/queue.h"
#include "start.h"
#include "table/entry.h"
#include "table/pasid.h"
#include "table/root.h"
#include "unit/cmd.h"

static u64 our_root(struct board *board)
{
	struct vtd_unit *unit = board_unit(board);

	return virt_to_phys(unit->root->entries) |
	       FIELD_PREP(VTD_RTADDR_TTM,
			  unit->scalable ? VTD_TTM_SCALABLE : VTD_TTM_LEGACY);
}

static void free_tables(struct board *board)
{
	struct vtd_unit *unit = board_unit(board);

	board->fake->gsts &= ~VTD_GSTS_TES;
	vtd_devmap_destroy(unit);
	vtd_root_destroy(unit);
}

/*
 * Tables that an earlier kernel left in use are given up. On the unit of integrated
 * graphics translation goes on meanwhile, and goes off only where the mode
 * has to change and the unit cannot do that otherwise.
 */
static void inherited_tables(struct kunit *test)
{
	static const struct {
		bool stays, esrtps;
		unsigned int ttm;
		bool scalable;	/* what becomes of it */
		unsigned int cleared;
	} rows[] = {
		{ false, false, VTD_TTM_LEGACY, true, 1 },
		{ false, false, VTD_TTM_SCALABLE, true, 1 },
		{ false, true, VTD_TTM_LEGACY, true, 1 },
		{ true, false, VTD_TTM_LEGACY, false, 0 },
		{ true, false, VTD_TTM_SCALABLE, true, 0 },
		{ true, false, VTD_TTM_ABORT, false, 1 },
		{ true, true, VTD_TTM_LEGACY, true, 0 },
		{ true, true, VTD_TTM_SCALABLE, true, 0 },
		{ true, true, VTD_TTM_ABORT, true, 0 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct board *board = board_new(test, FAKE_ALL);
		struct vtd_unit *unit = board_unit(board);

		unit->te_stays = rows[i].stays;
		unit->caps.esrtps = rows[i].esrtps;
		board_inherit(board, rows[i].ttm);
		KUNIT_EXPECT_EQ_MSG(test, 0, vtd_start_root(unit), "row %u", i);
		KUNIT_EXPECT_EQ_MSG(test, unit->scalable, rows[i].scalable, "row %u", i);
		KUNIT_EXPECT_EQ_MSG(test, board->te_cleared, rows[i].cleared, "row %u", i);
		KUNIT_EXPECT_EQ_MSG(test, board->te_at_root, !rows[i].cleared,
				    "row %u", i);
		KUNIT_EXPECT_EQ_MSG(test, board->latched, our_root(board), "row %u", i);
		free_tables(board);
		board_free(board);
	}
}

/* A unit that is not used: neither old tables nor closed memory are left. */
static void left_off(struct kunit *test)
{
	struct board *board = board_new(test, FAKE_ALL);
	struct vtd_unit *unit = board_unit(board);

	unit->caps.plmr = true;
	unit->ignored = true;
	board->pmen = VTD_PMEN_EPM | VTD_PMEN_PRS;
	board_inherit(board, VTD_TTM_LEGACY);
	vtd_leave_off(unit);
	KUNIT_EXPECT_EQ(test, board->pmen, 0U);
	KUNIT_EXPECT_EQ(test, board->fake->gsts & VTD_GSTS_TES, 0U);
	KUNIT_EXPECT_NULL(test, unit->root);
	board_free(board);
}

/* The same where translation must stay on: by tables of ours. */
static void left_off_but_translating(struct kunit *test)
{
	struct board *board = board_new(test, FAKE_ALL);
	struct vtd_unit *unit = board_unit(board);

	unit->te_stays = true;
	board_inherit(board, VTD_TTM_LEGACY);
	vtd_leave_off(unit);
	KUNIT_EXPECT_EQ(test, board->te_cleared, 0U);
	KUNIT_EXPECT_TRUE(test, board->fake->gsts & VTD_GSTS_TES);
	KUNIT_ASSERT_NOT_NULL(test, unit->root);
	KUNIT_EXPECT_EQ(test, board->latched, our_root(board));
	KUNIT_EXPECT_TRUE(test, unit->ignored);
	free_tables(board);
	board_free(board);

	/* Without pass-through there is no way but to switch it off. */
	board = board_new(test, FAKE_ALL & ~VTD_ECAP_PT);
	unit = board_unit(board);
	unit->te_stays = true;
	board_inherit(board, VTD_TTM_LEGACY);
	vtd_leave_off(unit);
	KUNIT_EXPECT_EQ(test, board->te_cleared, 1U);
	board_free(board);
}

static void give_bypassed_back(struct kunit *test, struct vtd_requester *requester)
{
	static const union vtd_entry blocked;
	struct vtd_use *use = list_first_entry_or_null(&requester->uses,
						       struct vtd_use, node);
	struct vtd_device *vd;

	KUNIT_ASSERT_NOT_NULL(test, use);
	vd = container_of(use, struct vtd_device, own_use);
	KUNIT_EXPECT_EQ(test, 0, vtd_device_translate(vd, IOMMU_NO_PASID, &blocked, NULL));
	vtd_requester_put(requester);
	kfree(vd);
}

static bool passes_through(const struct vtd_requester *requester, unsigned int mode)
{
	if (!mode)
		return FIELD_GET(VTD_CTX_TT, requester->context[0]) ==
		       VTD_TT_PASSTHROUGH;
	return vtd_pasid_entry_pgtt(vtd_pasid_slot(requester->pasids, 0)) ==
	       VTD_PGTT_PASSTHROUGH;
}

/* Nothing changes for a device behind a unit that must go on. */
static void bypassed_device(struct kunit *test)
{
	unsigned int mode;

	for (mode = 0; mode < 2; mode++) {
		struct board *board = board_new(test, FAKE_ALL);
		struct vtd_unit *unit = board_unit(board);
		struct vtd_requester *requester;

		unit->te_stays = true;
		board_inherit(board, mode ? VTD_TTM_SCALABLE : VTD_TTM_LEGACY);
		KUNIT_ASSERT_EQ(test, 0, vtd_start_root(unit));
		KUNIT_ASSERT_EQ(test, 0, vtd_bypass_device(unit, &board->pdev));
		requester = vtd_requester_find(unit, pci_dev_id(&board->pdev));
		KUNIT_ASSERT_NOT_NULL(test, requester);
		KUNIT_EXPECT_TRUE(test, requester->context[0] & VTD_ENTRY_PRESENT);
		KUNIT_EXPECT_TRUE(test, passes_through(requester, mode));
		give_bypassed_back(test, requester);
		free_tables(board);
		board_free(board);
	}
}

static void sleep_well(struct vtd_unit *unit)
{
	vtd_stop_for_sleep(unit);
	vtd_ir_stop_for_sleep(unit);
}

static void sleep_and_graphics(struct kunit *test)
{
	unsigned int stays;

	for (stays = 0; stays < 2; stays++) {
		struct board *board = board_new(test, FAKE_ALL);
		struct vtd_unit *unit = board_unit(board);

		unit->te_stays = stays;
		KUNIT_ASSERT_EQ(test, 0, vtd_start_root(unit));
		KUNIT_ASSERT_EQ(test, 0, vtd_unit_enable_translation(unit));
		sleep_well(unit);
		KUNIT_EXPECT_EQ(test, board->te_cleared, stays ? 0U : 1U);
		KUNIT_EXPECT_EQ(test, !!(board->fake->gsts & VTD_GSTS_TES), stays);
		KUNIT_EXPECT_EQ(test, 0, vtd_start_again(unit));
		KUNIT_EXPECT_TRUE(test, board->fake->gsts & VTD_GSTS_TES);
		free_tables(board);
		board_free(board);
	}
}

/* In S3 a unit loses everything; firmware may close memory on the way back. */
static void sleep_that_forgets(struct kunit *test)
{
	struct board *board = board_new(test, FAKE_ALL);
	struct vtd_unit *unit = board_unit(board);

	unit->caps.plmr = true;
	KUNIT_ASSERT_EQ(test, 0, vtd_start_root(unit));
	KUNIT_ASSERT_EQ(test, 0, vtd_unit_enable_translation(unit));
	sleep_well(unit);
	board_restate(board, 0, 0, 0);
	board->fake->iqa = 0;
	board->pmen = VTD_PMEN_EPM | VTD_PMEN_PRS;

	KUNIT_EXPECT_EQ(test, 0, vtd_start_again(unit));
	KUNIT_EXPECT_EQ(test, board->latched, our_root(board));
	KUNIT_EXPECT_EQ(test, board->pmen, 0U);
	KUNIT_EXPECT_TRUE(test, unit->translating);
	free_tables(board);
	board_free(board);
}

/*
 * The kernel that loaded a hibernation image used the unit: the same kernel, so
 * its queue is at the same place, but not at the same descriptor.
 */
static void sleep_on_disk(struct kunit *test)
{
	struct board *board = board_new(test, FAKE_ALL);
	struct vtd_unit *unit = board_unit(board);
	u64 iqa = board->fake->iqa;

	KUNIT_ASSERT_EQ(test, 0, vtd_start_root(unit));
	KUNIT_ASSERT_EQ(test, 0, vtd_unit_enable_translation(unit));
	KUNIT_ASSERT_EQ(test, 0, vtd_inval_everything(unit, 0));
	sleep_well(unit);

	board_restate(board, VTD_GSTS_QIES | VTD_GSTS_TES, 0x340, 0x12345000);
	board->fake->iqa = iqa;

	KUNIT_EXPECT_EQ(test, 0, vtd_start_again(unit));
	KUNIT_EXPECT_EQ(test, board->latched, our_root(board));
	KUNIT_EXPECT_EQ(test, board->te_cleared, 2U);
	KUNIT_EXPECT_FALSE(test, board->te_at_root);
	/* What is asked of the unit from now on is what it does. */
	board->fake->n = 0;
	KUNIT_EXPECT_EQ(test, 0, vtd_inval_context_dropped(&(struct vtd_inval_entry){
				.unit = unit, .sid = 8, .pasid = IOMMU_NO_PASID }, 5));
	KUNIT_EXPECT_EQ(test, board->fake->iqh, board->fake->iqt);
	KUNIT_EXPECT_LT(test, board->fake->iqt, 0x340ULL);
	free_tables(board);
	board_free(board);
}

static struct kunit_case start_cases[] = {
	KUNIT_CASE(inherited_tables),
	KUNIT_CASE(left_off),
	KUNIT_CASE(left_off_but_translating),
	KUNIT_CASE(bypassed_device),
	KUNIT_CASE(sleep_and_graphics),
	KUNIT_CASE(sleep_that_forgets),
	KUNIT_CASE(sleep_on_disk),
	{}
};

static struct kunit_suite start_suite = {
	.name = "vtd_start",
	.test_cases = start_cases,
};

kunit_test_suite(start_suite);
