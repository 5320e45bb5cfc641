// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which pages did devices write to?
 *
 * A unit sets the dirty bit of a second-stage leaf before it lets a write through, as
 * long as SSADE is set in the PASID entry. It does not do so again while it has the
 * leaf, dirty, in its IOTLB, or a device has it in its own cache: whoever clears bits
 * flushes both before the memory is looked at.
 *
 * Owns: vtd_paging_domain.track_dirty.
 * Locks: vtd_domain.lock for switching; reading takes none: the caller keeps the
 *	range mapped.
 * Calls: generic_pt (vtdss), attach.c.
 *
 * Spec: 3.7.2 (accessed and dirty), 9.6 (SSADE), 6.5.3.3 (what a switch requires).
 */
#include <linux/generic_pt/iommu.h>
#include <linux/iommu.h>
#include <linux/sizes.h>

#include "../hw/page.h"
#include "../mutant.h"
#include "attach.h"
#include "dirty.h"
#include "paging.h"

/*
 * All entries that lead to one second stage have to agree: those of nested domains are
 * rewritten, too. A device whose unit does not confirm is cut off, and writes nowhere.
 */
static int set_tracking(struct iommu_domain *domain, bool enabled)
{
	struct vtd_domain *vtd = to_vtd_domain(domain);
	struct vtd_paging_domain *paging = to_vtd_paging(vtd);

	guard(mutex)(&vtd->lock);
	if (paging->track_dirty == enabled)
		return 0;
	paging->track_dirty = enabled;
	vtd_attachments_rewrite_locked(vtd);
	return 0;
}

/* Size of the page that an address is in; it is mapped. */
static unsigned long leaf_size(struct iommu_domain *domain, unsigned long iova)
{
	struct vtd_paging_table top = vtd_paging_table(to_vtd_domain(domain));
	const u64 *table = phys_to_virt(top.root);
	unsigned int level = top.levels;

	while (--level) {
		unsigned int shift = PAGE_SHIFT + level * VTD_PT_LEVEL_BITS;
		u64 entry = READ_ONCE(table[iova >> shift & (VTD_PT_ENTRIES - 1)]);

		if (!entry || entry & VTD_PT_PS)
			return BIT(shift);
		table = phys_to_virt(entry & VTD_PT_ADDR);
	}
	return SZ_4K;
}

static int read_bits(struct iommu_domain *domain, unsigned long first, unsigned long last,
		     unsigned long flags, struct iommu_dirty_bitmap *dirty)
{
	return pt_iommu_vtdss_read_and_clear_dirty(domain, first, last - first + 1, flags,
						   dirty);
}

static unsigned long part_flags(unsigned long flags)
{
	return vtd_mutant(VTD_MUTANT_DIRTY_PART) ? flags : flags | IOMMU_DIRTY_NO_CLEAR;
}

/*
 * A large page of which only a part is asked for keeps its bit: the one who asks
 * does not learn that the rest was written to.
 */
static int read_and_clear(struct iommu_domain *domain, unsigned long iova, size_t size,
			  unsigned long flags, struct iommu_dirty_bitmap *dirty)
{
	unsigned long first = iova, last = iova + size - 1, border;
	int ret = 0;

	border = leaf_size(domain, first) - 1;
	if (first & border) {
		border = min(first | border, last);
		ret = read_bits(domain, first, border, part_flags(flags), dirty);
		if (ret || border == last)
			return ret;
		first = border + 1;
	}
	border = leaf_size(domain, last) - 1;
	if (~last & border) {
		border = last & ~border;
		ret = read_bits(domain, border, last, part_flags(flags), dirty);
		if (ret || border == first)
			return ret;
		last = border - 1;
	}
	return read_bits(domain, first, last, flags, dirty);
}

const struct iommu_dirty_ops vtd_dirty_ops = {
	.set_dirty_tracking = set_tracking,
	.read_and_clear_dirty = read_and_clear,
};
