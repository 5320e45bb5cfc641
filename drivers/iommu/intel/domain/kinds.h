/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kinds of translation that there are.
 */
#ifndef VTD_DOMAIN_KINDS_H
#define VTD_DOMAIN_KINDS_H

#include "domain.h"
#include "kind.h"

struct iommu_hwpt_vtd_s1;
struct vtd_unit;

extern const struct vtd_kind vtd_blocked_kind;
extern const struct vtd_kind vtd_identity_kind;
extern const struct vtd_kind vtd_first_kind;
extern const struct vtd_kind vtd_second_kind;
extern const struct vtd_kind vtd_nested_kind;
extern const struct vtd_kind vtd_sva_kind;

/* Those without a table are one domain, shared by all devices. */
extern struct vtd_domain vtd_blocked;
extern struct vtd_domain vtd_identity;

union vtd_entry vtd_identity_entry(const struct vtd_device *vd, u32 pasid);
struct iommu_domain *vtd_first_alloc(struct vtd_unit *unit, unsigned int flags);
unsigned int vtd_first_tags(const struct vtd_attachment *attachment,
			    struct vtd_tag_place places[VTD_KIND_TAGS]);
struct iommu_domain *vtd_second_alloc(struct vtd_unit *unit, unsigned int flags);
bool vtd_nested_possible(const struct vtd_unit *unit);
bool vtd_nested_is_parent(struct vtd_domain *domain);
struct iommu_domain *vtd_nested_alloc(struct vtd_device *vd, struct vtd_domain *parent,
				      const struct iommu_hwpt_vtd_s1 *data);
struct iommu_domain *vtd_nested_alloc_at(const struct vtd_unit *unit,
					 struct vtd_domain *parent, u32 flags,
					 const struct iommu_user_data *data);
struct iommu_domain *vtd_domain_alloc_nested(struct device *dev,
					     struct iommu_domain *parent, u32 flags,
					     const struct iommu_user_data *data);
struct iommu_domain *vtd_domain_alloc_sva(struct device *dev, struct mm_struct *mm);
struct iommu_domain *vtd_domain_alloc_paging(struct device *dev, u32 flags,
					     const struct iommu_user_data *data);

#endif
