// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mock IOMMU driver and the devices behind it.
 *
 * Owns: the IOMMU instance, device numbers.
 * Calls: the iommu core, as a hardware driver does.
 */
#include <linux/idr.h>
#include <linux/iommu.h>
#include <linux/irqdomain.h>
#include <linux/module.h>
#include <linux/property.h>
#include <linux/slab.h>

#include "../../iommu-priv.h"
#include "../iommufd_test.h"
#include "bus.h"
#include "event.h"
#include "iommu.h"
#include "nested.h"
#include "viommu.h"

static DEFINE_IDA(mock_device_ids);
static struct iommu_device mock_iommu;
static struct notifier_block mock_bus_nb;

/*
 * A mock device raises no interrupt, so none can reach somebody else. This is
 * where the core looks for the promise; nothing is ever allocated from it.
 */
static struct irq_domain mock_msi_domain = {
	.name = MOCK_NAME,
	.flags = IRQ_DOMAIN_FLAG_ISOLATED_MSI,
};

static bool mock_capable(struct device *dev, enum iommu_cap cap)
{
	bool dirty = !(to_mock_device(dev)->flags & MOCK_FLAGS_DEVICE_NO_DIRTY);

	return cap == IOMMU_CAP_CACHE_COHERENCY ||
	       (cap == IOMMU_CAP_DIRTY_TRACKING && dirty);
}

static void *mock_hw_info(struct device *dev, u32 *length,
			  enum iommu_hw_info_type *type)
{
	static const struct iommu_test_hw_info registers = {
		.test_reg = IOMMU_HW_INFO_SELFTEST_REGVAL,
	};

	if (*type != IOMMU_HW_INFO_TYPE_DEFAULT &&
	    *type != IOMMU_HW_INFO_TYPE_SELFTEST)
		return ERR_PTR(-EOPNOTSUPP);

	*type = IOMMU_HW_INFO_TYPE_SELFTEST;
	*length = sizeof(registers);
	return kmemdup(&registers, sizeof(registers), GFP_KERNEL) ?:
	       ERR_PTR(-ENOMEM);
}

static struct iommu_device *mock_probe_device(struct device *dev)
{
	return &mock_iommu;
}

/* Without this the core would offer the DMA API a page table of its own. */
static int mock_def_domain_type(struct device *dev)
{
	return IOMMU_DOMAIN_IDENTITY;
}

static void mock_get_resv_regions(struct device *dev, struct list_head *head)
{
	struct iommu_resv_region *region;

	if (!(to_mock_device(dev)->flags & MOCK_DEVICE_SW_MSI))
		return;
	region = iommu_alloc_resv_region(MOCK_SW_MSI_START, MOCK_SW_MSI_SIZE,
					 IOMMU_WRITE, IOMMU_RESV_SW_MSI,
					 GFP_KERNEL);
	if (region)
		list_add_tail(&region->list, head);
}

static const struct iommu_ops mock_iommu_ops = {
	.owner = THIS_MODULE,
	.capable = mock_capable,
	.hw_info = mock_hw_info,
	.probe_device = mock_probe_device,
	.device_group = generic_device_group,
	.def_domain_type = mock_def_domain_type,
	.get_resv_regions = mock_get_resv_regions,
	.domain_alloc_paging_flags = mock_domain_alloc_paging_flags,
	/* page requests of any PASID go to the nested hwpt of the device */
	.user_pasid_table = 1,
	.page_response = mock_page_response,
	.domain_alloc_nested = mock_domain_alloc_nested,
	.get_viommu_size = mock_get_viommu_size,
	.viommu_init = mock_viommu_init,
	.identity_domain = &mock_identity_domain,
	.blocked_domain = &mock_blocked_domain,
	.release_domain = &mock_blocked_domain,
};

/*
 * The core leaves its part of a device behind when memory runs out between
 * allocating it and probing.
 */
static void mock_device_free_iommu(struct device *dev)
{
	if (!dev->iommu)
		return;
	if (dev->iommu->fwspec) {
		fwnode_handle_put(dev->iommu->fwspec->iommu_fwnode);
		kfree(dev->iommu->fwspec);
	}
	kfree(dev->iommu);
	dev->iommu = NULL;
}

static void mock_device_release(struct device *dev)
{
	struct mock_device *mdev = to_mock_device(dev);

	mock_device_free_iommu(dev);
	ida_free(&mock_device_ids, mdev->id);
	kfree(mdev);
}

static struct mock_device *mock_device_alloc(u32 flags)
{
	struct mock_device *mdev;

	mdev = kzalloc_obj(*mdev);
	if (!mdev)
		return ERR_PTR(-ENOMEM);

	mdev->flags = flags;
	mdev->id = ida_alloc(&mock_device_ids, GFP_KERNEL);
	if (mdev->id < 0) {
		int rc = mdev->id;

		kfree(mdev);
		return ERR_PTR(rc);
	}

	memset32(mdev->cache, IOMMU_TEST_DEV_CACHE_DEFAULT,
		 ARRAY_SIZE(mdev->cache));
	init_rwsem(&mdev->dma_lock);
	mutex_init(&mdev->vdev_lock);
	device_initialize(&mdev->dev);
	mdev->dev.release = mock_device_release;
	mdev->dev.bus = &mock_bus;
	dev_set_msi_domain(&mdev->dev, &mock_msi_domain);
	return mdev;
}

static int mock_device_register(struct mock_device *mdev)
{
	static const struct property_entry pasid_properties[] = {
		PROPERTY_ENTRY_U32("pasid-num-bits", MOCK_PASID_WIDTH),
		{}
	};
	struct device *dev = &mdev->dev;
	int rc;

	rc = dev_set_name(dev, MOCK_NAME "%u", mdev->id);
	if (rc)
		return rc;

	/* the core reads how many PASIDs a device has while it is added */
	if (mdev->flags & MOCK_FLAGS_DEVICE_PASID) {
		rc = device_create_managed_software_node(dev, pasid_properties,
							 NULL);
		if (rc)
			return rc;
	}

	rc = iommu_mock_device_add(dev, &mock_iommu);
	if (rc)
		device_remove_software_node(dev);
	return rc;
}

/**
 * mock_device_add() - plug a device in behind the mock IOMMU
 * @flags: MOCK_FLAGS_DEVICE_*
 *
 * Context: may sleep.
 * Return: the device, or ERR_PTR: ENOMEM, or what registering it failed with.
 */
struct mock_device *mock_device_add(u32 flags)
{
	struct mock_device *mdev = mock_device_alloc(flags);
	int rc;

	if (IS_ERR(mdev))
		return mdev;

	rc = mock_device_register(mdev);
	if (rc) {
		put_device(&mdev->dev);
		return ERR_PTR(rc);
	}
	/* that succeeds also when the core could not put it behind the IOMMU */
	if (!device_iommu_mapped(&mdev->dev)) {
		device_unregister(&mdev->dev);
		return ERR_PTR(-ENODEV);
	}
	return mdev;
}

/**
 * mock_device_remove() - unplug a device
 * @mdev: the device, not bound any more; freed with its last reference
 *
 * Context: may sleep.
 */
void mock_device_remove(struct mock_device *mdev)
{
	mock_events_check_gone(mdev);
	device_unregister(&mdev->dev);
}

/**
 * mock_iommu_init() - register the mock IOMMU
 *
 * Context: module init.
 * Return: 0, or what registering failed with; nothing is left registered then.
 */
int __init mock_iommu_init(void)
{
	int rc;

	rc = bus_register(&mock_bus);
	if (rc)
		return rc;

	rc = iommu_device_sysfs_add(&mock_iommu, NULL, NULL, MOCK_NAME);
	if (rc)
		goto undo_bus;

	rc = mock_events_init();
	if (rc)
		goto undo_sysfs;

	mock_iommu.max_pasids = 1U << MOCK_PASID_WIDTH;
	rc = iommu_device_register_bus(&mock_iommu, &mock_iommu_ops, &mock_bus,
				       &mock_bus_nb);
	if (rc)
		goto undo_events;
	return 0;

undo_events:
	mock_events_exit();
undo_sysfs:
	iommu_device_sysfs_remove(&mock_iommu);
undo_bus:
	bus_unregister(&mock_bus);
	return rc;
}

/**
 * mock_iommu_exit() - undo mock_iommu_init()
 *
 * No context exists any more, so neither does any mock device.
 *
 * Context: module exit, or module init after a later failure.
 */
void mock_iommu_exit(void)
{
	iommu_device_unregister_bus(&mock_iommu, &mock_bus, &mock_bus_nb);
	mock_events_exit();
	iommu_device_sysfs_remove(&mock_iommu);
	bus_unregister(&mock_bus);
	ida_destroy(&mock_device_ids);
}
