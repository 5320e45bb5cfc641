// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: what attach, replace and detach leave in tables, tags and domain
 * ids, with and without PASID, when they succeed and when they cannot.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>

#include "../unit/did.h"
#include "bench_kunit.h"

static void vtd_attach_rid_test(struct kunit *test)
{
	struct bench *bench = bench_new(test, true);
	struct vtd_domain *a = bench_domain_new(test, bench, true);
	struct vtd_domain *b = bench_domain_new(test, bench, false);
	struct vtd_device *vd = &bench->vd[0];
	u64 drain = bench->fake->unit.caps.iotlb_drain;
	u16 did;

	KUNIT_ASSERT_EQ(test, vtd_attach(a, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_EQ(test, bench_pgtt(vd, 0), VTD_PGTT_FIRST);
	KUNIT_EXPECT_TRUE(test, vd->own->context[0] & VTD_SMCTX_P);
	KUNIT_EXPECT_EQ(test, bench->fake->n, 0);

	KUNIT_ASSERT_EQ(test, vtd_attach(b, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_EQ(test, bench_pgtt(vd, 0), VTD_PGTT_SECOND);
	KUNIT_EXPECT_TRUE(test, list_empty(&a->tags.list));
	KUNIT_EXPECT_EQ(test, vtd_did_count(&bench->fake->unit), 1);
	did = vtd_pasid_entry_did(bench_pasid_entry(vd, 0));

	KUNIT_ASSERT_EQ(test, vtd_attach(&vtd_identity, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_EQ(test, bench_pgtt(vd, 0), VTD_PGTT_PASSTHROUGH);
	KUNIT_EXPECT_EQ(test, vtd_pasid_entry_did(bench_pasid_entry(vd, 0)),
			VTD_DID_PASSTHROUGH);

	/* The alias shares the device's fate; both lose the pass-through. */
	bench->fake->n = 0;
	vtd_attach(&vtd_blocked, vd, IOMMU_NO_PASID);
	KUNIT_EXPECT_EQ(test, bench_pgtt(vd, 0), 0);
	EXPECT_DESCS(test, bench->fake,
		     vtd_desc_pasid_cache(VTD_DID_PASSTHROUGH, 0),
		     vtd_desc_pasid_iotlb_all(VTD_DID_PASSTHROUGH, 0),
		     vtd_desc_pasid_cache(VTD_DID_PASSTHROUGH, 0),
		     vtd_desc_pasid_iotlb_all(VTD_DID_PASSTHROUGH, 0));

	/* Twice the entry, then what frees the id. */
	KUNIT_ASSERT_EQ(test, vtd_attach(b, vd, IOMMU_NO_PASID), 0);
	did = vtd_pasid_entry_did(bench_pasid_entry(vd, 0));
	bench->fake->n = 0;
	vtd_attach(&vtd_blocked, vd, IOMMU_NO_PASID);
	EXPECT_DESCS(test, bench->fake,
		     vtd_desc_pasid_cache(did, 0), vtd_desc_iotlb_domain(drain, did),
		     vtd_desc_pasid_cache(did, 0), vtd_desc_iotlb_domain(drain, did),
		     vtd_desc_pasid_cache_domain(did),
		     vtd_desc_iotlb_domain(drain, did));

	bench_domain_free(test, a);
	bench_domain_free(test, b);
	bench_free(test, bench);
}

static void vtd_attach_pasid_test(struct kunit *test)
{
	struct bench *bench = bench_new(test, true);
	struct vtd_domain *a = bench_domain_new(test, bench, true);
	struct vtd_domain *b = bench_domain_new(test, bench, false);
	struct vtd_device *vd = &bench->vd[0];

	KUNIT_ASSERT_EQ(test, vtd_attach(b, vd, IOMMU_NO_PASID), 0);
	KUNIT_ASSERT_EQ(test, vtd_attach(a, vd, 70), 0);
	KUNIT_ASSERT_EQ(test, vtd_attach(a, vd, 1), 0);
	KUNIT_EXPECT_EQ(test, bench_pgtt(vd, 0), VTD_PGTT_SECOND);
	KUNIT_EXPECT_EQ(test, bench_pgtt(vd, 1), VTD_PGTT_FIRST);
	KUNIT_EXPECT_EQ(test, bench_pgtt(vd, 70), VTD_PGTT_FIRST);
	KUNIT_EXPECT_EQ(test, bench_pgtt(vd, 2), 0);
	/* One id for the domain, a cache tag for each PASID. */
	KUNIT_EXPECT_EQ(test, vtd_pasid_entry_did(bench_pasid_entry(vd, 1)),
			vtd_pasid_entry_did(bench_pasid_entry(vd, 70)));
	KUNIT_EXPECT_EQ(test, list_count_nodes(&a->tags.list), 2);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&b->tags.list), 1);

	/* Replace, then remove: the others stay. */
	KUNIT_ASSERT_EQ(test, vtd_attach(b, vd, 70), 0);
	KUNIT_EXPECT_EQ(test, bench_pgtt(vd, 70), VTD_PGTT_SECOND);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&b->tags.list), 1);
	vtd_attach(&vtd_blocked, vd, 70);
	KUNIT_EXPECT_EQ(test, bench_pgtt(vd, 70), 0);
	KUNIT_EXPECT_EQ(test, bench_pgtt(vd, 1), VTD_PGTT_FIRST);
	KUNIT_EXPECT_EQ(test, bench_pgtt(vd, 0), VTD_PGTT_SECOND);
	vtd_attach(&vtd_blocked, vd, 1);

	/* Beyond the table, and for a device that cannot. */
	KUNIT_EXPECT_EQ(test, vtd_attach(a, vd, 1 << 20), -EINVAL);
	vd->pasid_enabled = false;
	KUNIT_EXPECT_EQ(test, vtd_attach(a, vd, 1), -EOPNOTSUPP);

	vtd_attach(&vtd_blocked, vd, IOMMU_NO_PASID);
	bench_domain_free(test, a);
	bench_domain_free(test, b);
	bench_free(test, bench);
}

/* Whatever fails, the old translation goes on. */
static void vtd_attach_failure_test(struct kunit *test)
{
	struct bench *bench = bench_new(test, true);
	struct vtd_unit *unit = &bench->fake->unit;
	struct vtd_domain *a = bench_domain_new(test, bench, true);
	struct vtd_domain *b = bench_domain_new(test, bench, false);
	struct vtd_device *vd = &bench->vd[0];
	u64 before[8];

	KUNIT_ASSERT_EQ(test, vtd_attach(a, vd, IOMMU_NO_PASID), 0);
	memcpy(before, bench_pasid_entry(vd, 0), sizeof(before));

	unit->caps.ndids = VTD_DID_FIRST_DYNAMIC + 1;
	KUNIT_EXPECT_EQ(test, vtd_attach(b, vd, IOMMU_NO_PASID), -ENOSPC);
	unit->caps.ndids = 1 << 16;
	unit->caps.ssts = false;
	KUNIT_EXPECT_EQ(test, vtd_attach(b, vd, IOMMU_NO_PASID), -EINVAL);
	unit->caps.ssts = true;
	unit->caps.sslps = 0;
	KUNIT_EXPECT_EQ(test, vtd_attach(b, vd, IOMMU_NO_PASID), -EINVAL);
	unit->caps.sslps = 3;
	unit->caps.smpwcs = false;
	KUNIT_EXPECT_EQ(test, vtd_attach(b, vd, IOMMU_NO_PASID), -EINVAL);
	unit->caps.smpwcs = true;
	unit->caps.pt = false;
	KUNIT_EXPECT_EQ(test, vtd_attach(&vtd_identity, vd, IOMMU_NO_PASID),
			-EINVAL);
	unit->caps.pt = true;

	KUNIT_EXPECT_MEMEQ(test, bench_pasid_entry(vd, 0), before, sizeof(before));
	KUNIT_EXPECT_EQ(test, list_count_nodes(&a->tags.list), 1);
	KUNIT_EXPECT_TRUE(test, list_empty(&b->tags.list));
	KUNIT_EXPECT_EQ(test, vtd_did_count(unit), 1);
	KUNIT_EXPECT_EQ(test, bench->fake->n, 0);

	vtd_attach(&vtd_blocked, vd, IOMMU_NO_PASID);
	bench_domain_free(test, a);
	bench_domain_free(test, b);
	bench_free(test, bench);
}

static int never_called(struct iopf_group *group)
{
	return -ENODEV;
}

/* Nobody would ever answer what such a domain waits for. */
static void vtd_attach_faults_test(struct kunit *test)
{
	struct bench *bench = bench_new(test, true);
	struct vtd_domain *plain = bench_domain_new(test, bench, true);
	struct vtd_domain *faults = bench_domain_new(test, bench, true);
	struct vtd_device *vd = &bench->vd[0];

	faults->domain.iopf_handler = never_called;
	KUNIT_EXPECT_EQ(test, vtd_attach(faults, vd, IOMMU_NO_PASID), -ENODEV);
	KUNIT_EXPECT_EQ(test, vtd_attach(faults, vd, 3), -ENODEV);
	KUNIT_EXPECT_EQ(test, bench_pgtt(vd, 0), 0);
	KUNIT_EXPECT_EQ(test, bench_pgtt(vd, 3), 0);

	/* In place of another one: that stays. */
	KUNIT_ASSERT_EQ(test, vtd_attach(plain, vd, IOMMU_NO_PASID), 0);
	KUNIT_ASSERT_EQ(test, vtd_attach(plain, vd, 3), 0);
	KUNIT_EXPECT_EQ(test, vtd_attach(faults, vd, IOMMU_NO_PASID), -ENODEV);
	KUNIT_EXPECT_EQ(test, vtd_attach(faults, vd, 3), -ENODEV);
	KUNIT_EXPECT_EQ(test, bench_pgtt(vd, 0), VTD_PGTT_FIRST);
	KUNIT_EXPECT_EQ(test, bench_pgtt(vd, 3), VTD_PGTT_FIRST);
	KUNIT_EXPECT_TRUE(test, list_empty(&faults->attachments));

	vtd_attach(&vtd_blocked, vd, 3);
	vtd_attach(&vtd_blocked, vd, IOMMU_NO_PASID);
	bench_domain_free(test, plain);
	bench_domain_free(test, faults);
	bench_free(test, bench);
}

/* A unit with memory types takes the absence of any for "uncached". */
static void vtd_attach_memory_types_test(struct kunit *test)
{
	struct bench *bench = bench_new(test, true);
	struct vtd_domain *first = bench_domain_new(test, bench, true);
	struct vtd_domain *second = bench_domain_new(test, bench, false);
	struct vtd_device *vd = &bench->vd[0];

	KUNIT_ASSERT_EQ(test, vtd_attach(first, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_EQ(test, bench_pasid_entry(vd, 0)[1] & VTD_PE1_PAT, 0);
	vtd_attach(&vtd_blocked, vd, IOMMU_NO_PASID);

	bench->fake->unit.caps.mts = true;
	KUNIT_ASSERT_EQ(test, vtd_attach(first, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_EQ(test, bench_pasid_entry(vd, 0)[1] >> 32, 0x07460746);
	/* There the leaves have their own, and those of the machine hold without. */
	KUNIT_ASSERT_EQ(test, vtd_attach(second, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_EQ(test, bench_pasid_entry(vd, 0)[1] >> 32, 0);
	KUNIT_ASSERT_EQ(test, vtd_attach(&vtd_identity, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_EQ(test, bench_pasid_entry(vd, 0)[1] >> 32, 0);

	vtd_attach(&vtd_blocked, vd, IOMMU_NO_PASID);
	bench_domain_free(test, first);
	bench_domain_free(test, second);
	bench_free(test, bench);
}

static void vtd_attach_snoop_test(struct kunit *test)
{
	struct bench *bench = bench_new(test, true);
	struct vtd_domain *a = bench_domain_new(test, bench, true);
	struct vtd_device *vd = &bench->vd[0];
	const u64 *entry;

	KUNIT_ASSERT_EQ(test, vtd_attach(a, vd, IOMMU_NO_PASID), 0);
	KUNIT_ASSERT_EQ(test, vtd_attach(a, vd, 3), 0);
	bench->fake->unit.caps.sc = false;
	KUNIT_EXPECT_FALSE(test, a->domain.ops->enforce_cache_coherency(&a->domain));
	bench->fake->unit.caps.sc = true;
	KUNIT_EXPECT_TRUE(test, a->domain.ops->enforce_cache_coherency(&a->domain));
	entry = bench_pasid_entry(vd, 0);
	KUNIT_EXPECT_TRUE(test, entry[1] & VTD_PE1_PGSNP);
	entry = bench_pasid_entry(vd, 3);
	KUNIT_EXPECT_TRUE(test, entry[1] & VTD_PE1_PGSNP);
	/* Whoever comes later has to be able to. */
	bench->fake->unit.caps.sc = false;
	KUNIT_EXPECT_EQ(test, vtd_attach(a, vd, 4), -EINVAL);

	vtd_attach(&vtd_blocked, vd, 3);
	vtd_attach(&vtd_blocked, vd, IOMMU_NO_PASID);
	bench_domain_free(test, a);
	bench_free(test, bench);
}

/**
 * struct late - a device that attaches while somebody has the domain
 * @domain: the domain
 * @vd: the device
 * @ret: what came of it
 * @done: it is through
 */
struct late {
	struct vtd_domain *domain;
	struct vtd_device *vd;
	int ret;
	struct completion done;
};

static int late_attach(void *data)
{
	struct late *late = data;

	late->ret = vtd_attach(late->domain, late->vd, IOMMU_NO_PASID);
	complete(&late->done);
	return 0;
}

/* The domain begins to force snooping when an attach is under way. */
static void vtd_attach_snoop_late_test(struct kunit *test)
{
	struct bench *bench = bench_new(test, true);
	struct late *late = kunit_kzalloc(test, sizeof(*late), GFP_KERNEL);
	struct vtd_domain *a = bench_domain_new(test, bench, true);
	struct task_struct *task;

	KUNIT_ASSERT_NOT_NULL(test, late);
	*late = (struct late){ .domain = a, .vd = &bench->vd[0] };
	init_completion(&late->done);
	bench->fake->unit.caps.sc = false;

	mutex_lock(&a->lock);
	task = kthread_run(late_attach, late, "vtd_kunit");
	if (!IS_ERR(task))
		msleep(100);
	to_vtd_paging(a)->snoop_force = true;
	mutex_unlock(&a->lock);
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	wait_for_completion(&late->done);
	KUNIT_EXPECT_EQ(test, late->ret, -EINVAL);
	KUNIT_EXPECT_TRUE(test, list_empty(&a->attachments));

	vtd_attach(&vtd_blocked, late->vd, IOMMU_NO_PASID);
	bench_domain_free(test, a);
	bench_free(test, bench);
}

static void vtd_attach_legacy_test(struct kunit *test)
{
	struct bench *bench = bench_new(test, false);
	struct vtd_domain *a = bench_domain_new(test, bench, false);
	struct vtd_domain *b = bench_domain_new(test, bench, false);
	struct vtd_device *vd = &bench->vd[0];
	const u64 *context = vd->own->context;
	u64 drain = bench->fake->unit.caps.iotlb_drain;
	u64 passthrough = VTD_CTX_P |
			  FIELD_PREP(VTD_CTX_TT, VTD_TT_PASSTHROUGH);
	u16 did;
	int aw;

	KUNIT_ASSERT_EQ(test, vtd_attach(a, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_EQ(test, context[0] & 0xfff, VTD_CTX_P);
	aw = FIELD_GET(VTD_CTX_HI_AW, context[1]);
	KUNIT_EXPECT_EQ(test, aw, VTD_AW_48);
	did = vtd_context_did(context);

	/* The old id goes out of the caches, of both source ids. */
	KUNIT_ASSERT_EQ(test, vtd_attach(b, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_NE(test, vtd_context_did(context), did);
	EXPECT_DESCS(test, bench->fake,
		     vtd_desc_context_device(did, vd->own->sid),
		     vtd_desc_iotlb_domain(drain, did),
		     vtd_desc_context_device(did, BENCH_ALIAS_SID),
		     vtd_desc_iotlb_domain(drain, did),
		     vtd_desc_context_domain(did), vtd_desc_iotlb_domain(drain, did));

	KUNIT_ASSERT_EQ(test, vtd_attach(&vtd_identity, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_EQ(test, context[0], passthrough);
	KUNIT_EXPECT_EQ(test, vtd_attach(a, vd, 5), -EOPNOTSUPP);
	vtd_attach(&vtd_blocked, vd, IOMMU_NO_PASID);
	KUNIT_EXPECT_EQ(test, context[0], 0);

	bench_domain_free(test, a);
	bench_domain_free(test, b);
	bench_free(test, bench);
}

/* What the unit was told of changes: which entry, and stores to none. */
static struct {
	const u64 *entry;
	unsigned int strays;
	unsigned int contexts;
	const u64 *context;
} told;

static void tell_change(const struct vtd_reg_hook *hook, const u64 *entry, unsigned int nwords)
{
	told.entry = entry;
}

static void tell_store(const struct vtd_reg_hook *hook)
{
	told.strays += !told.entry;
	told.contexts += told.entry == told.context;
}

/* Each store to a live entry belongs to a change of it, also when it is taken away. */
static void vtd_attach_changes_test(struct kunit *test)
{
	struct bench *bench = bench_new(test, true);
	struct vtd_domain *domain = bench_domain_new(test, bench, true);
	struct vtd_device *vd = &bench->vd[0];

	memset(&told, 0, sizeof(told));
	told.context = vd->own->context;
	bench->fake->hook.changes = tell_change;
	bench->fake->hook.stored = tell_store;
	KUNIT_ASSERT_EQ(test, vtd_attach(domain, vd, IOMMU_NO_PASID), 0);
	KUNIT_ASSERT_EQ(test, vtd_attach(domain, vd, 5), 0);
	KUNIT_EXPECT_NULL(test, told.entry);
	KUNIT_EXPECT_EQ(test, told.strays, 0U);
	told.contexts = 0;
	vtd_device_cut_off(vd);
	KUNIT_EXPECT_NULL(test, told.entry);
	KUNIT_EXPECT_EQ(test, told.strays, 0U);
	KUNIT_EXPECT_EQ(test, told.contexts, 1U);
	bench->fake->hook.changes = NULL;
	bench->fake->hook.stored = NULL;
	vtd_attach(&vtd_blocked, vd, 5);
	vtd_attach(&vtd_blocked, vd, IOMMU_NO_PASID);
	bench_domain_free(test, domain);
	bench_free(test, bench);
}

static struct kunit_case vtd_attach_cases[] = {
	KUNIT_CASE(vtd_attach_rid_test),
	KUNIT_CASE(vtd_attach_pasid_test),
	KUNIT_CASE(vtd_attach_failure_test),
	KUNIT_CASE(vtd_attach_faults_test),
	KUNIT_CASE(vtd_attach_memory_types_test),
	KUNIT_CASE(vtd_attach_snoop_test),
	KUNIT_CASE(vtd_attach_snoop_late_test),
	KUNIT_CASE(vtd_attach_legacy_test),
	KUNIT_CASE(vtd_attach_changes_test),
	{}
};

static struct kunit_suite vtd_attach_suite = {
	.name = "vtd_attach",
	.test_cases = vtd_attach_cases,
};

kunit_test_suite(vtd_attach_suite);
