// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pinning and unpinning the pages of a span that no user covers (its holes).
 *
 * Owns: nothing; fills and empties the chunk words of an object.
 * Locks: pages->lock is held; pages->chunks_lock around a change of the words.
 * Calls: the source, chunk.c, cover.c.
 *
 * Frames come from the source, page by page. They are never inferred from
 * their neighbours: a huge page may be mapped in part, and unpinning a page
 * that was not pinned frees memory of somebody else.
 */
#include <linux/cleanup.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "batch.h"
#include "pages.h"
#include "pin.h"

#define PIN_SMALL_NPAGES 16UL
#define UNPIN_NRUNS 16
/* Bounds how long one call of the source's unpin takes. */
#define UNPIN_STEP_NPAGES 8192UL
/* Bounds how long a reader of the words waits for who empties them. */
#define CLEAR_STEP_NPAGES (64 * PAGES_CHUNK_NPAGES)

/*
 * One pin operation. All pages of its span before @next are pinned and stored,
 * by this operation or before it.
 */
struct pin_batch {
	struct iommufd_pages *pages;
	struct iommufd_why *why;
	unsigned long next;
	unsigned long *pfns;
	unsigned long npfns;
};

unsigned long pages_count_holes_locked(struct iommufd_pages *pages,
				       unsigned long first, unsigned long last)
{
	struct cover_piece piece;
	unsigned long n = 0;

	lockdep_assert_held(&pages->lock);

	pages_cover_for_each(piece, &pages->cover, first, last)
		if (piece.is_hole)
			n += piece.last - piece.first + 1;
	return n;
}

/* Record @n pinned pages from @batch->next on; unpin those it cannot. */
static int pin_batch_store(struct pin_batch *batch, unsigned long n)
{
	struct iommufd_pages *pages = batch->pages;
	const unsigned long *pfns = batch->pfns;
	unsigned long done, step;

	scoped_guard(mutex, &pages->chunks_lock)
		done = pages_chunks_store(&pages->chunks, batch->next, pfns, n);
	batch->next += done;
	if (done == n)
		return 0;
	for (; done < n; done += step) {
		step = pages_contiguous(pfns + done, n - done);
		pages->source->unpin(pages, pfns[done], step);
	}
	return iommufd_refuse(batch->why, "length",
			      "no memory to record the frames", batch->next,
			      -ENOMEM);
}

/* Pin @first to @last, all of which no user covers. */
static int pin_hole(struct pin_batch *batch, unsigned long first,
		    unsigned long last)
{
	struct iommufd_pages *pages = batch->pages;
	long n;
	int rc;

	batch->next = first;
	while (batch->next <= last) {
		if (fatal_signal_pending(current))
			return -EINTR;
		n = pages->source->pin(pages, batch->next,
				       min(last - batch->next + 1, batch->npfns),
				       batch->pfns, batch->why);
		if (n < 0)
			return n;
		rc = pin_batch_store(batch, n);
		if (rc)
			return rc;
		cond_resched();
	}
	return 0;
}

/**
 * pages_pin_holes_locked() - pin the pages of a span that no user covers
 * @pages: the object
 * @first: first page index
 * @last: last page index
 * @why: where the reason of a failure goes
 *
 * Context: may sleep; caller holds pages->lock and has charged the pages.
 * Return: as pages_add_user(); nothing stays pinned on failure.
 */
int pages_pin_holes_locked(struct iommufd_pages *pages, unsigned long first,
			   unsigned long last, struct iommufd_why *why)
{
	unsigned long small[PIN_SMALL_NPAGES] __uninitialized;
	struct pin_batch batch = {
		.pages = pages,
		.why = why,
		.next = first,
		.pfns = small,
		.npfns = min(pages_batch_npages(), PIN_SMALL_NPAGES),
	};
	unsigned long wanted = min(pages_batch_npages(), last - first + 1);
	struct cover_piece piece;
	int rc = 0;

	lockdep_assert_held(&pages->lock);

	unsigned long *big __free(kfree) = NULL;

	/* Without the larger batch the pin is slower, not impossible. */
	if (wanted > PIN_SMALL_NPAGES)
		big = kmalloc_objs(*big, wanted,
				   GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (big) {
		batch.pfns = big;
		batch.npfns = wanted;
	}

	pages_cover_for_each(piece, &pages->cover, first, last) {
		if (!piece.is_hole)
			continue;
		rc = pin_hole(&batch, piece.first, piece.last);
		if (rc)
			break;
	}
	if (rc && batch.next > first)
		pages_unpin_holes_locked(pages, first, batch.next - 1);
	return rc;
}

static void unpin_frames(struct iommufd_pages *pages, unsigned long first,
			 unsigned long last)
{
	struct pages_run runs[UNPIN_NRUNS] __uninitialized;
	unsigned long covered;
	unsigned int n, i;

	for (; first <= last; first += covered) {
		n = pages_chunks_load(&pages->chunks, first,
				      min(last, first + UNPIN_STEP_NPAGES - 1),
				      runs, UNPIN_NRUNS, &covered);
		/* A lost record leaks the pages; a guess would free others. */
		if (WARN_ON_ONCE(!n))
			return;
		for (i = 0; i < n; i++)
			pages->source->unpin(pages, runs[i].pfn,
					     runs[i].npages);
		cond_resched();
	}
}

static bool is_hole_locked(struct iommufd_pages *pages, unsigned long first,
			   unsigned long last)
{
	struct cover_piece piece = pages_cover_piece(&pages->cover, first, last);

	lockdep_assert_held(&pages->lock);
	return piece.is_hole && piece.last == last;
}

/*
 * Empty the words of the chunks of an unpinned hole that no user touches. So a
 * chunk that somebody comes to first has an empty word, and an object without
 * users holds no array. Only the chunks at its two ends reach beyond the hole.
 */
static void clear_unused_chunks(struct iommufd_pages *pages,
				unsigned long first, unsigned long last)
{
	struct pages_chunk_span head = pages_chunks_span(&pages->chunks, first);
	struct pages_chunk_span tail = pages_chunks_span(&pages->chunks, last);
	unsigned long end = tail.last + 1;
	unsigned long next;

	if (!is_hole_locked(pages, head.first, first))
		first = head.last + 1;
	if (!is_hole_locked(pages, last, tail.last))
		end = tail.first;
	for (; first < end; first = next) {
		next = min(end, first + CLEAR_STEP_NPAGES);
		scoped_guard(mutex, &pages->chunks_lock)
			pages_chunks_clear(&pages->chunks, first, next - 1);
		cond_resched();
	}
}

/**
 * pages_unpin_holes_locked() - unpin the pages of a span that no user covers
 * @pages: the object
 * @first: first page index
 * @last: last page index; every page of the span is pinned
 *
 * Context: may sleep; caller holds pages->lock. Does not allocate.
 * Return: number of pages unpinned, to uncharge.
 */
unsigned long pages_unpin_holes_locked(struct iommufd_pages *pages,
				       unsigned long first, unsigned long last)
{
	struct cover_piece piece;
	unsigned long n = 0;

	lockdep_assert_held(&pages->lock);

	/*
	 * Two holes in one chunk have a user between them, so the first never
	 * clears the frames of the second.
	 */
	pages_cover_for_each(piece, &pages->cover, first, last) {
		if (!piece.is_hole)
			continue;
		unpin_frames(pages, piece.first, piece.last);
		clear_unused_chunks(pages, piece.first, piece.last);
		n += piece.last - piece.first + 1;
	}
	return n;
}
