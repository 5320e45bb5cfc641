/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Nested hwpts: a first stage that user space keeps in the memory of its
 * guest, over a second stage that the kernel keeps.
 *
 *	hwpt_nested ------------------> hwpt_paging (nest parent) --> IOAS
 *	     |                               ^
 *	     +---------> viommu -------------+
 *
 * A nested hwpt depends on its nest parent, or on the vIOMMU that it was
 * allocated through, which in turn depends on the parent.
 */
#ifndef __IOMMUFD_HWPT_NESTED_H
#define __IOMMUFD_HWPT_NESTED_H

#include <linux/iommu.h>
#include <linux/iommufd.h>

#include "paging.h"

struct iommufd_ucmd;

/**
 * struct iommufd_hwpt_nested - a hwpt whose table is the user's
 * @common: id and domain
 * @parent: the second stage; constant
 * @viommu: the vIOMMU it was allocated through, or NULL; constant
 */
struct iommufd_hwpt_nested {
	struct iommufd_hw_pagetable common;
	struct iommufd_hwpt_paging *parent;
	struct iommufd_viommu *viommu;
};

static inline struct iommufd_hwpt_nested *
to_hwpt_nested(struct iommufd_hw_pagetable *hwpt)
{
	return container_of(hwpt, struct iommufd_hwpt_nested, common);
}

static inline struct iommufd_viommu *to_viommu(struct iommufd_object *obj)
{
	return container_of(obj, struct iommufd_viommu, obj);
}

/**
 * iommufd_hwpt_host() - the table that ends in physical memory
 * @hwpt: any hwpt
 *
 * Context: any.
 * Return: a paging hwpt itself, the nest parent of a nested one.
 */
static inline struct iommufd_hwpt_paging *
iommufd_hwpt_host(struct iommufd_hw_pagetable *hwpt)
{
	if (hwpt->obj.type == IOMMUFD_OBJ_HWPT_NESTED)
		return to_hwpt_nested(hwpt)->parent;
	return to_hwpt_paging(hwpt);
}

extern const struct iommufd_object_ops iommufd_hwpt_nested_object_ops;

/**
 * struct iommufd_hwpt_nested_args - what a nested hwpt shall be
 * @parent: the second stage
 * @viommu: vIOMMU of @parent to allocate through, or NULL
 * @dev: device whose IOMMU driver makes the domain
 * @flags: IOMMU_HWPT_ALLOC_* to hand to the driver
 * @data: the user's data for the driver, or NULL
 */
struct iommufd_hwpt_nested_args {
	struct iommufd_hwpt_paging *parent;
	struct iommufd_viommu *viommu;
	struct device *dev;
	u32 flags;
	const struct iommu_user_data *data;
};

/**
 * iommufd_hwpt_nested_new() - create a hwpt over a nest parent or a vIOMMU
 * @ictx: the context
 * @args: what it shall be; the caller has a running use of @args->viommu if
 *	set, of @args->parent otherwise
 * @why: where the reason of a failure goes
 *
 * The object is reserved, not published: the caller publishes it or calls
 * iommufd_object_abort_destroy().
 *
 * Context: may sleep; takes no fault of user memory.
 * Return: the hwpt, or ERR_PTR:
 * EFAULT: the data is not in memory, see user_data.h;
 * EOPNOTSUPP: a flag other than PASID, no data, or a driver that does not
 * nest;
 * EINVAL: the parent is no nest parent or belongs to another IOMMU driver, or
 * the device is not behind the IOMMU of the vIOMMU;
 * ENOENT: what it depends on is being destroyed;
 * ENOMEM, or what the driver says to the data.
 */
struct iommufd_hwpt_nested *
iommufd_hwpt_nested_new(struct iommufd_ctx *ictx,
			const struct iommufd_hwpt_nested_args *args,
			struct iommufd_why *why);

/* handler */
int iommufd_hwpt_invalidate_ioctl(struct iommufd_ucmd *ucmd);

#endif
