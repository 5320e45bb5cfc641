// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/<pid>/fdinfo of /dev/iommu says what the context holds:
 * Documentation/userspace-api/iommufd/fdinfo.rst.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/capability.h>

#include "lib/event.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/mock.h"
#include "lib/nest.h"
#include "lib/proc.h"
#include "lib/stall.h"

static char text[65536];

static void look(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	CHECK(proc_read(path, text, sizeof(text)) > 0);
}

/* The line that begins like this, without them; fails where there is none. */
static const char *line_of(const char *key, __u32 id)
{
	static char line[512];
	const char *start;
	char begin[64];

	snprintf(begin, sizeof(begin), "%s:\t%u ", key, id);
	start = strstr(text, begin);
	if (!start)
		harness_fail(__FILE__, __LINE__, "no '%s' in\n%s", begin, text);
	start += strlen(begin);
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(start, "\n"), start);
	return line;
}

static unsigned long long number_of(const char *line, const char *word)
{
	const char *start = strstr(line, word);
	unsigned long long number = 0;

	if (!start || sscanf(start + strlen(word), " %llu", &number) != 1)
		harness_fail(__FILE__, __LINE__, "no '%s' in '%s'", word, line);
	return number;
}

static unsigned long long ioas_number(int fd, __u32 ioas, const char *word)
{
	look(fd);
	return number_of(line_of("iommufd-ioas", ioas), word);
}

static void empty(void)
{
	int fd = iommu_open();

	look(fd);
	CHECK(strstr(text, "iommufd-charge:\tuser\n"));
	CHECK(strstr(text, "iommufd-objects:\t\n"));
	CHECK(!strstr(text, "iommufd-ioas"));
	CHECK_OK(__option_rlimit_mode(fd, 1));
	look(fd);
	CHECK(strstr(text, "iommufd-charge:\tmm\n"));
}

static void maps_are_counted(void)
{
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	__u32 second = ioas_alloc(fd);
	size_t page = page_size();
	struct mock_dev dev;

	proc_drop_cap(CAP_IPC_LOCK);
	CHECK_EQ(ioas_number(fd, ioas, "areas"), 0);
	ioas_map_at(fd, ioas, mem_pages(6), 6 * page, MOCK_IOVA);
	CHECK_EQ(ioas_number(fd, ioas, "areas"), 1);
	CHECK_EQ(ioas_number(fd, ioas, "mapped"), 6 * page);
	/* nothing is pinned before a page table needs it */
	CHECK_EQ(ioas_number(fd, ioas, "pinned"), 0);
	CHECK_EQ(ioas_number(fd, ioas, "tables"), 0);

	dev = mock_attach(fd, ioas);
	CHECK_EQ(ioas_number(fd, ioas, "pinned"), 6 * page);
	CHECK_EQ(ioas_number(fd, ioas, "charged"), 6 * page);
	CHECK_EQ(ioas_number(fd, ioas, "tables"), 1);
	CHECK(ioas_number(fd, ioas, "reserved") > 0);

	/* shared memory is counted once, where it is met first */
	ioas_copy(fd, copy_at(second, ioas, 2 * page, MOCK_IOVA, MOCK_IOVA));
	CHECK_EQ(ioas_number(fd, ioas, "pinned"), 6 * page);
	CHECK_EQ(ioas_number(fd, second, "pinned"), 0);
	CHECK_EQ(ioas_number(fd, second, "mapped"), 2 * page);

	CHECK_EQ(ioas_number(fd, ioas, "flushes"), 0);
	ioas_unmap(fd, ioas, MOCK_IOVA, 6 * page);
	CHECK_EQ(ioas_number(fd, ioas, "flushes"), 1);
	CHECK_EQ(ioas_number(fd, ioas, "areas"), 0);
	destroy(fd, dev.stdev);
	CHECK_EQ(ioas_number(fd, ioas, "tables"), 0);
}

static void many_areas(void)
{
	int fd = iommu_open();
	__u32 ioas = ioas_alloc(fd);
	size_t page = page_size();
	char *va = mem_pages(1);
	unsigned int i;

	for (i = 0; i < 2500; i++)
		ioas_map_at(fd, ioas, va, page, (1000 + 2 * i) * page);
	CHECK_EQ(ioas_number(fd, ioas, "areas"), 2500);
	CHECK_EQ(ioas_number(fd, ioas, "mapped"), 2500 * page);
}

static void tables_and_devices(void)
{
	struct nest n = nest_make();
	__u32 hwpt = nested_alloc(n.fd, n.dev.idev, n.parent);
	char want[64];

	look(n.fd);
	snprintf(want, sizeof(want), "paging ioas %u", n.ioas);
	CHECK(strstr(line_of("iommufd-hwpt", n.parent), want));
	CHECK(strstr(line_of("iommufd-hwpt", n.parent), "nest-parent"));
	CHECK(strstr(line_of("iommufd-hwpt", n.dev.hwpt), "automatic"));
	snprintf(want, sizeof(want), "nested parent %u", n.parent);
	CHECK(strstr(line_of("iommufd-hwpt", hwpt), want));
	CHECK(strstr(line_of("iommufd-device", n.dev.idev), "iommufd_mock"));
	CHECK_EQ(number_of(line_of("iommufd-device", n.dev.idev), "hwpt"),
		 n.dev.hwpt);
	CHECK_EQ(number_of(line_of("iommufd-device", n.dev.idev), "pasids"), 0);
	CHECK(strstr(text, "hwpt_nested 1"));
	CHECK(strstr(text, "hwpt_paging 2"));

	CHECK_EQ(number_of(line_of("iommufd-hwpt", hwpt), "groups"), 0);
	CHECK_EQ(number_of(line_of("iommufd-hwpt", n.dev.hwpt), "groups"), 1);

	mock_replace(n.fd, &n.dev, hwpt);
	look(n.fd);
	CHECK_EQ(number_of(line_of("iommufd-device", n.dev.idev), "hwpt"), hwpt);
	CHECK_EQ(number_of(line_of("iommufd-hwpt", hwpt), "groups"), 1);
	CHECK_EQ(number_of(line_of("iommufd-hwpt", n.parent), "groups"), 0);
}

static __u32 pasids_of(int fd, __u32 hwpt)
{
	look(fd);
	return number_of(line_of("iommufd-hwpt", hwpt), "pasids");
}

/* Each PASID counts where it is attached, and until it is not. */
static void pasids(void)
{
	struct iommu_test_cmd make = {
		.mock_domain_flags.dev_flags = MOCK_FLAGS_DEVICE_PASID,
	};
	struct iommu_hwpt_alloc alloc = { .flags = IOMMU_HWPT_ALLOC_PASID };
	struct iommu_test_cmd pasid = {};
	int fd = mock_open();
	struct mock_dev dev;
	__u32 other, i;

	make.id = ioas_alloc(fd);
	alloc.pt_id = make.id;
	CHECK_OK(__mock_cmd(fd, IOMMU_TEST_OP_MOCK_DOMAIN_FLAGS, &make));
	alloc.dev_id = make.mock_domain_flags.out_idev_id;
	CHECK_OK(__hwpt_alloc(fd, &alloc));
	other = alloc.out_hwpt_id;
	CHECK_OK(__hwpt_alloc(fd, &alloc));
	dev.stdev = make.mock_domain_flags.out_stdev_id;
	mock_replace(fd, &dev, other);
	pasid.id = dev.stdev;
	pasid.pasid_attach.pt_id = alloc.out_hwpt_id;
	for (i = 1; i <= 3; i++) {
		pasid.pasid_attach.pasid = i;
		CHECK_OK(__mock_cmd(fd, IOMMU_TEST_OP_PASID_ATTACH, &pasid));
	}
	CHECK_EQ(pasids_of(fd, alloc.out_hwpt_id), 3);
	CHECK_EQ(number_of(line_of("iommufd-hwpt", alloc.out_hwpt_id), "groups"), 0);
	CHECK_EQ(pasids_of(fd, other), 0);
	pasid.pasid_attach.pasid = 2;
	pasid.pasid_attach.pt_id = other;
	CHECK_OK(__mock_cmd(fd, IOMMU_TEST_OP_PASID_REPLACE, &pasid));
	CHECK_EQ(pasids_of(fd, alloc.out_hwpt_id), 2);
	CHECK_EQ(pasids_of(fd, other), 1);
	CHECK_OK(__mock_cmd(fd, IOMMU_TEST_OP_PASID_DETACH, &pasid));
	CHECK_EQ(pasids_of(fd, other), 0);
}

static void queues(void)
{
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);
	struct mock_dev dev = mock_attach(fd, ioas);
	struct event_queue queue = fault_queue(fd);
	struct iommu_hwpt_pgfault fault;
	struct event_queue events;
	struct guest guest;

	mock_replace(fd, &dev, hwpt_fault(fd, dev.idev, ioas, queue.id));
	trigger_iopf(fd, dev.idev, 1);
	trigger_iopf(fd, dev.idev, 2);
	CHECK_EQ(__event_read(queue.fd, &fault, sizeof(fault)), sizeof(fault));
	look(fd);
	CHECK_EQ(number_of(line_of("iommufd-fault", queue.id), "groups"), 2);
	CHECK_EQ(number_of(line_of("iommufd-fault", queue.id), "queued"), 1);
	CHECK_EQ(number_of(line_of("iommufd-fault", queue.id), "waiting"), 1);

	guest = guest_make(fd, dev.idev, ioas);
	events = veventq(fd, guest.viommu, 3);
	trigger_vevents(fd, dev.idev, 2);
	look(fd);
	CHECK_EQ(number_of(line_of("iommufd-veventq", events.id), "viommu"),
		 guest.viommu);
	CHECK_EQ(number_of(line_of("iommufd-veventq", events.id), "events"), 2);
	CHECK_EQ(number_of(line_of("iommufd-veventq", events.id), "held"), 2);
	CHECK_EQ(number_of(line_of("iommufd-veventq", events.id), "depth"), 3);
}

/* A reader that is slow does not make the kernel remember without end. */
static void queue_is_bounded(void)
{
	struct fault_bench b = fault_bench_make();
	struct iommu_hwpt_pgfault fault;
	unsigned int i;

	for (i = 0; i < 32770; i++)
		trigger_iopf(b.fd, b.dev.idev, i % 1000);
	look(b.fd);
	CHECK_EQ(number_of(line_of("iommufd-fault", b.queue.id), "queued"),
		 32768);
	CHECK_EQ(number_of(line_of("iommufd-fault", b.queue.id), "refused"), 2);

	/* who reads and answers makes room, who only reads does not */
	fault_bench_read(&b, &fault, 1);
	trigger_iopf(b.fd, b.dev.idev, 1);
	CHECK_OK(__fault_bench_answer(&b, fault.cookie,
				      IOMMUFD_PAGE_RESP_INVALID));
	trigger_iopf(b.fd, b.dev.idev, 1);
	look(b.fd);
	CHECK_EQ(number_of(line_of("iommufd-fault", b.queue.id), "queued"),
		 32768);
	CHECK_EQ(number_of(line_of("iommufd-fault", b.queue.id), "waiting"), 0);
	CHECK_EQ(number_of(line_of("iommufd-fault", b.queue.id), "refused"), 3);
}

struct slow_attach {
	int fd;
	__u32 ioas;
};

static void *slow_attach_thread(void *arg)
{
	struct slow_attach *attach = arg;

	mock_attach(attach->fd, attach->ioas);
	return NULL;
}

/* Somebody who only looks is not stuck behind an attach that pins for long. */
static void looker_is_killable(void)
{
	struct slow_attach attach = { .fd = mock_open() };
	struct stall stall = stall_any();
	pthread_t thread;
	pid_t child;

	attach.ioas = ioas_alloc(attach.fd);
	ioas_map_at(attach.fd, attach.ioas, stall.page, page_size(), MOCK_IOVA);
	CHECK_EQ(pthread_create(&thread, NULL, slow_attach_thread, &attach), 0);
	stall_wait(&stall);
	child = harness_fork();
	if (!child) {
		look(attach.fd);
		_exit(0);
	}
	usleep(100000);
	CHECK_EQ(kill(child, SIGKILL), 0);
	CHECK_EQ(waitpid(child, NULL, 0), child);
	stall_end(&stall);
	CHECK_EQ(pthread_join(thread, NULL), 0);
	CHECK_EQ(ioas_number(attach.fd, attach.ioas, "pinned"), page_size());
}

static unsigned int count_of(const char *key)
{
	const char *at = text;
	unsigned int n = 0;

	for (; (at = strstr(at, key)); at++)
		n++;
	return n;
}

/* However many objects there are, so many lines, and all are counted. */
static void many_objects(void)
{
	int fd = iommu_open();
	unsigned int i;

	for (i = 0; i < 255; i++)
		ioas_alloc(fd);
	look(fd);
	CHECK_EQ(count_of("iommufd-ioas:"), 255);
	CHECK(!strstr(text, "iommufd-left-out"));
	for (; i < 3000; i++)
		ioas_alloc(fd);
	look(fd);
	CHECK_EQ(count_of("iommufd-ioas:"), 256);
	CHECK(strstr(text, "iommufd-left-out:\t2744 lines\n"));
	CHECK(strstr(text, "ioas 3000 "));
}

/* What never was in a page table need not be flushed from it. */
static void failed_map_flushes_nothing(void)
{
	int fd = mock_open();
	__u32 ioas = ioas_alloc(fd);

	mock_attach(fd, ioas);
	CHECK_ERR(__ioas_map_at(fd, ioas, mem_nowhere(), page_size(),
				MOCK_IOVA), EFAULT);
	CHECK_EQ(ioas_number(fd, ioas, "flushes"), 0);
	CHECK_EQ(ioas_number(fd, ioas, "areas"), 0);
}

static const struct test_case cases[] = {
	{ .name = "empty", .fn = empty },
	{ .name = "maps_are_counted", .fn = maps_are_counted },
	{ .name = "many_areas", .fn = many_areas },
	{ .name = "many_objects", .fn = many_objects },
	{ .name = "failed_map_flushes_nothing",
	  .fn = failed_map_flushes_nothing },
	{ .name = "tables_and_devices", .fn = tables_and_devices },
	{ .name = "pasids", .fn = pasids },
	{ .name = "queues", .fn = queues },
	{ .name = "queue_is_bounded", .fn = queue_is_bounded, .seconds = 300 },
	{ .name = "looker_is_killable", .fn = looker_is_killable },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
