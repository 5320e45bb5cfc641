// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: devices that share a source id, in every order of attach and detach.
 *
 * Device A has the features ATS and PASID, device B has none. Either both have the
 * id of a bridge besides their own, or B also uses the id of A.
 */
#include <kunit/test.h>
#include <linux/pci.h>

#include "../table/pasid.h"
#include "bench_kunit.h"
#include "id.h"

#define A	0
#define B	1
#define NONE	(-1)

/**
 * struct pair - the two devices and what they want
 * @bench: the devices
 * @domain: two domains for them
 * @want: index of a device's domain; %NONE if it is blocked
 * @moved: when it moved last
 * @clock: moves so far
 */
struct pair {
	struct bench *bench;
	struct vtd_domain *domain[2];
	int want[2];
	unsigned int moved[2];
	unsigned int clock;
};

static void own(struct pair *pair, unsigned int i)
{
	struct vtd_device *vd = &pair->bench->vd[i];

	rcu_assign_pointer(vd->own->device, vd);
}

static void disown(struct pair *pair, unsigned int i)
{
	RCU_INIT_POINTER(pair->bench->vd[i].own->device, NULL);
}

/* B gives the bridge's id up for that of A. */
static void take_id_of_a(struct kunit *test, struct bench *bench)
{
	struct vtd_requester **alias = &bench->requesters[B][1];

	vtd_requester_put(*alias);
	*alias = vtd_requester_get(&bench->fake->unit, BENCH_SID, 1);
	KUNIT_ASSERT_PTR_EQ(test, *alias, bench->vd[A].own);
}

static struct pair *new_pair(struct kunit *test, bool scalable, bool id_of_a)
{
	struct pair *pair = kunit_kzalloc(test, sizeof(*pair), GFP_KERNEL);
	struct vtd_device *a;

	KUNIT_ASSERT_NOT_NULL(test, pair);
	pair->bench = bench_new(test, scalable);
	pair->domain[0] = bench_domain_new(test, pair->bench, scalable);
	pair->domain[1] = bench_domain_new(test, pair->bench, false);
	pair->want[A] = NONE;
	pair->want[B] = NONE;
	a = &pair->bench->vd[A];
	a->ats_usable = true;
	a->devtlb.dev = a->dev;
	pair->bench->vd[B].pasid_usable = false;
	own(pair, A);
	own(pair, B);
	if (id_of_a)
		take_id_of_a(test, pair->bench);
	return pair;
}

static void free_pair(struct kunit *test, struct pair *pair)
{
	disown(pair, A);
	disown(pair, B);
	vtd_attach(&vtd_blocked, &pair->bench->vd[A], IOMMU_NO_PASID);
	vtd_attach(&vtd_blocked, &pair->bench->vd[B], IOMMU_NO_PASID);
	bench_domain_free(test, pair->domain[0]);
	bench_domain_free(test, pair->domain[1]);
	bench_free(test, pair->bench);
}

static void move(struct kunit *test, struct pair *pair, unsigned int i, int want)
{
	struct vtd_device *vd = &pair->bench->vd[i];
	int ret;

	if (want == NONE)
		ret = vtd_attach(&vtd_blocked, vd, IOMMU_NO_PASID);
	else
		ret = vtd_attach(pair->domain[want], vd, IOMMU_NO_PASID);
	KUNIT_ASSERT_EQ(test, ret, 0);
	pair->want[i] = want;
	pair->moved[i] = ++pair->clock;
	pair->bench->fake->n = 0;
}

static bool uses(const struct pair *pair, unsigned int i,
		 const struct vtd_requester *requester)
{
	const struct vtd_device *vd = &pair->bench->vd[i];

	return vd->requesters[0] == requester || vd->requesters[1] == requester;
}

/* The owner before all others, then the one that moved last. */
static int expected(const struct pair *pair, const struct vtd_requester *requester)
{
	int i, best = NONE;

	for (i = 0; i < 2; i++) {
		if (pair->want[i] == NONE || !uses(pair, i, requester))
			continue;
		if (requester == pair->bench->vd[i].own)
			return pair->want[i];
		if (best == NONE || pair->moved[i] > pair->moved[best])
			best = i;
	}
	return best == NONE ? NONE : pair->want[best];
}

static u16 id_of(const struct vtd_domain *domain)
{
	return list_first_entry(&domain->ids, struct vtd_domain_id, node)->did;
}

/* The domain id of the entry; 0 if it is absent. */
static u16 seen(const struct vtd_requester *requester)
{
	const u64 *entry = requester->context;

	if (!requester->pasids)
		return entry[0] & VTD_CTX_P ? vtd_context_did(entry) : 0;
	entry = vtd_pasid_slot(requester->pasids, 0);
	return vtd_pasid_entry_present(entry) ? vtd_pasid_entry_did(entry) : 0;
}

static u64 features(const struct vtd_requester *requester)
{
	u64 context = requester->context[0];

	return requester->pasids ? context & (VTD_SMCTX_DTE | VTD_SMCTX_PASIDE) :
				   context & VTD_CTX_TT;
}

static void check(struct kunit *test, const struct pair *pair,
		  const struct vtd_requester *requester, const char *when)
{
	int want = expected(pair, requester);
	u64 all = requester->pasids ? VTD_SMCTX_DTE | VTD_SMCTX_PASIDE :
				      FIELD_PREP(VTD_CTX_TT, VTD_TT_TRANSLATE_ATS);

	KUNIT_ASSERT_EQ_MSG(test, seen(requester),
			    want == NONE ? 0 : id_of(pair->domain[want]),
			    "%04x: %s", requester->sid, when);
	if (!(requester->context[0] & VTD_ENTRY_PRESENT))
		return;
	KUNIT_ASSERT_EQ_MSG(test, features(requester),
			    requester == pair->bench->vd[A].own ? all : 0,
			    "%04x: %s", requester->sid, when);
}

static void check_all(struct kunit *test, const struct pair *pair, const char *when)
{
	unsigned int i, k;

	for (i = 0; i < 2; i++)
		for (k = 0; k < 2; k++)
			check(test, pair, pair->bench->requesters[i][k], when);
}

#define STEPS	4
/* Either device to either domain or to none */
#define MOVES	6

/* @order: a digit for each step */
static void run_order(struct kunit *test, struct pair *pair, unsigned int order)
{
	char when[4 * STEPS + 1];
	unsigned int step, digit, n = 0;
	int want;

	for (step = 0; step < STEPS; step++, order /= MOVES) {
		digit = order % MOVES;
		want = digit / 2 == 2 ? NONE : digit / 2;
		n += scnprintf(when + n, sizeof(when) - n, "%c>%c ",
			       digit & 1 ? 'B' : 'A', want == NONE ? '-' : '0' + want);
		move(test, pair, digit & 1, want);
		check_all(test, pair, when);
	}
	move(test, pair, A, NONE);
	move(test, pair, B, NONE);
	check_all(test, pair, "the end");
}

static void run_orders(struct kunit *test, bool scalable, bool id_of_a)
{
	struct pair *pair = new_pair(test, scalable, id_of_a);
	unsigned int order;

	for (order = 0; order < MOVES * MOVES * MOVES * MOVES; order++)
		run_order(test, pair, order);
	free_pair(test, pair);
}

static void vtd_alias_bridge_test(struct kunit *test)
{
	run_orders(test, true, false);
	run_orders(test, false, false);
}

static void vtd_alias_function_test(struct kunit *test)
{
	run_orders(test, true, true);
	run_orders(test, false, true);
}

/* While ATS is on, A's cache is filled from no domain that does not know it. */
static void vtd_alias_cache_test(struct kunit *test)
{
	struct pair *pair = new_pair(test, true, true);
	struct vtd_device *a = &pair->bench->vd[A];
	struct pci_dev *pdev = kunit_kzalloc(test, sizeof(*pdev), GFP_KERNEL);
	unsigned int i, flushes = 0;

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	pdev->dev.init_name = "fake";
	a->devtlb = (struct vtd_devtlb){
		.target.sid = BENCH_SID, .dev = &pdev->dev, .enabled = true,
	};
	move(test, pair, B, 0);
	KUNIT_EXPECT_EQ(test, seen(a->own), 0);
	move(test, pair, A, 1);
	KUNIT_EXPECT_EQ(test, seen(a->own), id_of(pair->domain[1]));
	move(test, pair, B, 1);

	/* It is A's cache that has to be emptied, whoever moves. */
	a->devtlb.enabled = false;
	move(test, pair, A, NONE);
	KUNIT_EXPECT_EQ(test, seen(a->own), id_of(pair->domain[1]));
	a->devtlb.enabled = true;
	KUNIT_ASSERT_EQ(test, vtd_attach(&vtd_blocked, &pair->bench->vd[B], IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_EQ(test, seen(a->own), 0);
	for (i = 0; i < pair->bench->fake->n; i++)
		flushes += vtd_desc_dtlb_sid(&pair->bench->fake->log[i]) == BENCH_SID;
	KUNIT_EXPECT_EQ(test, flushes, 1);
	a->devtlb.enabled = false;
	pair->want[B] = NONE;
	free_pair(test, pair);
}

/* Without its owner the id keeps the translation, but not the owner's features. */
static void vtd_alias_disown_test(struct kunit *test)
{
	struct pair *pair = new_pair(test, true, true);
	struct vtd_device *a = &pair->bench->vd[A];

	move(test, pair, A, 0);
	move(test, pair, B, 0);
	move(test, pair, A, NONE);
	KUNIT_EXPECT_EQ(test, features(a->own), VTD_SMCTX_DTE | VTD_SMCTX_PASIDE);
	vtd_device_disown(a);
	KUNIT_EXPECT_EQ(test, seen(a->own), id_of(pair->domain[0]));
	KUNIT_EXPECT_EQ(test, features(a->own), 0);
	move(test, pair, B, NONE);
	KUNIT_EXPECT_EQ(test, seen(a->own), 0);
	free_pair(test, pair);
}

/* The PASIDs of a source id are its owner's. */
static void vtd_alias_pasid_test(struct kunit *test)
{
	struct pair *pair = new_pair(test, true, true);
	struct vtd_device *a = &pair->bench->vd[A], *b = &pair->bench->vd[B];
	struct vtd_requester *own_id = b->own;

	/* As behind a VMD: both have one id as their own. */
	b->own = a->own;
	KUNIT_EXPECT_EQ(test, vtd_attach(pair->domain[0], a, 3), 0);
	KUNIT_EXPECT_EQ(test, vtd_attach(pair->domain[0], b, 3), -EOPNOTSUPP);
	vtd_attach(&vtd_blocked, a, 3);
	b->own = own_id;
	free_pair(test, pair);
}

/* Behind a bridge: its requests translate until the last device is blocked. */
static void vtd_alias_shared_test(struct kunit *test)
{
	struct bench *bench = bench_new(test, true);
	struct vtd_domain *a = bench_domain_new(test, bench, true);
	const u64 *alias = vtd_pasid_slot(bench->requesters[0][1]->pasids, 0);

	KUNIT_EXPECT_PTR_EQ(test, bench->requesters[0][1], bench->requesters[1][1]);
	KUNIT_ASSERT_EQ(test, vtd_attach(a, &bench->vd[0], IOMMU_NO_PASID), 0);
	KUNIT_ASSERT_EQ(test, vtd_attach(a, &bench->vd[1], IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&a->tags.list), 1);

	vtd_attach(&vtd_blocked, &bench->vd[0], IOMMU_NO_PASID);
	KUNIT_EXPECT_EQ(test, bench_pgtt(&bench->vd[0], 0), 0);
	KUNIT_EXPECT_EQ(test, bench_pgtt(&bench->vd[1], 0), VTD_PGTT_FIRST);
	KUNIT_EXPECT_TRUE(test, vtd_pasid_entry_present(alias));
	KUNIT_EXPECT_EQ(test, list_count_nodes(&a->tags.list), 1);

	vtd_attach(&vtd_blocked, &bench->vd[1], IOMMU_NO_PASID);
	KUNIT_EXPECT_FALSE(test, vtd_pasid_entry_present(alias));
	bench_domain_free(test, a);
	bench_free(test, bench);
}

static struct kunit_case vtd_alias_cases[] = {
	KUNIT_CASE(vtd_alias_bridge_test),
	KUNIT_CASE(vtd_alias_function_test),
	KUNIT_CASE(vtd_alias_cache_test),
	KUNIT_CASE(vtd_alias_disown_test),
	KUNIT_CASE(vtd_alias_pasid_test),
	KUNIT_CASE(vtd_alias_shared_test),
	{}
};

static struct kunit_suite vtd_alias_suite = {
	.name = "vtd_alias",
	.test_cases = vtd_alias_cases,
};

kunit_test_suite(vtd_alias_suite);
