// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which kind of domain the core gets for a page table.
 *
 * Owns: the table of these kinds.
 * Locks: none.
 * Calls: the kinds.
 */
#include <linux/array_size.h>
#include <linux/err.h>
#include <linux/iommu.h>
#include <uapi/linux/iommufd.h>

#include "../unit/unit.h"
#include "kinds.h"

/* What the core asks for as a page table, the preferred ones first. */
static const struct vtd_kind *const paging_kinds[] = {
	&vtd_first_kind,
	&vtd_second_kind,
};

#define PAGING_FLAGS						\
	(IOMMU_HWPT_ALLOC_PASID | IOMMU_HWPT_ALLOC_NEST_PARENT |	\
	 IOMMU_HWPT_ALLOC_DIRTY_TRACKING)

/**
 * vtd_domain_alloc_paging() - iommu_ops.domain_alloc_paging_flags
 * @dev: the device that it is made for
 * @flags: IOMMU_HWPT_ALLOC_*
 * @data: must be NULL
 *
 * Context: may sleep.
 * Return: the domain; -EOPNOTSUPP for what it cannot do; -ENOMEM.
 */
struct iommu_domain *vtd_domain_alloc_paging(struct device *dev, u32 flags,
					     const struct iommu_user_data *data)
{
	struct vtd_device *vd = to_vtd_device(dev);
	struct iommu_domain *domain = ERR_PTR(-EOPNOTSUPP);
	unsigned int i;

	if (data || flags & ~PAGING_FLAGS)
		return domain;
	if (flags & IOMMU_HWPT_ALLOC_NEST_PARENT && !vtd_nested_possible(vd->unit))
		return domain;
	if (flags & IOMMU_HWPT_ALLOC_PASID &&
	    !(vd->unit->scalable && vd->unit->caps.pasid))
		return domain;
	for (i = 0; i < ARRAY_SIZE(paging_kinds) && domain == ERR_PTR(-EOPNOTSUPP); i++)
		domain = paging_kinds[i]->alloc(vd, flags);
	return domain;
}
