/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mapping many runs of memory at once, between IOMMU drivers that can and
 * /dev/iommu. Domains of all other drivers are mapped by iommu_map().
 */
#ifndef __LINUX_IOMMU_BULK_H
#define __LINUX_IOMMU_BULK_H

#include <linux/init.h>
#include <linux/types.h>

struct iommu_domain;
struct iommu_ops;

/**
 * struct iommu_run - physically contiguous memory
 * @phys: where it begins, a multiple of the smallest page size
 * @length: bytes, a multiple of the smallest page size
 */
struct iommu_run {
	phys_addr_t phys;
	size_t length;
};

/**
 * struct iommu_bulk - runs that are mapped one behind the other
 * @iova: where the first run goes, a multiple of the smallest page size
 * @runs: the runs
 * @nruns: how many
 * @prot: IOMMU_READ and so on
 * @gfp: for tables
 */
struct iommu_bulk {
	unsigned long iova;
	const struct iommu_run *runs;
	unsigned int nruns;
	int prot;
	gfp_t gfp;
};

/**
 * struct iommu_bulk_ops - what a driver offers
 * @owner: the driver; only its paging domains are given to @map
 * @map: maps all runs, as iommu_map() would one after the other, or nothing.
 *	Page sizes, context and errnos are those of iommu_map().
 */
struct iommu_bulk_ops {
	const struct iommu_ops *owner;
	int (*map)(struct iommu_domain *domain, const struct iommu_bulk *bulk);
};

#ifdef CONFIG_IOMMUFD_DRIVER_CORE
void __init iommu_bulk_register(const struct iommu_bulk_ops *ops);
const struct iommu_bulk_ops *iommu_bulk_find(const struct iommu_domain *domain);
#else
static inline void iommu_bulk_register(const struct iommu_bulk_ops *ops)
{
}

static inline const struct iommu_bulk_ops *
iommu_bulk_find(const struct iommu_domain *domain)
{
	return NULL;
}
#endif

#endif
