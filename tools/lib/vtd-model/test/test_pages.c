// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page request queue (VT-d chapter 7): its entries, overflow and automatic
 * answers, stop markers, the status bits, requests on their way, drain.
 */
#include <string.h>

#include "check.h"
#include "world.h"

#define ENTRY_BYTES	32
#define RING		128

static void start(struct world *world, u32 page_reads)
{
	struct vtd_model_config config = world_cached_config(world);

	config.page_reads = page_reads;
	world_start(world, &config, SECOND);
	set64(world, VTD_PQA, AT_REQUESTS);
	world_queue(world, VTD_IQA_DW);
}

static enum vtd_model_page ask(struct world *world,
			       struct vtd_model_request rq)
{
	struct vtd_model_outcome out;

	return vtd_model_page_request(&world->model, &rq, &out);
}

#define PAGE(...)	PRQ(PAGE_REQUEST, SS_IOVA, ## __VA_ARGS__)
#define LAST(...)	PAGE(.want_read = true, .last = true, ## __VA_ARGS__)
#define MORE(...)	PAGE(.want_read = true, ## __VA_ARGS__)
#define STOP		PAGE(.last = true)

static u64 word(struct world *world, unsigned int entry, unsigned int i)
{
	return world_get(world, AT_REQUESTS + entry * ENTRY_BYTES + 8 * i);
}

static u64 prs(struct world *world)
{
	return get32(world, VTD_PRS);
}

static void fill(struct world *world)
{
	unsigned int i;

	for (i = 0; i < RING - 1; i++)
		EXPECT_EQ(ask(world, MORE(.group = 3)), VTD_MODEL_PAGE_QUEUED);
}

static void test_entry(struct world *world)
{
	struct vtd_model_outcome out;

	start(world, 0);
	memset(world->mem + AT_REQUESTS, 0xff, 4096);
	world_or(world, ENTRY(PASID) + 16, VTD_PE2_SRE);
	EXPECT_EQ(ask(world, RQ(PAGE_REQUEST, SS_IOVA + 0x123,
				.want_write = true, .group = 0x1ff)),
		  VTD_MODEL_PAGE_QUEUED);
	EXPECT_EQ(word(world, 0, 0), 1 | SID << 16);
	EXPECT_EQ(word(world, 0, 1), SS_IOVA | 0x1ff << 3 | VTD_PRQ1_WR);
	EXPECT_EQ(word(world, 0, 2) | word(world, 0, 3), 0);
	EXPECT_EQ(ask(world, LAST(.privileged = true, .group = 5)),
		  VTD_MODEL_PAGE_QUEUED);
	EXPECT_EQ(word(world, 1, 0), 1 | VTD_PRQ0_PP | SID << 16 |
		  (u64)PASID << 32 | VTD_PRQ0_PM);
	EXPECT_EQ(word(world, 1, 1), SS_IOVA | 5 << 3 | VTD_PRQ1_RD |
		  VTD_PRQ1_LPIG);
	EXPECT_EQ(get64(world, VTD_PQT), 64);
	EXPECT_EQ(prs(world), VTD_PRS_PPR);
	check_done("entries of the queue");

	EXPECT_EQ(ask(world, PAGE(.group = 512)), VTD_MODEL_PAGE_MALFORMED);
	EXPECT_EQ(ask(world, RQ(READ, SS_IOVA)), VTD_MODEL_PAGE_MALFORMED);
	EXPECT_EQ(ask(world, RQ(PAGE_REQUEST, SS_IOVA, .execute = true)),
		  VTD_MODEL_PAGE_MALFORMED);
	EXPECT_EQ(get64(world, VTD_PQT), 64);
	memset(&out, 0xff, sizeof(out));
	EXPECT_EQ(vtd_model_page_request(&world->model,
					 &PAGE(.group = 512), &out),
		  VTD_MODEL_PAGE_MALFORMED);
	EXPECT_EQ(out.verdict, VTD_MODEL_MALFORMED);
	EXPECT(!out.reason && !out.addr);
	check_done("what no device can send");
}

static void test_execute(struct world *world)
{
	struct vtd_model_config config = world_config();
	enum vtd_model_page fate;

	config.version = 0x70;
	world_start(world, &config, SECOND);
	set64(world, VTD_PQA, AT_REQUESTS);
	fate = ask(world, LAST(.execute = true));
	/* Where it is let through, the entry says so. */
	if (fate == VTD_MODEL_PAGE_QUEUED)
		EXPECT_EQ(word(world, 0, 0) & VTD_PRQ0_EXE, VTD_PRQ0_EXE);
	else
		EXPECT_EQ(fate, VTD_MODEL_PAGE_ANSWERED);
	check_done("execute requests");
}

static void test_overflow(struct world *world)
{
	const struct vtd_model_message *message = world->messages;

	start(world, 0);
	fill(world);
	EXPECT_EQ(prs(world), VTD_PRS_PPR);
	EXPECT_EQ(get64(world, VTD_PQT), (RING - 1) * ENTRY_BYTES);
	/* No room: dropped, or answered with success, once for a group. */
	EXPECT_EQ(ask(world, MORE(.group = 3)), VTD_MODEL_PAGE_DROPPED);
	EXPECT_EQ(prs(world), VTD_PRS_PPR | VTD_PRS_PRO);
	EXPECT_EQ(world->nmessages, 0);
	EXPECT_EQ(ask(world, LAST(.group = 3)), VTD_MODEL_PAGE_ANSWERED);
	EXPECT_EQ(world->nmessages, 1);
	EXPECT_EQ(message->kind, VTD_MODEL_MESSAGE_RESPONSE);
	EXPECT_EQ(message->code, VTD_PRR_SUCCESS);
	EXPECT_EQ(message->group, 3);
	EXPECT_EQ(message->pasid, PASID);
	EXPECT_EQ(message->sid, SID);
	EXPECT(message->automatic && message->has_pasid);
	/* Room again, but PRO still holds them off. */
	set64(world, VTD_PQH, 64);
	EXPECT_EQ(ask(world, LAST()), VTD_MODEL_PAGE_ANSWERED);
	set32(world, VTD_PRS, VTD_PRS_PPR);
	EXPECT_EQ(prs(world), VTD_PRS_PRO);
	EXPECT_EQ(ask(world, LAST()), VTD_MODEL_PAGE_ANSWERED);
	set32(world, VTD_PRS, VTD_PRS_PRO);
	EXPECT_EQ(ask(world, LAST()), VTD_MODEL_PAGE_QUEUED);
	EXPECT_EQ(get64(world, VTD_PQT), 0);
	EXPECT_EQ(ask(world, LAST()), VTD_MODEL_PAGE_QUEUED);
	EXPECT_EQ(get64(world, VTD_PQT), 32);
	EXPECT_EQ(ask(world, LAST()), VTD_MODEL_PAGE_ANSWERED);
	EXPECT_EQ(prs(world), VTD_PRS_PPR | VTD_PRS_PRO);
	check_done("overflow and automatic answers");

	/* PRO cleared while the ring is full: it comes back. */
	set32(world, VTD_PRS, VTD_PRS_PRO | VTD_PRS_PPR);
	EXPECT_EQ(prs(world), 0);
	EXPECT_EQ(ask(world, LAST()), VTD_MODEL_PAGE_ANSWERED);
	EXPECT_EQ(prs(world), VTD_PRS_PRO);
	check_done("overflow again");
}

static void test_size(struct world *world)
{
	unsigned int i;

	start(world, 0);
	set64(world, VTD_PQA, AT_REQUESTS | 1);
	for (i = 0; i < 2 * RING - 1; i++)
		EXPECT_EQ(ask(world, LAST()), VTD_MODEL_PAGE_QUEUED);
	EXPECT_EQ(ask(world, LAST()), VTD_MODEL_PAGE_ANSWERED);
	check_done("larger rings");
}

static void test_stop_marker(struct world *world)
{
	struct vtd_model_config config = world_cached_config(world);
	unsigned int before;

	start(world, 0);
	world_ask(world, &PRQ(READ, SS_IOVA));
	before = world_count(world, VTD_MODEL_CACHE_PAGE);
	EXPECT_EQ(before, 1);
	EXPECT_EQ(ask(world, STOP), VTD_MODEL_PAGE_QUEUED);
	EXPECT_EQ(word(world, 0, 1) & 7, VTD_PRQ1_LPIG);
	/* It asks for no page, so nothing is removed for it. */
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_PAGE), before);
	EXPECT_EQ(ask(world, PAGE(.want_write = true, .last = true)),
		  VTD_MODEL_PAGE_QUEUED);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_PAGE), 0);
	set64(world, VTD_PQH, 96);
	EXPECT_EQ(ask(world, STOP), VTD_MODEL_PAGE_DROPPED);
	EXPECT_EQ(world->nmessages, 0);
	EXPECT_EQ(prs(world), VTD_PRS_PPR | VTD_PRS_PRO);
	/* Without a PASID it is none. */
	EXPECT_EQ(ask(world, RQ(PAGE_REQUEST, SS_IOVA, .last = true)),
		  VTD_MODEL_PAGE_ANSWERED);
	/* One that faults wants no response either. */
	world_clear(world, SM_CONTEXT, VTD_SMCTX_PRE);
	world_do(world, vtd_desc_context_global());
	EXPECT_EQ(ask(world, STOP), VTD_MODEL_PAGE_DROPPED);
	check_done("stop markers");

	config.ecap &= ~VTD_ECAP_SMS;
	world_start(world, &config, SECOND);
	set64(world, VTD_PQA, AT_REQUESTS);
	set64(world, VTD_PQH, 32);
	EXPECT_EQ(ask(world, STOP), VTD_MODEL_PAGE_ANSWERED);
	check_done("stop markers of a unit without SMS");
}

static void test_refused(struct world *world)
{
	start(world, 0);
	world_clear(world, SM_CONTEXT, VTD_SMCTX_PRE);
	EXPECT_EQ(ask(world, LAST(.group = 7)), VTD_MODEL_PAGE_ANSWERED);
	EXPECT_EQ(world->messages[0].code, VTD_PRR_INVALID);
	EXPECT_EQ(world->messages[0].group, 7);
	EXPECT_EQ(ask(world, MORE()), VTD_MODEL_PAGE_DROPPED);
	EXPECT_EQ(get32(world, VTD_FSTS), VTD_FSTS_PPF);
	EXPECT_EQ(get64(world, VTD_PQT), 0);
	world_or(world, SM_CONTEXT, VTD_SMCTX_PRE);
	world_do(world, vtd_desc_context_global());
	world->nmessages = 0;
	EXPECT_EQ(ask(world, LAST()), VTD_MODEL_PAGE_QUEUED);
	/* Translation off. */
	set32(world, VTD_GCMD, VTD_GCMD_QIE);
	EXPECT_EQ(ask(world, LAST()), VTD_MODEL_PAGE_ANSWERED);
	EXPECT_EQ(world->messages[0].code, VTD_PRR_INVALID);
	check_done("requests that fault");

	start(world, 0);
	world->fail_write = AT_REQUESTS;
	EXPECT_EQ(ask(world, LAST()), VTD_MODEL_PAGE_ANSWERED);
	EXPECT_EQ(world->messages[0].code, VTD_PRR_INVALID);
	world->fail_write = AT_REQUESTS + 16;
	EXPECT_EQ(ask(world, MORE()), VTD_MODEL_PAGE_DROPPED);
	EXPECT_EQ(get64(world, VTD_PQT) | prs(world), 0);
	check_done("a queue that cannot be written");
}

static void test_held(struct world *world)
{
	unsigned int i;

	start(world, 10);
	EXPECT_EQ(ask(world, LAST()), VTD_MODEL_PAGE_HELD);
	vtd_model_advance(&world->model, 4);
	EXPECT_EQ(ask(world, LAST()), VTD_MODEL_PAGE_HELD);
	vtd_model_advance(&world->model, 5);
	EXPECT_EQ(world_get(world, AT_REQUESTS), 0);
	EXPECT_EQ(prs(world), VTD_PRS_PPR);
	EXPECT_EQ(get64(world, VTD_PQT), 32);
	vtd_model_advance(&world->model, 2);
	/* Cleared before PQT is read: the next one sets it again. */
	set32(world, VTD_PRS, VTD_PRS_PPR);
	EXPECT_EQ(prs(world), VTD_PRS_PPR);
	EXPECT_EQ(get64(world, VTD_PQT), 64);
	EXPECT_EQ(ask(world, LAST()), VTD_MODEL_PAGE_HELD);
	vtd_model_advance(&world->model, 1000);
	EXPECT_EQ(get64(world, VTD_PQT), 96);
	check_done("requests on their way");

	/* Only so many fit: then the oldest ones arrive at once. */
	for (i = 0; i < 10; i++)
		EXPECT_EQ(ask(world, LAST()), VTD_MODEL_PAGE_HELD);
	EXPECT_EQ(world->model.registers.word[VTD_PQT / 4], 160);
	/* A wait without PD does not wait for them, one with PD does. */
	world_do(world, world_wait(0, 0));
	EXPECT_EQ(world_status(world, 0), 1);
	EXPECT_EQ(world->model.registers.word[VTD_PQT / 4], 160);
	world_do(world, world_wait(1, VTD_WAIT_PD));
	EXPECT_EQ(world_status(world, 1), 1);
	EXPECT_EQ(world->model.registers.word[VTD_PQT / 4], 13 * 32);
	check_done("drain");

	/* Drained into a full ring: answered, and PRO says so. */
	set64(world, VTD_PQH, 15 * 32);
	EXPECT_EQ(ask(world, LAST()), VTD_MODEL_PAGE_HELD);
	EXPECT_EQ(ask(world, LAST(.group = 9)), VTD_MODEL_PAGE_HELD);
	world_do(world, world_wait(2, VTD_WAIT_PD));
	EXPECT_EQ(world_status(world, 2), 1);
	EXPECT_EQ(prs(world), VTD_PRS_PPR | VTD_PRS_PRO);
	EXPECT_EQ(world->nmessages, 1);
	EXPECT_EQ(world->messages[0].group, 9);
	EXPECT_EQ(world->messages[0].code, VTD_PRR_SUCCESS);
	check_done("drain with overflow");
}

/* A device that asks for a page when it is told to forget one. */
static void ask_page(struct world *world,
		     const struct vtd_model_message *message)
{
	if (message->kind == VTD_MODEL_MESSAGE_INVALIDATE)
		ask(world, LAST(.group = 1));
}

static void test_during(struct world *world)
{
	struct vtd_dtlb_target target = { .sid = SID };

	start(world, 100);
	world->on_message = ask_page;
	world_push(world, vtd_desc_dev_tlb(&target, 0, 60));
	world_do(world, world_wait(0, VTD_WAIT_PD));
	EXPECT_EQ(world_status(world, 0), 1);
	EXPECT_EQ(get64(world, VTD_PQT), 32);
	check_done("a request during an invalidation is drained");
}

void suite_pages(void)
{
	struct world *world = world_new();

	test_entry(world);
	test_execute(world);
	test_overflow(world);
	test_size(world);
	test_stop_marker(world);
	test_refused(world);
	test_held(world);
	test_during(world);
	world_free(world);
}
