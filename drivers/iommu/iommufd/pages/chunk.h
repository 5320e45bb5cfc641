/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Chunk words: which frames the pages of an object are in.
 *
 * The range is cut at 2 MiB boundaries of the source address, where huge pages
 * of the source begin. A chunk has one word: nothing, one physically contiguous
 * run, or an array with a frame per page of the chunk inside the object.
 *
 *	1 or 2 chunks	the words are in the object
 *	more		xarray, one leaf of 512 words per GiB of source,
 *			allocated when something in it is pinned
 *
 * A word may also record frames of pages that are no longer pinned, or that
 * lie between two pinned ones; which pages are pinned is not known here.
 * Nobody reads the record of a page that is not pinned.
 */
#ifndef __IOMMUFD_PAGES_CHUNK_H
#define __IOMMUFD_PAGES_CHUNK_H

#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/types.h>
#include <linux/xarray.h>

struct pages_run;

#define PAGES_CHUNK_NPAGES (SZ_2M / PAGE_SIZE)
#define PAGES_CHUNKS_INLINE 2

/**
 * struct pages_chunks - the chunk words of one object
 * @npages: pages of the object; constant after init
 * @lead: pages of the first chunk that lie before the object; constant after
 *	init
 * @words: the words, if there are at most PAGES_CHUNKS_INLINE
 * @leaves: else: chunk number / 512 -> array of words
 *
 * The lock of the object that embeds it guards it.
 */
struct pages_chunks {
	unsigned long npages;
	unsigned long lead;
	union {
		u64 words[PAGES_CHUNKS_INLINE];
		struct xarray leaves;
	};
};

/**
 * struct pages_chunk_span - the pages of one chunk
 * @first: index of the first page
 * @last: index of the last page
 */
struct pages_chunk_span {
	unsigned long first;
	unsigned long last;
};

/* How many of the first @n frames follow each other. */
static inline unsigned long pages_contiguous(const unsigned long *pfns,
					     unsigned long n)
{
	unsigned long i;

	for (i = 1; i < n; i++)
		if (pfns[i] != pfns[0] + i)
			break;
	return i;
}

/**
 * pages_chunk_number() - which chunk is a page in
 * @chunks: the chunk words
 * @index: a page index
 *
 * Return: number of the chunk, from 0 on.
 */
static inline unsigned long
pages_chunk_number(const struct pages_chunks *chunks, unsigned long index)
{
	return (chunks->lead + index) / PAGES_CHUNK_NPAGES;
}

/**
 * pages_chunks_span() - which pages share a chunk with a page
 * @chunks: the chunk words
 * @index: a page index
 *
 * Return: the span of page indexes of the chunk that @index is in.
 */
static inline struct pages_chunk_span
pages_chunks_span(const struct pages_chunks *chunks, unsigned long index)
{
	unsigned long offset = (chunks->lead + index) % PAGES_CHUNK_NPAGES;

	return (struct pages_chunk_span){
		.first = index - min(index, offset),
		.last = min(index - offset + PAGES_CHUNK_NPAGES,
			    chunks->npages) - 1,
	};
}

void pages_chunks_init(struct pages_chunks *chunks, unsigned long npages,
		       unsigned long source_addr);
void pages_chunks_destroy(struct pages_chunks *chunks);

unsigned long pages_chunks_store(struct pages_chunks *chunks,
				 unsigned long index,
				 const unsigned long *pfns, unsigned long n);
void pages_chunks_clear(struct pages_chunks *chunks, unsigned long first,
			unsigned long last);
unsigned int pages_chunks_load(struct pages_chunks *chunks, unsigned long first,
			       unsigned long last, struct pages_run *runs,
			       unsigned int nruns, unsigned long *covered);

#endif
