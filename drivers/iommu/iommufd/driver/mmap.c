// SPDX-License-Identifier: GPL-2.0-only
/*
 * Drivers offer device memory for mmap.
 *
 * Owns: &iommufd_ctx.mmaps, mmap offset -> struct iommufd_mmap.
 */
#include <linux/export.h>
#include <linux/iommufd.h>
#include <linux/maple_tree.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "../object/ctx.h"
#include "mmap.h"

/**
 * _iommufd_alloc_mmap() - offer device memory for mmap
 * @ictx: context whose file can map it
 * @owner: object of the driver, not necessarily published yet
 * @mmio_addr: physical address of the memory
 * @length: bytes of it
 * @offset: filled with the mmap offset to tell user space
 *
 * It can be mapped as soon as @owner is published, only whole, and keeps
 * @owner from being destroyed while it is mapped.
 *
 * Context: may sleep.
 * Return: 0, or EINVAL: not whole pages; ENOMEM; EBUSY: no offset is left.
 */
int _iommufd_alloc_mmap(struct iommufd_ctx *ictx, struct iommufd_object *owner,
			phys_addr_t mmio_addr, size_t length,
			unsigned long *offset)
{
	struct iommufd_mmap *region;
	int rc;

	if (WARN_ON_ONCE(!length || !PAGE_ALIGNED(length) ||
			 !PAGE_ALIGNED(mmio_addr)))
		return -EINVAL;

	region = kzalloc_obj(*region, GFP_KERNEL_ACCOUNT);
	if (!region)
		return -ENOMEM;

	region->owner = owner;
	region->mmio_addr = mmio_addr;
	region->length = length;

	/* 0 is what a user maps who never asked for the offset */
	rc = mtree_alloc_range(&ictx->mmaps, offset, region, length,
			       PAGE_SIZE, LONG_MAX, GFP_KERNEL_ACCOUNT);
	if (rc)
		kfree(region);
	return rc;
}
EXPORT_SYMBOL_NS_GPL(_iommufd_alloc_mmap, "IOMMUFD");

/**
 * _iommufd_destroy_mmap() - take an offer of device memory back
 * @ictx: the context
 * @owner: object that made it; being destroyed, or never published
 * @offset: from _iommufd_alloc_mmap()
 *
 * Context: may sleep.
 */
void _iommufd_destroy_mmap(struct iommufd_ctx *ictx,
			   struct iommufd_object *owner, unsigned long offset)
{
	struct iommufd_mmap *region = mtree_erase(&ictx->mmaps, offset);

	WARN_ON_ONCE(!region || region->owner != owner);
	kfree(region);
}
EXPORT_SYMBOL_NS_GPL(_iommufd_destroy_mmap, "IOMMUFD");
