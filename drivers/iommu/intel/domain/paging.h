/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What first-stage and second-stage domains have in common.
 */
#ifndef VTD_DOMAIN_PAGING_H
#define VTD_DOMAIN_PAGING_H

#include "../device/device.h"

struct vtd_attachment;
struct vtd_domain;
struct vtd_unit;

/* The unit does not see tables in the CPU's caches, whatever it could. */
#define VTD_PAGING_FLUSH_TABLES	BIT(0)
/* Accesses are never made to snoop, whatever the unit could. */
#define VTD_PAGING_NO_SNOOP	BIT(1)

/**
 * struct vtd_paging_table - a page table as it is in memory
 * @root: physical address of the top table
 * @levels: how many levels it has
 * @marks: bits of a leaf that a unit sets when the page is used, and that the
 *         library does not
 */
struct vtd_paging_table {
	u64 root;
	unsigned int levels;
	u64 marks;
};

struct vtd_paging_table vtd_paging_table(struct vtd_domain *domain);
struct vtd_domain *vtd_paging_new(const struct vtd_unit *unit,
				  enum vtd_translation_kind kind, unsigned int flags);
void vtd_paging_free(struct iommu_domain *domain);
int vtd_paging_attach(struct iommu_domain *domain, struct device *dev,
		      struct iommu_domain *old);
int vtd_paging_set_pasid(struct iommu_domain *domain, struct device *dev,
			 ioasid_t pasid, struct iommu_domain *old);
void vtd_paging_sync(struct iommu_domain *domain, struct iommu_iotlb_gather *gather);
void vtd_paging_flush_all(struct iommu_domain *domain);

const char *vtd_first_misfit(const struct vtd_domain *domain,
			     const struct vtd_unit *unit);
struct iommu_domain *vtd_first_alloc(struct vtd_unit *unit, unsigned int flags);
union vtd_entry vtd_first_entry(const struct vtd_attachment *attachment,
				const struct vtd_entry_attrs *attrs);
struct vtd_paging_table vtd_first_table(struct vtd_domain *domain);
const char *vtd_second_misfit(const struct vtd_domain *domain,
			      const struct vtd_unit *unit);
struct iommu_domain *vtd_second_alloc(struct vtd_unit *unit, unsigned int flags);
union vtd_entry vtd_second_entry(const struct vtd_attachment *attachment,
				 const struct vtd_entry_attrs *attrs);
struct vtd_paging_table vtd_second_table(struct vtd_domain *domain);

#endif
