// SPDX-License-Identifier: GPL-2.0-only
/*
 * Virtual IOMMUs of the mock: a window of memory to map, hardware queues that
 * nobody serves, and invalidation of the caches of mock devices.
 *
 * Calls: what iommufd offers to hardware drivers in linux/iommufd.h.
 */
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/iommu.h>
#include <linux/iommufd.h>
#include <linux/mutex.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../iommufd_test.h"
#include "bus.h"
#include "event.h"
#include "fail.h"
#include "iommu.h"
#include "nested.h"
#include "viommu.h"

#define MOCK_WINDOW_ORDER 1
#define MOCK_WINDOW_SIZE (PAGE_SIZE << MOCK_WINDOW_ORDER)

struct mock_hw_queue;

/**
 * struct mock_viommu - a vIOMMU
 * @core: iommufd's part
 * @parent: the nest parent; constant
 * @window: memory that user space can map, or NULL; constant
 * @window_offset: where; constant
 * @lock: guards @queues
 * @queues: by index
 */
struct mock_viommu {
	struct iommufd_viommu core;
	struct iommu_domain *parent;
	u32 *window;
	unsigned long window_offset;

	struct mutex lock; /* guards @queues */
	struct mock_hw_queue *queues[IOMMU_TEST_HW_QUEUE_MAX];
};

/**
 * struct mock_hw_queue - a hardware queue
 * @core: iommufd's part
 * @prev: the queue before it, on which it depends, or NULL; constant
 * @index: its place in the vIOMMU; constant
 */
struct mock_hw_queue {
	struct iommufd_hw_queue core;
	struct mock_hw_queue *prev;
	u32 index;
};

/**
 * struct mock_vdevice - a device of a guest
 * @core: iommufd's part
 * @alive: between init and destroy
 */
struct mock_vdevice {
	struct iommufd_vdevice core;
	bool alive;
};

static struct mock_viommu *to_mock_viommu(struct iommufd_viommu *viommu)
{
	return container_of(viommu, struct mock_viommu, core);
}

static struct mock_hw_queue *to_mock_hw_queue(struct iommufd_hw_queue *queue)
{
	return container_of(queue, struct mock_hw_queue, core);
}

static struct mock_vdevice *to_mock_vdevice(struct iommufd_vdevice *vdev)
{
	return container_of(vdev, struct mock_vdevice, core);
}

static void mock_window_free(struct mock_viommu *mock)
{
	if (!mock->window)
		return;
	iommufd_viommu_destroy_mmap(&mock->core, mock->window_offset);
	free_pages((unsigned long)mock->window, MOCK_WINDOW_ORDER);
}

static int mock_window_alloc(struct mock_viommu *mock)
{
	unsigned long memory = __get_free_pages(GFP_KERNEL_ACCOUNT | __GFP_ZERO,
						MOCK_WINDOW_ORDER);
	int rc;

	if (!memory)
		return -ENOMEM;
	rc = iommufd_viommu_alloc_mmap(&mock->core, virt_to_phys((void *)memory),
				       MOCK_WINDOW_SIZE, &mock->window_offset);
	if (rc) {
		free_pages(memory, MOCK_WINDOW_ORDER);
		return rc;
	}
	mock->window = (u32 *)memory;
	return 0;
}

static void mock_viommu_destroy(struct iommufd_viommu *viommu)
{
	struct mock_viommu *mock = to_mock_viommu(viommu);

	mock_window_free(mock);
	mutex_destroy(&mock->lock);
}

static int
mock_viommu_invalidate_entry(struct iommufd_viommu *viommu,
			     const struct iommu_viommu_invalidate_selftest *entry)
{
	u32 slot = entry->cache_id;
	struct mock_device *mdev;
	struct device *dev;
	int rc = -EINVAL;

	if (entry->flags & ~IOMMU_TEST_INVALIDATE_FLAG_ALL)
		return -EOPNOTSUPP;
	if (slot > MOCK_DEV_CACHE_ID_MAX)
		return -EINVAL;
	slot = array_index_nospec(slot, MOCK_DEV_CACHE_NUM);

	/* the device stays as long as the lock is held */
	xa_lock(&viommu->vdevs);
	dev = iommufd_viommu_find_dev(viommu, entry->vdev_id);
	mdev = dev ? mock_device_of(dev) : NULL;
	if (mdev) {
		if (entry->flags & IOMMU_TEST_INVALIDATE_FLAG_ALL)
			memset(mdev->cache, 0, sizeof(mdev->cache));
		else
			mdev->cache[slot] = 0;
		rc = 0;
	}
	xa_unlock(&viommu->vdevs);
	return rc;
}

static int mock_viommu_invalidate(struct iommufd_viommu *viommu,
				  struct iommu_user_data_array *array)
{
	struct iommu_viommu_invalidate_selftest entry;
	u32 done = 0;
	int rc = 0;

	if (array->type != IOMMU_VIOMMU_INVALIDATE_DATA_SELFTEST)
		rc = -EINVAL;
	for (; !rc && done != array->entry_num; done++) {
		rc = iommu_copy_struct_from_user_array(&entry, array,
						       IOMMU_VIOMMU_INVALIDATE_DATA_SELFTEST,
						       done, cache_id);
		if (!rc)
			rc = mock_viommu_invalidate_entry(viommu, &entry);
		if (rc)
			break;
	}
	array->entry_num = done;
	return rc;
}

/* Nobody finds the device by its virtual id, and no other one has the id. */
static bool mock_virt_id_is_reserved(struct iommufd_vdevice *vdev)
{
	XA_STATE(xas, &vdev->viommu->vdevs, vdev->virt_id);
	bool reserved;

	xas_lock(&xas);
	reserved = xa_is_zero(xas_load(&xas));
	xas_unlock(&xas);
	return reserved;
}

static void mock_vdevice_destroy(struct iommufd_vdevice *vdev)
{
	struct mock_vdevice *mock = to_mock_vdevice(vdev);

	/* once, and with the device still at hand */
	WARN_ON_ONCE(!mock->alive ||
		     !mock_device_of(iommufd_vdevice_to_device(vdev)));
	/* real drivers have tables by virtual id */
	WARN_ON_ONCE(!mock_virt_id_is_reserved(vdev));
	mock->alive = false;
	mock_events_clear_vdev(iommufd_vdevice_to_device(vdev), vdev);
}

static int mock_vdevice_init(struct iommufd_vdevice *vdev)
{
	/* nor is it found before it is complete */
	WARN_ON_ONCE(!mock_virt_id_is_reserved(vdev));
	if (mock_should_fail())
		return -ENOMEM;
	to_mock_vdevice(vdev)->alive = true;
	mock_events_set_vdev(iommufd_vdevice_to_device(vdev), vdev);
	vdev->destroy = mock_vdevice_destroy;
	return 0;
}

static size_t mock_get_hw_queue_size(struct iommufd_viommu *viommu,
				     enum iommu_hw_queue_type type)
{
	if (type != IOMMU_HW_QUEUE_TYPE_SELFTEST)
		return 0;
	return HW_QUEUE_STRUCT_SIZE(struct mock_hw_queue, core);
}

static void mock_hw_queue_destroy(struct iommufd_hw_queue *queue)
{
	struct mock_viommu *mock = to_mock_viommu(queue->viommu);
	struct mock_hw_queue *mock_queue = to_mock_hw_queue(queue);

	guard(mutex)(&mock->lock);
	mock->queues[mock_queue->index] = NULL;
	if (mock_queue->prev)
		iommufd_hw_queue_undepend(mock_queue, mock_queue->prev, core);
}

/* Queues come into being in ascending order and depend on the one before. */
static int mock_hw_queue_init_phys(struct iommufd_hw_queue *queue, u32 index,
				   phys_addr_t base_addr_pa)
{
	struct mock_viommu *mock = to_mock_viommu(queue->viommu);
	struct mock_hw_queue *mock_queue = to_mock_hw_queue(queue);
	struct mock_hw_queue *prev = NULL;
	int rc;

	if (index >= IOMMU_TEST_HW_QUEUE_MAX)
		return -EINVAL;
	index = array_index_nospec(index, IOMMU_TEST_HW_QUEUE_MAX);

	guard(mutex)(&mock->lock);
	if (mock->queues[index])
		return -EEXIST;
	if (index) {
		prev = mock->queues[index - 1];
		if (!prev)
			return -EIO;
	}
	/* the nest parent and iommufd have to agree where the queue is */
	if (base_addr_pa != iommu_iova_to_phys(mock->parent, queue->base_addr))
		return -ENXIO;

	if (prev) {
		rc = iommufd_hw_queue_depend(mock_queue, prev, core);
		if (rc)
			return rc;
	}
	mock_queue->prev = prev;
	mock_queue->index = index;
	mock->queues[index] = mock_queue;
	queue->destroy = mock_hw_queue_destroy;
	return 0;
}

static const struct iommufd_viommu_ops mock_viommu_ops = {
	.destroy = mock_viommu_destroy,
	.alloc_domain_nested = mock_viommu_alloc_domain_nested,
	.cache_invalidate = mock_viommu_invalidate,
	.vdevice_size = VDEVICE_STRUCT_SIZE(struct mock_vdevice, core),
	.vdevice_init = mock_vdevice_init,
	.get_hw_queue_size = mock_get_hw_queue_size,
	.hw_queue_init_phys = mock_hw_queue_init_phys,
};

/**
 * mock_get_viommu_size() - bytes of the mock's struct of a vIOMMU
 * @dev: a mock device
 * @type: type of the vIOMMU
 *
 * Context: any.
 * Return: the size, 0: the mock has no vIOMMU of this type.
 */
size_t mock_get_viommu_size(struct device *dev, enum iommu_viommu_type type)
{
	if (type != IOMMU_VIOMMU_TYPE_SELFTEST)
		return 0;
	return VIOMMU_STRUCT_SIZE(struct mock_viommu, core);
}

/* Answers in the user's struct, and shows the number in the window. */
static int mock_viommu_loopback(struct mock_viommu *mock,
				const struct iommu_user_data *user_data)
{
	struct iommu_viommu_selftest data;
	int rc;

	rc = iommu_copy_struct_from_user(&data, user_data,
					 IOMMU_VIOMMU_TYPE_SELFTEST, out_data);
	if (rc)
		return rc;
	rc = mock_window_alloc(mock);
	if (rc)
		return rc;

	*mock->window = data.in_data;
	data.out_data = data.in_data;
	data.out_mmap_offset = mock->window_offset;
	data.out_mmap_length = MOCK_WINDOW_SIZE;
	rc = iommu_copy_struct_to_user(user_data, &data,
				       IOMMU_VIOMMU_TYPE_SELFTEST, out_data);
	if (rc)
		mock_window_free(mock);
	return rc;
}

/**
 * mock_viommu_init() - make a vIOMMU
 * @viommu: iommufd's part, initialised, in memory for the mock's struct
 * @parent_domain: the nest parent
 * @user_data: struct iommu_viommu_selftest, or NULL: no window then
 *
 * Context: may sleep.
 * Return: 0, or EINVAL, EFAULT, E2BIG: the data; ENOMEM.
 */
int mock_viommu_init(struct iommufd_viommu *viommu,
		     struct iommu_domain *parent_domain,
		     const struct iommu_user_data *user_data)
{
	struct mock_viommu *mock = to_mock_viommu(viommu);
	int rc;

	if (mock_should_fail())
		return -ENOMEM;
	if (user_data) {
		rc = mock_viommu_loopback(mock, user_data);
		if (rc)
			return rc;
	}
	mock->parent = parent_domain;
	mutex_init(&mock->lock);
	viommu->ops = &mock_viommu_ops;
	return 0;
}
