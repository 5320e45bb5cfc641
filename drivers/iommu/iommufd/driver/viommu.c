// SPDX-License-Identifier: GPL-2.0-only
/*
 * What IOMMU drivers call to serve the virtual IOMMUs of user space.
 *
 * Built into the kernel with the drivers, also when iommufd is a module:
 * nothing here may call into the rest of iommufd.
 */
#include <linux/export.h>
#include <linux/iommufd.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/xarray.h>

#include "../device/device.h"
#include "../object/refs.h"

/**
 * _iommufd_object_depend() - make a sibling outlive another object
 * @obj_dependent: object that needs the other
 * @obj_depended: object of the same type that is needed
 *
 * Context: any; both objects exist.
 * Return: 0, or EINVAL: an object cannot need itself or one of another type;
 * ENOENT: @obj_depended is being destroyed.
 */
int _iommufd_object_depend(struct iommufd_object *obj_dependent,
			   struct iommufd_object *obj_depended)
{
	if (WARN_ON_ONCE(obj_dependent == obj_depended ||
			 obj_dependent->type != obj_depended->type))
		return -EINVAL;
	return object_users_tryget(obj_depended) ? 0 : -ENOENT;
}
EXPORT_SYMBOL_NS_GPL(_iommufd_object_depend, "IOMMUFD");

/**
 * _iommufd_object_undepend() - end of an _iommufd_object_depend()
 * @obj_dependent: object that needed the other
 * @obj_depended: object that was needed
 *
 * Context: any.
 */
void _iommufd_object_undepend(struct iommufd_object *obj_dependent,
			      struct iommufd_object *obj_depended)
{
	if (WARN_ON_ONCE(obj_dependent == obj_depended ||
			 obj_dependent->type != obj_depended->type))
		return;
	object_users_put(obj_depended);
}
EXPORT_SYMBOL_NS_GPL(_iommufd_object_undepend, "IOMMUFD");

/**
 * iommufd_vdevice_to_device() - the physical device behind a virtual one
 * @vdev: virtual device, kept alive by the caller
 *
 * Context: any.
 * Return: the device.
 */
struct device *iommufd_vdevice_to_device(struct iommufd_vdevice *vdev)
{
	return vdev->idev->dev;
}
EXPORT_SYMBOL_NS_GPL(iommufd_vdevice_to_device, "IOMMUFD");

/**
 * iommufd_viommu_find_dev() - the physical device behind a virtual id
 * @viommu: the virtual IOMMU
 * @vdev_id: id of the device in the guest
 *
 * Context: holds the xa_lock of @viommu->vdevs, under which the device stays.
 * Return: the device, or NULL: the guest has no such device.
 */
struct device *iommufd_viommu_find_dev(struct iommufd_viommu *viommu,
				       unsigned long vdev_id)
{
	struct iommufd_vdevice *found;

	lockdep_assert_held(&viommu->vdevs.xa_lock);
	found = xa_load(&viommu->vdevs, vdev_id);
	if (!found)
		return NULL;
	return iommufd_vdevice_to_device(found);
}
EXPORT_SYMBOL_NS_GPL(iommufd_viommu_find_dev, "IOMMUFD");

/**
 * iommufd_viommu_get_vdev_id() - the virtual id of a physical device
 * @viommu: the virtual IOMMU
 * @dev: the device
 * @vdev_id: filled with its id in the guest
 *
 * Context: any but holding the xa_lock of @viommu->vdevs.
 * Return: 0, or ENOENT: the device is not behind this virtual IOMMU.
 */
int iommufd_viommu_get_vdev_id(struct iommufd_viommu *viommu,
			       struct device *dev, unsigned long *vdev_id)
{
	struct iommufd_vdevice *vdev;
	unsigned long id;
	int rc = -ENOENT;

	xa_lock(&viommu->vdevs);
	xa_for_each(&viommu->vdevs, id, vdev) {
		if (iommufd_vdevice_to_device(vdev) != dev)
			continue;
		*vdev_id = id;
		rc = 0;
		break;
	}
	xa_unlock(&viommu->vdevs);
	return rc;
}
EXPORT_SYMBOL_NS_GPL(iommufd_viommu_get_vdev_id, "IOMMUFD");

MODULE_DESCRIPTION("Helpers of iommufd for IOMMU drivers");
MODULE_LICENSE("GPL");
