// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: page requests become groups.
 */
#include <kunit/test.h>

#include "source.h"

#define ROOM	4

static struct vtd_prq_source *new_source(struct kunit *test)
{
	struct vtd_prq_source *source = kunit_kzalloc(test, sizeof(*source), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, source);
	vtd_source_init(source, NULL);
	vtd_source_reset(source, 0x510, ROOM);
	return source;
}

static struct vtd_request part(unsigned int group, u64 page)
{
	return (struct vtd_request){
		.sid = 0x510, .group = group, .addr = page << 12, .read = true,
	};
}

static struct vtd_request last(unsigned int group, u64 page)
{
	struct vtd_request request = part(group, page);

	request.last = true;
	return request;
}

static struct vtd_request with(struct vtd_request request, u32 pasid)
{
	request.has_pasid = true;
	request.pasid = pasid;
	return request;
}

/* Two groups at a time; each gets its own, in order. */
static void vtd_source_groups_test(struct kunit *test)
{
	struct vtd_prq_source *source = new_source(test);
	struct vtd_request sent[] = {
		part(1, 10), part(2, 20), part(1, 11), last(1, 12), last(2, 21),
	};
	struct vtd_prq_set *set = kunit_kzalloc(test, sizeof(*set), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, set);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, vtd_source_take(source, &sent[i], set),
				VTD_TAKE_KEPT);
	KUNIT_EXPECT_EQ(test, vtd_source_take(source, &sent[3], set), VTD_TAKE_COMPLETE);
	KUNIT_ASSERT_EQ(test, set->n, 3U);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, set->request[i].addr, (10ULL + i) << 12);
	KUNIT_EXPECT_EQ(test, vtd_source_take(source, &sent[4], set), VTD_TAKE_COMPLETE);
	KUNIT_ASSERT_EQ(test, set->n, 2U);
	KUNIT_EXPECT_EQ(test, set->request[0].addr, 20ULL << 12);
	KUNIT_EXPECT_EQ(test, source->npartial, 0U);
}

/* One index in two PASIDs, and without one: three groups. */
static void vtd_source_same_index_test(struct kunit *test)
{
	struct vtd_prq_source *source = new_source(test);
	struct vtd_request sent[] = {
		with(part(7, 1), 0), with(part(7, 2), 5), part(7, 3),
		with(last(7, 4), 5), last(7, 5), with(last(7, 6), 0),
	};
	static const u64 first[] = { 2, 3, 1 };
	struct vtd_prq_set *set = kunit_kzalloc(test, sizeof(*set), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, set);
	for (i = 0; i < 3; i++)
		vtd_source_take(source, &sent[i], set);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, vtd_source_take(source, &sent[3 + i], set),
				VTD_TAKE_COMPLETE);
		KUNIT_ASSERT_EQ(test, set->n, 2U);
		KUNIT_EXPECT_EQ(test, set->request[0].addr, first[i] << 12);
	}
}

/* More than was promised costs no room: the group is refused when it ends. */
static void vtd_source_excess_test(struct kunit *test)
{
	struct vtd_prq_source *source = new_source(test);
	struct vtd_prq_set *set = kunit_kzalloc(test, sizeof(*set), GFP_KERNEL);
	struct vtd_request request;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, set);
	for (i = 0; i < ROOM; i++) {
		request = part(1, i);
		vtd_source_take(source, &request, set);
	}
	request = part(2, 100);
	KUNIT_EXPECT_EQ(test, vtd_source_take(source, &request, set), VTD_TAKE_KEPT);
	KUNIT_EXPECT_EQ(test, source->npartial, (unsigned int)ROOM);
	KUNIT_EXPECT_EQ(test, source->excess, 1U);
	request = last(2, 101);
	KUNIT_EXPECT_EQ(test, vtd_source_take(source, &request, set), VTD_TAKE_REFUSED);
	/* The index is free again, the other group was not touched. */
	KUNIT_EXPECT_EQ(test, vtd_source_take(source, &request, set), VTD_TAKE_COMPLETE);
	request = last(1, 9);
	KUNIT_EXPECT_EQ(test, vtd_source_take(source, &request, set), VTD_TAKE_COMPLETE);
	KUNIT_EXPECT_EQ(test, set->n, ROOM + 1U);
}

/* One request that cannot be handled spoils its group, before and behind it. */
static void vtd_source_spoiled_test(struct kunit *test)
{
	struct vtd_prq_source *source = new_source(test);
	struct vtd_prq_set *set = kunit_kzalloc(test, sizeof(*set), GFP_KERNEL);
	struct vtd_request sent[] = { part(3, 1), part(3, 2), part(3, 3), last(3, 4) };

	KUNIT_ASSERT_NOT_NULL(test, set);
	vtd_source_take(source, &sent[0], set);
	KUNIT_EXPECT_EQ(test, vtd_source_spoil(source, &sent[1]), VTD_TAKE_KEPT);
	KUNIT_EXPECT_EQ(test, source->npartial, 0U);
	KUNIT_EXPECT_EQ(test, vtd_source_take(source, &sent[2], set), VTD_TAKE_KEPT);
	KUNIT_EXPECT_EQ(test, source->npartial, 0U);
	KUNIT_EXPECT_EQ(test, vtd_source_take(source, &sent[3], set), VTD_TAKE_REFUSED);
	KUNIT_EXPECT_EQ(test, source->excess, 0U);
}

static void vtd_source_forget_test(struct kunit *test)
{
	struct vtd_prq_source *source = new_source(test);
	struct vtd_prq_set *set = kunit_kzalloc(test, sizeof(*set), GFP_KERNEL);
	struct vtd_request sent[] = { with(part(1, 1), 3), part(1, 2), with(part(2, 3), 4) };
	struct vtd_request end = last(1, 9);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, set);
	for (i = 0; i < ARRAY_SIZE(sent); i++)
		vtd_source_take(source, &sent[i], set);
	vtd_source_forget_pasid(source, 3);
	KUNIT_EXPECT_EQ(test, source->npartial, 2U);
	vtd_source_take(source, &end, set);
	KUNIT_EXPECT_EQ(test, set->n, 2U);
	vtd_source_spoil(source, &sent[1]);
	vtd_source_forget(source);
	KUNIT_EXPECT_EQ(test, source->npartial, 0U);
	KUNIT_EXPECT_EQ(test, vtd_source_take(source, &end, set), VTD_TAKE_COMPLETE);
	KUNIT_EXPECT_EQ(test, set->n, 1U);
}

/* Exactly one answer for each, by an id that does not come again. */
static void vtd_source_answers_test(struct kunit *test)
{
	struct vtd_prq_source *source = new_source(test);
	struct vtd_request request = with(last(0x1ff, 1), 0xfffff);
	struct vtd_prq_group group;
	u64 id[ROOM], more;
	unsigned int i;

	for (i = 0; i < ROOM; i++) {
		id[i] = vtd_source_open(source, &request);
		KUNIT_EXPECT_NE(test, id[i], 0ULL);
	}
	KUNIT_EXPECT_EQ(test, vtd_source_open(source, &request), 0ULL);
	KUNIT_EXPECT_TRUE(test, vtd_source_close(source, id[1], &group));
	KUNIT_EXPECT_EQ(test, group.index, 0x1ff);
	KUNIT_EXPECT_EQ(test, group.pasid, 0xfffffU);
	KUNIT_EXPECT_TRUE(test, group.has_pasid);
	KUNIT_EXPECT_FALSE(test, vtd_source_close(source, id[1], &group));
	for (i = 1; i < ROOM; i++)
		KUNIT_EXPECT_TRUE(test, vtd_source_close_any(source, &group));
	KUNIT_EXPECT_FALSE(test, vtd_source_close_any(source, &group));

	/* Another life of the device: old answers reach nothing. */
	vtd_source_reset(source, 0x510, ROOM);
	more = vtd_source_open(source, &request);
	for (i = 0; i < ROOM; i++)
		KUNIT_EXPECT_FALSE(test, vtd_source_close(source, id[i], &group));
	KUNIT_EXPECT_TRUE(test, vtd_source_close(source, more, &group));
}

static struct kunit_case vtd_source_cases[] = {
	KUNIT_CASE(vtd_source_groups_test),
	KUNIT_CASE(vtd_source_same_index_test),
	KUNIT_CASE(vtd_source_excess_test),
	KUNIT_CASE(vtd_source_spoiled_test),
	KUNIT_CASE(vtd_source_forget_test),
	KUNIT_CASE(vtd_source_answers_test),
	{}
};

static struct kunit_suite vtd_source_suite = {
	.name = "vtd_source",
	.test_cases = vtd_source_cases,
};

kunit_test_suite(vtd_source_suite);
