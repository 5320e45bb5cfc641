// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device leaves while user space holds up a call that has to do with it (O5):
 * whoever unbinds it does not wait for user space. Time limits of the cases
 * tell.
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/dirty.h"
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

/* Memory is being pinned for the page table that goes with the device. */
static void map(void)
{
	struct stall stall = stall_any();
	struct nest n = nest_make();
	struct mock_dev dev;
	__u32 ioas = ioas_alloc(n.fd);
	struct iommu_ioas_map cmd = map_at(ioas, stall.page, n.page, MOCK_IOVA);
	struct call call = { .request = IOMMU_IOAS_MAP, .arg = &cmd };

	cmd.size = sizeof(cmd);
	dev = mock_attach(n.fd, ioas);
	CHECK_OK(leave_during(&n, &call, &stall, dev.stdev));
	/* no page table is left: nothing is pinned, and all is there later */
	mock_check_refs(n.fd, stall.page, n.page, 0);
	dev = mock_attach(n.fd, ioas);
	mock_check_map(n.fd, dev.hwpt, MOCK_IOVA, stall.page, n.page);
	mock_check_refs(n.fd, stall.page, n.page, 1);
	CHECK_EQ(ioas_unmap_all(n.fd, ioas), n.page);
	nest_end(&n);
}

/* A page table comes while memory is being pinned for those that were there. */
static void table_comes_during_map(void)
{
	struct stall stall = stall_any();
	struct nest n = nest_make();
	struct iommu_ioas_map cmd = map_at(n.ioas, stall.page, n.page,
					   MOCK_IOVA);
	struct call call = {
		.fd = n.fd,
		.request = IOMMU_IOAS_MAP,
		.arg = &cmd,
	};
	__u32 hwpt;

	cmd.size = sizeof(cmd);
	call_start(&call);
	stall_wait(&stall);
	hwpt = hwpt_alloc(n.fd, n.dev.idev, n.ioas);
	stall_end(&stall);
	CHECK_OK(call_end(&call));
	mock_check_map(n.fd, n.dev.hwpt, MOCK_IOVA, stall.page, n.page);
	mock_check_map(n.fd, hwpt, MOCK_IOVA, stall.page, n.page);
	CHECK_EQ(ioas_unmap_all(n.fd, n.ioas), n.page);
	mock_check_hole(n.fd, hwpt, MOCK_IOVA, stall.page, n.page);
	mock_check_refs(n.fd, stall.page, n.page, 0);
	nest_end(&n);
}

/* The first page table of an IOAS is being filled: who maps does not wait. */
static void others_go_on(void)
{
	struct stall stall = stall_any();
	struct nest n = nest_make();
	struct iommu_hwpt_alloc cmd = {
		.size = sizeof(cmd),
		.dev_id = n.dev.idev,
		.pt_id = ioas_alloc(n.fd),
	};
	struct call call = {
		.fd = n.fd,
		.request = IOMMU_HWPT_ALLOC,
		.arg = &cmd,
	};
	struct iommu_ioas_iova_ranges ranges = {};
	__u64 iova = MOCK_IOVA + 16 * n.page;
	char *va = mem_pages(4);

	ioas_map_at(n.fd, cmd.pt_id, va, n.page, iova);
	ioas_map_at(n.fd, cmd.pt_id, stall.page, n.page, iova + n.page);
	call_start(&call);
	stall_wait(&stall);
	/* before it, behind it, and what it has done already */
	ioas_map_at(n.fd, cmd.pt_id, va + n.page, n.page, MOCK_IOVA);
	ioas_map_at(n.fd, cmd.pt_id, va + 2 * n.page, 2 * n.page,
		    iova + 2 * n.page);
	ioas_copy(n.fd, copy_at(cmd.pt_id, cmd.pt_id, n.page, iova + 8 * n.page,
				iova + 2 * n.page));
	ioas_unmap(n.fd, cmd.pt_id, iova, n.page);
	mock_check_refs(n.fd, va, n.page, 0);
	CHECK_ERR(__ioas_ranges(n.fd, cmd.pt_id, &ranges), EMSGSIZE);
	stall_end(&stall);
	CHECK_OK(call_end(&call));
	mock_check_map(n.fd, cmd.out_hwpt_id, MOCK_IOVA, va + n.page, n.page);
	mock_check_map(n.fd, cmd.out_hwpt_id, iova + n.page, stall.page, n.page);
	mock_check_map(n.fd, cmd.out_hwpt_id, iova + 2 * n.page,
		       va + 2 * n.page, 2 * n.page);
	mock_check_map(n.fd, cmd.out_hwpt_id, iova + 8 * n.page,
		       va + 2 * n.page, n.page);
	mock_check_hole(n.fd, cmd.out_hwpt_id, iova, va, n.page);
	mock_check_refs(n.fd, va + n.page, 3 * n.page, 1);
	CHECK_EQ(ioas_unmap_all(n.fd, cmd.pt_id), 5 * n.page);
	mock_check_refs(n.fd, va, 4 * n.page, 0);
	destroy(n.fd, cmd.out_hwpt_id);
	nest_end(&n);
}

/* Memory that cannot be pinned: nothing stays pinned, nothing is in the way. */
static void fill_fails(void)
{
	struct nest n = nest_make();
	__u32 ioas = ioas_alloc(n.fd);
	char *va = mem_pages(3);
	__u32 hwpt;

	struct iommu_hwpt_alloc cmd = { .dev_id = n.dev.idev, .pt_id = ioas };

	ioas_map_at(n.fd, ioas, va, 3 * n.page, MOCK_IOVA);
	ioas_map_at(n.fd, ioas, va + 2 * n.page, n.page,
		    MOCK_IOVA + 3 * n.page);
	/* outside of the mock's aperture, as long as there is no page table */
	ioas_map_at(n.fd, ioas, va, n.page, MOCK_IOVA / 2);
	CHECK_ERR(__hwpt_alloc(n.fd, &cmd), EADDRINUSE);
	ioas_unmap(n.fd, ioas, MOCK_IOVA / 2, n.page);
	CHECK_EQ(munmap(va + 2 * n.page, n.page), 0);
	CHECK_ERR(__hwpt_alloc(n.fd, &cmd), EFAULT);
	mock_check_refs(n.fd, va, 2 * n.page, 0);
	ioas_map_at(n.fd, ioas, va, n.page, MOCK_IOVA / 2);
	ioas_unmap(n.fd, ioas, MOCK_IOVA / 2, n.page);
	CHECK(mmap(va + 2 * n.page, n.page, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
	      va + 2 * n.page);
	hwpt = hwpt_alloc(n.fd, n.dev.idev, ioas);
	mock_check_map(n.fd, hwpt, MOCK_IOVA, va, 3 * n.page);
	destroy(n.fd, hwpt);
	mock_check_refs(n.fd, va, 3 * n.page, 0);
	nest_end(&n);
}

/*
 * Two pages of one object: one goes with the device, the other is being pinned
 * for somebody else and does not come.
 */
static void memory_of_others(void)
{
	struct stall stall = stall_any();
	struct nest n = nest_make();
	char *va = mmap(stall.page - n.page, n.page, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
			-1, 0);
	__u32 ioas = ioas_alloc(n.fd);
	__u32 lazy = ioas_alloc(n.fd);
	struct iommu_ioas_copy cmd = copy_at(n.ioas, lazy, n.page, MOCK_IOVA,
					     MOCK_IOVA + n.page);
	struct call call = { .request = IOMMU_IOAS_COPY, .arg = &cmd };
	struct mock_dev dev = mock_attach(n.fd, ioas);

	CHECK(va == stall.page - n.page);
	*va = 1;
	cmd.size = sizeof(cmd);
	ioas_map_at(n.fd, lazy, va, 2 * n.page, MOCK_IOVA);
	ioas_copy(n.fd, copy_at(ioas, lazy, n.page, MOCK_IOVA, MOCK_IOVA));
	mock_check_refs(n.fd, va, n.page, 1);
	CHECK_OK(leave_during(&n, &call, &stall, dev.stdev));
	/* it may have stayed pinned, but not for longer than it is mapped */
	CHECK_EQ(ioas_unmap_all(n.fd, ioas), n.page);
	mock_check_refs(n.fd, va, n.page, 0);
	mock_check_refs(n.fd, stall.page, n.page, 1);
	CHECK_EQ(ioas_unmap_all(n.fd, n.ioas), n.page);
	nest_end(&n);
}

/* The same, and another page table is filled with the page that is there. */
static void table_beside_others(void)
{
	struct stall stall = stall_any();
	struct nest n = nest_make();
	char *va = mmap(stall.page - n.page, n.page, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
			-1, 0);
	__u32 ioas = ioas_alloc(n.fd);
	__u32 lazy = ioas_alloc(n.fd);
	struct iommu_ioas_copy cmd = copy_at(n.ioas, lazy, n.page, MOCK_IOVA,
					     MOCK_IOVA + n.page);
	struct call call = {
		.fd = n.fd,
		.request = IOMMU_IOAS_COPY,
		.arg = &cmd,
	};
	struct mock_dev dev = mock_attach(n.fd, ioas);
	__u32 hwpt;

	CHECK(va == stall.page - n.page);
	*va = 1;
	cmd.size = sizeof(cmd);
	ioas_map_at(n.fd, lazy, va, 2 * n.page, MOCK_IOVA);
	ioas_copy(n.fd, copy_at(ioas, lazy, n.page, MOCK_IOVA, MOCK_IOVA));
	call_start(&call);
	stall_wait(&stall);
	hwpt = hwpt_alloc(n.fd, dev.idev, ioas);
	mock_check_map(n.fd, hwpt, MOCK_IOVA, va, n.page);
	stall_end(&stall);
	CHECK_OK(call_end(&call));
	CHECK_EQ(ioas_unmap_all(n.fd, ioas), n.page);
	CHECK_EQ(ioas_unmap_all(n.fd, n.ioas), n.page);
	mock_check_refs(n.fd, va, 2 * n.page, 0);
	nest_end(&n);
}

struct tiny_query {
	struct dirty_bench *b;
	struct dirty_query q;
	pthread_t thread;
	int rc;
};

static void *tiny_query_thread(void *arg)
{
	struct tiny_query *tiny = arg;

	tiny->rc = __dirty_query(tiny->b, tiny->q);
	return NULL;
}

/* More bitmap than is pinned ahead, and the end of it does not come. */
static void tiny_dirty_pages(void)
{
	struct dirty_bench b = dirty_bench_make(MOCK_IOMMUPT_DEFAULT);
	struct stall stall = stall_any();
	size_t length = 24UL << 20;
	size_t rest = length / 8 - b.page;
	unsigned char *bits = mmap(stall.page - rest, rest,
				   PROT_READ | PROT_WRITE, MAP_PRIVATE |
				   MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	struct tiny_query tiny = {
		.b = &b,
		.q = {
			.iova = MOCK_IOVA,
			.length = length,
			.page_size = 1,
			.bits = bits,
		},
	};

	CHECK(bits + rest == (unsigned char *)stall.page);
	ioas_map_at(b.fd, b.ioas, mem_pages(length / b.page), length,
		    MOCK_IOVA);
	dirty_track(&b);
	CHECK_EQ(pthread_create(&tiny.thread, NULL, tiny_query_thread, &tiny),
		 0);
	stall_wait(&stall);
	ioas_map_at(b.fd, b.ioas, bits, b.page, MOCK_IOVA + length);
	ioas_unmap(b.fd, b.ioas, MOCK_IOVA + length, b.page);
	destroy(b.fd, b.dev.stdev);
	stall_end(&stall);
	CHECK_EQ(pthread_join(tiny.thread, NULL), 0);
	CHECK_OK(tiny.rc);
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
	{ .name = "map", .fn = map },
	{ .name = "table_comes_during_map", .fn = table_comes_during_map },
	{ .name = "others_go_on", .fn = others_go_on },
	{ .name = "fill_fails", .fn = fill_fails },
	{ .name = "memory_of_others", .fn = memory_of_others },
	{ .name = "table_beside_others", .fn = table_beside_others },
	{ .name = "tiny_dirty_pages", .fn = tiny_dirty_pages },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
