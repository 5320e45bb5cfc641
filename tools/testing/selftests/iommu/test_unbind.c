// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device leaves while user space holds up a call that has to do with it:
 * whoever unbinds it does not wait for user space. Time limits of the cases
 * tell.
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/nest.h"
#include "lib/stall.h"

/* One ioctl in a thread of its own. */
struct call {
	int fd;
	unsigned long request;
	void *arg;
	pthread_t thread;
	int rc;
};

static void *call_thread(void *arg)
{
	struct call *call = arg;

	call->rc = ioctl(call->fd, call->request, call->arg) ? -errno : 0;
	return NULL;
}

static void call_start(struct call *call)
{
	CHECK_EQ(pthread_create(&call->thread, NULL, call_thread, call), 0);
}

static int call_end(struct call *call)
{
	CHECK_EQ(pthread_join(call->thread, NULL), 0);
	return call->rc;
}

/* The call is held up, and the device leaves nevertheless. */
static int leave_during(struct nest *n, struct call *call, struct stall *stall,
			__u32 stdev)
{
	call->fd = n->fd;
	call_start(call);
	stall_wait(stall);
	destroy(n->fd, stdev);
	stall_end(stall);
	return call_end(call);
}

/* The data of a page table lies in memory that user space does not give. */
static void hwpt_data(void)
{
	struct stall stall = stall_any();
	struct nest n = nest_make();
	struct mock_dev dev = mock_attach(n.fd, n.ioas);
	struct iommu_hwpt_alloc cmd = nested_args(dev.idev, n.ioas,
						  (void *)stall.page);
	struct call call = { .request = IOMMU_HWPT_ALLOC, .arg = &cmd };

	cmd.size = sizeof(cmd);
	CHECK_ERR(leave_during(&n, &call, &stall, dev.stdev), ENOENT);
	nest_end(&n);
}

static void nested_data(__u32 dev_of(struct nest *n, struct mock_dev *dev))
{
	struct stall stall = stall_any();
	struct nest n = nest_make();
	struct mock_dev dev = mock_attach(n.fd, n.ioas);
	struct iommu_hwpt_alloc cmd = nested_args(dev.idev, dev_of(&n, &dev),
						  (void *)stall.page);
	struct call call = { .request = IOMMU_HWPT_ALLOC, .arg = &cmd };

	cmd.size = sizeof(cmd);
	CHECK_ERR(leave_during(&n, &call, &stall, dev.stdev), ENOENT);
	nest_end(&n);
}

static __u32 over_parent(struct nest *n, struct mock_dev *dev)
{
	(void)dev;
	return n->parent;
}

static __u32 over_viommu(struct nest *n, struct mock_dev *dev)
{
	return viommu_alloc(n->fd, dev->idev, n->parent);
}

static void nested_parent_data(void)
{
	nested_data(over_parent);
}

static void nested_viommu_data(void)
{
	nested_data(over_viommu);
}

/* Nobody leaves: what was held up goes on as if nothing had been. */
static void data_comes_late(void)
{
	struct stall stall = stall_any();
	struct nest n = nest_make();
	struct iommu_hwpt_alloc cmd = nested_args(n.dev.idev, n.parent,
						  (void *)stall.page);
	struct call call = { .request = IOMMU_HWPT_ALLOC, .arg = &cmd };

	cmd.size = sizeof(cmd);
	call.fd = n.fd;
	nest_mark(&n);
	call_start(&call);
	stall_wait(&stall);
	stall_end(&stall);
	CHECK_OK(call_end(&call));
	CHECK_OK(__check_iotlb(n.fd, cmd.out_hwpt_id, 0, 0));
	/* the first try is no refusal */
	CHECK_EQ(trace_rejects(&n.trace, &n.last), 0);
	destroy(n.fd, cmd.out_hwpt_id);
	nest_end(&n);
}

static void viommu_data(struct stall *stall)
{
	struct nest n = nest_make();
	struct mock_dev dev = mock_attach(n.fd, n.ioas);
	struct iommu_viommu_alloc cmd = {
		.size = sizeof(cmd),
		.type = IOMMU_VIOMMU_TYPE_SELFTEST,
		.dev_id = dev.idev,
		.hwpt_id = n.parent,
		.data_len = sizeof(struct iommu_viommu_selftest),
		.data_uptr = (uintptr_t)stall->page,
	};
	struct call call = { .request = IOMMU_VIOMMU_ALLOC, .arg = &cmd };

	CHECK_ERR(leave_during(&n, &call, stall, dev.stdev), ENOENT);
	nest_end(&n);
}

static void viommu_read(void)
{
	struct stall stall = stall_any();

	viommu_data(&stall);
}

/* Reading it works, the answer of the driver is held up. */
static void viommu_write(void)
{
	static const struct iommu_viommu_selftest data = { .in_data = 7 };
	struct stall stall = stall_writes(&data, sizeof(data));

	viommu_data(&stall);
}

static void viommu_comes_late(void)
{
	static const struct iommu_viommu_selftest data = { .in_data = 7 };
	struct stall stall = stall_writes(&data, sizeof(data));
	const struct iommu_viommu_selftest *answer = (void *)stall.page;
	struct nest n = nest_make();
	struct iommu_viommu_alloc cmd = {
		.size = sizeof(cmd),
		.type = IOMMU_VIOMMU_TYPE_SELFTEST,
		.dev_id = n.dev.idev,
		.hwpt_id = n.parent,
		.data_len = sizeof(data),
		.data_uptr = (uintptr_t)stall.page,
	};
	struct call call = {
		.fd = n.fd,
		.request = IOMMU_VIOMMU_ALLOC,
		.arg = &cmd,
	};

	call_start(&call);
	stall_wait(&stall);
	stall_end(&stall);
	CHECK_OK(call_end(&call));
	CHECK_EQ(answer->out_data, 7);
	destroy(n.fd, cmd.out_viommu_id);
	nest_end(&n);
}

/* Memory is being pinned for a new page table of another IOAS. */
static void hwpt_fill(void)
{
	struct stall stall = stall_any();
	struct nest n = nest_make();
	struct mock_dev dev = mock_attach(n.fd, n.ioas);
	struct iommu_hwpt_alloc cmd = {
		.size = sizeof(cmd),
		.dev_id = dev.idev,
		.pt_id = ioas_alloc(n.fd),
	};
	struct call call = { .request = IOMMU_HWPT_ALLOC, .arg = &cmd };

	ioas_map_at(n.fd, cmd.pt_id, stall.page, n.page, MOCK_IOVA);
	/* the device was needed to make the page table, not to fill it */
	CHECK_OK(leave_during(&n, &call, &stall, dev.stdev));
	mock_check_map(n.fd, cmd.out_hwpt_id, MOCK_IOVA, stall.page, n.page);
	destroy(n.fd, cmd.out_hwpt_id);
	nest_end(&n);
}

static const struct test_case cases[] = {
	{ .name = "hwpt_data", .fn = hwpt_data },
	{ .name = "nested_parent_data", .fn = nested_parent_data },
	{ .name = "nested_viommu_data", .fn = nested_viommu_data },
	{ .name = "data_comes_late", .fn = data_comes_late },
	{ .name = "viommu_read", .fn = viommu_read },
	{ .name = "viommu_write", .fn = viommu_write },
	{ .name = "viommu_comes_late", .fn = viommu_comes_late },
	{ .name = "hwpt_fill", .fn = hwpt_fill },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
