// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of a process, named by its user address.
 *
 * Owns: the source kind "user".
 * Locks: runs under pages->lock; takes the mmap_lock of pages->payer.mm inside.
 * Calls: get_user_pages, through FOLL_PIN and FOLL_LONGTERM only.
 */
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "pages.h"
#include "source.h"

static const char *const mm_gone = "process that owned the memory is gone";

/*
 * For VM_IO there are no pages, for VM_PFNMAP none that a pin could hold. NULL:
 * nothing can be said against it.
 */
static const char *vma_reason(struct vm_area_struct *vma, bool writable)
{
	if (!vma)
		return "no memory is mapped there";
	if (vma->vm_flags & (VM_IO | VM_PFNMAP))
		return "device memory: map its dma-buf with IOMMU_IOAS_MAP_FILE";
	if (writable && !(vma->vm_flags & VM_MAYWRITE))
		return "not writable, and the map asks for writing";
	if (writable && !(vma->vm_flags & VM_WRITE))
		return "write protected, and the map asks for writing";
	if (!(vma->vm_flags & (VM_READ | VM_WRITE)))
		return "not readable";
	return NULL;
}

/*
 * Finds out why GUP said EFAULT. Another thread may have changed the mapping
 * since; the reason is only for people.
 */
static int explain_fault(struct iommufd_pages *pages, struct mm_struct *mm,
			 unsigned long addr, struct iommufd_why *why)
{
	const char *reason;

	if (mmap_read_lock_killable(mm))
		return -EINTR;
	reason = vma_reason(vma_lookup(mm, addr), pages->writable);
	mmap_read_unlock(mm);
	if (!reason)
		reason = "memory cannot be pinned for a long time";
	return iommufd_refuse(why, "user_va", reason, addr, -EFAULT);
}

/*
 * The fault handler may drop the mmap_lock while it waits for memory, however
 * long that takes; only then can it be killed, too. Pages that it returns are
 * pinned all the same.
 */
static long pin_remote(struct mm_struct *mm, unsigned long addr,
		       unsigned long n, unsigned int gup_flags,
		       struct page **out)
{
	int locked = 1;
	long npinned;

	if (mmap_read_lock_killable(mm))
		return -EINTR;
	npinned = pin_user_pages_remote(mm, untagged_addr_remote(mm, addr), n,
					gup_flags, out, &locked);
	if (locked)
		mmap_read_unlock(mm);
	return npinned;
}

/* The pointers GUP stored become frame numbers in the same array. */
static void pages_to_pfns(unsigned long *pfns, long n)
{
	struct page **out = (struct page **)pfns;
	long i;

	BUILD_BUG_ON(sizeof(*pfns) != sizeof(*out));
	for (i = 0; i < n; i++)
		pfns[i] = page_to_pfn(out[i]);
}

static long user_pin(struct iommufd_pages *pages, unsigned long index,
		     unsigned long n, unsigned long *pfns,
		     struct iommufd_why *why)
{
	unsigned int gup_flags = FOLL_LONGTERM |
				 (pages->writable ? FOLL_WRITE : 0);
	unsigned long addr = pages_source_addr(pages) + index * PAGE_SIZE;
	struct mm_struct *mm = pages->payer.mm;
	struct page **out = (struct page **)pfns;
	bool own = current->mm == mm;
	long npinned;

	if (!own && !mmget_not_zero(mm))
		return iommufd_refuse(why, "user_va", mm_gone, addr, -EFAULT);

	if (own)
		npinned = pin_user_pages_fast(addr, min(n, (unsigned long)INT_MAX),
					      gup_flags, out);
	else
		npinned = pin_remote(mm, addr, n, gup_flags, out);

	if (!npinned || npinned == -EFAULT)
		npinned = explain_fault(pages, mm, addr, why);
	else if (npinned < 0)
		iommufd_refuse(why, "user_va", "memory cannot be pinned", addr,
			       npinned);
	/*
	 * Not mmput(): tearing the mm down closes files and mappings, which
	 * may take any lock, and pages->lock is held here.
	 */
	if (!own)
		mmput_async(mm);
	pages_to_pfns(pfns, npinned);
	return npinned;
}

static void user_unpin(struct iommufd_pages *pages, unsigned long pfn,
		       unsigned long npages)
{
	unpin_user_page_range_dirty_lock(pfn_to_page(pfn), npages,
					 pages->writable);
}

/* Says no before a charge or a long pin is made in vain. */
static int user_check_span(struct iommufd_pages *pages, unsigned long first,
			   unsigned long last, struct iommufd_why *why)
{
	unsigned long last_addr = pages_source_addr(pages) + last * PAGE_SIZE;

	if (last_addr > TASK_SIZE_MAX - PAGE_SIZE)
		return iommufd_refuse(why, "user_va",
				      "beyond the addresses of a process",
				      last_addr, -EFAULT);
	return 0;
}

static int explain_span(struct iommufd_pages *pages, struct mm_struct *mm,
			unsigned long addr, unsigned long last_addr,
			struct iommufd_why *why)
{
	struct vm_area_struct *vma;
	const char *reason;

	if (mmap_read_lock_killable(mm))
		return -EINTR;
	for (;;) {
		vma = vma_lookup(mm, addr);
		reason = vma_reason(vma, pages->writable);
		if (reason || vma->vm_end - 1 >= last_addr ||
		    fatal_signal_pending(current))
			break;
		addr = vma->vm_end;
		cond_resched();
	}
	mmap_read_unlock(mm);
	if (!reason)
		return 0;
	return iommufd_refuse(why, "user_va", reason, addr, -EFAULT);
}

/* A map of device memory is told so, whatever the limit is. */
static int user_explain_span(struct iommufd_pages *pages, unsigned long first,
			     unsigned long last, struct iommufd_why *why)
{
	unsigned long addr = pages_source_addr(pages) + first * PAGE_SIZE;
	unsigned long last_addr = pages_source_addr(pages) + last * PAGE_SIZE;
	struct mm_struct *mm = pages->payer.mm;
	int rc;

	if (!mmget_not_zero(mm))
		return iommufd_refuse(why, "user_va", mm_gone, addr, -EFAULT);
	rc = explain_span(pages, mm, addr, last_addr, why);
	/* not mmput(), see user_pin() */
	mmput_async(mm);
	return rc;
}

static const struct pages_source_ops source_user_ops = {
	.name = "user",
	.in_user_mm = true,
	.check_span = user_check_span,
	.explain_span = user_explain_span,
	.pin = user_pin,
	.unpin = user_unpin,
};

struct iommufd_pages *pages_alloc_user(void __user *uptr, unsigned long length,
				       bool writable,
				       enum iommufd_charge_mode mode)
{
	struct pages_desc desc = {
		.source = &source_user_ops,
		.start = (unsigned long)untagged_addr(uptr),
		.length = length,
		.writable = writable,
		.charge_mode = mode,
	};

	return pages_alloc(&desc);
}
