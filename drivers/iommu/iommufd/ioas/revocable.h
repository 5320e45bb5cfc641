/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Translations of memory that can be revoked.
 */
#ifndef __IOMMUFD_IOAS_REVOCABLE_H
#define __IOMMUFD_IOAS_REVOCABLE_H

#include "../object/why.h"

struct ioas_area;
struct iommu_domain;

typedef int (*ioas_area_visit_fn)(struct ioas_area *area, void *opaque);

int ioas_revocable_map(struct ioas_area *area, struct iommu_domain *domain,
		       struct iommufd_why *why);
void ioas_revocable_unmap(struct ioas_area *area, struct iommu_domain *domain);
int ioas_revocable_visit(struct ioas_area *area, struct iommu_domain *domain,
			 ioas_area_visit_fn visit, void *opaque);

#endif
