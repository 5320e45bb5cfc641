// SPDX-License-Identifier: GPL-2.0-only
/* Faults of a translation that ends, and of a queue that nobody reads (FQ5). */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#include "lib/event.h"
#include "lib/harness.h"
#include "lib/mock.h"

#define FAULT sizeof(struct iommu_hwpt_pgfault)
#define DENY IOMMUFD_PAGE_RESP_INVALID

/* One group read and unanswered, one not read. */
static __u32 leave_pending(struct fault_bench *b)
{
	struct iommu_hwpt_pgfault fault;

	trigger_iopf(b->fd, b->dev.idev, 1);
	trigger_iopf_group(b->fd, b->dev.idev, 2, 5);
	fault_bench_read(b, &fault, 1);
	return fault.cookie;
}

/* The mock checks that every group was answered when a device goes. */
static void check_nothing_pending(struct fault_bench *b, __u32 cookie)
{
	struct iommu_hwpt_pgfault faults[8];

	CHECK_EQ(event_poll(b->queue.fd), POLLOUT);
	CHECK_EQ(__event_read(b->queue.fd, faults, sizeof(faults)), 0);
	CHECK_ERR(__fault_bench_answer(b, cookie, DENY), EINVAL);
}

static void replace_answers(void)
{
	struct fault_bench b = fault_bench_make();
	__u32 cookie = leave_pending(&b);

	mock_replace(b.fd, &b.dev, b.plain);
	check_nothing_pending(&b, cookie);
	/* nobody takes them now */
	trigger_iopf(b.fd, b.dev.idev, 1);
	CHECK_EQ(event_poll(b.queue.fd), POLLOUT);
	mock_replace(b.fd, &b.dev, b.hwpt);
	leave_pending(&b);
}

static void replace_by_same_queue(void)
{
	struct fault_bench b = fault_bench_make();
	__u32 hwpt = hwpt_fault(b.fd, b.dev.idev, b.ioas, b.queue.id);
	__u32 cookie = leave_pending(&b);

	/* not a change: everything stays pending */
	mock_replace(b.fd, &b.dev, b.hwpt);
	CHECK_OK(__fault_bench_answer(&b, cookie, DENY));
	CHECK(event_poll(b.queue.fd) & POLLIN);
	mock_replace(b.fd, &b.dev, hwpt);
	check_nothing_pending(&b, cookie);
}

static void detach_answers(void)
{
	struct fault_bench b = fault_bench_make();
	__u32 cookie = leave_pending(&b);

	destroy(b.fd, b.dev.stdev);
	check_nothing_pending(&b, cookie);
}

static void close_answers(void)
{
	struct fault_bench b = fault_bench_make();

	leave_pending(&b);
	close(b.queue.fd);
	/* answered at once, since nobody else can */
	trigger_iopf(b.fd, b.dev.idev, 3);
	destroy(b.fd, b.dev.stdev);
	destroy(b.fd, b.hwpt);
	destroy(b.fd, b.queue.id);
}

static void context_closed_first(void)
{
	struct fault_bench b = fault_bench_make();
	struct iommu_hwpt_pgfault fault;
	__u32 cookie = leave_pending(&b);

	close(b.fd);
	CHECK_ERR(__event_read(b.queue.fd, &fault, FAULT), EINVAL);
	CHECK_OK(__fault_bench_answer(&b, cookie, DENY));
	close(b.queue.fd);
}

static void no_queue(void)
{
	struct fault_bench b = fault_bench_make();
	const __u32 ids[] = { 0, b.ioas, b.hwpt, b.queue.id, 1000 };
	struct iommu_test_trigger_iopf fault = { .dev_id = b.dev.idev };
	size_t i;

	mock_replace(b.fd, &b.dev, b.plain);
	CHECK_OK(__trigger_iopf(b.fd, fault));
	fault.perm = MOCK_IOPF_PERM_MORE;
	CHECK_OK(__trigger_iopf(b.fd, fault));
	for (i = 0; i < ARRAY_LEN(ids); i++) {
		fault.dev_id = ids[i];
		CHECK_ERR(__trigger_iopf(b.fd, fault), ENOENT);
	}
	CHECK_EQ(event_poll(b.queue.fd), POLLOUT);
}

struct race {
	struct fault_bench b;
	atomic_bool stop;
	atomic_long answered;
};

static void *race_trigger(void *arg)
{
	struct race *r = arg;
	struct iommu_test_trigger_iopf fault = { .dev_id = r->b.dev.idev };

	while (!r->stop) {
		/* nobody takes it while the other hwpt is in place */
		CHECK_OK(__trigger_iopf(r->b.fd, fault));
		fault.grpid++;
	}
	return NULL;
}

static void *race_answer(void *arg)
{
	struct iommu_hwpt_pgfault faults[4];
	struct race *r = arg;

	while (!r->stop) {
		long n = __event_read(r->b.queue.fd, faults, sizeof(faults));

		CHECK(n >= 0 && n % FAULT == 0);
		for (; n; n -= FAULT) {
			/* EINVAL: the replace was faster */
			int rc = __fault_bench_answer(&r->b, faults[n / FAULT - 1].cookie,
					  DENY);

			CHECK(!rc || rc == -EINVAL);
			r->answered += !rc;
		}
	}
	return NULL;
}

static void replace_races(void)
{
	struct race r = { .b = fault_bench_make() };
	pthread_t thread[4];
	size_t i;

	for (i = 0; i < ARRAY_LEN(thread); i++)
		CHECK_OK(pthread_create(&thread[i], NULL,
					i % 2 ? race_trigger : race_answer,
					&r));
	for (i = 0; i < 200; i++)
		mock_replace(r.b.fd, &r.b.dev, i % 2 ? r.b.hwpt : r.b.plain);
	while (!r.answered)
		usleep(1000);
	r.stop = true;
	for (i = 0; i < ARRAY_LEN(thread); i++)
		CHECK_OK(pthread_join(thread[i], NULL));
	destroy(r.b.fd, r.b.dev.stdev);
	CHECK_EQ(event_poll(r.b.queue.fd), POLLOUT);
}

static const struct test_case cases[] = {
	{ .name = "FQ5_replace_answers", .fn = replace_answers },
	{ .name = "FQ5_replace_by_same_queue", .fn = replace_by_same_queue },
	{ .name = "FQ5_detach_answers", .fn = detach_answers },
	{ .name = "close_answers", .fn = close_answers },
	{ .name = "context_closed_first", .fn = context_closed_first },
	{ .name = "no_queue", .fn = no_queue },
	{ .name = "replace_races", .fn = replace_races, .seconds = 60 },
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
