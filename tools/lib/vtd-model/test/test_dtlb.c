// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device TLBs (VT-d chapter 4): what is kept, what an invalidation of either
 * type reaches, and what is stale.
 */
#include "../../../../drivers/iommu/intel/sim/model/dtlb.h"
#include "check.h"
#include "world.h"

#define ENTRIES	8

static struct vtd_model_dtlb_entry entries[ENTRIES];
static struct vtd_model_dtlb dtlb;

static const struct vtd_dtlb_target target = { .sid = SID };
static const struct vtd_dtlb_target other = { .sid = SID + 1 };

/* A translation request and what the device keeps of it. */
static struct vtd_model_outcome translate(struct world *world,
					  struct vtd_model_request rq)
{
	struct vtd_model_outcome out;

	rq.at = VTD_FRCD_AT_REQUEST;
	rq.access = VTD_ACCESS_READ;
	out = world_ask(world, &rq);
	vtd_model_dtlb_fill(&dtlb, &world->model, &rq, &out);
	return out;
}

static const struct vtd_model_dtlb_entry *find(struct vtd_model_request rq)
{
	return vtd_model_dtlb_find(&dtlb, &rq);
}

static void start(struct world *world, enum world_kind kind)
{
	struct vtd_model_config config = world_cached_config(world);

	world_unit(world, &config);
	world_build(world, kind);
	world_or(world, ENTRY(PASID) + 16, VTD_PE2_SRE);
	vtd_model_dtlb_init(&dtlb, SID, entries, ENTRIES);
}

static void test_fill(struct world *world)
{
	const struct vtd_model_dtlb_entry *entry;

	start(world, FIRST);
	EXPECT(!find(RQ(READ, FS_VA)));
	translate(world, RQ(READ, FS_VA + 0x40));
	entry = find(RQ(WRITE, FS_VA + 0xff8));
	EXPECT(entry && entry->addr == FS_VA && entry->host == AT_PAGE);
	EXPECT(entry && entry->order == 12 && entry->read && entry->write);
	EXPECT(!find(RQ(READ, FS_VA + 0x1000)));
	/* PASIDs and privilege are spaces of their own. */
	EXPECT(!find(PRQ(READ, FS_VA)));
	translate(world, PRQ(READ, FS_VA));
	EXPECT(find(PRQ(READ, FS_VA)));
	EXPECT(!find(PRQ(READ, FS_VA, .privileged = true)));
	EXPECT(!find(RQ(READ, FS_VA, .has_pasid = true, .pasid = PASID + 1)));
	/* The same again takes no second entry. */
	translate(world, PRQ(READ, FS_VA));
	EXPECT(entries[0].valid && entries[1].valid && !entries[2].valid);

	/* What grants nothing is not kept, nor the interrupt range. */
	translate(world, PRQ(READ, FS_VA + 0x1000));
	translate(world, RQ(READ, 0xfee00000));
	world_clear(world, SM_CONTEXT, VTD_SMCTX_P);
	vtd_model_set_translation(&world->model, 0);
	vtd_model_set_translation(&world->model, 1);
	translate(world, RQ(READ, FS_VA + 0x2000));
	EXPECT(!entries[2].valid);
	check_done("what is kept");
}

static void test_sizes(struct world *world)
{
	start(world, SECOND);
	world_put(world, SS2, 0x200000 | VTD_SS_W | VTD_PT_PS);
	translate(world, PRQ(READ, SS_IOVA));
	EXPECT_EQ(entries[0].order, 21);
	EXPECT_EQ(entries[0].addr, 0);
	EXPECT_EQ(entries[0].host, 0x200000);
	EXPECT(!entries[0].read && entries[0].write);
	EXPECT(find(PRQ(READ, 0x1ff000)));
	check_done("large pages");
}

static void test_full(struct world *world)
{
	unsigned int i;

	start(world, PT);
	for (i = 0; i <= ENTRIES; i++)
		translate(world, PRQ(READ, (u64)i << 30));
	EXPECT(!find(PRQ(READ, 0)));
	EXPECT(find(PRQ(READ, 1ULL << 30)));
	EXPECT(find(PRQ(READ, (u64)ENTRIES << 30)));
	check_done("all entries taken");
}

/* Four entries: without PASID, two PASIDs, and a large page of the first. */
static void fill_four(struct world *world)
{
	start(world, SECOND);
	world_put(world, SS2 + 8, 0x200000 | VTD_SS_R | VTD_PT_PS);
	world_put(world, ENTRY(6), world_get(world, ENTRY(PASID)));
	world_put(world, ENTRY(6) + 8, world_get(world, ENTRY(PASID) + 8));
	translate(world, RQ(READ, SS_IOVA));
	translate(world, PRQ(READ, SS_IOVA));
	translate(world, RQ(READ, SS_IOVA, .has_pasid = true, .pasid = 6));
	translate(world, PRQ(READ, 0x200000));
	EXPECT(entries[3].valid);
}

static void expect_left(struct world *world, struct vtd_desc desc,
			unsigned int left)
{
	unsigned int i, bits = 0, gone = 0;

	fill_four(world);
	for (i = 0; i < 4; i++)
		gone += !(left & 1u << i);
	EXPECT_EQ(vtd_model_dtlb_invalidate(&dtlb, &desc), gone);
	for (i = 0; i < 4; i++)
		bits |= entries[i].valid << i;
	EXPECT_EQ(bits, left);
}

static void test_invalidate(struct world *world)
{
	struct vtd_desc desc;

	expect_left(world, vtd_desc_dev_tlb(&target, 0, 52), 0xe);
	expect_left(world, vtd_desc_dev_tlb(&target, SS_IOVA, 0), 0xe);
	expect_left(world, vtd_desc_dev_tlb(&target, SS_IOVA ^ 0x1000, 0), 0xf);
	expect_left(world, vtd_desc_dev_tlb(&target, 0x40000, 6), 0xe);
	expect_left(world, vtd_desc_dev_tlb(&target, 0x80000, 6), 0xf);
	expect_left(world, vtd_desc_dev_tlb(&other, 0, 52), 0xf);
	expect_left(world, vtd_desc_pasid_dev_tlb(&target, PASID, 0, 52), 0x5);
	expect_left(world, vtd_desc_pasid_dev_tlb(&target, PASID, SS_IOVA, 0),
		    0xd);
	/* Any part of a large page takes it. */
	expect_left(world, vtd_desc_pasid_dev_tlb(&target, PASID, 0x3ff000, 0),
		    0x7);
	expect_left(world, vtd_desc_pasid_dev_tlb(&target, PASID, 0, 10), 0x5);
	expect_left(world, vtd_desc_pasid_dev_tlb(&target, 9, 0, 52), 0xf);
	expect_left(world, vtd_desc_pasid_dev_tlb(&other, PASID, 0, 52), 0xf);
	/* All PASIDs, but not what has none */
	desc = vtd_desc_pasid_dev_tlb(&target, 9, 0, 52);
	desc.qw[1] |= VTD_PDTLB1_GI;
	expect_left(world, desc, 0x1);
	/* All ones up to the highest bit: no size at all, so everything */
	desc = vtd_desc_dev_tlb(&target, 0, 52);
	desc.qw[1] |= VTD_DESC1_ADDR;
	expect_left(world, desc, 0xe);
	/* Another type names no device. */
	expect_left(world, vtd_desc_iotlb_global(0), 0xf);
	check_done("invalidations of types 3 and 8");
}

static u32 stale(struct world *world, const struct vtd_model_dtlb_entry *entry)
{
	world->nnotes = 0;
	return vtd_model_dtlb_stale(&world->model, &dtlb, entry);
}

static void expect_needed_helps(struct world *world)
{
	EXPECT_EQ(world->nnotes, 1);
	EXPECT_EQ(world->note.cache, VTD_MODEL_CACHE_DEVICE);
	EXPECT_EQ(world->note.sid, SID);
	EXPECT_EQ(vtd_model_dtlb_invalidate(&dtlb, &world->note.needed), 1);
}

static void test_stale(struct world *world)
{
	struct vtd_model_ops ops;

	fill_four(world);
	EXPECT_EQ(stale(world, &entries[0]), 0);
	EXPECT_EQ(stale(world, &entries[3]), 0);
	/* Less than memory grants is no concern. */
	world_or(world, SS2 + 8, VTD_SS_W);
	EXPECT_EQ(stale(world, &entries[3]), 0);
	world_put(world, SS2 + 8, 0x200000 | VTD_SS_W | VTD_PT_PS);
	EXPECT_EQ(stale(world, &entries[3]), 1);
	expect_needed_helps(world);
	world_clear(world, SS1, VTD_SS_R);
	EXPECT_EQ(stale(world, &entries[0]), 1);
	world_put(world, SS1, AT_PAGE | VTD_SS_R);
	EXPECT_EQ(stale(world, &entries[0]), 1);
	expect_needed_helps(world);
	world_put(world, SS1, AT_PAGE | 0x80000 | VTD_SS_R | VTD_SS_W);
	EXPECT_EQ(stale(world, &entries[1]), 1);
	EXPECT_EQ(world->note.pasid, PASID);
	EXPECT_EQ(world->note.did, DID);
	expect_needed_helps(world);
	world_clear(world, SS1, VTD_SS_W | VTD_SS_R);
	EXPECT_EQ(stale(world, &entries[2]), 1);
	expect_needed_helps(world);

	/* A large page became small ones. */
	fill_four(world);
	world_put(world, SS2 + 8, 0x99000 | VTD_SS_R);
	world_put(world, 0x99000, 0x200000 | VTD_SS_R);
	EXPECT_EQ(stale(world, &entries[3]), 1);

	/* What the device may only write, it need not be able to read. */
	start(world, SECOND);
	world_put(world, SS1, AT_PAGE | VTD_SS_W);
	translate(world, PRQ(READ, SS_IOVA));
	EXPECT_EQ(stale(world, &entries[0]), 0);
	/* Abort mode grants nothing. */
	vtd_model_set_root(&world->model,
			   FIELD_PREP(VTD_RTADDR_TTM, VTD_TTM_ABORT));
	EXPECT_EQ(stale(world, &entries[0]), 1);
	fill_four(world);
	world_put(world, SS2 + 8, 0x99000 | VTD_SS_R);

	/* Nobody listens. */
	ops = *world->config.ops;
	ops.note = NULL;
	world->model.config.ops = &ops;
	EXPECT_EQ(stale(world, &entries[3]), 1);
	EXPECT_EQ(world->nnotes, 0);
	check_done("stale entries of a device");
}

void suite_dtlb(void)
{
	struct world *world = world_new();

	test_fill(world);
	test_sizes(world);
	test_full(world);
	test_invalidate(world);
	test_stale(world);
	world_free(world);
}
