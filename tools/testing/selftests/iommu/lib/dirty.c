// SPDX-License-Identifier: GPL-2.0-only
/* Dirty tracking: page tables that keep dirty bits, writes, and bitmaps. */
#include <iommufd.h>
#include <stdint.h>

#include "dirty.h"
#include "harness.h"
#include "memory.h"

int __dirty_hwpt_alloc(int fd, struct iommu_hwpt_alloc *cmd)
{
	cmd->flags |= IOMMU_HWPT_ALLOC_DIRTY_TRACKING;
	return __hwpt_alloc(fd, cmd);
}

static __u32 dirty_hwpt(int fd, __u32 dev, __u32 ioas, __u32 type)
{
	struct iommu_hwpt_selftest data = { .pagetable_type = type };
	struct iommu_hwpt_alloc cmd = {
		.dev_id = dev,
		.pt_id = ioas,
		.data_type = IOMMU_HWPT_DATA_SELFTEST,
		.data_len = sizeof(data),
		.data_uptr = (uintptr_t)&data,
	};

	CHECK_OK(__dirty_hwpt_alloc(fd, &cmd));
	return cmd.out_hwpt_id;
}

struct dirty_bench dirty_bench_make(__u32 type)
{
	struct dirty_bench b = { .fd = mock_open(), .page = page_size() };

	b.ioas = ioas_alloc(b.fd);
	b.dev = mock_attach(b.fd, b.ioas);
	b.hwpt = dirty_hwpt(b.fd, b.dev.idev, b.ioas, type);
	mock_replace(b.fd, &b.dev, b.hwpt);
	b.before = footprint_take(b.fd);
	return b;
}

int __dirty_track(struct dirty_bench *b, __u32 hwpt, __u32 flags)
{
	return iommufd_dirty_track(b->fd, hwpt, flags);
}

void dirty_track(struct dirty_bench *b)
{
	CHECK_OK(__dirty_track(b, b->hwpt, DIRTY_ENABLE));
}

int __dirty_write(struct dirty_bench *b, __u64 iova, __u64 length,
		  const void *bits, __u64 *count)
{
	struct iommu_test_cmd cmd = {
		.id = b->hwpt,
		.dirty = {
			.iova = iova,
			.length = length,
			.page_size = MOCK_PAGE,
			.uptr = (uintptr_t)bits,
		},
	};
	int rc = __mock_cmd(b->fd, IOMMU_TEST_OP_DIRTY, &cmd);

	*count = cmd.dirty.out_nr_dirty;
	return rc;
}

void dirty_write(struct dirty_bench *b, __u64 iova)
{
	unsigned char one = 1;
	__u64 count;

	CHECK_OK(__dirty_write(b, iova, MOCK_PAGE, &one, &count));
	CHECK_EQ(count, 1);
}

int __dirty_query(struct dirty_bench *b, struct dirty_query q)
{
	struct iommu_hwpt_get_dirty_bitmap cmd = {
		.size = sizeof(cmd),
		.hwpt_id = b->hwpt,
		.flags = q.flags,
		.iova = q.iova,
		.length = q.length,
		.page_size = q.page_size,
		.data = (uintptr_t)q.bits,
	};

	return iommufd_dirty_read(b->fd, &cmd);
}

__u64 dirty_peek(struct dirty_bench *b, __u64 iova, unsigned int npages)
{
	__u64 bits = 0;

	CHECK_OK(__dirty_query(b, (struct dirty_query){
		.iova = iova,
		.length = npages * MOCK_PAGE,
		.page_size = MOCK_PAGE,
		.bits = &bits,
		.flags = DIRTY_NO_CLEAR,
	}));
	return bits;
}

void *dirty_map(struct dirty_bench *b, unsigned int npages)
{
	void *va = mem_pages(npages);

	ioas_map_at(b->fd, b->ioas, va, npages * b->page, MOCK_IOVA);
	return va;
}
