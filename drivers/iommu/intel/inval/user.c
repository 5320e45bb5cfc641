// SPDX-License-Identifier: GPL-2.0-only
/*
 * An array of a user becomes descriptors.
 *
 * Owns: nothing; pure arithmetic.
 * Locks: none.
 * Calls: nothing.
 *
 * Spec: 6.5.2.4 and 6.5.2.6 (descriptors).
 */
#include <linux/errno.h>
#include <linux/iommu.h>
#include <linux/minmax.h>
#include <uapi/linux/iommufd.h>

#include "../hw/page.h"
#include "../unit/caps.h"
#include "range.h"
#include "tag.h"
#include "user.h"

/* Addresses have 64 bits, pages 12. */
#define PAGE_LAST	((1ULL << 52) - 1)

static bool is_everything(const struct iommu_hwpt_vtd_s1_invalidate *entry)
{
	return !entry->addr && entry->npages == U64_MAX;
}

/**
 * vtd_user_check() - does an entry make sense?
 * @entry: the entry
 *
 * A range that goes beyond the last address is none, nor is one of no pages. So is
 * "everything from there": all bits set stands for everything only with address 0.
 *
 * Context: any.
 * Return: 0; -EOPNOTSUPP for a flag that is unknown or a reserved field that is not
 * 0; -EINVAL for an address or a number that makes no range.
 */
int vtd_user_check(const struct iommu_hwpt_vtd_s1_invalidate *entry)
{
	if (entry->flags & ~IOMMU_VTD_INV_FLAGS_LEAF || entry->__reserved)
		return -EOPNOTSUPP;
	if (is_everything(entry))
		return 0;
	if (entry->addr & 0xfff || !entry->npages)
		return -EINVAL;
	return entry->npages - 1 > PAGE_LAST - (entry->addr >> 12) ? -EINVAL : 0;
}

/* The pages of one with those of the other are a range, too. */
static bool touches(const struct vtd_user_range *a, const struct vtd_user_range *b)
{
	return a->first <= b->last + 1 && b->first <= a->last + 1;
}

/* Takes those out that @range touches, and makes it contain them. */
static void absorb(struct vtd_user_chunk *chunk, struct vtd_user_range *range)
{
	unsigned int i = 0;

	while (i < chunk->n) {
		struct vtd_user_range *other = &chunk->range[i];

		if (!touches(range, other)) {
			i++;
			continue;
		}
		range->first = min(range->first, other->first);
		range->last = max(range->last, other->last);
		range->leaf &= other->leaf;
		*other = chunk->range[--chunk->n];
		/* It has become larger: it may touch one that was passed. */
		i = 0;
	}
}

/**
 * vtd_user_add() - one more entry
 * @chunk: what was asked for so far; zeroed at first
 * @entry: the entry, which vtd_user_check() has accepted
 *
 * Context: any.
 * Return: false if there is no room: the chunk has to be carried out first.
 */
bool vtd_user_add(struct vtd_user_chunk *chunk,
		  const struct iommu_hwpt_vtd_s1_invalidate *entry)
{
	struct vtd_user_range range;

	if (chunk->all || is_everything(entry)) {
		chunk->all = true;
		chunk->entries++;
		return true;
	}
	range.first = entry->addr >> 12;
	range.last = range.first + entry->npages - 1;
	range.leaf = entry->flags & IOMMU_VTD_INV_FLAGS_LEAF;
	if (chunk->n == VTD_USER_RANGES) {
		unsigned int i;

		for (i = 0; i < chunk->n; i++)
			if (touches(&range, &chunk->range[i]))
				break;
		if (i == chunk->n)
			return false;
	}
	absorb(chunk, &range);
	chunk->range[chunk->n++] = range;
	chunk->entries++;
	return true;
}

/*
 * A block that does not cover a leaf may not remove it, and a range of many blocks
 * is cheaper as a whole. Two are what there is room for.
 */
static bool needs_all(const struct vtd_user_range *range, const struct vtd_caps *caps)
{
	unsigned int leaf = caps->fs1gp ? 2 * VTD_PT_LEVEL_BITS : VTD_PT_LEVEL_BITS;
	bool is_cut = (range->last - range->first) >> caps->mamv;
	struct vtd_cover cover;

	return (is_cut && leaf > caps->mamv) ||
	       vtd_cover_init(&cover, range->first, range->last, caps->mamv) > 2;
}

/**
 * vtd_user_iotlb() - what a unit is told
 * @chunk: what is asked for
 * @caps: of the unit
 * @did: domain id of the table there
 * @pasid: PASID of the table; %IOMMU_NO_PASID for requests without
 * @descs: room for VTD_USER_DESCS
 *
 * Context: any.
 * Return: number of descriptors.
 */
unsigned int vtd_user_iotlb(const struct vtd_user_chunk *chunk,
			    const struct vtd_caps *caps, u16 did, u32 pasid,
			    struct vtd_desc *descs)
{
	struct vtd_block block = {};
	struct vtd_cover cover;
	unsigned int i, n = 0;
	bool all = chunk->all;

	for (i = 0; i < chunk->n && !all; i++)
		all = needs_all(&chunk->range[i], caps);
	if (all) {
		descs[0] = vtd_desc_pasid_iotlb_all(did, pasid);
		return 1;
	}
	for (i = 0; i < chunk->n; i++) {
		const struct vtd_user_range *range = &chunk->range[i];

		vtd_cover_init(&cover, range->first, range->last, caps->mamv);
		while (vtd_cover_next(&cover, &block))
			descs[n++] = vtd_desc_pasid_iotlb_page(did, pasid,
							       block.pfn << 12, block.order,
							       range->leaf ? VTD_IOTLB1_IH : 0);
	}
	return n;
}

static unsigned int add_devtlb(const struct vtd_devtlb *devtlb, u32 pasid,
			       const struct vtd_block *block, struct vtd_desc *descs)
{
	u64 addr = block->pfn << 12;

	if (pasid == IOMMU_NO_PASID)
		descs[0] = vtd_desc_dev_tlb(&devtlb->target, addr, block->order);
	else
		descs[0] = vtd_desc_pasid_dev_tlb(&devtlb->target, pasid, addr,
						  block->order);
	if (!devtlb->twice)
		return 1;
	descs[1] = descs[0];
	return 2;
}

/**
 * vtd_user_devtlb() - what a device is told, after all units
 * @chunk: what is asked for
 * @devtlb: cache of the device
 * @pasid: as in vtd_user_iotlb()
 * @descs: room for VTD_USER_DESCS
 *
 * Context: any.
 * Return: number of descriptors.
 */
unsigned int vtd_user_devtlb(const struct vtd_user_chunk *chunk,
			     const struct vtd_devtlb *devtlb, u32 pasid,
			     struct vtd_desc *descs)
{
	struct vtd_block block = { 0, VTD_DTLB_MAX_ORDER };
	struct vtd_cover cover;
	unsigned int i, n = 0;

	if (chunk->all)
		return add_devtlb(devtlb, pasid, &block, descs);
	for (i = 0; i < chunk->n; i++) {
		vtd_cover_init(&cover, chunk->range[i].first, chunk->range[i].last,
			       VTD_DTLB_MAX_ORDER);
		while (vtd_cover_next(&cover, &block))
			n += add_devtlb(devtlb, pasid, &block, descs + n);
	}
	return n;
}
