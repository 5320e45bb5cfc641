/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one way for a device, or a PASID of it, to get another domain.
 */
#ifndef VTD_DOMAIN_ATTACH_H
#define VTD_DOMAIN_ATTACH_H

#include "attachment.h"
#include "domain.h"

int vtd_attach(struct vtd_domain *domain, struct vtd_device *vd, u32 pasid);
int vtd_attach_restore(struct vtd_domain *domain, struct vtd_device *vd, u32 pasid);
int vtd_domain_attach(struct iommu_domain *domain, struct device *dev,
		      struct iommu_domain *old);
int vtd_domain_set_pasid(struct iommu_domain *domain, struct device *dev,
			 ioasid_t pasid, struct iommu_domain *old);
void vtd_attachments_rewrite_locked(struct vtd_domain *top)
	__must_hold(&top->lock);

#endif
