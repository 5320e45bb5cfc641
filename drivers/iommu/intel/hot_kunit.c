// SPDX-License-Identifier: GPL-2.0-only
/*
 * A unit that goes while the machine runs: not under a device, not under an
 * interrupt, and not under somebody who looks at it.
 */
#include <linux/completion.h>
#include <linux/kthread.h>

#include "acpi/table.h"
#include "board_kunit.h"
#include "device/requester.h"
#include "hot.h"
#include "queue/queue.h"
#include "start.h"
#include "unit/list.h"

#ifdef CONFIG_IRQ_REMAP
#include "ir/table.h"
#endif

static struct board *new_unit(struct kunit *test)
{
	struct board *board = board_new(test, FAKE_ALL);

	KUNIT_ASSERT_EQ(test, 0, vtd_start_root(board_unit(board)));
	return board;
}

/* What vtd_hot_take_down() leaves of a unit made of code. */
static void forget(struct kunit *test, struct board *board)
{
	struct vtd_unit *unit = board_unit(board);

	KUNIT_EXPECT_NULL(test, unit->queue);
	KUNIT_EXPECT_NULL(test, unit->root);
	KUNIT_EXPECT_NULL(test, unit->devices);
	KUNIT_EXPECT_NULL(test, vtd_unit_of_drhd(&board->drhd));
	vtd_unit_exit_hooked(unit);
}

static void a_device_keeps_its_unit(struct kunit *test)
{
	struct board *board = new_unit(test);
	struct vtd_unit *unit = board_unit(board);
	struct vtd_requester *requester = vtd_requester_get(unit, 8, 1);

	KUNIT_ASSERT_NOT_NULL(test, requester);
	vtd_units_publish(unit);
	KUNIT_EXPECT_EQ(test, vtd_hot_claim(unit), -EBUSY);
	KUNIT_EXPECT_PTR_EQ(test, vtd_unit_of_drhd(&board->drhd), unit);
	KUNIT_EXPECT_NOT_NULL(test, unit->root);
	/* A refusal changes nothing: others may come. */
	KUNIT_EXPECT_PTR_EQ(test, vtd_requester_get(unit, 8, 1), requester);
	vtd_requester_put(requester);
	vtd_requester_put(requester);

	KUNIT_EXPECT_EQ(test, vtd_hot_claim(unit), 0);
	/* Too late for a device. */
	KUNIT_EXPECT_NULL(test, vtd_requester_get(unit, 8, 1));
	vtd_hot_take_down(unit);
	forget(test, board);
}

#ifdef CONFIG_IRQ_REMAP

static void an_interrupt_keeps_its_unit(struct kunit *test)
{
	struct board *board = new_unit(test);
	struct vtd_unit *unit = board_unit(board);
	int index;

	KUNIT_ASSERT_EQ(test, 0, vtd_ir_table_create(unit));
	index = vtd_ir_alloc(unit->ir, 0);
	KUNIT_ASSERT_GE(test, index, 0);
	vtd_units_publish(unit);
	KUNIT_EXPECT_EQ(test, vtd_hot_claim(unit), -EBUSY);
	KUNIT_EXPECT_GE(test, vtd_ir_alloc(unit->ir, 0), 0);
	/* Also the devices are let in again. */
	KUNIT_EXPECT_FALSE(test, unit->devices->closed);

	vtd_ir_free(unit->ir, index, 0);
	vtd_ir_free(unit->ir, index + 1, 0);
	KUNIT_EXPECT_EQ(test, vtd_hot_claim(unit), 0);
	KUNIT_EXPECT_EQ(test, vtd_ir_alloc(unit->ir, 0), -ENODEV);
	vtd_hot_take_down(unit);
	KUNIT_EXPECT_NULL(test, unit->ir);
	forget(test, board);
}

#else

static void an_interrupt_keeps_its_unit(struct kunit *test)
{
	kunit_skip(test, "this kernel remaps no interrupts");
}

#endif

/**
 * struct removal - somebody who takes a unit down
 * @unit: the unit
 * @started: about to begin
 * @done: the unit is off
 */
struct removal {
	struct vtd_unit *unit;
	struct completion started, done;
};

static int take_down(void *data)
{
	struct removal *removal = data;

	complete(&removal->started);
	vtd_hot_take_down(removal->unit);
	complete_all(&removal->done);
	return 0;
}

/* Who may sleep in front of a unit sees all of it until he has looked enough. */
static void a_reader_keeps_its_unit(struct kunit *test)
{
	struct board *board = new_unit(test);
	struct vtd_unit *unit = board_unit(board);
	struct removal removal = { .unit = unit };
	struct task_struct *task;

	init_completion(&removal.started);
	init_completion(&removal.done);
	vtd_units_publish(unit);
	KUNIT_ASSERT_EQ(test, vtd_hot_claim(unit), 0);

	down_read(&vtd_table_lock);
	KUNIT_EXPECT_PTR_EQ(test, vtd_unit_of_drhd(&board->drhd), unit);
	task = kthread_run(take_down, &removal, "vtd_hot_test");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	wait_for_completion(&removal.started);
	/* It has all the time that it would need. */
	KUNIT_EXPECT_EQ(test, 0, wait_for_completion_timeout(&removal.done, HZ / 2));
	KUNIT_EXPECT_NOT_NULL(test, unit->queue);
	KUNIT_EXPECT_NOT_NULL(test, unit->root);
	KUNIT_EXPECT_NOT_NULL(test, unit->devices);
	up_read(&vtd_table_lock);

	wait_for_completion(&removal.done);
	forget(test, board);
}

static struct kunit_case hot_cases[] = {
	KUNIT_CASE(a_device_keeps_its_unit),
	KUNIT_CASE(an_interrupt_keeps_its_unit),
	KUNIT_CASE(a_reader_keeps_its_unit),
	{}
};

static struct kunit_suite hot_suite = {
	.name = "vtd_hot",
	.test_cases = hot_cases,
};

kunit_test_suite(hot_suite);
