// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every refusal tells the field and the reason in iommufd:iommufd_reject:
 * Documentation/userspace-api/iommufd/reasons.rst.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/container.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"
#include "lib/nest.h"
#include "lib/trace.h"
#include "test_reject/recipe.h"

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

/* An errno that programs count on is out of the way of who searches a mistake. */
static void answers_apart(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_iova_ranges ranges = {};
	struct iommu_hwpt_invalidate probe = {
		.data_type = 0x4711,
		.entry_len = 8,
	};
	struct container c;
	struct reject reject;

	probe.hwpt_id = nested_alloc(b.fd, b.dev.idev,
				     nest_parent_alloc(b.fd, b.dev.idev,
						       b.ioas));
	trace_enable(&b.trace, "expected");
	CHECK_ERR(__ioas_ranges(b.fd, b.ioas, &ranges), EMSGSIZE);
	CHECK(ranges.num_iovas);
	CHECK_EQ(trace_count(&b.trace, "expected",
			     "op=IOMMU_IOAS_IOVA_RANGES"), 1);
	CHECK_ERR(__vfio_ioas(b.fd, IOMMU_VFIO_IOAS_GET, 0, 0), ENODEV);
	CHECK_EQ(trace_count(&b.trace, "expected", "op=IOMMU_VFIO_IOAS"), 1);
	CHECK(__invalidate(b.fd, &probe) < 0);
	CHECK_EQ(trace_count(&b.trace, "expected",
			     "op=IOMMU_HWPT_INVALIDATE"), 1);
	c = container_make(VFIO_TYPE1v2_IOMMU);
	vmap_all(&c);
	trace_clear(&b.trace);
	CHECK_ERR(__vmap(c.fd, c.va, MOCK_IOVA, c.page, MAP_RW), EEXIST);
	CHECK_EQ(trace_count(&b.trace, "expected", "op=VFIO_IOMMU_MAP_DMA"), 1);
	CHECK_EQ(trace_rejects(&b.trace, &reject), 0);
	/* a mistake of the same calls is one */
	ranges.__reserved = 1;
	CHECK_ERR(__ioas_ranges(b.fd, b.ioas, &ranges), EOPNOTSUPP);
	CHECK_ERR(__vmap(c.fd, c.va, MOCK_IOVA + 1, c.page, MAP_RW), EINVAL);
	CHECK_EQ(trace_rejects(&b.trace, &reject), 2);
}

#define FLOOD 500

/* Seconds in which there is an event, of the times that the trace shows. */
static int trace_seconds(const struct trace *trace)
{
	char path[128], line[512];
	long second, last = -1;
	int n = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/trace", trace->dir);
	file = fopen(path, "r");
	CHECK(file);
	while (fgets(line, sizeof(line), file)) {
		const char *found = strstr(line, ": iommufd_reject: ");

		if (!found)
			continue;
		while (found > line && found[-1] != ' ')
			found--;
		second = atol(found);
		n += second != last;
		last = second;
	}
	fclose(file);
	return n;
}

static int recipe_lines(const struct trace *trace, const char *what)
{
	int script = memfd_create("reasons.awk", 0);
	size_t len = strlen(reasons_awk);
	char text[512];
	int n = 0;
	FILE *pipe;

	CHECK_EQ(write(script, reasons_awk, len), (long long)len);
	snprintf(text, sizeof(text), "awk -f /proc/%d/fd/%d %s/trace",
		 getpid(), script, trace->dir);
	pipe = popen(text, "r");
	CHECK(pipe);
	while (fgets(text, sizeof(text), pipe))
		n += !!strstr(text, what);
	CHECK_EQ(pclose(pipe), 0);
	CHECK_EQ(close(script), 0);
	return n;
}

/* One mistake, made all the time, does not hide another one. */
static void flood(void)
{
	struct bench b = bench_make();
	struct reject reject;
	int i;

	if (system("awk 'BEGIN { exit 0 }'"))
		harness_skip("no awk");
	for (i = 0; i < FLOOD; i++)
		CHECK_ERR(__ioas_map_at(b.fd, b.ioas, b.va, b.page,
					MOCK_IOVA + (i & 1) * b.page), EEXIST);
	CHECK_ERR(__destroy(b.fd, 1000), ENOENT);
	CHECK_EQ(trace_rejects(&b.trace, &reject), FLOOD + 1);
	CHECK_EQ(recipe_lines(&b.trace, "op=IOMMU_DESTROY"), 1);
	i = recipe_lines(&b.trace, "op=IOMMU_IOAS_MAP");
	harness_note("%d lines of %d events", i, FLOOD);
	CHECK(i >= 1 && i <= trace_seconds(&b.trace));
}

static const struct test_case cases[] = {
	{ .name = "refused_maps", .fn = refused_maps },
	{ .name = "refused_flags", .fn = refused_flags },
	{ .name = "refused_others", .fn = refused_others },
	{ .name = "success_is_silent", .fn = success_is_silent },
	{ .name = "answers_apart", .fn = answers_apart },
	{ .name = "flood", .fn = flood },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
