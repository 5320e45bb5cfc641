// SPDX-License-Identifier: GPL-2.0-only
/*
 * IOMMU_HW_QUEUE_ALLOC: a queue in guest memory that hardware serves itself.
 *
 * The hardware reads the queue by physical address, past the nest parent. So
 * the memory has to be one physical run, stays pinned, and the areas behind
 * it are locked.
 *
 * Owns: the core's part of struct iommufd_hw_queue. Its member access stays
 *	NULL: the queue reaches its IOAS through the nest parent, on which it
 *	depends, and has nothing to be told about an unmap.
 */
#include <linux/cleanup.h>
#include <linux/iommu.h>
#include <linux/iommufd.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include "../hwpt/nested.h"
#include "../ioas/ioas.h"
#include "../object/ctx.h"
#include "../object/ucmd.h"
#include "viommu.h"

/* pages are looked at in windows, whatever length user space says */
#define WINDOW_PAGES (PAGE_SIZE / sizeof(struct page *))

static struct iommufd_ioas *hw_queue_ioas(struct iommufd_hw_queue *queue)
{
	return queue->viommu->hwpt->ioas;
}

static unsigned long hw_queue_last(struct iommufd_hw_queue *queue)
{
	return queue->base_addr + (queue->length - 1);
}

/* whole pages are pinned: IOVA of the first one, and bytes of all */
static unsigned long hw_queue_start(struct iommufd_hw_queue *queue)
{
	return queue->base_addr & PAGE_MASK;
}

static size_t hw_queue_size(struct iommufd_hw_queue *queue)
{
	return PAGE_ALIGN(offset_in_page(queue->base_addr) + queue->length);
}

/* bytes of the window that starts @done bytes into the pages */
static size_t hw_queue_window(struct iommufd_hw_queue *queue, size_t done)
{
	return min(hw_queue_size(queue) - done, WINDOW_PAGES * PAGE_SIZE);
}

/* @done ends a window: what is unpinned are the ranges that were pinned */
static void hw_queue_unpin(struct iommufd_hw_queue *queue, size_t done)
{
	size_t from = 0;

	while (from != done) {
		size_t n = hw_queue_window(queue, from);

		ioas_access_unpin(hw_queue_ioas(queue),
				  hw_queue_start(queue) + from, n);
		from += n;
	}
}

/* One window; the first one tells where the run starts. */
static int hw_queue_pin_window(struct iommufd_hw_queue *queue, size_t done,
			       struct page **pages, phys_addr_t *phys,
			       struct iommufd_why *why)
{
	unsigned long iova = hw_queue_start(queue) + done;
	size_t n = hw_queue_window(queue, done);
	unsigned long i, pfn;
	int rc;

	/* what the hardware does to the queue is its driver's promise */
	rc = ioas_access_pin(hw_queue_ioas(queue), iova, n, pages, false, why);
	if (rc)
		return rc;
	if (!done)
		*phys = page_to_phys(pages[0]) +
			offset_in_page(queue->base_addr);

	pfn = PHYS_PFN(*phys) + PHYS_PFN(done);
	for (i = 0; i != PHYS_PFN(n); i++) {
		if (page_to_pfn(pages[i]) == pfn + i)
			continue;
		ioas_access_unpin(hw_queue_ioas(queue), iova, n);
		return iommufd_refuse(why, "nesting_parent_iova",
				      "the memory of the queue is not physically contiguous (value: where)",
				      iova + i * PAGE_SIZE, -EFAULT);
	}
	return 0;
}

static int hw_queue_pin(struct iommufd_hw_queue *queue, phys_addr_t *phys,
			struct iommufd_why *why)
{
	struct page **pages __free(kfree) =
		kmalloc_array(WINDOW_PAGES, sizeof(*pages), GFP_KERNEL);
	size_t done = 0;
	int rc;

	if (!pages)
		return -ENOMEM;
	while (done != hw_queue_size(queue)) {
		rc = hw_queue_pin_window(queue, done, pages, phys, why);
		if (rc) {
			hw_queue_unpin(queue, done);
			return rc;
		}
		done += hw_queue_window(queue, done);
	}
	return 0;
}

/* On success the memory stays where it is until hw_queue_close(). */
static int hw_queue_open(struct iommufd_hw_queue *queue, phys_addr_t *phys,
			 struct iommufd_why *why)
{
	struct iommufd_ioas *ioas = hw_queue_ioas(queue);
	int rc;

	rc = ioas_lock_areas(ioas, queue->base_addr, hw_queue_last(queue), why);
	if (rc)
		return rc;
	rc = hw_queue_pin(queue, phys, why);
	if (rc)
		ioas_unlock_areas(ioas, queue->base_addr, hw_queue_last(queue));
	return rc;
}

static void hw_queue_close(struct iommufd_hw_queue *queue)
{
	hw_queue_unpin(queue, hw_queue_size(queue));
	ioas_unlock_areas(hw_queue_ioas(queue), queue->base_addr,
			  hw_queue_last(queue));
}

static void hw_queue_destroy(struct iommufd_object *obj)
{
	struct iommufd_hw_queue *queue = to_hw_queue(obj);

	if (queue->destroy)
		queue->destroy(queue);
	hw_queue_close(queue);
	iommufd_object_release(&queue->viommu->obj);
}

const struct iommufd_object_ops iommufd_hw_queue_object_ops = {
	.type = IOMMUFD_OBJ_HW_QUEUE,
	.name = "hw_queue",
	.destroy = hw_queue_destroy,
};

static int hw_queue_check(struct iommufd_ucmd *ucmd)
{
	struct iommu_hw_queue_alloc *cmd = ucmd->cmd;
	u64 base = cmd->nesting_parent_iova;
	u64 last;

	if (cmd->flags)
		return iommufd_reject_flags(ucmd);
	if (cmd->type == IOMMU_HW_QUEUE_TYPE_DEFAULT)
		return iommufd_reject(ucmd, "type", "a type has to be chosen",
				      -EOPNOTSUPP);
	if (!cmd->length)
		return iommufd_reject(ucmd, "length", "zero", -EINVAL);
	if (check_add_overflow(base, cmd->length - 1, &last) ||
	    last > ULONG_MAX)
		return iommufd_refuse(&ucmd->why, "nesting_parent_iova",
				      "the range wraps", base, -EOVERFLOW);
	/* the sizes here count from the start of a page to the end of one */
	if (cmd->length > ULONG_MAX - 2 * PAGE_SIZE)
		return iommufd_refuse(&ucmd->why, "length",
				      "more pages than there can be",
				      cmd->length, -ERANGE);
	return 0;
}

static int hw_queue_struct_size(struct iommufd_ucmd *ucmd,
				struct iommufd_viommu *viommu, size_t *size)
{
	const struct iommufd_viommu_ops *ops = viommu->ops;
	struct iommu_hw_queue_alloc *cmd = ucmd->cmd;

	*size = 0;
	if (ops->get_hw_queue_size && ops->hw_queue_init_phys)
		*size = ops->get_hw_queue_size(viommu, cmd->type);
	if (!*size)
		return iommufd_refuse(&ucmd->why, "type",
				      "the IOMMU driver has no hardware queue of this type for the vIOMMU",
				      cmd->type, -EOPNOTSUPP);
	if (WARN_ON_ONCE(*size < sizeof(struct iommufd_hw_queue)))
		return -EOPNOTSUPP;
	return 0;
}

/* Memory and driver; the queue depends on its vIOMMU already. */
static int hw_queue_init(struct iommufd_ucmd *ucmd,
			 struct iommufd_hw_queue *queue)
{
	struct iommu_hw_queue_alloc *cmd = ucmd->cmd;
	phys_addr_t phys;
	int rc;

	rc = hw_queue_open(queue, &phys, &ucmd->why);
	if (rc)
		return rc;
	rc = queue->viommu->ops->hw_queue_init_phys(queue, cmd->index, phys);
	if (rc) {
		hw_queue_close(queue);
		return iommufd_refuse(&ucmd->why, "index",
				      "the IOMMU driver refuses the queue or its index",
				      cmd->index, rc);
	}
	return 0;
}

/* The new object is the ioctl's; nothing is left on failure. */
static int hw_queue_new(struct iommufd_ucmd *ucmd,
			struct iommufd_viommu *viommu, size_t size)
{
	struct iommu_hw_queue_alloc *cmd = ucmd->cmd;
	struct iommufd_hw_queue *queue;
	struct iommufd_object *obj;
	int rc;

	obj = iommufd_object_reserve(ucmd->ictx, size, IOMMUFD_OBJ_HW_QUEUE);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	queue = to_hw_queue(obj);
	queue->viommu = viommu;
	queue->type = cmd->type;
	queue->base_addr = cmd->nesting_parent_iova;
	queue->length = cmd->length;

	if (!iommufd_object_hold(&viommu->obj)) {
		rc = iommufd_refuse(&ucmd->why, "viommu_id",
				    "the vIOMMU is being destroyed",
				    viommu->obj.id, -ENOENT);
		goto undo_reserve;
	}
	rc = hw_queue_init(ucmd, queue);
	if (rc)
		goto undo_hold;

	/* commit: the dispatcher destroys the object if it cannot answer */
	cmd->out_hw_queue_id = obj->id;
	ucmd->new_obj = obj;
	return 0;

undo_hold:
	iommufd_object_release(&viommu->obj);
undo_reserve:
	iommufd_object_abort(ucmd->ictx, obj);
	return rc;
}

/**
 * iommufd_hw_queue_alloc_ioctl() - IOMMU_HW_QUEUE_ALLOC
 * @ucmd: the ioctl
 *
 * Context: may sleep; takes the locks of the nest parent's IOAS.
 * Return: 0 with the queue as the ioctl's new object, or
 * EOPNOTSUPP: flags, no type, or one that the driver does not have;
 * EINVAL: length 0, or an area of the memory is being unmapped or not page
 * aligned;
 * EOVERFLOW: the range wraps; ERANGE: it has too many pages;
 * ENOENT: no such vIOMMU, or the range is not mapped from end to end;
 * EPERM: it is not mapped readable; EFAULT: not physically contiguous;
 * ENOMEM, or what the driver says.
 */
int iommufd_hw_queue_alloc_ioctl(struct iommufd_ucmd *ucmd)
{
	struct iommu_hw_queue_alloc *cmd = ucmd->cmd;
	size_t size;
	int rc;

	rc = hw_queue_check(ucmd);
	if (rc)
		return rc;

	struct iommufd_object *obj __free(iommufd_put) =
		iommufd_ucmd_get(ucmd, "viommu_id", cmd->viommu_id,
				 IOMMUFD_OBJ_VIOMMU);
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	rc = hw_queue_struct_size(ucmd, to_viommu(obj), &size);
	if (rc)
		return rc;
	return hw_queue_new(ucmd, to_viommu(obj), size);
}
