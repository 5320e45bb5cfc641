// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulated units for people: what their caches hold, and the last requests.
 *
 * Locks: vtd_sim_unit.lock for one entry at a time: what is shown of two entries
 *	need not have been there together.
 */
#include <linux/cleanup.h>
#include <linux/debugfs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "debugfs.h"
#include "function.h"
#include "sim_unit.h"
#include "sriov.h"

static const char * const cache_names[VTD_MODEL_CACHES] = {
	[VTD_MODEL_CACHE_CONTEXT] = "context",
	[VTD_MODEL_CACHE_PASID] = "pasid",
	[VTD_MODEL_CACHE_PAGE] = "iotlb",
	[VTD_MODEL_CACHE_SECOND] = "second",
	[VTD_MODEL_CACHE_FIRST] = "first",
	[VTD_MODEL_CACHE_INTERRUPT] = "interrupt",
};

static void show_entry(struct seq_file *seq, enum vtd_model_cache cache,
		       const struct vtdm_cached *entry)
{
	const struct vtdm_tag *tag = &entry->tag;

	seq_printf(seq, "%-9s filled %-6llu source %02x:%02x.%u domain %-5u", cache_names[cache],
		   entry->filled, tag->sid >> 8, tag->sid >> 3 & 0x1f, tag->sid & 7, tag->did);
	if (tag->has_pasid)
		seq_printf(seq, " pasid %#x", tag->pasid);
	if (cache == VTD_MODEL_CACHE_INTERRUPT)
		seq_printf(seq, " index %llu: %016llx %016llx", tag->addr, entry->irte[1],
			   entry->irte[0]);
	if (cache == VTD_MODEL_CACHE_PAGE || cache == VTD_MODEL_CACHE_SECOND ||
	    cache == VTD_MODEL_CACHE_FIRST)
		seq_printf(seq, " address %#llx order %u", tag->addr, tag->order);
	if (cache == VTD_MODEL_CACHE_SECOND || cache == VTD_MODEL_CACHE_FIRST)
		seq_printf(seq, " level %u: table %#llx", tag->level, entry->upper.table);
	if (entry->reason)
		seq_printf(seq, " fault %#x", entry->reason);
	seq_putc(seq, '\n');
}

static int caches_show(struct seq_file *seq, void *data)
{
	struct vtd_sim_unit *unit = seq->private;
	struct vtdm_cached *copy __free(kfree) = kmalloc_obj(struct vtdm_cached);
	struct vtdm_caches *caches = &unit->model->caches;
	u32 cache, i;

	if (!copy)
		return -ENOMEM;
	for (cache = 0; cache < VTD_MODEL_CACHES; cache++) {
		for (i = 0; i < caches->nr[cache]; i++) {
			scoped_guard(raw_spinlock_irqsave, &unit->lock)
				memcpy(copy, &caches->slot[cache][i], sizeof(*copy));
			if (copy->valid)
				show_entry(seq, cache, copy);
		}
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(caches);

/* The entry @i of the device TLB of @sid; false if there is none. */
static bool copy_dtlb(struct vtd_sim_unit *unit, unsigned int sid, unsigned int i,
		      struct vtd_model_dtlb_entry *copy)
{
	struct vtd_sim_function *fn;

	guard(raw_spinlock_irqsave)(&unit->lock);
	fn = vtd_sim_sriov_find(unit, sid);
	if (!fn)
		return false;
	*copy = fn->entries[i];
	return copy->valid;
}

static int device_tlbs_show(struct seq_file *seq, void *data)
{
	struct vtd_sim_unit *unit = seq->private;
	struct vtd_model_dtlb_entry entry;
	unsigned int sid, i;

	for (sid = 0; sid < VTD_SIM_SIDS; sid++) {
		for (i = 0; i < VTD_SIM_DTLB_ENTRIES; i++) {
			if (!copy_dtlb(unit, sid, i, &entry))
				continue;
			seq_printf(seq, "00:%02x.%u ", sid >> 3, sid & 7);
			seq_printf(seq, "filled %-6llu address %#llx order %u host %#llx %s%s",
				   entry.filled, entry.addr, entry.order, entry.host,
				   entry.read ? "r" : "-", entry.write ? "w" : "-");
			if (entry.has_pasid)
				seq_printf(seq, " pasid %#x", entry.pasid);
			seq_putc(seq, '\n');
		}
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(device_tlbs);

static int requests_show(struct seq_file *seq, void *data)
{
	struct vtd_sim_unit *unit = seq->private;
	struct vtd_sim_trace trace;
	u64 n, i;

	scoped_guard(raw_spinlock_irqsave, &unit->lock)
		n = unit->ntraces;
	for (i = n - min_t(u64, n, VTD_SIM_LOG_MAX); i < n; i++) {
		scoped_guard(raw_spinlock_irqsave, &unit->lock)
			trace = unit->traces[i % VTD_SIM_LOG_MAX];
		seq_printf(seq, "00:%02x.%u %c type %u address %#llx+%#x host %#llx verdict %u reason %#x stale %u",
			   trace.source >> 3 & 0x1f, trace.source & 7, "wrpa"[trace.access & 3],
			   trace.at, trace.addr, trace.nbytes, trace.host, trace.verdict,
			   trace.reason, trace.stale);
		if (trace.has_pasid)
			seq_printf(seq, " pasid %#x", trace.pasid);
		seq_putc(seq, '\n');
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(requests);

/**
 * vtd_sim_debugfs_add() - show a unit
 * @unit: the unit; it has its number
 *
 * Context: may sleep.
 */
void vtd_sim_debugfs_add(struct vtd_sim_unit *unit)
{
	static struct dentry *top;
	char name[12];

	if (!top)
		top = debugfs_create_dir("vtd-sim", NULL);
	snprintf(name, sizeof(name), "%u", unit->id);
	unit->debugfs = debugfs_create_dir(name, top);
	debugfs_create_file("caches", 0400, unit->debugfs, unit, &caches_fops);
	debugfs_create_file("device_tlbs", 0400, unit->debugfs, unit, &device_tlbs_fops);
	debugfs_create_file("requests", 0400, unit->debugfs, unit, &requests_fops);
}

/**
 * vtd_sim_debugfs_remove() - undo vtd_sim_debugfs_add()
 * @unit: the unit
 *
 * Context: may sleep; waits for readers.
 */
void vtd_sim_debugfs_remove(struct vtd_sim_unit *unit)
{
	debugfs_remove(unit->debugfs);
	unit->debugfs = NULL;
}
