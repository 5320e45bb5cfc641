// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unit tests: page requests on and off, and what is on its way meanwhile.
 */
#include <linux/pci.h>
#include <linux/seq_buf.h>

#include "desk_kunit.h"
#include "domain/attachment.h"
#include "domain/kinds.h"
#include "domain/paging.h"

/* The device that is looked at, and what was seen of it. */
static struct desk *watched;
static char seen_room[256];
static struct seq_buf seen;

/* At each switch of a feature of the first device: what is on? */
static void note(struct stand *stand, int where)
{
	struct pci_dev *pdev = to_pci_dev(stand->vd[0].dev);
	const char *what = NULL;

	if (where == pdev->pri_cap + PCI_PRI_CTRL &&
	    stand->config[0].pri != PCI_PRI_CTRL_RESET)
		what = stand->config[0].pri ? "pri on" : "pri off";
	else if (where == pdev->ats_cap + PCI_ATS_CTRL)
		what = stand->config[0].ats & PCI_ATS_CTRL_ENABLE ? "ats on" : "ats off";
	if (what)
		seq_buf_printf(&seen, "%s%s%s; ", what, desk_passes(watched, 0) ? " PRE" : "",
			       stand->vd[0].devtlb.enabled ? " cache" : "");
}

static void note_drain(struct fake_queue *fake)
{
	seq_buf_printf(&seen, "drain%s%s; ", desk_passes(watched, 0) ? " PRE" : "",
		       watched->stand->config[0].pri ? " pri" : "");
}

static void watch(struct desk *desk)
{
	watched = desk;
	seq_buf_init(&seen, seen_room, sizeof(seen_room));
	desk->stand->written = note;
	desk->stand->fake->drained = note_drain;
}

static void expect_seen(struct kunit *test, const char *want)
{
	KUNIT_EXPECT_STREQ(test, seq_buf_str(&seen), want);
	seq_buf_init(&seen, seen_room, sizeof(seen_room));
}

/* PRI is the last that is switched on and the first that is switched off. */
static void vtd_drain_order_test(struct kunit *test)
{
	struct desk *desk = desk_new(test);
	struct vtd_domain *domain = desk_domain(test, desk);
	struct vtd_domain *other = desk_domain(test, desk);

	stand_detach(desk->stand, 0);
	watch(desk);
	KUNIT_EXPECT_EQ(test, desk_attach(desk, 0, domain), 0);
	expect_seen(test, "ats on PRE cache; pri on PRE cache; ");
	KUNIT_EXPECT_EQ(test, to_pci_dev(desk->stand->vd[0].dev)->pri_reqs_alloc,
			(u32)STAND_REQUESTS);
	/* To another that wants requests, too: they go on. */
	KUNIT_EXPECT_EQ(test, desk_attach(desk, 0, other), 0);
	expect_seen(test, "drain PRE pri; ");
	/* To one that does not. */
	KUNIT_EXPECT_EQ(test, vtd_attach(desk->stand->domain, &desk->stand->vd[0],
					 IOMMU_NO_PASID), 0);
	expect_seen(test, "pri off PRE cache; drain PRE; ");
	KUNIT_EXPECT_FALSE(test, desk_passes(desk, 0));
	KUNIT_EXPECT_EQ(test, desk_attach(desk, 0, domain), 0);
	expect_seen(test, "pri on PRE cache; ");
	stand_detach(desk->stand, 0);
	expect_seen(test, "pri off PRE cache; drain PRE; ats off PRE cache; ");
	KUNIT_EXPECT_FALSE(test, desk_passes(desk, 0));
	desk->stand->written = NULL;
	desk->stand->fake->drained = NULL;
	desk_free(test, desk);
	desk_domain_free(other);
	desk_domain_free(domain);
}

static void send_pasid(struct desk *desk, unsigned int group, u32 pasid)
{
	struct vtd_request request = {
		.sid = stand_sid(0), .has_pasid = true, .pasid = pasid, .group = group,
		.addr = group << 12, .read = true, .last = true,
	};

	fake_prq_send(desk->prq, &request);
}

/* A PASID and requests without: the first brings PRI, the last takes it away. */
static void vtd_drain_pasid_test(struct kunit *test)
{
	struct desk *desk = desk_new(test);
	struct vtd_domain *domain = desk_domain(test, desk);
	struct vtd_domain *other = desk_domain(test, desk);
	struct vtd_device *vd = &desk->stand->vd[0];

	watch(desk);
	KUNIT_EXPECT_EQ(test, vtd_attach(domain, vd, 5), 0);
	expect_seen(test, "pri on PRE cache; ");
	KUNIT_EXPECT_EQ(test, desk_attach(desk, 0, other), 0);
	expect_seen(test, "");
	desk_send(desk, 0, 1, 1, true);
	/* The core does not know of the PASID yet. */
	send_pasid(desk, 1, 5);
	send_pasid(desk, 2, 6);
	desk_service(desk);
	KUNIT_EXPECT_EQ(test, desk->nheard, 1U);
	desk_expect(test, desk, 0, "1:0p 2:1p");

	vtd_attach(&vtd_blocked, vd, 5);
	expect_seen(test, "drain PRE pri; ");
	send_pasid(desk, 3, 5);
	desk_service(desk);
	desk_answer(desk, IOMMU_PAGE_RESP_SUCCESS);
	desk_expect(test, desk, 0, "3:1p 1:0");

	KUNIT_EXPECT_EQ(test, vtd_attach(domain, vd, 5), 0);
	KUNIT_EXPECT_EQ(test, vtd_attach(desk->stand->domain, vd, IOMMU_NO_PASID), 0);
	expect_seen(test, "drain PRE pri; ");
	vtd_attach(&vtd_blocked, vd, 5);
	expect_seen(test, "pri off PRE cache; drain PRE; ");
	KUNIT_EXPECT_FALSE(test, desk_passes(desk, 0));
	desk->stand->written = NULL;
	desk->stand->fake->drained = NULL;
	desk_free(test, desk);
	desk_domain_free(other);
	desk_domain_free(domain);
}

/* What the device sent just before arrives when it is drained. */
static void send_late(struct fake_queue *fake)
{
	desk_send(watched, 0, 9, 9, true);
	fake->drained = NULL;
}

/* It is reported to whom it was for, and gets exactly one answer. */
static void vtd_drain_detach_test(struct kunit *test)
{
	struct desk *desk = desk_new(test);
	struct vtd_domain *domain = desk_domain(test, desk);

	KUNIT_ASSERT_EQ(test, desk_attach(desk, 0, domain), 0);
	desk_send(desk, 0, 1, 1, true);
	desk_send(desk, 0, 2, 2, false);
	desk_service(desk);
	watched = desk;
	desk->stand->fake->drained = send_late;
	stand_detach(desk->stand, 0);
	KUNIT_EXPECT_EQ(test, desk->nheard, 2U);
	desk_expect(test, desk, 0, "9:1 1:1");
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(desk->param[0].fault_param));

	/* Whoever still holds them answers in vain, also in another life. */
	desk_answer(desk, IOMMU_PAGE_RESP_SUCCESS);
	KUNIT_EXPECT_EQ(test, desk_attach(desk, 0, domain), 0);
	desk_send(desk, 0, 9, 9, true);
	desk_service(desk);
	KUNIT_ASSERT_EQ(test, desk->nheard, 2U);
	desk_answer(desk, IOMMU_PAGE_RESP_SUCCESS);
	desk_expect(test, desk, 0, "");
	desk_answer(desk, IOMMU_PAGE_RESP_SUCCESS);
	desk_expect(test, desk, 0, "9:0");

	/* And what a device sends in spite of all is refused. */
	stand_detach(desk->stand, 0);
	desk_send(desk, 0, 3, 3, true);
	desk_service(desk);
	desk_expect(test, desk, 0, "3:1");
	desk_free(test, desk);
	desk_domain_free(domain);
}

/*
 * A replace: what was sent before goes to the old one. Until the core knows the new
 * one, the device is told to ask again.
 */
static void vtd_drain_replace_test(struct kunit *test)
{
	struct desk *desk = desk_new(test);
	struct vtd_domain *domain = desk_domain(test, desk);
	struct vtd_domain *other = desk_domain(test, desk);
	struct vtd_device *vd = &desk->stand->vd[0];

	KUNIT_ASSERT_EQ(test, vtd_attach(domain, vd, IOMMU_NO_PASID), 0);
	desk_send(desk, 0, 1, 1, true);
	desk_service(desk);
	KUNIT_EXPECT_EQ(test, desk->nheard, 0U);
	desk_expect(test, desk, 0, "1:0");
	desk_announce(desk, 0, domain);

	watched = desk;
	desk->stand->fake->drained = send_late;
	KUNIT_ASSERT_EQ(test, vtd_attach(other, vd, IOMMU_NO_PASID), 0);
	KUNIT_ASSERT_EQ(test, desk->nheard, 1U);
	KUNIT_EXPECT_PTR_EQ(test, desk->heard[0]->attach_handle->domain, &domain->domain);
	desk_send(desk, 0, 2, 2, true);
	desk_service(desk);
	KUNIT_EXPECT_EQ(test, desk->nheard, 1U);
	desk_expect(test, desk, 0, "2:0");
	desk_announce(desk, 0, other);
	desk_send(desk, 0, 2, 2, true);
	desk_service(desk);
	KUNIT_ASSERT_EQ(test, desk->nheard, 2U);
	KUNIT_EXPECT_PTR_EQ(test, desk->heard[1]->attach_handle->domain, &other->domain);
	desk_answer(desk, IOMMU_PAGE_RESP_INVALID);
	desk_answer(desk, IOMMU_PAGE_RESP_SUCCESS);
	desk_expect(test, desk, 0, "9:1 2:0");
	desk_free(test, desk);
	desk_domain_free(other);
	desk_domain_free(domain);
}

static void lose_some(struct fake_queue *fake)
{
	if (fake->drains < 3)
		watched->prq->prs |= VTD_PRS_PRO;
}

static void lose_all(struct fake_queue *fake)
{
	watched->prq->prs |= VTD_PRS_PRO;
}

/* Requests that were lost meanwhile: once more, but not for ever. */
static void vtd_drain_again_test(struct kunit *test)
{
	struct desk *desk = desk_new(test);
	struct vtd_domain *domain = desk_domain(test, desk);

	KUNIT_ASSERT_EQ(test, desk_attach(desk, 0, domain), 0);
	watched = desk;
	desk->stand->fake->drained = lose_some;
	stand_detach(desk->stand, 0);
	KUNIT_EXPECT_EQ(test, desk->stand->fake->drains, 3U);
	KUNIT_EXPECT_EQ(test, desk->prq->prs, 0U);

	KUNIT_ASSERT_EQ(test, desk_attach(desk, 0, domain), 0);
	desk->stand->fake->drained = lose_all;
	stand_detach(desk->stand, 0);
	KUNIT_EXPECT_LT(test, desk->stand->fake->drains, 30U);
	desk->stand->fake->drained = NULL;
	desk_free(test, desk);
	desk_domain_free(domain);
}

/* A device that does not answer the drain is cut off; nothing of it is left. */
static void vtd_drain_mute_test(struct kunit *test)
{
	struct desk *desk = desk_new(test);
	struct vtd_domain *domain = desk_domain(test, desk);

	KUNIT_ASSERT_EQ(test, desk_attach(desk, 0, domain), 0);
	desk_send(desk, 0, 1, 1, true);
	desk_service(desk);
	desk->stand->fake->mute_sid[0] = stand_sid(0);
	stand_detach(desk->stand, 0);
	KUNIT_EXPECT_TRUE(test, vtd_device_is_cut_off(&desk->stand->vd[0]));
	KUNIT_EXPECT_FALSE(test, stand_reaches(desk->stand, 0));
	KUNIT_EXPECT_FALSE(test, desk->stand->vd[0].requests_open);
	desk_expect(test, desk, 0, "1:1");
	desk_free(test, desk);
	desk_domain_free(domain);
}

/* Who cannot have them is refused before anything changes. */
static void vtd_drain_refused_test(struct kunit *test)
{
	struct desk *desk = desk_new(test);
	struct vtd_domain *domain = desk_domain(test, desk);
	struct vtd_device *vd = &desk->stand->vd[0];
	struct vtd_attachment *before = vd->rid;
	struct vtd_unit *unit = vd->unit;
	struct vtd_prq *prq = unit->prq;

	desk->stand->fake->n = 0;
	vd->pri_usable = false;
	KUNIT_EXPECT_EQ(test, vtd_attach(domain, vd, 5), -ENODEV);
	KUNIT_EXPECT_EQ(test, vtd_attach(domain, vd, IOMMU_NO_PASID), -ENODEV);
	vd->pri_usable = true;
	unit->prq = NULL;
	KUNIT_EXPECT_EQ(test, vtd_attach(domain, vd, IOMMU_NO_PASID), -ENODEV);
	unit->prq = prq;
	vd->own->users++;
	KUNIT_EXPECT_EQ(test, vtd_attach(domain, vd, IOMMU_NO_PASID), -ENODEV);
	vd->own->users--;
	desk->stand->config[0].pri_status = 0;
	KUNIT_EXPECT_EQ(test, vtd_attach(domain, vd, IOMMU_NO_PASID), -EBUSY);
	desk->stand->config[0].pri_status = PCI_PRI_STATUS_STOPPED;
	prq->promised = VTD_PRQ_PROMISED_MAX;
	KUNIT_EXPECT_EQ(test, vtd_attach(domain, vd, IOMMU_NO_PASID), -ENOSPC);
	prq->promised = 0;

	/* The table does not fit: what was opened for it is closed again. */
	to_vtd_paging(domain)->snoop_force = true;
	unit->caps.sc = false;
	KUNIT_EXPECT_EQ(test, vtd_attach(domain, vd, IOMMU_NO_PASID), -EINVAL);
	unit->caps.sc = true;
	to_vtd_paging(domain)->snoop_force = false;
	KUNIT_EXPECT_EQ(test, prq->promised, 0U);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(desk->param[0].fault_param));

	KUNIT_EXPECT_PTR_EQ(test, vd->rid, before);
	KUNIT_EXPECT_EQ(test, desk->stand->fake->n, 0U);
	KUNIT_EXPECT_EQ(test, desk->stand->config[0].pri & PCI_PRI_CTRL_ENABLE, 0);
	KUNIT_EXPECT_FALSE(test, desk_passes(desk, 0));
	desk_free(test, desk);
	desk_domain_free(domain);
}

/* ATS is on, and only now the device does not want page requests any more. */
static void withdraw(struct stand *stand, int where)
{
	if (where == to_pci_dev(stand->vd[0].dev)->ats_cap + PCI_ATS_CTRL)
		stand->config[0].pri_status = 0;
}

static void expect_no_requests(struct kunit *test, struct desk *desk)
{
	KUNIT_EXPECT_EQ(test, desk->stand->fake->unit.prq->promised, 0U);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(desk->param[0].fault_param));
	KUNIT_EXPECT_FALSE(test, desk_passes(desk, 0));
	KUNIT_EXPECT_FALSE(test, vtd_device_is_cut_off(&desk->stand->vd[0]));
}

/* A device that does not switch them on has what it had before. */
static void vtd_drain_refused_late_test(struct kunit *test)
{
	struct desk *desk = desk_new(test);
	struct vtd_domain *domain = desk_domain(test, desk);
	struct vtd_domain *plain = desk->stand->domain;
	struct vtd_device *vd = &desk->stand->vd[0];
	struct vtd_attachment *before;

	stand_detach(desk->stand, 0);
	desk->stand->written = withdraw;
	KUNIT_EXPECT_EQ(test, vtd_attach(domain, vd, IOMMU_NO_PASID), -ENODEV);
	desk->stand->written = NULL;
	desk->stand->config[0].pri_status = PCI_PRI_STATUS_STOPPED;
	KUNIT_EXPECT_NULL(test, vd->rid);
	KUNIT_EXPECT_FALSE(test, vd->devtlb.enabled);
	KUNIT_EXPECT_TRUE(test, list_empty(&domain->attachments));
	expect_no_requests(test, desk);

	/* No ATS: none either. */
	to_pci_dev(vd->dev)->ats_cap = 0;
	KUNIT_ASSERT_EQ(test, vtd_attach(plain, vd, IOMMU_NO_PASID), 0);
	before = vd->rid;
	KUNIT_EXPECT_EQ(test, vtd_attach(domain, vd, IOMMU_NO_PASID), -ENODEV);
	KUNIT_EXPECT_PTR_EQ(test, vd->rid, before);
	KUNIT_EXPECT_EQ(test, vtd_pasid_entry_did(vd->own_use.entry.qw), before->did);
	KUNIT_EXPECT_TRUE(test, stand_reaches(desk->stand, 0));
	expect_no_requests(test, desk);
	KUNIT_EXPECT_EQ(test, vtd_attach(domain, vd, 5), -ENODEV);
	KUNIT_EXPECT_NULL(test, vtd_attachment_of(vd, 5));
	KUNIT_EXPECT_EQ(test, vd->npasids, 0U);
	KUNIT_EXPECT_TRUE(test, list_empty(&domain->tags.list));
	expect_no_requests(test, desk);

	/* What is given back after a reset cannot be refused. */
	KUNIT_EXPECT_EQ(test, vtd_attach_restore(domain, vd, 5), 0);
	KUNIT_EXPECT_NOT_NULL(test, vtd_attachment_of(vd, 5));
	vtd_attach(&vtd_blocked, vd, 5);
	to_pci_dev(vd->dev)->ats_cap = 0x100;
	KUNIT_EXPECT_EQ(test, vtd_attach(domain, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_TRUE(test, to_pci_dev(vd->dev)->pri_enabled);
	desk_free(test, desk);
	desk_domain_free(domain);
}

/* A reset, as the core has it: all is blocked before and given back after. */
static void vtd_drain_reset_test(struct kunit *test)
{
	struct desk *desk = desk_new(test);
	struct vtd_domain *domain = desk_domain(test, desk);
	struct vtd_device *vd = &desk->stand->vd[0];

	KUNIT_ASSERT_EQ(test, desk_attach(desk, 0, domain), 0);
	desk_send(desk, 0, 1, 1, true);
	desk_service(desk);
	stand_detach(desk->stand, 0);
	desk->stand->config[0].ats = 0;
	desk->stand->config[0].pri = 0;
	desk_expect(test, desk, 0, "1:1");
	KUNIT_EXPECT_EQ(test, vtd_attach(domain, vd, IOMMU_NO_PASID), 0);
	KUNIT_EXPECT_EQ(test, desk->stand->config[0].pri, PCI_PRI_CTRL_ENABLE);
	desk_send(desk, 0, 1, 1, true);
	desk_service(desk);
	/* The answer to the old one must not be taken for that to the new one. */
	desk_answer(desk, IOMMU_PAGE_RESP_SUCCESS);
	desk_expect(test, desk, 0, "");
	desk_answer(desk, IOMMU_PAGE_RESP_SUCCESS);
	desk_expect(test, desk, 0, "1:0");
	desk_free(test, desk);
	desk_domain_free(domain);
}

static struct kunit_case vtd_drain_cases[] = {
	KUNIT_CASE(vtd_drain_order_test),
	KUNIT_CASE(vtd_drain_pasid_test),
	KUNIT_CASE(vtd_drain_detach_test),
	KUNIT_CASE(vtd_drain_replace_test),
	KUNIT_CASE(vtd_drain_again_test),
	KUNIT_CASE(vtd_drain_mute_test),
	KUNIT_CASE(vtd_drain_refused_test),
	KUNIT_CASE(vtd_drain_refused_late_test),
	KUNIT_CASE(vtd_drain_reset_test),
	{}
};

static struct kunit_suite vtd_drain_suite = {
	.name = "vtd_drain",
	.test_cases = vtd_drain_cases,
};

kunit_test_suite(vtd_drain_suite);
