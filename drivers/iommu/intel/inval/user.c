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
#include <linux/string.h>
#include <uapi/linux/iommufd.h>

#include "../hw/page.h"
#include "../mutant.h"
#include "../unit/caps.h"
#include "devtlb.h"
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
 * A range must have pages and must end within the address space. All bits set in the
 * number mean "everything" only with address 0.
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

/**
 * struct span - the ranges of a chunk that a new one overlaps or touches
 * @first: the first of them, or where the new one stands
 * @n: how many
 */
struct span {
	unsigned int first;
	unsigned int n;
};

/* Most arrays are sorted, so the new one comes last: look from there. */
static struct span find_span(const struct vtd_user_chunk *chunk,
			     const struct vtd_user_range *new)
{
	unsigned int behind = chunk->n, first;

	while (behind && chunk->range[behind - 1].first > new->last + 1)
		behind--;
	first = behind;
	while (first && chunk->range[first - 1].last + 1 >= new->first)
		first--;
	return (struct span){ first, behind - first };
}

/* Puts one range in the place of those of the span. */
static void replace_span(struct vtd_user_chunk *chunk, const struct span *span,
			 const struct vtd_user_range *new)
{
	struct vtd_user_range *at = &chunk->range[span->first];
	unsigned int rest = chunk->n - span->first - span->n;

	if (span->n != 1 && rest)
		memmove(at + 1, at + span->n, rest * sizeof(*at));
	*at = *new;
	chunk->n = span->first + 1 + rest;
}

static void range_extend(struct vtd_user_range *new, const struct vtd_user_range *old)
{
	new->first = min(new->first, old->first);
	new->last = max(new->last, old->last);
	if (vtd_mutant(VTD_MUTANT_USER_MERGE))
		new->leaf |= old->leaf;
	else
		new->leaf &= old->leaf;
}

/**
 * vtd_user_add() - one more entry
 * @chunk: what was asked for so far; from vtd_user_start()
 * @entry: the entry, which vtd_user_check() has accepted
 *
 * Context: any.
 * Return: false if there is no room: the chunk has to be carried out first.
 */
bool vtd_user_add(struct vtd_user_chunk *chunk,
		  const struct iommu_hwpt_vtd_s1_invalidate *entry)
{
	struct vtd_user_range range;
	struct span span;
	unsigned int i;

	if (chunk->all || is_everything(entry)) {
		chunk->all = true;
		chunk->entries++;
		return true;
	}
	range.first = entry->addr >> 12;
	range.last = range.first + entry->npages - 1;
	range.leaf = entry->flags & IOMMU_VTD_INV_FLAGS_LEAF;
	if (vtd_mutant(VTD_MUTANT_USER_LAST) && range.last > range.first)
		range.last--;
	if (vtd_mutant(VTD_MUTANT_USER_LEAF))
		range.leaf = true;
	span = find_span(chunk, &range);
	if (!span.n && chunk->n == VTD_USER_RANGES)
		return false;
	for (i = 0; i < span.n; i++)
		range_extend(&range, &chunk->range[span.first + i]);
	replace_span(chunk, &span, &range);
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
	for (i = 0; i < chunk->n && !(i && vtd_mutant(VTD_MUTANT_USER_ONE_RANGE)); i++) {
		const struct vtd_user_range *range = &chunk->range[i];

		vtd_cover_init(&cover, range->first, range->last, caps->mamv);
		while (vtd_cover_next(&cover, &block))
			descs[n++] = vtd_desc_pasid_iotlb_page(did, pasid,
							       block.pfn << 12, block.order,
							       range->leaf ? VTD_IOTLB1_IH : 0);
	}
	return n;
}

static unsigned int user_devtlb_add(const struct vtd_devtlb *devtlb, u32 pasid,
				    const struct vtd_block *block, struct vtd_desc *descs)
{
	unsigned int i;

	if (vtd_mutant(VTD_MUTANT_USER_DEVTLB_PASID))
		pasid = IOMMU_NO_PASID;
	for (i = 0; i < vtd_devtlb_times(devtlb); i++)
		descs[i] = vtd_devtlb_block(devtlb, pasid, block);
	return i;
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

	if (chunk->all && vtd_mutant(VTD_MUTANT_USER_ALL))
		block.order = 0;
	if (chunk->all)
		return user_devtlb_add(devtlb, pasid, &block, descs);
	for (i = 0; i < chunk->n; i++) {
		vtd_cover_init(&cover, chunk->range[i].first, chunk->range[i].last,
			       VTD_DTLB_MAX_ORDER);
		while (vtd_cover_next(&cover, &block))
			n += user_devtlb_add(devtlb, pasid, &block, descs + n);
	}
	return n;
}
