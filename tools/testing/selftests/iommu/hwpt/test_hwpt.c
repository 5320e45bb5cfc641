// SPDX-License-Identifier: GPL-2.0-only
/* HWPT_ALLOC of paging hwpts (H), GET_HW_INFO (GI), automatic hwpts (AD). */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"

struct bench {
	int fd;
	__u32 ioas;
	struct mock_dev dev;
	size_t page;
	struct footprint before;
};

static struct bench bench_make(void)
{
	struct bench b = { .fd = mock_open(), .page = page_size() };

	b.ioas = ioas_alloc(b.fd);
	b.dev = mock_attach(b.fd, b.ioas);
	b.before = footprint_take(b.fd);
	return b;
}

static struct iommu_hwpt_alloc good(const struct bench *b)
{
	struct iommu_hwpt_alloc cmd = {
		.dev_id = b->dev.idev,
		.pt_id = b->ioas,
	};

	return cmd;
}

static void refuse(struct bench *b, struct iommu_hwpt_alloc cmd, int errnum)
{
	CHECK_ERR(__hwpt_alloc(b->fd, &cmd), errnum);
	footprint_check(&b->before);
}

static void reserved_field(void)
{
	struct bench b = bench_make();
	struct iommu_hwpt_alloc cmd = good(&b);

	cmd.__reserved = 1;
	refuse(&b, cmd, EOPNOTSUPP);
}

static void second_reserved_field(void)
{
	struct bench b = bench_make();
	struct iommu_hwpt_alloc cmd = good(&b);

	cmd.__reserved2 = 1;
	refuse(&b, cmd, EOPNOTSUPP);
}

static void data_and_length(void)
{
	struct iommu_hwpt_selftest data = {};
	struct bench b = bench_make();
	struct iommu_hwpt_alloc cmd = good(&b);

	cmd.data_len = sizeof(data);
	cmd.data_uptr = (uintptr_t)&data;
	refuse(&b, cmd, EINVAL);
	cmd.data_type = IOMMU_HWPT_DATA_SELFTEST;
	cmd.data_len = 0;
	refuse(&b, cmd, EINVAL);
}

static void unknown_device(void)
{
	struct bench b = bench_make();
	const __u32 ids[] = { 0, b.ioas, b.dev.hwpt, b.dev.stdev, 1000, ~0U };
	struct iommu_hwpt_alloc cmd = good(&b);
	size_t i;

	for (i = 0; i < ARRAY_LEN(ids); i++) {
		cmd.dev_id = ids[i];
		refuse(&b, cmd, ENOENT);
	}
}

static void unknown_parent(void)
{
	struct bench b = bench_make();
	const __u32 ids[] = { 0, 1000, 0x7fffffff, ~0U };
	struct iommu_hwpt_alloc cmd = good(&b);
	size_t i;

	for (i = 0; i < ARRAY_LEN(ids); i++) {
		cmd.pt_id = ids[i];
		refuse(&b, cmd, EINVAL);
	}
}

static void parent_of_wrong_type(void)
{
	struct bench b = bench_make();
	struct iommu_hwpt_alloc cmd = good(&b);

	cmd.pt_id = b.dev.idev;
	refuse(&b, cmd, EINVAL);
	cmd.pt_id = b.dev.stdev;
	refuse(&b, cmd, EINVAL);
}

static void unknown_flags(void)
{
	struct bench b = bench_make();
	struct iommu_hwpt_alloc cmd = good(&b);
	int bit;

	for (bit = 4; bit < 32; bit++) {
		cmd.flags = 1U << bit;
		refuse(&b, cmd, EOPNOTSUPP);
	}
}

static void data_of_unknown_type(void)
{
	struct iommu_hwpt_selftest data = {};
	struct bench b = bench_make();
	struct iommu_hwpt_alloc cmd = good(&b);

	cmd.data_type = 0x4711;
	cmd.data_len = sizeof(data);
	cmd.data_uptr = (uintptr_t)&data;
	refuse(&b, cmd, EOPNOTSUPP);
}

static void fault_id_without_flag(void)
{
	struct bench b = bench_make();
	struct iommu_hwpt_alloc cmd = good(&b);

	cmd.fault_id = 12345;
	CHECK_OK(__hwpt_alloc(b.fd, &cmd));
	destroy(b.fd, cmd.out_hwpt_id);
	footprint_check(&b.before);
}

static void filled_before_visible(void)
{
	struct bench b = bench_make();
	char *va = mem_pages(32);
	__u32 hwpt;
	int i;

	for (i = 0; i < 32; i += 2)
		ioas_map_at(b.fd, b.ioas, va + i * b.page, b.page,
			    MOCK_IOVA + i * b.page);
	hwpt = hwpt_alloc(b.fd, b.dev.idev, b.ioas);
	for (i = 0; i < 32; i += 2)
		mock_check_map(b.fd, hwpt, MOCK_IOVA + i * b.page,
			       va + i * b.page, b.page);
	for (i = 1; i < 32; i += 2)
		mock_check_hole(b.fd, hwpt, MOCK_IOVA + i * b.page,
				va + i * b.page, b.page);
	ioas_unmap_all(b.fd, b.ioas);
	destroy(b.fd, hwpt);
}

/* The areas of the IOAS do not suit the page table. */
static void areas_conflict(void)
{
	struct bench b = bench_make();
	__u32 ioas = ioas_alloc(b.fd);
	struct iommu_hwpt_alloc cmd = good(&b);
	char *va = mem_pages(2);

	cmd.pt_id = ioas;
	b.before = footprint_take(b.fd);
	ioas_map_at(b.fd, ioas, va, 512, MOCK_IOVA);
	refuse(&b, cmd, EADDRINUSE);
	CHECK_EQ(ioas_unmap_all(b.fd, ioas), 512);
	ioas_map_at(b.fd, ioas, va, b.page, MOCK_IOVA + 512);
	refuse(&b, cmd, EADDRINUSE);
	CHECK_EQ(ioas_unmap_all(b.fd, ioas), b.page);
	ioas_map_at(b.fd, ioas, va, b.page, MOCK_IOVA - b.page);
	refuse(&b, cmd, EADDRINUSE);
	CHECK_EQ(ioas_unmap_all(b.fd, ioas), b.page);
	ioas_map_at(b.fd, ioas, va, 2 * b.page,
		    MOCK_APERTURE_LAST + 1ULL - b.page);
	refuse(&b, cmd, EADDRINUSE);
	CHECK_EQ(ioas_unmap_all(b.fd, ioas), 2 * b.page);
	ioas_map_at(b.fd, ioas, va, b.page, -b.page);
	refuse(&b, cmd, EADDRINUSE);
	CHECK_EQ(ioas_unmap_all(b.fd, ioas), b.page);
	ioas_allow(b.fd, ioas, 0x1000, 0x1fff);
	refuse(&b, cmd, EADDRINUSE);
	CHECK_OK(__ioas_allow(b.fd, ioas, NULL, 0));
	CHECK_EQ(ioas_alignment(b.fd, ioas), 1);
	CHECK_OK(__hwpt_alloc(b.fd, &cmd));
}

static void memory_conflict(void)
{
	struct bench b = bench_make();
	__u32 ioas = ioas_alloc(b.fd);
	struct iommu_hwpt_alloc cmd = good(&b);
	char *va = mem_pages(4);

	cmd.pt_id = ioas;
	ioas_map_at(b.fd, ioas, va, 4 * b.page, MOCK_IOVA);
	ioas_map_at(b.fd, ioas, mem_nowhere(), b.page,
		    MOCK_IOVA + 4 * b.page);
	b.before = footprint_take(b.fd);
	refuse(&b, cmd, EFAULT);
	mock_check_refs(b.fd, va, 4 * b.page, 0);
}

static void destroy_frees_pins(void)
{
	struct bench b = bench_make();
	__u32 ioas = ioas_alloc(b.fd);
	char *va = mem_pages(4);
	__u32 hwpt;

	ioas_map_at(b.fd, ioas, va, 4 * b.page, MOCK_IOVA);
	hwpt = hwpt_alloc(b.fd, b.dev.idev, ioas);
	mock_check_refs(b.fd, va, 4 * b.page, 1);
	destroy(b.fd, hwpt);
	mock_check_refs(b.fd, va, 4 * b.page, 0);
	hwpt = hwpt_alloc(b.fd, b.dev.idev, ioas);
	mock_check_map(b.fd, hwpt, MOCK_IOVA, va, 4 * b.page);
}

static void info_refusals(void)
{
	struct bench b = bench_make();
	struct iommu_test_hw_info data;
	struct iommu_hw_info cmd = { .dev_id = b.dev.idev };
	const __u32 ids[] = { 0, b.ioas, b.dev.hwpt, b.dev.stdev, 1000 };
	size_t i;

	for (i = 1; i < 32; i++) {
		cmd.flags = 1U << i;
		CHECK_ERR(__hw_info(b.fd, &cmd), EOPNOTSUPP);
	}
	cmd.flags = 0;
	for (i = 0; i < ARRAY_LEN(cmd.__reserved); i++) {
		memset(cmd.__reserved, 0, sizeof(cmd.__reserved));
		cmd.__reserved[i] = 1;
		CHECK_ERR(__hw_info(b.fd, &cmd), EOPNOTSUPP);
	}
	memset(cmd.__reserved, 0, sizeof(cmd.__reserved));
	for (i = 0; i < ARRAY_LEN(ids); i++) {
		cmd.dev_id = ids[i];
		CHECK_ERR(__hw_info(b.fd, &cmd), ENOENT);
	}
	cmd = (struct iommu_hw_info){
		.dev_id = b.dev.idev,
		.data_len = sizeof(data),
		.data_uptr = (uintptr_t)mem_nowhere(),
	};
	CHECK_ERR(__hw_info(b.fd, &cmd), EFAULT);
	/* The buffer's zero-filled part must be writable as well. */
	cmd.data_len = sizeof(data) + 8;
	cmd.data_uptr = (uintptr_t)mem_before_hole(&data, sizeof(data));
	CHECK_ERR(__hw_info(b.fd, &cmd), EFAULT);
	cmd.data_len = 4;
	cmd.data_uptr = (uintptr_t)mem_readonly(&data, sizeof(data));
	CHECK_ERR(__hw_info(b.fd, &cmd), EFAULT);
	footprint_check(&b.before);
}

static void info_input_type(void)
{
	struct bench b = bench_make();
	struct iommu_hw_info cmd = {
		.dev_id = b.dev.idev,
		.in_data_type = 0x1234,
	};

	/* Without the flag the field is not an input. */
	CHECK_OK(__hw_info(b.fd, &cmd));
	CHECK_EQ(cmd.out_data_type, IOMMU_HW_INFO_TYPE_SELFTEST);
	cmd.flags = IOMMU_HW_INFO_FLAG_INPUT_TYPE;
	cmd.in_data_type = 0x1234;
	cmd.data_len = 0;
	CHECK_ERR(__hw_info(b.fd, &cmd), EOPNOTSUPP);
	cmd.in_data_type = IOMMU_HW_INFO_TYPE_DEFAULT;
	cmd.data_len = 0;
	CHECK_OK(__hw_info(b.fd, &cmd));
	CHECK_EQ(cmd.out_data_type, IOMMU_HW_INFO_TYPE_SELFTEST);
}

static void info_lengths(void)
{
	struct bench b = bench_make();
	unsigned char data[32];
	size_t known = sizeof(struct iommu_test_hw_info);
	size_t len;
	size_t i;

	for (len = 0; len <= sizeof(data); len++) {
		struct iommu_hw_info cmd = {
			.dev_id = b.dev.idev,
			.data_len = len,
			.data_uptr = len ? (uintptr_t)data : 0,
		};
		struct iommu_test_hw_info info;

		memset(data, 0xee, sizeof(data));
		CHECK_OK(__hw_info(b.fd, &cmd));
		CHECK_EQ(cmd.data_len, known);
		CHECK_EQ(cmd.out_data_type, IOMMU_HW_INFO_TYPE_SELFTEST);
		for (i = known; i < len; i++)
			CHECK_EQ(data[i], 0);
		for (i = len; i < sizeof(data); i++)
			CHECK_EQ(data[i], 0xee);
		if (len < known)
			continue;
		memcpy(&info, data, sizeof(info));
		CHECK_EQ(info.test_reg, IOMMU_HW_INFO_SELFTEST_REGVAL);
		CHECK_EQ(info.flags, 0);
	}
}

static void info_no_pasid(void)
{
	struct bench b = bench_make();
	struct iommu_hw_info cmd = {
		.dev_id = b.dev.idev,
		.out_max_pasid_log2 = 9,
	};

	CHECK_OK(__hw_info(b.fd, &cmd));
	CHECK_EQ(cmd.out_max_pasid_log2, 0);
	CHECK_EQ(cmd.out_capabilities & ~(__u64)IOMMU_HW_CAP_DIRTY_TRACKING &
		 ~(__u64)IOMMU_HW_CAP_PCI_ATS_NOT_SUPPORTED, 0);
}

static void auto_hwpt_is_shared(void)
{
	struct bench b = bench_make();
	struct mock_dev two = mock_attach(b.fd, b.ioas);
	__u32 hwpt = hwpt_alloc(b.fd, b.dev.idev, b.ioas);
	struct mock_dev three = mock_attach(b.fd, b.ioas);

	CHECK_EQ(two.hwpt, b.dev.hwpt);
	/* One that user space made is never chosen. */
	CHECK_EQ(three.hwpt, b.dev.hwpt);
	CHECK(hwpt != b.dev.hwpt);
}

static void auto_hwpt_goes_with_last(void)
{
	struct bench b = bench_make();
	struct mock_dev two = mock_attach(b.fd, b.ioas);
	__u32 hwpt = b.dev.hwpt;

	destroy(b.fd, b.dev.stdev);
	CHECK_ERR(__destroy(b.fd, hwpt), EBUSY);
	destroy(b.fd, two.stdev);
	CHECK_ERR(__destroy(b.fd, hwpt), ENOENT);
	destroy(b.fd, b.ioas);
	CHECK_EQ(ioas_alloc(b.fd), 1);
}

static void manual_hwpt_stays(void)
{
	struct bench b = bench_make();
	__u32 hwpt = hwpt_alloc(b.fd, b.dev.idev, b.ioas);
	struct mock_dev two = mock_attach(b.fd, hwpt);
	char *va = mem_pages(1);

	CHECK_EQ(two.hwpt, hwpt);
	destroy(b.fd, two.stdev);
	ioas_map_at(b.fd, b.ioas, va, b.page, MOCK_IOVA);
	mock_check_map(b.fd, hwpt, MOCK_IOVA, va, b.page);
	destroy(b.fd, hwpt);
	CHECK_ERR(__destroy(b.fd, hwpt), ENOENT);
}

static const struct test_case cases[] = {
	{ .name = "H1_reserved_field", .fn = reserved_field },
	{ .name = "H1_second_reserved_field", .fn = second_reserved_field },
	{ .name = "H2_data_and_length", .fn = data_and_length },
	{ .name = "H3_unknown_device", .fn = unknown_device },
	{ .name = "H4_unknown_parent", .fn = unknown_parent },
	{ .name = "H5_parent_of_wrong_type", .fn = parent_of_wrong_type },
	{ .name = "H6_unknown_flags", .fn = unknown_flags },
	{ .name = "H6_data_of_unknown_type", .fn = data_of_unknown_type },
	{ .name = "H10_fault_id_without_flag", .fn = fault_id_without_flag },
	{ .name = "H14_filled_before_visible", .fn = filled_before_visible },
	{ .name = "H14_areas_conflict", .fn = areas_conflict },
	{ .name = "H14_memory_conflict", .fn = memory_conflict },
	{ .name = "H14_destroy_frees_pins", .fn = destroy_frees_pins },
	{ .name = "GI1_GI2_GI6_refusals", .fn = info_refusals },
	{ .name = "GI4_input_type", .fn = info_input_type },
	{ .name = "GI5_lengths", .fn = info_lengths },
	{ .name = "GI9_no_pasid", .fn = info_no_pasid },
	{ .name = "AD1_hwpt_is_shared", .fn = auto_hwpt_is_shared },
	{ .name = "AD3_hwpt_goes_with_last", .fn = auto_hwpt_goes_with_last },
	{ .name = "AD3_manual_hwpt_stays", .fn = manual_hwpt_stays },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
