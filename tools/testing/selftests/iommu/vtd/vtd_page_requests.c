// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page requests from the device to the reader of a fault queue and back, on simulated
 * units whose caches keep all they may.
 *
 * Each case ends with a look at what the devices saw: no group was answered twice, or
 * after a reset, and no translation was used that was gone.
 *
 * Documentation/driver-api/vtd/page-requests.rst says what holds.
 *
 * Needs a kernel with CONFIG_INTEL_IOMMU_SIM and vtd_sim=.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/trace.h"
#include "vtd_page_requests/cases.h"

#define CASE_SECONDS 60
/* More reads of registers than anything does that does not wait. */
#define FOR_EVER 1000000

static const struct how rid = { VTD_SIM_FULL, PRQ_NO_PASID, 0 };
static const struct how rid_late = { VTD_SIM_FULL, PRQ_NO_PASID, FOR_EVER };
static const struct how rid_cm = { VTD_SIM_FULL_CM, PRQ_NO_PASID, 0 };
static const struct how rid_incoherent = { VTD_SIM_FULL_INCOHERENT, PRQ_NO_PASID, 0 };
static const struct how pasid = { VTD_SIM_FULL, 5, 0 };
static const struct how pasid_late = { VTD_SIM_FULL, 5, FOR_EVER };
static const struct how pasid_cm = { VTD_SIM_FULL_CM, 0xfffff, 0 };

void make(struct prq_bench *b, const void *arg)
{
	const struct how *how = arg;

	prq_bench_make(b, sim_unit_late(how->profile, "", how->late, 0), VTD_SIM_ENGINE,
		       how->pasid);
}

void check_empty(const struct event_queue *queue)
{
	CHECK_EQ(event_poll(queue->fd) & POLLIN, 0);
}

/* Whatever ends it: what was asked for is answered, and a new life begins clean. */
void works_again(struct prq_bench *b)
{
	prq_ask_pending(b, 4, 1);
	prq_map(b, 4);
	prq_serve(&b->queue, GIVE);
	CHECK_EQ(prq_result(&b->fn), VTD_SIM_OK);
	prq_transfer(b, 4);
	ioas_unmap(b->fd, b->ioas, PRQ_IOVA + 4 * page_size(), page_size());
}

/* A page that is missing is asked for, given, and used. */
static void given(const void *arg)
{
	struct iommu_hwpt_pgfault fault;
	struct prq_bench b;
	unsigned int page;

	make(&b, arg);
	for (page = 0; page < 4; page++) {
		__u64 iova = PRQ_IOVA + page * page_size();

		CHECK_EQ(prq_run(&b, VTD_SIM_OP_READ | VTD_SIM_OP_ATS, iova, 8),
			 VTD_SIM_BLOCKED);
		prq_ask_pending(&b, page, 1);
		prq_read(&b.queue, &fault, 1);
		prq_check(&b, &fault, page, true);
		/* It waits for the answer, and for nothing else. */
		prq_map(&b, page);
		CHECK_EQ(sim_get(&b.fn, SIM_FIELD(status)), VTD_SIM_PENDING);
		prq_answer(&b.queue, fault.cookie, GIVE);
		CHECK_EQ(prq_result(&b.fn), VTD_SIM_OK);
		prq_transfer(&b, page);
		CHECK_ERR(__prq_answer(&b.queue, fault.cookie, GIVE), EINVAL);
	}
	ioas_unmap(b.fd, b.ioas, PRQ_IOVA, page * page_size());
	CHECK(prq_run(&b, VTD_SIM_OP_READ | VTD_SIM_OP_ATS, PRQ_IOVA, 8) != VTD_SIM_OK);
	check_empty(&b.queue);
	CHECK_EQ(sim_counters(&b.sim).responses, page);
	CHECK_EQ(sim_counters(&b.sim).refusals, 0);
	prq_bench_end(&b);
}

/* Tracepoints say what was asked for and how that was answered. */
static void traced(const void *arg)
{
	struct trace trace = trace_open();
	struct prq_bench b;
	char text[64];

	if (trace_enable_other(&trace, "intel_iommu/prq_report") ||
	    trace_enable_other(&trace, "intel_iommu/prq_answer"))
		harness_skip("the kernel has no such tracepoint");
	make(&b, arg);
	trace_clear(&trace);
	prq_ask_pending(&b, 0, 1);
	prq_serve(&b.queue, DENY);
	CHECK_EQ(prq_result(&b.fn), VTD_SIM_PAGE_FAILED);
	CHECK_EQ(trace_lines(&trace, "prq_report: "), 1);
	CHECK_EQ(trace_lines(&trace, "prq_answer: "), 1);
	snprintf(text, sizeof(text), "%.8s pasid %d group ", b.fn.bdf + 5,
		 b.pasid == PRQ_NO_PASID ? -1 : (int)b.pasid);
	CHECK_EQ(trace_lines(&trace, text), 1);
	CHECK_EQ(trace_lines(&trace, " invalid\n"), 1);
	trace_clear(&trace);
	works_again(&b);
	CHECK_EQ(trace_lines(&trace, "prq_report: "), 1);
	CHECK_EQ(trace_lines(&trace, " success\n"), 1);
	prq_bench_end(&b);
}

/* The device hears that there will be no page, and may ask for others. */
static void denied(const void *arg)
{
	struct prq_bench b;

	make(&b, arg);
	prq_ask_pending(&b, 0, 1);
	prq_serve(&b.queue, DENY);
	CHECK_EQ(prq_result(&b.fn), VTD_SIM_PAGE_FAILED);
	CHECK_EQ(prq_run(&b, VTD_SIM_OP_READ | VTD_SIM_OP_ATS, PRQ_IOVA, 8),
		 VTD_SIM_BLOCKED);
	CHECK_EQ(sim_counters(&b.sim).refusals, 1);
	prq_ask_pending(&b, 1, 1);
	prq_map(&b, 1);
	prq_serve(&b.queue, GIVE);
	CHECK_EQ(prq_result(&b.fn), VTD_SIM_OK);
	prq_transfer(&b, 1);
	prq_bench_end(&b);
}

/* A group is one answer, however many pages it has. */
static void groups(const void *arg)
{
	struct iommu_hwpt_pgfault fault[5];
	struct prq_bench b;
	unsigned int i;

	make(&b, arg);
	prq_ask_pending(&b, 2, ARRAY_LEN(fault));
	prq_read(&b.queue, fault, ARRAY_LEN(fault));
	for (i = 0; i < ARRAY_LEN(fault); i++) {
		prq_check(&b, &fault[i], 2 + i, i == ARRAY_LEN(fault) - 1);
		CHECK_EQ(fault[i].grpid, fault[0].grpid);
		CHECK_EQ(fault[i].cookie, fault[0].cookie);
		prq_map(&b, 2 + i);
	}
	prq_answer(&b.queue, fault[0].cookie, GIVE);
	CHECK_EQ(prq_result(&b.fn), VTD_SIM_OK);
	for (i = 0; i < ARRAY_LEN(fault); i++)
		prq_transfer(&b, 2 + i);
	CHECK_EQ(sim_counters(&b.sim).responses, 1);
	prq_bench_end(&b);
}

/* Nobody hears of a group before its last request; others pass it. */
static void parts(const void *arg)
{
	struct iommu_hwpt_pgfault fault[4];
	struct prq_bench b;

	make(&b, arg);
	sim_set(&b.fn, SIM_FIELD(operand), 7);
	CHECK_EQ(prq_ask(&b, VTD_SIM_OP_GROUP | VTD_SIM_OP_MORE, 0, 2), VTD_SIM_OK);
	sim_set(&b.fn, SIM_FIELD(operand), 8);
	CHECK_EQ(prq_ask(&b, VTD_SIM_OP_GROUP, 9, 1), VTD_SIM_PENDING);
	prq_read(&b.queue, fault, 1);
	prq_check(&b, fault, 9, true);
	CHECK_EQ(fault[0].grpid, 8);
	check_empty(&b.queue);
	prq_answer(&b.queue, fault[0].cookie, GIVE);
	CHECK_EQ(prq_result(&b.fn), VTD_SIM_OK);

	sim_set(&b.fn, SIM_FIELD(operand), 7);
	CHECK_EQ(prq_ask(&b, VTD_SIM_OP_GROUP, 2, 1), VTD_SIM_PENDING);
	prq_read(&b.queue, fault, 3);
	prq_check(&b, &fault[0], 0, false);
	prq_check(&b, &fault[1], 1, false);
	prq_check(&b, &fault[2], 2, true);
	CHECK_EQ(fault[2].grpid, 7);
	prq_answer(&b.queue, fault[2].cookie, DENY);
	CHECK_EQ(prq_result(&b.fn), VTD_SIM_PAGE_FAILED);
	prq_bench_end(&b);
}

/* The attach says at once that nobody would ever hear of a request. */
static void refuse(const char *caps, __u32 lacks, __u32 pasid)
{
	struct prq_bench b = { .pasid = pasid };
	struct event_queue queue;
	__u32 hwpt;

	b.sim = sim_unit(VTD_SIM_FULL, caps);
	b.fn = sim_function(&b.sim, VTD_SIM_ENGINE, lacks);
	b.fd = iommu_open();
	sim_function_open(&b.fn, b.fd);
	b.ioas = ioas_alloc(b.fd);
	b.plain = prq_hwpt(&b, 0);
	vfio_attach(b.fn.device, b.plain);
	queue = fault_queue(b.fd);
	CHECK_OK(__prq_hwpt(&b, &b.fn, queue.id, &hwpt));
	CHECK_ERR(__prq_attach(&b, &b.fn, hwpt), ENODEV);
	/* It has what it had. */
	b.va = mem_pages(PRQ_PAGES);
	prq_map(&b, 3);
	b.pasid = PRQ_NO_PASID;
	CHECK_EQ(prq_run(&b, VTD_SIM_OP_READ, PRQ_IOVA + 3 * page_size(), 64), VTD_SIM_OK);
	close(queue.fd);
	b.queue.fd = -1;
	prq_bench_end(&b);
}

static void refused(const void *arg)
{
	const struct how *how = arg;

	refuse("-pds", 0, how->pasid);
	refuse("-prs,-pds", 0, how->pasid);
	refuse("", VTD_SIM_FUNCTION_NO_PRI, how->pasid);
	refuse("", VTD_SIM_FUNCTION_NO_ATS, how->pasid);
}

#define CASE(f)	{ .name = #f, .fn = f, .seconds = CASE_SECONDS }
#define ON(f, p) { .name = #f " " #p, .fn_arg = f, .arg = &(p), .seconds = CASE_SECONDS }

static const struct test_case cases[] = {
	ON(given, rid), ON(given, rid_cm), ON(given, rid_incoherent),
	ON(traced, rid),
	ON(denied, rid),
	ON(groups, rid),
	ON(parts, rid),
	ON(polled, rid),
	ON(detached, rid), ON(detached, rid_late),
	ON(replaced, rid), ON(replaced, rid_late),
	ON(moved, rid), ON(moved, rid_late),
	ON(reset, rid), ON(reset, rid_late),
	ON(unbound, rid), ON(unbound, rid_late),
	ON(context_gone, rid), ON(context_gone, rid_late),
	ON(reader_gone, rid),
	ON(flood, rid),
	ON(races, rid),
	ON(refused, rid),

	ON(given, pasid), ON(given, pasid_cm),
	ON(traced, pasid),
	ON(denied, pasid),
	ON(groups, pasid),
	ON(parts, pasid),
	ON(detached, pasid), ON(detached, pasid_late),
	ON(replaced, pasid), ON(replaced, pasid_late),
	ON(moved, pasid), ON(moved, pasid_late),
	ON(reset, pasid), ON(reset, pasid_late),
	ON(unbound, pasid), ON(unbound, pasid_late),
	ON(context_gone, pasid), ON(context_gone, pasid_late),
	ON(reader_gone, pasid),
	ON(flood, pasid),
	ON(races, pasid),
	ON(refused, pasid),
	CASE(pasid_queues),
	CASE(pasid_ends_alone),
	CASE(pasid_stop_marker),
	CASE(pasid_without_rid),
};

int main(int argc, char **argv)
{
	return harness_main(argc, argv, cases, ARRAY_LEN(cases));
}
