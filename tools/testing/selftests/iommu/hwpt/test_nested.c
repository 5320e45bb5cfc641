// SPDX-License-Identifier: GPL-2.0-only
/* Nest parents, nested hwpts (H6-H11, O7) and attaching to them (DV4, VD9). */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/nest.h"

static const struct iommu_hwpt_selftest data = { .iotlb = NEST_IOTLB };

static void life(void)
{
	struct nest n = nest_make();
	__u32 nested = nested_alloc(n.fd, n.dev.idev, n.parent);
	__u32 second = nested_alloc(n.fd, n.dev.idev, n.parent);
	__u32 slot;

	for (slot = 0; slot < MOCK_NESTED_DOMAIN_IOTLB_NUM; slot++)
		CHECK_OK(__check_iotlb(n.fd, nested, slot, NEST_IOTLB));
	nest_mark(&n);
	REFUSED(&n, __destroy(n.fd, n.parent), EBUSY);
	destroy(n.fd, nested);
	CHECK_ERR(__destroy(n.fd, n.parent), EBUSY);
	destroy(n.fd, second);
	destroy(n.fd, n.parent);
	nest_end(&n);
}

/* H7, H8: what a nest parent must be. */
static void parents(void)
{
	struct nest n = nest_make();
	__u32 plain = hwpt_alloc(n.fd, n.dev.idev, n.ioas);
	__u32 nested = nested_alloc(n.fd, n.dev.idev, n.parent);
	__u32 id;

	nest_mark(&n);
	REFUSED(&n, __nested_alloc(n.fd, n.dev.idev, plain, &id), EINVAL);
	/* the automatic one */
	REFUSED(&n, __nested_alloc(n.fd, n.dev.idev, n.dev.hwpt, &id), EINVAL);
	REFUSED(&n, __nested_alloc(n.fd, n.dev.idev, nested, &id), EINVAL);
	REFUSED(&n, __nested_alloc(n.fd, n.dev.idev, n.dev.idev, &id), EINVAL);
	REFUSED(&n, __nested_alloc(n.fd, n.dev.idev, 1000, &id), EINVAL);
	REFUSED(&n, __nested_alloc(n.fd, n.dev.stdev, n.parent, &id), ENOENT);
	nest_end(&n);
}

static void refuse_on(struct nest *n, __u32 pt)
{
	struct iommu_hwpt_alloc cmd;
	int bit;

	/* 1 << 2 is FAULT_ID_VALID, 1 << 3 is PASID */
	for (bit = 0; bit < 32; bit++) {
		cmd = nested_args(n->dev.idev, pt, &data);
		cmd.flags = 1U << bit;
		if (bit == 2 || bit == 3)
			continue;
		REFUSED(n, __hwpt_alloc(n->fd, &cmd), EOPNOTSUPP);
	}

	cmd = nested_args(n->dev.idev, pt, &data);
	cmd.data_type = IOMMU_HWPT_DATA_NONE;
	REFUSED(n, __hwpt_alloc(n->fd, &cmd), EINVAL);
	cmd.data_len = 0;
	REFUSED(n, __hwpt_alloc(n->fd, &cmd), EOPNOTSUPP);
	cmd.data_type = IOMMU_HWPT_DATA_SELFTEST;
	REFUSED(n, __hwpt_alloc(n->fd, &cmd), EINVAL);

	cmd = nested_args(n->dev.idev, pt, &data);
	cmd.data_type = IOMMU_HWPT_DATA_VTD_S1;
	REFUSED(n, __hwpt_alloc(n->fd, &cmd), EOPNOTSUPP);
	cmd = nested_args(n->dev.idev, pt, &data);
	cmd.data_len = 3;
	REFUSED(n, __hwpt_alloc(n->fd, &cmd), EINVAL);
	cmd.data_len = sizeof(data) + 1;
	REFUSED(n, __hwpt_alloc(n->fd, &cmd), EINVAL);
	cmd = nested_args(n->dev.idev, pt, &data);
	cmd.data_uptr = (uintptr_t)mem_nowhere();
	REFUSED(n, __hwpt_alloc(n->fd, &cmd), EFAULT);
	cmd = nested_args(n->dev.idev, pt, &data);
	cmd.__reserved2 = 1;
	REFUSED(n, __hwpt_alloc(n->fd, &cmd), EOPNOTSUPP);
	/* A shorter, older struct of the data: the rest reads as zero. */
	cmd = nested_args(n->dev.idev, pt, &data);
	cmd.data_len = sizeof(data.iotlb);
	CHECK_OK(__hwpt_alloc(n->fd, &cmd));
	CHECK_OK(__check_iotlb(n->fd, cmd.out_hwpt_id, 0, NEST_IOTLB));
	destroy(n->fd, cmd.out_hwpt_id);
	footprint_check(&n->before);
}

static void refusals(void)
{
	struct nest n = nest_make();

	refuse_on(&n, n.parent);
	nest_end(&n);
}

static void refusals_on_viommu(void)
{
	struct nest n = nest_make();
	__u32 viommu = viommu_alloc(n.fd, n.dev.idev, n.parent);

	nest_mark(&n);
	refuse_on(&n, viommu);
	nest_end(&n);
}

/* H6, H11: flags and data of a paging hwpt. */
static void paging_refusals(void)
{
	struct iommu_hwpt_selftest config = { .pagetable_type = 77 };
	struct nest n = nest_make();
	struct iommu_hwpt_alloc cmd = nested_args(n.dev.idev, n.ioas, &config);

	REFUSED(&n, __hwpt_alloc(n.fd, &cmd), EOPNOTSUPP);
	config.pagetable_type = MOCK_IOMMUPT_HUGE;
	cmd.data_len = sizeof(config.iotlb) - 1;
	REFUSED(&n, __hwpt_alloc(n.fd, &cmd), EINVAL);
	cmd.data_len = sizeof(config) + 1;
	REFUSED(&n, __hwpt_alloc(n.fd, &cmd), EINVAL);
	cmd.data_len = sizeof(config);
	cmd.data_uptr = (uintptr_t)mem_nowhere();
	REFUSED(&n, __hwpt_alloc(n.fd, &cmd), EFAULT);
	cmd = nested_args(n.dev.idev, n.ioas, &config);
	cmd.flags = IOMMU_HWPT_ALLOC_NEST_PARENT | IOMMU_HWPT_FAULT_ID_VALID;
	REFUSED(&n, __hwpt_alloc(n.fd, &cmd), EOPNOTSUPP);
	nest_end(&n);
}

static void no_dirty_tracking(void)
{
	struct nest n = nest_make();
	struct iommu_test_cmd dev = {
		.id = n.ioas,
		.mock_domain_flags = {
			.dev_flags = MOCK_FLAGS_DEVICE_NO_DIRTY,
		},
	};
	struct iommu_hwpt_alloc cmd = {
		.flags = IOMMU_HWPT_ALLOC_DIRTY_TRACKING,
		.pt_id = n.ioas,
	};

	CHECK_OK(__mock_cmd(n.fd, IOMMU_TEST_OP_MOCK_DOMAIN_FLAGS, &dev));
	cmd.dev_id = dev.mock_domain_flags.out_idev_id;
	nest_mark(&n);
	REFUSED(&n, __hwpt_alloc(n.fd, &cmd), EOPNOTSUPP);
	nest_end(&n);
}

/* Data chooses the page table of a paging hwpt. */
static void paging_data(void)
{
	struct iommu_hwpt_selftest config = {
		.pagetable_type = MOCK_IOMMUPT_HUGE,
	};
	struct nest n = nest_make();
	struct iommu_hwpt_alloc cmd = nested_args(n.dev.idev, n.ioas, &config);
	char *va = mem_pages(4);
	struct mock_dev dev;

	ioas_map_at(n.fd, n.ioas, va, 4 * n.page, MOCK_IOVA);
	cmd.flags = IOMMU_HWPT_ALLOC_NEST_PARENT;
	CHECK_OK(__hwpt_alloc(n.fd, &cmd));
	mock_check_map(n.fd, cmd.out_hwpt_id, MOCK_IOVA, va, 4 * n.page);
	dev = mock_attach(n.fd, cmd.out_hwpt_id);
	CHECK_EQ(dev.hwpt, cmd.out_hwpt_id);
	ioas_unmap_all(n.fd, n.ioas);
	mock_check_hole(n.fd, cmd.out_hwpt_id, MOCK_IOVA, va, 4 * n.page);
	nest_end(&n);
}

/* Runs of 1 MiB go into single entries; a hole in one is not lost. */
static void huge_pages(void)
{
	struct iommu_hwpt_selftest config = {
		.pagetable_type = MOCK_IOMMUPT_HUGE,
	};
	struct nest n = nest_make();
	struct iommu_hwpt_alloc cmd = nested_args(n.dev.idev, n.ioas, &config);
	char *va = mem_hugetlb(2);
	size_t size = 4 << 20;

	CHECK_OK(__hwpt_alloc(n.fd, &cmd));
	ioas_map_at(n.fd, n.ioas, va, size, MOCK_IOVA);
	mock_check_map(n.fd, cmd.out_hwpt_id, MOCK_IOVA, va, size);
	ioas_unmap_all(n.fd, n.ioas);
	mock_check_hole(n.fd, cmd.out_hwpt_id, MOCK_IOVA, va, n.page);
	/* not aligned to the large pages of the table */
	ioas_map_at(n.fd, n.ioas, va + n.page, size - n.page,
		    MOCK_IOVA + 3 * n.page);
	mock_check_map(n.fd, cmd.out_hwpt_id, MOCK_IOVA + 3 * n.page,
		       va + n.page, size - n.page);
	ioas_unmap_all(n.fd, n.ioas);
	nest_end(&n);
}

static void attach(void)
{
	struct nest n = nest_make();
	__u32 nested = nested_alloc(n.fd, n.dev.idev, n.parent);
	__u32 other = nested_alloc(n.fd, n.dev.idev, n.parent);
	__u32 old = n.dev.hwpt;

	mock_replace(n.fd, &n.dev, nested);
	CHECK_EQ(n.dev.hwpt, nested);
	/* the automatic hwpt went with its last device */
	CHECK_ERR(__destroy(n.fd, old), ENOENT);
	nest_mark(&n);
	REFUSED(&n, __destroy(n.fd, nested), EBUSY);
	mock_replace(n.fd, &n.dev, nested);
	mock_replace(n.fd, &n.dev, other);
	destroy(n.fd, nested);
	mock_replace(n.fd, &n.dev, n.parent);
	destroy(n.fd, other);
	mock_replace(n.fd, &n.dev, n.ioas);
	destroy(n.fd, n.parent);
	nest_end(&n);
}

static void attach_new_device(void)
{
	struct nest n = nest_make();
	__u32 nested = nested_alloc(n.fd, n.dev.idev, n.parent);
	struct mock_dev dev = mock_attach(n.fd, nested);
	char *va = mem_pages(2);

	CHECK_EQ(dev.hwpt, nested);
	/* the kernel goes on to keep the second stage */
	ioas_map_at(n.fd, n.ioas, va, 2 * n.page, MOCK_IOVA);
	mock_check_map(n.fd, n.parent, MOCK_IOVA, va, 2 * n.page);
	CHECK_ERR(__mock_check_map(n.fd, nested, MOCK_IOVA, va, n.page),
		  ENOENT);
	destroy(n.fd, dev.stdev);
	destroy(n.fd, nested);
	ioas_unmap_all(n.fd, n.ioas);
	nest_end(&n);
}

/* A vIOMMU's nested hwpt attaches only devices that the guest can name. */
static void attach_needs_vdevice(void)
{
	struct nest n = nest_make();
	__u32 viommu = viommu_alloc(n.fd, n.dev.idev, n.parent);
	__u32 nested = nested_alloc(n.fd, n.dev.idev, viommu);
	__u32 hwpt = n.dev.hwpt;
	__u32 vdevice;
	__u32 got;

	/* both VFIO's call and the ioctl around it tell the reason */
	CHECK_ERR(__mock_replace(n.fd, n.dev.stdev, nested, &got), ENOENT);
	/* the old translation is still in force */
	CHECK_ERR(__destroy(n.fd, hwpt), EBUSY);
	vdevice = vdevice_alloc(n.fd, viommu, n.dev.idev, 7);
	mock_replace(n.fd, &n.dev, nested);
	CHECK_EQ(n.dev.hwpt, nested);
	nest_mark(&n);
	REFUSED(&n, __destroy(n.fd, viommu), EBUSY);
	mock_replace(n.fd, &n.dev, n.ioas);
	destroy(n.fd, nested);
	destroy(n.fd, vdevice);
	destroy(n.fd, viommu);
	destroy(n.fd, n.parent);
	nest_end(&n);
}

static void iotlb_check_refusals(void)
{
	struct nest n = nest_make();
	__u32 nested = nested_alloc(n.fd, n.dev.idev, n.parent);

	nest_mark(&n);
	REFUSED(&n, __check_iotlb(n.fd, nested, 4, NEST_IOTLB), EINVAL);
	REFUSED(&n, __check_iotlb(n.fd, nested, 0, NEST_IOTLB + 1), EINVAL);
	REFUSED(&n, __check_iotlb(n.fd, n.parent, 0, NEST_IOTLB), ENOENT);
	nest_end(&n);
}

/* Everything goes with the file, attached or not. */
static void left_to_close(void)
{
	struct nest n = nest_make();
	__u32 viommu = viommu_alloc(n.fd, n.dev.idev, n.parent);
	__u32 nested = nested_alloc(n.fd, n.dev.idev, viommu);

	ioas_map_at(n.fd, n.ioas, mem_pages(4), 4 * n.page, MOCK_IOVA);
	vdevice_alloc(n.fd, viommu, n.dev.idev, 1);
	mock_replace(n.fd, &n.dev, nested);
	nest_end(&n);
}

static const struct test_case cases[] = {
	{ .name = "O7_life", .fn = life },
	{ .name = "H8_parents", .fn = parents },
	{ .name = "H7_H11_refusals", .fn = refusals },
	{ .name = "H9_refusals_on_viommu", .fn = refusals_on_viommu },
	{ .name = "H6_H11_paging_refusals", .fn = paging_refusals },
	{ .name = "H6_no_dirty_tracking", .fn = no_dirty_tracking },
	{ .name = "H11_paging_data", .fn = paging_data },
	{ .name = "H11_huge_pages", .fn = huge_pages },
	{ .name = "DV3_attach", .fn = attach },
	{ .name = "DV4_attach_new_device", .fn = attach_new_device },
	{ .name = "VD9_attach_needs_vdevice", .fn = attach_needs_vdevice },
	{ .name = "iotlb_check_refusals", .fn = iotlb_check_refusals },
	{ .name = "D5_left_to_close", .fn = left_to_close },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
