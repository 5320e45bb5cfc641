// SPDX-License-Identifier: GPL-2.0-only
/*
 * A memory with tables in it, and a unit that reads them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

static int outside(u64 addr, u64 size)
{
	return addr % size || addr >= MEM_SIZE || size > MEM_SIZE - addr;
}

static int world_read(void *owner, u64 addr, void *data, unsigned int size)
{
	struct world *world = owner;

	if (world->on_read)
		world->on_read(world, addr);
	if (world->nreads < READS_MAX)
		world->read_at[world->nreads++] = addr;
	if (outside(addr, size))
		return -1;
	if (world->fail_read >= addr && world->fail_read < addr + size)
		return -1;
	memcpy(data, world->mem + addr, size);
	return 0;
}

static int world_write(void *owner, u64 addr, const void *data,
		       unsigned int size)
{
	struct world *world = owner;

	if (outside(addr, size) || (addr && addr == world->fail_write))
		return -1;
	memcpy(world->mem + addr, data, size);
	return 0;
}

static int world_cmpxchg(void *owner, u64 addr, u64 old, u64 new, u64 *seen)
{
	struct world *world = owner;

	world->nupdates++;
	if (world->on_update)
		world->on_update(world, addr);
	if (outside(addr, 8) || (addr && addr == world->fail_update))
		return -1;
	*seen = world_get(world, addr);
	if (*seen != old)
		return 1;
	world_put(world, addr, new);
	return 0;
}

static void world_event(void *owner, u64 addr, u32 data)
{
	struct world *world = owner;

	if (world->nevents < MESSAGES_MAX)
		world->events[world->nevents] = data;
	world->nevents++;
	world->event_addr = addr;
}

static u32 world_message(void *owner, const struct vtd_model_message *message)
{
	struct world *world = owner;

	if (world->nmessages < MESSAGES_MAX)
		world->messages[world->nmessages] = *message;
	world->nmessages++;
	if (world->on_message)
		world->on_message(world, message);
	return world->answer;
}

static void world_misuse(void *owner, u32 at, const char *why)
{
	struct world *world = owner;

	(void)at;
	world->misuse = why;
	world->nmisuses++;
}

static void world_note(void *owner, const struct vtd_model_note *note)
{
	struct world *world = owner;

	if (!world->nnotes++)
		world->note = *note;
}

static const struct vtd_model_ops world_ops = {
	.read = world_read,
	.write = world_write,
	.cmpxchg = world_cmpxchg,
	.event = world_event,
	.message = world_message,
	.note = world_note,
	.misuse = world_misuse,
};

u64 world_get(const struct world *world, u64 addr)
{
	u64 value;

	memcpy(&value, world->mem + addr, sizeof(value));
	return value;
}

void world_put(struct world *world, u64 addr, u64 value)
{
	memcpy(world->mem + addr, &value, sizeof(value));
}

void world_or(struct world *world, u64 addr, u64 bits)
{
	world_put(world, addr, world_get(world, addr) | bits);
}

void world_clear(struct world *world, u64 addr, u64 bits)
{
	world_put(world, addr, world_get(world, addr) & ~bits);
}

/* A unit that has everything that the model knows. */
struct vtd_model_config world_config(void)
{
	return (struct vtd_model_config){
		.cap = FULL_CAP,
		.ecap = FULL_ECAP,
		.version = FULL_VERSION,
		.haw = FULL_HAW,
	};
}

/* The same with caches that keep everything, and look at each hit. */
struct vtd_model_config world_cached_config(struct world *world)
{
	struct vtd_model_config config = world_config();
	unsigned int i;

	config.slots = world->slots;
	for (i = 0; i < VTD_MODEL_CACHES; i++)
		config.nslots[i] = SLOTS;
	config.check = 1;
	return config;
}

/* How many entries a cache has. */
unsigned int world_count(const struct world *world, enum vtd_model_cache cache)
{
	const struct vtdm_caches *caches = &world->model.caches;
	unsigned int i, count = 0;

	for (i = 0; i < caches->nr[cache]; i++)
		count += caches->slot[cache][i].valid;
	return count;
}

void world_unit(struct world *world, const struct vtd_model_config *config)
{
	const char *why;

	world->config = *config;
	world->config.ops = &world_ops;
	world->config.owner = world;
	why = vtd_model_init(&world->model, &world->config);
	if (why) {
		fprintf(stderr, "no such unit: %s\n", why);
		abort();
	}
}

struct world *world_new(void)
{
	struct vtd_model_config config = world_config();
	struct world *world = calloc(1, sizeof(*world));

	if (!world)
		abort();
	world->mem = calloc(1, MEM_SIZE);
	world->slots = calloc(SLOTS * VTD_MODEL_CACHES, sizeof(*world->slots));
	if (!world->mem || !world->slots)
		abort();
	world_unit(world, &config);
	return world;
}

void world_free(struct world *world)
{
	free(world->slots);
	free(world->mem);
	free(world);
}

/* Five levels; a unit that uses four starts one below the first. */
static void build_second(struct world *world)
{
	unsigned int i;

	world_put(world, SS(5), SS(4) | VTD_SS_R | VTD_SS_W);
	world_put(world, SS4, SS(3) | VTD_SS_R | VTD_SS_W);
	world_put(world, SS3, SS(2) | VTD_SS_R | VTD_SS_W);
	world_put(world, SS2, SS(1) | VTD_SS_R | VTD_SS_W);
	world_put(world, SS1, AT_PAGE | VTD_SS_R | VTD_SS_W);
	for (i = 0; i < 5; i++)
		world_put(world, SS1_OF_FS(5 - i),
			  (AT_FS + i * 0x1000) | VTD_SS_R | VTD_SS_W);
}

/* @base: where the tables are by their own addresses. */
static void build_first(struct world *world, u64 base, u64 page)
{
	u64 flags = VTD_FS_P | VTD_FS_RW | VTD_FS_US;

	world_put(world, FS(5), (base + 0x1000) | flags);
	world_put(world, FS4, (base + 0x2000) | flags);
	world_put(world, FS3, (base + 0x3000) | flags);
	world_put(world, FS2, (base + 0x4000) | flags);
	world_put(world, FS1, page | flags);
}

static void build_legacy(struct world *world, u64 tt)
{
	world_put(world, ROOT, AT_CONTEXT | VTD_ROOT_P);
	world_put(world, CONTEXT, SS(4) | FIELD_PREP(VTD_CTX_TT, tt) |
		  VTD_CTX_P);
	world_put(world, CONTEXT + 8, FIELD_PREP(VTD_CTX_HI_DID, DID) |
		  FIELD_PREP(VTD_CTX_HI_AW, VTD_AW_48));
	build_second(world);
	vtd_model_set_root(&world->model, AT_ROOT |
			   FIELD_PREP(VTD_RTADDR_TTM, VTD_TTM_LEGACY));
}

static void build_entry(struct world *world, u64 entry, u64 pgtt)
{
	u64 fs = pgtt == VTD_PGTT_NESTED ? GPA_FS + 0x1000 : FS(4);

	world_put(world, entry, FIELD_PREP(VTD_PE0_PGTT, pgtt) | VTD_PE0_P);
	world_put(world, entry + 8, FIELD_PREP(VTD_PE1_DID, DID));
	if (pgtt != VTD_PGTT_PASSTHROUGH)
		world_or(world, entry + 8, VTD_PE1_PWSNP);
	if (pgtt == VTD_PGTT_SECOND || pgtt == VTD_PGTT_NESTED)
		world_or(world, entry, SS(4) |
			 FIELD_PREP(VTD_PE0_AW, VTD_AW_48));
	if (pgtt == VTD_PGTT_FIRST || pgtt == VTD_PGTT_NESTED)
		world_put(world, entry + 16, fs);
}

static void build_scalable(struct world *world, u64 pgtt)
{
	u64 context = AT_DIR | VTD_SMCTX_P | VTD_SMCTX_DTE | VTD_SMCTX_PASIDE |
		      VTD_SMCTX_PRE;

	world_put(world, ROOT, AT_CONTEXT | VTD_ROOT_P);
	world_put(world, ROOT + 8, AT_UPPER | VTD_ROOT_P);
	world_put(world, SM_CONTEXT, context);
	world_put(world, SM_CONTEXT + 8, RID_PASID);
	world_put(world, SM_UPPER, context);
	world_put(world, SM_UPPER + 8, RID_PASID);
	world_put(world, AT_DIR, AT_PASIDS | VTD_PDE_P);
	build_entry(world, ENTRY(PASID), pgtt);
	build_entry(world, ENTRY(RID_PASID), pgtt);
	build_second(world);
	if (pgtt == VTD_PGTT_NESTED)
		build_first(world, GPA_FS, GPA_PAGE);
	else
		build_first(world, AT_FS, AT_PAGE);
	vtd_model_set_root(&world->model, AT_ROOT |
			   FIELD_PREP(VTD_RTADDR_TTM, VTD_TTM_SCALABLE));
}

/* Tables for the device; they are all that is in memory then. */
void world_build(struct world *world, enum world_kind kind)
{
	memset(world->mem, 0, MEM_SIZE);
	world->fail_read = 0;
	world->fail_update = 0;
	world->nreads = 0;
	world->nupdates = 0;
	world->nnotes = 0;
	world->on_read = NULL;
	world->on_update = NULL;
	world->nevents = 0;
	world->nmessages = 0;
	world->answer = VTD_MODEL_COMPLETE_NOW;
	world->on_message = NULL;
	world->misuse = NULL;
	world->nmisuses = 0;
	world->fail_write = 0;
	world->tail = 0;
	switch (kind) {
	case LEGACY:
		build_legacy(world, VTD_TT_TRANSLATE);
		break;
	case LEGACY_ATS:
		build_legacy(world, VTD_TT_TRANSLATE_ATS);
		break;
	case LEGACY_PT:
		build_legacy(world, VTD_TT_PASSTHROUGH);
		break;
	case FIRST:
		build_scalable(world, VTD_PGTT_FIRST);
		break;
	case SECOND:
		build_scalable(world, VTD_PGTT_SECOND);
		break;
	case NESTED:
		build_scalable(world, VTD_PGTT_NESTED);
		break;
	case PT:
		build_scalable(world, VTD_PGTT_PASSTHROUGH);
		break;
	}
	vtd_model_set_translation(&world->model, 1);
}

/* As software starts a unit: root table and translation by registers. */
void world_start(struct world *world, const struct vtd_model_config *config,
		 enum world_kind kind)
{
	u64 root;

	world_unit(world, config);
	world_build(world, kind);
	root = world->model.rtaddr;
	world_unit(world, config);
	set64(world, VTD_RTADDR, root);
	set32(world, VTD_GCMD, VTD_GCMD_SRTP);
	set32(world, VTD_GCMD, VTD_GCMD_TE);
}

/* @iqa: size and width of the queue. */
void world_queue(struct world *world, u64 iqa)
{
	u64 gcmd = get32(world, VTD_GSTS) & VTD_GSTS_KEEP;

	world->tail = 0;
	set64(world, VTD_IQT, 0);
	set64(world, VTD_IQA, AT_QUEUE | iqa);
	set32(world, VTD_GCMD, gcmd | VTD_GCMD_QIE);
}

/* Behind the last descriptor; the unit is not told yet. */
void world_push(struct world *world, struct vtd_desc desc)
{
	u64 iqa = get64(world, VTD_IQA), size = iqa & VTD_IQA_DW ? 32 : 16;
	u64 ring = 4096ULL << FIELD_GET(VTD_IQA_QS, iqa);

	memcpy(world->mem + AT_QUEUE + world->tail, &desc, size);
	world->tail = (world->tail + size) % ring;
}

void world_kick(struct world *world)
{
	set64(world, VTD_IQT, world->tail);
}

void world_do(struct world *world, struct vtd_desc desc)
{
	world_push(world, desc);
	world_kick(world);
}

/* One of the words that wait descriptors write. */
u32 world_status(const struct world *world, unsigned int which)
{
	return world_get(world, AT_STATUS + 8 * which);
}

struct vtd_desc world_wait(unsigned int which, u64 flags)
{
	return vtd_desc_wait(VTD_WAIT_SW | flags, 1, AT_STATUS + 8 * which);
}

static int pending_without_mask(const struct world *world, u32 ctl)
{
	u32 value = vtdm_reg32(&world->model, ctl);

	return value & VTD_EVENT_IP && !(value & VTD_EVENT_IM);
}

static int head_outside(const struct world *world)
{
	u64 iqa = vtdm_reg64(&world->model, VTD_IQA);
	u64 head = vtdm_reg64(&world->model, VTD_IQH);

	return head >= 4096ULL << FIELD_GET(VTD_IQA_QS, iqa) ||
	       head % (iqa & VTD_IQA_DW ? 32 : 16);
}

/*
 * What must hold of the registers and of what is behind them, whatever anybody
 * did. Nothing is read as software reads it, so no time goes by.
 */
const char *world_contradiction(struct world *world)
{
	const struct vtd_model *model = &world->model;
	u32 fsts = vtdm_reg32(model, VTD_FSTS);
	u64 gsts = vtdm_reg32(model, VTD_GSTS);
	u64 any = 0;
	u32 i;

	for (i = 0; i < model->caps.nfr; i++)
		any |= model->records.qw[i][1] & VTD_FRCD_HI_F;
	if (!any != !(fsts & VTD_FSTS_PPF))
		return "PPF is not the sum of all F";
	if (pending_without_mask(world, VTD_FECTL) ||
	    pending_without_mask(world, VTD_IECTL) ||
	    pending_without_mask(world, VTD_PECTL))
		return "an interrupt is pending and not masked";
	if (!(gsts & VTD_GSTS_TES) != !model->translating ||
	    !(gsts & VTD_GSTS_IRES) != !model->remapping ||
	    !(gsts & VTD_GSTS_CFIS) != !model->compatible ||
	    !(gsts & VTD_GSTS_QIES) != !model->queue.enabled)
		return "GSTS is not what the unit does";
	if (model->queue.enabled && head_outside(world))
		return "IQH is outside of the queue";
	if (model->queue.nr > VTDM_WINDOW || model->pages.nr > VTDM_HELD_MAX)
		return "more in work than there is room for";
	if (model->records.next >= model->caps.nfr)
		return "the next fault record is none";
	return NULL;
}
