// SPDX-License-Identifier: GPL-2.0-only
/*
 * Areas on their way out of one page table.
 *
 * What the way through a page table costs is paid once for all areas that
 * follow each other, and the flush once for all.
 *
 * Owns: struct ioas_removal.
 * Locks: &iommufd_ioas.tables_lock held by all callers, shared or exclusive;
 *	a revocation holds pages_revocation.lock instead.
 * Calls: install.c.
 */
#include "install.h"
#include "removal.h"

static void remove_run(struct ioas_removal *removal)
{
	if (removal->any)
		ioas_areas_remove(&removal->run, removal->domain,
				  &removal->gather);
	removal->any = false;
}

/**
 * ioas_removal_begin() - start with no area
 * @removal: filled in
 * @domain: the table
 *
 * Context: any.
 */
void ioas_removal_begin(struct ioas_removal *removal,
			struct iommu_domain *domain)
{
	removal->domain = domain;
	removal->any = false;
	iommu_iotlb_gather_init(&removal->gather);
}

/**
 * ioas_removal_add() - one more area that has to leave the table
 * @removal: begun
 * @first: first IOVA of the area
 * @last: its last IOVA; all of it is in the table
 *
 * Areas that come in the order of their IOVA cost least.
 *
 * Context: may sleep. Does not allocate.
 */
void ioas_removal_add(struct ioas_removal *removal, unsigned long first,
		      unsigned long last)
{
	if (removal->any && removal->run.last + 1 == first) {
		removal->run.last = last;
		return;
	}
	remove_run(removal);
	removal->run.first = first;
	removal->run.last = last;
	removal->any = true;
}

/**
 * ioas_removal_end() - all areas are out of the table, and flushed
 * @removal: begun
 *
 * From here on no device reaches the memory through the table.
 *
 * Context: may sleep. Does not allocate.
 */
void ioas_removal_end(struct ioas_removal *removal)
{
	remove_run(removal);
	iommu_iotlb_sync(removal->domain, &removal->gather);
}
