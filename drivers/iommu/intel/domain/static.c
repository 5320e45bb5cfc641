// SPDX-License-Identifier: GPL-2.0-only
/*
 * The domains without a table: everything is blocked, or nothing is translated.
 *
 * Owns: the two domains, shared by all devices.
 * Locks: none.
 * Calls: attach.c.
 */
#include "attach.h"
#include "domain.h"

static int attach_identity(struct iommu_domain *domain, struct device *dev,
			   struct iommu_domain *old)
{
	return vtd_attach_static(VTD_IDENTITY, to_vtd_device(dev), IOMMU_NO_PASID);
}

static int set_pasid_identity(struct iommu_domain *domain, struct device *dev,
			      ioasid_t pasid, struct iommu_domain *old)
{
	return vtd_attach_static(VTD_IDENTITY, to_vtd_device(dev), pasid);
}

struct iommu_domain vtd_identity_domain = {
	.type = IOMMU_DOMAIN_IDENTITY,
	.ops = &(const struct iommu_domain_ops){
		.attach_dev = attach_identity,
		.set_dev_pasid = set_pasid_identity,
	},
};

static int attach_blocked(struct iommu_domain *domain, struct device *dev,
			  struct iommu_domain *old)
{
	return vtd_attach_static(VTD_BLOCKED, to_vtd_device(dev), IOMMU_NO_PASID);
}

static int set_pasid_blocked(struct iommu_domain *domain, struct device *dev,
			     ioasid_t pasid, struct iommu_domain *old)
{
	return vtd_attach_static(VTD_BLOCKED, to_vtd_device(dev), pasid);
}

struct iommu_domain vtd_blocked_domain = {
	.type = IOMMU_DOMAIN_BLOCKED,
	.ops = &(const struct iommu_domain_ops){
		.attach_dev = attach_blocked,
		.set_dev_pasid = set_pasid_blocked,
	},
};
