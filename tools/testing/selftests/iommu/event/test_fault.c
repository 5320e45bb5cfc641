// SPDX-License-Identifier: GPL-2.0-only
/* Fault queues (FQ), hwpts that report to one (H6, H10, H17). */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/event.h"
#include "lib/harness.h"
#include "lib/memory.h"
#include "lib/stall.h"

#define FAULT sizeof(struct iommu_hwpt_pgfault)
#define ANSWER sizeof(struct iommu_hwpt_page_response)
#define DENY IOMMUFD_PAGE_RESP_INVALID

static void flags(void)
{
	struct fault_bench b = fault_bench_make();
	struct iommu_fault_alloc cmd = { .size = sizeof(cmd) };
	int bit;

	for (bit = 0; bit < 32; bit++) {
		cmd.flags = 1U << bit;
		CHECK_ERR(__iommu_cmd(b.fd, IOMMU_FAULT_QUEUE_ALLOC, &cmd),
			  EOPNOTSUPP);
	}
	footprint_check(&b.before);
}

static void answer_not_writable(void)
{
	struct fault_bench b = fault_bench_make();
	struct iommu_fault_alloc cmd = { .size = sizeof(cmd) };
	int probe = dup(b.fd);

	CHECK_ERR(__iommu_cmd(b.fd, IOMMU_FAULT_QUEUE_ALLOC,
			      mem_readonly(&cmd, sizeof(cmd))), EFAULT);
	footprint_check(&b.before);
	/* no descriptor is left either */
	CHECK_EQ(dup(b.fd), probe + 1);
}

static void file_properties(void)
{
	struct fault_bench b = fault_bench_make();
	char link[64], name[64] = "";
	char byte;

	CHECK_EQ(fcntl(b.queue.fd, F_GETFD), FD_CLOEXEC);
	CHECK_EQ(fcntl(b.queue.fd, F_GETFL) & O_ACCMODE, O_RDWR);
	CHECK(lseek(b.queue.fd, 0, SEEK_CUR) < 0 && errno == ESPIPE);
	CHECK(pread(b.queue.fd, &byte, 0, 40) < 0 && errno == ESPIPE);
	CHECK(pwrite(b.queue.fd, &byte, 0, 8) < 0 && errno == ESPIPE);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", b.queue.fd);
	CHECK(readlink(link, name, sizeof(name) - 1) > 0);
	CHECK(!strcmp(name, "anon_inode:[iommufd-pgfault]"));
}

static void file_keeps_object(void)
{
	struct fault_bench b = fault_bench_make();
	struct event_queue queue = fault_queue(b.fd);
	int copy = dup(queue.fd);

	CHECK_ERR(__destroy(b.fd, queue.id), EBUSY);
	close(queue.fd);
	CHECK_ERR(__destroy(b.fd, queue.id), EBUSY);
	close(copy);
	destroy(b.fd, queue.id);
	CHECK_ERR(__destroy(b.fd, queue.id), ENOENT);
	footprint_check(&b.before);
}

static void hwpt_keeps_object(void)
{
	struct fault_bench b = fault_bench_make();

	close(b.queue.fd);
	CHECK_ERR(__destroy(b.fd, b.queue.id), EBUSY);
	mock_replace(b.fd, &b.dev, b.plain);
	CHECK_ERR(__destroy(b.fd, b.queue.id), EBUSY);
	destroy(b.fd, b.hwpt);
	destroy(b.fd, b.queue.id);
}

static void hwpt_refusals(void)
{
	struct fault_bench b = fault_bench_make();
	const __u32 ids[] = { 0, b.ioas, b.hwpt, b.dev.idev, 1000, ~0U };
	struct iommu_hwpt_alloc cmd = {
		.flags = IOMMU_HWPT_FAULT_ID_VALID |
			 IOMMU_HWPT_ALLOC_NEST_PARENT,
		.dev_id = b.dev.idev,
		.pt_id = b.ioas,
		.fault_id = b.queue.id,
	};
	__u32 hwpt;
	size_t i;

	CHECK_ERR(__hwpt_alloc(b.fd, &cmd), EOPNOTSUPP);
	for (i = 0; i < ARRAY_LEN(ids); i++)
		CHECK_ERR(__hwpt_fault(b.fd, b.dev.idev, b.ioas, ids[i], &hwpt),
			  ENOENT);
	footprint_check(&b.before);
}

static void read_sizes(void)
{
	struct fault_bench b = fault_bench_make();
	struct iommu_hwpt_pgfault faults[2];
	size_t len;

	for (len = 0; len <= sizeof(faults); len++)
		CHECK_EQ(__event_read(b.queue.fd, faults, len),
			 len % FAULT ? -ESPIPE : 0);
	trigger_iopf(b.fd, b.dev.idev, 1);
	CHECK_ERR(__event_read(b.queue.fd, faults, FAULT - 1), ESPIPE);
	CHECK_ERR(__event_read(b.queue.fd, faults, 0), EINVAL);
	CHECK_EQ(__event_read(b.queue.fd, faults, 2 * FAULT), FAULT);
	CHECK_EQ(__event_read(b.queue.fd, faults, 2 * FAULT), 0);
}

static void whole_groups(void)
{
	struct fault_bench b = fault_bench_make();
	struct iommu_hwpt_pgfault faults[8];
	int i;

	trigger_iopf_group(b.fd, b.dev.idev, 7, 3);
	trigger_iopf(b.fd, b.dev.idev, 8);
	trigger_iopf_group(b.fd, b.dev.idev, 9, 2);

	CHECK_ERR(__event_read(b.queue.fd, faults, FAULT), EINVAL);
	CHECK_ERR(__event_read(b.queue.fd, faults, 2 * FAULT), EINVAL);
	/* the third group does not fit any more */
	CHECK_EQ(__event_read(b.queue.fd, faults, 5 * FAULT), 4 * FAULT);
	for (i = 0; i < 3; i++) {
		CHECK_EQ(faults[i].grpid, 7);
		CHECK_EQ(faults[i].cookie, faults[0].cookie);
		CHECK_EQ(faults[i].addr, MOCK_IOVA + (7 + i) * 4096);
		CHECK_EQ(faults[i].flags,
			 i == 2 ? IOMMU_PGFAULT_FLAGS_LAST_PAGE : 0);
	}
	CHECK_EQ(faults[3].grpid, 8);
	CHECK(faults[3].cookie != faults[0].cookie);
	CHECK_EQ(__event_read(b.queue.fd, faults, 8 * FAULT), 2 * FAULT);
	CHECK_EQ(faults[0].grpid, 9);
	CHECK_EQ(__event_read(b.queue.fd, faults, 8 * FAULT), 0);
}

static void read_faults_back(void)
{
	struct iommu_hwpt_pgfault zero[2] = {}, *faults;
	struct fault_bench b = fault_bench_make();

	trigger_iopf(b.fd, b.dev.idev, 1);
	trigger_iopf(b.fd, b.dev.idev, 2);
	CHECK_ERR(__event_read(b.queue.fd, mem_nowhere(), 2 * FAULT), EFAULT);
	CHECK_ERR(__event_read(b.queue.fd, mem_readonly(zero, sizeof(zero)),
			       2 * FAULT), EFAULT);
	CHECK(event_poll(b.queue.fd) & POLLIN);
	/* one and a half records are writable */
	faults = mem_before_hole(zero, FAULT + FAULT / 2);
	CHECK_EQ(__event_read(b.queue.fd, faults, 2 * FAULT), FAULT);
	CHECK_EQ(faults[0].grpid, 1);
	CHECK_OK(__fault_bench_answer(&b, faults[0].cookie, DENY));
	CHECK_EQ(__event_read(b.queue.fd, zero, 2 * FAULT), FAULT);
	CHECK_EQ(zero[0].grpid, 2);
	CHECK_OK(__fault_bench_answer(&b, zero[0].cookie, DENY));
}

/* The buffer ends at every byte: a group is there whole, or still to be read. */
static void read_faults_anywhere(void)
{
	struct fault_bench b = fault_bench_make();
	struct iommu_hwpt_pgfault zero[2] = {}, *faults;
	size_t nbytes;

	trigger_iopf_group(b.fd, b.dev.idev, 1, 2);
	for (nbytes = 1; nbytes < 2 * FAULT; nbytes++) {
		faults = mem_before_hole(zero, nbytes);
		CHECK_ERR(__event_read(b.queue.fd, faults, 2 * FAULT), EFAULT);
	}
	CHECK_EQ(__event_read(b.queue.fd, zero, 2 * FAULT), 2 * FAULT);
	CHECK_EQ(zero[1].cookie, zero[0].cookie);
	CHECK_OK(__fault_bench_answer(&b, zero[0].cookie, DENY));
	CHECK_EQ(__event_read(b.queue.fd, zero, 2 * FAULT), 0);
}

static void record_contents(void)
{
	struct fault_bench b = fault_bench_make();
	struct iommu_test_trigger_iopf fault = {
		.dev_id = b.dev.idev,
		.grpid = 0x123,
		.addr = 0x12345678abcd000,
	};
	struct iommu_hwpt_pgfault got;
	__u32 perm, last = 0;

	for (perm = 0; perm < 16; perm++) {
		fault.perm = perm;
		CHECK_OK(__trigger_iopf(b.fd, fault));
		memset(&got, 0xee, sizeof(got));
		fault_bench_read(&b, &got, 1);
		CHECK_EQ(got.flags, IOMMU_PGFAULT_FLAGS_LAST_PAGE);
		CHECK_EQ(got.dev_id, b.dev.idev);
		CHECK_EQ(got.pasid, 0);
		CHECK_EQ(got.grpid, 0x123);
		CHECK_EQ(got.perm, perm);
		CHECK_EQ(got.__reserved, 0);
		CHECK_EQ(got.addr, fault.addr);
		CHECK_EQ(got.length, 0);
		/* not used again soon: the answer may be late */
		CHECK_EQ(got.cookie, last + 1);
		last = got.cookie;
		CHECK_OK(__fault_bench_answer(&b, got.cookie, IOMMUFD_PAGE_RESP_SUCCESS));
	}
}

static void two_devices(void)
{
	struct fault_bench b = fault_bench_make();
	struct mock_dev two = mock_attach(b.fd, b.hwpt);
	struct iommu_hwpt_pgfault faults[2];

	trigger_iopf(b.fd, two.idev, 1);
	trigger_iopf(b.fd, b.dev.idev, 1);
	fault_bench_read(&b, faults, 2);
	CHECK_EQ(faults[0].dev_id, two.idev);
	CHECK_EQ(faults[1].dev_id, b.dev.idev);
	/* the one that leaves is answered, the other one is not */
	destroy(b.fd, two.stdev);
	CHECK_ERR(__fault_bench_answer(&b, faults[0].cookie, DENY), EINVAL);
	CHECK_OK(__fault_bench_answer(&b, faults[1].cookie, DENY));
}

static void write_refusals(void)
{
	struct fault_bench b = fault_bench_make();
	struct iommu_hwpt_page_response answers[3] = {};
	struct iommu_hwpt_pgfault faults[2];
	void *hole;
	size_t len;

	for (len = 0; len <= 2 * ANSWER; len++) {
		if (len % ANSWER)
			CHECK_ERR(__event_write(b.queue.fd, answers, len),
				  ESPIPE);
	}
	CHECK_EQ(__event_write(b.queue.fd, answers, 0), 0);
	CHECK_ERR(__fault_bench_answer(&b, 0, DENY), EINVAL);
	CHECK_ERR(__fault_bench_answer(&b, 1, DENY), EINVAL);
	CHECK_ERR(__fault_bench_answer(&b, ~0U, DENY), EINVAL);
	CHECK_ERR(__event_write(b.queue.fd, mem_nowhere(), ANSWER), EFAULT);

	trigger_iopf(b.fd, b.dev.idev, 1);
	/* a cookie is one only after it was read */
	CHECK_ERR(__fault_bench_answer(&b, 1, DENY), EINVAL);
	trigger_iopf(b.fd, b.dev.idev, 2);
	fault_bench_read(&b, faults, 2);
	CHECK_ERR(__fault_bench_answer(&b, faults[0].cookie, 2), EINVAL);
	CHECK_ERR(__fault_bench_answer(&b, faults[0].cookie, ~0U), EINVAL);

	/* what stands before the mistake is done */
	answers[0].cookie = faults[0].cookie;
	answers[1].cookie = faults[0].cookie;
	answers[2].cookie = faults[1].cookie;
	CHECK_EQ(__event_write(b.queue.fd, answers, sizeof(answers)), ANSWER);
	CHECK_ERR(__fault_bench_answer(&b, faults[0].cookie, DENY), EINVAL);
	hole = mem_before_hole(&answers[2], ANSWER);
	CHECK_EQ(__event_write(b.queue.fd, hole, 2 * ANSWER), ANSWER);
	CHECK_ERR(__fault_bench_answer(&b, faults[1].cookie, DENY), EINVAL);
}

static void *poll_for_fault(void *arg)
{
	struct pollfd p = { .fd = *(int *)arg, .events = POLLIN };

	CHECK_EQ(poll(&p, 1, 10000), 1);
	CHECK_EQ(p.revents, POLLIN);
	return NULL;
}

static void pollers(void)
{
	struct fault_bench b = fault_bench_make();
	struct iommu_hwpt_pgfault faults[2];
	pthread_t thread[3];
	size_t i;

	CHECK_EQ(event_poll(b.queue.fd), POLLOUT);
	for (i = 0; i < ARRAY_LEN(thread); i++)
		CHECK_OK(pthread_create(&thread[i], NULL, poll_for_fault,
					&b.queue.fd));
	usleep(20000);
	trigger_iopf(b.fd, b.dev.idev, 1);
	for (i = 0; i < ARRAY_LEN(thread); i++)
		CHECK_OK(pthread_join(thread[i], NULL));
	trigger_iopf(b.fd, b.dev.idev, 2);
	CHECK_EQ(event_poll(b.queue.fd), POLLIN | POLLRDNORM | POLLOUT);
	fault_bench_read(&b, faults, 1);
	CHECK_EQ(event_poll(b.queue.fd), POLLIN | POLLRDNORM | POLLOUT);
	fault_bench_read(&b, faults, 1);
	/* unanswered, but read */
	CHECK_EQ(event_poll(b.queue.fd), POLLOUT);
}

struct slow_reader {
	int fd;
	struct stall stall;
	long rc;
};

static void *slow_reader_thread(void *arg)
{
	struct slow_reader *reader = arg;

	reader->rc = __event_read(reader->fd, reader->stall.page, FAULT);
	return NULL;
}

static void *poll_for_ever(void *arg)
{
	struct pollfd p = { .fd = *(int *)arg, .events = POLLIN };

	CHECK_EQ(poll(&p, 1, -1), 1);
	return NULL;
}

/* A record that comes back from a failed read wakes who waits for one. */
static void read_fails_under_poll(void)
{
	struct fault_bench b = fault_bench_make();
	struct slow_reader reader = {
		.fd = b.queue.fd,
		.stall = stall_any(),
	};
	struct iommu_hwpt_pgfault fault;
	pthread_t slow, poller;

	trigger_iopf(b.fd, b.dev.idev, 1);
	CHECK_OK(pthread_create(&slow, NULL, slow_reader_thread, &reader));
	stall_wait(&reader.stall);
	CHECK_EQ(event_poll(b.queue.fd), POLLOUT);
	CHECK_OK(pthread_create(&poller, NULL, poll_for_ever, &b.queue.fd));
	usleep(100000);
	CHECK_EQ(munmap(reader.stall.page, page_size()), 0);
	CHECK_EQ(close(reader.stall.fd), 0);
	CHECK_OK(pthread_join(slow, NULL));
	CHECK_ERR(reader.rc, EFAULT);
	CHECK_OK(pthread_join(poller, NULL));
	fault_bench_read(&b, &fault, 1);
	CHECK_OK(__fault_bench_answer(&b, fault.cookie, DENY));
}

static const struct test_case cases[] = {
	{ .name = "flags", .fn = flags },
	{ .name = "answer_not_writable", .fn = answer_not_writable },
	{ .name = "file_properties", .fn = file_properties },
	{ .name = "file_keeps_object", .fn = file_keeps_object },
	{ .name = "H17_hwpt_keeps_object", .fn = hwpt_keeps_object },
	{ .name = "H6_H10_hwpt_refusals", .fn = hwpt_refusals },
	{ .name = "FQ1_read_sizes", .fn = read_sizes },
	{ .name = "FQ1_whole_groups", .fn = whole_groups },
	{ .name = "FQ1_read_faults", .fn = read_faults_back },
	{ .name = "FQ1_read_faults_anywhere", .fn = read_faults_anywhere },
	{ .name = "FQ2_record_contents", .fn = record_contents },
	{ .name = "FQ2_two_devices", .fn = two_devices },
	{ .name = "FQ3_write_refusals", .fn = write_refusals },
	{ .name = "FQ4_pollers", .fn = pollers },
	{ .name = "FQ4_read_fails_under_poll", .fn = read_fails_under_poll },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
