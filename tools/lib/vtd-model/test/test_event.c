// SPDX-License-Identifier: GPL-2.0-only
/*
 * The unit's own interrupts (VT-d chapters 5, 11): mask, pending, message. Each
 * of the three events in the same steps.
 */
#include <string.h>

#include <linux/kernel.h>

#include "check.h"
#include "world.h"

#define ADDR		0xfee01000
#define UADDR		0x12345600
#define FRCD		0x400

struct event {
	const char *name;
	u32 ctl;
	u32 status;			/* register with the bits behind it */
	void (*cause)(struct world *world);
	void (*clear)(struct world *world);
};

static void cause_fault(struct world *world)
{
	struct vtd_model_outcome out;

	vtd_model_dma(&world->model, &RQ(WRITE, 0x7000), &out);
	EXPECT(out.recorded);
}

static void clear_fault(struct world *world)
{
	unsigned int i;

	for (i = 0; i < 4; i++)
		set32(world, FRCD + 16 * i + 12, VTD_FRCD_F32);
}

static void cause_completion(struct world *world)
{
	world_do(world, vtd_desc_wait(VTD_WAIT_IF, 0, 0));
}

static void clear_completion(struct world *world)
{
	set32(world, VTD_ICS, VTD_ICS_IWC);
}

static void cause_page(struct world *world)
{
	struct vtd_model_outcome out;

	EXPECT_EQ(vtd_model_page_request(&world->model,
					 &PRQ(PAGE_REQUEST, SS_IOVA,
					      .want_read = true, .last = true),
					 &out), VTD_MODEL_PAGE_QUEUED);
}

static void clear_page(struct world *world)
{
	set32(world, VTD_PRS, VTD_PRS_PPR);
}

static const struct event events[] = {
	{ "fault event", VTD_FECTL, VTD_FSTS, cause_fault, clear_fault },
	{ "invalidation event", VTD_IECTL, VTD_ICS, cause_completion,
	  clear_completion },
	{ "page request event", VTD_PECTL, VTD_PRS, cause_page, clear_page },
};

static void test_event(struct world *world, const struct event *event)
{
	u32 ctl = event->ctl;

	set32(world, ctl + 4, 0x4041);
	set32(world, ctl + 8, ADDR);
	set32(world, ctl + 12, UADDR);

	/* Masked: it waits, and goes when the mask goes. */
	event->cause(world);
	EXPECT_EQ(world->nevents, 0);
	EXPECT_EQ(get32(world, ctl), VTD_EVENT_IM | VTD_EVENT_IP);
	set32(world, ctl, VTD_EVENT_IM);
	EXPECT_EQ(get32(world, ctl), VTD_EVENT_IM | VTD_EVENT_IP);
	set32(world, ctl, 0);
	EXPECT_EQ(get32(world, ctl), 0);
	EXPECT_EQ(world->nevents, 1);
	EXPECT_EQ(world->events[0], 0x4041);
	EXPECT_EQ(world->event_addr, (u64)UADDR << 32 | ADDR);

	/* The same again is no news until the status was cleared. */
	event->cause(world);
	EXPECT_EQ(world->nevents, 1);
	event->clear(world);
	EXPECT_EQ(get32(world, event->status) & 0x7f, 0);
	event->cause(world);
	EXPECT_EQ(world->nevents, 2);

	/* What is cleared while masked is never sent. */
	event->clear(world);
	set32(world, ctl, VTD_EVENT_IM);
	event->cause(world);
	event->clear(world);
	EXPECT_EQ(get32(world, ctl), VTD_EVENT_IM);
	set32(world, ctl, 0);
	EXPECT_EQ(world->nevents, 2);

	/* Data and address are programmed while masked only. */
	EXPECT_EQ(world->nmisuses, 0);
	set32(world, ctl + 4, 0);
	set32(world, ctl + 8, 0);
	set32(world, ctl + 12, 0);
	EXPECT_EQ(world->nmisuses, 3);
	check_done(event->name);
}

void suite_event(void)
{
	struct world *world = world_new();
	struct vtd_model_config config = world_config();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(events); i++) {
		world_start(world, &config, SECOND);
		world_put(world, SS1 + 8, 0);
		set64(world, VTD_PQA, AT_REQUESTS);
		world_queue(world, VTD_IQA_DW);
		test_event(world, &events[i]);
	}

	/* Writing 0 to ICS clears nothing. */
	cause_completion(world);
	set32(world, VTD_ICS, 0);
	EXPECT_EQ(get32(world, VTD_ICS), VTD_ICS_IWC);
	check_done("ICS is cleared by 1");
	world_free(world);
}
