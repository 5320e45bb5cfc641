// SPDX-License-Identifier: GPL-2.0-only
/*
 * A root, context or PASID entry changed: the set that each change requires.
 *
 * Owns: nothing.
 * Locks: none.
 * Calls: queue/ through batches.
 *
 * Spec: 6.5.3.3, the table of software's obligations.
 */
#include <linux/iommu.h>
#include <linux/kernel.h>

#include "../hw/pasid_layout.h"
#include "../mutant.h"
#include "../queue/queue.h"
#include "../unit/cmd.h"
#include "../unit/unit.h"
#include "batch.h"
#include "devtlb.h"
#include "inval.h"

/* Entries change, and ids are freed, where the caller may sleep. */
static void start_asleep(struct vtd_batch *batch, struct vtd_unit *unit)
{
	might_sleep();
	vtd_batch_start(batch, unit);
	batch->flags = VTD_SUBMIT_SLEEP;
}

static void add_iotlb(struct vtd_batch *batch, const struct vtd_inval_entry *entry,
		      u16 did, unsigned int pgtt)
{
	if (vtd_mutant(VTD_MUTANT_DROP_IOTLB))
		return;
	/* No invalidation by PASID reaches the caches of second-stage tables. */
	if (pgtt == VTD_PGTT_SECOND || pgtt == VTD_PGTT_NESTED)
		vtd_batch_add(batch,
			      vtd_desc_iotlb_domain(batch->unit->caps.iotlb_drain, did));
	else
		vtd_batch_add(batch, vtd_desc_pasid_iotlb_all(did, entry->pasid));
}

static bool has_cache(const struct vtd_inval_entry *entry)
{
	const struct vtd_devtlb *devtlb = entry->devtlb;

	return devtlb && vtd_devtlb_is_asked(entry->unit, devtlb);
}

/*
 * An entry became present. Unless the unit caches absent ones, no cache knows it; old
 * chipsets have it in their buffer.
 */
static bool is_unknown(struct vtd_unit *unit)
{
	if (unit->caps.cm)
		return false;
	vtd_unit_flush_write_buffer(unit);
	return true;
}

static void add_sm_context(struct vtd_batch *batch, const struct vtd_inval_entry *entry)
{
	if (!vtd_mutant(VTD_MUTANT_SM_CONTEXT_CACHE))
		vtd_batch_add(batch, vtd_desc_context_device(0, entry->sid));
	if (!vtd_mutant(VTD_MUTANT_SM_CONTEXT_PASIDS))
		vtd_batch_add(batch, vtd_desc_pasid_cache_global());
	if (!vtd_mutant(VTD_MUTANT_SM_CONTEXT_IOTLB))
		vtd_batch_add(batch, vtd_desc_iotlb_global(batch->unit->caps.iotlb_drain));
}

/**
 * vtd_inval_pasid_dropped() - a PASID entry does not say any more what it said
 * @entry: the entry
 * @old_did: domain id that it had
 * @old_pgtt: translation type that it had
 *
 * Any field counts, also one that the translation type ignores.
 *
 * Context: may sleep.
 * Return: see inval.h.
 */
int vtd_inval_pasid_dropped(const struct vtd_inval_entry *entry, u16 old_did,
			    unsigned int old_pgtt)
{
	struct vtd_batch batch __uninitialized;

	start_asleep(&batch, entry->unit);
	if (!vtd_mutant(VTD_MUTANT_DROP_PASID_CACHE))
		vtd_batch_add(&batch, vtd_desc_pasid_cache(old_did, entry->pasid));
	add_iotlb(&batch, entry, old_did, old_pgtt);
	if (has_cache(entry) && !vtd_mutant(VTD_MUTANT_DROP_PASID_DEVTLB))
		vtd_devtlb_add_whole(&batch, entry->devtlb, entry->pasid);
	return vtd_batch_finish(&batch);
}

/**
 * vtd_inval_pasid_added() - a PASID entry became present
 * @entry: the entry
 * @did: domain id that it has
 * @pgtt: its translation type
 *
 * A caching unit may hold the absent entry, under a domain id that the
 * specification leaves open; dropping all PASID entries is right on each of them.
 *
 * Context: may sleep.
 * Return: see inval.h.
 */
int vtd_inval_pasid_added(const struct vtd_inval_entry *entry, u16 did,
			  unsigned int pgtt)
{
	struct vtd_batch batch __uninitialized;

	if (is_unknown(entry->unit))
		return 0;
	start_asleep(&batch, entry->unit);
	if (!vtd_mutant(VTD_MUTANT_ADD_PASID_CACHE))
		vtd_batch_add(&batch, vtd_desc_pasid_cache_global());
	add_iotlb(&batch, entry, did, pgtt);
	return vtd_batch_finish(&batch);
}

/**
 * vtd_inval_pasid_dir_added() - a PASID directory entry became present
 * @unit: the unit whose tables it is in
 *
 * Context: may sleep.
 * Return: see inval.h.
 */
int vtd_inval_pasid_dir_added(struct vtd_unit *unit)
{
	struct vtd_batch batch __uninitialized;

	if (is_unknown(unit))
		return 0;
	start_asleep(&batch, unit);
	vtd_batch_add(&batch, vtd_desc_pasid_cache_global());
	return vtd_batch_finish(&batch);
}

/**
 * vtd_inval_context_dropped() - a legacy context entry lost its old meaning
 * @entry: the entry
 * @old_did: domain id that it had
 *
 * Context: may sleep.
 * Return: see inval.h.
 */
int vtd_inval_context_dropped(const struct vtd_inval_entry *entry, u16 old_did)
{
	struct vtd_batch batch __uninitialized;

	start_asleep(&batch, entry->unit);
	if (!vtd_mutant(VTD_MUTANT_DROP_CONTEXT_CACHE))
		vtd_batch_add(&batch, vtd_desc_context_device(old_did, entry->sid));
	if (!vtd_mutant(VTD_MUTANT_DROP_IOTLB))
		vtd_batch_add(&batch,
			      vtd_desc_iotlb_domain(entry->unit->caps.iotlb_drain, old_did));
	if (has_cache(entry) && !vtd_mutant(VTD_MUTANT_DROP_CONTEXT_DEVTLB))
		vtd_devtlb_add_all(&batch, entry->devtlb);
	return vtd_batch_finish(&batch);
}

/**
 * vtd_inval_context_added() - a legacy context entry became present
 * @entry: the entry
 * @did: domain id that it has
 *
 * Context: may sleep.
 * Return: see inval.h.
 */
int vtd_inval_context_added(const struct vtd_inval_entry *entry, u16 did)
{
	struct vtd_batch batch __uninitialized;

	if (is_unknown(entry->unit))
		return 0;
	start_asleep(&batch, entry->unit);
	if (!vtd_mutant(VTD_MUTANT_ADD_CONTEXT_CACHE))
		vtd_batch_add(&batch, vtd_desc_context_device(0, entry->sid));
	vtd_batch_add(&batch, vtd_desc_iotlb_domain(entry->unit->caps.iotlb_drain,
						    did));
	return vtd_batch_finish(&batch);
}

/**
 * vtd_inval_sm_context_dropped() - a scalable context entry changed or went
 * @entry: the entry
 *
 * It leads to a PASID table, perhaps of an earlier kernel, whose domain ids are
 * known to nobody here: those of all tables go.
 *
 * Context: may sleep.
 * Return: see inval.h.
 */
int vtd_inval_sm_context_dropped(const struct vtd_inval_entry *entry)
{
	struct vtd_batch batch __uninitialized;

	start_asleep(&batch, entry->unit);
	add_sm_context(&batch, entry);
	if (has_cache(entry))
		vtd_devtlb_add_all(&batch, entry->devtlb);
	return vtd_batch_finish(&batch);
}

/**
 * vtd_inval_sm_context_added() - a scalable context entry became present
 * @entry: the entry
 *
 * Context: may sleep.
 * Return: see inval.h.
 */
int vtd_inval_sm_context_added(const struct vtd_inval_entry *entry)
{
	struct vtd_batch batch __uninitialized;

	if (is_unknown(entry->unit))
		return 0;
	start_asleep(&batch, entry->unit);
	add_sm_context(&batch, entry);
	return vtd_batch_finish(&batch);
}

/**
 * vtd_inval_root_added() - a root entry became present
 * @unit: the unit
 *
 * Context: may sleep.
 * Return: see inval.h.
 */
int vtd_inval_root_added(struct vtd_unit *unit)
{
	return is_unknown(unit) ? 0 : vtd_inval_everything(unit, VTD_INVAL_SLEEP);
}

/**
 * vtd_inval_everything() - the root table was replaced
 * @unit: the unit
 * @flags: %VTD_INVAL_SLEEP or 0
 *
 * Context: any but NMI; may sleep with %VTD_INVAL_SLEEP.
 * Return: see inval.h.
 */
int vtd_inval_everything(struct vtd_unit *unit, unsigned int flags)
{
	struct vtd_batch batch __uninitialized;

	if (flags & VTD_INVAL_SLEEP)
		start_asleep(&batch, unit);
	else
		vtd_batch_start(&batch, unit);
	if (!vtd_mutant(VTD_MUTANT_EVERYTHING_CONTEXT))
		vtd_batch_add(&batch, vtd_desc_context_global());
	if (unit->scalable)
		vtd_batch_add(&batch, vtd_desc_pasid_cache_global());
	vtd_batch_add(&batch, vtd_desc_iotlb_global(unit->caps.iotlb_drain));
	return vtd_batch_finish(&batch);
}

/**
 * vtd_inval_did_freed() - a domain id may be given to another domain next
 * @unit: the unit
 * @did: the domain id
 *
 * Context: may sleep.
 * Return: see inval.h.
 */
int vtd_inval_did_freed(struct vtd_unit *unit, u16 did)
{
	struct vtd_batch batch __uninitialized;

	start_asleep(&batch, unit);
	if (unit->scalable)
		vtd_batch_add(&batch, vtd_desc_pasid_cache_domain(did));
	else
		vtd_batch_add(&batch, vtd_desc_context_domain(did));
	if (!vtd_mutant(VTD_MUTANT_DROP_IOTLB))
		vtd_batch_add(&batch, vtd_desc_iotlb_domain(unit->caps.iotlb_drain, did));
	return vtd_batch_finish(&batch);
}
