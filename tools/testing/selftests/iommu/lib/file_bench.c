// SPDX-License-Identifier: GPL-2.0-only
/* An IOAS with a device, and a memfd to map into it. */
#include <string.h>

#include "file_bench.h"
#include "harness.h"
#include "memory.h"

#define NPAGES 16

struct file_bench file_bench_make(void)
{
	struct file_bench b = { .fd = mock_open(), .page = page_size() };

	b.nbytes = NPAGES * b.page;
	b.ioas = ioas_alloc(b.fd);
	b.dev = mock_attach(b.fd, b.ioas);
	b.memfd = memfd_make(b.nbytes);
	b.va = memfd_view(b.memfd, b.nbytes);
	memset(b.va, 0x5a, b.nbytes);
	b.before = footprint_take(b.fd);
	return b;
}

struct iommu_ioas_map_file file_bench_whole(const struct file_bench *b)
{
	return file_at(b->ioas, b->memfd, 0, b->nbytes, MOCK_IOVA);
}

void file_refuse(struct file_bench *b, struct iommu_ioas_map_file map,
		 int errnum)
{
	CHECK_ERR(__ioas_map_file(b->fd, &map), errnum);
	footprint_check(&b->before);
	CHECK_EQ(ioas_unmap_all(b->fd, b->ioas), 0);
	mock_check_refs(b->fd, b->va, b->nbytes, 0);
}
