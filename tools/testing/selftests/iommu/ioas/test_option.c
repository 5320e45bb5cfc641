// SPDX-License-Identifier: GPL-2.0-only
/* IOMMU_OPTION (P): RLIMIT_MODE and HUGE_PAGES. */
#include <errno.h>
#include <linux/capability.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"
#include "lib/proc.h"

static void option_refusals(void)
{
	struct iommu_option option = {
		.option_id = IOMMU_OPTION_RLIMIT_MODE,
		.op = IOMMU_OPTION_OP_GET,
		.__reserved = 1,
	};
	int fd = iommu_open();

	CHECK_ERR(__option(fd, &option), EOPNOTSUPP);
	option.__reserved = 0;
	option.option_id = 2;
	CHECK_ERR(__option(fd, &option), EOPNOTSUPP);
	option.option_id = ~0U;
	CHECK_ERR(__option(fd, &option), EOPNOTSUPP);
	option.option_id = IOMMU_OPTION_RLIMIT_MODE;
	option.op = 2;
	CHECK_ERR(__option(fd, &option), EOPNOTSUPP);
	option.op = 0xffff;
	CHECK_ERR(__option(fd, &option), EOPNOTSUPP);
	option.option_id = IOMMU_OPTION_HUGE_PAGES;
	option.object_id = ioas_alloc(fd);
	CHECK_ERR(__option(fd, &option), EOPNOTSUPP);
}

static void rlimit_mode_values(void)
{
	struct iommu_option option = {
		.option_id = IOMMU_OPTION_RLIMIT_MODE,
		.op = IOMMU_OPTION_OP_GET,
		.object_id = 1,
	};
	int fd = iommu_open();

	CHECK_EQ(option_rlimit_mode(fd), 0);
	CHECK_ERR(__option(fd, &option), EOPNOTSUPP);
	option.op = IOMMU_OPTION_OP_SET;
	CHECK_ERR(__option(fd, &option), EOPNOTSUPP);
	CHECK_ERR(__option_rlimit_mode(fd, 2), EINVAL);
	CHECK_ERR(__option_rlimit_mode(fd, ~0ULL), EINVAL);
	CHECK_ERR(__option_rlimit_mode(fd, 1ULL << 32), EINVAL);
	CHECK_EQ(option_rlimit_mode(fd), 0);
	CHECK_OK(__option_rlimit_mode(fd, 1));
	CHECK_EQ(option_rlimit_mode(fd), 1);
	CHECK_OK(__option_rlimit_mode(fd, 0));
	CHECK_EQ(option_rlimit_mode(fd), 0);
}

static void rlimit_mode_busy(void)
{
	int fd = iommu_open();
	__u32 ioas = ioas_alloc(fd);

	CHECK_ERR(__option_rlimit_mode(fd, 1), EBUSY);
	CHECK_EQ(option_rlimit_mode(fd), 0);
	destroy(fd, ioas);
	CHECK_OK(__option_rlimit_mode(fd, 1));
}

static void rlimit_mode_privilege(void)
{
	int fd = iommu_open();

	proc_drop_cap(CAP_SYS_RESOURCE);
	CHECK_ERR(__option_rlimit_mode(fd, 1), EPERM);
	CHECK_EQ(option_rlimit_mode(fd), 0);
}

static __u64 huge_pages(int fd, __u32 ioas)
{
	struct iommu_option option = {
		.option_id = IOMMU_OPTION_HUGE_PAGES,
		.op = IOMMU_OPTION_OP_GET,
		.object_id = ioas,
		.val64 = 77,
	};

	CHECK_OK(__option(fd, &option));
	return option.val64;
}

static void huge_pages_values(void)
{
	struct iommu_option option = {
		.option_id = IOMMU_OPTION_HUGE_PAGES,
		.op = IOMMU_OPTION_OP_GET,
	};
	int fd = iommu_open();
	__u32 ioas = ioas_alloc(fd);

	CHECK_ERR(__option(fd, &option), ENOENT);
	CHECK_ERR(__option_huge_pages(fd, ioas + 50, 1), ENOENT);
	CHECK_EQ(huge_pages(fd, ioas), 1);
	CHECK_ERR(__option_huge_pages(fd, ioas, 2), EINVAL);
	CHECK_ERR(__option_huge_pages(fd, ioas, ~0ULL), EINVAL);
	CHECK_ERR(__option_huge_pages(fd, ioas, 1ULL << 32), EINVAL);
	CHECK_EQ(huge_pages(fd, ioas), 1);
	CHECK_OK(__option_huge_pages(fd, ioas, 0));
	CHECK_OK(__option_huge_pages(fd, ioas, 0));
	CHECK_EQ(huge_pages(fd, ioas), 0);
	CHECK_OK(__option_huge_pages(fd, ioas, 1));
	CHECK_EQ(huge_pages(fd, ioas), 1);
}

static void huge_pages_while_mapped(void)
{
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	struct mock_dev dev = mock_attach(fd, ioas);

	ioas_map_at(fd, ioas, mem_pages(1), page_size(), MOCK_IOVA);
	CHECK_ERR(__option_huge_pages(fd, ioas, 0), EINVAL);
	CHECK_OK(__option_huge_pages(fd, ioas, 1));
	/* Without a page table the areas alone are no hindrance. */
	destroy(fd, dev.stdev);
	CHECK_OK(__option_huge_pages(fd, ioas, 0));
	ioas_unmap_all(fd, ioas);
	CHECK_OK(__option_huge_pages(fd, ioas, 1));
}

static void huge_pages_misaligned(void)
{
	int fd = iommu_open();
	__u32 ioas = ioas_alloc(fd);

	ioas_map_at(fd, ioas, mem_pages(1), 512, 0x10200);
	CHECK_ERR(__option_huge_pages(fd, ioas, 0), EADDRINUSE);
	CHECK_EQ(huge_pages(fd, ioas), 1);
	ioas_unmap(fd, ioas, 0x10200, 512);
	CHECK_OK(__option_huge_pages(fd, ioas, 0));
}

/* Contiguous memory in small entries: the translations are the same. */
static void small_pages_translate(void)
{
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	struct mock_dev dev;
	size_t huge = thp_size();
	char *va = mem_thp(1);

	CHECK_OK(__option_huge_pages(fd, ioas, 0));
	dev = mock_attach(fd, ioas);
	ioas_map_at(fd, ioas, va, huge, MOCK_IOVA);
	mock_check_map(fd, dev.hwpt, MOCK_IOVA, va, huge);
	ioas_unmap(fd, ioas, MOCK_IOVA, huge);
	mock_check_hole(fd, dev.hwpt, MOCK_IOVA, va, huge);
}

static const struct test_case cases[] = {
	{ .name = "P1_refusals", .fn = option_refusals },
	{ .name = "P_rlimit_mode_values", .fn = rlimit_mode_values },
	{ .name = "P_rlimit_mode_busy", .fn = rlimit_mode_busy },
	{ .name = "P_rlimit_mode_privilege", .fn = rlimit_mode_privilege },
	{ .name = "P_huge_pages_values", .fn = huge_pages_values },
	{ .name = "P_huge_pages_while_mapped", .fn = huge_pages_while_mapped },
	{ .name = "P_huge_pages_misaligned", .fn = huge_pages_misaligned },
	{ .name = "P_small_pages_translate", .fn = small_pages_translate },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
