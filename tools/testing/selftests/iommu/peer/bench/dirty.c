// SPDX-License-Identifier: GPL-2.0-only
/* What it costs to read dirty bits, with the mock's page tables. */
#include <stdlib.h>
#include <string.h>

#include "lib/dirty.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "bench.h"

#define NBYTES (128ul << 20)
#define NBITS (NBYTES / MOCK_PAGE)
#define ROUNDS 3

static void read_bits(struct dirty_bench *b, const char *what, __u64 length,
		      void *bits, __u32 flags, int all_written)
{
	struct dirty_query q = {
		MOCK_IOVA, length, MOCK_PAGE, bits, flags,
	};
	__u64 best = 0, count;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		__u64 begin, took;

		if (all_written) {
			memset(bits, 0xff, NBITS / 8);
			CHECK_OK(__dirty_write(b, MOCK_IOVA, NBYTES, bits,
					       &count));
		}
		memset(bits, 0, NBITS / 8);
		begin = bench_now();
		CHECK_OK(__dirty_query(b, q));
		took = bench_now() - begin;
		if (!best || took < best)
			best = took;
	}
	bench_print("dirty", what, best,
		    length == NBYTES ? NBYTES / b->page : 1);
}

void bench_dirty(void)
{
	struct dirty_bench b = dirty_bench_make(MOCK_IOMMUPT_DEFAULT);
	unsigned char *bits = malloc(NBITS / 8);

	CHECK(bits);
	dirty_map(&b, NBYTES / b.page);
	dirty_track(&b);
	read_bits(&b, "read one page", b.page, bits, 0, 0);
	read_bits(&b, "read, nothing written", NBYTES, bits, 0, 0);
	read_bits(&b, "read and clear, all written", NBYTES, bits, 0, 1);
	read_bits(&b, "read, all written", NBYTES, bits, DIRTY_NO_CLEAR, 1);
	free(bits);
}
