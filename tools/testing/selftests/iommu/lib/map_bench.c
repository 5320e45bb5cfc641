// SPDX-License-Identifier: GPL-2.0-only
/* An IOAS with a device, and memory to map into it. */
#include "harness.h"
#include "map_bench.h"
#include "memory.h"

struct map_bench map_bench_make(void)
{
	struct map_bench b = { .fd = mock_open(), .page = page_size() };

	b.ioas = ioas_alloc(b.fd);
	b.dev = mock_attach(b.fd, b.ioas);
	b.va = mem_pages(4);
	b.before = footprint_take(b.fd);
	return b;
}

void map_refuse(struct map_bench *b, struct iommu_ioas_map map,
		int errnum)
{
	CHECK_ERR(__ioas_map(b->fd, &map), errnum);
	footprint_check(&b->before);
	CHECK_EQ(ioas_unmap_all(b->fd, b->ioas), 0);
}
