// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random changes of tables, random requests, random invalidations: a unit whose
 * caches report nothing stale answers as a unit without caches does. And with
 * the right invalidation after each change nothing is ever stale.
 */
#include <string.h>

#include "check.h"
#include "world.h"

#define ROUNDS	20000

static u64 state;

static u64 next(u64 below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 11) % below;
}

/* Words that decide, and bits of them that make a difference. */
static const struct {
	u64 addr;
	u64 bits;
} words[] = {
	{ ROOT, VTD_ROOT_P | BIT(1) },
	{ SM_CONTEXT, VTD_SMCTX_P | VTD_SMCTX_DTE | VTD_SMCTX_PASIDE | BIT(7) },
	{ SM_CONTEXT + 8, 2 },
	{ AT_DIR, VTD_PDE_P | BIT(3) },
	{ ENTRY(PASID), VTD_PE0_P | VTD_PE0_SSADE | VTD_PE0_FPD | BIT(6) |
	  BIT(7) },
	{ ENTRY(PASID) + 8, BIT(1) | VTD_PE1_PGSNP },
	{ ENTRY(PASID) + 16, VTD_PE2_SRE | VTD_PE2_WPE | VTD_PE2_EAFE },
	{ FS4, VTD_FS_P | VTD_FS_RW },
	{ FS3, VTD_FS_P | VTD_FS_US },
	{ FS2, VTD_FS_P | VTD_FS_RW },
	{ FS1, VTD_FS_P | VTD_FS_RW | VTD_FS_US | BIT(12) },
	{ FS1 + 8, VTD_FS_P | VTD_FS_RW | BIT(13) },
	{ SS4, VTD_SS_R | VTD_SS_W },
	{ SS3, VTD_SS_R | VTD_SS_W },
	{ SS2, VTD_SS_R | VTD_SS_W | VTD_SS_SNP },
	{ SS1, VTD_SS_R | VTD_SS_W | VTD_SS_SNP | BIT(14) },
	{ SS1 + 8, VTD_SS_R | VTD_SS_W | BIT(15) },
	{ SS1_OF_FS(4), VTD_SS_R | VTD_SS_W },
	{ SS1_OF_FS(1), VTD_SS_R | VTD_SS_W },
};

/* Cleared flags make no entry stale, but fault where they cannot be set. */
static u64 flags_of(u64 addr, u64 value)
{
	if (addr >= FS(5) && addr < FS(1) + 0x1000)
		return value & (VTD_FS_A | VTD_FS_D | VTD_FS_EA);
	if (addr >= SS(5) && addr < SS(1) + 0x1000)
		return value & (VTD_SS_A | VTD_SS_D);
	return 0;
}

/* One bit in one word; mostly the word as it was at the start. */
static void mutate(struct world *world, struct world *twin, const u8 *good)
{
	unsigned int i = next(sizeof(words) / sizeof(words[0]));
	u64 value = world_get(world, words[i].addr), bit;
	u64 flags = flags_of(words[i].addr, value);

	do {
		bit = BIT_ULL(next(64));
	} while (!(bit & words[i].bits));
	if (next(6))
		memcpy(&value, good + words[i].addr, sizeof(value));
	else
		value ^= bit;
	value |= flags;
	world_put(world, words[i].addr, value);
	world_put(twin, words[i].addr, value);
}

static struct vtd_model_request random_request(enum world_kind kind)
{
	static const enum vtd_access accesses[] = {
		VTD_ACCESS_READ, VTD_ACCESS_WRITE, VTD_ACCESS_ATOMIC,
	};
	u64 first = kind == FIRST || kind == NESTED;
	struct vtd_model_request rq = RQ(READ, 0);

	rq.addr = (next(16) ? first : !first) ? FS_VA : SS_IOVA;
	rq.addr += next(2) << 12;
	rq.at = next(4) ? VTD_FRCD_AT_UNTRANSLATED : VTD_FRCD_AT_REQUEST;
	if (rq.at == VTD_FRCD_AT_UNTRANSLATED)
		rq.access = accesses[next(3)];
	if (next(3)) {
		rq.has_pasid = true;
		rq.pasid = PASID;
		rq.privileged = !next(4);
	}
	return rq;
}

static struct vtd_desc random_descriptor(void)
{
	u16 did = DID + 2 * next(2);
	u64 addr = next(2) ? FS_VA : SS_IOVA;

	switch (next(7)) {
	case 0:
		return vtd_desc_context_global();
	case 1:
		return vtd_desc_pasid_cache_global();
	case 2:
		return vtd_desc_pasid_cache(did, PASID);
	case 3:
		return vtd_desc_iotlb_domain(0, did);
	case 4:
		return vtd_desc_iotlb_page(0, did, addr, 0,
					   next(2) * VTD_IOTLB1_IH);
	case 5:
		return vtd_desc_pasid_iotlb_all(did, PASID);
	default:
		return vtd_desc_pasid_iotlb_page(did, PASID, addr, 0,
						 next(2) * VTD_IOTLB1_IH);
	}
}

static void flush(struct world *world)
{
	struct vtd_desc desc = vtd_desc_context_global();

	vtd_model_invalidate(&world->model, &desc);
	desc = vtd_desc_pasid_cache_global();
	vtd_model_invalidate(&world->model, &desc);
	desc = vtd_desc_iotlb_global(0);
	vtd_model_invalidate(&world->model, &desc);
}

static void expect_same(const struct vtd_model_outcome *a,
			const struct vtd_model_outcome *b, unsigned int round)
{
	EXPECT_ABOUT(a->verdict == b->verdict && a->reason == b->reason,
		     "round %u: verdict %u, reason 0x%x; without caches %u, 0x%x",
		     round, a->verdict, a->reason, b->verdict, b->reason);
	if (a->verdict != VTD_MODEL_DONE)
		return;
	EXPECT_ABOUT(a->addr == b->addr && a->size == b->size &&
		     a->read == b->read && a->write == b->write &&
		     a->snoop == b->snoop && a->ats_n == b->ats_n,
		     "round %u", round);
}

struct soak {
	const char *name;
	enum world_kind kind;
	u64 seed;
	int careful;	/* a full flush after each change */
	enum vtd_model_retention retention;
	enum vtd_model_policy choices;
	u64 cap;
};

static void run_soak(struct world *world, struct world *twin,
		     const struct soak *soak)
{
	struct vtd_model_config config = world_cached_config(world);
	struct vtd_model_config plain = world_config();
	unsigned int round, hits = 0, stale = 0;
	static u8 good[0x40000];

	config.retention = soak->retention;
	config.choices = soak->choices;
	config.cap |= soak->cap;
	config.seed = soak->seed;
	plain.choices = soak->choices == VTD_MODEL_SEEDED ? VTD_MODEL_STRICT :
							    soak->choices;
	state = soak->seed;
	world_unit(world, &config);
	world_build(world, soak->kind);
	world_unit(twin, &plain);
	world_build(twin, soak->kind);
	/* Entries that share a domain id would have to agree in SSADE. */
	world_put(world, ENTRY(RID_PASID) + 8, VTD_PE1_PWSNP | (DID + 2));
	world_put(twin, ENTRY(RID_PASID) + 8, VTD_PE1_PWSNP | (DID + 2));
	memcpy(good, world->mem, sizeof(good));
	for (round = 0; round < ROUNDS && !check_failures; round++) {
		struct vtd_model_request rq = random_request(soak->kind);
		struct vtd_desc desc = random_descriptor();
		struct vtd_model_outcome a, b;

		if (!next(4)) {
			mutate(world, twin, good);
			if (soak->careful)
				flush(world);
		}
		if (!next(8))
			vtd_model_invalidate(&world->model, &desc);
		world->nreads = 0;
		a = world_ask(world, &rq);
		b = world_ask(twin, &rq);
		hits += world->model.caches.nr[0] && !a.reason;
		stale += !!a.stale;
		if (soak->careful)
			EXPECT_ABOUT(!a.stale, "round %u", round);
		if (!a.stale)
			expect_same(&a, &b, round);
	}
	EXPECT(hits > ROUNDS / 20);
	EXPECT(soak->careful || stale > ROUNDS / 100);
	check_done(soak->name);
}

static const struct soak soaks[] = {
	{ "second stage", SECOND, 1 },
	{ "first stage", FIRST, 2 },
	{ "nested", NESTED, 3 },
	{ "pass-through", PT, 4 },
	{ "nested, with care", NESTED, 5, .careful = 1 },
	{ "nested, with care, CM=1", NESTED, 6, .careful = 1,
	  .cap = VTD_CAP_CM },
	{ "second stage, CM=1", SECOND, 7, .cap = VTD_CAP_CM },
	{ "nested, seeded retention", NESTED, 8,
	  .retention = VTD_MODEL_KEEP_SEEDED },
	{ "nested, lenient", NESTED, 9, .choices = VTD_MODEL_LENIENT },
};

void suite_soak(void)
{
	struct world *world = world_new(), *twin = world_new();
	unsigned int i;

	for (i = 0; i < sizeof(soaks) / sizeof(soaks[0]); i++)
		run_soak(world, twin, &soaks[i]);
	world_free(world);
	world_free(twin);
}
