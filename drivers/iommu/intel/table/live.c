// SPDX-License-Identifier: GPL-2.0-only
/*
 * Live context and PASID entries, with the invalidations that they need.
 *
 * Owns: nothing.
 * Locks: the caller keeps other writers of the entry out.
 * Calls: transition.c, and from there inval/.
 */
#include <linux/bitops.h>

#include "../mutant.h"
#include "../trace.h"
#include "../unit/unit.h"
#include "live.h"
#include "root.h"
#include "transition.h"

/*
 * The second stage stays, and the domain id with it: what is cached of it alone goes
 * on. All else of the entry has its PASID.
 */
static bool keeps_second_stage(const u64 *old, const u64 *new)
{
	return vtd_pasid_entry_pgtt(old) == VTD_PGTT_NESTED && old[0] == new[0] &&
	       old[1] == new[1];
}

static unsigned int what_goes(const u64 *old, const u64 *new)
{
	return keeps_second_stage(old, new) ? VTD_PGTT_FIRST : vtd_pasid_entry_pgtt(old);
}

static int sync_pasid(void *ctx, enum vtd_sync why, const u64 *old, const u64 *new)
{
	const struct vtd_inval_entry *where = ctx;

	switch (why) {
	case VTD_SYNC_STAGE:
	case VTD_SYNC_DROP:
		if (vtd_mutant(VTD_MUTANT_CHILD_REPLACE) && keeps_second_stage(old, new))
			return 0;
		if (vtd_mutant(VTD_MUTANT_DROP_NEW_ID))
			old = new;
		return vtd_inval_pasid_dropped(where, vtd_pasid_entry_did(old),
					       what_goes(old, new));
	case VTD_SYNC_TIDY:
		return vtd_inval_pasid_dropped(where, vtd_pasid_entry_did(new),
					       vtd_pasid_entry_pgtt(new));
	case VTD_SYNC_ADD:
		break;
	}
	return vtd_inval_pasid_added(where, vtd_pasid_entry_did(new),
				     vtd_pasid_entry_pgtt(new));
}

static void trace_pasid(void *ctx, enum vtd_transition how, const u64 *old,
			const u64 *new)
{
	const struct vtd_inval_entry *where = ctx;

	trace_pasid_entry(where->unit->name, where->sid, where->pasid, how, old, new);
}

/**
 * vtd_pasid_set() - change the PASID entry of a device
 * @where: unit, device and PASID
 * @slot: the entry
 * @new: what it shall be; all zero to block
 *
 * Context: may sleep; the caller keeps others out.
 * Return: 0, or the first error of an invalidation. The entry is @new anyway.
 */
int vtd_pasid_set(const struct vtd_inval_entry *where, u64 *slot,
		  const struct vtd_pasid_entry *new)
{
	struct vtd_live live = {
		.slot = slot,
		.shape = &vtd_shape_pasid,
		.unit = where->unit,
		.coherent = where->unit->caps.coherent,
		.sync = sync_pasid,
		.planned = trace_pasid,
		.ctx = (void *)where,
	};

	return vtd_transition(&live, new->qw);
}

static int sync_context(void *ctx, enum vtd_sync why, const u64 *old, const u64 *new)
{
	const struct vtd_inval_entry *where = ctx;

	if (why == VTD_SYNC_ADD)
		return vtd_inval_context_added(where, vtd_context_did(new));
	return vtd_inval_context_dropped(where, vtd_context_did(old));
}

static void entry_claim(const struct vtd_inval_entry *where)
{
	if (where->unit->root->foreign)
		clear_bit(where->sid, where->unit->root->foreign);
}

/**
 * vtd_context_set() - change the context entry of a device, legacy mode
 * @where: unit and device
 * @slot: the entry
 * @seal: its seal; once that is closed the entry does not become present
 * @new: what it shall be; all zero to block
 *
 * Context: as vtd_pasid_set().
 * Return: as vtd_pasid_set().
 */
int vtd_context_set(const struct vtd_inval_entry *where, u64 *slot,
		    struct vtd_seal *seal, const struct vtd_context *new)
{
	u64 words[2] = { new->lo, new->hi };
	struct vtd_live live = {
		.slot = slot,
		.shape = &vtd_shape_context,
		.unit = where->unit,
		.coherent = where->unit->caps.coherent,
		.seal = seal,
		.sync = sync_context,
		.ctx = (void *)where,
	};
	int ret = vtd_transition(&live, words);

	entry_claim(where);
	return ret;
}

static int sync_sm_context(void *ctx, enum vtd_sync why, const u64 *old,
			   const u64 *new)
{
	const struct vtd_inval_entry *where = ctx;

	if (why == VTD_SYNC_ADD)
		return vtd_inval_sm_context_added(where);
	return vtd_inval_sm_context_dropped(where);
}

/**
 * vtd_sm_context_set() - change the context entry of a device, scalable mode
 * @where: unit and device
 * @slot: the entry
 * @seal: as at vtd_context_set()
 * @new: what it shall be; all zero to block
 *
 * Context: as vtd_pasid_set().
 * Return: as vtd_pasid_set().
 */
int vtd_sm_context_set(const struct vtd_inval_entry *where, u64 *slot,
		       struct vtd_seal *seal, const struct vtd_sm_context *new)
{
	struct vtd_live live = {
		.slot = slot,
		.shape = &vtd_shape_sm_context,
		.unit = where->unit,
		.coherent = where->unit->caps.coherent,
		.seal = seal,
		.sync = sync_sm_context,
		.ctx = (void *)where,
	};
	int ret = vtd_transition(&live, new->qw);

	entry_claim(where);
	return ret;
}

/**
 * vtd_context_close() - no request of a source id is answered any more
 * @unit: the unit
 * @slot: the context entry, of either mode
 * @seal: its seal
 *
 * The caller invalidates everything in the unit afterwards.
 *
 * Context: any but NMI.
 */
void vtd_context_close(const struct vtd_unit *unit, u64 *slot,
		       struct vtd_seal *seal)
{
	struct vtd_live live = {
		.slot = slot,
		.shape = unit->scalable ? &vtd_shape_sm_context : &vtd_shape_context,
		.unit = unit,
		.coherent = unit->caps.coherent,
		.seal = seal,
	};

	vtd_transition_close(&live);
}

/**
 * vtd_context_open() - entries of a source id count again
 * @seal: the seal of its context entry
 *
 * Context: any but NMI.
 */
void vtd_context_open(struct vtd_seal *seal)
{
	vtd_transition_open(seal);
}
