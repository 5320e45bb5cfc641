// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupt remapping (VT-d chapter 5): formats, source validation, every fault
 * condition, the interrupt entry cache; and posted interrupts.
 */
#include <string.h>

#include "../../../../drivers/iommu/intel/hw/irte_layout.h"
#include "../../../../drivers/iommu/intel/sim/model/interrupt.h"
#include "check.h"
#include "world.h"

#define AT_IRT		0x60000
#define AT_PID		0x70040
#define TABLE		FIELD_PREP(VTD_IRTA_S, 7)	/* 256 entries */
#define INDEX		5
#define IRTE		(AT_IRT + INDEX * 16)
#define VECTOR		0x61
#define FULL_IR_CAP	(FULL_CAP | VTD_CAP_PI)

/* A remappable message of a handle; a message of compatibility format. */
#define HANDLE(n)	(VTD_MSI_BASE | VTD_MSI_REMAPPABLE | \
			 FIELD_PREP(VTD_MSI_HANDLE_LO, (n) & 0x7fff) | \
			 ((n) & 0x8000 ? VTD_MSI_HANDLE_HI : 0))
#define COMPATIBLE	(VTD_MSI_BASE | 0x3000)

static void start(struct world *world, const struct vtd_model_config *config,
		  u64 irta)
{
	world_unit(world, config);
	world_build(world, PT);
	world_put(world, IRTE, VTD_IRTE_P | FIELD_PREP(VTD_IRTE_VECTOR, VECTOR) |
		  FIELD_PREP(VTD_IRTE_DST_XAPIC, 3));
	world_put(world, IRTE + 8, SID | FIELD_PREP(VTD_IRTE_HI_SVT, VTD_SVT_SID));
	vtd_model_set_interrupt_table(&world->model, AT_IRT | irta);
	vtd_model_set_remapping(&world->model, 1);
}

static void start_full(struct world *world, u64 irta)
{
	struct vtd_model_config config = world_cached_config(world);

	config.cap = FULL_IR_CAP;
	start(world, &config, TABLE | irta);
}

static struct vtd_model_delivered send(struct world *world, u32 addr, u32 data,
				       u16 sid)
{
	struct vtd_model_interrupt message = {
		.addr = addr, .data = data, .sid = sid,
	};
	struct vtd_model_delivered out;

	vtd_model_interrupt(&world->model, &message, &out);
	return out;
}

static void test_remapped(struct world *world)
{
	struct vtd_model_delivered out;

	start_full(world, 0);
	world_or(world, IRTE, VTD_IRTE_DM | VTD_IRTE_RH | VTD_IRTE_TM |
		 FIELD_PREP(VTD_IRTE_DLM, 4) | VTD_IRTE_AVAIL);
	out = send(world, HANDLE(INDEX), 0xffffffff, SID);
	EXPECT_EQ(out.delivery, VTD_MODEL_REMAPPED);
	EXPECT_EQ(out.vector, VECTOR);
	EXPECT_EQ(out.dest, 3);
	EXPECT_EQ(out.mode, 4);
	EXPECT(out.logical && out.hint && out.level && !out.reason);

	start_full(world, VTD_IRTA_EIME);
	world_or(world, IRTE, FIELD_PREP(VTD_IRTE_DST_X2APIC, 0x12345678));
	out = send(world, HANDLE(INDEX), 0, SID);
	EXPECT_EQ(out.dest, 0x12345678 | 3 << 8);
	EXPECT(!out.logical && !out.hint && !out.level && !out.mode);

	/* The data is part of the index, if the message says so. */
	out = send(world, HANDLE(INDEX - 2) | VTD_MSI_SHV, 2, SID);
	EXPECT_EQ(out.delivery, VTD_MODEL_REMAPPED);
	out = send(world, HANDLE(INDEX - 2), 2, SID);
	EXPECT_EQ(out.reason, 0x22);
	EXPECT_EQ(out.record.irte, INDEX - 2);
	check_done("remapped");
}

static void test_compatible(struct world *world)
{
	struct vtd_model_config config = world_config();

	start_full(world, 0);
	EXPECT_EQ(send(world, COMPATIBLE, 0, SID).reason, 0x25);
	vtd_model_set_compatible(&world->model, 1);
	EXPECT_EQ(send(world, COMPATIBLE, 0, SID).delivery, VTD_MODEL_AS_IT_IS);
	start_full(world, VTD_IRTA_EIME);
	vtd_model_set_compatible(&world->model, 1);
	EXPECT_EQ(send(world, COMPATIBLE, 0, SID).reason, 0x25);
	/* Off: everything passes, unless the unit insists. */
	vtd_model_set_remapping(&world->model, 0);
	EXPECT_EQ(send(world, COMPATIBLE, 0, SID).delivery, VTD_MODEL_AS_IT_IS);
	EXPECT_EQ(send(world, HANDLE(9), 0, SID).delivery, VTD_MODEL_AS_IT_IS);
	config.ecap |= VTD_ECAP_IRREQ;
	start(world, &config, TABLE);
	vtd_model_set_remapping(&world->model, 0);
	EXPECT_EQ(send(world, COMPATIBLE, 0, SID).reason, 0x2b);
	config.ecap |= VTD_ECAP_EIMER;
	start(world, &config, TABLE);
	EXPECT_EQ(send(world, HANDLE(INDEX), 0, SID).reason, 0x2a);
	start(world, &config, TABLE | VTD_IRTA_EIME);
	EXPECT_EQ(send(world, HANDLE(INDEX), 0, SID).reason, 0);
	check_done("compatibility format, IRREQ, EIMER");
}

static const struct {
	const char *name;
	u8 reason;
	bool qualified;
	u64 clear;		/* of the entry */
	u64 set;
	u64 hi_clear;
	u64 hi_set;
	u32 addr;		/* instead of the entry's handle */
	u32 data;
	u64 irta;
	u64 cap_off;
	u64 fail_read;
} faults[] = {
	{ "subhandle too wide", 0x20, .addr = HANDLE(INDEX) | VTD_MSI_SHV,
	  .data = 0x10000 },
	{ "index beyond the table", 0x21, .addr = HANDLE(256) },
	{ "index beyond the table, by handle 15", 0x21, .addr = HANDLE(0x8000) },
	{ "index beyond the table, by subhandle", 0x21,
	  .addr = HANDLE(255) | VTD_MSI_SHV, .data = 1 },
	{ "entry beyond the host", 0x21, .irta = BIT_ULL(FULL_HAW) },
	{ "P", 0x22, true, VTD_IRTE_P },
	{ "table out of reach", 0x23, .fail_read = IRTE },
	{ "bit 12", 0x24, true, .set = BIT(12) },
	{ "bit 14", 0x24, true, .set = BIT(14) },
	{ "bit 24", 0x24, true, .set = BIT(24) },
	{ "DST of xAPIC, low", 0x24, true, .set = BIT_ULL(32) },
	{ "DST of xAPIC, high", 0x24, true, .set = BIT_ULL(63) },
	{ "DLM 3", 0x24, true, .set = FIELD_PREP(VTD_IRTE_DLM, 3) },
	{ "DLM 6", 0x24, true, .set = FIELD_PREP(VTD_IRTE_DLM, 6) },
	{ "SVT 3", 0x24, true, .hi_set = VTD_IRTE_HI_SVT },
	{ "bit 84", 0x24, true, .hi_set = BIT(20) },
	{ "bit 127", 0x24, true, .hi_set = BIT_ULL(63) },
	{ "IM without PI", 0x24, true, .set = VTD_IRTE_IM,
	  .cap_off = VTD_CAP_PI },
	{ "posted, bit 2", 0x24, true, .set = VTD_IRTE_IM | BIT(2) },
	{ "posted, bit 13", 0x24, true, .set = VTD_IRTE_IM | BIT(13) },
	{ "posted, bit 37", 0x24, true, .set = VTD_IRTE_IM | BIT_ULL(37) },
	{ "posted, bit 84", 0x24, true, .set = VTD_IRTE_IM,
	  .hi_set = BIT(20) },
	{ "posted, descriptor beyond the host", 0x24, true,
	  .set = VTD_IRTE_IM, .hi_set = BIT_ULL(FULL_HAW) },
	{ "source id", 0x26, true, .hi_set = 1 },
	{ "bus", 0x26, true, .hi_clear = VTD_IRTE_HI_SVT | VTD_IRTE_HI_SID,
	  .hi_set = FIELD_PREP(VTD_IRTE_HI_SVT, VTD_SVT_BUS) | 0x0203 },
	{ "posted descriptor out of reach", 0x27, true,
	  .clear = VTD_IRTE_DST_X2APIC, .set = VTD_IRTE_IM,
	  .hi_set = BIT_ULL(40) },
};

static void test_faults(struct world *world)
{
	struct vtd_model_config config = world_config();
	struct vtd_model_delivered out;
	unsigned int i, fpd;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		for (fpd = 0; fpd < 2; fpd++) {
			u64 irta = TABLE | faults[i].irta;

			config.cap = FULL_IR_CAP & ~faults[i].cap_off;
			start(world, &config, irta);
			world_clear(world, IRTE, faults[i].clear);
			world_or(world, IRTE, faults[i].set |
				 (fpd ? VTD_IRTE_FPD : 0));
			world_clear(world, IRTE + 8, faults[i].hi_clear);
			world_or(world, IRTE + 8, faults[i].hi_set);
			world->fail_read = faults[i].fail_read;
			out = send(world, faults[i].addr ? faults[i].addr :
				   HANDLE(INDEX), faults[i].data, SID);
			EXPECT_EQ(out.delivery, VTD_MODEL_REFUSED);
			EXPECT_EQ(out.reason, faults[i].reason);
			EXPECT_EQ(out.recorded, !(fpd && faults[i].qualified));
			EXPECT_EQ(out.qualified, fpd && faults[i].qualified);
			if (!out.recorded)
				continue;
			EXPECT_EQ(out.record.reason, faults[i].reason);
			EXPECT_EQ(out.record.sid, SID);
			EXPECT(out.record.valid && !out.record.has_pasid);
			if (!faults[i].addr)
				EXPECT_EQ(out.record.irte, INDEX);
		}
		check_done(faults[i].name);
	}
}

/* Which sources pass, by SVT and SQ. */
static void test_sources(struct world *world)
{
	static const u16 ignored[] = { 0, 4, 6, 7 };
	unsigned int sq, bit;

	for (sq = 0; sq < 4; sq++) {
		start_full(world, 0);
		world_or(world, IRTE + 8, FIELD_PREP(VTD_IRTE_HI_SQ, sq));
		EXPECT_EQ(send(world, HANDLE(INDEX), 0, SID).reason, 0);
		for (bit = 0; bit < 16; bit++)
			EXPECT_EQ(send(world, HANDLE(INDEX), 0,
				       SID ^ 1 << bit).reason,
				  ignored[sq] & 1 << bit ? 0 : 0x26);
	}
	start_full(world, 0);
	world_put(world, IRTE + 8, 0x1214 |
		  FIELD_PREP(VTD_IRTE_HI_SVT, VTD_SVT_BUS));
	EXPECT_EQ(send(world, HANDLE(INDEX), 0, 0x11ff).reason, 0x26);
	EXPECT_EQ(send(world, HANDLE(INDEX), 0, 0x1200).reason, 0);
	EXPECT_EQ(send(world, HANDLE(INDEX), 0, 0x14ff).reason, 0);
	EXPECT_EQ(send(world, HANDLE(INDEX), 0, 0x1500).reason, 0x26);
	start_full(world, 0);
	world_put(world, IRTE + 8, 0);
	EXPECT_EQ(send(world, HANDLE(INDEX), 0, 0x1234).reason, 0);
	check_done("source validation");
}

static u64 count(const struct world *world)
{
	return world_count(world, VTD_MODEL_CACHE_INTERRUPT);
}

static void test_cache(struct world *world)
{
	struct vtd_desc desc;

	start_full(world, 0);
	EXPECT_EQ(send(world, HANDLE(INDEX), 0, SID).reason, 0);
	EXPECT_EQ(send(world, HANDLE(INDEX), 0, SID).stale, 0);
	EXPECT_EQ(count(world), 1);
	/* With CM=0 nothing that is not there is kept. */
	EXPECT_EQ(send(world, HANDLE(INDEX + 1), 0, SID).reason, 0x22);
	EXPECT_EQ(count(world), 1);
	world_clear(world, IRTE, VTD_IRTE_P);
	EXPECT_EQ(send(world, HANDLE(INDEX), 0, SID).stale, 1);
	EXPECT_EQ(world->note.cache, VTD_MODEL_CACHE_INTERRUPT);
	EXPECT_EQ(world->note.word.addr, IRTE);
	EXPECT_EQ(world->note.word.kind, VTDM_WORD_IRTE);
	/* Other entries, then a block with this one in it */
	desc = vtd_desc_iec(INDEX ^ 1, 0);
	vtd_model_invalidate(&world->model, &desc);
	desc = vtd_desc_iec(8, 3);
	vtd_model_invalidate(&world->model, &desc);
	EXPECT_EQ(count(world), 1);
	desc = vtd_desc_iec(0, 3);
	vtd_model_invalidate(&world->model, &desc);
	EXPECT_EQ(count(world), 0);
	EXPECT_EQ(send(world, HANDLE(INDEX), 0, SID).reason, 0x22);
	world_or(world, IRTE, VTD_IRTE_P);
	send(world, HANDLE(INDEX), 0, SID);
	vtd_model_invalidate(&world->model, &world->note.needed);
	EXPECT_EQ(count(world), 0);
	send(world, HANDLE(INDEX), 0, SID);
	desc = vtd_desc_iotlb_global(0);
	vtd_model_invalidate(&world->model, &desc);
	EXPECT_EQ(count(world), 1);
	desc = vtd_desc_iec_global();
	vtd_model_invalidate(&world->model, &desc);
	EXPECT_EQ(count(world), 0);
	check_done("interrupt entry cache");
}

static void test_cache_policy(struct world *world)
{
	struct vtd_model_config config = world_cached_config(world);
	u32 esirtps;

	for (esirtps = 0; esirtps < 2; esirtps++) {
		config.cap = FULL_CAP | (esirtps ? VTD_CAP_ESIRTPS : 0);
		start(world, &config, TABLE);
		send(world, HANDLE(INDEX), 0, SID);
		vtd_model_set_interrupt_table(&world->model,
					      AT_IRT | TABLE | 1 << 20);
		EXPECT_EQ(count(world), !esirtps);
		EXPECT_EQ(send(world, HANDLE(INDEX), 0, SID).stale, !esirtps);
		vtd_model_set_interrupt_table(&world->model, AT_IRT | TABLE);
		send(world, HANDLE(INDEX), 0, SID);
		vtd_model_set_remapping(&world->model, 1);
		EXPECT_EQ(count(world), 1);
		/* DMA remapping has nothing to do with it. */
		vtd_model_set_translation(&world->model, 0);
		EXPECT_EQ(count(world), 1);
		vtd_model_set_remapping(&world->model, 0);
		EXPECT_EQ(count(world), !esirtps);
	}
	config.cap = FULL_CAP | VTD_CAP_CM;
	start(world, &config, TABLE);
	world_clear(world, IRTE, VTD_IRTE_P);
	EXPECT_EQ(send(world, HANDLE(INDEX), 0, SID).reason, 0x22);
	world_or(world, IRTE, VTD_IRTE_P);
	EXPECT_EQ(send(world, HANDLE(INDEX), 0, SID).reason, 0x22);

	config.check = 0;
	start(world, &config, TABLE);
	send(world, HANDLE(INDEX), 0, SID);
	world_clear(world, IRTE, VTD_IRTE_P);
	EXPECT_EQ(send(world, HANDLE(INDEX), 0, SID).stale, 0);
	check_done("interrupt entry cache: ESIRTPS, CM");
}

void suite_interrupt(void)
{
	struct world *world = world_new();

	test_remapped(world);
	test_compatible(world);
	test_faults(world);
	test_sources(world);
	test_cache(world);
	test_cache_policy(world);
	world_free(world);
}

static void post(struct world *world, u64 irta, u64 urgent, u64 control)
{
	start_full(world, irta);
	world_put(world, IRTE, VTD_IRTE_P | VTD_IRTE_IM | urgent |
		  FIELD_PREP(VTD_IRTE_VECTOR, VECTOR) |
		  FIELD_PREP(VTD_IRTE_PDA_LO, AT_PID >> 6));
	world_put(world, AT_PID + 32, control |
		  FIELD_PREP(VTD_PID4_NV, 0xf2) |
		  FIELD_PREP(VTD_PID4_NDST_XAPIC, 9));
}

/* Bit of the vector always; ON and a notification as ON, SN and URG have it. */
static void test_post(struct world *world)
{
	static const struct {
		u64 urgent;
		u64 control;
		int notify;
	} rows[] = {
		{ 0, 0, 1 },
		{ 0, VTD_PID4_ON, 0 },
		{ 0, VTD_PID4_SN, 0 },
		{ VTD_IRTE_URG, VTD_PID4_SN, 1 },
		{ VTD_IRTE_URG, VTD_PID4_SN | VTD_PID4_ON, 0 },
	};
	struct vtd_model_delivered out;
	unsigned int i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		post(world, 0, rows[i].urgent, rows[i].control);
		world_put(world, AT_PID + 8, 1);
		out = send(world, HANDLE(INDEX), 0, SID);
		EXPECT_EQ(out.delivery, VTD_MODEL_POSTED);
		EXPECT_EQ(out.notify, rows[i].notify);
		EXPECT_EQ(world_get(world, AT_PID + 8),
			  1 | 1ULL << VECTOR % 64);
		EXPECT_EQ(world_get(world, AT_PID + 32) &
			  (VTD_PID4_ON | VTD_PID4_SN), rows[i].control |
			  (rows[i].notify ? VTD_PID4_ON : 0));
		if (!rows[i].notify)
			continue;
		EXPECT_EQ(out.vector, 0xf2);
		EXPECT_EQ(out.dest, 9);
	}
	post(world, VTD_IRTA_EIME, 0, FIELD_PREP(VTD_PID4_NDST, 0xabcd0001));
	EXPECT_EQ(send(world, HANDLE(INDEX), 0, SID).dest, 0xabcd0901);
	check_done("request bits and notifications");
}

static void test_post_faults(struct world *world)
{
	static const struct {
		u64 at;
		u64 set;
	} reserved[] = {
		{ 32, BIT(2) }, { 32, BIT(15) }, { 32, BIT(24) },
		{ 32, BIT_ULL(32) }, { 32, BIT_ULL(63) }, { 40, BIT(0) },
		{ 48, BIT_ULL(63) }, { 56, BIT(7) },
	};
	unsigned int i;

	for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
		post(world, 0, 0, 0);
		world_or(world, AT_PID + reserved[i].at, reserved[i].set);
		EXPECT_EQ(send(world, HANDLE(INDEX), 0, SID).reason, 0x28);
		EXPECT_EQ(world_get(world, AT_PID + 8), 0);
	}
	for (i = 0; i < 2; i++) {
		post(world, 0, 0, 0);
		world->fail_read = AT_PID + 32 + 16 * i;
		EXPECT_EQ(send(world, HANDLE(INDEX), 0, SID).reason, 0x27);
		post(world, 0, 0, 0);
		world->fail_update = AT_PID + (i ? 32 : 8);
		EXPECT_EQ(send(world, HANDLE(INDEX), 0, SID).reason, 0x27);
	}
	check_done("faults of the descriptor");
}

/* Software takes the notice away, or changes the words all the time. */
static void suppress(struct world *world, u64 addr)
{
	if (addr == AT_PID + 32)
		world_or(world, addr, VTD_PID4_SN);
}

static void change(struct world *world, u64 addr)
{
	if (addr == AT_PID + 8 && world->countdown)
		world_put(world, addr, world_get(world, addr) + 2);
	if (addr == AT_PID + 32 && !world->countdown)
		world_put(world, addr, world_get(world, addr) ^
			  FIELD_PREP(VTD_PID4_NV, 1));
}

static void test_post_races(struct world *world)
{
	struct vtd_model_delivered out;
	unsigned int i;

	post(world, 0, 0, 0);
	world->on_update = suppress;
	out = send(world, HANDLE(INDEX), 0, SID);
	EXPECT_EQ(out.delivery, VTD_MODEL_POSTED);
	EXPECT(!out.notify && !(world_get(world, AT_PID + 32) & VTD_PID4_ON));
	for (i = 0; i < 2; i++) {
		post(world, 0, 0, 0);
		world->on_update = change;
		world->countdown = i;
		EXPECT_EQ(send(world, HANDLE(INDEX), 0, SID).reason, 0x27);
	}
	check_done("a descriptor that changes");
}

void suite_posted(void)
{
	struct world *world = world_new();

	test_post(world);
	test_post_faults(world);
	test_post_races(world);
	world_free(world);
}
