// SPDX-License-Identifier: GPL-2.0-only
/*
 * The drivers that map many runs at once.
 *
 * Built into the kernel with them, also when iommufd is a module.
 *
 * Owns: the list of drivers. It is written at boot, by one thread, and entries
 * stay for good, so that it is read without a lock.
 * Locks: none.
 * Calls: nothing.
 */
#include <linux/array_size.h>
#include <linux/bug.h>
#include <linux/export.h>
#include <linux/iommu.h>
#include <linux/iommu-bulk.h>

/* one kind of IOMMU in a machine is the rule, two are rare */
#define BULK_DRIVERS 4

static const struct iommu_bulk_ops *bulk_drivers[BULK_DRIVERS];

/**
 * iommu_bulk_register() - a driver offers to map in bulk
 * @ops: the offer, valid for ever
 *
 * Context: boot, before user space runs; the driver is built in.
 */
void __init iommu_bulk_register(const struct iommu_bulk_ops *ops)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bulk_drivers); i++) {
		if (bulk_drivers[i])
			continue;
		/* a reader that sees the entry sees what it points to */
		smp_store_release(&bulk_drivers[i], ops);
		return;
	}
	WARN_ON_ONCE(1);
}

/**
 * iommu_bulk_find() - can a domain be mapped in bulk?
 * @domain: a paging domain
 *
 * Context: any.
 * Return: how, or NULL: by iommu_map() only.
 */
const struct iommu_bulk_ops *iommu_bulk_find(const struct iommu_domain *domain)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bulk_drivers); i++) {
		const struct iommu_bulk_ops *ops;

		/* pairs with the release in iommu_bulk_register() */
		ops = smp_load_acquire(&bulk_drivers[i]);
		if (!ops)
			break;
		if (ops->owner == domain->owner)
			return ops;
	}
	return NULL;
}
EXPORT_SYMBOL_NS_GPL(iommu_bulk_find, "IOMMUFD");
