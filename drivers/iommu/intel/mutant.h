/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mutants: faults that are built into the driver to test its tests. One at a time
 * can be on: an invalidation is left out, or two steps change places. Then a test
 * on simulated units has to fail; if none does, a test is missing or the step is
 * superfluous.
 *
 * Each of them lets devices reach memory of others, so they exist only with
 * CONFIG_INTEL_IOMMU_MUTANTS. Without it vtd_mutant() is false for the compiler.
 */
#ifndef __VTD_MUTANT_H
#define __VTD_MUTANT_H

#include <linux/compiler.h>
#include <linux/types.h>

/**
 * enum vtd_mutant - what the driver does wrong; mutant.c has the names
 * @VTD_MUTANT_NONE: nothing
 * @VTD_MUTANT_DROP_PASID_CACHE: a PASID entry went, its PASID cache stays
 * @VTD_MUTANT_DROP_PASID_DEVTLB: a PASID entry went, the device TLB stays
 * @VTD_MUTANT_DROP_NEW_ID: a PASID entry changed, what is cached is sought under its
 *	new domain id
 * @VTD_MUTANT_DROP_CONTEXT_CACHE: a legacy context entry went, its cache stays
 * @VTD_MUTANT_DROP_CONTEXT_DEVTLB: a legacy context entry went, the device TLB stays
 * @VTD_MUTANT_SM_CONTEXT_CACHE: a scalable context entry changed, its cache stays
 * @VTD_MUTANT_DROP_IOTLB: an entry went and its domain id is free; the IOTLB stays
 * @VTD_MUTANT_ADD_PASID_CACHE: caching mode: a PASID entry came, the absent one stays
 * @VTD_MUTANT_ADD_CONTEXT_CACHE: the same for a legacy context entry
 * @VTD_MUTANT_EVERYTHING_CONTEXT: everything goes but the context cache
 * @VTD_MUTANT_RANGE_IOTLB: a range was unmapped, the IOTLB stays
 * @VTD_MUTANT_RANGE_DEVTLB: a range was unmapped, the device TLBs stay
 * @VTD_MUTANT_RANGE_LAST: the last page of a range stays
 * @VTD_MUTANT_RANGE_ORDER: half of a block of the IOTLB stays
 * @VTD_MUTANT_RANGE_BLOCKS: only the first block of a range leaves device TLBs
 * @VTD_MUTANT_RANGE_LEAF: the upper levels stay though a table was freed
 * @VTD_MUTANT_RANGE_PASID: entries of a PASID are sought among those without
 * @VTD_MUTANT_DEVTLB_PASID: the same in the device TLB
 * @VTD_MUTANT_SECOND_BY_PASID: a second stage is invalidated as a first stage
 * @VTD_MUTANT_MAPPED: caching mode: a range was mapped, absent entries stay
 * @VTD_MUTANT_TAG_ORDER: device TLBs before the IOTLB
 * @VTD_MUTANT_NO_FENCE: nothing orders a device TLB behind a first stage's IOTLB
 * @VTD_MUTANT_KEEP_MUTE: a device that does not answer keeps its entries
 * @VTD_MUTANT_PRESENT_FIRST: an entry becomes present before it is filled
 * @VTD_MUTANT_PRESENT_LAST: an entry is emptied before it is absent
 * @VTD_MUTANT_SYNC_FIRST: caches are emptied before the entry is absent
 * @VTD_MUTANT_CHILD_IOTLB: a range of a parent was unmapped, IOTLB entries of children
 *	stay
 * @VTD_MUTANT_CHILD_DEVTLB: the same for device TLBs
 * @VTD_MUTANT_CHILD_RANGE: device TLBs of children are told addresses of the parent
 * @VTD_MUTANT_CHILD_SHARED_ID: all that is nested in a parent has one domain id
 * @VTD_MUTANT_CHILD_REPLACE: a child takes the place of another one, nothing is
 *	invalidated
 * @VTD_MUTANT_CHILD_PASID: what a guest invalidates of a PASID is sought among
 *	entries without
 * @VTD_MUTANT_USER_LEAF: a guest's upper levels stay though it has not said "leaves
 *	only"
 * @VTD_MUTANT_USER_MERGE: ranges that are merged are "leaves only" if one of them is
 * @VTD_MUTANT_USER_LAST: the last page of a guest's range stays
 * @VTD_MUTANT_USER_ONE_RANGE: only the first range of a guest's array goes
 * @VTD_MUTANT_USER_ONE: only the first user of a guest's table is told
 * @VTD_MUTANT_USER_ALL: of everything, device TLBs are told the first page
 * @VTD_MUTANT_USER_DEVTLB: device TLBs are not told what a guest invalidates
 * @VTD_MUTANT_USER_DEVTLB_PASID: device TLBs are told without the PASID
 * @VTD_MUTANT_DIRTY_CHILDREN: what is nested in a domain does not mark what it
 *	writes to
 * @VTD_MUTANT_DIRTY_PART: a large page of which a part was asked for loses its mark
 * @VTD_MUTANT_PRQ_DRAIN: page requests that are on their way are not waited for
 * @VTD_MUTANT_PRQ_CATCH_UP: those that are in the ring are not
 * @VTD_MUTANT_DRAIN_FLAG: the unit is not asked to hold the wait back
 * @VTD_MUTANT_PRQ_UNANSWERED: groups that wait for an answer when nobody hears any
 *	more get none
 * @VTD_MUTANT_PRQ_GROUP: another group gets the answer
 * @VTD_MUTANT_PRQ_PASID: the answer has no PASID
 * @VTD_MUTANT_PRQ_ALL_PASIDS: the end of a PASID answers the groups of all
 * @VTD_MUTANT_PRQ_MARKER: groups that a stop marker ends are kept
 * @VTD_MUTANT_PRQ_OVERFLOW: groups that an overflow ends are kept
 * @VTD_MUTANT_PRQ_UNATTACHED: requests are reported that nobody listens to yet
 * @VTD_MUTANT_PRQ_STAYS_ON: the device may send page requests while they are drained
 * @VTD_MUTANT_PRQ_ALLOWED: the unit takes page requests that nobody hears of
 * @VTD_MUTANT_PRQ_EARLY: the device may send page requests before the unit takes them
 * @VTD_MUTANT_GUEST_SID: a guest is told the source id that its device has in the host
 * @VTD_MUTANT_GUEST_SILENCE: a guest is not told that its device was cut off
 * @VTD_MUTANT_GUEST_LOST: a guest is not told that events were lost
 * @VTD_MUTANT_GUEST_MIXED: a guest's entries all go to the device of the first one
 * @VTD_MUTANT_GUEST_PASID: any PASID of a device will do
 * @VTD_MUTANT_MUTE_STAYS: a device that does not answer stays attached to what was
 *	unmapped
 * @VTD_MUTANT_CUT_CACHES: a device was cut off, what caches know of its entry stays
 * @VTD_MUTANT_FREE_FIRST: page tables are freed before the caches have forgotten them
 * @VTD_MUTANT_SM_CONTEXT_PASIDS: a scalable context entry changed, its PASID cache
 *	stays
 * @VTD_MUTANT_SM_CONTEXT_IOTLB: the same for the IOTLB
 * @VTD_MUTANT_STAGE_SYNC: words that the old entry does not use and caches may have
 *	stay there
 * @VTD_MUTANT_TIDY_SYNC: the same for the new entry
 * @VTD_MUTANT_IR_WRITE: an interrupt entry changed, its cache stays
 * @VTD_MUTANT_IR_FREE: an interrupt entry went, its cache stays
 * @VTD_MUTANTS: how many there are
 */
enum vtd_mutant {
	VTD_MUTANT_NONE,
	VTD_MUTANT_DROP_PASID_CACHE,
	VTD_MUTANT_DROP_PASID_DEVTLB,
	VTD_MUTANT_DROP_NEW_ID,
	VTD_MUTANT_DROP_CONTEXT_CACHE,
	VTD_MUTANT_DROP_CONTEXT_DEVTLB,
	VTD_MUTANT_SM_CONTEXT_CACHE,
	VTD_MUTANT_DROP_IOTLB,
	VTD_MUTANT_ADD_PASID_CACHE,
	VTD_MUTANT_ADD_CONTEXT_CACHE,
	VTD_MUTANT_EVERYTHING_CONTEXT,
	VTD_MUTANT_RANGE_IOTLB,
	VTD_MUTANT_RANGE_DEVTLB,
	VTD_MUTANT_RANGE_LAST,
	VTD_MUTANT_RANGE_ORDER,
	VTD_MUTANT_RANGE_BLOCKS,
	VTD_MUTANT_RANGE_LEAF,
	VTD_MUTANT_RANGE_PASID,
	VTD_MUTANT_DEVTLB_PASID,
	VTD_MUTANT_SECOND_BY_PASID,
	VTD_MUTANT_MAPPED,
	VTD_MUTANT_TAG_ORDER,
	VTD_MUTANT_NO_FENCE,
	VTD_MUTANT_KEEP_MUTE,
	VTD_MUTANT_PRESENT_FIRST,
	VTD_MUTANT_PRESENT_LAST,
	VTD_MUTANT_SYNC_FIRST,
	VTD_MUTANT_CHILD_IOTLB,
	VTD_MUTANT_CHILD_DEVTLB,
	VTD_MUTANT_CHILD_RANGE,
	VTD_MUTANT_CHILD_SHARED_ID,
	VTD_MUTANT_CHILD_REPLACE,
	VTD_MUTANT_CHILD_PASID,
	VTD_MUTANT_USER_LEAF,
	VTD_MUTANT_USER_MERGE,
	VTD_MUTANT_USER_LAST,
	VTD_MUTANT_USER_ONE_RANGE,
	VTD_MUTANT_USER_ONE,
	VTD_MUTANT_USER_ALL,
	VTD_MUTANT_USER_DEVTLB,
	VTD_MUTANT_USER_DEVTLB_PASID,
	VTD_MUTANT_DIRTY_CHILDREN,
	VTD_MUTANT_DIRTY_PART,
	VTD_MUTANT_PRQ_DRAIN,
	VTD_MUTANT_PRQ_CATCH_UP,
	VTD_MUTANT_DRAIN_FLAG,
	VTD_MUTANT_PRQ_UNANSWERED,
	VTD_MUTANT_PRQ_GROUP,
	VTD_MUTANT_PRQ_PASID,
	VTD_MUTANT_PRQ_ALL_PASIDS,
	VTD_MUTANT_PRQ_MARKER,
	VTD_MUTANT_PRQ_OVERFLOW,
	VTD_MUTANT_PRQ_UNATTACHED,
	VTD_MUTANT_PRQ_STAYS_ON,
	VTD_MUTANT_PRQ_ALLOWED,
	VTD_MUTANT_PRQ_EARLY,
	VTD_MUTANT_GUEST_SID,
	VTD_MUTANT_GUEST_SILENCE,
	VTD_MUTANT_GUEST_LOST,
	VTD_MUTANT_GUEST_MIXED,
	VTD_MUTANT_GUEST_PASID,
	VTD_MUTANT_MUTE_STAYS,
	VTD_MUTANT_CUT_CACHES,
	VTD_MUTANT_FREE_FIRST,
	VTD_MUTANT_SM_CONTEXT_PASIDS,
	VTD_MUTANT_SM_CONTEXT_IOTLB,
	VTD_MUTANT_STAGE_SYNC,
	VTD_MUTANT_TIDY_SYNC,
	VTD_MUTANT_IR_WRITE,
	VTD_MUTANT_IR_FREE,
	VTD_MUTANTS,
};

#ifdef CONFIG_INTEL_IOMMU_MUTANTS

extern enum vtd_mutant vtd_mutant_on;

static inline bool vtd_mutant(enum vtd_mutant mutant)
{
	return unlikely(READ_ONCE(vtd_mutant_on) == mutant);
}

#else

static inline bool vtd_mutant(enum vtd_mutant mutant)
{
	return false;
}

#endif

#endif
