/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Areas on their way out of one page table.
 */
#ifndef __IOMMUFD_IOAS_REMOVAL_H
#define __IOMMUFD_IOAS_REMOVAL_H

#include <linux/iommu.h>

#include "ranges.h"

/**
 * struct ioas_removal - areas on their way out of one page table
 * @domain: the table
 * @gather: what has to be flushed
 * @run: areas that follow each other, and are still in the table
 * @any: there is something in @run
 */
struct ioas_removal {
	struct iommu_domain *domain;
	struct iommu_iotlb_gather gather;
	struct iorange run;
	bool any;
};

void ioas_removal_begin(struct ioas_removal *removal,
			struct iommu_domain *domain);
void ioas_removal_add(struct ioas_removal *removal, unsigned long first,
		      unsigned long last);
void ioas_removal_end(struct ioas_removal *removal);

#endif
