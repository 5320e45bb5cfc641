/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A device bound to a context through its driver (VFIO).
 */
#ifndef __IOMMUFD_DEVICE_DEVICE_H
#define __IOMMUFD_DEVICE_DEVICE_H

#include "../object/object.h"
#include "../object/ucmd.h"
#include "group.h"

/**
 * struct iommufd_device - a bound device
 * @obj: id; owned by the driver that bound it, DESTROY says EBUSY
 * @ictx: the context; a driver's binding holds one reference; constant
 * @dgroup: its group in the context, one reference; constant
 * @dev: the device; constant
 * @bound_item: on @dgroup->bound, see there
 * @vdev: (viommu/) what it is to a guest, or NULL; published; under
 *	@dgroup->lock
 * @unbinding: it takes no @vdev any more; same lock
 */
struct iommufd_device {
	struct iommufd_object obj;
	struct iommufd_ctx *ictx;
	struct device_group *dgroup;
	struct device *dev;
	struct list_head bound_item;
	struct iommufd_vdevice *vdev;
	bool unbinding;
};

static inline struct iommufd_device *to_device(struct iommufd_object *obj)
{
	return container_of(obj, struct iommufd_device, obj);
}

struct iommufd_object *device_get_translated(struct iommufd_ucmd *ucmd,
					     u32 dev_id);

/* handlers */
int iommufd_hwpt_alloc_ioctl(struct iommufd_ucmd *ucmd);
int iommufd_get_hw_info_ioctl(struct iommufd_ucmd *ucmd);

#endif
