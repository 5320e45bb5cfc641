// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: domains with the page table of a process, and its end.
 */
#include <linux/mmu_notifier.h>
#include <linux/pgtable.h>
#include <linux/sched/mm.h>

#include "../table/pasid.h"
#include "kinds.h"
#include "stand_kunit.h"

#define PASID	9

/* A unit that can, and a process without a thread. */
struct process {
	struct stand *stand;
	struct dev_iommu *param;
	struct mm_struct *mm;
	struct vtd_domain *domain;
};

static void able(struct vtd_caps *caps)
{
	caps->fsts = true;
	caps->pasid = true;
	caps->smpwcs = true;
	caps->fs1gp = true;
	caps->fs5lp = true;
	caps->mgaw = 57;
}

static struct process process_new(struct kunit *test)
{
	struct process p = { .stand = stand_new(test, true), .mm = mm_alloc() };
	struct iommu_domain *domain;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, p.mm);
	p.param = kunit_kcalloc(test, STAND_DEVICES, sizeof(*p.param), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p.param);
	able(&p.stand->fake->unit.caps);
	for (i = 0; i < STAND_DEVICES; i++) {
		p.param[i].priv = &p.stand->vd[i];
		p.stand->vd[i].dev->iommu = &p.param[i];
	}
	domain = vtd_domain_alloc_sva(p.stand->vd[0].dev, p.mm);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, domain);
	domain->type = IOMMU_DOMAIN_SVA;
	p.domain = to_vtd_domain(domain);
	return p;
}

static void process_free(struct kunit *test, struct process *p)
{
	KUNIT_EXPECT_TRUE(test, list_empty(&p->domain->tags.list));
	KUNIT_EXPECT_TRUE(test, list_empty(&p->domain->attachments));
	p->domain->domain.ops->free(&p->domain->domain);
	stand_free(test, p->stand);
}

static int process_attach(struct process *p, unsigned int i, struct iommu_domain *old)
{
	return p->domain->domain.ops->set_dev_pasid(&p->domain->domain, p->stand->vd[i].dev,
						    PASID, old);
}

static void process_detach(struct process *p, unsigned int i)
{
	vtd_attach(&vtd_blocked, &p->stand->vd[i], PASID);
}

static u64 *slot_of(const struct process *p, unsigned int i)
{
	return vtd_pasid_slot(p->stand->own[i]->pasids, PASID);
}

static bool is_zero(const u64 *slot)
{
	return !memchr_inv(slot, 0, sizeof(struct vtd_pasid_entry));
}

/* Quiet, and nothing else. */
static bool has_ended(const u64 *slot)
{
	return slot[0] == VTD_PE0_FPD && !memchr_inv(slot + 1, 0, 7 * sizeof(*slot));
}

static void vtd_sva_entry_test(struct kunit *test)
{
	struct process p = process_new(test);
	u64 root = __pa(p.mm->pgd) | VTD_PE2_NXE;

	if (pgtable_l5_enabled())
		root |= FIELD_PREP(VTD_PE2_FSPM, VTD_FSPM_5LEVEL);
	p.stand->fake->unit.caps.sc = false;
	KUNIT_ASSERT_EQ(test, process_attach(&p, 0, NULL), 0);
	KUNIT_EXPECT_EQ(test, slot_of(&p, 0)[2], root);
	KUNIT_EXPECT_TRUE(test, slot_of(&p, 0)[1] & VTD_PE1_PWSNP);
	KUNIT_EXPECT_FALSE(test, slot_of(&p, 0)[1] & VTD_PE1_PGSNP);
	KUNIT_EXPECT_EQ(test, p.stand->vd[0].npasids, 1U);
	process_detach(&p, 0);
	KUNIT_EXPECT_TRUE(test, is_zero(slot_of(&p, 0)));
	KUNIT_EXPECT_EQ(test, p.stand->vd[0].npasids, 0U);

	/* What the page held before is not to be had past the caches. */
	p.stand->fake->unit.caps.sc = true;
	KUNIT_ASSERT_EQ(test, process_attach(&p, 0, NULL), 0);
	KUNIT_EXPECT_TRUE(test, slot_of(&p, 0)[1] & VTD_PE1_PGSNP);
	process_detach(&p, 0);
	mmput(p.mm);
	process_free(test, &p);
}

static void expect_refused(struct kunit *test, struct process *p)
{
	struct vtd_device *vd = &p->stand->vd[1];

	KUNIT_EXPECT_EQ(test, PTR_ERR(vtd_domain_alloc_sva(vd->dev, p->mm)), -ENODEV);
	KUNIT_EXPECT_EQ(test, process_attach(p, 1, NULL), -EINVAL);
	able(&p->stand->fake->unit.caps);
	p->stand->fake->unit.scalable = true;
}

/* Each thing that a unit may lack. */
static void vtd_sva_refused_test(struct kunit *test)
{
	struct process p = process_new(test);
	struct vtd_caps *caps = &p.stand->fake->unit.caps;

	caps->fsts = false;
	expect_refused(test, &p);
	caps->pasid = false;
	expect_refused(test, &p);
	caps->smpwcs = false;
	expect_refused(test, &p);
	caps->mgaw = 46;
	expect_refused(test, &p);
	if (boot_cpu_has(X86_FEATURE_GBPAGES)) {
		caps->fs1gp = false;
		expect_refused(test, &p);
	}
	caps->fs5lp = false;
	if (pgtable_l5_enabled())
		expect_refused(test, &p);
	KUNIT_EXPECT_EQ(test, process_attach(&p, 1, NULL), 0);
	process_detach(&p, 1);
	mmput(p.mm);
	process_free(test, &p);
}

/* The same PASID at both devices: one flush of the unit, one of each device. */
static void vtd_sva_unmap_test(struct kunit *test)
{
	struct process p = process_new(test);
	struct fake_queue *fake = p.stand->fake;

	KUNIT_ASSERT_EQ(test, process_attach(&p, 0, NULL), 0);
	KUNIT_ASSERT_EQ(test, process_attach(&p, 1, NULL), 0);
	fake->n = 0;
	mmu_notifier_arch_invalidate_secondary_tlbs(p.mm, 0x7000, 0x8000);
	KUNIT_EXPECT_EQ(test, stand_requests(fake, stand_sid(0)), 1U);
	KUNIT_EXPECT_EQ(test, stand_requests(fake, stand_sid(1)), 1U);
	/* Tables may have gone, too: IH is 0. */
	KUNIT_EXPECT_EQ(test, vtd_desc_type(&fake->log[0]), VTD_DESC_PASID_IOTLB);
	KUNIT_EXPECT_EQ(test, fake->log[0].qw[1], 0x7000);

	fake->n = 0;
	mmu_notifier_arch_invalidate_secondary_tlbs(p.mm, 0, -1UL);
	KUNIT_EXPECT_EQ(test, stand_requests(fake, stand_sid(0)), 1U);
	KUNIT_EXPECT_EQ(test, stand_requests(fake, stand_sid(1)), 1U);
	process_detach(&p, 0);
	fake->n = 0;
	mmu_notifier_arch_invalidate_secondary_tlbs(p.mm, 0x7000, 0x8000);
	KUNIT_EXPECT_EQ(test, stand_requests(fake, stand_sid(0)), 0U);
	process_detach(&p, 1);
	mmput(p.mm);
	process_free(test, &p);
}

/* It ends while two devices use it; they are detached later, and then nothing is left. */
static void vtd_sva_end_test(struct kunit *test)
{
	struct process p = process_new(test);
	unsigned int i;

	for (i = 0; i < STAND_DEVICES; i++)
		KUNIT_ASSERT_EQ(test, process_attach(&p, i, NULL), 0);
	p.stand->fake->n = 0;
	mmput(p.mm);
	for (i = 0; i < STAND_DEVICES; i++) {
		KUNIT_EXPECT_TRUE(test, has_ended(slot_of(&p, i)));
		KUNIT_EXPECT_GE(test, stand_requests(p.stand->fake, stand_sid(i)), 1U);
		KUNIT_EXPECT_EQ(test, p.stand->vd[i].npasids, 1U);
		process_detach(&p, i);
		KUNIT_EXPECT_TRUE(test, is_zero(slot_of(&p, i)));
		KUNIT_EXPECT_EQ(test, p.stand->vd[i].npasids, 0U);
	}
	process_free(test, &p);
}

/* A PASID that belongs to somebody else by now is left alone when the process ends. */
static void vtd_sva_replaced_test(struct kunit *test)
{
	struct process p = process_new(test);
	struct vtd_domain *other = stand_domain(test, p.stand);
	u64 words[3];

	KUNIT_ASSERT_EQ(test, process_attach(&p, 0, NULL), 0);
	KUNIT_ASSERT_EQ(test, vtd_attach(other, &p.stand->vd[0], PASID), 0);
	memcpy(words, slot_of(&p, 0), sizeof(words));
	mmput(p.mm);
	KUNIT_EXPECT_MEMEQ(test, slot_of(&p, 0), words, sizeof(words));
	process_detach(&p, 0);
	other->domain.ops->free(&other->domain);
	process_free(test, &p);
}

/* The core gives it back after a reset, and the process has ended meanwhile. */
static void vtd_sva_given_back_test(struct kunit *test)
{
	struct process p = process_new(test);

	KUNIT_ASSERT_EQ(test, process_attach(&p, 0, NULL), 0);
	process_detach(&p, 0);
	mmgrab(p.mm);
	mmput(p.mm);
	KUNIT_EXPECT_EQ(test, process_attach(&p, 0, &vtd_blocked.domain), 0);
	KUNIT_EXPECT_TRUE(test, has_ended(slot_of(&p, 0)));
	KUNIT_EXPECT_EQ(test, p.stand->vd[0].npasids, 1U);
	process_detach(&p, 0);
	KUNIT_EXPECT_TRUE(test, is_zero(slot_of(&p, 0)));
	KUNIT_EXPECT_EQ(test, p.stand->vd[0].npasids, 0U);
	mmdrop(p.mm);
	process_free(test, &p);
}

static struct kunit_case vtd_sva_cases[] = {
	KUNIT_CASE(vtd_sva_entry_test),
	KUNIT_CASE(vtd_sva_refused_test),
	KUNIT_CASE(vtd_sva_unmap_test),
	KUNIT_CASE(vtd_sva_end_test),
	KUNIT_CASE(vtd_sva_replaced_test),
	KUNIT_CASE(vtd_sva_given_back_test),
	{}
};

static struct kunit_suite vtd_sva_suite = {
	.name = "vtd_sva",
	.test_cases = vtd_sva_cases,
};

kunit_test_suite(vtd_sva_suite);
