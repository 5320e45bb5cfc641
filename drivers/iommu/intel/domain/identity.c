// SPDX-License-Identifier: GPL-2.0-only
/*
 * The domain in which addresses are physical.
 *
 * Owns: the domain, shared by all devices.
 * Locks: none.
 * Calls: attach.c, table/ for the entry.
 */
#include "../unit/did.h"
#include "../unit/unit.h"
#include "attach.h"
#include "kinds.h"

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

static const char *identity_misfit(struct vtd_domain *domain,
				   const struct vtd_device *vd, u32 pasid)
{
	return vd->unit->caps.pt ? NULL : "the unit has no pass-through";
}

/* The id is the same for all devices, and never free. */
static int identity_get_id(struct vtd_domain *domain, struct vtd_device *vd)
{
	return VTD_DID_PASSTHROUGH;
}

static union vtd_entry identity_entry(const struct vtd_attachment *attachment)
{
	return vtd_identity_entry(attachment->vd, attachment->pasid);
}

const struct vtd_kind vtd_identity_kind = {
	.misfit = identity_misfit,
	.get_id = identity_get_id,
	.entry = identity_entry,
};

struct vtd_domain vtd_identity = {
	.kind = &vtd_identity_kind,
	.domain = {
		.type = IOMMU_DOMAIN_IDENTITY,
		.ops = &(const struct iommu_domain_ops){
			.attach_dev = vtd_domain_attach,
			.set_dev_pasid = vtd_domain_set_pasid,
		},
	},
};
