// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests without PASID and those of two PASIDs go to three queues, under the same
 * numbers of groups; what happens to one of the three is nothing to the others.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <unistd.h>

#include "cases.h"

#define USERS 3
#define GROUP 77

/* The bench belongs to the first; all share its function and its IOAS. */
struct users {
	struct prq_bench b[USERS];
};

static const __u32 pasids[USERS] = { PRQ_NO_PASID, 1, 0xabcde };

/* The first @nolisten of them are attached to hwpts without faults. */
static void users_make(struct users *u, unsigned int nolisten)
{
	static const struct how how = { VTD_SIM_FULL, PRQ_NO_PASID, 0 };
	unsigned int i;

	make(&u->b[0], &how);
	for (i = 0; i < USERS; i++) {
		u->b[i] = u->b[0];
		u->b[i].fn.sim = &u->b[0].sim;
		u->b[i].pasid = pasids[i];
		if (i)
			u->b[i].queue = fault_queue(u->b[0].fd);
		/* The first one allows others beside it. */
		u->b[i].pasid = 1;
		u->b[i].plain = prq_hwpt(&u->b[i], 0);
		u->b[i].hwpt = prq_hwpt(&u->b[i], u->b[i].queue.id);
		u->b[i].pasid = pasids[i];
		prq_attach(&u->b[i], i < nolisten ? u->b[i].plain : u->b[i].hwpt);
	}
}

static void users_end(struct users *u)
{
	unsigned int i;

	for (i = 1; i < USERS; i++)
		close(u->b[i].queue.fd);
	prq_bench_end(&u->b[0]);
}

static void ask(const struct users *u, unsigned int i, __u32 flags, unsigned int page)
{
	sim_set(&u->b[i].fn, SIM_FIELD(operand), GROUP);
	CHECK_EQ(prq_ask(&u->b[i], VTD_SIM_OP_GROUP | flags, page, 1),
		 flags ? VTD_SIM_OK : VTD_SIM_PENDING);
}

static void check_all_empty(const struct users *u)
{
	unsigned int i;

	for (i = 0; i < USERS; i++)
		check_empty(&u->b[i].queue);
}

/* Each queue gets what is its own, a part first, then the rest. */
void pasid_queues(void)
{
	struct iommu_hwpt_pgfault fault[2];
	struct users u;
	unsigned int i;

	users_make(&u, 0);
	for (i = 0; i < USERS; i++)
		ask(&u, i, VTD_SIM_OP_MORE, i);
	check_all_empty(&u);
	for (i = 0; i < USERS; i++) {
		ask(&u, i, 0, 8 + i);
		prq_read(&u.b[i].queue, fault, 2);
		prq_check(&u.b[i], &fault[0], i, false);
		prq_check(&u.b[i], &fault[1], 8 + i, true);
		CHECK_EQ(fault[1].grpid, GROUP);
		check_all_empty(&u);
		prq_map(&u.b[i], i);
		prq_map(&u.b[i], 8 + i);
		prq_answer(&u.b[i].queue, fault[1].cookie, GIVE);
		CHECK_EQ(prq_result(&u.b[i].fn), VTD_SIM_OK);
		prq_transfer(&u.b[i], 8 + i);
	}
	users_end(&u);
}

/* One after the other goes, with a request read, and one not complete. */
void pasid_ends_alone(void)
{
	struct iommu_hwpt_pgfault fault[USERS];
	struct vtd_sim_counters c;
	struct users u;
	unsigned int i;

	users_make(&u, 0);
	for (i = 0; i < USERS; i++) {
		ask(&u, i, 0, i);
		prq_read(&u.b[i].queue, &fault[i], 1);
		sim_set(&u.b[i].fn, SIM_FIELD(operand), GROUP + 1);
		CHECK_EQ(prq_ask(&u.b[i], VTD_SIM_OP_GROUP | VTD_SIM_OP_MORE, 4, 1),
			 VTD_SIM_OK);
	}
	prq_attach(&u.b[1], u.b[1].plain);
	c = sim_counters(&u.b[0].sim);
	CHECK_EQ(c.responses, 1);
	CHECK_EQ(c.refusals, 1);
	CHECK_ERR(__prq_answer(&u.b[1].queue, fault[1].cookie, GIVE), EINVAL);
	/* What the other two had is as it was. */
	prq_answer(&u.b[2].queue, fault[2].cookie, GIVE);
	sim_set(&u.b[2].fn, SIM_FIELD(operand), GROUP + 1);
	CHECK_EQ(prq_ask(&u.b[2], VTD_SIM_OP_GROUP, 5, 1), VTD_SIM_PENDING);
	prq_read(&u.b[2].queue, fault + 1, 2);
	prq_check(&u.b[2], &fault[1], 4, false);
	prq_check(&u.b[2], &fault[2], 5, true);
	/* Requests of the one that went are refused, and its translation works. */
	CHECK(prq_ask(&u.b[1], 0, 9, 1) != VTD_SIM_OK);
	CHECK_EQ(prq_result(&u.b[1].fn), VTD_SIM_PAGE_FAILED);
	prq_map(&u.b[1], 9);
	prq_transfer(&u.b[1], 9);
	prq_detach(&u.b[2]);
	prq_answer(&u.b[0].queue, fault[0].cookie, GIVE);
	c = sim_counters(&u.b[0].sim);
	CHECK_EQ(c.responses, 5);
	CHECK_EQ(c.refusals, 3);
	prq_attach(&u.b[0], u.b[0].plain);
	/* Nobody hears any more: they are off. */
	CHECK_EQ(prq_ask(&u.b[0], 0, 11, 1), VTD_SIM_NO_CAP);
	prq_attach(&u.b[2], u.b[2].hwpt);
	works_again(&u.b[2]);
	users_end(&u);
}

/* The device has stopped using a PASID: what was not complete never will be. */
void pasid_stop_marker(void)
{
	struct iommu_hwpt_pgfault fault;
	struct users u;
	unsigned int i;

	users_make(&u, 0);
	for (i = 0; i < USERS; i++)
		ask(&u, i, VTD_SIM_OP_MORE, i);
	CHECK_EQ(prq_run(&u.b[1], VTD_SIM_OP_STOP, 0, 0), VTD_SIM_OK);
	ask(&u, 1, 0, 8);
	prq_read(&u.b[1].queue, &fault, 1);
	prq_check(&u.b[1], &fault, 8, true);
	prq_answer(&u.b[1].queue, fault.cookie, DENY);
	for (i = 0; i < USERS; i += 2) {
		struct iommu_hwpt_pgfault both[2];

		ask(&u, i, 0, 8);
		prq_read(&u.b[i].queue, both, 2);
		prq_check(&u.b[i], &both[0], i, false);
		prq_answer(&u.b[i].queue, both[1].cookie, DENY);
	}
	check_all_empty(&u);
	users_end(&u);
}

/* Requests without PASID are refused while those of a PASID are heard. */
void pasid_without_rid(void)
{
	struct users u;

	users_make(&u, 2);
	works_again(&u.b[2]);
	CHECK(prq_ask(&u.b[0], 0, 9, 1) != VTD_SIM_OK);
	CHECK_EQ(prq_result(&u.b[0].fn), VTD_SIM_PAGE_FAILED);
	CHECK(prq_ask(&u.b[1], 0, 9, 1) != VTD_SIM_OK);
	CHECK_EQ(prq_result(&u.b[1].fn), VTD_SIM_PAGE_FAILED);
	check_all_empty(&u);
	prq_attach(&u.b[0], u.b[0].hwpt);
	works_again(&u.b[2]);
	prq_attach(&u.b[0], u.b[0].plain);
	works_again(&u.b[2]);
	prq_detach(&u.b[2]);
	CHECK_EQ(prq_ask(&u.b[0], 0, 9, 1), VTD_SIM_NO_CAP);
	users_end(&u);
}
