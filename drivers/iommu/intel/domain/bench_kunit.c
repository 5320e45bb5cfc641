// SPDX-License-Identifier: GPL-2.0-only
/*
 * For tests: see bench_kunit.h.
 */
#include "../table/pasid.h"
#include "../table/root.h"
#include "../unit/did.h"
#include "bench_kunit.h"

static void add_device(struct kunit *test, struct bench *bench, unsigned int i)
{
	struct vtd_device *vd = &bench->vd[i];
	struct vtd_unit *unit = &bench->fake->unit;

	bench->dev[i].init_name = "fake";
	bench->requesters[i][0] = vtd_requester_get(unit, BENCH_SID + 8 * i, 1 << 20);
	bench->requesters[i][1] = vtd_requester_get(unit, BENCH_ALIAS_SID, 1);
	KUNIT_ASSERT_NOT_NULL(test, bench->requesters[i][0]);
	KUNIT_ASSERT_NOT_NULL(test, bench->requesters[i][1]);
	vd->dev = &bench->dev[i];
	vd->unit = unit;
	vd->own = bench->requesters[i][0];
	vd->requesters = bench->requesters[i];
	vd->nrequesters = 2;
	vd->alias_uses = &bench->alias_use[i];
	vd->pasid_usable = unit->scalable;
	vd->pasid_enabled = unit->scalable;
	mutex_init(&vd->lock);
	xa_init(&vd->pasids);
}

struct bench *bench_new(struct kunit *test, bool scalable)
{
	struct bench *bench = kunit_kzalloc(test, sizeof(*bench), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bench);
	bench->fake = expect_unit(test, 0);
	bench->fake->unit.scalable = scalable;
	/* tables that are flushed need a device to be flushed for */
	bench->fake->unit.iommu.dev = &bench->dev[0];
	KUNIT_ASSERT_EQ(test, vtd_root_create(&bench->fake->unit), 0);
	KUNIT_ASSERT_EQ(test, vtd_devmap_create(&bench->fake->unit), 0);
	add_device(test, bench, 0);
	add_device(test, bench, 1);
	return bench;
}

void bench_free(struct kunit *test, struct bench *bench)
{
	struct vtd_unit *unit = &bench->fake->unit;
	unsigned int i, k;

	for (i = 0; i < 2; i++) {
		vtd_attach(&vtd_blocked, &bench->vd[i], IOMMU_NO_PASID);
		KUNIT_EXPECT_TRUE(test, xa_empty(&bench->vd[i].pasids));
		xa_destroy(&bench->vd[i].pasids);
		for (k = 0; k < 2; k++)
			vtd_requester_put(bench->requesters[i][k]);
	}
	KUNIT_EXPECT_EQ(test, vtd_did_count(unit), 0);
	vtd_devmap_destroy(unit);
	vtd_root_destroy(unit);
	fake_free(bench->fake);
}

struct vtd_domain *bench_domain_new(struct kunit *test, struct bench *bench, bool first)
{
	struct vtd_unit *unit = &bench->fake->unit;
	struct iommu_domain *domain = first ? vtd_first_alloc(unit, 0) :
					      vtd_second_alloc(unit, 0);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	return to_vtd_domain(domain);
}

void bench_domain_free(struct kunit *test, struct vtd_domain *domain)
{
	KUNIT_EXPECT_TRUE(test, list_empty(&domain->tags.list));
	KUNIT_EXPECT_TRUE(test, list_empty(&domain->ids));
	KUNIT_EXPECT_TRUE(test, list_empty(&domain->attachments));
	domain->domain.ops->free(&domain->domain);
}

const u64 *bench_pasid_entry(const struct vtd_device *vd, u32 pasid)
{
	return vtd_pasid_slot(vd->own->pasids, pasid);
}

unsigned int bench_pgtt(const struct vtd_device *vd, u32 pasid)
{
	const u64 *entry = bench_pasid_entry(vd, pasid);

	return entry && vtd_pasid_entry_present(entry) ?
	       vtd_pasid_entry_pgtt(entry) : 0;
}
