// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests of the chunk words: what was stored is what is read, at the price
 * of one word where frames are contiguous.
 */
#include <kunit/test.h>

#include "chunk.h"
#include "pages.h"

#define CHUNK PAGES_CHUNK_NPAGES
#define LEAF (SZ_1G / PAGE_SIZE)

static void store(struct kunit *test, struct pages_chunks *chunks,
		  unsigned long index, unsigned long pfn, unsigned long npages)
{
	unsigned long *pfns, i;

	pfns = kunit_kmalloc_array(test, npages, sizeof(*pfns), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pfns);
	for (i = 0; i < npages; i++)
		pfns[i] = pfn + i;
	KUNIT_ASSERT_EQ(test, pages_chunks_store(chunks, index, pfns, npages),
			npages);
}

/* Expects one run from @index on when asked up to @last. */
static void expect_run(struct kunit *test, struct pages_chunks *chunks,
		       unsigned long index, unsigned long last,
		       unsigned long pfn, unsigned long npages)
{
	unsigned long covered;
	struct pages_run run;

	KUNIT_ASSERT_EQ(test, 1, pages_chunks_load(chunks, index, last, &run, 1,
						   &covered));
	KUNIT_EXPECT_EQ(test, run.pfn, pfn);
	KUNIT_EXPECT_EQ(test, run.npages, npages);
	KUNIT_EXPECT_EQ(test, covered, npages);
}

static void expect_nothing(struct kunit *test, struct pages_chunks *chunks,
			   unsigned long index)
{
	unsigned long covered;
	struct pages_run run;

	KUNIT_EXPECT_EQ(test, 0, pages_chunks_load(chunks, index, index, &run,
						   1, &covered));
	KUNIT_EXPECT_EQ(test, covered, 0);
}

/* A chunk that is one run costs no array: its word is not an address. */
static void expect_no_array(struct kunit *test, struct pages_chunks *chunks)
{
	unsigned int i;

	for (i = 0; i < PAGES_CHUNKS_INLINE; i++)
		KUNIT_EXPECT_LT(test, chunks->words[i] & 3, 2);
}

static void chunk_one_run(struct kunit *test)
{
	struct pages_chunks chunks;

	pages_chunks_init(&chunks, 2 * CHUNK, SZ_2M);
	expect_nothing(test, &chunks, 0);
	store(test, &chunks, 10, 1010, 20);
	store(test, &chunks, 30, 1030, 5);
	store(test, &chunks, 5, 1005, 5);
	expect_run(test, &chunks, 5, 34, 1005, 30);
	expect_run(test, &chunks, 7, 8, 1007, 2);
	expect_nothing(test, &chunks, 4);
	expect_nothing(test, &chunks, 35);

	/* The same frames again, and a whole chunk over it. */
	store(test, &chunks, 12, 1012, 3);
	store(test, &chunks, 0, 1000, CHUNK);
	store(test, &chunks, CHUNK, 1000 + CHUNK, CHUNK);
	expect_run(test, &chunks, 0, 2 * CHUNK - 1, 1000, 2 * CHUNK);
	expect_no_array(test, &chunks);

	pages_chunks_clear(&chunks, 3, 3);
	expect_nothing(test, &chunks, 3);
	expect_run(test, &chunks, CHUNK, CHUNK, 1000 + CHUNK, 1);
	pages_chunks_destroy(&chunks);
}

static void chunk_gap(struct kunit *test)
{
	struct pages_chunks chunks;

	pages_chunks_init(&chunks, CHUNK, 0);
	store(test, &chunks, 100, 5100, 10);
	store(test, &chunks, 0, 5000, 10);
	expect_no_array(test, &chunks);
	expect_run(test, &chunks, 0, 9, 5000, 10);
	expect_run(test, &chunks, 100, 109, 5100, 10);

	/* A page between them turns out to be elsewhere. */
	store(test, &chunks, 50, 7, 1);
	expect_run(test, &chunks, 0, 9, 5000, 10);
	expect_run(test, &chunks, 50, 50, 7, 1);
	expect_run(test, &chunks, 100, 109, 5100, 10);
	pages_chunks_destroy(&chunks);
}

static void chunk_run_below_its_offset(struct kunit *test)
{
	struct pages_chunks chunks;

	/* In line with each other although page 0 would have no frame. */
	pages_chunks_init(&chunks, CHUNK, 0);
	store(test, &chunks, 300, 20, 10);
	store(test, &chunks, 290, 10, 10);
	expect_run(test, &chunks, 290, 309, 10, 20);
	expect_no_array(test, &chunks);
	pages_chunks_destroy(&chunks);
}

static void chunk_scattered(struct kunit *test)
{
	struct pages_run runs[3];
	struct pages_chunks chunks;
	unsigned long covered, i;

	pages_chunks_init(&chunks, CHUNK, 0);
	for (i = 0; i < CHUNK; i++)
		store(test, &chunks, i, 3 * i + 1, 1);
	for (i = 0; i < CHUNK; i++)
		expect_run(test, &chunks, i, CHUNK - 1, 3 * i + 1, 1);

	KUNIT_EXPECT_EQ(test, 3, pages_chunks_load(&chunks, 9, CHUNK - 1, runs,
						   3, &covered));
	KUNIT_EXPECT_EQ(test, covered, 3);
	KUNIT_EXPECT_EQ(test, runs[2].pfn, 34);

	/* Overwriting an array; runs inside it are found. */
	store(test, &chunks, 8, 9000, 100);
	expect_run(test, &chunks, 8, CHUNK - 1, 9000, 100);
	expect_run(test, &chunks, 108, 108, 325, 1);
	pages_chunks_destroy(&chunks);
}

static void chunk_wide(struct kunit *test)
{
	unsigned long high = 1UL << 32;
	unsigned long huge = 1UL << 45;
	struct pages_chunks chunks;

	pages_chunks_init(&chunks, CHUNK, 0);

	/* A run over the 32 bit boundary, then broken. */
	store(test, &chunks, 0, high - 2, 4);
	expect_run(test, &chunks, 0, 3, high - 2, 4);
	store(test, &chunks, 7, 3, 1);
	expect_run(test, &chunks, 0, 3, high - 2, 4);
	expect_run(test, &chunks, 7, 7, 3, 1);

	/* A narrow array that has to grow. */
	pages_chunks_clear(&chunks, 0, 0);
	store(test, &chunks, 0, 100, 1);
	store(test, &chunks, 1, 50, 1);
	store(test, &chunks, 2, high - 1, 1);
	store(test, &chunks, 3, high + 9, 2);
	expect_run(test, &chunks, 0, 4, 100, 1);
	expect_run(test, &chunks, 1, 4, 50, 1);
	expect_run(test, &chunks, 2, 4, high - 1, 1);
	expect_run(test, &chunks, 3, 4, high + 9, 2);

	/* Frames that a run word has no room for. */
	pages_chunks_clear(&chunks, 0, 0);
	store(test, &chunks, 0, huge, CHUNK);
	expect_run(test, &chunks, 0, CHUNK - 1, huge, CHUNK);
	pages_chunks_destroy(&chunks);
}

static void chunk_cut_at_source(struct kunit *test)
{
	struct pages_chunk_span span;
	struct pages_chunks chunks;

	/* The object begins 3 pages before a 2 MiB boundary. */
	pages_chunks_init(&chunks, 2 * CHUNK, SZ_2M - 3 * PAGE_SIZE);
	span = pages_chunks_span(&chunks, 1);
	KUNIT_EXPECT_EQ(test, span.first, 0);
	KUNIT_EXPECT_EQ(test, span.last, 2);
	span = pages_chunks_span(&chunks, 3);
	KUNIT_EXPECT_EQ(test, span.first, 3);
	KUNIT_EXPECT_EQ(test, span.last, CHUNK + 2);
	span = pages_chunks_span(&chunks, 2 * CHUNK - 1);
	KUNIT_EXPECT_EQ(test, span.first, CHUNK + 3);
	KUNIT_EXPECT_EQ(test, span.last, 2 * CHUNK - 1);

	/* Scattered frames in the short first and the short last chunk. */
	store(test, &chunks, 0, 40, 1);
	store(test, &chunks, 1, 30, 1);
	store(test, &chunks, 2, 20, 1);
	store(test, &chunks, 3, 21, CHUNK);
	store(test, &chunks, CHUNK + 3, 9000, 2);
	store(test, &chunks, 2 * CHUNK - 1, 60, 1);
	expect_run(test, &chunks, 0, 2 * CHUNK - 1, 40, 1);
	expect_run(test, &chunks, 1, 2 * CHUNK - 1, 30, 1);
	expect_run(test, &chunks, 2, CHUNK + 2, 20, CHUNK + 1);
	expect_run(test, &chunks, CHUNK + 3, CHUNK + 4, 9000, 2);
	expect_run(test, &chunks, 2 * CHUNK - 1, 2 * CHUNK - 1, 60, 1);
	pages_chunks_destroy(&chunks);
}

static void chunk_sparse(struct kunit *test)
{
	unsigned long npages = 1UL << 50;
	struct pages_chunks chunks;
	unsigned long covered;
	struct pages_run run;

	/* 4 EiB of source: only what is stored costs memory. */
	pages_chunks_init(&chunks, npages, 5 * PAGE_SIZE);
	store(test, &chunks, npages - 1, 77, 1);
	store(test, &chunks, LEAF - 7, 1000, 2);
	store(test, &chunks, LEAF - 5, 1002, 10);
	store(test, &chunks, npages / 2, 5, 1);
	expect_run(test, &chunks, npages - 1, npages - 1, 77, 1);
	expect_run(test, &chunks, LEAF - 7, LEAF + 4, 1000, 12);
	expect_run(test, &chunks, npages / 2, npages / 2, 5, 1);
	expect_nothing(test, &chunks, 10 * LEAF);
	pages_chunks_clear(&chunks, 10 * LEAF, 10 * LEAF);

	/* A run that ends where the records end is not padded. */
	KUNIT_EXPECT_EQ(test, 1, pages_chunks_load(&chunks, LEAF, LEAF + 50,
						   &run, 1, &covered));
	KUNIT_EXPECT_EQ(test, covered, 5);
	pages_chunks_destroy(&chunks);
}

/* Over the ends of leaves, one of which was never there. */
static void chunk_clear_many(struct kunit *test)
{
	struct pages_chunks chunks;

	pages_chunks_init(&chunks, 5 * LEAF, 0);
	store(test, &chunks, LEAF - CHUNK - 1, 100, 1);
	store(test, &chunks, LEAF - CHUNK, 300, 1);
	store(test, &chunks, LEAF + CHUNK, 500, 1);
	store(test, &chunks, 3 * LEAF, 700, 1);
	store(test, &chunks, 3 * LEAF + CHUNK, 900, 1);
	pages_chunks_clear(&chunks, LEAF - 1, 3 * LEAF + 5);
	expect_run(test, &chunks, LEAF - CHUNK - 1, LEAF - CHUNK - 1, 100, 1);
	expect_nothing(test, &chunks, LEAF - CHUNK);
	expect_nothing(test, &chunks, LEAF + CHUNK);
	expect_nothing(test, &chunks, 3 * LEAF);
	expect_run(test, &chunks, 3 * LEAF + CHUNK, 3 * LEAF + CHUNK, 900, 1);
	pages_chunks_destroy(&chunks);
}

/* One batch of runs and single pages, over the ends of chunks. */
static void chunk_mixed_batch(struct kunit *test)
{
	unsigned long n = 2 * CHUNK, first = CHUNK - 20, i;
	unsigned long high = (unsigned long)U32_MAX + 1;
	struct pages_chunks chunks;
	unsigned long *pfns;

	pfns = kunit_kmalloc_array(test, n, sizeof(*pfns), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pfns);
	for (i = 0; i < n; i++)
		pfns[i] = i % 8 < 4 ? 1000 + i : 5000 + 2 * i;
	/* only the last chunk has frames that need 64 bits */
	for (i = n - 8; i < n; i++)
		pfns[i] = high + 2 * i;
	pages_chunks_init(&chunks, 4 * CHUNK, 0);
	store(test, &chunks, 0, 77, 4);
	KUNIT_ASSERT_EQ(test, pages_chunks_store(&chunks, first, pfns, n), n);

	expect_run(test, &chunks, 0, 3, 77, 4);
	for (i = 0; i < n - 8; i += 8) {
		expect_run(test, &chunks, first + i, first + i + 7, 1000 + i,
			   4);
		expect_run(test, &chunks, first + i + 4, first + i + 7,
			   5000 + 2 * (i + 4), 1);
	}
	for (i = n - 8; i < n; i++)
		expect_run(test, &chunks, first + i, first + n - 1,
			   high + 2 * i, 1);
	expect_nothing(test, &chunks, 3 * CHUNK);
	pages_chunks_destroy(&chunks);
}

static struct kunit_case chunk_cases[] = {
	KUNIT_CASE(chunk_one_run),
	KUNIT_CASE(chunk_gap),
	KUNIT_CASE(chunk_run_below_its_offset),
	KUNIT_CASE(chunk_scattered),
	KUNIT_CASE(chunk_wide),
	KUNIT_CASE(chunk_cut_at_source),
	KUNIT_CASE(chunk_sparse),
	KUNIT_CASE(chunk_clear_many),
	KUNIT_CASE(chunk_mixed_batch),
	{}
};

static struct kunit_suite chunk_suite = {
	.name = "iommufd_pages_chunk",
	.test_cases = chunk_cases,
};

kunit_test_suite(chunk_suite);
