// SPDX-License-Identifier: GPL-2.0-only
/* HW_QUEUE_ALLOC (HQ): pinned guest memory in locked areas. */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "lib/container.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/nest.h"

#define HUGE (2UL << 20)
#define AREA_LOCKED "a hardware queue lies in the area (value: its start)"

struct bench {
	struct nest n;
	__u32 viommu;
	char *va;
};

/* One huge page of guest memory, hence physically contiguous. */
static struct bench bench_make(void)
{
	struct bench b = { .n = nest_make(), .va = mem_hugetlb(1) };

	b.viommu = viommu_alloc(b.n.fd, b.n.dev.idev, b.n.parent);
	ioas_map_at(b.n.fd, b.n.ioas, b.va, HUGE, MOCK_IOVA);
	nest_mark(&b.n);
	return b;
}

static struct iommu_hw_queue_alloc good(const struct bench *b)
{
	struct iommu_hw_queue_alloc cmd = {
		.viommu_id = b->viommu,
		.type = IOMMU_HW_QUEUE_TYPE_SELFTEST,
		.nesting_parent_iova = MOCK_IOVA,
		.length = b->n.page,
	};

	return cmd;
}

static __u32 queue_alloc(struct bench *b, __u32 index, __u64 iova,
			 __u64 length)
{
	struct iommu_hw_queue_alloc cmd = good(b);
	struct reject reject;

	cmd.index = index;
	cmd.nesting_parent_iova = iova;
	cmd.length = length;
	if (__hw_queue_alloc(b->n.fd, &cmd)) {
		trace_rejects(&b->n.trace, &reject);
		harness_fail(__FILE__, __LINE__, "at %llx, %llx bytes: %s: %s",
			     iova, length, reject.field, reject.reason);
	}
	CHECK(cmd.out_hw_queue_id);
	return cmd.out_hw_queue_id;
}

static void refuse(struct bench *b, struct iommu_hw_queue_alloc cmd,
		   int errnum)
{
	REFUSED(&b->n, __hw_queue_alloc(b->n.fd, &cmd), errnum);
}

static void unmap_refused(struct bench *b)
{
	__u64 unmapped = 1;

	nest_mark(&b->n);
	REFUSED_AS(&b->n, __ioas_unmap(b->n.fd, b->n.ioas, MOCK_IOVA, HUGE,
				       &unmapped), EBUSY, AREA_LOCKED);
	REFUSED_AS(&b->n, __ioas_unmap(b->n.fd, b->n.ioas, 0, ~0ULL,
				       &unmapped), EBUSY, AREA_LOCKED);
	mock_check_map(b->n.fd, b->n.parent, MOCK_IOVA, b->va, HUGE);
}

/* HQ8 */
static void area_is_locked(void)
{
	struct bench b = bench_make();
	__u32 queue = queue_alloc(&b, 0, MOCK_IOVA, b.n.page);

	unmap_refused(&b);
	nest_mark(&b.n);
	REFUSED(&b.n, __destroy(b.n.fd, b.viommu), EBUSY);
	destroy(b.n.fd, queue);
	ioas_unmap(b.n.fd, b.n.ioas, MOCK_IOVA, HUGE);
	destroy(b.n.fd, b.viommu);
	nest_end(&b.n);
}

/* The calls of a VFIO container respect the lock, too. */
static void container_unmap(void)
{
	struct bench b = bench_make();
	__u64 unmapped = 1;
	__u32 queue;

	CHECK_OK(__vfio_ioas(b.n.fd, IOMMU_VFIO_IOAS_SET, b.n.ioas, 0));
	queue = queue_alloc(&b, 0, MOCK_IOVA, b.n.page);
	nest_mark(&b.n);
	REFUSED_AS(&b.n, __vunmap(b.n.fd, MOCK_IOVA, HUGE, 0, &unmapped), EBUSY,
		   AREA_LOCKED);
	CHECK_EQ(unmapped, 0);
	mock_check_map(b.n.fd, b.n.parent, MOCK_IOVA, b.va, HUGE);
	destroy(b.n.fd, queue);
	CHECK_OK(__vunmap(b.n.fd, MOCK_IOVA, HUGE, 0, &unmapped));
	CHECK_EQ(unmapped, HUGE);
	nest_end(&b.n);
}

static void other_areas_are_free(void)
{
	struct bench b = bench_make();
	__u64 other = MOCK_IOVA + HUGE;

	ioas_map_at(b.n.fd, b.n.ioas, mem_pages(1), b.n.page, other);
	queue_alloc(&b, 0, MOCK_IOVA + 3 * b.n.page, b.n.page);
	ioas_unmap(b.n.fd, b.n.ioas, other, b.n.page);
	unmap_refused(&b);
	nest_end(&b.n);
}

/* Any length and alignment within one physical run, more than one window. */
static void runs(void)
{
	struct bench b = bench_make();
	size_t page = b.n.page;
	const struct {
		__u64 offset;
		__u64 length;
	} run[] = {
		{ 0, 1 }, { 0, HUGE }, { HUGE - 1, 1 }, { 100, 8 },
		{ page - 1, 2 }, { 10, HUGE - 20 }, { page, HUGE - page },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(run); i++) {
		destroy(b.n.fd, queue_alloc(&b, 0, MOCK_IOVA + run[i].offset,
					    run[i].length));
		footprint_check(&b.n.before);
	}
	ioas_unmap(b.n.fd, b.n.ioas, MOCK_IOVA, HUGE);
	nest_end(&b.n);
}

/* A queue may lie in several areas: all of them are locked. */
static void run_of_areas(void)
{
	struct nest n = nest_make();
	struct bench b = { .n = n, .va = mem_hugetlb(2) };
	__u64 iova = MOCK_IOVA;
	__u32 queue;
	int i;

	b.viommu = viommu_alloc(n.fd, n.dev.idev, n.parent);
	for (i = 0; i < 4; i++, iova += HUGE / 4)
		ioas_map_at(n.fd, n.ioas, b.va + i * (HUGE / 4), HUGE / 4,
			    iova);
	queue = queue_alloc(&b, 0, MOCK_IOVA + HUGE / 4 + 1, HUGE / 2);
	/* 1 to 3 are locked */
	ioas_unmap(n.fd, n.ioas, MOCK_IOVA, HUGE / 4);
	for (i = 1; i < 4; i++)
		CHECK_ERR(__ioas_unmap(n.fd, n.ioas,
				       MOCK_IOVA + i * (HUGE / 4), HUGE / 4,
				       NULL), EBUSY);
	destroy(n.fd, queue);
	ioas_unmap_all(n.fd, n.ioas);
	nest_end(&n);
}

static void fields(void)
{
	struct bench b = bench_make();
	struct iommu_hw_queue_alloc cmd;
	const __u32 ids[] = { 0, b.n.ioas, b.n.parent, b.n.dev.idev, 1000 };
	size_t i;

	for (i = 0; i < 32; i++) {
		cmd = good(&b);
		cmd.flags = 1U << i;
		refuse(&b, cmd, EOPNOTSUPP);
	}
	cmd = good(&b);
	cmd.type = IOMMU_HW_QUEUE_TYPE_DEFAULT;
	refuse(&b, cmd, EOPNOTSUPP);
	cmd.type = IOMMU_HW_QUEUE_TYPE_TEGRA241_CMDQV;
	refuse(&b, cmd, EOPNOTSUPP);
	cmd = good(&b);
	cmd.length = 0;
	refuse(&b, cmd, EINVAL);
	cmd.length = -MOCK_IOVA + 1;
	refuse(&b, cmd, EOVERFLOW);
	cmd.length = ~0ULL;
	refuse(&b, cmd, EOVERFLOW);
	cmd.nesting_parent_iova = 1;
	refuse(&b, cmd, ERANGE);
	cmd = good(&b);
	cmd.nesting_parent_iova = ~0ULL;
	cmd.length = 2;
	refuse(&b, cmd, EOVERFLOW);
	for (i = 0; i < ARRAY_LEN(ids); i++) {
		cmd = good(&b);
		cmd.viommu_id = ids[i];
		refuse(&b, cmd, ENOENT);
	}
	nest_end(&b.n);
}

/* HQ5, HQ6 */
static void memory(void)
{
	struct bench b = bench_make();
	struct iommu_hw_queue_alloc cmd = good(&b);
	__u64 far = MOCK_IOVA + 4 * HUGE;
	char *va = mem_pages(64);
	int i;

	cmd.nesting_parent_iova = MOCK_IOVA + HUGE;
	refuse(&b, cmd, ENOENT);
	cmd.nesting_parent_iova = MOCK_IOVA - 1;
	refuse(&b, cmd, ENOENT);
	cmd.nesting_parent_iova = MOCK_IOVA + HUGE - 1;
	cmd.length = 2;
	refuse(&b, cmd, ENOENT);
	cmd.nesting_parent_iova = MOCK_IOVA;
	cmd.length = 1ULL << 62;
	refuse(&b, cmd, ENOENT);

	/* every other page is left out: neighbours do not follow each other */
	for (i = 0; i < 32; i++)
		ioas_map_at(b.n.fd, b.n.ioas, va + 2 * i * b.n.page, b.n.page,
			    far + i * b.n.page);
	nest_mark(&b.n);
	cmd.nesting_parent_iova = far;
	cmd.length = 32 * b.n.page;
	REFUSED_AS(&b.n, __hw_queue_alloc(b.n.fd, &cmd), EFAULT,
		   "the memory of the queue is not physically contiguous (value: where)");
	/* nothing is locked any more */
	ioas_unmap_all(b.n.fd, b.n.ioas);
	nest_end(&b.n);
}

/* The break is beyond the first window. */
static void late_break(void)
{
	struct bench b = bench_make();
	struct iommu_hw_queue_alloc cmd = good(&b);

	ioas_map_at(b.n.fd, b.n.ioas, b.va, b.n.page, MOCK_IOVA + HUGE);
	nest_mark(&b.n);
	cmd.length = HUGE + b.n.page;
	refuse(&b, cmd, EFAULT);
	ioas_unmap_all(b.n.fd, b.n.ioas);
	nest_end(&b.n);
}

static void protection(void)
{
	struct bench b = bench_make();
	struct iommu_ioas_map map = map_at(b.n.ioas, b.va, b.n.page,
					   MOCK_IOVA + HUGE);
	struct iommu_hw_queue_alloc cmd = good(&b);

	map.flags &= ~IOMMU_IOAS_MAP_READABLE;
	ioas_map(b.n.fd, map);
	/* half a page: the area cannot be pinned as pages */
	ioas_map_at(b.n.fd, b.n.ioas, b.va, MOCK_PAGE,
		    MOCK_IOVA + 2 * HUGE);
	nest_mark(&b.n);
	cmd.nesting_parent_iova = MOCK_IOVA + HUGE;
	refuse(&b, cmd, EPERM);
	cmd.nesting_parent_iova = MOCK_IOVA + 2 * HUGE;
	cmd.length = 8;
	refuse(&b, cmd, EINVAL);
	ioas_unmap_all(b.n.fd, b.n.ioas);
	nest_end(&b.n);
}

/* HQ7, HQ9 */
static void order(void)
{
	struct bench b = bench_make();
	struct iommu_hw_queue_alloc cmd = good(&b);
	__u32 first;
	__u32 second;

	cmd.index = 1;
	refuse(&b, cmd, EIO);
	cmd.index = IOMMU_TEST_HW_QUEUE_MAX;
	refuse(&b, cmd, EINVAL);
	cmd.index = ~0U;
	refuse(&b, cmd, EINVAL);

	first = queue_alloc(&b, 0, MOCK_IOVA, b.n.page);
	nest_mark(&b.n);
	cmd.index = 0;
	refuse(&b, cmd, EEXIST);
	/* both may be in the same memory */
	second = queue_alloc(&b, 1, MOCK_IOVA, b.n.page);
	nest_mark(&b.n);
	REFUSED(&b.n, __destroy(b.n.fd, first), EBUSY);
	destroy(b.n.fd, second);
	unmap_refused(&b);
	destroy(b.n.fd, first);
	ioas_unmap(b.n.fd, b.n.ioas, MOCK_IOVA, HUGE);
	nest_end(&b.n);
}

static void answer_lost(void)
{
	struct bench b = bench_make();
	struct iommu_hw_queue_alloc cmd = good(&b);

	cmd.size = sizeof(cmd);
	REFUSED(&b.n, __iommu_cmd(b.n.fd, IOMMU_HW_QUEUE_ALLOC,
				  mem_readonly(&cmd, sizeof(cmd))), EFAULT);
	ioas_unmap(b.n.fd, b.n.ioas, MOCK_IOVA, HUGE);
	nest_end(&b.n);
}

static void left_to_close(void)
{
	struct bench b = bench_make();

	queue_alloc(&b, 0, MOCK_IOVA, HUGE);
	queue_alloc(&b, 1, MOCK_IOVA + b.n.page, 10);
	nest_end(&b.n);
}

static const struct test_case cases[] = {
	{ .name = "HQ8_U9_area_is_locked", .fn = area_is_locked },
	{ .name = "U9_container_unmap", .fn = container_unmap },
	{ .name = "HQ8_other_areas_are_free", .fn = other_areas_are_free },
	{ .name = "HQ6_runs", .fn = runs },
	{ .name = "HQ8_run_of_areas", .fn = run_of_areas },
	{ .name = "HQ1_HQ5_fields", .fn = fields },
	{ .name = "HQ5_HQ6_memory", .fn = memory },
	{ .name = "HQ6_late_break", .fn = late_break },
	{ .name = "HQ5_protection", .fn = protection },
	{ .name = "HQ7_HQ9_order", .fn = order },
	{ .name = "HQ8_answer_lost", .fn = answer_lost },
	{ .name = "D5_left_to_close", .fn = left_to_close },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
