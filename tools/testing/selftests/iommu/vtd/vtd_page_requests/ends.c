// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests are in flight when something ends: each is answered once, and a new life
 * begins clean.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <unistd.h>
#include <linux/vfio.h>

#include <iommufd.h>

#include "cases.h"

/* Three groups: one was read, one was not, and of one a part is there. */
static __u32 leave_pending(struct prq_bench *b)
{
	struct iommu_hwpt_pgfault fault;

	prq_ask_pending(b, 0, 1);
	prq_read(&b->queue, &fault, 1);
	CHECK_EQ(prq_ask(b, 0, 1, 3), VTD_SIM_PENDING);
	CHECK_EQ(prq_ask(b, VTD_SIM_OP_MORE, 8, 2), VTD_SIM_OK);
	return fault.cookie;
}

/* Requests of which nobody knows yet when they are drained. */
static void ask_late(struct prq_bench *b)
{
	prq_ask_pending(b, 0, 1);
	prq_ask_pending(b, 1, 2);
	check_empty(&b->queue);
}

static void check_answered(const struct prq_bench *b, __u32 cookie)
{
	CHECK_EQ(sim_counters(&b->sim).responses, 2);
	CHECK_EQ(sim_counters(&b->sim).refusals, 2);
	check_empty(&b->queue);
	if (cookie)
		CHECK_ERR(__prq_answer(&b->queue, cookie, GIVE), EINVAL);
}

static __u32 pend(struct prq_bench *b, const struct how *how)
{
	if (!how->late)
		return leave_pending(b);
	ask_late(b);
	return 0;
}

void detached(const void *arg)
{
	struct prq_bench b;
	__u32 cookie;

	make(&b, arg);
	cookie = pend(&b, arg);
	prq_detach(&b);
	check_answered(&b, cookie);
	CHECK_EQ(sim_get(&b.fn, SIM_FIELD(status)) == VTD_SIM_PENDING, 0);
	prq_attach(&b, b.hwpt);
	if (cookie)
		works_again(&b);
	prq_bench_end(&b);
}

/* By a domain that hears nothing */
void replaced(const void *arg)
{
	struct prq_bench b;
	__u32 cookie;

	make(&b, arg);
	cookie = pend(&b, arg);
	prq_attach(&b, b.plain);
	check_answered(&b, cookie);
	CHECK(prq_ask(&b, 0, 0, 1) != VTD_SIM_PENDING);
	prq_attach(&b, b.hwpt);
	if (cookie)
		works_again(&b);
	prq_bench_end(&b);
}

/* By one that reports to another queue: what comes later goes there. */
void moved(const void *arg)
{
	struct event_queue first, other;
	struct prq_bench b;
	__u32 cookie, hwpt;

	make(&b, arg);
	other = fault_queue(b.fd);
	hwpt = prq_hwpt(&b, other.id);
	first = b.queue;
	cookie = pend(&b, arg);
	prq_attach(&b, hwpt);
	check_answered(&b, cookie);
	b.queue = other;
	if (cookie)
		works_again(&b);
	check_empty(&first);
	close(first.fd);
	prq_bench_end(&b);
}

/* What was asked for before, under the index of a group that is asked for after. */
static void answer_the_old(struct prq_bench *b, __u32 cookie)
{
	struct iommu_hwpt_pgfault old[3], fault;

	prq_read(&b->queue, old, ARRAY_LEN(old));
	sim_set(&b->fn, SIM_FIELD(operand), old[2].grpid);
	CHECK_EQ(prq_ask(b, VTD_SIM_OP_GROUP, 7, 1), VTD_SIM_PENDING);
	prq_read(&b->queue, &fault, 1);
	prq_check(b, &fault, 7, true);
	CHECK_EQ(fault.grpid, old[2].grpid);
	prq_answer(&b->queue, cookie, GIVE);
	prq_answer(&b->queue, old[2].cookie, GIVE);
	CHECK_EQ(sim_get(&b->fn, SIM_FIELD(status)), VTD_SIM_PENDING);
	prq_answer(&b->queue, fault.cookie, DENY);
	CHECK_EQ(prq_result(&b->fn), VTD_SIM_PAGE_FAILED);
}

/*
 * The translation stays, so the reader keeps what it has. The device has heard an answer
 * before its reset, and hears no other one after.
 */
void reset(const void *arg)
{
	struct prq_bench b;
	__u32 cookie;

	make(&b, arg);
	cookie = pend(&b, arg);
	CHECK_OK(iommufd_vfio_reset(b.fn.device));
	CHECK_EQ(sim_counters(&b.sim).responses, 2);
	CHECK_EQ(sim_counters(&b.sim).refusals, 2);
	CHECK_EQ(sim_get(&b.fn, SIM_FIELD(status)), 0);
	if (cookie) {
		answer_the_old(&b, cookie);
		works_again(&b);
	}
	prq_bench_end(&b);
}

void unbound(const void *arg)
{
	struct prq_bench b;
	__u32 cookie;

	make(&b, arg);
	cookie = pend(&b, arg);
	sim_function_close(&b.fn);
	check_answered(&b, cookie);
	sim_function_open(&b.fn, b.fd);
	if (b.pasid)
		vfio_attach(b.fn.device, b.plain);
	prq_attach(&b, b.hwpt);
	if (cookie)
		works_again(&b);
	prq_bench_end(&b);
}

/* The reader goes: what it left is answered, and what comes later, too. */
void reader_gone(const void *arg)
{
	struct prq_bench b;

	make(&b, arg);
	leave_pending(&b);
	close(b.queue.fd);
	b.queue.fd = -1;
	while (sim_counters(&b.sim).responses < 2)
		usleep(500);
	CHECK(prq_ask(&b, 0, 10, 1) != VTD_SIM_OK);
	CHECK_EQ(prq_result(&b.fn), VTD_SIM_PAGE_FAILED);
	CHECK_EQ(sim_counters(&b.sim).refusals, 3);
	prq_bench_end(&b);
}

/* The context goes before the device and before the reader. */
void context_gone(const void *arg)
{
	struct prq_bench b;

	make(&b, arg);
	pend(&b, arg);
	close(b.fd);
	b.fd = -1;
	sim_function_close(&b.fn);
	CHECK_EQ(sim_counters(&b.sim).responses, 2);
	prq_bench_end(&b);
}
