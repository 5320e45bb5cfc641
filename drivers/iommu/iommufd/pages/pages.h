/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A range of memory with its pins.
 *
 * A pages object is a linear array of page frames behind some source (user
 * memory; a file or dma-buf in later sources), shared by every area and every
 * page table that maps it, and charged once.
 *
 *	area in IOAS 1 --\                      users: one interval tree over
 *	area in IOAS 2 ---+--> struct pages --> page index; a page is pinned
 *	in-kernel access-/                      while at least one covers it
 *	                          |
 *	                          +--> chunk words: 8 bytes per 2 MiB of source
 *	                               address say which frames (chunk.h)
 *
 * Lock order: struct iommufd_pages.lock is the innermost lock of the
 * subsystem; mmap_lock and the page locks nest inside it.
 */
#ifndef __IOMMUFD_PAGES_PAGES_H
#define __IOMMUFD_PAGES_PAGES_H

#include <linux/interval_tree.h>
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include "../object/ctx.h"
#include "../object/why.h"
#include "chunk.h"

struct page;
struct pages_source_ops;

/**
 * struct iommufd_pages - a range of memory and the pins it holds
 * @kref: one per area and per user that outlives an area
 * @npages: number of pages; constant after init
 * @sub_offset: byte offset of the range in its first page; constant after init
 * @length: bytes of the range; constant after init
 * @writable: pins are taken for writing; constant after init
 * @source: ops of the source kind; constant after init
 * @source_addr: source address (user address, file offset) of the first
 *	page, page aligned; chunks are cut at its 2 MiB boundaries; constant
 *	after init
 * @lock: guards all that follows
 * @users: interval tree of struct pages_user over page index
 * @chunks: which frames are pinned
 * @npinned: pages pinned now; what is charged
 * The charge fields say who pays; constant until the charge is moved:
 * @charge_mode: which counter
 * @mm: mm the memory belongs to and whose pinned_vm counts (mmgrab)
 * @task: group leader whose RLIMIT_MEMLOCK limits (reference held)
 * @user: uid whose locked_vm counts (reference held)
 */
struct iommufd_pages {
	struct kref kref;
	unsigned long npages;
	unsigned long sub_offset;
	unsigned long length;
	bool writable;
	const struct pages_source_ops *source;
	unsigned long source_addr;

	struct mutex lock; /* guards the fields below */
	struct rb_root_cached users;
	struct pages_chunks chunks;
	unsigned long npinned;

	enum iommufd_charge_mode charge_mode;
	struct mm_struct *mm;
	struct task_struct *task;
	struct user_struct *user;
};

/**
 * enum pages_user_kind - who keeps a span of pages pinned
 * @PAGES_USER_TABLES: an area, for the page tables of its IOAS
 * @PAGES_USER_ACCESS: an in-kernel access
 */
enum pages_user_kind {
	PAGES_USER_TABLES,
	PAGES_USER_ACCESS,
};

/**
 * struct pages_user - a span of pages that has to stay pinned
 * @node: first and last page index, inclusive, in &iommufd_pages.users
 * @kind: who it is
 * @count: accesses that pinned exactly this span (PAGES_USER_ACCESS)
 */
struct pages_user {
	struct interval_tree_node node;
	enum pages_user_kind kind;
	unsigned int count;
};

/**
 * struct pages_run - physically contiguous pages
 * @pfn: first frame
 * @npages: how many
 */
struct pages_run {
	unsigned long pfn;
	unsigned long npages;
};

/**
 * struct pages_source_ops - a kind of memory
 * @name: for traces
 * @in_user_mm: the source address is a user address of &iommufd_pages.mm
 * @check_span: optional; refuse a span that can never be pinned before it is
 *	charged. Runs with &iommufd_pages.lock held. Returns 0 or a negative
 *	errno with the reason noted in @why.
 * @pin: pin up to @n pages from page @index on, frames to @out. Runs with
 *	&iommufd_pages.lock held. Returns the count pinned (at least 1) or a
 *	negative errno with the reason noted in @why.
 * @unpin: give @npages contiguous pages from @page on back, dirty if the
 *	object is writable. May sleep, may not fail.
 * @release: optional; drop what the source keeps; last reference is gone
 */
struct pages_source_ops {
	const char *name;
	bool in_user_mm;
	int (*check_span)(struct iommufd_pages *pages, unsigned long first,
			  unsigned long last, struct iommufd_why *why);
	long (*pin)(struct iommufd_pages *pages, unsigned long index,
		    unsigned long n, struct page **out,
		    struct iommufd_why *why);
	void (*unpin)(struct iommufd_pages *pages, struct page *page,
		      unsigned long npages);
	void (*release)(struct iommufd_pages *pages);
};

/**
 * pages_alloc_user() - describe a range of the calling process's memory
 * @uptr: user address of the first byte; any alignment
 * @length: bytes, not 0, @uptr + @length does not wrap
 * @writable: devices may write
 * @mode: what pinned pages are charged to; %IOMMUFD_CHARGE_NONE is chosen
 *	whatever @mode says when the caller has CAP_IPC_LOCK
 *
 * Nothing is pinned, charged or checked against the mm yet. Takes references
 * on the mm (mmgrab), the group leader and the user of current.
 *
 * Context: may sleep; GFP_KERNEL_ACCOUNT.
 * Return: the object with one reference, or ERR_PTR: ENOMEM.
 */
struct iommufd_pages *pages_alloc_user(void __user *uptr, unsigned long length,
				       bool writable,
				       enum iommufd_charge_mode mode);
void pages_get(struct iommufd_pages *pages);
void pages_put(struct iommufd_pages *pages);

/**
 * pages_add_user() - keep a span pinned
 * @pages: the object
 * @user: caller's node, not in use; @user->kind set by the caller
 * @first: first page index
 * @last: last page index
 * @why: where the reason of a failure goes
 *
 * Charges and pins exactly the pages of the span that no other user covers
 * yet, in bounded batches; between batches it yields and looks for a fatal
 * signal. On failure everything pinned and charged here is undone.
 *
 * Context: may sleep; takes pages->lock.
 * Return: 0, or
 * EFAULT: memory cannot be pinned (or the source mm is gone);
 * ENOMEM: RLIMIT_MEMLOCK, or no memory for the frame arrays;
 * EINTR: fatal signal;
 * other: the errno of the pin call.
 */
int pages_add_user(struct iommufd_pages *pages, struct pages_user *user,
		   unsigned long first, unsigned long last,
		   struct iommufd_why *why);

/**
 * pages_remove_user() - stop keeping a span pinned
 * @pages: the object
 * @user: node of pages_add_user()
 *
 * Unpins and uncharges the pages that no other user covers. The caller has
 * made sure that no device can reach them through this user any more: every
 * IOTLB and device-TLB flush is complete.
 *
 * Context: may sleep; takes pages->lock. Does not allocate, does not fail.
 */
void pages_remove_user(struct iommufd_pages *pages, struct pages_user *user);

/**
 * pages_split_user() - two users keep pinned what one has kept so far
 * @pages: the object
 * @lower: node of pages_add_user(); ends earlier from now on
 * @upper: caller's node, not in use; ends where @lower did
 * @lower_last: last page index of @lower
 * @upper_first: first page index of @upper; @lower_last when the two share a
 *	page, else the next one
 *
 * No page is uncovered for a moment, so nothing is pinned or unpinned.
 *
 * Context: may sleep; takes pages->lock. Does not allocate, does not fail.
 */
void pages_split_user(struct iommufd_pages *pages, struct pages_user *lower,
		      struct pages_user *upper, unsigned long lower_last,
		      unsigned long upper_first);

/**
 * pages_get_runs() - read frames of a pinned span
 * @pages: the object
 * @first: first page index wanted
 * @last: last page index wanted
 * @runs: filled in order, no gap; neighbouring chunks are merged
 * @nruns: size of @runs, at least 1
 * @covered: set to the number of pages the runs cover, at least 1
 *
 * The caller's own user covers the span, so the frames cannot change.
 *
 * Context: may sleep; takes pages->lock.
 * Return: number of runs filled.
 */
unsigned int pages_get_runs(struct iommufd_pages *pages, unsigned long first,
			    unsigned long last, struct pages_run *runs,
			    unsigned int nruns, unsigned long *covered);

/**
 * pages_access_pin() - pin a span for an in-kernel access
 * @pages: the object
 * @first: first page index
 * @last: last page index
 * @out: one page pointer per page; may be NULL
 * @why: where the reason of a failure goes
 *
 * Pins of the same span nest, spans may overlap.
 *
 * Context: may sleep; takes pages->lock.
 * Return: 0, or as pages_add_user().
 */
int pages_access_pin(struct iommufd_pages *pages, unsigned long first,
		     unsigned long last, struct page **out,
		     struct iommufd_why *why);

/**
 * pages_access_unpin() - undo one pages_access_pin() of exactly this span
 * @pages: the object
 * @first: first page index
 * @last: last page index
 *
 * Context: may sleep; takes pages->lock. Does not allocate, does not fail; a
 * span that was never pinned is a bug of the caller (WARN).
 */
void pages_access_unpin(struct iommufd_pages *pages, unsigned long first,
			unsigned long last);

/**
 * pages_rw() - the CPU reads or writes the memory
 * @pages: the object
 * @start: byte offset from the start of the first page (so it includes
 *	&iommufd_pages.sub_offset)
 * @data: kernel buffer
 * @length: bytes
 * @flags: IOMMUFD_ACCESS_RW_*
 * @why: where the reason of a failure goes
 *
 * A caller in the process the memory belongs to, and not a kthread, copies
 * through its own mappings; else pages already pinned are copied from their
 * frames and the others are pinned for the duration of the copy. Nothing is
 * charged.
 *
 * Context: may sleep; takes pages->lock.
 * Return: 0; EPERM: write to a read-only object; EFAULT, ENOMEM, EINTR.
 */
int pages_rw(struct iommufd_pages *pages, unsigned long start, void *data,
	     unsigned long length, unsigned int flags,
	     struct iommufd_why *why);

/**
 * pages_limit_batch() - bound the memory a pin batch may use
 * @nbytes: bytes for page pointers, 0 for the default
 *
 * For tests: a tiny batch makes every path run through its loops.
 *
 * Context: any.
 */
void pages_limit_batch(size_t nbytes);

#endif
