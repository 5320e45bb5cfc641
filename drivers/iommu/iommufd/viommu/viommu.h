/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual IOMMUs: the part of a physical IOMMU that a guest is given.
 *
 *	nested hwpt --+
 *	vdevice ------+--> viommu --> hwpt_paging (nest parent) --> IOAS
 *	hw_queue -----+       |                                       ^
 *	   |                  +--> physical IOMMU                     |
 *	   +---- pins guest memory and locks its areas ---------------+
 *
 * Arrows are dependencies. Only a vdevice has something that can be taken
 * away from it: it has a running use of its device and dies with it.
 *
 * The structs are in linux/iommufd.h: drivers embed them. A driver's part is
 * initialised after ours and destroyed before it.
 */
#ifndef __IOMMUFD_VIOMMU_VIOMMU_H
#define __IOMMUFD_VIOMMU_VIOMMU_H

#include <linux/iommufd.h>

#include "../object/object.h"

struct iommufd_ucmd;

static inline struct iommufd_vdevice *to_vdevice(struct iommufd_object *obj)
{
	return container_of(obj, struct iommufd_vdevice, obj);
}

static inline struct iommufd_hw_queue *to_hw_queue(struct iommufd_object *obj)
{
	return container_of(obj, struct iommufd_hw_queue, obj);
}

extern const struct iommufd_object_ops iommufd_viommu_object_ops;
extern const struct iommufd_object_ops iommufd_vdevice_object_ops;
extern const struct iommufd_object_ops iommufd_hw_queue_object_ops;

/* handlers */
int iommufd_viommu_alloc_ioctl(struct iommufd_ucmd *ucmd);
int iommufd_vdevice_alloc_ioctl(struct iommufd_ucmd *ucmd);
int iommufd_hw_queue_alloc_ioctl(struct iommufd_ucmd *ucmd);

#endif
