// SPDX-License-Identifier: GPL-2.0-only
/* The mock IOMMU behind IOMMU_TEST_CMD: devices, page tables, accesses. */
#include <errno.h>
#include <stdint.h>

#include "harness.h"
#include "mock.h"

int __mock_cmd(int fd, __u32 op, struct iommu_test_cmd *cmd)
{
	cmd->size = sizeof(*cmd);
	cmd->op = op;
	return __iommu_cmd(fd, IOMMU_TEST_CMD, cmd);
}

int mock_open(void)
{
	/* no limit: pins go in batches as large as those of all users */
	struct iommu_test_cmd cmd = { .memory_limit = { .limit = 0 } };
	int fd = iommu_open();

	/* Other kernels than ours may know the command and refuse this bound. */
	if (__mock_cmd(fd, IOMMU_TEST_OP_SET_TEMP_MEMORY_LIMIT, &cmd) == -ENOTTY)
		harness_skip("the kernel has no IOMMU_TEST_CMD");
	return fd;
}

int __mock_attach(int fd, __u32 pt, struct mock_dev *dev)
{
	struct iommu_test_cmd cmd = { .id = pt };
	int rc = __mock_cmd(fd, IOMMU_TEST_OP_MOCK_DOMAIN, &cmd);

	dev->stdev = cmd.mock_domain.out_stdev_id;
	dev->hwpt = cmd.mock_domain.out_hwpt_id;
	dev->idev = cmd.mock_domain.out_idev_id;
	return rc;
}

struct mock_dev mock_attach(int fd, __u32 pt)
{
	struct mock_dev dev;

	CHECK_OK(__mock_attach(fd, pt, &dev));
	CHECK(dev.stdev && dev.hwpt && dev.idev);
	return dev;
}

int __mock_replace(int fd, __u32 stdev, __u32 pt, __u32 *hwpt)
{
	struct iommu_test_cmd cmd = {
		.id = stdev,
		.mock_domain_replace = { .pt_id = pt },
	};
	int rc = __mock_cmd(fd, IOMMU_TEST_OP_MOCK_DOMAIN_REPLACE, &cmd);

	if (hwpt)
		*hwpt = cmd.mock_domain_replace.pt_id;
	return rc;
}

void mock_replace(int fd, struct mock_dev *dev, __u32 pt)
{
	CHECK_OK(__mock_replace(fd, dev->stdev, pt, &dev->hwpt));
}

int __mock_reserve(int fd, __u32 ioas, __u64 start, __u64 length)
{
	struct iommu_test_cmd cmd = {
		.id = ioas,
		.add_reserved = { .start = start, .length = length },
	};

	return __mock_cmd(fd, IOMMU_TEST_OP_ADD_RESERVED, &cmd);
}

int __mock_check_map(int fd, __u32 hwpt, __u64 iova, const void *va,
		     __u64 length)
{
	struct iommu_test_cmd cmd = {
		.id = hwpt,
		.check_map = {
			.iova = iova,
			.length = length,
			.uptr = (uintptr_t)va,
		},
	};

	return __mock_cmd(fd, IOMMU_TEST_OP_MD_CHECK_MAP, &cmd);
}

void mock_check_map(int fd, __u32 hwpt, __u64 iova, const void *va,
		    __u64 length)
{
	CHECK_OK(__mock_check_map(fd, hwpt, iova, va, length));
}

void mock_check_hole(int fd, __u32 hwpt, __u64 iova, const void *va,
		     __u64 length)
{
	__u64 offset;

	for (offset = 0; offset < length; offset += MOCK_PAGE)
		CHECK_ERR(__mock_check_map(fd, hwpt, iova + offset,
					   (const char *)va + offset,
					   MOCK_PAGE), EINVAL);
}

int __mock_check_refs(int fd, const void *va, __u64 length, __u32 pins)
{
	struct iommu_test_cmd cmd = {
		.check_refs = {
			.length = length,
			.uptr = (uintptr_t)va,
			.refs = pins,
		},
	};

	return __mock_cmd(fd, IOMMU_TEST_OP_MD_CHECK_REFS, &cmd);
}

int __mock_memory_limit(int fd, __u32 limit)
{
	struct iommu_test_cmd cmd = { .memory_limit = { .limit = limit } };

	return __mock_cmd(fd, IOMMU_TEST_OP_SET_TEMP_MEMORY_LIMIT, &cmd);
}

int __access_open(int fd, __u32 ioas, __u32 flags, int *access_fd)
{
	struct iommu_test_cmd cmd = {
		.id = ioas,
		.create_access = { .flags = flags },
	};
	int rc = __mock_cmd(fd, IOMMU_TEST_OP_CREATE_ACCESS, &cmd);

	*access_fd = rc ? -1 : (int)cmd.create_access.out_access_fd;
	return rc;
}

int access_open(int fd, __u32 ioas)
{
	int access_fd;

	CHECK_OK(__access_open(fd, ioas,
			       MOCK_FLAGS_ACCESS_CREATE_NEEDS_PIN_PAGES,
			       &access_fd));
	return access_fd;
}

int __access_replace(int fd, int access_fd, __u32 ioas)
{
	struct iommu_test_cmd cmd = {
		.id = access_fd,
		.access_replace_ioas = { .ioas_id = ioas },
	};

	return __mock_cmd(fd, IOMMU_TEST_OP_ACCESS_REPLACE_IOAS, &cmd);
}

int __access_pin(int fd, int access_fd, struct access_pages *pages)
{
	struct iommu_test_cmd cmd = {
		.id = access_fd,
		.access_pages = {
			.flags = pages->flags,
			.iova = pages->iova,
			.length = pages->length,
			.uptr = (uintptr_t)pages->va,
		},
	};
	int rc = __mock_cmd(fd, IOMMU_TEST_OP_ACCESS_PAGES, &cmd);

	pages->out_id = cmd.access_pages.out_access_pages_id;
	return rc;
}

__u32 access_pin(int fd, int access_fd, __u64 iova, __u64 length,
		 const void *va)
{
	struct access_pages pages = {
		.iova = iova,
		.length = length,
		.va = va,
		.flags = MOCK_FLAGS_ACCESS_WRITE,
	};

	CHECK_OK(__access_pin(fd, access_fd, &pages));
	return pages.out_id;
}

int __access_unpin(int fd, int access_fd, __u32 pages_id)
{
	struct iommu_test_cmd cmd = {
		.id = access_fd,
		.destroy_access_pages = { .access_pages_id = pages_id },
	};

	return __mock_cmd(fd, IOMMU_TEST_OP_DESTROY_ACCESS_PAGES, &cmd);
}

int __access_rw(int fd, int access_fd, const struct access_rw *rw)
{
	struct iommu_test_cmd cmd = {
		.id = access_fd,
		.access_rw = {
			.iova = rw->iova,
			.length = rw->length,
			.uptr = (uintptr_t)rw->va,
			.flags = rw->flags,
		},
	};

	return __mock_cmd(fd, IOMMU_TEST_OP_ACCESS_RW, &cmd);
}
