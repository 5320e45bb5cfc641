// SPDX-License-Identifier: GPL-2.0-only
/*
 * A vIOMMU: nested domains without a device's name, invalidations by the source ids
 * that a guest knows, events for it.
 *
 * Owns: struct vtd_viommu.
 * Locks: none.
 * Calls: domain/nested.c, vdevice.c, invalidate.c, guest_events.c.
 */
#include <uapi/linux/iommufd.h>

#include "../device/device.h"
#include "../domain/kinds.h"
#include "../unit/unit.h"
#include "invalidate.h"
#include "vdevice.h"
#include "viommu.h"

static void viommu_destroy(struct iommufd_viommu *viommu)
{
	vtd_guest_events_end(&to_vtd_viommu(viommu)->events);
}

static struct iommu_domain *alloc_nested(struct iommufd_viommu *viommu, u32 flags,
					 const struct iommu_user_data *data)
{
	struct vtd_unit *unit = container_of(viommu->iommu_dev, struct vtd_unit, iommu);

	return vtd_nested_alloc_at(unit, to_vtd_viommu(viommu)->parent, flags, data);
}

static const struct iommufd_viommu_ops viommu_ops = {
	.destroy = viommu_destroy,
	.alloc_domain_nested = alloc_nested,
	.cache_invalidate = vtd_viommu_invalidate,
	.vdevice_size = VDEVICE_STRUCT_SIZE(struct vtd_vdevice, core),
	.vdevice_init = vtd_vdevice_init,
};

/**
 * vtd_viommu_size() - iommu_ops.get_viommu_size
 * @dev: a device of the guest
 * @type: the type of vIOMMU that is asked for
 *
 * Return: bytes of struct vtd_viommu; 0 if there is none of that type, or if the
 * device's unit does not nest.
 */
size_t vtd_viommu_size(struct device *dev, enum iommu_viommu_type type)
{
	if ((u32)type != IOMMU_VIOMMU_TYPE_VTD ||
	    !vtd_nested_possible(to_vtd_device(dev)->unit))
		return 0;
	return VIOMMU_STRUCT_SIZE(struct vtd_viommu, core);
}

/**
 * vtd_viommu_init() - iommu_ops.viommu_init
 * @viommu: the vIOMMU, zeroed but for what iommufd knows
 * @parent: a nest parent of this driver
 * @data: none is known
 *
 * Context: any.
 * Return: 0; -EOPNOTSUPP if there is data; -EINVAL if @parent was not made as one.
 */
int vtd_viommu_init(struct iommufd_viommu *viommu, struct iommu_domain *parent,
		    const struct iommu_user_data *data)
{
	if (data)
		return -EOPNOTSUPP;
	if (!vtd_nested_is_parent(to_vtd_domain(parent)))
		return -EINVAL;
	to_vtd_viommu(viommu)->parent = to_vtd_domain(parent);
	vtd_guest_events_init(&to_vtd_viommu(viommu)->events, viommu);
	viommu->ops = &viommu_ops;
	return 0;
}
