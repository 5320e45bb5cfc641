// SPDX-License-Identifier: GPL-2.0-only
/*
 * Chunk words: which frames the pages of an object are in.
 *
 * Owns: struct pages_chunks, the encoding of a word, its leaves and arrays.
 * Locks: none of its own; the caller holds the lock of the object.
 * Calls: nothing in iommufd.
 *
 * Only pages_chunks_store() allocates.
 */
#include <linux/bitfield.h>
#include <linux/build_bug.h>
#include <linux/cleanup.h>
#include <linux/slab.h>

#include "chunk.h"
#include "pages.h"

#define LEAF_NCHUNKS (SZ_1G / SZ_2M)

/*
 * The two low bits say what a word is; the rest is a run, or the address of an
 * array, which is at least 8 byte aligned.
 */
#define WORD_KIND GENMASK_ULL(1, 0)
#define WORD_RUN_OFFSET GENMASK_ULL(10, 2)
#define WORD_RUN_COUNT GENMASK_ULL(20, 11)
#define WORD_RUN_PFN GENMASK_ULL(60, 21)

enum word_kind {
	WORD_EMPTY,
	WORD_RUN,
	WORD_NARROW, /* array of u32 */
	WORD_WIDE, /* array of u64 */
};

/*
 * Where a page is: the chunk, and offsets within the chunk of the page itself
 * and of the first and last page that belong to the object.
 */
struct chunk_pos {
	unsigned long number;
	unsigned int offset;
	unsigned int first;
	unsigned int last;
};

struct run_list {
	struct pages_run *runs;
	unsigned int max;
	unsigned int n;
};

static unsigned long chunks_last_number(const struct pages_chunks *chunks)
{
	return pages_chunk_number(chunks, chunks->npages - 1);
}

static bool chunks_are_inline(const struct pages_chunks *chunks)
{
	return chunks_last_number(chunks) < PAGES_CHUNKS_INLINE;
}

static struct chunk_pos chunk_locate(const struct pages_chunks *chunks,
				     unsigned long index)
{
	unsigned long page = chunks->lead + index;
	unsigned long last_page = chunks->lead + chunks->npages - 1;
	struct chunk_pos pos = {
		.number = page / PAGES_CHUNK_NPAGES,
		.offset = page % PAGES_CHUNK_NPAGES,
		.last = PAGES_CHUNK_NPAGES - 1,
	};

	if (!pos.number)
		pos.first = chunks->lead;
	if (pos.number == chunks_last_number(chunks))
		pos.last = last_page % PAGES_CHUNK_NPAGES;
	return pos;
}

/* How many words the leaf has; the last leaf ends with the object. */
static unsigned long leaf_nwords(const struct pages_chunks *chunks,
				 unsigned long leaf_number)
{
	return min(chunks_last_number(chunks) - leaf_number * LEAF_NCHUNKS + 1,
		   (unsigned long)LEAF_NCHUNKS);
}

static u64 *chunk_word(struct pages_chunks *chunks, unsigned long number)
{
	u64 *leaf;

	if (chunks_are_inline(chunks))
		return &chunks->words[number];
	leaf = xa_load(&chunks->leaves, number / LEAF_NCHUNKS);
	return leaf ? &leaf[number % LEAF_NCHUNKS] : NULL;
}

/* The word @number, which is the one behind @word if that is not NULL. */
static u64 *chunk_word_next(struct pages_chunks *chunks, u64 *word,
			    unsigned long number)
{
	if (word && number % LEAF_NCHUNKS)
		return word + 1;
	return chunk_word(chunks, number);
}

static u64 *chunk_word_alloc(struct pages_chunks *chunks, unsigned long number)
{
	unsigned long leaf_number = number / LEAF_NCHUNKS;
	u64 *word = chunk_word(chunks, number);

	if (word)
		return word;

	u64 *leaf __free(kfree) = kcalloc(leaf_nwords(chunks, leaf_number),
					  sizeof(*leaf), GFP_KERNEL_ACCOUNT);
	if (!leaf || xa_err(xa_store(&chunks->leaves, leaf_number, leaf,
				     GFP_KERNEL_ACCOUNT)))
		return NULL;
	return &no_free_ptr(leaf)[number % LEAF_NCHUNKS];
}

static enum word_kind word_kind(u64 word)
{
	return FIELD_GET(WORD_KIND, word);
}

static void *word_array(u64 word)
{
	return (void *)(uintptr_t)(word & ~WORD_KIND);
}

static void word_clear(u64 *word)
{
	switch (word_kind(*word)) {
	case WORD_NARROW:
	case WORD_WIDE:
		kfree(word_array(*word));
		break;
	case WORD_EMPTY:
	case WORD_RUN:
		break;
	}
	*word = 0;
}

static __always_inline unsigned long array_get(u64 word, unsigned long slot)
{
	if (word_kind(word) == WORD_NARROW)
		return ((u32 *)word_array(word))[slot];
	return ((u64 *)word_array(word))[slot];
}

/* Frame of the page at @offset as the word records it, 0 if it does not. */
static u64 word_get(u64 word, const struct chunk_pos *pos, unsigned int offset)
{
	unsigned int run_offset = FIELD_GET(WORD_RUN_OFFSET, word);

	switch (word_kind(word)) {
	case WORD_EMPTY:
		return 0;
	case WORD_RUN:
		if (offset < run_offset ||
		    offset >= run_offset + FIELD_GET(WORD_RUN_COUNT, word))
			return 0;
		return FIELD_GET(WORD_RUN_PFN, word) + offset - run_offset;
	case WORD_NARROW:
	case WORD_WIDE:
		return array_get(word, offset - pos->first);
	}
	return 0;
}

static void array_put(u64 word, unsigned int slot, u64 pfn)
{
	if (word_kind(word) == WORD_NARROW)
		((u32 *)word_array(word))[slot] = pfn;
	else
		((u64 *)word_array(word))[slot] = pfn;
}

/*
 * Records @run in a word that is empty, or a run in line with it. Pages between
 * the two get a record as well; they are not pinned, or they would be in a run.
 */
static bool word_store_run(u64 *word, unsigned int offset,
			   const struct pages_run *run)
{
	unsigned int last_offset = offset + run->npages - 1;
	u64 pfn = run->pfn;

	switch (word_kind(*word)) {
	case WORD_NARROW:
	case WORD_WIDE:
		return false;
	case WORD_RUN: {
		unsigned int old_offset = FIELD_GET(WORD_RUN_OFFSET, *word);
		unsigned int old_count = FIELD_GET(WORD_RUN_COUNT, *word);
		u64 old_pfn = FIELD_GET(WORD_RUN_PFN, *word);

		if (old_pfn + offset != pfn + old_offset)
			return false;
		pfn = min(pfn, old_pfn);
		last_offset = max(last_offset, old_offset + old_count - 1);
		offset = min(offset, old_offset);
		break;
	}
	case WORD_EMPTY:
		break;
	}

	if (pfn > FIELD_MAX(WORD_RUN_PFN))
		return false;
	*word = FIELD_PREP(WORD_KIND, WORD_RUN) |
		FIELD_PREP(WORD_RUN_OFFSET, offset) |
		FIELD_PREP(WORD_RUN_COUNT, last_offset - offset + 1) |
		FIELD_PREP(WORD_RUN_PFN, pfn);
	return true;
}

/* What kind of array holds both what the word records and @run. */
static enum word_kind array_kind(u64 word, const struct pages_run *run)
{
	if (run->pfn + run->npages - 1 > U32_MAX)
		return WORD_WIDE;
	if (word_kind(word) != WORD_RUN)
		return max(word_kind(word), WORD_NARROW);
	return FIELD_GET(WORD_RUN_PFN, word) +
		       FIELD_GET(WORD_RUN_COUNT, word) - 1 > U32_MAX ?
	       WORD_WIDE : WORD_NARROW;
}

static int word_make_array(u64 *word, const struct chunk_pos *pos,
			   enum word_kind kind)
{
	unsigned int offset;
	u64 new_word;
	void *array;

	if (word_kind(*word) == kind)
		return 0;
	array = kcalloc(pos->last - pos->first + 1,
			kind == WORD_NARROW ? sizeof(u32) : sizeof(u64),
			GFP_KERNEL_ACCOUNT);
	if (!array)
		return -ENOMEM;

	/* commit: nothing below can fail */
	new_word = (uintptr_t)array | FIELD_PREP(WORD_KIND, kind);
	for (offset = pos->first; offset <= pos->last; offset++)
		array_put(new_word, offset - pos->first,
			  word_get(*word, pos, offset));
	word_clear(word);
	*word = new_word;
	return 0;
}

void pages_chunks_init(struct pages_chunks *chunks, unsigned long npages,
		       unsigned long source_addr)
{
	BUILD_BUG_ON(FIELD_MAX(WORD_RUN_OFFSET) < PAGES_CHUNK_NPAGES - 1);
	BUILD_BUG_ON(FIELD_MAX(WORD_RUN_COUNT) < PAGES_CHUNK_NPAGES);

	chunks->npages = npages;
	chunks->lead = (source_addr / PAGE_SIZE) % PAGES_CHUNK_NPAGES;
	if (chunks_are_inline(chunks))
		memset(chunks->words, 0, sizeof(chunks->words));
	else
		xa_init_flags(&chunks->leaves, XA_FLAGS_ACCOUNT);
}

void pages_chunks_destroy(struct pages_chunks *chunks)
{
	unsigned long leaf_number;
	unsigned int i;
	u64 *leaf;

	if (chunks_are_inline(chunks)) {
		for (i = 0; i < PAGES_CHUNKS_INLINE; i++)
			word_clear(&chunks->words[i]);
		return;
	}
	xa_for_each(&chunks->leaves, leaf_number, leaf) {
		for (i = 0; i < leaf_nwords(chunks, leaf_number); i++)
			word_clear(&leaf[i]);
		kfree(leaf);
		cond_resched();
	}
	xa_destroy(&chunks->leaves);
}

/* Frames of pages that follow each other, in an array from @slot on. */
static void array_put_frames(u64 word, unsigned int slot,
			     const unsigned long *pfns, unsigned long n)
{
	u32 *narrow = (u32 *)word_array(word) + slot;
	unsigned long i;

	if (word_kind(word) == WORD_WIDE) {
		memcpy((u64 *)word_array(word) + slot, pfns, n * sizeof(*pfns));
		return;
	}
	for (i = 0; i < n; i++)
		narrow[i] = pfns[i];
}

static int word_store_frames(u64 *word, const struct chunk_pos *pos,
			     const unsigned long *pfns, unsigned long n)
{
	struct pages_run run = {
		.pfn = pfns[0],
		.npages = pages_contiguous(pfns, n),
	};
	unsigned long i;
	int rc;

	if (run.npages == n && word_store_run(word, pos->offset, &run))
		return 0;
	/* The highest frame decides how wide the array is. */
	run.npages = 1;
	for (i = 1; i < n; i++)
		run.pfn = max(run.pfn, pfns[i]);
	rc = word_make_array(word, pos, array_kind(*word, &run));
	if (rc)
		return rc;
	array_put_frames(*word, pos->offset - pos->first, pfns, n);
	return 0;
}

/**
 * pages_chunks_store() - record frames of pages
 * @chunks: the chunk words
 * @index: first page index
 * @pfns: frame of each page
 * @n: how many pages, at least one
 *
 * What the chunks record for other pages stays.
 *
 * Context: may sleep; caller holds the lock of the object.
 * Return: how many pages were recorded, from the first on: fewer than @n when
 * memory is short.
 */
unsigned long pages_chunks_store(struct pages_chunks *chunks,
				 unsigned long index,
				 const unsigned long *pfns, unsigned long n)
{
	unsigned long stored, part;

	for (stored = 0; stored < n; stored += part) {
		struct chunk_pos pos = chunk_locate(chunks, index + stored);
		u64 *word = chunk_word_alloc(chunks, pos.number);

		part = min(n - stored, pos.last - pos.offset + 1UL);
		if (!word || word_store_frames(word, &pos, pfns + stored, part))
			break;
	}
	return stored;
}

/**
 * pages_chunks_clear() - forget what chunks record
 * @chunks: the chunk words
 * @first: a page index of the first chunk
 * @last: a page index of the last chunk
 *
 * Context: any that may free memory; caller holds the lock of the object.
 */
void pages_chunks_clear(struct pages_chunks *chunks, unsigned long first,
			unsigned long last)
{
	unsigned long number = pages_chunk_number(chunks, first);
	unsigned long last_number = pages_chunk_number(chunks, last);
	u64 *word = NULL;

	for (; number <= last_number; number++) {
		word = chunk_word_next(chunks, word, number);
		if (word)
			word_clear(word);
	}
}

/* Returns false if the run is not in line with the last one and no room is. */
static __always_inline bool run_list_add(struct run_list *list,
					 unsigned long pfn,
					 unsigned long npages)
{
	struct pages_run *run = &list->runs[list->n];

	if (list->n && run[-1].pfn + run[-1].npages == pfn) {
		run[-1].npages += npages;
		return true;
	}
	if (list->n == list->max)
		return false;
	run->pfn = pfn;
	run->npages = npages;
	list->n++;
	return true;
}

static unsigned long array_load(u64 word, unsigned int slot,
				unsigned long limit, struct run_list *list)
{
	unsigned long pfn, next = array_get(word, slot);
	unsigned long i = 0, n;

	while (i < limit) {
		pfn = next;
		for (n = 1; i + n < limit; n++) {
			next = array_get(word, slot + i + n);
			if (next != pfn + n)
				break;
		}
		if (!run_list_add(list, pfn, n))
			break;
		i += n;
	}
	return i;
}

/* Returns how many pages of the chunk were added, at most @limit. */
static unsigned long word_load(u64 word, const struct chunk_pos *pos,
			       unsigned long limit, struct run_list *list)
{
	unsigned int run_offset = FIELD_GET(WORD_RUN_OFFSET, word);
	unsigned int run_count = FIELD_GET(WORD_RUN_COUNT, word);

	limit = min(limit, pos->last - pos->offset + 1UL);
	switch (word_kind(word)) {
	case WORD_EMPTY:
		return 0;
	case WORD_RUN:
		if (pos->offset < run_offset ||
		    pos->offset >= run_offset + run_count)
			return 0;
		limit = min(limit, run_offset + run_count - pos->offset + 0UL);
		return run_list_add(list, word_get(word, pos, pos->offset),
				    limit) ? limit : 0;
	case WORD_NARROW:
	case WORD_WIDE:
		return array_load(word, pos->offset - pos->first, limit, list);
	}
	return 0;
}

/**
 * pages_chunks_load() - read frames
 * @chunks: the chunk words
 * @first: first page index
 * @last: last page index; all pages up to it have been stored
 * @runs: filled in order, no gap; runs in line with each other are merged, over
 *	chunk boundaries as well
 * @nruns: size of @runs, at least 1
 * @covered: set to the number of pages the runs cover
 *
 * Context: any; caller holds the lock of the object.
 * Return: number of runs filled; 0 only if page @first was never stored.
 */
unsigned int pages_chunks_load(struct pages_chunks *chunks, unsigned long first,
			       unsigned long last, struct pages_run *runs,
			       unsigned int nruns, unsigned long *covered)
{
	struct run_list list = { .runs = runs, .max = nruns };
	unsigned long index = first;
	u64 *word = NULL;

	while (index <= last) {
		struct chunk_pos pos = chunk_locate(chunks, index);
		unsigned long n;

		word = chunk_word_next(chunks, word, pos.number);
		n = word ? word_load(*word, &pos, last - index + 1, &list) : 0;
		index += n;
		if (!n || (index <= last && pos.offset + n <= pos.last))
			break;
	}
	*covered = index - first;
	return list.n;
}
