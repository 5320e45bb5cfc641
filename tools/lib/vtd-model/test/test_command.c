// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands (VT-d chapters 10, 11): GCMD and GSTS, SRTP, SIRTP, and
 * register-based invalidation.
 */
#include <linux/kernel.h>

#include "check.h"
#include "world.h"

#define IVA_AT		0x500
#define IOTLB_AT	0x508

static u32 gsts(struct world *world)
{
	return get32(world, VTD_GSTS);
}

/* One bit on or off, as software does it. */
static void command(struct world *world, u32 bit, int on)
{
	u32 now = gsts(world) & VTD_GSTS_KEEP;

	set32(world, VTD_GCMD, on ? now | bit : now & ~bit);
}

static void start(struct world *world, struct vtd_model_config config)
{
	world_unit(world, &config);
	world_build(world, SECOND);
	world_unit(world, &config);
	set64(world, VTD_RTADDR, AT_ROOT |
	      FIELD_PREP(VTD_RTADDR_TTM, VTD_TTM_SCALABLE));
}

static void test_one_shots(struct world *world)
{
	start(world, world_cached_config(world));
	EXPECT_EQ(world->model.rtaddr, 0);
	command(world, VTD_GCMD_SRTP, 1);
	EXPECT_EQ(gsts(world), VTD_GSTS_RTPS);
	EXPECT_EQ(world->model.rtaddr, get64(world, VTD_RTADDR));
	command(world, VTD_GCMD_TE, 1);
	EXPECT_EQ(gsts(world), VTD_GSTS_RTPS | VTD_GSTS_TES);
	EXPECT_EQ(world_ask(world, &RQ(READ, SS_IOVA)).addr, AT_PAGE);
	set64(world, VTD_RTADDR, 0x5000 |
	      FIELD_PREP(VTD_RTADDR_TTM, VTD_TTM_SCALABLE));
	EXPECT_EQ(world->model.rtaddr & VTD_RTADDR_RTA, AT_ROOT);
	command(world, VTD_GCMD_SRTP, 1);
	EXPECT_EQ(world->model.rtaddr & VTD_RTADDR_RTA, 0x5000);
	/* Without ESRTPS SRTP leaves the caches, and a change of TE does not. */
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_PAGE), 1);
	command(world, VTD_GCMD_TE, 0);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_PAGE), 0);
	EXPECT_EQ(gsts(world), VTD_GSTS_RTPS);
	EXPECT_EQ(world->nmisuses, 0);
	check_done("SRTP and TE");

	set64(world, VTD_IRTA, 0x60000 | VTD_IRTA_EIME | 7);
	EXPECT_EQ(world->model.irta, 0);
	command(world, VTD_GCMD_SIRTP, 1);
	EXPECT_EQ(world->model.irta, 0x60000 | VTD_IRTA_EIME | 7);
	EXPECT_EQ(gsts(world), VTD_GSTS_RTPS | VTD_GSTS_IRTPS);
	command(world, VTD_GCMD_IRE, 1);
	command(world, VTD_GCMD_CFI, 1);
	EXPECT(world->model.remapping && world->model.compatible);
	EXPECT_EQ(gsts(world), VTD_GSTS_RTPS | VTD_GSTS_IRTPS |
		  VTD_GSTS_IRES | VTD_GSTS_CFIS);
	command(world, VTD_GCMD_CFI, 0);
	command(world, VTD_GCMD_IRE, 0);
	EXPECT(!world->model.remapping && !world->model.compatible);
	EXPECT_EQ(world->nmisuses, 0);
	check_done("SIRTP, IRE and CFI");
}

static void test_write_buffer(struct world *world)
{
	struct vtd_model_config config = {
		.cap = 0x00d2008c222f0606 | VTD_CAP_RWBF, .ecap = 0xf00f4e,
		.version = 0x10, .haw = 48, .command_reads = 2,
	};

	world_unit(world, &config);
	command(world, VTD_GCMD_WBF, 1);
	EXPECT_EQ(gsts(world), VTD_GSTS_WBFS);
	EXPECT_EQ(gsts(world), 0);
	check_done("WBFS is 1 while it lasts");
}

/* Not done, and reported. */
static void expect_refused(struct world *world, u32 gcmd, const char *what)
{
	unsigned int before = world->nmisuses;
	u32 now = gsts(world);

	set32(world, VTD_GCMD, gcmd);
	EXPECT_ABOUT(world->nmisuses == before + 1 && gsts(world) == now,
		     "%s", what);
}

static void test_refused(struct world *world)
{
	struct vtd_model_config config = world_config();

	start(world, config);
	expect_refused(world, VTD_GCMD_SRTP | VTD_GCMD_TE, "SRTP and TE");
	expect_refused(world, VTD_GCMD_TE | VTD_GCMD_QIE, "TE and QIE");
	expect_refused(world, VTD_GCMD_WBF, "WBF, which SMTS excludes");
	expect_refused(world, BIT(29), "SFL");
	expect_refused(world, BIT(0), "reserved");
	/* The one-shot bits of GSTS, written back, are commands. */
	command(world, VTD_GCMD_SRTP, 1);
	expect_refused(world, gsts(world) | VTD_GCMD_TE, "GSTS as it is");
	check_done("what is no single command");

	config.ecap &= ~(VTD_ECAP_QI | VTD_ECAP_IR | VTD_ECAP_SMTS);
	start(world, config);
	expect_refused(world, VTD_GCMD_QIE, "QIE without QI");
	expect_refused(world, VTD_GCMD_IRE, "IRE without IR");
	expect_refused(world, VTD_GCMD_SIRTP, "SIRTP without IR");
	expect_refused(world, VTD_GCMD_CFI, "CFI without IR");
	check_done("commands that the unit lacks");
}

/* Done, but against the rules. */
static void expect_misuse(struct world *world, u32 bit, int on,
			  const char *what)
{
	unsigned int before = world->nmisuses;

	command(world, bit, on);
	EXPECT_ABOUT(world->nmisuses == before + 1, "%s", what);
	EXPECT_EQ(!!(gsts(world) & bit), on);
}

static void test_rules(struct world *world)
{
	struct vtd_model_config config = world_config();

	start(world, config);
	expect_misuse(world, VTD_GCMD_TE, 1, "TE without SRTP");
	/* Until now the mode was legacy. */
	expect_misuse(world, VTD_GCMD_SRTP, 1, "SRTP with another mode");
	expect_misuse(world, VTD_GCMD_IRE, 1, "IRE without SIRTP");
	command(world, VTD_GCMD_SIRTP, 1);
	command(world, VTD_GCMD_TE, 0);
	command(world, VTD_GCMD_IRE, 0);
	expect_misuse(world, VTD_GCMD_TE, 1, "TE again without SRTP");
	expect_misuse(world, VTD_GCMD_IRE, 1, "IRE again without SIRTP");
	set64(world, VTD_RTADDR, AT_ROOT);
	expect_misuse(world, VTD_GCMD_SRTP, 1, "TTM changes under TE");
	set64(world, VTD_RTADDR, AT_ROOT + 0x1000);
	command(world, VTD_GCMD_SRTP, 1);
	set64(world, VTD_IRTA, VTD_IRTA_EIME);
	expect_misuse(world, VTD_GCMD_SIRTP, 1, "EIME changes under IRE");
	EXPECT_EQ(world->nmisuses, 7);
	check_done("the order of commands");

	config.cap |= VTD_CAP_ESRTPS;
	start(world, config);
	command(world, VTD_GCMD_SRTP, 1);
	command(world, VTD_GCMD_TE, 1);
	set64(world, VTD_RTADDR, AT_ROOT);
	command(world, VTD_GCMD_SRTP, 1);
	EXPECT_EQ(world->nmisuses, 0);
	check_done("with ESRTPS the mode may change under TE");

	config.ecap &= ~VTD_ECAP_EIM;
	start(world, config);
	set64(world, VTD_IRTA, 0x60000 | VTD_IRTA_EIME);
	EXPECT_EQ(get64(world, VTD_IRTA), 0x60000);
	EXPECT_EQ(world->nmisuses, 1);
	check_done("EIME without EIM");
}

static void test_time(struct world *world)
{
	struct vtd_model_config config = world_config();

	config.command_reads = 3;
	start(world, config);
	set32(world, VTD_GCMD, VTD_GCMD_SRTP);
	EXPECT_EQ(gsts(world), 0);
	/* One at a time, over all command registers. */
	set32(world, VTD_GCMD, VTD_GCMD_SRTP);
	set64(world, VTD_CCMD, VTD_CCMD_ICC | 1ULL << 61);
	set64(world, IOTLB_AT, VTD_IOTLB_IVT | 1ULL << 60);
	EXPECT_EQ(world->nmisuses, 3);
	EXPECT_EQ(gsts(world), 0);
	EXPECT_EQ(gsts(world), VTD_GSTS_RTPS);
	set32(world, VTD_GCMD, VTD_GCMD_TE);
	vtd_model_advance(&world->model, 2);
	EXPECT(!world->model.translating);
	vtd_model_advance(&world->model, 1000);
	EXPECT(world->model.translating);
	/* RTPS goes with the next SRTP and comes back with its end. */
	set32(world, VTD_GCMD, VTD_GCMD_TE | VTD_GCMD_SRTP);
	EXPECT_EQ(gsts(world), VTD_GSTS_TES);
	vtd_model_advance(&world->model, 2);
	EXPECT_EQ(gsts(world), VTD_GSTS_TES | VTD_GSTS_RTPS);
	EXPECT_EQ(world->nmisuses, 3);
	check_done("a command takes its counted reads");
}

static void fill(struct world *world, const struct vtd_model_config *config)
{
	world_start(world, config, LEGACY);
	world_ask(world, &RQ(READ, SS_IOVA));
	world_put(world, SS1 + 8, (AT_PAGE + 0x1000) | VTD_SS_R);
	world_ask(world, &RQ(READ, SS_IOVA + 0x1000));
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_PAGE), 2);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_CONTEXT), 1);
}

struct context_case {
	u64 value;
	u64 caig;
	unsigned int left;
};

#define CCMD(g, rest) (VTD_CCMD_ICC | FIELD_PREP(VTD_CCMD_CIRG, g) | \
		       (rest))

static const struct context_case context_cases[] = {
	{ VTD_CCMD_ICC, 0, 1 },
	{ CCMD(VTD_CIRG_GLOBAL, 0), 1, 0 },
	{ CCMD(VTD_CIRG_DOMAIN, DID), 2, 0 },
	{ CCMD(VTD_CIRG_DOMAIN, DID + 1), 2, 1 },
	{ CCMD(VTD_CIRG_DEVICE, DID | SID << 16), 3, 0 },
	{ CCMD(VTD_CIRG_DEVICE, DID | (SID + 1) << 16), 3, 1 },
	{ CCMD(VTD_CIRG_DEVICE, DID | (SID + 1) << 16 | 3ULL << 32), 3, 0 },
	{ CCMD(VTD_CIRG_DEVICE, (DID + 1) | SID << 16), 3, 1 },
};

static void test_context(struct world *world)
{
	struct vtd_model_config config = world_cached_config(world);
	unsigned int i;
	u64 ccmd;

	config.version = 0x50;
	for (i = 0; i < ARRAY_SIZE(context_cases); i++) {
		fill(world, &config);
		set64(world, VTD_CCMD, context_cases[i].value);
		ccmd = get64(world, VTD_CCMD);
		EXPECT_ABOUT(!(ccmd & VTD_CCMD_ICC) &&
			     FIELD_GET(VTD_CCMD_CAIG, ccmd) ==
			     context_cases[i].caig, "case %u", i);
		EXPECT_ABOUT(world_count(world, VTD_MODEL_CACHE_CONTEXT) ==
			     context_cases[i].left, "case %u", i);
	}
	/* As two halves: the upper one, with ICC, starts it. */
	fill(world, &config);
	set32(world, VTD_CCMD, DID);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_CONTEXT), 1);
	set32(world, VTD_CCMD + 4, (VTD_CCMD_ICC | 2ULL << 61) >> 32);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_CONTEXT), 0);
	check_done("CCMD");
}

struct iotlb_case {
	u64 iva;
	u64 value;
	u64 iaig;
	unsigned int left;
};

#define IOTLB(g, did) (VTD_IOTLB_IVT | FIELD_PREP(VTD_IOTLB_IIRG, g) | \
		       FIELD_PREP(VTD_IOTLB_DID, did))

static const struct iotlb_case iotlb_cases[] = {
	{ 0, VTD_IOTLB_IVT, 0, 2 },
	{ 0, IOTLB(VTD_IIRG_GLOBAL, 0), 1, 0 },
	{ 0, IOTLB(VTD_IIRG_DOMAIN, DID), 2, 0 },
	{ 0, IOTLB(VTD_IIRG_DOMAIN, DID + 1), 2, 2 },
	{ SS_IOVA, IOTLB(VTD_IIRG_PAGE, DID), 3, 1 },
	{ (SS_IOVA - 0x1000) | 2, IOTLB(VTD_IIRG_PAGE, DID), 3, 0 },
	{ SS_IOVA | VTD_IVA_IH, IOTLB(VTD_IIRG_PAGE, DID), 3, 1 },
	/* More than MAMV: the domain. */
	{ 19, IOTLB(VTD_IIRG_PAGE, DID), 2, 0 },
};

static void test_iotlb(struct world *world)
{
	struct vtd_model_config config = world_cached_config(world);
	unsigned int i;
	u64 iotlb;

	config.version = 0x50;
	for (i = 0; i < ARRAY_SIZE(iotlb_cases); i++) {
		fill(world, &config);
		set64(world, IVA_AT, iotlb_cases[i].iva);
		set64(world, IOTLB_AT, iotlb_cases[i].value);
		iotlb = get64(world, IOTLB_AT);
		EXPECT_ABOUT(!(iotlb & VTD_IOTLB_IVT) &&
			     FIELD_GET(VTD_IOTLB_IAIG, iotlb) ==
			     iotlb_cases[i].iaig, "case %u: 0x%llx", i,
			     (unsigned long long)iotlb);
		EXPECT_ABOUT(world_count(world, VTD_MODEL_CACHE_PAGE) ==
			     iotlb_cases[i].left, "case %u", i);
	}
	EXPECT(world_count(world, VTD_MODEL_CACHE_SECOND) == 0);
	fill(world, &config);
	set32(world, IVA_AT, SS_IOVA | VTD_IVA_IH);
	set32(world, IVA_AT + 4, 0);
	set32(world, IOTLB_AT, 0);
	set32(world, IOTLB_AT + 4, IOTLB(VTD_IIRG_PAGE, DID) >> 32);
	EXPECT_EQ(get32(world, IOTLB_AT + 4) >> 25 & 3, 3);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_PAGE), 1);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_SECOND), 3);
	check_done("IOTLB");

	config.cap &= ~VTD_CAP_PSI;
	fill(world, &config);
	set64(world, IVA_AT, SS_IOVA);
	set64(world, IOTLB_AT, IOTLB(VTD_IIRG_PAGE, DID));
	EXPECT_EQ(get64(world, IOTLB_AT) >> 57 & 3, 2);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_PAGE), 0);
	check_done("without PSI the domain goes");
}

static void expect_no_invalidation(struct world *world, const char *what)
{
	set64(world, VTD_CCMD, CCMD(VTD_CIRG_GLOBAL, 0));
	EXPECT_EQ(get64(world, VTD_CCMD), FIELD_PREP(VTD_CCMD_CIRG, 1));
	set64(world, IOTLB_AT, IOTLB(VTD_IIRG_GLOBAL, 0));
	EXPECT_EQ(get64(world, IOTLB_AT), FIELD_PREP(VTD_IOTLB_IIRG, 1));
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_CONTEXT), 1);
	EXPECT_EQ(world_count(world, VTD_MODEL_CACHE_PAGE), 1);
	check_done(what);
}

static void test_no_register_invalidation(struct world *world)
{
	struct vtd_model_config config = world_cached_config(world);

	world_start(world, &config, LEGACY);
	world_ask(world, &RQ(READ, SS_IOVA));
	expect_no_invalidation(world, "none on major version 6");
	config.version = 0x50;
	world_start(world, &config, SECOND);
	world_ask(world, &RQ(READ, SS_IOVA));
	expect_no_invalidation(world, "none in scalable mode");
	EXPECT_EQ(world->nmisuses, 0);
	world_start(world, &config, LEGACY);
	world_ask(world, &RQ(READ, SS_IOVA));
	world_queue(world, 0);
	expect_no_invalidation(world, "none with the queue");
	EXPECT_EQ(world->nmisuses, 2);
	check_done("with the queue it is misuse");
}

void suite_command(void)
{
	struct world *world = world_new();

	test_one_shots(world);
	test_write_buffer(world);
	test_refused(world);
	test_rules(world);
	test_time(world);
	test_context(world);
	test_iotlb(world);
	test_no_register_invalidation(world);
	world_free(world);
}
