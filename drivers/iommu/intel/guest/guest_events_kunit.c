// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: events of a guest keep their order, and what finds no room is counted.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/iommufd.h>

#include "guest_events.h"

#define PATIENCE_MS	10000
#define TOO_MANY	5

/**
 * struct pipe - events, and a vIOMMU whose queues nobody may look at meanwhile
 * @viommu: the vIOMMU; without a queue
 * @events: its events
 */
struct pipe {
	struct iommufd_viommu viommu;
	struct vtd_guest_events events;
};

/* The work that takes events away waits with the first one, until pipe_open(). */
static struct pipe *pipe_closed(struct kunit *test)
{
	struct pipe *pipe = kunit_kzalloc(test, sizeof(*pipe), GFP_KERNEL);
	struct iommu_vevent_vtd event = {};
	int i;

	KUNIT_ASSERT_NOT_NULL(test, pipe);
	INIT_LIST_HEAD(&pipe->viommu.veventqs);
	init_rwsem(&pipe->viommu.veventqs_rwsem);
	vtd_guest_events_init(&pipe->events, &pipe->viommu);
	down_write(&pipe->viommu.veventqs_rwsem);
	vtd_guest_events_push(&pipe->events, &event);
	for (i = 0; READ_ONCE(pipe->events.n) && i < PATIENCE_MS; i += 20)
		msleep(20);
	KUNIT_EXPECT_EQ(test, pipe->events.n, 0);
	return pipe;
}

static void pipe_open(struct pipe *pipe)
{
	up_write(&pipe->viommu.veventqs_rwsem);
	vtd_guest_events_end(&pipe->events);
}

static void push_kind(struct pipe *pipe, u32 kind, u64 addr)
{
	const struct iommu_vevent_vtd event = { .kind = kind, .addr = addr, .lost = 77 };

	vtd_guest_events_push(&pipe->events, &event);
}

static void push(struct pipe *pipe, u64 addr)
{
	push_kind(pipe, IOMMU_VEVENT_VTD_RECOVERED, addr);
}

static void vtd_guest_order_test(struct kunit *test)
{
	struct pipe *pipe = pipe_closed(test);
	struct iommu_vevent_vtd event;
	unsigned int i, round;

	/* Around the end of the ring, too. */
	for (round = 0; round < 3; round++) {
		for (i = 0; i < VTD_GUEST_EVENTS - 7; i++)
			push(pipe, i);
		for (i = 0; i < VTD_GUEST_EVENTS - 7; i++) {
			KUNIT_ASSERT_TRUE(test, vtd_guest_events_pop(&pipe->events, &event));
			KUNIT_EXPECT_EQ(test, event.addr, i);
			KUNIT_EXPECT_EQ(test, event.lost, 0);
		}
		KUNIT_EXPECT_FALSE(test, vtd_guest_events_pop(&pipe->events, &event));
	}
	pipe_open(pipe);
}

static void vtd_guest_lost_test(struct kunit *test)
{
	struct pipe *pipe = pipe_closed(test);
	struct iommu_vevent_vtd event;
	unsigned int i;

	for (i = 0; i < VTD_GUEST_EVENTS + TOO_MANY; i++)
		push(pipe, i);
	/* Those that were there first stay. */
	for (i = 0; i < VTD_GUEST_EVENTS; i++) {
		KUNIT_ASSERT_TRUE(test, vtd_guest_events_pop(&pipe->events, &event));
		KUNIT_EXPECT_EQ(test, event.addr, i);
		KUNIT_EXPECT_EQ(test, event.lost, 0);
	}
	push(pipe, 1000);
	push(pipe, 1001);
	KUNIT_ASSERT_TRUE(test, vtd_guest_events_pop(&pipe->events, &event));
	KUNIT_EXPECT_EQ(test, event.addr, 1000);
	KUNIT_EXPECT_EQ(test, event.lost, TOO_MANY);
	KUNIT_ASSERT_TRUE(test, vtd_guest_events_pop(&pipe->events, &event));
	KUNIT_EXPECT_EQ(test, event.lost, 0);
	pipe_open(pipe);
}

/* However many faults there were: that the device was cut off is told. */
static void vtd_guest_kept_test(struct kunit *test)
{
	struct pipe *pipe = pipe_closed(test);
	struct iommu_vevent_vtd event = {};
	unsigned int i;

	for (i = 0; i < 2 * VTD_GUEST_EVENTS; i++)
		push_kind(pipe, IOMMU_VEVENT_VTD_FAULT, i);
	push_kind(pipe, IOMMU_VEVENT_VTD_CUT_OFF, 1000);
	for (i = 0; vtd_guest_events_pop(&pipe->events, &event); i++)
		;
	KUNIT_EXPECT_EQ(test, i, VTD_GUEST_EVENTS - VTD_GUEST_EVENTS_KEPT + 1);
	KUNIT_EXPECT_EQ(test, event.kind, IOMMU_VEVENT_VTD_CUT_OFF);
	KUNIT_EXPECT_EQ(test, event.lost, VTD_GUEST_EVENTS + VTD_GUEST_EVENTS_KEPT);
	pipe_open(pipe);
}

static struct kunit_case vtd_guest_cases[] = {
	KUNIT_CASE(vtd_guest_order_test),
	KUNIT_CASE(vtd_guest_lost_test),
	KUNIT_CASE(vtd_guest_kept_test),
	{}
};

static struct kunit_suite vtd_guest_suite = {
	.name = "vtd_guest",
	.test_cases = vtd_guest_cases,
};

kunit_test_suite(vtd_guest_suite);
