// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dirty bitmaps against a model (GD6 to GD8), on random maps, writes, ranges,
 * page sizes and places of the bitmap.
 *
 * A page table entry covers a CPU page where the memory is aligned like the
 * IOVA, else a mock page; a write makes all of an entry dirty.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/dirty.h"
#include "lib/harness.h"
#include "lib/memory.h"

#define MODEL_PAGES 2048UL
#define MODEL_GUARD 64UL

struct model {
	unsigned char dirty[MODEL_PAGES];
	unsigned char whole[MODEL_PAGES];
	unsigned int per_page;
	unsigned int seed;
};

static unsigned long draw(struct model *m, unsigned long below)
{
	return rand_r(&m->seed) % below;
}

static void model_map(struct model *m, struct dirty_bench *b)
{
	unsigned long npages = MODEL_PAGES / m->per_page;
	unsigned long at = 0, n;
	char *va = mem_pages(npages + 1);

	while (at < npages) {
		unsigned int odd = draw(m, 3) == 0;

		n = 1 + draw(m, 64);
		if (n > npages - at)
			n = npages - at;
		ioas_map_at(b->fd, b->ioas,
			    va + at * b->page + odd * MOCK_PAGE, n * b->page,
			    MOCK_IOVA + at * b->page);
		memset(m->whole + at * m->per_page, !odd, n * m->per_page);
		at += n;
	}
}

static void model_mark(struct model *m, unsigned long i, unsigned char value)
{
	unsigned long first = i - i % m->per_page;

	if (m->whole[i])
		memset(m->dirty + first, value, m->per_page);
	else
		m->dirty[i] = value;
}

static void model_write(struct model *m, struct dirty_bench *b)
{
	unsigned char bits[MODEL_PAGES / 8] = {};
	unsigned long first = draw(m, MODEL_PAGES);
	unsigned long n = 1 + draw(m, MODEL_PAGES - first);
	unsigned long rarely = 1 + draw(m, 40);
	unsigned long i, set = 0;
	__u64 count;

	for (i = 0; i < n; i++) {
		if (draw(m, rarely))
			continue;
		bits[i / 8] |= 1 << i % 8;
		model_mark(m, first + i, 1);
		set++;
	}
	CHECK_OK(__dirty_write(b, MOCK_IOVA + first * MOCK_PAGE,
			       n * MOCK_PAGE, bits, &count));
	CHECK_EQ(count, set);
}

static void model_query(struct model *m, struct dirty_bench *b, unsigned char *got)
{
	unsigned long per_bit = 1UL << draw(m, 6);
	unsigned long nbits = MODEL_PAGES / per_bit;
	unsigned long first = draw(m, nbits);
	unsigned long n = 1 + draw(m, nbits - first), i;
	unsigned long room = MODEL_PAGES / 8 + 2 * MODEL_GUARD;
	unsigned char want[MODEL_PAGES / 8 + 2 * MODEL_GUARD];
	__u32 flags = draw(m, 2) ? DIRTY_NO_CLEAR : 0;

	/* Anywhere around the end of a page. */
	got += b->page - draw(m, room);
	for (i = 0; i < room; i++)
		want[i] = draw(m, 4) ? 0 : draw(m, 256);
	memcpy(got, want, room);
	for (i = 0; i < n * per_bit; i++)
		if (m->dirty[first * per_bit + i])
			want[MODEL_GUARD + i / per_bit / 8] |=
				1 << i / per_bit % 8;

	CHECK_OK(__dirty_query(b, (struct dirty_query){
		.iova = MOCK_IOVA + first * per_bit * MOCK_PAGE,
		.length = n * per_bit * MOCK_PAGE,
		.page_size = per_bit * MOCK_PAGE,
		.bits = got + MODEL_GUARD,
		.flags = flags,
	}));
	for (i = 0; i < room; i++)
		CHECK_EQ(got[i], want[i]);
	if (flags)
		return;
	for (i = 0; i < n * per_bit; i++)
		model_mark(m, first * per_bit + i, 0);
}

static void against_model(const void *arg)
{
	struct dirty_bench b = dirty_bench_make(MOCK_IOMMUPT_DEFAULT);
	struct model m = {
		.seed = *(const unsigned int *)arg,
		.per_page = b.page / MOCK_PAGE,
	};
	unsigned char *bitmap = mem_pages(2);
	int round;

	harness_note("seed %u", m.seed);
	model_map(&m, &b);
	dirty_track(&b);
	for (round = 0; round < 400; round++) {
		if (draw(&m, 3) == 0)
			model_write(&m, &b);
		else
			model_query(&m, &b, bitmap);
	}
}

static const unsigned int seeds[] = { 1, 20261121, 4711, 31337 };

static const struct test_case cases[] = {
	{ .name = "seed_1", .fn_arg = against_model, .arg = &seeds[0] },
	{ .name = "seed_2", .fn_arg = against_model, .arg = &seeds[1] },
	{ .name = "seed_3", .fn_arg = against_model, .arg = &seeds[2] },
	{ .name = "seed_4", .fn_arg = against_model, .arg = &seeds[3] },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
