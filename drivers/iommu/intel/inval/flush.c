// SPDX-License-Identifier: GPL-2.0-only
/*
 * A page table changed: its translations leave every cache that has a tag.
 *
 * Owns: nothing.
 * Locks: none; the tags are read under RCU, so a flush spins: the IOMMU core does
 *	not tell whether an unmap may sleep anyway.
 * Calls: queue/ through batches.
 *
 * Spec: 6.5.2 (descriptors), 6.5.3.3 (what is required).
 */
#include <linux/iommu.h>

#include "../hw/cap.h"
#include "../hw/page.h"
#include "../mutant.h"
#include "../queue/queue.h"
#include "../trace.h"
#include "../unit/cmd.h"
#include "../unit/unit.h"
#include "batch.h"
#include "devtlb.h"
#include "flush.h"
#include "inval.h"
#include "range.h"

/* A range that takes more descriptors than this is cheaper to flush whole. */
#define RANGE_BLOCKS_MAX	8

#define PAGES_LAST		((1ULL << VTD_DTLB_MAX_ORDER) - 1)

/**
 * struct flush - what has to go
 * @first: first page
 * @last: last page
 * @ih: VTD_IOTLB1_IH if only leaf entries changed
 * @all: everything, @first and @last do not count
 */
struct flush {
	u64 first;
	u64 last;
	u64 ih;
	bool all;
};

/* Order of the largest leaf; a block that does not cover a leaf may not remove it. */
static unsigned int leaf_second(const struct vtd_caps *caps)
{
	if (caps->sslps & VTD_SSLPS_1G)
		return 2 * VTD_PT_LEVEL_BITS;
	return caps->sslps & VTD_SSLPS_2M ? VTD_PT_LEVEL_BITS : 0;
}

static unsigned int leaf_first(const struct vtd_caps *caps)
{
	return caps->fs1gp ? 2 * VTD_PT_LEVEL_BITS : VTD_PT_LEVEL_BITS;
}

/* Does it take blocks that are smaller than a leaf of that order? */
static bool cuts_leaves(const struct flush *flush, unsigned int mamv, unsigned int leaf)
{
	return leaf > mamv && (flush->last - flush->first) >> mamv;
}

/* Is what is cached found by domain id and PASID, or by domain id alone? */
static bool goes_by_pasid(const struct vtd_tag_key *key)
{
	if (vtd_mutant(VTD_MUTANT_SECOND_BY_PASID))
		return true;
	return key->kind == VTD_TAG_FIRST;
}

static unsigned int largest_leaf(const struct vtd_tag_key *key)
{
	const struct vtd_caps *caps = &key->unit->caps;

	return goes_by_pasid(key) ? leaf_first(caps) : leaf_second(caps);
}

static bool takes_pages(const struct vtd_tag_key *key)
{
	return goes_by_pasid(key) || key->unit->caps.psi;
}

static struct vtd_desc iotlb_all(const struct vtd_tag_key *key)
{
	if (goes_by_pasid(key))
		return vtd_desc_pasid_iotlb_all(key->did, key->pasid);
	return vtd_desc_iotlb_domain(key->unit->caps.iotlb_drain, key->did);
}

static struct vtd_desc iotlb_page(const struct vtd_tag_key *key,
				  const struct vtd_block *block, u64 ih)
{
	if (goes_by_pasid(key))
		return vtd_desc_pasid_iotlb_page(key->did, key->pasid, block->pfn << 12,
						 block->order, ih);
	return vtd_desc_iotlb_page(key->unit->caps.iotlb_drain, key->did,
				   block->pfn << 12, block->order, ih);
}

/*
 * The specification does not bound the order by MAMV where a PASID is given, virtual
 * units do. Blocks of that size are as good.
 *
 * Entries of nested tables go by the page alone as well: what is asked for by page
 * removes all of theirs, and the upper levels of this table as for any other. Their upper
 * levels hold where a guest's table is in memory, which the page may be: no hint there.
 */
static void flush_iotlb(struct vtd_batch *batch, const struct vtd_tag_key *key,
			const struct flush *flush)
{
	u64 ih = key->kind == VTD_TAG_CHILD ? 0 : flush->ih;
	unsigned int mamv = key->unit->caps.mamv;
	struct vtd_cover cover __uninitialized;
	struct vtd_block block __uninitialized;

	if (vtd_mutant(VTD_MUTANT_RANGE_IOTLB) ||
	    (key->kind == VTD_TAG_CHILD && vtd_mutant(VTD_MUTANT_CHILD_IOTLB)))
		return;
	if (likely(!flush->all && takes_pages(key) &&
		   vtd_block_around(flush->first, flush->last, mamv, &block))) {
		if (vtd_mutant(VTD_MUTANT_RANGE_ORDER) && block.order)
			block.order--;
		vtd_batch_add(batch, iotlb_page(key, &block, ih));
		return;
	}
	if (flush->all || !takes_pages(key) ||
	    cuts_leaves(flush, mamv, largest_leaf(key)) ||
	    vtd_cover_init(&cover, flush->first, flush->last, mamv) >
	    RANGE_BLOCKS_MAX) {
		vtd_batch_add(batch, iotlb_all(key));
		return;
	}
	while (vtd_cover_next(&cover, &block))
		vtd_batch_add(batch, iotlb_page(key, &block, ih));
}

static void flush_device(struct vtd_batch *batch, const struct vtd_tag_key *key,
			 const struct flush *flush)
{
	struct vtd_cover cover __uninitialized;
	struct vtd_block block __uninitialized;

	if (vtd_mutant(VTD_MUTANT_RANGE_DEVTLB) ||
	    !vtd_devtlb_is_asked(key->unit, key->devtlb))
		return;
	if (key->kind == VTD_TAG_DEVTLB_WHOLE && vtd_mutant(VTD_MUTANT_CHILD_DEVTLB))
		return;
	if (key->pasid == VTD_TAG_ALL_PASIDS) {
		vtd_devtlb_add_pasids(batch, key->devtlb);
		return;
	}
	if (flush->all || (key->kind == VTD_TAG_DEVTLB_WHOLE &&
			   !vtd_mutant(VTD_MUTANT_CHILD_RANGE))) {
		vtd_devtlb_add_whole(batch, key->devtlb, key->pasid);
		return;
	}
	vtd_cover_init(&cover, flush->first, flush->last, VTD_DTLB_MAX_ORDER);
	while (vtd_cover_next(&cover, &block)) {
		vtd_devtlb_add_block(batch, key->devtlb, key->pasid, &block);
		if (vtd_mutant(VTD_MUTANT_RANGE_BLOCKS))
			break;
	}
}

static void trace_flush(const struct vtd_tag_key *key, const struct flush *flush)
{
	trace_cache_tag_flush_range(key->unit->name,
				    key->devtlb ? dev_name(key->devtlb->dev) : "",
				    key->devtlb ? "devtlb" : "iotlb", key->did,
				    key->pasid, flush->first << 12,
				    (flush->last << 12) | 0xfff);
}

static void flush_tag(struct vtd_batch *batch, const struct vtd_tag_key *key,
		      const struct flush *flush)
{
	trace_flush(key, flush);
	switch (key->kind) {
	case VTD_TAG_SECOND:
	case VTD_TAG_FIRST:
	case VTD_TAG_CHILD:
		flush_iotlb(batch, key, flush);
		break;
	case VTD_TAG_DEVTLB:
	case VTD_TAG_DEVTLB_WHOLE:
		flush_device(batch, key, flush);
		break;
	}
}

/**
 * vtd_flush_cut_off_mute() - devices did not answer: they lose their memory
 * @tags: of the domain that was flushed
 * @unit: the unit in front of the devices
 *
 * What they have cached is of no use to them then.
 *
 * Context: under RCU; any but NMI.
 */
void vtd_flush_cut_off_mute(struct vtd_tags *tags, struct vtd_unit *unit)
{
	struct vtd_devtlb *devtlb;
	struct vtd_tag *tag;

	if (vtd_mutant(VTD_MUTANT_MUTE_STAYS))
		return;
	list_for_each_entry_rcu(tag, &tags->list, node) {
		devtlb = tag->key.devtlb;
		if (tag->key.unit == unit && devtlb && !vtd_devtlb_is_cut(devtlb) &&
		    vtd_queue_quarantined(unit, devtlb->target.sid))
			tags->ops->cut_off(tags, devtlb);
	}
}

static bool flush_again(struct vtd_tags *tags, struct vtd_unit *unit)
{
	struct flush flush = { .last = PAGES_LAST, .all = true };
	struct vtd_batch batch __uninitialized;
	struct vtd_tag *tag;

	vtd_batch_start(&batch, unit);
	list_for_each_entry_rcu(tag, &tags->list, node)
		if (tag->key.unit == unit)
			flush_tag(&batch, &tag->key, &flush);
	vtd_batch_finish(&batch);
	vtd_flush_cut_off_mute(tags, unit);
	return !batch.incomplete;
}

/*
 * The caller frees memory as soon as the flush returns, whatever came of it. So
 * nobody may be left who could still reach it. Of devices those are cut off that
 * did not answer, and no other: all that the rest needs has been done. Only a
 * unit that fails itself costs all who translate by the table: it is dead, or
 * refuses even to forget all of the domain.
 */
static void flush_failed(struct vtd_tags *tags, const struct vtd_batch *batch)
{
	vtd_flush_cut_off_mute(tags, batch->unit);
	if (batch->incomplete && !flush_again(tags, batch->unit))
		tags->ops->cut_off_all(tags, batch->unit);
}

static void flush_finish(struct vtd_tags *tags, struct vtd_batch *batch)
{
	if (unlikely(vtd_batch_finish(batch)))
		flush_failed(tags, batch);
}

static void flush_tags(struct vtd_tags *tags, const struct flush *flush)
{
	struct vtd_batch batch __uninitialized;
	struct vtd_tag *tag;

	/* Entries are changed before the tags are read: see vtd_tag_publish(). */
	smp_mb();
	vtd_batch_start(&batch, NULL);
	guard(rcu)();
	list_for_each_entry_rcu(tag, &tags->list, node) {
		if (tag->key.unit != batch.unit) {
			flush_finish(tags, &batch);
			vtd_batch_start(&batch, tag->key.unit);
		}
		flush_tag(&batch, &tag->key, flush);
	}
	flush_finish(tags, &batch);
}

/**
 * vtd_inval_range() - entries of a range were removed, replaced or restricted
 * @tags: where the domain may be cached
 * @first: first byte of the range
 * @last: last byte of the range
 * @flags: %VTD_INVAL_LEAF or 0
 *
 * Context: any but NMI.
 */
void vtd_inval_range(struct vtd_tags *tags, u64 first, u64 last, unsigned int flags)
{
	struct flush flush = {
		.first = first >> 12,
		.last = last >> 12,
		.ih = flags & VTD_INVAL_LEAF ? VTD_IOTLB1_IH : 0,
	};

	if (vtd_mutant(VTD_MUTANT_RANGE_LAST) && flush.last > flush.first)
		flush.last--;
	if (vtd_mutant(VTD_MUTANT_RANGE_LEAF))
		flush.ih = VTD_IOTLB1_IH;
	flush_tags(tags, &flush);
}

/**
 * vtd_inval_all() - forget everything of a domain
 * @tags: where the domain may be cached
 *
 * Context: any but NMI.
 */
void vtd_inval_all(struct vtd_tags *tags)
{
	struct flush flush = { .last = PAGES_LAST, .all = true };

	flush_tags(tags, &flush);
}

/**
 * vtd_inval_mapped() - entries of a second stage became present
 * @tags: where the domain may be cached
 * @first: first byte of the range
 * @last: last byte of the range
 *
 * Only virtual units cache absent entries, and only old chipsets hold written
 * entries back; all others need nothing, which vtd_tags.announce tells.
 *
 * Context: any but NMI.
 */
void vtd_inval_mapped(struct vtd_tags *tags, u64 first, u64 last)
{
	struct flush flush = { .first = first >> 12, .last = last >> 12 };
	struct vtd_batch batch __uninitialized;
	struct vtd_tag *tag;

	if (vtd_mutant(VTD_MUTANT_MAPPED))
		return;
	/* As in flush_tags(). */
	smp_mb();
	guard(rcu)();
	list_for_each_entry_rcu(tag, &tags->list, node) {
		const struct vtd_tag_key *key = &tag->key;

		if (!vtd_tag_knows_second(key))
			continue;
		if (key->unit->caps.cm) {
			trace_cache_tag_flush_range_np(key->unit->name, "", "iotlb",
						       key->did, key->pasid,
						       first, last);
			vtd_batch_start(&batch, key->unit);
			flush_iotlb(&batch, key, &flush);
			vtd_batch_finish(&batch);
		} else {
			vtd_unit_flush_write_buffer(key->unit);
		}
	}
}

static int empty_devtlb(struct vtd_unit *unit, struct vtd_devtlb *devtlb)
{
	struct vtd_batch batch __uninitialized;

	vtd_batch_start(&batch, unit);
	batch.flags = VTD_SUBMIT_SLEEP;
	vtd_devtlb_add_all(&batch, devtlb);
	return vtd_batch_finish(&batch);
}

/**
 * vtd_inval_devtlb_all() - empty the cache of a device, whatever PASID
 * @unit: the unit in front of the device
 * @devtlb: its cache; ATS may be off already, the request drains what is on
 *          its way
 *
 * Context: may sleep.
 * Return: see inval.h.
 */
int vtd_inval_devtlb_all(struct vtd_unit *unit, struct vtd_devtlb *devtlb)
{
	return vtd_devtlb_answers(unit, devtlb) ? empty_devtlb(unit, devtlb) : 0;
}

/**
 * vtd_inval_devtlb_cut() - does a device that was cut off answer again?
 * @unit: the unit in front of the device
 * @devtlb: its cache; empty if the device answers
 *
 * Context: may sleep.
 * Return: see inval.h.
 */
int vtd_inval_devtlb_cut(struct vtd_unit *unit, struct vtd_devtlb *devtlb)
{
	return READ_ONCE(unit->translating) ? empty_devtlb(unit, devtlb) : -EIO;
}
