/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The mock IOMMU: a driver of the iommu core without hardware.
 */
#ifndef __IOMMUFD_MOCK_IOMMU_H
#define __IOMMUFD_MOCK_IOMMU_H

#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/init.h>
#include <linux/iommu.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/sizes.h>

#include "../iommufd_test.h"

struct iommufd_vdevice;

/* Not for user space: its interrupts need a window, as on Arm. */
#define MOCK_DEVICE_SW_MSI BIT(31)
#define MOCK_SW_MSI_START (MOCK_APERTURE_START + SZ_1M)
#define MOCK_SW_MSI_SIZE SZ_1M

/**
 * enum mock_reserved_pasid - the PASID whose second change fails
 * @MOCK_PASID_BLOCKED: nothing is attached, the first attach works
 * @MOCK_PASID_ARMED: the next change fails
 * @MOCK_PASID_SPENT: it has failed, and works until it is blocked
 */
enum mock_reserved_pasid {
	MOCK_PASID_BLOCKED,
	MOCK_PASID_ARMED,
	MOCK_PASID_SPENT,
};

/**
 * struct mock_device - a device behind the mock IOMMU
 * @dev: on the mock bus, alone in its iommu group
 * @id: number in its name; constant
 * @flags: MOCK_FLAGS_DEVICE_*, MOCK_DEVICE_SW_MSI; constant
 * @cache: what the slots of its device cache hold
 * @unanswered: page requests that it waits for
 * @iopf_domains: attachments to domains that take page requests; guarded by
 *	the iommu core's lock of the group
 * @dma_lock: written to change its translation, read to raise a page request
 * @vdev_lock: guards @vdev
 * @vdev: what it is to a guest, or NULL
 * @reserved_pasid: how far IOMMU_TEST_PASID_RESERVED is; the iommu core calls
 *	the driver for one device under the lock of its group
 * @attaching: of a KUnit test, or NULL: called while the device is attached,
 *	under the iommu core's lock of the group
 */
struct mock_device {
	struct device dev;
	int id;
	u32 flags;
	u32 cache[MOCK_DEV_CACHE_NUM];
	atomic_t unanswered;
	unsigned int iopf_domains;
	struct rw_semaphore dma_lock;
	struct mutex vdev_lock; /* guards @vdev */
	struct iommufd_vdevice *vdev;
	enum mock_reserved_pasid reserved_pasid;
	void (*attaching)(struct mock_device *mdev);
};

static inline struct mock_device *to_mock_device(struct device *dev)
{
	return container_of(dev, struct mock_device, dev);
}

struct mock_device *mock_device_add(u32 flags);
void mock_device_remove(struct mock_device *mdev);

int __init mock_iommu_init(void);
void mock_iommu_exit(void);

/* domain.c */
extern struct iommu_domain mock_blocked_domain;
extern struct iommu_domain mock_identity_domain;
struct iommu_domain *
mock_domain_alloc_paging_flags(struct device *dev, u32 flags,
			       const struct iommu_user_data *user_data);

#endif
