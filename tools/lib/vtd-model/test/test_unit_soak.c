// SPDX-License-Identifier: GPL-2.0-only
/*
 * A unit with registers, random software and random devices.
 *
 * Software that invalidates as the text wants it never finds anything stale,
 * however descriptors are ordered and however late devices answer, and a device
 * that asks again at once does not help. Each group of page requests has one
 * response. And whatever is written to the registers, they do not contradict
 * each other.
 */
#include <linux/kernel.h>
#include <string.h>

#include "../../../../drivers/iommu/intel/sim/model/dtlb.h"
#include "check.h"
#include "world.h"

#define ROUNDS		1500
#define PATIENCE	2000
#define RING		128
#define GROUPS		8

static u64 state;

static u64 next(u64 below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 11) % below;
}

static struct vtd_model_dtlb_entry entries[4];
static struct vtd_model_dtlb dtlb;
static u64 iova;

static const struct vtd_dtlb_target target = { .sid = SID, .qdep = 3 };

/* Without and with a PASID, read or translated first. */
static void device_asks(struct world *world)
{
	struct vtd_model_request rq = RQ(READ, iova);
	struct vtd_model_outcome out;

	rq.has_pasid = next(2);
	rq.pasid = PASID;
	if (next(2))
		rq.at = VTD_FRCD_AT_REQUEST;
	vtd_model_dma(&world->model, &rq, &out);
	if (rq.at == VTD_FRCD_AT_REQUEST)
		vtd_model_dtlb_fill(&dtlb, &world->model, &rq, &out);
}

static void told(struct world *world, const struct vtd_model_message *message)
{
	world->answer = next(2) ? next(20) : 0;
	if (message->kind != VTD_MODEL_MESSAGE_INVALIDATE)
		return;
	vtd_model_dtlb_invalidate(&dtlb, &message->desc);
	device_asks(world);
	device_asks(world);
}

/* What disturbs nobody. */
static void push_noise(struct world *world)
{
	switch (next(5)) {
	case 0:
		world_push(world, vtd_desc_iec_global());
		break;
	case 1:
		world_push(world, vtd_desc_wait(0, 0, 0));
		break;
	case 2:
		world_push(world, vtd_desc_words(VTD_DESC_PAGE_RESPONSE, 0));
		break;
	default:
		break;
	}
}

static int await(struct world *world, unsigned int which)
{
	unsigned int i;

	for (i = 0; i < PATIENCE && !world_status(world, which); i++)
		get32(world, VTD_FSTS);
	return i < PATIENCE;
}

/* @fence: what is between the IOTLB and the device TLB. */
static void invalidate(struct world *world, enum world_kind kind, u64 fence)
{
	world_put(world, AT_STATUS, 0);
	push_noise(world);
	if (kind == FIRST) {
		world_push(world, vtd_desc_pasid_iotlb_all(DID, PASID));
		push_noise(world);
		world_push(world, vtd_desc_pasid_iotlb_all(DID, RID_PASID));
		if (fence)
			world_push(world, vtd_desc_wait(fence, 0, 0));
	} else {
		world_push(world, vtd_desc_iotlb_domain(0, DID));
	}
	push_noise(world);
	world_push(world, vtd_desc_dev_tlb(&target, 0, 60));
	push_noise(world);
	world_push(world, vtd_desc_pasid_dev_tlb(&target, PASID, 0, 60));
	world_push(world, world_wait(0, VTD_WAIT_FN));
	push_noise(world);
	world_kick(world);
	if (next(3) == 0)
		device_asks(world);
	EXPECT(await(world, 0));
}

static unsigned int count_stale(struct world *world)
{
	struct vtd_model_outcome out;
	unsigned int i, stale = 0;

	for (i = 0; i < ARRAY_SIZE(entries); i++)
		stale += entries[i].valid &&
			 vtd_model_dtlb_stale(&world->model, &dtlb,
					      &entries[i]);
	out = world_ask(world, &RQ(READ, iova));
	stale += out.stale;
	out = world_ask(world, &PRQ(READ, iova));
	return stale + out.stale;
}

/* A page comes and goes; how often is something stale afterwards? */
static unsigned int soak(struct world *world, enum world_kind kind, u64 fence,
			 enum vtd_model_policy choices, u64 seed)
{
	struct vtd_model_config config = world_cached_config(world);
	u64 leaf = kind == FIRST ? FS1 : SS1;
	unsigned int round, stale = 0;

	state = seed;
	config.choices = choices;
	config.seed = seed;
	iova = kind == FIRST ? FS_VA : SS_IOVA;
	world_start(world, &config, kind);
	world_queue(world, VTD_IQA_DW);
	vtd_model_dtlb_init(&dtlb, SID, entries, ARRAY_SIZE(entries));
	world->on_message = told;
	for (round = 0; round < ROUNDS && !check_failures; round++) {
		device_asks(world);
		world_put(world, leaf, world_get(world, leaf) ^
			  (kind == FIRST ? VTD_FS_P : VTD_SS_R | VTD_SS_W));
		invalidate(world, kind, fence);
		stale += count_stale(world);
		EXPECT(!world_contradiction(world));
	}
	EXPECT_EQ(get32(world, VTD_FSTS) & VTD_FSTS_QUEUE, 0);
	EXPECT_EQ(world->nmisuses, 0);
	return stale;
}

static void test_invalidations(struct world *world)
{
	static const enum vtd_model_policy policies[] = {
		VTD_MODEL_STRICT, VTD_MODEL_LENIENT, VTD_MODEL_SEEDED,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(policies); i++) {
		EXPECT_EQ(soak(world, FIRST, VTD_WAIT_FN, policies[i], 11 + i),
			  0);
		EXPECT_EQ(soak(world, SECOND, 0, policies[i], 21 + i), 0);
	}
	check_done("invalidations as the text wants them");
	/* The same without the fence, and with a wait that is none. */
	EXPECT(soak(world, FIRST, 0, VTD_MODEL_STRICT, 31));
	EXPECT(soak(world, FIRST, VTD_WAIT_IF, VTD_MODEL_STRICT, 32));
	EXPECT(soak(world, FIRST, 0, VTD_MODEL_SEEDED, 33));
	EXPECT_EQ(soak(world, FIRST, 0, VTD_MODEL_LENIENT, 34), 0);
	check_done("without a fence they are not enough");
}

/* Of each group: requests with "last" that were sent, and responses. */
static unsigned int sent[GROUPS], answered[GROUPS];

static void answer_arrives(struct world *world,
			   const struct vtd_model_message *message)
{
	(void)world;
	answered[message->group]++;
}

static void device_sends(struct world *world)
{
	struct vtd_model_request rq = PRQ(PAGE_REQUEST, SS_IOVA);
	struct vtd_model_outcome out;

	rq.want_read = true;
	rq.group = next(GROUPS);
	rq.last = next(3) == 0;
	sent[rq.group] += rq.last;
	vtd_model_page_request(&world->model, &rq, &out);
}

/* Software of some laziness: clear PPR, then take what is in the queue. */
static void software_takes(struct world *world, unsigned int most)
{
	u64 head = get64(world, VTD_PQH), tail, qw1;
	u64 status = get32(world, VTD_PRS);

	set32(world, VTD_PRS, VTD_PRS_PPR);
	tail = get64(world, VTD_PQT);
	while (head != tail && most--) {
		qw1 = world_get(world, AT_REQUESTS + head + 8);
		if (qw1 & VTD_PRQ1_LPIG)
			world_do(world, vtd_desc_words(VTD_DESC_PAGE_RESPONSE |
				VTD_PGR_PP | (u64)PASID << 32 | SID << 16,
				qw1 & VTD_PGR1_PRGI));
		head = (head + 32) % (RING * 32);
	}
	set64(world, VTD_PQH, head);
	if (status & VTD_PRS_PRO && head == tail)
		set32(world, VTD_PRS, VTD_PRS_PRO);
}

static void test_pages(struct world *world)
{
	struct vtd_model_config config = world_cached_config(world);
	unsigned int round, group, overflows = 0;

	state = 41;
	config.page_reads = 6;
	world_start(world, &config, SECOND);
	set64(world, VTD_PQA, AT_REQUESTS);
	world_queue(world, VTD_IQA_DW);
	world->on_message = answer_arrives;
	for (round = 0; round < 20 * ROUNDS; round++) {
		device_sends(world);
		if (!next(100))
			software_takes(world, next(2 * RING));
		overflows += vtdm_reg32(&world->model, VTD_PRS) >> 1;
		EXPECT(!world_contradiction(world));
	}
	world_do(world, world_wait(0, VTD_WAIT_PD));
	while (get64(world, VTD_PQH) != get64(world, VTD_PQT))
		software_takes(world, RING);
	for (group = 0; group < GROUPS; group++)
		EXPECT_EQ(answered[group], sent[group]);
	EXPECT(overflows > 100 && overflows < 15 * ROUNDS);
	EXPECT_EQ(world->nmisuses, 0);
	check_done("each group has one response");
}

/* Any access to any register, and devices that go on. */
static void test_anything(struct world *world)
{
	struct vtd_model_config config = world_cached_config(world);
	unsigned int round, size, seed;
	u64 value;
	u32 at;

	config.cap |= VTD_CAP_PLMR | VTD_CAP_PHMR;
	config.choices = VTD_MODEL_SEEDED;
	for (seed = 51; seed < 61; seed++) {
		state = seed;
		config.seed = seed;
		config.command_reads = next(3);
		config.page_reads = next(5);
		config.timeout_reads = 1 + next(40);
		world_start(world, &config, SECOND);
		iova = SS_IOVA;
		vtd_model_dtlb_init(&dtlb, SID, entries, ARRAY_SIZE(entries));
		world->on_message = told;
		for (round = 0; round < ROUNDS && !check_failures; round++) {
			at = next(4) ? next(0x100) : next(0x1100);
			size = next(2) ? 4 : 8;
			at &= ~(size - 1);
			value = 1ULL << next(64);
			if (!next(3))
				value |= AT_QUEUE | 1ULL << next(64);
			if (next(2))
				vtd_model_write(&world->model, at, size, value);
			else
				vtd_model_read(&world->model, at, size);
			device_asks(world);
			device_sends(world);
			vtd_model_complete(&world->model, SID, next(4));
			world_put(world, AT_QUEUE + 16 * next(64),
				  next(10) | 0x10 * next(4));
			EXPECT_ABOUT(!world_contradiction(world), "%s",
				     world_contradiction(world));
		}
	}
	EXPECT(world->nmisuses > 100);
	check_done("any register, any value");
}

void suite_unit_soak(void)
{
	struct world *world = world_new();

	test_invalidations(world);
	test_pages(world);
	test_anything(world);
	world_free(world);
}
