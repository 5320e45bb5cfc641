// SPDX-License-Identifier: GPL-2.0-only
/*
 * The operations that the IOMMU core finds at each unit.
 *
 * Owns: intel_iommu_ops, vtd_bulk_ops.
 * Locks: none.
 * Calls: device/, domain/.
 */
#include <linux/iommu.h>
#include <linux/iommu-bulk.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <uapi/linux/iommufd.h>

#include "acpi/table.h"
#include "device/device.h"
#include "device/requests.h"
#include "domain/attach.h"
#include "domain/fill.h"
#include "domain/kinds.h"
#include "guest/viommu.h"
#include "hw/dmar_layout.h"
#include "ops.h"
#include "unit/unit.h"

static bool has_capability(struct device *dev, enum iommu_cap cap)
{
	const struct vtd_device *vd = to_vtd_device(dev);

	switch (cap) {
	case IOMMU_CAP_CACHE_COHERENCY:
	case IOMMU_CAP_DEFERRED_FLUSH:
		return true;
	case IOMMU_CAP_PRE_BOOT_PROTECTION:
		return vtd_table_flags() & VTD_DMAR_F_PLATFORM_OPT_IN;
	case IOMMU_CAP_ENFORCE_CACHE_COHERENCY:
		return vtd_device_can_force_snoop(vd, IOMMU_NO_PASID);
	case IOMMU_CAP_PCI_ATS_SUPPORTED:
		return vd->ats_usable;
	case IOMMU_CAP_DIRTY_TRACKING:
		return vtd_device_tracks_dirty(vd, IOMMU_NO_PASID);
	case IOMMU_CAP_NOEXEC:
		break;
	}
	return false;
}

/*
 * Parts with erratum 772415 cannot be told from others by their capabilities, so
 * a hypervisor is told to expect it on each of them: no nest parent takes a
 * read-only page.
 */
static void *hw_info(struct device *dev, u32 *length, enum iommu_hw_info_type *type)
{
	const struct vtd_device *vd = to_vtd_device(dev);
	struct iommu_hw_info_vtd *info;

	if (*type != IOMMU_HW_INFO_TYPE_DEFAULT &&
	    *type != IOMMU_HW_INFO_TYPE_INTEL_VTD)
		return ERR_PTR(-EOPNOTSUPP);

	info = kzalloc_obj(*info);
	if (!info)
		return ERR_PTR(-ENOMEM);
	info->flags = IOMMU_HW_INFO_VTD_ERRATA_772415_SPR17;
	info->cap_reg = vd->unit->caps.cap;
	info->ecap_reg = vd->unit->caps.ecap;
	*length = sizeof(*info);
	*type = IOMMU_HW_INFO_TYPE_INTEL_VTD;
	return info;
}

static void probe_finalize(struct device *dev)
{
	struct vtd_device *vd = to_vtd_device(dev);

	if (vtd_features_wanted(vd))
		vtd_features_start(vd);
}

/*
 * Where firmware has a region for the device, the core asks for pass-through in
 * place of the release domain, and does not look at the answer.
 */
static void release_device(struct device *dev)
{
	struct vtd_device *vd = to_vtd_device(dev);

	if (vd->rid)
		vtd_attach(&vtd_blocked, vd, IOMMU_NO_PASID);
	vtd_device_release(dev);
}

static struct iommu_group *device_group(struct device *dev)
{
	return dev_is_pci(dev) ? pci_device_group(dev) : generic_device_group(dev);
}

const struct iommu_ops intel_iommu_ops = {
	.identity_domain = &vtd_identity.domain,
	.blocked_domain = &vtd_blocked.domain,
	.release_domain = &vtd_blocked.domain,
	.capable = has_capability,
	.hw_info = hw_info,
	.domain_alloc_paging_flags = vtd_domain_alloc_paging,
	.domain_alloc_nested = vtd_domain_alloc_nested,
#ifdef CONFIG_INTEL_IOMMU_SVM
	.domain_alloc_sva = vtd_domain_alloc_sva,
#endif
	.probe_device = vtd_device_probe,
	.probe_finalize = probe_finalize,
	.release_device = release_device,
	.get_resv_regions = vtd_device_reserved_regions,
	.device_group = device_group,
	.is_attach_deferred = vtd_device_deferred,
	.def_domain_type = vtd_device_default_type,
	.page_response = vtd_requests_respond,
#if IS_ENABLED(CONFIG_IOMMUFD_DRIVER_CORE)
	.get_viommu_size = vtd_viommu_size,
	.viommu_init = vtd_viommu_init,
#endif
};

const struct iommu_bulk_ops vtd_bulk_ops = {
	.owner = &intel_iommu_ops,
	.map = vtd_domain_fill,
};
