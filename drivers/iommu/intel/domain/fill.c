// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mapping many runs of memory at once.
 *
 * The library's map operation walks from the top for each run, which for memory
 * in single pages is nearly all that it does. Here it maps the first page
 * of each leaf table and large pages; the other entries of the table are written
 * next to the first one, and differ from it in nothing but the address. The
 * tables that result are the same.
 *
 * Owns: nothing.
 * Locks: as for map: the caller keeps others out of the range.
 * Calls: generic_pt, the core's unmap.
 */
#include <linux/iommu.h>
#include <linux/iommu-bulk.h>
#include <linux/mm.h>
#include <trace/events/iommu.h>

#include "../../iommu-pages.h"
#include "../../iommu-priv.h"
#include "../hw/page.h"
#include "fill.h"
#include "leaf.h"
#include "paging.h"

/**
 * struct place - where in the page table a fill has come to
 * @domain: the domain
 * @fill: what is mapped
 * @iova: what comes next
 * @leaf: the leaf table that the last small page went to; NULL without
 * @leaf_iova: what its first entry maps
 * @bits: what the library writes into its entries, but for the address
 * @dirty: first entry that was written here
 * @ndirty: how many were, one after the other
 */
struct place {
	struct vtd_paging_domain *domain;
	const struct iommu_bulk *fill;
	unsigned long iova;
	u64 *leaf;
	unsigned long leaf_iova;
	u64 bits;
	unsigned int dirty;
	unsigned int ndirty;
};

/* Hardware that does not snoop reads the entries from memory. */
static void leave_leaf(struct place *place)
{
	if (place->ndirty && place->domain->incoherent)
		iommu_pages_flush_incoherent(place->domain->pt.iommu_device,
					     place->leaf,
					     place->dirty * sizeof(u64),
					     place->ndirty * sizeof(u64));
	place->ndirty = 0;
	place->leaf = NULL;
}

/* The library has just mapped the small page at @iova. */
static void enter_leaf(struct place *place, unsigned long iova)
{
	u64 *entry = vtd_leaf_entry(place->domain, iova);

	place->leaf_iova = iova & ~(VTD_LEAF_SPAN - 1);
	place->dirty = ((iova - place->leaf_iova) >> PAGE_SHIFT) + 1;
	place->leaf = entry + 1 - place->dirty;
	/* A device may have used the page already, and the unit have marked the entry. */
	place->bits = READ_ONCE(*entry) & ~(VTD_PT_ADDR | place->domain->table.marks);
}

static bool in_leaf(const struct place *place)
{
	return place->leaf && place->iova - place->leaf_iova < VTD_LEAF_SPAN;
}

/* As many small pages as go into the leaf table. Returns how many did. */
static size_t write_leaf(struct place *place, const struct iommu_run *rest)
{
	unsigned int first = (place->iova - place->leaf_iova) >> PAGE_SHIFT;
	size_t n = min(rest->length >> PAGE_SHIFT, (size_t)VTD_PT_ENTRIES - first);
	u64 entry = rest->phys | place->bits;
	size_t i;

	for (i = 0; i < n; i++, entry += PAGE_SIZE) {
		u64 *slot = &place->leaf[first + i];

		if (READ_ONCE(*slot))
			break;
		WRITE_ONCE(*slot, entry);
	}
	place->ndirty += i;
	return i;
}

/* The largest page that can be next. */
static unsigned long best_size(const struct place *place, const struct iommu_run *rest)
{
	unsigned long sizes = place->domain->base.domain.pgsize_bitmap;
	unsigned long limit = place->iova | rest->phys;

	sizes &= GENMASK(__fls(rest->length), 0);
	if (limit)
		sizes &= GENMASK(__ffs(limit), 0);
	return sizes ? BIT(__fls(sizes)) : 0;
}

static int map_by_library(struct place *place, struct iommu_run *rest, size_t length,
			  size_t *mapped)
{
	struct pt_iommu *pt = &place->domain->pt;

	return pt->ops->map_range(pt, place->iova, rest->phys, length,
				  place->fill->prot, place->fill->gfp, mapped);
}

/* One step forward; @rest is what remains of the run. */
static int run_step(struct place *place, struct iommu_run *rest)
{
	unsigned long size = best_size(place, rest);
	size_t mapped = 0;
	int ret = 0;

	if (!size)
		return -EINVAL;
	if (size > PAGE_SIZE) {
		leave_leaf(place);
		ret = map_by_library(place, rest, rest->length & ~(size - 1), &mapped);
	} else if (in_leaf(place)) {
		mapped = write_leaf(place, rest) << PAGE_SHIFT;
		if (!mapped)
			ret = -EADDRINUSE;
	} else {
		leave_leaf(place);
		ret = map_by_library(place, rest, PAGE_SIZE, &mapped);
		if (!ret)
			enter_leaf(place, place->iova);
	}
	place->iova += mapped;
	rest->phys += mapped;
	rest->length -= mapped;
	return ret;
}

static int fill_run(struct place *place, const struct iommu_run *run)
{
	unsigned long first = place->iova;
	struct iommu_run rest = *run;
	phys_addr_t last;
	int ret = 0;

	if (!run->length || !PAGE_ALIGNED(run->phys | run->length))
		return -EINVAL;
	if (check_add_overflow(run->phys, run->length - 1, &last) ||
	    last >> VTD_PT_ADDR_BITS)
		return -ERANGE;
	while (rest.length && !ret)
		ret = run_step(place, &rest);
	trace_map(first, run->phys, place->iova - first);
	iommu_debug_map(&place->domain->base.domain, run->phys, place->iova - first);
	return ret;
}

/**
 * vtd_domain_fill() - iommu_bulk_ops.map
 * @domain: a paging domain of this driver
 * @fill: the runs, and where they go
 *
 * Page sizes are chosen run by run, as iommu_map() of each of them would.
 *
 * Context: as iommu_map(); sleeps if the fill's gfp allows it.
 * Return: 0; -EINVAL for addresses that are no multiple of 4 KiB, -ERANGE for what
 * the table cannot express, -EADDRINUSE if something is mapped there, -ENOMEM:
 * then nothing of it is mapped.
 */
int vtd_domain_fill(struct iommu_domain *domain, const struct iommu_bulk *fill)
{
	struct place place = {
		.domain = to_vtd_paging(to_vtd_domain(domain)),
		.fill = fill,
		.iova = fill->iova,
	};
	unsigned int i;
	int ret = 0;

	might_sleep_if(gfpflags_allow_blocking(fill->gfp));
	if (!PAGE_ALIGNED(fill->iova))
		return -EINVAL;
	for (i = 0; i < fill->nruns && !ret; i++)
		ret = fill_run(&place, &fill->runs[i]);
	leave_leaf(&place);
	if (!ret && place.iova != fill->iova)
		ret = iommu_sync_map(domain, fill->iova,
				     place.iova - fill->iova);
	if (ret && place.iova != fill->iova)
		iommu_unmap(domain, fill->iova, place.iova - fill->iova);
	return ret;
}
