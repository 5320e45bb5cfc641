// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the tracepoints other than iommufd_reject say:
 * Documentation/userspace-api/iommufd/tracepoints.rst.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/event.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"
#include "lib/nest.h"
#include "lib/trace.h"

struct bench {
	int fd;
	size_t page;
	__u32 ioas;
	struct mock_dev dev;
	struct trace trace;
};

static struct bench bench_make(void)
{
	struct bench b = {
		.trace = trace_open(), .fd = mock_open(), .page = page_size(),
	};

	b.ioas = ioas_alloc(b.fd);
	b.dev = mock_attach(b.fd, b.ioas);
	return b;
}

/* Exactly one event that begins like this. */
#define SAW(b, event, ...)						\
	do {								\
		char text_[192];					\
									\
		snprintf(text_, sizeof(text_), __VA_ARGS__);		\
		harness_note("%s: %s", event, text_);			\
		CHECK_EQ(trace_count(&(b)->trace, event, text_), 1);	\
	} while (0)

static void objects(void)
{
	struct bench b = bench_make();
	__u32 id;

	trace_enable(&b.trace, "object_publish");
	trace_enable(&b.trace, "object_destroy");
	id = ioas_alloc(b.fd);
	SAW(&b, "object_publish", "type=ioas id=%u\n", id);
	CHECK_EQ(trace_count(&b.trace, "object_destroy", ""), 0);
	destroy(b.fd, id);
	SAW(&b, "object_destroy", "type=ioas id=%u\n", id);
	/* an id that user space never saw is no object */
	trace_clear(&b.trace);
	CHECK(__destroy(b.fd, id) != 0);
	CHECK_EQ(trace_count(&b.trace, "object_destroy", ""), 0);
}

static void maps(void)
{
	struct bench b = bench_make();
	char *va = mem_pages(4);
	__u32 other = ioas_alloc(b.fd);

	trace_enable(&b.trace, "map");
	trace_enable(&b.trace, "copy");
	trace_enable(&b.trace, "unmap");
	ioas_map_at(b.fd, b.ioas, va, 4 * b.page, MOCK_IOVA);
	SAW(&b, "map", "ioas=%u iova=0x%llx length=0x%zx prot=0x", b.ioas,
	    (unsigned long long)MOCK_IOVA, 4 * b.page);
	ioas_copy(b.fd, copy_at(other, b.ioas, b.page, MOCK_IOVA,
				MOCK_IOVA + b.page));
	SAW(&b, "copy", "dst_ioas=%u dst_iova=0x%llx src_ioas=%u src_iova=0x%llx length=0x%zx",
	    other, (unsigned long long)MOCK_IOVA, b.ioas,
	    (unsigned long long)MOCK_IOVA + b.page, b.page);
	CHECK_OK(__ioas_unmap(b.fd, b.ioas, MOCK_IOVA, 8 * b.page, NULL));
	SAW(&b, "unmap", "ioas=%u iova=0x%llx length=0x%zx unmapped=0x%zx",
	    b.ioas, (unsigned long long)MOCK_IOVA, 8 * b.page, 4 * b.page);
	/* what failed has changed nothing */
	trace_clear(&b.trace);
	CHECK(__ioas_unmap(b.fd, b.ioas, MOCK_IOVA, b.page, NULL) != 0);
	CHECK(__ioas_map_at(b.fd, b.ioas, va, b.page, 0) != 0);
	CHECK_EQ(trace_count(&b.trace, "unmap", ""), 0);
	CHECK_EQ(trace_count(&b.trace, "map", ""), 0);
}

static void attachments(void)
{
	struct bench b = bench_make();
	struct mock_dev dev;
	__u32 hwpt;

	trace_enable(&b.trace, "attach");
	trace_enable(&b.trace, "replace");
	trace_enable(&b.trace, "detach");
	dev = mock_attach(b.fd, b.ioas);
	CHECK_EQ(trace_count(&b.trace, "attach", "dev=iommufd_mock"), 1);
	hwpt = hwpt_alloc(b.fd, dev.idev, b.ioas);
	mock_replace(b.fd, &dev, hwpt);
	CHECK_EQ(trace_count(&b.trace, "replace", "dev=iommufd_mock"), 1);
	/* the same again changes nothing */
	mock_replace(b.fd, &dev, hwpt);
	CHECK_EQ(trace_count(&b.trace, "replace", ""), 1);
	destroy(b.fd, dev.stdev);
	CHECK_EQ(trace_count(&b.trace, "detach", "dev=iommufd_mock"), 1);
	CHECK_EQ(trace_count(&b.trace, "attach", ""), 1);
}

static void faults(void)
{
	struct bench b = bench_make();
	struct iommu_hwpt_page_response answer = {
		.code = IOMMUFD_PAGE_RESP_SUCCESS,
	};
	struct event_queue queue = fault_queue(b.fd);
	struct iommu_hwpt_pgfault fault;
	__u32 hwpt = hwpt_fault(b.fd, b.dev.idev, b.ioas, queue.id);

	mock_replace(b.fd, &b.dev, hwpt);
	trace_enable(&b.trace, "fault");
	trace_enable(&b.trace, "response");
	trigger_iopf(b.fd, b.dev.idev, 5);
	SAW(&b, "fault", "queue=%u dev=%u pasid=", queue.id, b.dev.idev);
	CHECK_EQ(__event_read(queue.fd, &fault, sizeof(fault)), sizeof(fault));
	answer.cookie = fault.cookie;
	CHECK_EQ(__event_write(queue.fd, &answer, sizeof(answer)),
		 sizeof(answer));
	SAW(&b, "response", "queue=%u cookie=%u code=success", queue.id,
	    fault.cookie);
	/* the kernel answers for who does not read */
	trigger_iopf(b.fd, b.dev.idev, 6);
	mock_replace(b.fd, &b.dev, b.ioas);
	SAW(&b, "response", "queue=%u cookie=0 code=invalid", queue.id);
}

static void invalidations(void)
{
	struct nest n = nest_make();
	struct iommu_hwpt_invalidate_selftest entries[3] = {
		{ .iotlb_id = 0 }, { .iotlb_id = 1 }, { .iotlb_id = 1000 },
	};
	__u32 hwpt = nested_alloc(n.fd, n.dev.idev, n.parent);
	struct iommu_hwpt_invalidate cmd = {
		.size = sizeof(cmd),
		.hwpt_id = hwpt,
		.data_uptr = (unsigned long)entries,
		.data_type = IOMMU_HWPT_INVALIDATE_DATA_SELFTEST,
		.entry_len = sizeof(entries[0]),
		.entry_num = 3,
	};
	char text[128];

	trace_enable(&n.trace, "invalidate");
	CHECK(__invalidate(n.fd, &cmd) != 0);
	snprintf(text, sizeof(text), "id=%u type=%u entries=3 done=2 err=-22",
		 hwpt, IOMMU_HWPT_INVALIDATE_DATA_SELFTEST);
	CHECK_EQ(trace_count(&n.trace, "invalidate", text), 1);
	destroy(n.fd, hwpt);
	nest_end(&n);
}

static const struct test_case cases[] = {
	{ .name = "objects", .fn = objects },
	{ .name = "maps", .fn = maps },
	{ .name = "attachments", .fn = attachments },
	{ .name = "faults", .fn = faults },
	{ .name = "invalidations", .fn = invalidations },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
