// SPDX-License-Identifier: GPL-2.0-only
/*
 * Small pages, put into a leaf table that is there already, and taken out of it.
 *
 * The library walks by a call for each level and works out anew what the bits of an
 * entry are; for a page at a time that is nearly all that a map or an unmap costs. A
 * part of one leaf table is written here, with the bits that the library wrote for the
 * same protection before. All else is the library's: tables and large pages, ranges
 * that reach beyond a leaf table or fill it. What is in the tables is the same.
 *
 * A leaf table is freed by an unmap that covers all of it. Who maps or unmaps a part of
 * it keeps others out of that part, so that it stays meanwhile.
 *
 * Owns: nothing.
 * Locks: as for map and unmap: the caller keeps others out of the range.
 * Calls: generic_pt.
 */
#include <linux/bitfield.h>
#include <linux/iommu.h>
#include <linux/mm.h>

#include "../../iommu-pages.h"
#include "../hw/page.h"
#include "leaf.h"
#include "paging.h"

static struct vtd_paging_domain *to_paging(struct pt_iommu *pt)
{
	return container_of(pt, struct vtd_paging_domain, pt);
}

static unsigned int entry_index(unsigned long iova, unsigned int level)
{
	return iova >> (PAGE_SHIFT + level * VTD_PT_LEVEL_BITS) & (VTD_PT_ENTRIES - 1);
}

/* The entry of a small page, below tables whose entries have @mark. */
static u64 *find_entry(const struct vtd_paging_domain *paging, unsigned long iova, u64 mark)
{
	unsigned int level = paging->table.levels;
	u64 *table = phys_to_virt(paging->table.root);

	while (--level) {
		/* Who marks a table as flushed has flushed it before. */
		u64 entry = smp_load_acquire(&table[entry_index(iova, level)]);

		/* P of the first stage is R of the second. */
		if (!(entry & VTD_PT_SECOND_RW) || entry & VTD_PT_PS ||
		    (entry & mark) != mark)
			return NULL;
		table = phys_to_virt(entry & VTD_PT_ADDR);
	}
	return &table[entry_index(iova, 0)];
}

/**
 * vtd_leaf_entry() - the entry of a small page
 * @paging: the domain
 * @iova: the page; the table reaches it
 *
 * Context: any; the caller keeps others from unmapping all that the leaf table maps.
 * Return: where the entry is, present or not; NULL if there is no leaf table.
 */
u64 *vtd_leaf_entry(const struct vtd_paging_domain *paging, unsigned long iova)
{
	return find_entry(paging, iova, 0);
}

/* Is a range a part of one leaf table, if there is one? */
static bool is_part_of_leaf(const struct vtd_paging_domain *paging, dma_addr_t iova,
			    dma_addr_t length)
{
	dma_addr_t last = iova + length - 1;

	return PAGE_ALIGNED(iova | length) && length && length < VTD_LEAF_SPAN &&
	       (iova ^ last) < VTD_LEAF_SPAN &&
	       last <= paging->base.domain.geometry.aperture_end;
}

/* Hardware that does not snoop reads the entries from memory. */
static void entries_changed(const struct vtd_paging_domain *paging, u64 *first, size_t bytes)
{
	if (paging->incoherent && bytes)
		iommu_pages_flush_incoherent(paging->pt.iommu_device, first, 0,
					     (bytes >> PAGE_SHIFT) * sizeof(*first));
}

/*
 * The bits of an entry leave room for the protection that they are for, where the
 * address is.
 */
static u64 known_bits(const struct vtd_paging_domain *paging, unsigned int prot)
{
	u64 bits = READ_ONCE(paging->leaf_bits[prot & (IOMMU_READ | IOMMU_WRITE)]);

	/* A map that began before snooping was forced may have left some behind. */
	if (FIELD_GET(VTD_PT_ADDR, bits) != prot || ~bits & READ_ONCE(paging->forced_bits))
		return 0;
	return bits & ~VTD_PT_ADDR;
}

/* The library has just mapped the small page at @iova, for the caller. */
static void learn_bits(struct vtd_paging_domain *paging, dma_addr_t iova, unsigned int prot)
{
	u64 *known = &paging->leaf_bits[prot & (IOMMU_READ | IOMMU_WRITE)];
	const u64 *entry = vtd_leaf_entry(paging, iova);
	u64 bits;

	if (WARN_ON_ONCE(!entry))
		return;
	/* A device may have used the page already, and the unit have marked the entry. */
	bits = READ_ONCE(*entry) & ~(VTD_PT_ADDR | paging->table.marks);
	bits |= FIELD_PREP(VTD_PT_ADDR, prot);
	/* All who map read it. */
	if (READ_ONCE(*known) != bits)
		WRITE_ONCE(*known, bits);
}

static int map_by_library(struct vtd_paging_domain *paging, dma_addr_t iova,
			  phys_addr_t phys, dma_addr_t length, unsigned int prot, gfp_t gfp,
			  size_t *mapped)
{
	int ret = paging->library->map_range(&paging->pt, iova, phys, length, prot, gfp,
					     mapped);

	if (!ret && length == PAGE_SIZE)
		learn_bits(paging, iova, prot);
	return ret;
}

/* pt_iommu_ops.map_range */
static int leaf_map_range(struct pt_iommu *pt, dma_addr_t iova, phys_addr_t phys,
			  dma_addr_t length, unsigned int prot, gfp_t gfp, size_t *mapped)
{
	struct vtd_paging_domain *paging = to_paging(pt);
	u64 bits = known_bits(paging, prot);
	u64 *first = NULL, *entry;
	size_t done;

	if (bits && is_part_of_leaf(paging, iova, length) && PAGE_ALIGNED(phys) &&
	    !((phys + length - 1) >> VTD_PT_ADDR_BITS))
		first = find_entry(paging, iova, paging->table.flushed);
	if (!first)
		return map_by_library(paging, iova, phys, length, prot, gfp, mapped);

	for (done = 0, entry = first; done < length; done += PAGE_SIZE, entry++) {
		if (READ_ONCE(*entry))
			break;
		WRITE_ONCE(*entry, (phys + done) | bits);
	}
	entries_changed(paging, first, done);
	*mapped += done;
	return done == length ? 0 : -EADDRINUSE;
}

/* pt_iommu_ops.unmap_range */
static size_t leaf_unmap_range(struct pt_iommu *pt, dma_addr_t iova, dma_addr_t length,
			       struct iommu_iotlb_gather *gather)
{
	struct vtd_paging_domain *paging = to_paging(pt);
	u64 *first = NULL, *entry;
	size_t done;

	if (is_part_of_leaf(paging, iova, length))
		first = vtd_leaf_entry(paging, iova);
	if (!first)
		return paging->library->unmap_range(pt, iova, length, gather);

	for (done = 0, entry = first; done < length; done += PAGE_SIZE, entry++) {
		if (!READ_ONCE(*entry))
			break;
		WRITE_ONCE(*entry, 0);
	}
	entries_changed(paging, first, done);
	/* What a flush queue holds is flushed by a flush of everything. */
	if (done && !iommu_iotlb_gather_queued(gather))
		iommu_iotlb_gather_add_range(gather, iova, done);
	return done;
}

/**
 * vtd_leaf_init() - map and unmap small pages of a domain without the library
 * @paging: its page table is there, and empty
 *
 * Context: before anybody else has the domain.
 */
void vtd_leaf_init(struct vtd_paging_domain *paging)
{
	paging->library = paging->pt.ops;
	paging->pt_ops = *paging->library;
	paging->pt_ops.map_range = leaf_map_range;
	paging->pt_ops.unmap_range = leaf_unmap_range;
	paging->pt.ops = &paging->pt_ops;
}
