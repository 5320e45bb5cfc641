// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of descriptors (VT-d chapter 6): each pair of types that the text
 * orders stays in order by every policy, and each other pair does not; waits,
 * fences, the depth of a device's queue.
 */
#include <string.h>

#include "../../../../drivers/iommu/intel/sim/model/dtlb.h"
#include "../../../../drivers/iommu/intel/sim/model/order.h"
#include "check.h"
#include "world.h"

#define TYPES	10

static const struct vtd_dtlb_target target = { .sid = SID };

static void start(struct world *world, enum vtd_model_policy choices, u64 seed)
{
	struct vtd_model_config config = world_cached_config(world);

	config.choices = choices;
	config.seed = seed;
	world_start(world, &config, SECOND);
	world_queue(world, VTD_IQA_DW);
}

static struct vtd_desc desc_of(unsigned int type)
{
	switch (type) {
	case VTD_DESC_CONTEXT:
		return vtd_desc_context_global();
	case VTD_DESC_IOTLB:
		return vtd_desc_iotlb_global(0);
	case VTD_DESC_DEV_TLB:
		return vtd_desc_dev_tlb(&target, 0, 0);
	case VTD_DESC_IEC:
		return vtd_desc_iec_global();
	case VTD_DESC_PASID_IOTLB:
		return vtd_desc_pasid_iotlb_all(DID, PASID);
	case VTD_DESC_PASID_CACHE:
		return vtd_desc_pasid_cache_global();
	case VTD_DESC_PASID_DEV_TLB:
		return vtd_desc_pasid_dev_tlb(&target, PASID, 0, 0);
	case VTD_DESC_PAGE_RESPONSE:
		return vtd_desc_words(VTD_DESC_PAGE_RESPONSE, 0);
	default:
		return world_wait(0, 0);
	}
}

/* ordered[first][second]: the second never runs before the first. */
static const u8 ordered[TYPES][TYPES] = {
	[VTD_DESC_CONTEXT] = { [VTD_DESC_IOTLB] = 1,
		[VTD_DESC_PASID_IOTLB] = 1, [VTD_DESC_PASID_CACHE] = 1 },
	[VTD_DESC_IOTLB] = { [VTD_DESC_DEV_TLB] = 1,
		[VTD_DESC_PASID_DEV_TLB] = 1 },
	[VTD_DESC_DEV_TLB] = { [VTD_DESC_DEV_TLB] = 1,
		[VTD_DESC_PASID_DEV_TLB] = 1, [VTD_DESC_PAGE_RESPONSE] = 1 },
	[VTD_DESC_IEC] = { [VTD_DESC_DEV_TLB] = 1,
		[VTD_DESC_PASID_DEV_TLB] = 1 },
	[VTD_DESC_PASID_IOTLB] = { [VTD_DESC_PASID_DEV_TLB] = 1 },
	[VTD_DESC_PASID_CACHE] = { [VTD_DESC_IOTLB] = 1,
		[VTD_DESC_PASID_IOTLB] = 1 },
	[VTD_DESC_PASID_DEV_TLB] = { [VTD_DESC_DEV_TLB] = 1,
		[VTD_DESC_PASID_DEV_TLB] = 1, [VTD_DESC_PAGE_RESPONSE] = 1 },
	[VTD_DESC_PAGE_RESPONSE] = { [VTD_DESC_DEV_TLB] = 1,
		[VTD_DESC_PASID_DEV_TLB] = 1, [VTD_DESC_PAGE_RESPONSE] = 1 },
};

/*
 * In front of the pair a fence with a request that the device has not
 * completed; when it does, both are ready or not by their types alone. Which
 * of them is the first to leave shows by what is left of the other.
 */
static bool second_first(struct world *world, unsigned int first,
			 unsigned int second)
{
	struct vtdm_queue *queue = &world->model.queue;
	unsigned int i;
	bool overtaken = false;

	world->answer = VTD_MODEL_COMPLETE_LATER;
	world_push(world, vtd_desc_dev_tlb(&target, 0x5000, 0));
	world_push(world, vtd_desc_wait(VTD_WAIT_FN, 0, 0));
	world_push(world, desc_of(first));
	world_do(world, desc_of(second));
	EXPECT_EQ(queue->nr, 4);
	/* As the run does it, but one at a time. */
	memmove(queue->entry, queue->entry + 2, 2 * sizeof(queue->entry[0]));
	queue->nr = 2;
	i = vtdm_order_pick(&world->model);
	overtaken = i == 1;
	queue->nr = 0;
	return overtaken;
}

static void test_pairs(struct world *world)
{
	unsigned int first, second, seed, seen;

	for (first = 1; first < TYPES; first++) {
		for (second = 1; second < TYPES; second++) {
			/* A wait behind something waits for it. */
			if (first == VTD_DESC_WAIT || second == VTD_DESC_WAIT)
				continue;
			start(world, VTD_MODEL_STRICT, 0);
			EXPECT_ABOUT(second_first(world, first, second) !=
				     ordered[first][second],
				     "strict: %u, %u", first, second);
			start(world, VTD_MODEL_LENIENT, 0);
			EXPECT_ABOUT(!second_first(world, first, second),
				     "lenient: %u, %u", first, second);
			seen = 0;
			for (seed = 0; seed < 12; seed++) {
				start(world, VTD_MODEL_SEEDED, seed);
				seen |= 1 << second_first(world, first, second);
			}
			EXPECT_ABOUT(seen == (ordered[first][second] ? 1 : 3),
				     "seeded: %u, %u: %u", first, second, seen);
		}
	}
	check_done("which type overtakes which");
}

static struct vtd_model_dtlb_entry entries[4];
static struct vtd_model_dtlb dtlb;

/* A device that asks again as soon as it was told to forget. */
static void ask_again(struct world *world,
		      const struct vtd_model_message *message)
{
	struct vtd_model_request rq = TRQ(FS_VA);
	struct vtd_model_outcome out;

	if (message->kind != VTD_MODEL_MESSAGE_INVALIDATE)
		return;
	vtd_model_dtlb_invalidate(&dtlb, &message->desc);
	vtd_model_dma(&world->model, &rq, &out);
	vtd_model_dtlb_fill(&dtlb, &world->model, &rq, &out);
}

/* Unmap, invalidate by @fence and @domain, and look at the device. */
static bool device_is_stale(struct world *world, u64 fence, int domain)
{
	const struct vtd_model_dtlb_entry *entry;
	struct vtd_model_config config = world_cached_config(world);
	struct vtd_model_request rq = TRQ(FS_VA);
	struct vtd_model_outcome out;

	world_start(world, &config, FIRST);
	world_queue(world, VTD_IQA_DW);
	vtd_model_dtlb_init(&dtlb, SID, entries, 4);
	world->on_message = ask_again;
	vtd_model_dma(&world->model, &rq, &out);
	vtd_model_dtlb_fill(&dtlb, &world->model, &rq, &out);
	world_clear(world, FS1, VTD_FS_P);
	world_push(world, domain ? vtd_desc_iotlb_domain(0, DID) :
		   vtd_desc_pasid_iotlb_all(DID, RID_PASID));
	if (fence)
		world_push(world, vtd_desc_wait(fence, 0, 0));
	world_push(world, vtd_desc_dev_tlb(&target, 0, 60));
	world_do(world, world_wait(0, 0));
	EXPECT_EQ(world_status(world, 0), 1);
	entry = vtd_model_dtlb_find(&dtlb, &rq);
	return entry && vtd_model_dtlb_stale(&world->model, &dtlb, entry);
}

static void test_gap(struct world *world)
{
	EXPECT(device_is_stale(world, 0, 0));
	EXPECT(!device_is_stale(world, VTD_WAIT_FN, 0));
	EXPECT(!device_is_stale(world, 0, 1));
	check_done("type 3 overtakes type 6 unless a fence is between");
}

static void test_waits(struct world *world)
{
	/* A later wait vouches only for what is behind the one before it. */
	start(world, VTD_MODEL_STRICT, 0);
	world->answer = 20;
	world_push(world, vtd_desc_dev_tlb(&target, 0, 0));
	world_push(world, world_wait(0, 0));
	world_push(world, vtd_desc_iotlb_global(0));
	world_do(world, world_wait(1, 0));
	EXPECT_EQ(world_status(world, 0), 0);
	EXPECT_EQ(world_status(world, 1), 1);
	vtd_model_advance(&world->model, 20);
	EXPECT_EQ(world_status(world, 0), 1);
	check_done("a wait does not vouch for what an earlier one waits for");

	/* With FN it does. */
	start(world, VTD_MODEL_STRICT, 0);
	world->answer = 20;
	world_push(world, vtd_desc_dev_tlb(&target, 0, 0));
	world_push(world, world_wait(0, 0));
	world_do(world, world_wait(1, VTD_WAIT_FN));
	world_do(world, world_wait(2, 0));
	EXPECT_EQ(world_status(world, 1) | world_status(world, 2), 0);
	vtd_model_advance(&world->model, 20);
	EXPECT_EQ(world_status(world, 0) & world_status(world, 1) &
		  world_status(world, 2), 1);
	check_done("a fence vouches for all before it");

	/* The section goes on after its wait is done. */
	start(world, VTD_MODEL_STRICT, 0);
	world_do(world, world_wait(0, 0));
	world->answer = 20;
	world_do(world, vtd_desc_dev_tlb(&target, 0, 0));
	world_do(world, world_wait(1, 0));
	EXPECT_EQ(world_status(world, 1), 0);
	vtd_model_advance(&world->model, 20);
	EXPECT_EQ(world_status(world, 1), 1);
	check_done("a wait vouches for what came behind a finished one");
}

/* Not more requests at once than MIP says, by PFSID if the unit has DIT. */
static void test_depth(struct world *world)
{
	struct vtd_dtlb_target small = { .sid = SID, .pfsid = 0x155,
					 .qdep = 2 };
	struct vtd_dtlb_target vf = { .sid = SID + 1, .pfsid = 0x155,
				      .qdep = 2 };
	struct vtd_dtlb_target pf = { .sid = SID + 1, .pfsid = 0x2155,
				      .qdep = 2 };
	struct vtd_model_config config = world_cached_config(world);

	start(world, VTD_MODEL_STRICT, 0);
	world->answer = 5;
	world_push(world, vtd_desc_dev_tlb(&small, 0, 0));
	world_push(world, vtd_desc_pasid_dev_tlb(&vf, PASID, 0, 0));
	world_push(world, vtd_desc_dev_tlb(&small, 0, 0));
	world_do(world, world_wait(0, 0));
	EXPECT_EQ(world->nmessages, 2);
	vtd_model_advance(&world->model, 5);
	EXPECT_EQ(world->nmessages, 3);
	vtd_model_advance(&world->model, 5);
	EXPECT_EQ(world_status(world, 0), 1);
	world_push(world, vtd_desc_dev_tlb(&small, 0, 0));
	world_push(world, vtd_desc_dev_tlb(&small, 0, 0));
	world_do(world, vtd_desc_dev_tlb(&pf, 0, 0));
	EXPECT_EQ(world->nmessages, 6);
	check_done("the depth of a device's queue, by PFSID");

	config.ecap &= ~VTD_ECAP_DIT;
	small.pfsid = 0;
	vf.pfsid = 0;
	world_start(world, &config, SECOND);
	world_queue(world, VTD_IQA_DW);
	world->answer = 5;
	world_push(world, vtd_desc_dev_tlb(&small, 0, 0));
	world_push(world, vtd_desc_dev_tlb(&small, 0, 0));
	world_push(world, vtd_desc_dev_tlb(&vf, 0, 0));
	world_push(world, vtd_desc_pasid_dev_tlb(&small, PASID, 0, 0));
	world_do(world, vtd_desc_dev_tlb(&vf, 0, 0));
	/* They go out in order: what is behind the full one waits, too. */
	EXPECT_EQ(world->nmessages, 3);
	check_done("the depth of a device's queue, by source id");

	/* Source id 0 is a device as any. */
	small.sid = 0;
	small.qdep = 1;
	world_start(world, &config, SECOND);
	world_queue(world, VTD_IQA_DW);
	world->answer = 5;
	world_push(world, vtd_desc_dev_tlb(&small, 0, 0));
	world_do(world, vtd_desc_dev_tlb(&small, 0, 0));
	EXPECT_EQ(world->nmessages, 1);
	check_done("the depth of device 0's queue");

	/* 0 is 32, which is as many as the unit has in work. */
	start(world, VTD_MODEL_STRICT, 0);
	world->answer = 5;
	small.qdep = 0;
	{
		unsigned int i;

		for (i = 0; i < 40; i++)
			world_push(world, vtd_desc_dev_tlb(&small, 0, 0));
	}
	world_kick(world);
	EXPECT_EQ(world->nmessages, 32);
	EXPECT_EQ(get64(world, VTD_IQH), 32 * 32);
	vtd_model_advance(&world->model, 5);
	EXPECT_EQ(world->nmessages, 40);
	check_done("the depth that 0 stands for");
}

void suite_order(void)
{
	struct world *world = world_new();

	test_pairs(world);
	test_gap(world);
	test_waits(world);
	test_depth(world);
	world_free(world);
}
