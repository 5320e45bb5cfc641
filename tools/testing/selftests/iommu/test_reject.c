// SPDX-License-Identifier: GPL-2.0-only
/* Every refusal tells the field and the reason in iommufd:iommufd_reject. */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"
#include "lib/trace.h"

struct bench {
	int fd;
	__u32 ioas;
	struct mock_dev dev;
	char *va;
	size_t page;
	struct trace trace;
};

static struct bench bench_make(void)
{
	struct bench b = {
		.trace = trace_open(),
		.fd = mock_open(),
		.page = page_size(),
		.va = mem_pages(4),
	};

	b.ioas = ioas_alloc(b.fd);
	b.dev = mock_attach(b.fd, b.ioas);
	ioas_map_at(b.fd, b.ioas, b.va, 2 * b.page, MOCK_IOVA);
	trace_clear(&b.trace);
	return b;
}

/* The refusal that just returned @rc must be the only event, and match. */
static void expect_event(struct bench *b, unsigned long request, int rc,
			 int errnum)
{
	struct reject reject;

	CHECK_ERR(rc, errnum);
	CHECK_EQ(trace_rejects(&b->trace, &reject), 1);
	harness_note("%s: %s", reject.field, reject.reason);
	CHECK_EQ(reject.cmd & 0xff, request & 0xff);
	CHECK_EQ(reject.err, errnum);
	CHECK(reject.field[0]);
	CHECK(reject.reason[0]);
	trace_clear(&b->trace);
}

static void refused_maps(void)
{
	struct bench b = bench_make();
	__u64 free = MOCK_IOVA + 16 * b.page;
	struct {
		struct iommu_ioas_map map;
		int errnum;
	} bad[] = {
		{ map_at(b.ioas, b.va, b.page, ~0ULL), EOVERFLOW },
		{ map_at(b.ioas + 100, b.va, b.page, free), ENOENT },
		{ map_at(b.ioas, (void *)-b.page, 2 * b.page, free),
		  EOVERFLOW },
		{ map_at(b.ioas, b.va, 0, free), EINVAL },
		{ map_at(b.ioas, b.va, 5, free), EINVAL },
		{ map_at(b.ioas, b.va, b.page, free + 1), EINVAL },
		{ map_at(b.ioas, b.va, b.page, 0), EINVAL },
		{ map_at(b.ioas, b.va, b.page, MOCK_IOVA), EEXIST },
		{ map_any(b.ioas, NULL, 1ULL << 62), ENOSPC },
		{ map_at(b.ioas, mem_nowhere(), b.page, free), EFAULT },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(bad); i++)
		expect_event(&b, IOMMU_IOAS_MAP, __ioas_map(b.fd, &bad[i].map),
			     bad[i].errnum);
}

static void refused_flags(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_map map = map_any(b.ioas, b.va, b.page);
	struct iommu_ioas_copy copy = copy_any(b.ioas, b.ioas, b.page,
					       MOCK_IOVA);
	struct iommu_ioas_alloc alloc = { .size = sizeof(alloc), .flags = 1 };

	map.flags |= 1U << 20;
	expect_event(&b, IOMMU_IOAS_MAP, __ioas_map(b.fd, &map), EOPNOTSUPP);
	map.flags = 0;
	expect_event(&b, IOMMU_IOAS_MAP, __ioas_map(b.fd, &map), EINVAL);
	copy.flags |= 1U << 20;
	expect_event(&b, IOMMU_IOAS_COPY, __ioas_copy(b.fd, &copy),
		     EOPNOTSUPP);
	expect_event(&b, IOMMU_IOAS_ALLOC,
		     __iommu_cmd(b.fd, IOMMU_IOAS_ALLOC, &alloc), EOPNOTSUPP);
}

static void refused_others(void)
{
	struct bench b = bench_make();
	static const struct iommu_iova_range backwards = { 2, 1 };
	struct iommu_ioas_copy hole = copy_any(b.ioas, b.ioas, b.page,
					       MOCK_IOVA + 64 * b.page);
	struct iommu_hwpt_alloc no_dev = { .pt_id = b.ioas };
	struct iommu_hwpt_alloc no_pt = { .dev_id = b.dev.idev };
	struct iommu_hw_info info = { .dev_id = b.dev.idev, .flags = 2 };
	struct iommu_ioas_iova_ranges ranges = { .__reserved = 1 };

	expect_event(&b, IOMMU_IOAS_COPY, __ioas_copy(b.fd, &hole), ENOENT);
	expect_event(&b, IOMMU_IOAS_UNMAP,
		     __ioas_unmap(b.fd, b.ioas, MOCK_IOVA, b.page, NULL),
		     ENOENT);
	expect_event(&b, IOMMU_IOAS_UNMAP,
		     __ioas_unmap(b.fd, b.ioas, MOCK_IOVA, 0, NULL), EINVAL);
	expect_event(&b, IOMMU_DESTROY, __destroy(b.fd, b.ioas), EBUSY);
	expect_event(&b, IOMMU_DESTROY, __destroy(b.fd, 1000), ENOENT);
	expect_event(&b, IOMMU_HWPT_ALLOC, __hwpt_alloc(b.fd, &no_dev),
		     ENOENT);
	expect_event(&b, IOMMU_HWPT_ALLOC, __hwpt_alloc(b.fd, &no_pt), EINVAL);
	expect_event(&b, IOMMU_GET_HW_INFO, __hw_info(b.fd, &info),
		     EOPNOTSUPP);
	expect_event(&b, IOMMU_OPTION,
		     __option_huge_pages(b.fd, b.ioas, 2), EINVAL);
	expect_event(&b, IOMMU_OPTION, __option_rlimit_mode(b.fd, 1), EBUSY);
	expect_event(&b, IOMMU_IOAS_ALLOW_IOVAS,
		     __ioas_allow(b.fd, b.ioas, &backwards, 1), EINVAL);
	expect_event(&b, IOMMU_IOAS_IOVA_RANGES,
		     __ioas_ranges(b.fd, b.ioas, &ranges), EOPNOTSUPP);
}

static void success_is_silent(void)
{
	struct bench b = bench_make();
	struct reject reject;

	ioas_unmap(b.fd, b.ioas, MOCK_IOVA, 2 * b.page);
	ioas_map_at(b.fd, b.ioas, b.va, b.page, MOCK_IOVA);
	destroy(b.fd, hwpt_alloc(b.fd, b.dev.idev, b.ioas));
	CHECK_EQ(trace_rejects(&b.trace, &reject), 0);
}

static const struct test_case cases[] = {
	{ .name = "refused_maps", .fn = refused_maps },
	{ .name = "refused_flags", .fn = refused_flags },
	{ .name = "refused_others", .fn = refused_others },
	{ .name = "success_is_silent", .fn = success_is_silent },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
