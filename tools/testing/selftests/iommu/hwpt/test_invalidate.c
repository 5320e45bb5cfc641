// SPDX-License-Identifier: GPL-2.0-only
/* HWPT_INVALIDATE (I): entries done are told on every path. */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/nest.h"

#define ALL IOMMU_TEST_INVALIDATE_FLAG_ALL
#define CACHE IOMMU_TEST_DEV_CACHE_DEFAULT
#define VIRT_ID 0x1234

struct bench {
	struct nest n;
	__u32 nested;
	__u32 viommu;
	__u32 vdevice;
};

static struct bench bench_make(void)
{
	struct bench b = { .n = nest_make() };
	struct nest *n = &b.n;

	b.nested = nested_alloc(n->fd, n->dev.idev, n->parent);
	b.viommu = viommu_alloc(n->fd, n->dev.idev, n->parent);
	b.vdevice = vdevice_alloc(n->fd, b.viommu, n->dev.idev, VIRT_ID);
	nest_mark(n);
	return b;
}

static struct iommu_hwpt_invalidate
iotlb_args(__u32 hwpt, const struct iommu_hwpt_invalidate_selftest *list,
	   __u32 num)
{
	struct iommu_hwpt_invalidate cmd = {
		.hwpt_id = hwpt,
		.data_uptr = (uintptr_t)list,
		.data_type = IOMMU_HWPT_INVALIDATE_DATA_SELFTEST,
		.entry_len = sizeof(*list),
		.entry_num = num,
	};

	return cmd;
}

static struct iommu_hwpt_invalidate
cache_args(__u32 viommu, const struct iommu_viommu_invalidate_selftest *list,
	   __u32 num)
{
	struct iommu_hwpt_invalidate cmd = {
		.hwpt_id = viommu,
		.data_uptr = (uintptr_t)list,
		.data_type = IOMMU_VIOMMU_INVALIDATE_DATA_SELFTEST,
		.entry_len = sizeof(*list),
		.entry_num = num,
	};

	return cmd;
}

/* Bit n of @cleared: slot n must be 0; any other keeps its first value. */
static void check_iotlb(struct bench *b, unsigned int cleared)
{
	__u32 slot;

	for (slot = 0; slot < MOCK_NESTED_DOMAIN_IOTLB_NUM; slot++)
		CHECK_OK(__check_iotlb(b->n.fd, b->nested, slot,
				       cleared & 1U << slot ? 0 : NEST_IOTLB));
}

static void check_cache(struct bench *b, unsigned int cleared)
{
	__u32 slot;

	for (slot = 0; slot < MOCK_DEV_CACHE_NUM; slot++)
		CHECK_OK(__check_cache(b->n.fd, b->n.dev.idev, slot,
				       cleared & 1U << slot ? 0 : CACHE));
}

/* Refused with @done entries done. */
static void refuse(struct bench *b, struct iommu_hwpt_invalidate cmd,
		   int errnum, __u32 done)
{
	REFUSED(&b->n, __invalidate(b->n.fd, &cmd), errnum);
	CHECK_EQ(cmd.entry_num, done);
}

static void slots(void)
{
	struct bench b = bench_make();
	struct iommu_hwpt_invalidate_selftest list[] = {
		{ .iotlb_id = 1 }, { .iotlb_id = 3 }, { .iotlb_id = 1 },
	};
	struct iommu_hwpt_invalidate cmd = iotlb_args(b.nested, list, 1);

	check_iotlb(&b, 0);
	CHECK_OK(__invalidate(b.n.fd, &cmd));
	CHECK_EQ(cmd.entry_num, 1);
	check_iotlb(&b, 1U << 1);
	cmd.entry_num = 3;
	CHECK_OK(__invalidate(b.n.fd, &cmd));
	CHECK_EQ(cmd.entry_num, 3);
	check_iotlb(&b, 1U << 1 | 1U << 3);
	list[0] = (struct iommu_hwpt_invalidate_selftest){ .flags = ALL };
	cmd.entry_num = 1;
	CHECK_OK(__invalidate(b.n.fd, &cmd));
	check_iotlb(&b, 0xf);
	nest_end(&b.n);
}

/* I8: what stands before the bad entry is done, what follows is not. */
static void bad_entries(void)
{
	struct bench b = bench_make();
	struct iommu_hwpt_invalidate_selftest list[] = {
		{ .iotlb_id = 0 }, { .iotlb_id = 2 }, {}, { .iotlb_id = 3 },
	};

	list[2].flags = ALL << 1;
	refuse(&b, iotlb_args(b.nested, list, 4), EOPNOTSUPP, 2);
	check_iotlb(&b, 1U << 0 | 1U << 2);
	list[2].flags = 0;
	list[2].iotlb_id = MOCK_NESTED_DOMAIN_IOTLB_ID_MAX + 1;
	refuse(&b, iotlb_args(b.nested, list, 4), EINVAL, 2);
	check_iotlb(&b, 1U << 0 | 1U << 2);
	refuse(&b, iotlb_args(b.nested, &list[2], 1), EINVAL, 0);
	nest_end(&b.n);
}

/* The array ends in memory that is not there. */
static void unreadable_tail(void)
{
	struct bench b = bench_make();
	struct iommu_hwpt_invalidate_selftest list[] = {
		{ .iotlb_id = 1 }, { .iotlb_id = 2 },
	};
	void *edge = mem_before_hole(list, sizeof(list));

	refuse(&b, iotlb_args(b.nested, edge, 3), EFAULT, 2);
	check_iotlb(&b, 1U << 1 | 1U << 2);
	refuse(&b, iotlb_args(b.nested, mem_nowhere(), 1), EFAULT, 0);
	nest_end(&b.n);
}

static void probe(void)
{
	struct bench b = bench_make();
	struct iommu_hwpt_invalidate cmd = iotlb_args(b.nested, NULL, 0);

	cmd.entry_len = 0;
	CHECK_OK(__invalidate(b.n.fd, &cmd));
	CHECK_EQ(cmd.entry_num, 0);
	cmd.data_type = IOMMU_HWPT_INVALIDATE_DATA_SELFTEST_INVALID;
	CHECK_ERR(__invalidate(b.n.fd, &cmd), EINVAL);
	cmd = cache_args(b.viommu, NULL, 0);
	CHECK_OK(__invalidate(b.n.fd, &cmd));
	cmd.data_type = IOMMU_VIOMMU_INVALIDATE_DATA_SELFTEST_INVALID;
	CHECK_ERR(__invalidate(b.n.fd, &cmd), EINVAL);
	CHECK_EQ(cmd.entry_num, 0);
	/* that is an answer, and no mistake */
	CHECK_EQ(trace_rejects(&b.n.trace, &b.n.last), 0);
	check_iotlb(&b, 0);
	check_cache(&b, 0);
	nest_end(&b.n);
}

static void refuse_fields(struct bench *b, struct iommu_hwpt_invalidate good)
{
	struct iommu_hwpt_invalidate cmd;

	cmd = good;
	cmd.__reserved = 1;
	refuse(b, cmd, EOPNOTSUPP, 0);
	cmd = good;
	cmd.data_uptr = 0;
	refuse(b, cmd, EINVAL, 0);
	cmd = good;
	cmd.entry_len = 0;
	refuse(b, cmd, EINVAL, 0);
	cmd.entry_len = 4;
	refuse(b, cmd, EINVAL, 0);
	cmd.entry_len = good.entry_len + 4;
	refuse(b, cmd, EINVAL, 0);
	cmd.entry_len = b->n.page + 1;
	refuse(b, cmd, EINVAL, 0);
	cmd = good;
	cmd.entry_num = (1U << 19) + 1;
	refuse(b, cmd, EINVAL, 0);
	cmd.entry_num = ~0U;
	refuse(b, cmd, EINVAL, 0);
	cmd = good;
	cmd.data_type = 0x4711;
	refuse(b, cmd, EINVAL, 0);
}

static void fields(void)
{
	struct iommu_hwpt_invalidate_selftest iotlb = { .flags = ALL };
	struct iommu_viommu_invalidate_selftest cache = {
		.flags = ALL,
		.vdev_id = VIRT_ID,
	};
	struct bench b = bench_make();

	refuse_fields(&b, iotlb_args(b.nested, &iotlb, 1));
	refuse_fields(&b, cache_args(b.viommu, &cache, 1));
	check_iotlb(&b, 0);
	check_cache(&b, 0);
	nest_end(&b.n);
}

/* I3, I4 */
static void objects(void)
{
	struct iommu_hwpt_invalidate_selftest entry = { .flags = ALL };
	struct bench b = bench_make();
	const __u32 wrong[] = {
		b.n.ioas, b.n.parent, b.n.dev.hwpt, b.n.dev.idev,
		b.n.dev.stdev, b.vdevice,
	};
	const __u32 missing[] = { 0, 1000, 0x7fffffff, ~0U };
	size_t i;

	for (i = 0; i < ARRAY_LEN(wrong); i++)
		refuse(&b, iotlb_args(wrong[i], &entry, 1), EINVAL, 0);
	for (i = 0; i < ARRAY_LEN(missing); i++)
		refuse(&b, iotlb_args(missing[i], &entry, 1), ENOENT, 0);
	check_iotlb(&b, 0);
	nest_end(&b.n);
}

/* The answer cannot be written: the work is done all the same. */
static void answer_lost(void)
{
	struct iommu_hwpt_invalidate_selftest entry = { .flags = ALL };
	struct bench b = bench_make();
	struct iommu_hwpt_invalidate cmd = iotlb_args(b.nested, &entry, 1);
	void *fixed;

	cmd.size = sizeof(cmd);
	fixed = mem_readonly(&cmd, sizeof(cmd));
	REFUSED(&b.n, __iommu_cmd(b.n.fd, IOMMU_HWPT_INVALIDATE, fixed),
		EFAULT);
	check_iotlb(&b, 0xf);
	/* it goes before every other error */
	cmd.data_type = 0x4711;
	fixed = mem_readonly(&cmd, sizeof(cmd));
	REFUSED(&b.n, __iommu_cmd(b.n.fd, IOMMU_HWPT_INVALIDATE, fixed),
		EFAULT);
	nest_end(&b.n);
}

static void device_caches(void)
{
	struct bench b = bench_make();
	struct iommu_viommu_invalidate_selftest list[] = {
		{ .vdev_id = VIRT_ID, .cache_id = 2 },
		{ .vdev_id = VIRT_ID, .cache_id = 0 },
		{ .vdev_id = VIRT_ID + 1, .cache_id = 1 },
	};
	struct iommu_hwpt_invalidate cmd = cache_args(b.viommu, list, 2);

	check_cache(&b, 0);
	CHECK_OK(__invalidate(b.n.fd, &cmd));
	CHECK_EQ(cmd.entry_num, 2);
	check_cache(&b, 1U << 2 | 1U << 0);
	refuse(&b, cache_args(b.viommu, list, 3), EINVAL, 2);
	list[2] = (struct iommu_viommu_invalidate_selftest){
		.vdev_id = VIRT_ID,
		.cache_id = MOCK_DEV_CACHE_ID_MAX + 1,
	};
	refuse(&b, cache_args(b.viommu, list, 3), EINVAL, 2);
	list[2].flags = ALL << 3;
	refuse(&b, cache_args(b.viommu, list, 3), EOPNOTSUPP, 2);
	check_cache(&b, 1U << 2 | 1U << 0);
	list[2].flags = ALL;
	list[2].cache_id = 0;
	cmd = cache_args(b.viommu, &list[2], 1);
	CHECK_OK(__invalidate(b.n.fd, &cmd));
	check_cache(&b, 0xf);
	nest_end(&b.n);
}

/* A device that has no vdevice any more is not there for the guest. */
static void device_left(void)
{
	struct bench b = bench_make();
	struct iommu_viommu_invalidate_selftest entry = {
		.flags = ALL,
		.vdev_id = VIRT_ID,
	};

	destroy(b.n.fd, b.vdevice);
	nest_mark(&b.n);
	refuse(&b, cache_args(b.viommu, &entry, 1), EINVAL, 0);
	check_cache(&b, 0);
	nest_end(&b.n);
}

/* As many entries as one call takes, the last one bad. */
static void longest_array(void)
{
	const __u32 num = 1U << 19;
	struct iommu_hwpt_invalidate_selftest *list;
	struct bench b = bench_make();

	list = mmap(NULL, num * sizeof(*list), PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(list != MAP_FAILED);
	list[num - 1].iotlb_id = 99;
	refuse(&b, iotlb_args(b.nested, list, num), EINVAL, num - 1);
	check_iotlb(&b, 1U << 0);
	nest_end(&b.n);
}

static const struct test_case cases[] = {
	{ .name = "I7_slots", .fn = slots },
	{ .name = "I8_bad_entries", .fn = bad_entries },
	{ .name = "I7_unreadable_tail", .fn = unreadable_tail },
	{ .name = "I6_probe", .fn = probe },
	{ .name = "I1_I2_fields", .fn = fields },
	{ .name = "I3_I4_objects", .fn = objects },
	{ .name = "I7_answer_lost", .fn = answer_lost },
	{ .name = "I8_device_caches", .fn = device_caches },
	{ .name = "I8_device_left", .fn = device_left },
	{ .name = "I2_longest_array", .fn = longest_array },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
