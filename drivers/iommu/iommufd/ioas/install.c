// SPDX-License-Identifier: GPL-2.0-only
/*
 * Translations of an area: into one page table, and out of it.
 *
 * Owns: nothing.
 * Locks: &iommufd_ioas.tables_lock held by all callers, shared or exclusive;
 *	pages_revocation.lock as well where the memory can be revoked.
 * Calls: pages/ for the frames, the IOMMU core for the tables.
 */
#include <linux/iommu.h>
#include <linux/iommu-bulk.h>
#include <linux/sched/signal.h>

#include "install.h"
#include "ioas.h"

/* runs read under one taking of the pages lock, and mapped by one bulk call */
#define AREA_RUNS 32

/* where in the area the mapping has come to */
struct area_cursor {
	unsigned long iova;
	unsigned long left;
	unsigned long index;
	unsigned long skip;
};

static int area_map_run(struct ioas_area *area, struct iommu_domain *domain,
			struct area_cursor *cur, const struct pages_run *run)
{
	phys_addr_t phys = PFN_PHYS(run->pfn) + cur->skip;
	unsigned long length = min((run->npages << PAGE_SHIFT) - cur->skip,
				   cur->left);
	bool large = area->ioas->large_pages;

	cur->skip = 0;
	cur->index += run->npages;
	while (length) {
		unsigned long limit = large ? IOAS_AREA_STEP : PAGE_SIZE;
		unsigned long step;
		int rc;

		step = min(length, limit - (cur->iova & (limit - 1)));
		rc = iommu_map(domain, cur->iova, phys, step, area->prot,
			       GFP_KERNEL_ACCOUNT);
		if (rc)
			return rc;
		cur->iova += step;
		cur->left -= step;
		phys += step;
		length -= step;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}

static int area_map_each(struct ioas_area *area, struct iommu_domain *domain,
			 struct area_cursor *cur, const struct pages_run *runs,
			 unsigned int nruns)
{
	unsigned int i;
	int rc = 0;

	for (i = 0; i < nruns && !rc; i++)
		rc = area_map_run(area, domain, cur, &runs[i]);
	return rc;
}

static int area_map_bulk(struct ioas_area *area, struct iommu_domain *domain,
			 const struct iommu_bulk_ops *ops,
			 struct area_cursor *cur, const struct pages_run *runs,
			 unsigned int nruns)
{
	struct iommu_run bulk_runs[AREA_RUNS] __uninitialized;
	struct iommu_bulk bulk = {
		.iova = cur->iova,
		.runs = bulk_runs,
		.nruns = nruns,
		.prot = area->prot,
		.gfp = GFP_KERNEL_ACCOUNT,
	};
	struct area_cursor next = *cur;
	unsigned int i;
	int rc;

	for (i = 0; i < nruns; i++) {
		unsigned long length = (runs[i].npages << PAGE_SHIFT) - next.skip;

		length = min(length, next.left);
		bulk_runs[i].phys = PFN_PHYS(runs[i].pfn) + next.skip;
		bulk_runs[i].length = length;
		next.iova += length;
		next.left -= length;
		next.index += runs[i].npages;
		next.skip = 0;
	}
	rc = ops->map(domain, &bulk);
	if (rc)
		return rc;
	*cur = next;
	if (fatal_signal_pending(current))
		return -EINTR;
	cond_resched();
	return 0;
}

/* the last page of the area that goes into the same step as the cursor */
static unsigned long area_step_last(const struct ioas_area *area,
				    const struct area_cursor *cur)
{
	unsigned long step = IOAS_AREA_STEP - (cur->iova & (IOAS_AREA_STEP - 1));

	if (step >= cur->left)
		return ioas_area_index(area, area->last);
	return ioas_area_index(area, cur->iova + step - 1);
}

static int area_map_runs(struct ioas_area *area, struct iommu_domain *domain,
			 struct area_cursor *cur)
{
	const struct iommu_bulk_ops *bulk =
		area->ioas->large_pages ? iommu_bulk_find(domain) : NULL;
	struct pages_run runs[AREA_RUNS] __uninitialized;
	unsigned long covered;
	unsigned int n;
	int rc = 0;

	while (cur->left && !rc) {
		n = pages_get_runs(area->pages, cur->index,
				   area_step_last(area, cur), runs,
				   ARRAY_SIZE(runs), &covered);
		/* without frames it would not get on, for ever */
		if (!n)
			return -EFAULT;
		/* the core does one run with less ado */
		if (bulk && n > 1)
			rc = area_map_bulk(area, domain, bulk, cur, runs, n);
		else
			rc = area_map_each(area, domain, cur, runs, n);
	}
	return rc;
}

/**
 * ioas_area_install() - install the translations of an area, as they are
 * @area: its pages are pinned
 * @domain: the table
 * @why: where the reason of a failure goes
 *
 * Context: may sleep; tables_lock held.
 * Return: 0, or EINTR: killed; else the errno of the driver, ENOMEM mostly.
 * Nothing of the area is left in the table on failure.
 */
int ioas_area_install(struct ioas_area *area, struct iommu_domain *domain,
		      struct iommufd_why *why)
{
	struct area_cursor cur = {
		.iova = area->first,
		.left = ioas_area_length(area),
		.index = ioas_area_index(area, area->first),
		.skip = offset_in_page(area->start),
	};
	int rc;

	rc = area_map_runs(area, domain, &cur);
	if (!rc)
		return 0;

	if (cur.iova != area->first)
		iommu_unmap(domain, area->first, cur.iova - area->first);
	if (rc == -EINTR)
		return rc;
	return iommufd_refuse(why, "iova",
			      "the IOMMU driver could not install the translation (value: where)",
			      cur.iova, rc);
}

/**
 * ioas_areas_remove() - remove the translations of areas, as they are
 * @range: areas that follow each other, all of them in the table
 * @domain: the table
 * @gather: collects what has to be flushed
 *
 * In the steps that ioas_area_install() has made, so that it yields.
 *
 * Context: may sleep.
 */
void ioas_areas_remove(const struct iorange *range, struct iommu_domain *domain,
		       struct iommu_iotlb_gather *gather)
{
	unsigned long left = range->last - range->first + 1;
	unsigned long iova = range->first;

	while (left) {
		unsigned long step;

		step = min(left, IOAS_AREA_STEP - (iova & (IOAS_AREA_STEP - 1)));
		/* what a driver leaves mapped leaves memory open to DMA */
		WARN_ON(iommu_unmap_fast(domain, iova, step, gather) != step);
		iova += step;
		left -= step;
		cond_resched();
	}
}
