// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test ops that look inside: what a table maps, who pins a page; and the ones
 * that prepare a test.
 */
#include <linux/iommu.h>
#include <linux/iommufd.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/overflow.h>
#include <linux/rwsem.h>
#include <linux/sched/signal.h>

#include "../device/device.h"
#include "../hwpt/paging.h"
#include "../ioas/ioas.h"
#include "../iommufd_test.h"
#include "../object/ucmd.h"
#include "../pages/batch.h"
#include "../pages/pages.h"
#include "bus.h"
#include "check.h"
#include "iommu.h"

/* owner of reserved ranges that stay as long as their IOAS */
static const char mock_reserved_owner;

/**
 * struct mock_span - a range of user memory to look at
 * @uptr: user address
 * @length: bytes
 */
struct mock_span {
	unsigned long uptr;
	unsigned long length;
};

static int mock_span_init(struct mock_span *span, u64 uptr, u64 length,
			  unsigned long alignment, struct iommufd_why *why)
{
	u64 end;

	if ((uptr | length) % alignment)
		return iommufd_refuse(why, "length",
				      "uptr or length is not aligned",
				      uptr | length, -EINVAL);
	if (check_add_overflow(uptr, length, &end) || end > ULONG_MAX)
		return iommufd_refuse(why, "uptr", "the range wraps", uptr,
				      -EINVAL);
	span->uptr = uptr;
	span->length = length;
	return 0;
}

/* the page behind a user address, with a plain reference */
static struct page *mock_get_user_page(unsigned long uptr,
				       struct iommufd_why *why)
{
	struct page *page;

	if (get_user_pages_fast(uptr & PAGE_MASK, 1, 0, &page) != 1) {
		iommufd_refuse(why, "uptr", "no memory there", uptr, -EFAULT);
		return ERR_PTR(-EFAULT);
	}
	return page;
}

/**
 * mock_check_pages() - compare pages with what user memory consists of
 * @uptr: user address of the first page
 * @pages: the pages
 * @npages: number of @pages
 * @why: where the reason of a failure goes
 *
 * Context: may sleep; takes the mmap_lock.
 * Return: 0; EINVAL: another page; EFAULT: no user memory there.
 */
int mock_check_pages(unsigned long uptr, struct page **pages,
		     unsigned long npages, struct iommufd_why *why)
{
	unsigned long i;

	for (i = 0; i < npages; i++, uptr += PAGE_SIZE) {
		struct page *page = mock_get_user_page(uptr, why);

		if (IS_ERR(page))
			return PTR_ERR(page);
		put_page(page);
		if (page != pages[i])
			return iommufd_refuse(why, "iova",
					      "it means another page than uptr",
					      uptr, -EINVAL);
	}
	return 0;
}

static int mock_check_iova(struct iommufd_hwpt_paging *hwpt, unsigned long iova,
			   unsigned long uptr, struct iommufd_why *why)
{
	struct page *page = mock_get_user_page(uptr, why);
	phys_addr_t expected, found;

	if (IS_ERR(page))
		return PTR_ERR(page);
	expected = page_to_phys(page) + offset_in_page(uptr);
	put_page(page);

	/* a table may not be walked while a map or unmap changes it */
	scoped_guard(rwsem_write, &hwpt->ioas->tables_lock)
		found = iommu_iova_to_phys(hwpt->common.domain, iova);

	if (found != expected)
		return iommufd_refuse(why, "iova",
				      "the table maps something else, or nothing",
				      iova, -EINVAL);
	return 0;
}

/**
 * mock_check_map_op() - MD_CHECK_MAP: does a table map this memory
 * @ucmd: the ioctl; its id names a paging hwpt
 *
 * Context: may sleep; takes the IOAS's tables_lock in write mode.
 * Return: 0; ENOENT: no such hwpt; EINVAL: not aligned to the smallest page of
 * the table, or something else is mapped; EFAULT: no user memory; EINTR.
 */
int mock_check_map_op(struct iommufd_ucmd *ucmd)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;
	struct iommufd_object *obj __free(iommufd_put) =
		iommufd_ucmd_get(ucmd, "id", cmd->id, IOMMUFD_OBJ_HWPT_PAGING);
	struct iommufd_hwpt_paging *hwpt;
	unsigned long pgsize, offset;
	struct mock_span span;
	u64 last;
	int rc;

	if (IS_ERR(obj))
		return PTR_ERR(obj);
	hwpt = to_hwpt_paging(to_hwpt(obj));
	pgsize = 1UL << __ffs(hwpt->common.domain->pgsize_bitmap);

	rc = mock_span_init(&span, cmd->check_map.uptr, cmd->check_map.length,
			    pgsize, &ucmd->why);
	if (rc)
		return rc;
	if (cmd->check_map.iova % pgsize ||
	    check_add_overflow(cmd->check_map.iova, span.length, &last) ||
	    last > ULONG_MAX)
		return iommufd_refuse(&ucmd->why, "iova",
				      "not aligned, or the range wraps",
				      cmd->check_map.iova, -EINVAL);

	for (offset = 0; offset < span.length; offset += pgsize) {
		rc = mock_check_iova(hwpt, cmd->check_map.iova + offset,
				     span.uptr + offset, &ucmd->why);
		if (rc)
			return rc;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}

/* how many long-term pins a page has */
static unsigned int mock_count_pins(struct page *page)
{
	struct folio *folio = page_folio(page);

	/* a large folio counts the pins of all its pages together */
	if (folio_has_pincount(folio))
		return atomic_read(&folio->_pincount);
	return (unsigned int)folio_ref_count(folio) / GUP_PIN_COUNTING_BIAS;
}

/**
 * mock_check_refs_op() - MD_CHECK_REFS: how often is memory pinned
 * @ucmd: the ioctl
 *
 * Context: may sleep.
 * Return: 0; EINVAL: not page aligned; EIO: another count; EFAULT: no user
 * memory; EINTR.
 */
int mock_check_refs_op(struct iommufd_ucmd *ucmd)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;
	struct mock_span span;
	unsigned long offset;
	int rc;

	rc = mock_span_init(&span, cmd->check_refs.uptr, cmd->check_refs.length,
			    PAGE_SIZE, &ucmd->why);
	if (rc)
		return rc;

	for (offset = 0; offset < span.length; offset += PAGE_SIZE) {
		struct page *page =
			mock_get_user_page(span.uptr + offset, &ucmd->why);
		unsigned int pins;

		if (IS_ERR(page))
			return PTR_ERR(page);
		pins = mock_count_pins(page);
		put_page(page);
		if (pins != cmd->check_refs.refs)
			return iommufd_refuse(&ucmd->why, "refs",
					      "the page has another number of pins",
					      pins, -EIO);
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}

/**
 * mock_add_reserved_op() - ADD_RESERVED: reserve IOVA as a device would
 * @ucmd: the ioctl; its id names the IOAS
 *
 * The range stays reserved as long as the IOAS lives.
 *
 * Context: may sleep.
 * Return: 0; ENOENT: no such IOAS; EINVAL: empty; EOVERFLOW: wraps; or as
 * ioas_reserve().
 */
int mock_add_reserved_op(struct iommufd_ucmd *ucmd)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;
	struct iommufd_ioas *ioas __free(ioas_put) =
		iommufd_ioas_get(ucmd, "id", cmd->id);
	u64 first = cmd->add_reserved.start;
	u64 last;

	if (IS_ERR(ioas))
		return PTR_ERR(ioas);
	if (!cmd->add_reserved.length)
		return iommufd_reject(ucmd, "length", "zero", -EINVAL);
	if (check_add_overflow(first, cmd->add_reserved.length - 1, &last) ||
	    last > ULONG_MAX)
		return iommufd_refuse(&ucmd->why, "start", "the range wraps",
				      first, -EOVERFLOW);
	return ioas_reserve(ioas, first, last, &mock_reserved_owner,
			    &ucmd->why);
}

/**
 * mock_limit_memory_op() - SET_TEMP_MEMORY_LIMIT: shrink the pin batches
 * @ucmd: the ioctl
 *
 * Context: any.
 * Return: 0.
 */
int mock_limit_memory_op(struct iommufd_ucmd *ucmd)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;

	pages_batch_limit(cmd->memory_limit.limit);
	return 0;
}

/**
 * mock_check_cache_op() - DEV_CHECK_CACHE: compare a slot of a device's cache
 * @ucmd: the ioctl; its id names a bound mock device
 *
 * Context: may sleep.
 * Return: 0; ENOENT: no such device; EINVAL: no such slot, or it holds
 * something else.
 */
int mock_check_cache_op(struct iommufd_ucmd *ucmd)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;
	u32 slot = cmd->check_dev_cache.id;
	struct iommufd_object *obj __free(iommufd_put) =
		iommufd_ucmd_get(ucmd, "id", cmd->id, IOMMUFD_OBJ_DEVICE);
	struct mock_device *mdev;

	if (IS_ERR(obj))
		return PTR_ERR(obj);
	mdev = mock_device_of(to_device(obj)->dev);
	if (!mdev)
		return iommufd_reject(ucmd, "id", "not a mock device", -EINVAL);
	if (slot >= MOCK_DEV_CACHE_NUM)
		return iommufd_refuse(&ucmd->why, "check_dev_cache.id",
				      "no such slot", slot, -EINVAL);
	slot = array_index_nospec(slot, MOCK_DEV_CACHE_NUM);
	if (mdev->cache[slot] != cmd->check_dev_cache.cache)
		return iommufd_refuse(&ucmd->why, "check_dev_cache.cache",
				      "the slot holds something else (value: what)",
				      mdev->cache[slot], -EINVAL);
	return 0;
}
