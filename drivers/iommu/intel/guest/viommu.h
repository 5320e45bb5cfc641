/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A vIOMMU: the part of a unit that one guest has.
 */
#ifndef VTD_GUEST_VIOMMU_H
#define VTD_GUEST_VIOMMU_H

#include <linux/iommufd.h>

#include "guest_events.h"

struct iommu_domain;
struct iommu_user_data;
struct iommu_user_data_array;

struct vtd_domain;

/**
 * struct vtd_viommu - a vIOMMU
 * @core: what iommufd knows of it
 * @parent: what the guest's tables are nested in; constant
 * @events: what happened to its devices
 */
struct vtd_viommu {
	struct iommufd_viommu core;
	struct vtd_domain *parent;
	struct vtd_guest_events events;
};

static inline struct vtd_viommu *to_vtd_viommu(struct iommufd_viommu *viommu)
{
	return container_of(viommu, struct vtd_viommu, core);
}

size_t vtd_viommu_size(struct device *dev, enum iommu_viommu_type type);
int vtd_viommu_init(struct iommufd_viommu *viommu, struct iommu_domain *parent,
		    const struct iommu_user_data *data);

#endif
