// SPDX-License-Identifier: GPL-2.0-only
/*
 * Software MSI: the interrupt core asks where a doorbell is for a device.
 *
 * Owns: the contents of &iommufd_ctx.sw_msi_list.
 * Locks: the iommu group's mutex -> &iommufd_ctx.sw_msi_lock. The former keeps
 *	the attachment as it is.
 */
#include <linux/cleanup.h>
#include <linux/export.h>
#include <linux/iommu.h>
#include <linux/iommufd.h>
#include <linux/msi.h>
#include <linux/slab.h>

#include "../../iommu-priv.h"
#include "../device/attachment.h"
#include "../hwpt/nested.h"
#include "../hwpt/sw_msi.h"
#include "../object/ctx.h"

/* bits of &iommufd_hwpt_paging.sw_msi_present */
#define SW_MSI_MAX_PAGES \
	(sizeof_field(struct iommufd_hwpt_paging, sw_msi_present) * \
	 BITS_PER_BYTE)

/* The place of a doorbell page in a window, a new one if it has none. */
static struct iommufd_sw_msi_map *
sw_msi_map_get_locked(struct iommufd_ctx *ictx, phys_addr_t sw_msi_start,
		      phys_addr_t msi_addr)
{
	struct iommufd_sw_msi_map *map;
	unsigned int pgoff = 0;

	lockdep_assert_held(&ictx->sw_msi_lock);

	list_for_each_entry(map, &ictx->sw_msi_list, item) {
		if (map->sw_msi_start != sw_msi_start)
			continue;
		if (map->msi_addr == msi_addr)
			return map;
		pgoff++;
	}
	if (ictx->sw_msi_count >= SW_MSI_MAX_PAGES)
		return ERR_PTR(-EOVERFLOW);

	map = kzalloc_obj(*map, GFP_KERNEL_ACCOUNT);
	if (!map)
		return ERR_PTR(-ENOMEM);
	map->sw_msi_start = sw_msi_start;
	map->msi_addr = msi_addr;
	map->pgoff = pgoff;
	map->id = ictx->sw_msi_count++;
	list_add_tail(&map->item, &ictx->sw_msi_list);
	return map;
}

/**
 * iommufd_sw_msi() - tell the interrupt core the IOVA of a doorbell
 * @domain: domain the device's group is attached to, made by iommufd
 * @desc: the interrupt; gets the IOVA, or none if MSI is not translated
 * @msi_addr: physical address of the doorbell
 *
 * Context: may sleep; holds the iommu group's mutex.
 * Return: 0, or EOVERFLOW: the context uses too many doorbells; ENOMEM, or
 * iommu_map()'s errno.
 */
int iommufd_sw_msi(struct iommu_domain *domain, struct msi_desc *desc,
		   phys_addr_t msi_addr)
{
	struct device *dev = msi_desc_to_dev(desc);
	struct iommu_attach_handle *handle;
	struct device_attachment *attachment;
	struct iommufd_sw_msi_map *map;
	struct device_group *dgroup;
	struct iommufd_ctx *ictx;
	int rc;

	iommu_group_mutex_assert(dev);

	/* no handle: the group is claimed and blocked, it has no doorbell */
	msi_desc_set_iommu_msi_iova(desc, 0, 0);
	handle = iommu_attach_handle_get(dev->iommu_group, IOMMU_NO_PASID, 0);
	if (IS_ERR(handle))
		return 0;
	attachment = to_attachment(handle);
	dgroup = attachment->dgroup;
	if (dgroup->sw_msi_start == PHYS_ADDR_MAX)
		return 0;

	ictx = dgroup->ictx;
	guard(mutex)(&ictx->sw_msi_lock);
	map = sw_msi_map_get_locked(ictx, dgroup->sw_msi_start,
				    msi_addr & PAGE_MASK);
	if (IS_ERR(map))
		return PTR_ERR(map);
	/* the first stage is the guest's, which maps the window one to one */
	rc = iommufd_sw_msi_install(ictx, iommufd_hwpt_host(attachment->hwpt),
				    map);
	/* and what the group is about to translate through, if it is */
	if (!rc && dgroup->sw_msi_next)
		rc = iommufd_sw_msi_install(ictx, dgroup->sw_msi_next, map);
	if (rc)
		return rc;

	/* from now on a page table needs it before the group moves there */
	__set_bit(map->id, dgroup->sw_msi_required);
	msi_desc_set_iommu_msi_iova(desc, iommufd_sw_msi_iova(map), PAGE_SHIFT);
	return 0;
}
EXPORT_SYMBOL_NS_GPL(iommufd_sw_msi, "IOMMUFD");
