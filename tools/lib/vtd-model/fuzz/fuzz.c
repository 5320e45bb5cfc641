// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fuzzer's input as a unit, its memory and what is asked of it: words of the
 * tables, requests, descriptors, interrupts, in any order; or registers, the
 * queues behind them, and devices that answer as they like. ASan and UBSan find
 * what goes wrong inside; what must hold of each answer is asserted here.
 */
#include <stdlib.h>
#include <string.h>

#include "../../../../drivers/iommu/intel/sim/model/dtlb.h"
#include "../../../../drivers/iommu/intel/sim/model/interrupt.h"
#include "../test/world.h"

#define ENTRIES		4
#define STEPS_MAX	64

/* The rest of the input. */
struct input {
	const u8 *data;
	size_t size;
};

static struct world *world;
static struct vtd_model_dtlb_entry entries[ENTRIES];
static struct vtd_model_dtlb dtlb;

/* The next bytes as a number; 0 behind the end. */
static u64 take(struct input *input, size_t bytes)
{
	u64 value = 0;

	if (bytes > input->size)
		bytes = input->size;
	memcpy(&value, input->data, bytes);
	input->data += bytes;
	input->size -= bytes;
	return value;
}

/* Bits flipped in full capabilities: half of all such units are possible. */
static int start(struct input *input)
{
	struct vtd_model_config config = world_cached_config(world);
	struct vtd_model probe;
	u8 flags = take(input, 1);

	config.cap = (FULL_CAP | VTD_CAP_PI) ^ 1ULL << take(input, 1) % 64;
	config.ecap = FULL_ECAP ^ 1ULL << take(input, 1) % 64;
	if (flags & 1)
		config.cap |= VTD_CAP_CM;
	if (flags & 2)
		config.ecap &= ~VTD_ECAP_SMPWCS;
	config.choices = flags >> 2 & 3;
	config.retention = flags >> 4 & 3;
	config.seed = flags;
	if (vtd_model_init(&probe, &config))
		return -1;
	world_unit(world, &config);
	world_build(world, take(input, 1) % (PT + 1));
	vtd_model_set_interrupt_table(&world->model, 0x60000 | 7);
	vtd_model_set_remapping(&world->model, 1);
	vtd_model_dtlb_init(&dtlb, SID, entries, ENTRIES);
	return 0;
}

/* A device that asks when it is told to forget. */
static void told(struct world *of, const struct vtd_model_message *message)
{
	struct vtd_model_request rq = TRQ(FS_VA);
	struct vtd_model_request page = PRQ(PAGE_REQUEST, FS_VA, .last = true,
					    .want_read = true);
	struct vtd_model_outcome out;

	if (message->kind != VTD_MODEL_MESSAGE_INVALIDATE)
		return;
	vtd_model_dtlb_invalidate(&dtlb, &message->desc);
	vtd_model_dma(&of->model, &rq, &out);
	vtd_model_page_request(&of->model, &page, &out);
}

/* As software starts a unit, with both queues; the tables are there already. */
static void start_registers(struct input *input)
{
	u64 root = world->model.rtaddr;

	world->config.command_reads = take(input, 1) % 4;
	world->config.page_reads = take(input, 1) % 8;
	world->config.timeout_reads = take(input, 1);
	world_unit(world, &world->config);
	world->on_message = told;
	set64(world, VTD_RTADDR, root);
	set32(world, VTD_GCMD, VTD_GCMD_SRTP);
	vtd_model_advance(&world->model, 4);
	set32(world, VTD_GCMD, VTD_GCMD_TE);
	vtd_model_advance(&world->model, 4);
	set64(world, VTD_PQA, AT_REQUESTS);
	set64(world, VTD_IQA, AT_QUEUE | (take(input, 1) & 1 ? VTD_IQA_DW : 0));
	set32(world, VTD_GCMD, VTD_GCMD_TE | VTD_GCMD_QIE);
	vtd_model_advance(&world->model, 4);
	world->tail = 0;
}

/* Words in front of the pages: flip one bit, or store all of it. */
static void change_memory(struct input *input)
{
	u64 addr = take(input, 3) % 0x40000 & ~7ULL;
	u8 how = take(input, 1);

	if (how & 0x80)
		world_put(world, addr, take(input, 8));
	else
		world_put(world, addr, world_get(world, addr) ^
			  1ULL << how % 64);
}

static void judge(const struct vtd_model_request *rq,
		  const struct vtd_model_outcome *out)
{
	if (out->verdict == VTD_MODEL_MALFORMED)
		return;
	if (out->recorded && (!out->reason || out->qualified))
		abort();
	if ((out->verdict == VTD_MODEL_UR || out->verdict == VTD_MODEL_CA) &&
	    rq->at == VTD_FRCD_AT_UNTRANSLATED)
		abort();
	if (out->verdict == VTD_MODEL_BLOCKED &&
	    rq->at != VTD_FRCD_AT_UNTRANSLATED)
		abort();
	/* A host address that no host has is never given out. */
	if (out->verdict == VTD_MODEL_DONE && world->model.translating &&
	    (out->read || out->write) && !out->ats_u && out->size &&
	    out->addr >> FULL_HAW)
		abort();
	if (world->model.walk.trail.nr > VTDM_TRAIL_MAX)
		abort();
}

static void ask(struct input *input)
{
	struct vtd_model_outcome out;
	u16 flags = take(input, 2);
	struct vtd_model_request rq = {
		.sid = flags & 1 ? SID_UPPER : SID,
		.access = flags >> 1 & 3,
		.at = flags >> 3 & 3,
		.has_pasid = flags & 0x20,
		.privileged = flags & 0x40,
		.execute = flags & 0x80,
		.no_snoop = flags & 0x100,
		.no_write = flags & 0x200,
		.want_read = flags & 0x400,
		.addr = flags & 0x800 ? FS_VA : SS_IOVA,
		.size = flags & 0x1000 ? 0 : 8,
		.pasid = PASID,
	};

	if (flags & 0x2000)
		rq.addr = take(input, 8);
	if (flags & 0x4000)
		rq.pasid = take(input, 3);
	vtd_model_dma(&world->model, &rq, &out);
	judge(&rq, &out);
	if (rq.at == VTD_FRCD_AT_REQUEST)
		vtd_model_dtlb_fill(&dtlb, &world->model, &rq, &out);
}

static void invalidate(struct input *input)
{
	struct vtd_desc desc = { 0 };

	desc.qw[0] = take(input, 8);
	desc.qw[1] = take(input, 8);
	vtd_model_invalidate(&world->model, &desc);
	vtd_model_dtlb_invalidate(&dtlb, &desc);
}

static void interrupt(struct input *input)
{
	struct vtd_model_interrupt message = {
		.addr = 0xfee00000 | take(input, 3),
		.data = take(input, 4),
		.sid = take(input, 2),
	};
	struct vtd_model_delivered out;
	u64 addr = 0x60000 + (take(input, 1) << 4);

	world_put(world, addr, take(input, 8));
	world_put(world, addr + 8, take(input, 8));
	vtd_model_interrupt(&world->model, &message, &out);
	if (out.recorded && (!out.reason || out.qualified))
		abort();
	if (out.delivery == VTD_MODEL_REFUSED ? !out.reason : out.reason)
		abort();
}

/* The registers of fixed places mostly, and what can be behind them. */
static void access_register(struct input *input, u8 what)
{
	u32 size = what & 0x10 ? 4 : 8;
	u32 at = what & 0x20 ? take(input, 2) : take(input, 1);
	u64 value;

	if (what & 0x40)
		at &= ~(size - 1);
	value = vtd_model_read(&world->model, at, size);
	if (size == 4 && value >> 32)
		abort();
	if (what & 0x80)
		vtd_model_write(&world->model, at, size, take(input, size));
}

/* A descriptor as it may be, with bits flipped in it. */
static void push(struct input *input, u8 what)
{
	struct vtd_desc desc = { 0 };

	desc.qw[0] = take(input, 8);
	desc.qw[1] = take(input, 8);
	if (what & 0x10)
		desc.qw[0] &= ~0xff000000e00ULL;
	if (what & 0x20)
		desc = vtd_desc_wait(what & 0xc0, 1, AT_STATUS);
	/* The tail must be where such a descriptor can be. */
	world->tail &= ~31ULL;
	world_push(world, desc);
	if (!(what & 0x40))
		world_kick(world);
}

static void device(struct input *input, u8 what)
{
	struct vtd_model_request rq = PRQ(PAGE_REQUEST, FS_VA);
	struct vtd_model_outcome out;
	u16 flags;

	switch (what >> 4 & 3) {
	case 0:
		world->answer = take(input, 1) - 1u;
		break;
	case 1:
		vtd_model_complete(&world->model, SID, take(input, 1) & 31);
		break;
	case 2:
		vtd_model_advance(&world->model, take(input, 2));
		break;
	default:
		flags = take(input, 2);
		rq.group = flags & 0x3ff;
		rq.last = flags & 0x400;
		rq.want_read = flags & 0x800;
		rq.want_write = flags & 0x1000;
		rq.has_pasid = flags & 0x2000;
		rq.privileged = flags & 0x4000;
		rq.execute = flags & 0x8000;
		vtd_model_page_request(&world->model, &rq, &out);
		break;
	}
}

static void register_step(struct input *input)
{
	u8 what = take(input, 1);

	switch (what % 8) {
	case 0:
	case 1:
		access_register(input, what);
		break;
	case 2:
	case 3:
		push(input, what);
		break;
	case 4:
	case 5:
		device(input, what);
		break;
	case 6:
		change_memory(input);
		break;
	default:
		ask(input);
		break;
	}
	if (world_contradiction(world))
		abort();
}

static void step(struct input *input)
{
	u8 what = take(input, 1);

	switch (what % 8) {
	case 0:
		invalidate(input);
		break;
	case 1:
		interrupt(input);
		break;
	case 2:
		vtd_model_set_root(&world->model, AT_ROOT |
				   (take(input, 2) & 0xfff));
		break;
	case 3:
		vtd_model_set_translation(&world->model, what >> 3 & 1);
		break;
	case 4:
		if (entries[what >> 3 & 3].valid)
			vtd_model_dtlb_stale(&world->model, &dtlb,
					     &entries[what >> 3 & 3]);
		break;
	case 5:
	case 6:
		change_memory(input);
		break;
	default:
		ask(input);
		break;
	}
}

/* libFuzzer's name for it comes from the Makefile. */
int fuzz_one_input(const u8 *data, size_t size)
{
	struct input input = { .data = data, .size = size };
	unsigned int steps;
	u8 registers;

	if (!world)
		world = world_new();
	registers = take(&input, 1) & 1;
	if (start(&input))
		return 0;
	if (registers)
		start_registers(&input);
	for (steps = 0; steps < STEPS_MAX && input.size; steps++) {
		if (registers)
			register_step(&input);
		else
			step(&input);
	}
	return 0;
}
