// SPDX-License-Identifier: GPL-2.0-only
/*
 * The CPU reads or writes the memory of a pages object.
 *
 * Owns: nothing.
 * Locks: pages->lock while it copies through frames; none while it copies
 *	through user mappings, which may fault.
 * Calls: the source, chunk.c, cover.c.
 */
#include <linux/cleanup.h>
#include <linux/highmem.h>
#include <linux/iommufd.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mmu_context.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "leave.h"
#include "pages.h"

#define RW_NPAGES 16UL

/*
 * What is left to copy.
 * @start: byte offset from the start of the first page of the object
 * @data: kernel buffer
 * @length: bytes, not 0
 * @to_pages: write to the object
 */
struct rw_cursor {
	unsigned long start;
	void *data;
	unsigned long length;
	bool to_pages;
};

static unsigned long rw_first_index(const struct rw_cursor *cursor)
{
	return cursor->start / PAGE_SIZE;
}

static unsigned long rw_last_index(const struct rw_cursor *cursor)
{
	return (cursor->start + cursor->length - 1) / PAGE_SIZE;
}

/* Copies what the cursor wants of one page and moves on. */
static void rw_copy_page(struct rw_cursor *cursor, struct page *page)
{
	size_t offset = offset_in_page(cursor->start);
	size_t n = min(cursor->length, PAGE_SIZE - offset);

	if (cursor->to_pages)
		memcpy_to_page(page, offset, cursor->data, n);
	else
		memcpy_from_page(cursor->data, page, offset, n);
	cursor->start += n;
	cursor->data += n;
	cursor->length -= n;
}

/* Pages up to @last are pinned by a user. */
static int rw_pinned_locked(struct iommufd_pages *pages,
			    struct rw_cursor *cursor, unsigned long last)
{
	unsigned long index, covered, i;
	struct pages_run run;

	lockdep_assert_held(&pages->lock);
	for (index = rw_first_index(cursor); index <= last; index += covered) {
		if (fatal_signal_pending(current))
			return -EINTR;
		if (WARN_ON_ONCE(!pages_chunks_load(&pages->chunks, index, last,
						    &run, 1, &covered)))
			return -EFAULT;
		for (i = 0; i < run.npages; i++)
			rw_copy_page(cursor, pfn_to_page(run.pfn + i));
		cond_resched();
	}
	return 0;
}

/* Pages up to @last are not pinned: pin them while they are copied. */
static int rw_unpinned_locked(struct iommufd_pages *pages,
			      struct rw_cursor *cursor, unsigned long last,
			      struct iommufd_why *why)
{
	unsigned long pfns[RW_NPAGES];
	unsigned long index;
	long n, i;

	lockdep_assert_held(&pages->lock);
	for (index = rw_first_index(cursor); index <= last; index += n) {
		if (fatal_signal_pending(current))
			return -EINTR;
		n = pages->source->pin(pages, index,
				       min(last - index + 1, RW_NPAGES), pfns,
				       why);
		if (n < 0)
			return n;
		for (i = 0; i < n; i++) {
			rw_copy_page(cursor, pfn_to_page(pfns[i]));
			pages->source->unpin(pages, pfns[i], 1);
		}
		cond_resched();
	}
	return 0;
}

static int rw_frames(struct iommufd_pages *pages, struct rw_cursor *cursor,
		     struct iommufd_why *why)
{
	struct cover_piece piece;
	unsigned long last;
	int rc;

	ACQUIRE(pages_kill, lock)(pages);
	if (ACQUIRE_ERR(pages_kill, &lock))
		return -EINTR;
	/* the cursor moves on while the pieces are copied */
	last = rw_last_index(cursor);
	pages_cover_for_each(piece, &pages->cover, rw_first_index(cursor),
			     last) {
		if (piece.is_hole)
			rc = rw_unpinned_locked(pages, cursor, piece.last, why);
		else
			rc = rw_pinned_locked(pages, cursor, piece.last);
		if (rc)
			return rc;
	}
	return 0;
}

/* The mm of the object is current->mm. */
static int rw_user(struct iommufd_pages *pages, struct rw_cursor *cursor,
		   struct iommufd_why *why)
{
	unsigned long addr = pages_source_addr(pages) + cursor->start;
	unsigned long left;

	if (cursor->to_pages)
		left = copy_to_user((void __user *)addr, cursor->data,
				    cursor->length);
	else
		left = copy_from_user(cursor->data, (void __user *)addr,
				      cursor->length);
	if (left)
		return iommufd_refuse(why, "user_va",
				      "memory cannot be accessed",
				      addr + cursor->length - left, -EFAULT);
	return 0;
}

static int rw_user_kthread(struct iommufd_pages *pages,
			   struct rw_cursor *cursor, struct iommufd_why *why)
{
	struct mm_struct *mm = pages->payer.mm;
	int rc;

	if (!mmget_not_zero(mm))
		return rw_frames(pages, cursor, why);
	kthread_use_mm(mm);
	rc = rw_user(pages, cursor, why);
	kthread_unuse_mm(mm);
	/* not mmput(): the caller may hold locks that closing files takes */
	mmput_async(mm);
	return rc;
}

int pages_rw(struct iommufd_pages *pages, unsigned long start, void *data,
	     unsigned long length, unsigned int flags, struct iommufd_why *why)
{
	bool user_ok = pages->source->in_user_mm;
	struct rw_cursor cursor = {
		.start = start,
		.data = data,
		.length = length,
		.to_pages = flags & IOMMUFD_ACCESS_RW_WRITE,
	};
	unsigned long skip;

	if (!length)
		return 0;
	if (pages->source->mmio)
		return iommufd_refuse(why, "iova",
				      "device memory cannot be accessed by the CPU", start,
				      -EINVAL);
	/* below the first byte it wraps */
	skip = start - pages_sub_offset(pages);
	if (WARN_ON_ONCE(skip >= pages->length ||
			 length > pages->length - skip))
		return -EFAULT;
	if (cursor.to_pages && !pages->writable)
		return iommufd_refuse(why, "iova", "mapped read-only", start,
				      -EPERM);

	if (user_ok && current->mm == pages->payer.mm)
		return rw_user(pages, &cursor, why);
	if (user_ok && (flags & IOMMUFD_ACCESS_RW_KTHREAD) && !current->mm &&
	    !WARN_ON_ONCE(!(current->flags & PF_KTHREAD)))
		return rw_user_kthread(pages, &cursor, why);
	return rw_frames(pages, &cursor, why);
}
