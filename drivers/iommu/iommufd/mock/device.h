/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A mock device bound to a context and attached, under an id of its own.
 */
#ifndef __IOMMUFD_MOCK_DEVICE_H
#define __IOMMUFD_MOCK_DEVICE_H

#include <linux/idr.h>
#include <linux/mutex.h>

#include "../object/object.h"

struct iommufd_device;
struct iommufd_ucmd;
struct mock_device;

/**
 * struct mock_stdev - a "selftest device": what VFIO is for a real device
 * @obj: id; DESTROY detaches, unbinds and unplugs
 * @mdev: the device; constant, owned
 * @idev: its binding; constant, owned
 * @pasid_lock: held while a PASID changes; guards @pasids
 * @pasids: PASIDs to detach before the binding ends
 */
struct mock_stdev {
	struct iommufd_object obj;
	struct mock_device *mdev;
	struct iommufd_device *idev;
	struct mutex pasid_lock;	/* guards pasids */
	struct ida pasids;
};

static inline struct mock_stdev *to_mock_stdev(struct iommufd_object *obj)
{
	return container_of(obj, struct mock_stdev, obj);
}

/* handlers of test ops */
int mock_stdev_create_op(struct iommufd_ucmd *ucmd);
int mock_stdev_create_flags_op(struct iommufd_ucmd *ucmd);
int mock_stdev_replace_op(struct iommufd_ucmd *ucmd);

#endif
