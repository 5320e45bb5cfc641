// SPDX-License-Identifier: GPL-2.0-only
/*
 * The domains without a table: everything is blocked, or nothing is translated.
 *
 * Owns: the two domains, shared by all devices.
 * Locks: none.
 * Calls: attach.c, table/ for the entry.
 */
#include "../unit/did.h"
#include "../unit/unit.h"
#include "attach.h"
#include "domain.h"

/**
 * vtd_identity_entry() - the table entry of a device that is not translated
 * @vd: the device
 * @pasid: the PASID; %IOMMU_NO_PASID for requests without
 *
 * Context: any.
 * Return: the entry.
 */
union vtd_entry vtd_identity_entry(const struct vtd_device *vd, u32 pasid)
{
	struct vtd_entry_attrs attrs =
		vtd_device_entry_attrs(vd, pasid, VTD_DID_PASSTHROUGH);

	if (vd->unit->scalable)
		return (union vtd_entry){ .pasid = vtd_entry_passthrough(&attrs) };
	return (union vtd_entry){
		.context = vtd_entry_context(0, vtd_caps_best_aw(&vd->unit->caps),
					     attrs.did, VTD_TT_PASSTHROUGH),
	};
}

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
