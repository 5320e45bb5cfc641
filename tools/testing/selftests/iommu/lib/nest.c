// SPDX-License-Identifier: GPL-2.0-only
/* Nested translation: nest parents, nested hwpts, vIOMMUs and what is in them. */
#include <errno.h>
#include <iommufd.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "memory.h"
#include "nest.h"

struct nest nest_make(void)
{
	struct nest n = { .trace = trace_open(), .fd = mock_open() };

	n.page = page_size();
	n.ioas = ioas_alloc(n.fd);
	n.dev = mock_attach(n.fd, n.ioas);
	n.parent = nest_parent_alloc(n.fd, n.dev.idev, n.ioas);
	nest_mark(&n);
	return n;
}

void nest_end(struct nest *n)
{
	CHECK_EQ(close(n->fd), 0);
}

void nest_mark(struct nest *n)
{
	n->before = footprint_take(n->fd);
	trace_clear(&n->trace);
}

void nest_refused(const char *file, int line, struct nest *n, int rc,
		  int errnum)
{
	struct reject reject;

	harness_expect(file, line, "result", rc, -errnum);
	harness_expect(file, line, "reject events",
		       trace_rejects(&n->trace, &reject), 1);
	harness_expect(file, line, "errno of the event", reject.err, errnum);
	if (!reject.field[0] || !reject.reason[0])
		harness_fail(file, line, "the event has no field or no reason");
	footprint_check_at(file, line, &n->before);
	trace_clear(&n->trace);
	n->last = reject;
}

struct iommu_hwpt_alloc nested_args(__u32 dev, __u32 pt,
				    const struct iommu_hwpt_selftest *data)
{
	struct iommu_hwpt_alloc cmd = {
		.dev_id = dev,
		.pt_id = pt,
		.data_type = IOMMU_HWPT_DATA_SELFTEST,
		.data_len = sizeof(*data),
		.data_uptr = (uintptr_t)data,
	};

	return cmd;
}

int __nested_alloc(int fd, __u32 dev, __u32 pt, __u32 *id)
{
	struct iommu_hwpt_selftest data = { .iotlb = NEST_IOTLB };
	struct iommu_hwpt_alloc cmd = nested_args(dev, pt, &data);
	int rc = __hwpt_alloc(fd, &cmd);

	*id = cmd.out_hwpt_id;
	return rc;
}

__u32 nested_alloc(int fd, __u32 dev, __u32 pt)
{
	__u32 id;

	CHECK_OK(__nested_alloc(fd, dev, pt, &id));
	CHECK(id);
	return id;
}

__u32 nest_parent_alloc(int fd, __u32 dev, __u32 ioas)
{
	struct iommu_hwpt_alloc cmd = {
		.flags = IOMMU_HWPT_ALLOC_NEST_PARENT,
		.dev_id = dev,
		.pt_id = ioas,
	};

	CHECK_OK(__hwpt_alloc(fd, &cmd));
	CHECK(cmd.out_hwpt_id);
	return cmd.out_hwpt_id;
}

int __check_iotlb(int fd, __u32 hwpt, __u32 slot, __u32 value)
{
	struct iommu_test_cmd cmd = {
		.id = hwpt,
		.check_iotlb = { .id = slot, .iotlb = value },
	};

	return __mock_cmd(fd, IOMMU_TEST_OP_MD_CHECK_IOTLB, &cmd);
}

int __check_cache(int fd, __u32 dev, __u32 slot, __u32 value)
{
	struct iommu_test_cmd cmd = {
		.id = dev,
		.check_dev_cache = { .id = slot, .cache = value },
	};

	return __mock_cmd(fd, IOMMU_TEST_OP_DEV_CHECK_CACHE, &cmd);
}

int __invalidate(int fd, struct iommu_hwpt_invalidate *cmd)
{
	cmd->size = sizeof(*cmd);
	return __iommu_cmd(fd, IOMMU_HWPT_INVALIDATE, cmd);
}

int __viommu_alloc(int fd, struct iommu_viommu_alloc *cmd)
{
	cmd->size = sizeof(*cmd);
	return iommufd_viommu_alloc(fd, cmd);
}

__u32 viommu_alloc(int fd, __u32 dev, __u32 hwpt)
{
	struct iommu_viommu_alloc cmd = {
		.type = IOMMU_VIOMMU_TYPE_SELFTEST,
		.dev_id = dev,
		.hwpt_id = hwpt,
	};

	CHECK_OK(__viommu_alloc(fd, &cmd));
	CHECK(cmd.out_viommu_id);
	return cmd.out_viommu_id;
}

int __vdevice_alloc(int fd, __u32 viommu, __u32 dev, __u64 virt_id, __u32 *id)
{
	struct iommu_vdevice_alloc cmd = {
		.size = sizeof(cmd),
		.viommu_id = viommu,
		.dev_id = dev,
		.virt_id = virt_id,
	};
	int rc = iommufd_vdevice_alloc(fd, &cmd);

	*id = cmd.out_vdevice_id;
	return rc;
}

__u32 vdevice_alloc(int fd, __u32 viommu, __u32 dev, __u64 virt_id)
{
	__u32 id;

	CHECK_OK(__vdevice_alloc(fd, viommu, dev, virt_id, &id));
	CHECK(id);
	return id;
}

int __hw_queue_alloc(int fd, struct iommu_hw_queue_alloc *cmd)
{
	cmd->size = sizeof(*cmd);
	return iommufd_hw_queue_alloc(fd, cmd);
}
