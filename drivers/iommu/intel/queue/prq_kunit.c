// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: the page request queue against a unit made of code.
 */
#include <kunit/test.h>

#include "prq_fake_kunit.h"

#define SCALABLE	(FAKE_PLAIN | VTD_ECAP_SMTS | VTD_ECAP_FSTS)

static struct fake_prq *the_prq;
static unsigned int seen, overflows, in_ring;
static bool sends_more;
static u64 next_addr;

/* In order, each once. Its slot is free before it is looked at. */
static void on_request(struct vtd_unit *unit, const struct vtd_page_request *raw)
{
	struct kunit *test = the_prq->fake->test;
	struct vtd_request request, more = { .sid = 0x510, .read = true };

	KUNIT_EXPECT_TRUE(test, vtd_request_decode(raw, &request));
	KUNIT_EXPECT_EQ(test, request.addr, (u64)seen << 12);
	KUNIT_EXPECT_TRUE(test, mutex_is_locked(&unit->prq->lock));
	seen++;
	in_ring = max(in_ring, (the_prq->pqt - the_prq->pqh) / 32);
	if (sends_more) {
		more.addr = next_addr++ << 12;
		fake_prq_send(the_prq, &more);
	}
}

/* All that came before was seen, and the unit adds nothing yet. */
static void on_overflow(struct vtd_unit *unit)
{
	KUNIT_EXPECT_EQ(the_prq->fake->test, the_prq->pqh, the_prq->pqt);
	KUNIT_EXPECT_TRUE(the_prq->fake->test, the_prq->prs & VTD_PRS_PRO);
	overflows++;
}

static const struct vtd_prq_ops ops = {
	.request = on_request,
	.overflow = on_overflow,
};

static struct vtd_unit *set_up(struct kunit *test)
{
	struct fake_queue *fake = fake_new(test, SCALABLE);

	seen = 0;
	overflows = 0;
	in_ring = 0;
	next_addr = 0;
	sends_more = false;
	the_prq = fake_prq_new(fake);
	KUNIT_ASSERT_EQ(test, vtd_prq_create(&fake->unit, &ops), 0);
	the_prq->prs = VTD_PRS_PRO;	/* of an earlier kernel */
	vtd_prq_start(&fake->unit);
	KUNIT_EXPECT_EQ(test, the_prq->prs, 0U);
	return &fake->unit;
}

static void tear_down(struct kunit *test, struct vtd_unit *unit)
{
	vtd_prq_stop(unit);
	KUNIT_EXPECT_EQ(test, the_prq->pqa, 0ULL);
	vtd_prq_destroy(unit);
	fake_prq_free(the_prq);
	fake_free(the_prq->fake);
}

static void send(unsigned int n)
{
	struct vtd_request request = { .sid = 0x510, .read = true };

	while (n--) {
		request.addr = next_addr++ << 12;
		fake_prq_send(the_prq, &request);
	}
}

/* Twice around the ring, in pieces of all sizes. */
static void vtd_prq_order_test(struct kunit *test)
{
	struct vtd_unit *unit = set_up(test);
	unsigned int n, sent = 0;

	for (n = 1; sent < 2 * VTD_PRQ_ENTRIES; n++) {
		send(n);
		sent += n;
		KUNIT_EXPECT_EQ(test, the_prq->events, n);
		KUNIT_EXPECT_EQ(test, vtd_prq_service(unit), n);
		KUNIT_ASSERT_EQ(test, seen, sent);
		KUNIT_EXPECT_EQ(test, the_prq->prs, 0U);
	}
	KUNIT_EXPECT_EQ(test, vtd_prq_service(unit), 0U);
	KUNIT_EXPECT_EQ(test, the_prq->lost, 0U);
	KUNIT_EXPECT_EQ(test, overflows, 0U);
	tear_down(test, unit);
}

/* The ring holds all but one; what does not fit raises PRO. */
static void vtd_prq_overflow_test(struct kunit *test)
{
	struct vtd_unit *unit = set_up(test);
	unsigned int round;

	for (round = 1; round < 4; round++) {
		seen = 0;
		next_addr = 0;
		send(VTD_PRQ_ENTRIES + 2);
		KUNIT_EXPECT_EQ(test, the_prq->lost, 3 * round);
		KUNIT_EXPECT_EQ(test, vtd_prq_service(unit), VTD_PRQ_ENTRIES);
		KUNIT_EXPECT_EQ(test, seen, VTD_PRQ_ENTRIES - 1);
		KUNIT_EXPECT_EQ(test, overflows, round);
		KUNIT_EXPECT_EQ(test, the_prq->prs, 0U);
	}
	KUNIT_EXPECT_EQ(test, unit->prq->overflows, 3ULL);
	tear_down(test, unit);
}

/* Slots are given back in batches, before the requests are worked at. */
static void vtd_prq_slots_test(struct kunit *test)
{
	struct vtd_unit *unit = set_up(test);

	send(VTD_PRQ_ENTRIES - 1);
	vtd_prq_service(unit);
	KUNIT_EXPECT_EQ(test, in_ring, VTD_PRQ_ENTRIES - 1 - VTD_PRQ_BATCH);
	tear_down(test, unit);
}

/* Who sends without end holds up nobody: a round is what was there at its start. */
static void vtd_prq_bounded_test(struct kunit *test)
{
	struct vtd_unit *unit = set_up(test);

	send(100);
	sends_more = true;
	KUNIT_EXPECT_FALSE(test, vtd_prq_catch_up(unit));
	KUNIT_EXPECT_EQ(test, seen, 100U);
	KUNIT_EXPECT_EQ(test, vtd_prq_service(unit), 100U);
	/* What came meanwhile has raised the event again. */
	KUNIT_EXPECT_EQ(test, the_prq->prs, VTD_PRS_PPR);
	sends_more = false;
	KUNIT_EXPECT_EQ(test, vtd_prq_service(unit), 100U);
	KUNIT_EXPECT_EQ(test, vtd_prq_service(unit), 0U);
	tear_down(test, unit);
}

/* A unit that was taken away reads as all ones. */
static void vtd_prq_gone_test(struct kunit *test)
{
	struct vtd_unit *unit = set_up(test);

	send(3);
	the_prq->gone = true;
	KUNIT_EXPECT_EQ(test, vtd_prq_service(unit), 0U);
	KUNIT_EXPECT_FALSE(test, vtd_prq_catch_up(unit));
	KUNIT_EXPECT_EQ(test, seen, 0U);
	KUNIT_EXPECT_EQ(test, overflows, 0U);
	the_prq->gone = false;
	tear_down(test, unit);
}

/* After sleep the unit has forgotten all. */
static void vtd_prq_again_test(struct kunit *test)
{
	struct vtd_unit *unit = set_up(test);
	u64 pqa = the_prq->pqa;

	KUNIT_EXPECT_EQ(test, pqa & 7, (u64)VTD_PRQ_ORDER);
	send(5);
	vtd_prq_service(unit);
	send(2);
	vtd_prq_quiet(unit);
	KUNIT_EXPECT_EQ(test, the_prq->pqa, 0ULL);
	/* Whoever is late finds nothing. */
	KUNIT_EXPECT_EQ(test, vtd_prq_service(unit), 0U);
	next_addr -= 2;
	vtd_prq_start(unit);
	KUNIT_EXPECT_EQ(test, the_prq->pqa, pqa);
	send(5);
	KUNIT_EXPECT_EQ(test, vtd_prq_service(unit), 5U);
	tear_down(test, unit);
}

/* What is promised fits the ring with room to spare; then nothing more is. */
static void vtd_prq_promise_test(struct kunit *test)
{
	struct vtd_unit *unit = set_up(test);
	unsigned int n = VTD_PRQ_PROMISED_MAX / VTD_SOURCE_ROOM, i;
	struct vtd_prq_source *source =
		kunit_kcalloc(test, n + 1, sizeof(*source), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, source);
	for (i = 0; i <= n; i++)
		vtd_source_init(&source[i], NULL);
	KUNIT_EXPECT_EQ(test, vtd_prq_promise(unit, &source[0], 0, 3), 3);
	KUNIT_EXPECT_EQ(test, vtd_prq_promise(unit, &source[1], 0, 3), -EBUSY);
	for (i = 1; i < n; i++)
		KUNIT_EXPECT_EQ(test, vtd_prq_promise(unit, &source[i], i, 1000),
				VTD_SOURCE_ROOM);
	KUNIT_EXPECT_EQ(test, vtd_prq_promise(unit, &source[n], n, 1000),
			VTD_SOURCE_ROOM - 3);
	vtd_prq_retract(unit, &source[1]);
	KUNIT_EXPECT_EQ(test, vtd_prq_promise(unit, &source[1], 1, 1000),
			VTD_SOURCE_ROOM);
	vtd_prq_retract(unit, &source[0]);
	KUNIT_EXPECT_EQ(test, vtd_prq_promise(unit, &source[0], 0, 1000), 3);
	KUNIT_EXPECT_EQ(test, unit->prq->promised, VTD_PRQ_PROMISED_MAX);
	for (i = 0; i <= n; i++)
		vtd_prq_retract(unit, &source[i]);
	KUNIT_EXPECT_EQ(test, unit->prq->promised, 0U);
	tear_down(test, unit);
}

/* Nothing left to promise */
static void vtd_prq_full_test(struct kunit *test)
{
	struct vtd_unit *unit = set_up(test);
	struct vtd_prq_source *source = kunit_kzalloc(test, sizeof(*source), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, source);
	vtd_source_init(source, NULL);
	unit->prq->promised = VTD_PRQ_PROMISED_MAX;
	KUNIT_EXPECT_EQ(test, vtd_prq_promise(unit, source, 1, 1), -ENOSPC);
	KUNIT_EXPECT_TRUE(test, xa_empty(&unit->prq->sources));
	tear_down(test, unit);
}

static struct kunit_case vtd_prq_cases[] = {
	KUNIT_CASE(vtd_prq_order_test),
	KUNIT_CASE(vtd_prq_overflow_test),
	KUNIT_CASE(vtd_prq_slots_test),
	KUNIT_CASE(vtd_prq_bounded_test),
	KUNIT_CASE(vtd_prq_gone_test),
	KUNIT_CASE(vtd_prq_again_test),
	KUNIT_CASE(vtd_prq_promise_test),
	KUNIT_CASE(vtd_prq_full_test),
	{}
};

static struct kunit_suite vtd_prq_suite = {
	.name = "vtd_prq",
	.test_cases = vtd_prq_cases,
};

kunit_test_suite(vtd_prq_suite);
