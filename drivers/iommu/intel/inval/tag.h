/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What may hold translations of a page table: one tag per cache and name.
 *
 *   vtd_tags (in a domain) ──> IOTLB of unit 0, domain id, PASID
 *                          ──> device TLB of a device behind unit 0, PASID
 *                          ──> IOTLB of unit 1, ...
 *
 * A table in which others are nested has tags on their behalf, too.
 *
 * The list is sorted by unit, and within a unit the IOTLB stands before the
 * device TLBs: a device that asks again must not be answered from the IOTLB.
 */
#ifndef VTD_INVAL_TAG_H
#define VTD_INVAL_TAG_H

#include <linux/iommu.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include "../hw/qi.h"

struct device;
struct vtd_unit;
struct xarray;

/**
 * struct vtd_devtlb - the translation cache of a device
 * @target: how descriptors name it
 * @dev: the device
 * @twice: it answers before its posted writes have drained, so ask twice
 * @takes_global: it knows requests for the entries of all PASIDs
 * @pasids: the PASIDs that translate, by index; NULL if there can be none
 * @enabled: there may be something in the cache, so that flushes go to it. Set
 *           before ATS is switched on, cleared when it is off and the device has
 *           confirmed that nothing is left
 * @cut: the device has lost its access to memory, so that what it has cached is
 *       of no use to it
 *
 * Part of a struct vtd_device, which outlives every tag that points to it by a
 * grace period.
 */
struct vtd_devtlb {
	struct vtd_dtlb_target target;
	struct device *dev;
	bool twice;
	bool takes_global;
	struct xarray *pasids;
	bool enabled;
	int cut;
};

static inline bool vtd_devtlb_is_cut(const struct vtd_devtlb *devtlb)
{
	/* Pairs with the release after everything was invalidated. */
	return smp_load_acquire(&devtlb->cut);
}

/* Of a tag of a device TLB: all PASIDs at once; the device knows such requests. */
#define VTD_TAG_ALL_PASIDS	IOMMU_PASID_INVALID

/**
 * enum vtd_tag_kind - which cache, and what reaches the entries in it
 * @VTD_TAG_SECOND: the unit's IOTLB, second stage: domain id and address
 * @VTD_TAG_FIRST: the unit's IOTLB, first stage: domain id, PASID and address
 * @VTD_TAG_CHILD: the unit's IOTLB, entries of a table that is nested in this one. They
 *                 have the domain id of that table, and go by it
 * @VTD_TAG_DEVTLB: a device TLB that knows addresses of this table
 * @VTD_TAG_DEVTLB_WHOLE: a device TLB that knows addresses of a table that is nested
 *                        in this one: any of them may go to what changes here
 */
enum vtd_tag_kind {
	VTD_TAG_SECOND,
	VTD_TAG_FIRST,
	VTD_TAG_CHILD,
	VTD_TAG_DEVTLB,
	VTD_TAG_DEVTLB_WHOLE,
};

/**
 * struct vtd_tag_key - what makes a tag
 * @kind: which cache
 * @unit: the unit
 * @devtlb: the device TLB; NULL for the unit's IOTLB
 * @did: domain id that the entries have at the unit
 * @pasid: PASID, %IOMMU_NO_PASID for requests without. The IOTLB does not
 *         distinguish it for a second stage; it is 0 then. %VTD_TAG_ALL_PASIDS with
 *         %VTD_TAG_DEVTLB_WHOLE only
 */
struct vtd_tag_key {
	enum vtd_tag_kind kind;
	struct vtd_unit *unit;
	struct vtd_devtlb *devtlb;
	u16 did;
	u32 pasid;
};

/* May the cache hold absent entries? Those of a first stage are never cached. */
static inline bool vtd_tag_knows_second(const struct vtd_tag_key *key)
{
	return key->kind == VTD_TAG_SECOND || key->kind == VTD_TAG_CHILD;
}

/**
 * struct vtd_tag - one cache that may hold translations of the domain
 * @node: in vtd_tags.list
 * @key: which cache, under which name
 * @users: attachments that need it
 * @rcu: a flush may still be looking at it when it goes
 */
struct vtd_tag {
	struct list_head node;
	struct vtd_tag_key key;
	unsigned int users;
	struct rcu_head rcu;
};

struct vtd_tags;

/**
 * struct vtd_tags_ops - what to do when a flush failed, by those above
 * @cut_off: the device with that cache must not reach memory any more
 * @cut_off_all: nor must any device that translates by the page table behind the
 *               unit, which is dead or refuses to invalidate
 *
 * Called under RCU, perhaps with interrupts off, before the flush returns.
 */
struct vtd_tags_ops {
	void (*cut_off)(struct vtd_tags *tags, struct vtd_devtlb *devtlb);
	void (*cut_off_all)(struct vtd_tags *tags, const struct vtd_unit *unit);
};

/**
 * struct vtd_tags - all tags of one domain
 * @ops: what to do when a flush failed
 * @list: struct vtd_tag, read under RCU; changed under the domain's lock
 * @announce: some unit wants to hear of entries that become present
 */
struct vtd_tags {
	const struct vtd_tags_ops *ops;
	struct list_head list;
	bool announce;
};

void vtd_tags_init(struct vtd_tags *tags, const struct vtd_tags_ops *ops);
struct vtd_tag *vtd_tag_alloc(const struct vtd_tag_key *key);
void vtd_tag_publish(struct vtd_tags *tags, struct vtd_tag *tag);
void vtd_tag_retract(struct vtd_tags *tags, const struct vtd_tag_key *key);

#endif
