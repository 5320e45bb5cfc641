// SPDX-License-Identifier: GPL-2.0-only
/*
 * The invalidation queue (VT-d chapter 6): the ring, wait descriptors, devices
 * that answer now, late, never or twice, and its errors with their aftermath.
 */
#include <string.h>

#include "check.h"
#include "world.h"

static const struct vtd_dtlb_target target = { .sid = SID };
static const struct vtd_dtlb_target other = { .sid = SID + 1 };

static void start(struct world *world, enum vtd_model_policy choices)
{
	struct vtd_model_config config = world_cached_config(world);

	config.choices = choices;
	config.timeout_reads = 50;
	world_start(world, &config, SECOND);
	world_queue(world, VTD_IQA_DW);
}

static u64 fsts(struct world *world)
{
	return get32(world, VTD_FSTS);
}

static void test_ring(struct world *world)
{
	struct vtd_model_config config = world_config();
	unsigned int i;

	/* 128 bits, 256 of them in a page. */
	world_start(world, &config, LEGACY);
	world_queue(world, 0);
	for (i = 0; i < 600; i++) {
		world_do(world, world_wait(i % 200, 0));
		EXPECT_EQ(get64(world, VTD_IQH), world->tail);
		EXPECT_EQ(world_status(world, i % 200), 1);
		world_put(world, AT_STATUS + 8 * (i % 200), 0);
	}
	check_done("a ring of 128-bit descriptors");

	/* Two pages of 256 bits; half as many entries in a page. */
	start(world, VTD_MODEL_STRICT);
	world_queue(world, VTD_IQA_DW | 1);
	EXPECT_EQ(world->nmisuses, 1);
	start(world, VTD_MODEL_STRICT);
	set32(world, VTD_GCMD, VTD_GCMD_TE);
	world_queue(world, VTD_IQA_DW | 1);
	EXPECT_EQ(world->nmisuses, 0);
	for (i = 0; i < 300; i++)
		world_do(world, vtd_desc_context_global());
	EXPECT_EQ(world->tail, 300 % 256 * 32);
	EXPECT_EQ(get64(world, VTD_IQH), world->tail);
	EXPECT_EQ(fsts(world), 0);
	/* More at once than the unit has in work at a time. */
	for (i = 0; i < 200; i++)
		world_push(world, world_wait(i, 0));
	world_kick(world);
	for (i = 0; i < 200; i++)
		EXPECT_EQ(world_status(world, i), 1);
	check_done("a ring of 256-bit descriptors");
}

static void test_enable(struct world *world)
{
	struct vtd_model_config config = world_config();

	world_start(world, &config, SECOND);
	set64(world, VTD_IQA, AT_QUEUE | VTD_IQA_DW);
	world_do(world, world_wait(0, 0));
	EXPECT_EQ(get64(world, VTD_IQH), 0);
	EXPECT_EQ(world_status(world, 0), 0);
	set32(world, VTD_GCMD, VTD_GCMD_TE | VTD_GCMD_QIE);
	EXPECT_EQ(world_status(world, 0), 1);
	EXPECT_EQ(world->nmisuses, 1);
	set64(world, VTD_IQA, 0);
	EXPECT_EQ(world->nmisuses, 2);
	EXPECT_EQ(get64(world, VTD_IQA), AT_QUEUE | VTD_IQA_DW);
	set32(world, VTD_GCMD, VTD_GCMD_TE);
	EXPECT_EQ(world->nmisuses, 2);
	EXPECT_EQ(get64(world, VTD_IQH), 0);
	check_done("enable and disable");

	/* Disabled with work in it: forgotten. */
	world->answer = VTD_MODEL_COMPLETE_LATER;
	world_queue(world, VTD_IQA_DW);
	world_do(world, vtd_desc_dev_tlb(&target, 0, 0));
	set32(world, VTD_GCMD, VTD_GCMD_TE);
	EXPECT_EQ(world->nmisuses, 3);
	EXPECT_EQ(vtd_model_complete(&world->model, SID, 0), 0);
	/* Disabled after an error in front of the tail. */
	world_queue(world, VTD_IQA_DW);
	world_do(world, vtd_desc_words(0, 0));
	set32(world, VTD_GCMD, VTD_GCMD_TE);
	EXPECT_EQ(world->nmisuses, 4);
	check_done("disabled with work in it");
}

static void test_wait(struct world *world)
{
	start(world, VTD_MODEL_STRICT);
	world_put(world, AT_STATUS, 0x1111111122222222);
	world_do(world, vtd_desc_wait(VTD_WAIT_SW, 0xabcdef01, AT_STATUS + 4));
	EXPECT_EQ(world_get(world, AT_STATUS), 0xabcdef0122222222);
	EXPECT_EQ(get32(world, VTD_ICS), 0);
	/* Address bits above the host's width are ignored. */
	world_do(world, vtd_desc_wait(VTD_WAIT_SW, 7, AT_STATUS | 1ULL << 46));
	EXPECT_EQ(world_get(world, AT_STATUS), 0xabcdef0100000007);
	world_do(world, vtd_desc_wait(VTD_WAIT_IF, 5, AT_STATUS));
	EXPECT_EQ(get32(world, VTD_ICS), VTD_ICS_IWC);
	EXPECT_EQ(world_get(world, AT_STATUS), 0xabcdef0100000007);
	world_do(world, vtd_desc_wait(VTD_WAIT_FN, 5, AT_STATUS));
	world_do(world, vtd_desc_wait(0, 5, AT_STATUS));
	EXPECT_EQ(world_get(world, AT_STATUS), 0xabcdef0100000007);
	EXPECT_EQ(fsts(world), 0);
	check_done("status, interrupt, fence");
}

/* The status is in memory when the interrupt is sent. */
static void test_wait_order(struct world *world)
{
	start(world, VTD_MODEL_STRICT);
	set32(world, VTD_IECTL, 0);
	world_do(world, world_wait(0, VTD_WAIT_IF));
	EXPECT_EQ(world->nevents, 1);
	EXPECT_EQ(world_status(world, 0), 1);
	world->fail_write = AT_STATUS + 8;
	world_do(world, world_wait(1, VTD_WAIT_IF));
	EXPECT_EQ(world_status(world, 1), 0);
	EXPECT_EQ(fsts(world), 0);
	check_done("both; a status that cannot be written");
}

static void test_devices(struct world *world)
{
	const struct vtd_model_message *message = world->messages;

	start(world, VTD_MODEL_STRICT);
	world_push(world, vtd_desc_dev_tlb(&target, 0x7000, 2));
	world_push(world, vtd_desc_pasid_dev_tlb(&other, PASID, 0, 60));
	world_do(world, world_wait(0, 0));
	EXPECT_EQ(world_status(world, 0), 1);
	EXPECT_EQ(world->nmessages, 2);
	EXPECT_EQ(message[0].kind, VTD_MODEL_MESSAGE_INVALIDATE);
	EXPECT_EQ(message[0].sid, SID);
	EXPECT_EQ(message[0].desc.qw[1], 0x5001);
	EXPECT_EQ(message[1].sid, SID + 1);
	EXPECT_EQ(message[1].desc.qw[1], 0x7ffffffffffff800);
	check_done("devices that answer at once");

	start(world, VTD_MODEL_STRICT);
	world->answer = 10;
	world_push(world, vtd_desc_dev_tlb(&target, 0, 0));
	world_do(world, world_wait(0, 0));
	vtd_model_advance(&world->model, 9);
	EXPECT_EQ(world_status(world, 0), 0);
	EXPECT_EQ(get64(world, VTD_IQH), 64);
	EXPECT_EQ(world_status(world, 0), 1);
	vtd_model_advance(&world->model, 1000);
	EXPECT_EQ(fsts(world), 0);
	check_done("devices that answer after some reads");

	/* In the last moment is in time. */
	start(world, VTD_MODEL_STRICT);
	world->answer = 50;
	world_push(world, vtd_desc_dev_tlb(&target, 0, 0));
	world_do(world, world_wait(0, 0));
	vtd_model_advance(&world->model, 1000);
	EXPECT_EQ(world_status(world, 0), 1);
	EXPECT_EQ(fsts(world), 0);
	check_done("the last moment");

	start(world, VTD_MODEL_STRICT);
	world->answer = VTD_MODEL_COMPLETE_LATER;
	world_push(world, vtd_desc_dev_tlb(&target, 0, 0));
	world_push(world, vtd_desc_dev_tlb(&target, 0x1000, 0));
	world_do(world, world_wait(0, 0));
	EXPECT(message[0].tag != message[1].tag);
	EXPECT_EQ(vtd_model_complete(&world->model, SID, message[1].tag), 1);
	EXPECT_EQ(world_status(world, 0), 0);
	EXPECT_EQ(vtd_model_complete(&world->model, SID, message[0].tag), 1);
	EXPECT_EQ(world_status(world, 0), 1);
	EXPECT_EQ(fsts(world), 0);
	check_done("devices that complete by themselves");
}

static void test_unexpected(struct world *world)
{
	start(world, VTD_MODEL_STRICT);
	world->answer = VTD_MODEL_COMPLETE_LATER;
	world_push(world, vtd_desc_dev_tlb(&target, 0, 0));
	world_do(world, world_wait(0, 0));
	/* Another device, another tag, then the right one, twice. */
	EXPECT_EQ(vtd_model_complete(&world->model, SID + 1, 0), 0);
	EXPECT_EQ(fsts(world), VTD_FSTS_ICE);
	EXPECT_EQ(get64(world, VTD_IQERCD), (u64)(SID + 1) << 48);
	EXPECT_EQ(vtd_model_complete(&world->model, SID, 9), 0);
	EXPECT_EQ(get64(world, VTD_IQERCD), (u64)(SID + 1) << 48);
	EXPECT_EQ(vtd_model_complete(&world->model, SID, 0), 1);
	EXPECT_EQ(world_status(world, 0), 1);
	set32(world, VTD_FSTS, VTD_FSTS_ICE);
	EXPECT_EQ(fsts(world) | get64(world, VTD_IQERCD), 0);
	EXPECT_EQ(vtd_model_complete(&world->model, SID, 0), 0);
	EXPECT_EQ(get64(world, VTD_IQERCD), (u64)SID << 48);
	/* The queue goes on. */
	world_do(world, world_wait(1, 0));
	EXPECT_EQ(world_status(world, 1), 1);
	check_done("ICE");
}

static void test_timeout(struct world *world, enum vtd_model_policy choices)
{
	start(world, choices);
	world_ask(world, &RQ(READ, SS_IOVA));
	world->answer = VTD_MODEL_COMPLETE_LATER;
	world_push(world, world_wait(0, 0));
	world_push(world, vtd_desc_dev_tlb(&target, 0, 0));
	world_push(world, vtd_desc_dev_tlb(&other, 0, 0));
	world_push(world, world_wait(1, VTD_WAIT_FN));
	world_push(world, vtd_desc_iotlb_global(0));
	world_do(world, world_wait(2, 0));
	EXPECT_EQ(get64(world, VTD_IQH), 6 * 32);
	vtd_model_advance(&world->model, 30);
	EXPECT_EQ(vtd_model_complete(&world->model, SID + 1,
				     world->messages[1].tag), 1);
	vtd_model_advance(&world->model, 17);
	EXPECT_EQ(fsts(world), 0);
	EXPECT_EQ(fsts(world), VTD_FSTS_ITE);
	EXPECT_EQ(get64(world, VTD_IQERCD), (u64)SID << 32);
	/* What was in front is done; the waits behind are never. */
	EXPECT_EQ(world_status(world, 0), 1);
	EXPECT_EQ(world_status(world, 1) | world_status(world, 2), 0);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_PAGE),
		  choices == VTD_MODEL_STRICT);
	EXPECT_EQ(get64(world, VTD_IQH), 6 * 32);
	/* Nothing is fetched until ITE is cleared. */
	world_do(world, world_wait(3, 0));
	EXPECT_EQ(get64(world, VTD_IQH), 6 * 32);
	set32(world, VTD_FSTS, VTD_FSTS_ITE);
	EXPECT_EQ(world_status(world, 3), 1);
	EXPECT_EQ(world_status(world, 1) | world_status(world, 2), 0);
	EXPECT_EQ(get64(world, VTD_IQERCD), 0);
	/* Late is unexpected. */
	EXPECT_EQ(vtd_model_complete(&world->model, SID, 0), 0);
	EXPECT_EQ(fsts(world), VTD_FSTS_ICE);
	check_done(choices == VTD_MODEL_STRICT ? "ITE: what was not begun is lost" :
		   "ITE: what was not begun is done");
}

/* ITESID stays that of the first; all of them leave. */
static void test_timeouts(struct world *world)
{
	start(world, VTD_MODEL_STRICT);
	world->answer = VTD_MODEL_COMPLETE_LATER;
	world_do(world, vtd_desc_dev_tlb(&target, 0, 0));
	vtd_model_advance(&world->model, 20);
	world->answer = 45;
	world_push(world, vtd_desc_dev_tlb(&other, 0, 0));
	world_do(world, world_wait(0, 0));
	world->answer = VTD_MODEL_COMPLETE_LATER;
	world_do(world, vtd_desc_dev_tlb(&other, 0x1000, 0));
	vtd_model_advance(&world->model, 60);
	EXPECT_EQ(get64(world, VTD_IQERCD), (u64)SID << 32);
	EXPECT_EQ(fsts(world), VTD_FSTS_ITE);
	set32(world, VTD_FSTS, VTD_FSTS_ITE);
	EXPECT_EQ(fsts(world), 0);
	EXPECT_EQ(world->model.queue.nr, 0);
	EXPECT_EQ(world_status(world, 0), 0);
	/* Both at once: the older one is named. */
	world_push(world, vtd_desc_dev_tlb(&target, 0, 0));
	world_do(world, vtd_desc_dev_tlb(&other, 0x1000, 0));
	vtd_model_advance(&world->model, 60);
	EXPECT_EQ(get64(world, VTD_IQERCD), (u64)SID << 32);
	check_done("several that time out");
}

/* With the default number of reads, and a unit that has no devices. */
static void test_no_devices(struct world *world)
{
	struct vtd_model_config config = world_config();
	struct vtd_model_ops ops;

	world_start(world, &config, SECOND);
	ops = *world->config.ops;
	ops.message = NULL;
	config = world->config;
	config.ops = &ops;
	EXPECT(!vtd_model_init(&world->model, &config));
	set64(world, VTD_RTADDR, AT_ROOT | VTD_TTM_SCALABLE << 10);
	set32(world, VTD_GCMD, VTD_GCMD_SRTP);
	world_queue(world, VTD_IQA_DW);
	world_push(world, vtd_desc_words(VTD_DESC_PAGE_RESPONSE, 0));
	world_do(world, vtd_desc_dev_tlb(&target, 0, 0));
	vtd_model_advance(&world->model, VTD_MODEL_TIMEOUT_READS - 1);
	EXPECT_EQ(vtd_model_read(&world->model, VTD_FSTS, 4), VTD_FSTS_ITE);
	check_done("no devices: every request times out");
}

static void test_error(struct world *world)
{
	start(world, VTD_MODEL_STRICT);
	world_push(world, vtd_desc_iotlb_global(0));
	world_push(world, world_wait(0, 0));
	world_push(world, vtd_desc_words(0xf, 0));
	world_do(world, world_wait(1, 0));
	EXPECT_EQ(fsts(world), VTD_FSTS_IQE);
	EXPECT_EQ(get64(world, VTD_IQERCD), VTD_IQEI_TYPE);
	EXPECT_EQ(get64(world, VTD_IQH), 64);
	EXPECT_EQ(world_status(world, 0), 1);
	EXPECT_EQ(world_status(world, 1), 0);
	/* The tail moves, and nothing happens. */
	world_do(world, world_wait(2, 0));
	EXPECT_EQ(get64(world, VTD_IQT), 5 * 32);
	EXPECT_EQ(get64(world, VTD_IQH), 64);
	/* Cleared without repair: the same again. */
	set32(world, VTD_FSTS, VTD_FSTS_IQE);
	EXPECT_EQ(fsts(world), VTD_FSTS_IQE);
	/* Repaired in place: it goes on there. */
	world_put(world, AT_QUEUE + 64, VTD_DESC_WAIT | VTD_WAIT_FN);
	set32(world, VTD_FSTS, VTD_FSTS_IQE);
	EXPECT_EQ(fsts(world) | get64(world, VTD_IQERCD), 0);
	EXPECT_EQ(get64(world, VTD_IQH), 5 * 32);
	EXPECT_EQ(world_status(world, 1) & world_status(world, 2), 1);
	check_done("IQE, repaired in place");

	/* What was fetched before still completes, however late. */
	start(world, VTD_MODEL_STRICT);
	world->answer = 5;
	world_push(world, vtd_desc_dev_tlb(&target, 0, 0));
	world_push(world, world_wait(0, 0));
	world_do(world, vtd_desc_words(0xf, 0));
	EXPECT_EQ(world_status(world, 0), 0);
	vtd_model_advance(&world->model, 5);
	EXPECT_EQ(world_status(world, 0), 1);
	EXPECT_EQ(fsts(world), VTD_FSTS_IQE);
	check_done("IQE, and what is in work");
}

static void test_tail(struct world *world)
{
	start(world, VTD_MODEL_STRICT);
	world_push(world, world_wait(0, 0));
	set64(world, VTD_IQT, 16);
	EXPECT_EQ(get64(world, VTD_IQERCD), VTD_IQEI_UNALIGNED);
	EXPECT_EQ(get64(world, VTD_IQH), 0);
	world_kick(world);
	set32(world, VTD_FSTS, VTD_FSTS_IQE);
	EXPECT_EQ(world_status(world, 0), 1);
	set64(world, VTD_IQT, 0x1000);
	EXPECT_EQ(get64(world, VTD_IQERCD), VTD_IQEI_TAIL);
	EXPECT_EQ(get64(world, VTD_IQH), 32);
	set64(world, VTD_IQT, 32);
	set32(world, VTD_FSTS, VTD_FSTS_IQE);
	EXPECT_EQ(fsts(world), 0);
	check_done("tails that are none");

	start(world, VTD_MODEL_STRICT);
	world_push(world, world_wait(0, 0));
	world->fail_read = AT_QUEUE;
	world_kick(world);
	EXPECT_EQ(get64(world, VTD_IQERCD), VTD_IQEI_FETCH);
	world->fail_read = AT_QUEUE + 16;
	set32(world, VTD_FSTS, VTD_FSTS_IQE);
	EXPECT_EQ(get64(world, VTD_IQERCD), VTD_IQEI_FETCH);
	world->fail_read = 0;
	set32(world, VTD_FSTS, VTD_FSTS_IQE);
	EXPECT_EQ(world_status(world, 0), 1);
	check_done("descriptors that cannot be read");
}

/* Each has its own field, which stays until its own bit is cleared. */
static void test_together(struct world *world)
{
	u64 sids = (u64)(SID + 2) << 48 | (u64)SID << 32;

	start(world, VTD_MODEL_STRICT);
	set32(world, VTD_FECTL, 0);
	world->answer = VTD_MODEL_COMPLETE_LATER;
	EXPECT_EQ(vtd_model_complete(&world->model, SID + 2, 0), 0);
	world_push(world, vtd_desc_dev_tlb(&target, 0, 0));
	world_do(world, vtd_desc_words(0xf, 0));
	EXPECT_EQ(get64(world, VTD_IQERCD), (u64)(SID + 2) << 48 | 3);
	vtd_model_advance(&world->model, 100);
	EXPECT_EQ(get64(world, VTD_IQERCD), sids | VTD_IQEI_TYPE);
	EXPECT_EQ(fsts(world), VTD_FSTS_IQE | VTD_FSTS_ITE | VTD_FSTS_ICE);
	EXPECT_EQ(world->nevents, 1);
	EXPECT_EQ(vtd_model_complete(&world->model, SID + 3, 0), 0);
	EXPECT_EQ(get64(world, VTD_IQERCD), sids | VTD_IQEI_TYPE);
	/* One error is enough to stop it. */
	world_put(world, AT_QUEUE + 32, VTD_DESC_WAIT | VTD_WAIT_FN);
	set32(world, VTD_FSTS, VTD_FSTS_IQE);
	EXPECT_EQ(get64(world, VTD_IQERCD), sids);
	EXPECT_EQ(get64(world, VTD_IQH), 32);
	set32(world, VTD_FSTS, VTD_FSTS_ITE);
	EXPECT_EQ(get64(world, VTD_IQERCD), (u64)(SID + 2) << 48);
	EXPECT_EQ(get64(world, VTD_IQH), 64);
	EXPECT_EQ(fsts(world), VTD_FSTS_ICE);
	EXPECT_EQ(world->nevents, 1);
	set32(world, VTD_FSTS, VTD_FSTS_ICE);
	world_do(world, vtd_desc_words(0xf, 0));
	EXPECT_EQ(world->nevents, 2);
	EXPECT_EQ(vtd_model_complete(&world->model, SID + 3, 0), 0);
	EXPECT_EQ(get64(world, VTD_IQERCD), (u64)(SID + 3) << 48 | 3);
	check_done("all errors together");
}

static void test_response(struct world *world)
{
	const struct vtd_model_message *message = world->messages;

	start(world, VTD_MODEL_STRICT);
	world_push(world, vtd_desc_words(VTD_DESC_PAGE_RESPONSE | VTD_PGR_PP |
					 FIELD_PREP(VTD_PGR_RC, 1) |
					 FIELD_PREP(VTD_PGR_SID, SID) |
					 FIELD_PREP(VTD_DESC_PASID, PASID),
					 FIELD_PREP(VTD_PGR1_PRGI, 0x1f3)));
	world_do(world, vtd_desc_words(VTD_DESC_PAGE_RESPONSE |
				       FIELD_PREP(VTD_PGR_RC, 15) |
				       FIELD_PREP(VTD_PGR_SID, SID) |
				       FIELD_PREP(VTD_DESC_PASID, PASID), 4));
	EXPECT_EQ(world->nmessages, 2);
	EXPECT_EQ(message[0].kind, VTD_MODEL_MESSAGE_RESPONSE);
	EXPECT(message[0].has_pasid && !message[0].automatic);
	EXPECT_EQ(message[0].pasid, PASID);
	EXPECT_EQ(message[0].group, 0x1f3);
	EXPECT_EQ(message[0].code, VTD_PRR_INVALID);
	EXPECT_EQ(message[0].sid, SID);
	EXPECT(!message[1].has_pasid && !message[1].pasid);
	EXPECT_EQ(message[1].code, VTD_PRR_FAILURE);
	check_done("page group responses");
}

/* All caches of the unit by descriptors in the queue. */
static void test_caches(struct world *world)
{
	start(world, VTD_MODEL_STRICT);
	world_ask(world, &RQ(READ, SS_IOVA));
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_PAGE), 1);
	world_do(world, vtd_desc_iotlb_domain(0, DID));
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_PAGE), 0);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_PASID), 1);
	world_do(world, vtd_desc_pasid_cache_global());
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_PASID), 0);
	world_do(world, vtd_desc_context_global());
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_CONTEXT), 0);
	world_do(world, vtd_desc_iec_global());
	world_do(world, vtd_desc_pasid_iotlb_all(DID, PASID));
	EXPECT_EQ(fsts(world), 0);
	check_done("descriptors reach the caches");
}

void suite_queue(void)
{
	struct world *world = world_new();

	test_ring(world);
	test_enable(world);
	test_wait(world);
	test_wait_order(world);
	test_devices(world);
	test_unexpected(world);
	test_timeout(world, VTD_MODEL_STRICT);
	test_timeout(world, VTD_MODEL_LENIENT);
	test_timeouts(world);
	test_no_devices(world);
	test_error(world);
	test_tail(world);
	test_together(world);
	test_response(world);
	test_caches(world);
	world_free(world);
}
