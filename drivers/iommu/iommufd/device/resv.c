// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reserved regions: IOVA that a device cannot have translated, or that the
 * kernel needs for the device's interrupts.
 *
 * The struct iommufd_device is the owner of its ranges in the IOAS.
 */
#include <linux/iommu.h>
#include <linux/limits.h>
#include <linux/list.h>

#include "resv.h"

/*
 * A group has either an untranslated hardware window for MSI writes, or one
 * software window; other answers are a bug of the IOMMU driver.
 */
static int resv_find_sw_msi(struct list_head *regions, phys_addr_t *start)
{
	struct iommu_resv_region *region;
	unsigned int nhw = 0, nsw = 0;

	*start = PHYS_ADDR_MAX;
	list_for_each_entry(region, regions, list) {
		if (region->type == IOMMU_RESV_MSI) {
			nhw++;
		} else if (region->type == IOMMU_RESV_SW_MSI) {
			nsw++;
			*start = region->start;
		}
	}
	if (WARN_ON_ONCE(nsw > 1 || (nsw && nhw)))
		return -EINVAL;
	return 0;
}

/* The window belongs to the group, not to an attachment: it is never undone. */
static int resv_note_sw_msi(struct device_group *dgroup,
			    struct list_head *regions)
{
	phys_addr_t start;
	int rc;

	rc = resv_find_sw_msi(regions, &start);
	if (rc || start == PHYS_ADDR_MAX)
		return rc;
	if (WARN_ON_ONCE(dgroup->sw_msi_start != PHYS_ADDR_MAX &&
			 dgroup->sw_msi_start != start))
		return -EINVAL;
	dgroup->sw_msi_start = start;
	return 0;
}

static int resv_add(struct iommufd_device *idev, struct iommufd_ioas *ioas,
		    const struct iommu_resv_region *region,
		    struct iommufd_why *why)
{
	u64 first = region->start;
	u64 last = first + region->length - 1;

	/* no mapping of an IOAS reaches beyond unsigned long */
	if (region->type == IOMMU_RESV_DIRECT_RELAXABLE || !region->length ||
	    first > ULONG_MAX)
		return 0;
	return ioas_reserve(ioas, first, min_t(u64, last, ULONG_MAX), idev,
			    why);
}

/**
 * device_reserve_regions() - keep an IOAS off what a device cannot translate
 * @idev: the device; it has no ranges in @ioas
 * @ioas: the address space
 * @why: where the reason of a failure goes
 *
 * Also learns where the group's software MSI window is.
 *
 * Context: may sleep; under the group's lock; takes ioas->iova_lock.
 * Return: 0, or an errno with nothing reserved:
 * EADDRINUSE: a map or the list of allowed IOVA is in the way;
 * EINVAL: the IOMMU driver contradicts itself; ENOMEM.
 */
int device_reserve_regions(struct iommufd_device *idev,
			   struct iommufd_ioas *ioas, struct iommufd_why *why)
{
	struct iommu_resv_region *region;
	LIST_HEAD(regions);
	int rc;

	lockdep_assert_held(&idev->dgroup->lock);

	/* without translation there is no IOVA to keep free */
	if (device_group_is_noiommu(idev->dgroup))
		return 0;

	iommu_get_resv_regions(idev->dev, &regions);
	rc = resv_note_sw_msi(idev->dgroup, &regions);
	if (rc)
		iommufd_refuse(why, "device",
			       "the IOMMU driver reports more than one kind of MSI window",
			       0, rc);
	list_for_each_entry(region, &regions, list) {
		if (rc)
			break;
		rc = resv_add(idev, ioas, region, why);
	}
	iommu_put_resv_regions(idev->dev, &regions);
	if (rc)
		device_unreserve_regions(idev, ioas);
	return rc;
}

/**
 * device_unreserve_regions() - the opposite of device_reserve_regions()
 * @idev: the device; having no ranges in @ioas is fine
 * @ioas: the address space
 *
 * Context: may sleep; takes ioas->iova_lock.
 */
void device_unreserve_regions(struct iommufd_device *idev,
			      struct iommufd_ioas *ioas)
{
	ioas_unreserve(ioas, idev);
}
