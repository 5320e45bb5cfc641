/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device memory that a driver offers to user space through mmap of /dev/iommu.
 *
 *	offset --(&iommufd_ctx.mmaps)--> struct iommufd_mmap --> owner object
 *	                                          ^                  ^
 *	                                         vma ---- depends ---+
 *
 * The tree's own spinlock guards entries against being freed; the xa_lock of
 * the objects is taken inside it. An owner that a vma depends on cannot be
 * destroyed, so a vma may use the entry without a lock.
 */
#ifndef __IOMMUFD_DRIVER_MMAP_H
#define __IOMMUFD_DRIVER_MMAP_H

#include <linux/types.h>

struct file;
struct iommufd_object;
struct vm_area_struct;

/**
 * struct iommufd_mmap - a range of mmap offsets and the memory it means
 * @owner: object whose driver registered it; the range dies with it
 * @mmio_addr: physical address, page aligned
 * @length: bytes, a multiple of pages
 *
 * All constant.
 */
struct iommufd_mmap {
	struct iommufd_object *owner;
	phys_addr_t mmio_addr;
	size_t length;
};

int iommufd_fops_mmap(struct file *filp, struct vm_area_struct *vma);

#endif
