/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The context behind one open of /dev/iommu.
 *
 * Owns: the id table. Other folders keep their per-context state here, each in
 * a group of fields that names its owner.
 */
#ifndef __IOMMUFD_OBJECT_CTX_H
#define __IOMMUFD_OBJECT_CTX_H

#include <linux/iommufd.h>
#include <linux/maple_tree.h>
#include <linux/mutex.h>
#include <linux/xarray.h>

struct device;
struct iommufd_ioas;

/**
 * enum iommufd_charge_mode - what a pinned page is charged to
 * @IOMMUFD_CHARGE_USER: struct user_struct locked_vm, shared by the uid
 * @IOMMUFD_CHARGE_MM: mm_struct locked_vm, as VFIO type1 does
 * @IOMMUFD_CHARGE_NONE: no limit (CAP_IPC_LOCK); pinned_vm still counts
 */
enum iommufd_charge_mode {
	IOMMUFD_CHARGE_USER,
	IOMMUFD_CHARGE_MM,
	IOMMUFD_CHARGE_NONE,
};

/**
 * struct iommufd_ctx - one open of /dev/iommu
 * @file: the struct file whose release ends the context; holders of a context
 *	reference hold this file. Constant after open.
 * @importer: device that stands for /dev/iommu towards exporters of dma-bufs.
 *	Constant after open.
 * @objects: id -> object. A reserved id holds XA_ZERO_ENTRY. The xa_lock
 *	orders lookups against the moment an object dies.
 * @charge_mode: mode new pages objects take; changed only while @objects is
 *	empty, under the xa_lock
 * @groups: (device/) iommu group id -> struct device_group, under its xa_lock
 * @vfio_ioas: (vfio/) IOAS the container calls act on, under the xa_lock of
 *	@objects
 * @no_iommu_mode: (vfio/) the container serves noiommu groups; same lock
 * @sw_msi_lock: (device/) guards @sw_msi_list and @sw_msi_count
 * @sw_msi_list: (device/) MSI pages that domains of this context map
 * @sw_msi_count: (device/) entries on @sw_msi_list
 * @mmaps: (driver/) mmap offset -> struct iommufd_mmap
 */
struct iommufd_ctx {
	struct file *file;
	struct device *importer;
	struct xarray objects;
	enum iommufd_charge_mode charge_mode;

	struct xarray groups;

	struct iommufd_ioas *vfio_ioas;
	bool no_iommu_mode;

	struct mutex sw_msi_lock;
	struct list_head sw_msi_list;
	unsigned int sw_msi_count;

	struct maple_tree mmaps;
};

struct iommufd_ctx *iommufd_ctx_alloc(struct file *file);
void iommufd_ctx_free(struct iommufd_ctx *ictx);

#endif
