// SPDX-License-Identifier: GPL-2.0-only
/* Fault queues and virtual event queues, and what the mock puts into them. */
#include <errno.h>
#include <iommufd.h>
#include <poll.h>
#include <unistd.h>

#include "event.h"
#include "harness.h"

int __fault_queue(int fd, struct event_queue *queue)
{
	*queue = (struct event_queue){};
	return iommufd_fault_queue_alloc(fd, &queue->id, &queue->fd);
}

struct event_queue fault_queue(int fd)
{
	struct event_queue queue;

	CHECK_OK(__fault_queue(fd, &queue));
	CHECK(queue.id && queue.fd > 0);
	return queue;
}

int __hwpt_fault(int fd, __u32 dev, __u32 ioas, __u32 fault, __u32 *hwpt)
{
	struct iommu_hwpt_alloc cmd = {
		.flags = IOMMU_HWPT_FAULT_ID_VALID,
		.dev_id = dev,
		.pt_id = ioas,
		.fault_id = fault,
	};
	int rc = __hwpt_alloc(fd, &cmd);

	*hwpt = cmd.out_hwpt_id;
	return rc;
}

__u32 hwpt_fault(int fd, __u32 dev, __u32 ioas, __u32 fault)
{
	__u32 hwpt;

	CHECK_OK(__hwpt_fault(fd, dev, ioas, fault, &hwpt));
	return hwpt;
}

int __trigger_iopf(int fd, struct iommu_test_trigger_iopf fault)
{
	struct iommu_test_cmd cmd = { .trigger_iopf = fault };

	return __mock_cmd(fd, IOMMU_TEST_OP_TRIGGER_IOPF, &cmd);
}

void trigger_iopf(int fd, __u32 dev, __u32 grpid)
{
	trigger_iopf_group(fd, dev, grpid, 1);
}

void trigger_iopf_group(int fd, __u32 dev, __u32 grpid, unsigned int npages)
{
	struct iommu_test_trigger_iopf fault = {
		.dev_id = dev,
		.grpid = grpid,
		.perm = IOMMU_PGFAULT_PERM_READ | MOCK_IOPF_PERM_MORE,
		.addr = MOCK_IOVA + grpid * 4096ULL,
	};

	for (; npages > 1; npages--, fault.addr += 4096)
		CHECK_OK(__trigger_iopf(fd, fault));
	fault.perm &= ~MOCK_IOPF_PERM_MORE;
	CHECK_OK(__trigger_iopf(fd, fault));
}

struct guest guest_make(int fd, __u32 dev, __u32 ioas)
{
	struct iommu_hwpt_alloc parent = {
		.flags = IOMMU_HWPT_ALLOC_NEST_PARENT,
		.dev_id = dev,
		.pt_id = ioas,
	};
	struct iommu_viommu_alloc viommu = {
		.size = sizeof(viommu),
		.type = IOMMU_VIOMMU_TYPE_SELFTEST,
		.dev_id = dev,
	};
	struct iommu_vdevice_alloc vdev = {
		.size = sizeof(vdev),
		.dev_id = dev,
		.virt_id = VIRT_ID,
	};

	CHECK_OK(__hwpt_alloc(fd, &parent));
	viommu.hwpt_id = parent.out_hwpt_id;
	CHECK_OK(iommufd_viommu_alloc(fd, &viommu));
	vdev.viommu_id = viommu.out_viommu_id;
	CHECK_OK(iommufd_vdevice_alloc(fd, &vdev));
	return (struct guest){
		.parent = parent.out_hwpt_id,
		.viommu = viommu.out_viommu_id,
		.vdev = vdev.out_vdevice_id,
	};
}

int __veventq(int fd, struct iommu_veventq_alloc *cmd)
{
	cmd->size = sizeof(*cmd);
	return iommufd_veventq_alloc(fd, cmd);
}

struct event_queue veventq(int fd, __u32 viommu, __u32 depth)
{
	struct iommu_veventq_alloc cmd = {
		.viommu_id = viommu,
		.type = IOMMU_VEVENTQ_TYPE_SELFTEST,
		.veventq_depth = depth,
	};

	CHECK_OK(__veventq(fd, &cmd));
	CHECK(cmd.out_veventq_id && cmd.out_veventq_fd);
	return (struct event_queue){
		.id = cmd.out_veventq_id,
		.fd = cmd.out_veventq_fd,
	};
}

int __trigger_vevent(int fd, __u32 dev)
{
	struct iommu_test_cmd cmd = { .trigger_vevent = { .dev_id = dev } };

	return __mock_cmd(fd, IOMMU_TEST_OP_TRIGGER_VEVENT, &cmd);
}

void trigger_vevents(int fd, __u32 dev, unsigned int num)
{
	while (num--)
		CHECK_OK(__trigger_vevent(fd, dev));
}

long __event_read(int fd, void *buf, size_t count)
{
	long n = read(fd, buf, count);

	return n < 0 ? -errno : n;
}

long __event_write(int fd, const void *buf, size_t count)
{
	long n = write(fd, buf, count);

	return n < 0 ? -errno : n;
}

int event_poll(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN | POLLOUT | POLLRDNORM };

	CHECK(poll(&p, 1, 0) >= 0);
	return p.revents;
}

struct fault_bench fault_bench_make(void)
{
	struct fault_bench b = { .fd = mock_open() };

	b.ioas = ioas_alloc(b.fd);
	b.dev = mock_attach(b.fd, b.ioas);
	b.plain = hwpt_alloc(b.fd, b.dev.idev, b.ioas);
	b.queue = fault_queue(b.fd);
	b.hwpt = hwpt_fault(b.fd, b.dev.idev, b.ioas, b.queue.id);
	mock_replace(b.fd, &b.dev, b.hwpt);
	b.before = footprint_take(b.fd);
	return b;
}

void fault_bench_read(struct fault_bench *b, struct iommu_hwpt_pgfault *faults,
		      unsigned int num)
{
	CHECK_EQ(iommufd_fault_read(b->queue.fd, faults, num), num);
}

int __fault_bench_answer(struct fault_bench *b, __u32 cookie, __u32 code)
{
	struct iommu_hwpt_page_response response = {
		.cookie = cookie,
		.code = code,
	};
	int n = iommufd_fault_respond(b->queue.fd, &response, 1);

	return n == 1 ? 0 : n;
}
