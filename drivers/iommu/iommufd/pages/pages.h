/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A range of memory with its pins.
 *
 * A pages object is a linear array of page frames behind some source (user
 * memory, a file, a dma-buf), shared by every area and every page table that
 * maps it, and charged once.
 *
 *	area in IOAS 1 --\                      users: spans of page indexes;
 *	area in IOAS 2 ---+--> struct pages --> a page is pinned while at
 *	in-kernel access-/                      least one covers it (cover.h)
 *	                          |
 *	                          +--> chunk words: 8 bytes per 2 MiB of source
 *	                               address say which frames (chunk.h)
 *
 * Lock order: struct iommufd_pages.lock is the innermost lock of the
 * subsystem but for chunks_lock; mmap_lock and the page locks nest inside it.
 * It is held over faults of user memory, chunks_lock is not.
 */
#ifndef __IOMMUFD_PAGES_PAGES_H
#define __IOMMUFD_PAGES_PAGES_H

#include <linux/kref.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include "../object/ctx.h"
#include "../object/why.h"
#include "chunk.h"
#include "cover.h"
#include "payer.h"

struct file;
struct page;
struct pages_revocation;
struct pages_source_ops;

#define PAGES_ROOM_NBYTES 176

/**
 * struct iommufd_pages - a range of memory and the pins it holds
 * @kref: one per area and per user that outlives an area
 * @writable: pins are taken for writing; constant after init
 * @start: source address (user address, file offset) of the first byte; constant
 *	after init
 * @length: bytes of the range; constant after init
 * @source: ops of the source kind; constant after init
 * @source_data: what the source kind keeps; constant after init
 * @leavers: users that have left, see leave.h; added to without a lock
 * @lock: guards all that follows
 * @cover: the spans of all users
 * @chunks: which frames are pinned; changed under chunks_lock, too
 * @chunks_lock: for who reads @chunks without @lock
 * @npinned: pages pinned now; what is charged
 * @payer: who is charged for @npinned pages; constant if the charge cannot
 *	move
 * @next_payer: who is charged for them as well while the charge moves, or NULL
 * @room: memory for whoever has made the object, freed with it; not initialised
 *
 * There is one for each map, and many maps are of one page: what a map needs
 * besides is in @room, so that it allocates once.
 */
struct iommufd_pages {
	struct kref kref;
	bool writable;
	unsigned long start;
	unsigned long length;
	const struct pages_source_ops *source;
	void *source_data;

	struct llist_head leavers;

	struct mutex lock; /* guards the fields below */
	struct pages_cover cover;
	struct pages_chunks chunks;
	struct mutex chunks_lock; /* inside @lock */
	unsigned long npinned;

	struct pages_payer payer;
	const struct pages_payer *next_payer;

	u8 room[PAGES_ROOM_NBYTES] __aligned(8);
};

/**
 * struct pages_user - a span of pages that has to stay pinned
 * @span: its page indexes, in &iommufd_pages.cover
 */
struct pages_user {
	struct cover_span span;
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
 * @in_user_mm: the source address is a user address of the payer's mm
 * @charge_moves: the memory does not belong to the process that pays for it,
 *	another one may take over
 * @mmio: device memory: not charged, not for the CPU, not to be cached
 * @check_span: optional; refuse a span that can never be pinned before it is
 *	charged. Runs with &iommufd_pages.lock held. Returns 0 or a negative
 *	errno with the reason noted in @why.
 * @explain_span: optional; a span was too much for the limit: refuse it if no
 *	limit would have helped. Context and return as @check_span.
 * @pin: pin up to @n pages from page @index on, frames to @pfns. Runs with
 *	&iommufd_pages.lock held. Returns the count pinned (at least 1) or a
 *	negative errno with the reason noted in @why. Every page is pinned for
 *	itself: they are given back in other pieces than they were taken in.
 * @unpin: give @npages contiguous pages from frame @pfn on back, dirty if the
 *	object is writable. May sleep, may not fail.
 * @release: optional; drop what the source keeps; last reference is gone
 * @revocation: optional; the state of memory that its owner can take away
 *	(revoke.h), always the same
 */
struct pages_source_ops {
	const char *name;
	bool in_user_mm;
	bool charge_moves;
	bool mmio;
	int (*check_span)(struct iommufd_pages *pages, unsigned long first,
			  unsigned long last, struct iommufd_why *why);
	int (*explain_span)(struct iommufd_pages *pages, unsigned long first,
			    unsigned long last, struct iommufd_why *why);
	long (*pin)(struct iommufd_pages *pages, unsigned long index,
		    unsigned long n, unsigned long *pfns,
		    struct iommufd_why *why);
	void (*unpin)(struct iommufd_pages *pages, unsigned long pfn,
		      unsigned long npages);
	void (*release)(struct iommufd_pages *pages);
	struct pages_revocation *(*revocation)(struct iommufd_pages *pages);
};

/* Number of pages. */
static inline unsigned long pages_npages(const struct iommufd_pages *pages)
{
	return pages->chunks.npages;
}

/* Byte offset of the range in its first page. */
static inline unsigned long pages_sub_offset(const struct iommufd_pages *pages)
{
	return pages->start % PAGE_SIZE;
}

/* Source address of the first page; chunks are cut at its 2 MiB boundaries. */
static inline unsigned long pages_source_addr(const struct iommufd_pages *pages)
{
	return pages->start & PAGE_MASK;
}

/* NULL: nobody can take the memory away. */
static inline struct pages_revocation *
pages_revocation(struct iommufd_pages *pages)
{
	return pages->source->revocation ? pages->source->revocation(pages) :
					   NULL;
}

int iommufd_pages_init(void);
void iommufd_pages_exit(void);

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

/**
 * struct pages_range - a range of something that is named by a file descriptor
 * @start: offset of the first byte; any alignment
 * @length: bytes, not 0, @start + @length does not wrap
 * @writable: devices may write
 * @charge_mode: as for pages_alloc_user()
 */
struct pages_range {
	unsigned long start;
	unsigned long length;
	bool writable;
	enum iommufd_charge_mode charge_mode;
};

/**
 * pages_alloc_file() - describe a range of a file
 * @file: any file; a reference is taken
 * @range: which bytes, for what
 * @why: where the reason of a failure goes
 *
 * As with pages_alloc_user() nothing is pinned or charged yet; whether the
 * file is of a kind that can be pinned shows when it is.
 *
 * Context: may sleep; GFP_KERNEL_ACCOUNT.
 * Return: the object with one reference, or ERR_PTR: EACCES: @file is not open
 * for what the map wants, or append-only; EPERM: it is sealed against writing,
 * or immutable; what a security module says; ENOMEM.
 */
struct iommufd_pages *pages_alloc_file(struct file *file,
				       const struct pages_range *range,
				       struct iommufd_why *why);

void pages_get(struct iommufd_pages *pages);
void pages_put(struct iommufd_pages *pages);

/**
 * pages_add_user() - keep a span pinned
 * @pages: the object
 * @user: caller's node, not in use
 * @first: first page index
 * @last: last page index
 * @why: where the reason of a failure goes
 *
 * Charges and pins exactly the pages of the span that no other user covers
 * yet, in bounded batches; between batches it yields and looks for a fatal
 * signal. On failure everything pinned and charged here is undone. Where the
 * pages are pinned already the cost is the logarithm of the number of users.
 *
 * Context: may sleep; takes pages->lock.
 * Return: 0, or
 * EFAULT: memory cannot be pinned (or the source mm is gone);
 * ENOMEM: RLIMIT_MEMLOCK, no memory for the frame arrays, or 2^30 users;
 * EINTR: fatal signal;
 * other: the errno of the pin call.
 */
int pages_add_user(struct iommufd_pages *pages, struct pages_user *user,
		   unsigned long first, unsigned long last,
		   struct iommufd_why *why);

int pages_add_user_locked(struct iommufd_pages *pages, struct pages_user *user,
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
 * Context: may sleep; takes pages->lock, which is held by who pins for as long
 * as user space likes. Does not allocate.
 * Return: 0, or EINTR: killed while somebody holds the lock; nothing has
 * changed, and what is left to do is pages_leave().
 */
int pages_remove_user(struct iommufd_pages *pages, struct pages_user *user);
void pages_remove_user_locked(struct iommufd_pages *pages,
			      struct pages_user *user);

/**
 * pages_try_remove_user() - the same, unless it has to be waited for
 * @pages: the object
 * @user: node of pages_add_user()
 *
 * Context: may sleep; takes pages->lock, which is held by who pins for as long
 * as user space likes.
 * Return: false: somebody holds the lock; nothing has changed.
 */
bool pages_try_remove_user(struct iommufd_pages *pages,
			   struct pages_user *user);

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
 * Context: may sleep; takes pages->chunks_lock: does not wait for who pins.
 * Return: number of runs filled; 0: no user of the caller covers @first, which
 * is a bug (WARN).
 */
unsigned int pages_get_runs(struct iommufd_pages *pages, unsigned long first,
			    unsigned long last, struct pages_run *runs,
			    unsigned int nruns, unsigned long *covered);

/**
 * struct pages_numbers - numbers for people
 * @npinned: pages pinned
 * @ncharged: those of them that count against a limit
 * @shared: somebody else may know the object, too
 */
struct pages_numbers {
	unsigned long npinned;
	unsigned long ncharged;
	bool shared;
};

/**
 * pages_get_numbers() - what does an object hold
 * @pages: the object
 * @numbers: filled in; not of one moment, whoever pins is not waited for
 *
 * Context: any.
 */
void pages_get_numbers(struct iommufd_pages *pages,
		       struct pages_numbers *numbers);

/**
 * pages_iommu_prot() - what kind of memory a translation has to say it is
 * @pages: the object
 *
 * Context: any.
 * Return: IOMMU_CACHE or IOMMU_MMIO.
 */
int pages_iommu_prot(const struct iommufd_pages *pages);

/**
 * pages_move_charge() - charge somebody else in addition
 * @pages: the object
 * @to: who; stays in place until the move is committed or aborted
 * @why: where the reason of a failure goes
 *
 * From here on both are charged for whatever is pinned. Nothing happens if
 * @to pays already or has been named for this object before.
 *
 * Context: may sleep; takes pages->lock.
 * Return: 0, or EINVAL: the memory belongs to the process that pays; EBUSY:
 * another move is under way; ENOMEM: over the limit; EINTR: fatal signal.
 */
int pages_move_charge(struct iommufd_pages *pages, const struct pages_payer *to,
		      struct iommufd_why *why);

/**
 * pages_move_commit() - end the move of a charge: the old payer is free
 * @pages: the object
 * @to: as for pages_move_charge(); nothing happens if that did nothing, or
 *	failed
 *
 * Context: may sleep; takes pages->lock. Does not allocate, does not fail.
 */
void pages_move_commit(struct iommufd_pages *pages,
		       const struct pages_payer *to);

/**
 * pages_move_abort() - end the move of a charge: the old payer goes on paying
 * @pages: the object
 * @to: as for pages_move_commit()
 *
 * Context: may sleep; takes pages->lock. Does not allocate, does not fail.
 */
void pages_move_abort(struct iommufd_pages *pages,
		      const struct pages_payer *to);

/**
 * pages_rw() - the CPU reads or writes the memory
 * @pages: the object
 * @start: byte offset from the start of the first page (so it includes
 *	pages_sub_offset())
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
 * Return: 0; EINVAL: device memory; EPERM: write to a read-only object; EFAULT,
 * ENOMEM, EINTR.
 */
int pages_rw(struct iommufd_pages *pages, unsigned long start, void *data,
	     unsigned long length, unsigned int flags,
	     struct iommufd_why *why);

#endif
