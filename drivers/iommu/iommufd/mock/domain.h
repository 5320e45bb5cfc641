/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Paging domains of the mock IOMMU.
 */
#ifndef __IOMMUFD_MOCK_DOMAIN_H
#define __IOMMUFD_MOCK_DOMAIN_H

#include <linux/generic_pt/iommu.h>
#include <linux/iommu.h>

/**
 * struct mock_domain - a paging domain
 * @domain: core's part, which is also the first member of @table
 * @table: the page table
 * @table_ops: the ops of @table as its format has them; constant
 * @failing_ops: @table_ops with fault injection in front; constant
 * @tracking: devices set dirty bits
 */
struct mock_domain {
	union {
		struct iommu_domain domain;
		struct pt_iommu_amdv1_mock table;
	};
	const struct pt_iommu_ops *table_ops;
	struct pt_iommu_ops failing_ops;
	bool tracking;
};

PT_IOMMU_CHECK_DOMAIN(struct mock_domain, table.iommu, domain);

static inline struct mock_domain *to_mock_domain(struct iommu_domain *domain)
{
	return container_of(domain, struct mock_domain, domain);
}

#endif
