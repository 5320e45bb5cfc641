// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: page requests reach whom they are for, or are answered at once.
 */
#include "desk_kunit.h"

static void vtd_requests_report_test(struct kunit *test)
{
	struct desk *desk = desk_new(test);
	struct vtd_domain *domain = desk_domain(test, desk);
	struct iopf_fault *fault;
	struct iopf_group *group;
	u64 page = 0x100;

	KUNIT_ASSERT_EQ(test, desk_attach(desk, 0, domain), 0);
	desk_send(desk, 0, 5, page, false);
	desk_send(desk, 0, 6, 0x200, false);
	desk_send(desk, 0, 5, page + 1, true);
	desk_service(desk);
	KUNIT_ASSERT_EQ(test, desk->nheard, 1U);
	group = desk->heard[0];
	KUNIT_EXPECT_PTR_EQ(test, group->attach_handle, &desk->handle[0]);
	KUNIT_ASSERT_EQ(test, group->fault_count, 2UL);
	list_for_each_entry(fault, &group->faults, list) {
		KUNIT_EXPECT_EQ(test, fault->fault.prm.addr, page++ << 12);
		KUNIT_EXPECT_EQ(test, fault->fault.prm.perm, (u32)IOMMU_FAULT_PERM_READ);
		KUNIT_EXPECT_EQ(test, fault->fault.prm.flags,
				page == 0x102 ? IOMMU_FAULT_PAGE_REQUEST_LAST_PAGE : 0U);
	}
	desk_expect(test, desk, 0, "");
	desk_answer(desk, IOMMU_PAGE_RESP_SUCCESS);
	desk_expect(test, desk, 0, "5:0");

	/* The other group is still complete. */
	desk_send(desk, 0, 6, 0x201, true);
	desk_service(desk);
	KUNIT_ASSERT_EQ(test, desk->nheard, 1U);
	KUNIT_EXPECT_EQ(test, desk->heard[0]->fault_count, 2UL);
	desk_answer(desk, IOMMU_PAGE_RESP_INVALID);
	desk_expect(test, desk, 0, "6:1");

	/* "Failure" would make the device give up. */
	desk_send(desk, 0, 7, 1, true);
	desk_service(desk);
	desk_answer(desk, IOMMU_PAGE_RESP_FAILURE);
	desk_expect(test, desk, 0, "7:1");
	desk_free(test, desk);
	desk_domain_free(domain);
}

/* Nobody can take it: the answer is there, and the next one is taken. */
static void vtd_requests_deaf_test(struct kunit *test)
{
	struct desk *desk = desk_new(test);
	struct vtd_domain *domain = desk_domain(test, desk);

	KUNIT_ASSERT_EQ(test, desk_attach(desk, 0, domain), 0);
	desk->deaf = -ENOMEM;
	desk_send(desk, 0, 1, 1, false);
	desk_send(desk, 0, 1, 2, true);
	desk_service(desk);
	desk_expect(test, desk, 0, "1:1");
	desk->deaf = 0;
	desk_send(desk, 0, 1, 3, true);
	desk_service(desk);
	KUNIT_ASSERT_EQ(test, desk->nheard, 1U);
	KUNIT_EXPECT_EQ(test, desk->heard[0]->fault_count, 1UL);
	desk_free(test, desk);
	desk_domain_free(domain);
}

/* What is answered at once, and what is not answered at all. */
static void vtd_requests_auto_test(struct kunit *test)
{
	struct desk *desk = desk_new(test);
	struct vtd_domain *domain = desk_domain(test, desk);
	struct vtd_request plain = { .sid = stand_sid(0), .addr = 0x1000, .read = true,
				     .last = true };
	struct vtd_request sent;
	unsigned int bit;

	KUNIT_ASSERT_EQ(test, desk_attach(desk, 0, domain), 0);
	desk->stand->fake->n = 0;
	for (bit = 0; bit < 8; bit++) {
		sent = plain;
		sent.group = bit;
		switch (bit) {
		case 0:
			sent.has_pasid = true;
			sent.pasid = 9;
			break;
		case 1:
			sent.read = false;
			break;
		case 2:
			sent.addr = BIT_ULL(56);	/* not canonical */
			break;
		case 3:
			sent.addr = ~BIT_ULL(56) & ~0xfffULL;
			break;
		case 4:
			sent.sid = stand_sid(1);	/* attached to another domain */
			break;
		case 5:
			sent.sid = 0x7777;		/* unknown */
			break;
		case 6:
			sent.sid = 0x7777;		/* and not the last */
			sent.last = false;
			break;
		case 7:
			sent.has_pasid = true;		/* a stop marker */
			sent.read = false;
			break;
		}
		fake_prq_send(desk->prq, &sent);
	}
	desk_service(desk);
	KUNIT_EXPECT_EQ(test, desk->nheard, 0U);
	desk_expect(test, desk, 0, "0:1p 1:1 2:1 3:1");
	desk_expect(test, desk, 1, "4:1");
	KUNIT_ASSERT_EQ(test, desk->stand->fake->n, 1U);
	KUNIT_EXPECT_EQ(test, desk->stand->fake->log[0].qw[0], 0x0000000077771009ULL);
	desk->stand->fake->n = 0;

	/* The last addresses that there are at either end */
	plain.addr = BIT_ULL(56) - 0x1000;
	fake_prq_send(desk->prq, &plain);
	plain.addr = ~0xfffULL << 44;
	plain.group = 1;
	fake_prq_send(desk->prq, &plain);
	desk_service(desk);
	KUNIT_EXPECT_EQ(test, desk->nheard, 2U);
	desk_free(test, desk);
	desk_domain_free(domain);
}

/* One that must not be handled, in front of one that may: the group is refused. */
static void vtd_requests_spoiled_test(struct kunit *test)
{
	struct desk *desk = desk_new(test);
	struct vtd_domain *domain = desk_domain(test, desk);

	KUNIT_ASSERT_EQ(test, desk_attach(desk, 0, domain), 0);
	desk_send(desk, 0, 3, 1, false);
	desk_send(desk, 0, 3, BIT_ULL(44), false);
	desk_send(desk, 0, 3, 2, true);
	desk_service(desk);
	KUNIT_EXPECT_EQ(test, desk->nheard, 0U);
	desk_expect(test, desk, 0, "3:1");
	desk_free(test, desk);
	desk_domain_free(domain);
}

/*
 * Requests are lost: what is not complete is dropped, and the device is not told of
 * groups that the unit has answered itself.
 */
static void vtd_requests_loss_test(struct kunit *test)
{
	struct desk *desk = desk_new(test);
	struct vtd_domain *domain = desk_domain(test, desk);
	struct vtd_domain *other = desk_domain(test, desk);
	unsigned int i;

	KUNIT_ASSERT_EQ(test, desk_attach(desk, 0, domain), 0);
	KUNIT_ASSERT_EQ(test, desk_attach(desk, 1, other), 0);
	desk_send(desk, 1, 4, 1, false);
	for (i = 0; i < VTD_PRQ_ENTRIES - 2; i++)
		desk_send(desk, 0, 1, i, false);
	desk_send(desk, 1, 4, 2, true);
	KUNIT_EXPECT_EQ(test, desk->prq->lost, 1U);
	desk_service(desk);
	desk_expect(test, desk, 1, "");
	KUNIT_EXPECT_EQ(test, desk->stand->vd[1].requests->npartial, 0U);

	/* The device goes on with that index: a new group. */
	desk_send(desk, 1, 4, 3, true);
	desk_service(desk);
	KUNIT_ASSERT_EQ(test, desk->nheard, 1U);
	KUNIT_EXPECT_EQ(test, desk->heard[0]->fault_count, 1UL);
	desk_free(test, desk);
	desk_domain_free(other);
	desk_domain_free(domain);
}

/* A device that breaks its promise costs no memory, and then has no say any more. */
static void vtd_requests_flood_test(struct kunit *test)
{
	struct desk *desk = desk_new(test);
	struct vtd_domain *domain = desk_domain(test, desk);
	struct vtd_domain *other = desk_domain(test, desk);
	unsigned int i;

	KUNIT_ASSERT_EQ(test, desk_attach(desk, 0, domain), 0);
	KUNIT_ASSERT_EQ(test, desk_attach(desk, 1, other), 0);
	for (i = 0; i < STAND_REQUESTS; i++)
		desk_send(desk, 0, i, i, true);
	desk_service(desk);
	KUNIT_EXPECT_EQ(test, desk->nheard, (unsigned int)STAND_REQUESTS);
	desk_expect(test, desk, 0, "");
	desk_send(desk, 0, 100, i, true);
	desk_service(desk);
	KUNIT_EXPECT_EQ(test, desk->nheard, (unsigned int)STAND_REQUESTS);
	desk_expect(test, desk, 0, "100:1");
	KUNIT_EXPECT_TRUE(test, desk_passes(desk, 0));

	for (i = 0; i < 100; i++)
		desk_send(desk, 0, i, i, true);
	desk_send(desk, 1, 7, 7, true);
	desk_service(desk);
	KUNIT_EXPECT_FALSE(test, desk_passes(desk, 0));
	KUNIT_EXPECT_TRUE(test, desk_passes(desk, 1));
	KUNIT_EXPECT_TRUE(test, stand_reaches(desk->stand, 0));
	KUNIT_ASSERT_EQ(test, desk->nheard, STAND_REQUESTS + 1U);
	while (desk->nheard > 1)
		desk_answer(desk, IOMMU_PAGE_RESP_SUCCESS);
	desk->stand->fake->n = 0;
	desk_answer(desk, IOMMU_PAGE_RESP_SUCCESS);
	desk_expect(test, desk, 1, "7:0");

	/* A new translation is a new chance. */
	stand_detach(desk->stand, 0);
	KUNIT_EXPECT_EQ(test, desk_attach(desk, 0, domain), 0);
	KUNIT_EXPECT_TRUE(test, desk_passes(desk, 0));
	desk_free(test, desk);
	desk_domain_free(other);
	desk_domain_free(domain);
}

/* After sleep nobody waits for anything, and numbers of groups mean other ones. */
static void vtd_requests_sleep_test(struct kunit *test)
{
	struct desk *desk = desk_new(test);
	struct vtd_domain *domain = desk_domain(test, desk);
	struct vtd_unit *unit = &desk->stand->fake->unit;

	KUNIT_ASSERT_EQ(test, desk_attach(desk, 0, domain), 0);
	desk_send(desk, 0, 1, 1, true);
	desk_send(desk, 0, 2, 2, false);
	desk_service(desk);
	KUNIT_ASSERT_EQ(test, desk->nheard, 1U);
	vtd_prq_stop(unit);
	vtd_prq_start(unit);
	desk_send(desk, 0, 2, 3, true);
	desk_service(desk);
	KUNIT_ASSERT_EQ(test, desk->nheard, 2U);
	KUNIT_EXPECT_EQ(test, desk->heard[1]->fault_count, 1UL);
	desk_answer(desk, IOMMU_PAGE_RESP_SUCCESS);
	desk_expect(test, desk, 0, "");
	desk_answer(desk, IOMMU_PAGE_RESP_SUCCESS);
	desk_expect(test, desk, 0, "2:0");
	desk_free(test, desk);
	desk_domain_free(domain);
}

/* Sends @n of them in one round. Do its page requests pass after that? */
static bool passes_after(struct desk *desk, const struct vtd_request *request,
			 unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		fake_prq_send(desk->prq, request);
	desk_service(desk);
	return desk_passes(desk, 0);
}

/* What nobody would report fills the ring just as well; stop markers are legal. */
static void vtd_requests_useless_flood_test(struct kunit *test)
{
	struct desk *desk = desk_new(test);
	struct vtd_domain *domain = desk_domain(test, desk);
	struct vtd_request request = {
		.sid = stand_sid(0), .has_pasid = true, .pasid = 3, .last = true,
	};

	KUNIT_ASSERT_EQ(test, desk_attach(desk, 0, domain), 0);
	KUNIT_EXPECT_TRUE(test, passes_after(desk, &request, 200));
	request.read = true;
	KUNIT_EXPECT_TRUE(test, passes_after(desk, &request, STAND_REQUESTS));
	KUNIT_EXPECT_FALSE(test, passes_after(desk, &request, 110));
	KUNIT_EXPECT_EQ(test, desk->nheard, 0U);
	desk_free(test, desk);
	desk_domain_free(domain);
}

static struct kunit_case vtd_requests_cases[] = {
	KUNIT_CASE(vtd_requests_report_test),
	KUNIT_CASE(vtd_requests_deaf_test),
	KUNIT_CASE(vtd_requests_auto_test),
	KUNIT_CASE(vtd_requests_spoiled_test),
	KUNIT_CASE(vtd_requests_loss_test),
	KUNIT_CASE(vtd_requests_flood_test),
	KUNIT_CASE(vtd_requests_useless_flood_test),
	KUNIT_CASE(vtd_requests_sleep_test),
	{}
};

static struct kunit_suite vtd_requests_suite = {
	.name = "vtd_requests",
	.test_cases = vtd_requests_cases,
};

kunit_test_suite(vtd_requests_suite);
