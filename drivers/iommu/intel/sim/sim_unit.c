// SPDX-License-Identifier: GPL-2.0-only
/*
 * A simulated unit: the golden model, with the registers, the memory and the
 * interrupts of this machine.
 *
 * All work of a register write is done when it returns, without allocation and
 * under a raw lock, as hardware does it in no time. What takes time in hardware
 * takes reads of registers here.
 *
 * Owns: struct vtd_sim_unit.
 * Locks: vtd_sim_unit.lock, the innermost one.
 * Calls: the model, receive.c for what is sent to functions, stream.c.
 */
#define pr_fmt(fmt) "vtd-sim: " fmt

#include <linux/bitops.h>
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/property.h>
#include <linux/slab.h>

#include "../acpi/dmar.h"
#include "../acpi/table.h"
#include "../hw/cap.h"
#include "../hw/regs_layout.h"
#include "function.h"
#include "model/message.h"
#include "model/note.h"
#include "model/registers.h"
#include "model/unit.h"
#include "profile.h"
#include "ram.h"
#include "receive.h"
#include "sim_unit.h"
#include "stream.h"
#include "unit_msi.h"
#include "window.h"

/* How much each cache holds: more than a test uses, little enough to search. */
static const u32 cache_slots[VTD_MODEL_CACHES] = {
	[VTD_MODEL_CACHE_CONTEXT] = 64,
	[VTD_MODEL_CACHE_PASID] = 64,
	[VTD_MODEL_CACHE_PAGE] = 512,
	[VTD_MODEL_CACHE_SECOND] = 256,
	[VTD_MODEL_CACHE_FIRST] = 256,
	[VTD_MODEL_CACHE_INTERRUPT] = 64,
};

static u32 cache_total(void)
{
	u32 i, n = 0;

	for (i = 0; i < VTD_MODEL_CACHES; i++)
		n += cache_slots[i];
	return n;
}

/* ---- What the model asks for --------------------------------------------- */

static void send_event(void *owner, u64 addr, u32 data)
{
	vtd_sim_unit_msi_post(owner, addr, data);
}

static u32 send_message(void *owner, const struct vtd_model_message *message)
{
	struct vtd_sim_unit *unit = owner;
	struct vtd_sim_function *fn = vtd_sim_sriov_find(unit, message->sid);

	switch (message->kind) {
	case VTD_MODEL_MESSAGE_INVALIDATE:
		unit->counters.invalidations++;
		/* Nobody is there who could complete it. */
		return fn ? vtd_sim_receive_invalidation(fn, message) :
			    VTD_MODEL_COMPLETE_LATER;
	case VTD_MODEL_MESSAGE_RESPONSE:
		unit->counters.responses++;
		if (fn)
			vtd_sim_receive_response(fn, message);
		return 0;
	}
	return 0;
}

static void take_note(void *owner, const struct vtd_model_note *note)
{
	struct vtd_sim_unit *unit = owner;
	struct vtd_sim_stale *stale;

	if (unit->streaming) {
		unit->counters.stale_streamed++;
		return;
	}
	if (note->cache == VTD_MODEL_CACHE_DEVICE)
		unit->counters.stale_device++;
	else
		unit->counters.stale++;
	stale = &unit->stales[unit->nstales++ % VTD_SIM_LOG_MAX];
	*stale = (struct vtd_sim_stale){
		.addr = note->addr,
		.word_addr = note->word.addr,
		.was = note->word.value,
		.now = note->now,
		.filled = note->filled,
		.used = note->at,
		.pasid = note->pasid,
		.cache = note->cache,
		.source = note->sid,
		.domain = note->did,
	};
	memcpy(stale->needed, note->needed.qw, sizeof(stale->needed));
}

static void take_misuse(void *owner, u32 at, const char *why)
{
	struct vtd_sim_unit *unit = owner;

	unit->counters.misuse++;
	pr_warn_ratelimited("unit %u: the driver broke a rule of the architecture at register %#x: %s\n",
			    unit->id, at, why);
}

static const struct vtd_model_ops model_ops = {
	.read = vtd_sim_torn_read,
	.write = vtd_sim_ram_write,
	.cmpxchg = vtd_sim_ram_cmpxchg,
	.event = send_event,
	.message = send_message,
	.note = take_note,
	.misuse = take_misuse,
};

/* ---- Registers ------------------------------------------------------------ */

static struct vtd_sim_unit *unit_of(const struct vtd_reg_hook *hook)
{
	return container_of(hook, struct vtd_sim_unit, hook);
}

/* Functions that complete a request a second time do so a little later. */
static void complete_again(struct vtd_sim_unit *unit)
	__must_hold(&unit->lock)
{
	unsigned int sid;

	for_each_set_bit(sid, unit->twice, VTD_SIM_SIDS) {
		__clear_bit(sid, unit->twice);
		vtd_model_complete(unit->model, sid, unit->twice_tag[sid]);
	}
}

static u64 reg_read(const struct vtd_reg_hook *hook, u32 at, u32 size)
{
	struct vtd_sim_unit *unit = unit_of(hook);

	guard(raw_spinlock_irqsave)(&unit->lock);
	unit->counters.reads++;
	complete_again(unit);
	return vtd_model_read(unit->model, at, size);
}

static void reg_write(const struct vtd_reg_hook *hook, u32 at, u32 size, u64 value)
{
	struct vtd_sim_unit *unit = unit_of(hook);

	guard(raw_spinlock_irqsave)(&unit->lock);
	unit->counters.writes++;
	vtd_sim_streams_step(unit);
	vtd_model_write(unit->model, at, size, value);
	vtd_sim_torn_forget(unit);
	vtd_sim_streams_step(unit);
}

static void entry_changes(const struct vtd_reg_hook *hook, const u64 *entry,
			  unsigned int nwords)
{
	struct vtd_sim_unit *unit = unit_of(hook);

	guard(raw_spinlock_irqsave)(&unit->lock);
	vtd_sim_torn_begin(unit, entry, nwords);
}

/* The entry may be half written: a stream makes the unit read it like that. */
static void entry_stored(const struct vtd_reg_hook *hook)
{
	struct vtd_sim_unit *unit = unit_of(hook);

	guard(raw_spinlock_irqsave)(&unit->lock);
	vtd_sim_torn_stored(unit);
	vtd_sim_streams_step(unit);
}

static u32 reg_read32(const struct vtd_reg_hook *hook, u32 at)
{
	return reg_read(hook, at, sizeof(u32));
}

static u64 reg_read64(const struct vtd_reg_hook *hook, u32 at)
{
	return reg_read(hook, at, sizeof(u64));
}

static void reg_write32(const struct vtd_reg_hook *hook, u32 at, u32 value)
{
	reg_write(hook, at, sizeof(value), value);
}

static void reg_write64(const struct vtd_reg_hook *hook, u32 at, u64 value)
{
	reg_write(hook, at, sizeof(value), value);
}

/* ---- Coming and going ------------------------------------------------------ */

static int read_record(const struct vtd_plug *plug, struct vtd_dmar *dmar,
		       struct vtd_dmar_log *log)
{
	struct vtd_sim_unit *unit = container_of(plug, struct vtd_sim_unit, plug);

	return vtd_dmar_parse_owned(dmar, unit->record.bytes, unit->record.len,
				    plug->owner, log);
}

static enum vtd_model_retention retention_of(u32 retention)
{
	switch (retention) {
	case VTD_SIM_KEEP_NONE:
		return VTD_MODEL_KEEP_NONE;
	case VTD_SIM_KEEP_SEEDED:
		return VTD_MODEL_KEEP_SEEDED;
	default:
		return VTD_MODEL_KEEP_ALL;
	}
}

static int start_model(struct vtd_sim_unit *unit, const struct vtd_sim_unit_add *how)
{
	struct vtd_model_config config = {
		.ops = &model_ops,
		.owner = unit,
		.haw = min_t(u8, vtd_table()->haw, 48),
		.retention = retention_of(how->retention),
		.check = 1,
		.slots = unit->slots,
		.seed = how->seed,
		.page_reads = how->page_reads,
		.timeout_reads = how->timeout_reads,
		.choices = how->seed ? VTD_MODEL_SEEDED : VTD_MODEL_STRICT,
	};
	struct vtd_sim_caps caps;
	const char *why;
	int ret;

	ret = vtd_sim_profile(how->profile, how->caps, &caps);
	if (ret)
		return ret;
	config.cap = caps.cap;
	config.ecap = caps.ecap;
	config.version = caps.version;
	memcpy(config.nslots, cache_slots, sizeof(cache_slots));
	why = vtd_model_init(unit->model, &config);
	if (!why && vtd_model_size(unit->model) > VTD_REGS_MIN_SIZE)
		why = "its registers need more than one page";
	if (!why)
		return 0;
	pr_warn("there can be no unit like this: %s\n", why);
	return -EINVAL;
}

static void unit_free(struct vtd_sim_unit *unit)
{
	if (!IS_ERR_OR_NULL(unit->fwnode))
		fwnode_remove_software_node(unit->fwnode);
	vtd_sim_window_free(unit->base, VTD_REGS_MIN_SIZE);
	kvfree(unit->slots);
	kvfree(unit->model);
	kvfree(unit);
}

/**
 * vtd_sim_unit_create() - a unit appears, and the driver takes it
 * @how: what it is like
 * @segment: its PCI segment, in which there is nothing yet
 *
 * Context: may sleep; vtd_plug_possible().
 * Return: the unit; ERR_PTR as for VTD_SIM_UNIT_ADD.
 */
struct vtd_sim_unit *vtd_sim_unit_create(const struct vtd_sim_unit_add *how, u16 segment)
{
	struct vtd_sim_unit *unit = kvzalloc_obj(*unit);
	int ret = -ENOMEM;

	if (!unit)
		return ERR_PTR(-ENOMEM);
	raw_spin_lock_init(&unit->lock);
	vtd_sim_unit_msi_init(unit);
	unit->segment = segment;
	unit->hook = (struct vtd_reg_hook){
		.read32 = reg_read32,
		.read64 = reg_read64,
		.write32 = reg_write32,
		.write64 = reg_write64,
		.changes = entry_changes,
		.stored = entry_stored,
	};
	unit->model = kvzalloc_obj(*unit->model);
	unit->slots = kvcalloc(cache_total(), sizeof(*unit->slots), GFP_KERNEL);
	if (!unit->model || !unit->slots)
		goto undo_alloc;
	ret = start_model(unit, how);
	if (ret)
		goto undo_alloc;
	ret = -ENOSPC;
	unit->base = vtd_sim_window_alloc(VTD_REGS_MIN_SIZE);
	if (!unit->base)
		goto undo_alloc;
	unit->fwnode = fwnode_create_software_node(NULL, NULL);
	if (IS_ERR(unit->fwnode)) {
		ret = PTR_ERR(unit->fwnode);
		goto undo_alloc;
	}
	unit->place = (struct vtd_reg_place){
		.base = unit->base, .hook = &unit->hook, .fwnode = unit->fwnode,
	};
	ret = vtd_reg_place_add(&unit->place);
	if (ret)
		goto undo_alloc;
	vtd_sim_firmware_build(&unit->record, unit->base, segment);
	unit->plug = (struct vtd_plug){ .read = read_record, .owner = unit };
	ret = vtd_plug_add(&unit->plug);
	if (ret)
		goto undo_place;
	return unit;

undo_place:
	vtd_reg_place_remove(&unit->place);
	vtd_sim_unit_msi_exit(unit);
undo_alloc:
	unit_free(unit);
	return ERR_PTR(ret);
}

/**
 * vtd_sim_unit_destroy() - the driver lets a unit go, and it disappears
 * @unit: the unit; nothing is behind it
 *
 * Context: may sleep.
 * Return: 0; -EBUSY if the driver keeps it: nothing has changed.
 */
int vtd_sim_unit_destroy(struct vtd_sim_unit *unit)
{
	int ret = vtd_plug_remove(&unit->plug);

	if (ret)
		return ret;
	vtd_reg_place_remove(&unit->place);
	vtd_sim_unit_msi_exit(unit);
	unit_free(unit);
	return 0;
}
