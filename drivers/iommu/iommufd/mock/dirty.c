// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dirty tracking: the dirty ops of the mock's page tables, and a test op that
 * sets dirty bits as a writing device would.
 *
 * Calls: generic_pt.
 */
#include <linux/bitops.h>
#include <linux/iommufd.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "../hwpt/paging.h"
#include "../iommufd_test.h"
#include "../object/ucmd.h"
#include "dirty.h"
#include "domain.h"

/* bits of the user's bitmap that are copied in one go */
#define MOCK_DIRTY_BYTES 256
#define MOCK_DIRTY_BITS (MOCK_DIRTY_BYTES * BITS_PER_BYTE)

static int mock_set_dirty_tracking(struct iommu_domain *domain, bool enable)
{
	WRITE_ONCE(to_mock_domain(domain)->tracking, enable);
	return 0;
}

/* Old bits are cleared before tracking starts: there is no bitmap then. */
static int mock_read_and_clear_dirty(struct iommu_domain *domain,
				     unsigned long iova, size_t size,
				     unsigned long flags,
				     struct iommu_dirty_bitmap *dirty)
{
	if (dirty->bitmap && !READ_ONCE(to_mock_domain(domain)->tracking))
		return -EINVAL;
	return pt_iommu_amdv1_mock_read_and_clear_dirty(domain, iova, size,
							flags, dirty);
}

const struct iommu_dirty_ops mock_dirty_ops = {
	.set_dirty_tracking = mock_set_dirty_tracking,
	.read_and_clear_dirty = mock_read_and_clear_dirty,
};

/**
 * struct mock_writes - where a device writes to
 * @hwpt: the page table it translates through
 * @iova: what bit 0 stands for
 * @page_size: bytes of IOVA a bit stands for
 * @nbits: bits of the bitmap
 * @uptr: the bitmap
 */
struct mock_writes {
	struct iommufd_hwpt_paging *hwpt;
	unsigned long iova;
	unsigned long page_size;
	unsigned long nbits;
	u8 __user *uptr;
};

static int mock_writes_init(struct mock_writes *writes,
			    struct iommufd_ucmd *ucmd)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;
	u64 last;

	if (cmd->dirty.flags)
		return iommufd_refuse(&ucmd->why, "flags", "unknown flag",
				      cmd->dirty.flags, -EOPNOTSUPP);
	if (!cmd->dirty.length || !cmd->dirty.page_size)
		return iommufd_reject(ucmd, "length",
				      "length or page_size is zero", -EINVAL);
	if (check_add_overflow(cmd->dirty.iova, cmd->dirty.length - 1, &last) ||
	    last > ULONG_MAX || cmd->dirty.page_size > ULONG_MAX)
		return iommufd_refuse(&ucmd->why, "length", "the range wraps",
				      cmd->dirty.length, -EINVAL);

	writes->iova = cmd->dirty.iova;
	writes->page_size = cmd->dirty.page_size;
	writes->nbits = (unsigned long)cmd->dirty.length / writes->page_size;
	writes->uptr = u64_to_user_ptr(cmd->dirty.uptr);
	if (writes->iova % writes->page_size ||
	    (unsigned long)cmd->dirty.length % writes->page_size)
		return iommufd_refuse(&ucmd->why, "page_size",
				      "the range does not consist of such pages",
				      cmd->dirty.page_size, -EINVAL);
	return 0;
}

static int mock_write(struct mock_writes *writes, unsigned long bit,
		      struct iommufd_why *why)
{
	struct iommu_domain *domain = writes->hwpt->common.domain;
	struct pt_iommu *table = &to_mock_domain(domain)->table.iommu;
	unsigned long iova = writes->iova + bit * writes->page_size;
	int rc = table->ops->set_dirty(table, iova);

	if (rc)
		return iommufd_refuse(why, "iova",
				      "a device cannot write there (value: IOVA)",
				      iova, rc);
	return 0;
}

/* one piece of the bitmap; returns how many of its bits were set */
static long mock_write_some(struct mock_writes *writes, unsigned long first,
			    struct iommufd_why *why)
{
	unsigned long bits = min(writes->nbits - first, MOCK_DIRTY_BITS);
	u8 map[MOCK_DIRTY_BYTES];
	unsigned long i;
	long count = 0;

	if (copy_from_user(map, writes->uptr + first / BITS_PER_BYTE,
			   DIV_ROUND_UP(bits, BITS_PER_BYTE)))
		return iommufd_refuse(why, "uptr", "no bitmap there", first,
				      -EFAULT);

	/* a table may not be walked while a map or unmap changes it */
	guard(rwsem_write)(&writes->hwpt->ioas->tables_lock);
	for (i = 0; i < bits; i++) {
		int rc;

		if (!(map[i / BITS_PER_BYTE] & BIT(i % BITS_PER_BYTE)))
			continue;
		rc = mock_write(writes, first + i, why);
		if (rc)
			return rc;
		count++;
	}
	return count;
}

/**
 * mock_dirty_op() - DIRTY: write as a device would
 * @ucmd: the ioctl; its id names a paging hwpt
 *
 * Each set bit of the bitmap is one page to write to; the answer counts them.
 *
 * Context: may sleep; takes the IOAS's tables_lock in write mode.
 * Return: 0; ENOENT: no such hwpt, or nothing is mapped where a bit is set;
 * EINVAL: misaligned, or the hwpt does not track now; EOPNOTSUPP: a flag;
 * EFAULT: no bitmap; EINTR.
 */
int mock_dirty_op(struct iommufd_ucmd *ucmd)
{
	struct iommu_test_cmd *cmd = ucmd->cmd;
	struct iommufd_object *obj __free(iommufd_put) =
		iommufd_ucmd_get(ucmd, "id", cmd->id, IOMMUFD_OBJ_HWPT_PAGING);
	struct mock_writes writes;
	struct iommu_domain *domain;
	unsigned long bit;
	u64 count = 0;
	int rc;

	if (IS_ERR(obj))
		return PTR_ERR(obj);
	writes.hwpt = to_hwpt_paging(to_hwpt(obj));
	domain = writes.hwpt->common.domain;
	if (domain->dirty_ops != &mock_dirty_ops ||
	    !READ_ONCE(to_mock_domain(domain)->tracking))
		return iommufd_reject(ucmd, "id",
				      "the hwpt does not track dirty pages now",
				      -EINVAL);
	rc = mock_writes_init(&writes, ucmd);
	if (rc)
		return rc;

	for (bit = 0; bit < writes.nbits; bit += MOCK_DIRTY_BITS) {
		long some = mock_write_some(&writes, bit, &ucmd->why);

		if (some < 0)
			return some;
		count += some;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	cmd->dirty.out_nr_dirty = count;
	return 0;
}
