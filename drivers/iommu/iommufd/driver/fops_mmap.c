// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmap of /dev/iommu: maps what drivers offered through _iommufd_alloc_mmap().
 */
#include <linux/fs.h>
#include <linux/iommufd.h>
#include <linux/maple_tree.h>
#include <linux/mm.h>
#include <linux/overflow.h>

#include "../object/ctx.h"
#include "../object/refs.h"
#include "mmap.h"

static void iommufd_mmap_open(struct vm_area_struct *vma)
{
	const struct iommufd_mmap *region = vma->vm_private_data;

	/* fork or split: the vma that is copied depends on the owner */
	object_users_get(region->owner);
}

static void iommufd_mmap_close(struct vm_area_struct *vma)
{
	const struct iommufd_mmap *region = vma->vm_private_data;

	object_users_put(region->owner);
}

static const struct vm_operations_struct iommufd_mmap_ops = {
	.open = iommufd_mmap_open,
	.close = iommufd_mmap_close,
};

static bool mmap_owner_tryget(struct iommufd_ctx *ictx,
			      struct iommufd_object *owner)
{
	bool got;

	/* a driver may still fail to build an owner that is not published */
	xa_lock(&ictx->objects);
	got = object_published_locked(ictx, owner) &&
	      object_users_tryget(owner);
	xa_unlock(&ictx->objects);
	return got;
}

/* Finds the region of exactly this range, and depends on its owner. */
static struct iommufd_mmap *mmap_region_get(struct iommufd_ctx *ictx,
					    unsigned long offset,
					    unsigned long length)
{
	MA_STATE(mas, &ictx->mmaps, offset, offset);
	struct iommufd_mmap *region;

	mas_lock(&mas);
	region = mas_walk(&mas);
	if (region && (mas.index != offset || region->length != length ||
		       !mmap_owner_tryget(ictx, region->owner)))
		region = NULL;
	mas_unlock(&mas);
	return region;
}

/**
 * iommufd_fops_mmap() - mmap of /dev/iommu
 * @filp: the file
 * @vma: the new mapping; its length is whole pages already
 *
 * Context: holds the mmap_lock in write mode.
 * Return: 0, or EINVAL: not a shared mapping; EPERM: executable; ENXIO: no
 * region of this offset and length, or its owner is being destroyed; EAGAIN,
 * ENOMEM: the page tables could not be filled.
 */
int iommufd_fops_mmap(struct file *filp, struct vm_area_struct *vma)
{
	struct iommufd_ctx *ictx = filp->private_data;
	size_t length = vma->vm_end - vma->vm_start;
	struct iommufd_mmap *region;
	unsigned long offset;
	int rc;

	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	if (vma->vm_flags & VM_EXEC)
		return -EPERM;
	if (check_mul_overflow(vma->vm_pgoff, PAGE_SIZE, &offset))
		return -ENXIO;

	region = mmap_region_get(ictx, offset, length);
	if (!region)
		return -ENXIO;

	vm_flags_mod(vma, VM_IO | VM_DONTEXPAND | VM_DONTDUMP, VM_MAYEXEC);
	vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot);
	rc = io_remap_pfn_range(vma, vma->vm_start, PHYS_PFN(region->mmio_addr),
				length, vma->vm_page_prot);
	if (rc) {
		object_users_put(region->owner);
		return rc;
	}

	/* commit: the vma depends on the owner from here on */
	vma->vm_private_data = region;
	vma->vm_ops = &iommufd_mmap_ops;
	return 0;
}
